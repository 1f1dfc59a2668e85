//! The command line: reads arguments, calls the library, prints.
//!
//! It owns words and exit codes. It never decides what is forbidden, never starts a program and never looks below
//! `Executor` and `Policy`: what the command line can do, a library user can do.

mod args;
mod check;
mod config;
mod doctor;
mod entries;
mod exit;
mod findings;
mod generate;
mod language;
mod log;
mod machine;
mod markdown;
mod mcp;
mod message;
mod policies;
mod policy;
mod profiles;
mod progress;
mod reload;
mod rules;
mod run;
mod sarif;
mod serve;
mod settings;
mod setup;
mod signals;
mod snippet;
mod source;
mod terminal;
mod walk;

use std::process::ExitCode;

use args::{Arguments, Command};
use message::Failure;

/// Does what the arguments say. Returns instead of exiting, so that output is flushed.
pub(crate) fn main() -> ExitCode {
    let arguments = match Arguments::read() {
        Ok(arguments) => arguments,
        Err(error) => return ExitCode::from(exit::usage(&error)),
    };
    let failed = if matches!(arguments.command, Command::Run(_)) { exit::OURS } else { exit::FAILED };
    ExitCode::from(dispatch(arguments.command).unwrap_or_else(|failure| {
        failure.print();
        failed
    }))
}

/// Returns the exit code.
fn dispatch(command: Command) -> Result<u8, Failure> {
    match command {
        Command::Run(arguments) => run::run(*arguments),
        Command::Check(arguments) => check::check(&arguments),
        Command::Mcp(arguments) => mcp::mcp(&arguments),
        Command::Serve(arguments) => serve::serve(&arguments),
        Command::Setup(arguments) => setup::setup(&arguments),
        Command::Rules(arguments) => rules::rules(&arguments),
        Command::Policy { command } => policy::policy(&command),
        Command::Doctor(arguments) => doctor::doctor(&arguments),
        Command::Schema => generate::schema(),
        Command::Completions { shell } => generate::completions(shell),
        Command::Man { command } => generate::man(command.as_deref()),
    }
}
