//! Runs approved code in processes of its own, and says what came of it.
//!
//! Owns the way from an [`Approved`] to an [`Outcome`]: the code file, the interpreter, the streams, the deadline,
//! the end of every process. What happens inside the run's own processes is the init program's
//! (`code-execute-init`), which this module starts and talks to. It must never decide whether code may run, and
//! never word a result.
//!
//! One run, in time:
//! 1. [`Runner::prepare`] starts an init, which readies itself and waits. It knows nothing of the code yet.
//! 2. [`Prepared::run_until`] writes the code file, finds the interpreter and sends the request: the word "go".
//! 3. [`watch`] moves bytes until init says that all is over, or until the deadline; then everything is killed.
//!
//! # Security
//! Without a PID namespace a program of the same user can kill or stop the init program. The host then ends what
//! it still finds of the run ([`rescue`]) and reports [`RunError::InitLost`]; a daemon that left group and
//! streams behind can outlive that.

mod capture;
mod code_file;
mod control;
mod enforcement;
mod error;
mod image;
mod interpreter;
mod launch;
mod request;
mod rescue;
mod sweep;
mod watch;

use std::future::Future;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use self::code_file::CodeFile;
pub(crate) use self::error::RunError;
use self::interpreter::Interpreters;
use self::launch::Launched;
use self::watch::Watch;
use crate::Outcome;
use crate::review::Approved;

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
    /// The init program, sealed.
    image: OwnedFd,
    /// What a program reads that is given no input.
    null: OwnedFd,
    interpreters: Interpreters,
    swept: AtomicBool,
}

impl Runner {
    /// Makes the init program ready to be started.
    ///
    /// # Errors
    /// [`RunError::Init`] where the kernel refuses a memory file.
    pub(crate) fn new() -> Result<Self, RunError> {
        let image = image::seal(code_execute_artifacts::INIT).map_err(|source| RunError::Init { source })?;
        let null = std::fs::File::open("/dev/null")
            .map_err(|source| RunError::Io { attempt: "open `/dev/null`", source })?
            .into();
        let interpreters = Interpreters::default();
        Ok(Self { shared: Arc::new(Shared { image, null, interpreters, swept: AtomicBool::new(false) }) })
    }

    /// Starts an init that waits for a run. Dropping what this returns ends it.
    ///
    /// Worth calling before a review: starting a process takes longer than reading code.
    ///
    /// # Errors
    /// [`RunError::Init`] where no process can be started.
    ///
    /// # Panics
    /// Outside of a tokio runtime with its drivers on.
    pub(crate) fn prepare(&self) -> Result<Prepared, RunError> {
        let launched = launch::launch(&self.shared.image).map_err(|source| RunError::Init { source })?;
        Ok(Prepared { runner: self.clone(), launched })
    }

    /// Looks for files of hosts that were killed, once, beside the first run.
    fn sweep_once(&self) {
        if !self.shared.swept.swap(true, Ordering::Relaxed) {
            drop(tokio::task::spawn_blocking(|| sweep::sweep(Path::new(DIRECTORY), SWEEP)));
        }
    }
}

/// An init that waits for a run.
#[derive(Debug)]
pub(crate) struct Prepared {
    runner: Runner,
    launched: Launched,
}

impl Prepared {
    /// Runs approved code to its end, or until `stop` is ready: then everything is killed, and what was printed is
    /// kept, as at the deadline.
    ///
    /// Dropping the future kills every process of the run and removes its file.
    ///
    /// # Errors
    /// A [`RunError`] means that this program failed; how the code fared is always an [`Outcome`].
    pub(crate) async fn run_until(
        self,
        approved: Approved,
        stop: impl Future<Output = ()>,
    ) -> Result<Outcome, RunError> {
        let Self { runner, launched } = self;
        let shared = &runner.shared;
        let interpreter = shared.interpreters.find(approved.language(), approved.environment())?;
        let code_file = CodeFile::create(Path::new(DIRECTORY), approved.language(), approved.code())?;
        let request = request::build(&approved, &interpreter, &code_file)?;
        let watch = Watch::start(launched, &approved, &request, &code_file, &shared.null)?;
        runner.sweep_once();
        let outcome = watch.see_through(stop).await;
        if let Err(RunError::SetupFailed { .. } | RunError::InterpreterMissing { .. }) = &outcome {
            // It was there when it was looked for, and may have been replaced since.
            shared.interpreters.forget();
        }
        outcome
    }
}

#[cfg(test)]
impl Prepared {
    /// Runs approved code to its end.
    async fn run(self, approved: Approved) -> Result<Outcome, RunError> {
        self.run_until(approved, std::future::pending()).await
    }
}

#[cfg(test)]
mod tests;
