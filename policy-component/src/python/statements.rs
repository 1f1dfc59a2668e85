//! Walks statements, patterns and definitions: each is visited once, in its scope.

use ruff_python_ast::{self as ast, Expr, Stmt};
use ruff_text_size::Ranged;

use super::reader::Reader;
use super::scope::ScopeId;
use crate::rules::python as rules;

impl<'a> Reader<'a> {
    pub(super) fn statements(&mut self, body: &'a [Stmt], scope: ScopeId) {
        for stmt in body {
            self.statement(stmt, scope);
        }
    }

    fn statement(&mut self, stmt: &'a Stmt, scope: ScopeId) {
        match stmt {
            // A docstring, or text that stands alone: nothing reads it.
            Stmt::Expr(ast::StmtExpr { value, .. }) if value.is_string_literal_expr() => {}
            Stmt::Expr(node) => drop(self.value(&node.value, scope)),
            Stmt::FunctionDef(node) => self.function(node, scope),
            Stmt::ClassDef(node) => self.class(node, scope),
            Stmt::Import(node) => self.import_statement(node),
            Stmt::ImportFrom(node) => self.import_from_statement(node),
            Stmt::Return(ast::StmtReturn { value, .. }) => self.optional(value.as_deref(), scope),
            Stmt::Delete(node) => self.all(&node.targets, scope),
            Stmt::Assign(node) => {
                self.all(&node.targets, scope);
                self.kept(&node.value, scope);
            }
            Stmt::AugAssign(node) => self.all([node.target.as_ref(), &node.value], scope),
            Stmt::AnnAssign(node) => {
                self.all([node.target.as_ref(), &node.annotation], scope);
                if let Some(value) = &node.value {
                    self.kept(value, scope);
                }
            }
            Stmt::For(node) => {
                self.all([node.target.as_ref(), &node.iter], scope);
                self.statements(&node.body, scope);
                self.statements(&node.orelse, scope);
            }
            Stmt::While(node) => {
                self.value(&node.test, scope);
                self.statements(&node.body, scope);
                self.statements(&node.orelse, scope);
            }
            Stmt::If(node) => {
                self.value(&node.test, scope);
                self.statements(&node.body, scope);
                for clause in &node.elif_else_clauses {
                    self.optional(clause.test.as_ref(), scope);
                    self.statements(&clause.body, scope);
                }
            }
            Stmt::With(node) => {
                for item in &node.items {
                    self.value(&item.context_expr, scope);
                    self.optional(item.optional_vars.as_deref(), scope);
                }
                self.statements(&node.body, scope);
            }
            Stmt::Match(node) => {
                self.value(&node.subject, scope);
                for case in &node.cases {
                    self.pattern(&case.pattern, scope);
                    self.optional(case.guard.as_deref(), scope);
                    self.statements(&case.body, scope);
                }
            }
            Stmt::Raise(node) => {
                self.optional(node.exc.as_deref(), scope);
                self.optional(node.cause.as_deref(), scope);
            }
            Stmt::Try(node) => {
                self.statements(&node.body, scope);
                for ast::ExceptHandler::ExceptHandler(handler) in &node.handlers {
                    self.optional(handler.type_.as_deref(), scope);
                    self.statements(&handler.body, scope);
                }
                self.statements(&node.orelse, scope);
                self.statements(&node.finalbody, scope);
            }
            Stmt::Assert(node) => {
                self.value(&node.test, scope);
                self.optional(node.msg.as_deref(), scope);
            }
            Stmt::TypeAlias(node) => drop(self.value(&node.value, scope)),
            Stmt::Global(_)
            | Stmt::Nonlocal(_)
            | Stmt::Pass(_)
            | Stmt::Break(_)
            | Stmt::Continue(_)
            | Stmt::IpyEscapeCommand(_) => {}
        }
    }

    /// Visits the value of an assignment. A traceback that is kept is there to be walked to its frames.
    fn kept(&mut self, value: &'a Expr, scope: ScopeId) {
        if let Expr::Attribute(attribute) = value
            && attribute.attr.as_str() == "__traceback__"
        {
            let message = "a traceback leads to the frames of the code that raised";
            self.report(&rules::FRAME_ACCESS, attribute.range(), message);
        }
        self.value(value, scope);
    }

    fn function(&mut self, node: &'a ast::StmtFunctionDef, scope: ScopeId) {
        for decorator in &node.decorator_list {
            let decorator_value = self.value(&decorator.expression, scope);
            self.decorated(&decorator_value, node.name.as_str(), decorator.range());
        }
        self.parameters(&node.parameters, scope);
        self.optional(node.returns.as_deref(), scope);
        if let Some(inner) = self.table.opened(node) {
            self.statements(&node.body, inner);
        }
    }

    fn class(&mut self, node: &'a ast::StmtClassDef, scope: ScopeId) {
        for decorator in &node.decorator_list {
            let decorator_value = self.value(&decorator.expression, scope);
            self.decorated(&decorator_value, node.name.as_str(), decorator.range());
        }
        for argument in node.arguments.iter().flat_map(|arguments| &arguments.args) {
            let base = self.value(argument, scope);
            self.derived(&base, argument.range());
        }
        for keyword in node.arguments.iter().flat_map(|arguments| &arguments.keywords) {
            self.value(&keyword.value, scope);
        }
        if let Some(inner) = self.table.opened(node) {
            self.statements(&node.body, inner);
        }
    }

    pub(super) fn parameters(&mut self, parameters: &'a ast::Parameters, scope: ScopeId) {
        for parameter in parameters.iter_non_variadic_params() {
            self.optional(parameter.default.as_deref(), scope);
            self.optional(parameter.parameter.annotation.as_deref(), scope);
        }
        for parameter in parameters.vararg.iter().chain(&parameters.kwarg) {
            self.optional(parameter.annotation.as_deref(), scope);
        }
    }

    /// Visits a pattern; its nesting is that of the source, so bounded.
    fn pattern(&mut self, pattern: &'a ast::Pattern, scope: ScopeId) {
        match pattern {
            ast::Pattern::MatchValue(node) => drop(self.value(&node.value, scope)),
            ast::Pattern::MatchSequence(node) => {
                node.patterns.iter().for_each(|one| self.pattern(one, scope));
            }
            ast::Pattern::MatchOr(node) => {
                node.patterns.iter().for_each(|one| self.pattern(one, scope));
            }
            ast::Pattern::MatchMapping(node) => {
                self.all(&node.keys, scope);
                node.patterns.iter().for_each(|one| self.pattern(one, scope));
            }
            ast::Pattern::MatchClass(node) => {
                self.value(&node.cls, scope);
                node.arguments.patterns.iter().for_each(|one| self.pattern(one, scope));
                for keyword in &node.arguments.keywords {
                    // `case Exception(__traceback__=t)` reads an attribute.
                    self.report_verdict(
                        super::modules::internal(keyword.attr.as_str()),
                        keyword.attr.range(),
                    );
                    self.pattern(&keyword.pattern, scope);
                }
            }
            ast::Pattern::MatchAs(node) => {
                if let Some(inner) = &node.pattern {
                    self.pattern(inner, scope);
                }
            }
            ast::Pattern::MatchSingleton(_) | ast::Pattern::MatchStar(_) => {}
        }
    }

    pub(super) fn optional(&mut self, expr: Option<&'a Expr>, scope: ScopeId) {
        if let Some(expr) = expr {
            self.value(expr, scope);
        }
    }
}
