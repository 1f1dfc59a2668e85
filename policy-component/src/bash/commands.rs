//! Simple commands: which program runs with which arguments, and who reads them.

use super::disguise;
use super::glob;
use super::shell::Shell;
use super::syntax::{Assignment, Redirect, Word};
use super::text::{Origin, Text, UNKNOWN, join};
use super::variables::Variable;
use super::wrappers::{self, Peeled};
use crate::rules::bash as rules;

/// Programs that a pattern in a command's name may stand for, the worst first.
const PROGRAMS: &[&str] = &[
    "rm",
    "dd",
    "mkfs",
    "mkfs.ext4",
    "mkfs.ext3",
    "mkfs.ext2",
    "mkfs.xfs",
    "mkfs.btrfs",
    "mkfs.vfat",
    "mke2fs",
    "chmod",
    "bash",
    "sh",
    "dash",
    "zsh",
    "shred",
    "wipefs",
    "curl",
    "wget",
    "nc",
    "ncat",
    "tee",
    "mv",
    "cp",
    "ln",
    "install",
    "truncate",
    "chown",
    "sed",
    "perl",
    "python3",
    "python",
    "ruby",
    "awk",
    "find",
    "xargs",
    "env",
    "sudo",
    "busybox",
    "base64",
    "cat",
    "echo",
    "printf",
    "unlink",
    "rsync",
    "tar",
    "socat",
    "ssh",
    "eval",
];

impl Shell {
    pub(crate) fn simple(
        &mut self,
        assignments: &[Assignment],
        words: &[Word],
        declared: &[Assignment],
        redirects: &[Redirect],
    ) -> Text {
        let place = self.place;
        let mut fields = Vec::new();
        let mut split_name = false;
        for word in words {
            let named = fields.is_empty();
            fields.extend(self.fields(word));
            if named && !fields.is_empty() {
                split_name = disguise::is_disguised(word);
            }
        }
        self.place = place;
        if split_name {
            let name = fields.first().map(Text::shown).unwrap_or_default();
            self.report(&rules::DISGUISED, format!("the name `{name}` is put together to be hard to read"));
        }
        if self.paddings > 1 {
            self.paddings = 0;
            self.report(&rules::DISGUISED, "expansions that can only be empty hide what is run".to_owned());
        }
        let output = self.redirect(redirects);
        let saved: Vec<(&str, Option<Variable>)> =
            assignments.iter().map(|a| (a.name.as_str(), self.variables.get(&a.name).cloned())).collect();
        for assignment in assignments {
            self.assign(assignment);
        }
        for assignment in declared {
            self.assign(assignment);
        }
        self.place = place;
        let printed = self.call(&fields);
        self.place = place;
        if !fields.is_empty() {
            for (name, old) in saved {
                match old {
                    Some(old) => self.variables.set(name, old),
                    None => self.variables.unset(name),
                }
            }
        }
        self.deliver(output, printed)
    }

    /// Runs a command whose words are expanded.
    pub(crate) fn call(&mut self, fields: &[Text]) -> Text {
        let Some((first, args)) = fields.split_first() else { return Text::default() };
        self.deeper(|shell| shell.dispatch(first, args))
    }

    fn dispatch(&mut self, first: &Text, args: &[Text]) -> Text {
        if !first.is_known() {
            return self.computed(first, args);
        }
        let name = self.program(&first.text);
        if !first.text.contains('/') {
            if self.functions.contains_key(&name)
                && let Some(printed) = self.run_function(&name, Some(args.to_vec()))
            {
                return printed;
            }
            if let Some(alias) = self.aliases.remove(&name) {
                let line = format!("{} {}", alias.text, shell_words(args));
                let printed = self.read_code(&line);
                self.aliases.insert(name, alias);
                return printed;
            }
        } else if let Some(content) = self.content(first) {
            return self.run_file(&content, args);
        }
        self.configured_command(&name);
        if let Some(peeled) = wrappers::peel(&name, args) {
            return match peeled {
                Peeled::Command(inner) => self.call(&inner),
                Peeled::Environment(assigned, inner) => {
                    for (variable, value) in assigned {
                        self.assign_text(&variable, value);
                    }
                    self.call(&inner)
                }
                Peeled::Line(line) => self.run_text(&line, &format!("`{name}`")),
                Peeled::Nothing => Text::unknown(),
            };
        }
        self.configured_arguments(&name, args);
        self.program_rules(&name, args);
        match self.builtin(&name, args) {
            Some(printed) => printed,
            None => self.output(&name, args),
        }
    }

    /// Every reader of a program by its name. Each looks only at the programs it knows.
    fn program_rules(&mut self, name: &str, args: &[Text]) {
        self.writing_program(name, args);
        if !self.allows_command(name) {
            self.disk_program(name, args);
            self.mode_program(name, args);
        }
        self.network_program(name, args);
        self.carrier(name, args);
    }

