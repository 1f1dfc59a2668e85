//! Policies: components that judge code and word what happened.
//!
//! A [`Policy`] is compiled once and asked often. Every question gets a fresh instance with a fresh [`Budget`],
//! so that no answer depends on an earlier one. This module never decides what a verdict means, and nothing of
//! wasmtime leaves it.

mod bindings;
mod cache;
mod convert;
mod engine;
mod error;
mod load;

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use wasmtime::component::InstancePre;
use wasmtime::{Engine, Store, Trap};

use bindings::{formatter, restrictions, scanner};
pub(crate) use convert::Wording;
use engine::Meter;

pub use cache::Cache;
pub use engine::Budget;
pub use error::PolicyError;

use crate::restriction::Restriction;
use crate::verdict::Violation;

/// A loaded policy. Cheap to clone.
#[derive(Clone)]
pub struct Policy {
    inner: Arc<Inner>,
}

#[derive(Clone)]
struct Inner {
    engine: Engine,
    pre: InstancePre<Meter>,
    scanner: scanner::GuestIndices,
    formatter: formatter::GuestIndices,
    restrictions: Option<restrictions::GuestIndices>,
    identity: Identity,
    origin: String,
    budget: Budget,
    interfaces: Vec<String>,
    size_bytes: usize,
    compiled: bool,
}

/// The package of interfaces that this host speaks with policies, with its version.
pub const INTERFACE: &str = "code-execute:policy@0.1.0";

/// Which policy it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// The name that the policy gives itself.
    pub name: String,
    /// Its own version.
    pub version: String,
    /// The SHA-256 of the component, in lower-case hexadecimal.
    pub sha256: String,
}

/// What a policy says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Description {
    /// The policy's name.
    pub name: String,
    /// Its own version.
    pub version: String,
    /// What it is for, in a sentence.
    pub summary: String,
    /// Its rules.
    pub rules: Vec<Rule>,
}

/// One forbidden or suspicious construct, as a policy describes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Rule {
    /// Stable, kebab-case.
    pub id: String,
    /// The language it reads.
    pub language: String,
    /// `forbidden` or `suspicious`.
    pub severity: String,
    /// What it finds, in a few words.
    pub title: String,
    /// Why that is not allowed.
    pub reason: String,
    /// What to do instead.
    pub remedy: String,
    /// Programs in which it finds something.
    pub matches: Vec<String>,
    /// Programs in which it finds nothing.
    pub non_matches: Vec<String>,
}

/// An outcome as a policy words it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Formatted {
    /// What the model reads.
    pub text: String,
    /// The program's result as one JSON text.
    pub result: Option<String>,
}

impl std::fmt::Debug for Policy {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Policy").field("identity", &self.inner.identity).finish_non_exhaustive()
    }
}

impl Policy {
    /// Which policy it is.
    pub fn identity(&self) -> &Identity {
        &self.inner.identity
    }

    /// The interfaces of the contract that it exports, with their versions.
    pub fn interfaces(&self) -> &[String] {
        &self.inner.interfaces
    }

    /// The size of the component in bytes.
    pub fn size_bytes(&self) -> usize {
        self.inner.size_bytes
    }

    /// Whether loading compiled it, as opposed to mapping what a [`Cache`] had kept.
    pub fn was_compiled(&self) -> bool {
        self.inner.compiled
    }

    /// The same policy with another budget.
    #[must_use]
    pub fn with_budget(self, budget: Budget) -> Self {
        let inner = Inner { budget, ..Arc::unwrap_or_clone(self.inner) };
        Self { inner: Arc::new(inner) }
    }

    /// Asks the policy to describe itself.
    ///
    /// # Errors
    ///
    /// [`PolicyError::Trapped`] or [`PolicyError::Exhausted`].
    pub fn describe(&self) -> Result<Description, PolicyError> {
        let call = Call { policy: &self.inner, function: "describe" };
        let description = call.make(0, |store, instance| {
            self.inner.scanner.load(&mut *store, instance)?.call_describe(store)
        })?;
        Ok(description.into())
    }

