//! What the host carries inside itself, built by this crate's build script from the sources beside it.
//!
//! Owns bytes. It must never run them: that is the host's.
#![forbid(unsafe_code)]

/// The default policy: a component that exports `scanner`, `formatter` and `restrictions` and imports nothing.
pub const DEFAULT_POLICY: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/default-policy.wasm"));

/// The init program: a static executable of the target's own architecture. Empty where the target is not Linux.
pub const INIT: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/code-execute-init"));

/// The SHA-256 of [`DEFAULT_POLICY`], in lower-case hexadecimal: computed once, by the build.
pub const DEFAULT_POLICY_SHA256: &str = include_str!(concat!(env!("OUT_DIR"), "/default-policy.sha256"));

#[cfg(test)]
mod tests {
    #[test]
    fn init_is_a_small_executable() {
        assert!(super::INIT.starts_with(b"\x7fELF"));
        assert!(super::INIT.len() < 128 << 10, "{} bytes", super::INIT.len());
    }

    #[test]
    fn default_policy_is_a_component() {
        assert!(super::DEFAULT_POLICY.starts_with(b"\0asm\x0d\0\x01\0"));
        assert_eq!(super::DEFAULT_POLICY_SHA256.len(), 64);
    }
}
