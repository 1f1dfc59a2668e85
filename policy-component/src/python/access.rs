//! Takes attributes and items: `a.b`, `getattr(a, "b")`, `vars(a)["b"]`, `"{0.b}".format(a)` are one thing here.

use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::{Ranged, TextRange};

use super::fold;
use super::methods;
use super::modules;
use super::reader::{self, Reader};
use super::scope::ScopeId;
use super::uses;
use super::value::Value;
use crate::rules::python as rules;

impl<'a> Reader<'a> {
    /// Visits `value.attr`, where `followed` is the attribute that is taken next.
    pub(super) fn attribute_expr(
        &mut self,
        node: &'a ast::ExprAttribute,
        value: &Value,
        followed: Option<&str>,
        is_subscripted: bool,
    ) -> Value {
        let attr = node.attr.as_str();
        let introspects = followed.is_some_and(|next| next.starts_with("co_"));
        let rule = match attr {
            // Code objects are read for their names and replaced for harm.
            "__code__" | "func_code" if !introspects || node.ctx.is_store() => Some(&rules::CODE_OBJECT),
            "f_back" if !is_logging_frame(value) => Some(&rules::FRAME_ACCESS),
            "__bases__" | "__mro__" if is_subscripted => Some(&rules::OBJECT_INTERNALS),
            "mro" if matches!(node.value.as_ref(), Expr::Attribute(inner) if inner.attr.as_str() == "__class__") => {
                Some(&rules::OBJECT_INTERNALS)
            }
            "__traceback__" if followed.is_some() => Some(&rules::FRAME_ACCESS),
            _ => None,
        };
        if let Some(rule) = rule {
            self.report(rule, node.range(), format!("`{attr}` leads into the interpreter's own structures"));
        }
        if followed == Some("__name__") && attr == "__class__" {
            return Value::Unknown;
        }
        if node.ctx.is_load() {
            self.attribute(value, attr, node.range())
        } else {
            self.stored(value, attr, node.range())
        }
    }

    /// An attribute that is assigned to or deleted.
    fn stored(&mut self, _value: &Value, attr: &str, range: TextRange) -> Value {
        self.report_verdict(modules::internal(attr), range);
        Value::Unknown
    }

    /// What `value.attr` is, reporting what taking it amounts to.
    pub(super) fn attribute(&mut self, value: &Value, attr: &str, range: TextRange) -> Value {
        self.report_verdict(modules::internal(attr), range);
        if attr == "__class__" && is_literal(value) {
            let message = "the class of a literal is only taken to walk from it to every other class";
            self.report(&rules::OBJECT_INTERNALS, range, message);
        }
        value.each(|value| self.attribute_of_one(value, attr, range))
    }

    fn attribute_of_one(&mut self, value: &Value, attr: &str, range: TextRange) -> Value {
        match value {
            Value::Name(name) => self.member(name, attr, range),
            Value::Path(path) => match attr {
                "parent" => methods::parent(path),
                "parents" => Value::sequence(vec![methods::parent(path), Value::Path("/".into())]),
                "name" | "stem" => Value::text(path.rsplit('/').next().unwrap_or(path)),
                _ => method(value, attr),
            },
            Value::Text(_)
            | Value::Bytes(_)
            | Value::Int(_)
            | Value::Sequence(_)
            | Value::Mapping(_)
            | Value::Namespace(_)
            | Value::Partial(_)
            | Value::Getter(_) => method(value, attr),
            _ => match attr {
                "__builtins__" => Value::name("builtins"),
                _ => self.assigned_attribute(attr),
            },
        }
    }

    /// A member of a module, a class or an object with a qualified name.
    fn member(&mut self, name: &str, attr: &str, range: TextRange) -> Value {
        let is_module = !name.contains(['(', '[']);
        if let Some(known) = self.re_exported(name, attr)
            && is_module
            && !name.starts_with("builtins.")
        {
            let whole = format!("{name}.{attr}");
            if !self.is_allowed_import(known, range)
                && let Some((rule, _)) = modules::imported(known)
            {
                self.report(rule, range, format!("`{whole}` is the module `{known}`"));
            }
            self.module_of_another(&whole, known, range);
            return Value::name(known);
        }
        match attr {
            "__dict__" => return Value::Namespace(name.into()),
            // `f.__call__(x)` is `f(x)`.
            "__call__" if self.judges_uses() => return Value::name(name),
            "__builtins__" => return Value::name("builtins"),
            "modules" if name == "sys" => return Value::Namespace("sys.modules".into()),
            _ => {}
        }
        let whole = format!("{name}.{attr}");
        self.mention(&whole, range);
        if modules::is_builtin_namespace(&whole) {
            self.report(&rules::BUILTINS_ACCESS, range, format!("`{whole}` hands out whole namespaces"));
        }
        if let Some(constant) = self.known_constant(name, attr) {
            return constant;
        }
        if name == "string" { reader::module_member(name, attr) } else { Value::name(&whole) }
    }

