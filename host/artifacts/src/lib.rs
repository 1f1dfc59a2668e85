//! The programs that the host carries inside itself, as bytes. They are built by this crate's build script.

/// The default policy: a component that exports `scanner`, `formatter` and `restrictions` and imports nothing.
pub const DEFAULT_POLICY: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/default-policy.wasm"));

/// The SHA-256 of [`DEFAULT_POLICY`], in lower-case hexadecimal: computed once, by the build.
pub const DEFAULT_POLICY_SHA256: &str = include_str!(concat!(env!("OUT_DIR"), "/default-policy.sha256"));
