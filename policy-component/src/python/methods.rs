//! Calls methods of constants: strings, bytes, sequences, mappings and `pathlib` paths.

use super::decode;
use super::fold;
use super::format;
use super::value::Value;

/// Calls `value.method(*args)`; unknown where the method is not followed.
pub(super) fn call(value: &Value, method: &str, args: &[Value], named: &[(&str, Value)]) -> Value {
    match value {
        Value::Text(text) => text_method(text, method, args, named),
        Value::Bytes(bytes) => bytes_method(bytes, method, args),
        Value::Int(number) => int_method(*number, method, args),
        Value::Sequence(values) => sequence_method(value, values, method, args),
        Value::Mapping(items) => mapping_method(items, method, args),
        Value::Path(path) => path_method(path, method, args),
        _ => Value::Unknown,
    }
}

fn text_method(text: &str, method: &str, args: &[Value], named: &[(&str, Value)]) -> Value {
    let known = |index: usize| args.get(index).and_then(Value::known_text);
    match (method, args) {
        ("format", _) => format::braces(text, args, named),
        ("join", [parts]) => parts.each(|parts| match parts.elements() {
            Some(parts) => fold::join(text, &parts),
            None => Value::Unknown,
        }),
        ("encode", _) => decode::encoded(text, known(0)),
        ("lower" | "casefold", _) => Value::text(&text.to_lowercase()),
        ("upper", _) => Value::text(&text.to_uppercase()),
        ("swapcase", _) => Value::text(&text.chars().map(swapped).collect::<String>()),
        ("title" | "capitalize", _) => {
            let mut letters = text.chars();
            let first = letters.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
            Value::text(&(first + &letters.as_str().to_lowercase()))
        }
        ("strip", _) => Value::text(stripped(text, known(0), true, true)),
        ("lstrip", _) => Value::text(stripped(text, known(0), true, false)),
        ("rstrip", _) => Value::text(stripped(text, known(0), false, true)),
        ("replace", [Value::Text(old), Value::Text(new), ..]) => replaced(text, old, new),
        ("removeprefix", [Value::Text(prefix)]) => {
            Value::text(text.strip_prefix(prefix.as_ref()).unwrap_or(text))
        }
        ("removesuffix", [Value::Text(suffix)]) => {
            Value::text(text.strip_suffix(suffix.as_ref()).unwrap_or(text))
        }
        ("split" | "rsplit", []) => parts(text.split_whitespace()),
        ("split" | "rsplit", [Value::Text(separator), ..]) if !separator.is_empty() => {
            parts(text.split(separator.as_ref()))
        }
        ("splitlines", _) => parts(text.lines()),
        ("partition", [Value::Text(separator)]) => match text.split_once(separator.as_ref()) {
            Some((before, after)) => parts([before, separator, after].into_iter()),
            None => parts([text, "", ""].into_iter()),
        },
        ("translate", [Value::Mapping(table)]) => translated(text, table),
        ("maketrans", [Value::Text(from), Value::Text(to)]) => {
            let code = |c: char| Value::Int(i64::from(u32::from(c)));
            Value::Mapping(from.chars().zip(to.chars()).map(|(from, to)| (code(from), code(to))).collect())
        }
        ("__add__", [Value::Text(other)]) => fold::join("", &[Value::text(text), Value::text(other)]),
        ("__str__" | "__format__" | "expandtabs", _) => Value::text(text),
        ("__getitem__", [Value::Int(index)]) => Value::text(text).item(*index),
        _ => Value::Unknown,
    }
}

fn parts<'s>(parts: impl Iterator<Item = &'s str>) -> Value {
    Value::sequence(parts.take(256).map(Value::text).collect())
}

fn swapped(c: char) -> char {
    if c.is_ascii_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() }
}

fn stripped<'s>(text: &'s str, characters: Option<&str>, start: bool, end: bool) -> &'s str {
    let matches = |c: char| characters.map_or(c.is_whitespace(), |characters| characters.contains(c));
    let text = if start { text.trim_start_matches(matches) } else { text };
    if end { text.trim_end_matches(matches) } else { text }
}

/// Replaces, unless the result could be much longer than the text.
fn replaced(text: &str, old: &str, new: &str) -> Value {
    if new.len() > old.len().max(1) * 64 { Value::Unknown } else { Value::text(&text.replace(old, new)) }
}

fn translated(text: &str, table: &[(Value, Value)]) -> Value {
    if table.len() > 256 || text.len() > 1024 {
        return Value::Unknown;
    }
    let translate = |c: char| {
        let code = Value::Int(i64::from(u32::from(c)));
        match table.iter().find(|(from, _)| *from == code) {
            Some((_, Value::Int(to))) => u32::try_from(*to).ok().and_then(char::from_u32).map(String::from),
            Some((_, Value::Text(to))) => Some(to.to_string()),
            Some(_) => None,
            None => Some(c.to_string()),
        }
    };
    Value::text(&text.chars().filter_map(translate).collect::<String>())
}

