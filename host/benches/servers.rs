//! What a server adds to a run, and how it holds under load.
//!
//! `cargo bench --bench servers` asks the library, `mcp` and `serve` in turn for the same program and prints what the
//! servers take more. With `LOAD_SECONDS=60` it then has 64 clients ask for that long, and prints what became of their
//! requests, their latency, and the memory of the server before and after.
//!
//! With `POLICY=PATH` it prints what that policy takes to review, in a server.
//!
//! Latency under load is counted from when a request was due, not from when its client came to send it: a server that
//! stalls does not hide the requests that had to wait.
#![allow(clippy::disallowed_methods, reason = "the servers are processes")]
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a benchmark prints, and fails by panicking"
)]

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use code_execute::{Executor, Submission};

const TOOL: &str = env!("CARGO_BIN_EXE_code-execute");
const CODE: &str = "echo 2";
/// How long an agent takes for its next step at the very least.
const PAUSE: Duration = Duration::from_millis(30);

const CLIENTS: u32 = 64;

/// Requests a second that all clients send together under load: about half of what two slow cores can run.
const RATE: f64 = 150.0;

fn main() {
    let pairs = number("PAIRS").unwrap_or(300);
    overhead(pairs);
    if let Ok(policy) = std::env::var("POLICY") {
        // Cargo runs a benchmark in its package, and who types a path stands in the workspace.
        let workspace = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        review(workspace.join(policy).to_str().unwrap(), pairs);
    }
    if let Some(seconds) = number("LOAD_SECONDS") {
        load(Duration::from_secs(seconds));
    }
}

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok()
}

/// The same program by the library, by `mcp` and by `serve`, in turn.
fn overhead(pairs: u64) {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let executor = Executor::builder().build().unwrap();
    let (mut stdio, server) = (Pipes::start(), Http::start(&[]));
    let mut http = server.connect();
    let mut times: [Vec<Duration>; 3] = Default::default();
    for round in 0..pairs + 20 {
        let asked = [
            spent(|| {
                let report = runtime.block_on(executor.execute(Submission::new(CODE).language("bash")));
                assert_eq!(report.exit_code, Some(0));
            }),
            spent(|| stdio.ask()),
            spent(|| assert_eq!(http.ask(), 200)),
        ];
        // The first ones are made while everything is still being set up.
        if round >= 20 {
            for (times, time) in times.iter_mut().zip(asked) {
                times.push(time);
            }
        }
    }
    let [library, stdio, http] = times.map(|mut times| median(&mut times));
    println!("{pairs} rounds of `{CODE}` in Bash, confined; medians in milliseconds");
    println!("{:<34} {:>9} {:>9}", "", "all", "more");
    println!("{:<34} {:>9.3}", "library", ms(library));
    for (name, time) in [("mcp, standard input and output", stdio), ("serve, a connection kept alive", http)]
    {
        println!("{name:<34} {:>9.3} {:>9.3}", ms(time), ms(time) - ms(library));
    }
}

/// What a policy takes for two kibibytes of Python in a server that is asked now and then, as agents ask.
fn review(policy: &str, rounds: u64) {
    let server = Http::start(&["--policy", policy]);
    let mut connection = server.connect();
    let body = serde_json::json!({ "code": include_str!("../../examples/runtimes/ordinary.py") }).to_string();
    let mut times: Vec<f64> = (0..rounds + 20)
        .map(|_| {
            std::thread::sleep(PAUSE);
            let (status, report) = connection.post(&body);
            let report: serde_json::Value = serde_json::from_slice(&report).unwrap();
            assert_eq!((status, &report["policies"][0]["name"]), (200, &report["formatter"]["name"]));
            report["durations"]["review_ms"].as_f64().unwrap()
        })
        .skip(20)
        .collect();
    times.sort_by(f64::total_cmp);
    println!("\nreview of 2 KiB of Python by `{policy}`, {rounds} submissions, milliseconds:");
    println!(
        "p50 {:.2}, p90 {:.2}, least {:.2}",
        times[times.len() / 2],
        times[times.len() * 9 / 10],
        times[0]
    );
}

