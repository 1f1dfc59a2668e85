//! Review: the one place where an [`Approved`] is made.

use crate::{Language, Limits, Sandbox};

/// Proof that a submission was reviewed and may run, with the conditions it runs under.
///
/// `Runner::run` takes nothing else, so that code which was not reviewed cannot be run, by type.
#[derive(Debug)]
#[must_use = "approved code does nothing until it is run"]
pub struct Approved {
    language: Language,
    code: String,
    stdin: Option<Vec<u8>>,
    arguments: Vec<String>,
    environment: Vec<(String, String)>,
    limits: Limits,
    sandbox: Sandbox,
}

impl Approved {
    /// The language of the code.
    pub fn language(&self) -> Language {
        self.language
    }

    /// The code that was reviewed.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// What the program reads from standard input; `None` is an empty input.
    pub fn stdin(&self) -> Option<&[u8]> {
        self.stdin.as_deref()
    }

    /// The program's arguments.
    pub fn arguments(&self) -> &[String] {
        &self.arguments
    }

    /// The program's whole environment, `PATH` included.
    pub fn environment(&self) -> &[(String, String)] {
        &self.environment
    }

    /// The bounds on the run.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Whether the run is confined.
    pub fn sandbox(&self) -> Sandbox {
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
