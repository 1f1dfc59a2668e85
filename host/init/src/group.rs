//! Control groups: the kernel counts the memory of a whole run, whoever holds it, and bounds it.
//!
//! The launcher makes a group for each of its places, below the directory that the host was given for that, and takes
//! them away when it ends. A run enters its group before anything of the run's own happens, so that whatever comes of
//! it is in there too. A group that cannot be made, bounded or entered is not there: the run says so, and goes on with
//! the limits that need none.
//!
//! It must never bound less than was asked for: what was written is read back.
#![forbid(unsafe_code)]

use core::ffi::CStr;

use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::fs::{AtFlags, Mode, OFlags, mkdirat, openat, unlinkat};
use rustix::io::{Errno, fcntl_dupfd_cloexec, read};
use rustix::process::getpid;

use crate::path::Path;
use crate::protocol::{ControlGroup, PLACES};
use crate::root::write_all;

/// The groups of a launcher.
pub(crate) struct Groups {
    /// Where they are made.
    parent: OwnedFd,
    places: [Option<Group>; PLACES as usize],
}

struct Group {
    directory: OwnedFd,
    memory_bytes: u64,
}

/// A run's group, for the run's own process.
pub(crate) struct Own {
    directory: OwnedFd,
    kind: ControlGroup,
    /// How many processes the kernel had killed in there, for want of memory, before the run.
    killed: u64,
}

impl Groups {
    pub(crate) fn new(parent: OwnedFd) -> Self {
        Self { parent, places: [const { None }; PLACES as usize] }
    }

    /// The group of a place, bounded.
    pub(crate) fn of(&mut self, place: usize, kind: ControlGroup, memory_bytes: u64) -> Result<Own, Errno> {
        let space = self.places.get_mut(place).ok_or(Errno::INVAL)?;
        let group = match space.take() {
            Some(group) => group,
            None => Group { directory: make(&self.parent, place)?, memory_bytes: 0 },
        };
        if group.memory_bytes != memory_bytes {
            bound(group.directory.as_fd(), kind, memory_bytes)?;
        }
        let directory = fcntl_dupfd_cloexec(&group.directory, 3)?;
        let killed = killed(directory.as_fd(), kind)?;
        // Not kept where any of this failed, so that the next run gets a new one.
        *space = Some(Group { memory_bytes, ..group });
        Ok(Own { directory, kind, killed })
    }

    /// Takes the groups away, those too that could not be bounded. One that still has a process stays.
    pub(crate) fn remove(&self) {
        for place in 0..PLACES as usize {
            if let Some(name) = name(place).as_c_str() {
                let _ = unlinkat(&self.parent, name, AtFlags::REMOVEDIR);
            }
        }
    }
}

impl Own {
    /// What a process is made in, where that is how a group is entered.
    pub(crate) fn born_in(&self) -> Option<BorrowedFd<'_>> {
        (self.kind == ControlGroup::Two).then(|| self.directory.as_fd())
    }

    /// Enters the group, in the run's own process; where that is how a group is entered.
    ///
    /// A thread that moves itself and nobody else is let through at once. Who moves a process waits until every
    /// processor has gone once round the kernel, which was measured to take 5 to 15 ms.
    pub(crate) fn enter(&self) -> Result<(), Errno> {
        match self.kind {
            ControlGroup::None | ControlGroup::Two => Ok(()),
            ControlGroup::One => put(self.directory.as_fd(), c"tasks", b"0"),
        }
    }

    /// Whether the kernel has killed a process of the run for want of memory.
    pub(crate) fn has_killed(&self) -> bool {
        killed(self.directory.as_fd(), self.kind).is_ok_and(|count| count > self.killed)
    }
}

/// Makes a group. One that is there already was left behind by a launcher that had this one's number.
fn make(parent: &OwnedFd, place: usize) -> Result<OwnedFd, Errno> {
    let name = name(place);
    let name = name.as_c_str().ok_or(Errno::NAMETOOLONG)?;
    match mkdirat(parent, name, Mode::from_raw_mode(0o755)) {
        Ok(()) | Err(Errno::EXIST) => {}
        Err(error) => return Err(error),
    }
    openat(
        parent,
        name,
        OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC,
        Mode::empty(),
    )
}

