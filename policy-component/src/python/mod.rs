//! Reads Python: code in, findings out.
//!
//! The way of a program: its encoding is checked, since the interpreter would otherwise run other text than is read
//! here ([`encoding`]); its nesting is bounded, since all that follows recurses ([`depth`]); it is parsed; its names
//! are put into a table ([`scope`], [`bind`]); and one walk evaluates and judges every expression ([`statements`],
//! [`walk`], [`access`], [`calls`], [`accessors`]). What does not parse is read as far as the parser got, and as
//! text ([`text`]).
//!
//! Rules are about qualified names: `os.system`, however it was reached. Nothing here executes code, opens a file
//! or depends on the order of a hash table.
#![allow(
    clippy::wildcard_enum_match_arm,
    reason = "a syntax tree has a hundred kinds of node and token; each function names the few that it reads"
)]

mod access;
mod accessors;
mod bind;
mod calls;
mod commands;
mod configured;
mod decode;
mod depth;
mod encoding;
mod files;
mod fold;
mod format;
mod methods;
mod modules;
mod names;
mod paths;
mod reader;
mod scope;
mod standard;
mod statements;
mod text;
mod uses;
mod value;
mod walk;

use ruff_python_parser::{Mode, ParseOptions, parse_unchecked};

use self::depth::Depth;
use self::reader::Reader;
use self::scope::Table;
use crate::bash::started::Budget;
use crate::rules::python as rules;
use crate::{Base, Configuration, Finding};

/// Reads a program and returns what the rules find in it.
pub fn read(configuration: &Configuration, code: &str) -> Vec<Finding> {
    read_within(configuration, code, &mut Budget::default())
}

/// Reads a program that a command starts. What it starts itself is paid out of the same budget.
pub(crate) fn read_within(configuration: &Configuration, code: &str, budget: &mut Budget) -> Vec<Finding> {
    read_nested(configuration, code, 0, budget)
}

/// Reads a program that is a constant of another, `nested` programs deep.
fn read_nested(configuration: &Configuration, code: &str, nested: u32, budget: &mut Budget) -> Vec<Finding> {
    if let Some(finding) = encoding::check(code) {
        return vec![finding];
    }
    match depth::measure(code) {
        Depth::Exceeded => vec![too_deep(code)],
        Depth::Unbalanced => unreadable(configuration, code, 0, "the brackets do not match".to_owned()),
        Depth::Bounded => parsed(configuration, code, nested, budget),
    }
}

fn parsed(configuration: &Configuration, code: &str, nested: u32, budget: &mut Budget) -> Vec<Finding> {
    let parsed = parse_unchecked(code, ParseOptions::from(Mode::Module));
    let mut findings = Vec::new();
    if let Some(module) = parsed.syntax().as_module() {
        let mut reader = Reader::new(configuration, Table::new(&module.body), nested, *budget);
        reader.statements(&module.body, 0);
        reader.started_programs();
        reader.started_commands();
        *budget = reader.budget;
        findings = reader.findings;
    }
    if let Some(error) = parsed.errors().first() {
        findings.extend(unreadable(
            configuration,
            code,
            error.location.start().to_usize(),
            error.error.to_string(),
        ));
    }
    findings
}

/// Reads as text what is no valid Python.
fn unreadable(configuration: &Configuration, code: &str, at: usize, error: String) -> Vec<Finding> {
    let mut findings = text::read(configuration, code);
    if configuration.base() == Base::Balanced {
        uses::unread(&mut findings);
    }
    findings.push(Finding { rule: &rules::UNREADABLE, start: at, end: at, message: error });
    findings
}

fn too_deep(code: &str) -> Finding {
    let message = "the code is too deeply nested to be reviewed".to_owned();
    Finding { rule: &rules::TOO_DEEP, start: 0, end: code.len(), message }
}
