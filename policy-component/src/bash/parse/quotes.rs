//! Quotes, backslashes and backticks.

use super::cursor::{Parser, Stop};
use super::words::{Mode, flush};
use crate::bash::syntax::{Part, Quote};

impl Parser<'_> {
    pub(super) fn backslash(&mut self, mode: Mode, literal: &mut String, parts: &mut Vec<Part>) {
        self.at += 1;
        let Some(c) = self.next_char() else {
            literal.push('\\');
            return;
        };
        if c == '\n' {
            return;
        }
        match mode {
            Mode::Double | Mode::End | Mode::Operand { quoted: true, .. } => {
                let special = matches!(c, '$' | '`' | '\\')
                    || c == '"' && mode != Mode::End
                    || c == '}' && mode != Mode::Double;
                if !special {
                    literal.push('\\');
                }
                literal.push(c);
            }
            Mode::Word
            | Mode::Test
            | Mode::Operand { quoted: false, .. }
            | Mode::Parens
            | Mode::Bracket
            | Mode::Semicolon => {
                flush(literal, parts, mode);
                parts.push(Part::Quoted(Quote::Backslash, c.to_string()));
            }
        }
    }

    pub(super) fn single(&mut self) -> Result<Part, Stop> {
        self.at += 1;
        let Some(length) = self.rest().find('\'') else { return self.syntax() };
        let text = self.slice(self.at, self.at + length).to_owned();
        self.at += length + 1;
        Ok(Part::Quoted(Quote::Single, text))
    }

    /// `"…"`: its parts join those of the word, each marked as quoted. An empty pair leaves an empty part.
    pub(super) fn double(&mut self, parts: &mut Vec<Part>) -> Result<(), Stop> {
        self.at += 1;
        let inner = self.run(Mode::Double)?;
        self.expect("\"")?;
        if inner.parts.is_empty() {
            parts.push(Part::Quoted(Quote::Double, String::new()));
        }
        parts.extend(inner.parts);
        Ok(())
    }

    pub(super) fn ansi(&mut self) -> Result<Part, Stop> {
        self.at += 2;
        let start = self.at;
        loop {
            match self.peek() {
                None => return self.syntax(),
                Some(b'\'') => break,
                Some(b'\\') => {
                    self.at += 1;
                    self.next_char();
                }
                Some(_) => {
                    self.next_char();
                }
            }
        }
        let raw = self.slice(start, self.at);
        self.at += 1;
        let (text, hidden) = crate::bash::decode::backslashes(raw, true);
        Ok(Part::Quoted(Quote::Ansi(hidden), text))
    }

    /// Old-style substitution: the text between the backticks loses one level of backslashes and is code.
    pub(super) fn backtick(&mut self, quoted: bool) -> Result<Part, Stop> {
        let start = self.at;
        self.at += 1;
        let mut text = String::new();
        loop {
            match self.next_char() {
                None => return self.syntax(),
                Some('`') => break,
                Some('\\') => match self.next_char() {
                    Some(c @ ('`' | '\\' | '$')) => text.push(c),
                    Some('"') if quoted => text.push('"'),
                    Some(c) => text.extend(['\\', c]),
                    None => return self.syntax(),
                },
                Some(c) => text.push(c),
            }
        }
        let place = self.place(start);
        let body = self.deeper(|parser| super::backticks(&text, parser.depth, place))?;
        Ok(Part::Command { body, quoted })
    }
}
