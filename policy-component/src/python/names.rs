//! Resolves names: from a use to the values that can be bound to it.
//!
//! Resolution does not follow the order of statements: a name has all the values that are ever bound to it. It is
//! memoised by binding and bounded in depth, so that chains of aliases cost what they are long.

use ruff_python_ast::Expr;
use ruff_text_size::Ranged;

use super::fold;
use super::reader::{self, Reader};
use super::scope::{BindingId, Kind, NameId, ScopeId, Source};
use super::value::{FunctionId, Value};

/// Aliases of aliases are followed this far: people write two or three.
const MOST_ALIASES: u32 = 24;

/// What is known of a binding or of a function's result.
#[derive(Debug, Clone, Default)]
pub(super) enum Memo {
    #[default]
    Unread,
    /// Being read: a cycle ends here.
    Reading,
    Read(Value),
}

impl<'a> Reader<'a> {
    /// What `name` can be where it is used in `scope` at the offset `at`.
    pub(super) fn lookup(&mut self, name: &'a str, scope: ScopeId, at: usize) -> Value {
        if let Some(value) = self.overridden(name, scope) {
            return value;
        }
        let mut found = Value::Unknown;
        let mut current = Some(scope);
        while let Some(id) = current {
            let Some((parent, kind)) = self.table.scopes.get(id).map(|scope| (scope.parent, scope.kind))
            else {
                break;
            };
            current = parent;
            if kind == Kind::Class && id != scope {
                continue;
            }
            let Some(named) = self.table.name(id, name) else { continue };
            let value = self.union(named);
            found = if matches!(found, Value::Unknown) { value } else { Value::one_of(vec![found, value]) };
            if self.hides(name, named, id != scope, kind, at) {
                return found;
            }
        }
        let builtin = match name {
            "__builtins__" => Value::name("builtins"),
            name if self.is_builtin(name) => Value::name(&format!("builtins.{name}")),
            _ if found == Value::Unknown => return self.imported_by_star(name),
            _ => return found,
        };
        if matches!(found, Value::Unknown) { builtin } else { Value::one_of(vec![found, builtin]) }
    }

    /// Whether bindings of one scope hide the builtin of the same name from a use at `at`.
    ///
    /// A name that a function binds is never the builtin there. In a module or class the binding must have happened:
    /// `eval("...")` before `eval = None`, or with the assignment in an `if False:`, is still the builtin.
    fn hides(&self, name: &str, named: NameId, is_outer: bool, kind: Kind, at: usize) -> bool {
        if !self.is_builtin(name) {
            return true;
        }
        if self.table.is_deleted(name) {
            return false;
        }
        if kind == Kind::Function {
            return true;
        }
        self.table.bindings(named).iter().filter_map(|id| self.table.bindings.get(*id)).any(|binding| {
            let declared = matches!(binding.source, Source::Function(_) | Source::Class);
            binding.certain && (binding.after <= at || is_outer && declared)
        })
    }

    /// Whether a builtin of this name is told apart: one that a rule or the configuration speaks about.
    fn is_builtin(&self, name: &str) -> bool {
        is_builtin(name) || self.configuration.names().is_some_and(|names| names.knows_builtin(name))
    }

    /// All that is bound to a name in one scope. Kept once none of it is being evaluated.
    fn union(&mut self, named: NameId) -> Value {
        let bindings = self.table.bindings(named);
        if let [single] = bindings {
            return self.bound(*single);
        }
        if let Some(Some(known)) = self.unions.get(named) {
            return known.clone();
        }
        let bindings = bindings.to_vec();
        let value = Value::one_of(bindings.iter().map(|id| self.bound(*id)).collect());
        if self.is_final(&bindings)
            && let Some(slot) = self.unions.get_mut(named)
        {
            *slot = Some(value.clone());
        }
        value
    }

    /// Whether bindings have the values that they will keep: none is still being read.
    fn is_final(&self, bindings: &[BindingId]) -> bool {
        bindings.iter().all(|id| matches!(self.memos.get(*id), Some(Memo::Read(_))))
    }

    /// The value of one binding.
    pub(super) fn bound(&mut self, id: BindingId) -> Value {
        match self.memos.get_mut(id) {
            Some(Memo::Read(value)) => return value.clone(),
            Some(memo @ Memo::Unread) => *memo = Memo::Reading,
            _ => return Value::Unknown,
        }
        let value = self.quietly(|reader| reader.source(id));
        if let Some(memo) = self.memos.get_mut(id) {
            *memo = Memo::Read(value.clone());
        }
        value
    }

    fn source(&mut self, id: BindingId) -> Value {
        let Some((source, scope)) =
            self.table.bindings.get(id).map(|binding| (binding.source, binding.scope))
        else {
            return Value::Unknown;
        };
        match source {
            Source::Opaque | Source::Class => Value::Unknown,
            Source::Value(value) => self.value(value, scope),
            Source::Item(value, index) => {
                self.value(value, scope).item(i64::try_from(index).unwrap_or(i64::MAX))
            }
            Source::Element(value, None) => self.value(value, scope).element(),
            Source::Element(value, Some(index)) => {
                self.value(value, scope).element().item(i64::try_from(index).unwrap_or(i64::MAX))
            }
            Source::Augmented(before, assign) => {
                let before = before.map_or(Value::Unknown, |before| self.bound(before));
                let value = self.value(&assign.value, scope);
                fold::binary(assign.op, &before, &value)
            }
            Source::Import(module) => Value::name(module),
            Source::From(module, name) => {
                self.known_constant(module, name).unwrap_or_else(|| reader::module_member(module, name))
            }
            Source::Function(function) => Value::Function(function),
            Source::Parameter(function, index) => self.parameter(function, index),
        }
    }

