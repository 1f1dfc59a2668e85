//! Bounds how deeply source is nested, before anything recursive reads it.
//!
//! The parser recurses, dropping its tree recurses, and in WebAssembly the stack cannot grow: 200,000 minus signs
//! would trap. One linear pass over the tokens estimates the stack that the deepest place needs, in units of a link
//! of a chain of operators (parsed in a loop, but dropped by recursion). It must never recurse itself.

use ruff_python_ast::token::TokenKind;
use ruff_python_parser::{Mode, lexer};

/// The most units. Python itself refuses 200 open brackets and 100 indents; a sum of some hundred strings must pass.
/// The weights below are estimates: what was tested is that every form of nesting that this limit lets through runs
/// in the component (optimised, under V8) with 500 KiB of native stack, half of what it has.
const MOST: u32 = 1000;

/// An open bracket, or a replacement field of an f-string: a whole expression parser on the stack.
const BRACKET: u32 = 10;

/// A prefix operator, a lambda, one arm of a conditional, or an operator that binds tighter than the one before.
const PREFIX: u32 = 8;

/// An indented block.
const INDENT: u32 = 9;

/// An attribute, call or subscript on what stands before it.
const POSTFIX: u32 = 2;

/// What the pass finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Depth {
    Bounded,
    /// Brackets do not match: Python refuses it, and what the parser would make of it is a guess.
    Unbalanced,
    Exceeded,
}

/// Measures `code`.
pub(super) fn measure(code: &str) -> Depth {
    let mut lexer = lexer::lex(code, Mode::Module);
    let mut state = State::default();
    loop {
        let kind = lexer.next_token();
        if kind == TokenKind::EndOfFile {
            return if state.open.is_empty() { Depth::Bounded } else { Depth::Unbalanced };
        }
        if !state.take(kind) {
            return Depth::Unbalanced;
        }
        if state.outer + state.here.units() > MOST {
            return Depth::Exceeded;
        }
    }
}

/// The expression at one level of brackets, as far as it has been read.
#[derive(Debug, Default, Clone, Copy)]
struct Level {
    /// Binary operators, which nest to the left.
    links: u32,
    /// Attributes, calls and subscripts of the current operand.
    postfixes: u32,
    /// Unary operators before the current operand.
    signs: u32,
    /// `not`, which binds looser than comparisons.
    nots: u32,
    /// `**`, which nests to the right.
    powers: u32,
    /// Lambdas, conditionals and keywords: they last until a comma or the end of the line.
    held: u32,
    /// Lambdas whose parameters are being read: their commas end nothing.
    lambdas: u32,
    /// The precedences of the operators that are still open, one bit each.
    precedences: u32,
    /// Whether the last token ended an operand, so that a sign is binary and a bracket is a call.
    operand: bool,
}

impl Level {
    fn units(&self) -> u32 {
        let prefixes = self.signs + self.nots + self.powers + self.held + self.precedences.count_ones();
        self.links + self.postfixes * POSTFIX + prefixes * PREFIX
    }

    /// Reads a binary operator; a higher precedence binds tighter.
    fn operator(&mut self, precedence: u32) {
        self.links += 1;
        self.postfixes = 0;
        self.signs = 0;
        self.powers = 0;
        let below = (1 << precedence) - 1;
        self.precedences = self.precedences & below | 1 << precedence;
        self.operand = false;
    }

    /// Ends an element of a list, an argument, or a line.
    fn end(&mut self) {
        *self = Self {
            held: if self.lambdas > 0 { self.held } else { 0 },
            lambdas: self.lambdas,
            ..Self::default()
        };
    }
}

#[derive(Debug, Default)]
struct State {
    here: Level,
    /// The levels outside, each with its closing bracket.
    open: Vec<(Level, TokenKind)>,
    /// The units of the levels outside and of the blocks.
    outer: u32,
}

impl State {
    /// Reads one token; false where brackets do not match.
    fn take(&mut self, kind: TokenKind) -> bool {
        match kind {
            TokenKind::Lpar => self.enter(TokenKind::Rpar),
            TokenKind::Lsqb => self.enter(TokenKind::Rsqb),
            TokenKind::Lbrace => self.enter(TokenKind::Rbrace),
            TokenKind::FStringStart => self.enter(TokenKind::FStringEnd),
            TokenKind::TStringStart => self.enter(TokenKind::TStringEnd),
            TokenKind::Rpar
            | TokenKind::Rsqb
            | TokenKind::Rbrace
            | TokenKind::FStringEnd
            | TokenKind::TStringEnd => return self.leave(kind),
            TokenKind::Indent => self.outer += INDENT,
            TokenKind::Dedent => self.outer = self.outer.saturating_sub(INDENT),
            kind => self.here.take(kind),
        }
        true
    }

