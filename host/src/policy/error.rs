//! Why a policy could not be used.

use std::path::PathBuf;

/// A policy that could not be loaded, or that did not answer.
///
/// Whatever it is, the code it was asked about does not run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PolicyError {
    /// The name is no embedded policy and no file.
    #[error("no policy is called `{name}`; use `default`, `none` or the path of a component (`.wasm`)")]
    Unknown {
        /// The name that was given.
        name: String,
    },
    /// The file could not be read.
    #[error("cannot read the policy `{}`", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
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

fn quoted(names: &[String]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
