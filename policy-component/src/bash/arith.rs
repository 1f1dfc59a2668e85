//! Evaluates arithmetic as far as it is known.

use super::text::UNKNOWN;

/// Brackets and signs nest at most this deep; deeper expressions are unknown.
const DEEPEST: usize = 24;

/// What arithmetic needs of the shell around it.
pub(crate) trait Scope {
    /// The value of a variable (`name` or `name[index]`), where it is known.
    fn get(&mut self, name: &str) -> Option<i64>;
    /// Sets a variable; `None` makes it unknown.
    fn set(&mut self, name: &str, value: Option<i64>);
}

/// The value of an expression whose `$` expansions are done; `None` where it is not known.
pub(crate) fn evaluate(expression: &str, scope: &mut dyn Scope) -> Option<i64> {
    if expression.contains(UNKNOWN) || expression.len() > 4096 {
        return None;
    }
    let mut evaluator = Evaluator { text: expression.as_bytes(), at: 0, depth: 0, scope };
    let mut value = Some(0);
    loop {
        evaluator.blanks();
        if evaluator.at >= evaluator.text.len() {
            return value;
        }
        value = evaluator.assignment();
        evaluator.blanks();
        if !evaluator.eat(",") {
            return if evaluator.at >= evaluator.text.len() { value } else { None };
        }
    }
}

struct Evaluator<'a> {
    text: &'a [u8],
    at: usize,
    depth: usize,
    scope: &'a mut dyn Scope,
}

/// Binary operators from the loosest to the tightest; longer ones before their own beginnings.
const LEVELS: &[&[&str]] = &[
    &["||"],
    &["&&"],
    &["|"],
    &["^"],
    &["&"],
    &["==", "!="],
    &["<=", ">=", "<", ">"],
    &["<<", ">>"],
    &["+", "-"],
    &["**", "*", "/", "%"],
];

impl Evaluator<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn blanks(&mut self) {
        while self.peek().is_some_and(|b| b.is_ascii_whitespace()) {
            self.at += 1;
        }
    }

    fn eat(&mut self, text: &str) -> bool {
        let found = self.text.get(self.at..).is_some_and(|rest| rest.starts_with(text.as_bytes()));
        if found {
            self.at += text.len();
        }
        found
    }

    /// `name = value`, `name += value`, or a condition.
    fn assignment(&mut self) -> Option<i64> {
        self.blanks();
        let start = self.at;
        if let Some(name) = self.name() {
            self.blanks();
            let operator = ["=", "+=", "-=", "*=", "/=", "%=", "<<=", ">>=", "&=", "|=", "^="]
                .into_iter()
                .find(|op| self.text.get(self.at..).is_some_and(|rest| rest.starts_with(op.as_bytes())));
            let equality = self.text.get(self.at..).is_some_and(|rest| rest.starts_with(b"=="));
            if let Some(operator) = operator.filter(|_| !equality) {
                self.at += operator.len();
                let right = self.nested(Self::assignment);
                let value = match operator.strip_suffix('=') {
                    None | Some("") => right,
                    Some(op) => {
                        let left = self.scope.get(&name);
                        apply(op, left, right)
                    }
                };
                self.scope.set(&name, value);
                return value;
            }
        }
        self.at = start;
        self.ternary()
    }

    fn nested(&mut self, parse: fn(&mut Self) -> Option<i64>) -> Option<i64> {
        if self.depth >= DEEPEST {
            self.at = self.text.len();
            return None;
        }
        self.depth += 1;
        let value = parse(self);
        self.depth -= 1;
        value
    }

    fn ternary(&mut self) -> Option<i64> {
        let condition = self.binary(0);
        self.blanks();
        if !self.eat("?") {
            return condition;
        }
        let yes = self.nested(Self::assignment);
        self.blanks();
        self.eat(":");
        let no = self.nested(Self::assignment);
        if condition? == 0 { no } else { yes }
    }

    fn binary(&mut self, level: usize) -> Option<i64> {
        let Some(operators) = LEVELS.get(level) else { return self.nested(Self::unary) };
        let mut left = self.binary(level + 1);
        loop {
            self.blanks();
            let rest = self.text.get(self.at..).unwrap_or_default();
            let found = operators.iter().find(|op| {
                let after = rest.get(op.len());
                let doubled = matches!(**op, "|" | "&" | "<" | ">") && after == op.as_bytes().first();
                rest.starts_with(op.as_bytes()) && !doubled && after != Some(&b'=')
                    || rest.starts_with(op.as_bytes()) && matches!(**op, "==" | "!=" | "<=" | ">=")
            });
            let Some(op) = found else { return left };
            self.at += op.len();
            let right = self.binary(level + 1);
            left = apply(op, left, right);
        }
    }

    fn unary(&mut self) -> Option<i64> {
        self.blanks();
        for step in ["++", "--"] {
            if self.eat(step) {
                self.blanks();
                let Some(name) = self.name() else {
                    return self.nested(Self::unary);
                };
                let delta = if step == "++" { 1 } else { -1 };
                let value = self.scope.get(&name).map(|value| value.wrapping_add(delta));
                self.scope.set(&name, value);
                return value;
            }
        }
        match self.peek()? {
            b'-' => {
                self.at += 1;
                self.nested(Self::unary).map(i64::wrapping_neg)
            }
            b'+' => {
                self.at += 1;
                self.nested(Self::unary)
            }
            b'!' => {
                self.at += 1;
                self.nested(Self::unary).map(|value| i64::from(value == 0))
            }
            b'~' => {
                self.at += 1;
                self.nested(Self::unary).map(|value| !value)
            }
            b'(' => {
                self.at += 1;
                let value = self.nested(Self::assignment);
                self.blanks();
                if self.eat(")") { value } else { None }
            }
            byte if byte.is_ascii_digit() => self.number(),
            _ => self.variable(),
        }
    }

    fn variable(&mut self) -> Option<i64> {
        let Some(name) = self.name() else {
            self.at = self.text.len();
            return None;
        };
        let value = self.scope.get(&name);
        self.blanks();
        for (step, delta) in [("++", 1), ("--", -1)] {
            if self.eat(step) {
                self.scope.set(&name, value.map(|value| value.wrapping_add(delta)));
            }
        }
        value
    }

    /// A name with its subscript, if one stands here.
    fn name(&mut self) -> Option<String> {
        let start = self.at;
        if !self.peek()?.is_ascii_alphabetic() && self.peek() != Some(b'_') {
            return None;
        }
        while self.peek().is_some_and(|b| b.is_ascii_alphanumeric() || b == b'_') {
            self.at += 1;
        }
        if self.peek() == Some(b'[') {
            let length = self.text.get(self.at..)?.iter().position(|b| *b == b']')?;
            self.at += length + 1;
        }
        self.text.get(start..self.at).map(|name| String::from_utf8_lossy(name).into_owned())
    }

    /// Decimal, `0x…`, `0…`, `base#digits`.
    fn number(&mut self) -> Option<i64> {
        let start = self.at;
        while self.peek().is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, b'#' | b'@' | b'_')) {
            self.at += 1;
        }
        let text = std::str::from_utf8(self.text.get(start..self.at)?).ok()?;
        if let Some((base, digits)) = text.split_once('#') {
            return in_base(base.parse().ok()?, digits);
        }
        match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
            Some(hex) => i64::from_str_radix(hex, 16).ok(),
            None if text.len() > 1 && text.starts_with('0') => i64::from_str_radix(text, 8).ok(),
            None => text.parse().ok(),
        }
    }
}

