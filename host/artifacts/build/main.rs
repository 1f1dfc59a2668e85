//! Builds what the host embeds. A failure here is a failure of the build, with the command that failed.
#![allow(
    clippy::panic,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a build script fails by panicking"
)]
#![allow(clippy::disallowed_methods, reason = "a build script runs cargo")]

mod cargo;
mod policy;

fn main() {
    policy::build();
}
