//! The arguments, as clap reads them.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::LazyLock;

use clap::{Args, FromArgMatches as _, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use code_execute::Isolation;
use code_execute::policy::INTERFACE;

use super::exit;
use super::policies::Policies;
use super::policy::PolicyCommand;
use super::profiles::Profile;
use super::settings::{Settings, level};
use super::setup::Client;

static VERSION: LazyLock<String> = LazyLock::new(|| format!("{} ({INTERFACE})", env!("CARGO_PKG_VERSION")));

const EXAMPLES: &str = "\
Examples:
  code-execute run -c 'print(6 * 7)'             run Python from the command line
  code-execute run script.sh -- one --two        run a file with arguments
  echo 'print(1)' | code-execute run --timeout 5 --format json
  code-execute check src/ --format sarif         review without running
  code-execute rules py-import-os                explain a rule
  code-execute serve                             answer agents over HTTP
  code-execute doctor                            what this machine can enforce";

const RUN_EXAMPLES: &str = "\
Examples:
  code-execute run script.py
  code-execute run script.py --timeout 5 -- --an-option-of-the-script
  code-execute run --language bash -c 'echo \"$1\"' hello
  code-execute run --config code-execute.toml --stdin input.csv script.py
";

const CHECK_HELP: &str = "\
Directories are searched for .py, .sh and .bash files and for scripts with a Python or shell #! line; hidden
entries, symbolic links, `target`, `node_modules` and `__pycache__` are passed over.

Exit codes: 0 nothing forbidden (suspicions are shown and do not count), 1 something forbidden, 2 an error.";

const SETUP_HELP: &str = "\
Examples:
  code-execute setup                                  which clients there are, and their files
  code-execute setup cursor                           print what Cursor has to be told
  code-execute setup claude-code --write --project    write it into this project's `.mcp.json`
  code-execute setup zed --write -- --policy balanced --memory 1G

The rest of the file stays as it is, comments too; what it was before is kept beside it.";

const SERVE_HELP: &str = "\
Paths: `/mcp` (Streamable HTTP), `/v1/execute` and `/v1/check` (JSON, described at `/openapi.json`), `/metrics`,
`/healthz`, `/readyz`. Policies are loaded anew when their files change and on SIGHUP.

Exit codes: 0 ended by SIGTERM or SIGINT with nothing lost, 2 an error, 130 or 143 ended by a second signal.";

const MCP_HELP: &str = "\
Tools: `code_execute` and `code_check`. Standard output is the protocol's alone; what this program has to say goes to
standard error. Policies are loaded anew when their files change and on SIGHUP; one that does not load changes nothing.

Exit codes: 0 the client closed its end, 2 an error, 130 or 143 after a signal.";

/// Runs Python and Bash that a model wrote: reviewed by a policy, confined, answered in words.
#[derive(Debug, Parser)]
#[command(name = "code-execute", version = VERSION.as_str(), after_help = EXAMPLES)]
#[command(subcommand_required = true, arg_required_else_help = true, disable_help_subcommand = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

impl Arguments {
    /// Reads this process's command line.
    pub(crate) fn read() -> Result<Self, clap::Error> {
        Self::run_alone().map_or_else(Self::try_parse, Ok)
    }

    /// Reads the line of a `run`, whose caller waits, without the words of all other commands: to make them takes
    /// longer than to read the line. Nothing where it is another command, help is wanted or a word is wrong.
    fn run_alone() -> Option<Self> {
        let mut words = std::env::args_os().skip(1).peekable();
        words.peek().filter(|word| *word == "run")?;
        let reader = Run::augment_args(clap::Command::new("run"));
        let run = Run::from_arg_matches(&reader.try_get_matches_from(words).ok()?).ok()?;
        Some(Self { command: Command::Run(Box::new(run)) })
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Review code, run it and print what a model would read
    #[command(after_help = RUN_EXAMPLES, after_long_help = run_long_help())]
    Run(Box<Run>),
    /// Review code without running it
    #[command(after_help = CHECK_HELP)]
    Check(Check),
    /// Answer an agent over the Model Context Protocol, on standard input and output
    #[command(after_help = MCP_HELP)]
    Mcp(Box<Mcp>),
    /// Answer agents and programs over HTTP: the Model Context Protocol, and plain JSON
    #[command(after_help = SERVE_HELP)]
    Serve(Box<Serve>),
    /// Tell a client of `mcp`: print what it has to be told, or write it into its file
    #[command(after_help = SETUP_HELP)]
    Setup(Setup),
    /// List the rules of a policy, or explain one
    Rules(Rules),
    /// Look at policies, test them, start one
    Policy {
        #[command(subcommand)]
        command: PolicyCommand,
    },
    /// Say what this machine can enforce, by running something
    #[command(
        after_help = "Exit codes: 0 Python and Bash ran with the isolation asked for, 1 otherwise, 2 an error."
    )]
    Doctor(Doctor),
    /// Print the JSON Schema of the report of `run --format json`
    Schema,
    /// Print a completion script for a shell
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Print a manual page (roff)
    #[command(hide = true)]
    Man {
        /// The page of a subcommand, such as `run`
        command: Option<String>,
    },
}

fn run_long_help() -> String {
    format!("{RUN_EXAMPLES}\n{}", exit::RUN_HELP)
}

