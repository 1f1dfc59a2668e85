//! Reads JSON. The parser stops at the first error of syntax; before it, nothing is known of the text.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;
use std::ops::Range;

use serde::Deserializer as _;
use serde::de::{MapAccess, Visitor};
use serde_json::value::RawValue;

use super::problem::{Problems, shown};
use super::tree::{Entry, Kind, Node};

/// A configuration is a table of tables of lists: what is nested deeper is not looked into, only named.
const DEEPEST: usize = 3;

/// The object that `text` is.
pub(super) fn read<'t>(text: &'t str, problems: &mut Problems<'_>) -> Node<'t> {
    match serde_json::from_str::<&RawValue>(text) {
        Ok(raw) => Reader { text, problems }.node(raw, DEEPEST),
        Err(error) => {
            let at = offset(text, error.line(), error.column());
            // The parser ends its message with the place.
            let message = error.to_string();
            let message = message.split(" at line ").next().unwrap_or_default();
            problems.at(&(at..at), format!("this is no JSON: {message}"));
            Node { span: 0..0, kind: Kind::Table(Vec::new()) }
        }
    }
}

/// Where the parser's line and column are, which counts bytes and from 1.
fn offset(text: &str, line: usize, column: usize) -> usize {
    let start: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    start + column.saturating_sub(1)
}

struct Reader<'t, 'p, 'a> {
    text: &'t str,
    problems: &'p mut Problems<'a>,
}

impl<'t> Reader<'t, '_, '_> {
    /// The value that `raw`, a part of the text, holds.
    fn node(&mut self, raw: &'t RawValue, depth: usize) -> Node<'t> {
        let written = raw.get();
        let kind = match written.bytes().next() {
            Some(b'"') => Kind::Text(self.string(written)),
            Some(b'[') => Kind::List(match depth.checked_sub(1) {
                Some(depth) => items(written).into_iter().map(|item| self.node(item, depth)).collect(),
                None => Vec::new(),
            }),
            Some(b'{') => Kind::Table(match depth.checked_sub(1) {
                Some(depth) => self.entries(written, depth),
                None => Vec::new(),
            }),
            Some(b't' | b'f') => Kind::Other("a truth value"),
            Some(b'n') => Kind::Other("null"),
            _ => Kind::Other("a number"),
        };
        Node { span: self.span(written), kind }
    }

    fn entries(&mut self, written: &'t str, depth: usize) -> Vec<Entry<'t>> {
        let mut entries = Vec::new();
        let mut known = HashSet::new();
        for (key, value) in pairs(written) {
            let key_span = self.span(key.get());
            let key = self.string(key.get());
            if !known.insert(key.clone()) {
                self.problems.at(&key_span, format!("the key {} is given twice", shown(&key)));
                continue;
            }
            let value = self.node(value, depth);
            entries.push(Entry { key, key_span, value });
        }
        entries
    }

    /// The string that is written here. One with half a surrogate pair in it is none.
    fn string(&mut self, written: &'t str) -> Cow<'t, str> {
        let inside = written.get(1..written.len().saturating_sub(1)).unwrap_or_default();
        if !inside.contains('\\') {
            return Cow::Borrowed(inside);
        }
        Cow::Owned(serde_json::from_str(written).unwrap_or_else(|_| {
            self.problems
                .at(&self.span(written), "this is no JSON: the string is no Unicode text".to_owned());
            String::new()
        }))
    }

    /// Where a part of the text stands in it: the parser lends parts of what it was given.
    fn span(&self, part: &str) -> Range<usize> {
        let start = part.as_ptr().addr().saturating_sub(self.text.as_ptr().addr());
        start..start + part.len()
    }
}

/// The elements of a list, which was parsed before and so has no errors.
fn items(written: &str) -> Vec<&RawValue> {
    serde_json::from_str(written).unwrap_or_default()
}

/// The keys and values of an object, in order.
fn pairs(written: &str) -> Vec<(&RawValue, &RawValue)> {
    serde_json::Deserializer::from_str(written).deserialize_map(Pairs).unwrap_or_default()
}

struct Pairs;

impl<'de> Visitor<'de> for Pairs {
    type Value = Vec<(&'de RawValue, &'de RawValue)>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut pairs = Vec::new();
        while let Some(pair) = map.next_entry()? {
            pairs.push(pair);
        }
        Ok(pairs)
    }
}
