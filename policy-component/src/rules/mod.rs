//! The rules: what each one is called, why it exists, what to do instead, and its own examples.
//!
//! A rule here is only words and examples; the readers decide where it applies. `tests/rules.rs` runs every
//! example, so a rule without a reader that finds it cannot exist.

pub mod bash;
pub mod configured;
pub mod python;
pub mod uses;

use crate::{Base, Language};

/// What a finding of a rule means for the submission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Recorded in the report; the code runs.
    Suspicious,
    /// The code does not run.
    Forbidden,
}

impl Severity {
    /// The word on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Suspicious => "suspicious",
            Self::Forbidden => "forbidden",
        }
    }
}

/// One forbidden or suspicious construct.
#[derive(Debug, PartialEq, Eq)]
pub struct Rule {
    /// Stable, kebab-case, never reused for something else: `py-import-os`.
    pub id: &'static str,
    /// The language it reads; `None` for a rule about submissions of any language.
    pub language: Option<Language>,
    /// What a finding means.
    pub severity: Severity,
    /// What it finds, in a few words.
    pub title: &'static str,
    /// Why that is not allowed, in a sentence or two without a final full stop.
    pub reason: &'static str,
    /// What to do instead, in a sentence without a full stop; empty if there is nothing to advise.
    pub remedy: &'static str,
    /// Programs in which the rule must find something.
    pub matches: &'static [&'static str],
    /// Programs in which the rule must find nothing.
    pub non_matches: &'static [&'static str],
}

/// A submission in a language that the policy does not read.
pub static UNKNOWN_LANGUAGE: Rule = Rule {
    id: "unknown-language",
    language: None,
    severity: Severity::Forbidden,
    title: "a language that this policy does not read",
    reason: "Code that cannot be read cannot be reviewed",
    remedy: "Use `python` or `bash`",
    matches: &[],
    non_matches: &[],
};

/// Every rule of every base: Python's, then what only `balanced` has, then Bash's, in the order of the tables, then
/// those about what is configured, then those of any language.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    let tables = python::ALL.iter().chain(uses::ALL).chain(bash::ALL).chain(configured::ALL);
    tables.copied().chain([&UNKNOWN_LANGUAGE])
}

/// Whether a base has the rule. `default` forbids importing `os`, `shutil` and `subprocess`; `balanced` allows it,
/// and has rules for what they are used for instead. All else is common to both.
pub fn belongs(rule: &Rule, base: Base) -> bool {
    let is = |one: &&Rule| one.id == rule.id;
    match base {
        Base::Default => !uses::ALL.iter().any(is),
        Base::Balanced => {
            ![&python::IMPORT_OS, &python::IMPORT_SUBPROCESS, &python::IMPORT_SHUTIL].iter().any(is)
        }
    }
}

/// Whether a finding of `rule` means that code was not read as code, so that other rules could not speak.
pub fn says_unread(rule: &Rule) -> bool {
    matches!(
        rule.id,
        "py-too-deep"
            | "py-unreadable"
            | "py-source-encoding"
            | "sh-too-deep"
            | "sh-unreadable"
            | "unknown-language"
    )
}
