//! A server of the test's own, and requests as bytes: what a library would put right is what is tested here.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, ChildStderr, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

/// A server that listens on a port of its own.
pub(super) struct Server {
    pub(super) process: Child,
    pub(super) said: BufReader<ChildStderr>,
    address: String,
}

/// What a server answered.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: String,
}

impl Server {
    pub(super) fn start(arguments: &[&str]) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_code-execute"))
            .args(["serve", "--listen", "127.0.0.1:0"])
            .args(arguments)
            .env_remove("CODE_EXECUTE_TOKEN")
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(process.stderr.take().unwrap());
        let mut line = String::new();
        said.read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("listening on http://").unwrap_or_else(|| panic!("{line}"));
        Self { process, said, address: address.to_owned() }
    }

    pub(super) fn address(&self) -> &str {
        &self.address
    }

    pub(super) fn connect(&self) -> Connection {
        let stream = TcpStream::connect(&self.address).unwrap();
        Connection(BufReader::new(stream))
    }

    pub(super) fn get(&self, path: &str) -> Answer {
        self.connect().ask(&format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n"))
    }

    pub(super) fn post(&self, path: &str, headers: &str, body: &Value) -> Answer {
        self.connect().ask(&post(path, headers, &body.to_string()))
    }

    /// Waits until so many submissions are running or waiting.
    pub(super) fn await_in_flight(&self, number: usize) {
        let line = format!("\ncode_execute_in_flight {number}\n");
        while !self.get("/metrics").body.contains(&line) {
            std::thread::yield_now();
        }
    }

    pub(super) fn pid(&self) -> Pid {
        Pid::from_raw(i32::try_from(self.process.id()).unwrap()).unwrap()
    }

    pub(super) fn terminate(&self) {
        kill_process(self.pid(), Signal::TERM).unwrap();
    }

    /// Waits for the end of the server; its exit code, and what it logged.
    pub(super) fn end(mut self) -> (Option<i32>, String) {
        let mut said = String::new();
        self.said.read_to_string(&mut said).unwrap();
        (self.process.wait().unwrap().code(), said)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ended = self.process.kill();
        let _reaped = self.process.wait();
    }
}

/// The bytes of a request with a JSON body.
pub(super) fn post(path: &str, headers: &str, body: &str) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
         Accept: application/json, text/event-stream\r\n{headers}Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

pub(super) struct Connection(pub(super) BufReader<TcpStream>);

impl Connection {
    pub(super) fn send(&mut self, bytes: &str) {
        self.0.get_mut().write_all(bytes.as_bytes()).unwrap();
    }

    pub(super) fn ask(&mut self, bytes: &str) -> Answer {
        self.send(bytes);
        self.answer()
    }

    /// Reads one answer: its head, then a body of a length that it says, or of chunks.
    pub(super) fn answer(&mut self) -> Answer {
        let status = self.line().split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap();
        let headers: Vec<(String, String)> = std::iter::from_fn(|| {
            let line = self.line();
            line.split_once(": ").map(|(name, value)| (name.to_lowercase(), value.to_owned()))
        })
        .collect();
        let mut answer = Answer { status, headers, body: String::new() };
        let mut body = Vec::new();
        if answer.header("transfer-encoding") == Some("chunked") {
            loop {
                let size = usize::from_str_radix(&self.line(), 16).unwrap();
                let mut chunk = vec![0; size + 2];
                self.0.read_exact(&mut chunk).unwrap();
                if size == 0 {
                    break;
                }
                body.extend_from_slice(&chunk[..size]);
            }
        } else {
            body.resize(answer.header("content-length").map_or(0, |length| length.parse().unwrap()), 0);
            self.0.read_exact(&mut body).unwrap();
        }
        answer.body = String::from_utf8(body).unwrap();
        answer
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        assert!(self.0.read_line(&mut line).unwrap() > 0, "the connection was closed");
        line.trim_end().to_owned()
    }
}

impl Answer {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The answer of the protocol: alone, or the last event of a stream.
    pub(super) fn message(&self) -> Value {
        let last = self.body.lines().rev().find_map(|line| line.strip_prefix("data: "));
        serde_json::from_str(last.unwrap_or(&self.body)).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}
