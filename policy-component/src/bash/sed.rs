//! `sed`, as far as substitution and `y` go: what is used to take padding out of text.

use regex::Regex;

use super::text::Text;

/// Longer texts are not edited.
const LONGEST: usize = 64 << 10;

/// What the scripts make of the text; nothing where they do more than is known here.
pub(crate) fn run(scripts: Vec<Text>, text: &str, quiet: bool) -> Option<String> {
    if quiet || text.len() > LONGEST {
        return None;
    }
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    for script in scripts {
        let mut rest = script.known()?.trim();
        while !rest.is_empty() {
            rest = apply(rest, &mut lines)?.trim_start_matches([';', ' ', '\n']);
        }
    }
    Some(lines.into_iter().map(|line| line + "\n").collect())
}

/// Applies the first command of a script and returns the rest of it.
fn apply<'a>(script: &'a str, lines: &mut [String]) -> Option<&'a str> {
    let command = script.chars().next()?;
    let separator = script.chars().nth(1)?;
    let body = script.get(command.len_utf8() + separator.len_utf8()..)?;
    let (first, body) = until(body, separator)?;
    let (second, body) = until(body, separator)?;
    match command {
        's' => {
            let flags: String = body.chars().take_while(char::is_ascii_alphanumeric).collect();
            if flags.contains(|c: char| !matches!(c, 'g' | 'p')) {
                return None;
            }
            let regex = Regex::new(&translated(&first)).ok()?;
            let with = replacement(&second);
            for line in lines.iter_mut() {
                let changed = if flags.contains('g') {
                    regex.replace_all(line, with.as_str())
                } else {
                    regex.replace(line, with.as_str())
                };
                *line = changed.into_owned();
            }
            body.get(flags.len()..)
        }
        'y' => {
            let (from, to): (Vec<char>, Vec<char>) = (first.chars().collect(), second.chars().collect());
            for line in lines.iter_mut() {
                *line = line
                    .chars()
                    .map(|c| {
                        from.iter()
                            .position(|from| *from == c)
                            .and_then(|at| to.get(at).copied())
                            .unwrap_or(c)
                    })
                    .collect();
            }
            Some(body)
        }
        _ => None,
    }
}

/// The text before an unescaped separator, and what follows it.
fn until(text: &str, separator: char) -> Option<(String, &str)> {
    let mut out = String::new();
    let mut chars = text.char_indices();
    while let Some((i, c)) = chars.next() {
        if c == separator {
            return Some((out, text.get(i + c.len_utf8()..)?));
        }
        out.push(c);
        if c == '\\'
            && let Some((_, next)) = chars.next()
        {
            if next == separator {
                out.pop();
            }
            out.push(next);
        }
    }
    None
}

/// A basic expression in the notation of `regex`: there, bare brackets group and escaped ones do not.
fn translated(basic: &str) -> String {
    let mut out = String::new();
    let mut chars = basic.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some(c @ ('(' | ')' | '{' | '}' | '|' | '+' | '?')) => out.push(c),
                Some(c) => out.extend(['\\', c]),
                None => out.push_str("\\\\"),
            },
            '(' | ')' | '{' | '}' | '|' | '+' | '?' => out.extend(['\\', c]),
            c => out.push(c),
        }
    }
    out
}

/// `\1` and `&` as `regex` writes them.
fn replacement(text: &str) -> String {
    let mut out = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some(c) if c.is_ascii_digit() => out.extend(["${", c.encode_utf8(&mut [0; 4]), "}"]),
                Some('n') => out.push('\n'),
                Some(c) => out.push(c),
                None => {}
            },
            '&' => out.push_str("${0}"),
            '$' => out.push_str("$$"),
            c => out.push(c),
        }
    }
    out
}
