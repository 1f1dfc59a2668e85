//! The environment of the contract.
//!
//! The contract gives a program `PATH=/usr/bin:/bin:/usr/local/bin` and neither `HOME` nor `USER`. Nothing else of
//! the host's environment is kept but what decides language and time zone: variables are where secrets live.

/// What a submission runs under. Ceilings are left to the operator: this policy wants none of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Restriction {
    /// The value of `PATH`.
    pub path: &'static str,
    /// Names of the host's variables that the program may see.
    pub kept: &'static [&'static str],
    /// Names of variables that the program must not see.
    pub removed: &'static [&'static str],
}

/// The same restriction for every submission.
pub fn restrict() -> Restriction {
    Restriction {
        path: "/usr/bin:/bin:/usr/local/bin",
        kept: &["LANG", "LC_ALL", "LC_CTYPE", "TZ"],
        removed: &["HOME", "USER"],
    }
}
