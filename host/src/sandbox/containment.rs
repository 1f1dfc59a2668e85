//! How the runs of an executor are contained: the level that is insisted on, and the root that they see.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use code_execute_init::protocol::PLACES;
use rustix::thread::CapabilitySet;

use super::grants::Place;
use super::landlock;
use super::root::Root;
use super::{GrantError, Grants, Isolation, Network};
use crate::Limits;

/// The host's users that runs are, where the caller is root, from this number on: as many for every launcher as it
/// has places, so that no other living run has the same. They lie above what distributions and container engines give
/// away (systemd's last range ends at 1,879,048,191) and below what the kernel and NFS treat as odd (from
/// 2,147,483,648 on).
const FIRST_USER: u32 = 1_900_000_000;
/// The most that a process's number can be (`kernel.pid_max` cannot be set higher).
const MOST_PROCESSES: u32 = 4_194_304;
const USERS: u32 = MOST_PROCESSES * PLACES;

/// How many interpreters' roots are kept; as many as the runner keeps interpreters.
const MOST_ROOTS: usize = 64;

/// How runs are contained. Cheap to clone before its first use.
#[derive(Debug, Default)]
pub(crate) struct Containment {
    isolation: Isolation,
    network: Network,
    places: Vec<Place>,
    scratch_bytes: u64,
    base: OnceLock<Root>,
    shared_base: OnceLock<Root>,
    roots: Mutex<HashMap<(PathBuf, bool), Arc<Seen>>>,
    /// Whether runs can be users of their own: in namespaces, and without.
    own_users: [OnceLock<bool>; 2],
}

/// What a run with a certain interpreter sees.
#[derive(Debug)]
pub(crate) struct Seen {
    pub(crate) root: Root,
    /// The path inside that the interpreter is started by.
    pub(crate) interpreter: PathBuf,
}

impl Containment {
    /// Looks at what is granted.
    pub(crate) fn new(isolation: Isolation, grants: &Grants, limits: &Limits) -> Result<Self, GrantError> {
        let places = grants.places()?;
        let own_users = !places.is_empty() && can_give_users(isolation == Isolation::Minimal);
        for place in places.iter().filter(|_| own_users) {
            place.serves_others()?;
        }
        let (network, scratch_bytes) = (grants.network, limits.scratch_bytes);
        Ok(Self { isolation, network, places, scratch_bytes, ..Self::default() })
    }

    /// The least that a run may have.
    pub(crate) fn isolation(&self) -> Isolation {
        self.isolation
    }

    /// Whether runs without a network can share an empty one: where Landlock keeps them from each other's abstract
    /// sockets, and where no run needs the host's network, which a launcher that has left it cannot give.
    pub(crate) fn shares_network(&self) -> bool {
        self.network != Network::Host && landlock::abi() >= landlock::SCOPES
    }

    /// What a run by this interpreter sees: a root of its own, or parts of the machine's where it is `alone`.
    pub(crate) fn seen_by(&self, interpreter: &Path, alone: bool) -> Arc<Seen> {
        let mut roots = self.roots.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (interpreter.to_owned(), alone);
        if let Some(seen) = roots.get(&key) {
            return Arc::clone(seen);
        }
        let base = if alone {
            self.shared_base.get_or_init(|| Root::shared(&self.places))
        } else {
            self.base.get_or_init(|| Root::new(&self.places, self.scratch_bytes, self.network))
        };
        let mut root = base.clone();
        let inside = root.show_interpreter(interpreter);
        let seen = Arc::new(Seen { root, interpreter: inside });
        if roots.len() >= MOST_ROOTS {
            roots.clear();
        }
        roots.insert(key, Arc::clone(&seen));
        seen
    }

    /// The host's user for the run in a place of the launcher with this process, where there can be one.
    pub(crate) fn own_user(&self, launcher: u32, place: u32, alone: bool) -> Option<u32> {
        let [apart, shared] = &self.own_users;
        let can = *if alone { shared } else { apart }.get_or_init(|| can_give_users(alone));
        can.then(|| FIRST_USER + launcher % MOST_PROCESSES * PLACES + place % PLACES)
    }
}

/// Whether this process may make others the users that runs are.
fn can_give_users(alone: bool) -> bool {
    let mut needed = CapabilitySet::SETUID | CapabilitySet::SETGID | CapabilitySet::CHOWN;
    if !alone {
        // Without it the launcher takes a user namespace, in which there are no other users.
        needed |= CapabilitySet::SYS_ADMIN;
    }
    let maps = ["uid", "gid"].map(|kind| fs::read_to_string(format!("/proc/self/{kind}_map")));
    rustix::thread::capabilities(None).is_ok_and(|own| own.effective.contains(needed))
        && maps.iter().all(|map| map.as_ref().is_ok_and(|map| covers_users(map)))
}

/// Whether a user namespace has all the users that runs can be.
fn covers_users(map: &str) -> bool {
    map.lines().any(|line| {
        let mut numbers = line.split_whitespace().map(|number| number.parse::<u64>().unwrap_or(0));
        let (first, _, count) = (numbers.next(), numbers.next(), numbers.next());
        let (first, count) = (first.unwrap_or(0), count.unwrap_or(0));
        first <= u64::from(FIRST_USER) && first + count > u64::from(FIRST_USER + USERS)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_are_taken_only_where_all_of_them_are_there() {
        assert!(covers_users("         0          0 4294967295\n"));
        assert!(!covers_users("         0     100000      65536\n"));
        assert!(!covers_users("0 1000 1\n1 100000 65536\n"));
        assert!(!covers_users(""));
    }
}
