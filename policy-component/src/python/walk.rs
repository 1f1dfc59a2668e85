//! Walks expressions: each is visited once, in its scope, and evaluated on the way.

use super::fold;
use super::format;
use super::reader::Reader;
use super::scope::ScopeId;
use super::value::Value;
use ruff_python_ast::{self as ast, Expr};

/// Evaluating bindings goes this deep into expressions, all aliases together: the walk itself is bounded by
/// [`super::depth`], and this comes on top of it on the stack.
const DEEPEST_INNER: u32 = 100;

/// A comprehension over constants is evaluated for this many elements: names are shorter.
const MOST_STEPS: usize = 64;

impl<'a> Reader<'a> {
    pub(super) fn all(&mut self, exprs: impl IntoIterator<Item = &'a Expr>, scope: ScopeId) {
        for expr in exprs {
            self.value(expr, scope);
        }
    }

    /// Visits an expression and evaluates it. Chains of operators, attributes and calls are walked in a loop: they
    /// are as deep as they are long.
    pub(super) fn value(&mut self, expr: &'a Expr, scope: ScopeId) -> Value {
        if self.quiet > 0 {
            if self.inner >= DEEPEST_INNER || self.fuel == 0 {
                return Value::Unknown;
            }
            self.inner += 1;
            self.fuel -= 1;
        }
        let mut chain = Chain::default();
        let mut leaf = expr;
        loop {
            let inner = match leaf {
                Expr::BinOp(node) => &node.left,
                Expr::Attribute(node) => &node.value,
                Expr::Subscript(node) => &node.value,
                Expr::Call(node) => &node.func,
                _ => break,
            };
            chain.push(leaf);
            leaf = inner;
        }
        let mut value = self.leaf(leaf, scope);
        while let Some(link) = chain.pop() {
            value = self.link(link, &value, chain.last(), scope);
        }
        if self.quiet > 0 {
            self.inner -= 1;
        }
        value
    }

    /// One link of a chain, applied to what stands before it.
    fn link(&mut self, link: &'a Expr, value: &Value, next: Option<&'a Expr>, scope: ScopeId) -> Value {
        match link {
            Expr::BinOp(node) => {
                let right = self.value(&node.right, scope);
                fold::binary(node.op, value, &right)
            }
            Expr::Attribute(node) => {
                let followed = next.and_then(Expr::as_attribute_expr).map(|next| next.attr.as_str());
                let is_subscripted = next.is_some_and(Expr::is_subscript_expr);
                self.attribute_expr(node, value, followed, is_subscripted)
            }
            Expr::Subscript(node) => self.subscript(node, value, scope),
            Expr::Call(node) => self.call_expr(node, value, scope),
            _ => Value::Unknown,
        }
    }

