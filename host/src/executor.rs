//! The executor: the one place that orders the steps from a submission to its report.
//!
//! Command line, library and servers call it and nothing below it. It never decides what is forbidden and never
//! words an outcome: the policy does both.

use std::future::{Future, pending};
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

use tokio::sync::Semaphore;

use crate::ahead::{Ahead, Ready};
use crate::audit::{AuditError, Pending};
use crate::draft::Draft;
use crate::error::{Error, chain};
use crate::log::Logged;
use crate::policy::{Chain, Current, Sessions};
use crate::report::{Report, Status};
use crate::request::Request;
use crate::restriction::Restriction;
use crate::review::{self, Checked, Review};
use crate::runner::Runner;
use crate::terms::Terms;
use crate::{Configuration, Isolation, Sandbox, Submission};

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
    policies: Current,
    runner: Runner,
    places: Semaphore,
    guess: Mutex<Guess>,
    ahead: Ahead,
    /// Whether a submission was answered before: who hands in two hands in a third.
    resident: AtomicBool,
    /// Whether somebody looks after interpreters that nobody comes for.
    expiring: AtomicBool,
}

/// What the next submission will probably need.
#[derive(Debug, Default)]
struct Guess {
    /// What the policy answered last; a policy that answers the same for every submission is always guessed right.
    restriction: Restriction,
    /// What the last program ran on.
    terms: Option<Terms>,
}

impl Executor {
    /// Starts from the defaults: the embedded policy, Python, 30 seconds, sandbox on.
    pub fn builder() -> crate::Builder {
        crate::Builder::default()
    }

    pub(crate) fn new(configuration: Configuration, policies: Current, runner: Runner, ahead: Ahead) -> Self {
        let places = Semaphore::new(configuration.concurrency);
        Self {
            shared: Arc::new(Shared {
                configuration,
                policies,
                runner,
                places,
                guess: Mutex::default(),
                ahead,
                resident: AtomicBool::new(false),
                expiring: AtomicBool::new(false),
            }),
        }
    }

    /// The policies that review and word. A submission keeps those that there are when it is handed in.
    pub fn policies(&self) -> Chain {
        self.shared.policies.chain()
    }

    /// Loads the policies anew from where they came and puts them in the place of the old ones, all at once; returns
    /// whether they are others. Submissions that were handed in before keep the old ones to their end.
    ///
    /// Compiling a policy takes seconds: an asynchronous caller wants a thread for it.
    ///
    /// # Errors
    ///
    /// [`Error`] of the kind `Policy` for a policy that does not load. The old ones then stay.
    pub fn reload_policies(&self) -> Result<bool, Error> {
        self.shared.policies.reload().map_err(Error::policy)
    }

