//! What programs print, for those that put text together: `echo`, `printf`, `cat`, `rev`, `tr`, `base64`.
//!
//! A program that is not known here prints something unknown that comes from where its input came from.

use super::decode;
use super::edits;
use super::glob;
use super::options::Options;
use super::paths;
use super::printf;
use super::shell::Shell;
use super::text::{Origin, Text, UNKNOWN};

impl Shell {
    pub(crate) fn output(&mut self, name: &str, args: &[Text]) -> Text {
        let printed = match name {
            "echo" => printf::echo(args),
            "printf" => self.printf(args),
            "cat" | "tac" | "head" | "tail" | "sort" | "uniq" | "nl" | "fold" | "tee" | "rev" | "strings"
            | "cut" | "base64" | "base32" | "xxd" | "tr" | "sed" | "gunzip" | "zcat" | "bunzip2"
            | "bzcat" | "xz" | "unxz" | "xzcat" | "gzip" | "bzip2" | "zstd" | "unzstd" | "openssl"
            | "gpg" | "uudecode" | "basenc" | "hex" | "od" | "hexdump" | "jq" | "grep" | "egrep"
            | "fgrep" | "paste" | "column" | "iconv" | "dd" | "more" | "less" | "zgrep" | "lz4" | "awk"
            | "gawk" | "mawk" | "python" | "python3" | "perl" => self.filter(name, args),
            "pwd" => self.cwd.clone(),
            "mktemp" => Text::new(format!("/tmp/tmp.{UNKNOWN}")),
            "basename" => args.first().map_or_else(Text::unknown, |path| {
                let base = path.text.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
                path.as_text(
                    args.get(1).and_then(|suffix| base.strip_suffix(suffix.text.as_str())).unwrap_or(base),
                )
            }),
            "which" | "type" | "command" | "realpath" | "readlink" => {
                let target = args.iter().rfind(|arg| !arg.text.starts_with('-'));
                match target {
                    Some(target) if matches!(name, "realpath" | "readlink") => {
                        Text::new(paths::resolve(&self.cwd.text, &target.text))
                    }
                    Some(target) if !target.text.contains('/') => {
                        target.as_text(format!("/usr/bin/{}", target.text))
                    }
                    Some(target) => target.clone(),
                    None => Text::unknown(),
                }
            }
            "seq" => printf::seq(args),
            "yes" => args.first().map_or_else(Text::unknown, |arg| arg.as_text(format!("{}\n", arg.text))),
            _ if Self::is_remote(name) => Text::from(Origin::REMOTE),
            // Silent programs print nothing that would hide what stands beside it.
            "cd" | "exit" | "return" | "break" | "continue" | "rm" | "mkdir" | "rmdir" | "touch" | "cp"
            | "mv" | "chmod" | "sleep" | "kill" | "wait" | "shopt" | "ulimit" | "umask" | "exec"
            | "logout" | "disown" | "ln" => Text::default(),
            _ => Text::from(self.stdin.as_ref().map(|text| text.origin).unwrap_or_default()),
        };
        self.bounded(printed)
    }

    /// `printf`, with `-v`. The format is used again while there are arguments.
    fn printf(&mut self, args: &[Text]) -> Text {
        let (variable, args) = match args {
            [option, name, rest @ ..] if option.text == "-v" => (Some(name.text.clone()), rest),
            args => (None, args),
        };
        let args = match args {
            [first, rest @ ..] if first.text == "--" => rest,
            args => args,
        };
        let printed = match args.split_first() {
            Some((format, values)) if format.is_known() => {
                printf::format_all(&format.text, values, format.origin)
            }
            Some((format, values)) => {
                let mut all = vec![format.clone()];
                all.extend_from_slice(values);
                Self::unknown_like(&all)
            }
            None => Text::default(),
        };
        match variable {
            Some(name) => {
                match name.split_once('[') {
                    Some((array, key)) => self.set_element(array, key.trim_end_matches(']'), printed),
                    None => self.set(&name, printed),
                }
                Text::default()
            }
            None => printed,
        }
    }

