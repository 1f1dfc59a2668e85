//! `$name` and `${…}`.

use super::glob;
use super::shell::Shell;
use super::syntax::{Anchor, Change, Letters, Parameter, Word};
use super::text::{Text, UNKNOWN, join};
use super::variables::Variable;

/// Longer texts are not searched for patterns: matching is quadratic.
const LONGEST_SEARCHED: usize = 4096;

impl Shell {
    /// The values of an expansion, and whether each is a field of its own (`$@`, `${a[@]}`).
    pub(crate) fn parameter(&mut self, parameter: &Parameter) -> (Vec<Text>, bool) {
        self.count_padding(parameter);
        if matches!(parameter.change, Change::Names) {
            return (vec![Text::unknown()], false);
        }
        let (mut values, separate) = match (&parameter.index, parameter.indirect) {
            (Some(index), indirect) => self.indexed(&parameter.name, index, indirect),
            (None, false) => self.plain(&parameter.name),
            (None, true) => self.indirect(&parameter.name),
        };
        if parameter.length {
            let length = if separate || matches!(parameter.name.as_str(), "@" | "*") {
                Some(values.iter().flatten().count())
            } else {
                let value = values.first().cloned().flatten().unwrap_or_default();
                value.known().map(|text| text.chars().count())
            };
            return (vec![length.map_or_else(Text::unknown, |length| Text::new(length.to_string()))], false);
        }
        let empty = values.iter().flatten().all(|value| value.text.is_empty());
        match &parameter.change {
            Change::None | Change::Demand | Change::Names => {}
            Change::Default { word, assign } => {
                let default = self.text(word);
                if empty {
                    if *assign {
                        self.set(&parameter.name, default.clone());
                    }
                    return (vec![default], false);
                }
                // A value that may be empty may be the default.
                if values.iter().flatten().all(|value| value.text == UNKNOWN.to_string())
                    && !default.is_known()
                {
                    return (vec![default], false);
                }
            }
            Change::Alternative(word) => {
                let alternative = self.text(word);
                return (if empty { Vec::new() } else { vec![alternative] }, false);
            }
            Change::Substring { offset, length } => {
                return (
                    self.substring(values, &parameter.name, separate, offset, length.as_ref()),
                    separate,
                );
            }
            Change::Strip { .. } | Change::Replace { .. } | Change::Case { .. } | Change::Transform(_) => {
                for value in values.iter_mut().flatten() {
                    let taken = std::mem::take(value);
                    *value = self.changed(taken, &parameter.change);
                }
            }
        }
        (values.into_iter().flatten().collect(), separate)
    }

    /// `${*//x}` at the top of a program can only be empty: padding that makes a name hard to read.
    fn count_padding(&mut self, parameter: &Parameter) {
        let all = matches!(parameter.name.as_str(), "@" | "*");
        let none = self.positional.as_ref().is_some_and(Vec::is_empty) && !self.in_function;
        let changed = parameter.indirect
            || matches!(
                parameter.change,
                Change::Strip { .. } | Change::Replace { .. } | Change::Case { .. } | Change::Transform(_)
            );
        if all && none && changed && !parameter.length {
            self.paddings += 1;
        }
    }

    /// What `$name` reads; `None` inside where it is unset.
    fn plain(&mut self, name: &str) -> (Vec<Option<Text>>, bool) {
        match name {
            "@" | "*" => match &self.positional {
                Some(values) => (values.iter().cloned().map(Some).collect(), name == "@"),
                None => (vec![Some(Text::unknown())], name == "@"),
            },
            "#" => {
                let count = self.positional.as_ref().map(Vec::len);
                (vec![Some(count.map_or_else(Text::unknown, |count| Text::new(count.to_string())))], false)
            }
            "0" => (vec![Some(self.zero.clone())], false),
            "?" | "$" | "!" | "-" | "_" => (vec![Some(Text::unknown())], false),
            _ => match name.parse::<usize>() {
                Ok(number) => {
                    let value = match &self.positional {
                        Some(values) => values.get(number - 1).cloned(),
                        None => Some(Text::unknown()),
                    };
                    (vec![value], false)
                }
                Err(_) => (vec![self.scalar(name)], false),
            },
        }
    }

    fn indirect(&mut self, name: &str) -> (Vec<Option<Text>>, bool) {
        let (values, _) = self.plain(name);
        let target = values.into_iter().flatten().next().unwrap_or_default();
        match target.known() {
            Some("") => (Vec::new(), false),
            Some(target) => match target.split_once('[') {
                Some((array, "@]" | "*]")) => (self.elements(array), true),
                Some((array, key)) => {
                    let key = key.trim_end_matches(']').to_owned();
                    (vec![self.element(array, &key)], false)
                }
                None => self.plain(target),
            },
            None => (vec![Some(target)], false),
        }
    }

