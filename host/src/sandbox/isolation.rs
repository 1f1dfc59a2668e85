//! How much confinement is insisted on.

use std::fmt;

use schemars::JsonSchema;
use serde::Serialize;

/// A level of confinement, the strictest first: the least that a run may have, and what it really had. Below the
/// least nothing runs: there is no silent fallback.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Isolation {
    /// As `standard`, as a user of the host's that is nobody else's: takes a caller who is root.
    Strict,
    /// Namespaces and a root of the run's own, with Landlock and a filter of system calls behind them.
    #[default]
    Standard,
    /// Where namespaces cannot be had, Landlock (ABI 6 or newer) and a stricter filter are enough.
    Minimal,
    /// Neither review nor confinement: the same as switching the sandbox off.
    None,
}

impl Isolation {
    /// Every level, the strictest first.
    pub const ALL: [Self; 4] = [Self::Strict, Self::Standard, Self::Minimal, Self::None];

    /// The level's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Strict => "strict",
            Self::Standard => "standard",
            Self::Minimal => "minimal",
            Self::None => "none",
        }
    }

    /// The level of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.name() == name)
    }
}

impl fmt::Display for Isolation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// What a program reaches of networks, from the least to the most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Network {
    /// Nothing.
    #[default]
    None,
    /// A loopback interface of its own, which nobody else reaches.
    Loopback,
    /// What the host reaches.
    Host,
}

impl Network {
    /// Every value, the least first.
    pub const ALL: [Self; 3] = [Self::None, Self::Loopback, Self::Host];

    /// The value's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Loopback => "loopback",
            Self::Host => "host",
        }
    }

    /// The value of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|network| network.name() == name)
    }
}
