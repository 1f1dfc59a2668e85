//! Tests in a process of their own: what a test gives up for good stays given up.
//!
//! A test runs its own binary again, for itself alone and with a word on what to do; in that second process it does
//! what it is for, and says how it went by its exit code and its output.

use std::ffi::OsStr;
use std::process::{Command, Output};

const WORD: &str = "CODE_EXECUTE_INIT_TEST";

/// The word for this process, in the second one.
pub(crate) fn word() -> Option<String> {
    let word = std::env::var(WORD).ok()?;
    // The test's name stands on the line already.
    println!();
    Some(word)
}

/// Ends the second process: the harness has nothing more to do there, and may be unable to.
#[allow(clippy::exit, reason = "a process of its own")]
pub(crate) fn end(well: bool) -> ! {
    std::process::exit(i32::from(!well))
}

/// Runs the test of this name again, with a word.
#[allow(clippy::disallowed_methods, reason = "a test of its own, not a program of a run")]
pub(crate) fn again(test: &str, word: impl AsRef<OsStr>) -> Output {
    let binary = std::env::current_exe().unwrap();
    let output = Command::new(binary)
        .args(["--exact", test, "--nocapture", "--test-threads=1"])
        .env(WORD, word)
        .output()
        .unwrap();
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(printed.contains("running 1 test"), "there is no test `{test}`");
    output
}

/// The lines of the output that begin with this, without it.
pub(crate) fn lines<'o>(output: &'o Output, start: &str) -> Vec<&'o str> {
    let text = std::str::from_utf8(&output.stdout).unwrap();
    text.lines().filter_map(|line| line.strip_prefix(start)).collect()
}
