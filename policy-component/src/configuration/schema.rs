//! What a configuration may say: every key, and what makes its value wrong.

use std::collections::HashMap;
use std::ops::Range;

use unicode_normalization::UnicodeNormalization as _;

use super::builtins;
use super::names::Kind as NameKind;
use super::nearest::suggestion;
use super::problem::{Problems, shown};
use super::tree::{Entry, Kind, Node};
use super::{Base, Changes, Stance};
use crate::{Rule, Severity, rules};

const KEYS: [&str; 6] = ["base", "rules", "modules", "functions", "commands", "paths"];
const LISTS: [&str; 2] = ["forbidden", "allowed"];
const SEVERITIES: [&str; 3] = ["off", "suspicious", "forbidden"];

/// The longest name that the readers follow.
const LONGEST_NAME: usize = 200;

/// The longest path that Linux takes.
const LONGEST_PATH: usize = 4096;

/// What the tree says; each thing that it cannot say is a problem.
pub(super) fn read(tree: &Node, problems: &mut Problems<'_>) -> (Base, Changes) {
    let mut schema =
        Schema { problems, base: Base::default(), changes: Changes::default(), seen: HashMap::new() };
    if let Kind::Table(entries) = &tree.kind {
        for entry in entries {
            schema.root(entry);
        }
    }
    (schema.base, schema.changes)
}

struct Schema<'p, 'a> {
    problems: &'p mut Problems<'a>,
    base: Base,
    changes: Changes,
    /// Where each name, command and path was first given, and as what.
    seen: HashMap<(&'static str, String), (usize, Stance)>,
}

impl Schema<'_, '_> {
    fn root(&mut self, entry: &Entry) {
        match entry.key.as_str() {
            "base" => self.base(&entry.value),
            "rules" => self.rules(&entry.value),
            "modules" => self.lists(&entry.value, "modules", Self::module),
            "functions" => self.lists(&entry.value, "functions", Self::function),
            "commands" => self.lists(&entry.value, "commands", Self::command),
            "paths" => self.lists(&entry.value, "paths", Self::path),
            key => {
                let message = format!("unknown key {}{}", shown(key), choice(key, &KEYS));
                self.problems.at(&entry.key_span, message);
            }
        }
    }

    fn base(&mut self, node: &Node) {
        let Some(text) = self.text(node, "base", "the name of a base, `default` or `balanced`") else {
            return;
        };
        if let Some(base) = Base::ALL.into_iter().find(|base| base.name() == text) {
            self.base = base;
        } else {
            let names = Base::ALL.map(Base::name);
            let message = format!("unknown base {}{}", shown(text), choice(text, &names));
            self.problems.at(&node.span, message);
        }
    }

    fn rules(&mut self, node: &Node) {
        for entry in self.table(node, "rules", "rule ids and severities, such as `py-eval = \"suspicious\"`")
        {
            if self.problems.is_full() {
                return;
            }
            let Some(rule) = rules::all().find(|rule| rule.id == entry.key) else {
                let near = suggestion(&entry.key, rules::all().map(|rule| rule.id));
                let known = "`code-execute rules` lists all";
                let message = format!("unknown rule {}{}", shown(&entry.key), with(&near, known));
                self.problems.at(&entry.key_span, message);
                continue;
            };
            let Some(word) = self.text(&entry.value, rule.id, "`off`, `suspicious` or `forbidden`") else {
                continue;
            };
            let severity = match word {
                "off" => None,
                "suspicious" => Some(Severity::Suspicious),
                "forbidden" => Some(Severity::Forbidden),
                word => {
                    let message = format!(
                        "unknown severity {} of `{}`{}",
                        shown(word),
                        rule.id,
                        choice(word, &SEVERITIES)
                    );
                    self.problems.at(&entry.value.span, message);
                    continue;
                }
            };
            match refusal(rule, severity) {
                Some(message) => self.problems.at(&entry.value.span, message),
                None if severity == Some(rule.severity) => {}
                None => drop(self.changes.severities.insert(rule.id, severity)),
            }
        }
    }

    /// `forbidden` and `allowed` of a heading.
    fn lists(
        &mut self,
        node: &Node,
        heading: &'static str,
        take: fn(&mut Self, &str, Stance) -> Result<Taken, String>,
    ) {
        for entry in self.table(node, heading, "the lists `forbidden` and `allowed`") {
            let stance = match entry.key.as_str() {
                "forbidden" => Stance::Forbidden,
                "allowed" => Stance::Allowed,
                key => {
                    let message = format!("unknown key {} in `{heading}`{}", shown(key), choice(key, &LISTS));
                    self.problems.at(&entry.key_span, message);
                    continue;
                }
            };
            let Kind::List(items) = &entry.value.kind else {
                let found = entry.value.kind.name();
                let message = format!("`{heading}.{}` is {found}; it takes a list of strings", entry.key);
                self.problems.at(&entry.value.span, message);
                continue;
            };
            for item in items {
                if self.problems.is_full() {
                    return;
                }
                let Kind::Text(text) = &item.kind else {
                    let found = item.kind.name();
                    let message = format!("`{heading}.{}` holds {found}; it takes strings only", entry.key);
                    self.problems.at(&item.span, message);
                    continue;
                };
                match take(self, text, stance) {
                    Ok((scope, name)) => self.once(scope, name, text, stance, &item.span),
                    Err(message) => self.problems.at(&item.span, message),
                }
            }
        }
    }

