//! Calls: what a callee with these arguments gives, and what calling it amounts to.

use std::rc::Rc;

use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::{Ranged, TextRange};

use super::decode;
use super::files;
use super::fold;
use super::format::{self, Part};
use super::methods;
use super::modules;
use super::reader::Reader;
use super::scope::ScopeId;
use super::value::Value;
use crate::rules::python as rules;

/// How often a callable is passed on (`partial` of `map` of `partial`) before it is no longer followed.
const MOST_INDIRECT: usize = 8;

/// The arguments of a call, evaluated.
#[derive(Debug, Default, Clone)]
pub(super) struct Arguments<'a> {
    pub(super) positional: Vec<Value>,
    pub(super) named: Vec<(&'a str, Value)>,
}

impl Arguments<'_> {
    /// The argument at a position, or of a name.
    pub(super) fn get(&self, index: usize, name: &str) -> &Value {
        let named = || self.named.iter().find(|(known, _)| *known == name).map(|(_, value)| value);
        self.positional.get(index).or_else(named).unwrap_or(&Value::Unknown)
    }
}

impl<'a> Reader<'a> {
    /// Visits a call whose callee has been evaluated.
    pub(super) fn call_expr(&mut self, node: &'a ast::ExprCall, callee: &Value, scope: ScopeId) -> Value {
        let arguments = self.arguments(&node.arguments, scope);
        if let Expr::Attribute(attribute) = node.func.as_ref() {
            self.method_call(attribute, callee, &arguments);
        }
        self.call(callee, &arguments, node.range(), MOST_INDIRECT)
    }

