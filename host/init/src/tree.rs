//! Every process that came of the run: found, measured, ended.
//!
//! Init is their "subreaper": whoever loses its parent becomes init's child, whatever session or group it moved
//! to. So a walk from init's own children down meets all of them, and when init has no child left there is none.
//! It must never signal a process that was not found in that walk.
#![forbid(unsafe_code)]

use core::mem::MaybeUninit;

use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::fs::{Mode, OFlags, RawDir, openat};
use rustix::io::{Errno, read};
use rustix::process::{Pid, Signal, getpid, kill_process};

use crate::path::Path;
use crate::sys;

/// How many processes one walk can hold in waiting, one page of memory. What does not fit is met in a later walk.
const WAITING: usize = 1024;

/// A way to look at this process's descendants.
pub(crate) struct Tree {
    proc: OwnedFd,
    init: u32,
    /// Whether init is process 1 of a PID namespace, where whatever it can see is of the run.
    whole: bool,
}

impl Tree {
    /// The same in process 1 of a PID namespace.
    pub(crate) fn of_namespace() -> Result<Self, Errno> {
        let tree = Self::open()?;
        // The `/proc` that was opened must be the namespace's own.
        if tree.init == 1 { Ok(Self { whole: true, ..tree }) } else { Err(Errno::SRCH) }
    }

    /// Opens `/proc`, and makes sure that it is what it must be: it names our own children.
    pub(crate) fn open() -> Result<Self, Errno> {
        let proc = openat(
            rustix::fs::CWD,
            c"/proc",
            OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC,
            Mode::empty(),
        )?;
        let init = number(getpid()).ok_or(Errno::SRCH)?;
        let tree = Self { proc, init, whole: false };
        tree.children_of(init, init, &mut |_| {})?;
        Ok(tree)
    }

