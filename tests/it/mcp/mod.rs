//! The tool over the Model Context Protocol, as a client sees it.

mod client;

use std::io::{BufRead as _, BufReader};
use std::process::Command;

use rustix::process::{Signal, kill_process};
use serde_json::json;

use client::{Client, Era, check_against_schema, text};

use crate::hostile_policies::{forbidding_component, honest_component};
use crate::sleepers::{await_end, await_start, endless, sleepers, writable_directory};

#[test]
fn every_outcome_is_a_result_that_fits_the_schema_in_both_eras() {
    let cases = [
        (json!({ "code": "print(6 * 7)" }), "ok", "stdout:\n42\nexit_code: 0\nresult: 42"),
        (json!({ "code": "exit 3", "language": "bash" }), "nonzero_exit", "exit_code: 3"),
        (
            json!({ "code": "kill -SEGV $$", "language": "bash" }),
            "signal",
            "Execution ended by SIGSEGV\nexit_code: 139",
        ),
        (json!({ "code": "import os" }), "rejected", "Security violation: line 1"),
        (
            json!({ "code": "while True: pass", "timeout_seconds": 1 }),
            "timeout",
            "Execution timed out after 1 seconds",
        ),
        (json!({ "code": "while True: print('x' * 10000)" }), "output_limit", "Execution stopped: more than"),
        (json!({ "code": "cat", "language": "bash", "stdin": "é\n" }), "ok", "stdout:\né\nexit_code: 0"),
        (json!({ "code": "import sys; sys.stdout.buffer.write(b'\\xff\\x00')" }), "ok", "stdout:\n\u{fffd}"),
        (json!({ "code": " " }), "invalid_request", "Error: No code provided to execute"),
        (
            json!({ "code": "x", "language": "ruby" }),
            "invalid_request",
            "Error: Language 'ruby' not supported. Use 'python' or 'bash'.",
        ),
        (
            json!({ "code": "x", "timeout_seconds": 0 }),
            "invalid_request",
            "Error: timeout_seconds is 0; it must be between 1 and 300",
        ),
    ];
    for era in [Era::Handshake, Era::Stateless] {
        let mut client = Client::start(era, &[]);
        let tools = client.ask("tools/list", json!({}));
        let tools = &tools["result"]["tools"];
        assert_eq!(
            (tools[0]["name"].as_str(), tools[1]["name"].as_str()),
            (Some("code_execute"), Some("code_check"))
        );
        for (arguments, status, says) in &cases {
            let result = client.call("code_execute", arguments.clone());
            let values = &result["structuredContent"];
            assert_eq!(values["status"], *status, "{result}");
            assert!(text(&result).starts_with(says), "{result}");
            assert_eq!(result["isError"], *status == "invalid_request", "{result}");
            check_against_schema(values, &tools[0]["outputSchema"]);
        }
        for (code, approved, says) in
            [("import os", false, "Security violation: "), ("print(1)", true, "Approved")]
        {
            let result = client.call("code_check", json!({ "code": code }));
            assert_eq!(result["structuredContent"]["approved"], approved, "{result}");
            assert!(text(&result).starts_with(says) && result["isError"] == false, "{result}");
            check_against_schema(&result["structuredContent"], &tools[1]["outputSchema"]);
        }
        client.close();
    }
}

#[test]
fn arguments_that_make_no_submission_are_errors_that_a_model_can_act_on() {
    let mut client = Client::start(Era::Handshake, &[]);
    let result = client.call("code_execute", json!({ "code": 7 }));
    assert_eq!((text(&result), &result["isError"]), ("Error: code must be a string, not 7", &json!(true)));
    let answer = client.ask("tools/call", json!({ "name": "rm", "arguments": {} }));
    assert_eq!(answer["error"]["code"], -32602, "{answer}");
    assert!(answer["error"]["message"].as_str().unwrap().contains("there is no tool `rm`"), "{answer}");
    client.close();
}

#[test]
fn result_of_a_flood_is_below_a_mebibyte() {
    let mut client = Client::start(Era::Handshake, &[]);
    let code = "import sys\nfor stream in (sys.stdout, sys.stderr): stream.write('\\x01' * 5_000_000)";
    let result = client.call("code_execute", json!({ "code": code }));
    assert_eq!(result["structuredContent"]["status"], "ok", "{}", text(&result));
    assert!(result["structuredContent"]["stdout_truncated"].as_bool().unwrap());
    let bytes = result.to_string().len();
    assert!((100_000..1 << 20).contains(&bytes), "{bytes}");
    client.close();
}

#[test]
fn description_says_what_the_program_has() {
    let directory = writable_directory();
    let path = directory.path().canonicalize().unwrap();
    let path = path.to_str().unwrap();
    let arguments = ["--read", path, "--memory", "300M", "--network", "loopback"];
    let mut client = Client::start(Era::Handshake, &arguments);
    let tools = client.ask("tools/list", json!({}));
    let tool = &tools["result"]["tools"][0];
    let description = tool["description"].as_str().unwrap();
    let bash = Command::new("/bin/bash")
        .args(["-c", "echo ${BASH_VERSINFO[0]}.${BASH_VERSINFO[1]}"])
        .output()
        .unwrap();
    let bash = format!("Bash {}", String::from_utf8_lossy(&bash.stdout).trim());
    for expected in
        ["Python 3.", &bash, "no variable, file or package", path, "300 MiB", "loopback", "30 seconds"]
    {
        assert!(description.contains(expected), "{expected}: {description}");
    }
    assert!(description.len() < 2_048, "{}", description.len());
    let annotations = &tool["annotations"];
    assert_eq!(
        (&annotations["destructiveHint"], &annotations["openWorldHint"]),
        (&json!(false), &json!(false))
    );
    client.close();
    let mut client = Client::start(Era::Handshake, &["--network", "host", "--write", path]);
    let tools = client.ask("tools/list", json!({}));
    let annotations = &tools["result"]["tools"][0]["annotations"];
    assert_eq!(
        (&annotations["destructiveHint"], &annotations["openWorldHint"]),
        (&json!(true), &json!(true))
    );
    client.close();
}

