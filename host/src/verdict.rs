//! What a review decides, in the host's own words.

use schemars::JsonSchema;
use serde::Serialize;

/// The answer of a review, without the code that it is about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[must_use = "a verdict that nobody reads protects nobody"]
pub struct Verdict {
    /// What stops the submission, in source order. Empty: it may run.
    pub violations: Vec<Violation>,
    /// What is recorded and stops nothing.
    pub suspicions: Vec<Violation>,
}

impl Verdict {
    /// Sorts what a policy found by what it means.
    pub(crate) fn new(found: Vec<Violation>) -> Self {
        let (violations, suspicions) =
            found.into_iter().partition(|violation| violation.severity == Severity::Forbidden);
        Self { violations, suspicions }
    }

    /// Whether the submission may run.
    pub fn approves(&self) -> bool {
        self.violations.is_empty()
    }
}

/// What a policy found at one place of the code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Violation {
    /// The name of the policy that found it.
    pub policy: String,
    /// The id of the rule, such as `py-import-os`.
    pub rule: String,
    /// Whether it stops the submission.
    pub severity: Severity,
    /// Where it stands.
    pub span: Span,
    /// The offending text, shortened to a line.
    pub excerpt: String,
    /// What is wrong.
    pub message: String,
    /// What to do instead; may be empty.
    pub remedy: String,
}

/// What a violation means for the submission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The code does not run.
    Forbidden,
    /// Recorded; the code runs.
    Suspicious,
}

impl Severity {
    /// Reads the word on the wire. Anything but `suspicious` is forbidden: a word that this host does not know
    /// must not let code through.
    pub(crate) fn named(word: &str) -> Self {
        if word == "suspicious" { Self::Suspicious } else { Self::Forbidden }
    }
}

/// A range of the code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Span {
    /// Offset in bytes of the first byte.
    pub start: u32,
    /// Offset in bytes after the last byte.
    pub end: u32,
    /// Line of `start`, counted from 1.
    pub line: u32,
    /// Column of `start` in Unicode scalar values, counted from 1.
    pub column: u32,
}

impl Span {
    /// Says what is wrong with the span, if it is not one of `code`.
    pub(crate) fn problem(self, code: &str) -> Option<String> {
        let (start, end) = (self.start as usize, self.end as usize);
        let Some(before) = code.get(..start) else {
            return Some(format!("span starts at byte {start}, which is no character of the code"));
        };
        if end < start || !code.is_char_boundary(end) {
            return Some(format!("span ends at byte {end}, which is no character after its start"));
        }
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line = before.matches('\n').count() + 1;
        let column = before.get(line_start..).unwrap_or_default().chars().count() + 1;
        if (self.line as usize, self.column as usize) == (line, column) {
            None
        } else {
            Some(format!("byte {start} is line {line}, column {column}, not {}:{}", self.line, self.column))
        }
    }
}
