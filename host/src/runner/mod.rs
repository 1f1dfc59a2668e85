//! Runs approved code in processes of its own, and says what came of it.
//!
//! Owns the way from an [`Approved`] to an [`Outcome`]: the code file, the interpreter, the streams, the deadline,
//! the end of every process. What happens inside the run's own processes is the init program's
//! (`code-execute-init`), which this module starts and talks to. It must never decide whether code may run, and
//! never word a result.
//!
//! One run, in time:
//! 1. [`Runner::start`] has a [`launcher`] start the interpreter on an empty code file, which is held closed
//!    ([`gate`]): the interpreter comes as far as opening it, and waits. Nobody has read the code yet.
//! 2. [`Runner::run_until`] takes reviewed code, fills the file, opens it and says "go".
//! 3. [`watch`] moves bytes until init says that all is over, or until the deadline; then everything is killed.
//!
//! # Security
//! Without a PID namespace (the sandbox is off, or the machine has none to give) a program of the same user can kill or stop the init program. The host then ends what
//! it still finds of the run ([`rescue`]) and reports [`RunError::InitLost`]; a daemon that left group and
//! streams behind can outlive that.

mod capture;
mod code_file;
mod control;
mod control_group;
mod enforcement;
mod error;
mod gate;
mod image;
mod interpreter;
mod launcher;
mod probe;
mod request;
mod rescue;
mod seat;
mod sweep;
mod watch;

use std::future::Future;
use std::io;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use self::code_file::{CodeFile, EmptyFile};
pub(crate) use self::error::RunError;
use self::interpreter::Interpreters;
use self::launcher::Launchers;
use self::request::Worded;
use self::seat::Seat;
use self::watch::Watch;
use crate::review::Approved;
use crate::sandbox::containment::Containment;
use crate::terms::Terms;
use crate::{Isolation, Outcome, Sandbox};

/// Where code files live and programs start: the contract's directory.
const DIRECTORY: &str = "/tmp";

/// How long the search for files of killed hosts may take, once per runner: thousands of files.
const SWEEP: Duration = Duration::from_millis(100);

/// Runs approved code. Cheap to clone; clones share everything.
#[derive(Debug, Clone)]
pub(crate) struct Runner {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    launchers: Launchers,
    /// What a program reads that is given no input.
    null: OwnedFd,
    interpreters: Interpreters,
    containment: Containment,
    /// Whether namespaces can be had; found out once, by having them, where it is not insisted on them.
    namespaces: OnceLock<bool>,
    swept: AtomicBool,
}

impl Runner {
    /// Makes the init program ready to be started.
    ///
    /// # Errors
    /// [`RunError::Init`] where the kernel refuses a memory file.
    pub(crate) fn new(containment: Containment) -> Result<Self, RunError> {
        let image = image::seal(code_execute_artifacts::INIT).map_err(|source| RunError::Init { source })?;
        let null = std::fs::File::open("/dev/null")
            .map_err(|source| RunError::Io { attempt: "open `/dev/null`", source })?
            .into();
        let interpreters = Interpreters::default();
        let swept = AtomicBool::new(false);
        Ok(Self {
            shared: Arc::new(Shared {
                launchers: Launchers::new(image),
                null,
                interpreters,
                containment,
                namespaces: OnceLock::new(),
                swept,
            }),
        })
    }

    /// Starts an interpreter that waits for its code. Dropping what this returns ends it.
    ///
    /// Worth calling before a review, with terms that are only guessed: starting takes much longer than reading.
    ///
    /// # Errors
    /// Any [`RunError`]. None of them is about code.
    ///
    /// # Panics
    /// Outside of a tokio runtime with its drivers on.
    pub(crate) fn start(&self, terms: Terms) -> Result<Waiting, RunError> {
        let shared = &self.shared;
        let interpreter = shared.interpreters.find(terms.language, &terms.environment)?;
        // First, because a new launcher readies itself while the rest is done here.
        let first = Seat::order_ahead(&shared.containment, &terms);
        let connection =
            shared.launchers.connect(&interpreter, first).map_err(|source| RunError::Init { source })?;
        let alone = self.must_be_alone(&terms, &interpreter)?;
        let seat = Seat::take(&shared.containment, &terms, interpreter, &connection.place, alone)?;
        let file = EmptyFile::create(Path::new(DIRECTORY), terms.language, seat.host_user())?;
        let worded = request::build(&terms, &seat, &connection.place, file.path())?;
        let watch = Watch::new(connection, &terms, seat)?;
        let mut waiting = Waiting { watch, file, unsaid: None, terms };
        if waiting.file.is_closed() {
            waiting.watch.request(&worded, &shared.null)?;
        } else {
            waiting.unsaid = Some(worded);
        }
        Ok(waiting)
    }

