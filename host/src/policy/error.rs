//! Why a policy could not be used.

use std::path::PathBuf;

/// A policy that could not be loaded, or that did not answer.
///
/// Whatever it is, the code it was asked about does not run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PolicyError {
    /// The name is no embedded policy and no file.
    #[error(
        "no policy is called `{name}`; use `default`, `balanced`, `none` or the path of a component (`.wasm`)"
    )]
    Unknown {
        /// The name that was given.
        name: String,
    },
    /// The file of a policy or of its configuration could not be read.
    #[error("cannot read the {what} `{}`", path.display())]
    Unreadable {
        /// What it holds: `policy` or `configuration`.
        what: &'static str,
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// A pin that is no hash.
    #[error("`{value}` is no SHA-256, which is 64 hexadecimal digits")]
    NotAHash {
        /// What was given for one.
        value: String,
    },
    /// The component is not the one that was pinned. Nothing of it was run or compiled.
    #[error("the policy `{name}` is not the pinned one: its SHA-256 is `{found}`, not `{wanted}`")]
    Pinned {
        /// Where the component came from.
        name: String,
        /// The hash that was pinned.
        wanted: String,
        /// The hash of the component.
        found: String,
    },
    /// A configuration was given for a policy that takes none.
    #[error("the policy `{name}` takes no configuration: it does not export `{wanted}`")]
    NotConfigurable {
        /// Where the component came from.
        name: String,
        /// The interface that takes one.
        wanted: &'static str,
    },
    /// A configuration was given for an embedded policy that is one itself.
    #[error("the policy `{name}` is a configuration of `default` and takes no other")]
    Preconfigured {
        /// The embedded policy.
        name: String,
    },
    /// The configuration is larger than is read.
    #[error("the configuration of the policy `{name}` has {bytes} bytes; at most {most} are taken")]
    LongConfiguration {
        /// Where the component came from.
        name: String,
        /// How large it is.
        bytes: usize,
        /// How large it may be.
        most: usize,
    },
    /// The policy did not take its configuration.
    #[error("the policy `{name}` does not take its configuration: {}", said(problems))]
    Configuration {
        /// Where the component came from.
        name: String,
        /// What is wrong with the configuration. Never empty.
        problems: Vec<Problem>,
    },
    /// A chain has no policy, has one twice, or has `none` beside others.
    #[error("{problem}")]
    Chain {
        /// What is wrong with it, and the way out.
        problem: String,
    },
    /// The bytes are no WebAssembly component.
    #[error("`{name}` is no WebAssembly component")]
    NotAComponent {
        /// Where the bytes came from.
        name: String,
        /// What the compiler said.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The component asks for something from its host.
    #[error("the policy `{name}` imports {}; a policy imports nothing", quoted(imports))]
    Imports {
        /// Where the component came from.
        name: String,
        /// What it imports.
        imports: Vec<String>,
    },
    /// The component was built for a version of the interface that this host does not speak.
    #[error("the policy `{name}` exports `{found}`; this host speaks `{wanted}`")]
    Version {
        /// Where the component came from.
        name: String,
        /// What it exports.
        found: String,
        /// What the host looked for.
        wanted: &'static str,
    },
    /// The component lacks an interface that every policy has.
    #[error("`{name}` is no policy: it does not export `{wanted}`")]
    Interface {
        /// Where the component came from.
        name: String,
        /// What the host looked for.
        wanted: &'static str,
        /// What exactly did not fit.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The policy stopped in the middle of an answer.
    #[error("the policy `{name}` trapped in `{function}`")]
    Trapped {
        /// Where the component came from.
        name: String,
        /// The function that was called.
        function: &'static str,
        /// What wasmtime said.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The policy used up what it was given for one answer.
    #[error("the policy `{name}` ran out of {resource} in `{function}`")]
    Exhausted {
        /// Where the component came from.
        name: String,
        /// The function that was called.
        function: &'static str,
        /// What it ran out of: `instructions`, `memory` or `stack`.
        resource: &'static str,
    },
    /// The policy answered something that the interface does not allow.
    #[error("the policy `{name}` gave a malformed answer in `{function}`: {problem}")]
    Malformed {
        /// Where the component came from.
        name: String,
        /// The function that was called.
        function: &'static str,
        /// What was wrong with it.
        problem: String,
    },
    /// The WebAssembly engine could not be set up.
    #[error("cannot set up the WebAssembly engine")]
    Engine {
        /// What wasmtime said.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

/// Something in a configuration that a policy cannot take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The line, counted from 1; 0 where it is about the text as a whole.
    pub line: u32,
    /// The column in Unicode scalar values, counted from 1; 0 where it is about the line as a whole.
    pub column: u32,
    /// What is wrong, in the policy's words.
    pub message: String,
}

impl std::fmt::Display for Problem {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { line, column, message } = self;
        match (line, column) {
            (0, _) => write!(formatter, "{message}"),
            (_, 0) => write!(formatter, "line {line}: {message}"),
            _ => write!(formatter, "line {line}, column {column}: {message}"),
        }
    }
}

fn said(problems: &[Problem]) -> String {
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

fn quoted(names: &[String]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
