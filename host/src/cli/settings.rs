//! What an operator decides for whatever runs programs: the options that `run`, `mcp` and `serve` share.

use std::path::PathBuf;

use clap::Args;
use code_execute::{Isolation, Network};

use super::policies::Policies;

/// What an operator decides for whatever runs programs.
#[derive(Debug, Args)]
pub(crate) struct Settings {
    /// Settings in JSON or TOML: `language`, `timeout_seconds`, `sandbox`, policies, limits.
    /// Options of the command line win
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) policies: Policies,
    /// The policy that words the results [default: the first]
    #[arg(long, value_name = "POLICY", help_heading = "Policy")]
    pub(crate) formatter: Option<String>,
    #[command(flatten)]
    pub(crate) auditing: Auditing,
    #[command(flatten)]
    pub(crate) confinement: Confined,
}

/// What is written down of every submission.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Audit")]
pub(crate) struct Auditing {
    /// A file that gets one line of JSON for every submission, before it is answered
    #[arg(long, value_name = "FILE")]
    pub(crate) audit: Option<PathBuf>,
    /// Put the code into it too, with the secrets that it may hold
    #[arg(long)]
    pub(crate) audit_code: bool,
    /// The size at which it is put aside for a new one; five older ones are kept [default: 64M]
    #[arg(long, value_name = "BYTES", value_parser = bytes)]
    pub(crate) audit_bytes: Option<u64>,
}

/// What confines a program, and what it is granted.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Confinement")]
pub(crate) struct Confined {
    /// The least confinement to run with: `strict` (root only), `standard`, `minimal` or `none` [default: standard]
    #[arg(long, value_name = "LEVEL", value_parser = level)]
    pub(crate) isolation: Option<Isolation>,
    /// What it reaches of networks: `none`, `loopback` (its own) or `host` [default: none]
    #[arg(long, value_name = "WHAT", value_parser = network)]
    pub(crate) network: Option<Network>,
    /// A file or directory that it may read; absolute, without symbolic links
    #[arg(long, value_name = "PATH")]
    pub(crate) read: Vec<PathBuf>,
    /// A file or directory that it may read and write
    #[arg(long, value_name = "PATH")]
    pub(crate) write: Vec<PathBuf>,
    /// A variable of its environment; without a value, this process's own
    #[arg(long, value_name = "NAME[=VALUE]", value_parser = variable)]
    pub(crate) env: Vec<(String, Option<String>)>,
    /// A virtual environment for Python
    #[arg(long, value_name = "PATH")]
    pub(crate) venv: Option<PathBuf>,
    /// Memory of all its processes, such as `512M` [default: 512M]
    #[arg(long, value_name = "BYTES", value_parser = bytes)]
    pub(crate) memory: Option<u64>,
    /// Processes and threads at the same time [default: 128]
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) processes: Option<u64>,
    /// Processor time of each process [default: what it can use before the deadline]
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) cpu_time: Option<u64>,
    /// Size of any file it writes, such as `64M` [default: 64M]
    #[arg(long, value_name = "BYTES", value_parser = bytes)]
    pub(crate) file_size: Option<u64>,
    /// What it can keep in `/tmp`, such as `128M` [default: 128M]
    #[arg(long, value_name = "BYTES", value_parser = bytes)]
    pub(crate) scratch: Option<u64>,
}

pub(super) fn level(text: &str) -> Result<Isolation, String> {
    Isolation::named(text).ok_or_else(|| one_of(Isolation::ALL.map(Isolation::name)))
}

fn network(text: &str) -> Result<Network, String> {
    Network::named(text).ok_or_else(|| one_of(Network::ALL.map(Network::name)))
}

fn one_of<const COUNT: usize>(names: [&str; COUNT]) -> String {
    format!("it is one of {}", names.map(|name| format!("`{name}`")).join(", "))
}

/// `NAME` or `NAME=VALUE`.
pub(crate) fn variable(text: &str) -> Result<(String, Option<String>), String> {
    let (name, value) = match text.split_once('=') {
        Some((name, value)) => (name, Some(value.to_owned())),
        None => (text, None),
    };
    if name.is_empty() { Err("a variable has a name".to_owned()) } else { Ok((name.to_owned(), value)) }
}

/// A number of bytes, with `K`, `M` or `G` for powers of 1024.
fn bytes(text: &str) -> Result<u64, String> {
    let number = text.trim_end_matches(['K', 'M', 'G']);
    let shift = match text.strip_prefix(number) {
        Some("") => 0,
        Some("K") => 10,
        Some("M") => 20,
        Some("G") => 30,
        _ => return Err("a size is a whole number with at most one of K, M and G after it".to_owned()),
    };
    let size = number.parse::<u64>().ok().and_then(|number| number.checked_mul(1 << shift));
    size.filter(|size| *size > 0).ok_or_else(|| "a size is a whole number above 0, such as 512M".to_owned())
}