    /// Whether a run is to be confined without namespaces: only where that was asked for and they cannot be had.
    fn must_be_alone(&self, terms: &Terms, interpreter: &Path) -> Result<bool, RunError> {
        let shared = &self.shared;
        if terms.sandbox == Sandbox::Off || shared.containment.isolation() != Isolation::Minimal {
            return Ok(false);
        }
        if let Some(&have) = shared.namespaces.get() {
            return Ok(!have);
        }
        let connection =
            shared.launchers.connect(interpreter, None).map_err(|source| RunError::Init { source })?;
        let seat = Seat::take(&shared.containment, terms, interpreter.into(), &connection.place, false)?;
        let file = EmptyFile::create(Path::new(DIRECTORY), terms.language, seat.host_user())?;
        let mut worded = request::build(terms, &seat, &connection.place, file.path())?;
        worded.request.confinement.probe = true;
        let have = probe::succeeds(connection, &worded, &shared.null)?;
        Ok(!shared.namespaces.get_or_init(|| have))
    }

    /// Runs approved code to its end, or until `stop` is ready: then everything is killed, and what was printed is
    /// kept, as at the deadline. An interpreter that waits is used where its terms are the approved ones.
    ///
    /// Dropping the future kills every process of the run and removes its file.
    ///
    /// # Errors
    /// A [`RunError`] means that this program failed; how the code fared is always an [`Outcome`].
    pub(crate) async fn run_until(
        &self,
        waiting: Option<Waiting>,
        approved: Approved,
        stop: impl Future<Output = ()>,
    ) -> Result<Outcome, RunError> {
        let mut filled = None;
        if let Some(waiting) = waiting.filter(|waiting| waiting.is_on(approved.terms())) {
            filled = self.fill(waiting, &approved)?;
        }
        let (mut watch, code_file) = if let Some(filled) = filled {
            filled
        } else {
            // Nobody waits, on these terms. One that has just started cannot have waited too long.
            let waiting = self.start(approved.terms().clone())?;
            let lost =
                || RunError::Io { attempt: "hold the code file", source: io::ErrorKind::TimedOut.into() };
            self.fill(waiting, &approved)?.ok_or_else(lost)?
        };
        watch.go(&code_file, approved.into_stdin())?;
        self.sweep_once();
        let outcome = watch.see_through(stop).await;
        if let Err(RunError::SetupFailed { .. } | RunError::InterpreterMissing { .. }) = &outcome {
            // It was there when it was looked for, and may have been replaced since.
            self.shared.interpreters.forget();
        }
        outcome
    }

    /// Gives a waiting interpreter its code. `None`: it has waited for so long that the kernel let it pass.
    fn fill(&self, waiting: Waiting, approved: &Approved) -> Result<Option<(Watch, CodeFile)>, RunError> {
        let Waiting { mut watch, file, unsaid, .. } = waiting;
        let Some(code_file) = file.fill(approved.code())? else { return Ok(None) };
        if let Some(worded) = unsaid {
            watch.request(&worded, &self.shared.null)?;
        }
        Ok(Some((watch, code_file)))
    }

    /// Looks for what hosts that were killed have left, once, beside the first run.
    fn sweep_once(&self) {
        if !self.shared.swept.swap(true, Ordering::Relaxed) {
            let shared = Arc::clone(&self.shared);
            drop(tokio::task::spawn_blocking(move || {
                sweep::sweep(Path::new(DIRECTORY), SWEEP);
                shared.launchers.sweep();
            }));
        }
    }
}

/// An interpreter that waits for its code.
#[derive(Debug)]
pub(crate) struct Waiting {
    watch: Watch,
    file: EmptyFile,
    /// What init was not told yet, because the interpreter would not wait: the file cannot be held closed.
    unsaid: Option<Worded>,
    terms: Terms,
}

impl Waiting {
    /// Whether these are the terms it was started on.
    pub(crate) fn is_on(&self, terms: &Terms) -> bool {
        self.terms == *terms
    }
}

#[cfg(test)]
impl Runner {
    /// Runs approved code to its end, on an interpreter that waits for it.
    async fn run(&self, approved: Approved) -> Result<Outcome, RunError> {
        let waiting = self.start(approved.terms().clone())?;
        self.run_until(Some(waiting), approved, std::future::pending()).await
    }
}

#[cfg(test)]
mod tests;
