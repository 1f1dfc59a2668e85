//! The cache of compiled policies: used where it can be trusted, and never otherwise.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};

use code_execute::policy::{Cache, Policy};

use crate::hostile_policies::honest_component;

/// A cache in a directory of its own that holds the compiled form of an honest policy.
struct Filled {
    directory: tempfile::TempDir,
    component: Vec<u8>,
}

impl Filled {
    fn new() -> Self {
        let filled = Self { directory: tempfile::tempdir().unwrap(), component: honest_component() };
        fs::set_permissions(filled.directory.path(), fs::Permissions::from_mode(0o700)).unwrap();
        assert!(filled.compiles(), "the first load compiles");
        assert!(!filled.compiles(), "the second load maps what the first one kept");
        filled
    }

    /// Loads the policy and returns whether that compiled it.
    fn compiles(&self) -> bool {
        self.compiles_in(self.directory.path())
    }

    fn compiles_in(&self, directory: &Path) -> bool {
        let policy =
            Policy::from_bytes("honest.wasm", &self.component, &Cache::in_directory(directory)).unwrap();
        assert!(policy.scan("bash", "echo").unwrap().is_empty());
        assert_eq!(policy.identity().name, "hostile");
        policy.was_compiled()
    }

    /// The one file with this extension.
    fn file(&self, extension: &str) -> PathBuf {
        let mut entries = fs::read_dir(self.directory.path()).unwrap().map(|entry| entry.unwrap().path());
        entries.find(|path| path.extension().is_some_and(|found| found == extension)).unwrap()
    }
}

#[test]
fn cache_with_a_flipped_bit_is_compiled_again() {
    let filled = Filled::new();
    let mut bytes = fs::read(filled.file("cwasm")).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(filled.file("cwasm"), bytes).unwrap();
    assert!(filled.compiles());
    assert!(!filled.compiles(), "and kept whole");
}

#[test]
fn cache_that_was_cut_short_or_emptied_is_compiled_again() {
    for length in [0, 100] {
        let filled = Filled::new();
        let bytes = fs::read(filled.file("cwasm")).unwrap();
        fs::write(filled.file("cwasm"), &bytes[..length]).unwrap();
        assert!(filled.compiles());
    }
}

#[test]
fn cache_with_a_label_that_is_none_is_compiled_again() {
    let filled = Filled::new();
    fs::write(filled.file("json"), "{}").unwrap();
    assert!(filled.compiles());
}

#[test]
fn cache_that_was_copied_is_looked_at_and_used() {
    let filled = Filled::new();
    let bytes = fs::read(filled.file("cwasm")).unwrap();
    let path = filled.file("cwasm");
    fs::remove_file(&path).unwrap();
    fs::write(&path, bytes).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    assert!(!filled.compiles());
}

#[test]
fn cache_that_others_can_write_is_not_trusted() {
    let filled = Filled::new();
    fs::set_permissions(filled.directory.path(), fs::Permissions::from_mode(0o770)).unwrap();
    assert!(filled.compiles(), "a directory that a group can write");
    fs::set_permissions(filled.directory.path(), fs::Permissions::from_mode(0o700)).unwrap();
    assert!(!filled.compiles());
    fs::set_permissions(filled.file("cwasm"), fs::Permissions::from_mode(0o622)).unwrap();
    assert!(filled.compiles(), "a file that others can write");
}

#[test]
fn cache_behind_a_symbolic_link_is_not_trusted() {
    let filled = Filled::new();
    let beside = tempfile::tempdir().unwrap();
    let link = beside.path().join("link");
    symlink(filled.directory.path(), &link).unwrap();
    assert!(filled.compiles_in(&link));
    let target = beside.path().join("moved.cwasm");
    let path = filled.file("cwasm");
    fs::rename(&path, &target).unwrap();
    symlink(&target, &path).unwrap();
    assert!(filled.compiles(), "a compiled file behind a link");
}

#[test]
fn cache_that_cannot_be_made_is_no_failure() {
    let filled = Filled::new();
    let file = filled.directory.path().join("a file");
    fs::write(&file, "").unwrap();
    assert!(filled.compiles_in(&file.join("below")));
}

/// A file whose hash is kept is not read again; changed, it is, also where its size is the same.
#[test]
fn policy_file_that_changed_after_its_hash_was_kept_is_another_policy() {
    let directory = tempfile::tempdir().unwrap();
    fs::set_permissions(directory.path(), fs::Permissions::from_mode(0o700)).unwrap();
    let path = directory.path().join("policy.wasm");
    let kept = |path: &Path| {
        let entries = fs::read_dir(path).unwrap().map(|entry| entry.unwrap().file_name());
        entries.filter(|name| name.to_string_lossy().starts_with("file-")).count()
    };
    let cache = Cache::in_directory(directory.path());
    let open = || Policy::open(path.to_str().unwrap(), &cache).unwrap();
    fs::write(&path, honest_component()).unwrap();
    let before = open().identity().clone();
    // The positive control: a file that has not changed for a while has its hash kept.
    while kept(directory.path()) == 0 {
        assert_eq!(open().identity(), &before);
    }
    assert_eq!(open().identity(), &before);
    let same_size = crate::hostile_policies::component("0.1.1", "(i32.const 304)", "(i32.const 313)");
    assert_eq!(same_size.len(), honest_component().len());
    fs::write(&path, same_size).unwrap();
    assert_ne!(open().identity().sha256, before.sha256);
}
