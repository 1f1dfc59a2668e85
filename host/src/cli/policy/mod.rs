//! `policy`: what a policy is, whether it does what it says, what it blocks; compiling one ahead, starting one.

mod args;
mod compile;
mod export;
mod inspect;
mod measure;
mod new;
mod test;

use super::exit;
use super::message::Failure;

pub(super) use args::PolicyCommand;

/// Does what the subcommand says and returns the exit code.
pub(crate) fn policy(command: &PolicyCommand) -> Result<u8, Failure> {
    let well = match command {
        PolicyCommand::Inspect(arguments) => inspect::inspect(arguments).map(|()| true),
        PolicyCommand::Compile { policies } => compile::compile(policies).map(|()| true),
        PolicyCommand::Test(arguments) => test::test(arguments),
        PolicyCommand::Measure(arguments) => measure::measure(arguments),
        PolicyCommand::New(arguments) => new::new(arguments).map(|()| true),
        PolicyCommand::Export(arguments) => export::export(arguments).map(|()| true),
    };
    Ok(if well? { exit::OK } else { exit::FOUND })
}
