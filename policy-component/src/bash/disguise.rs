//! Names of commands that are spelled to be hard to read: `r""m`, `$'\x72m'`, `p'r'int"f"`, `b\ase64`.
//!
//! Quotes around a whole name, a backslash in front of it (`\rm` goes past an alias) and quotes around a variable
//! are how people write; a quote between two letters of a name is not.

use super::syntax::{Part, Quote, Word};

/// Whether the name is spelled so.
pub(crate) fn is_disguised(word: &Word) -> bool {
    let mut before: Option<(char, Option<Quote>)> = None;
    let mut letters = 0;
    let mut empty = false;
    for (i, part) in word.parts.iter().enumerate() {
        let (text, quote) = match part {
            Part::Literal(text) => (text, None),
            Part::Quoted(quote, text) => (text, Some(*quote)),
            Part::Parameter { parameter, .. } => {
                // `${@}` inside a name is as good as nothing at the top of a program.
                empty |= matches!(parameter.name.as_str(), "@" | "*") && word.parts.len() > 1;
                before = None;
                continue;
            }
            Part::Command { .. } | Part::Arith { .. } | Part::Process { .. } | Part::Array(_) => {
                before = None;
                continue;
            }
        };
        if quote == Some(Quote::Ansi(true)) {
            return true;
        }
        let Some(first) = text.chars().next() else {
            empty |= word.parts.len() > 1 && !beside_variable(&word.parts, i);
            continue;
        };
        letters += text.chars().filter(char::is_ascii_alphanumeric).count();
        if let Some((last, last_quote)) = before {
            let joined = last.is_ascii_alphanumeric() && first.is_ascii_alphanumeric();
            if joined && quote != last_quote {
                return true;
            }
            if joined && quote == Some(Quote::Backslash) {
                return true;
            }
        }
        before = text
            .chars()
            .last()
            .map(|last| (last, quote))
            .filter(|_| !(i == 0 && quote == Some(Quote::Backslash)));
    }
    empty && letters > 1
}

fn beside_variable(parts: &[Part], at: usize) -> bool {
    let variable = |part: Option<&Part>| matches!(part, Some(Part::Parameter { .. } | Part::Command { .. }));
    variable(parts.get(at + 1)) || at > 0 && variable(parts.get(at - 1))
}

/// Whether a program of some length is written almost without letters and digits, as no program is that people read.
pub(crate) fn has_no_letters(code: &str) -> bool {
    let shown = code.bytes().filter(u8::is_ascii_graphic).count();
    let letters = code.bytes().filter(|b| b.is_ascii_alphanumeric() || !b.is_ascii()).count();
    let signs = code.bytes().filter(|b| b"$_{}()[]".contains(b)).count();
    shown > 300 && letters * 20 < shown && signs * 2 > shown
}