    /// The name of the program that a command word means: without directories, with patterns resolved.
    fn program(&self, word: &str) -> String {
        let base = word.rsplit('/').next().unwrap_or(word);
        if !glob::is_pattern(word) || word.len() > 64 {
            return base.to_owned();
        }
        let mut programs = PROGRAMS.iter().copied().chain(self.configuration.forbidden_commands());
        programs.find(|program| glob::matches(base, program)).unwrap_or(base).to_owned()
    }

    /// A command whose name is not known.
    fn computed(&mut self, first: &Text, args: &[Text]) -> Text {
        let all = first.origin;
        if all.has(Origin::REMOTE) {
            self.report(&rules::REMOTE_CODE, "runs a command that comes from the network".to_owned());
        } else if all.has(Origin::DECODED) {
            self.report(&rules::DECODED_CODE, "runs a command that a decoder makes".to_owned());
        } else if self.report_spent() {
            return Text::unknown();
        } else if self.looks_like_removal(args) {
            self.report(
                &rules::REMOVE_ROOT,
                "runs a computed command with the arguments of `rm -rf /`".to_owned(),
            );
        } else {
            self.report(&rules::COMPUTED_COMMAND, format!("runs `{}`, which is not known", first.shown()));
            // What follows a name that may be empty may be the command itself.
            if first.text == UNKNOWN.to_string() && args.len() > 1 {
                self.wrapped_in_unknown(args);
            }
        }
        Text::from(self.stdin.as_ref().map(|text| text.origin).unwrap_or_default())
    }

    /// `$SUDO rm -rf /`: a name that is not known may be a wrapper, or nothing.
    fn wrapped_in_unknown(&mut self, args: &[Text]) {
        let known = args.first().is_some_and(|first| {
            PROGRAMS.contains(&first.text.as_str()) || self.configuration.command(&first.text).is_some()
        });
        if known {
            self.call(args);
        }
    }

    fn looks_like_removal(&self, args: &[Text]) -> bool {
        let recursive = args.iter().any(|arg| {
            arg.text.starts_with('-')
                && !arg.text.starts_with("--")
                && arg.text.contains(['r', 'R'])
                && arg.text.contains('f')
                || matches!(arg.text.as_str(), "--recursive" | "--no-preserve-root")
        });
        recursive
            && args.iter().any(|arg| {
                let path = super::paths::resolve(&self.cwd.text, &arg.text);
                arg.text.starts_with('/')
                    && matches!(
                        super::paths::area(&path),
                        super::paths::Area::Root | super::paths::Area::Top | super::paths::Area::Home
                    )
            })
    }

    /// Runs a file that the program wrote.
    fn run_file(&mut self, content: &Text, args: &[Text]) -> Text {
        if content.text.starts_with("#!") && !content.text.lines().next().unwrap_or_default().contains("sh") {
            let line =
                content.text.lines().next().unwrap_or_default().trim_start_matches("#!").trim().to_owned();
            let program = line.rsplit(['/', ' ']).next().unwrap_or_default().to_owned();
            self.interpreter_code(&program, content);
            return Text::unknown();
        }
        let outer = self.positional.replace(args.to_vec());
        let printed = self.run_text(content, "a file of this program");
        self.positional = outer;
        printed
    }

    /// Runs text as a program, or says why what it is cannot be known.
    pub(crate) fn run_text(&mut self, code: &Text, what: &str) -> Text {
        if code.origin.has(Origin::REMOTE) {
            self.report(&rules::REMOTE_CODE, format!("{what} runs code that comes from the network"));
            return Text::from(Origin::REMOTE);
        }
        if !code.is_known() {
            if code.origin.has(Origin::DECODED) {
                self.report(&rules::DECODED_CODE, format!("{what} runs what a decoder makes"));
            } else if !self.report_spent() {
                self.report(&rules::COMPUTED_CODE, format!("{what} runs text that is not known"));
            }
        }
        if code.text.trim_matches([UNKNOWN, ' ', '\n']).is_empty() {
            return Text::from(code.origin);
        }
        self.deeper(|shell| shell.read_code(&code.text))
    }

    pub(crate) fn assign_text(&mut self, name: &str, value: Text) {
        if name == "BASH_ENV"
            && let Some(content) = self.content(&value)
        {
            self.run_text(&content, "the file that `BASH_ENV` names");
        }
        self.set(name, value);
    }
}

/// Arguments as words of a line of code, quoted.
pub(crate) fn shell_words(args: &[Text]) -> String {
    let quoted: Vec<Text> =
        args.iter().map(|arg| arg.as_text(format!("'{}'", arg.text.replace('\'', "'\\''")))).collect();
    join(&quoted, " ").text
}