/// `code-execute-LAUNCHER-PLACE`; the host knows the name too.
fn name(place: usize) -> Path {
    let launcher = getpid().as_raw_nonzero().get().unsigned_abs();
    let place = u32::try_from(place).unwrap_or(u32::MAX);
    Path::new().text(b"code-execute-").number(launcher).text(b"-").number(place)
}

/// Bounds memory, and leaves none to be moved to a disk instead.
fn bound(group: BorrowedFd<'_>, kind: ControlGroup, bytes: u64) -> Result<(), Errno> {
    // Not there where there is no swap that could be counted.
    let if_there = |done| if matches!(done, Err(Errno::NOENT)) { Ok(()) } else { done };
    match kind {
        ControlGroup::None => Err(Errno::INVAL),
        ControlGroup::One => {
            let with_swap = c"memory.memsw.limit_in_bytes";
            // Never below the other: out of the way first.
            if_there(put(group, with_swap, b"-1"))?;
            limit(group, c"memory.limit_in_bytes", bytes)?;
            if_there(limit(group, with_swap, bytes))
        }
        ControlGroup::Two => {
            limit(group, c"memory.max", bytes)?;
            if_there(limit(group, c"memory.swap.max", 0))
        }
    }
}

/// Sets a limit, and makes sure that it holds: the kernel rounds down to a page.
fn limit(group: BorrowedFd<'_>, file: &CStr, bytes: u64) -> Result<(), Errno> {
    put(group, file, Path::new().number(bytes).as_c_str().ok_or(Errno::INVAL)?.to_bytes())?;
    let mut space = [0; 64];
    let set = number(get(group, file, &mut space)?).ok_or(Errno::BADMSG)?;
    if set <= bytes { Ok(()) } else { Err(Errno::RANGE) }
}

/// How many processes the kernel has killed in a group for want of memory.
fn killed(group: BorrowedFd<'_>, kind: ControlGroup) -> Result<u64, Errno> {
    let file = if kind == ControlGroup::One { c"memory.oom_control" } else { c"memory.events" };
    let mut space = [0; 512];
    let text = get(group, file, &mut space)?;
    let mut lines = text.split(|byte| *byte == b'\n');
    lines.find_map(|line| number(line.strip_prefix(b"oom_kill ")?)).ok_or(Errno::BADMSG)
}

fn put(group: BorrowedFd<'_>, file: &CStr, text: &[u8]) -> Result<(), Errno> {
    let file = openat(group, file, OFlags::WRONLY | OFlags::CLOEXEC, Mode::empty())?;
    write_all(file.as_fd(), text)
}

fn get<'s>(group: BorrowedFd<'_>, file: &CStr, space: &'s mut [u8]) -> Result<&'s [u8], Errno> {
    let file = openat(group, file, OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty())?;
    let count = read(&file, &mut *space)?;
    space.get(..count).ok_or(Errno::BADMSG)
}

