//! What a program may use: the defaults, the ranges, and why each number.

use std::ops::RangeInclusive;
use std::time::Duration;

/// Upper bounds on one run. [`Limits::default`] lists every default.
///
/// Limits bound the program; the budget of a policy is something else (`policy::Budget`).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Wall-clock time, in whole seconds. At the deadline every process of the run is killed.
    /// Contract: default 30, within [`Limits::TIMEOUT_SECONDS`].
    pub timeout_seconds: u32,
    /// Memory in bytes. The data segment of each process is bounded by twice that, and the resident memory of all the
    /// run's processes together is watched; where the machine gives the run a control group, the kernel bounds all
    /// that it takes, files in memory too. Default 512 MiB: passed every sampled program of the corpora, where
    /// 256 MiB failed one in ten of those with pandas or matplotlib.
    pub memory_bytes: u64,
    /// Processes and threads of the run at the same time. Default 128.
    pub processes: u64,
    /// Open files of each process. Default 256.
    pub open_files: u64,
    /// Size in bytes of any file the program writes. Default 64 MiB.
    pub file_size_bytes: u64,
    /// Bytes that a run can keep in `/tmp`, and again in `/dev/shm`; both are in memory. Default 128 MiB.
    pub scratch_bytes: u64,
    /// Seconds of processor time of each process; `None`, the default, is what it can use before the deadline.
    pub cpu_seconds: Option<u64>,
    /// Bytes kept from the beginning of each output stream. Default 64 KiB, as much again as a model reads.
    pub output_head_bytes: usize,
    /// Bytes kept from the end of each output stream: the end is where the error is. Default 64 KiB.
    pub output_tail_bytes: usize,
    /// Bytes of both streams together after which the run is stopped. Default 16 MiB: reading on costs
    /// processor time that a flood should not be given.
    pub output_stop_bytes: u64,
}

impl Limits {
    /// The contract's range of [`timeout_seconds`](Self::timeout_seconds).
    pub const TIMEOUT_SECONDS: RangeInclusive<u32> = 1..=300;
    /// The largest program that is accepted, in bytes: 1 MiB, thousands of times what a model writes at once.
    pub const CODE_BYTES: usize = 1 << 20;
    /// The largest standard input that is accepted, in bytes: 16 MiB, as many as a program may write.
    pub const STDIN_BYTES: usize = 16 << 20;

    /// The deadline as a duration.
    pub fn timeout(&self) -> Duration {
        Duration::from_secs(u64::from(self.timeout_seconds))
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            timeout_seconds: 30,
            memory_bytes: 512 << 20,
            processes: 128,
            open_files: 256,
            file_size_bytes: 64 << 20,
            scratch_bytes: 128 << 20,
            cpu_seconds: None,
            output_head_bytes: 64 << 10,
            output_tail_bytes: 64 << 10,
            output_stop_bytes: 16 << 20,
        }
    }
}
