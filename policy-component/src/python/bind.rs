//! Fills the table of names: one walk that records every binding, call and scope.

use ruff_python_ast::{self as ast, Expr, Parameters, Stmt, visitor, visitor::Visitor};
use ruff_text_size::Ranged;

use super::scope::{
    Binding, BindingId, Function, Kind, MOST_BINDINGS, Scope, ScopeId, Source, Table, address,
};
use super::value::FunctionId;

/// The names of a program.
pub(super) fn table(body: &[Stmt]) -> Table<'_> {
    let mut builder = Builder { table: Table::default(), scope: 0, branches: 0 };
    builder.table.scopes.push(Scope { parent: None, kind: Kind::Module });
    builder.visit_body(body);
    builder.table
}

struct Builder<'a> {
    table: Table<'a>,
    scope: ScopeId,
    /// How many branches, loops and `try` statements of the current scope are around the current statement.
    branches: usize,
}

impl<'a> Builder<'a> {
    fn bind(&mut self, name: &'a str, source: Source<'a>, start: usize) {
        let after = match source {
            Source::Value(value) | Source::Item(value, _) => value.range().end().to_usize().max(start),
            _ => start,
        };
        let is_global = self.table.globals.contains(&(self.scope, name));
        let target = if is_global { 0 } else { self.scope };
        let certain = self.branches == 0 && !is_global;
        let id = self.add(source, after, certain);
        let next = self.table.bound.len();
        let named = *self.table.names.entry((target, name)).or_insert(next);
        if named == next {
            self.table.bound.push(Vec::new());
        }
        if let Some(known) = self.table.bound.get_mut(named).filter(|known| known.len() < MOST_BINDINGS) {
            known.push(id);
        }
        if self.table.scopes.get(target).is_some_and(|scope| scope.kind == Kind::Class) {
            self.bind_attribute(name, id);
        }
    }

    fn add(&mut self, source: Source<'a>, after: usize, certain: bool) -> BindingId {
        self.table.bindings.push(Binding { source, scope: self.scope, after, certain });
        self.table.bindings.len() - 1
    }

    fn bind_attribute(&mut self, name: &'a str, id: BindingId) {
        let known = self.table.attributes.entry(name).or_default();
        if known.len() < MOST_BINDINGS {
            known.push(id);
        }
    }

    /// Records `name.append(value)` and its kin.
    fn bind_growth(&mut self, call: &'a ast::ExprCall) {
        if let Expr::Attribute(method) = call.func.as_ref()
            && let Expr::Name(list) = method.value.as_ref()
            && let "append" | "extend" | "insert" = method.attr.as_str()
            && let Some(value) = call.arguments.args.last()
        {
            let known = self.table.grown.entry(list.id.as_str()).or_default();
            if known.len() < MOST_BINDINGS {
                known.push((method.attr.as_str(), value, self.scope));
            }
        }
    }

    /// Binds the names of an assignment's target; the nesting of targets is that of the source, so bounded.
    fn bind_target(&mut self, target: &'a Expr, source: Source<'a>) {
        match target {
            Expr::Name(name) => self.bind(name.id.as_str(), source, name.range.start().to_usize()),
            Expr::Attribute(attribute) => {
                let id = self.add(source, attribute.range.start().to_usize(), false);
                self.bind_attribute(attribute.attr.as_str(), id);
            }
            Expr::Starred(starred) => self.bind_target(&starred.value, Source::Opaque),
            Expr::Tuple(ast::ExprTuple { elts, .. }) | Expr::List(ast::ExprList { elts, .. }) => {
                // Where targets and values are both written out, each target has its own expression.
                let written = match source {
                    Source::Value(Expr::Tuple(tuple)) if tuple.elts.len() == elts.len() => Some(&tuple.elts),
                    Source::Value(Expr::List(list)) if list.elts.len() == elts.len() => Some(&list.elts),
                    _ => None,
                };
                for (index, element) in elts.iter().enumerate() {
                    let source = match (source, written.and_then(|written| written.get(index))) {
                        (_, Some(value)) if !value.is_starred_expr() => Source::Value(value),
                        (Source::Value(value), _) => Source::Item(value, index),
                        (Source::Element(value, None), _) => Source::Element(value, Some(index)),
                        _ => Source::Opaque,
                    };
                    self.bind_target(element, source);
                }
            }
            _ => {}
        }
    }

    fn bind_import(&mut self, import: &'a ast::StmtImport) {
        for alias in &import.names {
            let module = alias.name.as_str();
            let start = alias.range.start().to_usize();
            if let Some(name) = &alias.asname {
                self.bind(name.as_str(), Source::Import(module), start);
            } else {
                let root = module.split('.').next().unwrap_or(module);
                self.bind(root, Source::Import(root), start);
            }
        }
    }

