//! The root of a run: a tree in memory with what the host names mounted into it, and nothing else of the machine.
//!
//! Most of it is the same for every run of a launcher: the launcher makes it once, as a template in its own mount
//! namespace. A run's process 1 finds the template there, copies it as a whole, and adds what each run has of its own:
//! what can be written to, `/proc`, the code.
//!
//! Neither must ever follow a link that it did not make, nor write where it did not mount: the host's own tree is still
//! there until [`enter`].
#![forbid(unsafe_code)]

use core::ffi::CStr;

use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::fs::{CWD, Mode, OFlags, ResolveFlags, fstat, mkdirat, openat, openat2, symlinkat};
use rustix::io::{Errno, write};
use rustix::process::{chdir, umask};

use crate::block::Block;
use crate::path::Path;
use crate::protocol::confinement::entry;
use crate::protocol::{Failure, Request, Stage, layers};
use crate::sys::mounts;

/// Where the tree grows before it becomes the root: a directory that every system has, that no entry names, and that
/// neither launcher nor run has a use for.
const WORKBENCH: &CStr = c"/sys";

/// The root's own size: directories, links and small files take a page each. It is read-only in the end.
const OPTIONS: &CStr = c"size=8m,nr_inodes=2k,mode=755";

/// What is to be visible of the host's files, opened and cut off from the host's tree of mounts.
pub(crate) struct Sources {
    trees: [Option<OwnedFd>; entry::MOST_MOUNTS],
    code: Option<OwnedFd>,
}

impl Sources {
    /// Opens those of a run's own. The last thing done with the eyes of the user who asks for the run.
    pub(crate) fn of_run(block: &Block, request: &Request) -> Result<Self, Failure> {
        let code = match block.argument(request.code_argument) {
            Some(path) if request.code_argument != 0 => {
                let flags = mounts::READ_ONLY | mounts::NO_SET_UID | mounts::NO_DEVICES;
                Some(tree(path, c"", flags).map_err(|errno| failure(Stage::Sources, errno))?)
            }
            _ => None,
        };
        Ok(Self { code, ..Self::open(block, Whose::Run)? })
    }

    fn open(block: &Block, whose: Whose) -> Result<Self, Failure> {
        let mut trees = [const { None }; entry::MOST_MOUNTS];
        let mut spaces = trees.iter_mut();
        for Entry { at, kind, path, with: identity } in entries(block, whose) {
            let failed = |errno: Errno| Failure { stage: Stage::Sources, errno: errno.raw_os_error(), at };
            let flags = match kind {
                entry::VISIBLE => mounts::READ_ONLY | mounts::NO_SET_UID | mounts::NO_DEVICES,
                entry::WRITABLE => mounts::NO_SET_UID | mounts::NO_DEVICES,
                // A device can be written on a read-only mount; its name, mode and owner cannot.
                entry::DEVICE => mounts::READ_ONLY | mounts::NO_SET_UID | mounts::NO_EXECUTION,
                _ => continue,
            };
            let tree = tree(path, identity, flags).map_err(failed)?;
            *spaces.next().ok_or(Errno::TOOBIG).map_err(failed)? = Some(tree);
        }
        Ok(Self { trees, code: None })
    }
}

/// The mounts at a path, restricted.
fn tree(path: &CStr, identity: &CStr, flags: u64) -> Result<OwnedFd, Errno> {
    let tree = if identity.is_empty() {
        // A place of the system's, which nobody but its owner can have moved.
        mounts::copy_at(path)?
    } else {
        let place = openat2(CWD, path, OFlags::PATH | OFlags::CLOEXEC, Mode::empty(), NO_LINKS)?;
        // The host looked when the grant was made; the path must still mean the same.
        if !is(&place, identity)? {
            return Err(Errno::STALE);
        }
        mounts::copy_of(place.as_fd())?
    };
    mounts::restrict(tree.as_fd(), flags)?;
    Ok(tree)
}

const NO_LINKS: ResolveFlags = ResolveFlags::NO_SYMLINKS.union(ResolveFlags::NO_MAGICLINKS);

/// An entry of the root.
struct Entry {
    /// Its place among the entries, counted from 1.
    at: u64,
    kind: u8,
    path: &'static CStr,
    with: &'static CStr,
}

