//! A line on standard error that says how far `check` is, where somebody is watching.

use std::io::{IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

/// Shown only after this long: a short check should not flicker.
const PATIENCE: Duration = Duration::from_millis(500);

/// Shown anew this often.
const PACE: Duration = Duration::from_millis(100);

/// How far something is.
#[derive(Debug)]
pub(crate) struct Progress {
    total: usize,
    next: Option<Instant>,
    shown: bool,
}

impl Progress {
    /// Starts counting to `total`.
    pub(crate) fn new(total: usize) -> Self {
        let watched = std::io::stderr().is_terminal();
        Self { total, next: watched.then(|| Instant::now() + PATIENCE), shown: false }
    }

    /// Says that `done` are done.
    pub(crate) fn at(&mut self, done: usize) {
        let now = Instant::now();
        if self.next.is_some_and(|next| now >= next) {
            self.next = Some(now + PACE);
            self.shown = true;
            let _nobody_reads =
                write!(std::io::stderr(), "\r{done} of {} files reviewed\u{1b}[K", self.total);
        }
    }

    /// Takes the line away.
    pub(crate) fn end(self) {
        if self.shown {
            let _nobody_reads = write!(std::io::stderr(), "\r\u{1b}[K");
        }
    }
}
