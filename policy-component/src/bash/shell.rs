//! The shell that walks a program without running it: its state, its budget, and the findings it gathers.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::parse::{self, Stop};
use super::syntax::{Command, Place};
use super::text::{Origin, Text};
use super::variables::{Variable, Variables};
use crate::rules::bash as rules;
use crate::{Configuration, Finding, Rule, Severity};

/// What a walk may cost, in units of about one byte copied. Twenty times the longest submission: ordinary programs
/// use a few thousand, and what is left undone when it is spent is loops and calls that were read once already.
pub(crate) const FUEL: usize = 20 << 20;

/// Stack depth of the walk, in nested constructs. A level of the tree is up to two of the walk, so what one parse may
/// nest fits, and code inside code where it is nested less.
pub(crate) const DEEPEST_WALK: usize = 2 * parse::DEEPEST;

/// At most this many bytes of code inside code are read: eight times the longest submission, which no program
/// reaches that does not feed itself to itself.
const MOST_CODE: usize = 8 << 20;

/// At most this many findings are kept: ten times what a report shows.
const MOST_FINDINGS: usize = 1000;

pub(crate) struct Shell {
    pub(crate) configuration: Configuration,
    pub(crate) findings: Vec<Finding>,
    /// The command being read, for findings about it.
    pub(crate) place: Place,
    /// Where all findings stand while code inside code is read.
    pub(crate) fixed: Option<Place>,
    pub(crate) variables: Variables,
    pub(crate) functions: BTreeMap<String, Rc<Command>>,
    pub(crate) called: BTreeSet<String>,
    pub(crate) aliases: BTreeMap<String, Text>,
    /// The positional parameters; not known inside a function that is read without a call.
    pub(crate) positional: Option<Vec<Text>>,
    pub(crate) in_function: bool,
    /// What `$0` is: a program that runs `$0` runs itself, which is a shell.
    pub(crate) zero: Text,
    /// How many calls of functions are open.
    pub(crate) calls_open: usize,
    pub(crate) cwd: Text,
    /// What the program wrote into files, by path.
    pub(crate) files: BTreeMap<String, Text>,
    pub(crate) descriptors: BTreeMap<u32, Text>,
    pub(crate) stdin: Option<Rc<Text>>,
    /// Whether the last `read`, test or arithmetic command succeeded, where that is known.
    pub(crate) succeeded: Option<bool>,
    pub(crate) fuel: usize,
    /// How many programs in other languages this one is started by, one within another.
    pub(crate) nested: u32,
    /// Whether a program in another language starts this one.
    pub(crate) is_started: bool,
    pub(crate) depth: usize,
    /// Bytes of code inside code that may still be read.
    code_left: usize,
    /// Whether something in a call was too deep to be read.
    pub(crate) refused: bool,
    /// How many `$@` and `$*` were padded with operators that can do nothing.
    pub(crate) paddings: usize,
}

impl Shell {
    pub(crate) fn new(configuration: Configuration) -> Self {
        Self {
            configuration,
            findings: Vec::new(),
            place: Place::default(),
            fixed: None,
            variables: Variables::default(),
            functions: BTreeMap::new(),
            called: BTreeSet::new(),
            aliases: BTreeMap::new(),
            positional: Some(Vec::new()),
            in_function: false,
            zero: Text::new("bash"),
            calls_open: 0,
            cwd: Text::new("/tmp"),
            files: BTreeMap::new(),
            descriptors: BTreeMap::new(),
            stdin: None,
            succeeded: None,
            fuel: FUEL,
            nested: 0,
            is_started: false,
            depth: 0,
            code_left: MOST_CODE,
            refused: false,
            paddings: 0,
        }
    }

    /// Reports `rule` at the command being read, once.
    pub(crate) fn report(&mut self, rule: &'static Rule, message: String) {
        let place = self.fixed.unwrap_or(self.place);
        self.report_at(rule, place, message);
    }

