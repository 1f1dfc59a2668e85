//! Runs cargo inside cargo.
//!
//! The inner build has a target directory of its own, because the outer one holds the lock on its own, and sees
//! nothing of the outer build's flags: what is embedded is the same whatever the host is built with.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What the outer cargo was told about its own build: flags (coverage, `-D warnings`), wrappers (clippy).
const FOREIGN: [&str; 5] =
    ["CARGO_MAKEFLAGS", "RUSTC", "RUSTC_WORKSPACE_WRAPPER", "RUSTC_WRAPPER", "RUSTFLAGS"];

/// Builds with `arguments` in the workspace and returns the inner target directory.
pub(crate) fn build(arguments: &[&str], rustflags: &[&str]) -> PathBuf {
    let target_dir = out_dir().join("target");
    let mut command = Command::new(variable("CARGO"));
    command
        .current_dir(workspace())
        .args(["build", "--locked", "--quiet", "--target-dir"])
        .arg(&target_dir)
        .args(arguments)
        .env("CARGO_ENCODED_RUSTFLAGS", rustflags.join("\x1f"));
    for (name, _) in env::vars_os() {
        let Some(name) = name.to_str() else { continue };
        if FOREIGN.contains(&name) || name.starts_with("CARGO_PROFILE_") || name.starts_with("CARGO_BUILD_") {
            command.env_remove(name);
        }
    }
    let status = command.status().unwrap_or_else(|error| panic!("cannot start {command:?}: {error}"));
    assert!(status.success(), "{command:?} failed: {status}");
    target_dir
}

/// Asks cargo to run this script again when anything under `path`, in the workspace, changes.
pub(crate) fn watch(path: &str) {
    println!("cargo::rerun-if-changed={}", workspace().join(path).display());
}

/// Reads a file that the inner build made.
pub(crate) fn read(path: &Path) -> Vec<u8> {
    std::fs::read(path).unwrap_or_else(|error| panic!("cannot read {}: {error}", path.display()))
}

/// Leaves a file for the crate to embed; written only where it differs, so that a change of a comment does not
/// compile the host again.
pub(crate) fn leave(name: &str, bytes: &[u8]) {
    let path = out_dir().join(name);
    if std::fs::read(&path).is_ok_and(|present| present == bytes) {
        return;
    }
    std::fs::write(&path, bytes).unwrap_or_else(|error| panic!("cannot write {}: {error}", path.display()));
}

/// An environment variable that cargo sets for build scripts.
pub(crate) fn variable(name: &str) -> OsString {
    env::var_os(name).unwrap_or_else(|| panic!("cargo sets {name} for build scripts"))
}

/// The directory of the workspace.
fn workspace() -> PathBuf {
    let own = PathBuf::from(variable("CARGO_MANIFEST_DIR"));
    own.ancestors().nth(2).expect("this crate lies two directories below the workspace").to_path_buf()
}

fn out_dir() -> PathBuf {
    PathBuf::from(variable("OUT_DIR"))
}
