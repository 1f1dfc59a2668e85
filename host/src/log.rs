//! What is logged of a submission: one event at its end, with how it ended and where the time went.

use tracing::{Level, event};

use crate::trace::TraceParent;
use crate::{Report, Status, Submission};

/// A submission that is on its way.
#[derive(Debug)]
pub(crate) struct Logged {
    request_id: Option<String>,
    trace: Option<TraceParent>,
    code_bytes: usize,
}

impl Logged {
    pub(crate) fn new(submission: &Submission) -> Self {
        Self {
            request_id: submission.request_id.clone(),
            trace: submission.trace,
            code_bytes: submission.code.len(),
        }
    }

    /// Says how it ended: a failure of this program as an error, anything else for information.
    pub(crate) fn end(self, report: &Report) {
        let Self { request_id, trace, code_bytes } = self;
        let trace_id = trace.map(TraceParent::trace_id);
        let times = &report.durations;
        macro_rules! say {
            ($level:expr, $detail:expr) => {
                event!(
                    $level,
                    request_id,
                    trace_id,
                    status = report.status.name(),
                    exit_code = report.exit_code,
                    code_bytes,
                    queue_ms = times.queue_ms,
                    review_ms = times.review_ms,
                    run_ms = times.run_ms,
                    total_ms = times.total_ms,
                    detail = $detail,
                    "executed"
                )
            };
        }
        if report.status == Status::SandboxError {
            say!(Level::ERROR, report.detail.as_deref());
        } else {
            say!(Level::INFO, None::<&str>);
        }
    }
}