/// Digits in a base of up to 64: letters ignore case up to base 36.
fn in_base(base: i64, digits: &str) -> Option<i64> {
    let mut value = 0_i64;
    for c in digits.bytes() {
        let digit = match c {
            b'0'..=b'9' => c - b'0',
            b'a'..=b'z' => c - b'a' + 10,
            b'A'..=b'Z' if base <= 36 => c - b'A' + 10,
            b'A'..=b'Z' => c - b'A' + 36,
            b'@' => 62,
            _ => 63,
        };
        value = value.wrapping_mul(base).wrapping_add(i64::from(digit));
    }
    (2..=64).contains(&base).then_some(value)
}

fn apply(op: &str, left: Option<i64>, right: Option<i64>) -> Option<i64> {
    let (a, b) = (left?, right?);
    let shift = u32::try_from(b.rem_euclid(64)).unwrap_or_default();
    Some(match op {
        "||" => i64::from(a != 0 || b != 0),
        "&&" => i64::from(a != 0 && b != 0),
        "|" => a | b,
        "^" => a ^ b,
        "&" => a & b,
        "==" => i64::from(a == b),
        "!=" => i64::from(a != b),
        "<" => i64::from(a < b),
        ">" => i64::from(a > b),
        "<=" => i64::from(a <= b),
        ">=" => i64::from(a >= b),
        "<<" => a.wrapping_shl(shift),
        ">>" => a.wrapping_shr(shift),
        "+" => a.wrapping_add(b),
        "-" => a.wrapping_sub(b),
        "*" => a.wrapping_mul(b),
        "/" => a.checked_div(b)?,
        "%" => a.checked_rem(b)?,
        "**" => a.checked_pow(u32::try_from(b).ok()?)?,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Nothing;

    impl Scope for Nothing {
        fn get(&mut self, _: &str) -> Option<i64> {
            Some(7)
        }
        fn set(&mut self, _: &str, _: Option<i64>) {}
    }

    #[test]
    fn expressions_evaluate() {
        for (expression, expected) in [
            ("700+77", Some(777)),
            ("(-(-(14#d--30#a)+13#13))", Some(7)),
            ("2**10 % 1000", Some(24)),
            ("1 < 2 && 3 != 3", Some(0)),
            ("x + 1", Some(8)),
            ("1 ? 2 : 3", Some(2)),
            ("1 << 4 | 1", Some(17)),
            ("1/0", None),
            ("0x1f", Some(31)),
        ] {
            assert_eq!(evaluate(expression, &mut Nothing), expected, "{expression}");
        }
        assert_eq!(evaluate(&"(".repeat(4000), &mut Nothing), None);
    }
}
