//! Links the command line at a fixed address and, where the system has its libraries as archives, without shared ones.
//!
//! Both are for the start of a cold run, which may cost three milliseconds in all. A position-independent program of
//! this size has 24,000 addresses to relocate before `main`; finding and mapping three shared libraries takes another
//! half of a millisecond. Heap, stack and compiled policies stay at random addresses. The library crate and the tests
//! are linked as usual.

#![allow(clippy::print_stdout, reason = "a build script speaks to cargo by stdout")]
#![allow(
    clippy::disallowed_methods,
    reason = "the compiler is asked where its archives are; nothing of a run"
)]

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What the standard library asks the linker for, and where it is without shared libraries.
const LIBRARIES: [(&str, &str); 7] = [
    ("gcc_s", "libgcc_eh.a"),
    ("c", "libc.a"),
    ("m", "libm.a"),
    ("rt", "librt.a"),
    ("pthread", "libpthread.a"),
    ("util", "libutil.a"),
    ("dl", "libdl.a"),
];

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=RUSTC_LINKER");
    let is = |name, value| env::var(name).is_ok_and(|found| found == value);
    if !is("CARGO_CFG_TARGET_OS", "linux") || !is("CARGO_CFG_TARGET_ENV", "gnu") {
        return;
    }
    println!("cargo::rustc-link-arg-bins=-no-pie");
    // Another machine's archives are the cross-compiler's business.
    if let (true, Some(directory)) = (env::var("HOST") == env::var("TARGET"), archives()) {
        println!("cargo::rustc-link-arg-bins=-static");
        println!("cargo::rustc-link-arg-bins=-L{}", directory.display());
    }
}

/// A directory in which the linker finds an archive under each library's name; `None` where one is missing. The
/// standard library was not built to be linked this way and asks for `gcc_s` by name, so a linker script stands there.
fn archives() -> Option<PathBuf> {
    let directory = Path::new(&env::var_os("OUT_DIR")?).join("archives");
    fs::create_dir_all(&directory).ok()?;
    for (name, archive) in LIBRARIES {
        let found = find(archive)?;
        fs::write(directory.join(format!("lib{name}.a")), format!("INPUT({})\n", found.display())).ok()?;
    }
    Some(directory)
}

/// Where the C compiler would take an archive from.
fn find(archive: &str) -> Option<PathBuf> {
    let compiler = env::var_os("RUSTC_LINKER").unwrap_or_else(|| "cc".into());
    let output = Command::new(compiler).arg(format!("-print-file-name={archive}")).output().ok()?;
    let path = PathBuf::from(String::from_utf8(output.stdout).ok()?.trim());
    path.is_absolute().then_some(path)
}
