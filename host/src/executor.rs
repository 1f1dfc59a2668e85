//! The executor: the one place that orders the steps from a submission to its report.
//!
//! Command line, library and servers call it and nothing below it. It never decides what is forbidden and never
//! words an outcome: the policy does both.

use std::future::{Future, pending};
use std::sync::Arc;
use std::time::Instant;

use tokio::sync::Semaphore;

use crate::draft::Draft;
use crate::error::{Error, chain};
use crate::policy::Policy;
use crate::report::{Report, Status};
use crate::request::Request;
use crate::review::{self, Review};
use crate::runner::Runner;
use crate::{Configuration, Submission};

/// Reviews, runs and reports. Cheap to clone; every clone shares one queue.
///
/// # Examples
///
/// ```no_run
/// # async fn example() -> Result<(), code_execute::Error> {
/// use code_execute::{Executor, Submission};
///
/// let executor = Executor::builder().timeout_seconds(5).build()?;
/// let report = executor.execute(Submission::new("print(6 * 7)")).await;
/// assert_eq!(report.text, "stdout:\n42\nexit_code: 0\nresult: 42");
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Executor {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    configuration: Configuration,
    policy: Policy,
    runner: Runner,
    places: Semaphore,
}

impl Executor {
    /// Starts from the defaults: the embedded policy, Python, 30 seconds, sandbox on.
    pub fn builder() -> crate::Builder {
        crate::Builder::default()
    }

    pub(crate) fn new(configuration: Configuration, policy: Policy) -> Result<Self, Error> {
        let places = Semaphore::new(configuration.concurrency);
        let runner = Runner::new().map_err(Error::runner)?;
        Ok(Self { shared: Arc::new(Shared { configuration, policy, runner, places }) })
    }

    /// The policy that reviews and words.
    pub fn policy(&self) -> &Policy {
        &self.shared.policy
    }

    /// Reviews a submission, runs it if the policy allows, and reports.
    ///
    /// There is a report for every submission: an invalid one, a rejected one and a failure of this program are
    /// statuses, not errors.
    ///
    /// Cancel-safe: dropping the future kills every process of the run and removes its files.
    pub async fn execute(&self, submission: Submission) -> Report {
        self.execute_until(submission, pending()).await
    }

    /// Like [`execute`](Self::execute), but when `stop` is ready first, the run is ended, keeping what the program
    /// has printed: the report's status is `cancelled`.
    pub async fn execute_until(&self, submission: Submission, stop: impl Future<Output = ()>) -> Report {
        let started = Instant::now();
        let mut draft = Draft::default();
        match Request::new(submission, &self.shared.configuration) {
            Ok(request) => {
                draft.language = request.language.name();
                draft.timeout_seconds = request.limits.timeout_seconds;
                self.review_and_run(request, stop, &mut draft).await;
            }
            Err(invalid) => draft.fail(Status::InvalidRequest, invalid.to_string()),
        }
        self.word(draft, started).await
    }

    /// Waits for a place, then reviews and runs.
    async fn review_and_run(&self, request: Request, stop: impl Future<Output = ()>, draft: &mut Draft) {
        let queued = Instant::now();
        let Ok(_place) = self.shared.places.acquire().await else {
            return draft.fail(Status::SandboxError, "the executor is closed".to_owned());
        };
        draft.queue = queued.elapsed();
        // Starting a process takes longer than reading code: the init program starts while the policy reads.
        let prepared = match self.shared.runner.prepare() {
            Ok(prepared) => prepared,
            Err(error) => return draft.fail(Status::SandboxError, chain(&error)),
        };
        let reviewing = Instant::now();
        let policy = self.shared.policy.clone();
        let configuration = self.shared.configuration.clone();
        let bytes = request.code.len();
        let review = computing(bytes, move || review::review(&policy, &configuration, request)).await;
        draft.review = reviewing.elapsed();
        let Review { verdict, approved } = match review {
            Ok(review) => review,
            Err(error) => {
                let detail = format!("{}; the code was not run", chain(&error));
                return draft.fail(review::status(&error), detail);
            }
        };
        draft.verdict = verdict;
        let Some(approved) = approved else { return draft.reject() };
        let limits = approved.limits().clone();
        draft.timeout_seconds = limits.timeout_seconds;
        match prepared.run_until(approved, stop).await {
            Ok(outcome) => draft.finish(outcome, &limits),
            Err(error) => draft.fail(Status::SandboxError, chain(&error)),
        }
    }

    /// Has the policy word the draft and makes it a report.
    async fn word(&self, draft: Draft, started: Instant) -> Report {
        let formatting = Instant::now();
        let policy = self.shared.policy.clone();
        let (draft, formatted) = computing(draft.output_bytes(), move || {
            let formatted = draft.word(&policy);
            (draft, formatted)
        })
        .await;
        let reviews = self.shared.configuration.reviews();
        draft.report(
            formatted,
            self.shared.policy.identity(),
            reviews,
            formatting.elapsed(),
            started.elapsed(),
        )
    }
}

/// From this size on, what a policy computes is handed to another thread: below it, the handing over takes as long
/// as the computing, a third of a millisecond.
const LARGE: usize = 8 << 10;

/// Has a policy compute about `bytes` bytes where that holds up no other task for long.
async fn computing<T: Send + 'static>(bytes: usize, work: impl FnOnce() -> T + Send + 'static) -> T {
    if bytes < LARGE {
        return work();
    }
    match tokio::task::spawn_blocking(work).await {
        Ok(value) => value,
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}
