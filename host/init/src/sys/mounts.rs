//! The system calls that make a tree of mounts.
//!
//! Numbers of flags are the kernel's, the same on every machine.
#![allow(unsafe_code, reason = "system calls, as in the module above")]

use core::ffi::CStr;

use rustix::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};
use rustix::io::Errno;
use syscalls::{Sysno, syscall};

use super::errno;

/// Flags of a mount, as `mount_setattr` and `mount` number them alike.
pub(crate) const READ_ONLY: u64 = 1;
pub(crate) const NO_SET_UID: u64 = 2;
pub(crate) const NO_DEVICES: u64 = 4;
pub(crate) const NO_EXECUTION: u64 = 8;

const AT_SYMLINK_NOFOLLOW: usize = 0x100;
const AT_EMPTY_PATH: usize = 0x1000;
const AT_RECURSIVE: usize = 0x8000;
const AT_FDCWD: usize = (-100_isize).cast_unsigned();
const OPEN_TREE_CLONE: usize = 1;
const OPEN_TREE_CLOEXEC: usize = 0o2_000_000;
const MOVE_MOUNT_FROM_EMPTY_PATH: usize = 0x4;
const MOVE_MOUNT_TO_EMPTY_PATH: usize = 0x40;
const MS_PRIVATE: u64 = 1 << 18;
const MS_RECURSIVE: u64 = 1 << 14;
const MS_SLAVE: u64 = 1 << 19;
const MNT_DETACH: usize = 2;

/// Copies the mounts at a path and below it, as a tree that hangs nowhere yet. A link at the path's end is not followed.
pub(crate) fn copy_at(path: &CStr) -> Result<OwnedFd, Errno> {
    let flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE | AT_SYMLINK_NOFOLLOW;
    // SAFETY: the kernel reads a string that ends with NUL.
    descriptor(unsafe { syscall!(Sysno::open_tree, AT_FDCWD, path.as_ptr(), flags) })
}

/// Copies the mounts at what a descriptor names and below it.
pub(crate) fn copy_of(place: BorrowedFd<'_>) -> Result<OwnedFd, Errno> {
    let flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE | AT_EMPTY_PATH;
    // SAFETY: the kernel reads a string that ends with NUL.
    descriptor(unsafe { syscall!(Sysno::open_tree, number(place), c"".as_ptr(), flags) })
}

/// Sets flags of a tree of mounts, all of it, and cuts it off from what happens to the mounts it was copied from.
pub(crate) fn restrict(tree: BorrowedFd<'_>, flags: u64) -> Result<(), Errno> {
    set_attributes(tree, AT_EMPTY_PATH | AT_RECURSIVE, flags, MS_PRIVATE)
}

/// Sets flags of one mount, by any place in it that is the mount's own root.
pub(crate) fn restrict_one(root: BorrowedFd<'_>, flags: u64) -> Result<(), Errno> {
    set_attributes(root, AT_EMPTY_PATH, flags, 0)
}

fn set_attributes(tree: BorrowedFd<'_>, how: usize, set: u64, propagation: u64) -> Result<(), Errno> {
    /// The kernel's `struct mount_attr`, as first published.
    #[repr(C)]
    struct Attributes {
        set: u64,
        clear: u64,
        propagation: u64,
        user_namespace: u64,
    }
    let attributes = Attributes { set, clear: 0, propagation, user_namespace: 0 };
    // SAFETY: the kernel reads a string that ends with NUL and a `struct mount_attr` of the size that is said.
    unsafe {
        syscall!(
            Sysno::mount_setattr,
            number(tree),
            c"".as_ptr(),
            how,
            &raw const attributes,
            size_of::<Attributes>()
        )
    }
    .map_err(errno)?;
    Ok(())
}

/// Hangs a tree up at a path relative to the working directory. A link at the path's end is not followed.
pub(crate) fn hang_at(tree: BorrowedFd<'_>, path: &CStr) -> Result<(), Errno> {
    let flags = MOVE_MOUNT_FROM_EMPTY_PATH;
    // SAFETY: the kernel reads two strings that end with NUL.
    unsafe { syscall!(Sysno::move_mount, number(tree), c"".as_ptr(), AT_FDCWD, path.as_ptr(), flags) }
        .map_err(errno)?;
    Ok(())
}

/// Hangs a tree up at what a descriptor names.
pub(crate) fn hang_on(tree: BorrowedFd<'_>, place: BorrowedFd<'_>) -> Result<(), Errno> {
    let flags = MOVE_MOUNT_FROM_EMPTY_PATH | MOVE_MOUNT_TO_EMPTY_PATH;
    let empty = c"".as_ptr();
    // SAFETY: the kernel reads two strings that end with NUL.
    unsafe { syscall!(Sysno::move_mount, number(tree), empty, number(place), empty, flags) }
        .map_err(errno)?;
    Ok(())
}

/// Mounts a file system of the kernel's own (`tmpfs`, `proc`).
pub(crate) fn mount(kind: &CStr, path: &CStr, flags: u64, options: &CStr) -> Result<(), Errno> {
    // SAFETY: the kernel reads four strings that end with NUL.
    unsafe { syscall!(Sysno::mount, kind.as_ptr(), path.as_ptr(), kind.as_ptr(), flags, options.as_ptr()) }
        .map_err(errno)?;
    Ok(())
}

/// Keeps what is mounted here from being mounted anywhere else; what is mounted elsewhere still comes here.
pub(crate) fn make_dependent() -> Result<(), Errno> {
    let (nothing, flags) = (core::ptr::null::<u8>(), MS_RECURSIVE | MS_SLAVE);
    // SAFETY: the kernel reads a string that ends with NUL, and takes null for the rest.
    unsafe { syscall!(Sysno::mount, nothing, c"/".as_ptr(), nothing, flags, nothing) }.map_err(errno)?;
    Ok(())
}

/// Makes the working directory the root, and lets go of what was the root before, with all that hangs in it.
pub(crate) fn become_root() -> Result<(), Errno> {
    let here = c".".as_ptr();
    // SAFETY: the kernel reads strings that end with NUL. Both names mean the working directory: the old root
    // comes to lie on top of the new one, where the next call takes it away.
    unsafe { syscall!(Sysno::pivot_root, here, here) }.map_err(errno)?;
    // SAFETY: the kernel reads a string that ends with NUL.
    unsafe { syscall!(Sysno::umount2, here, MNT_DETACH) }.map_err(errno)?;
    Ok(())
}

fn number(descriptor: BorrowedFd<'_>) -> usize {
    // A descriptor is not negative.
    usize::try_from(descriptor.as_raw_fd()).unwrap_or(usize::MAX)
}

fn descriptor(answer: Result<usize, syscalls::Errno>) -> Result<OwnedFd, Errno> {
    let number = RawFd::try_from(answer.map_err(errno)?).map_err(|_| Errno::BADF)?;
    // SAFETY: the kernel has just made this descriptor for us.
    Ok(unsafe { OwnedFd::from_raw_fd(number) })
}