    fn bind_from(&mut self, import: &'a ast::StmtImportFrom) {
        let module = import.module.as_ref().map_or("", ast::Identifier::as_str);
        for alias in &import.names {
            if alias.name.as_str() == "*" && import.level == 0 && self.table.stars.len() < MOST_BINDINGS {
                self.table.stars.push(module);
            }
            let source =
                if import.level > 0 { Source::Opaque } else { Source::From(module, alias.name.as_str()) };
            let name = alias.asname.as_ref().unwrap_or(&alias.name);
            self.bind(name.as_str(), source, alias.range.start().to_usize());
        }
    }

    /// Runs `inside` in a new scope of the node.
    fn open<T>(&mut self, node: &T, kind: Kind, inside: impl FnOnce(&mut Self)) -> ScopeId {
        let scope = self.table.scopes.len();
        self.table.scopes.push(Scope { parent: Some(self.scope), kind });
        self.table.opened.insert(address(node), scope);
        let (outer, branches) = (self.scope, self.branches);
        (self.scope, self.branches) = (scope, 0);
        inside(self);
        (self.scope, self.branches) = (outer, branches);
        scope
    }

    /// Declares a function or lambda, and runs `inside` in its scope.
    fn open_function<T>(
        &mut self,
        node: &T,
        name: &'a str,
        parameters: Option<&'a Parameters>,
        inside: impl FnOnce(&mut Self),
    ) -> FunctionId {
        let id = self.table.functions.len();
        let outer = self.scope;
        let is_method = self.table.scopes.get(outer).is_some_and(|scope| scope.kind == Kind::Class);
        self.table.functions.push(Function {
            name,
            parameters: parameters.map(|all| all.iter_non_variadic_params().collect()).unwrap_or_default(),
            is_method,
            returns: Vec::new(),
            scope: self.table.scopes.len(),
            outer,
        });
        self.table.functions_of.insert(self.table.scopes.len(), id);
        self.open(node, Kind::Function, |builder| {
            let Some(parameters) = parameters else { return inside(builder) };
            for (index, parameter) in parameters.iter_non_variadic_params().enumerate() {
                let start = parameter.range.start().to_usize();
                builder.bind(parameter.parameter.name.as_str(), Source::Parameter(id, index), start);
            }
            for variadic in parameters.vararg.iter().chain(&parameters.kwarg) {
                builder.bind(variadic.name.as_str(), Source::Opaque, variadic.range.start().to_usize());
            }
            inside(builder);
        });
        id
    }

    fn visit_function(&mut self, function: &'a ast::StmtFunctionDef) {
        for decorator in &function.decorator_list {
            self.visit_expr(&decorator.expression);
        }
        self.visit_parameters(&function.parameters);
        if let Some(returns) = &function.returns {
            self.visit_expr(returns);
        }
        let name = function.name.as_str();
        let id = self.open_function(function, name, Some(&function.parameters), |builder| {
            builder.visit_body(&function.body);
        });
        self.table.defined.insert(name);
        self.bind(name, Source::Function(id), function.range.end().to_usize());
    }

    fn visit_comprehension_in<T>(
        &mut self,
        node: &T,
        generators: &'a [ast::Comprehension],
        elements: [Option<&'a Expr>; 2],
    ) {
        self.open(node, Kind::Function, |builder| {
            for generator in generators {
                builder.visit_expr(&generator.iter);
                builder.bind_target(&generator.target, Source::Element(&generator.iter, None));
                generator.ifs.iter().for_each(|test| builder.visit_expr(test));
            }
            elements.into_iter().flatten().for_each(|element| builder.visit_expr(element));
        });
    }

    fn visit_leaf(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Named(named) => {
                self.bind_target(&named.target, Source::Value(&named.value));
                self.visit_expr(&named.value);
            }
            Expr::Lambda(lambda) => {
                if let Some(parameters) = &lambda.parameters {
                    self.visit_parameters(parameters);
                }
                let id = self.open_function(lambda, "", lambda.parameters.as_deref(), |builder| {
                    builder.visit_expr(&lambda.body);
                });
                if let Some(function) = self.table.functions.get_mut(id) {
                    function.returns.push(&lambda.body);
                }
            }
            Expr::ListComp(node) => {
                self.visit_comprehension_in(node, &node.generators, [Some(&node.elt), None]);
            }
            Expr::SetComp(node) => {
                self.visit_comprehension_in(node, &node.generators, [Some(&node.elt), None]);
            }
            Expr::Generator(node) => {
                self.visit_comprehension_in(node, &node.generators, [Some(&node.elt), None]);
            }
            Expr::DictComp(node) => {
                self.visit_comprehension_in(node, &node.generators, [node.key.as_deref(), Some(&node.value)]);
            }
            expr => visitor::walk_expr(self, expr),
        }
    }
}

