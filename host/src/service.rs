//! What every server does around the executor: it takes no more than it can hold, and counts what it does.

use std::sync::Arc;

use tokio::sync::{Semaphore, SemaphorePermit};

use crate::metrics::Metrics;
use crate::review::Checked;
use crate::{Builder, Error, Executor, Report, Submission};

/// An executor behind one or more servers. Cheap to clone; every clone shares one queue.
#[derive(Debug, Clone)]
pub struct Service {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    executor: Executor,
    /// How to make an executor that looks around.
    builder: Builder,
    admission: Semaphore,
    most: usize,
    metrics: Metrics,
}

/// There is no room for one more submission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "the server is busy: {most} submissions are running or waiting; try again in {} seconds",
    Self::RETRY_SECONDS
)]
pub struct Busy {
    most: usize,
}

impl Busy {
    /// When it is worth asking again.
    pub const RETRY_SECONDS: u32 = 2;
}

impl Service {
    /// How many submissions wait, where nobody says: more than clients start at once, and a wait of seconds.
    pub const QUEUE: usize = 64;

    /// Makes the executor. Beside those that run ([`Builder::concurrency`]), at most `queue` submissions wait; further
    /// ones are turned away.
    ///
    /// # Errors
    ///
    /// As [`Builder::build`].
    pub fn new(builder: Builder, queue: usize) -> Result<Self, Error> {
        let executor = builder.clone().build()?;
        let most = executor.configuration().concurrency.saturating_add(queue).min(Semaphore::MAX_PERMITS);
        let (admission, metrics) = (Semaphore::new(most), Metrics::new(most));
        Ok(Self { shared: Arc::new(Shared { executor, builder, admission, most, metrics }) })
    }

    /// What runs the programs.
    pub fn executor(&self) -> &Executor {
        &self.shared.executor
    }

    /// How many submissions are running or waiting.
    pub fn in_flight(&self) -> usize {
        self.shared.most - self.shared.admission.available_permits()
    }

    pub(crate) fn builder(&self) -> &Builder {
        &self.shared.builder
    }

    pub(crate) fn metrics(&self) -> &Metrics {
        &self.shared.metrics
    }

    /// Executes a submission until `stop` is ready, as [`Executor::execute_until`].
    pub(crate) async fn execute(
        &self,
        submission: Submission,
        stop: impl Future<Output = ()>,
    ) -> Result<Report, Busy> {
        let _admitted = self.admit()?;
        // On the heap: what a run keeps is too much for the stacks of many tasks.
        let report = Box::pin(self.executor().execute_until(submission, stop)).await;
        self.metrics().executed(&report);
        Ok(report)
    }

    /// Reviews a submission and runs nothing. The inner error says why it could not be reviewed.
    pub(crate) async fn check(&self, submission: Submission) -> Result<Result<Checked, String>, Busy> {
        let _admitted = self.admit()?;
        let checked = if self.executor().reviews() {
            self.executor().review(submission).await
        } else {
            Err("this server reviews nothing: its operator chose so".to_owned())
        };
        self.metrics().checked(checked.as_ref().ok().map(|checked| checked.verdict.approves()));
        Ok(checked)
    }

    fn admit(&self) -> Result<SemaphorePermit<'_>, Busy> {
        self.shared.admission.try_acquire().map_err(|_| {
            self.metrics().turned_away();
            Busy { most: self.shared.most }
        })
    }
}
