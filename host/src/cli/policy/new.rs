//! `policy new`: a working starting point for a policy of one's own.

use clap::ValueEnum;

use super::args::New;
use crate::cli::message::Failure;

/// The languages that there is a starting point for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Template {
    /// Rust
    Rust,
}

pub(super) fn new(_arguments: &New) -> Result<(), Failure> {
    Err(Failure::new("to be done"))
}
