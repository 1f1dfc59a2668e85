//! What an operator grants beyond the defaults: paths, variables, the network.
//!
//! A granted path is looked at once, when the executor is made, without following a link; a run gets exactly what
//! was seen then, or nothing.

use std::io;
use std::path::{Component, Path, PathBuf};

use rustix::fs::{CWD, FileType, Mode, OFlags, ResolveFlags, fstat, openat2};

use super::Network;

/// What programs may reach beyond what every program does. By default nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Grants {
    /// What they reach of networks.
    pub network: Network,
    /// Files and directories of the host's that they may read.
    pub read: Vec<PathBuf>,
    /// Files and directories of the host's that they may read and write.
    pub write: Vec<PathBuf>,
    /// Variables of their environment: with a value, or with the host's own where it has the variable.
    pub environment: Vec<(String, Option<String>)>,
    /// A virtual environment of Python's, readable, whose `bin` comes first on their `PATH`.
    pub venv: Option<PathBuf>,
}

/// Why something cannot be granted.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GrantError {
    /// A path that does not begin at the root, or goes back up.
    #[error("the granted path `{}` is not absolute and plain: write it from `/`, without `..`", path.display())]
    NotAbsolute {
        /// The path.
        path: PathBuf,
    },
    /// A path that leads through a link.
    #[error("the granted path `{}` leads through a symbolic link; grant where it leads{}", path.display(), leads_to(real.as_deref()))]
    Link {
        /// The path.
        path: PathBuf,
        /// Where it leads, if anywhere.
        real: Option<PathBuf>,
    },
    /// A path that would take the place of what a run has of its own.
    #[error("the path `{}` cannot be granted: a run has its own `{}`", path.display(), own.display())]
    Reserved {
        /// The path.
        path: PathBuf,
        /// What it would replace.
        own: PathBuf,
    },
    /// A path that leads nowhere.
    #[error("the granted path `{}` does not exist", path.display())]
    Absent {
        /// The path.
        path: PathBuf,
    },
    /// A path that cannot be opened.
    #[error("the granted path `{}` cannot be opened", path.display())]
    Unreachable {
        /// The path.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A path that is neither a file nor a directory.
    #[error("the granted path `{}` is neither a file nor a directory", path.display())]
    Kind {
        /// The path.
        path: PathBuf,
    },
    /// A path that the runs' own users may not use.
    #[error(
        "the granted path `{}` is of no use to the program: it {what} for its owner and group alone, and where the caller is root every run is a user of its own; run `chmod o+{modes}` on it, or run code-execute as the user who owns it",
        path.display()
    )]
    Owned {
        /// The path.
        path: PathBuf,
        /// What only owner and group may do.
        what: &'static str,
        /// What others lack.
        modes: &'static str,
    },
    /// A directory that is no virtual environment.
    #[error("`{}` is not a virtual environment: it has no `pyvenv.cfg`", path.display())]
    NoVenv {
        /// The path.
        path: PathBuf,
    },
    /// A name that no variable can have, or a value that none can hold.
    #[error("`{}` is not a variable that a program can be given", name.escape_debug())]
    Variable {
        /// The name.
        name: String,
    },
    /// More than can be mounted.
    #[error("{count} granted paths are too many; at most {most} are accepted")]
    TooMany {
        /// How many there are.
        count: usize,
        /// How many may be.
        most: usize,
    },
}

fn leads_to(real: Option<&Path>) -> String {
    real.map(|real| format!(": `{}`", real.display())).unwrap_or_default()
}

/// What every run has of its own.
const OWN: [&str; 5] = ["/dev", "/etc", "/proc", "/sys", "/tmp"];
/// Below these there is nothing of the host's to grant.
const CLOSED: [&str; 3] = ["/dev", "/proc", "/sys"];
/// Leaves room for the system's own mounts.
const MOST_PATHS: usize = 48;

/// A granted path as it was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) path: PathBuf,
    pub(crate) writable: bool,
    pub(crate) directory: bool,
    /// What others than its owner and its group may do: the last three bits of its mode.
    pub(crate) others: u32,
    /// Device and inode, in the protocol's words.
    pub(crate) identity: String,
}

impl Grants {
    /// Looks at every path. Parents come before what is in them.
    pub(crate) fn places(&self) -> Result<Vec<Place>, GrantError> {
        let count = self.read.len() + self.write.len();
        if count > MOST_PATHS {
            return Err(GrantError::TooMany { count, most: MOST_PATHS });
        }
        for (name, value) in &self.environment {
            let odd = name.is_empty() || name.contains(['=', '\0']);
            if odd || value.as_ref().is_some_and(|value| value.contains('\0')) {
                return Err(GrantError::Variable { name: name.clone() });
            }
        }
        let read = self.read.iter().chain(&self.venv).map(|path| Place::see(path, false));
        let write = self.write.iter().map(|path| Place::see(path, true));
        let mut places = read.chain(write).collect::<Result<Vec<_>, _>>()?;
        if let Some(venv) = &self.venv
            && !venv.join("pyvenv.cfg").is_file()
        {
            return Err(GrantError::NoVenv { path: venv.clone() });
        }
        // What is granted twice may be written if one of the two says so.
        places.sort_by(|a, b| a.path.cmp(&b.path).then(b.writable.cmp(&a.writable)));
        places.dedup_by(|a, b| a.path == b.path);
        Ok(places)
    }
}

