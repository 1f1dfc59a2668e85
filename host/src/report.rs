//! The report: what a reader gets of a submission, whatever became of it.

use std::borrow::Cow;
use std::time::Duration;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;
use serde_json::value::RawValue;

use crate::outcome::{Captured, Usage};
use crate::policy::Identity;
use crate::sandbox::Enforcement;
use crate::verdict::Violation;

/// What became of a submission. Serialises to the JSON that `docs/report.schema.json` describes.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct Report {
    /// How it ended, in a word.
    pub status: Status,
    /// The program's exit code; 128 plus the signal's number where a signal ended it; none where it did not run
    /// to an end of its own.
    pub exit_code: Option<i32>,
    /// The name of the signal that ended it, such as `SIGSEGV`.
    pub signal: Option<String>,
    /// What it wrote to standard output.
    pub stdout: Stream,
    /// What it wrote to standard error.
    pub stderr: Stream,
    /// The last non-empty line of standard output, where that is JSON. Numbers keep their digits.
    #[schemars(schema_with = "any_json")]
    pub result: Option<Box<RawValue>>,
    /// Where the time went.
    pub durations: Durations,
    /// What the program used.
    pub usage: Used,
    /// What stopped the submission, in source order.
    pub violations: Vec<Violation>,
    /// What was noticed in the code and stopped nothing.
    pub suspicions: Vec<Violation>,
    /// The policies that reviewed it, in the order in which they were asked; empty where nothing was reviewed.
    pub policies: Vec<Identity>,
    /// The policy that worded the text.
    pub formatter: Option<Identity>,
    /// What confined the program; empty where none ran.
    pub enforcement: Enforcement,
    /// One line on what went wrong or on the limit that was met.
    pub detail: Option<String>,
    /// What the model reads. Never empty.
    pub text: String,
}

/// How a submission ended. A closed set; serialised in snake case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// The program exited with 0.
    Ok,
    /// The program exited with another code.
    NonzeroExit,
    /// A signal ended the program.
    Signal,
    /// It met the deadline and was killed.
    Timeout,
    /// It met the memory limit and was killed.
    Memory,
    /// It wrote more than is read and was killed.
    OutputLimit,
    /// The policy forbade it, or did not answer for it; it did not run.
    Rejected,
    /// The caller stopped it.
    Cancelled,
    /// This program failed: nothing is known of the submitted one.
    SandboxError,
    /// The submission is not one: empty code, an unknown language, a value out of range.
    InvalidRequest,
}

impl Status {
    /// Every status.
    pub const ALL: [Self; 10] = [
        Self::Ok,
        Self::NonzeroExit,
        Self::Signal,
        Self::Timeout,
        Self::Memory,
        Self::OutputLimit,
        Self::Rejected,
        Self::Cancelled,
        Self::SandboxError,
        Self::InvalidRequest,
    ];

    /// The word on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::NonzeroExit => "nonzero_exit",
            Self::Signal => "signal",
            Self::Timeout => "timeout",
            Self::Memory => "memory",
            Self::OutputLimit => "output_limit",
            Self::Rejected => "rejected",
            Self::Cancelled => "cancelled",
            Self::SandboxError => "sandbox_error",
            Self::InvalidRequest => "invalid_request",
        }
    }
}

impl std::fmt::Display for Status {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.name())
    }
}

/// What a program wrote to one stream, as text, with a record of what is missing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Stream {
    /// The text: all of it, or its beginning. Bytes that are not UTF-8 are replaced by U+FFFD.
    pub text: String,
    /// The end of the text, where something between `text` and it was left out; else empty.
    pub tail: String,
    /// How many bytes the program wrote.
    pub total_bytes: u64,
    /// How many of them are in neither `text` nor `tail`.
    pub omitted_bytes: u64,
    /// Whether anything was left out.
    pub truncated: bool,
    /// Whether bytes that are not UTF-8 were replaced.
    pub replaced_invalid_utf8: bool,
}

impl From<&Captured> for Stream {
    fn from(captured: &Captured) -> Self {
        let text = String::from_utf8_lossy(&captured.head);
        let tail = String::from_utf8_lossy(&captured.tail);
        let replaced = |text: &Cow<'_, str>| matches!(text, Cow::Owned(_));
        Self {
            replaced_invalid_utf8: replaced(&text) || replaced(&tail),
            text: text.into_owned(),
            tail: tail.into_owned(),
            total_bytes: captured.total_bytes,
            omitted_bytes: captured.omitted_bytes(),
            truncated: captured.omitted_bytes() > 0,
        }
    }
}

/// Where the time of a submission went, in milliseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, JsonSchema)]
pub struct Durations {
    /// Waiting for a place.
    pub queue_ms: f64,
    /// Review by the policy.
    pub review_ms: f64,
    /// From the start of the program to the end of its last process.
    pub run_ms: f64,
    /// Wording by the policy.
    pub format_ms: f64,
    /// All of it.
    pub total_ms: f64,
}

/// What a program used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, JsonSchema)]
pub struct Used {
    /// Processor time of all its processes, user and system, in milliseconds.
    pub cpu_ms: f64,
    /// The largest resident size that any one of its processes reached, in bytes.
    pub peak_memory_bytes: u64,
}

impl From<&Usage> for Used {
    fn from(usage: &Usage) -> Self {
        Self { cpu_ms: milliseconds(usage.cpu), peak_memory_bytes: usage.peak_memory_bytes }
    }
}

#[cfg(test)]
impl Report {
    /// A report with nothing in it but its status.
    pub(crate) fn for_test(status: Status) -> Self {
        Self {
            status,
            exit_code: None,
            signal: None,
            stdout: Stream::default(),
            stderr: Stream::default(),
            result: None,
            durations: Durations::default(),
            usage: Used::default(),
            violations: Vec::new(),
            suspicions: Vec::new(),
            policies: Vec::new(),
            formatter: None,
            enforcement: Enforcement::default(),
            detail: None,
            text: status.name().to_owned(),
        }
    }
}

impl Report {
    /// The report of a submission whose audit line could not be written: what became of it is not said.
    pub(crate) fn withheld(self, problem: &str) -> Self {
        Self {
            status: Status::SandboxError,
            exit_code: None,
            signal: None,
            stdout: Stream::default(),
            stderr: Stream::default(),
            result: None,
            detail: Some(problem.to_owned()),
            text: format!("Error: {problem}"),
            ..self
        }
    }

    /// The JSON Schema of a serialised report (draft 2020-12).
    pub fn json_schema() -> serde_json::Value {
        schemars::schema_for!(Self).to_value()
    }
}

/// Milliseconds with the microseconds as decimals: what a reader compares.
pub(crate) fn milliseconds(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1_000_000.0).round() / 1_000.0
}

fn any_json(_: &mut SchemaGenerator) -> Schema {
    Schema::default()
}
