//! What a configuration may say: every key, and what makes its value wrong.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry as Slot;

use super::names::Kind as NameKind;
use super::nearest::suggestion;
use super::problem::{Problems, shown};
use super::tree::{Entry, Kind, Node};
use super::{Base, Changes, Stance, values};
use crate::{Rule, Severity, rules};

const KEYS: [&str; 6] = ["base", "rules", "modules", "functions", "commands", "paths"];
const LISTS: [&str; 2] = ["forbidden", "allowed"];
const SEVERITIES: [&str; 3] = ["off", "suspicious", "forbidden"];

/// Checks an element of a list, and gives it in the form that is compared.
type Value = fn(&str, Stance) -> Result<String, String>;

/// What must differ: the same name cannot be forbidden as a module and allowed as a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Space {
    Names,
    Commands,
    Paths,
}

/// Where something was first given, and as what.
struct Given {
    at: usize,
    stance: Stance,
    heading: &'static str,
}

/// What the tree says; each thing that it cannot say is a problem.
pub(super) fn read(tree: &Node<'_>, problems: &mut Problems<'_>) -> (Base, Changes) {
    let mut schema =
        Schema { problems, base: Base::default(), changes: Changes::default(), taken: BTreeMap::new() };
    if let Kind::Table(entries) = &tree.kind {
        for entry in entries {
            schema.root(entry);
        }
    }
    schema.finish()
}

struct Schema<'p, 'a> {
    problems: &'p mut Problems<'a>,
    base: Base,
    changes: Changes,
    /// Every name, command and path of the lists.
    taken: BTreeMap<(Space, String), Given>,
}

impl Schema<'_, '_> {
    fn root(&mut self, entry: &Entry<'_>) {
        match entry.key.as_ref() {
            "base" => self.base(&entry.value),
            "rules" => self.rules(&entry.value),
            "modules" => self.lists(&entry.value, "modules", Space::Names, values::module),
            "functions" => self.lists(&entry.value, "functions", Space::Names, values::function),
            "commands" => self.lists(&entry.value, "commands", Space::Commands, values::command),
            "paths" => self.lists(&entry.value, "paths", Space::Paths, values::path),
            key => {
                let message = format!("unknown key {}{}", shown(key), choice(key, &KEYS));
                self.problems.at(&entry.key_span, message);
            }
        }
    }

    fn base(&mut self, node: &Node<'_>) {
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

    fn rules(&mut self, node: &Node<'_>) {
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
    fn lists(&mut self, node: &Node<'_>, heading: &'static str, space: Space, value: Value) {
        for entry in self.table(node, heading, "the lists `forbidden` and `allowed`") {
            let stance = match entry.key.as_ref() {
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
                match value(text, stance) {
                    Ok(name) => self.take(space, name, Given { at: item.span.start, stance, heading }, text),
                    Err(message) => self.problems.at(&item.span, message),
                }
            }
        }
    }

    /// Takes an element of a list. Nothing is both forbidden and allowed.
    fn take(&mut self, space: Space, name: String, given: Given, text: &str) {
        match self.taken.entry((space, name)) {
            Slot::Vacant(slot) => drop(slot.insert(given)),
            Slot::Occupied(first) if first.get().stance != given.stance => {
                let first = first.get().at;
                let line = self.problems.line(first.min(given.at));
                let message =
                    format!("{} is both forbidden and allowed: line {line} says the opposite", shown(text));
                let at = first.max(given.at);
                self.problems.at(&(at..at), message);
            }
            Slot::Occupied(_) => {}
        }
    }

    fn finish(self) -> (Base, Changes) {
        let mut changes = self.changes;
        for ((space, name), given) in self.taken {
            match space {
                Space::Names if given.heading == "modules" => {
                    changes.names.insert(name, given.stance, NameKind::Module);
                }
                Space::Names => changes.names.insert(name, given.stance, NameKind::Function),
                Space::Commands => changes.commands.insert(name, given.stance),
                Space::Paths => changes.paths.insert(name, given.stance),
            }
        }
        (self.base, changes)
    }

    fn text<'n>(&mut self, node: &'n Node<'_>, key: &str, takes: &str) -> Option<&'n str> {
        if let Kind::Text(text) = &node.kind {
            return Some(text);
        }
        self.problems.at(&node.span, format!("`{key}` is {}; it takes {takes}", node.kind.name()));
        None
    }

    fn table<'n, 't>(&mut self, node: &'n Node<'t>, key: &str, holds: &str) -> &'n [Entry<'t>] {
        if let Kind::Table(entries) = &node.kind {
            return entries;
        }
        self.problems
            .at(&node.span, format!("`{key}` is {}; it is a table that holds {holds}", node.kind.name()));
        &[]
    }
}

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

/// What somebody may have meant, and what there is to choose from.
fn choice(word: &str, known: &[&str]) -> String {
    let all: Vec<String> = known.iter().map(|known| format!("`{known}`")).collect();
    with(&suggestion(word, known.iter().copied()), &format!("known are {}", all.join(", ")))
}

fn with(suggestion: &str, known: &str) -> String {
    if suggestion.is_empty() { format!("; {known}") } else { format!("{suggestion} ({known})") }
}
