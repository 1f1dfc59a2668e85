//! Policies: components that judge code and word what happened.
//!
//! A [`Policy`] is compiled once and asked often. Every submission gets a fresh instance ([`session`]) with a fresh
//! [`Budget`], so that no answer depends on an earlier submission. This module never decides what a verdict means,
//! and nothing of wasmtime leaves it.

mod bindings;
mod cache;
mod chain;
mod conformance;
mod convert;
mod current;
mod engine;
mod error;
mod load;
mod session;
mod source;
mod spare;

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use wasmtime::Engine;
use wasmtime::component::InstancePre;

use bindings::{configuration, formatter, restrictions, scanner};
pub(crate) use chain::Sessions;
pub(crate) use convert::Wording;
pub(crate) use current::Current;
use engine::Meter;
use session::Session;
use spare::Spare;

pub use cache::Cache;
pub use chain::{Chain, Sources};
pub use conformance::Conformance;
pub use engine::Budget;
pub use error::{PolicyError, Problem};
pub use source::Source;

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
    configuration: Option<configuration::GuestIndices>,
    /// What every instance is told before it is asked anything.
    configured_with: Option<Arc<str>>,
    identity: Identity,
    origin: String,
    budget: Budget,
    interfaces: Vec<String>,
    size_bytes: usize,
    compiled: bool,
    spare: Spare,
}

/// The package of interfaces that this host speaks with policies, with its version.
pub const INTERFACE: &str = "code-execute:policy@0.1.1";

/// Which policy it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Identity {
    /// The name that the policy gives itself.
    pub name: String,
    /// Its own version.
    pub version: String,
    /// The SHA-256 of the component, in lower-case hexadecimal.
    pub sha256: String,
    /// The SHA-256 of what it is configured with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub configuration_sha256: Option<String>,
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
        self.session().describe()
    }

    /// Asks the policy what it finds in `code`.
    ///
    /// # Errors
    ///
    /// Any of the errors that name a function: the code must not run then.
    pub fn scan(&self, language: &str, code: &str) -> Result<Vec<Violation>, PolicyError> {
        self.session().scan(language, code)
    }

    /// Asks the policy what `code` should run under; a policy without `restrictions` gets the contract's answer.
    ///
    /// # Errors
    ///
    /// Any of the errors that name a function: the code must not run then.
    pub fn restrict(&self, language: &str, code: &str) -> Result<Restriction, PolicyError> {
        self.session().restrict(language, code).map(Option::unwrap_or_default)
    }

    /// Makes an instance for the next submission ahead of it.
    fn prepare(&self) {
        self.inner.spare.fill(&self.inner);
    }

    /// Starts a conversation about one submission.
    fn session(&self) -> Session {
        Session::new(Arc::clone(&self.inner))
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
