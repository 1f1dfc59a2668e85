//! A program's result: the last non-empty line of its standard output, where that is JSON.
//!
//! The line is read and written again as Python's `json.dumps` writes it (`", "` and `": "`), so that a program
//! that prints with `json.dumps` gets its own line back. Keys keep their order and numbers their digits.

use std::io;

use serde_json::Value;
use serde_json::ser::{Formatter, Serializer};

use super::Captured;

/// The result in `stdout`, as one JSON text.
///
/// A line of which bytes were left out is none, and neither is one that is not UTF-8: a result is exact or it is
/// not there.
pub(super) fn of(stdout: &Captured) -> Option<String> {
    let written = if stdout.omitted_bytes == 0 {
        [stdout.head.as_slice(), &stdout.tail].concat()
    } else {
        let line_start = stdout.tail.trim_ascii_end().iter().rposition(|byte| *byte == b'\n')?;
        stdout.tail.get(line_start..)?.to_vec()
    };
    let last = written.trim_ascii_end().rsplit(|byte| *byte == b'\n').next()?;
    let value: Value = serde_json::from_slice(last.trim_ascii()).ok()?;
    let mut json = Vec::new();
    serde::Serialize::serialize(&value, &mut Serializer::with_formatter(&mut json, Spaced)).ok()?;
    String::from_utf8(json).ok()
}

/// JSON on one line with a space after each comma and colon.
struct Spaced;

impl Formatter for Spaced {
    fn begin_array_value<W: io::Write + ?Sized>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        if first { Ok(()) } else { writer.write_all(b", ") }
    }

    fn begin_object_key<W: io::Write + ?Sized>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        if first { Ok(()) } else { writer.write_all(b", ") }
    }

    fn begin_object_value<W: io::Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        writer.write_all(b": ")
    }
}
