//! Arguments and environment, laid out as `execve` reads them.
//!
//! Owns the one piece of memory that this program asks for: a table of pointers and, behind it, the strings that
//! the host wrote into a memory file. It must never believe the host's counts without counting itself.
#![allow(unsafe_code, reason = "builds the arrays of pointers that the kernel reads")]

use core::ffi::{CStr, c_char, c_void};
use core::{ptr, slice};

use rustix::fd::BorrowedFd;
use rustix::io::Errno;
use rustix::mm::{MapFlags, ProtFlags, mmap_anonymous};

use crate::protocol::Request;

/// More than the kernel takes at an execution (a quarter of the stack's limit, 2 MiB by default, 6 MiB at most).
const LARGEST: usize = 16 << 20;

/// Arguments and environment of the program, and the strings that describe its root. Never freed: it lives as long
/// as the process.
pub(crate) struct Block {
    /// The arguments, a null, the environment, a null, the root.
    pointers: &'static [*const c_char],
    arguments: usize,
    root: usize,
}

impl Block {
    /// Reads the strings from the host's memory file.
    pub(crate) fn read(file: BorrowedFd<'_>, request: &Request) -> Result<Self, Errno> {
        let arguments = bounded(request.arguments)?;
        let variables = bounded(request.variables)?;
        let root = bounded(request.confinement.root_strings)?;
        let bytes = bounded(request.block_bytes)?;
        let pointers = arguments + variables + root + 2;
        let table_bytes = pointers * size_of::<*const c_char>();

        // SAFETY: a fresh private mapping at an address of the kernel's choice overlaps nothing.
        let memory = unsafe {
            mmap_anonymous(
                ptr::null_mut(),
                table_bytes + bytes,
                ProtFlags::READ | ProtFlags::WRITE,
                MapFlags::PRIVATE,
            )
        }?;
        // SAFETY: the mapping begins with `table_bytes` zero bytes, aligned to a page; zero is a null pointer; it is
        // never unmapped, and nothing else points into it.
        let table = unsafe { slice::from_raw_parts_mut(memory.cast::<*const c_char>(), pointers) };
        // SAFETY: `table_bytes` is within the mapping.
        let text = unsafe { memory.cast::<u8>().add(table_bytes) };
        // SAFETY: `bytes` bytes follow the table in the mapping, zeroed, never unmapped, apart from the table.
        let text = unsafe { slice::from_raw_parts_mut(text, bytes) };

        fill(file, text)?;
        point(table, text, arguments, variables)?;
        Ok(Self { pointers: table, arguments, root: arguments + variables + 2 })
    }

    /// Becomes the program that the first argument names; returns only the reason why not.
    pub(crate) fn execute(&self) -> Errno {
        let Some((argv, envp)) = self.pointers.split_at_checked(self.arguments + 1) else {
            return Errno::INVAL;
        };
        let Some(path) = argv.first().filter(|path| !path.is_null()) else { return Errno::INVAL };
        // SAFETY: `point` left strings that end with NUL, in two lists that each end with a null pointer.
        unsafe { crate::sys::execve(*path, argv.as_ptr(), envp.as_ptr()) }
    }

    /// The entries of the root, two strings each.
    pub(crate) fn root(&self) -> impl Iterator<Item = (&'static CStr, &'static CStr)> {
        let (_, root) = self.pointers.split_at_checked(self.root).unwrap_or_default();
        let (pairs, _) = root.as_chunks::<2>();
        pairs.iter().map(|[first, second]| {
            // SAFETY: `point` left pointers to strings that end with NUL and are never changed or freed.
            let first = unsafe { CStr::from_ptr(*first) };
            // SAFETY: as above.
            (first, unsafe { CStr::from_ptr(*second) })
        })
    }

    /// One of the arguments.
    pub(crate) fn argument(&self, position: u64) -> Option<&'static CStr> {
        let position = usize::try_from(position).ok().filter(|position| *position < self.arguments)?;
        let argument = *self.pointers.get(position)?;
        // SAFETY: `point` left a pointer to a string that ends with NUL and is never changed or freed.
        Some(unsafe { CStr::from_ptr(argument) })
    }
}

