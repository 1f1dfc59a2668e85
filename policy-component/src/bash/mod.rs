//! Reads Bash.
//!
//! [`parse`] makes a tree, [`shell`] walks it without running anything: words are expanded as far as they are
//! known, variables, functions and the output of simple programs are followed, and every command that comes of it
//! is shown to the readers of its name ([`writes`], [`devices`], [`permissions`], [`network`], [`carriers`]). Code
//! inside code (`bash -c`, `eval`, decoded text) is read the same way, in place. What does not parse is searched
//! as text by [`textual`].

mod arith;
mod braces;
mod builtins;
mod carriers;
mod commands;
mod condition;
mod configured;
mod decode;
mod devices;
mod disguise;
mod edits;
mod expand;
mod find;
mod foreign;
pub(crate) mod glob;
mod nested;
mod network;
mod options;
mod output;
mod parameters;
mod parse;
mod paths;
mod permissions;
mod printf;
mod redirects;
mod remove;
mod run;
mod sed;
mod shell;
pub(crate) mod started;
mod syntax;
mod text;
mod textual;
mod variables;
mod wrappers;
mod writes;

use crate::rules::bash as rules;
use crate::{Configuration, Finding};
use parse::Stop;
pub(crate) use shell::FUEL;
use shell::Shell;
use syntax::{List, Place};

/// Reads a program and returns what the rules find in it.
pub fn read(configuration: &Configuration, code: &str) -> Vec<Finding> {
    let mut shell = Shell::new(configuration.clone());
    walk(&mut shell, code);
    shell.findings
}

/// Reads a command that a program in another language starts, with what is left of its fuel.
pub(crate) fn read_started(configuration: &Configuration, code: &str, fuel: &mut usize) -> Vec<Finding> {
    let mut shell = Shell::new(configuration.clone());
    shell.fuel = *fuel;
    shell.is_started = true;
    walk(&mut shell, code);
    *fuel = shell.fuel;
    shell.findings
}

fn walk(shell: &mut Shell, code: &str) {
    let parsed = parse::program(code, 0);
    shell.list(&parsed.lines);
    shell.read_uncalled();
    if disguise::has_no_letters(code) {
        let place = Place { start: 0, end: code.len() };
        shell.report_at(
            &rules::DISGUISED,
            place,
            "a program of punctuation alone hides what it does".to_owned(),
        );
    }
    match parsed.stop {
        None => {}
        Some(Stop::TooDeep(at)) => {
            let place = Place { start: at, end: code.len() };
            shell.report_at(
                &rules::TOO_DEEP,
                place,
                format!("nested more than {} levels deep", parse::DEEPEST),
            );
        }
        Some(Stop::Syntax(at)) => unreadable(shell, code, &parsed.lines, at),
    }
}

/// After the last command that was read whole, the code is searched as text.
fn unreadable(shell: &mut Shell, code: &str, lines: &List, at: usize) {
    let last = lines.last().and_then(|pipeline| pipeline.commands.last());
    let start = last.map_or(0, |command| command.place.end).min(at);
    let rest = code.get(start..).unwrap_or_default();
    for (rule, message) in textual::search(rest) {
        let (from, to) = textual::position(rest, rule).unwrap_or((0, rest.len()));
        shell.report_at(rule, Place { start: start + from, end: start + to }, message);
    }
    for (rule, found, message) in configured::search(&shell.configuration, rest) {
        shell.report_at(rule, Place { start: start + found.start, end: start + found.end }, message);
    }
    let end = code.get(at..).and_then(|rest| rest.find('\n')).map_or(code.len(), |length| at + length);
    shell.report_at(&rules::UNREADABLE, Place { start: at, end }, "no valid Bash from here on".to_owned());
}
