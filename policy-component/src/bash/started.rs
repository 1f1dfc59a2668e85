//! Commands that a program in another language starts: read as the same command in Bash would be.

use std::rc::Rc;

use super::parse;
use super::shell::{DEEPEST_WALK, FUEL, Shell};
pub(crate) use super::text::{HOME, Origin, Text, UNKNOWN};
use crate::{Configuration, Finding};

/// How deep the walk of a started command already is. It is on the stack of whoever starts it, so half of what a
/// program has is left: a command that a program writes out is not deep.
const DEPTH: usize = DEEPEST_WALK - parse::DEEPEST;

/// What is started.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Command {
    /// A line for a shell.
    Line(Text),
    /// A program and its arguments.
    Words(Vec<Text>),
}

/// A command, and what it is given beside its words.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Started {
    pub(crate) command: Command,
    /// The directory that it is started in, where that is not `/tmp`.
    pub(crate) directory: Option<Text>,
    pub(crate) input: Option<Text>,
}

/// What commands may still cost to read, and how many programs are around them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Budget {
    pub(crate) fuel: usize,
    pub(crate) nested: u32,
}

impl Default for Budget {
    /// All commands of a program together cost what one program in Bash may cost.
    fn default() -> Self {
        Self { fuel: FUEL, nested: 0 }
    }
}

impl Budget {
    /// Pays for reading a command once: half a mebibyte of commands, written out, is all that is read. False once there
    /// is nothing left.
    pub(crate) fn pay(&mut self, started: &Started) -> bool {
        let bytes = match &started.command {
            Command::Line(line) => line.text.len(),
            Command::Words(words) => words.iter().map(|word| word.text.len()).sum(),
        };
        let input = started.input.as_ref().map_or(0, |input| input.text.len());
        self.fuel = self.fuel.saturating_sub((bytes + input) * 32);
        self.fuel > 0
    }
}

/// Reads a command and returns what the rules for Bash find in it. Places in it mean nothing.
pub(crate) fn read(configuration: &Configuration, started: &Started, budget: &mut Budget) -> Vec<Finding> {
    let mut shell = Shell::new(configuration.clone());
    shell.fuel = budget.fuel;
    shell.nested = budget.nested + 1;
    shell.depth = DEPTH;
    if let Some(directory) = &started.directory {
        shell.cwd = directory.clone();
    }
    shell.stdin = started.input.clone().map(Rc::new);
    match &started.command {
        Command::Line(line) => drop(shell.run_text(line, "`subprocess`")),
        Command::Words(words) => drop(shell.call(words)),
    }
    shell.read_uncalled();
    budget.fuel = shell.fuel;
    shell.findings
}