    /// Asks the policy what it finds in `code`.
    ///
    /// # Errors
    ///
    /// Any of the errors that name a function: the code must not run then.
    pub fn scan(&self, language: &str, code: &str) -> Result<Vec<Violation>, PolicyError> {
        let call = Call { policy: &self.inner, function: "scan" };
        let submission = scanner::Submission {
            language: language.to_owned(),
            code: code.to_owned(),
            attributes: Vec::new(),
        };
        let found = call.make(code.len(), |store, instance| {
            self.inner.scanner.load(&mut *store, instance)?.call_scan(store, &submission)
        })?;
        convert::violations(found, code).map_err(|problem| call.malformed(problem))
    }

    /// Asks the policy what `code` should run under; a policy without `restrictions` gets the contract's answer.
    ///
    /// # Errors
    ///
    /// Any of the errors that name a function: the code must not run then.
    pub fn restrict(&self, language: &str, code: &str) -> Result<Restriction, PolicyError> {
        let Some(indices) = &self.inner.restrictions else {
            return Ok(Restriction::default());
        };
        let call = Call { policy: &self.inner, function: "restrict" };
        let submission = restrictions::Submission {
            language: language.to_owned(),
            code: code.to_owned(),
            attributes: Vec::new(),
        };
        let answer = call.make(code.len(), |store, instance| {
            indices.load(&mut *store, instance)?.call_restrict(store, &submission)
        })?;
        convert::restriction(answer).map_err(|problem| call.malformed(problem))
    }

    /// Asks the policy to word an outcome.
    pub(crate) fn format(&self, wording: &Wording<'_>) -> Result<Formatted, PolicyError> {
        let call = Call { policy: &self.inner, function: "format" };
        let outcome = convert::outcome(wording);
        let bytes = outcome.stdout.head.len() + outcome.stderr.head.len();
        let formatter::Formatted { text, result } = call.make(bytes, |store, instance| {
            self.inner.formatter.load(&mut *store, instance)?.call_format(store, &outcome)
        })?;
        if text.is_empty() {
            return Err(call.malformed("the text is empty".to_owned()));
        }
        Ok(Formatted { text, result })
    }
}

/// One question to a policy.
struct Call<'a> {
    policy: &'a Inner,
    function: &'static str,
}

impl Call<'_> {
    /// Makes an instance, asks it, and drops it. `bytes` is the size of what it is asked about.
    fn make<T>(
        &self,
        bytes: usize,
        ask: impl FnOnce(&mut Store<Meter>, &wasmtime::component::Instance) -> Result<T, wasmtime::Error>,
    ) -> Result<T, PolicyError> {
        let mut store = engine::store(&self.policy.engine, self.policy.budget, bytes)
            .map_err(|error| PolicyError::Engine { source: error.into() })?;
        let answer = self.policy.pre.instantiate(&mut store).and_then(|instance| ask(&mut store, &instance));
        answer.map_err(|error| self.failed(error, store.data().refused()))
    }

    /// Says why a call failed. A refusal of memory shows as some trap of the guest's own choosing.
    fn failed(&self, error: wasmtime::Error, memory_refused: bool) -> PolicyError {
        let resource = match error.downcast_ref::<Trap>() {
            Some(Trap::OutOfFuel) => Some("instructions"),
            Some(Trap::StackOverflow) => Some("stack"),
            _ if memory_refused => Some("memory"),
            _ => None,
        };
        let (name, function) = (self.policy.origin.clone(), self.function);
        match resource {
            Some(resource) => PolicyError::Exhausted { name, function, resource },
            None => PolicyError::Trapped { name, function, source: error.into() },
        }
    }

    fn malformed(&self, problem: String) -> PolicyError {
        PolicyError::Malformed { name: self.policy.origin.clone(), function: self.function, problem }
    }
}

impl From<scanner::Description> for Description {
    fn from(described: scanner::Description) -> Self {
        let scanner::Description { name, version, summary, rules } = described;
        Self { name, version, summary, rules: rules.into_iter().map(Rule::from).collect() }
    }
}

impl From<scanner::Rule> for Rule {
    fn from(described: scanner::Rule) -> Self {
        let scanner::Rule { id, language, severity, title, reason, remedy, matches, non_matches } = described;
        Self { id, language, severity, title, reason, remedy, matches, non_matches }
    }
}
