//! Runs of real code through the runner.
//!
//! Whatever a test starts is bounded, and every claim of an end is looked up in `/proc`, not believed.
#![expect(clippy::disallowed_methods, reason = "positive controls start programs without the runner")]

mod basics;
mod bounds;
mod lives;
mod trees;

use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use super::{RunError, Runner};
use crate::review::Approved;
use crate::sandbox::containment::Containment;
use crate::{Captured, Grants, Isolation, Language, Limits, Outcome, Termination};

/// How long any expected end may take on a machine that is busy with other tests.
const PATIENCE: Duration = Duration::from_secs(20);

/// The kernel counts all processes of a user together, so those of the tests beside this one count too.
fn limits(timeout_seconds: u32) -> Limits {
    Limits { timeout_seconds, processes: 1_500, ..Limits::default() }
}

fn bash(code: &str) -> Approved {
    Approved::for_test(Language::Bash, code, limits(60))
}

fn python(code: &str) -> Approved {
    Approved::for_test(Language::Python, code, limits(60))
}

fn runner() -> Runner {
    let limits = Limits::default();
    Runner::new(Containment::new(Isolation::default(), &Grants::default(), &limits).unwrap()).unwrap()
}

async fn try_run(approved: Approved) -> Result<Outcome, RunError> {
    runner().run(approved).await
}

async fn run(approved: Approved) -> Outcome {
    try_run(approved).await.unwrap()
}

/// Runs code and expects it to end well; gives what it printed.
async fn printed(approved: Approved) -> String {
    let outcome = run(approved).await;
    assert_eq!(outcome.termination, Termination::Exited(0), "{}", text(&outcome.stderr));
    text(&outcome.stdout)
}

fn text(captured: &Captured) -> String {
    assert_eq!(captured.omitted_bytes(), 0);
    String::from_utf8(captured.head.clone()).unwrap()
}

/// A number that no other process of the machine has among its arguments: seconds for `sleep`.
fn marker() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    format!("{}", 1_000_000_000 + u64::from(std::process::id()) * 1000 + u64::from(number))
}

/// The processes, not counting zombies, that have this marker among their arguments.
fn bearing(marker: &str) -> Vec<u32> {
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    let pids = processes.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    pids.filter(|pid| {
        // A zombie has no arguments.
        let arguments = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        arguments.split(|byte| *byte == 0).any(|argument| argument == marker.as_bytes())
    })
    .collect()
}

/// Waits until a condition holds.
async fn until(what: &str, mut condition: impl FnMut() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !condition() {
        assert!(Instant::now() < end, "waited in vain until {what}");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

async fn until_bearing(marker: &str, count: usize) {
    until(&format!("{count} processes bear the marker"), || bearing(marker).len() == count).await;
}

fn is_there(pid: u32) -> bool {
    PathBuf::from(format!("/proc/{pid}")).exists()
}

/// Asks for a test to be run by a process of its own, for those that count what a process has or that kill it.
/// In that process, and only there, this is `None`.
fn own_process(test: &str) -> Option<Command> {
    if std::env::var_os("CODE_EXECUTE_TEST").is_some_and(|name| name == test) {
        return None;
    }
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", test, "--nocapture", "--test-threads=1"]).env("CODE_EXECUTE_TEST", test);
    Some(command)
}
