//! The default policy: what it forbids, and how it words what happened.
//!
//! The crate is two things from one source. Compiled to WebAssembly it is the component that the host embeds,
//! exporting the interfaces of `wit/` and importing nothing. Compiled natively it is a library with the same
//! functions, so that tests can compare the two.
//!
//! Reading order: [`scan()`] dispatches to the readers in [`python`] and [`bash`], which report [`Finding`]s of
//! the [`rules`]; [`violation`] places them in the source. What a rule means, and what is forbidden beyond them, is as
//! the [`Configuration`] says. [`format()`] words an outcome, [`restrict()`] states the environment. Every function is total: it answers every input, in bounded time and bounded stack.
//!
//! # Security
//!
//! A scan is advice to the model that wrote the code. It is not a boundary: a program can always be written that
//! does at run time what no reader can see. The boundary is the host's sandbox.
#![cfg_attr(not(target_arch = "wasm32"), forbid(unsafe_code))]

pub mod bash;
pub mod configuration;
pub mod format;
pub mod language;
pub mod python;
pub mod restrict;
pub mod rules;
pub mod scan;
pub mod violation;

#[cfg(target_arch = "wasm32")]
mod component;

pub use configuration::{Base, Configuration, Described, Problem, described};
pub use format::{Captured, Formatted, Outcome, Reason, format};
pub use language::Language;
pub use restrict::{Restriction, restrict};
pub use rules::{Rule, Severity};
pub use scan::{scan, scan_named};
pub use violation::{Finding, Span, Violation};

/// The policy's own version.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
