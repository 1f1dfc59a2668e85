//! Code of other languages inside Bash: `awk`, Perl, Ruby, PHP, JavaScript, Lua. It is not parsed; what is looked
//! for are strings that are given to a shell, and files of the system that are opened for writing.

use super::decode;
use super::paths::{self, Area};
use super::shell::Shell;
use super::text::{Text, UNKNOWN};
use super::writes::Effect;
use crate::rules::bash as rules;

/// A string of the code, with what stands before and after it.
struct Literal<'a> {
    before: &'a str,
    text: String,
    after: &'a str,
}

/// The strings between quotes of a program. A quote that is not closed ends the search.
fn literals<'a>(code: &'a str, quotes: &[char]) -> Vec<Literal<'a>> {
    let mut found = Vec::new();
    let mut at = 0;
    let mut last = 0;
    while let Some(open) = code.get(at..).and_then(|rest| rest.find(quotes)).map(|open| open + at) {
        let Some(quote) = code.get(open..).and_then(|rest| rest.chars().next()) else { break };
        let inside = code.get(open + 1..).unwrap_or_default();
        let mut escaped = false;
        let close = inside.char_indices().find(|(_, c)| {
            let closes = *c == quote && !escaped;
            escaped = *c == '\\' && !escaped;
            closes
        });
        let Some((length, _)) = close else { break };
        let text = decode::backslashes(inside.get(..length).unwrap_or_default(), true).0;
        let end = open + 1 + length + 1;
        found.push(Literal {
            before: code.get(last..open).unwrap_or_default().trim_end(),
            text,
            after: code.get(end..).unwrap_or_default().trim_start(),
        });
        last = end;
        at = end;
        if found.len() >= 256 {
            break;
        }
    }
    found
}

/// `system("…")`, `"…" | getline`, `print | "…"`, `print > "…"`.
pub(crate) fn awk(shell: &mut Shell, program: &Text) {
    let mut runs = false;
    for literal in literals(&program.text, &['"']) {
        let system = literal.before.ends_with("system(") || literal.before.ends_with("system (");
        let piped = literal.before.ends_with('|') && !literal.before.ends_with("||")
            || literal.before.ends_with("|&")
            || literal.after.starts_with('|') && !literal.after.starts_with("||");
        if system || piped {
            runs = true;
            let mut line = program.as_text(literal.text);
            let alone = literal.after.starts_with([')', '|', ';', '}', '\n']) || literal.after.is_empty();
            if !alone {
                line.push(&Text::unknown());
            }
            shell.isolated(|shell| shell.run_text(&line, "`awk`"));
        } else if literal.before.ends_with('>') {
            shell.effect(Effect::Write, &program.as_text(literal.text), "`awk` writes to");
        }
    }
    if !runs && program.text.contains("system(") {
        shell.report(&rules::COMPUTED_CODE, "`awk` runs text that is not known".to_owned());
    }
    if program.text.contains("/inet/") {
        shell.report(&rules::NETWORK_DEVICE, "`awk` opens a connection".to_owned());
    }
}

/// Words after which a string is a line for a shell.
const RUNNERS: &[&str] = &[
    "system",
    "exec",
    "popen",
    "shell_exec",
    "passthru",
    "proc_open",
    "spawn",
    "execSync",
    "spawnSync",
    "os.execute",
    "io.popen",
    "qx",
    "IO.popen",
    "Kernel.system",
    "Kernel.exec",
    "child_process.exec",
];

/// Functions that make text which is hard to read; what they make is given to a shell.
const DECODERS: &[&str] = &[
    "pack",
    "unpack",
    "chr",
    "join",
    "reverse",
    "decode",
    "base64",
    "fromCharCode",
    "Buffer.from",
    "hex",
    "rot13",
    "map",
];

/// Perl, Ruby, PHP, JavaScript, Lua.
pub(crate) fn script(shell: &mut Shell, name: &str, program: &Text) {
    let code = program.text.as_str();
    let socket =
        ["socket", "Socket", "fsockopen", "net.connect", "TCPSocket"].iter().any(|word| code.contains(word));
    if socket && ["/bin/sh", "/bin/bash", "exec", "spawn", "system"].iter().any(|word| code.contains(word)) {
        shell.report(&rules::REVERSE_SHELL, format!("`{name}` joins a shell to a connection"));
    }
    let writes = [
        "'>", "\">", "'w", "\"w", "'a'", "\"a\"", "write", "put", "unlink", "rename", "copy", "truncate",
        "chmod",
    ]
    .iter()
    .any(|word| code.contains(word));
    for literal in literals(code, &['"', '\'', '`']) {
        let before = literal.before.trim_end_matches(['(', ' ', '{', '[']);
        let backtick = code.len() > literal.after.len() && closes_with_backtick(code, literal.after);
        let removes = ["rmtree", "remove_tree", "rm_rf", "rmdirSync", "rmSync", "rm_r", "unlink"]
            .iter()
            .any(|word| before.ends_with(word));
        if removes {
            shell.effect(Effect::Remove, &program.as_text(literal.text.as_str()), "removes");
        } else if backtick || RUNNERS.iter().any(|runner| before.ends_with(runner)) {
            let line = program.as_text(literal.text.as_str());
            shell.isolated(|shell| shell.run_text(&line, &format!("`{name}`")));
        } else if writes {
            let path = literal.text.trim_start_matches(['>', '+', '<', ' ']);
            let area = paths::area(&paths::resolve("/tmp", path));
            if path.starts_with('/')
                && matches!(area, Area::Etc | Area::Device | Area::Start)
                && path.len() > 5
            {
                shell.effect(Effect::Write, &program.as_text(path), "may write to");
            }
        }
    }
    computed(shell, name, code);
}

/// A runner whose argument is no string: forbidden where a decoder makes it, else not decided.
fn computed(shell: &mut Shell, name: &str, code: &str) {
    for runner in RUNNERS.iter().chain(&["eval"]) {
        for (at, _) in code.match_indices(runner).take(16) {
            let own = code.get(..at).and_then(|before| before.chars().last());
            if own.is_some_and(|c| c.is_ascii_alphanumeric() || c == '_' || c == '$') {
                continue;
            }
            let argument =
                code.get(at + runner.len()..).unwrap_or_default().trim_start_matches(['(', ' ', '{']);
            if DECODERS.iter().any(|decoder| argument.starts_with(decoder)) {
                shell.report(&rules::DECODED_CODE, format!("`{name}` runs what a decoder makes"));
            } else if argument.starts_with(['$', '@', UNKNOWN]) {
                shell.report(&rules::COMPUTED_CODE, format!("`{name}` runs text that is not known"));
            }
        }
    }
}

fn closes_with_backtick(code: &str, after: &str) -> bool {
    let end = code.len() - after.len();
    code.get(..end).is_some_and(|before| before.trim_end().ends_with('`'))
}