    /// Nothing is both forbidden and allowed.
    fn once(&mut self, scope: &'static str, name: String, text: &str, stance: Stance, span: &Range<usize>) {
        match self.seen.get(&(scope, name.clone())) {
            Some((first, other)) if *other != stance => {
                let line = self.problems.line((*first).min(span.start));
                let message =
                    format!("{} is both forbidden and allowed: line {line} says the opposite", shown(text));
                self.problems.at(&(span.start.max(*first)..span.end), message);
            }
            Some(_) => {}
            None => drop(self.seen.insert((scope, name), (span.start, stance))),
        }
    }

    fn module(&mut self, text: &str, stance: Stance) -> Result<Taken, String> {
        let name = dotted(text).ok_or_else(|| {
            wrong(text, "is no name of a Python module", "write it as in an `import`, such as `xml.sax`")
        })?;
        self.changes.names.insert(name.clone(), stance, NameKind::Module);
        Ok(("names", name))
    }

    fn function(&mut self, text: &str, stance: Stance) -> Result<Taken, String> {
        let name = dotted(text).ok_or_else(|| {
            wrong(text, "is no name of a Python function", "write it with its module, such as `numpy.load`")
        })?;
        if !name.contains('.') && !builtins::is_builtin(&name) {
            return Err(format!(
                "{} is no builtin function{}; a function of a module is written with the module, such as `numpy.load`",
                shown(text),
                suggestion(text, builtins::NAMES.iter().copied())
            ));
        }
        let name = if name.contains('.') { name } else { format!("builtins.{name}") };
        self.changes.names.insert(name.clone(), stance, NameKind::Function);
        Ok(("names", name))
    }

    fn command(&mut self, text: &str, stance: Stance) -> Result<Taken, String> {
        let odd = |c: char| c.is_whitespace() || c.is_control() || "/*?[]{}$`'\"\\;|&<>()=~#!".contains(c);
        if text.is_empty() || text.len() > LONGEST_NAME || text.starts_with('-') || text.contains(odd) {
            let how = "write the program's name alone, without its directory and arguments, such as `git`";
            return Err(wrong(text, "is no name of a program", how));
        }
        self.changes.commands.insert(text.to_owned(), stance);
        Ok(("commands", text.to_owned()))
    }

    fn path(&mut self, text: &str, stance: Stance) -> Result<Taken, String> {
        let how = "write it from the root, such as `/srv/secrets`; it stands for all that is in it";
        if !text.starts_with('/') {
            return Err(wrong(text, "is no absolute path", how));
        }
        if text.len() > LONGEST_PATH || text.contains(char::is_control) {
            return Err(wrong(text, "is no path", how));
        }
        if crate::bash::glob::is_pattern(text) {
            return Err(wrong(text, "is a pattern, which is not taken", how));
        }
        let names: Vec<&str> = text.split('/').filter(|name| !name.is_empty()).collect();
        if names.iter().any(|name| matches!(*name, "." | "..")) {
            return Err(wrong(text, "goes through `.` or `..`", "write the path that it leads to"));
        }
        if names.is_empty() && stance == Stance::Allowed {
            return Err("`/` is every path, and allowing it would allow all; name the directories".to_owned());
        }
        let path: String = names.iter().flat_map(|name| ["/", name]).collect();
        self.changes.paths.insert(path.clone(), stance);
        Ok(("paths", path))
    }

    fn text<'n>(&mut self, node: &'n Node, key: &str, takes: &str) -> Option<&'n str> {
        if let Kind::Text(text) = &node.kind {
            return Some(text);
        }
        self.problems.at(&node.span, format!("`{key}` is {}; it takes {takes}", node.kind.name()));
        None
    }

    fn table<'n>(&mut self, node: &'n Node, key: &str, holds: &str) -> &'n [Entry] {
        if let Kind::Table(entries) = &node.kind {
            return entries;
        }
        self.problems
            .at(&node.span, format!("`{key}` is {}; it is a table that holds {holds}", node.kind.name()));
        &[]
    }
}

/// In which space of names something was taken, and under which name.
type Taken = (&'static str, String);

/// Why a rule cannot have a severity, where it cannot.
fn refusal(rule: &Rule, severity: Option<Severity>) -> Option<String> {
    let id = rule.id;
    if rules::says_unread(rule) && severity < Some(rule.severity) {
        let least = rule.severity.name();
        return Some(format!("`{id}` says that code was not read, and cannot be less than `{least}`"));
    }
    if severity.is_none() && rules::configured::ALL.contains(&rule) {
        return Some(format!(
            "`{id}` speaks of what is configured alone; to switch it off, empty the list `forbidden`"
        ));
    }
    None
}

/// A dotted name of Python identifiers, as the interpreter compares them.
fn dotted(text: &str) -> Option<String> {
    if text.len() > LONGEST_NAME {
        return None;
    }
    let name: String = text.nfkc().collect();
    let is_identifier = |part: &str| {
        part.starts_with(|c: char| c.is_alphabetic() || c == '_')
            && part.chars().all(|c| c.is_alphanumeric() || c == '_')
    };
    name.split('.').all(is_identifier).then_some(name)
}

fn wrong(text: &str, what: &str, how: &str) -> String {
    if text.is_empty() {
        format!("this string is empty; {how}")
    } else {
        format!("{} {what}; {how}", shown(text))
    }
}

/// What somebody may have meant, and what there is to choose from.
fn choice(word: &str, known: &[&str]) -> String {
    let all: Vec<String> = known.iter().map(|known| format!("`{known}`")).collect();
    with(&suggestion(word, known.iter().copied()), &format!("known are {}", all.join(", ")))
}

fn with(suggestion: &str, known: &str) -> String {
    if suggestion.is_empty() { format!("; {known}") } else { format!("{suggestion} ({known})") }
}
