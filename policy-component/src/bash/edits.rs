//! `tr`, `cut`, `head` and `tail` on known text.

use super::decode;
use super::options::Options;
use super::text::Text;

/// `tr`: one set of characters into another, or none of it.
pub(crate) fn translate(
    options: &Options,
    first: &Text,
    second: Option<&Text>,
    text: &str,
) -> Option<String> {
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

/// `head` and `tail`.
pub(crate) fn ends(name: &str, args: &[Text], text: &str) -> Option<String> {
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
        ("head", None) => text.lines().take(count).flat_map(|line| [line, "\n"]).collect(),
        (_, None) => text.lines().skip(total.saturating_sub(count)).flat_map(|line| [line, "\n"]).collect(),
    })
}

pub(crate) fn cut(options: &Options, text: &str) -> Option<String> {
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
