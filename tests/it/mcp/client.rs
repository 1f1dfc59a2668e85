//! A client of the protocol: starts a server of its own and speaks to it by lines of JSON.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use rustix::process::Pid;
use serde_json::{Value, json};

/// A client of a server of its own.
pub(super) struct Client {
    pub(super) process: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    /// What came that was no answer.
    pub(super) notifications: Vec<Value>,
    era: Era,
    last: u64,
}

/// The two ways to speak: with a handshake, or with everything in every request.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Era {
    Handshake,
    Stateless,
}

impl Client {
    pub(super) fn start(era: Era, arguments: &[&str]) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_code-execute"))
            .arg("mcp")
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let input = process.stdin.take();
        let output = BufReader::new(process.stdout.take().unwrap());
        let mut client = Self { process, input, output, notifications: Vec::new(), era, last: 0 };
        if era == Era::Handshake {
            let about = json!({
                "protocolVersion": "2025-11-25",
                "capabilities": {},
                "clientInfo": { "name": "test", "version": "1" },
            });
            let answer = client.ask("initialize", about);
            assert_eq!(answer["result"]["serverInfo"]["name"], "code-execute", "{answer}");
            client.send(&json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }));
        }
        client
    }

    pub(super) fn send(&mut self, message: &Value) {
        writeln!(self.input.as_mut().unwrap(), "{message}").unwrap();
    }

    /// Sends a request and returns its id.
    pub(super) fn request(&mut self, method: &str, mut params: Value) -> u64 {
        self.last += 1;
        if self.era == Era::Stateless {
            let about = json!({
                "io.modelcontextprotocol/protocolVersion": "2026-07-28",
                "io.modelcontextprotocol/clientInfo": { "name": "test", "version": "1" },
                "io.modelcontextprotocol/clientCapabilities": {},
            });
            for (key, value) in about.as_object().unwrap() {
                params["_meta"][key] = value.clone();
            }
        }
        self.send(&json!({ "jsonrpc": "2.0", "id": self.last, "method": method, "params": params }));
        self.last
    }

    pub(super) fn next(&mut self) -> Value {
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line:?}"))
    }

    pub(super) fn answer(&mut self, id: u64) -> Value {
        loop {
            let message = self.next();
            if message["id"] == id {
                return message;
            }
            self.notifications.push(message);
        }
    }

    pub(super) fn ask(&mut self, method: &str, params: Value) -> Value {
        let id = self.request(method, params);
        self.answer(id)
    }

    pub(super) fn call(&mut self, tool: &str, arguments: Value) -> Value {
        let mut params = json!({ "name": tool });
        params["arguments"] = arguments;
        let answer = self.ask("tools/call", params);
        answer["result"].clone()
    }

    pub(super) fn pid(&self) -> Pid {
        Pid::from_raw(i32::try_from(self.process.id()).unwrap()).unwrap()
    }

    /// Closes the client's end; the server then ends by itself, and says what it said on standard error.
    pub(super) fn close(mut self) -> String {
        drop(self.input.take());
        let output = self.process.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0));
        String::from_utf8(output.stderr).unwrap()
    }
}

pub(super) fn text(result: &Value) -> &str {
    assert_eq!(result["content"].as_array().map(Vec::len), Some(1), "{result}");
    result["content"][0]["text"].as_str().unwrap()
}

/// What a client that validates does: every value has its type, everything required is there, nothing else is.
pub(super) fn check_against_schema(value: &Value, schema: &Value) {
    let fits = match schema["type"].as_str().unwrap() {
        "object" => {
            let properties = schema["properties"].as_object().unwrap();
            for name in schema["required"].as_array().unwrap() {
                assert!(value.get(name.as_str().unwrap()).is_some(), "{name} is missing: {value}");
            }
            for (name, value) in value.as_object().unwrap() {
                check_against_schema(
                    value,
                    properties.get(name).unwrap_or_else(|| panic!("{name} is not in the schema")),
                );
            }
            true
        }
        "array" => {
            value.as_array().unwrap().iter().for_each(|item| check_against_schema(item, &schema["items"]));
            true
        }
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "boolean" => value.is_boolean(),
        other => panic!("{other}"),
    };
    assert!(fits, "{value} is not of {schema}");
    if let Some(values) = schema["enum"].as_array() {
        assert!(values.contains(value), "{value} is none of {values:?}");
    }
}