/// Whose an entry is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Whose {
    /// The same for every run: in the template.
    Template,
    /// Each run's own: what it may write to without leaving anything behind, and what is in there.
    Run,
}

/// The entries of one of the two, in their order: the run's own begin with the first of what it may write to.
fn entries(block: &Block, whose: Whose) -> impl Iterator<Item = Entry> {
    let mut found = Whose::Template;
    (1..).zip(block.root()).filter_map(move |(at, (what, with))| {
        let (kind, path) = kind_and_path(what).unwrap_or((0, c""));
        if kind == entry::SCRATCH {
            found = Whose::Run;
        }
        (found == whose).then_some(Entry { at, kind, path, with })
    })
}

/// Makes, in the launcher's own mount namespace, what all its runs have in common.
pub(crate) fn make_template(block: &Block) -> Result<(), Failure> {
    let stage = |errno| failure(Stage::Root, errno);
    let before = umask(Mode::empty());
    let sources = Sources::open(block, Whose::Template)?;
    let flags = mounts::NO_SET_UID | mounts::NO_DEVICES;
    mounts::mount(c"tmpfs", WORKBENCH, flags, OPTIONS).map_err(stage)?;
    let made = enter_workbench().map_err(stage).and_then(|root| {
        make_all(&root, block, Whose::Template, sources)?;
        mkdirat(&root, c"proc", Mode::from_raw_mode(0o755)).map_err(stage)?;
        mounts::restrict_one(root.as_fd(), mounts::READ_ONLY).map_err(stage)
    });
    let left = chdir(c"/").map_err(stage);
    umask(before);
    made.and(left)
}

/// Makes the workbench the working directory.
fn enter_workbench() -> Result<OwnedFd, Errno> {
    chdir(WORKBENCH)?;
    openat(CWD, c".", OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())
}

/// Makes entries in their order.
fn make_all(root: &OwnedFd, block: &Block, whose: Whose, sources: Sources) -> Result<(), Failure> {
    let mut trees = sources.trees.into_iter().flatten();
    for entry in entries(block, whose) {
        make(root, &entry, &mut trees).map_err(|errno| Failure {
            stage: Stage::Root,
            errno: errno.raw_os_error(),
            at: entry.at,
        })?;
    }
    Ok(())
}

/// Copies the template, and makes what is the run's own.
pub(crate) fn build(block: &Block, request: &Request, mut sources: Sources) -> Result<(), Failure> {
    let stage = |errno| failure(Stage::Root, errno);
    // The template's own mount cannot become the root: whose user namespace did not make it may not move it.
    let copy = mounts::copy_at(WORKBENCH).map_err(stage)?;
    mounts::hang_at(copy.as_fd(), WORKBENCH).map_err(stage)?;
    let root = enter_workbench().map_err(stage)?;
    let code = sources.code.take();
    make_all(&root, block, Whose::Run, sources)?;
    if let (Some(code), Some(path)) = (code, block.argument(request.code_argument)) {
        let path = relative(path).map_err(stage)?;
        create(path, b"").map_err(stage)?;
        mounts::hang_at(code.as_fd(), path).map_err(stage)?;
    }
    Ok(())
}

/// Mounts a `/proc` of the run's own and settles in it what can be settled; then it is read-only. Gives layers.
pub(crate) fn mount_proc(request: &Request) -> Result<u64, Errno> {
    let flags = mounts::NO_SET_UID | mounts::NO_DEVICES | mounts::NO_EXECUTION;
    mounts::mount(c"proc", c"proc", flags, c"")?;
    let mut held = layers::PROC;
    // A user namespace inside would give capabilities back, over itself only, and with them parts of the kernel
    // that have had more holes than any other. Where the setting cannot be made the filter stands alone.
    if set(c"proc/sys/user/max_user_namespaces", b"0").is_ok() {
        held |= layers::NO_NESTING;
    }
    // The kernel keeps the first 300 numbers for itself once they were all used; above them there must be room
    // for all that may live at once. Since Linux 6.14 a setting of the namespace; before, of the machine.
    let most = u32::try_from(request.processes).unwrap_or(u32::MAX).saturating_add(320);
    let number = Path::new().number(most.min(4_194_304));
    let number = number.as_c_str().map(CStr::to_bytes).unwrap_or_default();
    if set(c"proc/sys/kernel/pid_max", number).is_ok() {
        held |= layers::PID_MAX;
    }
    let place = openat(CWD, c"proc", OFlags::PATH | OFlags::CLOEXEC, Mode::empty())?;
    mounts::restrict_one(place.as_fd(), mounts::READ_ONLY)?;
    Ok(held)
}

