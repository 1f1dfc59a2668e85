//! Bits of [`Finished::layers`](super::Finished::layers), each set only by the success of the call that makes the
//! layer.

/// Orphans of the run become children of init, so that they can be found and ended.
pub const SUBREAPER: u64 = 1;
/// Programs that would run with more rights run without them.
pub const NO_NEW_PRIVS: u64 = 1 << 1;
/// Every resource limit was set.
pub const RLIMITS: u64 = 1 << 2;
/// The resident memory of all processes was watched.
pub const MEMORY_WATCH: u64 = 1 << 3;
/// User, mount, PID, IPC, UTS and cgroup namespaces of the run's own: all or none.
pub const NAMESPACES: u64 = 1 << 4;
/// A network namespace of the run's own.
pub const NETWORK_NAMESPACE: u64 = 1 << 5;
/// A user of the host's that is nobody else's.
pub const OWN_USER: u64 = 1 << 6;
/// A root of the run's own, read-only but for its scratch places, the host's root let go.
pub const ROOT: u64 = 1 << 7;
/// A `/proc` that shows the run's processes only, read-only.
pub const PROC: u64 = 1 << 8;
/// No process of the run can have a user namespace of its own (by the kernel's setting; the filter forbids it too).
pub const NO_NESTING: u64 = 1 << 9;
/// The number of processes is bounded by the PID namespace as well.
pub const PID_MAX: u64 = 1 << 10;
/// No capability is left, verified, and none can come back.
pub const CAPABILITIES: u64 = 1 << 11;
/// Landlock's rules hold.
pub const LANDLOCK: u64 = 1 << 12;
/// The filter of system calls holds.
pub const SECCOMP: u64 = 1 << 13;
/// Init has filtered its own system calls.
pub const INIT_LOCKED: u64 = 1 << 14;
/// The loopback interface is up.
pub const LOOPBACK: u64 = 1 << 15;
/// Init is process 1 of a PID namespace: its end is the end of every process of the run.
pub const PROCESS_ONE: u64 = 1 << 16;
/// A control group of the run's own counts its memory, whoever holds it, and bounds it.
pub const CONTROL_GROUP: u64 = 1 << 17;
