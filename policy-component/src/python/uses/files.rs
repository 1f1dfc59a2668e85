//! Which files the functions of `os` and `shutil` touch, argument by argument.

use ruff_text_size::TextRange;

use super::super::calls::Arguments;
use super::super::files::Access;
use super::super::paths::{self, Place};
use super::super::reader::Reader;
use super::super::value::Value;
use super::os_member;
use crate::rules::{python, uses as rules};

/// More directories than this are not followed: a program changes to one or two.
const MOST_DIRECTORIES: usize = 8;

/// What becomes of the path in an argument.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Effect {
    Read,
    List,
    /// Relative paths mean files in it from then on.
    Enter,
    Write,
    /// It is gone afterwards.
    Remove,
}

/// The paths that a function takes: their positions, their names, and what becomes of them.
fn effects(name: &str) -> &'static [(usize, &'static str, Effect)] {
    use Effect::{Enter, List, Read, Remove, Write};
    match os_member(name).unwrap_or(name) {
        "listdir" | "scandir" | "listxattr" => &[(0, "path", List)],
        "walk" | "fwalk" => &[(0, "top", List)],
        "chdir" | "contextlib.chdir" => &[(0, "path", Enter)],
        "readlink" | "getxattr" => &[(0, "path", Read)],
        "mkdir" | "mkfifo" | "truncate" | "utime" | "chmod" | "lchmod" | "chown" | "lchown" | "setxattr"
        | "removexattr" | "shutil.chown" => &[(0, "path", Write)],
        "makedirs" => &[(0, "name", Write)],
        "remove" | "unlink" | "rmdir" | "shutil.rmtree" => &[(0, "path", Remove)],
        "removedirs" => &[(0, "name", Remove)],
        "rename" | "replace" | "shutil.move" => &[(0, "src", Remove), (1, "dst", Write)],
        "renames" => &[(0, "old", Remove), (1, "new", Write)],
        "link" | "symlink" | "shutil.copy" | "shutil.copy2" | "shutil.copyfile" | "shutil.copytree"
        | "shutil.copymode" | "shutil.copystat" => &[(0, "src", Read), (1, "dst", Write)],
        "shutil.make_archive" => &[(0, "base_name", Write), (2, "root_dir", Read), (3, "base_dir", Read)],
        "shutil.unpack_archive" => &[(0, "filename", Read), (1, "extract_dir", Write)],
        _ => &[],
    }
}

impl<'a> Reader<'a> {
    /// Judges the paths that a function of `os` or `shutil` is given.
    pub(in super::super) fn use_files(&mut self, name: &str, arguments: &Arguments<'a>, range: TextRange) {
        if os_member(name) == Some("open") {
            let effect = if only_reads(arguments.get(1, "flags")) { Effect::Read } else { Effect::Write };
            self.effect(effect, arguments.get(0, "path"), range);
        }
        for (index, named, effect) in effects(name) {
            self.effect(*effect, arguments.get(*index, named), range);
        }
    }

    fn effect(&mut self, effect: Effect, value: &Value, range: TextRange) {
        for path in value.alternatives().iter().filter_map(Value::path) {
            let writes = matches!(effect, Effect::Write | Effect::Remove);
            self.judge_path(&path, if writes { Access::Write } else { Access::Read }, range);
            let is_whole = paths::is_whole(&path) || self.changed(&path).any(|path| paths::is_whole(&path));
            if effect == Effect::Remove && is_whole && !self.is_allowed_path(&path, range) {
                let message = format!("`{path}` as a whole is not the program's own");
                self.report(&rules::REMOVE_TREE, range, message);
            }
            if effect == Effect::List && paths::is_home_of_homes(&path) {
                let message = format!("`{path}` holds the homes of all users");
                self.report(&python::PRIVATE_FILE, range, message);
            }
            if effect == Effect::Enter && self.quiet == 0 && self.uses.directories.len() < MOST_DIRECTORIES {
                self.uses.directories.push(path);
            }
        }
    }

    /// What a relative path means in the directories that the program has changed to.
    fn changed(&self, path: &str) -> impl Iterator<Item = String> {
        let is_relative = !path.starts_with(['/', '~', paths::UNKNOWN]);
        let directories = if is_relative { self.uses.directories.as_slice() } else { &[] };
        directories.iter().map(move |directory| format!("{directory}/{path}"))
    }

    /// The guarded place that a relative path is in after the program has changed its directory.
    pub(in super::super) fn place_after_changes(&self, path: &str) -> Option<Place> {
        self.changed(path).find_map(|path| paths::place(&path))
    }
}

/// Whether flags of `os.open` open a file to read it.
fn only_reads(flags: &Value) -> bool {
    match flags {
        Value::Int(flags) => *flags == 0,
        flags => flags.as_name() == Some("os.O_RDONLY"),
    }
}
