//! Words an outcome for the model that wrote the code.

/// What a program wrote to one stream: all of it, or its beginning and its end.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Captured {
    /// The first bytes, of any encoding.
    pub head: Vec<u8>,
    /// The last bytes, where bytes in between were left out; else empty.
    pub tail: Vec<u8>,
    /// How many bytes between `head` and `tail` were left out.
    pub omitted_bytes: u64,
}

/// Why the code was not allowed to run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reason {
    /// The id of the rule.
    pub rule: String,
    /// Line of the offending text, counted from 1.
    pub line: u32,
    /// Column of the offending text, counted from 1.
    pub column: u32,
    /// The offending text.
    pub excerpt: String,
    /// What is wrong.
    pub message: String,
    /// What to do instead; may be empty.
    pub remedy: String,
}

/// How a submission ended. The fields are those of `formatter.outcome` in `wit/formatter.wit`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcome {
    /// One of the statuses that the interface lists.
    pub status: String,
    /// The program's exit code, or 128 plus the number of the signal that ended it.
    pub exit_code: Option<i32>,
    /// The name of the signal that ended it.
    pub signal: Option<String>,
    /// Standard output.
    pub stdout: Captured,
    /// Standard error.
    pub stderr: Captured,
    /// The time it was given, in whole seconds.
    pub timeout_seconds: u32,
    /// Why it was rejected.
    pub reasons: Vec<Reason>,
    /// One line on what went wrong, or on the limit that was met.
    pub detail: Option<String>,
}

/// An outcome in words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Formatted {
    /// What the model reads. Never empty.
    pub text: String,
    /// The program's result as one JSON text, where its output ends with one.
    pub result: Option<String>,
}

/// Words an outcome.
pub fn format(outcome: &Outcome) -> Formatted {
    Formatted { text: format!("exit_code: {}", outcome.exit_code.unwrap_or_default()), result: None }
}