    pub(crate) fn report_at(&mut self, rule: &'static Rule, place: Place, message: String) {
        let Some(severity) = self.configuration.severity(rule) else { return };
        let recent = self.findings.iter().rev().take(20);
        let known = recent.clone().any(|f| std::ptr::eq(f.rule, rule) && f.start == place.start);
        // Suspicions must never crowd out what is forbidden.
        let most = if severity == Severity::Forbidden { 2 * MOST_FINDINGS } else { MOST_FINDINGS };
        if !known && self.findings.len() < most {
            self.findings.push(Finding { rule, start: place.start, end: place.end, message });
        }
    }

    /// Spends fuel; false once there is none left.
    pub(crate) fn spend(&mut self, units: usize) -> bool {
        self.fuel = self.fuel.saturating_sub(units);
        self.fuel > 0
    }

    /// Reports that something could not be known because the walk's budget is spent: a program that burns it on
    /// purpose gains nothing.
    pub(crate) fn report_spent(&mut self) -> bool {
        if self.fuel == 0 {
            self.report(&rules::TOO_DEEP, "what this is takes too long to follow".to_owned());
        }
        self.fuel == 0
    }

    /// Walks one level deeper, or not at all where that would be too deep. Calls inside calls that are too deep
    /// are recursion more often than malice, and are read again on their own.
    pub(crate) fn deeper<T: Default>(&mut self, walk: impl FnOnce(&mut Self) -> T) -> T {
        if self.depth >= DEEPEST_WALK {
            if self.calls_open > 1 {
                self.refused = true;
            } else {
                self.report(&rules::TOO_DEEP, "nested too deep to follow".to_owned());
            }
            return T::default();
        }
        self.depth += 1;
        let result = walk(self);
        self.depth -= 1;
        result
    }

    /// Walks in a subshell: variables, directory, parameters and descriptors are as before afterwards.
    pub(crate) fn isolated<T>(&mut self, walk: impl FnOnce(&mut Self) -> T) -> T {
        let mark = self.variables.enter();
        let cwd = self.cwd.clone();
        let stdin = self.stdin.clone();
        let result = walk(self);
        self.stdin = stdin;
        self.cwd = cwd;
        self.variables.leave(mark);
        result
    }

    /// Reads `code` as a program inside this one; all findings stand where the command that runs it stands.
    /// Returns what it prints.
    pub(crate) fn read_code(&mut self, code: &str) -> Text {
        if code.trim().is_empty() {
            return Text::default();
        }
        // Fuel limits what is done again and again; code that stands there is read even without.
        self.spend(code.len() * 8);
        self.code_left = self.code_left.saturating_sub(code.len());
        if self.code_left == 0 {
            self.report(&rules::TOO_DEEP, "more code inside code than can be followed".to_owned());
            return Text::default();
        }
        if self.depth + 8 >= DEEPEST_WALK {
            self.report(&rules::TOO_DEEP, "code inside code inside code, too deep to follow".to_owned());
            return Text::default();
        }
        let parsed = parse::program(code, 0);
        let outer = (self.fixed, self.place);
        self.fixed = Some(outer.0.unwrap_or(outer.1));
        self.depth += 7;
        let printed = self.list(&parsed.lines);
        self.depth -= 7;
        self.fixed = outer.0;
        self.place = outer.1;
        match parsed.stop {
            Some(Stop::TooDeep(_)) => {
                self.report(
                    &rules::TOO_DEEP,
                    "code inside code that is nested too deep to follow".to_owned(),
                );
            }
            Some(Stop::Syntax(at)) => self.read_as_text(code.get(at..).unwrap_or_default()),
            None => {}
        }
        printed
    }

    /// Reads text with expansions in it, as Bash expands prompts and subscripts.
    pub(crate) fn read_expansions(&mut self, text: &str) -> Text {
        if !text.contains(['$', '`']) {
            return Text::new(text);
        }
        self.spend(text.len() * 8);
        self.code_left = self.code_left.saturating_sub(text.len());
        if self.depth + 8 >= DEEPEST_WALK || self.code_left == 0 {
            self.report(&rules::TOO_DEEP, "code inside code that is nested too deep to follow".to_owned());
            return Text::new(text);
        }
        let Ok(word) = parse::quoted_text(text, 0) else { return Text::unknown() };
        let outer = (self.fixed, self.place);
        self.fixed = Some(outer.0.unwrap_or(outer.1));
        self.depth += 7;
        let expanded = self.text(&word);
        self.depth -= 7;
        self.fixed = outer.0;
        self.place = outer.1;
        expanded
    }

