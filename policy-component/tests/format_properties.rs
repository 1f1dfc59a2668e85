//! What holds for every outcome that a formatter can be given.

use code_execute_policy::{Captured, Outcome, Reason, format};
use proptest::prelude::*;

fn captured() -> impl Strategy<Value = Captured> {
    let bytes = || proptest::collection::vec(any::<u8>(), 0..200);
    (bytes(), bytes(), 0_u64..3).prop_map(|(head, tail, omitted_bytes)| Captured {
        head,
        tail,
        omitted_bytes,
    })
}

fn outcome() -> impl Strategy<Value = Outcome> {
    let status =
        prop_oneof!["ok", "nonzero_exit", "signal", "timeout", "rejected", "invalid_request", "[a-z]{0,9}"];
    (
        status,
        any::<Option<i32>>(),
        captured(),
        captured(),
        any::<u32>(),
        any::<String>(),
        any::<Option<String>>(),
    )
        .prop_map(|(status, exit_code, stdout, stderr, timeout_seconds, excerpt, detail)| Outcome {
            status,
            exit_code,
            signal: None,
            stdout,
            stderr,
            timeout_seconds,
            reasons: vec![Reason { excerpt, ..Reason::default() }],
            detail,
        })
}

proptest! {
    #[test]
    fn text_is_never_empty_and_ends_with_what_is_known(outcome in outcome()) {
        let formatted = format(&outcome);
        prop_assert!(!formatted.text.is_empty());
        if let Some(result) = formatted.result {
            prop_assert!(serde_json::from_str::<serde_json::Value>(&result).is_ok());
            let ending = format!("result: {result}");
            prop_assert!(formatted.text.ends_with(&ending));
        }
    }

    #[test]
    fn text_of_what_did_not_run_holds_no_line_of_the_codes_own(outcome in outcome()) {
        if outcome.status == "rejected" {
            let formatted = format(&outcome);
            prop_assert_eq!(formatted.text.lines().count(), 1);
            prop_assert!(formatted.text.starts_with("Security violation: "));
        }
    }

    #[test]
    fn text_of_output_that_is_text_holds_it_unchanged(output in "[ -~\n]{0,300}") {
        let stdout = Captured { head: output.clone().into_bytes(), ..Captured::default() };
        let outcome = Outcome { status: "ok".to_owned(), exit_code: Some(0), stdout, ..Outcome::default() };
        if !output.is_empty() {
            let beginning = format!("stdout:\n{output}");
            prop_assert!(format(&outcome).text.starts_with(&beginning));
        }
    }
}