impl Place {
    /// Whether it is of use to a user who neither owns it nor is in its group.
    pub(crate) fn serves_others(&self) -> Result<(), GrantError> {
        let (what, modes, bits) = match (self.directory, self.writable) {
            (true, true) => ("can be written to and entered", "rwx", 0o7),
            (true, false) => ("can be read and entered", "rx", 0o5),
            (false, true) => ("can be written to", "rw", 0o6),
            (false, false) => ("can be read", "r", 0o4),
        };
        if self.others & bits == bits {
            return Ok(());
        }
        Err(GrantError::Owned { path: self.path.clone(), what, modes })
    }

    fn see(path: &Path, writable: bool) -> Result<Self, GrantError> {
        let path = path.to_owned();
        let plain = path.components().all(|part| matches!(part, Component::RootDir | Component::Normal(_)));
        if !path.is_absolute() || !plain || path.as_os_str().as_encoded_bytes().contains(&0) {
            return Err(GrantError::NotAbsolute { path });
        }
        // Without the `.` and the doubled `/` that components pass over.
        let path: PathBuf = path.components().collect();
        let replaced = OWN.iter().find(|own| Path::new(own).starts_with(&path));
        let closed = CLOSED.iter().find(|closed| path.starts_with(closed));
        if let Some(own) = replaced.or(closed) {
            return Err(GrantError::Reserved { path, own: own.into() });
        }
        let resolve = ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_MAGICLINKS;
        let opened = openat2(CWD, &path, OFlags::PATH | OFlags::CLOEXEC, Mode::empty(), resolve);
        let found = match opened.and_then(fstat) {
            Ok(found) => found,
            Err(rustix::io::Errno::LOOP) => {
                let real = path.canonicalize().ok();
                return Err(GrantError::Link { path, real });
            }
            Err(rustix::io::Errno::NOENT) => return Err(GrantError::Absent { path }),
            Err(error) => return Err(GrantError::Unreachable { path, source: error.into() }),
        };
        let kind = FileType::from_raw_mode(found.st_mode);
        let directory = kind == FileType::Directory;
        // A socket would be a way out, a device is not the run's to use, a pipe has another end.
        if !directory && kind != FileType::RegularFile {
            return Err(GrantError::Kind { path });
        }
        let identity = format!("{:x}:{:x}", found.st_dev, found.st_ino);
        let others = found.st_mode & 0o7;
        Ok(Self { path, writable, directory, others, identity })
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::*;

    fn problem(path: &Path) -> String {
        Place::see(path, false).unwrap_err().to_string()
    }

    #[test]
    fn path_that_cannot_be_granted_is_named_with_the_reason() {
        let directory = tempfile::tempdir().unwrap();
        let link = directory.path().join("link");
        symlink("/usr", &link).unwrap();
        let cases = [
            (PathBuf::from("relative"), "is not absolute and plain"),
            (PathBuf::from("/usr/../etc/x"), "is not absolute and plain"),
            (PathBuf::from("/"), "a run has its own"),
            (PathBuf::from("/tmp"), "a run has its own `/tmp`"),
            (PathBuf::from("/proc/self"), "a run has its own `/proc`"),
            (PathBuf::from("/nonexistent"), "does not exist"),
            (link.clone(), "symbolic link; grant where it leads: `/usr`"),
            (link.join("bin"), "symbolic link; grant where it leads: `/usr/bin`"),
        ];
        for (path, words) in cases {
            let problem = problem(&path);
            assert!(problem.contains(words) && problem.contains(path.to_str().unwrap()), "{problem}");
        }
    }

    #[test]
    fn places_are_sorted_and_writable_where_one_grant_says_so() {
        let directory = tempfile::tempdir().unwrap();
        let outer = directory.path().to_owned();
        let inner = outer.join("inner");
        fs::create_dir(&inner).unwrap();
        let grants = Grants {
            read: vec![inner.clone(), outer.clone()],
            write: vec![inner.clone()],
            ..Grants::default()
        };
        let places = grants.places().unwrap();
        let seen: Vec<_> = places.iter().map(|place| (place.path.clone(), place.writable)).collect();
        assert_eq!(seen, [(outer, false), (inner, true)]);
    }
}
