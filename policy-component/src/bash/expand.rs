//! From words to values: fields, brace expansion, substitutions.

use super::arith::{self, Scope};
use super::braces;
use super::shell::Shell;
use super::syntax::{Part, Word};
use super::text::{HOME, Text, UNKNOWN, join};

/// Fields in the making: unquoted expansions are split, everything else joins the field at hand.
#[derive(Default)]
struct Fields {
    done: Vec<Text>,
    open: Option<Text>,
}

impl Fields {
    fn add(&mut self, text: &Text) {
        self.open.get_or_insert_default().push(text);
    }

    fn close(&mut self) {
        self.done.extend(self.open.take());
    }

    /// Adds what an unquoted expansion came to, split at the characters of `IFS`.
    fn split(&mut self, text: &Text, ifs: &str) {
        let mut pieces = text.text.split(|c| ifs.contains(c)).peekable();
        let Some(first) = pieces.next() else { return };
        if !first.is_empty() {
            self.add(&text.as_text(first));
        }
        for piece in pieces {
            self.close();
            if !piece.is_empty() {
                self.add(&text.as_text(piece));
            }
        }
    }
}

impl Shell {
    /// The fields that a word of a command comes to.
    pub(crate) fn fields(&mut self, word: &Word) -> Vec<Text> {
        let mut fields = Fields::default();
        match braces::expand(word) {
            None => {
                self.gather(&word.parts.iter().collect::<Vec<_>>(), &[], &mut fields);
                fields.close();
            }
            Some(words) => {
                for (parts, texts) in &words {
                    self.gather(parts, texts, &mut fields);
                    fields.close();
                }
            }
        }
        fields.done
    }

    pub(crate) fn all_fields(&mut self, words: &[Word]) -> Vec<Text> {
        let mut all = Vec::new();
        for word in words {
            all.extend(self.fields(word));
        }
        all
    }

    /// The one text that a word comes to where words are not split: assignments, redirects, here-strings.
    pub(crate) fn text(&mut self, word: &Word) -> Text {
        let mut whole = Text::default();
        let mut plain = true;
        for (i, part) in word.parts.iter().enumerate() {
            let alone = word.parts.len() == 1;
            match part {
                Part::Literal(text) => whole.push(&tilde(text, i == 0, alone)),
                Part::Quoted(_, text) => whole.push_str(text),
                Part::Parameter { .. }
                | Part::Command { .. }
                | Part::Arith { .. }
                | Part::Process { .. }
                | Part::Array(_) => {
                    plain = false;
                    let (texts, _) = self.part(part);
                    whole.push(&join(&texts, " "));
                }
            }
        }
        // What stands there costs nothing; only what is copied does.
        if plain { whole } else { self.bounded(whole) }
    }

    /// Adds parts to fields. A part that brace expansion made is a placeholder for one of `texts`.
    fn gather(&mut self, parts: &[&Part], texts: &[Option<String>], fields: &mut Fields) {
        for (i, part) in parts.iter().enumerate() {
            if let Some(Some(text)) = texts.get(i) {
                fields.add(&tilde(text, i == 0, parts.len() == 1));
                continue;
            }
            match part {
                Part::Literal(text) => fields.add(&tilde(text, i == 0, parts.len() == 1)),
                Part::Quoted(_, text) => fields.add(&Text::new(text.as_str())),
                Part::Parameter { quoted, .. }
                | Part::Command { quoted, .. }
                | Part::Arith { quoted, .. } => {
                    let (values, separate) = self.part(part);
                    self.add_values(&values, *quoted, separate, fields);
                }
                Part::Process { .. } | Part::Array(_) => {
                    let (values, _) = self.part(part);
                    fields.add(&join(&values, " "));
                }
            }
        }
    }

    fn add_values(&mut self, values: &[Text], quoted: bool, separate: bool, fields: &mut Fields) {
        if quoted {
            if values.is_empty() && !separate {
                fields.add(&Text::default());
            }
            for (i, value) in values.iter().enumerate() {
                if i > 0 {
                    if separate { fields.close() } else { fields.add(&Text::new(" ")) }
                }
                fields.add(value);
            }
            return;
        }
        let ifs = self.scalar("IFS").map_or_else(|| " \t\n".to_owned(), |ifs| ifs.text);
        for (i, value) in values.iter().enumerate() {
            if i > 0 {
                fields.close();
            }
            fields.split(value, &ifs);
        }
    }

