//! Paths: a directory stands for all that is in it, and the longest entry that a path is or is in decides.

use rustc_hash::FxHashMap;

use super::Stance;
use crate::bash::glob;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Paths {
    /// Without a slash at the end; the root is the empty text.
    entries: FxHashMap<String, Stance>,
}

impl Paths {
    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    pub(super) fn allow_any(&self) -> bool {
        self.entries.values().any(|stance| *stance == Stance::Allowed)
    }

    pub(super) fn insert(&mut self, path: String, stance: Stance) {
        self.entries.insert(path, stance);
    }

    /// What is configured of an absolute path, which has no `.`, `..` or doubled slashes.
    ///
    /// A pattern in it (`/srv/*/key`) is forbidden by what it can stand for, and allowed by nothing but itself.
    pub(crate) fn find(&self, path: &str) -> Option<Stance> {
        if !path.starts_with('/') {
            return None;
        }
        let mut prefix = path.trim_end_matches('/');
        let literal = loop {
            if let Some(stance) = self.entries.get(prefix) {
                break Some(*stance);
            }
            match prefix.rsplit_once('/') {
                Some((parent, _)) => prefix = parent,
                None => break None,
            }
        };
        if literal != Some(Stance::Forbidden)
            && glob::is_pattern(path)
            && self.any(|entry| covers(entry, path))
        {
            return Some(Stance::Forbidden);
        }
        literal
    }

    /// The same for a path as it is written in a program that works in `directory`. A name without a slash is one of
    /// the program's own files, or no path at all, unless the list knows more of it than of the directory.
    pub(crate) fn find_written(&self, written: &str, path: &str, directory: &str) -> Option<Stance> {
        let is_own = !written.contains('/') && !self.entries.contains_key(path);
        self.find(path).filter(|stance| {
            *stance == Stance::Allowed || !is_own || self.find(directory) != Some(Stance::Forbidden)
        })
    }

    /// Whether something forbidden is in the directory `path`, and so goes where it goes.
    pub(crate) fn forbidden_inside(&self, path: &str) -> bool {
        let path = path.trim_end_matches('/');
        self.any(|entry| entry.strip_prefix(path).is_some_and(|rest| rest.starts_with('/')))
    }

    fn any(&self, test: impl Fn(&str) -> bool) -> bool {
        self.entries.iter().any(|(entry, stance)| *stance == Stance::Forbidden && test(entry))
    }
}

/// Whether a pattern can stand for `entry` or something in it. As elsewhere, `/*` names no directory of the root.
fn covers(entry: &str, pattern: &str) -> bool {
    let mut names = pattern.split('/').skip(1);
    entry.split('/').skip(1).enumerate().all(|(depth, wanted)| match names.next() {
        Some(name) if glob::is_pattern(name) => {
            (depth > 0 || name.bytes().any(|byte| byte != b'*')) && glob::matches(name, wanted)
        }
        Some(name) => name == wanted,
        None => false,
    })
}