/// Many clients for a while, each with requests that are due at fixed times.
fn load(duration: Duration) {
    let server = Http::start(&[]);
    warm_up(&server);
    let before = server.memory();
    let start = Instant::now();
    let each = Duration::from_secs_f64(f64::from(CLIENTS) / RATE);
    let clients: Vec<_> = (0..CLIENTS)
        .map(|client| {
            let mut connection = server.connect();
            std::thread::spawn(move || {
                let (mut statuses, mut latencies) = (BTreeMap::<u16, u64>::new(), Vec::new());
                let mut due = start + each.mul_f64(f64::from(client) / f64::from(CLIENTS));
                while due < start + duration {
                    std::thread::sleep(due.saturating_duration_since(Instant::now()));
                    *statuses.entry(connection.ask()).or_default() += 1;
                    latencies.push(due.elapsed());
                    due += each;
                }
                (statuses, latencies)
            })
        })
        .collect();
    let (mut statuses, mut latencies) = (BTreeMap::<u16, u64>::new(), Vec::new());
    for client in clients {
        let (some, times) = client.join().unwrap();
        for (status, count) in some {
            *statuses.entry(status).or_default() += count;
        }
        latencies.extend(times);
    }
    latencies.sort();
    let at = |share: usize| ms(latencies[(latencies.len() - 1) * share / 100]);
    println!("\n{CLIENTS} clients, {RATE} requests a second, {} seconds", duration.as_secs());
    for (status, count) in &statuses {
        println!("status {status}: {count}");
    }
    println!(
        "latency from when a request was due, milliseconds: p50 {:.1}, p90 {:.1}, p99 {:.1}",
        at(50),
        at(90),
        at(99)
    );
    println!("resident memory of the server: {} KiB before, {} KiB after", before, server.memory());
    assert!(statuses.keys().all(|status| matches!(status, 200 | 429)), "{statuses:?}");
}

/// What a server that has been used for a while has: buffers, threads, a launcher.
fn warm_up(server: &Http) {
    let clients: Vec<_> = (0..CLIENTS)
        .map(|_| {
            let mut connection = server.connect();
            std::thread::spawn(move || (0..20).for_each(|_| assert_eq!(connection.ask(), 200)))
        })
        .collect();
    for client in clients {
        client.join().unwrap();
    }
}

/// A client of `mcp` that has shaken hands.
struct Pipes {
    process: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Pipes {
    fn start() -> Self {
        let mut process =
            Command::new(TOOL).arg("mcp").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let input = process.stdin.take().unwrap();
        let output = BufReader::new(process.stdout.take().unwrap());
        let mut client = Self { process, input, output };
        client.send(r#"{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"bench","version":"1"}}}"#);
        assert!(client.receive().contains("serverInfo"));
        client.send(r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#);
        client
    }

    fn ask(&mut self) {
        self.send(&format!(r#"{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{{"name":"code_execute","arguments":{{"code":"{CODE}","language":"bash"}}}}}}"#));
        let answer = self.receive();
        assert!(answer.contains(r#""exit_code":0"#), "{answer}");
    }

    fn send(&mut self, line: &str) {
        writeln!(self.input, "{line}").unwrap();
    }

    fn receive(&mut self) -> String {
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        line
    }
}

impl Drop for Pipes {
    fn drop(&mut self) {
        let _ended = self.process.kill();
        let _reaped = self.process.wait();
    }
}

/// A server of `serve`.
struct Http {
    process: Child,
    address: String,
}

struct Connection(BufReader<TcpStream>);

impl Http {
    fn start(arguments: &[&str]) -> Self {
        let mut process = Command::new(TOOL)
            .args(["serve", "--listen", "127.0.0.1:0"])
            .args(arguments)
            .env("CODE_EXECUTE_LOG", "warn")
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stderr.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("listening on http://").unwrap().to_owned();
        Self { process, address }
    }

    fn connect(&self) -> Connection {
        let stream = TcpStream::connect(&self.address).unwrap();
        stream.set_nodelay(true).unwrap();
        Connection(BufReader::new(stream))
    }

    /// Resident memory, in KiB.
    fn memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.split_whitespace().next().unwrap().parse().unwrap()
    }
}

impl Drop for Http {
    fn drop(&mut self) {
        let _ended = self.process.kill();
        let _reaped = self.process.wait();
    }
}

impl Connection {
    /// Has the program run; the status.
    fn ask(&mut self) -> u16 {
        self.post(&format!(r#"{{"code":"{CODE}","language":"bash"}}"#)).0
    }

    /// Sends one request and reads its answer.
    fn post(&mut self, body: &str) -> (u16, Vec<u8>) {
        let request = format!(
            "POST /v1/execute HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        self.0.get_mut().write_all(request.as_bytes()).unwrap();
        let mut line = String::new();
        self.0.read_line(&mut line).unwrap();
        let status = line.split(' ').nth(1).unwrap().parse().unwrap();
        let mut length = 0;
        loop {
            line.clear();
            self.0.read_line(&mut line).unwrap();
            match line.trim_end().split_once(": ") {
                Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                    length = value.parse().unwrap();
                }
                Some(_) => {}
                None => break,
            }
        }
        let mut body = vec![0; length];
        self.0.read_exact(&mut body).unwrap();
        (status, body)
    }
}

fn spent(work: impl FnOnce()) -> Duration {
    let started = Instant::now();
    work();
    started.elapsed()
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort();
    times[times.len() / 2]
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}
