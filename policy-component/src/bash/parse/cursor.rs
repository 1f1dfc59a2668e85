//! The parser's position in the source, its depth, and the characters that mean something to the shell.

use std::cell::OnceCell;
use std::rc::Rc;

use crate::bash::syntax::{Place, Word};

/// At most this many levels of nesting. Every level costs the parser and the shell that walks the tree some
/// kilobytes of stack, and a component has one mebibyte; real scripts stay under fifteen.
pub(crate) const DEEPEST: usize = 40;

/// Why parsing ended before the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stop {
    /// No valid Bash from this offset on.
    Syntax(usize),
    /// Nested deeper than [`DEEPEST`] at this offset.
    TooDeep(usize),
}

/// A here-document that was announced on this line.
pub(super) struct Pending {
    pub(super) end: String,
    pub(super) literal: bool,
    pub(super) strip_tabs: bool,
    pub(super) body: Rc<OnceCell<Word>>,
}

pub(super) struct Parser<'a> {
    pub(super) source: &'a str,
    pub(super) at: usize,
    pub(super) depth: usize,
    pub(super) pending: Vec<Pending>,
    /// Where everything stands that is parsed here: the backticks around it.
    fixed: Option<Place>,
}

impl<'a> Parser<'a> {
    pub(super) fn new(source: &'a str, depth: usize, fixed: Option<Place>) -> Self {
        Self { source, at: 0, depth, pending: Vec::new(), fixed }
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.source.as_bytes().get(self.at).copied()
    }

    pub(super) fn peek_at(&self, ahead: usize) -> Option<u8> {
        self.source.as_bytes().get(self.at + ahead).copied()
    }

    pub(super) fn rest(&self) -> &'a str {
        self.source.get(self.at..).unwrap_or_default()
    }

    pub(super) fn slice(&self, start: usize, end: usize) -> &'a str {
        self.source.get(start..end).unwrap_or_default()
    }

    /// Moves past the character here, whole even where it takes several bytes.
    pub(super) fn next_char(&mut self) -> Option<char> {
        let c = self.rest().chars().next()?;
        self.at += c.len_utf8();
        Some(c)
    }

    pub(super) fn eat(&mut self, text: &str) -> bool {
        let found =
            self.source.as_bytes().get(self.at..).is_some_and(|rest| rest.starts_with(text.as_bytes()));
        if found {
            self.at += text.len();
        }
        found
    }

    pub(super) fn looking_at(&self, text: &str) -> bool {
        self.source.as_bytes().get(self.at..).is_some_and(|rest| rest.starts_with(text.as_bytes()))
    }

    pub(super) fn syntax<T>(&self) -> Result<T, Stop> {
        Err(Stop::Syntax(self.at))
    }

    pub(super) fn expect(&mut self, text: &str) -> Result<(), Stop> {
        if self.eat(text) { Ok(()) } else { self.syntax() }
    }

    /// Parses one level deeper.
    pub(super) fn deeper<T>(&mut self, parse: impl FnOnce(&mut Self) -> Result<T, Stop>) -> Result<T, Stop> {
        if self.depth >= DEEPEST {
            return Err(Stop::TooDeep(self.at));
        }
        self.depth += 1;
        let result = parse(self);
        self.depth -= 1;
        result
    }

    pub(super) fn place(&self, start: usize) -> Place {
        self.fixed.unwrap_or(Place { start, end: self.at })
    }

    /// Skips blanks, escaped newlines and a comment, but no newline.
    pub(super) fn skip_blanks(&mut self) {
        loop {
            match self.peek() {
                Some(b' ' | b'\t') => self.at += 1,
                Some(b'\\') if self.peek_at(1) == Some(b'\n') => self.at += 2,
                Some(b'#') => {
                    let length = self.rest().find('\n').unwrap_or(self.rest().len());
                    self.at += length;
                }
                _ => return,
            }
        }
    }

    /// Skips blanks, comments and newlines; here-documents announced on a line are read at its end.
    pub(super) fn skip_lines(&mut self) -> Result<(), Stop> {
        loop {
            self.skip_blanks();
            if self.peek() != Some(b'\n') {
                return Ok(());
            }
            self.newline()?;
        }
    }

    /// Moves past a newline and the here-documents that follow it.
    pub(super) fn newline(&mut self) -> Result<(), Stop> {
        self.at += 1;
        self.read_heredocs()
    }

    /// The bare word here, if it is short enough to be a reserved one.
    pub(super) fn bare_word(&self) -> &'a str {
        let bytes = self.source.as_bytes();
        let mut end = self.at;
        while end < self.at + 10
            && bytes.get(end).is_some_and(|b| b.is_ascii_alphanumeric() || b"{}![]_".contains(b))
        {
            end += 1;
        }
        let ended = bytes.get(end).is_none_or(|b| is_meta(*b));
        if ended { self.slice(self.at, end) } else { "" }
    }

    pub(super) fn eat_word(&mut self, word: &str) -> bool {
        let found = self.bare_word() == word;
        if found {
            self.at += word.len();
        }
        found
    }
}

/// Characters that end an unquoted word.
pub(super) fn is_meta(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'|' | b'&' | b';' | b'(' | b')' | b'<' | b'>')
}

/// The length of the identifier at the start of `text`.
pub(super) fn identifier(text: &str) -> usize {
    let bytes = text.as_bytes();
    match bytes.first() {
        Some(b) if b.is_ascii_alphabetic() || *b == b'_' => {
            bytes.iter().take_while(|b| b.is_ascii_alphanumeric() || **b == b'_').count()
        }
        _ => 0,
    }
}