    fn indexed(&mut self, name: &str, index: &Word, keys: bool) -> (Vec<Option<Text>>, bool) {
        let key = self.text(index);
        match key.known() {
            Some("@" | "*") if keys => {
                let keys = match self.variables.get(name) {
                    Some(Variable::List(elements)) => {
                        elements.iter().map(|(key, _)| Some(Text::new(key.as_str()))).collect()
                    }
                    Some(Variable::Scalar(_)) => vec![Some(Text::new("0"))],
                    None => Vec::new(),
                };
                (keys, true)
            }
            Some(all @ ("@" | "*")) => (self.elements(name), all == "@"),
            Some(key) => (vec![self.element(name, key)], false),
            None => (vec![Some(Text::unknown())], false),
        }
    }

    fn elements(&self, name: &str) -> Vec<Option<Text>> {
        match self.variables.get(name) {
            Some(Variable::List(elements)) => elements.iter().map(|(_, text)| Some(text.clone())).collect(),
            Some(Variable::Scalar(text)) => vec![Some(text.clone())],
            None => self.scalar(name).into_iter().map(Some).collect(),
        }
    }

    /// The element under a key, which is a string or arithmetic.
    pub(crate) fn element(&mut self, name: &str, key: &str) -> Option<Text> {
        match self.variables.get(name) {
            Some(Variable::List(elements)) => {
                if let Some((_, text)) = elements.iter().find(|(at, _)| at == key) {
                    return Some(text.clone());
                }
                let last = elements.len();
                let index = self.arithmetic_text(key)?;
                let index = if index < 0 { i64::try_from(last).ok()? + index } else { index }.to_string();
                match self.variables.get(name) {
                    Some(Variable::List(elements)) => {
                        elements.iter().find(|(at, _)| *at == index).map(|(_, text)| text.clone())
                    }
                    _ => None,
                }
            }
            Some(Variable::Scalar(text)) => {
                let text = text.clone();
                (self.arithmetic_text(key) == Some(0)).then_some(text)
            }
            None => self.scalar(name),
        }
    }

    fn substring(
        &mut self,
        values: Vec<Option<Text>>,
        name: &str,
        separate: bool,
        offset: &Word,
        length: Option<&Word>,
    ) -> Vec<Text> {
        let offset = self.arithmetic(offset);
        let length = length.map(|length| self.arithmetic(length));
        let unknown = || Shell::unknown_like(&values.iter().flatten().cloned().collect::<Vec<_>>());
        let (Some(offset), false) = (offset, length == Some(None)) else { return vec![unknown()] };
        let length = length.flatten();
        if separate || name == "*" {
            let mut all: Vec<Text> = values.into_iter().flatten().collect();
            if matches!(name, "@" | "*") {
                all.insert(0, Text::new("bash"));
            }
            let (from, to) = range(all.len(), offset, length);
            return all.get(from..to).unwrap_or_default().to_vec();
        }
        let value = values.into_iter().flatten().next().unwrap_or_default();
        let Some(text) = value.known() else { return vec![Text::from(value.origin)] };
        if text.len() > 256 {
            self.spend(text.len());
        }
        let (from, to) = range(text.chars().count(), offset, length);
        vec![value.as_text(text.chars().skip(from).take(to - from).collect::<String>())]
    }

    fn changed(&mut self, value: Text, change: &Change) -> Text {
        let Some(text) = value.known().map(str::to_owned) else { return Text::from(value.origin) };
        match change {
            Change::Case { to, all } => value.as_text(recased(&text, *to, *all)),
            Change::Transform(letter) => match letter {
                'U' => value.as_text(text.to_uppercase()),
                'L' => value.as_text(text.to_lowercase()),
                'u' => value.as_text(recased(&text, Letters::Upper, false)),
                'Q' => value.as_text(format!("'{}'", text.replace('\'', "'\\''"))),
                'E' => value.as_text(super::decode::backslashes(&text, true).0),
                'P' => self.read_expansions(&text),
                'k' | 'K' | 'a' | 'A' => Text::unknown(),
                _ => value.as_text(text),
            },
            Change::Strip { pattern, suffix, longest } => {
                let pattern = self.pattern(pattern);
                self.search(&value, &pattern, |text, pattern| Some(strip(text, pattern, *suffix, *longest)))
            }
            Change::Replace { pattern, with, all, anchor } => {
                let (pattern, with) = (self.pattern(pattern), self.text(with));
                if !with.is_known() {
                    return Shell::unknown_like(&[value, with]);
                }
                self.search(&value, &pattern, |text, pattern| {
                    replace(text, pattern, &with.text.chars().collect::<Vec<_>>(), *all, *anchor)
                })
            }
            Change::None
            | Change::Default { .. }
            | Change::Alternative(_)
            | Change::Demand
            | Change::Substring { .. }
            | Change::Names => value,
        }
    }

