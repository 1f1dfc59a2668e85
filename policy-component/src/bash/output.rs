//! What programs print, for those that put text together: `echo`, `printf`, `cat`, `rev`, `tr`, `base64`.
//!
//! A program that is not known here prints something unknown that comes from where its input came from.

use super::decode;
use super::glob;
use super::options::Options;
use super::paths;
use super::shell::Shell;
use super::text::{Origin, Text, UNKNOWN, join};

impl Shell {
    pub(crate) fn output(&mut self, name: &str, args: &[Text]) -> Text {
        let printed = match name {
            "echo" => echo(args),
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
            "seq" => seq(args),
            "yes" => args.first().map_or_else(Text::unknown, |arg| arg.as_text(format!("{}\n", arg.text))),
            _ if self.is_remote(name, args) => Text::from(Origin::REMOTE),
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
            Some((format, values)) if format.is_known() => format_all(&format.text, values, format.origin),
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
                    Some((array, key)) => {
                        self.variables.set_element(array, key.trim_end_matches(']'), printed)
                    }
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
            "tac" => Some(text.lines().rev().map(|line| format!("{line}\n")).collect()),
            "sort" | "uniq" | "more" | "less" | "dd" | "strings" | "iconv" | "nl" | "column" | "paste" => {
                None
            }
            "tr" => second_or(&options, &program, second.as_ref(), text),
            "base64" => Some(decode::to_base64(text) + "\n"),
            "sed" => super::sed::run(
                if scripts.is_empty() { vec![program] } else { scripts },
                text,
                options.has('n', "quiet"),
            ),
            "head" | "tail" => lines_of(name, args, text),
            "cut" => cut(&options, text),
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
        "fold" => "w",
        "sed" => "efl",
        "sort" => "kStTo",
        "grep" | "egrep" | "fgrep" => "ABCmdDf",
        "base64" | "base32" => "w",
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

fn echo(args: &[Text]) -> Text {
    let mut rest = args;
    let (mut newline, mut escapes) = (true, false);
    while let [first, tail @ ..] = rest {
        let flags = first.text.strip_prefix('-').filter(|flags| !flags.is_empty());
        let Some(flags) = flags.filter(|flags| flags.chars().all(|c| "neE".contains(c))) else { break };
        newline &= !flags.contains('n');
        escapes |= flags.contains('e');
        rest = tail;
    }
    let mut text = join(rest, " ");
    if escapes {
        text.text = decode::backslashes(&text.text, false).0;
    }
    if newline {
        text.push_str("\n");
    }
    text
}

fn format_all(format: &str, values: &[Text], origin: Origin) -> Text {
    let mut printed = Text { text: String::new(), origin };
    let mut values = values.iter();
    for _ in 0..2048 {
        let before = values.len();
        format_once(format, &mut values, &mut printed);
        if values.len() == 0 || values.len() == before {
            break;
        }
    }
    printed
}

fn format_once(format: &str, values: &mut std::slice::Iter<'_, Text>, printed: &mut Text) {
    let mut literal = String::new();
    let mut chars = format.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '%' {
            literal.push(c);
            continue;
        }
        if chars.peek() == Some(&'%') {
            chars.next();
            literal.push('%');
            continue;
        }
        printed.push_str(&decode::backslashes(&std::mem::take(&mut literal), true).0);
        let mut precision: Option<String> = None;
        let conversion = loop {
            match chars.next() {
                Some('.') => precision = Some(String::new()),
                Some(c) if c.is_ascii_digit() || "-+ #'".contains(c) => {
                    if let Some(precision) = &mut precision {
                        precision.push(c);
                    }
                }
                Some('*') => {
                    values.next();
                }
                other => break other,
            }
        };
        let value = values.next().cloned().unwrap_or_default();
        match conversion {
            Some('s') => match precision.as_deref().map(|p| p.parse::<usize>().unwrap_or(0)) {
                Some(most) => printed.push(&value.as_text(value.text.chars().take(most).collect::<String>())),
                None => printed.push(&value),
            },
            Some('b') => printed.push(&value.as_text(decode::backslashes(&value.text, false).0)),
            Some('q') => printed.push(&value),
            Some('c') => printed.push(&value.as_text(value.text.chars().take(1).collect::<String>())),
            Some(kind @ ('d' | 'i' | 'u' | 'x' | 'X' | 'o')) => match number(&value.text) {
                Some(number) => {
                    let width =
                        precision.as_deref().and_then(|p| p.parse::<usize>().ok()).unwrap_or_default();
                    let width = if kind == 'o' && width == 0 { 3 } else { width };
                    let digits = match kind {
                        'x' => format!("{number:x}"),
                        'X' => format!("{number:X}"),
                        'o' => format!("{number:o}"),
                        _ => number.to_string(),
                    };
                    printed.push_str(&format!("{digits:0>width$}"));
                }
                None => printed.push(&Text::from(value.origin)),
            },
            _ => printed.push(&Text::from(value.origin)),
        }
    }
    printed.push_str(&decode::backslashes(&literal, true).0);
}

/// A number, or the code of the character after a quote: `'a`.
fn number(text: &str) -> Option<i64> {
    if let Some(rest) = text.strip_prefix(['\'', '"']) {
        return rest.chars().next().map(|c| i64::from(u32::from(c)));
    }
    if text.is_empty() {
        return Some(0);
    }
    match text.strip_prefix("0x") {
        Some(hex) => i64::from_str_radix(hex, 16).ok(),
        None => text.trim().parse().ok(),
    }
}

fn seq(args: &[Text]) -> Text {
    let numbers: Option<Vec<i64>> = args.iter().map(|arg| arg.known().and_then(|n| n.parse().ok())).collect();
    let (from, step, to) = match numbers.as_deref() {
        Some([to]) => (1, 1, *to),
        Some([from, to]) => (*from, 1, *to),
        Some([from, step, to]) if *step > 0 => (*from, *step, *to),
        _ => return Text::unknown(),
    };
    let mut text = String::new();
    let mut value = from;
    for _ in 0..300 {
        if value > to {
            break;
        }
        text.push_str(&value.to_string());
        text.push('\n');
        value = value.saturating_add(step);
    }
    Text::new(text)
}

fn second_or(options: &Options, first: &Text, second: Option<&Text>, text: &str) -> Option<String> {
    let from = char_set(first.known()?);
    if options.has('d', "delete") {
        let complement = options.has('c', "complement") || options.has('C', "");
        return Some(text.chars().filter(|c| from.contains(c) == complement).collect());
    }
    let to = char_set(second?.known()?);
    let last = *to.last()?;
    Some(
        text.chars()
            .map(|c| match from.iter().position(|from| *from == c) {
                Some(at) => to.get(at).copied().unwrap_or(last),
                None => c,
            })
            .collect(),
    )
}

/// A set of `tr`: characters, ranges, escapes, classes.
fn char_set(text: &str) -> Vec<char> {
    let mut set = Vec::new();
    let (decoded, _) = decode::backslashes(text, true);
    let text = decoded.replace("[:upper:]", "A-Z").replace("[:lower:]", "a-z").replace("[:digit:]", "0-9");
    let text =
        text.replace("[:alpha:]", "A-Za-z").replace("[:space:]", " \t\n").replace("[:alnum:]", "A-Za-z0-9");
    let chars: Vec<char> = text.chars().collect();
    let mut i = 0;
    while let Some(low) = chars.get(i) {
        match (chars.get(i + 1), chars.get(i + 2)) {
            (Some('-'), Some(high)) if low <= high && u32::from(*high) - u32::from(*low) < 256 => {
                set.extend(*low..=*high);
                i += 3;
            }
            _ => {
                set.push(*low);
                i += 1;
            }
        }
    }
    set
}

fn lines_of(name: &str, args: &[Text], text: &str) -> Option<String> {
    let mut count = 10_usize;
    let mut bytes = None;
    let mut words = args.iter().map(|arg| arg.text.as_str());
    while let Some(word) = words.next() {
        if let Some(value) = word.strip_prefix("-n") {
            let value = if value.is_empty() { words.next()? } else { value };
            count = value.parse().ok()?;
        } else if let Some(value) = word.strip_prefix("-c") {
            let value = if value.is_empty() { words.next()? } else { value };
            bytes = Some(value.parse::<usize>().ok()?);
        } else if let Some(value) = word.strip_prefix('-') {
            count = value.parse().ok()?;
        }
    }
    let total = text.lines().count();
    Some(match (name, bytes) {
        ("head", Some(bytes)) => text.get(..bytes.min(text.len()))?.to_owned(),
        (_, Some(bytes)) => text.get(text.len().saturating_sub(bytes)..)?.to_owned(),
        ("head", None) => text.lines().take(count).map(|line| format!("{line}\n")).collect(),
        (_, None) => text.lines().skip(total.saturating_sub(count)).map(|line| format!("{line}\n")).collect(),
    })
}

fn cut(options: &Options, text: &str) -> Option<String> {
    let by_chars = options.value('c', "characters").or_else(|| options.value('b', "bytes"));
    let ranges = by_chars.clone().or_else(|| options.value('f', "fields"))?;
    let delimiter = options.value('d', "delimiter").map_or_else(|| "\t".to_owned(), |text| text.text);
    let wanted = |at: usize| {
        ranges.text.split(',').any(|range| match range.split_once('-') {
            Some((low, high)) => at >= low.parse().unwrap_or(1) && at <= high.parse().unwrap_or(usize::MAX),
            None => range.parse() == Ok(at),
        })
    };
    let mut out = String::new();
    for line in text.lines() {
        if by_chars.is_some() {
            out.extend(line.chars().enumerate().filter(|(i, _)| wanted(i + 1)).map(|(_, c)| c));
        } else {
            let fields = line.split(delimiter.as_str()).enumerate().filter(|(i, _)| wanted(i + 1));
            out.push_str(&fields.map(|(_, field)| field).collect::<Vec<_>>().join(&delimiter));
        }
        out.push('\n');
    }
    Some(out)
}
