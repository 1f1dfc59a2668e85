//! Runs Python and Bash that a model wrote, and answers in words that the model understands.
//!
//! A [`Submission`] goes one way through five rooms:
//!
//! ```text
//! Submission --review--> Verdict --Approved--> Runner --> Outcome --format--> Report
//!              (policy component)             (sandbox)           (policy component)
//! ```
//!
//! Only a review makes an `Approved`, and only an `Approved` can be run. The [`Executor`] orders the steps. The
//! policy, a WebAssembly component behind the interfaces of `wit/`, decides what is forbidden and words what
//! happened; the host spawns and measures.
//!
//! Reading order: [`submission`](Submission), `request`, `review`, [`policy`], `runner`, [`report`](Report).
//!
//! # Security
//!
//! The review is advice: no reader of code can tell everything that it does. What confines the program is the
//! operating system, layer by layer as [`Report::enforcement`] says of every run.

mod ahead;
mod arguments;
mod audit;
mod configuration;
mod draft;
mod error;
mod executor;
pub mod http;
mod language;
mod limits;
mod log;
pub mod mcp;
mod metrics;
mod outcome;
pub mod policy;
mod report;
mod request;
mod restriction;
mod review;
mod runner;
mod sandbox;
mod service;
mod signal;
mod submission;
mod terms;
mod trace;
mod verdict;

pub(crate) use configuration::Configuration;
pub(crate) use outcome::{Captured, Outcome, Termination, Usage};

pub use audit::{Audit, AuditError};
pub use configuration::Builder;
pub use error::{Error, ErrorKind};
pub use executor::Executor;
pub use language::Language;
pub use limits::Limits;
pub use report::{Durations, Report, Status, Stream, Used};
pub use request::InvalidRequest;
pub use restriction::{Ceilings, Environment, Restriction};
pub use sandbox::{Enforcement, GrantError, Grants, Isolation, Layer, LayerState, Network, Sandbox};
pub use service::{Busy, Service};
pub use submission::Submission;
pub use verdict::{Severity, Span, Verdict, Violation};
