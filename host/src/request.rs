//! Submissions that can be reviewed: every value is there and within its range.

use std::ops::RangeInclusive;
use std::sync::Arc;

use crate::{Configuration, Grants, Language, Limits, Sandbox, Submission};

/// At most this many bytes of arguments, a quarter of what the kernel takes.
const ARGUMENT_BYTES: usize = 32 << 10;

/// A submission with its values filled in from the configuration and checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Request {
    pub(crate) language: Language,
    pub(crate) code: String,
    pub(crate) stdin: Option<Vec<u8>>,
    pub(crate) arguments: Vec<String>,
    pub(crate) limits: Limits,
    pub(crate) sandbox: Sandbox,
    pub(crate) grants: Arc<Grants>,
}

/// Why a submission is none. The words are the contract's: the formatter puts `Error: ` before them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidRequest {
    /// The code is empty, or white space only.
    #[error("No code provided to execute")]
    NoCode,
    /// The language is not one that can be run.
    #[error("Language '{name}' not supported. Use 'python' or 'bash'.")]
    Language {
        /// The name that was given.
        name: String,
    },
    /// A number is outside its range.
    #[error("{name} is {value}; it must be between {} and {}", range.start(), range.end())]
    OutOfRange {
        /// The name of the value.
        name: &'static str,
        /// The value that was given.
        value: i64,
        /// The range it must lie in.
        range: RangeInclusive<i64>,
    },
    /// Something is larger than is accepted.
    #[error("{name} is {bytes} bytes long; at most {most} are accepted")]
    TooLong {
        /// What is too large.
        name: &'static str,
        /// Its size in bytes.
        bytes: usize,
        /// The largest accepted size.
        most: usize,
    },
    /// A NUL character, which Python refuses and Bash drops: what it drops, no reviewer sees.
    #[error("{name} contains a NUL character at byte {at}; remove it")]
    Nul {
        /// What contains it.
        name: &'static str,
        /// Its offset in bytes.
        at: usize,
    },
}

impl Request {
    /// Fills a submission in from the configuration and checks every value.
    pub(crate) fn new(submission: Submission, configuration: &Configuration) -> Result<Self, InvalidRequest> {
        let Submission { code, language, stdin, arguments, timeout_seconds, .. } = submission;
        if code.trim().is_empty() {
            return Err(InvalidRequest::NoCode);
        }
        let language = match language {
            None => configuration.language,
            Some(name) => Language::named(&name).ok_or(InvalidRequest::Language { name })?,
        };
        at_most("code", code.len(), Limits::CODE_BYTES)?;
        without_nul("code", &code)?;
        at_most("stdin", stdin.as_ref().map_or(0, Vec::len), Limits::STDIN_BYTES)?;
        at_most("arguments", arguments.iter().map(String::len).sum(), ARGUMENT_BYTES)?;
        for argument in &arguments {
            without_nul("arguments", argument)?;
        }
        let mut limits = configuration.limits.clone();
        if let Some(asked) = timeout_seconds {
            let most = configuration.max_timeout_seconds;
            limits.timeout_seconds = in_range("timeout_seconds", asked, 1..=most)?;
        }
        let (sandbox, grants) = (configuration.sandbox, Arc::clone(&configuration.grants));
        Ok(Self { language, code, stdin, arguments, limits, sandbox, grants })
    }
}

/// Passes a number that lies in its range.
pub(crate) fn in_range(
    name: &'static str,
    value: i64,
    range: RangeInclusive<u32>,
) -> Result<u32, InvalidRequest> {
    match u32::try_from(value) {
        Ok(number) if range.contains(&number) => Ok(number),
        Ok(_) | Err(_) => {
            let range = i64::from(*range.start())..=i64::from(*range.end());
            Err(InvalidRequest::OutOfRange { name, value, range })
        }
    }
}

fn at_most(name: &'static str, bytes: usize, most: usize) -> Result<(), InvalidRequest> {
    if bytes > most { Err(InvalidRequest::TooLong { name, bytes, most }) } else { Ok(()) }
}

fn without_nul(name: &'static str, text: &str) -> Result<(), InvalidRequest> {
    text.find('\0').map_or(Ok(()), |at| Err(InvalidRequest::Nul { name, at }))
}