    fn enter(&mut self, closing: TokenKind) {
        self.outer += self.here.units() + BRACKET;
        self.open.push((self.here, closing));
        self.here = Level::default();
    }

    fn leave(&mut self, closing: TokenKind) -> bool {
        let Some((level, expected)) = self.open.pop() else { return false };
        self.outer = self.outer.saturating_sub(level.units() + BRACKET);
        self.here = level;
        if self.here.operand {
            self.here.postfixes += 1;
        }
        self.here.operand = true;
        expected == closing
    }
}

impl Level {
    fn take(&mut self, kind: TokenKind) {
        match kind {
            TokenKind::Comma if self.lambdas > 0 => self.operand = false,
            TokenKind::Colon if self.lambdas > 0 => {
                self.lambdas -= 1;
                self.operand = false;
            }
            TokenKind::Newline => *self = Self::default(),
            TokenKind::Comma | TokenKind::Semi => self.end(),
            TokenKind::Comment | TokenKind::NonLogicalNewline => {}
            TokenKind::Dot if self.operand => {
                self.postfixes += 1;
                self.operand = false;
            }
            TokenKind::Plus | TokenKind::Minus if self.operand => self.operator(10),
            TokenKind::Plus | TokenKind::Minus | TokenKind::Tilde | TokenKind::Await => {
                self.signs += 1;
                self.operand = false;
            }
            TokenKind::Star | TokenKind::DoubleStar if !self.operand => self.signs += 1,
            TokenKind::DoubleStar => {
                self.powers += 1;
                self.postfixes = 0;
                self.operand = false;
            }
            TokenKind::Star
            | TokenKind::Slash
            | TokenKind::DoubleSlash
            | TokenKind::Percent
            | TokenKind::At => self.operator(11),
            TokenKind::LeftShift | TokenKind::RightShift => self.operator(9),
            TokenKind::Amper => self.operator(8),
            TokenKind::CircumFlex => self.operator(7),
            TokenKind::Vbar => self.operator(6),
            TokenKind::Less
            | TokenKind::Greater
            | TokenKind::EqEqual
            | TokenKind::NotEqual
            | TokenKind::LessEqual
            | TokenKind::GreaterEqual
            | TokenKind::In
            | TokenKind::Is => self.operator(5),
            TokenKind::Not => {
                self.nots += 1;
                self.operand = false;
            }
            TokenKind::And | TokenKind::Or => {
                self.operator(if kind == TokenKind::And { 4 } else { 3 });
                self.nots = 0;
            }
            kind if kind.is_keyword() && !kind.is_soft_keyword() && !is_constant(kind) => {
                self.held += 1;
                self.lambdas += u32::from(kind == TokenKind::Lambda);
                self.operand = false;
            }
            TokenKind::Equal | TokenKind::ColonEqual | TokenKind::Rarrow => {
                // `a = b = c` is flat; `a := b := c` is not Python, but is parsed in recovery.
                self.held += u32::from(kind == TokenKind::ColonEqual);
                self.operand = false;
            }
            TokenKind::Colon => self.operand = false,
            // A name, a number, a string, a constant: what an operand ends with.
            _ => self.operand = true,
        }
    }
}

fn is_constant(kind: TokenKind) -> bool {
    matches!(kind, TokenKind::None | TokenKind::True | TokenKind::False)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_code_is_bounded() {
        for code in [
            "x = 1\n".to_owned(),
            format!("x = {}\n", vec!["'part'"; 500].join(" + ")),
            format!("x = [{}]\n", vec!["-1"; 5000].join(", ")),
            format!("x = {}\n", vec!["a.b(c)"; 300].join(" + ")),
            format!("x = [{}]\n", vec!["lambda a, b: a + b"; 2000].join(", ")),
            format!("x = {{{}}}\n", vec!["'k': lambda: not x"; 2000].join(", ")),
            format!("x = {}\n", vec!["a * b"; 300].join(" + ")),
            format!("if {}:\n  pass\n", vec!["not a.b"; 300].join(" and ")),
            format!("if a:\n  pass\n{}", "elif b:\n  pass\n".repeat(3000)),
            "def f():\n  if a:\n    return {'a': [(1, 2), (3, f'{x:{y}}')]}\n".repeat(500),
            format!("q = a{}\n", ".filter(b)".repeat(100)),
        ] {
            assert_eq!(measure(&code), Depth::Bounded, "{}", code.chars().take(40).collect::<String>());
        }
    }

    #[test]
    fn brackets_that_do_not_match_are_unbalanced() {
        for code in ["(", ")", "(]", "f'{'", "x = [1,\ndef f(): pass\n"] {
            assert_eq!(measure(code), Depth::Unbalanced, "{code}");
        }
    }
}
