//! Programs that run until they are ended, seen from outside: what a test asks when it says that nothing is left.

use std::path::Path;

use rustix::process::Pid;
use serde_json::{Value, json};

/// A program that tells the host by a file in a granted directory that it runs, and never ends.
pub(crate) fn endless(directory: &Path) -> Value {
    let code = format!("sleep 1000 & touch {}/started; sleep 1000", directory.display());
    json!({ "code": code, "language": "bash" })
}

pub(crate) fn writable_directory() -> tempfile::TempDir {
    use std::os::unix::fs::PermissionsExt;
    let directory = tempfile::tempdir_in("/var/tmp").unwrap();
    // Root's programs are another user.
    std::fs::set_permissions(directory.path(), PermissionsExt::from_mode(0o777)).unwrap();
    directory
}

pub(crate) fn await_start(directory: &Path) {
    while !directory.join("started").exists() {
        std::thread::yield_now();
    }
}

/// The descendants of a process that sleep a thousand seconds, once there are any: the positive control.
pub(crate) fn sleepers(ancestor: Pid) -> Vec<i32> {
    loop {
        let found = sleeping_below(ancestor);
        if !found.is_empty() {
            return found;
        }
        std::thread::yield_now();
    }
}

fn sleeping_below(ancestor: Pid) -> Vec<i32> {
    below(ancestor.as_raw_nonzero().get()).into_iter().filter(|&pid| sleeps(pid)).collect()
}

/// The descendants of a process.
pub(crate) fn below(ancestor: i32) -> Vec<i32> {
    let parent = |pid: i32| {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        stat.rsplit(") ").next().and_then(|rest| rest.split(' ').nth(1)?.parse().ok())
    };
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    let pids = processes.filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
    pids.filter(|&pid| {
        std::iter::successors(parent(pid), |&pid| parent(pid)).take(64).any(|pid| pid == ancestor)
    })
    .collect()
}

fn sleeps(pid: i32) -> bool {
    std::fs::read_to_string(format!("/proc/{pid}/cmdline"))
        .is_ok_and(|line| line.starts_with("sleep\x001000"))
}

/// Waits until none of the processes is left.
pub(crate) fn await_end(sleepers: &[i32]) {
    while sleepers.iter().any(|&pid| sleeps(pid)) {
        std::thread::yield_now();
    }
}
