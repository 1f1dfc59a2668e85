//! Programs that are started from Python, where the configuration forbids programs or paths.
//!
//! That a program is started is the business of other rules. Here, the command is put together as far as it is known
//! and read as Bash, for what is configured alone. It is read when the walk is over: one walk on top of another would
//! need the stack of both. Python inside such a command is not read.

use ruff_text_size::TextRange;

use super::calls::Arguments;
use super::paths::UNKNOWN;
use super::reader::Reader;
use super::uses;
use super::value::Value;
use crate::bash;
use crate::rules::configured as rules;
use crate::rules::python::TOO_DEEP;

/// Reads as something that is not known, in Bash.
const SOMETHING: &str = "\"$RANDOM\"";

/// More commands than this are not read: no program that a person reads starts as many.
const MOST_COMMANDS: usize = 256;

impl<'a> Reader<'a> {
    /// Remembers what a function that starts programs is given, where something is forbidden.
    pub(super) fn command_call(&mut self, name: &str, arguments: &Arguments<'a>, range: TextRange) {
        // Where uses are judged, a command is read for every rule, these among them.
        let is_judged = self.judges_uses() && uses::starts(name);
        if self.quiet > 0 || is_judged || !self.configuration.judges_commands() || !starts_program(name) {
            return;
        }
        let lines = lines(arguments);
        if self.started.len() + lines.len() > MOST_COMMANDS {
            self.report(&TOO_DEEP, range, "more commands than can be read");
            return;
        }
        self.started.extend(lines.into_iter().map(|line| (line, range)));
    }

    /// Reports what is forbidden in the commands that the program starts. All together cost what a program may.
    pub(super) fn started_programs(&mut self) {
        let mut fuel = bash::FUEL;
        for (line, range) in std::mem::take(&mut self.started) {
            for found in bash::read_started(self.configuration, &line, &mut fuel) {
                let rule = match found.rule.id {
                    "sh-forbidden-command" => &rules::PYTHON_COMMAND,
                    "sh-forbidden-path" => &rules::PYTHON_PATH,
                    "sh-too-deep" => &TOO_DEEP,
                    _ => continue,
                };
                self.report(rule, range, found.message);
            }
        }
    }
}

/// The commands that the arguments can be: a line for a shell, or a program and its arguments.
fn lines(arguments: &Arguments<'_>) -> Vec<String> {
    let named =
        arguments.named.iter().filter(|(name, _)| matches!(*name, "args" | "cmd" | "command" | "argv"));
    let mut lines = Vec::new();
    for value in arguments.positional.iter().chain(named.map(|(_, value)| value)) {
        for alternative in value.alternatives() {
            match alternative {
                Value::Text(text) => lines.push(text.split(UNKNOWN).collect::<Vec<_>>().join(SOMETHING)),
                Value::Sequence(words) => lines.push(words.iter().map(quoted).collect::<Vec<_>>().join(" ")),
                _ => {}
            }
        }
    }
    // `execl("/usr/bin/git", "git", "push")` and `create_subprocess_exec("git", "push")` take the words one by one.
    if let [Value::Text(_), _, ..] = arguments.positional.as_slice() {
        lines.push(arguments.positional.iter().map(quoted).collect::<Vec<_>>().join(" "));
    }
    lines
}

/// A word of a command, as Bash would be given it.
fn quoted(word: &Value) -> String {
    // Of several values the first stands for all: a word is one value.
    let Some(Some(text)) = word.alternatives().first().map(Value::path) else { return SOMETHING.to_owned() };
    let parts = text.split(UNKNOWN).map(|part| format!("'{}'", part.replace('\'', "'\\''")));
    parts.collect::<Vec<_>>().join(SOMETHING)
}

fn starts_program(name: &str) -> bool {
    let Some((module, function)) = name.rsplit_once('.') else { return false };
    match module {
        "subprocess" => true,
        "os" | "posix" => ["system", "popen", "exec", "spawn", "posix_spawn"]
            .iter()
            .any(|start| function.starts_with(start)),
        "pty" => function == "spawn",
        "asyncio" | "asyncio.subprocess" => function.starts_with("create_subprocess_"),
        "pexpect" => matches!(function, "spawn" | "run"),
        _ => false,
    }
}
