//! The tool over HTTP, as programs, agents and hostile clients see it.

mod client;
mod protocol;

use std::io::{BufRead as _, Read as _};
use std::process::Command;

use serde_json::{Value, json};

use client::{Server, post};

use crate::sleepers::{await_end, await_start, endless, sleepers, writable_directory};

#[test]
fn submission_is_answered_with_its_report() {
    let server = Server::start(&[]);
    let cases = [
        (json!({ "code": "print(6 * 7)" }), "ok", "stdout:\n42\nexit_code: 0\nresult: 42"),
        (json!({ "code": "exit 3", "language": "bash" }), "nonzero_exit", "exit_code: 3"),
        (json!({ "code": "import os" }), "rejected", "Security violation: line 1"),
        (
            json!({ "code": "while True: pass", "timeout_seconds": 1 }),
            "timeout",
            "Execution timed out after 1 seconds",
        ),
        (json!({ "code": "cat", "language": "bash", "stdin": "é\n" }), "ok", "stdout:\né\nexit_code: 0"),
    ];
    let mut connection = server.connect();
    for (body, status, says) in cases {
        let answer = connection.ask(&post("/v1/execute", "", &body.to_string()));
        let report = answer.json();
        assert_eq!((answer.status, &report["status"]), (200, &json!(status)), "{report}");
        assert!(report["text"].as_str().unwrap().starts_with(says), "{report}");
    }
    for (code, approved) in [("import os", false), ("print(1)", true)] {
        let review = server.post("/v1/check", "", &json!({ "code": code })).json();
        assert_eq!(review["approved"], approved, "{review}");
        assert_eq!(review["violations"].as_array().unwrap().is_empty(), approved, "{review}");
        assert_eq!(review["text"].as_str().unwrap().is_empty(), approved, "{review}");
        assert_eq!(review["policies"][0]["name"], "default");
    }
}

