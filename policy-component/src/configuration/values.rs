//! Names, commands and paths: which texts are ones, and in which form they are compared.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization as _;

use super::Stance;
use super::builtins;
use super::nearest::suggestion;
use super::problem::shown;

/// The longest name that the readers follow.
const LONGEST_NAME: usize = 200;

/// The longest path that Linux takes.
const LONGEST_PATH: usize = 4096;

/// A Python module by its full name.
pub(super) fn module(text: &str, _stance: Stance) -> Result<String, String> {
    dotted(text).ok_or_else(|| {
        wrong(text, "is no name of a Python module", "write it as in an `import`, such as `xml.sax`")
    })
}

/// A Python function by its dotted name; one without a dot is a builtin.
pub(super) fn function(text: &str, _stance: Stance) -> Result<String, String> {
    let name = dotted(text).ok_or_else(|| {
        wrong(text, "is no name of a Python function", "write it with its module, such as `numpy.load`")
    })?;
    if name.contains('.') {
        return Ok(name);
    }
    if builtins::is_builtin(&name) {
        return Ok(format!("builtins.{name}"));
    }
    Err(format!(
        "{} is no builtin function{}; a function of a module is written with the module, such as `numpy.load`",
        shown(text),
        suggestion(text, builtins::NAMES.iter().copied())
    ))
}

/// A program by its name.
pub(super) fn command(text: &str, _stance: Stance) -> Result<String, String> {
    let odd = |c: char| c.is_whitespace() || c.is_control() || "/*?[]{}$`'\"\\;|&<>()=~#!".contains(c);
    if text.is_empty() || text.len() > LONGEST_NAME || text.starts_with('-') || text.contains(odd) {
        let how = "write the program's name alone, without its directory and arguments, such as `git`";
        return Err(wrong(text, "is no name of a program", how));
    }
    Ok(text.to_owned())
}

/// An absolute path, without a slash at its end; the root is the empty text.
pub(super) fn path(text: &str, stance: Stance) -> Result<String, String> {
    let how = "write it from the root, such as `/srv/secrets`; it stands for all that is in it";
    if !text.starts_with('/') {
        return Err(wrong(text, "is no absolute path", how));
    }
    if text.len() > LONGEST_PATH || text.contains(char::is_control) {
        return Err(wrong(text, "is no path", how));
    }
    if crate::bash::glob::is_pattern(text) {
        return Err(wrong(text, "is a pattern, which is not taken", how));
    }
    let mut path = String::with_capacity(text.len());
    for name in text.split('/').filter(|name| !name.is_empty()) {
        if matches!(name, "." | "..") {
            return Err(wrong(text, "goes through `.` or `..`", "write the path that it leads to"));
        }
        path.push('/');
        path.push_str(name);
    }
    if path.is_empty() && stance == Stance::Allowed {
        return Err("`/` is every path, and allowing it would allow all; name the directories".to_owned());
    }
    Ok(path)
}

/// A dotted name of Python identifiers, as the interpreter compares them.
fn dotted(text: &str) -> Option<String> {
    if text.len() > LONGEST_NAME {
        return None;
    }
    let name: Cow<'_, str> = if text.is_ascii() { Cow::Borrowed(text) } else { text.nfkc().collect() };
    let is_identifier = |part: &str| {
        part.starts_with(|c: char| c.is_alphabetic() || c == '_')
            && part.chars().all(|c| c.is_alphanumeric() || c == '_')
    };
    name.split('.').all(is_identifier).then(|| name.into_owned())
}

fn wrong(text: &str, what: &str, how: &str) -> String {
    if text.is_empty() {
        format!("this string is empty; {how}")
    } else {
        format!("{} {what}; {how}", shown(text))
    }
}