    fn leaf(&mut self, expr: &'a Expr, scope: ScopeId) -> Value {
        match expr {
            Expr::Name(node) => self.name(node, scope),
            Expr::StringLiteral(node) => Value::text(node.value.to_str()),
            Expr::BytesLiteral(node) => Value::bytes(
                &node.value.iter().flat_map(|part| part.value.iter().copied()).collect::<Vec<u8>>(),
            ),
            Expr::NumberLiteral(ast::ExprNumberLiteral { value: ast::Number::Int(number), .. }) => {
                number.as_i64().map_or(Value::Unknown, Value::Int)
            }
            Expr::NoneLiteral(_) => Value::name("None"),
            Expr::BooleanLiteral(node) => Value::Int(i64::from(node.value)),
            Expr::FString(node) => self.f_string(node, scope),
            Expr::TString(node) => {
                for element in node.value.elements() {
                    self.interpolated(element, scope, &mut String::new());
                }
                Value::Unknown
            }
            Expr::Tuple(ast::ExprTuple { elts, .. }) | Expr::List(ast::ExprList { elts, .. }) => {
                self.sequence(elts, scope)
            }
            Expr::Set(node) => self.sequence(&node.elts, scope),
            Expr::Dict(node) => self.dict(node, scope),
            Expr::BoolOp(node) => {
                Value::one_of(node.values.iter().map(|value| self.value(value, scope)).collect())
            }
            Expr::If(node) => {
                self.value(&node.test, scope);
                Value::one_of(vec![self.value(&node.body, scope), self.value(&node.orelse, scope)])
            }
            Expr::Named(node) => {
                self.value(&node.target, scope);
                self.value(&node.value, scope)
            }
            Expr::UnaryOp(node) => match (node.op, self.value(&node.operand, scope)) {
                (ast::UnaryOp::USub, Value::Int(number)) => Value::Int(number.saturating_neg()),
                (ast::UnaryOp::Invert, Value::Int(number)) => Value::Int(!number),
                (ast::UnaryOp::UAdd, value) => value,
                _ => Value::Unknown,
            },
            Expr::Lambda(node) => self.lambda(node, scope),
            Expr::ListComp(node) => self.comprehension(node, &node.generators, &node.elt, scope),
            Expr::SetComp(node) => self.comprehension(node, &node.generators, &node.elt, scope),
            Expr::Generator(node) => self.comprehension(node, &node.generators, &node.elt, scope),
            Expr::DictComp(node) => {
                if let (Some(inner), Some(key)) = (self.table.opened(node), &node.key) {
                    self.value(key, inner);
                }
                self.comprehension(node, &node.generators, &node.value, scope);
                Value::Unknown
            }
            Expr::Compare(node) => {
                self.value(&node.left, scope);
                self.all(&node.comparators, scope);
                Value::Unknown
            }
            Expr::Await(node) => self.value(&node.value, scope),
            Expr::Starred(node) => self.value(&node.value, scope),
            Expr::Yield(node) => {
                self.optional(node.value.as_deref(), scope);
                Value::Unknown
            }
            Expr::YieldFrom(node) => {
                self.value(&node.value, scope);
                Value::Unknown
            }
            Expr::Slice(node) => {
                for bound in [&node.lower, &node.upper, &node.step] {
                    self.optional(bound.as_deref(), scope);
                }
                Value::Unknown
            }
            _ => Value::Unknown,
        }
    }

    fn sequence(&mut self, elements: &'a [Expr], scope: ScopeId) -> Value {
        let mut values = Vec::new();
        for element in elements {
            let value = self.value(element, scope);
            match element.is_starred_expr().then(|| value.elements()).flatten() {
                Some(inner) => values.extend(inner),
                None => values.push(value),
            }
            // A long list is data; its elements are visited all the same.
            values.truncate(1024);
        }
        Value::sequence(values)
    }

    fn dict(&mut self, node: &'a ast::ExprDict, scope: ScopeId) -> Value {
        let mut items = Vec::new();
        for item in &node.items {
            let key = item.key.as_ref().map(|key| self.value(key, scope));
            let value = self.value(&item.value, scope);
            if let Some(key) = key
                && items.len() < 256
            {
                items.push((key, value));
            }
        }
        Value::Mapping(items.into())
    }

    fn f_string(&mut self, node: &'a ast::ExprFString, scope: ScopeId) -> Value {
        let mut text = String::new();
        for part in &node.value {
            match part {
                ast::FStringPart::Literal(literal) => text.push_str(&literal.value),
                ast::FStringPart::FString(part) => {
                    for element in &part.elements {
                        self.interpolated(element, scope, &mut text);
                    }
                }
            }
        }
        Value::text(&text)
    }

    /// Visits a part of an f-string and appends it as far as it is known; format specifications nest as the
    /// source does, so bounded.
    fn interpolated(&mut self, part: &'a ast::InterpolatedStringElement, scope: ScopeId, text: &mut String) {
        match part {
            ast::InterpolatedStringElement::Literal(literal) => text.push_str(&literal.value),
            ast::InterpolatedStringElement::Interpolation(field) => {
                let value = self.value(&field.expression, scope);
                let mut specification = String::new();
                for element in field.format_spec.iter().flat_map(|specification| &specification.elements) {
                    self.interpolated(element, scope, &mut specification);
                }
                if field.conversion.is_none() || matches!(field.conversion, ast::ConversionFlag::Str) {
                    // Of several values the first stands for all: a text is one value.
                    let value = value.alternatives().first().unwrap_or(&Value::Unknown);
                    format::push(text, value, &specification);
                } else {
                    text.push(super::paths::UNKNOWN);
                }
            }
        }
    }

