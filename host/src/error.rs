//! Why an executor could not be made.

use crate::policy::PolicyError;
use crate::runner::RunError;

/// A failure of this program, as opposed to one of the program it runs (which is a [`Report`](crate::Report)).
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    kind: ErrorKind,
    message: &'static str,
    source: Box<dyn std::error::Error + Send + Sync>,
}

/// What kind of failure an [`Error`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A configured value is not allowed.
    Configuration,
    /// The policy could not be loaded.
    Policy,
    /// This machine cannot start programs.
    Runner,
}

impl Error {
    /// What kind of failure it is.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    pub(crate) fn configuration(source: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::new(ErrorKind::Configuration, "the configuration is not valid", source)
    }

    pub(crate) fn policy(source: PolicyError) -> Self {
        Self::new(ErrorKind::Policy, "the policy cannot be used", source)
    }

    pub(crate) fn runner(source: RunError) -> Self {
        Self::new(ErrorKind::Runner, "programs cannot be run here", source)
    }

    fn new(
        kind: ErrorKind,
        message: &'static str,
        source: impl std::error::Error + Send + Sync + 'static,
    ) -> Self {
        Self { kind, message, source: Box::new(source) }
    }
}

/// An error and its causes in one line, outermost first.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let _infallible = std::fmt::Write::write_fmt(&mut text, format_args!(": {error}"));
        cause = error.source();
    }
    text.replace('\n', " ")
}
