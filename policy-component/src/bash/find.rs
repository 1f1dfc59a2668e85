//! `find`: what it deletes, and what it runs on what it finds.

use super::nested::substituted;
use super::paths;
use super::shell::Shell;
use super::text::{Text, UNKNOWN};
use super::writes::Effect;

impl Shell {
    pub(crate) fn find(&mut self, args: &[Text]) -> Text {
        let first =
            args.iter().position(|arg| arg.text.starts_with(['-', '(', '!']) && !is_leading(&arg.text));
        let (starts, expression) = args.split_at(first.unwrap_or(args.len()));
        let mut starts: Vec<Text> = starts.iter().filter(|arg| !arg.text.starts_with('-')).cloned().collect();
        if starts.is_empty() {
            starts.push(Text::new("."));
        }
        let found: Vec<Text> = starts.iter().map(|start| self.found(start, expression)).collect();
        let mut rest = expression;
        while let [first, tail @ ..] = rest {
            rest = tail;
            match first.text.as_str() {
                "-delete" => {
                    for path in &found {
                        self.effect(Effect::Remove, path, "`find -delete` removes");
                    }
                }
                "-exec" | "-execdir" | "-ok" | "-okdir" => {
                    let end =
                        tail.iter().position(|arg| arg.text == ";" || arg.text == "+").unwrap_or(tail.len());
                    let (command, after) = tail.split_at(end);
                    for path in &found {
                        let fields: Vec<Text> =
                            command.iter().map(|field| substituted(field, "{}", path)).collect();
                        self.isolated(|shell| shell.call(&fields));
                    }
                    rest = after.get(1..).unwrap_or_default();
                }
                "-fprint" | "-fprint0" | "-fls" | "-fprintf" => {
                    if let Some(target) = tail.first() {
                        self.effect(Effect::Write, target, "`find` writes to");
                    }
                }
                _ => {}
            }
        }
        let mut printed = Text::default();
        for path in &found {
            printed.push(path);
            printed.push_str("\n");
        }
        printed
    }

    /// What stands for everything that is found: all of a directory, or something in it.
    fn found(&self, start: &Text, expression: &[Text]) -> Text {
        let path = paths::resolve(&self.cwd.text, &start.text);
        let path = path.trim_end_matches('/');
        if selects(expression) {
            Text::new(format!("{path}/{UNKNOWN}"))
        } else {
            Text::new(format!("{path}/*"))
        }
    }
}

/// Options that stand before the paths.
fn is_leading(option: &str) -> bool {
    matches!(option, "-H" | "-L" | "-P") || option.starts_with("-O") || option == "-D"
}

/// Whether the expression picks some files rather than all: by name, age, size, owner.
fn selects(expression: &[Text]) -> bool {
    let mut words = expression.iter().map(|arg| arg.text.as_str());
    while let Some(word) = words.next() {
        match word {
            "-name" | "-iname" | "-path" | "-wholename"
                if words.next().is_some_and(|pattern| pattern != "*" && pattern != ".*") =>
            {
                return true;
            }
            "-exec" | "-execdir" | "-ok" | "-okdir" => {
                words.by_ref().find(|word| matches!(*word, ";" | "+"));
            }
            "-ipath" | "-iwholename" | "-regex" | "-iregex" | "-lname" | "-ilname" | "-mtime" | "-mmin"
            | "-atime" | "-amin" | "-ctime" | "-cmin" | "-newer" | "-anewer" | "-cnewer" | "-size"
            | "-empty" | "-user" | "-group" | "-uid" | "-gid" | "-perm" | "-nouser" | "-nogroup"
            | "-inum" | "-links" | "-samefile" | "-used" | "-executable" | "-readable" | "-writable"
            | "-fstype" | "-xtype" => return true,
            word if word.starts_with("-newer") => return true,
            _ => {}
        }
    }
    false
}
