//! The table of names: which scopes a program has, and what is bound to each name in them.
//!
//! Filled by [`bind`] in one walk over the tree, before anything is resolved. It records where a value comes from
//! and never evaluates it.

use ruff_python_ast::{self as ast, Expr, Stmt};
use rustc_hash::{FxHashMap, FxHashSet};

use super::bind;
use super::value::FunctionId;

pub(super) type ScopeId = usize;
pub(super) type BindingId = usize;

/// A name in a scope that binds it.
pub(super) type NameId = usize;

/// More values than this for one name are not followed: a name in a program seldom has ten.
pub(super) const MOST_BINDINGS: usize = 32;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Module,
    /// A function, a lambda or a comprehension.
    Function,
    Class,
}

#[derive(Debug)]
pub(super) struct Scope {
    pub(super) parent: Option<ScopeId>,
    pub(super) kind: Kind,
}

/// Where the value of a binding comes from.
#[derive(Debug, Clone, Copy)]
pub(super) enum Source<'a> {
    /// Something that is not followed, such as an exception.
    Opaque,
    Value(&'a Expr),
    /// The element at an index of the value.
    Item(&'a Expr, usize),
    /// Any element of the value, and where the flag says so, the element at an index of that.
    Element(&'a Expr, Option<usize>),
    /// What was bound before, with an operator applied to it.
    Augmented(Option<BindingId>, &'a ast::StmtAugAssign),
    Import(&'a str),
    /// A name from a module.
    From(&'a str, &'a str),
    Function(FunctionId),
    Class,
    /// The parameter at a position of a function.
    Parameter(FunctionId, usize),
}

#[derive(Debug)]
pub(super) struct Binding<'a> {
    pub(super) source: Source<'a>,
    /// The scope in which the source is to be read.
    pub(super) scope: ScopeId,
    /// Where the binding has happened: the end of the assigned value, so that `eval = eval` reads the builtin.
    pub(super) after: usize,
    /// Whether the binding happens whenever its scope is entered: not in a branch, a loop or a `try`.
    pub(super) certain: bool,
}

#[derive(Debug)]
pub(super) struct Function<'a> {
    pub(super) name: &'a str,
    pub(super) parameters: Vec<&'a ast::ParameterWithDefault>,
    pub(super) is_method: bool,
    pub(super) returns: Vec<&'a Expr>,
    pub(super) scope: ScopeId,
    pub(super) outer: ScopeId,
}

/// A call of a list's method that puts something into it, and the scope that it is in.
pub(super) type Growth<'a> = (&'a str, &'a Expr, ScopeId);

/// A call, and the scope that it is in.
pub(super) type Call<'a> = (&'a ast::ExprCall, ScopeId);

#[derive(Debug, Default)]
pub(super) struct Table<'a> {
    pub(super) scopes: Vec<Scope>,
    pub(super) bindings: Vec<Binding<'a>>,
    pub(super) functions: Vec<Function<'a>>,
    pub(super) names: FxHashMap<(ScopeId, &'a str), NameId>,
    pub(super) bound: Vec<Vec<BindingId>>,
    /// What is assigned to attributes of this name, on any object, and in class bodies.
    pub(super) attributes: FxHashMap<&'a str, Vec<BindingId>>,
    /// Calls of functions and methods of this name.
    pub(super) calls: FxHashMap<&'a str, Vec<Call<'a>>>,
    /// The scopes that nodes open, by the node's address.
    pub(super) opened: FxHashMap<usize, ScopeId>,
    pub(super) functions_of: FxHashMap<ScopeId, FunctionId>,
    pub(super) classes: FxHashMap<ScopeId, &'a str>,
    /// Names that a scope declares `global`.
    pub(super) globals: FxHashSet<(ScopeId, &'a str)>,
    pub(super) deleted: FxHashSet<&'a str>,
    /// Modules all of whose names are imported.
    pub(super) stars: Vec<&'a str>,
    /// What is put into the lists of a name, by `append` and the like.
    pub(super) grown: FxHashMap<&'a str, Vec<Growth<'a>>>,
    /// Names of the functions, methods and classes that the program defines.
    pub(super) defined: FxHashSet<&'a str>,
}

impl<'a> Table<'a> {
    pub(super) fn new(body: &'a [Stmt]) -> Self {
        bind::table(body)
    }

    /// The name in exactly this scope, where the scope binds it.
    pub(super) fn name(&self, scope: ScopeId, name: &str) -> Option<NameId> {
        self.names.get(&(scope, name)).copied()
    }

    /// What is bound to a name.
    pub(super) fn bindings(&self, name: NameId) -> &[BindingId] {
        self.bound.get(name).map_or(&[], Vec::as_slice)
    }

    /// How many names there are in all scopes.
    pub(super) fn names(&self) -> usize {
        self.bound.len()
    }

    pub(super) fn attributes(&self, name: &str) -> &[BindingId] {
        self.attributes.get(name).map_or(&[], Vec::as_slice)
    }

    pub(super) fn calls(&self, name: &str) -> &[Call<'a>] {
        self.calls.get(name).map_or(&[], Vec::as_slice)
    }

    /// The name of the class whose body a scope is.
    pub(super) fn class_of(&self, scope: ScopeId) -> Option<&'a str> {
        self.classes.get(&scope).copied()
    }

    /// The function that a node declares.
    pub(super) fn function_of<T>(&self, node: &T) -> Option<FunctionId> {
        self.functions_of.get(&self.opened(node)?).copied()
    }

    /// The scope that a node opens.
    pub(super) fn opened<T>(&self, node: &T) -> Option<ScopeId> {
        self.opened.get(&address(node)).copied()
    }

    pub(super) fn is_deleted(&self, name: &str) -> bool {
        self.deleted.contains(name)
    }

    /// Whether the program defines a function or method of this name.
    pub(super) fn defines(&self, name: &str) -> bool {
        self.defined.contains(name)
    }
}

/// Identifies a node of the tree, which does not move while it is read.
pub(super) fn address<T>(node: &T) -> usize {
    std::ptr::from_ref(node).addr()
}
