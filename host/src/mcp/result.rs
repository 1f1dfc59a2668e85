//! From a report to what a client gets: a text for the model, and the same as values.
//!
//! Clients refuse a result of more than a mebibyte, so this one is smaller whatever the program printed: each stream
//! is bounded, and appears twice. Escaping makes a control character six bytes, which is counted with.

use rmcp::model::{CallToolResult, ContentBlock};
use serde_json::{Map, Value, json};

use crate::report::Stream;
use crate::review::Checked;
use crate::{Report, Status, Violation};

/// At most this many bytes of text, escaped: nearly half of what a result may have.
const MOST_TEXT: usize = 448 << 10;

/// At most this many bytes of each stream among the values, half of them from its end. Two of them, escaped six times
/// as long, are 288 KiB.
const MOST_OF_A_STREAM: usize = 24 << 10;

/// At most this many violations, and this many bytes of words in all of them: 144 KiB where all of it is escaped.
const MOST_VIOLATIONS: usize = 100;
const MOST_OF_VIOLATIONS: usize = 24 << 10;

/// At most this many bytes of one text of a violation.
const MOST_WORDS: usize = 512;

/// What a submission came to.
pub(super) fn of_report(report: &Report) -> CallToolResult {
    let mut values = Map::new();
    let mut set = |name: &str, value: Value| {
        if !value.is_null() {
            values.insert(name.to_owned(), value);
        }
    };
    set("status", json!(report.status));
    set("exit_code", json!(report.exit_code));
    set("signal", json!(report.signal));
    let (stdout, stdout_truncated) = stream(&report.stdout);
    set("stdout", json!(stdout));
    set("stdout_truncated", json!(stdout_truncated));
    let (stderr, stderr_truncated) = stream(&report.stderr);
    set("stderr", json!(stderr));
    set("stderr_truncated", json!(stderr_truncated));
    let last_line =
        report.result.as_ref().map(|result| result.get()).filter(|result| result.len() <= MOST_OF_A_STREAM);
    set("result_json", json!(last_line));
    let mut room = MOST_OF_VIOLATIONS;
    set("violations", violations(&report.violations, &mut room));
    set("suspicions", violations(&report.suspicions, &mut room));
    set("isolation", json!(report.enforcement.level));
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "milliseconds of five minutes"
    )]
    set("duration_ms", json!(report.durations.run_ms.round() as u64));
    set("detail", json!(report.detail.as_deref().map(|detail| cut(detail, MOST_WORDS))));
    let failed = matches!(report.status, Status::SandboxError | Status::InvalidRequest);
    answer(report.text.clone(), Value::Object(values), failed)
}

/// What a review came to.
pub(super) fn of_check(checked: &Result<Checked, String>) -> CallToolResult {
    let Checked { verdict, refusal, .. } = match checked {
        Ok(checked) => checked,
        Err(problem) => {
            let values = json!({ "approved": false, "violations": [], "suspicions": [], "detail": cut(problem, MOST_WORDS) });
            return answer(format!("Error: {problem}"), values, true);
        }
    };
    let mut room = MOST_OF_VIOLATIONS;
    let values = json!({
        "approved": verdict.approves(),
        "violations": violations(&verdict.violations, &mut room),
        "suspicions": violations(&verdict.suspicions, &mut room),
    });
    let text = match (refusal, verdict.suspicions.len()) {
        (Some(refusal), _) => refusal.clone(),
        (None, 0) => "Approved: nothing forbidden was found".to_owned(),
        (None, 1) => "Approved, with 1 suspicion".to_owned(),
        (None, suspicions) => format!("Approved, with {suspicions} suspicions"),
    };
    answer(text, values, false)
}

/// Arguments that make no submission.
pub(super) fn of_problem(problem: &str) -> CallToolResult {
    let text = format!("Error: {}", cut(problem, MOST_WORDS));
    CallToolResult::error(vec![ContentBlock::text(text)])
}

fn answer(text: String, values: Value, failed: bool) -> CallToolResult {
    let mut result = CallToolResult::structured(values);
    result.content = vec![ContentBlock::text(within(text))];
    result.is_error = Some(failed);
    result
}

/// What is kept of a stream, and whether anything is missing.
fn stream(stream: &Stream) -> (String, bool) {
    // Where nothing was left out, the text is whole, and its end is its own.
    let end = if stream.truncated { &stream.tail } else { &stream.text };
    if stream.text.len().max(end.len()) <= MOST_OF_A_STREAM / 2 || whole(stream) {
        let (text, tail) = (stream.text.as_str(), stream.tail.as_str());
        return (joined(text, stream.omitted_bytes, tail), stream.truncated);
    }
    let head = cut(&stream.text, MOST_OF_A_STREAM / 2);
    let tail = last(end, MOST_OF_A_STREAM / 2);
    let kept = u64::try_from(head.len() + tail.len()).unwrap_or(u64::MAX);
    let known = u64::try_from(stream.text.len() + stream.tail.len()).unwrap_or(u64::MAX);
    let omitted = stream.omitted_bytes + known.saturating_sub(kept);
    (joined(&head, omitted, tail), true)
}

/// Whether all that was written fits.
fn whole(stream: &Stream) -> bool {
    !stream.truncated && stream.text.len() <= MOST_OF_A_STREAM
}

