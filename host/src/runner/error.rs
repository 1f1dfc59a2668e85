//! What can go wrong with this program, as opposed to the code that it runs.

use std::io;
use std::path::{Path, PathBuf};

use crate::sandbox::missing::Missing;
use crate::{Isolation, Network};

/// This program failed to run code. What the code did is never one of these.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum RunError {
    /// The interpreter is not there.
    #[error("could not find `{name}` in `{searched}`")]
    InterpreterMissing {
        /// What was looked for.
        name: &'static str,
        /// Where: the directories of the program's `PATH`, or one absolute path.
        searched: String,
    },

    /// The code could not be written to a file.
    #[error("could not write the code to a file in `{}`", directory.display())]
    CodeFile {
        /// The directory.
        directory: PathBuf,
        /// Why.
        source: io::Error,
    },

    /// An argument or a variable cannot be given to a program.
    #[error("could not pass the {what} `{value}`: it contains a character that ends it")]
    Unpassable {
        /// Argument or variable.
        what: &'static str,
        /// Its value, escaped.
        value: String,
    },

    /// The init program could not be started.
    #[error("could not start the init program")]
    Init {
        /// Why.
        source: io::Error,
    },

    /// A step before the program's start failed, so that it was not started.
    #[error("could not set the run up: step `{stage}` failed{}", about(path.as_deref()))]
    SetupFailed {
        /// The step's name.
        stage: &'static str,
        /// What it was about, if it was about a path inside.
        path: Option<PathBuf>,
        /// The kernel's reason.
        source: io::Error,
    },

    /// This machine does not give what the level asks for.
    #[error(
        "the isolation `{level}` cannot be had here: the layer `{}` is missing at step `{stage}`, because {}; {}, or ask for less with `--isolation`",
        missing.layer, missing.cause, missing.remedy
    )]
    Missing {
        /// What was asked for.
        level: Isolation,
        /// What is missing.
        missing: Missing,
        /// The name of the step that failed.
        stage: &'static str,
        /// The kernel's reason.
        source: io::Error,
    },

    /// The level asks for a user of the host's, which only root can give.
    #[error(
        "the isolation `strict` takes a caller who is root, with all of the host's users: run as root, or ask for `standard`"
    )]
    NotRoot,

    /// A network was granted to a run that gets no namespaces.
    #[error(
        "the network `{}` cannot be had here: without namespaces a run has none; grant `none`, or ask for the isolation `standard` on a machine that has namespaces",
        network.name()
    )]
    NoNetwork {
        /// What was granted.
        network: Network,
    },

    /// The init program went away or fell silent in the middle of a run, which a program of the same user can bring about.
    #[error(
        "lost the init program in the middle of the run; {ended} processes of the run were found and killed"
    )]
    InitLost {
        /// How many processes were still found, and killed.
        ended: usize,
    },

    /// Another call of this program's own failed.
    #[error("could not {attempt}")]
    Io {
        /// What was attempted.
        attempt: &'static str,
        /// Why not.
        source: io::Error,
    },
}

fn about(path: Option<&Path>) -> String {
    path.map(|path| format!(" for `{}`", path.display())).unwrap_or_default()
}
