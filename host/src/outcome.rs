//! What the host measured of a run: how it ended, what it wrote, what it used.

use std::time::Duration;

use crate::sandbox::Enforcement;

/// Everything known of a run that took place.
#[derive(Debug, Clone)]
pub(crate) struct Outcome {
    /// How the program ended.
    pub termination: Termination,
    /// What it wrote to standard output.
    pub stdout: Captured,
    /// What it wrote to standard error.
    pub stderr: Captured,
    /// What it used.
    pub usage: Usage,
    /// What confined it.
    pub enforcement: Enforcement,
}

/// How a program ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Termination {
    /// It exited with this code, 0 to 255.
    Exited(u8),
    /// A signal that the host did not send ended it.
    Signaled(u8),
    /// It met the deadline.
    TimedOut,
    /// Its processes together met the memory limit and were killed.
    MemoryExceeded,
    /// It wrote more than [`Limits::output_stop_bytes`](crate::Limits::output_stop_bytes).
    OutputExceeded,
    /// The caller stopped it.
    Cancelled,
}

/// The bytes kept of one stream: all, or the beginning and the end.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Captured {
    /// The first bytes.
    pub head: Vec<u8>,
    /// The last bytes, where some between were left out; else empty.
    pub tail: Vec<u8>,
    /// How many bytes the program wrote to the stream, kept or not.
    pub total_bytes: u64,
}

impl Captured {
    /// How many bytes between head and tail were left out.
    pub(crate) fn omitted_bytes(&self) -> u64 {
        self.total_bytes - (self.head.len() + self.tail.len()) as u64
    }
}

/// What all the processes of a run used together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Usage {
    /// From the start of the interpreter to the end of its last process.
    pub wall: Duration,
    /// Processor time, user and system.
    pub cpu: Duration,
    /// The largest resident size that any one of its processes reached, in bytes.
    pub peak_memory_bytes: u64,
}
