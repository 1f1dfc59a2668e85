//! The scanner's one entry: a submission in, violations out.

use crate::violation::{LONGEST_EXCERPT, locate};
use crate::{Configuration, Finding, Language, Violation, bash, python, rules};

/// Reads `code` and returns what the rules found, in source order; an empty list approves it.
///
/// # Security
///
/// Advice, not a boundary: see the crate's documentation.
pub fn scan(configuration: &Configuration, language: Language, code: &str) -> Vec<Violation> {
    locate(configuration, findings(configuration, language, code), code)
}

/// Reads `code` in the language called `name`. A name that this policy does not know is itself a violation.
pub fn scan_named(configuration: &Configuration, name: &str, code: &str) -> Vec<Violation> {
    match Language::named(name) {
        Some(language) => scan(configuration, language, code),
        None => locate(configuration, vec![unknown_language(name, code)], code),
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
pub fn findings(configuration: &Configuration, language: Language, code: &str) -> Vec<Finding> {
    match language {
        Language::Python => python::read(configuration, code),
        Language::Bash => bash::read(configuration, code),
    }
}
