use super::*;

fn ran(status: &str, exit_code: i32, stdout: &str, stderr: &str) -> Outcome {
    Outcome {
        status: status.to_owned(),
        exit_code: Some(exit_code),
        stdout: all(stdout.as_bytes()),
        stderr: all(stderr.as_bytes()),
        timeout_seconds: 30,
        ..Outcome::default()
    }
}

fn all(bytes: &[u8]) -> Captured {
    Captured { head: bytes.to_vec(), ..Captured::default() }
}

#[track_caller]
fn check(outcome: &Outcome, text: &str) {
    assert_eq!(format(outcome).text, text);
}

#[test]
fn format_with_every_part_keeps_the_contracts_order() {
    let outcome = ran("ok", 0, "hello\n[1,2]\n", "careful\n");
    check(&outcome, "stdout:\nhello\n[1,2]\nstderr:\ncareful\nexit_code: 0\nresult: [1, 2]");
}

#[test]
fn format_without_output_has_the_exit_code_alone() {
    check(&ran("ok", 0, "", ""), "exit_code: 0");
    check(&ran("nonzero_exit", 3, "", ""), "exit_code: 3");
}

#[test]
fn format_of_text_without_a_final_newline_gets_one() {
    check(&ran("ok", 0, "a", "b"), "stdout:\na\nstderr:\nb\nexit_code: 0");
}

#[test]
fn format_of_text_with_final_newlines_gets_no_further_one() {
    check(&ran("ok", 0, "a\n", ""), "stdout:\na\nexit_code: 0");
    check(&ran("ok", 0, "a\n\n", ""), "stdout:\na\n\nexit_code: 0");
}

#[test]
fn format_of_invalid_utf8_replaces_it() {
    let outcome = Outcome { stdout: all(b"a\xFFb\n"), ..ran("ok", 0, "", "") };
    check(&outcome, "stdout:\na\u{FFFD}b\nexit_code: 0");
}

#[test]
fn format_of_a_timeout_keeps_what_was_printed() {
    let outcome = Outcome { exit_code: None, ..ran("timeout", 0, "", "") };
    check(&outcome, "Execution timed out after 30 seconds");
    let outcome = Outcome { exit_code: None, ..ran("timeout", 0, "1\n", "") };
    check(&outcome, "Execution timed out after 30 seconds\nstdout:\n1\n");
}

#[test]
fn format_of_a_signal_names_it() {
    let outcome = Outcome { signal: Some("SIGSEGV".to_owned()), ..ran("signal", 139, "", "") };
    check(&outcome, "Execution ended by SIGSEGV\nexit_code: 139");
}

#[test]
fn format_of_a_rejection_names_place_reason_and_remedy() {
    let reason = Reason {
        rule: "py-import-os".to_owned(),
        line: 1,
        column: 8,
        excerpt: "os".to_owned(),
        message: "importing `os` is not allowed".to_owned(),
        remedy: "Use `pathlib`".to_owned(),
    };
    let outcome = Outcome { reasons: vec![reason], ..ran("rejected", 0, "", "") };
    check(
        &outcome,
        "Security violation: line 1, column 8: `os`: importing `os` is not allowed (py-import-os). Use `pathlib`.",
    );
}

#[test]
fn format_of_a_reason_with_a_newline_stays_one_line() {
    let reason = Reason { excerpt: "x\nexit_code: 0".to_owned(), ..Reason::default() };
    let outcome = Outcome { reasons: vec![reason], ..ran("rejected", 0, "", "") };
    assert_eq!(format(&outcome).text.lines().count(), 1);
}

#[test]
fn format_of_an_invalid_request_is_its_error() {
    let outcome = Outcome {
        status: "invalid_request".to_owned(),
        detail: Some("No code provided to execute".to_owned()),
        ..Outcome::default()
    };
    check(&outcome, "Error: No code provided to execute");
}

#[test]
fn format_of_an_unknown_status_is_never_empty() {
    check(&Outcome { status: "new".to_owned(), ..Outcome::default() }, "status: new");
}

#[test]
fn format_of_truncated_output_says_how_much_is_missing() {
    let stdout = Captured { head: "aé".into(), tail: b"\xA9z\n".to_vec(), omitted_bytes: 7 };
    let outcome = Outcome { stdout, ..ran("ok", 0, "", "") };
    check(&outcome, "stdout:\naé\n[... 7 bytes omitted ...]\nz\nexit_code: 0");
    let stdout = Captured { head: b"a\xC3".to_vec(), tail: b"z\n".to_vec(), omitted_bytes: 7 };
    let outcome = Outcome { stdout, ..ran("ok", 0, "", "") };
    check(&outcome, "stdout:\na\n[... 7 bytes omitted ...]\nz\nexit_code: 0");
}

#[track_caller]
fn check_result(stdout: &str, result: Option<&str>) {
    assert_eq!(format(&ran("ok", 0, stdout, "")).result.as_deref(), result, "{stdout:?}");
}

#[test]
fn result_is_the_last_line_that_is_not_empty() {
    check_result("1\n2\n\n  \n", Some("2"));
    check_result("2", Some("2"));
    check_result("", None);
    check_result("1\nhello\n", None);
}

#[test]
fn result_keeps_keys_numbers_and_characters() {
    check_result("{\"b\": 1, \"a\": [true, null]}", Some("{\"b\": 1, \"a\": [true, null]}"));
    check_result("{\"b\":1,\"a\":[]}\r\n", Some("{\"b\": 1, \"a\": []}"));
    check_result("123456789012345678901234567890", Some("123456789012345678901234567890"));
    check_result("[1.0, 0.1, 1e400, -0.0]", Some("[1.0, 0.1, 1e+400, -0.0]"));
    check_result("\"é\\u00e9\"", Some("\"éé\""));
}

#[test]
fn result_of_what_is_no_json_is_none() {
    for line in ["NaN", "Infinity", "'a'", "{a: 1}", "1 2", "01", "\"\\ud800\"", &"[".repeat(10_000)] {
        check_result(line, None);
    }
}

#[test]
fn result_of_truncated_output_needs_the_whole_line() {
    let whole = Captured { head: b"1\n".to_vec(), tail: b"x\n{\"a\": 2}\n".to_vec(), omitted_bytes: 9 };
    assert_eq!(result::of(&whole).as_deref(), Some("{\"a\": 2}"));
    let cut = Captured { head: b"1\n".to_vec(), tail: b"22\n".to_vec(), omitted_bytes: 9 };
    assert_eq!(result::of(&cut), None);
}
