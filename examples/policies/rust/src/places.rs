//! From ranges of bytes to the interface's spans: lines end with LF, columns count characters.

use std::ops::Range;

use crate::scanner::Span;

/// About one line of a terminal.
const LONGEST_EXCERPT: usize = 100;

pub fn span(code: &str, range: &Range<usize>) -> Span {
    let before = &code[..range.start];
    let line = before.rsplit('\n').next().unwrap_or(before);
    Span {
        start: number(range.start),
        end: number(range.end),
        line: number(before.matches('\n').count() + 1),
        column: number(line.chars().count() + 1),
    }
}

pub fn excerpt(code: &str, range: &Range<usize>) -> String {
    code[range.clone()].chars().take(LONGEST_EXCERPT).collect()
}

/// The host hands in at most a mebibyte of code.
fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
