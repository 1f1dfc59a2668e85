//! Builds what the host embeds. A failure here is a failure of the build, with the command that failed.
#![allow(
    clippy::panic,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::wildcard_enum_match_arm,
    reason = "a build script speaks to cargo by stdout and by panics, starts cargo, and skips what it does not look for"
)]

mod cargo;
mod init;
mod policy;

fn main() {
    // The profiles, the versions of what is embedded, and this script.
    for watched in ["Cargo.toml", "Cargo.lock", "host/artifacts/build"] {
        cargo::watch(watched);
    }
    init::build();
    policy::build();
}
