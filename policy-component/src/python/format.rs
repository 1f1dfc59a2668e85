//! Formats strings: `%`, `str.format` and f-strings, as far as their parts are known.

use std::fmt::Write as _;

use super::fold::displayed;
use super::paths::UNKNOWN;
use super::value::Value;

/// Formats are read this far; a longer one is text, not a path.
const LONGEST_FORMAT: usize = 8192;

/// `left % right`.
pub(super) fn percent(left: &Value, right: &Value) -> Value {
    let (format, is_bytes) = match left {
        Value::Text(text) => (text.to_string(), false),
        Value::Bytes(bytes) => (String::from_utf8_lossy(bytes).into_owned(), true),
        _ => return Value::Unknown,
    };
    if format.len() > LONGEST_FORMAT {
        return Value::Unknown;
    }
    let mut positional = match right {
        Value::Sequence(values) => values.to_vec(),
        value => vec![value.clone()],
    }
    .into_iter();
    let mut out = String::new();
    let mut rest = format.as_str();
    while let Some((before, after)) = rest.split_once('%') {
        out.push_str(before);
        let (name, after) = match after.strip_prefix('(').and_then(|after| after.split_once(')')) {
            Some((name, after)) => (Some(name), after),
            None => (None, after),
        };
        let after = after.trim_start_matches(|c: char| {
            c.is_ascii_digit() || matches!(c, '-' | '+' | ' ' | '#' | '.' | '*')
        });
        let mut letters = after.chars();
        let conversion = letters.next();
        rest = letters.as_str();
        if conversion == Some('%') {
            out.push('%');
            continue;
        }
        let value = match (name, right) {
            (Some(name), Value::Mapping(items)) => super::methods::mapped(items, &Value::text(name)),
            _ => positional.next().unwrap_or(Value::Unknown),
        };
        push(&mut out, &value, if conversion == Some('c') { "c" } else { "" });
    }
    out.push_str(rest);
    if is_bytes { Value::bytes(out.as_bytes()) } else { Value::text(&out) }
}

/// Appends a value as a format specification wants it, or [`UNKNOWN`].
pub(super) fn push(out: &mut String, value: &Value, specification: &str) {
    match (value, specification) {
        (Value::Int(code), "c") => match u32::try_from(*code).ok().and_then(char::from_u32) {
            Some(c) => out.push(c),
            None => out.push(UNKNOWN),
        },
        (Value::Int(number), "x") => drop(write!(out, "{number:x}")),
        (Value::Bytes(bytes), _) => out.push_str(&String::from_utf8_lossy(bytes)),
        (value, specification) => match displayed(value) {
            Some(text)
                if specification
                    .trim_start_matches(['<', '>', '^'])
                    .trim_end_matches(['s', 'd'])
                    .is_empty() =>
            {
                out.push_str(&text);
            }
            _ => out.push(UNKNOWN),
        },
    }
}

/// A replacement field of `str.format`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Field<'s> {
    /// The argument: a number, a name, or nothing.
    pub(super) argument: &'s str,
    /// What is taken from it: attributes, and subscripts in brackets.
    pub(super) path: Vec<&'s str>,
    pub(super) specification: &'s str,
}

/// A part of a format string.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Part<'s> {
    Text(&'s str),
    Field(Field<'s>),
}

/// The parts of a format string, as `str.format` reads it.
pub(super) fn parsed(text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}']) {
        let (before, from) = rest.split_at(at);
        parts.push(Part::Text(before));
        if let Some(after) = from.strip_prefix("{{").or_else(|| from.strip_prefix("}}")) {
            parts.push(Part::Text(from.get(..1).unwrap_or_default()));
            rest = after;
        } else if let Some(after) = from.strip_prefix('}') {
            rest = after;
        } else {
            let end = closing(from);
            parts.push(Part::Field(field(from.get(1..end).unwrap_or_default())));
            rest = from.get(end + 1..).unwrap_or_default();
        }
    }
    parts.push(Part::Text(rest));
    parts
}

/// Where the field that opens at the start of `text` closes; nested fields close inside.
fn closing(text: &str) -> usize {
    let mut open = 0_usize;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' => open += 1,
            b'}' if open <= 1 => return at,
            b'}' => open -= 1,
            _ => {}
        }
    }
    text.len()
}

fn field(text: &str) -> Field<'_> {
    let (text, specification) = text.split_once(':').unwrap_or((text, ""));
    let text = text.split_once('!').map_or(text, |(text, _)| text);
    let mut names = text.split(['.', '[']);
    let argument = names.next().unwrap_or_default();
    Field { argument, path: names.map(|name| name.trim_end_matches(']')).collect(), specification }
}

/// The argument that a field names; `automatic` counts the fields without a name.
pub(super) fn argument(
    field: &Field<'_>,
    automatic: &mut usize,
    args: &[Value],
    named: &[(&str, Value)],
) -> Value {
    let index = if field.argument.is_empty() {
        *automatic += 1;
        Some(*automatic - 1)
    } else {
        field.argument.parse().ok()
    };
    let value = match index {
        Some(index) => args.get(index),
        None => named.iter().find(|(name, _)| *name == field.argument).map(|(_, value)| value),
    };
    value.cloned().unwrap_or(Value::Unknown)
}

/// `text.format(*args, **named)`.
pub(super) fn braces(text: &str, args: &[Value], named: &[(&str, Value)]) -> Value {
    if text.len() > LONGEST_FORMAT {
        return Value::Unknown;
    }
    let mut out = String::new();
    let mut automatic = 0;
    for part in parsed(text) {
        match part {
            Part::Text(text) => out.push_str(text),
            Part::Field(field) => {
                let mut value = argument(&field, &mut automatic, args, named);
                for name in &field.path {
                    value = match name.parse() {
                        Ok(index) => value.item(index),
                        Err(_) => Value::Unknown,
                    };
                }
                push(&mut out, &value, field.specification);
            }
        }
    }
    Value::text(&out)
}
