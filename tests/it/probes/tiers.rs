//! The tiers that a machine can make, and how each is made.

use std::path::Path;

use serde_json::{Value, json};

use super::host::{User, is_root};

/// One way of running the suite.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tier {
    /// The tier's letter: what the sandbox comes to.
    pub(crate) letter: &'static str,
    pub(crate) user: User,
    /// The floor asked for.
    pub(crate) isolation: &'static str,
    /// Whether namespaces are forbidden from outside.
    forbids: bool,
}

pub(crate) const A: Tier = Tier { letter: "A", user: User::Root, isolation: "strict", forbids: false };
pub(crate) const B: Tier = Tier { letter: "B", user: User::Ordinary, isolation: "standard", forbids: false };
pub(crate) const C: Tier = Tier { letter: "C", user: User::Ordinary, isolation: "minimal", forbids: true };
/// As in a container that runs as root, without the right to make namespaces.
pub(crate) const C_ROOT: Tier = Tier { letter: "C", user: User::Root, isolation: "minimal", forbids: true };

/// The errno of what is not permitted.
const EPERM: u32 = 1;
const ENOSYS: u32 = 38;
/// The flags of mount, cgroup, UTS, IPC, user, PID and network namespaces, one at a time: any one of them is enough
/// to be refused.
const NAMESPACE_FLAGS: [u32; 7] =
    [0x0002_0000, 0x0200_0000, 0x0400_0000, 0x0800_0000, 0x1000_0000, 0x2000_0000, 0x4000_0000];

impl Tier {
    /// Whether this process can make it: an ordinary user makes two of the four.
    pub(crate) fn can_be_made(self) -> bool {
        self.user == User::Ordinary || is_root()
    }

    /// The layers that every run's report must show to be on.
    pub(crate) fn layers(self) -> impl Iterator<Item = &'static str> {
        let more: &[&str] = if self.forbids { &[] } else { &NAMESPACED };
        // Version 1 lets root divide any group; elsewhere it depends on what the machine delegates.
        let counted = self.user == User::Root && Path::new("/sys/fs/cgroup/memory/tasks").exists();
        ALWAYS.into_iter().chain(more.iter().copied()).chain(counted.then_some("control-group"))
    }

    /// What the launcher takes away.
    pub(crate) fn deny(self) -> Value {
        if self.forbids { without_namespaces() } else { json!([]) }
    }
}

/// The layers that hold in every tier.
const ALWAYS: [&str; 7] =
    ["environment", "process-tree", "no-new-privs", "landlock", "seccomp", "rlimits", "memory-watch"];
/// Those that take namespaces.
const NAMESPACED: [&str; 9] = [
    "user-namespace",
    "mount-namespace",
    "pid-namespace",
    "ipc-namespace",
    "uts-namespace",
    "cgroup-namespace",
    "root",
    "proc",
    "capabilities",
];

/// What a container's default profile forbids: namespaces and mounts.
pub(crate) fn without_namespaces() -> Value {
    let mut rules = vec![json!(["unshare", EPERM]), json!(["setns", EPERM]), json!(["clone3", ENOSYS])];
    rules.extend(NAMESPACE_FLAGS.map(|flag| json!(["clone", EPERM, 0, flag, flag])));
    let mounting =
        ["mount", "umount2", "pivot_root", "move_mount", "open_tree", "fsopen", "fsmount", "mount_setattr"];
    rules.extend(mounting.map(|call| json!([call, EPERM])));
    Value::Array(rules)
}
