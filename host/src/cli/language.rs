//! Which language code is in, by its file name and its first line.

use std::path::Path;

use code_execute::Language;

/// What a file name or a first line says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Guess {
    /// A language that can be run.
    Known(Language),
    /// Something else, in words, such as "the extension `.js`".
    Foreign(String),
    /// Nothing.
    Silent,
}

impl Guess {
    /// Asks the file name, then the first line.
    pub(crate) fn new(path: Option<&Path>, code: &str) -> Self {
        let by_name = path.map_or(Self::Silent, by_extension);
        match (&by_name, by_first_line(code.as_bytes())) {
            (Self::Known(_), _) | (_, Self::Silent) => by_name,
            (Self::Foreign(_) | Self::Silent, by_line) => by_line,
        }
    }
}

/// What the extension of a file says.
pub(crate) fn by_extension(path: &Path) -> Guess {
    let Some(extension) = path.extension().map(|extension| extension.to_string_lossy()) else {
        return Guess::Silent;
    };
    match extension.as_ref() {
        "py" => Guess::Known(Language::Python),
        "sh" | "bash" => Guess::Known(Language::Bash),
        other => Guess::Foreign(format!("the extension `.{other}`")),
    }
}

/// What a `#!` line says. The rest of the code is not looked at.
pub(crate) fn by_first_line(code: &[u8]) -> Guess {
    let line = code.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let Some(line) = line.strip_prefix(b"#!") else { return Guess::Silent };
    let line = String::from_utf8_lossy(line);
    let file_name = |word: &str| word.rsplit('/').next().unwrap_or_default().to_owned();
    let mut words = line.split_whitespace();
    let mut program = words.next().map(file_name).unwrap_or_default();
    if program == "env" {
        // `env -S python3 -u` and `env PYTHONUTF8=1 python3` are both in use.
        let asked = words.find(|word| !word.starts_with('-') && !word.contains('='));
        program = asked.map(file_name).unwrap_or_default();
    }
    let version = |character: char| character.is_ascii_digit() || character == '.';
    match program.trim_end_matches(version) {
        "python" => Guess::Known(Language::Python),
        "bash" | "sh" | "dash" => Guess::Known(Language::Bash),
        _ => Guess::Foreign(format!("the first line `#!{}`", line.trim())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guess_follows_name_then_first_line() {
        use Language::{Bash, Python};
        let cases = [
            (Some("a.py"), "", Some(Python)),
            (Some("a.sh"), "", Some(Bash)),
            (Some("a.bash"), "", Some(Bash)),
            (Some("a.py"), "#!/bin/bash\n", Some(Python)),
            (Some("tool"), "#!/usr/bin/env python3\n", Some(Python)),
            (Some("tool"), "#!/usr/bin/python3.12 -u", Some(Python)),
            (Some("tool"), "#! /usr/bin/env -S LANG=C bash -e\n", Some(Bash)),
            (Some("tool.cgi"), "#!/bin/sh\n", Some(Bash)),
            (None, "#!/bin/bash\necho", Some(Bash)),
            (None, "print(1)", None),
            (Some("a.txt"), "print(1)", None),
            (Some("a"), "#!/usr/bin/perl", None),
        ];
        for (path, code, expected) in cases {
            let guess = Guess::new(path.map(Path::new), code);
            let known = if let Guess::Known(language) = guess { Some(language) } else { None };
            assert_eq!(known, expected, "{path:?} {code:?}");
        }
    }
}
