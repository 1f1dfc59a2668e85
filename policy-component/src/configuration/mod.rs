//! What an operator configured: which base the policy starts from, and what is changed about it.
//!
//! The readers ask a [`Configuration`] what a rule means and what is forbidden or allowed by name. How it is written
//! down is known here and nowhere else: [`toml`] and [`json`] make a [`tree`], [`schema`] reads it. Where nothing is
//! configured, it changes nothing and costs a comparison.

mod base;
mod builtins;
mod commands;
mod describe;
mod json;
mod names;
mod nearest;
mod paths;
mod problem;
mod schema;
mod textual;
mod toml;
mod tree;
mod values;

use std::sync::Arc;

use rustc_hash::FxHashMap;

pub use self::base::Base;
pub use self::describe::{Described, described};
pub(crate) use self::names::{Kind, Named};
pub use self::problem::Problem;
pub(crate) use self::textual::{paths as paths_in_text, words};

use self::commands::Commands;
use self::names::Names;
use self::paths::Paths;
use self::problem::Problems;
use crate::{Rule, Severity, rules};

/// A longer text is not read: a list of two thousand names is shorter.
pub const LONGEST: usize = 64 * 1024;

/// How the policy is configured. The default is the policy as it is without a configuration. Cloning is cheap.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Configuration {
    base: Base,
    /// Nothing where no more than the base is configured.
    changes: Option<Arc<Changes>>,
}

/// What is changed about the base.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Changes {
    /// By rule id; `None` is off.
    severities: FxHashMap<&'static str, Option<Severity>>,
    names: Names,
    commands: Commands,
    paths: Paths,
}

/// What a configuration says of a name, a command or a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stance {
    Forbidden,
    Allowed,
}

impl Configuration {
    /// Reads a configuration: JSON where its first character is `{`, else TOML.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with the text, in the order of the text, at most fifty of them.
    pub fn read(text: &str) -> Result<Self, Vec<Problem>> {
        let mut problems = Problems::new(text);
        if text.len() > LONGEST {
            problems.whole(format!(
                "the configuration has {} bytes, and at most {LONGEST} are read; shorten its lists",
                text.len()
            ));
            return Err(problems.finish());
        }
        let tree = if text.trim_start().starts_with('{') {
            json::read(text, &mut problems)
        } else {
            toml::read(text, &mut problems)
        };
        // Of text with errors of syntax, what is left says little of what was meant.
        let read = problems.is_empty().then(|| schema::read(&tree, &mut problems));
        let (base, changes) = read.unwrap_or_default();
        let found = problems.finish();
        if !found.is_empty() {
            return Err(found);
        }
        let changes = (changes != Changes::default()).then(|| Arc::new(changes));
        Ok(Self { base, changes })
    }

    /// What the policy starts from.
    pub fn base(&self) -> Base {
        self.base
    }

    /// The same, started from another base.
    pub(crate) fn based_on(&self, base: Base) -> Self {
        Self { base, ..self.clone() }
    }

    /// The policy's name, as it appears in reports.
    pub fn name(&self) -> &'static str {
        self.base.name()
    }

    /// What the policy is for, in a sentence.
    pub fn summary(&self) -> &'static str {
        self.base.summary()
    }

    /// What a finding of `rule` means; nothing where the rule is off.
    pub fn severity(&self, rule: &Rule) -> Option<Severity> {
        let changed = self.changes.as_ref().and_then(|changes| changes.severities.get(rule.id));
        changed.copied().unwrap_or_else(|| rules::belongs(rule, self.base).then_some(rule.severity))
    }

    /// Whether a rule may find less than the default has it find.
    fn lifts_rules(&self) -> bool {
        self.base != Base::Default
            || self.changes.as_ref().is_some_and(|changes| {
                changes.severities.values().any(Option::is_none)
                    || changes.names.allow_any()
                    || changes.commands.allow_any()
                    || changes.paths.allow_any()
            })
    }

    /// What is configured of a Python module or function by its qualified name, the longest entry first.
    pub(crate) fn named(&self, name: &str) -> Option<Named<'_>> {
        self.changes.as_ref()?.names.find(name)
    }

    /// Whether a Python module or function is allowed by its qualified name.
    pub(crate) fn allows_name(&self, name: &str) -> bool {
        self.named(name).is_some_and(|named| named.stance == Stance::Allowed)
    }

    /// The Python names that are configured, where any are.
    pub(crate) fn names(&self) -> Option<&Names> {
        self.changes.as_ref().map(|changes| &changes.names).filter(|names| !names.is_empty())
    }

    /// What is configured of a program.
    pub(crate) fn command(&self, name: &str) -> Option<Stance> {
        self.changes.as_ref()?.commands.find(name)
    }

    /// The programs that are forbidden, in order.
    pub(crate) fn forbidden_commands(&self) -> impl Iterator<Item = &str> {
        self.changes.iter().flat_map(|changes| changes.commands.forbidden())
    }

    /// Whether anything is forbidden that a command can use.
    pub(crate) fn judges_commands(&self) -> bool {
        self.paths().is_some() || self.forbidden_commands().next().is_some()
    }

    /// The paths that are configured, where any are.
    pub(crate) fn paths(&self) -> Option<&Paths> {
        self.changes.as_ref().map(|changes| &changes.paths).filter(|paths| !paths.is_empty())
    }
}

impl From<Base> for Configuration {
    /// A base and nothing else.
    fn from(base: Base) -> Self {
        Self { base, changes: None }
    }
}