fn bounded(number: u64) -> Result<usize, Errno> {
    usize::try_from(number).ok().filter(|number| *number <= LARGEST).ok_or(Errno::TOOBIG)
}

fn fill(file: BorrowedFd<'_>, mut space: &mut [u8]) -> Result<(), Errno> {
    let mut offset = 0;
    while !space.is_empty() {
        match rustix::io::pread(file, &mut *space, offset) {
            Ok(0) => return Err(Errno::NODATA),
            Ok(count) => {
                offset += count as u64;
                space = space.split_at_mut_checked(count).ok_or(Errno::INVAL)?.1;
            }
            Err(Errno::INTR) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Writes the address of every string of `text` into `table`: the arguments, a null, the variables, a null, the rest.
fn point(table: &mut [*const c_char], text: &[u8], arguments: usize, variables: usize) -> Result<(), Errno> {
    let (argv, rest) = table.split_at_mut_checked(arguments).ok_or(Errno::INVAL)?;
    let rest = rest.split_first_mut().ok_or(Errno::INVAL)?.1;
    let (envp, rest) = rest.split_at_mut_checked(variables).ok_or(Errno::INVAL)?;
    let rest = rest.split_first_mut().ok_or(Errno::INVAL)?.1;

    let mut strings = text.split_inclusive(|byte| *byte == 0);
    for space in argv.iter_mut().chain(envp).chain(rest) {
        let string = strings.next().filter(|string| string.ends_with(&[0])).ok_or(Errno::INVAL)?;
        *space = string.as_ptr().cast::<c_void>().cast();
    }
    if strings.next().is_some() { Err(Errno::INVAL) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use rustix::fd::AsFd;
    use rustix::fs::{MemfdFlags, memfd_create};

    use super::*;

    fn read(text: &[u8], arguments: u64, variables: u64) -> Result<Block, Errno> {
        let file = memfd_create(c"block", MemfdFlags::CLOEXEC).unwrap();
        rustix::io::write(&file, text).unwrap();
        let request = Request { arguments, variables, block_bytes: text.len() as u64, ..Request::default() };
        Block::read(file.as_fd(), &request)
    }

    #[test]
    fn block_keeps_order_and_ends_both_lists() {
        let block = read(b"/bin/true\0two words\0\0A=1\0", 3, 1).unwrap();
        assert_eq!(block.argument(0), Some(c"/bin/true"));
        assert_eq!(block.argument(1), Some(c"two words"));
        assert_eq!(block.argument(2), Some(c""));
        assert_eq!(block.argument(3), None);
        assert_eq!(block.pointers.len(), 6);
        assert!(block.pointers[3].is_null() && block.pointers[5].is_null());
        assert!(!block.pointers[4].is_null());
    }

    #[test]
    fn root_follows_both_lists() {
        let file = memfd_create(c"block", MemfdFlags::CLOEXEC).unwrap();
        let text = b"a\0A=1\0d/etc\0\0l/bin\0usr/bin\0";
        rustix::io::write(&file, text).unwrap();
        let confinement = crate::protocol::Confinement { root_strings: 4, ..Default::default() };
        let block_bytes = text.len() as u64;
        let request = Request { arguments: 1, variables: 1, block_bytes, confinement, ..Request::default() };
        let block = Block::read(file.as_fd(), &request).unwrap();
        assert_eq!(block.root().collect::<Vec<_>>(), [(c"d/etc", c""), (c"l/bin", c"usr/bin")]);
        assert!(block.pointers[1].is_null() && block.pointers[3].is_null());
    }

    #[test]
    fn block_with_other_counts_is_refused() {
        let cases: [(&[u8], u64, u64); 5] =
            [(b"a\0", 1, 1), (b"a\0b\0", 1, 0), (b"a", 1, 0), (b"", 1, 0), (b"a\0", u64::MAX, 0)];
        for (text, arguments, variables) in cases {
            assert!(read(text, arguments, variables).is_err(), "{text:?} {arguments} {variables}");
        }
    }
}
