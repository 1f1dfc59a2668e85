//! Placeholder until merge.
use crate::{Outcome, review::Approved};
#[derive(Debug)]
pub(crate) struct Runner;
#[derive(Debug, thiserror::Error)]
#[error("none")]
pub(crate) struct RunError;
impl Runner {
    pub(crate) fn new() -> Result<Self, RunError> {
        Ok(Self)
    }
    pub(crate) async fn run(&self, _approved: Approved) -> Result<Outcome, RunError> {
        Err(RunError)
    }
}
