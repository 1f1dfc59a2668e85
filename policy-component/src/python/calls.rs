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
            match argument.is_starred_expr().then(|| value.elements()).flatten() {
                Some(elements) => evaluated.positional.extend(elements),
                None => evaluated.positional.push(value),
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
        let is_judged = self.allows_value(callee) || self.is_judged_by_use(callee);
        if has_arguments && !self.table.defines(name) && !is_judged {
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
                if names.is_empty() {
                    self.passed_out_of_sight("operator.attrgetter", arguments, range);
                }
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
    pub(super) fn call_method(
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
                if self.configuration.names().is_some() {
                    self.mention(&format!("pathlib.Path.{name}"), range);
                }
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
    pub(super) fn format_fields(&mut self, text: &str, arguments: &Arguments<'a>, range: TextRange) {
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
        self.command_call(name, arguments, range);
        let reads_inside = modules::runs_text(name) || name == "logging.config.dictConfig";
        if self.configuration.allows_name(name) && !reads_inside {
            return;
        }
        if self.judges_uses() {
            self.use_call(name, arguments, range);
        }
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

    /// A function that is passed to another is called by it: `submit(open, "/etc/passwd")`.
    fn passed_on(&mut self, arguments: &Arguments<'a>, range: TextRange, indirect: usize) {
        for (index, value) in arguments.positional.iter().enumerate() {
            if is_callable(value) || self.is_starter(value) {
                let positional = arguments.positional.iter().skip(index + 1).cloned().collect();
                self.call(value, &Arguments { positional, named: arguments.named.clone() }, range, indirect);
                return;
            }
        }
        let target = arguments.get(usize::MAX, "target");
        if is_callable(target) || self.is_starter(target) {
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
