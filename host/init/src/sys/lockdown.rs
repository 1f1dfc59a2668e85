//! The system calls by which a process gives up rights for good: seccomp's and Landlock's.
//!
//! Owns the kernel's structures for them, laid out by hand: the headers of distributions lag years behind, and each
//! kernel reads as much of a structure as it knows.
#![allow(unsafe_code, reason = "this file is system calls")]

use core::ptr;

use rustix::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};
use rustix::io::Errno;
use syscalls::{Sysno, syscall};

use super::errno;
use crate::seccomp::Instruction;

const SECCOMP_SET_MODE_FILTER: usize = 1;
const LANDLOCK_CREATE_RULESET_VERSION: usize = 1;
const LANDLOCK_RULE_PATH_BENEATH: usize = 1;

/// The kernel's `struct sock_fprog`.
#[repr(C)]
struct Program {
    length: u16,
    code: *const Instruction,
}

/// Has the kernel ask this filter before every system call of this thread and its children to come.
pub(crate) fn set_filter(code: &[Instruction]) -> Result<(), Errno> {
    let length = u16::try_from(code.len()).map_err(|_| Errno::INVAL)?;
    let program = Program { length, code: code.as_ptr() };
    // SAFETY: the kernel reads a `struct sock_fprog` and `length` instructions behind its pointer, all of which live
    // through the call; it keeps a copy.
    unsafe { syscall!(Sysno::seccomp, SECCOMP_SET_MODE_FILTER, 0, &raw const program) }.map_err(errno)?;
    Ok(())
}

/// The kernel's `struct landlock_ruleset_attr`, as far as this program knows it.
#[repr(C)]
#[derive(Clone, Copy)]
pub(crate) struct Ruleset {
    pub(crate) files: u64,
    pub(crate) network: u64,
    pub(crate) scopes: u64,
}

/// The kernel's `struct landlock_path_beneath_attr`, which is packed: without the four bytes of filling at this one's
/// end, which the kernel does not read.
#[repr(C)]
struct PathBeneath {
    rights: u64,
    parent: RawFd,
}

/// The version of Landlock that the kernel has.
pub(crate) fn landlock_version() -> Result<u32, Errno> {
    let nothing = ptr::null::<Ruleset>();
    // SAFETY: with this flag the kernel looks at no structure, and gives a number.
    let version =
        unsafe { syscall!(Sysno::landlock_create_ruleset, nothing, 0, LANDLOCK_CREATE_RULESET_VERSION) };
    u32::try_from(version.map_err(errno)?).map_err(|_| Errno::INVAL)
}

/// Makes a set of rules. `bytes` is how much of the structure the kernel's version has.
pub(crate) fn landlock_ruleset(ruleset: &Ruleset, bytes: usize) -> Result<OwnedFd, Errno> {
    let bytes = bytes.min(size_of::<Ruleset>());
    // SAFETY: the kernel reads `bytes` bytes, which are no more than the structure has.
    let number = unsafe { syscall!(Sysno::landlock_create_ruleset, ptr::from_ref(ruleset), bytes, 0) };
    let number = RawFd::try_from(number.map_err(errno)?).map_err(|_| Errno::BADF)?;
    // SAFETY: the kernel has just made this descriptor for us.
    Ok(unsafe { OwnedFd::from_raw_fd(number) })
}

/// Grants rights to a file, or to a directory and all below it.
pub(crate) fn landlock_grant(
    ruleset: BorrowedFd<'_>,
    path: BorrowedFd<'_>,
    rights: u64,
) -> Result<(), Errno> {
    let set = usize::try_from(ruleset.as_raw_fd()).map_err(|_| Errno::BADF)?;
    let rule = PathBeneath { rights, parent: path.as_raw_fd() };
    // SAFETY: the kernel reads the twelve bytes of its structure, which lives through the call.
    unsafe { syscall!(Sysno::landlock_add_rule, set, LANDLOCK_RULE_PATH_BENEATH, &raw const rule, 0) }
        .map_err(errno)?;
    Ok(())
}

/// Puts this thread, and its children to come, under the rules.
pub(crate) fn landlock_restrict(ruleset: BorrowedFd<'_>, flags: usize) -> Result<(), Errno> {
    let set = usize::try_from(ruleset.as_raw_fd()).map_err(|_| Errno::BADF)?;
    // SAFETY: takes numbers only.
    unsafe { syscall!(Sysno::landlock_restrict_self, set, flags) }.map_err(errno)?;
    Ok(())
}
