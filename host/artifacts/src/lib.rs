//! What the host carries within it, built by this crate's build script from the sources beside it.
//!
//! Owns bytes. It must never run them: that is the host's.
#![forbid(unsafe_code)]

/// The init program: a static executable of the target's own architecture. Empty where the target is not Linux.
pub const INIT: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/code-execute-init"));

#[cfg(test)]
mod tests {
    #[test]
    fn init_is_a_small_executable() {
        assert!(super::INIT.starts_with(b"\x7fELF"));
        assert!(super::INIT.len() < 128 << 10, "{} bytes", super::INIT.len());
    }
}
