//! Words: literal text, quotes and expansions, up to whatever ends them.

use super::cursor::{Parser, Stop, identifier, is_meta};
use crate::bash::syntax::{Change, Parameter, Part, Quote, Word};

/// What a run of parts stands in, which decides where it ends and what quotes mean in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// An ordinary word.
    Word,
    /// A word of `[[ … ]]`.
    Test,
    /// Between double quotes.
    Double,
    /// The whole text, read as between double quotes.
    End,
    /// Inside `${…}`, up to `}` or the separator; quoted where the whole is and quotes are characters.
    Operand { quoted: bool, separator: Option<u8> },
    /// Arithmetic up to `))`.
    Parens,
    /// A subscript, or arithmetic, up to `]`.
    Bracket,
    /// Arithmetic up to `;`.
    Semicolon,
}

impl Mode {
    /// Whether single quotes and most backslashes are ordinary characters.
    fn quoted(self) -> bool {
        match self {
            Self::Double | Self::End | Self::Operand { quoted: true, .. } => true,
            Self::Word
            | Self::Test
            | Self::Operand { quoted: false, .. }
            | Self::Parens
            | Self::Bracket
            | Self::Semicolon => false,
        }
    }

    fn arithmetic(self) -> bool {
        matches!(self, Self::Parens | Self::Bracket | Self::Semicolon)
    }
}

