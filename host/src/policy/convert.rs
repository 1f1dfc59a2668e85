//! Between the generated types and the host's: every answer of a policy is checked here before anyone sees it.

use super::bindings::{formatter, restrictions, scanner};
use crate::outcome::Captured;
use crate::report::Status;
use crate::restriction::{Ceilings, Environment, Restriction};
use crate::verdict::{Severity, Span, Violation};

/// At most this many violations are taken in one answer: ten times what the default policy returns, and few
/// enough that checking every position in a mebibyte of code takes a tenth of a second.
const MOST_VIOLATIONS: usize = 1_000;

/// At most this many bytes of words in one violation.
const LONGEST_WORDS: usize = 16 << 10;

/// Checks what `scan` answered for `code`, or says what is wrong with it.
pub(super) fn violations(
    found: Vec<scanner::Violation>,
    policy: &str,
    code: &str,
) -> Result<Vec<Violation>, String> {
    if found.len() > MOST_VIOLATIONS {
        return Err(format!("{} violations; at most {MOST_VIOLATIONS} are taken", found.len()));
    }
    found.into_iter().map(|violation| checked(violation, policy, code)).collect()
}

fn checked(found: scanner::Violation, policy: &str, code: &str) -> Result<Violation, String> {
    let scanner::Violation { rule, severity, span, excerpt, message, remedy } = found;
    if !is_rule_id(&rule) {
        return Err(format!("rule id {rule:?} is not kebab-case"));
    }
    let words = excerpt.len() + message.len() + remedy.len();
    if words > LONGEST_WORDS {
        return Err(format!("{words} bytes of words for `{rule}`; at most {LONGEST_WORDS} are taken"));
    }
    let span = Span { start: span.start, end: span.end, line: span.line, column: span.column };
    if let Some(problem) = span.problem(code) {
        return Err(format!("`{rule}`: {problem}"));
    }
    let (policy, severity) = (policy.to_owned(), Severity::named(&severity));
    Ok(Violation { policy, rule, severity, span, excerpt, message, remedy })
}

/// A rule id is what a report, a configuration and a file name can all hold.
fn is_rule_id(id: &str) -> bool {
    let known = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=64).contains(&id.len()) && id.bytes().all(known)
}

/// Reads what `restrict` answered.
pub(super) fn restriction(answer: restrictions::Restriction) -> Result<Restriction, String> {
    let restrictions::Restriction { environment, ceilings } = answer;
    if environment.path.contains('\0') {
        return Err("PATH contains a NUL".to_owned());
    }
    Ok(Restriction {
        environment: Environment {
            path: environment.path,
            kept: environment.kept,
            removed: environment.removed,
        },
        ceilings: Ceilings {
            time_ms: ceilings.time_ms,
            memory_bytes: ceilings.memory_bytes,
            processes: ceilings.processes,
            network: ceilings.network,
        },
    })
}

/// What a formatter is told of a report.
#[derive(Debug)]
pub(crate) struct Wording<'a> {
    pub(crate) language: &'a str,
    pub(crate) status: Status,
    pub(crate) exit_code: Option<i32>,
    pub(crate) signal: Option<&'a str>,
    pub(crate) stdout: &'a Captured,
    pub(crate) stderr: &'a Captured,
    pub(crate) timeout_seconds: u32,
    pub(crate) violations: &'a [Violation],
    pub(crate) detail: Option<&'a str>,
}

impl<'a> Wording<'a> {
    /// What is told of a rejection: nothing ran.
    pub(crate) fn of_rejection(language: &'a str, violations: &'a [Violation]) -> Self {
        const NOTHING: &Captured = &Captured { head: Vec::new(), tail: Vec::new(), total_bytes: 0 };
        Self {
            language,
            status: Status::Rejected,
            exit_code: None,
            signal: None,
            stdout: NOTHING,
            stderr: NOTHING,
            timeout_seconds: 0,
            violations,
            detail: None,
        }
    }
}

pub(super) fn outcome(wording: &Wording<'_>) -> formatter::Outcome {
    formatter::Outcome {
        language: wording.language.to_owned(),
        status: wording.status.name().to_owned(),
        exit_code: wording.exit_code,
        signal: wording.signal.map(str::to_owned),
        stdout: captured(wording.stdout),
        stderr: captured(wording.stderr),
        timeout_seconds: wording.timeout_seconds,
        reasons: wording.violations.iter().map(reason).collect(),
        detail: wording.detail.map(str::to_owned),
        attributes: Vec::new(),
    }
}

fn captured(captured: &Captured) -> formatter::Captured {
    formatter::Captured {
        head: captured.head.clone(),
        tail: captured.tail.clone(),
        omitted_bytes: captured.omitted_bytes(),
    }
}

fn reason(violation: &Violation) -> formatter::Reason {
    formatter::Reason {
        rule: violation.rule.clone(),
        line: violation.span.line,
        column: violation.span.column,
        excerpt: violation.excerpt.clone(),
        message: violation.message.clone(),
        remedy: violation.remedy.clone(),
    }
}
