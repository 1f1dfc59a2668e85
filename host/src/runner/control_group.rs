//! Where the control groups of runs are made: a directory of the kernel's that this process may divide among them.
//!
//! A group counts the memory of a whole run, files in memory too, and bounds it. Launchers make the groups (see the init
//! program); this module finds the place, and takes away what launchers left that were killed.
//!
//! It must never move another process, nor make groups where limits of this process's own group would not hold: a
//! service with `MemoryMax=` bounds its runs too.

use std::fs::{self, File};
use std::io;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use code_execute_init::protocol::{ControlGroup, PLACES};
use rustix::fs::{Access, AtFlags, CWD, accessat};

/// Where systems mount them.
const MOUNTED: &str = "/sys/fs/cgroup";

/// The group that this process moves into, so that the one it was in can be divided.
const HOST: &str = "code-execute-host";

/// What there is, once somebody asks; else why there is nothing.
pub(super) type Found = Arc<LazyLock<Result<ControlGroups, String>>>;

/// How often the groups of a launcher that was killed are tried again, this far apart: its runs end with it, a moment
/// later.
const ATTEMPTS: u32 = 50;
const PAUSE: Duration = Duration::from_millis(2);

/// A directory that runs' groups can be made in.
#[derive(Debug)]
pub(super) struct ControlGroups {
    pub(super) version: ControlGroup,
    pub(super) path: PathBuf,
    directory: OwnedFd,
}

impl ControlGroups {
    /// Finds the directory; says why there is none.
    pub(super) fn find() -> Result<Self, String> {
        Self::find_in(Path::new(MOUNTED), &fs::read_to_string("/proc/self/cgroup").unwrap_or_default())
    }

    /// The same, where control groups are mounted elsewhere; `own` is what the kernel says of this process's.
    fn find_in(mounted: &Path, own: &str) -> Result<Self, String> {
        // `number:controllers:path`; version 2 has the number 0 and no controllers.
        let groups = own.lines().filter_map(|line| line.split_once(':')?.1.split_once(':'));
        let mut first = None;
        let mut second = None;
        for (controllers, path) in groups {
            let path = Path::new(path.trim_start_matches('/'));
            // Where this process has moved to itself.
            let path = path.parent().filter(|_| path.ends_with(HOST)).unwrap_or(path);
            if controllers.split(',').any(|controller| controller == "memory") {
                first = Some(mounted.join("memory").join(path));
            } else if controllers.is_empty() {
                second = Some(mounted.join(path));
            }
        }
        let (version, path) = match (first, second) {
            (Some(path), _) => (ControlGroup::One, path),
            (None, Some(path)) => {
                divide(&path)?;
                (ControlGroup::Two, path)
            }
            (None, None) => return Err("the kernel has none that counts memory".to_owned()),
        };
        if accessat(CWD, &path, Access::WRITE_OK, AtFlags::EACCESS).is_err() {
            return Err(not_given(&path));
        }
        let directory = File::open(&path).map_err(|error| format!("`{}`: {error}", path.display()))?.into();
        Ok(Self { version, path, directory })
    }

    /// The directory, for a launcher.
    pub(super) fn directory(&self) -> io::Result<OwnedFd> {
        self.directory.try_clone()
    }