    fn arguments(&mut self, arguments: &'a ast::Arguments, scope: ScopeId) -> Arguments<'a> {
        let mut evaluated = Arguments::default();
        for argument in &arguments.args {
            let value = self.value(argument, scope);
            match (argument, value.elements()) {
                (Expr::Starred(_), Some(elements)) => evaluated.positional.extend(elements),
                _ => evaluated.positional.push(value),
            }
        }
        for keyword in &arguments.keywords {
            let value = self.value(&keyword.value, scope);
            match (&keyword.arg, value) {
                (Some(name), value) => evaluated.named.push((name.as_str(), value)),
                // `**{"file": "/etc/passwd"}`: by position it is found as well as by name.
                (None, Value::Mapping(items)) => {
                    evaluated.positional.extend(items.iter().map(|(_, value)| value.clone()));
                }
                (None, _) => {}
            }
        }
        evaluated
    }

    /// Judges a method by its name, for objects that are not known.
    fn method_call(&mut self, attribute: &'a ast::ExprAttribute, callee: &Value, arguments: &Arguments<'a>) {
        let name = attribute.attr.as_str();
        let has_arguments = !arguments.positional.is_empty() || !arguments.named.is_empty();
        if has_arguments && !self.table.defines(name) {
            self.report_verdict(modules::method(name), attribute.range());
        }
        if matches!(name, "__getattribute__" | "__getattr__") {
            let key = arguments.positional.iter().rev().find_map(Value::known_text);
            if let Some(key) = key.filter(|key| key.starts_with("__")) {
                let message = format!("`{key}` is taken around the ordinary way");
                self.report(&rules::OBJECT_INTERNALS, attribute.range(), message);
            }
        }
        if name == "load_module" || name == "exec_module" {
            return;
        }
        if let Value::Unknown = callee {
            self.file_method(name, arguments, attribute.range());
        }
    }

    /// What calling `callee` gives, reporting what it amounts to.
    pub(super) fn call(
        &mut self,
        callee: &Value,
        arguments: &Arguments<'a>,
        range: TextRange,
        indirect: usize,
    ) -> Value {
        let Some(indirect) = indirect.checked_sub(1) else { return Value::Unknown };
        callee.each(|callee| match callee {
            Value::Name(name) => self.call_name(name, arguments, range, indirect),
            Value::Function(function) => self.returned(*function),
            Value::Partial(partial) => {
                let (callee, first) = partial.as_ref();
                let mut all = arguments.clone();
                all.positional.splice(0..0, first.iter().cloned());
                self.call(callee, &all, range, indirect)
            }
            Value::Getter(names) => {
                let Some(object) = arguments.positional.first() else { return Value::Unknown };
                let taken = names.iter().map(|name| {
                    name.split('.')
                        .take(16)
                        .fold(object.clone(), |value, part| self.attribute(&value, part, range))
                });
                Value::one_of(taken.collect())
            }
            Value::Method(method) => {
                let (value, name) = method.as_ref();
                self.call_method(value, name, arguments, range, indirect)
            }
            _ => Value::Unknown,
        })
    }

    /// Calls a method of a constant or a namespace.
    fn call_method(
        &mut self,
        value: &Value,
        name: &str,
        arguments: &Arguments<'a>,
        range: TextRange,
        indirect: usize,
    ) -> Value {
        if name == "__call__" {
            return self.call(value, arguments, range, indirect);
        }
        match value {
            Value::Namespace(namespace) => {
                self.namespace_method(namespace, name, &arguments.positional, range)
            }
            Value::Text(text) if matches!(name, "format" | "format_map") => {
                let mut given = arguments.clone();
                if let (true, Some(Value::Mapping(items))) =
                    (name == "format_map", arguments.positional.first())
                {
                    // A mapping's values stand in for the names: what a field takes from them is what counts.
                    given = Arguments {
                        positional: items.iter().map(|(_, value)| value.clone()).collect(),
                        named: Vec::new(),
                    };
                }
                self.format_fields(text, &given, range);
                methods::call(value, "format", &arguments.positional, &arguments.named)
            }
            Value::Path(path) => {
                self.path_method(path, name, arguments, range);
                methods::call(value, name, &arguments.positional, &[])
            }
            value => {
                let first = arguments.positional.first().unwrap_or(&Value::Unknown);
                value.each_pair(first, |value, first| {
                    let mut args = arguments.positional.clone();
                    if let Some(slot) = args.first_mut() {
                        *slot = first.clone();
                    }
                    methods::call(value, name, &args, &arguments.named)
                })
            }
        }
    }

    /// Reads the fields of a format string, which can take attributes: `"{0.os.environ}".format(logging)`.
    fn format_fields(&mut self, text: &str, arguments: &Arguments<'a>, range: TextRange) {
        if !text.contains(['.', '[']) || text.len() > 8192 {
            return;
        }
        let mut automatic = 0;
        for part in format::parsed(text) {
            let Part::Field(field) = part else { continue };
            let mut value = format::argument(&field, &mut automatic, &arguments.positional, &arguments.named);
            if let Some(last) = field.path.last()
                && field.path.iter().any(|name| name.starts_with("__"))
                && !matches!(*last, "__name__" | "__doc__" | "__qualname__" | "__module__")
            {
                self.report(
                    &rules::FORMAT_WALK,
                    range,
                    format!("the format string takes `{last}` from an object"),
                );
            }
            for (index, name) in field.path.iter().enumerate().take(16) {
                if *name == "__class__" && field.path.get(index + 1) == Some(&"__name__") {
                    break;
                }
                let before = self.findings.len();
                value = self.attribute(&value, name, range);
                if self.findings.len() > before {
                    self.report(
                        &rules::FORMAT_WALK,
                        range,
                        format!("the format string takes `{name}` from an object"),
                    );
                }
            }
        }
    }

    /// Calls something with a qualified name.
    fn call_name(
        &mut self,
        name: &str,
        arguments: &Arguments<'a>,
        range: TextRange,
        indirect: usize,
    ) -> Value {
        self.judge_call(name, arguments, range);
        if let Some(value) = self.call_accessor(name, arguments, range, indirect) {
            return value;
        }
        self.passed_on(arguments, range, indirect);
        let folded =
            name.strip_prefix("builtins.").and_then(|name| fold_builtin(name, &arguments.positional));
        folded
            .or_else(|| decode::call(name, &arguments.positional))
            .unwrap_or_else(|| Value::name(&format!("{name}()")))
    }

    /// Judges a call by the callee's name and its arguments.
    fn judge_call(&mut self, name: &str, arguments: &Arguments<'a>, range: TextRange) {
        self.file_call(name, arguments, range);
        let first = arguments.get(0, "stmt");
        if modules::makes_code(name) {
            self.report(
                &rules::CODE_OBJECT,
                range,
                format!("`{name}` makes a function out of code that is hidden here"),
            );
        } else if modules::runs_text(name) {
            let texts: Vec<Value> = [first, arguments.get(1, "setup")].map(Clone::clone).to_vec();
            for text in texts.iter().flat_map(Value::alternatives).filter_map(Value::known_text) {
                self.program(text, range);
            }
            if *first == Value::Unknown && (!arguments.positional.is_empty() || !arguments.named.is_empty()) {
                self.report(&rules::DYNAMIC_CODE, range, format!("which code `{name}` runs cannot be told"));
            }
        } else if modules::unpickles(name) {
            if first.alternatives().iter().any(|value| matches!(value, Value::Bytes(_) | Value::Text(_))) {
                let message = format!("`{name}` calls whatever this constant names");
                self.report(&rules::UNPICKLE_CONSTANT, range, message);
            }
        } else if is_killing(name) {
            self.report(&rules::KILL_PROCESS, range, "this ends processes that the program did not start");
        } else if is_native(name, arguments) {
            self.report(
                &rules::NATIVE_CODE,
                range,
                format!("`{name}` opens the C library, which can do anything"),
            );
        } else if name == "logging.config.dictConfig" {
            let texts = arguments.positional.iter().flat_map(|value| constants(value, 4));
            let texts: Vec<Rc<str>> = texts.collect();
            for text in texts {
                let root = text.split('.').next().unwrap_or_default();
                if text.contains('.') {
                    self.import(root, range);
                    self.mention(&text, range);
                }
            }
        }
    }

    /// Functions that give access to something else: `getattr`, `vars`, `map`, `import_module`.
    fn call_accessor(
        &mut self,
        name: &str,
        arguments: &Arguments<'a>,
        range: TextRange,
        indirect: usize,
    ) -> Option<Value> {
        let first = arguments.get(0, "name");
        Some(match name {
            "builtins.getattr" | "inspect.getattr_static" => {
                self.getattr(first, arguments.get(1, "attr"), range)
            }
            name if name.ends_with(".__getattribute__") => match arguments.positional.as_slice() {
                [key] => {
                    let object = name.trim_end_matches(".__getattribute__");
                    self.getattr(&Value::name(object), key, range)
                }
                _ => self.getattr(first, arguments.get(1, "name"), range),
            },
            "builtins.setattr" | "builtins.delattr" => {
                if let Some(attr) = arguments.get(1, "name").known_text() {
                    self.report_verdict(modules::internal(attr), range);
                    if attr == "__code__" {
                        self.report(&rules::CODE_OBJECT, range, "this replaces the code of a function");
                    }
                }
                Value::Unknown
            }
            "builtins.vars" if *first != Value::Unknown => first
                .each(|value| value.as_name().map_or(Value::Unknown, |name| Value::Namespace(name.into()))),
            "builtins.vars" | "builtins.globals" | "builtins.locals" => Value::Namespace("globals".into()),
            "builtins.__import__"
            | "importlib.__import__"
            | "importlib.import_module"
            | "importlib.util.find_spec"
            | "pkgutil.resolve_name"
            | "pydoc.locate"
            | "importlib.reload" => self.import_by_name(name, first, range),
            "operator.attrgetter" => {
                let names = arguments.positional.iter().filter_map(Value::known_text);
                let names: Vec<Rc<str>> = names.map(Rc::from).collect();
                for name in &names {
                    for part in name.split('.').take(16) {
                        self.report_verdict(modules::internal(part), range);
                    }
                }
                Value::Getter(names.into())
            }
            "builtins.str.format" | "builtins.str.format_map" => {
                let (text, rest) = arguments.positional.split_first()?;
                let text = text.known_text()?;
                let given = Arguments { positional: rest.to_vec(), named: arguments.named.clone() };
                self.format_fields(text, &given, range);
                format::braces(text, &given.positional, &given.named)
            }
            "operator.methodcaller" => {
                if let Some(name) = first.known_text() {
                    self.report_verdict(modules::method(name), range);
                    self.report_verdict(modules::internal(name), range);
                }
                Value::Unknown
            }
            "operator.itemgetter" => {
                let key = arguments.positional.first().cloned().unwrap_or(Value::Unknown);
                Value::Partial(Rc::new((Value::name("operator.getitem"), vec![key])))
            }
            "operator.getitem" => {
                // Either order: `getitem(a, b)`, or the key first where it comes from `itemgetter`.
                let (a, b) = (arguments.get(0, ""), arguments.get(1, ""));
                if a.known_text().is_some() && b.known_text().is_none() {
                    self.item(b, a, range)
                } else {
                    self.item(a, b, range)
                }
            }
            "builtins.map" | "builtins.filter" | "functools.reduce" | "itertools.starmap" => {
                self.mapped(arguments, range, indirect)
            }
            "functools.partial" | "functools.partialmethod" => {
                let (callee, rest) = arguments.positional.split_first()?;
                if callee.as_name() == Some("builtins.getattr")
                    && rest.first().and_then(Value::as_name).is_some_and(|name| !name.contains('('))
                {
                    self.report(
                        &rules::BUILTINS_ACCESS,
                        range,
                        "this takes members of a module by computed names",
                    );
                }
                Value::Partial(Rc::new((callee.clone(), rest.to_vec())))
            }
            name if files::is_path_class(name) => match name {
                "pathlib.Path.home" => Value::Path("~".into()),
                "pathlib.Path.cwd" => Value::Path("/tmp".into()),
                _ => first.each(|first| {
                    let mut parts = arguments.positional.clone();
                    match parts.first_mut() {
                        Some(slot) => *slot = first.clone(),
                        None => return Value::Path("/tmp".into()),
                    }
                    fold::joined_path(&parts)
                }),
            },
            name if name.starts_with("pathlib.Path.") => {
                let (path, rest) = arguments.positional.split_first()?;
                let method = name.strip_prefix("pathlib.Path.")?.to_owned();
                let given = Arguments { positional: rest.to_vec(), named: arguments.named.clone() };
                path.each(|path| match path {
                    Value::Path(_) => self.call_method(path, &method, &given, range, indirect),
                    _ => Value::Unknown,
                })
            }
            "os.path.join" | "posixpath.join" => first.each(|first| {
                let mut parts = arguments.positional.clone();
                if let Some(slot) = parts.first_mut() {
                    *slot = first.clone();
                }
                fold::joined_path(&parts)
            }),
            "os.path.abspath"
            | "os.path.realpath"
            | "os.path.expanduser"
            | "os.path.normpath"
            | "os.fspath"
            | "posixpath.normpath"
            | "posixpath.expanduser" => first.clone(),
            _ => return None,
        })
    }

    /// `getattr(value, name)`.
    fn getattr(&mut self, value: &Value, name: &Value, range: TextRange) -> Value {
        let known: Vec<&str> = name.alternatives().iter().filter_map(Value::known_text).collect();
        if known.is_empty() {
            let module = value
                .alternatives()
                .iter()
                .filter_map(Value::as_name)
                .find(|name| !name.contains(['(', '[']));
            if let Some(module) = module {
                self.report(
                    &rules::DYNAMIC_ATTRIBUTE,
                    range,
                    format!("which member of `{module}` this takes cannot be told"),
                );
            }
            return Value::Unknown;
        }
        Value::one_of(known.into_iter().map(|name| self.attribute(value, name, range)).collect())
    }

    /// `import_module(name)` and its kin.
    fn import_by_name(&mut self, function: &str, name: &Value, range: TextRange) -> Value {
        let mut modules = Vec::new();
        for module in name.alternatives() {
            if let Some(module) = module.known_text() {
                let module = module.replace(':', ".");
                self.import(&module, range);
                self.mention(&module, range);
                modules.push(Value::name(module.trim_start_matches('.')));
            }
        }
        if modules.is_empty() && function != "importlib.reload" {
            self.report(&rules::DYNAMIC_IMPORT, range, "which module this imports cannot be told");
        }
        if function == "importlib.util.find_spec" { Value::Unknown } else { Value::one_of(modules) }
    }

    /// `map(f, values)`: calls `f` with each value that is known.
    fn mapped(&mut self, arguments: &Arguments<'a>, range: TextRange, indirect: usize) -> Value {
        let Some((callee, rest)) = arguments.positional.split_first() else { return Value::Unknown };
        let first = rest.first().unwrap_or(&Value::Unknown);
        let Some(elements) = first.elements() else {
            let positional = rest.iter().map(Value::element).collect();
            let value = self.call(callee, &Arguments { positional, named: Vec::new() }, range, indirect);
            return Value::sequence(vec![value]);
        };
        let mut values = Vec::new();
        for (index, element) in elements.into_iter().take(64).enumerate() {
            let mut positional = vec![element];
            let index = i64::try_from(index).unwrap_or_default();
            positional.extend(rest.iter().skip(1).map(|other| other.item(index)));
            values.push(self.call(callee, &Arguments { positional, named: Vec::new() }, range, indirect));
        }
        Value::sequence(values)
    }

    /// A function that is passed to another is called by it: `submit(open, "/etc/passwd")`.
    fn passed_on(&mut self, arguments: &Arguments<'a>, range: TextRange, indirect: usize) {
        for (index, value) in arguments.positional.iter().enumerate() {
            if is_callable(value) {
                let positional = arguments.positional.iter().skip(index + 1).cloned().collect();
                self.call(value, &Arguments { positional, named: arguments.named.clone() }, range, indirect);
                return;
            }
        }
        let target = arguments.get(usize::MAX, "target");
        if is_callable(target) {
            let positional = arguments.get(usize::MAX, "args").elements().unwrap_or_default();
            self.call(&target.clone(), &Arguments { positional, named: Vec::new() }, range, indirect);
        }
    }

    /// A decorator is called with what it decorates, which has a name: `@__import__` on `def os`.
    pub(super) fn decorated(&mut self, decorator: &Value, name: &str, range: TextRange) {
        let positional = vec![Value::text(name)];
        if decorator.as_name().is_some_and(|name| name.contains("import")) {
            self.call(decorator, &Arguments { positional, named: Vec::new() }, range, MOST_INDIRECT);
        }
    }
}

/// Calls a builtin once for each value that its first argument can be.
fn fold_builtin(name: &str, args: &[Value]) -> Option<Value> {
    let Some((Value::OneOf(choices), rest)) = args.split_first() else { return fold::builtin(name, args) };
    let results: Option<Vec<Value>> = choices
        .iter()
        .map(|choice| fold::builtin(name, &[std::slice::from_ref(choice), rest].concat()))
        .collect();
    results.map(Value::one_of)
}

/// Whether a value that is passed as an argument is a function worth following.
fn is_callable(value: &Value) -> bool {
    match value {
        Value::Name(name) => {
            files::opens(name)
                || matches!(
                    &**name,
                    "builtins.getattr" | "importlib.import_module" | "builtins.__import__" | "pickle.loads"
                )
        }
        Value::Partial(_) => true,
        _ => false,
    }
}

fn is_killing(name: &str) -> bool {
    let Some(object) = name.strip_prefix("psutil.") else { return false };
    let Some((object, method)) = object.rsplit_once('.') else { return false };
    matches!(method, "kill" | "terminate" | "suspend" | "send_signal")
        && (object.starts_with("process_iter()")
            || object.starts_with("Process()")
            || object.starts_with("wait_procs()"))
}

/// Whether a call opens the C library or the program itself as a native library.
fn is_native(name: &str, arguments: &Arguments<'_>) -> bool {
    let Some(first) = arguments.positional.first() else {
        return matches!(name, "ctypes.CDLL");
    };
    match name {
        "ctypes.CDLL" | "ctypes.OleDLL" | "ctypes.LibraryLoader().LoadLibrary" => {
            // Absent means the program itself; a constant is the C library or something just as able.
            first.alternatives().iter().any(|value| value.path().is_some())
                || matches!(first, Value::Name(name) if name.starts_with("ctypes.util.find_library"))
                || first.as_name() == Some("None")
        }
        "ctypes.util.find_library" => first.known_text().is_some(),
        _ => false,
    }
}

/// The strings in a nested constant.
fn constants(value: &Value, depth: u32) -> Vec<Rc<str>> {
    let Some(depth) = depth.checked_sub(1) else { return Vec::new() };
    match value {
        Value::Text(text) => vec![text.clone()],
        Value::Sequence(values) => values.iter().flat_map(|value| constants(value, depth)).collect(),
        Value::Mapping(items) => items.iter().flat_map(|(_, value)| constants(value, depth)).collect(),
        _ => Vec::new(),
    }
}