    fn lambda(&mut self, node: &'a ast::ExprLambda, scope: ScopeId) -> Value {
        if self.quiet == 0 {
            if let Some(parameters) = &node.parameters {
                self.parameters(parameters, scope);
            }
            if let Some(inner) = self.table.opened(node) {
                self.value(&node.body, inner);
            }
        }
        self.table.function_of(node).map_or(Value::Unknown, Value::Function)
    }

    /// Visits a comprehension; where it runs over one known sequence, evaluates it step by step.
    fn comprehension<T>(
        &mut self,
        node: &T,
        generators: &'a [ast::Comprehension],
        element: &'a Expr,
        scope: ScopeId,
    ) -> Value {
        let inner = self.table.opened(node).unwrap_or(scope);
        let mut iterated = Value::Unknown;
        for generator in generators {
            iterated = self.value(&generator.iter, inner);
            self.all(&generator.ifs, inner);
        }
        let general = self.value(element, inner);
        let ([generator], Some(steps)) = (generators, iterated.elements()) else {
            return if general == Value::Unknown { general } else { Value::sequence(vec![general]) };
        };
        if steps.len() > MOST_STEPS || !generator.ifs.is_empty() {
            return Value::sequence(vec![general]);
        }
        let values = steps.into_iter().map(|step| self.step(&generator.target, step, element, inner));
        Value::sequence(values.collect())
    }

    /// The element of a comprehension where its target is `step`.
    fn step(&mut self, target: &'a Expr, step: Value, element: &'a Expr, scope: ScopeId) -> Value {
        let before = self.overrides.len();
        match target {
            Expr::Name(name) => self.overrides.push((scope, name.id.as_str(), step)),
            Expr::Tuple(tuple) => {
                for (index, name) in (0..).zip(&tuple.elts) {
                    if let Expr::Name(name) = name {
                        self.overrides.push((scope, name.id.as_str(), step.item(index)));
                    }
                }
            }
            _ => {}
        }
        let value = self.quietly(|reader| reader.value(element, scope));
        self.overrides.truncate(before);
        value
    }

    /// What a name is in the current step of a comprehension.
    pub(super) fn overridden(&self, name: &str, scope: ScopeId) -> Option<Value> {
        let of_scope = |known: ScopeId| {
            let mut current = Some(scope);
            // A name of a comprehension is seen from the scopes within it; these are few.
            for _ in 0..4 {
                match current {
                    Some(id) if id == known => return true,
                    Some(id) => current = self.table.scopes.get(id).and_then(|scope| scope.parent),
                    None => return false,
                }
            }
            false
        };
        let known = self.overrides.iter().rev().find(|(known, of, _)| *of == name && of_scope(*known));
        known.map(|(_, _, value)| value.clone())
    }
}

/// The links of a chain, innermost last. Few chains are longer than six links, and those need no allocation.
#[derive(Default)]
struct Chain<'a> {
    first: [Option<&'a Expr>; 6],
    rest: Vec<&'a Expr>,
}

impl<'a> Chain<'a> {
    fn push(&mut self, link: &'a Expr) {
        match self.first.iter_mut().find(|slot| slot.is_none()) {
            Some(slot) => *slot = Some(link),
            None => self.rest.push(link),
        }
    }

    fn pop(&mut self) -> Option<&'a Expr> {
        self.rest.pop().or_else(|| self.first.iter_mut().rev().find_map(Option::take))
    }

    fn last(&self) -> Option<&'a Expr> {
        self.rest.last().copied().or_else(|| self.first.iter().rev().find_map(|slot| *slot))
    }
}