/// Makes the tree this process's root, and lets go of the host's.
pub(crate) fn enter() -> Result<(), Errno> {
    mounts::become_root()?;
    chdir(c"/")
}
/// Makes one entry below the working directory, which is the root in the making.
fn make(root: &OwnedFd, entry: &Entry, trees: &mut impl Iterator<Item = OwnedFd>) -> Result<(), Errno> {
    let Entry { kind, path, with, .. } = *entry;
    let path = relative(path)?;
    match kind {
        entry::DIRECTORY => mkdirat(root, path, Mode::from_raw_mode(0o755)),
        entry::FILE => create(path, with.to_bytes()),
        entry::LINK => symlinkat(with, root, path),
        entry::VISIBLE | entry::WRITABLE | entry::DEVICE => {
            let tree = trees.next().ok_or(Errno::INVAL)?;
            // A grant may come to be inside of another one, where there may be links.
            let flags = OFlags::PATH | OFlags::CLOEXEC;
            let place = openat2(root, path, flags, Mode::empty(), NO_LINKS.union(ResolveFlags::BENEATH))?;
            mounts::hang_on(tree.as_fd(), place.as_fd())
        }
        entry::SCRATCH => mounts::mount(c"tmpfs", path, mounts::NO_SET_UID | mounts::NO_DEVICES, with),
        _ => Err(Errno::INVAL),
    }
}

/// Makes a file that was not there.
fn create(path: &CStr, text: &[u8]) -> Result<(), Errno> {
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let file = openat(CWD, path, flags, Mode::from_raw_mode(0o644))?;
    write_all(file.as_fd(), text)
}

/// Sets a setting of the kernel's.
fn set(path: &CStr, value: &[u8]) -> Result<(), Errno> {
    let file = openat(CWD, path, OFlags::WRONLY | OFlags::CLOEXEC, Mode::empty())?;
    write_all(file.as_fd(), value)
}

/// Memory and the kernel's settings take a small text at once.
pub(crate) fn write_all(file: BorrowedFd<'_>, text: &[u8]) -> Result<(), Errno> {
    if text.is_empty() || write(file, text)? == text.len() { Ok(()) } else { Err(Errno::IO) }
}

/// Whether a place is the one that the host saw: `device:inode`, hexadecimal.
fn is(place: &OwnedFd, identity: &CStr) -> Result<bool, Errno> {
    let text = core::str::from_utf8(identity.to_bytes()).map_err(|_| Errno::INVAL)?;
    let (device, inode) = text.split_once(':').ok_or(Errno::INVAL)?;
    let number = |text| u64::from_str_radix(text, 16).map_err(|_| Errno::INVAL);
    let found = fstat(place)?;
    Ok((found.st_dev, found.st_ino) == (number(device)?, number(inode)?))
}

pub(crate) fn kind_and_path(what: &CStr) -> Result<(u8, &CStr), Errno> {
    let kind = what.to_bytes().first().copied().ok_or(Errno::INVAL)?;
    Ok((kind, without_first(what)?))
}

fn relative(path: &CStr) -> Result<&CStr, Errno> {
    if path.to_bytes().first() == Some(&b'/') { without_first(path) } else { Err(Errno::INVAL) }
}

fn without_first(text: &CStr) -> Result<&CStr, Errno> {
    let rest = text.to_bytes_with_nul().get(1..).ok_or(Errno::INVAL)?;
    CStr::from_bytes_with_nul(rest).map_err(|_| Errno::INVAL)
}

fn failure(stage: Stage, errno: Errno) -> Failure {
    Failure::new(stage, errno.raw_os_error())
}
