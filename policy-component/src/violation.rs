//! Findings, and where they stand in the source.
//!
//! A reader reports a [`Finding`] by byte offsets; [`locate`] turns all of them into [`Violation`]s in source
//! order. Positions are computed here and nowhere else.

use crate::{Configuration, Rule, Severity};

/// At most this many violations are returned: a model reads a handful, and a hostile program could otherwise
/// make the answer many times larger than itself.
pub const MOST_VIOLATIONS: usize = 100;

/// At most this many characters of the source are shown in an excerpt: about one line of a terminal.
pub const LONGEST_EXCERPT: usize = 100;

/// What a reader reports: a rule, and the bytes of the source that it found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The rule that applies.
    pub rule: &'static Rule,
    /// Offset in bytes of the first byte.
    pub start: usize,
    /// Offset in bytes after the last byte.
    pub end: usize,
    /// What is wrong here, in a sentence without a full stop.
    pub message: String,
}

/// A range of the source: bytes, and the 1-based line and column where it starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// Offset in bytes of the first byte.
    pub start: u32,
    /// Offset in bytes after the last byte.
    pub end: u32,
    /// Line of `start`, counted from 1. Lines end with LF.
    pub line: u32,
    /// Column of `start` in Unicode scalar values, counted from 1.
    pub column: u32,
}

/// A finding in its place, ready for a reader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The rule that applies.
    pub rule: &'static Rule,
    /// What it means, as configured.
    pub severity: Severity,
    /// Where it stands.
    pub span: Span,
    /// The offending text: one line, shortened to [`LONGEST_EXCERPT`].
    pub excerpt: String,
    /// What is wrong here.
    pub message: String,
}

/// Places findings in `source`: sorted by position, each rule once per place, at most [`MOST_VIOLATIONS`] with
/// the forbidden ones kept first. Findings of rules that are off are left out.
///
/// Offsets outside the source or inside a character are moved to the nearest boundary before them.
pub fn locate(configuration: &Configuration, findings: Vec<Finding>, source: &str) -> Vec<Violation> {
    let judged = |finding: Finding| Some((configuration.severity(finding.rule)?, finding));
    let mut findings: Vec<(Severity, Finding)> = findings.into_iter().filter_map(judged).collect();
    let position = |(_, finding): &(Severity, Finding)| (finding.start, finding.end, finding.rule.id);
    findings.sort_by(|a, b| position(a).cmp(&position(b)));
    findings.dedup_by(|(_, a), (_, b)| a.rule.id == b.rule.id && a.start == b.start);
    if findings.len() > MOST_VIOLATIONS {
        findings.sort_by_key(|(severity, _)| std::cmp::Reverse(*severity));
        findings.truncate(MOST_VIOLATIONS);
        findings.sort_by(|a, b| position(a).cmp(&position(b)));
    }
    let mut cursor = Cursor::new(source);
    findings.into_iter().map(|(severity, finding)| cursor.place(severity, finding)).collect()
}

/// Walks the source once, forwards, counting lines.
struct Cursor<'a> {
    source: &'a str,
    line_start: usize,
    line: u32,
}

impl<'a> Cursor<'a> {
    fn new(source: &'a str) -> Self {
        Self { source, line_start: 0, line: 1 }
    }

    /// Places a finding that does not start before the last one.
    fn place(&mut self, severity: Severity, finding: Finding) -> Violation {
        let start = self.source.floor_char_boundary(finding.start);
        let end = self.source.floor_char_boundary(finding.end).max(start);
        while let Some(newline) = self.source.get(self.line_start..start).and_then(|passed| passed.find('\n'))
        {
            self.line_start += newline + 1;
            self.line += 1;
        }
        let before = self.source.get(self.line_start..start).unwrap_or_default();
        let span = Span {
            start: offset(start),
            end: offset(end),
            line: self.line,
            column: offset(before.chars().count() + 1),
        };
        let excerpt = excerpt(self.source.get(start..end).unwrap_or_default());
        Violation { rule: finding.rule, severity, span, excerpt, message: finding.message }
    }
}

/// The first line of `text`, shortened, with an ellipsis where something was left out.
fn excerpt(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default().trim_end();
    let mut shown: String = line.chars().take(LONGEST_EXCERPT).collect();
    if shown.len() < text.trim_end().len() {
        shown.push('…');
    }
    shown
}

fn offset(bytes: usize) -> u32 {
    u32::try_from(bytes).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules;

    fn locate(findings: Vec<Finding>, source: &str) -> Vec<Violation> {
        super::locate(&Configuration::default(), findings, source)
    }

    fn finding(start: usize, end: usize) -> Finding {
        let rule = rules::all().next().unwrap();
        Finding { rule, start, end, message: String::new() }
    }

    #[test]
    fn violation_after_a_multibyte_line_has_character_columns() {
        let source = "é = 1\nä = eval(x)\n";
        let start = source.find("eval").unwrap();
        let placed = locate(vec![finding(start, start + 7)], source);
        assert_eq!(placed[0].span, Span { start: 12, end: 19, line: 2, column: 5 });
        assert_eq!(placed[0].excerpt, "eval(x)");
    }

    #[test]
    fn violation_outside_the_source_is_moved_into_it() {
        let placed = locate(vec![finding(90, 95)], "é");
        assert_eq!(placed[0].span, Span { start: 2, end: 2, line: 1, column: 2 });
    }

    #[test]
    fn violations_beyond_the_most_are_left_out() {
        let source = "x".repeat(1000);
        let placed = locate((0..1000).map(|at| finding(at, at + 1)).collect(), &source);
        assert_eq!(placed.len(), MOST_VIOLATIONS);
    }
}