    /// Reloads the policies whenever a file of theirs changes, and tells what came of it. Never ends; files are
    /// looked at every `interval`.
    ///
    /// Cancel-safe: dropping the future leaves the policies as they are, the old or the new.
    pub async fn watch_policies(&self, interval: Duration, mut tell: impl FnMut(Result<bool, Error>)) {
        loop {
            tokio::time::sleep(interval).await;
            let executor = self.clone();
            if let Some(reloaded) = computing(move || executor.shared.policies.reload_changed()).await {
                tell(reloaded.map_err(Error::policy));
            }
        }
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

    /// Like [`execute`](Self::execute), but when `stop` is ready first, the submission is ended where it is: waiting,
    /// under review, or running. What the program has printed is kept; the report's status is `cancelled`.
    pub async fn execute_until(&self, submission: Submission, stop: impl Future<Output = ()>) -> Report {
        let started = Instant::now();
        let mut draft = Draft::default();
        let policies = self.policies();
        let mut sessions = policies.sessions();
        let audited = self.audited(&submission);
        let logged = self.shared.configuration.logged.then(|| Logged::new(&submission));
        match Request::new(submission, &self.shared.configuration) {
            _ if audited.is_err() => {}
            Ok(request) => {
                draft.language = request.language.name();
                draft.timeout_seconds = request.limits.timeout_seconds;
                draft.unreviewed = request.sandbox == Sandbox::Off;
                sessions = self.review_and_run(request, (&policies, sessions), pin!(stop), &mut draft).await;
            }
            Err(invalid) => draft.fail(Status::InvalidRequest, invalid.to_string()),
        }
        let report = self.word(draft, (&policies, sessions), started).await;
        let report = match audited {
            Ok(None) => report,
            Ok(Some(pending)) => computing(move || pending.write(report)).await,
            Err(error) => report.withheld(&error.to_string()),
        };
        if let Some(logged) = logged {
            logged.end(&report);
        }
        report
    }

    /// Begins the submission's line in the audit file, where there is one.
    fn audited(&self, submission: &Submission) -> Result<Option<Pending>, AuditError> {
        let configuration = &self.shared.configuration;
        let pending =
            configuration.audit.as_ref().map(|audit| Pending::new(audit, submission, configuration));
        pending.transpose()
    }

    /// What holds for every submission.
    pub(crate) fn configuration(&self) -> &Configuration {
        &self.shared.configuration
    }

    /// Whether anything reads the code of submissions before it runs.
    pub(crate) fn reviews(&self) -> bool {
        self.shared.configuration.sandbox == Sandbox::On && !self.policies().policies().is_empty()
    }

    /// Reviews a submission and runs nothing.
    pub(crate) async fn review(&self, submission: Submission) -> Result<Checked, String> {
        let request =
            Request::new(submission, &self.shared.configuration).map_err(|invalid| invalid.to_string())?;
        let chained = self.policies();
        let mut sessions = chained.sessions();
        let reviewed = computing(move || sessions.review(request.language.name(), &request.code));
        let (verdict, refusal) = reviewed.await.map_err(|error| chain(&error))?;
        Ok(Checked { verdict, refusal, policies: chained.identities() })
    }

    /// Waits for a place, then reviews and runs. Gives back who reviewed, to word what happened.
    async fn review_and_run(
        &self,
        request: Request,
        (policies, sessions): (&Chain, Sessions),
        mut stop: Pin<&mut impl Future<Output = ()>>,
        draft: &mut Draft,
    ) -> Sessions {
        let shared = &self.shared;
        let queued = Instant::now();
        let Some(place) = unless(stop.as_mut(), shared.places.acquire()).await else {
            draft.cancel();
            return sessions;
        };
        draft.queue = queued.elapsed();
        let Ok(_place) = place else {
            draft.fail(Status::SandboxError, "the executor is closed".to_owned());
            return sessions;
        };
        // An interpreter starts while the policy reads: it takes much longer, and opens its file last.
        let waiting = self.waiting(&request);
        let reviewing = Instant::now();
        let review = computing(move || {
            let mut sessions = sessions;
            let review = review::review(&mut sessions, request);
            sessions.slim();
            (review, sessions)
        });
        let Some((review, sessions)) = unless(stop.as_mut(), review).await else {
            draft.cancel();
            return policies.sessions();
        };
        draft.review = reviewing.elapsed();
        let Review { verdict, approved, restriction } = match review {
            Ok(review) => review,
            Err(error) => {
                let detail = format!("{}; the code was not run", chain(&error));
                draft.fail(review::status(&error), detail);
                return sessions;
            }
        };
        draft.verdict = verdict;
        let (Some(approved), Some(restriction)) = (approved, restriction) else {
            draft.reject();
            self.give_back(waiting);
            return sessions;
        };
        *self.guess() = Guess { restriction, terms: Some(approved.terms().plain()) };
        let limits = approved.terms().limits.clone();
        draft.timeout_seconds = limits.timeout_seconds;
        match shared.runner.run_until(waiting.map(Ready::serve), approved, stop).await {
            Ok(outcome) => draft.finish(outcome, &limits),
            Err(error) => draft.fail(Status::SandboxError, chain(&error)),
        }
        sessions
    }

    /// An interpreter for a request, on the terms that the policy will probably want. Where none can be started,
    /// the run that needs one says why.
    fn waiting(&self, request: &Request) -> Option<Ready> {
        let terms = Terms::new(request, &self.guess().restriction);
        self.shared.ahead.take(&terms).or_else(|| self.shared.runner.start(terms).ok().map(Ready::now))
    }

    /// Keeps an interpreter whose submission was refused for the next one: it has read nothing.
    fn give_back(&self, waiting: Option<Ready>) {
        let terms = self.guess().terms.clone();
        if let (Some(terms), Some(waiting)) = (terms, waiting)
            && self.starts_ahead()
        {
            self.shared.ahead.give_back(&terms, waiting);
            self.expire_ahead();
        }
    }

    /// Whether interpreters wait for submissions that have not come: not where they would see each other.
    fn starts_ahead(&self) -> bool {
        let Configuration { ahead, sandbox, isolation, .. } = &self.shared.configuration;
        *ahead && *sandbox == Sandbox::On && *isolation != Isolation::Minimal
    }

    /// Starts an interpreter for a submission that is like the last one, where none waits for it.
    fn start_ahead(&self) {
        let Shared { runner, ahead, .. } = &*self.shared;
        let Some(terms) = self.guess().terms.clone() else { return };
        let language = terms.language;
        if !self.starts_ahead() || !ahead.claim(language) {
            return;
        }
        // One that cannot be started is missed by nobody: the run that needs one says why.
        ahead.put(language, runner.start(terms).ok().map(Ready::now));
        self.expire_ahead();
    }

    /// Ends interpreters that nobody came for, on a task that ends with the last of them.
    fn expire_ahead(&self) {
        if self.shared.expiring.swap(true, Ordering::Relaxed) {
            return;
        }
        let expiring = Expiring(Arc::downgrade(&self.shared));
        tokio::spawn(async move {
            while let Some(again) = expiring.0.upgrade().and_then(|shared| shared.ahead.expire()) {
                tokio::time::sleep(again).await;
            }
        });
    }

    fn guess(&self) -> std::sync::MutexGuard<'_, Guess> {
        self.shared.guess.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Has the formatter word the draft and makes it a report.
    async fn word(
        &self,
        draft: Draft,
        (policies, mut sessions): (&Chain, Sessions),
        started: Instant,
    ) -> Report {
        let formatting = Instant::now();
        let (draft, formatted, sessions) = computing(move || {
            let formatted = draft.word(&mut sessions);
            (draft, formatted, sessions)
        })
        .await;
        let report = draft.report(formatted, policies, formatting.elapsed(), started.elapsed());
        if self.shared.resident.swap(true, Ordering::Relaxed) {
            let (policies, executor) = (policies.clone(), self.clone());
            let _nobody_waits = tokio::task::spawn_blocking(move || {
                // Giving back the memory of an interpreter inside a component takes half a millisecond.
                drop(sessions);
                executor.start_ahead();
                policies.prepare();
            });
        }
        report
    }
}

/// Somebody looks after interpreters that nobody comes for, until this is dropped: also with the runtime.
#[derive(Debug)]
struct Expiring(Weak<Shared>);

impl Drop for Expiring {
    fn drop(&mut self) {
        if let Some(shared) = self.0.upgrade() {
            shared.expiring.store(false, Ordering::Relaxed);
        }
    }
}

/// Waits for `work`; `None` where `stop` is ready first.
async fn unless<T>(stop: Pin<&mut impl Future<Output = ()>>, work: impl Future<Output = T>) -> Option<T> {
    tokio::select! {
        biased;
        value = work => Some(value),
        () = stop => None,
    }
}

/// Has a policy compute, on a thread where it holds up no other task: a policy may take seconds.
async fn computing<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match tokio::task::spawn_blocking(work).await {
        Ok(value) => value,
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}
