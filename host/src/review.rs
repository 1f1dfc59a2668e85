//! Review: the one place where an [`Approved`] is made.

use crate::policy::{Identity, PolicyError, Sessions};
use crate::report::Status;
use crate::request::Request;
use crate::restriction::Restriction;
use crate::terms::Terms;
use crate::verdict::Verdict;

/// Proof that a submission was reviewed and may run, with the terms it runs under.
///
/// Code reaches an interpreter through this alone, so that code which was not reviewed cannot be run, by type.
#[derive(Debug)]
#[must_use = "approved code does nothing until it is run"]
pub(crate) struct Approved {
    terms: Terms,
    code: String,
    stdin: Vec<u8>,
}

/// What a review came to.
#[derive(Debug)]
pub(crate) struct Review {
    /// What the policy found.
    pub(crate) verdict: Verdict,
    /// The submission, where it may run.
    pub(crate) approved: Option<Approved>,
    /// What the policy answered for it, where it may run.
    pub(crate) restriction: Option<Restriction>,
}

/// A review that nothing is run after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Checked {
    /// What the policies found.
    pub(crate) verdict: Verdict,
    /// What a model is told where it is refused.
    pub(crate) refusal: Option<String>,
    /// The policies that were asked, in order.
    pub(crate) policies: Vec<Identity>,
}

/// Has the policies review a request.
///
/// With the policy `none` nothing is scanned, and with the sandbox off nothing is asked at all: both were asked
/// for by name, and both are named in the report.
pub(crate) fn review(policies: &mut Sessions, request: Request) -> Result<Review, PolicyError> {
    let name = request.language.name();
    let verdict = match request.sandbox {
        crate::Sandbox::On => Verdict::new(policies.scan(name, &request.code)?),
        crate::Sandbox::Off => Verdict::default(),
    };
    if !verdict.approves() {
        return Ok(Review { verdict, approved: None, restriction: None });
    }
    let restriction = match request.sandbox {
        crate::Sandbox::On => policies.restrict(name, &request.code)?,
        crate::Sandbox::Off => Restriction::default(),
    };
    let terms = Terms::new(&request, &restriction);
    let Request { code, stdin, .. } = request;
    let approved = Approved { terms, code, stdin: stdin.unwrap_or_default() };
    Ok(Review { verdict, approved: Some(approved), restriction: Some(restriction) })
}

/// What a failed review means. A policy that was exhausted met code that it cannot read within its budget, which
/// is about the code; any other failure is about the policy.
pub(crate) fn status(error: &PolicyError) -> Status {
    if matches!(error, PolicyError::Exhausted { .. }) { Status::Rejected } else { Status::SandboxError }
}

impl Approved {
    /// What the code runs under.
    pub(crate) fn terms(&self) -> &Terms {
        &self.terms
    }

    /// The code that was reviewed.
    pub(crate) fn code(&self) -> &str {
        &self.code
    }

    /// What the program reads from standard input.
    pub(crate) fn into_stdin(self) -> Vec<u8> {
        self.stdin
    }
}

#[cfg(test)]
impl Approved {
    /// Approves code without a review, for the tests of what comes after one.
    pub(crate) fn for_test(language: crate::Language, code: &str, limits: crate::Limits) -> Self {
        let terms = Terms {
            language,
            arguments: Vec::new(),
            environment: vec![("PATH".to_owned(), "/usr/bin:/bin".to_owned())],
            limits,
            sandbox: crate::Sandbox::On,
            network: crate::Network::None,
            has_input: false,
        };
        Self { terms, code: code.to_owned(), stdin: Vec::new() }
    }

    pub(crate) fn with_stdin(mut self, stdin: impl Into<Vec<u8>>) -> Self {
        self.stdin = stdin.into();
        self.terms.has_input = true;
        self
    }

    pub(crate) fn with_arguments(mut self, arguments: &[&str]) -> Self {
        self.terms.arguments = arguments.iter().map(|&argument| argument.to_owned()).collect();
        self
    }

    pub(crate) fn with_variable(mut self, name: &str, value: &str) -> Self {
        self.terms.environment.retain(|(present, _)| present != name);
        self.terms.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn with_sandbox(mut self, sandbox: crate::Sandbox) -> Self {
        self.terms.sandbox = sandbox;
        self
    }
}
