//! What is made from the definitions in the code: completions, manual pages, the schema of reports.

use clap::CommandFactory as _;
use clap_complete::Shell;
use clap_mangen::Man;
use code_execute::Report;

use super::args::Arguments;
use super::config::nearest;
use super::message::Failure;
use super::{exit, terminal};

/// Prints the JSON Schema of reports.
pub(crate) fn schema() -> Result<u8, Failure> {
    terminal::print_json(&Report::json_schema())?;
    Ok(exit::OK)
}

/// Prints a completion script.
pub(crate) fn completions(shell: Shell) -> Result<u8, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "code-execute", &mut script);
    terminal::print_bytes(&script)?;
    Ok(exit::OK)
}

/// Prints the manual page of the program or of one of its subcommands.
pub(crate) fn man(subcommand: Option<&str>) -> Result<u8, Failure> {
    let mut command = Arguments::command();
    command.build();
    let page = match subcommand {
        None => command,
        Some(name) => {
            let names: Vec<_> =
                command.get_subcommands().map(|command| command.get_name().to_owned()).collect();
            let found = command.find_subcommand(name).cloned();
            let found = found.ok_or_else(|| {
                let failure = Failure::new(format!("there is no subcommand `{name}`"));
                match nearest(name, names.iter().map(String::as_str)) {
                    Some(near) => failure.hint(format!("did you mean `{near}`?")),
                    None => failure,
                }
            })?;
            found.display_name(format!("code-execute-{name}")).bin_name(format!("code-execute {name}"))
        }
    };
    let mut roff = Vec::new();
    Man::new(page)
        .render(&mut roff)
        .map_err(|error| Failure::new("cannot make the manual page").because(&error))?;
    terminal::print_bytes(&roff)?;
    Ok(exit::OK)
}
