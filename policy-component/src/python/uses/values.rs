//! What the constants and functions of `os`, `shlex` and `stat` give, as far as paths and commands are put together
//! with them.

use super::super::calls::Arguments;
use super::super::methods;
use super::super::reader::Reader;
use super::super::value::Value;
use super::os_member;

/// Whether `namespace[key]` is the home directory.
pub(in super::super) fn is_home(namespace: &str, key: &str) -> bool {
    matches!(namespace, "os.environ" | "os.environb") && key == "HOME"
}

/// The constants that paths and modes are put together with.
fn constant(module: &str, name: &str) -> Option<Value> {
    Some(match (module, name) {
        ("os" | "os.path" | "posixpath", "sep") => Value::text("/"),
        ("os" | "os.path" | "posixpath", "curdir") => Value::text("."),
        ("os" | "os.path" | "posixpath", "pardir") => Value::text(".."),
        ("os" | "os.path" | "posixpath", "devnull") => Value::text("/dev/null"),
        ("stat", "S_ISUID") => Value::Int(0o4000),
        ("stat", "S_ISGID") => Value::Int(0o2000),
        ("stat", "S_ISVTX") => Value::Int(0o1000),
        ("stat", "S_IRWXU") => Value::Int(0o700),
        ("stat", "S_IRUSR" | "S_IREAD") => Value::Int(0o400),
        ("stat", "S_IWUSR" | "S_IWRITE") => Value::Int(0o200),
        ("stat", "S_IXUSR" | "S_IEXEC") => Value::Int(0o100),
        ("stat", "S_IRWXG") => Value::Int(0o070),
        ("stat", "S_IRGRP") => Value::Int(0o040),
        ("stat", "S_IWGRP") => Value::Int(0o020),
        ("stat", "S_IXGRP") => Value::Int(0o010),
        ("stat", "S_IRWXO") => Value::Int(0o007),
        ("stat", "S_IROTH") => Value::Int(0o004),
        ("stat", "S_IWOTH") => Value::Int(0o002),
        ("stat", "S_IXOTH") => Value::Int(0o001),
        _ => return None,
    })
}

impl<'a> Reader<'a> {
    /// A constant of a module, where uses are judged.
    pub(in super::super) fn known_constant(&self, module: &str, name: &str) -> Option<Value> {
        if !self.judges_uses() {
            return None;
        }
        if name == "__dict__" { Some(Value::Namespace(module.into())) } else { constant(module, name) }
    }

    /// What a function gives that paths, commands and processes are found with.
    pub(in super::super) fn call_system_function(
        &mut self,
        name: &str,
        arguments: &Arguments<'a>,
    ) -> Option<Value> {
        if !self.judges_uses() {
            return None;
        }
        let first = arguments.positional.first()?;
        if name == "shlex.split" {
            return Some(first.each(split));
        }
        match os_member(name)? {
            "getenv" | "environ.get" => {
                first.known_text().filter(|key| *key == "HOME").map(|_| Value::text("~"))
            }
            "path.dirname" => {
                Some(first.each(|path| path.path().map_or(Value::Unknown, |path| methods::parent(&path))))
            }
            "path.expandvars" => Some(first.each(|path| match path {
                Value::Text(text) => Value::text(&text.replace("${HOME}", "~").replace("$HOME", "~")),
                _ => Value::Unknown,
            })),
            // The group of a process is the process, as far as ending it goes.
            "fsencode" | "fsdecode" | "path.normcase" | "getpgid" => Some(first.clone()),
            _ => None,
        }
    }

    /// A list with what is put into it by `append` and the like, in the order in which that is written.
    pub(in super::super) fn grown(&mut self, name: &'a str, value: Value) -> Value {
        if !self.judges_uses() || self.uses.growing {
            return value;
        }
        let Some(growths) = self.table.grown.get(name).cloned() else { return value };
        if !value.alternatives().iter().any(|value| matches!(value, Value::Sequence(_))) {
            return value;
        }
        self.uses.growing = true;
        let mut added = Vec::new();
        for (method, expression, scope) in growths {
            let more = self.quietly(|reader| reader.value(expression, scope));
            match more.elements().filter(|_| method == "extend") {
                Some(elements) => added.extend(elements),
                None => added.push(more),
            }
        }
        self.uses.growing = false;
        value.each(|value| match value {
            Value::Sequence(values) if values.len() + added.len() <= 1024 => {
                Value::sequence(values.iter().chain(&added).cloned().collect())
            }
            other => other.clone(),
        })
    }
}

/// The words of a line, as `shlex.split` takes them apart, without its escapes.
fn split(line: &Value) -> Value {
    let Value::Text(line) = line else { return Value::Unknown };
    let mut words: Vec<String> = Vec::new();
    let mut quote = None;
    let mut inside = false;
    for c in line.chars() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (None, '\'' | '"') => {
                quote = Some(c);
                if !inside {
                    words.push(String::new());
                }
                inside = true;
            }
            (None, c) if c.is_whitespace() => inside = false,
            (_, c) => {
                if !inside {
                    words.push(String::new());
                }
                inside = true;
                if let Some(word) = words.last_mut() {
                    word.push(c);
                }
            }
        }
    }
    Value::sequence(words.iter().map(|word| Value::text(word)).collect())
}
