//! Reads a configuration file, JSON or TOML, into keys, values and lines. What the keys mean is `config`'s.

use std::path::Path;

use serde::de::{self, Deserializer as _, MapAccess, Visitor};
use serde_json::value::RawValue;
use toml::de::{DeTable, DeValue};

use super::message::Failure;

/// One key of the file.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Entry {
    /// The key.
    pub(crate) key: String,
    /// Its value.
    pub(crate) value: Value,
    /// The line of the key or of the value, counted from 1.
    pub(crate) line: usize,
}

/// A value of one of the kinds that configurations have.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    /// Text.
    Text(String),
    /// A whole number. One that 64 bits do not hold is out of every range, so the nearest one stands for it.
    Integer(i64),
    /// Yes or no.
    Boolean(bool),
    /// A list of texts.
    List(Vec<String>),
    /// Anything else, in words with an article.
    Other(String),
}

impl Value {
    /// The value in words, for a message.
    pub(crate) fn describe(&self) -> String {
        match self {
            Self::Text(text) => format!("the text `{text}`"),
            Self::Integer(number) => format!("the number {number}"),
            Self::Boolean(value) => format!("`{value}`"),
            Self::List(_) => "a list".to_owned(),
            Self::Other(words) => words.clone(),
        }
    }
}

/// Reads `text` by the extension of its file, or by its first character where that says nothing.
pub(crate) fn parse(path: &Path, text: &str) -> Result<Vec<Entry>, Failure> {
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    let json = match extension {
        "json" => true,
        "toml" => false,
        _ => text.trim_start().starts_with('{'),
    };
    if json { parse_json(path, text) } else { parse_toml(path, text) }
}

fn parse_toml(path: &Path, text: &str) -> Result<Vec<Entry>, Failure> {
    let table = DeTable::parse(text).map_err(|error| {
        let line = error.span().map_or(1, |span| line_of(text, span.start));
        Failure::new(format!("`{}`, line {line}: not valid TOML: {}", path.display(), error.message()))
    })?;
    let entries = table.into_inner().into_iter().map(|(key, value)| Entry {
        line: line_of(text, key.span().start),
        key: key.into_inner().into_owned(),
        value: toml_value(value.into_inner()),
    });
    Ok(entries.collect())
}

fn toml_value(value: DeValue<'_>) -> Value {
    match value {
        DeValue::String(text) => Value::Text(text.into_owned()),
        DeValue::Integer(number) => {
            let nearest = if number.as_str().starts_with('-') { i64::MIN } else { i64::MAX };
            Value::Integer(i64::from_str_radix(number.as_str(), number.radix()).unwrap_or(nearest))
        }
        DeValue::Boolean(value) => Value::Boolean(value),
        DeValue::Float(number) => Value::Other(format!("the number {}", number.as_str())),
        DeValue::Datetime(date) => Value::Other(format!("the date {date}")),
        DeValue::Array(values) => {
            let texts = values.into_iter().map(|value| value.into_inner().as_str().map(str::to_owned));
            texts.collect::<Option<_>>().map_or_else(|| Value::Other("a list".to_owned()), Value::List)
        }
        DeValue::Table(_) => Value::Other("a table".to_owned()),
    }
}

fn parse_json(path: &Path, text: &str) -> Result<Vec<Entry>, Failure> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let pairs = deserializer.deserialize_map(Pairs).and_then(|pairs| deserializer.end().map(|()| pairs));
    let pairs = pairs.map_err(|error| {
        let words = error.to_string();
        let words = words.split(" at line ").next().unwrap_or_default();
        Failure::new(format!("`{}`, line {}: not valid JSON: {words}", path.display(), error.line().max(1)))
    })?;
    let entries = pairs.into_iter().map(|(key, raw)| {
        // The raw value is a part of `text`: where it starts says on which line it is.
        let at = raw.get().as_ptr().addr().saturating_sub(text.as_ptr().addr());
        Entry { key, value: json_value(raw.get()), line: line_of(text, at) }
    });
    Ok(entries.collect())
}

fn json_value(raw: &str) -> Value {
    match serde_json::from_str(raw) {
        Ok(serde_json::Value::String(text)) => Value::Text(text),
        Ok(serde_json::Value::Bool(value)) => Value::Boolean(value),
        Ok(serde_json::Value::Number(_)) if !raw.contains(['.', 'e', 'E']) => {
            let nearest = if raw.starts_with('-') { i64::MIN } else { i64::MAX };
            Value::Integer(raw.parse().unwrap_or(nearest))
        }
        Ok(serde_json::Value::Number(_)) => Value::Other(format!("the number {raw}")),
        Ok(serde_json::Value::Array(values)) => {
            let texts = values.into_iter().map(|value| value.as_str().map(str::to_owned));
            texts.collect::<Option<_>>().map_or_else(|| Value::Other("a list".to_owned()), Value::List)
        }
        Ok(serde_json::Value::Object(_)) => Value::Other("an object".to_owned()),
        Ok(serde_json::Value::Null) | Err(_) => Value::Other("`null`".to_owned()),
    }
}

/// A JSON object in its own order, a key that occurs twice refused: one of the two would be silently ignored.
struct Pairs;

impl<'de> Visitor<'de> for Pairs {
    type Value = Vec<(String, &'de RawValue)>;

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut pairs: Self::Value = Vec::new();
        while let Some((key, value)) = map.next_entry::<String, &RawValue>()? {
            if pairs.iter().any(|(known, _)| *known == key) {
                return Err(de::Error::custom(format_args!("the key `{key}` occurs twice")));
            }
            pairs.push((key, value));
        }
        Ok(pairs)
    }
}

fn line_of(text: &str, at: usize) -> usize {
    text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1
}
