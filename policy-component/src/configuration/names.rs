//! Python's modules and functions, by qualified name.
//!
//! Both are one table: `os.path` and `os.path.join` differ in length alone, and the longest entry that a name is or
//! is in decides.

use rustc_hash::FxHashMap;

use super::Stance;

/// Other names of the same thing, in the standard library.
const SAME: &[(&str, &str)] = &[
    ("posix", "os"),
    ("nt", "os"),
    ("posixpath", "os.path"),
    ("ntpath", "os.path"),
    ("io.open", "builtins.open"),
    ("_io.open", "builtins.open"),
];

/// Under which heading an entry stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Module,
    Function,
}

/// The entry that decides about a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Named<'a> {
    pub(crate) entry: &'a str,
    pub(crate) stance: Stance,
    pub(crate) kind: Kind,
    /// Whether the entry is the name itself and not something that it is in.
    pub(crate) exact: bool,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Names {
    entries: FxHashMap<String, (Stance, Kind)>,
}

impl Names {
    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    pub(super) fn allow_any(&self) -> bool {
        self.entries.values().any(|(stance, _)| *stance == Stance::Allowed)
    }

    pub(super) fn insert(&mut self, name: String, stance: Stance, kind: Kind) {
        self.entries.insert(name, (stance, kind));
    }

    /// The entry that decides about a qualified name. What is forbidden is so by each of its names, what is allowed
    /// by the one that was written.
    pub(super) fn find(&self, name: &str) -> Option<Named<'_>> {
        if self.entries.is_empty() {
            return None;
        }
        // What calling gives is written `requests.Session()`, and its members are those of the class.
        let bare;
        let name = if name.contains(['(', '[']) {
            bare = name.replace("()", "").replace("[]", "");
            bare.as_str()
        } else {
            name
        };
        let found = self.longest(name);
        let forbidden =
            |found: &Option<Named<'_>>| found.is_some_and(|found| found.stance == Stance::Forbidden);
        if found.is_some() && (forbidden(&found) || found.is_some_and(|found| found.exact)) {
            return found;
        }
        other_name(name).and_then(|other| self.longest(&other)).filter(|one| forbidden(&Some(*one))).or(found)
    }

    fn longest(&self, name: &str) -> Option<Named<'_>> {
        let mut prefix = name;
        loop {
            if let Some((entry, (stance, kind))) = self.entries.get_key_value(prefix) {
                let exact = prefix.len() == name.len();
                return Some(Named { entry, stance: *stance, kind: *kind, exact });
            }
            prefix = prefix.rsplit_once('.')?.0;
        }
    }

    /// Something forbidden that is inside `module`: what `from module import *` would bring in.
    pub(crate) fn forbidden_inside(&self, module: &str) -> Option<&str> {
        let inside = |entry: &str| entry.strip_prefix(module).is_some_and(|rest| rest.starts_with('.'));
        self.forbidden().map(|(entry, _)| entry).filter(|entry| inside(entry)).min()
    }

    /// Whether a module of this name, which is in no other, is forbidden.
    pub(crate) fn forbids_top_module(&self, name: &str) -> bool {
        self.entries.get(name) == Some(&(Stance::Forbidden, Kind::Module))
    }

    /// Whether anything is configured of a builtin of this name.
    pub(crate) fn knows_builtin(&self, name: &str) -> bool {
        self.entries.contains_key(&format!("builtins.{name}"))
    }

    /// Everything forbidden, in no particular order.
    pub(crate) fn forbidden(&self) -> impl Iterator<Item = (&str, Kind)> {
        let entries = self.entries.iter().filter(|(_, (stance, _))| *stance == Stance::Forbidden);
        entries.map(|(name, (_, kind))| (name.as_str(), *kind))
    }
}

/// Another name of what `name` is, where it has one: `posix.remove` is `os.remove`, and `_socket` the half of `socket`
/// that is written in C.
fn other_name(name: &str) -> Option<String> {
    for (other, known) in SAME {
        if let Some(rest) = name.strip_prefix(other)
            && (rest.is_empty() || rest.starts_with('.'))
        {
            return Some(format!("{known}{rest}"));
        }
    }
    let public = name.trim_start_matches('_');
    (public.len() < name.len() && !public.is_empty()).then(|| public.to_owned())
}