/// A number and nothing else but the line's end.
fn number(text: &[u8]) -> Option<u64> {
    core::str::from_utf8(text).ok()?.trim_end().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A directory that looks like a group, as far as its files go.
    fn looks_like(files: &[(&str, &str)]) -> (std::path::PathBuf, OwnedFd) {
        static COUNT: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
        let number = COUNT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("init-group-{}-{number}", std::process::id()));
        std::fs::create_dir(&path).unwrap();
        for (name, text) in files {
            std::fs::write(path.join(name), text).unwrap();
        }
        let directory = open(&path);
        (path, directory)
    }

    #[test]
    fn both_versions_are_bounded_by_their_own_files() {
        let first = ["memory.limit_in_bytes", "memory.memsw.limit_in_bytes"];
        for (kind, files, set) in [
            (ControlGroup::One, first.as_slice(), ["4096", "4096"]),
            (ControlGroup::Two, &["memory.max", "memory.swap.max"], ["4096", "0"]),
        ] {
            let empty: Vec<_> = files.iter().map(|name| (*name, "")).collect();
            let (path, directory) = looks_like(&empty);
            bound(directory.as_fd(), kind, 4096).unwrap();
            let found = files.iter().map(|name| std::fs::read_to_string(path.join(name)).unwrap());
            // A file, other than the kernel's, keeps the end of what was longer.
            assert_eq!(found.map(|text| text.trim().to_owned()).collect::<Vec<_>>(), set);
            std::fs::remove_file(path.join(files[1])).unwrap();
            bound(directory.as_fd(), kind, 4096).unwrap();
            std::fs::remove_file(path.join(files[0])).unwrap();
            assert_eq!(bound(directory.as_fd(), kind, 4096), Err(Errno::NOENT));
            std::fs::remove_dir_all(path).unwrap();
        }
    }

    fn open(path: &std::path::Path) -> OwnedFd {
        let path = std::ffi::CString::new(path.to_str().unwrap()).unwrap();
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        openat(rustix::fs::CWD, path.as_c_str(), flags, Mode::empty()).unwrap()
    }

    /// The first group of all of version 2, wherever systems mount it.
    fn all_of_version_2() -> Option<std::path::PathBuf> {
        ["/sys/fs/cgroup/unified", "/sys/fs/cgroup"]
            .map(std::path::PathBuf::from)
            .into_iter()
            .find(|path| path.join("cgroup.controllers").exists())
    }

    #[test]
    fn process_is_born_in_a_group_of_version_2() {
        const NEW_NAMESPACES: u32 = 0x0002_0000 | 0x1000_0000 | 0x2000_0000;
        let Some(all) = all_of_version_2() else { panic!("there is no version 2 of control groups here") };
        let group = all.join(format!("code-execute-test-{}", std::process::id()));
        if let Err(error) = std::fs::create_dir(&group) {
            println!("an ordinary user has no control groups to make: {error}");
            return;
        }
        let own = Own { directory: open(&group), kind: ControlGroup::Two, killed: 0 };
        let (reader, writer) = rustix::pipe::pipe().unwrap();
        match crate::sys::fork_into(NEW_NAMESPACES, own.born_in()).unwrap() {
            None => {
                // Only calls that need no other thread: the test's own are not here.
                let mut space = [0; 1024];
                let text = openat(rustix::fs::CWD, c"/proc/self/cgroup", OFlags::RDONLY, Mode::empty())
                    .and_then(|file| read(&file, &mut space));
                let _ = rustix::io::write(&writer, space.get(..text.unwrap_or(0)).unwrap_or_default());
                crate::sys::exit(0)
            }
            Some(child) => {
                let mut space = [0; 1024];
                let count = read(&reader, &mut space).unwrap();
                let text = String::from_utf8(space[..count].to_vec()).unwrap();
                rustix::process::waitpid(Some(child), rustix::process::WaitOptions::empty()).unwrap();
                std::fs::remove_dir(&group).unwrap();
                let name = group.file_name().unwrap().to_str().unwrap();
                assert!(text.lines().any(|line| line == format!("0::/{name}")), "{text}");
            }
        }
    }

    #[test]
    fn killed_processes_are_counted_in_both_versions() {
        let one = ("memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 3\n");
        let two = ("memory.events", "low 0\nhigh 0\nmax 7\noom 2\noom_kill 4\noom_group_kill 0\n");
        for (kind, file, count) in [(ControlGroup::One, one, 3), (ControlGroup::Two, two, 4)] {
            let (path, directory) = looks_like(&[file]);
            assert_eq!(killed(directory.as_fd(), kind), Ok(count));
            std::fs::remove_dir_all(path).unwrap();
        }
        let (path, directory) = looks_like(&[("memory.events", "low 0\n")]);
        assert_eq!(killed(directory.as_fd(), ControlGroup::Two), Err(Errno::BADMSG));
        std::fs::remove_dir_all(path).unwrap();
    }
}
