//! Code and input from outside: files, standard input, the command line. Reads no more than can be used, and says
//! exactly why something cannot be read.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use code_execute::{Language, Limits};

use super::language::Guess;
use super::message::Failure;

/// Code and where it came from.
#[derive(Debug)]
pub(crate) struct Source {
    /// What a reader calls it: the path as it was given, `<stdin>` or `<code>`.
    pub(crate) name: String,
    /// The file, where it is one.
    pub(crate) path: Option<PathBuf>,
    /// The code.
    pub(crate) code: String,
}

impl Source {
    /// Code from the command line.
    pub(crate) fn inline(code: &str) -> Self {
        Self { name: "<code>".to_owned(), path: None, code: code.to_owned() }
    }

    /// Code from standard input.
    pub(crate) fn stdin() -> Result<Self, Failure> {
        let name = "<stdin>".to_owned();
        let code = text(&name, bytes(&name, io::stdin().lock(), Limits::CODE_BYTES)?)?;
        Ok(Self { name, path: None, code })
    }

    /// Code from a file.
    pub(crate) fn file(path: &Path) -> Result<Self, Failure> {
        let name = path.display().to_string();
        let code = text(&name, bytes(&name, open(path)?, Limits::CODE_BYTES)?)?;
        Ok(Self { name, path: Some(path.to_owned()), code })
    }

    /// The language that its name or first line speaks of.
    pub(crate) fn guess(&self) -> Guess {
        Guess::new(self.path.as_deref(), &self.code)
    }

    /// Says that the language is none that can be run.
    pub(crate) fn foreign(&self, what: &str) -> Failure {
        let names = Language::ALL.map(|language| format!("`--language {language}`")).join(" or ");
        Failure::new(format!("`{}`: {what} names no language that is known here", self.name))
            .hint(format!("give {names} if it is in one of them"))
    }
}

/// What a program is to read from standard input.
pub(crate) fn input(path: &Path) -> Result<Vec<u8>, Failure> {
    if path == Path::new("-") {
        return bytes("<stdin>", io::stdin().lock(), Limits::STDIN_BYTES);
    }
    bytes(&path.display().to_string(), open(path)?, Limits::STDIN_BYTES)
}

/// Reads a whole text file, such as a configuration.
pub(crate) fn read(path: &Path) -> Result<String, Failure> {
    let name = path.display().to_string();
    text(&name, bytes(&name, open(path)?, Limits::CODE_BYTES)?)
}

/// Opens a file that is no directory.
fn open(path: &Path) -> Result<File, Failure> {
    let unreadable =
        |error: &io::Error| Failure::new(format!("cannot read `{}`", path.display())).because(error);
    let file = File::open(path).map_err(|error| unreadable(&error))?;
    if file.metadata().map_err(|error| unreadable(&error))?.is_dir() {
        return Err(Failure::new(format!("`{}` is a directory", path.display()))
            .hint("give a file; `code-execute check` reads whole directories"));
    }
    Ok(file)
}

/// Reads at most `most` bytes and says so if there are more.
fn bytes(name: &str, reader: impl Read, most: usize) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let bound = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
    reader
        .take(bound)
        .read_to_end(&mut bytes)
        .map_err(|error| Failure::new(format!("cannot read `{name}`")).because(&error))?;
    if bytes.len() > most {
        return Err(Failure::new(format!("`{name}` is too large: more than {most} bytes"))
            .hint(format!("at most {most} bytes are accepted")));
    }
    Ok(bytes)
}

fn text(name: &str, bytes: Vec<u8>) -> Result<String, Failure> {
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let before = error.as_bytes().get(..at).unwrap_or_default();
        let line = before.split(|byte| *byte == b'\n').count();
        let byte = error.as_bytes().get(at).copied().unwrap_or_default();
        Failure::new(format!("`{name}` is not UTF-8: byte 0x{byte:02x} at offset {at}, line {line}"))
            .hint("convert it, for example with `iconv -f latin1 -t utf-8`")
    })
}
