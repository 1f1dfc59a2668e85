//! The file that the interpreter reads: made, locked, removed.
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

use super::RunError;
use crate::Language;

/// How every code file's name begins.
pub(super) const PREFIX: &str = "code-execute-";
/// How many random characters follow: 71 bits, so that nobody can have taken the name before.
pub(super) const RANDOM: usize = 12;
/// How a Bash file begins: the contract's words.
const BASH_BEGINNING: &[u8] = b"#!/bin/bash\nset -e\n";
/// How often a file is made anew because a sweep took it for an abandoned one.
const ATTEMPTS: usize = 16;

/// Code in a file. Dropping it removes the file.
#[derive(Debug)]
pub(super) struct CodeFile {
    path: TempPath,
    /// Open for reading only: a program that executes its own file would be told that it is being written.
    lock: File,
}

impl CodeFile {
    /// Writes code to a new file that this user alone can read.
    pub(super) fn create(directory: &Path, language: Language, code: &str) -> Result<Self, RunError> {
        let failed = |source| RunError::CodeFile { directory: directory.to_owned(), source };
        for _ in 0..ATTEMPTS {
            if let Some(file) = attempt(directory, language, code).map_err(failed)? {
                return Ok(file);
            }
        }
        Err(failed(io::ErrorKind::ResourceBusy.into()))
    }

    /// The file's absolute path.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The open file that holds the lock.
    pub(super) fn lock(&self) -> BorrowedFd<'_> {
        self.lock.as_fd()
    }
}

/// One attempt; `None` where another process's sweep came between the file's birth and its lock.
fn attempt(directory: &Path, language: Language, code: &str) -> io::Result<Option<CodeFile>> {
    let (beginning, mode): (&[u8], _) = match language {
        Language::Python => (b"", 0o600),
        Language::Bash => (BASH_BEGINNING, 0o700),
    };
    let mut file = tempfile::Builder::new()
        .prefix(PREFIX)
        .rand_bytes(RANDOM)
        .suffix(suffix(language))
        .tempfile_in(directory)?;
    // Not at the creation: there the user's mask would take bits away.
    file.as_file().set_permissions(Permissions::from_mode(mode))?;
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let lock: File = match open(file.path(), flags, Mode::empty()) {
        Ok(lock) => lock.into(),
        Err(rustix::io::Errno::NOENT) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    if flock(&lock, FlockOperation::NonBlockingLockExclusive).is_err() {
        return Ok(None);
    }
    let (written, locked) = (file.as_file().metadata()?, lock.metadata()?);
    if locked.nlink() != 1 || (written.dev(), written.ino()) != (locked.dev(), locked.ino()) {
        return Ok(None);
    }
    file.write_all(beginning)?;
    file.write_all(code.as_bytes())?;
    Ok(Some(CodeFile { path: file.into_temp_path(), lock }))
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
            let file = CodeFile::create(directory.path(), language, "code").unwrap();
            let path = file.path().to_owned();
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
            assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, mode);
            assert!(path.to_str().unwrap().ends_with(suffix(language)));
            drop(file);
            assert!(!path.exists());
        }
    }

    #[test]
    fn directory_that_cannot_be_written_is_named() {
        let error = CodeFile::create(Path::new("/nonexistent"), Language::Python, "").unwrap_err();
        assert_eq!(error.to_string(), "could not write the code to a file in `/nonexistent`");
    }
}
