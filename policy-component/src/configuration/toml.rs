//! Reads TOML. What cannot be read is a problem, and the rest is read all the same.

use std::borrow::Cow;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::problem::Problems;
use super::tree::{Entry, Kind, Node};

/// The table that `text` is, as far as it can be read.
pub(super) fn read<'t>(text: &'t str, problems: &mut Problems<'_>) -> Node<'t> {
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        let span = error.span().unwrap_or(text.len()..text.len());
        // The parser's message can be of several lines, the first of which says what is wrong.
        let message = error.message().lines().next().unwrap_or_default();
        problems.at(&span, format!("this is no TOML: {message}"));
    }
    Node { span: 0..text.len(), kind: Kind::Table(entries(table.get_ref())) }
}

fn entries<'t>(table: &DeTable<'t>) -> Vec<Entry<'t>> {
    let entry = |(key, value): (&Spanned<Cow<'t, str>>, &Spanned<DeValue<'t>>)| Entry {
        key: key.get_ref().clone(),
        key_span: key.span(),
        value: node(value),
    };
    let mut entries: Vec<Entry<'t>> = table.iter().map(entry).collect();
    entries.sort_by_key(|entry| entry.key_span.start);
    entries
}

fn node<'t>(value: &Spanned<DeValue<'t>>) -> Node<'t> {
    let kind = match value.get_ref() {
        DeValue::String(text) => Kind::Text(text.clone()),
        DeValue::Array(values) => Kind::List(values.iter().map(node).collect()),
        DeValue::Table(table) => Kind::Table(entries(table)),
        DeValue::Integer(_) | DeValue::Float(_) => Kind::Other("a number"),
        DeValue::Boolean(_) => Kind::Other("a truth value"),
        DeValue::Datetime(_) => Kind::Other("a date"),
    };
    Node { span: value.span(), kind }
}