    /// Visits `value[index]`.
    pub(super) fn subscript(&mut self, node: &'a ast::ExprSubscript, value: &Value, scope: ScopeId) -> Value {
        if let Expr::Slice(slice) = node.slice.as_ref() {
            let bounds = [&slice.lower, &slice.upper, &slice.step].map(|bound| match bound {
                Some(bound) => match self.value(bound, scope) {
                    Value::Int(number) => Ok(Some(number)),
                    _ => Err(()),
                },
                None => Ok(None),
            });
            return match bounds {
                [Ok(lower), Ok(upper), Ok(step)] => fold::slice(value, lower, upper, step.unwrap_or(1)),
                _ => Value::Unknown,
            };
        }
        let index = self.value(&node.slice, scope);
        if !node.ctx.is_load() {
            self.variable_set(value, &index, node.range());
            return Value::Unknown;
        }
        if matches!(node.slice.as_ref(), Expr::Name(name) if name.id.as_str() == "__name__") {
            // `sys.modules[__name__]` is the program itself.
            return Value::Unknown;
        }
        self.item(value, &index, node.range())
    }

    /// What `value[index]` is, reporting what taking it amounts to.
    pub(super) fn item(&mut self, value: &Value, index: &Value, range: TextRange) -> Value {
        value.each_pair(index, |value, index| match (value, index) {
            (Value::Namespace(name), index) => self.namespace_item(name, index, range),
            (Value::Name(name), Value::Text(key)) if self.judges_uses() && uses::is_home(name, key) => {
                Value::text("~")
            }
            (Value::Name(name), Value::Text(key)) if &**name == "builtins" => {
                self.attribute(value, key, range)
            }
            (Value::Mapping(items), key) => methods::mapped(items, key),
            (value, Value::Int(index)) => value.item(*index),
            (Value::Sequence(_), Value::Unknown) => value.element(),
            (_, Value::Text(key)) => {
                if matches!(&**key, "__import__" | "__builtins__" | "__loader__") {
                    self.report(
                        &rules::BUILTINS_ACCESS,
                        range,
                        format!("`{key}` is taken out of a namespace"),
                    );
                    return if &**key == "__builtins__" { Value::name("builtins") } else { Value::Unknown };
                }
                Value::Unknown
            }
            (Value::Name(name), _) => Value::name(&format!("{name}[]")),
            _ => Value::Unknown,
        })
    }

    /// An item of the dictionary of a module, or of the table of modules.
    fn namespace_item(&mut self, name: &str, index: &Value, range: TextRange) -> Value {
        let key = index.known_text();
        match (name, key) {
            // The program itself; and its own names, which were judged where they were bound.
            ("sys.modules", Some("__main__")) | ("globals", None) => Value::Unknown,
            ("sys.modules", Some(module)) => {
                let message = format!("the table of loaded modules gives out `{module}` without an import");
                self.report(&rules::MODULE_TABLE, range, message);
                self.import(module, range);
                Value::name(module)
            }
            ("sys.modules", None) => {
                self.report(&rules::DYNAMIC_IMPORT, range, "which module this takes cannot be told");
                Value::Unknown
            }
            ("globals", Some("__builtins__")) => {
                self.report_builtins(range);
                Value::name("builtins")
            }
            ("globals", Some(name)) => self.assigned_global(name),
            (module, Some(key)) => self.attribute(&Value::name(module), key, range),
            ("builtins", None) => {
                self.report(&rules::DYNAMIC_ATTRIBUTE, range, "which builtin this takes cannot be told");
                Value::Unknown
            }
            (module, None) => self.member_out_of_sight(module, range),
        }
    }

    /// Calls a method of a namespace: the ways to take an item of a dictionary.
    pub(super) fn namespace_method(
        &mut self,
        name: &str,
        method: &str,
        args: &[Value],
        range: TextRange,
    ) -> Value {
        match (method, args) {
            ("get" | "pop" | "__getitem__" | "setdefault", [key, ..]) => {
                self.namespace_item(name, key, range)
            }
            ("values" | "items" | "copy" | "popitem", _) if uses::is_judged(name) => {
                self.member_out_of_sight(name, range)
            }
            ("values" | "items" | "copy" | "popitem", _) if name == "sys.modules" || name == "builtins" => {
                self.report(&rules::DYNAMIC_ATTRIBUTE, range, "which of these is used cannot be told");
                Value::Unknown
            }
            _ => Value::Unknown,
        }
    }
}

fn method(value: &Value, attr: &str) -> Value {
    Value::Method(std::rc::Rc::new((value.clone(), attr.to_owned())))
}

/// A value that was written as a literal, whose class nobody needs to ask for.
fn is_literal(value: &Value) -> bool {
    matches!(value, Value::Text(_) | Value::Bytes(_) | Value::Int(_) | Value::Sequence(_) | Value::Mapping(_))
}

/// Frames that are taken to log the caller's name.
fn is_logging_frame(value: &Value) -> bool {
    value.as_name().is_some_and(|name| name.starts_with("inspect.currentframe()"))
}
