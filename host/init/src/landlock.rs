//! Landlock: what the program may reach by path, and beside paths whom it may reach.
//!
//! Owns the rules of one run. It must never leave out a path that it was told of, nor a right that the kernel's
//! version knows: what cannot be enforced as asked is an error.
#![cfg_attr(not(test), forbid(unsafe_code))]

#[cfg(test)]
mod tests;

use core::ffi::CStr;

use rustix::fd::{AsFd, BorrowedFd};
use rustix::fs::{CWD, FileType, Mode, OFlags, fstat, openat};
use rustix::io::Errno;

use crate::protocol::Network;
use crate::sys::lockdown::{self, Ruleset};

/// What the program may reach by path. Paths are inside the final root.
pub(crate) struct Rules<'a> {
    pub(crate) readable: &'a [&'a CStr],
    pub(crate) writable: &'a [&'a CStr],
    pub(crate) network: Network,
}

/// Puts this thread, and everything that comes of it, under the rules, for good. Gives the version of Landlock that
/// was enforced. Needs `no_new_privs`.
///
/// `least` is the version below which it refuses ([`Errno::OPNOTSUPP`]); no Landlock at all is always refused, with
/// the kernel's own error (`ENOSYS`: not built in; `EOPNOTSUPP`: not among the boot parameter `lsm`'s).
pub(crate) fn enforce(rules: &Rules<'_>, least: u32) -> Result<u32, Errno> {
    let version = lockdown::landlock_version()?.min(NEWEST);
    if version < least.max(1) {
        return Err(Errno::OPNOTSUPP);
    }
    let handled = handled(version, rules.network);
    let ruleset = lockdown::landlock_ruleset(&handled, bytes(version))?;
    for path in rules.readable {
        grant(ruleset.as_fd(), path, READING & handled.files)?;
    }
    for path in rules.writable {
        grant(ruleset.as_fd(), path, WRITING & handled.files)?;
    }
    lockdown::landlock_restrict(ruleset.as_fd(), quiet(version))?;
    Ok(version)
}

fn grant(ruleset: BorrowedFd<'_>, path: &CStr, rights: u64) -> Result<(), Errno> {
    let file = openat(CWD, path, OFlags::PATH | OFlags::CLOEXEC, Mode::empty())?;
    let directory = FileType::from_raw_mode(fstat(&file)?.st_mode) == FileType::Directory;
    let rights = if directory { rights } else { rights & OF_FILES };
    lockdown::landlock_grant(ruleset, file.as_fd(), rights)
}

/// The newest version that this program knows what to do with.
const NEWEST: u32 = 9;

const EXECUTE: u64 = 1;
const WRITE_FILE: u64 = 1 << 1;
const READ_FILE: u64 = 1 << 2;
const READ_DIR: u64 = 1 << 3;
/// All rights of the first version: those above, and removing and making files of every type.
const VERSION_1: u64 = (1 << 13) - 1;
const MAKE_CHAR: u64 = 1 << 6;
const MAKE_BLOCK: u64 = 1 << 11;
/// Version 2: linking and renaming between directories. Where it is missing that is never possible.
const REFER: u64 = 1 << 13;
/// Version 3.
const TRUNCATE: u64 = 1 << 14;
/// Version 5: a device's own requests. Granted to nobody: a program needs none of the few devices that it has.
const IOCTL_DEV: u64 = 1 << 15;
/// Version 9: connecting to a socket that has a path and that somebody outside has made. Granted to nobody.
const RESOLVE_UNIX: u64 = 1 << 16;

const READING: u64 = EXECUTE | READ_FILE | READ_DIR;
/// All but devices.
const WRITING: u64 = (VERSION_1 & !(MAKE_CHAR | MAKE_BLOCK)) | REFER | TRUNCATE;
/// The rights that make sense of something that is not a directory; the kernel takes no others there.
const OF_FILES: u64 = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV;

/// Version 4: binding and connecting TCP sockets.
const TCP: u64 = 0b11;
/// Version 6: abstract UNIX sockets, and signals, of processes outside.
const SCOPES: u64 = 0b11;

/// Everything that is forbidden unless a rule grants it.
fn handled(version: u32, network: Network) -> Ruleset {
    let since = |first: u32, rights: u64| if version >= first { rights } else { 0 };
    Ruleset {
        files: VERSION_1
            | since(2, REFER)
            | since(3, TRUNCATE)
            | since(5, IOCTL_DEV)
            | since(9, RESOLVE_UNIX),
        network: if network == Network::None { since(4, TCP) } else { 0 },
        scopes: since(6, SCOPES),
    }
}

/// How much of the structure a version has: one word, then two, then three.
fn bytes(version: u32) -> usize {
    match version {
        0..=3 => 8,
        4..=5 => 16,
        _ => 24,
    }
}

/// Version 7 logs what was denied. A program can be denied thousands of times a second, and the log is the machine's:
/// neither this process's denials before the execution (bit 0) nor those of rules that the program makes (bit 2) are
/// logged; those after the execution are not by default.
fn quiet(version: u32) -> usize {
    if version >= 7 { 0b101 } else { 0 }
}
