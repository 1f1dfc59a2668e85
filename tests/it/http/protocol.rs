//! The Model Context Protocol over HTTP, in both eras.

use serde_json::{Value, json};

use super::client::{Answer, Server};
use crate::sleepers::{await_end, await_start, endless, sleepers, writable_directory};

/// What every request of the later era says of its client.
pub(super) fn about() -> Value {
    json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientInfo": { "name": "test", "version": "1" },
        "io.modelcontextprotocol/clientCapabilities": {},
    })
}

/// A call of the later era: all that it needs is in it.
fn modern(server: &Server, arguments: &Value) -> Answer {
    let headers = "Mcp-Method: tools/call\r\nMcp-Name: code_execute\r\nMCP-Protocol-Version: 2026-07-28\r\n";
    let params = json!({ "name": "code_execute", "arguments": arguments, "_meta": about() });
    server.post("/mcp", headers, &request("tools/call", &params))
}

fn request(method: &str, params: &Value) -> Value {
    json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params })
}

/// What a client of the older era says first.
fn handshake() -> Value {
    json!({
        "protocolVersion": "2025-11-25",
        "capabilities": {},
        "clientInfo": { "name": "test", "version": "1" },
    })
}

/// Begins a session of the older era; the headers of its requests.
fn session(server: &Server) -> String {
    let answer = server.post("/mcp", "", &request("initialize", &handshake()));
    assert_eq!(answer.message()["result"]["serverInfo"]["name"], "code-execute", "{answer:?}");
    let session = answer.header("mcp-session-id").unwrap();
    let headers = format!("Mcp-Session-Id: {session}\r\nMCP-Protocol-Version: 2025-11-25\r\n");
    let initialized = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" });
    assert_eq!(server.post("/mcp", &headers, &initialized).status, 202);
    headers
}

fn text(answer: &Answer) -> String {
    answer.message()["result"]["content"][0]["text"]
        .as_str()
        .unwrap_or_else(|| panic!("{answer:?}"))
        .to_owned()
}

#[test]
fn call_is_answered_in_both_eras() {
    let server = Server::start(&[]);
    let arguments = json!({ "code": "print(6 * 7)" });
    let says = "stdout:\n42\nexit_code: 0\nresult: 42";
    assert_eq!(text(&modern(&server, &arguments)), says);
    let headers = session(&server);
    let params = json!({ "name": "code_execute", "arguments": arguments });
    assert_eq!(text(&server.post("/mcp", &headers, &request("tools/call", &params))), says);
}

#[test]
fn replica_answers_what_another_one_began() {
    let servers = [Server::start(&["--stateless"]), Server::start(&["--stateless"])];
    let params = json!({ "name": "code_execute", "arguments": { "code": "print(1)" } });
    let answer = servers[0].post("/mcp", "", &request("initialize", &handshake()));
    assert_eq!(answer.header("mcp-session-id"), None, "{answer:?}");
    let headers = "MCP-Protocol-Version: 2025-11-25\r\n";
    assert_eq!(
        text(&servers[1].post("/mcp", headers, &request("tools/call", &params))),
        "stdout:\n1\nexit_code: 0\nresult: 1"
    );
}

#[test]
fn session_that_is_closed_ends_what_runs_in_it() {
    let directory = writable_directory();
    let server = Server::start(&["--write", directory.path().to_str().unwrap()]);
    let headers = session(&server);
    let params = json!({ "name": "code_execute", "arguments": endless(directory.path()) });
    let mut calling = server.connect();
    calling.send(&super::post("/mcp", &headers, &request("tools/call", &params).to_string()));
    await_start(directory.path());
    let sleepers = sleepers(server.pid());
    let close = format!("DELETE /mcp HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n");
    let answer = server.connect().ask(&close);
    assert!((200..300).contains(&answer.status), "{answer:?}");
    await_end(&sleepers);
}

/// As many as the server holds, by `host/src/http/sessions.rs`.
const MOST_SESSIONS: usize = 1_024;

#[test]
fn session_that_there_is_no_room_for_is_refused_until_one_is_closed() {
    let server = Server::start(&[]);
    let headers: Vec<String> = (0..MOST_SESSIONS).map(|_| session(&server)).collect();
    let refused = server.post("/mcp", "", &request("initialize", &handshake()));
    assert_eq!((refused.status, refused.header("retry-after")), (503, Some("2")), "{refused:?}");
    let problem = refused.json();
    assert!(problem["detail"].as_str().unwrap().starts_with("there are 1024 sessions already"), "{problem}");
    // Who needs no session is served all the same, and so are those that are there.
    let arguments = json!({ "code": "print(6 * 7)" });
    let params = json!({ "name": "code_execute", "arguments": arguments });
    let says = "stdout:\n42\nexit_code: 0\nresult: 42";
    assert_eq!(text(&modern(&server, &arguments)), says);
    assert_eq!(
        text(&server.post("/mcp", &headers[MOST_SESSIONS - 1], &request("tools/call", &params))),
        says
    );
    let close = format!("DELETE /mcp HTTP/1.1\r\nHost: localhost\r\n{}\r\n", headers[0]);
    assert_eq!(server.connect().ask(&close).status, 204);
    session(&server);
}

#[test]
fn call_that_is_hung_up_on_ends_in_the_later_era() {
    let directory = writable_directory();
    let server = Server::start(&["--write", directory.path().to_str().unwrap()]);
    let headers = "Mcp-Method: tools/call\r\nMcp-Name: code_execute\r\nMCP-Protocol-Version: 2026-07-28\r\n";
    let params = json!({ "name": "code_execute", "arguments": endless(directory.path()), "_meta": about() });
    let mut calling = server.connect();
    calling.send(&super::post("/mcp", headers, &request("tools/call", &params).to_string()));
    await_start(directory.path());
    let sleepers = sleepers(server.pid());
    drop(calling);
    await_end(&sleepers);
}

#[test]
fn call_that_there_is_no_room_for_is_an_error_that_says_so() {
    let directory = writable_directory();
    let server =
        Server::start(&["--write", directory.path().to_str().unwrap(), "--concurrency", "1", "--queue", "0"]);
    let mut held = server.connect();
    held.send(&super::post("/v1/execute", "", &endless(directory.path()).to_string()));
    await_start(directory.path());
    let answer = modern(&server, &json!({ "code": "print(1)" }));
    assert_eq!(answer.message()["result"]["isError"], true, "{answer:?}");
    assert!(text(&answer).starts_with("Error: the server is busy: 1 submissions"), "{answer:?}");
}