impl<'a> Visitor<'a> for Builder<'a> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        match stmt {
            Stmt::FunctionDef(function) => return self.visit_function(function),
            Stmt::ClassDef(class) => {
                self.table.defined.insert(class.name.as_str());
                self.bind(class.name.as_str(), Source::Class, class.range.end().to_usize());
                class.decorator_list.iter().for_each(|decorator| self.visit_expr(&decorator.expression));
                if let Some(arguments) = &class.arguments {
                    self.visit_arguments(arguments);
                }
                let scope = self.open(class, Kind::Class, |builder| builder.visit_body(&class.body));
                self.table.classes.insert(scope, class.name.as_str());
                return;
            }
            Stmt::Return(ast::StmtReturn { value: Some(value), .. }) => {
                let id = self.table.functions_of.get(&self.scope).copied();
                if let Some(function) = id.and_then(|id| self.table.functions.get_mut(id))
                    && function.returns.len() < MOST_BINDINGS
                {
                    function.returns.push(value);
                }
            }
            Stmt::Assign(assign) => {
                assign
                    .targets
                    .iter()
                    .for_each(|target| self.bind_target(target, Source::Value(&assign.value)));
            }
            Stmt::AnnAssign(ast::StmtAnnAssign { target, value: Some(value), .. }) => {
                self.bind_target(target, Source::Value(value));
            }
            Stmt::AugAssign(assign) => {
                let before = match assign.target.as_ref() {
                    Expr::Name(name) => {
                        let name = self.table.name(self.scope, name.id.as_str());
                        name.and_then(|name| self.table.bindings(name).last().copied())
                    }
                    Expr::Attribute(node) => self.table.attributes(node.attr.as_str()).last().copied(),
                    _ => None,
                };
                self.bind_target(&assign.target, Source::Augmented(before, assign));
            }
            Stmt::Import(import) => self.bind_import(import),
            Stmt::ImportFrom(import) => self.bind_from(import),
            Stmt::Global(ast::StmtGlobal { names, .. }) => {
                let scope = self.scope;
                self.table.globals.extend(names.iter().map(|name| (scope, name.as_str())));
            }
            Stmt::Delete(delete) => {
                let names = delete.targets.iter().filter_map(Expr::as_name_expr);
                self.table.deleted.extend(names.map(|name| name.id.as_str()));
            }
            Stmt::For(node) => {
                self.branches += 1;
                self.bind_target(&node.target, Source::Element(&node.iter, None));
                visitor::walk_stmt(self, stmt);
                self.branches -= 1;
                return;
            }
            Stmt::With(node) => {
                for item in &node.items {
                    if let Some(target) = &item.optional_vars {
                        self.bind_target(target, Source::Value(&item.context_expr));
                    }
                }
            }
            Stmt::If(_) | Stmt::While(_) | Stmt::Try(_) | Stmt::Match(_) => {
                self.branches += 1;
                visitor::walk_stmt(self, stmt);
                self.branches -= 1;
                return;
            }
            _ => {}
        }
        visitor::walk_stmt(self, stmt);
    }

    fn visit_except_handler(&mut self, handler: &'a ast::ExceptHandler) {
        let ast::ExceptHandler::ExceptHandler(caught) = handler;
        if let Some(name) = &caught.name {
            self.bind(name.as_str(), Source::Opaque, caught.range.start().to_usize());
        }
        visitor::walk_except_handler(self, handler);
    }

    fn visit_pattern(&mut self, pattern: &'a ast::Pattern) {
        let name = match pattern {
            ast::Pattern::MatchAs(node) => node.name.as_ref(),
            ast::Pattern::MatchStar(node) => node.name.as_ref(),
            ast::Pattern::MatchMapping(node) => node.rest.as_ref(),
            _ => None,
        };
        if let Some(name) = name {
            self.bind(name.as_str(), Source::Opaque, pattern.range().start().to_usize());
        }
        visitor::walk_pattern(self, pattern);
    }

    /// Walks chains of operators, attributes and calls in a loop: they are as deep as they are long.
    fn visit_expr(&mut self, expr: &'a Expr) {
        let mut expr = expr;
        loop {
            expr = match expr {
                Expr::BinOp(node) => {
                    self.visit_expr(&node.right);
                    &node.left
                }
                Expr::Attribute(node) => &node.value,
                Expr::Subscript(node) => {
                    self.visit_expr(&node.slice);
                    &node.value
                }
                Expr::Call(node) => {
                    self.visit_arguments(&node.arguments);
                    let name = match node.func.as_ref() {
                        Expr::Name(name) => Some(name.id.as_str()),
                        Expr::Attribute(attribute) => Some(attribute.attr.as_str()),
                        _ => None,
                    };
                    if let Some(name) = name {
                        let known = self.table.calls.entry(name).or_default();
                        if known.len() < MOST_BINDINGS {
                            known.push((node, self.scope));
                        }
                    }
                    self.bind_growth(node);
                    &node.func
                }
                leaf => return self.visit_leaf(leaf),
            }
        }
    }

    // Type parameters are evaluated lazily, and only by interpreters newer than the one that runs the code.
    fn visit_type_params(&mut self, _: &'a ast::TypeParams) {}
}