    /// What is passed for a parameter by the calls of a function of that name, or its default.
    fn parameter(&mut self, function: FunctionId, index: usize) -> Value {
        let Some(function) = self.table.functions.get(function) else { return Value::Unknown };
        let Some(parameter) = function.parameters.get(index).copied() else { return Value::Unknown };
        let (outer, is_method) = (function.outer, function.is_method);
        let constructed = (function.name == "__init__").then(|| self.table.class_of(outer)).flatten();
        let calls = self.table.calls(constructed.unwrap_or(function.name)).to_vec();
        let mut values = Vec::new();
        if let Some(default) = &parameter.default {
            values.push(self.value(default, outer));
        }
        let position = if is_method { index.checked_sub(1) } else { Some(index) };
        for (call, scope) in calls {
            let name = parameter.parameter.name.as_str();
            let named = call
                .arguments
                .keywords
                .iter()
                .find(|keyword| keyword.arg.as_ref().is_some_and(|arg| arg.as_str() == name));
            let given: Option<&'a Expr> = match named {
                Some(keyword) => Some(&keyword.value),
                None => position.and_then(|position| call.arguments.args.get(position)),
            };
            if let Some(given) = given {
                values.push(self.value(given, scope));
            }
        }
        Value::one_of(values)
    }

    /// What calling a function of the program gives.
    pub(super) fn returned(&mut self, id: FunctionId) -> Value {
        match self.results.get_mut(id) {
            Some(Memo::Read(value)) => return value.clone(),
            Some(memo @ Memo::Unread) => *memo = Memo::Reading,
            _ => return Value::Unknown,
        }
        let (returns, scope) = match self.table.functions.get(id) {
            Some(function) => (function.returns.clone(), function.scope),
            None => return Value::Unknown,
        };
        let values = returns.into_iter().map(|value| self.quietly(|reader| reader.value(value, scope)));
        let value = Value::one_of(values.collect());
        if let Some(memo) = self.results.get_mut(id) {
            *memo = Memo::Read(value.clone());
        }
        value
    }

    /// What is assigned to an attribute of this name, on whatever object: who owns it is not followed.
    pub(super) fn assigned_attribute(&mut self, name: &str) -> Value {
        if let Some(known) = self.attribute_unions.get(name) {
            return known.clone();
        }
        let bindings = self.table.attributes(name).to_vec();
        if bindings.is_empty() {
            return Value::Unknown;
        }
        let value = Value::one_of(bindings.iter().map(|id| self.bound(*id)).collect());
        if self.is_final(&bindings) {
            self.attribute_unions.insert(name.to_owned(), value.clone());
        }
        value
    }

    /// What the module binds to a name that is taken out of `globals()`.
    pub(super) fn assigned_global(&mut self, name: &str) -> Value {
        self.table.name(0, name).map_or(Value::Unknown, |named| self.union(named))
    }

    /// Runs `inside` without reporting what it finds: it is found where it stands.
    pub(super) fn quietly(&mut self, inside: impl FnOnce(&mut Self) -> Value) -> Value {
        if self.quiet >= MOST_ALIASES {
            return Value::Unknown;
        }
        self.quiet += 1;
        let value = inside(self);
        self.quiet -= 1;
        value
    }

    /// Reads a name that is loaded.
    pub(super) fn name(&mut self, name: &'a ruff_python_ast::ExprName, scope: ScopeId) -> Value {
        if !name.ctx.is_load() {
            return Value::Unknown;
        }
        let id = name.id.as_str();
        let value = self.lookup(id, scope, name.range.start().to_usize());
        let value = self.grown(id, value);
        for alternative in value.alternatives() {
            if let Some(rest) = alternative.as_name().and_then(|name| name.strip_prefix("builtins"))
                && (rest.strip_prefix('.') == Some(id) || id == "__builtins__")
            {
                self.mention(alternative.as_name().unwrap_or_default(), name.range());
            }
        }
        self.mention_from_star(id, &value, name.range());
        if id == "__builtins__" {
            self.report_builtins(name.range());
        }
        value
    }
}

/// The builtins that are told apart; the others do no harm and fold to nothing.
fn is_builtin(name: &str) -> bool {
    matches!(
        name,
        "__import__"
            | "abs"
            | "ascii"
            | "bin"
            | "breakpoint"
            | "bytearray"
            | "bytes"
            | "chr"
            | "compile"
            | "delattr"
            | "dict"
            | "dir"
            | "enumerate"
            | "eval"
            | "exec"
            | "exit"
            | "filter"
            | "format"
            | "frozenset"
            | "getattr"
            | "globals"
            | "help"
            | "hex"
            | "int"
            | "iter"
            | "list"
            | "locals"
            | "map"
            | "max"
            | "min"
            | "next"
            | "object"
            | "oct"
            | "open"
            | "ord"
            | "quit"
            | "repr"
            | "reversed"
            | "set"
            | "setattr"
            | "sorted"
            | "str"
            | "sum"
            | "tuple"
            | "type"
            | "vars"
            | "zip"
    )
}
