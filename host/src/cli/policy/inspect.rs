//! `policy inspect`: what a policy says of itself, and what the host sees of it.

use std::fmt::Write as _;

use serde::Serialize;

use super::args::Inspect;
use crate::cli::args::Format;
use crate::cli::message::Failure;
use crate::cli::terminal::{self, STRONG, visible};

/// What `policy inspect` says.
#[derive(Debug, Serialize)]
struct Inspection {
    name: String,
    version: String,
    summary: String,
    sha256: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    configuration_sha256: Option<String>,
    size_bytes: usize,
    interfaces: Vec<String>,
    /// Always empty: a component that imports anything is not loaded.
    imports: [String; 0],
    rules: usize,
}

/// Prints what a policy is.
pub(super) fn inspect(arguments: &Inspect) -> Result<(), Failure> {
    let policy = arguments.policy.open()?;
    let description = policy.describe()?;
    let inspection = Inspection {
        name: description.name,
        version: description.version,
        summary: description.summary,
        sha256: policy.identity().sha256.clone(),
        configuration_sha256: policy.identity().configuration_sha256.clone(),
        size_bytes: policy.size_bytes(),
        interfaces: policy.interfaces().to_vec(),
        imports: [],
        rules: description.rules.len(),
    };
    match arguments.format {
        Format::Human => terminal::print(&inspection.human()),
        Format::Json => terminal::print_json(&inspection),
    }
}

impl Inspection {
    fn human(&self) -> String {
        let mut text = String::new();
        let mut line = |name: &str, value: &str| {
            let _infallible = writeln!(text, "{STRONG}{name:<10}{STRONG:#}  {}", visible(value));
        };
        line("name", &self.name);
        line("version", &self.version);
        line("summary", &self.summary);
        line("sha256", &self.sha256);
        if let Some(sha256) = &self.configuration_sha256 {
            line("configured", sha256);
        }
        line("size", &format!("{} KiB", self.size_bytes.div_ceil(1 << 10)));
        for (number, interface) in self.interfaces.iter().enumerate() {
            line(if number == 0 { "exports" } else { "" }, interface);
        }
        line("imports", "none");
        line("rules", &self.rules.to_string());
        text
    }
}