/// Both ends of a stream, with the formatter's words for what is missing between them.
fn joined(head: &str, omitted_bytes: u64, tail: &str) -> String {
    if omitted_bytes == 0 {
        return format!("{head}{tail}");
    }
    let newline = if head.is_empty() || head.ends_with('\n') { "" } else { "\n" };
    format!("{head}{newline}[... {omitted_bytes} bytes omitted ...]\n{tail}")
}

/// Violations as values, as many as there is room for. Takes what they need from the room.
fn violations(violations: &[Violation], room: &mut usize) -> Value {
    let fits = |violation: &&Violation| {
        let words = [&violation.rule, &violation.excerpt, &violation.message, &violation.remedy];
        let bytes: usize = words.iter().map(|text| text.len().min(MOST_WORDS)).sum();
        *room = room.saturating_sub(bytes);
        *room > 0
    };
    let value = |violation: &Violation| {
        json!({
            "rule": violation.rule,
            "line": violation.span.line,
            "column": violation.span.column,
            "excerpt": cut(&violation.excerpt, MOST_WORDS),
            "message": cut(&violation.message, MOST_WORDS),
            "remedy": cut(&violation.remedy, MOST_WORDS),
        })
    };
    violations.iter().take(MOST_VIOLATIONS).take_while(fits).map(value).collect()
}

/// At most so many bytes of a text.
fn cut(text: &str, most: usize) -> String {
    text.get(..text.floor_char_boundary(most)).unwrap_or_default().to_owned()
}

/// At most so many bytes from the end of a text.
fn last(text: &str, most: usize) -> &str {
    text.get(text.ceil_char_boundary(text.len().saturating_sub(most))..).unwrap_or_default()
}

/// A text that is short enough once it is escaped, with a note where it was not.
fn within(text: String) -> String {
    let escaped = |character: char| match character {
        '"' | '\\' | '\n' | '\t' | '\r' => 2,
        character if character.is_control() => 6,
        character => character.len_utf8(),
    };
    let mut bytes = 0;
    let end = text.char_indices().find(|(_, character)| {
        bytes += escaped(*character);
        bytes > MOST_TEXT
    });
    match end {
        None => text,
        Some((end, _)) => format!("{}\n[... {} bytes omitted]", cut(&text, end), text.len() - end),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Severity, Span};

    /// The worst that a program and a policy can make of a result.
    fn worst() -> Report {
        let policy = || "p".to_owned();
        let violation = Violation {
            policy: policy(),
            rule: "r".repeat(64),
            severity: Severity::Suspicious,
            span: Span { start: 0, end: 0, line: u32::MAX, column: u32::MAX },
            excerpt: "\u{1}".repeat(5_000),
            message: "\u{1}".repeat(5_000),
            remedy: "\u{1}".repeat(5_000),
        };
        let flood = |bytes: usize| Stream {
            text: "\u{1}".repeat(bytes),
            tail: "\u{1}".repeat(bytes),
            ..Stream::default()
        };
        Report {
            stdout: flood(4 << 20),
            stderr: flood(4 << 20),
            result: serde_json::from_str(&format!("\"{}\"", "\\\"".repeat(10_000))).ok(),
            suspicions: vec![violation; 1_000],
            text: "\u{1}".repeat(20 << 20),
            detail: Some("\u{1}".repeat(9_000)),
            ..Report::for_test(Status::Ok)
        }
    }

    #[test]
    fn result_is_below_a_mebibyte_whatever_the_program_printed() {
        let result = of_report(&worst());
        let bytes = serde_json::to_vec(&result).unwrap().len();
        assert!((400 << 10..1 << 20).contains(&bytes), "{bytes}");
        let values = result.structured_content.unwrap();
        assert_eq!(values["stdout_truncated"], true);
        assert!(values["result_json"].is_string() && !values["suspicions"].as_array().unwrap().is_empty());
    }

    #[test]
    fn stream_keeps_both_ends_and_says_how_much_is_missing() {
        let short = Stream { text: "é".repeat(100), ..Stream::default() };
        assert_eq!(stream(&short), ("é".repeat(100), false));
        let long = Stream { text: format!("begin{}end", "é".repeat(20_000)), ..Stream::default() };
        let flood = Stream {
            text: format!("begin{}", "é".repeat(20_000)),
            tail: format!("{}end", "é".repeat(20_000)),
            omitted_bytes: 1_000,
            truncated: true,
            ..Stream::default()
        };
        for (given, bytes) in [(&long, 40_008), (&flood, 81_008)] {
            let (text, truncated) = stream(given);
            assert!(truncated && text.starts_with("begin") && text.ends_with("end"), "{text}");
            let (head, rest) = text.split_once("\n[... ").unwrap();
            let (missing, tail) = rest.split_once(" bytes omitted ...]\n").unwrap();
            assert_eq!(head.len() + missing.parse::<usize>().unwrap() + tail.len(), bytes);
            assert!(text.len() <= MOST_OF_A_STREAM + 64, "{}", text.len());
        }
    }

    #[test]
    fn result_is_an_error_only_where_the_tool_could_not_answer() {
        for status in Status::ALL {
            let result = of_report(&Report::for_test(status));
            let failed = matches!(status, Status::SandboxError | Status::InvalidRequest);
            assert_eq!(result.is_error, Some(failed), "{status}");
            assert_eq!(result.structured_content.unwrap()["status"], status.name());
        }
    }
}
