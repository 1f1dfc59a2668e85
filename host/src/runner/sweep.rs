//! Removes code files that nobody runs any more: those of hosts that were killed together with their init.
//!
//! It must never remove what could be anybody else's: only a regular file of this user with a name and a mode that
//! [`code_file`](super::code_file) gives, and only while it holds the file's lock itself.

use std::fs::File;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::{Duration, Instant};

use rustix::fs::{FlockOperation, Mode, OFlags, flock, open};

use super::code_file::{PREFIX, RANDOM, suffix};
use crate::Language;

/// Removes abandoned code files of this user from a directory, for as long as `budget`. Says how many.
pub(super) fn sweep(directory: &Path, budget: Duration) -> usize {
    let end = Instant::now() + budget;
    // A directory that cannot be read is no reason to fail a run that can go on without.
    let Ok(entries) = std::fs::read_dir(directory) else { return 0 };
    entries
        .take_while(|_| Instant::now() < end)
        .flatten()
        .filter(|entry| entry.file_name().to_str().is_some_and(is_ours))
        .filter(|entry| remove_if_abandoned(&entry.path()))
        .count()
}

/// Whether a name is one that we give.
fn is_ours(name: &str) -> bool {
    let Some(rest) = name.strip_prefix(PREFIX) else { return false };
    let random = Language::ALL.into_iter().find_map(|language| rest.strip_suffix(suffix(language)));
    random.is_some_and(|random| {
        random.len() == RANDOM && random.bytes().all(|byte| byte.is_ascii_alphanumeric())
    })
}

fn remove_if_abandoned(path: &Path) -> bool {
    // Neither through a link, nor waiting for the other end of a named pipe.
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let Ok(file) = open(path, flags, Mode::empty()) else { return false };
    let file = File::from(file);
    let Ok(metadata) = file.metadata() else { return false };
    let ours = metadata.is_file()
        && metadata.uid() == rustix::process::geteuid().as_raw()
        && matches!(metadata.mode() & 0o7777, 0o600 | 0o700 | 0o640 | 0o750);
    // A file that is being made and not locked yet can be met here: its maker then finds it locked or without a
    // name, and makes another.
    ours && flock(&file, FlockOperation::NonBlockingLockExclusive).is_ok()
        && std::fs::remove_file(path).is_ok()
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::super::code_file::EmptyFile;
    use super::*;

    const BUDGET: Duration = Duration::from_mins(1);

    fn put(directory: &Path, name: &str, mode: u32) {
        fs::write(directory.join(name), "").unwrap();
        fs::set_permissions(directory.join(name), fs::Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn abandoned_files_go_and_all_else_stays() {
        let directory = tempfile::tempdir().unwrap();
        let directory = directory.path();
        for (name, mode) in [("code-execute-abcdefABC012.py", 0o600), ("code-execute-abcdefABC012.sh", 0o700)]
        {
            put(directory, name, mode);
        }
        let foreign = [
            ("code-execute-notes.py", 0o600),
            ("code-execute-abcdefABC012", 0o600),
            ("code-execute-abcdefABC012.txt", 0o600),
            ("code-execute-abcdef-BC012.py", 0o600),
            ("code-execute-abcdefABC013.py", 0o644),
            ("other", 0o600),
        ];
        for (name, mode) in foreign {
            put(directory, name, mode);
        }
        symlink("other", directory.join("code-execute-abcdefABC014.py")).unwrap();
        fs::create_dir(directory.join("code-execute-abcdefABC015.py")).unwrap();
        let waiting = EmptyFile::create(directory, Language::Python, None).unwrap();
        let running = EmptyFile::create(directory, Language::Python, None).unwrap();
        let running_path = running.path().to_owned();
        let _running = running.fill("code").unwrap().unwrap();

        assert_eq!(sweep(directory, BUDGET), 2);
        assert_eq!(sweep(directory, BUDGET), 0);
        assert_eq!(fs::read_dir(directory).unwrap().count(), foreign.len() + 4);
        assert!(waiting.path().exists() && running_path.exists());
    }

    #[test]
    fn lock_holds_as_long_as_either_descriptor() {
        let directory = tempfile::tempdir().unwrap();
        let file = EmptyFile::create(directory.path(), Language::Bash, None).unwrap();
        let path = file.path().to_owned();
        let file = file.fill("").unwrap().unwrap();
        let inits = rustix::io::fcntl_dupfd_cloexec(file.lock(), 0).unwrap();
        // As if the host had been killed: its descriptors close, and its destructors do not run.
        let kept = path.with_extension("kept");
        fs::rename(&path, &kept).unwrap();
        drop(file);
        fs::rename(&kept, &path).unwrap();

        assert_eq!(sweep(directory.path(), BUDGET), 0);
        drop(inits);
        assert_eq!(sweep(directory.path(), BUDGET), 1);
    }

    #[test]
    fn files_being_made_survive_a_sweep() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().to_owned();
        std::thread::scope(|scope| {
            let sweeper = scope.spawn(|| {
                for _ in 0..300 {
                    sweep(&path, BUDGET);
                }
            });
            while !sweeper.is_finished() {
                let file = EmptyFile::create(&path, Language::Python, None).unwrap();
                let written = file.path().to_owned();
                let _file = file.fill("code").unwrap().unwrap();
                assert_eq!(fs::read_to_string(written).unwrap(), "code");
            }
        });
    }
}