    /// What an expansion comes to: its values, and whether each is a field of its own even in quotes.
    fn part(&mut self, part: &Part) -> (Vec<Text>, bool) {
        match part {
            Part::Literal(text) | Part::Quoted(_, text) => (vec![Text::new(text.as_str())], false),
            Part::Parameter { parameter, .. } => {
                let (values, separate) = self.deeper(|shell| shell.parameter(parameter));
                let values = values.into_iter().map(|value| self.bounded(value)).collect();
                (values, separate)
            }
            Part::Command { body, .. } => {
                let place = self.place;
                let mut printed = self.deeper(|shell| shell.isolated(|shell| shell.list(body)));
                self.place = place;
                let end = printed.text.trim_end_matches('\n').len();
                printed.text.truncate(end);
                (vec![self.bounded(printed)], false)
            }
            Part::Arith { expression, .. } => {
                let value = self.deeper(|shell| shell.arithmetic(expression));
                (vec![value.map_or_else(Text::unknown, |value| Text::new(value.to_string()))], false)
            }
            Part::Process { body, output } => {
                let place = self.place;
                let printed = self.deeper(|shell| {
                    shell.isolated(|shell| {
                        if !*output {
                            shell.stdin = None;
                        }
                        shell.list(body)
                    })
                });
                self.place = place;
                let path = format!("/dev/fd/{}", 1000 + self.files.len());
                self.files.insert(path.clone(), printed);
                (vec![Text::new(path)], false)
            }
            Part::Array(elements) => (self.all_fields(elements), false),
        }
    }

    /// The value of arithmetic, whose `$` expansions are done first. Variables in it may run code: a subscript in
    /// the value of `x` is expanded by `$((x))`.
    pub(crate) fn arithmetic(&mut self, expression: &Word) -> Option<i64> {
        let text = self.text(expression);
        self.arithmetic_text(&text.text)
    }

    pub(crate) fn arithmetic_text(&mut self, text: &str) -> Option<i64> {
        self.spend(text.len());
        arith::evaluate(text, self)
    }

    /// What one expansion comes to, as one text.
    pub(crate) fn part_text(&mut self, part: &Part) -> Text {
        let (values, _) = self.part(part);
        join(&values, " ")
    }
}

impl Scope for Shell {
    fn get(&mut self, name: &str) -> Option<i64> {
        let value = match name.split_once('[') {
            Some((array, key)) => self.element(array, key.trim_end_matches(']')),
            None => self.scalar(name),
        };
        let Some(value) = value else { return Some(0) };
        if value.text.contains(['$', '`']) {
            self.read_expansions(&value.text);
            return None;
        }
        let known = value.known()?.trim();
        if known.is_empty() { Some(0) } else { known.parse().ok() }
    }

    fn set(&mut self, name: &str, value: Option<i64>) {
        let text = value.map_or_else(Text::unknown, |value| Text::new(value.to_string()));
        match name.split_once('[') {
            Some((array, key)) => self.set_element(array, key.trim_end_matches(']'), text),
            None => Shell::set(self, name, text),
        }
    }
}

/// Literal text with its tilde expanded, where one stands at the start of a word.
fn tilde(text: &str, first: bool, alone: bool) -> Text {
    let Some(rest) = text.strip_prefix('~').filter(|_| first) else { return Text::new(text) };
    let (user, path) = match rest.find('/') {
        Some(slash) => (rest.get(..slash).unwrap_or_default(), rest.get(slash..).unwrap_or_default()),
        None if alone => (rest, ""),
        None => return Text::new(text),
    };
    match user {
        "" => Text::new(format!("{HOME}{path}")),
        "root" => Text::new(format!("/root{path}")),
        "+" | "-" => Text::new(format!("{UNKNOWN}{path}")),
        user if user.chars().all(|c| c.is_ascii_alphanumeric() || "_-.".contains(c)) => {
            Text::new(format!("/home/{user}{path}"))
        }
        _ => Text::new(text),
    }
}