    /// Programs that read files or standard input and print something made of it.
    fn filter(&mut self, name: &str, args: &[Text]) -> Text {
        let options = Options::read(args, valued(name), &[]);
        let mut files = options.operands.clone();
        let takes_program = matches!(
            name,
            "sed" | "tr" | "grep" | "egrep" | "fgrep" | "awk" | "gawk" | "mawk" | "jq" | "openssl"
        );
        let scripts = options.values('e', "expression");
        let mut program = Text::default();
        if takes_program && scripts.is_empty() && !files.is_empty() {
            program = files.remove(0);
        }
        let second = if name == "tr" && !files.is_empty() { Some(files.remove(0)) } else { None };
        if matches!(name, "tee" | "dd" | "python" | "python3" | "perl" | "openssl") {
            files.clear();
        }
        for file in &files {
            self.reads(file);
        }
        let mut input = if files.is_empty() { self.input() } else { self.files_content(&files) };
        for file in args.iter().filter_map(|arg| arg.text.strip_prefix("if=")) {
            input = self.content(&Text::new(file)).unwrap_or_else(Text::unknown);
        }
        if name == "tee" || name == "cat" && !options.has('A', "show-all") {
            return input;
        }
        let undone = decoded_by(name, &options, &input);
        if let Some(decoded) = undone {
            return decoded;
        }
        let Some(text) = input.known() else { return Text::from(input.origin) };
        self.spend(text.len() * 2);
        let changed = match name {
            "rev" => Some(text.lines().map(|line| line.chars().rev().collect::<String>() + "\n").collect()),
            "tac" => Some(text.lines().rev().flat_map(|line| [line, "\n"]).collect()),
            "sort" | "uniq" | "more" | "less" | "dd" | "strings" | "iconv" | "nl" | "column" | "paste" => {
                None
            }
            "tr" => edits::translate(&options, &program, second.as_ref(), text),
            "base64" => Some(decode::to_base64(text) + "\n"),
            "sed" => super::sed::run(
                if scripts.is_empty() { vec![program] } else { scripts },
                text,
                options.has('n', "quiet"),
            ),
            "head" | "tail" => edits::ends(name, args, text),
            "cut" => edits::cut(&options, text),
            "fold" => Some(text.to_owned()),
            _ => return Text::from(input.origin),
        };
        match changed {
            Some(changed) => input.as_text(changed),
            None if matches!(name, "more" | "less" | "dd" | "sort" | "uniq" | "strings" | "iconv") => input,
            None => Text::from(input.origin),
        }
    }

    fn files_content(&mut self, files: &[Text]) -> Text {
        let mut whole = Text::default();
        for file in files {
            let resolved = paths::resolve(&self.cwd.text, &file.text);
            let content = if file.text == "-" { Some(self.input()) } else { self.content(file) };
            // `cat dir/*` after files were written there one by one.
            let content =
                content.or_else(|| glob::is_pattern(&resolved).then(|| self.matching(&resolved)).flatten());
            let origin = if paths::is_private(&resolved) { Origin::PRIVATE } else { Origin::NONE };
            whole.push(&content.unwrap_or_else(|| Text::from(origin)));
        }
        whole
    }

    fn matching(&self, pattern: &str) -> Option<Text> {
        let mut whole: Option<Text> = None;
        for (path, content) in self.files.iter().take(256) {
            if glob::matches(pattern, path) {
                whole.get_or_insert_default().push(content);
            }
        }
        whole
    }
}

fn valued(name: &str) -> &'static str {
    match name {
        "cut" => "bcdf",
        "head" | "tail" => "nc",
        "sed" => "efl",
        "sort" => "kStTo",
        "grep" | "egrep" | "fgrep" => "ABCmdDf",
        "base64" | "base32" | "fold" => "w",
        "awk" | "gawk" | "mawk" => "Fvf",
        "python" | "python3" => "cmWX",
        _ => "",
    }
}

/// What a decoder makes of its input; nothing if this is no decoder. An unknown input keeps where it came from.
fn decoded_by(name: &str, options: &Options, input: &Text) -> Option<Text> {
    let decodes = match name {
        "base64" | "base32" | "basenc" => {
            options.has('d', "decode") || options.has('D', "") || options.has('i', "ignore-garbage")
        }
        "xxd" => options.has('r', "revert"),
        "gunzip" | "zcat" | "bunzip2" | "bzcat" | "unxz" | "xzcat" | "unzstd" | "uudecode" => true,
        "gzip" | "bzip2" | "xz" | "zstd" | "lz4" => options.has('d', "decompress"),
        "openssl" => {
            options.operands.first().is_some_and(|first| first.text == "base64" || first.text == "enc")
        }
        "gpg" => options.has('d', "decrypt"),
        _ => return None,
    };
    if !decodes {
        return None;
    }
    let text = input.known().and_then(|text| match name {
        "base64" | "openssl" => decode::base64(text),
        "base32" => decode::base32(text),
        "xxd" => decode::hex(text),
        _ => None,
    });
    Some(match text {
        Some(text) => input.as_text(text),
        None => Text::from(input.origin.with(Origin::DECODED)),
    })
}
