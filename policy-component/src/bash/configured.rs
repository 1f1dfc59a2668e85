//! What an operator forbids or allows by name: programs and paths.
//!
//! Programs come here when their names are known and wrappers are taken off, paths when they are resolved. What is
//! forbidden is reported beside what the rules report; what is allowed keeps the rules about that program or path,
//! and no others, from reporting.

use super::paths;
use super::shell::Shell;
use super::syntax::Place;
use super::text::Text;
use super::writes::Effect;
use crate::Rule;
use crate::configuration::{self, Configuration, Stance};
use crate::rules::configured as rules;

impl Shell {
    /// Whether the rules about a program itself, whatever paths it is given, are lifted for it.
    pub(crate) fn allows_command(&self, name: &str) -> bool {
        self.configuration.command(name) == Some(Stance::Allowed)
    }

    /// Reports a program that is forbidden.
    pub(crate) fn configured_command(&mut self, name: &str) {
        if self.configuration.command(name) == Some(Stance::Forbidden) {
            self.report(&rules::BASH_COMMAND, format!("`{name}` is forbidden by the configuration"));
        }
    }

    /// Reports arguments that name a path that is forbidden. What is only printed is not used.
    pub(crate) fn configured_arguments(&mut self, name: &str, args: &[Text]) {
        if self.configuration.paths().is_none() || matches!(name, "echo" | "printf" | ":" | "true" | "false")
        {
            return;
        }
        for arg in args {
            for path in std::iter::once(arg.text.as_str()).chain(inner_paths(&arg.text)) {
                let resolved = paths::resolve(&self.cwd.text, path);
                let configured = self.configuration.paths();
                let stance = configured.and_then(|paths| paths.find_written(path, &resolved, &self.cwd.text));
                if stance == Some(Stance::Forbidden) {
                    self.report_path(&resolved);
                }
            }
        }
    }

    /// Reports a resolved path that is forbidden, and says whether it is allowed.
    pub(crate) fn is_allowed_path(&mut self, path: &str) -> bool {
        let stance = self.configuration.paths().and_then(|paths| paths.find(path));
        if stance == Some(Stance::Forbidden) {
            self.report_path(path);
        }
        stance == Some(Stance::Allowed)
    }

    /// The same for a change: a directory that is removed takes with it what is in it.
    pub(crate) fn is_allowed_change(&mut self, effect: Effect, path: &str) -> bool {
        let inside = || self.configuration.paths().is_some_and(|paths| paths.forbidden_inside(path));
        if effect == Effect::Remove && inside() {
            let shown = Text::new(path).shown();
            let message = format!("`{shown}` holds what is forbidden by the configuration");
            self.report(&rules::BASH_PATH, message);
        }
        self.is_allowed_path(path)
    }

    fn report_path(&mut self, path: &str) {
        let shown = Text::new(path).shown();
        self.report(&rules::BASH_PATH, format!("`{shown}` is forbidden by the configuration"));
    }
}

/// Paths inside an argument: `--file=/x`, `if=/x`, `-C/x`, `@/x`, `file:///x`, `/x:/y`.
fn inner_paths(arg: &str) -> impl Iterator<Item = &str> {
    let is_letter_option = arg.starts_with('-') && !arg.starts_with("--");
    arg.match_indices('/').take(64).filter_map(move |(at, _)| {
        let before = arg.get(..at)?;
        let starts = before.ends_with(['=', ':', '@', ','])
            || is_letter_option && before.bytes().skip(1).all(|byte| byte.is_ascii_alphabetic());
        let rest = arg.get(at..)?;
        let end = rest.find([':', ',']).unwrap_or(rest.len());
        (starts || at == 0 && end < rest.len()).then(|| rest.get(..end))?
    })
}

/// What is forbidden in text that does not parse, with its place in it.
pub(crate) fn search(configuration: &Configuration, code: &str) -> Vec<(&'static Rule, Place, String)> {
    let mut found = Vec::new();
    if !configuration.judges_commands() {
        return found;
    }
    let mut start = 0;
    for line in code.split_inclusive('\n') {
        let place = |at: usize, word: &str| Place { start: start + at, end: start + at + word.len() };
        let message =
            |what: &str| format!("`{what}` is forbidden by the configuration, in code that does not parse");
        let is_comment = line.trim_start().starts_with('#');
        for (at, word) in configuration::words(line, &['/', '.', '-', '+']).filter(|_| !is_comment) {
            let name = word.rsplit('/').next().unwrap_or(word);
            if configuration.command(name) == Some(Stance::Forbidden) {
                found.push((&rules::BASH_COMMAND, place(at, word), message(name)));
            }
        }
        for (at, path) in configuration::paths_in_text(line).filter(|_| !is_comment) {
            let stance = configuration.paths().and_then(|paths| paths.find(&paths::resolve("/", path)));
            if stance == Some(Stance::Forbidden) {
                found.push((&rules::BASH_PATH, place(at, path), message(path)));
            }
        }
        start += line.len();
    }
    found
}
