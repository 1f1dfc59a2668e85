//! Questions to a policy about one submission.
//!
//! A session asks one instance: what a policy says of a submission may depend on what it said of it before, and on
//! nothing else. Every question has its own budget of instructions; memory is counted for all of them together.

use std::sync::Arc;

use wasmtime::component::Instance;
use wasmtime::{Store, Trap};

use super::bindings::{configuration, formatter, restrictions, scanner};
use super::convert::{self, Wording};
use super::engine::{self, Meter};
use super::{Description, Formatted, Inner, PolicyError, Problem};
use crate::restriction::Restriction;
use crate::verdict::Violation;

/// An instance that has more memory than this is not kept for a later question, which may come after minutes: the
/// default policy has a quarter of it when it has read 64 KiB.
const MOST_KEPT_BYTES: usize = 16 << 20;

/// At most this many problems of a configuration are shown.
const MOST_PROBLEMS: usize = 100;

/// One submission's conversation with a policy.
pub(super) struct Session {
    policy: Arc<Inner>,
    live: Option<Live>,
}

/// An instance and its store.
pub(super) struct Live {
    pub(super) store: Store<Meter>,
    pub(super) instance: Instance,
}

impl std::fmt::Debug for Session {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Session").field("policy", &self.policy.identity).finish_non_exhaustive()
    }
}

impl Session {
    pub(super) fn new(policy: Arc<Inner>) -> Self {
        Self { policy, live: None }
    }

    /// Lets go of the instance where it holds much memory; the next question then gets a new one.
    pub(super) fn slim(&mut self) {
        self.live.take_if(|live| live.store.data().used() > MOST_KEPT_BYTES);
    }

    /// Asks the policy to describe itself.
    pub(super) fn describe(&mut self) -> Result<Description, PolicyError> {
        let indices = self.policy.scanner.clone();
        let description = self.ask("describe", 0, |live| {
            indices.load(&mut live.store, &live.instance)?.call_describe(&mut live.store)
        })?;
        Ok(description.into())
    }

    /// Asks the policy what it finds in `code`.
    pub(super) fn scan(&mut self, language: &str, code: &str) -> Result<Vec<Violation>, PolicyError> {
        let submission = scanner::Submission {
            language: language.to_owned(),
            code: code.to_owned(),
            attributes: Vec::new(),
        };
        let indices = self.policy.scanner.clone();
        let found = self.ask("scan", code.len(), |live| {
            indices.load(&mut live.store, &live.instance)?.call_scan(&mut live.store, &submission)
        })?;
        let policy = self.policy.identity.name.as_str();
        convert::violations(found, policy, code).map_err(|problem| self.malformed("scan", problem))
    }

    /// Asks the policy what `code` should run under; a policy without `restrictions` has no opinion.
    pub(super) fn restrict(
        &mut self,
        language: &str,
        code: &str,
    ) -> Result<Option<Restriction>, PolicyError> {
        let Some(indices) = self.policy.restrictions.clone() else { return Ok(None) };
        let submission = restrictions::Submission {
            language: language.to_owned(),
            code: code.to_owned(),
            attributes: Vec::new(),
        };
        let answer = self.ask("restrict", code.len(), |live| {
            indices.load(&mut live.store, &live.instance)?.call_restrict(&mut live.store, &submission)
        })?;
        let restriction = convert::restriction(answer);
        restriction.map(Some).map_err(|problem| self.malformed("restrict", problem))
    }

    /// Asks the policy to word an outcome.
    pub(super) fn format(&mut self, wording: &Wording<'_>) -> Result<Formatted, PolicyError> {
        let outcome = convert::outcome(wording);
        let indices = self.policy.formatter.clone();
        let bytes = outcome.stdout.head.len() + outcome.stderr.head.len();
        let formatter::Formatted { text, result } = self.ask("format", bytes, |live| {
            indices.load(&mut live.store, &live.instance)?.call_format(&mut live.store, &outcome)
        })?;
        if text.is_empty() {
            return Err(self.malformed("format", "the text is empty".to_owned()));
        }
        Ok(Formatted { text, result })
    }

    /// Asks one question about `bytes` bytes. An instance that failed is not asked again.
    fn ask<T>(
        &mut self,
        function: &'static str,
        bytes: usize,
        question: impl FnOnce(&mut Live) -> Result<T, wasmtime::Error>,
    ) -> Result<T, PolicyError> {
        let failed = |error, refused| failed(&self.policy, function, error, refused);
        let kept = self.live.take().or_else(|| self.policy.spare.take());
        let mut live = match kept {
            Some(live) => live,
            None => Live::new(&self.policy)?,
        };
        engine::refuel(&mut live.store, self.policy.budget, bytes).map_err(|error| failed(error, false))?;
        let answer = question(&mut live).map_err(|error| failed(error, live.store.data().refused()))?;
        self.live = Some(live);
        Ok(answer)
    }

    fn malformed(&self, function: &'static str, problem: String) -> PolicyError {
        PolicyError::Malformed { name: self.policy.origin.clone(), function, problem }
    }
}

impl Live {
    /// Makes an instance, which takes the configuration, if there is one, before anything else.
    pub(super) fn new(policy: &Inner) -> Result<Self, PolicyError> {
        let configuration = policy.configured_with.as_deref().unwrap_or_default();
        let mut store = engine::store(&policy.engine, policy.budget, configuration.len())
            .map_err(|error| PolicyError::Engine { source: error.into() })?;
        let instance = policy.pre.instantiate(&mut store);
        let instance = instance.map_err(|error| failed(policy, "start", error, store.data().refused()))?;
        let mut live = Self { store, instance };
        let (Some(text), Some(indices)) = (&policy.configured_with, &policy.configuration) else {
            return Ok(live);
        };
        let problems = indices
            .load(&mut live.store, &live.instance)
            .and_then(|guest| guest.call_configure(&mut live.store, text))
            .map_err(|error| failed(policy, "configure", error, live.store.data().refused()))?;
        if problems.is_empty() {
            return Ok(live);
        }
        let problems = problems.into_iter().take(MOST_PROBLEMS).map(Problem::from).collect();
        Err(PolicyError::Configuration { name: policy.origin.clone(), problems })
    }
}

/// Says why a question failed. A refusal of memory shows as some trap of the guest's own choosing.
fn failed(
    policy: &Inner,
    function: &'static str,
    error: wasmtime::Error,
    memory_refused: bool,
) -> PolicyError {
    let resource = match error.downcast_ref::<Trap>() {
        Some(Trap::OutOfFuel) => Some("instructions"),
        Some(Trap::StackOverflow) => Some("stack"),
        _ if memory_refused => Some("memory"),
        _ => None,
    };
    let name = policy.origin.clone();
    match resource {
        Some(resource) => PolicyError::Exhausted { name, function, resource },
        None => PolicyError::Trapped { name, function, source: error.into() },
    }
}

impl From<configuration::Problem> for Problem {
    fn from(problem: configuration::Problem) -> Self {
        let configuration::Problem { line, column, message } = problem;
        Self { line, column, message }
    }
}
