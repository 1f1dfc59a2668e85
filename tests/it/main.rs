//! The integration tests, in one binary: what is seen from outside the host.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::case_sensitive_file_extension_comparisons,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, in its helpers too, and starts programs of its own"
)]

mod ahead;
mod audit;
mod cache;
mod cli;
mod contract;
mod documents;
mod hostile_code;
mod hostile_policies;
mod http;
mod mcp;
mod parity;
mod policies;
mod probes;
mod released;
mod reload;
mod setup;
mod sleepers;
mod soak;
mod wit;

use std::future::Future;
use std::process::Command;

/// Runs a future to its end on a runtime of its own.
fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

/// Runs the body of the test called `name` in a process where no other test runs.
fn in_own_process(name: &str, body: impl FnOnce()) {
    const ALONE: &str = "CODE_EXECUTE_TEST_ALONE";
    if std::env::var_os(ALONE).is_some() {
        return body();
    }
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", name, "--nocapture"])
        .env(ALONE, "1")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && said.contains("1 passed"),
        "{said}\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    print!("{said}");
}
