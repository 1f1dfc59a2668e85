//! Words an outcome for the model that wrote the code: the parts in their order, an empty part left out.

use serde::de::IgnoredAny;

use crate::formatter::{Captured, Formatted, Outcome, Reason};

pub fn format(outcome: &Outcome) -> Formatted {
    let detail = |unknown| one_line(outcome.detail.as_deref().unwrap_or(unknown));
    match outcome.status.as_str() {
        "rejected" if outcome.reasons.is_empty() => {
            only(format!("Security violation: {}", detail("the policy gave no reason")))
        }
        "rejected" => {
            let reasons: Vec<String> = outcome.reasons.iter().map(reason).collect();
            only(format!("Security violation: {}", reasons.join("\n")))
        }
        "invalid_request" | "sandbox_error" => only(format!("Error: {}", detail("unknown"))),
        _ => ran(outcome),
    }
}

fn only(text: String) -> Formatted {
    Formatted { text, result: None }
}

fn ran(outcome: &Outcome) -> Formatted {
    let stopped = matches!(outcome.status.as_str(), "timeout" | "memory" | "output_limit" | "cancelled");
    let result = if stopped { None } else { result_of(&outcome.stdout) };
    let parts = [
        headline(outcome),
        section("stdout", &outcome.stdout),
        section("stderr", &outcome.stderr),
        outcome.exit_code.map(|code| format!("exit_code: {code}")),
        result.as_ref().map(|result| format!("result: {result}")),
    ];
    let mut text = String::new();
    for part in parts.into_iter().flatten() {
        // Parts are one newline apart: captured text that ends with a newline gets no second one.
        if !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        text.push_str(&part);
    }
    if text.is_empty() {
        text = format!("status: {}", outcome.status);
    }
    Formatted { text, result }
}

/// How the program ended, where an exit code does not say it.
fn headline(outcome: &Outcome) -> Option<String> {
    match outcome.status.as_str() {
        "timeout" => Some(format!("Execution timed out after {} seconds", outcome.timeout_seconds)),
        "memory" | "output_limit" => {
            Some(format!("Execution stopped: {}", outcome.detail.as_deref().unwrap_or("a limit was met")))
        }
        "cancelled" => Some("Execution cancelled".into()),
        "signal" => Some(format!("Execution ended by {}", outcome.signal.as_deref().unwrap_or("a signal"))),
        _ => None,
    }
}

fn reason(reason: &Reason) -> String {
    let Reason { rule, line, column, excerpt, message, remedy } = reason;
    let remedy = if remedy.is_empty() { String::new() } else { format!(" {remedy}.") };
    one_line(&format!("line {line}, column {column}: `{excerpt}`: {message} ({rule}).{remedy}"))
}

/// A control character in quoted code must not forge a part of the text.
fn one_line(text: &str) -> String {
    text.chars().map(|character| if character.is_control() { ' ' } else { character }).collect()
}

fn section(name: &str, captured: &Captured) -> Option<String> {
    let text = text_of(captured);
    (!text.is_empty()).then(|| format!("{name}:\n{text}"))
}

/// Captured bytes as text; what is not UTF-8 becomes U+FFFD.
fn text_of(captured: &Captured) -> String {
    let Captured { head, tail, omitted_bytes } = captured;
    if *omitted_bytes == 0 {
        return String::from_utf8_lossy(&[head.as_slice(), tail].concat()).into_owned();
    }
    let head = String::from_utf8_lossy(head);
    let newline = if head.is_empty() || head.ends_with('\n') { "" } else { "\n" };
    format!("{head}{newline}[... {omitted_bytes} bytes omitted ...]\n{}", String::from_utf8_lossy(tail))
}

/// The last line of standard output, where it is JSON and none of it was left out.
fn result_of(stdout: &Captured) -> Option<String> {
    let whole = stdout.omitted_bytes == 0;
    let written = if whole { [stdout.head.as_slice(), &stdout.tail].concat() } else { stdout.tail.clone() };
    let mut lines = written.trim_ascii_end().rsplit(|byte| *byte == b'\n');
    let last = str::from_utf8(lines.next()?.trim_ascii()).ok()?;
    let known = whole || lines.next().is_some();
    (known && serde_json::from_str::<IgnoredAny>(last).is_ok()).then(|| last.to_owned())
}
