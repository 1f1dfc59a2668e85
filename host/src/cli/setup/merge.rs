//! One member written into a file that is somebody else's: comments, order and everything else of it stay.

use std::fs::{self, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use jsonc_parser::ParseOptions;
use jsonc_parser::cst::{CstInputValue, CstRootNode};
use serde_json::Value;

use crate::cli::message::Failure;

/// What was done to a file.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Done {
    /// It said so already.
    Nothing,
    /// There was no such file.
    Made,
    /// It was changed, and what it was before is kept.
    Changed {
        /// Where.
        backup: PathBuf,
    },
}

impl Done {
    pub(super) fn words(&self, file: &Path) -> String {
        let file = file.display();
        match self {
            Self::Nothing => format!("`{file}` says so already"),
            Self::Made => format!("wrote `{file}`"),
            Self::Changed { backup } => format!("changed `{file}`; what it was is in `{}`", backup.display()),
        }
    }
}

/// Sets `file.key.name` to `entry`.
pub(super) fn write(file: &Path, key: &str, name: &str, entry: &Value) -> Result<Done, Failure> {
    let failed =
        |error: io::Error| Failure::new(format!("cannot write `{}`", file.display())).because(&error);
    // Where the file is a link, such as one into a repository of settings, what it leads to is changed.
    let target = match fs::canonicalize(file) {
        Ok(target) => target,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let text = merged("", key, name, entry).map_err(|problem| problem.failure(file))?;
            let directory = file.parent().unwrap_or(Path::new("/"));
            fs::create_dir_all(directory).map_err(failed)?;
            replace(file, &text, Permissions::from_mode(0o600)).map_err(failed)?;
            return Ok(Done::Made);
        }
        Err(error) => return Err(failed(error)),
    };
    let before = fs::read_to_string(&target)
        .map_err(|error| Failure::new(format!("cannot read `{}`", file.display())).because(&error))?;
    let after = merged(&before, key, name, entry).map_err(|problem| problem.failure(file))?;
    if after == before {
        return Ok(Done::Nothing);
    }
    let permissions = fs::metadata(&target).map_err(failed)?.permissions();
    let backup = backup(&target, &before, &permissions).map_err(failed)?;
    replace(&target, &after, permissions).map_err(failed)?;
    Ok(Done::Changed { backup })
}

/// Why a text cannot be merged into.
#[derive(Debug, PartialEq, Eq)]
enum Problem {
    /// It is no JSON, not even with comments.
    Syntax(String),
    /// Something is not an object.
    NotAnObject(String),
}

impl Problem {
    fn failure(&self, file: &Path) -> Failure {
        let file = file.display();
        let failure = match self {
            Self::Syntax(problem) => Failure::new(format!("`{file}` is not JSON: {problem}")),
            Self::NotAnObject(what) => Failure::new(format!("`{file}`: {what} is not an object")),
        };
        failure.hint("nothing was changed; without `--write` the entry is printed, to be put in by hand")
    }
}

fn merged(text: &str, key: &str, name: &str, entry: &Value) -> Result<String, Problem> {
    let root = CstRootNode::parse(text, &ParseOptions::default())
        .map_err(|error| Problem::Syntax(error.to_string()))?;
    let top =
        root.object_value_or_create().ok_or_else(|| Problem::NotAnObject("what it holds".to_owned()))?;
    let servers = top.object_value_or_create(key).ok_or_else(|| Problem::NotAnObject(format!("`{key}`")))?;
    match servers.get(name) {
        Some(known) if known.to_serde_value().is_some_and(|value| value == *entry) => {}
        Some(known) => known.set_value(input(entry)),
        None => drop(servers.append(name, input(entry))),
    }
    Ok(root.to_string())
}

fn input(value: &Value) -> CstInputValue {
    match value {
        Value::Null => CstInputValue::Null,
        Value::Bool(value) => CstInputValue::Bool(*value),
        Value::Number(number) => CstInputValue::Number(number.to_string()),
        Value::String(text) => CstInputValue::String(text.clone()),
        Value::Array(values) => CstInputValue::Array(values.iter().map(input).collect()),
        Value::Object(members) => {
            CstInputValue::Object(members.iter().map(|(name, value)| (name.clone(), input(value))).collect())
        }
    }
}

/// Keeps what a file was, under a name that nothing has yet.
fn backup(file: &Path, text: &str, permissions: &Permissions) -> io::Result<PathBuf> {
    let mut number = 0_u32;
    loop {
        let mut name = file.as_os_str().to_owned();
        name.push(if number == 0 { ".backup".to_owned() } else { format!(".backup.{number}") });
        let path = PathBuf::from(name);
        match fs::OpenOptions::new().write(true).create_new(true).open(&path) {
            Ok(mut copy) => {
                copy.set_permissions(permissions.clone())?;
                copy.write_all(text.as_bytes())?;
                copy.sync_all()?;
                return Ok(path);
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => number += 1,
            Err(error) => return Err(error),
        }
    }
}

/// Puts a text in the place of a file, all at once: a client that reads meanwhile sees the old or the new.
fn replace(file: &Path, text: &str, permissions: Permissions) -> io::Result<()> {
    let directory = file.parent().unwrap_or(Path::new("/"));
    let mut beside = tempfile::NamedTempFile::new_in(directory)?;
    beside.write_all(text.as_bytes())?;
    beside.as_file().set_permissions(permissions)?;
    beside.as_file().sync_all()?;
    beside.persist(file)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn rest_of_the_file_stays_as_it_is() {
        let before = "// mine\n{\n  \"theme\": \"dark\", // always\n  \"servers\": {\n    \"other\": { \"command\": \"x\" },\n  },\n}\n";
        let after = merged(before, "servers", "tool", &json!({ "command": "y", "args": ["mcp"] })).unwrap();
        for kept in ["// mine\n", "\"theme\": \"dark\", // always\n", "\"other\": { \"command\": \"x\" },"] {
            assert!(after.contains(kept), "{after}");
        }
        let value = CstRootNode::parse(&after, &ParseOptions::default()).unwrap().to_serde_value().unwrap();
        assert_eq!(value["servers"]["tool"], json!({ "command": "y", "args": ["mcp"] }), "{after}");
        assert_eq!(merged(&after, "servers", "tool", &json!({ "command": "y", "args": ["mcp"] })), Ok(after));
    }

    #[test]
    fn entry_that_is_another_is_replaced() {
        let before = r#"{"servers": {"tool": {"command": "old"}, "other": 1}}"#;
        let after = merged(before, "servers", "tool", &json!({ "command": "new" })).unwrap();
        let value: Value = serde_json::from_str(&after).unwrap();
        assert_eq!(value, json!({ "servers": { "tool": { "command": "new" }, "other": 1 } }));
    }

    #[test]
    fn text_that_cannot_be_merged_into_is_refused() {
        let merge = |text: &str| merged(text, "servers", "tool", &json!({})).unwrap_err();
        assert!(matches!(merge("{"), Problem::Syntax(_)));
        assert_eq!(merge("[]"), Problem::NotAnObject("what it holds".to_owned()));
        assert_eq!(merge(r#"{"servers": 7}"#), Problem::NotAnObject("`servers`".to_owned()));
    }
}
