//! Builds what the host embeds.

mod init;

fn main() {
    init::build();
}
