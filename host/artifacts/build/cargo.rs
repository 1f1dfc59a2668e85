//! Runs cargo inside cargo.
//!
//! The inner build has a target directory of its own, because the outer one holds the lock on its own, and sees
//! nothing of the outer build's flags: what is embedded is the same whatever the host is built with.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The directory of the workspace.
pub(crate) fn workspace() -> PathBuf {
    let own = PathBuf::from(variable("CARGO_MANIFEST_DIR"));
    own.ancestors().nth(2).expect("this crate lies two directories below the workspace").to_path_buf()
}

/// Where this build script leaves what it made.
pub(crate) fn out_dir() -> PathBuf {
    PathBuf::from(variable("OUT_DIR"))
}

/// Builds with `arguments` in the workspace and returns the inner target directory.
pub(crate) fn build(arguments: &[&str], rustflags: &str) -> PathBuf {
    let target_dir = out_dir().join("target");
    let mut command = Command::new(variable("CARGO"));
    command
        .current_dir(workspace())
        .args(["build", "--quiet", "--target-dir"])
        .arg(&target_dir)
        .args(arguments)
        .env("RUSTFLAGS", rustflags)
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .env_remove("CARGO_BUILD_TARGET")
        .env_remove("RUSTC_WORKSPACE_WRAPPER");
    run(&mut command);
    target_dir
}

/// Asks cargo to run this script again when anything under `path` changes.
pub(crate) fn watch(path: &Path) {
    println!("cargo::rerun-if-changed={}", path.display());
}

/// Runs a command to its end and panics, naming it, if it fails.
pub(crate) fn run(command: &mut Command) {
    let status = command.status().unwrap_or_else(|error| panic!("cannot start {command:?}: {error}"));
    assert!(status.success(), "{command:?} failed: {status}");
}

/// An environment variable that cargo sets for build scripts.
pub(crate) fn variable(name: &str) -> OsString {
    env::var_os(name).unwrap_or_else(|| panic!("cargo sets {name} for build scripts"))
}
