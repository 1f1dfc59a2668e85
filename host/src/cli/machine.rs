//! What the machine says of itself: read-only probes, for information. What is really in force is only known of a
//! run, from its report.

use std::fs;
use std::path::Path;

use rustix::fs::{Access, access};
use serde::Serialize;

/// One thing that was looked at.
#[derive(Debug, Serialize)]
pub(crate) struct Fact {
    /// What it is about.
    pub(crate) name: &'static str,
    /// What was found.
    pub(crate) value: String,
}

/// Everything, in the order it is shown.
pub(crate) fn facts() -> Vec<Fact> {
    let fact = |name, value| Fact { name, value };
    vec![
        fact("kernel", kernel()),
        fact("user namespaces", user_namespaces()),
        fact("landlock", landlock()),
        fact("seccomp", seccomp()),
        fact("cgroup", cgroup()),
    ]
}

fn kernel() -> String {
    let uname = rustix::system::uname();
    format!(
        "{} {} ({})",
        uname.sysname().to_string_lossy(),
        uname.release().to_string_lossy(),
        uname.machine().to_string_lossy()
    )
}

fn user_namespaces() -> String {
    let Some(most) = number("/proc/sys/user/max_user_namespaces") else {
        return "not in this kernel".to_owned();
    };
    if most == 0 {
        return "switched off (`user.max_user_namespaces` is 0)".to_owned();
    }
    // Debian's and Ubuntu's own switches; absent elsewhere.
    for (path, off) in [
        ("/proc/sys/kernel/unprivileged_userns_clone", 0),
        ("/proc/sys/kernel/apparmor_restrict_unprivileged_userns", 1),
    ] {
        if number(path) == Some(off) {
            let key = path.trim_start_matches("/proc/sys/").replace('/', ".");
            return format!("restricted for users other than root (`{key}` is {off})");
        }
    }
    format!("allowed, at most {most}")
}

fn landlock() -> String {
    match read("/sys/kernel/security/lsm") {
        Some(modules) if modules.split(',').any(|module| module == "landlock") => {
            "in this kernel, active".to_owned()
        }
        Some(_) => "not active (not in `/sys/kernel/security/lsm`)".to_owned(),
        None => "unknown: `/sys/kernel/security/lsm` cannot be read".to_owned(),
    }
}

fn seccomp() -> String {
    match read("/proc/sys/kernel/seccomp/actions_avail") {
        Some(actions) => format!("in this kernel: {actions}"),
        None => "not in this kernel, or `/proc/sys` is hidden".to_owned(),
    }
}

/// Whether a run gets one is in its report, by the layer `control-group`.
fn cgroup() -> String {
    if Path::new("/sys/fs/cgroup/memory/tasks").exists() {
        return "version 1 has the memory".to_owned();
    }
    let Some(controllers) = read("/sys/fs/cgroup/cgroup.controllers") else {
        return "nothing at `/sys/fs/cgroup`".to_owned();
    };
    let own = read("/proc/self/cgroup").unwrap_or_default();
    let group = own.lines().find_map(|line| line.strip_prefix("0::")).unwrap_or("/");
    let directory = format!("/sys/fs/cgroup{group}");
    let writable = access(Path::new(&directory), Access::WRITE_OK).is_ok();
    format!("version 2 ({controllers}); `{group}` is {}writable", if writable { "" } else { "not " })
}

fn number(path: &str) -> Option<u64> {
    read(path)?.parse().ok()
}

fn read(path: &str) -> Option<String> {
    fs::read_to_string(path).ok().map(|text| text.trim().to_owned())
}
