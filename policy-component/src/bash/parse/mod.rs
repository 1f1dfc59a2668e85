//! Parses Bash.
//!
//! A parser of its own, because a reviewer needs what parsers on the shelf do not give: byte offsets, lists that
//! are not nested trees (a tree of a million commands overflows the stack when it is dropped), substitutions
//! parsed once and in place, a depth that is counted while parsing, and the commands before a syntax error, which
//! Bash runs. It accepts somewhat more than Bash does and never less on purpose.
//!
//! It owns the grammar alone: what words come to is the shell's affair.

mod compound;
mod cursor;
mod heredoc;
mod parameters;
mod quotes;
mod simple;
mod words;

pub(crate) use cursor::{DEEPEST, Stop};

use super::syntax::{List, Place, Word};
use cursor::Parser;

/// A program as far as it could be parsed.
#[derive(Debug, Default)]
pub(crate) struct Parsed {
    /// The lines before the first error; Bash runs them.
    pub(crate) lines: List,
    /// Why parsing ended early.
    pub(crate) stop: Option<Stop>,
}

/// Parses a whole program. `depth` is how deep in other code this code stands.
pub(crate) fn program(source: &str, depth: usize) -> Parsed {
    let mut parser = Parser::new(source, depth, None);
    let mut parsed = Parsed::default();
    if let Err(stop) = parser.lines(&mut parsed.lines) {
        parsed.stop = Some(stop);
    }
    parsed
}

/// Parses text as if it stood between double quotes, as Bash expands prompts.
pub(crate) fn quoted_text(source: &str, depth: usize) -> Result<Word, Stop> {
    Parser::new(source, depth, None).text_to_end()
}

/// Parses the body of backticks, which stands at `place` of the code around it. An error in it is one that Bash
/// reports when it gets there, and then goes on: the lines before it count.
fn backticks(source: &str, depth: usize, place: Place) -> Result<List, Stop> {
    let mut parser = Parser::new(source, depth, Some(place));
    let mut lines = List::new();
    match parser.lines(&mut lines) {
        Ok(()) | Err(Stop::Syntax(_)) => Ok(lines),
        Err(Stop::TooDeep(_)) => Err(Stop::TooDeep(place.start)),
    }
}
