//! The arguments of `policy` and its subcommands.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use code_execute::policy::{Cache, Policy, Source};

use super::new::Template;
use crate::cli::args::Format;
use crate::cli::message::Failure;
use crate::cli::policies::Policies;

#[derive(Debug, Subcommand)]
pub(crate) enum PolicyCommand {
    /// Say what a policy is: version, hash, size, interfaces, rules
    Inspect(Inspect),
    /// Compile policies into the cache, so that their first use is fast
    Compile {
        /// Names of embedded policies or paths of components
        #[arg(value_name = "NAME|PATH", default_value = "default")]
        policies: Vec<String>,
    },
    /// Hold a policy to its own examples and to the interface, and say how fast it is
    #[command(after_help = "Exit codes: 0 the policy does what it says, 1 it does not, 2 an error.")]
    Test(Test),
    /// Count what policies block of labelled programs, family by family; nothing is run
    #[command(after_help = "Exit codes: 0 every bar was met, 1 one was missed, 2 an error.")]
    Measure(Measure),
    /// Write a working starting point for a policy of one's own
    New(New),
    /// Write the component of an embedded policy to a file, for other runtimes
    Export(Export),
}

/// One policy, named in the place of an argument.
#[derive(Debug, Args)]
pub(crate) struct One {
    /// The name of an embedded policy or the path of a component
    #[arg(value_name = "NAME|PATH", default_value = "default")]
    pub(crate) policy: String,
    /// What it is configured with
    #[arg(long = "policy-config", value_name = "FILE")]
    pub(crate) configuration: Option<PathBuf>,
    /// The SHA-256 that it must have
    #[arg(long = "policy-sha256", value_name = "HASH")]
    pub(crate) pin: Option<String>,
}

impl One {
    /// Loads the policy.
    pub(crate) fn open(&self) -> Result<Policy, Failure> {
        if self.policy == "none" {
            return Err(Failure::new("the policy `none` reviews nothing and has no rules")
                .hint("give `default`, `balanced` or the path of a component"));
        }
        let mut source = Source::new(&self.policy);
        if let Some(path) = &self.configuration {
            source = source.configuration_file(path);
        }
        if let Some(hash) = &self.pin {
            source = source.sha256(hash);
        }
        Ok(source.open(&Cache::of_user())?)
    }
}

#[derive(Debug, Args)]
pub(crate) struct Inspect {
    #[command(flatten)]
    pub(crate) policy: One,
    /// What to print
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct Test {
    #[command(flatten)]
    pub(crate) policy: One,
    /// Also say what it blocks of the labelled programs in a folder: see `policy measure`
    #[arg(long, value_name = "FOLDER")]
    pub(crate) corpus: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Measure {
    /// A folder of `*.jsonl` files, one program a line: `id`, `family`, `language`, `label`, `code`
    #[arg(value_name = "FOLDER")]
    pub(crate) folder: PathBuf,
    /// A TOML file that says what each family must come to
    #[arg(long, value_name = "FILE")]
    pub(crate) bars: Option<PathBuf>,
    /// Name the benign programs that were blocked and the others that were not
    #[arg(long)]
    pub(crate) list: bool,
    /// Write what was found in each program to a file, one line of JSON a program
    #[arg(long, value_name = "FILE")]
    pub(crate) verdicts: Option<PathBuf>,
    /// What to print
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
    #[command(flatten)]
    pub(crate) policies: Policies,
}

#[derive(Debug, Args)]
pub(crate) struct New {
    /// The language to write it in
    #[arg(long, visible_alias = "lang", value_enum)]
    pub(crate) language: Template,
    /// The directory to write; it must not exist, or be empty
    #[arg(value_name = "DIRECTORY")]
    pub(crate) directory: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Export {
    /// The name of an embedded policy
    #[arg(value_name = "NAME", default_value = "default")]
    pub(crate) policy: String,
    /// The file to write
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: PathBuf,
}