#[derive(Debug, Args)]
#[command(override_usage = "code-execute run [OPTIONS] [FILE | - | -c CODE] [-- ARGS...]")]
pub(crate) struct Run {
    /// The file to run, `-` for standard input; what follows it is the program's (options after `--`)
    #[arg(value_name = "FILE", allow_negative_numbers = true)]
    pub(crate) words: Vec<OsString>,
    /// Arguments of the program
    #[arg(last = true, value_name = "ARGS")]
    pub(crate) arguments: Vec<OsString>,
    /// Code to run, instead of a file
    #[arg(short = 'c', long, value_name = "CODE", allow_hyphen_values = true)]
    pub(crate) code: Option<String>,
    /// `python` or `bash`; guessed from the file's name or `#!` line where not given, else `python`
    #[arg(short, long, value_name = "LANGUAGE")]
    pub(crate) language: Option<String>,
    /// Seconds after which the program is killed: 1 to 300 [default: 30]
    #[arg(short, long, value_name = "SECONDS", value_parser = seconds, allow_negative_numbers = true)]
    pub(crate) timeout: Option<i64>,
    /// Neither review nor confine: the program gets this process's rights and environment
    #[arg(long)]
    pub(crate) no_sandbox: bool,
    /// What to print: what a model reads, or the whole report
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: RunFormat,
    /// What the program reads from standard input: a file, `-` for this command's; empty where not given
    #[arg(long, value_name = "FILE")]
    pub(crate) stdin: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) settings: Settings,
}

#[derive(Debug, Args)]
pub(crate) struct Mcp {
    /// How to log
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    pub(crate) log: LogFormat,
    #[command(flatten)]
    pub(crate) settings: Settings,
}

#[derive(Debug, Args)]
pub(crate) struct Setup {
    /// The client; all are listed where none is given
    #[arg(value_enum)]
    pub(crate) client: Option<Client>,
    /// Write into the client's file instead of printing
    #[arg(long, requires = "client")]
    pub(crate) write: bool,
    /// The file of the project in this directory instead of the user's
    #[arg(long, requires = "client")]
    pub(crate) project: bool,
    /// What the client calls the server
    #[arg(long, default_value = "code-execute")]
    pub(crate) name: String,
    /// What the client starts `code-execute mcp` with
    #[arg(last = true, value_name = "ARGS", requires = "client")]
    pub(crate) arguments: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// Where to listen; port 0 takes a free one, which standard error says
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    pub(crate) listen: SocketAddr,
    /// A file with the token that requests must show; the variable `CODE_EXECUTE_TOKEN` can hold it instead
    #[arg(long, value_name = "FILE")]
    pub(crate) token_file: Option<PathBuf>,
    /// A name that the server is reached under, beside localhost
    #[arg(long, value_name = "NAME[:PORT]")]
    pub(crate) allow_host: Vec<String>,
    /// An origin whose pages may ask, such as `https://app.example`
    #[arg(long, value_name = "ORIGIN")]
    pub(crate) allow_origin: Vec<String>,
    /// Keep nothing between the requests of an older client: any replica can answer
    #[arg(long)]
    pub(crate) stateless: bool,
    /// Programs at the same time [default: twice the processors]
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u16).range(1..=4096))]
    pub(crate) concurrency: Option<u16>,
    /// Submissions that wait for a place; further ones are turned away
    #[arg(long, value_name = "NUMBER", default_value_t = 64)]
    pub(crate) queue: u16,
    /// Seconds that programs have to end when the server is told to
    #[arg(long, value_name = "SECONDS", default_value_t = 30)]
    pub(crate) drain: u16,
    /// How to log
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    pub(crate) log: LogFormat,
    #[command(flatten)]
    pub(crate) settings: Settings,
}

/// A number of seconds. Its range is checked with the submission.
fn seconds(text: &str) -> Result<i64, String> {
    text.parse().map_err(|_| "a timeout is a whole number of seconds between 1 and 300".to_owned())
}

#[derive(Debug, Args)]
pub(crate) struct Check {
    /// Files and directories to review; `-` for standard input
    #[arg(value_name = "PATH", required_unless_present = "code", conflicts_with = "code")]
    pub(crate) paths: Vec<PathBuf>,
    /// Code to review, instead of files
    #[arg(short = 'c', long, value_name = "CODE", allow_hyphen_values = true)]
    pub(crate) code: Option<String>,
    /// `python` or `bash`; guessed for each file where not given
    #[arg(short, long, value_name = "LANGUAGE")]
    pub(crate) language: Option<String>,
    /// What to print
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: CheckFormat,
    #[command(flatten)]
    pub(crate) policies: Policies,
}

#[derive(Debug, Args)]
pub(crate) struct Rules {
    /// The rule to explain, such as `py-import-os`; all are listed where not given
    pub(crate) id: Option<String>,
    /// Only the rules that read this language
    #[arg(short, long, value_name = "LANGUAGE")]
    pub(crate) language: Option<String>,
    /// What to print
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: RulesFormat,
    #[command(flatten)]
    pub(crate) policies: Policies,
}

#[derive(Debug, Args)]
pub(crate) struct Doctor {
    /// The least isolation that counts as enough: `strict`, `standard`, `minimal` or `none` [default: standard]
    #[arg(long, value_name = "LEVEL", value_parser = level)]
    pub(crate) isolation: Option<Isolation>,
    /// Print a file that a machine may need, and examine nothing
    #[arg(long, value_enum, value_name = "PROFILE", conflicts_with_all = ["isolation", "format"])]
    pub(crate) print: Option<Profile>,
    /// What to print
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    /// For people: one line an event
    #[default]
    Text,
    /// For programs: one object a line
    Json,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum RunFormat {
    /// What a model reads
    #[default]
    Text,
    /// The report, one line of JSON; its schema: `code-execute schema`
    Json,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum CheckFormat {
    /// For people
    #[default]
    Human,
    /// For programs
    Json,
    /// SARIF 2.1.0, for code scanning services and editors
    Sarif,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum RulesFormat {
    /// For people
    #[default]
    Human,
    /// For programs
    Json,
    /// For documentation
    Markdown,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    #[default]
    Human,
    /// For programs
    Json,
}