impl Parser<'_> {
    pub(super) fn word(&mut self) -> Result<Word, Stop> {
        let word = self.run(Mode::Word)?;
        if word.parts.is_empty() { self.syntax() } else { Ok(word) }
    }

    pub(super) fn test_word(&mut self) -> Result<Word, Stop> {
        self.run(Mode::Test)
    }

    pub(super) fn text_to_end(&mut self) -> Result<Word, Stop> {
        self.run(Mode::End)
    }

    pub(super) fn until_bracket(&mut self) -> Result<Word, Stop> {
        let word = self.deeper(|parser| parser.run(Mode::Bracket))?;
        self.expect("]")?;
        Ok(word)
    }

    pub(super) fn until_parens(&mut self) -> Result<Word, Stop> {
        let word = self.deeper(|parser| parser.run(Mode::Parens))?;
        self.expect("))")?;
        Ok(word)
    }

    pub(super) fn until_semicolon(&mut self) -> Result<Word, Stop> {
        let word = self.run(Mode::Semicolon)?;
        self.expect(";")?;
        Ok(word)
    }

    pub(super) fn operand(&mut self, quoted: bool, separator: Option<u8>) -> Result<Word, Stop> {
        self.run(Mode::Operand { quoted, separator })
    }

    pub(super) fn run(&mut self, mode: Mode) -> Result<Word, Stop> {
        let start = self.at;
        let mut parts = Vec::new();
        let mut literal = String::new();
        let mut open = 0_usize;
        while let Some(byte) = self.peek() {
            if self.ends(mode, byte, open) {
                break;
            }
            match byte {
                b'\\' => self.backslash(mode, &mut literal, &mut parts),
                b'\'' if !mode.quoted() && !mode.arithmetic() => {
                    flush(&mut literal, &mut parts, mode);
                    parts.push(self.single()?);
                }
                b'"' if mode != Mode::End => {
                    flush(&mut literal, &mut parts, mode);
                    self.double(&mut parts)?;
                }
                b'$' => self.dollar(mode, &mut literal, &mut parts)?,
                b'`' => {
                    flush(&mut literal, &mut parts, mode);
                    parts.push(self.backtick(mode.quoted())?);
                }
                b'<' | b'>' if mode == Mode::Word && self.at_process() => {
                    flush(&mut literal, &mut parts, mode);
                    parts.push(self.deeper(Self::process)?);
                }
                _ => {
                    match byte {
                        b'(' | b'[' => open += 1,
                        b')' | b']' => open = open.saturating_sub(1),
                        _ => {}
                    }
                    if let Some(c) = self.next_char() {
                        literal.push(c);
                    }
                    self.extended_glob(mode, byte, start, &mut literal);
                }
            }
        }
        if self.peek().is_none() && !matches!(mode, Mode::Word | Mode::Test | Mode::End) {
            return self.syntax();
        }
        flush(&mut literal, &mut parts, mode);
        Ok(Word { parts })
    }

    fn ends(&self, mode: Mode, byte: u8, open: usize) -> bool {
        match mode {
            Mode::Word => is_meta(byte) && !self.at_process(),
            Mode::Test => matches!(byte, b' ' | b'\t' | b'\n'),
            Mode::Double => byte == b'"',
            Mode::End => false,
            Mode::Operand { separator, .. } => byte == b'}' || Some(byte) == separator && open == 0,
            Mode::Parens => byte == b')' && open == 0 && self.peek_at(1) == Some(b')'),
            Mode::Bracket => byte == b']' && open == 0,
            Mode::Semicolon => byte == b';',
        }
    }

    /// `@(a|b)` and its kin, which are one word inside arguments. At the start of a word `!(` is a negation.
    fn extended_glob(&mut self, mode: Mode, byte: u8, start: usize, literal: &mut String) {
        let prefix = matches!(byte, b'@' | b'?' | b'*' | b'+') || byte == b'!' && self.at > start + 1;
        if mode != Mode::Word || !prefix || self.peek() != Some(b'(') {
            return;
        }
        let mut open = 0_usize;
        for (i, c) in self.rest().char_indices().take(512) {
            match c {
                '(' => open += 1,
                ')' if open == 1 => {
                    literal.push_str(self.slice(self.at, self.at + i + 1));
                    self.at += i + 1;
                    return;
                }
                ')' => open -= 1,
                '\n' | ';' | '&' | '$' | '`' | '<' | '>' => return,
                _ => {}
            }
        }
    }

    fn dollar(&mut self, mode: Mode, literal: &mut String, parts: &mut Vec<Part>) -> Result<(), Stop> {
        let quoted = mode.quoted();
        let part = match self.peek_at(1) {
            Some(b'(') if self.peek_at(2) == Some(b'(') && self.arith_closes(self.at + 3) => {
                self.at += 3;
                Part::Arith { expression: self.until_parens()?, quoted }
            }
            Some(b'(') => {
                self.at += 2;
                let body = self.deeper(Self::list)?;
                self.expect(")")?;
                Part::Command { body, quoted }
            }
            Some(b'{') => {
                self.at += 2;
                self.deeper(|parser| parser.braces(quoted))?
            }
            Some(b'[') => {
                self.at += 2;
                Part::Arith { expression: self.until_bracket()?, quoted }
            }
            Some(b'\'') if !quoted => self.ansi()?,
            Some(b'"') if !quoted => {
                self.at += 1;
                flush(literal, parts, mode);
                return self.double(parts);
            }
            Some(byte) => {
                let length = match identifier(self.slice(self.at + 1, self.source.len().min(self.at + 256))) {
                    0 => usize::from(byte.is_ascii_digit() || b"@*#?-$!".contains(&byte)),
                    length => length,
                };
                self.at += 1;
                if length == 0 {
                    literal.push('$');
                    return Ok(());
                }
                let name = self.slice(self.at, self.at + length).to_owned();
                self.at += length;
                Part::Parameter { parameter: Box::new(plain(name)), quoted }
            }
            None => {
                self.at += 1;
                literal.push('$');
                return Ok(());
            }
        };
        flush(literal, parts, mode);
        parts.push(part);
        Ok(())
    }

    fn process(&mut self) -> Result<Part, Stop> {
        let output = self.peek() == Some(b'>');
        self.at += 2;
        let body = self.list()?;
        self.expect(")")?;
        Ok(Part::Process { body, output })
    }

    /// Whether `((`, whose inside starts at `at`, ends with `))` and so is arithmetic.
    pub(super) fn arith_closes(&self, at: usize) -> bool {
        let bytes = self.source.as_bytes();
        let mut open = 2_usize;
        let mut quote = None;
        let mut i = at;
        // No expression is longer; a bound keeps a program of nothing but `((` linear.
        let last = at + 65_536;
        while let Some(byte) = bytes.get(i).filter(|_| i < last) {
            match (quote, byte) {
                (_, b'\\') => i += 1,
                (Some(q), b) if q == *b => quote = None,
                (None, b'"') => quote = Some(*byte),
                (None, b'(') => open += 1,
                (None, b')') => {
                    open -= 1;
                    if open == 1 {
                        return bytes.get(i + 1) == Some(&b')');
                    }
                }
                _ => {}
            }
            i += 1;
        }
        false
    }
}

/// A parameter as `$name` reads it.
pub(super) fn plain(name: String) -> Parameter {
    Parameter { name, indirect: false, length: false, index: None, change: Change::None }
}

/// Ends the literal text that was gathered, if there is any.
pub(super) fn flush(literal: &mut String, parts: &mut Vec<Part>, mode: Mode) {
    if literal.is_empty() {
        return;
    }
    let text = std::mem::take(literal);
    parts.push(if mode.quoted() { Part::Quoted(Quote::Double, text) } else { Part::Literal(text) });
}

/// The text of a word that should hold nothing but quotes and letters.
pub(super) fn plain_text(word: &Word) -> String {
    let mut text = String::new();
    for part in &word.parts {
        match part {
            Part::Literal(piece) | Part::Quoted(_, piece) => text.push_str(piece),
            Part::Parameter { .. }
            | Part::Command { .. }
            | Part::Arith { .. }
            | Part::Process { .. }
            | Part::Array(_) => {}
        }
    }
    text
}
