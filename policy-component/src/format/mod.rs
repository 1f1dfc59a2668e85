//! Words an outcome for the model that wrote the code: the contract's text, byte for byte.
//!
//! The words are here; how captured bytes become text is in [`sections`], what a program's result is in
//! [`result`].

mod result;
mod sections;

use sections::Sections;

/// What a program wrote to one stream: all of it, or its beginning and its end.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Captured {
    /// The first bytes, of any encoding.
    pub head: Vec<u8>,
    /// The last bytes, where bytes in between were left out; else empty.
    pub tail: Vec<u8>,
    /// How many bytes between `head` and `tail` were left out.
    pub omitted_bytes: u64,
}

/// Why the code was not allowed to run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reason {
    /// The id of the rule.
    pub rule: String,
    /// Line of the offending text, counted from 1.
    pub line: u32,
    /// Column of the offending text, counted from 1.
    pub column: u32,
    /// The offending text.
    pub excerpt: String,
    /// What is wrong.
    pub message: String,
    /// What to do instead; may be empty.
    pub remedy: String,
}

/// How a submission ended. The fields are those of `formatter.outcome` in `wit/formatter.wit`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcome {
    /// One of the statuses that the interface lists.
    pub status: String,
    /// The program's exit code, or 128 plus the number of the signal that ended it.
    pub exit_code: Option<i32>,
    /// The name of the signal that ended it.
    pub signal: Option<String>,
    /// Standard output.
    pub stdout: Captured,
    /// Standard error.
    pub stderr: Captured,
    /// The time it was given, in whole seconds.
    pub timeout_seconds: u32,
    /// Why it was rejected.
    pub reasons: Vec<Reason>,
    /// One line on what went wrong, or on the limit that was met.
    pub detail: Option<String>,
}

/// An outcome in words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Formatted {
    /// What the model reads. Never empty.
    pub text: String,
    /// The program's result as one JSON text, where its output ends with one.
    pub result: Option<String>,
}

/// Words an outcome, in the contract's order: a line on why the program was stopped, if it was; `stdout:`,
/// `stderr:`, `exit_code:`, `result:`. An empty part is left out.
pub fn format(outcome: &Outcome) -> Formatted {
    match outcome.status.as_str() {
        "rejected" => only(rejection(outcome)),
        "invalid_request" | "sandbox_error" => only(error(outcome)),
        _ => ran(outcome),
    }
}

/// A program that ran: to its end, or until it was stopped.
fn ran(outcome: &Outcome) -> Formatted {
    let result = if stopped(outcome) { None } else { result::of(&outcome.stdout) };
    let mut sections = Sections::default();
    if let Some(line) = headline(outcome) {
        sections.line(&line);
    }
    sections.captured("stdout", &outcome.stdout);
    sections.captured("stderr", &outcome.stderr);
    if let Some(code) = outcome.exit_code {
        sections.line(&format!("exit_code: {code}"));
    }
    if let Some(result) = &result {
        sections.line(&format!("result: {result}"));
    }
    if sections.is_empty() {
        sections.line(&format!("status: {}", outcome.status));
    }
    Formatted { text: sections.text(), result }
}

/// Whether the host ended the program: what it had printed by then is no result.
fn stopped(outcome: &Outcome) -> bool {
    matches!(outcome.status.as_str(), "timeout" | "memory" | "output_limit" | "cancelled")
}

/// The line that says how the program ended, where an exit code does not.
fn headline(outcome: &Outcome) -> Option<String> {
    let limit = outcome.detail.as_deref().unwrap_or("a limit was met");
    match outcome.status.as_str() {
        "timeout" => Some(format!("Execution timed out after {} seconds", outcome.timeout_seconds)),
        "memory" | "output_limit" => Some(format!("Execution stopped: {limit}")),
        "cancelled" => Some("Execution cancelled".to_owned()),
        "signal" => {
            let signal = outcome.signal.as_deref().unwrap_or("a signal");
            Some(format!("Execution ended by {signal}"))
        }
        _ => None,
    }
}

/// `Security violation: <details>`, one reason a line.
fn rejection(outcome: &Outcome) -> String {
    let details = if outcome.reasons.is_empty() {
        one_line(outcome.detail.as_deref().unwrap_or("the policy gave no reason"))
    } else {
        outcome.reasons.iter().map(reason).collect::<Vec<_>>().join("\n")
    };
    format!("Security violation: {details}")
}

/// One reason: what, where, why, what instead.
fn reason(reason: &Reason) -> String {
    let Reason { rule, line, column, excerpt, message, remedy } = reason;
    let mut text = format!("line {line}, column {column}: `{excerpt}`: {message} ({rule}).");
    if !remedy.is_empty() {
        text.push(' ');
        text.push_str(remedy);
        text.push('.');
    }
    one_line(&text)
}

/// `Error: <what went wrong>`.
fn error(outcome: &Outcome) -> String {
    format!("Error: {}", one_line(outcome.detail.as_deref().unwrap_or("unknown")))
}

fn only(text: String) -> Formatted {
    Formatted { text, result: None }
}

/// Keeps a line a line: a control character in quoted code must not forge a part of the text.
fn one_line(text: &str) -> String {
    text.chars().map(|character| if character.is_control() { ' ' } else { character }).collect()
}

#[cfg(test)]
mod tests;
