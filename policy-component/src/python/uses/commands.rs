//! What `subprocess` starts: the command as far as it is known, judged by the rules for Bash.
//!
//! Commands are gathered while the program is walked and read when the walk is over: a command can hold a program
//! that starts commands, and one walk on top of another would need the stack of both.

use ruff_text_size::TextRange;

use super::super::calls::Arguments;
use super::super::paths;
use super::super::reader::{MOST_NESTED, Reader};
use super::super::value::Value;
use super::processes;
use crate::bash::started::{self, Command, HOME, Origin, Started, Text, UNKNOWN};
use crate::rules::{bash, configured, python, uses as rules};
use crate::{Rule, Severity};

/// More commands than this are not read: no program that a person reads starts as many.
const MOST_COMMANDS: usize = 2048;

/// What is said where commands are not read: they could be anything.
const TOO_MANY: &str = "more commands, or commands deeper within commands, than can be read";

/// Of a command with several possible values as many are read: a choice between programs seldom has more.
const MOST_CHOICES: usize = 8;

/// Commands that wait to be read, and where they stand.
#[derive(Debug, Default)]
pub(in super::super) struct Commands {
    waiting: Vec<(Started, TextRange)>,
}

/// Whether a function starts the command that it is given.
pub(in super::super) fn starts(name: &str) -> bool {
    matches!(
        name,
        "subprocess.run"
            | "subprocess.call"
            | "subprocess.check_call"
            | "subprocess.check_output"
            | "subprocess.Popen"
            | "subprocess.getoutput"
            | "subprocess.getstatusoutput"
    )
}

impl<'a> Reader<'a> {
    /// Judges a call that starts a command.
    pub(super) fn start(&mut self, name: &str, arguments: &Arguments<'a>, range: TextRange) {
        if self.quiet > 0 {
            return;
        }
        let named =
            |name: &str| arguments.named.iter().find(|(known, _)| *known == name).map(|(_, value)| value);
        for stream in ["stdin", "stdout", "stderr"].into_iter().filter_map(named) {
            if stream.alternatives().iter().filter_map(Value::as_name).any(processes::is_remote) {
                let message = "this connects a program with another machine";
                self.report(&rules::REMOTE_COMMAND, range, message);
            }
        }
        if let Some(Value::Mapping(variables)) = named("env") {
            for (variable, _) in variables.iter() {
                self.loader_variable(variable, range);
            }
        }
        let is_line = name.contains("output") && name != "subprocess.check_output"
            || named("shell").is_some_and(|shell| *shell != Value::Int(0) && shell.as_name() != Some("None"));
        let given = match arguments.positional.first() {
            Some(first) => first,
            None => named("args").or_else(|| named("cmd")).unwrap_or(&Value::Unknown),
        };
        let input = named("input").map(word);
        let directory = named("cwd").filter(|cwd| cwd.as_name() != Some("None")).map(word);
        let directory =
            directory.or_else(|| self.uses.directories.last().map(|path| Text::new(path.as_str())));
        for choice in given.alternatives().iter().take(MOST_CHOICES) {
            for command in commands(choice, is_line, named("executable")) {
                if input.is_none() {
                    self.open_shell(&command, range);
                }
                let started = Started { command, directory: directory.clone(), input: input.clone() };
                self.wait(started, range);
            }
        }
    }

    /// A function that starts commands, given to another that calls it with what nobody knows.
    pub(super) fn starter_passed(&mut self, arguments: &Arguments<'a>, range: TextRange) {
        let passed = arguments.named.iter().filter(|(name, _)| *name != "target");
        if passed.into_iter().any(|(_, value)| self.is_starter(value)) {
            self.report(&rules::DOUBTFUL_COMMAND, range, "which commands this starts cannot be told");
        }
    }

    /// Whether a value is a function that starts commands.
    pub(in super::super) fn is_starter(&self, value: &Value) -> bool {
        self.judges_uses() && value.as_name().is_some_and(starts)
    }

    /// A shell that has no program waits to be told one.
    fn open_shell(&mut self, command: &Command, range: TextRange) {
        let words: Vec<&str> = match command {
            Command::Words(words) => words.iter().map(|word| word.text.as_str()).collect(),
            Command::Line(line) => line.text.split_whitespace().collect(),
        };
        let wraps = |word: &&&str| matches!(**word, "sudo" | "exec" | "env" | "nohup" | "setsid");
        let mut words = words.iter().skip_while(wraps).copied();
        let Some(program) = words.next().map(|path| path.rsplit('/').next().unwrap_or(path)) else { return };
        let is_shell = matches!(program, "sh" | "bash" | "dash" | "zsh" | "ksh" | "ash" | "fish");
        // Options only, and none that says what to run or that ends at once.
        let is_python = program.starts_with("python");
        let waits = |word: &str| match word {
            "-" => true,
            word if is_python => matches!(word, "-i" | "-u" | "-q" | "-B" | "-I"),
            word => word.starts_with('-') && is_mode(word),
        };
        if (is_shell || is_python) && words.all(waits) {
            let message = format!("`{program}` without a program does whatever it is told");
            self.report(&rules::OPEN_SHELL, range, message);
        }
    }