    /// Takes away what a launcher left that was killed.
    pub(super) async fn remove_of(&self, launcher: u32) {
        let mut left: Vec<PathBuf> =
            (0..PLACES).map(|place| self.path.join(format!("code-execute-{launcher}-{place}"))).collect();
        for _ in 0..ATTEMPTS {
            left.retain(|group| fs::remove_dir(group).is_err() && group.exists());
            if left.is_empty() {
                return;
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Takes away what launchers left whose hosts are gone too.
    pub(super) fn sweep(&self) {
        for entry in fs::read_dir(&self.path).into_iter().flatten().flatten() {
            let launcher = entry.file_name().to_str().and_then(launcher_of);
            if launcher.is_some_and(|pid| !Path::new("/proc").join(pid.to_string()).exists()) {
                // One that still has a process stays.
                let _ = fs::remove_dir(entry.path());
            }
        }
    }
}

/// The number of the launcher that gave a group its name, if one did.
fn launcher_of(name: &str) -> Option<u32> {
    let (launcher, place) = name.strip_prefix("code-execute-")?.split_once('-')?;
    place.parse::<u32>().ok()?;
    launcher.parse().ok()
}

/// Has the memory of groups in a group of version 2 counted. The kernel does that only where no process is in the group
/// itself: if that is this one, and nobody else, it moves into a group in there.
fn divide(group: &Path) -> Result<(), String> {
    let read = |name| fs::read_to_string(group.join(name)).unwrap_or_default();
    let has = |name| read(name).split_whitespace().any(|controller| controller == "memory");
    if has("cgroup.subtree_control") {
        return Ok(());
    }
    if !has("cgroup.controllers") {
        return Err(format!("memory is not counted in `{}`", group.display()));
    }
    let switch_on = || fs::write(group.join("cgroup.subtree_control"), "+memory");
    // Only the first group of all has no type, and it may have processes.
    if !group.join("cgroup.type").exists() {
        return switch_on().map_err(|_| not_given(group));
    }
    let me = std::process::id().to_string();
    if read("cgroup.procs").trim() != me {
        return Err(format!(
            "other processes are in `{}` too, so that it cannot be divided",
            group.display()
        ));
    }
    let host = group.join(HOST);
    let made = fs::create_dir(&host).or_else(|error| if host.is_dir() { Ok(()) } else { Err(error) });
    made.and_then(|()| fs::write(host.join("cgroup.procs"), &me)).map_err(|_| not_given(group))?;
    switch_on().map_err(|error| {
        let _ = fs::write(group.join("cgroup.procs"), &me);
        let _ = fs::remove_dir(&host);
        format!("could not divide `{}`: {error}", group.display())
    })
}

fn not_given(group: &Path) -> String {
    format!("`{}` is not this user's to divide", group.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What looks like a tree of control groups, as far as files go.
    fn tree(files: &[(&str, &str)]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        root
    }

    fn found(root: &tempfile::TempDir, own: &str) -> Result<(ControlGroup, String), String> {
        let groups = ControlGroups::find_in(root.path(), own)?;
        let path = groups.path.strip_prefix(root.path()).unwrap();
        Ok((groups.version, path.display().to_string()))
    }

    #[test]
    fn version_1_is_taken_where_it_has_the_memory() {
        let root = tree(&[("memory/a/b/tasks", ""), ("unified/cgroup.procs", "")]);
        let own = "5:memory:/a/b\n3:cpu,cpuacct:/a\n0::/\n";
        assert_eq!(found(&root, own), Ok((ControlGroup::One, "memory/a/b".to_owned())));
    }

    #[test]
    fn group_of_version_2_that_is_divided_already_is_taken() {
        let root = tree(&[("x/cgroup.subtree_control", "cpu memory pids\n")]);
        assert_eq!(found(&root, "0::/x\n"), Ok((ControlGroup::Two, "x".to_owned())));
    }

    #[test]
    fn host_moves_out_of_the_way_where_it_is_alone() {
        let me = std::process::id().to_string();
        let root = tree(&[
            ("x/cgroup.controllers", "memory pids\n"),
            ("x/cgroup.subtree_control", "\n"),
            ("x/cgroup.type", "domain\n"),
            ("x/cgroup.procs", &format!("{me}\n")),
        ]);
        assert_eq!(found(&root, "0::/x\n"), Ok((ControlGroup::Two, "x".to_owned())));
        let read = |name: &str| fs::read_to_string(root.path().join("x").join(name)).unwrap();
        assert_eq!(
            (read("cgroup.subtree_control"), read(&format!("{HOST}/cgroup.procs"))),
            ("+memory".to_owned(), me)
        );
    }

    #[test]
    fn group_that_cannot_be_divided_is_named_with_the_reason() {
        let root = tree(&[
            ("shared/cgroup.controllers", "memory\n"),
            ("shared/cgroup.type", "domain\n"),
            ("shared/cgroup.procs", "1\n2\n"),
            ("bare/cgroup.controllers", "cpu\n"),
        ]);
        for (own, words) in [
            ("0::/shared\n", "other processes are in"),
            ("0::/bare\n", "memory is not counted in"),
            ("1:cpu:/\n", "none that counts memory"),
            ("1:memory:/missing\n", "is not this user's to divide"),
        ] {
            let problem = found(&root, own).unwrap_err();
            assert!(problem.contains(words), "{problem}");
        }
    }

    #[test]
    fn groups_of_launchers_that_are_gone_are_taken_away() {
        let root = tree(&[("memory/tasks", "")]);
        let directory = root.path().join("memory");
        let names = [
            format!("code-execute-{}-3", std::process::id()),
            "code-execute-4194305-0".to_owned(),
            HOST.to_owned(),
        ];
        for name in &names {
            fs::create_dir(directory.join(name)).unwrap();
        }
        ControlGroups::find_in(root.path(), "1:memory:/\n").unwrap().sweep();
        assert_eq!(names.map(|name| directory.join(name).exists()), [true, false, true]);
    }
}
