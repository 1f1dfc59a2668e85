//! Functions that give access to something else: `getattr`, `vars`, `import_module`, `map`, `partial`, `pathlib`.

use std::rc::Rc;

use ruff_text_size::TextRange;

use super::calls::Arguments;
use super::files;
use super::fold;
use super::format;
use super::modules;
use super::reader::Reader;
use super::value::Value;
use crate::rules::python as rules;

impl<'a> Reader<'a> {
    /// Functions that give access to something else: `getattr`, `vars`, `map`, `import_module`.
    pub(super) fn call_accessor(
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
            name => {
                return self
                    .call_system_function(name, arguments)
                    .or_else(|| self.call_path_function(name, arguments, range, indirect));
            }
        })
    }

    /// Functions that make paths out of parts, and methods of `pathlib.Path` that are given their path.
    fn call_path_function(
        &mut self,
        name: &str,
        arguments: &Arguments<'a>,
        range: TextRange,
        indirect: usize,
    ) -> Option<Value> {
        let first = arguments.get(0, "name");
        Some(match name {
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
                self.member_out_of_sight(module, range);
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
}