/// What was not reviewed is never called approved.
#[test]
fn server_that_reviews_nothing_says_so() {
    let mut client = Client::start(Era::Handshake, &["--policy", "none"]);
    let tools = client.ask("tools/list", json!({}));
    let description = tools["result"]["tools"][0]["description"].as_str().unwrap();
    assert!(!description.contains("reviewed before it runs"), "{description}");
    let result = client.call("code_check", json!({ "code": "import os" }));
    assert!(result["isError"] == true && text(&result).contains("reviews nothing"), "{result}");
    client.close();
}

#[test]
fn cancelled_request_ends_with_every_process_and_the_server_goes_on() {
    let directory = writable_directory();
    let mut client = Client::start(Era::Handshake, &["--write", directory.path().to_str().unwrap()]);
    let id = client
        .request("tools/call", json!({ "name": "code_execute", "arguments": endless(directory.path()) }));
    await_start(directory.path());
    let sleepers = sleepers(client.pid());
    client.send(
        &json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": id } }),
    );
    await_end(&sleepers);
    assert_eq!(
        text(&client.call("code_execute", json!({ "code": "print(1)" }))),
        "stdout:\n1\nexit_code: 0\nresult: 1"
    );
    client.close();
}

#[test]
fn end_of_input_ends_the_server_and_what_it_runs() {
    let directory = writable_directory();
    let mut client = Client::start(Era::Handshake, &["--write", directory.path().to_str().unwrap()]);
    client.request("tools/call", json!({ "name": "code_execute", "arguments": endless(directory.path()) }));
    await_start(directory.path());
    let sleepers = sleepers(client.pid());
    client.close();
    await_end(&sleepers);
}

#[test]
fn client_that_asks_for_progress_is_told_that_the_program_runs() {
    let mut client = Client::start(Era::Handshake, &[]);
    let arguments = json!({ "code": "sleep 5", "language": "bash" });
    let params = json!({ "name": "code_execute", "arguments": arguments, "_meta": { "progressToken": "p" } });
    let answer = client.ask("tools/call", params);
    assert_eq!(answer["result"]["structuredContent"]["status"], "ok", "{answer}");
    let progress: Vec<f64> = client
        .notifications
        .iter()
        .filter(|message| {
            message["method"] == "notifications/progress" && message["params"]["progressToken"] == "p"
        })
        .map(|message| message["params"]["progress"].as_f64().unwrap())
        .collect();
    assert!(progress.len() >= 2 && progress.is_sorted(), "{progress:?}");
    client.close();
}

#[test]
fn fifty_requests_at_once_are_all_answered() {
    let mut client = Client::start(Era::Stateless, &[]);
    let ids: Vec<u64> = (0..50)
        .map(|number| {
            let arguments = json!({ "code": format!("echo {number}"), "language": "bash" });
            client.request("tools/call", json!({ "name": "code_execute", "arguments": arguments }))
        })
        .collect();
    let mut answers: Vec<(u64, String)> = (0..50)
        .map(|_| {
            let answer = client.next();
            (
                answer["id"].as_u64().unwrap(),
                answer["result"]["structuredContent"]["stdout"].as_str().unwrap().to_owned(),
            )
        })
        .collect();
    answers.sort();
    let expected: Vec<_> =
        ids.into_iter().enumerate().map(|(number, id)| (id, format!("{number}\n"))).collect();
    assert_eq!(answers, expected);
    client.close();
}

#[test]
fn policy_is_reloaded_when_its_file_changes_and_on_sighup() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("policy.wasm");
    let replace = |component: &[u8]| {
        let beside = directory.path().join("next");
        std::fs::write(&beside, component).unwrap();
        std::fs::rename(beside, &path).unwrap();
    };
    replace(&honest_component());
    let mut client = Client::start(Era::Handshake, &["--policy", path.to_str().unwrap()]);
    let mut answer = || {
        let result = client.call("code_execute", json!({ "code": "echo", "language": "bash" }));
        text(&result).to_owned()
    };
    assert_eq!(answer(), "formatted");
    replace(&forbidding_component());
    while answer() == "formatted" {}
    assert_eq!(answer(), "Formatted");
    // By hand, and what does not load changes nothing.
    replace(b"rubbish");
    kill_process(client.pid(), Signal::HUP).unwrap();
    let mut said = BufReader::new(client.process.stderr.take().unwrap()).lines().map(Result::unwrap);
    let mut heard = Vec::new();
    while !heard.iter().any(|line: &String| line.starts_with("policies kept: hostile 1.0.0")) {
        heard.push(said.next().unwrap());
    }
    assert!(heard.iter().any(|line| line.starts_with("policies reloaded: hostile 1.0.0")), "{heard:?}");
    assert!(heard.iter().any(|line| line.contains("is no WebAssembly component")), "{heard:?}");
    let result = client.call("code_execute", json!({ "code": "echo", "language": "bash" }));
    assert_eq!(text(&result), "Formatted");
}
