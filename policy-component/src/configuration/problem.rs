//! What is wrong with a configuration, and where.

use std::ops::Range;

/// More problems than this are not reported: who mends fifty reads the rest with the next attempt.
pub(super) const MOST: usize = 50;

/// A value is shown up to this many characters.
const LONGEST_SHOWN: usize = 60;

/// Something in a configuration that cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The line, counted from 1. 0 where it is about the text as a whole.
    pub line: u32,
    /// The column in Unicode scalar values, counted from 1. 0 where it is about the text as a whole.
    pub column: u32,
    /// What is wrong, with the value, and what is taken instead; a sentence without a full stop.
    pub message: String,
}

/// The problems of one text, gathered in any order.
pub(super) struct Problems<'a> {
    text: &'a str,
    /// By the offset where they stand; nothing is before everything.
    found: Vec<(Option<usize>, String)>,
}

impl<'a> Problems<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, found: Vec::new() }
    }

    /// A problem with what stands at `span`.
    pub(super) fn at(&mut self, span: &Range<usize>, message: String) {
        self.found.push((Some(span.start), message));
    }

    /// A problem with the text as a whole.
    pub(super) fn whole(&mut self, message: String) {
        self.found.push((None, message));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// Whether there are far more than are reported, and looking for others is in vain.
    pub(super) fn is_full(&self) -> bool {
        self.found.len() >= 4 * MOST
    }

    /// The line of an offset, for a message that names two places.
    pub(super) fn line(&self, offset: usize) -> usize {
        let before = self.text.get(..self.text.floor_char_boundary(offset)).unwrap_or_default();
        before.matches('\n').count() + 1
    }

    /// All of them, in the order of the text.
    pub(super) fn finish(mut self) -> Vec<Problem> {
        self.found.sort_by_key(|(at, _)| *at);
        self.found.dedup();
        self.found.truncate(MOST);
        let (mut line, mut line_start) = (1, 0);
        let place = |(at, message): (Option<usize>, String)| {
            let Some(at) = at else { return Problem { line: 0, column: 0, message } };
            let at = self.text.floor_char_boundary(at);
            while let Some(newline) = self.text.get(line_start..at).and_then(|passed| passed.find('\n')) {
                line_start += newline + 1;
                line += 1;
            }
            let before = self.text.get(line_start..at).unwrap_or_default().chars().count();
            Problem { line, column: u32::try_from(before + 1).unwrap_or(u32::MAX), message }
        };
        self.found.into_iter().map(place).collect()
    }
}

/// A value as a message shows it: one line, in backticks, shortened.
pub(super) fn shown(value: &str) -> String {
    let mut text: String = value
        .chars()
        .take(LONGEST_SHOWN)
        .map(|c| if c.is_control() || c == '`' { '\u{FFFD}' } else { c })
        .collect();
    if text.len() < value.len() && value.chars().nth(LONGEST_SHOWN).is_some() {
        text.push('…');
    }
    format!("`{text}`")
}
