//! The languages that can be run.

use serde::Serialize;

/// A language that can be run. On the wire it is its lower-case name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Python 3, by the `python3` found on the program's `PATH`.
    Python,
    /// Bash, by `/bin/bash` with `set -e`.
    Bash,
}

impl Language {
    /// Every language, in the order they are named to users.
    pub const ALL: [Self; 2] = [Self::Python, Self::Bash];

    /// Finds a language by its name on the wire.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.name() == name)
    }

    /// The name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Python => "python",
            Self::Bash => "bash",
        }
    }
}

impl std::fmt::Display for Language {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.name())
    }
}
