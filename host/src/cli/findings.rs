//! What a review of many files came to, and its human and JSON forms. SARIF is in `sarif`.

use std::fmt::Write as _;
use std::path::PathBuf;

use code_execute::policy::Identity;
use code_execute::{Language, Severity, Violation};
use serde::Serialize;

use super::snippet;
use super::terminal::{HINT, NOTICE, STRONG, WELL, WRONG, visible};

/// What a review of many files came to.
#[derive(Debug, Serialize)]
pub(crate) struct Findings {
    /// The policies that reviewed them, in order.
    pub(crate) policies: Vec<Identity>,
    /// The files that were reviewed, in order.
    pub(crate) files: Vec<Reviewed>,
    /// What could not be reviewed, one line each.
    pub(crate) errors: Vec<String>,
}

/// What was found in a file.
#[derive(Debug, Serialize)]
pub(crate) struct Reviewed {
    /// What a reader calls it.
    #[serde(rename = "path")]
    pub(crate) name: String,
    /// The file, where it is one.
    #[serde(skip)]
    pub(crate) path: Option<PathBuf>,
    /// What it was read as.
    pub(crate) language: Language,
    /// What is forbidden, in source order.
    pub(crate) violations: Vec<Violation>,
    /// What is suspicious, in source order.
    pub(crate) suspicions: Vec<Violation>,
    /// The code, where something was found in it.
    #[serde(skip)]
    pub(crate) code: String,
}

impl Findings {
    /// How many findings are forbidden, and how many are only suspicious.
    pub(crate) fn counts(&self) -> (usize, usize) {
        let sum = |found: fn(&Reviewed) -> usize| self.files.iter().map(found).sum();
        (sum(|file| file.violations.len()), sum(|file| file.suspicions.len()))
    }

    /// For people: each finding with its line of code, then a summary.
    pub(crate) fn human(&self) -> String {
        let mut text = String::new();
        for file in &self.files {
            for finding in file.findings() {
                human(&mut text, file, finding);
            }
        }
        self.summary(&mut text);
        text
    }

    fn summary(&self, text: &mut String) {
        let (forbidden, suspicious) = self.counts();
        let files = count(self.files.len(), "file");
        let style = if forbidden > 0 { WRONG } else { WELL };
        let words = match (forbidden, suspicious) {
            (0, 0) => "nothing found".to_owned(),
            (0, suspicious) => format!("nothing forbidden, {suspicious} suspicious"),
            (forbidden, 0) => format!("{forbidden} forbidden"),
            (forbidden, suspicious) => format!("{forbidden} forbidden, {suspicious} suspicious"),
        };
        let _infallible = write!(text, "{style}{words}{style:#} in {files}");
        if !self.errors.is_empty() {
            let _infallible = write!(text, ", {WRONG}{} not reviewed{WRONG:#}", self.errors.len());
        }
        text.push('\n');
    }
}

impl Reviewed {
    /// Both kinds of findings together, in source order.
    pub(crate) fn findings(&self) -> Vec<&Violation> {
        let mut findings: Vec<_> = self.violations.iter().chain(&self.suspicions).collect();
        findings.sort_by_key(|finding| finding.span.start);
        findings
    }
}

fn human(text: &mut String, file: &Reviewed, finding: &Violation) {
    let (word, style) = match finding.severity {
        Severity::Forbidden => ("forbidden", WRONG),
        Severity::Suspicious => ("suspicious", NOTICE),
    };
    let (line, column) = (finding.span.line, finding.span.column);
    let (name, rule, message) = (visible(&file.name), visible(&finding.rule), visible(&finding.message));
    let _infallible =
        writeln!(text, "{STRONG}{name}:{line}:{column}:{STRONG:#} {style}{word}[{rule}]{style:#} {message}");
    text.push_str(&snippet::render(&file.code, finding.span, style));
    if !finding.remedy.is_empty() {
        let _infallible = writeln!(text, "{HINT}help:{HINT:#} {}", visible(&finding.remedy));
    }
    text.push('\n');
}

/// A number with its noun.
pub(crate) fn count(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}
