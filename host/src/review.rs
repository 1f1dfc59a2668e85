//! Review: the one place where an [`Approved`] is made.

use crate::policy::{Policy, PolicyError};
use crate::report::Status;
use crate::request::Request;
use crate::restriction::{Ceilings, Restriction};
use crate::verdict::Verdict;
use crate::{Configuration, Language, Limits, Sandbox};

/// Proof that a submission was reviewed and may run, with the conditions it runs under.
///
/// `Runner::run` takes nothing else, so that code which was not reviewed cannot be run, by type.
#[derive(Debug)]
#[must_use = "approved code does nothing until it is run"]
pub(crate) struct Approved {
    language: Language,
    code: String,
    stdin: Option<Vec<u8>>,
    arguments: Vec<String>,
    environment: Vec<(String, String)>,
    limits: Limits,
    sandbox: Sandbox,
}

/// What a review came to.
#[derive(Debug)]
pub(crate) struct Review {
    /// What the policy found.
    pub(crate) verdict: Verdict,
    /// The submission, where it may run.
    pub(crate) approved: Option<Approved>,
}

/// Has `policy` review a request.
///
/// With the policy `none` nothing is scanned, and with the sandbox off nothing is asked at all: both were asked
/// for by name, and both are named in the report.
pub(crate) fn review(
    policy: &Policy,
    configuration: &Configuration,
    request: Request,
) -> Result<Review, PolicyError> {
    let name = request.language.name();
    let verdict = if configuration.reviews() {
        Verdict::new(policy.scan(name, &request.code)?)
    } else {
        Verdict::default()
    };
    if !verdict.approves() {
        return Ok(Review { verdict, approved: None });
    }
    let Request { language, code, stdin, arguments, mut limits, sandbox } = request;
    let environment = match sandbox {
        Sandbox::On => {
            let Restriction { environment, ceilings } = policy.restrict(name, &code)?;
            Ceilings::apply(&ceilings, &mut limits);
            environment.variables(|name| std::env::var(name).ok())
        }
        Sandbox::Off => own_environment(),
    };
    let approved = Approved { language, code, stdin, arguments, environment, limits, sandbox };
    Ok(Review { verdict, approved: Some(approved) })
}

/// This process's own environment, without what is not text.
fn own_environment() -> Vec<(String, String)> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect()
}

/// What a failed review means. A policy that was exhausted met code that it cannot read within its budget, which
/// is about the code; any other failure is about the policy.
pub(crate) fn status(error: &PolicyError) -> Status {
    if matches!(error, PolicyError::Exhausted { .. }) { Status::Rejected } else { Status::SandboxError }
}

impl Approved {
    /// The language of the code.
    pub(crate) fn language(&self) -> Language {
        self.language
    }

    /// The code that was reviewed.
    pub(crate) fn code(&self) -> &str {
        &self.code
    }

    /// What the program reads from standard input; `None` is an empty input.
    pub(crate) fn stdin(&self) -> Option<&[u8]> {
        self.stdin.as_deref()
    }

    /// The program's arguments.
    pub(crate) fn arguments(&self) -> &[String] {
        &self.arguments
    }

    /// The program's whole environment, `PATH` included.
    pub(crate) fn environment(&self) -> &[(String, String)] {
        &self.environment
    }

    /// The bounds on the run.
    pub(crate) fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Whether the run is confined.
    pub(crate) fn sandbox(&self) -> Sandbox {
        self.sandbox
    }
}

#[cfg(test)]
impl Approved {
    /// Approves code without a review, for the tests of what comes after one.
    pub(crate) fn for_test(language: Language, code: &str, limits: Limits) -> Self {
        Self {
            language,
            code: code.to_owned(),
            stdin: None,
            arguments: Vec::new(),
            environment: vec![("PATH".to_owned(), "/usr/bin:/bin".to_owned())],
            limits,
            sandbox: Sandbox::On,
        }
    }

    pub(crate) fn with_stdin(self, stdin: impl Into<Vec<u8>>) -> Self {
        Self { stdin: Some(stdin.into()), ..self }
    }

    pub(crate) fn with_arguments(self, arguments: &[&str]) -> Self {
        Self { arguments: arguments.iter().map(|&argument| argument.to_owned()).collect(), ..self }
    }

    pub(crate) fn with_variable(mut self, name: &str, value: &str) -> Self {
        self.environment.retain(|(present, _)| present != name);
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn with_sandbox(self, sandbox: Sandbox) -> Self {
        Self { sandbox, ..self }
    }
}