#[test]
fn request_without_a_result_is_answered_with_its_problem() {
    let server = Server::start(&[]);
    let execute = |body: &str| server.connect().ask(&post("/v1/execute", "", body));
    let plain = "POST /v1/execute HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\n{}";
    let cases = [
        (execute(""), 400, "the body is no JSON object"),
        (execute("[]"), 400, "the body is no JSON object"),
        (execute(r#"{"code": 7}"#), 400, "code must be a string, not 7"),
        (execute(r#"{"code": "x", "lang": "bash"}"#), 400, "there is no argument `lang`"),
        (execute(r#"{"code": " "}"#), 422, "No code provided to execute"),
        (
            execute(r#"{"code": "x", "language": "ruby"}"#),
            422,
            "Language 'ruby' not supported. Use 'python' or 'bash'.",
        ),
        (
            execute(r#"{"code": "x", "timeout_seconds": 301}"#),
            422,
            "timeout_seconds is 301; it must be between 1 and 300",
        ),
        (server.connect().ask(plain), 415, "not `text/plain`"),
        (server.get("/v1/execute"), 405, "/v1/execute does not take GET"),
        (server.get("/v2"), 404, "there is nothing at /v2"),
    ];
    for (answer, status, says) in cases {
        let problem = answer.json();
        assert_eq!(
            (answer.status, problem["status"].as_u64()),
            (status, Some(u64::from(status))),
            "{answer:?}"
        );
        assert_eq!(answer.header("content-type"), Some("application/problem+json"));
        assert!(problem["detail"].as_str().unwrap().contains(says), "{problem}");
    }
}

/// A program that says in a granted directory that it runs, and ends when it is told so there.
fn waiting(directory: &std::path::Path) -> Value {
    let directory = directory.display();
    let code = format!(
        "touch {directory}/started || :; until [ -e {directory}/go ]; do sleep 0.01; done; echo done"
    );
    json!({ "code": code, "language": "bash" })
}

/// A program that leaves a file behind where it runs.
fn telltale(directory: &std::path::Path) -> Value {
    json!({ "code": format!("touch {}/ran", directory.display()), "language": "bash" })
}

#[test]
fn foreign_hosts_and_origins_run_nothing() {
    let directory = writable_directory();
    let server = Server::start(&[
        "--write",
        directory.path().to_str().unwrap(),
        "--allow-origin",
        "https://app.example",
    ]);
    let ran = directory.path().join("ran");
    let body = telltale(directory.path()).to_string();
    let call = json!({
        "jsonrpc": "2.0", "id": 1, "method": "tools/call",
        "params": { "name": "code_execute", "arguments": telltale(directory.path()), "_meta": protocol::about() },
    });
    let modern = "Mcp-Method: tools/call\r\nMcp-Name: code_execute\r\nMCP-Protocol-Version: 2026-07-28\r\n";
    let requests = [post("/v1/execute", "", &body), post("/mcp", modern, &call.to_string())];
    for request in &requests {
        for foreign in [
            request.replace("Host: localhost", "Host: evil.example"),
            request.replace("Host: localhost", "Host: localhost\r\nOrigin: http://evil.example"),
            request.replace("Host: localhost", "Host: localhost\r\nOrigin: null"),
            request.replace("Host: localhost", "Host: localhost\r\nOrigin: http://localhost:1"),
            request
                .replace("HTTP/1.1\r\nHost: localhost", "HTTP/1.1\r\nHost: localhost\r\nHost: evil.example"),
        ] {
            let answer = server.connect().ask(&foreign);
            assert!(matches!(answer.status, 400 | 403), "{answer:?}");
            assert!(!ran.exists(), "{foreign}");
        }
        // The positive control: the same request runs where it comes from a page that may ask.
        let own = request.replace("Host: localhost", "Host: localhost\r\nOrigin: https://app.example");
        let answer = server.connect().ask(&own);
        assert!(answer.status == 200 && ran.exists(), "{answer:?}");
        std::fs::remove_file(&ran).unwrap();
    }
    let health = server.connect().ask("GET /healthz HTTP/1.1\r\nHost: 10.0.0.7\r\n\r\n");
    assert_eq!((health.status, health.body.as_str()), (200, "ok\n"));
}

#[test]
fn wrong_tokens_run_nothing() {
    let directory = writable_directory();
    let file = directory.path().join("token");
    std::fs::write(&file, "0123456789abcdef0123456789abcdef\n").unwrap();
    let server = Server::start(&[
        "--write",
        directory.path().to_str().unwrap(),
        "--token-file",
        file.to_str().unwrap(),
    ]);
    let ran = directory.path().join("ran");
    for headers in
        ["", "Authorization: Bearer 0123456789abcdef0123456789abcdeF\r\n", "Authorization: Bearer\r\n"]
    {
        let answer = server.post("/v1/execute", headers, &telltale(directory.path()));
        assert_eq!((answer.status, answer.header("www-authenticate")), (401, Some("Bearer")), "{answer:?}");
        assert!(!ran.exists());
    }
    let right = "Authorization: Bearer 0123456789abcdef0123456789abcdef\r\n";
    assert_eq!(server.post("/v1/execute", right, &telltale(directory.path())).status, 200);
    assert!(ran.exists());
    assert_eq!((server.get("/metrics").status, server.get("/readyz").status), (401, 200));
}

#[test]
fn server_does_not_start_where_anybody_could_run_code() {
    let run = |arguments: &[&str], token: Option<&str>| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_code-execute"));
        command.arg("serve").args(arguments).env_remove("CODE_EXECUTE_TOKEN");
        if let Some(token) = token {
            command.env("CODE_EXECUTE_TOKEN", token);
        }
        let output = command.output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    let (code, said) = run(&["--listen", "0.0.0.0:0"], None);
    assert!(code == Some(2) && said.contains("there is no token") && said.contains("--token-file"), "{said}");
    let (code, said) = run(&[], Some("short"));
    assert!(code == Some(2) && said.contains("at least 16 characters, not 5"), "{said}");
    let (code, said) = run(&["--token-file", "/nowhere"], None);
    assert!(code == Some(2) && said.contains("/nowhere"), "{said}");
    let taken = Server::start(&[]);
    let address = taken.address().to_owned();
    let (code, said) = run(&["--listen", &address], None);
    assert!(code == Some(2) && said.contains(&format!("cannot listen on `{address}`")), "{said}");
}

#[test]
fn body_that_is_too_long_is_refused_unread() {
    let server = Server::start(&[]);
    let head = "POST /v1/execute HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";
    let answer = server.connect().ask(&format!("{head}Content-Length: 100000000000\r\n\r\n"));
    assert_eq!((answer.status, answer.header("connection")), (413, Some("close")), "{answer:?}");
    let mut connection = server.connect();
    connection.send(&format!("{head}Transfer-Encoding: chunked\r\n\r\n"));
    let chunk = format!("{:x}\r\n{}\r\n", 1 << 20, "x".repeat(1 << 20));
    for _ in 0..9 {
        connection.send(&chunk);
    }
    assert_eq!(connection.answer().status, 413);
    // As long as it may be: the words are those for long code.
    let long = json!({ "code": "x".repeat(2 << 20) });
    let answer = server.post("/v1/execute", "", &long);
    assert!(answer.status == 422 && answer.body.contains("at most 1048576 are accepted"), "{answer:?}");
}

/// A minute long, beside the other tests: these are the bounds that a server really has.
#[test]
fn request_that_never_ends_is_given_up() {
    let server = Server::start(&[]);
    let (mut no_head, mut no_body) = (server.connect(), server.connect());
    no_head.send("POST /v1/execute HTTP/1.1\r\nHost: loc");
    no_body.send(
        "POST /v1/execute HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{",
    );
    let answer = no_body.answer();
    assert_eq!((answer.status, answer.header("connection")), (408, Some("close")), "{answer:?}");
    let mut rest = Vec::new();
    // It ends: the server has closed the connection.
    no_head.0.read_to_end(&mut rest).unwrap();
    assert_eq!(server.get("/healthz").status, 200);
}

/// As many connections as the server holds, by `host/src/http/listen.rs`.
const MOST_CONNECTIONS: usize = 4_096;

/// Lets the test have as many connections as the server holds; the server does the same for itself.
fn raise_open_files() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let maximum = getrlimit(Resource::Nofile).maximum;
    let needed = 2 * MOST_CONNECTIONS as u64;
    assert!(maximum.is_none_or(|most| most >= needed), "`ulimit -Hn` is {maximum:?}; this takes {needed}");
    setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum }).unwrap();
}

#[test]
fn connection_that_there_is_no_room_for_waits_until_one_is_closed() {
    raise_open_files();
    let server = Server::start(&[]);
    let get = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";
    // An answer on each: they are the server's, and not in the kernel's queue.
    let mut held: Vec<_> = (0..MOST_CONNECTIONS)
        .map(|_| {
            let mut connection = server.connect();
            assert_eq!(connection.ask(get).status, 200);
            connection
        })
        .collect();
    let mut waiting = server.connect();
    waiting.send(get);
    waiting.0.get_ref().set_read_timeout(Some(std::time::Duration::from_millis(300))).unwrap();
    assert!(waiting.0.fill_buf().is_err(), "it was served beyond the bound");
    waiting.0.get_ref().set_read_timeout(None).unwrap();
    held.pop();
    assert_eq!(waiting.answer().status, 200);
}

#[test]
fn thousand_connections_that_say_nothing_whole_hold_nobody_up() {
    raise_open_files();
    let server = Server::start(&[]);
    let slow = [
        "",
        "POST /v1/execute HTTP/1.1\r\nHost: loc",
        "POST /v1/execute HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 20\r\n\r\n{",
        "POST /mcp HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
    ];
    let _held: Vec<_> = (0..1_000)
        .map(|number| {
            let mut connection = server.connect();
            connection.send(slow[number % slow.len()]);
            connection
        })
        .collect();
    for _ in 0..10 {
        let report = server.post("/v1/execute", "", &json!({ "code": "echo 2", "language": "bash" })).json();
        assert_eq!(report["text"], "stdout:\n2\nexit_code: 0\nresult: 2");
    }
}

#[test]
fn what_there_is_no_room_for_is_told_when_to_come_again() {
    let directory = writable_directory();
    let server =
        Server::start(&["--write", directory.path().to_str().unwrap(), "--concurrency", "1", "--queue", "1"]);
    let waits = waiting(directory.path());
    let mut held: Vec<_> = (0..2).map(|_| server.connect()).collect();
    for connection in &mut held {
        connection.send(&post("/v1/execute", "", &waits.to_string()));
    }
    server.await_in_flight(2);
    for path in ["/v1/execute", "/v1/check"] {
        let answer = server.post(path, "", &json!({ "code": "print(1)" }));
        assert_eq!((answer.status, answer.header("retry-after")), (429, Some("2")), "{answer:?}");
        assert!(answer.body.contains("2 submissions are running or waiting"), "{answer:?}");
    }
    assert_eq!((server.get("/healthz").status, server.get("/readyz").status), (200, 200));
    std::fs::write(directory.path().join("go"), "").unwrap();
    for connection in &mut held {
        assert_eq!(connection.answer().json()["status"], "ok");
    }
    assert!(server.get("/metrics").body.contains("code_execute_turned_away_total 2\n"));
}

#[test]
fn caller_that_hangs_up_ends_its_program() {
    let directory = writable_directory();
    let server = Server::start(&["--write", directory.path().to_str().unwrap()]);
    let mut connection = server.connect();
    connection.send(&post("/v1/execute", "", &endless(directory.path()).to_string()));
    await_start(directory.path());
    let sleepers = sleepers(server.pid());
    drop(connection);
    await_end(&sleepers);
    server.await_in_flight(0);
}

#[test]
fn server_that_is_told_to_end_finishes_what_it_has_begun() {
    let directory = writable_directory();
    let server = Server::start(&["--write", directory.path().to_str().unwrap()]);
    let waits = waiting(directory.path());
    let (mut working, mut idle) = (server.connect(), server.connect());
    let ready = "GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n";
    assert_eq!(idle.ask(ready).status, 200);
    working.send(&post("/v1/execute", "", &waits.to_string()));
    await_start(directory.path());
    server.terminate();
    loop {
        let answer = idle.ask(ready);
        if answer.status == 503 {
            assert_eq!(answer.body, "draining\n");
            break;
        }
    }
    assert!(std::net::TcpStream::connect(server.address()).is_err(), "nobody new is taken");
    std::fs::write(directory.path().join("go"), "").unwrap();
    assert_eq!(working.answer().json()["text"], "stdout:\ndone\nexit_code: 0");
    let (code, said) = server.end();
    assert!(code == Some(0) && said.contains("drained in_time=true"), "{code:?} {said}");
}

#[test]
fn server_that_is_told_to_end_does_not_wait_for_ever() {
    let directory = writable_directory();
    let server = Server::start(&["--write", directory.path().to_str().unwrap(), "--drain", "1"]);
    let mut connection = server.connect();
    connection.send(&post("/v1/execute", "", &endless(directory.path()).to_string()));
    await_start(directory.path());
    let sleepers = sleepers(server.pid());
    server.terminate();
    let (code, said) = server.end();
    assert!(code == Some(0) && said.contains("drained in_time=false"), "{code:?} {said}");
    await_end(&sleepers);
}

#[test]
fn log_and_audit_name_the_request_and_its_trace() {
    let directory = tempfile::tempdir().unwrap();
    let audit = directory.path().join("audit.jsonl");
    let server = Server::start(&["--audit", audit.to_str().unwrap(), "--log", "json"]);
    let headers = "X-Request-Id: order-66\r\n\
                   traceparent: 00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01\r\n";
    let answer = server.post("/v1/execute", headers, &json!({ "code": "print('a secret')" }));
    assert_eq!((answer.status, answer.header("x-request-id")), (200, Some("order-66")), "{answer:?}");
    let line = std::fs::read_to_string(&audit).unwrap();
    server.terminate();
    let (_, said) = server.end();
    let event = said.lines().find(|line| line.contains("executed")).unwrap();
    for (kind, text) in [("audit", line.as_str()), ("log", event)] {
        let record: Value = serde_json::from_str(text).unwrap();
        assert_eq!(record["request_id"], "order-66", "{kind}: {text}");
        assert_eq!(record["trace_id"], "0af7651916cd43dd8448eb211c80319c", "{kind}: {text}");
        assert!(!text.contains("a secret"), "{kind}: {text}");
    }
}

#[test]
fn description_of_the_paths_refers_to_nothing_that_is_missing() {
    fn check(value: &Value, document: &Value) {
        match value {
            Value::Object(members) => {
                for (name, value) in members {
                    if name == "$ref" {
                        let pointer = value.as_str().unwrap().strip_prefix('#').unwrap();
                        assert!(document.pointer(pointer).is_some(), "{value}");
                    }
                    check(value, document);
                }
            }
            Value::Array(values) => values.iter().for_each(|value| check(value, document)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    let document = Server::start(&[]).get("/openapi.json").json();
    assert_eq!(document["openapi"], "3.1.0");
    let report = &document["components"]["schemas"]["Report"]["properties"];
    assert!(report["enforcement"].is_object(), "{document}");
    check(&document, &document);
}
