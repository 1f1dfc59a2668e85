//! Links the command line at a fixed address.
//!
//! A position-independent program of this size has 24,000 addresses to relocate before `main`: a millisecond or two of
//! every cold run, where the whole run may cost three. Heap, stack, libraries and compiled policies stay at random
//! addresses.

#![allow(clippy::print_stdout, reason = "a build script speaks to cargo by stdout")]

use std::env;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let is = |name, value| env::var(name).is_ok_and(|found| found == value);
    if is("CARGO_CFG_TARGET_OS", "linux") && is("CARGO_CFG_TARGET_ENV", "gnu") {
        println!("cargo::rustc-link-arg-bins=-no-pie");
    }
}