    /// `/proc` itself, for those who read other files of it.
    pub(crate) fn proc(&self) -> BorrowedFd<'_> {
        self.proc.as_fd()
    }

    /// Kills every descendant that a walk meets, parents before their children. Says how many there were.
    ///
    /// A killed process cannot make another one. What a process made just before is met further down, or at the
    /// next walk as a child of init's own; so the caller walks until there is no child left.
    /// A number read a moment ago could only mean another process if the kernel's numbers had gone round the
    /// whole range in that moment.
    pub(crate) fn kill(&self) -> u64 {
        if self.whole {
            // One call, in which nobody can be made or missed.
            return u64::from(sys::kill_all().is_ok());
        }
        let mut met = 0;
        self.walk(&mut |process| {
            met += 1;
            if let Some(pid) = i32::try_from(process).ok().and_then(Pid::from_raw) {
                // Gone already, or (where the program could gain rights) not ours to kill: counted as a survivor.
                let _ = kill_process(pid, Signal::KILL);
            }
        });
        met
    }

    /// Whether the descendants together hold more memory than `limit` bytes.
    ///
    /// The sum of their resident sizes counts a page as often as it is shared; where that is above the limit,
    /// the kernel's proportional count, which is dear, decides.
    pub(crate) fn holds_more_than(&self, limit: u64, page_bytes: u64) -> bool {
        let mut total = 0_u64;
        self.walk(&mut |process| total = total.saturating_add(self.resident(process, page_bytes)));
        if total <= limit {
            return false;
        }
        total = 0;
        self.walk(&mut |process| {
            let bytes = self.proportional(process).unwrap_or_else(|| self.resident(process, page_bytes));
            total = total.saturating_add(bytes);
        });
        total > limit
    }

    fn resident(&self, process: u32, page_bytes: u64) -> u64 {
        let mut text = [0_u8; 128];
        let text = self.text_of(Path::new().number(process).text(b"/statm"), &mut text);
        let pages = text.and_then(|text| word(text, 1)).unwrap_or(0);
        pages.saturating_mul(page_bytes)
    }

    fn proportional(&self, process: u32) -> Option<u64> {
        let mut text = [0_u8; 1024];
        let text = self.text_of(Path::new().number(process).text(b"/smaps_rollup"), &mut text)?;
        let line = text.split(|byte| *byte == b'\n').find(|line| line.starts_with(b"Pss:"))?;
        Some(word(line, 1)?.saturating_mul(1024))
    }

    fn text_of<'b>(&self, path: Path, space: &'b mut [u8]) -> Option<&'b [u8]> {
        let file =
            openat(&self.proc, path.as_c_str()?, OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty()).ok()?;
        let count = read(&file, &mut *space).ok()?;
        space.get(..count)
    }

    /// Visits descendants, every parent before its children.
    fn walk(&self, visit: &mut dyn FnMut(u32)) {
        let mut waiting = [0_u32; WAITING];
        let mut length = 0;
        let mut process = self.init;
        loop {
            // A process that went away in between has no children: they are init's now.
            let _ = self.threads_of(process, &mut |thread| {
                let _ = self.children_of(process, thread, &mut |child| {
                    visit(child);
                    if let Some(space) = waiting.get_mut(length) {
                        *space = child;
                        length += 1;
                    }
                });
            });
            let Some(next) = length.checked_sub(1) else { return };
            length = next;
            process = waiting.get(next).copied().unwrap_or(self.init);
        }
    }

    /// The threads of a process: each has children of its own.
    fn threads_of(&self, process: u32, visit: &mut dyn FnMut(u32)) -> Result<(), Errno> {
        if process == self.init {
            visit(process);
            return Ok(());
        }
        let path = Path::new().number(process).text(b"/task");
        let path = path.as_c_str().ok_or(Errno::NAMETOOLONG)?;
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let directory = openat(&self.proc, path, flags, Mode::empty())?;
        let mut space = [MaybeUninit::uninit(); 2048];
        let mut entries = RawDir::new(&directory, &mut space);
        while let Some(entry) = entries.next() {
            let entry = entry?;
            let name = entry.file_name().to_bytes().iter().copied();
            let mut numbers = Numbers::default();
            if let Some(thread) = name.chain([b'\n']).find_map(|byte| numbers.next(byte)) {
                visit(thread);
            }
        }
        Ok(())
    }

    fn children_of(&self, process: u32, thread: u32, visit: &mut dyn FnMut(u32)) -> Result<(), Errno> {
        let path = Path::new().number(process).text(b"/task/").number(thread).text(b"/children");
        let path = path.as_c_str().ok_or(Errno::NAMETOOLONG)?;
        let file = openat(&self.proc, path, OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty())?;
        let mut space = [0_u8; 1024];
        let mut numbers = Numbers::default();
        loop {
            let count = match read(&file, &mut space) {
                Ok(0) => break,
                Ok(count) => count,
                Err(Errno::INTR) => continue,
                Err(error) => return Err(error),
            };
            for byte in space.iter().take(count) {
                if let Some(child) = numbers.next(*byte) {
                    visit(child);
                }
            }
        }
        if let Some(child) = numbers.next(b'\n') {
            visit(child);
        }
        Ok(())
    }
}

fn number(pid: Pid) -> Option<u32> {
    u32::try_from(pid.as_raw_nonzero().get()).ok()
}

/// Decimal numbers in a stream of bytes, whatever stands between them.
#[derive(Default)]
struct Numbers(Option<u32>);

impl Numbers {
    /// Takes a byte in; gives the number that ends with it.
    fn next(&mut self, byte: u8) -> Option<u32> {
        if byte.is_ascii_digit() {
            let digit = u32::from(byte - b'0');
            self.0 = Some(self.0.unwrap_or(0).saturating_mul(10).saturating_add(digit));
            None
        } else {
            self.0.take()
        }
    }
}

/// The number that is the word at this position of a line, words being apart by blanks.
fn word(line: &[u8], position: usize) -> Option<u64> {
    let mut words = line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    core::str::from_utf8(words.nth(position)?).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_out_of_bytes() {
        let mut numbers = Numbers::default();
        let found: Vec<u32> = b"12 345  6\n".iter().filter_map(|byte| numbers.next(*byte)).collect();
        assert_eq!(found, [12, 345, 6]);
    }

    #[test]
    fn words_are_found_by_position() {
        assert_eq!(word(b"Pss:               1234 kB", 1), Some(1234));
        assert_eq!(word(b"8 2 1\n", 1), Some(2));
        assert_eq!(word(b"8", 1), None);
    }

    #[test]
    fn proc_is_usable_here() {
        assert!(Tree::open().is_ok());
    }
}