    fn read_as_text(&mut self, code: &str) {
        let place = self.fixed.unwrap_or(self.place);
        for (rule, message) in super::textual::search(code) {
            self.report_at(rule, place, message);
        }
        for (rule, _, message) in super::configured::search(&self.configuration, code) {
            self.report_at(rule, place, message);
        }
    }

    /// What `$name` reads. Names that were never set come from the contract's environment, which has few.
    pub(crate) fn scalar(&self, name: &str) -> Option<Text> {
        if let Some(variable) = self.variables.get(name) {
            return variable.scalar();
        }
        let known = match name {
            "HOME" => super::text::HOME,
            "PATH" => "/usr/bin:/bin:/usr/local/bin",
            "IFS" => " \t\n",
            "BASH" | "SHELL" => "/bin/bash",
            "PWD" => return Some(self.cwd.clone()),
            "HOSTTYPE" => "x86_64",
            "OSTYPE" => "linux-gnu",
            "OPTIND" => "1",
            "PS4" => "+ ",
            "RANDOM" | "SECONDS" | "LINENO" | "UID" | "EUID" | "PPID" | "BASHPID" | "HOSTNAME" | "OLDPWD"
            | "LANG" | "REPLY" | "BASH_VERSION" | "SRANDOM" | "EPOCHSECONDS" | "EPOCHREALTIME"
            | "COLUMNS" | "LINES" | "TERM" | "OPTARG" | "BASH_SOURCE" | "FUNCNAME" | "PIPESTATUS"
            | "BASH_REMATCH" | "USER" | "LOGNAME" | "DIRSTACK" | "MAPFILE" | "COPROC" | "TMPDIR"
            | "SUDO_USER" | "MACHTYPE" | "SHLVL" | "BASH_VERSINFO" => {
                return Some(Text::unknown());
            }
            _ => return None,
        };
        Some(Text::new(known))
    }

    pub(crate) fn set(&mut self, name: &str, value: Text) {
        self.variables.set(name, Variable::Scalar(value));
    }

    /// Sets an element; the array is copied for it, which costs.
    pub(crate) fn set_element(&mut self, name: &str, key: &str, value: Text) {
        if self.spend(super::variables::LONGEST_ARRAY * 16) {
            self.variables.set_element(name, key, value);
        } else {
            self.set(name, Text::unknown());
        }
    }

    /// Cuts text that grew too long and pays for it.
    pub(crate) fn bounded(&mut self, text: Text) -> Text {
        if self.spend(text.text.len()) { text.cut() } else { Text::from(text.origin) }
    }

    /// The content of a file that the program wrote, or of a descriptor it opened.
    pub(crate) fn content(&self, path: &Text) -> Option<Text> {
        let resolved = super::paths::resolve(&self.cwd.text, &path.text);
        if let Some(content) = self.files.get(&resolved) {
            return Some(content.clone());
        }
        match resolved.as_str() {
            "/dev/stdin" | "/dev/fd/0" | "/proc/self/fd/0" | "/tmp/-" => self.stdin.as_deref().cloned(),
            _ => {
                let number =
                    resolved.strip_prefix("/dev/fd/").or_else(|| resolved.strip_prefix("/proc/self/fd/"))?;
                self.descriptors.get(&number.parse().ok()?).cloned()
            }
        }
    }

    /// What is piped or redirected into the command, if anything is. The copy costs.
    pub(crate) fn piped(&mut self) -> Option<Text> {
        let input = Rc::clone(self.stdin.as_ref()?);
        Some(if self.spend(input.text.len()) { (*input).clone() } else { Text::from(input.origin) })
    }

    /// Standard input, or something unknown.
    pub(crate) fn input(&mut self) -> Text {
        self.piped().unwrap_or_else(Text::unknown)
    }

    /// Where text came from if it holds anything unknown.
    pub(crate) fn unknown_like(texts: &[Text]) -> Text {
        let origin = texts.iter().fold(Origin::NONE, |origin, text| origin.with(text.origin));
        Text::from(origin)
    }
}
