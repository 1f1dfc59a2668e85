//! A report in the making: what is known of a submission before it is worded.

use std::time::Duration;

use serde_json::value::RawValue;

use crate::error::chain;
use crate::outcome::{Captured, Outcome, Termination};
use crate::policy::{Chain, Formatted, PolicyError, Sessions, Wording};
use crate::report::{Durations, Report, Status, Stream, Used, milliseconds};
use crate::verdict::Verdict;
use crate::{Enforcement, Limits, signal};

/// What is known so far. A draft that nothing was added to says that this program failed.
#[derive(Debug)]
pub(crate) struct Draft {
    pub(crate) language: &'static str,
    pub(crate) timeout_seconds: u32,
    pub(crate) queue: Duration,
    pub(crate) review: Duration,
    pub(crate) verdict: Verdict,
    /// Whether it runs without the sandbox, of which the review is a part.
    pub(crate) unreviewed: bool,
    status: Status,
    outcome: Option<Outcome>,
    detail: Option<String>,
}

impl Default for Draft {
    fn default() -> Self {
        Self {
            language: "",
            timeout_seconds: 0,
            queue: Duration::ZERO,
            review: Duration::ZERO,
            verdict: Verdict::default(),
            unreviewed: false,
            status: Status::SandboxError,
            outcome: None,
            detail: None,
        }
    }
}

impl Draft {
    /// Records that nothing ran, and why.
    pub(crate) fn fail(&mut self, status: Status, detail: String) {
        self.status = status;
        self.detail = Some(detail);
    }

    /// Records that it was stopped before it ran.
    pub(crate) fn cancel(&mut self) {
        self.status = Status::Cancelled;
    }

    /// Records that the policy forbade it.
    pub(crate) fn reject(&mut self) {
        self.status = Status::Rejected;
    }

    /// Records how the run ended.
    pub(crate) fn finish(&mut self, outcome: Outcome, limits: &Limits) {
        let (status, detail) = match outcome.termination {
            Termination::Exited(0) => (Status::Ok, None),
            Termination::Exited(_) => (Status::NonzeroExit, None),
            Termination::Signaled(_) => (Status::Signal, None),
            Termination::TimedOut => (Status::Timeout, None),
            Termination::MemoryExceeded => {
                (Status::Memory, Some(format!("more than {} bytes of memory", limits.memory_bytes)))
            }
            Termination::OutputExceeded => {
                (Status::OutputLimit, Some(format!("more than {} bytes of output", limits.output_stop_bytes)))
            }
            Termination::Cancelled => (Status::Cancelled, None),
        };
        self.status = status;
        self.detail = detail;
        self.outcome = Some(outcome);
    }

    /// The code that a shell would show.
    fn exit_code(&self) -> Option<i32> {
        match self.outcome.as_ref()?.termination {
            Termination::Exited(code) => Some(i32::from(code)),
            Termination::Signaled(number) => Some(128 + i32::from(number)),
            Termination::TimedOut
            | Termination::MemoryExceeded
            | Termination::OutputExceeded
            | Termination::Cancelled => None,
        }
    }

    fn signal(&self) -> Option<String> {
        match self.outcome.as_ref()?.termination {
            Termination::Signaled(number) => Some(signal::name(number)),
            Termination::Exited(_)
            | Termination::TimedOut
            | Termination::MemoryExceeded
            | Termination::OutputExceeded
            | Termination::Cancelled => None,
        }
    }

    /// Has the formatter word what is known.
    pub(crate) fn word(&self, policies: &mut Sessions) -> Result<Formatted, PolicyError> {
        let nothing = Captured::default();
        let signal = self.signal();
        policies.format(&Wording {
            language: self.language,
            status: self.status,
            exit_code: self.exit_code(),
            signal: signal.as_deref(),
            stdout: self.outcome.as_ref().map_or(&nothing, |outcome| &outcome.stdout),
            stderr: self.outcome.as_ref().map_or(&nothing, |outcome| &outcome.stderr),
            timeout_seconds: self.timeout_seconds,
            violations: &self.verdict.violations,
            detail: self.detail.as_deref(),
        })
    }

    /// Makes the report. Where the policy could not word it, the text says so and nothing else is lost.
    pub(crate) fn report(
        self,
        formatted: Result<Formatted, PolicyError>,
        policies: &Chain,
        format: Duration,
        total: Duration,
    ) -> Report {
        let (exit_code, signal) = (self.exit_code(), self.signal());
        let (text, result, detail) = match formatted {
            Ok(formatted) => (formatted.text, formatted.result, self.detail),
            Err(error) => {
                let problem = chain(&error);
                (format!("Error: {problem}"), None, Some(problem))
            }
        };
        let usage = self.outcome.as_ref().map(|outcome| outcome.usage);
        let stream = |captured: fn(&Outcome) -> &Captured| {
            self.outcome.as_ref().map(|outcome| Stream::from(captured(outcome))).unwrap_or_default()
        };
        Report {
            status: self.status,
            exit_code,
            signal,
            stdout: stream(|outcome| &outcome.stdout),
            stderr: stream(|outcome| &outcome.stderr),
            result: result.and_then(|json| RawValue::from_string(json).ok()),
            durations: Durations {
                queue_ms: milliseconds(self.queue),
                review_ms: milliseconds(self.review),
                run_ms: milliseconds(usage.map(|usage| usage.wall).unwrap_or_default()),
                format_ms: milliseconds(format),
                total_ms: milliseconds(total),
            },
            usage: usage.as_ref().map(Used::from).unwrap_or_default(),
            violations: self.verdict.violations,
            suspicions: self.verdict.suspicions,
            policies: if self.unreviewed { Vec::new() } else { policies.identities() },
            formatter: policies.formatter().map(|policy| policy.identity().clone()),
            enforcement: self.outcome.map_or_else(Enforcement::default, |outcome| outcome.enforcement),
            detail,
            text,
        }
    }
}
