//! The parts of a text, one newline apart.

use std::fmt::Write as _;

use super::Captured;

/// A text in the making.
#[derive(Debug, Default)]
pub(super) struct Sections {
    text: String,
}

impl Sections {
    /// Adds a part of one line.
    pub(super) fn line(&mut self, line: &str) {
        self.separate();
        self.text.push_str(line);
    }

    /// Adds what was captured of a stream under its name; nothing for an empty stream.
    pub(super) fn captured(&mut self, name: &str, captured: &Captured) {
        if captured.head.is_empty() && captured.tail.is_empty() && captured.omitted_bytes == 0 {
            return;
        }
        self.line(name);
        self.text.push_str(":\n");
        self.text.push_str(&text(captured));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    pub(super) fn text(self) -> String {
        self.text
    }

    /// Starts a new line, unless what stands before already ended one.
    fn separate(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            self.text.push('\n');
        }
    }
}

/// Captured bytes as text. Bytes that are not UTF-8 become U+FFFD; where bytes were left out, a line says how many.
pub(super) fn text(captured: &Captured) -> String {
    if captured.omitted_bytes == 0 {
        return String::from_utf8_lossy(&[captured.head.as_slice(), &captured.tail].concat()).into_owned();
    }
    let mut text = String::from_utf8_lossy(without_a_cut_end(&captured.head)).into_owned();
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    let _infallible = writeln!(text, "[... {} bytes omitted ...]", captured.omitted_bytes);
    text.push_str(&String::from_utf8_lossy(without_a_cut_start(&captured.tail)));
    text
}

/// Bytes without the beginning of a character at their end: the cut was ours, not the program's.
fn without_a_cut_end(bytes: &[u8]) -> &[u8] {
    let lead = bytes.iter().rposition(|byte| *byte & 0xC0 != 0x80);
    let Some((whole, last)) = lead.and_then(|at| bytes.split_at_checked(at)) else { return bytes };
    match std::str::from_utf8(last) {
        Err(error) if error.error_len().is_none() => whole,
        Ok(_) | Err(_) => bytes,
    }
}

/// Bytes without the end of a character at their start, which is at most three bytes long.
fn without_a_cut_start(bytes: &[u8]) -> &[u8] {
    let cut = bytes.iter().take(3).take_while(|byte| **byte & 0xC0 == 0x80).count();
    bytes.get(cut..).unwrap_or_default()
}
