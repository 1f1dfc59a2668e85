//! Runs Python and Bash that a model wrote.
#![forbid(unsafe_op_in_unsafe_fn)]

pub mod language;
pub mod limits;
pub mod outcome;
pub mod review;
#[allow(dead_code, reason = "what runs it, the executor, is not there yet")]
mod runner;
pub mod sandbox;
pub mod submission;

pub use language::Language;
pub use limits::Limits;
pub use outcome::{Captured, Outcome, Termination, Usage};
pub use sandbox::{Enforcement, Layer, LayerState, Sandbox};
pub use submission::Submission;
