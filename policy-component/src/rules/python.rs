//! The rules for Python. Longer than other files because it is a table: one entry a rule.

use super::{Rule, Severity};
use crate::Language;

/// Every rule for Python, in the order they are documented.
pub static ALL: &[&Rule] = &[&UNREADABLE];

/// Code that is no valid Python.
pub static UNREADABLE: Rule = Rule {
    id: "py-unreadable",
    language: Some(Language::Python),
    severity: Severity::Suspicious,
    title: "code that does not parse",
    reason: "Code that does not parse cannot be reviewed as code, only searched as text",
    remedy: "Mend the syntax error",
    matches: &["if ("],
    non_matches: &["true"],
};
