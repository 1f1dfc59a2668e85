//! What an operator configures, and the builder that checks it.

use std::path::PathBuf;
use std::sync::Arc;
use std::thread::available_parallelism;

use crate::ahead::{Ahead, Ready};
use crate::audit::Audit;
use crate::error::Error;
use crate::policy::{Cache, Current, Source, Sources};
use crate::request::{Request, in_range};
use crate::restriction::Restriction;
use crate::runner::Runner;
use crate::sandbox::containment::Containment;
use crate::terms::Terms;
use crate::{Executor, Grants, Isolation, Language, Limits, Network, Sandbox, Submission};

/// What holds for every submission of an executor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Configuration {
    pub(crate) language: Language,
    pub(crate) sandbox: Sandbox,
    pub(crate) limits: Limits,
    pub(crate) isolation: Isolation,
    pub(crate) grants: Arc<Grants>,
    pub(crate) max_timeout_seconds: u32,
    pub(crate) concurrency: usize,
    pub(crate) audit: Option<Arc<Audit>>,
    pub(crate) logged: bool,
    pub(crate) ahead: bool,
}

/// Builds an [`Executor`]. Every value has the default of the contract; a value out of range is an error of
/// [`build`](Builder::build).
#[derive(Debug, Clone)]
pub struct Builder {
    language: String,
    timeout_seconds: i64,
    max_timeout_seconds: i64,
    sandbox: bool,
    policies: Sources,
    limits: Limits,
    isolation: Isolation,
    grants: Grants,
    concurrency: Option<usize>,
    audit: Option<Audit>,
    logged: bool,
    ahead: bool,
    cache: Cache,
}

impl Default for Builder {
    fn default() -> Self {
        Self {
            language: Language::Python.name().to_owned(),
            timeout_seconds: i64::from(Limits::default().timeout_seconds),
            max_timeout_seconds: i64::from(*Limits::TIMEOUT_SECONDS.end()),
            sandbox: true,
            policies: Sources::default(),
            limits: Limits::default(),
            isolation: Isolation::default(),
            grants: Grants::default(),
            concurrency: None,
            audit: None,
            logged: true,
            ahead: true,
            cache: Cache::of_user(),
        }
    }
}

impl Builder {
    /// The language of submissions that name none: `python` (the default) or `bash`.
    #[must_use]
    pub fn language(mut self, name: impl Into<String>) -> Self {
        self.language = name.into();
        self
    }

    /// The deadline of submissions that name none, in seconds: 1 to 300, default 30.
    #[must_use]
    pub fn timeout_seconds(mut self, seconds: i64) -> Self {
        self.timeout_seconds = seconds;
        self
    }

    /// The longest deadline that a submission may ask for, in seconds: 1 to 300, default 300.
    #[must_use]
    pub fn max_timeout_seconds(mut self, seconds: i64) -> Self {
        self.max_timeout_seconds = seconds;
        self
    }

    /// Whether submissions are reviewed and confined; default true.
    ///
    /// # Security
    ///
    /// With `false`, code runs with the rights and the environment of this process.
    #[must_use]
    pub fn sandbox(mut self, on: bool) -> Self {
        self.sandbox = on;
        self
    }

    /// The policy: `default`, `balanced`, `none` (nothing is reviewed; the default policy words the results) or the
    /// path of a component; a [`Source`] also says what it is configured with, and pins it.
    #[must_use]
    pub fn policy(self, source: impl Into<Source>) -> Self {
        self.policies(Sources::from(source.into()))
    }

    /// Several policies that review one after the other: the strictest verdict counts.
    #[must_use]
    pub fn policies(mut self, policies: Sources) -> Self {
        self.policies = policies;
        self
    }

    /// The bounds on every run but its deadline, which is [`timeout_seconds`](Self::timeout_seconds).
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// The least confinement that a run may have; below it nothing runs. Default [`Isolation::Standard`].
    ///
    /// # Security
    ///
    /// [`Isolation::None`] is [`sandbox(false)`](Self::sandbox).
    #[must_use]
    pub fn isolation(mut self, level: Isolation) -> Self {
        self.isolation = level;
        self
    }

    /// What programs reach of networks. Default: nothing. A policy can lower it.
    #[must_use]
    pub fn network(mut self, network: Network) -> Self {
        self.grants.network = network;
        self
    }

    /// Lets programs read a file or a directory of the host's, under its own path: absolute and without a symbolic
    /// link in it.
    #[must_use]
    pub fn read(mut self, path: impl Into<PathBuf>) -> Self {
        self.grants.read.push(path.into());
        self
    }

    /// Lets programs read and write a file or a directory of the host's, as far as their user may.
    #[must_use]
    pub fn write(mut self, path: impl Into<PathBuf>) -> Self {
        self.grants.write.push(path.into());
        self
    }

    /// Gives programs a variable: with a value, or with this process's own where there is none.
    #[must_use]
    pub fn env(mut self, name: impl Into<String>, value: Option<String>) -> Self {
        self.grants.environment.push((name.into(), value));
        self
    }