/// Decodes bytes as text: `bytes.decode(encoding)`.
pub(super) fn decoded(value: &Value, encoding: Option<&Value>) -> Value {
    match value {
        Value::Bytes(bytes) => decode::text_of(bytes, encoding.and_then(Value::known_text)),
        _ => Value::Unknown,
    }
}

fn bytes_method(bytes: &[u8], method: &str, args: &[Value]) -> Value {
    match method {
        "decode" => decode::text_of(bytes, args.first().and_then(Value::known_text)),
        "hex" => {
            let digit = |value: u8| char::from_digit(u32::from(value), 16);
            let digits = bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]);
            Value::text(&digits.flatten().collect::<String>())
        }
        _ => {
            // The methods that bytes share with strings, where both read the same.
            let Ok(text) = std::str::from_utf8(bytes) else { return Value::Unknown };
            let as_text: Vec<Value> = args.iter().map(as_text).collect();
            if let Value::Text(result) = text_method(text, method, &as_text, &[]) {
                Value::bytes(result.as_bytes())
            } else {
                Value::Unknown
            }
        }
    }
}

fn as_text(value: &Value) -> Value {
    match value {
        Value::Bytes(bytes) => std::str::from_utf8(bytes).map_or(Value::Unknown, Value::text),
        Value::Sequence(values) => Value::sequence(values.iter().map(as_text).collect()),
        other => other.clone(),
    }
}

fn int_method(number: i64, method: &str, args: &[Value]) -> Value {
    let ("to_bytes", Some(Value::Int(length))) = (method, args.first()) else { return Value::Unknown };
    let Some(length) = usize::try_from(*length).ok().filter(|length| *length <= 8) else {
        return Value::Unknown;
    };
    let bytes = number.to_be_bytes();
    let mut bytes = bytes.get(bytes.len() - length..).unwrap_or_default().to_vec();
    if args.get(1).and_then(Value::known_text) == Some("little") {
        bytes.reverse();
    }
    Value::bytes(&bytes)
}

fn sequence_method(value: &Value, values: &[Value], method: &str, args: &[Value]) -> Value {
    match (method, args) {
        ("pop", []) => values.last().cloned().unwrap_or(Value::Unknown),
        ("pop" | "__getitem__", [Value::Int(index)]) => value.item(*index),
        ("copy" | "__iter__", _) => value.clone(),
        ("__next__", _) => value.element(),
        _ => Value::Unknown,
    }
}

fn mapping_method(items: &[(Value, Value)], method: &str, args: &[Value]) -> Value {
    match (method, args) {
        ("get" | "pop" | "__getitem__" | "setdefault", [key, ..]) => mapped(items, key),
        ("values", _) => Value::sequence(items.iter().map(|(_, value)| value.clone()).collect()),
        ("keys", _) => Value::sequence(items.iter().map(|(key, _)| key.clone()).collect()),
        ("items", _) => Value::sequence(
            items.iter().map(|(key, value)| Value::sequence(vec![key.clone(), value.clone()])).collect(),
        ),
        _ => Value::Unknown,
    }
}

/// `mapping[key]`: any of the values where the key is not known.
pub(super) fn mapped(items: &[(Value, Value)], key: &Value) -> Value {
    if items.len() > 256 {
        return Value::Unknown;
    }
    let matching = items.iter().filter(|(known, _)| *key == Value::Unknown || known == key);
    Value::one_of(matching.map(|(_, value)| value.clone()).collect())
}

fn path_method(path: &str, method: &str, args: &[Value]) -> Value {
    let this = Value::Path(path.into());
    match method {
        "joinpath" | "__truediv__" => fold::joined_path(&[&[this], args].concat()),
        "resolve" | "absolute" | "expanduser" | "as_posix" | "__str__" | "__fspath__" | "as_uri" => this,
        "with_name" => fold::joined_path(&[&[parent(path)], args].concat()),
        "glob" | "rglob" | "iterdir" => Value::sequence(vec![fold::joined_path(&[&[this], args].concat())]),
        _ => Value::Unknown,
    }
}

/// The directory that a path is in.
pub(super) fn parent(path: &str) -> Value {
    let trimmed = path.trim_end_matches('/');
    match trimmed.rsplit_once('/') {
        Some(("", _)) => Value::Path("/".into()),
        Some((parent, _)) => Value::Path(parent.into()),
        None => Value::Path(format!("{trimmed}/..").into()),
    }
}
