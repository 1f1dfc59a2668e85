//! `policy new`: a working starting point for a policy of one's own. The files are those of `examples/policies/`, which
//! CI builds and tests, and the interface that this program speaks.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use clap::ValueEnum;

use super::args::New;
use crate::cli::message::Failure;
use crate::cli::terminal::{self, STRONG, visible};

/// The languages that there is a starting point for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Template {
    /// C, with a compiler from `PyPI`: the smallest component
    C,
    /// JavaScript, with a small engine inside the component
    Javascript,
    /// Python, with its interpreter and the module `ast` inside the component
    Python,
    /// Rust, with `regex`
    Rust,
    /// TypeScript, checked and compiled to JavaScript
    Typescript,
}

/// A file of a starting point: its path, and what it holds.
type File = (&'static str, &'static str);

macro_rules! files {
    ($folder:literal: $($path:literal),+ $(,)?) => {
        &[$(($path, include_str!(concat!("../../../../", $folder, "/", $path)))),+]
    };
}

/// What every starting point needs beside its own files.
const INTERFACE: &[File] =
    files!("wit": "world.wit", "scanner.wit", "formatter.wit", "restrictions.wit", "configuration.wit");

impl Template {
    fn files(self) -> &'static [File] {
        match self {
            Self::C => files!("examples/policies/c":
                ".gitignore", "README.md", "build", "format.c", "interface.h", "json.c", "places.c", "policy.c",
                "requirements.txt", "test", "text.c"),
            Self::Javascript => files!("examples/policies/javascript":
                ".gitignore", "README.md", "build", "format.js", "package-lock.json", "package.json", "places.js",
                "policy.js", "test"),
            Self::Python => files!("examples/policies/python":
                ".gitignore", "README.md", "build", "format.py", "places.py", "policy.py", "requirements.txt", "test"),
            Self::Rust => files!("examples/policies/rust":
                ".gitignore", "Cargo.lock", "Cargo.toml", "README.md", "build", "src/lib.rs", "src/places.rs",
                "src/rules.rs", "src/wording.rs", "test"),
            Self::Typescript => files!("examples/policies/typescript":
                ".gitignore", "README.md", "build", "format.ts", "interface.ts", "package-lock.json", "package.json",
                "places.ts", "policy.ts", "test", "tsconfig.json"),
        }
    }
}

/// Writes a starting point and says what to do with it.
pub(super) fn new(arguments: &New) -> Result<(), Failure> {
    let New { language, directory } = arguments;
    if fs::read_dir(directory).is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(Failure::new(format!("the directory `{}` is not empty", directory.display()))
            .hint("name one that does not exist yet"));
    }
    let interface = INTERFACE.iter().map(|(path, text)| (format!("wit/{path}"), *text));
    let files = language.files().iter().map(|(path, text)| ((*path).to_owned(), *text)).chain(interface);
    for (path, text) in files {
        let path = directory.join(path);
        write(&path, text)
            .map_err(|error| Failure::new(format!("cannot write `{}`", path.display())).because(&error))?;
    }
    let name = directory.display().to_string();
    terminal::print(&format!(
        "wrote a policy to {STRONG}{name}{STRONG:#}; its README.md says what is where\n\
         \n\
         cd {name}\n\
         ./build\n\
         code-execute policy test policy.wasm\n",
        name = visible(&name)
    ))
}

/// Writes a new file, which can be run where it is a script.
fn write(path: &Path, text: &str) -> io::Result<()> {
    if let Some(directory) = path.parent() {
        fs::create_dir_all(directory)?;
    }
    let script = text.starts_with("#!");
    let mode = if script { 0o777 } else { 0o666 };
    let mut file = OpenOptions::new().write(true).create_new(true).mode(mode).open(path)?;
    file.write_all(text.as_bytes())
}
