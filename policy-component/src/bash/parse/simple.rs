//! Lists, pipelines, simple commands, assignments and redirects.

use super::cursor::{Parser, Stop, identifier, is_meta};
use crate::bash::syntax::{Assignment, Command, Flow, Kind, List, Part, Pipeline, Redirect, Word};

/// Redirections, longer operators before their own beginnings.
const OPERATORS: &[(&str, Flow)] = &[
    ("<<<", Flow::HereString),
    ("<<", Flow::Heredoc),
    ("<&", Flow::DupIn),
    ("<>", Flow::Both),
    ("<", Flow::In),
    (">>", Flow::Append),
    (">&", Flow::DupOut),
    (">|", Flow::Out),
    (">", Flow::Out),
];

impl Parser<'_> {
    /// Parses to the end of the source, keeping every line before an error.
    pub(super) fn lines(&mut self, lines: &mut List) -> Result<(), Stop> {
        self.list_into(lines)?;
        if self.peek().is_none() { Ok(()) } else { self.syntax() }
    }

    pub(super) fn list(&mut self) -> Result<List, Stop> {
        let mut list = List::new();
        self.list_into(&mut list)?;
        Ok(list)
    }

    /// Reads pipelines until something that cannot start one: a closing word or bracket, or the end.
    fn list_into(&mut self, list: &mut List) -> Result<(), Stop> {
        loop {
            self.skip_lines()?;
            if self.at_list_end() {
                return Ok(());
            }
            list.push(self.pipeline()?);
            self.skip_blanks();
            match self.peek() {
                Some(b';') if matches!(self.peek_at(1), Some(b';' | b'&')) => return Ok(()),
                Some(b';') => self.at += 1,
                Some(b'&') => self.at += if self.peek_at(1) == Some(b'&') { 2 } else { 1 },
                Some(b'|') if self.peek_at(1) == Some(b'|') => self.at += 2,
                Some(b'\n') => {}
                // After a compound command a closing word may follow at once: `fi fi`.
                _ if self.at_list_end() => return Ok(()),
                _ => return self.syntax(),
            }
        }
    }

    fn at_list_end(&self) -> bool {
        match self.peek() {
            None | Some(b')') => true,
            Some(b';') => matches!(self.peek_at(1), Some(b';' | b'&')),
            _ => {
                matches!(self.bare_word(), "then" | "elif" | "else" | "fi" | "do" | "done" | "esac" | "}")
            }
        }
    }

    fn pipeline(&mut self) -> Result<Pipeline, Stop> {
        let mut pipeline = Pipeline::default();
        loop {
            self.prefixes();
            pipeline.commands.push(self.command()?);
            self.skip_blanks();
            if self.peek() != Some(b'|') || self.peek_at(1) == Some(b'|') {
                return Ok(pipeline);
            }
            self.at += if self.peek_at(1) == Some(b'&') { 2 } else { 1 };
            self.skip_lines()?;
        }
    }

    /// Skips `!` and `time`, which change nothing for a reader.
    fn prefixes(&mut self) {
        loop {
            self.skip_blanks();
            if self.eat_word("time") {
                self.skip_blanks();
                let _ = self.eat_word("--") || self.looking_at("-p ") && self.eat("-p");
            } else if !self.eat_word("!") {
                return;
            }
        }
    }

    pub(super) fn simple(&mut self) -> Result<Command, Stop> {
        let start = self.at;
        let (mut assignments, mut words, mut declared) = (Vec::new(), Vec::new(), Vec::new());
        let mut redirects: Vec<Redirect> = Vec::new();
        let mut end = start;
        loop {
            self.skip_blanks();
            if let Some(redirect) = self.redirect()? {
                redirects.push(redirect);
            } else if words.is_empty()
                && let Some(assignment) = self.assignment()?
            {
                assignments.push(assignment);
            } else if words.first().is_some_and(declares)
                && let Some(assignment) = self.assignment()?
            {
                declared.push(assignment);
            } else {
                match self.peek() {
                    None => break,
                    Some(b'(') => {
                        if words.len() == 1 && assignments.is_empty() {
                            return self.function_after(start, words.first());
                        }
                        return self.syntax();
                    }
                    Some(b) if is_meta(b) && !self.at_process() => break,
                    Some(_) => words.push(self.word()?),
                }
            }
            end = self.at;
        }
        if assignments.is_empty() && words.is_empty() && redirects.is_empty() {
            return self.syntax();
        }
        let after = std::mem::replace(&mut self.at, end);
        let place = self.place(start);
        self.at = after;
        Ok(Command { kind: Kind::Simple { assignments, words, declared }, redirects, place })
    }

    pub(super) fn at_process(&self) -> bool {
        matches!(self.peek(), Some(b'<' | b'>')) && self.peek_at(1) == Some(b'(')
    }

    /// `name=…`, `name+=…`, `name[…]=…`, or nothing.
    fn assignment(&mut self) -> Result<Option<Assignment>, Stop> {
        let start = self.at;
        let length = identifier(self.rest());
        if length == 0 {
            return Ok(None);
        }
        let name = self.slice(start, start + length).to_owned();
        self.at += length;
        let index = if self.peek() == Some(b'[') && self.subscript_assigns() {
            self.at += 1;
            Some(self.until_bracket()?)
        } else {
            None
        };
        let append = self.eat("+=");
        if !append && !self.eat("=") {
            self.at = start;
            return Ok(None);
        }
        let value = if self.peek() == Some(b'(') {
            let elements = self.deeper(Self::array)?;
            Word { parts: vec![Part::Array(elements)] }
        } else if self.peek().is_none_or(is_meta) && !self.at_process() {
            Word { parts: Vec::new() }
        } else {
            self.word()?
        };
        Ok(Some(Assignment { name, index, append, value }))
    }

    /// Whether the `[` here is closed within a reasonable distance and followed by `=` or `+=`.
    fn subscript_assigns(&self) -> bool {
        let mut open = 0_usize;
        for (i, byte) in
            self.source.as_bytes().get(self.at..).unwrap_or_default().iter().enumerate().take(512)
        {
            match byte {
                b'[' => open += 1,
                b']' if open == 1 => {
                    let after = self.peek_at(i + 1);
                    return after == Some(b'=') || after == Some(b'+') && self.peek_at(i + 2) == Some(b'=');
                }
                b']' => open -= 1,
                b'\n' => return false,
                _ => {}
            }
        }
        false
    }

    /// The elements between `(` and `)`; `[key]=value` stays one word.
    fn array(&mut self) -> Result<Vec<Word>, Stop> {
        self.expect("(")?;
        let mut elements = Vec::new();
        loop {
            self.skip_lines()?;
            match self.peek() {
                Some(b')') => {
                    self.at += 1;
                    return Ok(elements);
                }
                None => return self.syntax(),
                Some(b) if is_meta(b) && !self.at_process() => return self.syntax(),
                Some(_) => elements.push(self.word()?),
            }
        }
    }

    pub(super) fn redirects(&mut self) -> Result<Vec<Redirect>, Stop> {
        let mut redirects = Vec::new();
        loop {
            self.skip_blanks();
            match self.redirect()? {
                Some(redirect) => redirects.push(redirect),
                None => return Ok(redirects),
            }
        }
    }

    /// `[fd]<file` and its kin, or nothing.
    fn redirect(&mut self) -> Result<Option<Redirect>, Stop> {
        let start = self.at;
        let bytes = self.source.as_bytes();
        let mut fd = None;
        let digits = bytes
            .get(self.at..)
            .unwrap_or_default()
            .iter()
            .take(9)
            .take_while(|b| b.is_ascii_digit())
            .count();
        if digits > 0 {
            fd = self.slice(start, start + digits).parse().ok();
            self.at += digits;
        } else if self.peek() == Some(b'{') {
            let length = identifier(self.slice(start + 1, self.source.len()));
            if length > 0 && self.peek_at(length + 1) == Some(b'}') {
                self.at += length + 2;
            }
        }
        let Some(flow) = self.flow(start) else {
            self.at = start;
            return Ok(None);
        };
        let mut heredoc = None;
        let mut target = Word::default();
        if flow == Flow::Heredoc {
            let strip_tabs = self.eat("-");
            heredoc = Some(self.announce_heredoc(strip_tabs)?);
        } else {
            self.skip_blanks();
            if self.peek().is_none_or(is_meta) && !self.at_process() {
                return self.syntax();
            }
            target = self.word()?;
        }
        Ok(Some(Redirect { fd, flow, target, heredoc }))
    }

    /// The operator here, if it is one. `&>` takes no descriptor; `<(` and `>(` are words.
    fn flow(&mut self, start: usize) -> Option<Flow> {
        if self.at == start {
            if self.eat("&>>") {
                return Some(Flow::Append);
            }
            if self.eat("&>") {
                return Some(Flow::Out);
            }
        }
        if self.at_process() && self.at == start {
            return None;
        }
        OPERATORS.iter().find(|(text, _)| self.eat(text)).map(|(_, flow)| *flow)
    }
}

fn declares(word: &Word) -> bool {
    match word.parts.as_slice() {
        [Part::Literal(name)] => {
            matches!(name.as_str(), "declare" | "typeset" | "local" | "export" | "readonly")
        }
        _ => false,
    }
}
