//! Programs that carry code of another language, or a line for a shell, in an option: `python3 -c`, `perl -e`,
//! `awk`, `vim -c '!…'`, `tar --to-command`.

use super::foreign;
use super::options::Options;
use super::shell::Shell;
use super::started::Budget;
use super::text::{Origin, Text};
use crate::rules::bash as rules;
use crate::{Base, Severity, python};

/// Longer Python programs inside Bash are not read: a here-document of that size is data.
const LONGEST_PYTHON: usize = 256 << 10;

impl Shell {
    /// Reads what `name` is given to run.
    pub(crate) fn carrier(&mut self, name: &str, args: &[Text]) {
        if is_interpreter(name) {
            self.interpreter(name, args);
            return;
        }
        match name {
            "awk" | "gawk" | "mawk" | "nawk" => {
                let options = Options::read(args, "Fvf", &["field-separator", "assign", "file", "source"]);
                if let Some(program) =
                    options.value('e', "source").or_else(|| options.operands.first().cloned())
                {
                    foreign::awk(self, &program);
                }
            }
            "sed" => self.sed_commands(args),
            "vim" | "vi" | "nvim" | "ex" | "view" | "rvim" | "ed" => self.editor(args),
            "tar" | "bsdtar" => {
                let options = Options::read(
                    args,
                    "fCIF",
                    &[
                        "use-compress-program",
                        "checkpoint-action",
                        "to-command",
                        "rsh-command",
                        "info-script",
                    ],
                );
                for action in options.values(' ', "checkpoint-action") {
                    if let Some(line) = action.text.strip_prefix("exec=") {
                        self.run_text(&action.as_text(line), "`tar --checkpoint-action`");
                    }
                }
                for long in ["to-command", "use-compress-program", "rsh-command", "info-script"] {
                    let letter = if long == "use-compress-program" { 'I' } else { ' ' };
                    for line in options.values(letter, long) {
                        self.run_text(&line, "`tar`");
                    }
                }
            }
            "git" => {
                for arg in args {
                    if let Some((setting, value)) = arg.text.split_once('=')
                        && let Some(line) = value.strip_prefix('!').or_else(|| runs(setting).then_some(value))
                    {
                        self.run_text(&arg.as_text(line), "`git`");
                    }
                }
                if let Some(at) = args.iter().position(|arg| arg.text == "config")
                    && let Some(value) = args.get(at + 1..).and_then(<[Text]>::last)
                    && let Some(line) = value.text.strip_prefix('!')
                {
                    self.run_text(&value.as_text(line), "`git`");
                }
            }
            "make" | "gmake" => self.make(args),
            "ssh" => {
                for arg in args {
                    if let Some((_, line)) =
                        arg.text.split_once("ProxyCommand=").or_else(|| arg.text.split_once("LocalCommand="))
                    {
                        self.run_text(&arg.as_text(line), "`ssh`");
                    }
                }
            }
            "rsync" => {
                if let Some(line) = Options::read(args, "e", &["rsh"]).value('e', "rsh") {
                    self.run_text(&line, "`rsync -e`");
                }
            }
            "zip" => {
                if let Some(line) = Options::read(args, "T", &["unzip-command"]).value('T', "unzip-command") {
                    self.run_text(&line, "`zip -TT`");
                }
            }
            "gdb" | "sqlite3" | "mysql" | "psql" | "ftp" | "less" | "more" | "man" | "nmap" | "expect" => {
                self.shell_escapes(args);
            }
            _ => {}
        }
    }

    fn interpreter(&mut self, name: &str, args: &[Text]) {
        let flag = match name {
            "python" | "python2" | "python3" | "pypy" | "pypy3" => 'c',
            "php" => 'r',
            _ if name.starts_with("python") => 'c',
            _ => 'e',
        };
        let options = Options::read(args, if flag == 'c' { "cmWX" } else { "eEr" }, &["eval", "print"]);
        let mut programs = options.values(flag, "eval");
        programs.extend(options.values('E', ""));
        if programs.is_empty() && !options.has('m', "") {
            match options.operands.first() {
                Some(file) if file.text != "-" => programs.extend(self.content(file)),
                _ => programs.extend(self.piped()),
            }
        }
        for program in programs {
            self.interpreter_code(name, &program);
        }
    }

    /// Reads a program in another language.
    pub(crate) fn interpreter_code(&mut self, name: &str, program: &Text) {
        if program.origin.has(Origin::REMOTE) {
            self.report(&rules::REMOTE_CODE, format!("`{name}` runs code that comes from the network"));
            return;
        }
        if program.origin.has(Origin::DECODED) {
            self.report(&rules::DECODED_CODE, format!("`{name}` runs what a decoder makes"));
            return;
        }
        if name.starts_with("python") || name.starts_with("pypy") {
            if self.is_started || program.text.len() > LONGEST_PYTHON || !self.spend(program.text.len() * 16)
            {
                return;
            }
            // A program in Bash gets the same answer from every base; what a program in Python starts gets Python's.
            let judge = match self.nested {
                0 => self.configuration.based_on(Base::Default),
                _ => self.configuration.clone(),
            };
            let mut budget = Budget { fuel: self.fuel, nested: self.nested };
            let found = python::read_within(&judge, &program.text, &mut budget);
            self.fuel = budget.fuel;
            let worst =
                found.into_iter().find(|found| judge.severity(found.rule) == Some(Severity::Forbidden));
            if let Some(found) = worst {
                self.report(&rules::PYTHON_CODE, format!("Python code inside: {}", found.message));
            }
        } else if matches!(name, "awk" | "gawk" | "mawk") {
            foreign::awk(self, program);
        } else {
            foreign::script(self, name, program);
        }
    }

