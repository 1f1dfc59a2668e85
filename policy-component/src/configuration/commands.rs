//! Programs, by the name that they are run by.

use rustc_hash::FxHashMap;

use super::Stance;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Commands {
    entries: FxHashMap<String, Stance>,
    /// The forbidden ones, in order.
    forbidden: Vec<String>,
}

impl Commands {
    pub(super) fn allow_any(&self) -> bool {
        self.entries.values().any(|stance| *stance == Stance::Allowed)
    }

    pub(super) fn insert(&mut self, name: String, stance: Stance) {
        if stance == Stance::Forbidden && !self.entries.contains_key(&name) {
            self.forbidden.push(name.clone());
        }
        self.entries.insert(name, stance);
    }

    pub(super) fn find(&self, name: &str) -> Option<Stance> {
        self.entries.get(name).copied()
    }

    pub(super) fn forbidden(&self) -> impl Iterator<Item = &str> {
        self.forbidden.iter().map(String::as_str)
    }
}
