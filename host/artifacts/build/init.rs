//! Builds the init program: a static program without a C library, which no ordinary build of the workspace can
//! make because its flags and its profile are its own.

#![allow(
    clippy::panic,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a build script speaks to cargo by stdout and by panics, and has to start cargo"
)]

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

const PACKAGE: &str = "code-execute-init";
const PROFILE: &str = "init";

/// No C library and none of its start files; all addresses fixed, so that nothing has to be relocated at the start.
const FLAGS: &[&str] = &[
    "-Cpanic=abort",
    "-Crelocation-model=static",
    "-Ctarget-feature=+crt-static",
    "-Clink-arg=-nostartfiles",
    "-Clink-arg=-nodefaultlibs",
    "-Clink-arg=-static",
    "-Clink-arg=-Wl,-z,noexecstack,--build-id=none,--gc-sections",
];

pub(crate) fn build() {
    let manifest = PathBuf::from(variable("CARGO_MANIFEST_DIR"));
    let sources = manifest.join("../init");
    for input in ["src", "Cargo.toml"] {
        println!("cargo::rerun-if-changed={}", sources.join(input).display());
    }
    // The profile, and the versions of what init is made of.
    for input in ["build", "../../Cargo.toml", "../../Cargo.lock"] {
        println!("cargo::rerun-if-changed={}", manifest.join(input).display());
    }

    let out = PathBuf::from(variable("OUT_DIR"));
    let built = if variable("CARGO_CFG_TARGET_OS") == "linux" {
        std::fs::read(cargo(&manifest, &out.join("init"))).expect("the init program was built")
    } else {
        // The host refuses to run anything where there is no init.
        Vec::new()
    };
    let embedded = out.join(PACKAGE);
    // Written only where it differs, so that a change of a comment does not compile the host again.
    if std::fs::read(&embedded).ok().as_ref() != Some(&built) {
        std::fs::write(embedded, built).expect("OUT_DIR can be written");
    }
}

/// Runs a second cargo, with a target directory of its own: the first one holds the lock of the common one.
fn cargo(manifest: &Path, target_dir: &Path) -> PathBuf {
    let target = variable("TARGET");
    let mut cargo = Command::new(variable("CARGO"));
    cargo
        .args(["build", "--locked", "--quiet", "--package", PACKAGE, "--bin", PACKAGE])
        .args(["--features", "standalone", "--profile", PROFILE, "--target", &target])
        .arg("--manifest-path")
        .arg(manifest.join("../../Cargo.toml"))
        .arg("--target-dir")
        .arg(target_dir)
        .env("CARGO_ENCODED_RUSTFLAGS", FLAGS.join("\x1f"));
    // What the first cargo was told about its own build does not hold for this one: flags (coverage, sanitizers,
    // `-D warnings`), wrappers (clippy), profile overrides.
    for (name, _) in env::vars_os() {
        let Some(name) = name.to_str() else { continue };
        let foreign = ["RUSTFLAGS", "RUSTC", "RUSTC_WRAPPER", "RUSTC_WORKSPACE_WRAPPER", "CARGO_MAKEFLAGS"];
        if foreign.contains(&name) || name.starts_with("CARGO_PROFILE_") || name.starts_with("CARGO_BUILD_") {
            cargo.env_remove(name);
        }
    }
    let status = cargo.status().expect("cargo starts");
    assert!(status.success(), "building `{PACKAGE}` failed: {status}");
    target_dir.join(target).join(PROFILE).join(PACKAGE)
}

fn variable(name: &str) -> String {
    env::var(name).unwrap_or_else(|_| panic!("cargo sets `{name}`"))
}
