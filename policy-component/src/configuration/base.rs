//! What the policy starts from, before anything is changed about it.

/// A policy that is built in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Base {
    /// The contract's: importing `os`, `shutil` and `subprocess` is forbidden.
    #[default]
    Default,
    /// These imports are allowed, and what they are used for is judged.
    Balanced,
}

impl Base {
    /// Every base, as they are documented.
    pub const ALL: [Self; 2] = [Self::Default, Self::Balanced];

    /// Its name in a configuration and in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Balanced => "balanced",
        }
    }

    /// What it is for, in a sentence.
    pub fn summary(self) -> &'static str {
        match self {
            Self::Default => {
                "Refuses the imports, calls and commands that reach outside a program's own work"
            }
            Self::Balanced => {
                "Allows `os`, `shutil` and `subprocess`, and refuses the uses of them, the calls and the commands \
                 that reach outside a program's own work"
            }
        }
    }
}
