//! The scanner's one entry: a submission in, violations out.

use crate::violation::{LONGEST_EXCERPT, locate};
use crate::{Finding, Language, Violation, bash, python, rules};

/// Reads `code` and returns what the rules found, in source order; an empty list approves it.
///
/// # Security
///
/// Advice, not a boundary: see the crate's documentation.
pub fn scan(language: Language, code: &str) -> Vec<Violation> {
    locate(findings(language, code), code)
}

/// Reads `code` in the language called `name`. A name that this policy does not know is itself a violation.
pub fn scan_named(name: &str, code: &str) -> Vec<Violation> {
    match Language::named(name) {
        Some(language) => scan(language, code),
        None => locate(vec![unknown_language(name, code)], code),
    }
}

fn unknown_language(name: &str, code: &str) -> Finding {
    let shown: String = name.chars().take(LONGEST_EXCERPT).collect();
    Finding {
        rule: &rules::UNKNOWN_LANGUAGE,
        start: 0,
        end: code.len(),
        message: format!("this policy reads Python and Bash, not `{shown}`"),
    }
}

/// What the reader of `language` finds, in no particular order.
pub fn findings(language: Language, code: &str) -> Vec<Finding> {
    match language {
        Language::Python => python::read(code),
        Language::Bash => bash::read(code),
    }
}
