//! What `os`, `shutil` and `subprocess` are used for, for the policy `balanced`, which allows importing them.
//!
//! Nothing here resolves names: it is told the qualified name that the reader found, `os.system`, however it was
//! reached. [`modules`] keeps the modules in sight, [`commands`] judges what is started, [`processes`] what is done to
//! processes, rights and variables, [`files`] which files are touched; [`values`] says what their functions give.
//! Under the policy `default` none of it does anything: there the import is forbidden.

mod commands;
mod files;
mod modules;
mod processes;
mod values;

use ruff_text_size::TextRange;

pub(super) use self::commands::{Commands, starts};
pub(super) use self::modules::{imported, is_judged, mentioned, unread};
pub(super) use self::values::is_home;
use super::calls::Arguments;
use super::reader::Reader;
use crate::Base;

/// What is gathered while a program is read, and judged later or together with something else.
#[derive(Debug, Default)]
pub(super) struct Uses {
    pub(super) commands: Commands,
    /// The directories that the program changes to.
    pub(super) directories: Vec<String>,
    /// Whether the program decodes something.
    pub(super) decodes: bool,
    /// Whether what a list grew by is being evaluated.
    pub(super) growing: bool,
}

/// The member of `os`, whichever of its modules it was taken from.
fn os_member(name: &str) -> Option<&str> {
    ["os.", "posix.", "nt."].iter().find_map(|module| name.strip_prefix(module))
}

/// Whether a function is one of `os` or `shutil`, whose arguments are known one by one.
pub(super) fn is_system_function(name: &str) -> bool {
    os_member(name).is_some() || name.starts_with("shutil.")
}

impl<'a> Reader<'a> {
    /// Whether uses are judged instead of imports.
    pub(super) fn judges_uses(&self) -> bool {
        self.configuration.base() == Base::Balanced
    }

    /// Judges a call of something with a qualified name.
    pub(super) fn use_call(&mut self, name: &str, arguments: &Arguments<'a>, range: TextRange) {
        if commands::starts(name) {
            self.start(name, arguments, range);
        } else {
            self.starter_passed(arguments, range);
        }
        self.uses.decodes |= commands::is_decoder(name);
        self.passed_out_of_sight(name, arguments, range);
        self.process_call(name, arguments, range);
    }
}
