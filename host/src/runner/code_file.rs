//! The file that the interpreter reads: made, held closed, filled, removed.
//!
//! Its lock says "somebody still runs this": host and init hold it together (one open file, two descriptors), the
//! program never does. A file of ours without a lock belongs to nobody, and [`sweep`](super::sweep) removes it.

use std::fs::{File, Permissions};
use std::io::{self, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;

use rustix::fs::{FlockOperation, Mode, OFlags, flock, open};
use tempfile::TempPath;

use super::{RunError, gate};
use crate::Language;

/// How every code file's name begins.
pub(super) const PREFIX: &str = "code-execute-";
/// How many random characters follow: 71 bits, so that nobody can have taken the name before.
pub(super) const RANDOM: usize = 12;
/// How a Bash file begins: the contract's words.
const BASH_BEGINNING: &[u8] = b"#!/bin/bash\nset -e\n";
/// How often a file is made anew because a sweep took it for an abandoned one.
const ATTEMPTS: usize = 16;

/// A code file that is still empty. Dropping it removes the file.
#[derive(Debug)]
pub(super) struct EmptyFile {
    path: TempPath,
    file: File,
    language: Language,
    closed: bool,
}

/// Code in a file. Dropping it removes the file.
#[derive(Debug)]
pub(super) struct CodeFile {
    _path: TempPath,
    /// Open for reading only: a program that executes its own file would be told that it is being written.
    lock: File,
}

impl EmptyFile {
    /// Makes a new file that this user alone can read, held closed where the file system can. Where the run's processes
    /// are another user's, their group can read it too.
    pub(super) fn create(directory: &Path, language: Language, group: Option<u32>) -> Result<Self, RunError> {
        for _ in 0..ATTEMPTS {
            let file = attempt(directory, language, group).map_err(|source| failed(directory, source))?;
            if let Some(file) = file {
                return Ok(file);
            }
        }
        Err(failed(directory, io::ErrorKind::ResourceBusy.into()))
    }

    /// The file's absolute path.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Whether an interpreter that opens the file waits until it is filled.
    pub(super) fn is_closed(&self) -> bool {
        self.closed
    }

    /// Writes the code and lets the file be opened. `Ok(None)`: it was let go before, and somebody may have read an
    /// empty file.
    pub(super) fn fill(self, code: &str) -> Result<Option<CodeFile>, RunError> {
        let Self { path, mut file, language, closed } = self;
        let filled = || -> io::Result<Option<File>> {
            file.write_all(beginning(language))?;
            file.write_all(code.as_bytes())?;
            if closed && !gate::open(&file) {
                return Ok(None);
            }
            // Only now: nobody else can have the file open while it is held closed.
            let lock: File = match open(&*path, LOCK_FLAGS, Mode::empty()) {
                Ok(lock) => lock.into(),
                // The program has ended already, and its file is gone with it.
                Err(rustix::io::Errno::NOENT) => return Ok(Some(file)),
                Err(error) => return Err(error.into()),
            };
            flock(&lock, FlockOperation::NonBlockingLockShared)?;
            Ok(Some(lock))
        }();
        let directory = || path.parent().unwrap_or(Path::new("/"));
        match filled.map_err(|source| failed(directory(), source))? {
            Some(lock) => Ok(Some(CodeFile { _path: path, lock })),
            None => Ok(None),
        }
    }
}

impl CodeFile {
    /// The open file that holds the lock.
    pub(super) fn lock(&self) -> BorrowedFd<'_> {
        self.lock.as_fd()
    }
}

/// Not through a link.
const LOCK_FLAGS: OFlags = OFlags::RDONLY.union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);

fn failed(directory: &Path, source: io::Error) -> RunError {
    RunError::CodeFile { directory: directory.to_owned(), source }
}

/// One attempt; `None` where another process's sweep came between the file's birth and its lock.
///
/// The lock is shared, so that the one taken later needs no moment without any; a sweep asks for it alone.
fn attempt(directory: &Path, language: Language, group: Option<u32>) -> io::Result<Option<EmptyFile>> {
    let mode = match (language, group) {
        (Language::Python, None) => 0o600,
        (Language::Bash, None) => 0o700,
        (Language::Python, Some(_)) => 0o640,
        (Language::Bash, Some(_)) => 0o750,
    };
    let (file, path) = tempfile::Builder::new()
        .prefix(PREFIX)
        .rand_bytes(RANDOM)
        .suffix(suffix(language))
        .tempfile_in(directory)?
        .into_parts();
    if group.is_some() {
        std::os::unix::fs::fchown(&file, None, group)?;
    }
    // Not at the creation: there the user's mask would take bits away.
    file.set_permissions(Permissions::from_mode(mode))?;
    if flock(&file, FlockOperation::NonBlockingLockShared).is_err() || file.metadata()?.nlink() != 1 {
        return Ok(None);
    }
    let closed = gate::close(&file);
    Ok(Some(EmptyFile { path, file, language, closed }))
}

/// How a language's files begin.
fn beginning(language: Language) -> &'static [u8] {
    match language {
        Language::Python => b"",
        Language::Bash => BASH_BEGINNING,
    }
}

/// How the names of a language's files end.
pub(super) fn suffix(language: Language) -> &'static str {
    match language {
        Language::Python => ".py",
        Language::Bash => ".sh",
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn file_is_private_and_goes_when_dropped() {
        let directory = tempfile::tempdir().unwrap();
        for (language, mode, text) in
            [(Language::Python, 0o600, "code"), (Language::Bash, 0o700, "#!/bin/bash\nset -e\ncode")]
        {
            let file = EmptyFile::create(directory.path(), language, None).unwrap();
            let path = file.path().to_owned();
            let file = file.fill("code").unwrap().unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
            assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, mode);
            assert!(path.to_str().unwrap().ends_with(suffix(language)));
            drop(file);
            assert!(!path.exists());
        }
    }

    #[test]
    fn directory_that_cannot_be_written_is_named() {
        let error = EmptyFile::create(Path::new("/nonexistent"), Language::Python, None).unwrap_err();
        assert_eq!(error.to_string(), "could not write the code to a file in `/nonexistent`");
    }
}
