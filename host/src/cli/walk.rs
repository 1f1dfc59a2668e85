//! Which files `check` reads: those named, and those found in the directories named, in a fixed order.
//!
//! Symbolic links inside directories are not followed, so the walk ends and stays where it was sent.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Component, Path, PathBuf};

use super::language::{Guess, by_extension, by_first_line};
use super::message::Failure;

/// Directories that hold what others wrote or what a build made.
const SKIPPED: [&str; 3] = ["target", "node_modules", "__pycache__"];

/// At most this many bytes of a file are read to find a `#!` line: the kernel reads 256.
const FIRST_LINE: u64 = 256;

/// What is to be read, in order: files, and what could not be looked into.
pub(crate) fn walk(paths: &[PathBuf]) -> Vec<Result<PathBuf, Failure>> {
    let mut seen = HashSet::new();
    let mut found = Vec::new();
    for path in paths {
        let path = tidy(path);
        if path.is_dir() {
            directory(path, &mut found);
        } else {
            found.push(Ok(path));
        }
    }
    found.retain(|item| item.as_ref().map_or(true, |path| seen.insert(path.clone())));
    found
}

/// The path without `.` parts.
fn tidy(path: &Path) -> PathBuf {
    let tidied: PathBuf = path.components().filter(|part| *part != Component::CurDir).collect();
    if tidied.as_os_str().is_empty() { PathBuf::from(".") } else { tidied }
}

/// Adds the files of a directory and of those below it, each directory sorted by name. Keeps its own stack, so
/// that a deep tree cannot exhaust this program's.
fn directory(root: PathBuf, found: &mut Vec<Result<PathBuf, Failure>>) {
    let mut stack = vec![root];
    while let Some(path) = stack.pop() {
        let is_directory = fs::symlink_metadata(&path).is_ok_and(|metadata| metadata.is_dir());
        if !is_directory {
            found.push(Ok(path));
            continue;
        }
        match children(&path) {
            // The stack gives back in reverse.
            Ok(children) => stack.extend(children.into_iter().rev()),
            Err(error) => {
                let failure = Failure::new(format!("cannot read the directory `{}`", path.display()));
                found.push(Err(failure.because(&error)));
            }
        }
    }
}

fn children(directory: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut children = Vec::new();
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        let (name, kind) = (entry.file_name(), entry.file_type()?);
        let hidden = name.as_encoded_bytes().starts_with(b".");
        let path = if directory == Path::new(".") { PathBuf::from(&name) } else { entry.path() };
        if !hidden
            && (kind.is_dir() && !SKIPPED.iter().any(|skipped| name == *skipped)
                || kind.is_file() && is_code(&path))
        {
            children.push(path);
        }
    }
    children.sort();
    Ok(children)
}

/// Whether a file found in a directory is code by its name, or, where it has no extension, by its first line.
fn is_code(path: &Path) -> bool {
    match by_extension(path) {
        Guess::Known(_) => true,
        Guess::Foreign(_) => false,
        Guess::Silent => {
            let mut beginning = Vec::new();
            // An unreadable file without an extension is nobody's code as far as can be told.
            let read = File::open(path).and_then(|file| file.take(FIRST_LINE).read_to_end(&mut beginning));
            read.is_ok() && matches!(by_first_line(&beginning), Guess::Known(_))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn walk_is_sorted_and_passes_over_what_is_not_the_users_code() {
        let root = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            let path = root.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        for name in ["b.py", "a.sh", "d/e/f.bash", "d/c.py", ".hidden/x.py", ".y.py", "target/z.py", "n.txt"]
        {
            write(name, "");
        }
        write("d/tool", "#!/usr/bin/env python3\n");
        write("d/data", "#!/usr/bin/perl\n");
        std::os::unix::fs::symlink(root.path(), root.path().join("d/loop")).unwrap();
        let found = walk(&[root.path().to_owned(), root.path().join("./b.py")]);
        let names: Vec<_> = found
            .into_iter()
            .map(|path| path.unwrap().strip_prefix(root.path()).unwrap().display().to_string())
            .collect();
        assert_eq!(names, ["a.sh", "b.py", "d/c.py", "d/e/f.bash", "d/tool"]);
    }
}