    /// Has Python programs run in a virtual environment, which they may read.
    #[must_use]
    pub fn venv(mut self, path: impl Into<PathBuf>) -> Self {
        self.grants.venv = Some(path.into());
        self
    }

    /// How many programs run at the same time, at least 1; further submissions wait. Default: twice the
    /// processors.
    #[must_use]
    pub fn concurrency(mut self, programs: usize) -> Self {
        self.concurrency = Some(programs);
        self
    }

    /// Whether, from the second submission on, an interpreter is started ahead of the next one; default true. It waits
    /// for at most 30 seconds, in ten megabytes of memory, and takes the start out of the answer's time. Without the
    /// sandbox, and with [`Isolation::Minimal`], none is: there, programs are less apart from one another.
    #[must_use]
    pub fn ahead(mut self, ahead: bool) -> Self {
        self.ahead = ahead;
        self
    }

    /// Writes a line about every submission to a file, before it is answered. A submission whose line cannot be
    /// written gets no other answer than that.
    #[must_use]
    pub fn audit(mut self, audit: Audit) -> Self {
        self.audit = Some(audit);
        self
    }

    /// Writes no lines, neither for good nor for now: for programs of this program's own.
    pub(crate) fn unrecorded(mut self) -> Self {
        self.audit = None;
        self.logged = false;
        self
    }

    /// Where compiled policies are kept; by default the user's cache directory.
    #[must_use]
    pub fn cache(mut self, cache: Cache) -> Self {
        self.cache = cache;
        self
    }

    /// Checks every value, loads the policy and makes the executor.
    ///
    /// # Errors
    ///
    /// [`Error`] of the kind `Configuration` for a value out of range, `Policy` for a policy that does not load,
    /// `Runner` where this machine cannot start programs.
    pub fn build(self) -> Result<Executor, Error> {
        let configuration = self.configuration()?;
        let runner = runner(&configuration)?;
        let policies = Current::open(self.policies, self.cache).map_err(Error::policy)?;
        Ok(Executor::new(configuration, policies, runner, Ahead::default()))
    }

    /// Like [`build`](Self::build), where the first submission is known: an interpreter starts for it while the policy
    /// is loaded, and waits for the verdict. Saves a program that executes one submission a millisecond or two.
    ///
    /// # Errors
    ///
    /// As [`build`](Self::build). What is wrong with the submission is in its report.
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime with its drivers on.
    pub fn build_for(self, submission: &Submission) -> Result<Executor, Error> {
        let configuration = self.configuration()?;
        let runner = runner(&configuration)?;
        let request = Request::new(submission.clone(), &configuration).ok();
        // A guess that cannot be started is no error: the submission's own run says what is wrong.
        let ahead = request.and_then(|request| {
            let terms = Terms::new(&request, &Restriction::default());
            Some(Ahead::with(request.language, Ready::now(runner.start(terms).ok()?)))
        });
        let policies = Current::open(self.policies, self.cache).map_err(Error::policy)?;
        Ok(Executor::new(configuration, policies, runner, ahead.unwrap_or_default()))
    }

    /// Checks every value.
    pub(crate) fn configuration(&self) -> Result<Configuration, Error> {
        let language = Language::named(&self.language).ok_or_else(|| {
            Error::configuration(crate::InvalidRequest::Language { name: self.language.clone() })
        })?;
        let max_timeout_seconds =
            in_range("max_timeout_seconds", self.max_timeout_seconds, Limits::TIMEOUT_SECONDS)
                .map_err(Error::configuration)?;
        let timeout_seconds = in_range("timeout_seconds", self.timeout_seconds, 1..=max_timeout_seconds)
            .map_err(Error::configuration)?;
        let concurrency = self.concurrency.unwrap_or_else(|| {
            // Twice the processors: a program waits for its files and pipes about as long as it computes. Asked
            // only where it matters, because the answer is spread over several files of the control groups.
            2 * available_parallelism().map_or(2, std::num::NonZero::get)
        });
        in_range("concurrency", i64::try_from(concurrency).unwrap_or(i64::MAX), 1..=4_096)
            .map_err(Error::configuration)?;
        if let Some(audit) = &self.audit {
            audit.check_beside(&self.grants.write).map_err(Error::configuration)?;
        }
        Ok(Configuration {
            language,
            sandbox: if self.sandbox && self.isolation != Isolation::None {
                Sandbox::On
            } else {
                Sandbox::Off
            },
            limits: Limits { timeout_seconds, ..self.limits.clone() },
            isolation: self.isolation,
            grants: Arc::new(self.grants.clone()),
            max_timeout_seconds,
            concurrency,
            audit: self.audit.clone().map(Arc::new),
            logged: self.logged,
            ahead: self.ahead,
        })
    }
}

/// A runner that contains programs as configured.
fn runner(configuration: &Configuration) -> Result<Runner, Error> {
    let containment = Containment::new(configuration.isolation, &configuration.grants, &configuration.limits)
        .map_err(Error::configuration)?;
    Runner::new(containment).map_err(Error::runner)
}