    fn search(
        &mut self,
        value: &Text,
        pattern: &Text,
        change: impl FnOnce(&[char], &[char]) -> Option<Vec<char>>,
    ) -> Text {
        let long = value.text.len() > LONGEST_SEARCHED || pattern.text.len() > LONGEST_SEARCHED;
        if long || !pattern.is_known() || !self.spend(value.text.len() * (pattern.text.len() + 8)) {
            return Text::from(join(&[value.clone(), pattern.clone()], "").origin);
        }
        let (text, pattern): (Vec<char>, Vec<char>) =
            (value.text.chars().collect(), pattern.text.chars().collect());
        match change(&text, &pattern) {
            Some(changed) => value.as_text(changed.into_iter().collect::<String>()),
            None => Text::from(value.origin),
        }
    }
}

/// The bounds of `:offset:length` in something of `count` elements; negative numbers count from the end.
fn range(count: usize, offset: i64, length: Option<i64>) -> (usize, usize) {
    let count_signed = i64::try_from(count).unwrap_or(i64::MAX);
    let from = if offset < 0 { count_signed + offset } else { offset };
    if from < 0 {
        return (0, 0);
    }
    let from = from.min(count_signed);
    let to = match length {
        None => count_signed,
        Some(length) if length < 0 => (count_signed + length).max(from),
        Some(length) => from.saturating_add(length).min(count_signed),
    };
    (usize::try_from(from).unwrap_or_default(), usize::try_from(to).unwrap_or_default())
}

fn recased(text: &str, to: Letters, all: bool) -> String {
    let change = |c: char| match to {
        Letters::Upper => c.to_ascii_uppercase(),
        Letters::Swapped if c.is_ascii_lowercase() => c.to_ascii_uppercase(),
        Letters::Lower | Letters::Swapped => c.to_ascii_lowercase(),
    };
    text.chars().enumerate().map(|(i, c)| if all || i == 0 { change(c) } else { c }).collect()
}

fn strip(text: &[char], pattern: &[char], suffix: bool, longest: bool) -> Vec<char> {
    let fits = |length: &usize| {
        let part = if suffix { text.get(text.len() - length..) } else { text.get(..*length) };
        part.is_some_and(|part| glob::matches_chars(pattern, part))
    };
    let length = if longest { (0..=text.len()).rev().find(fits) } else { (0..=text.len()).find(fits) };
    let length = length.unwrap_or_default();
    let kept = if suffix { text.get(..text.len() - length) } else { text.get(length..) };
    kept.unwrap_or_default().to_vec()
}

/// Replaces the longest match at each place, as Bash does; nothing where that takes too long.
fn replace(
    text: &[char],
    pattern: &[char],
    with: &[char],
    all: bool,
    anchor: Option<Anchor>,
) -> Option<Vec<char>> {
    if pattern.is_empty() {
        return Some(text.to_vec());
    }
    let literal = !pattern.iter().any(|c| matches!(c, '*' | '?' | '[' | '\\'));
    if !literal && text.len() > 512 {
        return None;
    }
    let longest_at = |at: usize| -> Option<usize> {
        let rest = text.get(at..)?;
        if literal {
            return rest.starts_with(pattern).then_some(pattern.len());
        }
        (1..=rest.len())
            .rev()
            .find(|length| rest.get(..*length).is_some_and(|part| glob::matches_chars(pattern, part)))
    };
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    let mut done = false;
    while let Some(c) = text.get(at) {
        let matched = if done { None } else { longest_at(at) };
        let fits = match (anchor, matched) {
            (None, Some(_)) => true,
            (Some(Anchor::Start), Some(_)) => at == 0,
            (Some(Anchor::End), Some(length)) => at + length == text.len(),
            (_, None) => false,
        };
        if let Some(length) = matched.filter(|_| fits) {
            out.extend_from_slice(with);
            at += length.max(1);
            done = !all;
        } else {
            out.push(*c);
            at += 1;
        }
    }
    Some(out)
}
