//! `setup`: tells a client of the tool, by printing what it has to be told or by writing it into the client's own file.

mod clients;
mod merge;

use std::env;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use clap::{Parser as _, ValueEnum as _};
use serde_json::json;

pub(crate) use self::clients::Client;
use super::args::{Arguments, Setup};
use super::exit;
use super::message::Failure;
use super::terminal::{self, STRONG, visible};

/// Prints or writes, and returns the exit code.
pub(crate) fn setup(arguments: &Setup) -> Result<u8, Failure> {
    check(&arguments.arguments)?;
    let Some(client) = arguments.client else {
        return list().map(|()| exit::OK);
    };
    let file = client.file(arguments.project).ok_or_else(|| {
        Failure::new(format!("`{}` has no configuration of a project's own", client.name()))
            .hint("leave out `--project`")
    })?;
    let entry = entry(client, &arguments.arguments)?;
    if arguments.write {
        let done = merge::write(&file, client.key(), &arguments.name, &entry)?;
        terminal::print(&format!("{}\n", done.words(&file)))?;
        return Ok(exit::OK);
    }
    terminal::print_json(&json!({ client.key(): { &arguments.name: entry } }))?;
    terminal::complain(&format!("this belongs into `{}`; `--write` puts it there\n", file.display()));
    Ok(exit::OK)
}

/// What the client is told: how to start this very program.
fn entry(client: Client, arguments: &[String]) -> Result<serde_json::Value, Failure> {
    // A program that was started from a menu has another PATH than a shell.
    let program = env::current_exe()
        .map_err(|error| Failure::new("cannot find out where this program is").because(&error))?;
    let program = program.to_str().ok_or_else(|| {
        Failure::new(format!("the path of this program, `{}`, is not UTF-8", program.display()))
    })?;
    let mut words = vec!["mcp"];
    words.extend(arguments.iter().map(String::as_str));
    Ok(client.entry(program, &words))
}

/// Refuses what `mcp` would refuse when the client starts it, where nobody sees it.
fn check(arguments: &[String]) -> Result<(), Failure> {
    let words = ["code-execute", "mcp"].into_iter().chain(arguments.iter().map(String::as_str));
    match Arguments::try_parse_from(words) {
        Ok(_) => Ok(()),
        Err(error) => {
            let said = error.to_string();
            let said = said.lines().next().unwrap_or_default().trim_start_matches("error: ");
            Err(Failure::new(format!("`code-execute mcp` does not take this: {said}")))
        }
    }
}

fn list() -> Result<(), Failure> {
    let mut text = String::new();
    for client in Client::value_variants() {
        let Some(file) = client.file(false) else { continue };
        let state = if file.exists() { "" } else { " (not there yet)" };
        let name = format!("{:<15}", client.name());
        let file = file.display().to_string();
        let _infallible = writeln!(text, "{STRONG}{name}{STRONG:#} {}{state}", visible(&file));
    }
    text.push_str(
        "\n`code-execute setup CLIENT` prints what the client has to be told, `--write` writes it\n",
    );
    terminal::print(&text)
}

/// The user's home directory.
fn home() -> PathBuf {
    env::home_dir().unwrap_or_else(|| PathBuf::from("/"))
}

/// Where a user's programs keep their configuration.
fn configuration() -> PathBuf {
    match env::var_os("XDG_CONFIG_HOME").map(PathBuf::from).filter(|path| path.is_absolute()) {
        Some(directory) => directory,
        None => home().join(".config"),
    }
}

/// A file of the project in the working directory.
fn of_project(path: impl AsRef<Path>) -> PathBuf {
    env::current_dir().unwrap_or_default().join(path)
}
