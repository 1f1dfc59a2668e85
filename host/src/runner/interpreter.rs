//! Finds the interpreter of a language, once for every `PATH`.
//!
//! It must never look at this process's own `PATH`: what is first there may be a version manager's shim, which
//! costs a tenth of a second a start, or anything else that belongs to the user and not to the run.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use rustix::fs::{Access, AtFlags, CWD, accessat};

use super::RunError;
use crate::Language;

/// More values of `PATH` than a sensible host uses; a policy that made up a new one every time would fill memory.
const MOST: usize = 64;

/// Where the interpreters were found.
#[derive(Debug, Default)]
pub(super) struct Interpreters {
    pythons: Mutex<HashMap<String, PathBuf>>,
}

impl Interpreters {
    /// The absolute path of the language's interpreter in a program's environment.
    pub(super) fn find(
        &self,
        language: Language,
        environment: &[(String, String)],
    ) -> Result<PathBuf, RunError> {
        match language {
            Language::Bash => fixed("/bin/bash"),
            Language::Python => {
                let path = environment.iter().rev().find(|(name, _)| name == "PATH");
                self.on_path("python3", path.map_or("", |(_, value)| value.as_str()))
            }
        }
    }

    /// Forgets what was found, because it turned out not to hold any more.
    pub(super) fn forget(&self) {
        self.pythons.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    fn on_path(&self, name: &'static str, path: &str) -> Result<PathBuf, RunError> {
        let mut found = self.pythons.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(interpreter) = found.get(path) {
            return Ok(interpreter.clone());
        }
        // A relative or an empty entry would mean the working directory, where anybody can put a program.
        let interpreter = path
            .split(':')
            .map(Path::new)
            .filter(|directory| directory.is_absolute())
            .map(|directory| directory.join(name))
            .find(|candidate| can_be_executed(candidate))
            .ok_or_else(|| RunError::InterpreterMissing { name, searched: path.to_owned() })?;
        if found.len() >= MOST {
            found.clear();
        }
        found.insert(path.to_owned(), interpreter.clone());
        Ok(interpreter)
    }
}

fn fixed(path: &'static str) -> Result<PathBuf, RunError> {
    if can_be_executed(Path::new(path)) {
        Ok(path.into())
    } else {
        Err(RunError::InterpreterMissing { name: path, searched: path.to_owned() })
    }
}

fn can_be_executed(path: &Path) -> bool {
    path.is_file() && accessat(CWD, path, Access::EXEC_OK, AtFlags::EACCESS).is_ok()
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn python_on(path: &str) -> Result<PathBuf, RunError> {
        Interpreters::default().find(Language::Python, &[("PATH".to_owned(), path.to_owned())])
    }

    #[test]
    fn python_is_the_first_executable_on_the_path() {
        let directory = tempfile::tempdir().unwrap();
        let [plain, real] = ["plain", "real"].map(|name| directory.path().join(name));
        for (place, mode) in [(&plain, 0o600), (&real, 0o700)] {
            fs::create_dir(place).unwrap();
            fs::write(place.join("python3"), "").unwrap();
            fs::set_permissions(place.join("python3"), fs::Permissions::from_mode(mode)).unwrap();
        }
        let path = format!("relative::{}/missing:{}:{}", plain.display(), plain.display(), real.display());
        assert_eq!(python_on(&path).unwrap(), real.join("python3"));
    }

    #[test]
    fn missing_python_names_the_path() {
        for path in ["", "/nonexistent:.", "relative"] {
            let error = python_on(path).unwrap_err();
            assert_eq!(error.to_string(), format!("could not find `python3` in `{path}`"));
        }
    }

    #[test]
    fn found_python_is_remembered_until_forgotten() {
        let directory = tempfile::tempdir().unwrap();
        let python = directory.path().join("python3");
        fs::write(&python, "").unwrap();
        fs::set_permissions(&python, fs::Permissions::from_mode(0o700)).unwrap();
        let environment = [("PATH".to_owned(), directory.path().to_str().unwrap().to_owned())];
        let interpreters = Interpreters::default();
        interpreters.find(Language::Python, &environment).unwrap();
        fs::remove_file(&python).unwrap();
        assert!(interpreters.find(Language::Python, &environment).is_ok());
        interpreters.forget();
        assert!(interpreters.find(Language::Python, &environment).is_err());
    }
}
