//! How this program says that it failed: the chain of causes, one a line, and one `hint:` line.

use std::error::Error;
use std::fmt::Write as _;

use code_execute::ErrorKind;
use code_execute::policy::PolicyError;

use super::terminal::{self, HINT, WRONG, visible};

/// A failure of this program, in words.
#[derive(Debug)]
pub(crate) struct Failure {
    what: String,
    causes: Vec<String>,
    hint: Option<String>,
    contract: bool,
}

impl Failure {
    /// Says what was attempted, with the value.
    pub(crate) fn new(what: impl Into<String>) -> Self {
        Self { what: what.into(), causes: Vec::new(), hint: None, contract: false }
    }

    /// Adds an error and its own causes.
    pub(crate) fn because(mut self, error: &dyn Error) -> Self {
        let mut next = Some(error);
        while let Some(error) = next {
            self.causes.push(error.to_string());
            next = error.source();
        }
        self
    }

    /// Says what failed and why, from the outermost error to the innermost.
    pub(crate) fn from_chain<'a>(chain: impl Iterator<Item = &'a (dyn Error + 'static)>) -> Self {
        let mut words = chain.map(ToString::to_string);
        let what = words.next().unwrap_or_default();
        Self { causes: words.collect(), ..Self::new(what) }
    }

    /// Adds the way out.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// A message in the contract's words: `Error: ` and one line.
    pub(crate) fn contract(what: impl Into<String>) -> Self {
        Self { contract: true, ..Self::new(what) }
    }

    /// The message and its causes in one line, without the hint.
    pub(crate) fn line(&self) -> String {
        std::iter::once(&self.what).chain(&self.causes).map(String::as_str).collect::<Vec<_>>().join(": ")
    }

    /// Prints it to standard error.
    pub(crate) fn print(&self) {
        let prefix = if self.contract { "Error:" } else { "error:" };
        let mut text = format!("{WRONG}{prefix}{WRONG:#} {}\n", visible(&self.what));
        for cause in &self.causes {
            let _infallible = writeln!(text, "  caused by: {}", visible(cause));
        }
        if let Some(hint) = &self.hint {
            let _infallible = writeln!(text, "{HINT}hint:{HINT:#} {}", visible(hint));
        }
        terminal::complain(&text);
    }
}

impl From<&PolicyError> for Failure {
    fn from(error: &PolicyError) -> Self {
        let mut failure = if let PolicyError::Configuration { name, problems } = error {
            // One line a problem: a configuration is mended with all of them in sight.
            let causes = problems.iter().map(ToString::to_string).collect();
            Self { causes, ..Self::new(format!("the policy `{name}` does not take its configuration")) }
        } else {
            Self::new(error.to_string())
        };
        if let Some(source) = error.source() {
            failure = failure.because(source);
        }
        failure.hint = policy_hint(error).map(str::to_owned);
        failure
    }
}

impl From<PolicyError> for Failure {
    fn from(error: PolicyError) -> Self {
        Self::from(&error)
    }
}

impl From<code_execute::Error> for Failure {
    fn from(error: code_execute::Error) -> Self {
        let Some(source) = error.source() else { return Self::new(error.to_string()) };
        if let Some(policy) = source.downcast_ref::<PolicyError>() {
            return Self::from(policy);
        }
        if error.kind() == ErrorKind::Configuration {
            return Self::contract(source.to_string());
        }
        Self::new(error.to_string())
            .because(source)
            .hint("`code-execute doctor` says what this machine can do")
    }
}

/// The way out of a policy that cannot be used.
fn policy_hint(error: &PolicyError) -> Option<&'static str> {
    match error {
        PolicyError::NotAComponent { .. } => Some(
            "give a component that exports `code-execute:policy`; `wasm-tools component new` wraps a core module",
        ),
        PolicyError::Imports { .. } => Some(
            "build it without WASI, for example for `wasm32-unknown-unknown`; docs/policy-interface.md says how",
        ),
        PolicyError::Version { .. } => Some("build the policy against this version's `wit` directory"),
        PolicyError::Interface { .. } => Some("a policy exports the world `policy` of the `wit` directory"),
        PolicyError::Unreadable { what: "policy", .. } => {
            Some("give `default`, `balanced`, `none` or the path of a component")
        }
        PolicyError::Preconfigured { .. } => {
            Some("write `base = \"balanced\"` in the configuration, and give it to `default`")
        }
        PolicyError::NotConfigurable { .. } => {
            Some("the policy `default` takes one; docs/policy-configuration.md says what it may hold")
        }
        PolicyError::Configuration { .. } => Some("docs/policy-configuration.md says what it may hold"),
        PolicyError::Pinned { .. } => {
            Some("`sha256sum` says the hash of a file; was the right policy built?")
        }
        PolicyError::Unknown { .. }
        | PolicyError::Unreadable { .. }
        | PolicyError::NotAHash { .. }
        | PolicyError::LongConfiguration { .. }
        | PolicyError::Chain { .. }
        | PolicyError::Trapped { .. }
        | PolicyError::Exhausted { .. }
        | PolicyError::Malformed { .. }
        | PolicyError::Engine { .. }
        | _ => None,
    }
}
