//! What stands between `${` and `}`.

use super::cursor::{Parser, Stop, identifier};
use super::words::plain;
use crate::bash::syntax::{Anchor, Change, Letters, Part, Word};

impl Parser<'_> {
    /// What stands after `${`, up to and with `}`.
    pub(super) fn braces(&mut self, quoted: bool) -> Result<Part, Stop> {
        if matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'|')) {
            self.at += 1;
            let body = self.list()?;
            self.expect("}")?;
            return Ok(Part::Command { body, quoted });
        }
        let mut parameter = plain(String::new());
        if self.peek() == Some(b'!') && self.peek_at(1) != Some(b'}') {
            self.at += 1;
            parameter.indirect = true;
        } else if self.peek() == Some(b'#') && self.measures() {
            self.at += 1;
            parameter.length = true;
        }
        let length = match identifier(self.rest()) {
            0 if self.peek().is_some_and(|b| b.is_ascii_digit()) => {
                self.rest().bytes().take_while(u8::is_ascii_digit).count()
            }
            0 => usize::from(self.peek().is_some_and(|b| b"@*#?-$!".contains(&b))),
            length => length,
        };
        self.slice(self.at, self.at + length).clone_into(&mut parameter.name);
        self.at += length;
        if self.eat("[") {
            parameter.index = Some(self.until_bracket()?);
        }
        parameter.change = self.change(quoted, parameter.indirect)?;
        self.expect("}")?;
        Ok(Part::Parameter { parameter: Box::new(parameter), quoted })
    }

    /// Whether the `#` here asks for a length: `${#name}`, `${#name[0]}`, `${#@}`.
    fn measures(&self) -> bool {
        let after = self.slice(self.at + 1, self.source.len());
        let length = match identifier(after) {
            0 => {
                let digits = after.bytes().take_while(u8::is_ascii_digit).count();
                if digits > 0 {
                    digits
                } else {
                    usize::from(after.starts_with(['@', '*', '#', '?', '-', '$', '!']))
                }
            }
            length => length,
        };
        length > 0 && matches!(after.as_bytes().get(length), Some(b'}' | b'['))
    }

    fn change(&mut self, quoted: bool, indirect: bool) -> Result<Change, Stop> {
        let colon = self.peek() == Some(b':') && matches!(self.peek_at(1), Some(b'-' | b'=' | b'?' | b'+'));
        let ahead = usize::from(colon);
        let Some(byte) = self.peek_at(ahead) else { return self.syntax() };
        self.at += ahead;
        match byte {
            b'}' => Ok(Change::None),
            b'-' | b'=' => {
                self.at += 1;
                Ok(Change::Default { word: self.operand(quoted, None)?, assign: byte == b'=' })
            }
            b'+' => {
                self.at += 1;
                Ok(Change::Alternative(self.operand(quoted, None)?))
            }
            b'?' => {
                self.at += 1;
                self.operand(quoted, None)?;
                Ok(Change::Demand)
            }
            b':' => {
                self.at += 1;
                let offset = self.operand(false, Some(b':'))?;
                let length = if self.eat(":") { Some(self.operand(false, None)?) } else { None };
                Ok(Change::Substring { offset, length })
            }
            b'#' | b'%' => {
                self.at += 1;
                let longest = self.peek() == Some(byte);
                self.at += usize::from(longest);
                Ok(Change::Strip { pattern: self.operand(false, None)?, suffix: byte == b'%', longest })
            }
            b'/' => self.replacement(quoted),
            b'^' | b',' | b'~' => {
                let to = match byte {
                    b'^' => Letters::Upper,
                    b',' => Letters::Lower,
                    _ => Letters::Swapped,
                };
                self.at += 1;
                let all = self.peek() == Some(byte);
                self.at += usize::from(all);
                self.operand(false, None)?;
                Ok(Change::Case { to, all })
            }
            b'@' | b'*' if indirect && self.peek_at(1) == Some(b'}') => {
                self.at += 1;
                Ok(Change::Names)
            }
            b'@' => {
                self.at += 1;
                let letter = self.next_char().unwrap_or_default();
                self.operand(false, None)?;
                Ok(Change::Transform(letter))
            }
            // A bad substitution, which Bash reports when it gets there.
            _ => {
                self.operand(quoted, None)?;
                Ok(Change::Transform('?'))
            }
        }
    }

    fn replacement(&mut self, quoted: bool) -> Result<Change, Stop> {
        self.at += 1;
        let all = self.eat("/");
        let anchor = match self.peek() {
            Some(b'#') if !all => Some(Anchor::Start),
            Some(b'%') if !all => Some(Anchor::End),
            _ => None,
        };
        self.at += usize::from(anchor.is_some());
        let pattern = self.operand(false, Some(b'/'))?;
        let with = if self.eat("/") { self.operand(quoted, None)? } else { Word::default() };
        Ok(Change::Replace { pattern, with, all, anchor })
    }
}
