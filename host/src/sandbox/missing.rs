//! Why a layer cannot be had on this machine, and how to get it.
//!
//! A run finds out by trying; what is read here only explains a refusal, it never decides one.

use std::fs;
use std::path::Path;

use code_execute_init::protocol::Stage;

/// A layer that the machine refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Missing {
    /// The layer's name in reports.
    pub(crate) layer: &'static str,
    /// Why it cannot be had.
    pub(crate) cause: String,
    /// What to do about it.
    pub(crate) remedy: &'static str,
}

const ENABLE: &str = "run `sysctl -w user.max_user_namespaces=15000`, as root";
const DEBIAN: &str = "run `sysctl -w kernel.unprivileged_userns_clone=1`, as root";
const APPARMOR: &str = "load the AppArmor profile that `code-execute doctor --print apparmor` prints, or run \
    `sysctl -w kernel.apparmor_restrict_unprivileged_userns=0`, as root";
const CONTAINER: &str = "start the container with \
    `--security-opt seccomp=FILE`, where `code-execute doctor --print docker-seccomp` prints the file, and with \
    `--security-opt systempaths=unconfined`";
const KERNEL: &str = "use a kernel with user namespaces";
const LANDLOCK: &str = "use Linux 5.13 or newer with `landlock` in the boot parameter `lsm=`";
const SECCOMP: &str = "use a kernel with CONFIG_SECCOMP_FILTER";

const EPERM: i32 = 1;
const EACCES: i32 = 13;
const ENOSPC: i32 = 28;

impl Missing {
    /// What it means that a step of the set-up failed; `None` where the step is about something else than the machine.
    pub(crate) fn explain(stage: Stage, errno: i32) -> Option<Self> {
        let (layer, cause, remedy) = match stage {
            Stage::Namespaces | Stage::IdMap | Stage::HostName | Stage::Pivot | Stage::Loopback => {
                let (cause, remedy) = of_namespaces(stage, errno);
                ("user-namespace", cause, remedy)
            }
            Stage::FreshProc if matches!(errno, EPERM | EACCES) => {
                ("proc", "parts of `/proc` are covered up, as containers do".to_owned(), CONTAINER)
            }
            Stage::Landlock => ("landlock", "this kernel does not enforce it".to_owned(), LANDLOCK),
            Stage::Seccomp | Stage::InitLock => {
                ("seccomp", "this kernel does not take filters".to_owned(), SECCOMP)
            }
            Stage::NonDumpable
            | Stage::Subreaper
            | Stage::Terminal
            | Stage::CloseDescriptors
            | Stage::Signals
            | Stage::Proc
            | Stage::Request
            | Stage::Arguments
            | Stage::Fork
            | Stage::ParentDeath
            | Stage::OwnGroup
            | Stage::Streams
            | Stage::SignalMask
            | Stage::WorkingDirectory
            | Stage::Rlimits
            | Stage::NoNewPrivs
            | Stage::Exec
            | Stage::Vanished
            | Stage::Sources
            | Stage::Root
            | Stage::FreshProc
            | Stage::Capabilities
            | Stage::Lifeline => return None,
        };
        Some(Self { layer, cause, remedy })
    }
}

/// Why namespaces are refused, from the settings that are known to do it.
fn of_namespaces(stage: Stage, errno: i32) -> (String, &'static str) {
    let setting = |path: &str| fs::read_to_string(path).unwrap_or_default().trim().to_owned();
    let denied = matches!(errno, EPERM | EACCES);
    if errno == ENOSPC {
        let most = setting("/proc/sys/user/max_user_namespaces");
        return (format!("no more namespaces are allowed (`user.max_user_namespaces` is {most})"), ENABLE);
    }
    if denied && setting("/proc/sys/kernel/unprivileged_userns_clone") == "0" {
        return ("`kernel.unprivileged_userns_clone` is 0".to_owned(), DEBIAN);
    }
    if denied && setting("/proc/sys/kernel/apparmor_restrict_unprivileged_userns") == "1" {
        return ("AppArmor restricts user namespaces".to_owned(), APPARMOR);
    }
    let container = ["/.dockerenv", "/run/.containerenv"].iter().any(|mark| Path::new(mark).exists());
    if denied && (container || filtered()) {
        return ("a container or a filter of system calls forbids namespaces".to_owned(), CONTAINER);
    }
    let cause = std::io::Error::from_raw_os_error(errno);
    (format!("step `{}` was refused: {cause}", stage.name()), KERNEL)
}

/// Whether this process is behind a filter of system calls itself.
fn filtered() -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    status.lines().any(|line| line.split_whitespace().eq(["Seccomp:", "2"]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_of_the_machine_names_layer_cause_and_remedy() {
        for &stage in Stage::ALL {
            for errno in [EPERM, ENOSPC, 22, 38, 95] {
                let Some(missing) = Missing::explain(stage, errno) else { continue };
                assert!(!missing.cause.is_empty() && !missing.remedy.is_empty(), "{stage:?} {errno}");
            }
        }
        let none = Missing::explain(Stage::Namespaces, ENOSPC).unwrap();
        assert!(none.cause.contains("user.max_user_namespaces"), "{none:?}");
        assert_eq!(Missing::explain(Stage::Exec, EPERM), None);
    }
}
