//! The command line. See `cli`.

fn main() {}