    /// `e` of GNU sed runs a line, `w` writes to a file.
    fn sed_commands(&mut self, args: &[Text]) {
        let options = Options::read(args, "efl", &["expression", "file"]);
        let mut scripts = options.values('e', "expression");
        if scripts.is_empty() {
            scripts.extend(options.operands.first().cloned());
        }
        for script in scripts {
            let text = script
                .text
                .trim_start_matches(|c: char| c.is_ascii_digit() || c == '$' || c == ',' || c == '!');
            if let Some(line) = text.strip_prefix("e ") {
                self.run_text(&script.as_text(line), "`sed`");
            }
            let written = text.strip_prefix("w ").or_else(|| text.rsplit_once("/w ").map(|(_, file)| file));
            if let Some(file) = written {
                self.effect(super::writes::Effect::Write, &script.as_text(file.trim()), "`sed` writes to");
            }
        }
    }

    fn editor(&mut self, args: &[Text]) {
        for arg in args {
            let text = arg.text.trim_start_matches(['+', ':']).trim_start_matches("silent ").trim_start();
            if let Some(line) = text.strip_prefix('!') {
                self.run_text(&arg.as_text(line), "the editor");
            } else if let Some(file) = text.strip_prefix("w ").or_else(|| text.strip_prefix("w! ")) {
                self.effect(super::writes::Effect::Write, &arg.as_text(file.trim()), "the editor writes to");
            }
        }
        if let Some(input) = self.piped().filter(Text::is_known) {
            for line in input.text.lines().take(256) {
                let line = line.trim_start_matches([':', ',', '%', '.']);
                if let Some(code) = line.strip_prefix('!').or_else(|| line.strip_prefix("r !")) {
                    self.run_text(&input.as_text(code), "the editor");
                } else if let Some(file) = line.strip_prefix("w ") {
                    self.effect(
                        super::writes::Effect::Write,
                        &input.as_text(file.trim()),
                        "the editor writes to",
                    );
                }
            }
        }
    }

    /// `.shell`, `\!`, `!` of command-line tools, in arguments or piped in.
    fn shell_escapes(&mut self, args: &[Text]) {
        let mut lines: Vec<Text> = args.to_vec();
        if let Some(input) = self.piped().filter(Text::is_known) {
            lines.extend(input.text.lines().take(256).map(|line| input.as_text(line)));
        }
        for line in lines {
            let text = line.text.trim_start();
            let code =
                [".shell ", ".system ", "\\! ", "shell ", "system ", "!", "python import os;os.system"]
                    .iter()
                    .find_map(|start| text.strip_prefix(start));
            if let Some(code) = code {
                self.run_text(&line.as_text(code), "a shell escape");
            }
        }
    }

    /// The recipes of a makefile that is known.
    fn make(&mut self, args: &[Text]) {
        let options = Options::read(args, "fCj", &["file", "makefile", "eval"]);
        let mut texts = options.values(' ', "eval");
        match options.value('f', "file") {
            Some(file) if file.text == "-" => texts.extend(self.piped()),
            Some(file) => texts.extend(self.content(&file)),
            None => texts.extend(
                ["Makefile", "makefile", "GNUmakefile"]
                    .into_iter()
                    .find_map(|name| self.content(&Text::new(name))),
            ),
        }
        for text in texts {
            if text.origin.has(Origin::REMOTE) {
                self.run_text(&text, "`make`");
            }
            for line in text.text.lines().take(512) {
                let recipe =
                    line.strip_prefix('\t').or_else(|| line.split_once(';').map(|(_, recipe)| recipe));
                if let Some(recipe) = recipe {
                    let code = recipe.trim_start_matches(['@', '-', '+', ' ']).replace("$$", "$");
                    self.isolated(|shell| shell.run_text(&text.as_text(code), "`make`"));
                }
            }
        }
    }
}

/// Settings of git whose value is a line for a shell.
fn runs(setting: &str) -> bool {
    let setting = setting.to_ascii_lowercase();
    ["pager", "editor", "sshcommand", "fsmonitor", "helper", "external", "gitproxy", "askpass"]
        .iter()
        .any(|end| setting.ends_with(end))
}

fn is_interpreter(name: &str) -> bool {
    matches!(
        name,
        "perl"
            | "ruby"
            | "php"
            | "node"
            | "nodejs"
            | "lua"
            | "luajit"
            | "pypy"
            | "pypy3"
            | "tclsh"
            | "Rscript"
            | "bun"
            | "deno"
    ) || name
        .strip_prefix("python")
        .is_some_and(|version| version.bytes().all(|b| b.is_ascii_digit() || b == b'.'))
        || name
            .strip_prefix("perl")
            .is_some_and(|version| version.bytes().all(|b| b.is_ascii_digit() || b == b'.'))
}
