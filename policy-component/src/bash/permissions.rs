//! Permissions that let everybody write.

use super::options::Options;
use super::paths::{self, Area};
use super::shell::Shell;
use super::text::Text;
use crate::rules::bash as rules;

/// What a mode gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    /// Everything to everybody.
    Open,
    /// Writing to everybody.
    Writable,
    /// Another user's rights to who runs it.
    Setuid,
    Ordinary,
}

impl Shell {
    pub(crate) fn mode_program(&mut self, name: &str, args: &[Text]) {
        match name {
            "chmod" => self.chmod(args),
            "mkdir" | "mkfifo" => {
                if let Some(mode) = Options::read(args, "m", &["mode"]).value('m', "mode") {
                    self.open_mode(&mode.text, "makes it as");
                }
            }
            "setfacl" => {
                for arg in args {
                    let everybody = arg.text.split(',').any(|entry| {
                        let entry = entry.trim_start_matches("d:").trim_start_matches("default:");
                        let right = entry.strip_prefix("o:").or_else(|| entry.strip_prefix("other:"));
                        right.is_some_and(|right| {
                            right.contains('w') || right.ends_with('7') || right.ends_with('6')
                        })
                    });
                    if everybody {
                        self.report(&rules::CHMOD_777, "`setfacl` lets everybody write".to_owned());
                    }
                }
            }
            _ => {}
        }
    }

    /// Reports a mode that gives everything to everybody.
    pub(crate) fn open_mode(&mut self, mode: &str, verb: &str) {
        if parse(mode) == Mode::Open {
            self.report(
                &rules::CHMOD_777,
                format!("{verb} `{mode}`, which lets everybody read, write and run it"),
            );
        }
    }

    fn chmod(&mut self, args: &[Text]) {
        let mut mode = None;
        let mut targets = Vec::new();
        let mut options = true;
        for arg in args {
            let text = arg.text.as_str();
            let right = text
                .strip_prefix('-')
                .is_some_and(|rest| !rest.is_empty() && rest.chars().all(|c| "rwxXst,ugoa=+-".contains(c)));
            if options && text == "--" {
                options = false;
            } else if options && text.starts_with('-') && !right {
                if text.starts_with("--reference") {
                    mode = Some(Text::default());
                }
            } else if mode.is_none() {
                mode = Some(arg.clone());
            } else {
                targets.push(arg.clone());
            }
        }
        let Some(mode) = mode else { return };
        let shown = mode.shown();
        match parse(&mode.text) {
            Mode::Open => self
                .report(&rules::CHMOD_777, format!("`chmod {shown}` lets everybody read, write and run it")),
            kind @ (Mode::Writable | Mode::Setuid) => {
                let system = targets.iter().any(|target| {
                    let path = paths::resolve(&self.cwd.text, &target.text);
                    matches!(
                        paths::area(&path),
                        Area::Root | Area::Top | Area::Etc | Area::Device | Area::System | Area::Home
                    )
                });
                if kind == Mode::Writable && system {
                    self.report(
                        &rules::CHMOD_777,
                        format!("`chmod {shown}` lets everybody write to the system"),
                    );
                } else if kind == Mode::Setuid {
                    self.report(&rules::SETUID, format!("`chmod {shown}` gives away the owner's rights"));
                } else {
                    self.report(&rules::WORLD_WRITABLE, format!("`chmod {shown}` lets everybody write"));
                }
            }
            Mode::Ordinary => {}
        }
    }
}

fn parse(mode: &str) -> Mode {
    let digits = mode.trim_start_matches(['=', '+']);
    if !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) {
        let bits = u32::from_str_radix(digits, 8).unwrap_or_default();
        return if bits & 0o777 == 0o777 {
            Mode::Open
        } else if bits & 0o002 != 0 {
            Mode::Writable
        } else if bits & 0o6000 != 0 {
            Mode::Setuid
        } else {
            Mode::Ordinary
        };
    }
    // What clauses give to user, group and others; what a mode does not name stays as it is and counts as nothing.
    let mut given = [0_u32; 3];
    let mut setuid = false;
    for clause in mode.split(',') {
        let operator = clause.find(['+', '=', '-']).unwrap_or(clause.len());
        let (who, mut rights) = clause.split_at(operator);
        // Without a class the mask decides, and it keeps others from writing.
        let classes = if who.contains('a') { "ugo" } else { who };
        while let Some(sign) = rights.chars().next() {
            let rest = rights.get(1..).unwrap_or_default();
            let end = rest.find(['+', '=', '-']).unwrap_or(rest.len());
            let (letters, next) = rest.split_at(end);
            let mut bits = 0;
            for letter in letters.chars() {
                match letter {
                    'r' => bits |= 4,
                    'w' => bits |= 2,
                    'x' | 'X' => bits |= 1,
                    's' => setuid |= sign != '-' && !who.contains('o'),
                    _ => {}
                }
            }
            for (class, slot) in "ugo".chars().zip(given.iter_mut()) {
                if classes.contains(class) {
                    match sign {
                        '+' => *slot |= bits,
                        '-' => *slot &= !bits,
                        _ => *slot = bits,
                    }
                }
            }
            rights = next;
        }
    }
    match given {
        [7, 7, 7] => Mode::Open,
        [_, _, others] if others & 2 != 0 => Mode::Writable,
        _ if setuid => Mode::Setuid,
        _ => Mode::Ordinary,
    }
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn modes_parse() {
        for (mode, expected) in [
            ("777", Mode::Open),
            ("0777", Mode::Open),
            ("1777", Mode::Open),
            ("=777", Mode::Open),
            ("a+rwx", Mode::Open),
            ("ugo=rwx", Mode::Open),
            ("a=r,a+wx", Mode::Open),
            ("u=rwx,g=rwx,o=rwx", Mode::Open),
            ("o+w", Mode::Writable),
            ("666", Mode::Writable),
            ("755", Mode::Ordinary),
            ("+x", Mode::Ordinary),
            ("a+rwx,o-w", Mode::Ordinary),
            ("u+s", Mode::Setuid),
            ("u+rwx", Mode::Ordinary),
        ] {
            assert_eq!(parse(mode), expected, "{mode}");
        }
    }
}