    fn wait(&mut self, started: Started, range: TextRange) {
        if self.budget.nested >= MOST_NESTED || self.uses.commands.waiting.len() >= MOST_COMMANDS {
            self.report(&python::TOO_DEEP, range, TOO_MANY);
        } else {
            self.uses.commands.waiting.push((started, range));
        }
    }

    /// Reads the commands that the program starts, when all else of it has been read.
    pub(in super::super) fn started_commands(&mut self) {
        for (started, range) in std::mem::take(&mut self.uses.commands.waiting) {
            if !self.budget.pay(&started) {
                self.report(&python::TOO_DEEP, range, TOO_MANY);
                return;
            }
            let mut budget = self.budget;
            let found = started::read(self.configuration, &started, &mut budget);
            self.budget.fuel = budget.fuel;
            for finding in found {
                let configured = match finding.rule.id {
                    id if id == configured::BASH_COMMAND.id => Some(&configured::PYTHON_COMMAND),
                    id if id == configured::BASH_PATH.id => Some(&configured::PYTHON_PATH),
                    _ => None,
                };
                if let Some(rule) = configured {
                    self.report(rule, range, finding.message);
                    continue;
                }
                let (rule, said) = match self.configuration.severity(finding.rule) {
                    Some(Severity::Forbidden) if finding.rule.id == bash::REMOTE_CODE.id => {
                        (&rules::REMOTE_COMMAND, "in this command")
                    }
                    Some(Severity::Forbidden) => (&rules::HARMFUL_COMMAND, "in this command"),
                    Some(Severity::Suspicious) if self.uses.decodes && is_computed(finding.rule) => (
                        &rules::HARMFUL_COMMAND,
                        "a program that decodes text starts a command with it or beside it",
                    ),
                    Some(Severity::Suspicious) => (&rules::DOUBTFUL_COMMAND, "in this command"),
                    None => continue,
                };
                self.report(rule, range, format!("{said}: {}", finding.message));
            }
        }
    }
}

/// Whether a rule for Bash says that what is run is not known.
fn is_computed(rule: &Rule) -> bool {
    rule.id == bash::COMPUTED_CODE.id || rule.id == bash::COMPUTED_COMMAND.id
}

/// Options of a shell that leave open what it runs.
fn is_mode(word: &str) -> bool {
    matches!(word, "--login" | "--norc" | "--noprofile" | "--posix" | "--restricted" | "--interactive")
        || !word.starts_with("--") && !word.contains('c')
}

/// The commands that a value can be.
fn commands(value: &Value, is_line: bool, executable: Option<&Value>) -> Vec<Command> {
    let values = match value {
        Value::Sequence(values) => values,
        other => {
            let line = word(other);
            let is_path = matches!(other, Value::Path(_)) && !is_line;
            let line = if is_path { Command::Words(vec![line]) } else { Command::Line(line) };
            return vec![line];
        }
    };
    if is_line {
        // A shell gets the first as its line, and the others as parameters.
        return values.first().map(|line| Command::Line(word(line))).into_iter().collect();
    }
    let choices = values.iter().map(|value| value.alternatives().len()).max().unwrap_or(0);
    let choice = |at: usize| {
        let mut words: Vec<Text> = values
            .iter()
            .map(|value| {
                let all = value.alternatives();
                word(all.get(at).or(all.last()).unwrap_or(&Value::Unknown))
            })
            .collect();
        if let (Some(program), Some(executable)) = (words.first_mut(), executable) {
            *program = word(executable);
        }
        Command::Words(words)
    };
    (0..choices.min(MOST_CHOICES)).map(choice).collect()
}

/// A word of a command, as far as it is known, and where it came from.
fn word(value: &Value) -> Text {
    let known = |text: &str| {
        let text = text.replace(paths::UNKNOWN, UNKNOWN.encode_utf8(&mut [0; 4]));
        match text.strip_prefix('~').filter(|rest| rest.is_empty() || rest.starts_with('/')) {
            Some(rest) => Text::new(format!("{HOME}{rest}")),
            None => Text::new(text),
        }
    };
    match value {
        Value::Text(text) | Value::Path(text) => known(text),
        Value::Bytes(bytes) => known(&String::from_utf8_lossy(bytes)),
        Value::Int(number) => Text::new(number.to_string()),
        Value::Name(name) if processes::is_remote(name) => Text::from(Origin::REMOTE),
        Value::Name(name) if is_decoder(name) => Text::from(Origin::DECODED),
        _ => Text::unknown(),
    }
}

/// Whether something is a decoder, or made by one out of what is not known.
pub(super) fn is_decoder(name: &str) -> bool {
    let root = name.split('.').next().unwrap_or_default();
    matches!(
        root,
        "base64" | "binascii" | "codecs" | "zlib" | "bz2" | "lzma" | "marshal" | "pickle" | "cryptography"
    )
}
