//! Refuses source that the interpreter would read as other text than this reader does.
//!
//! Python decodes a file as its encoding cookie says (PEP 263), so `\x69mport os` under `unicode_escape` is an
//! import; and versions before 3.12 stop a line at a NUL byte. Neither has a place in code that is to be reviewed.

use crate::Finding;
use crate::rules::python::SOURCE_ENCODING;

/// What is odd about the source's encoding, if anything is.
pub(super) fn check(code: &str) -> Option<Finding> {
    if let Some(at) = code.find('\0') {
        return Some(Finding {
            rule: &SOURCE_ENCODING,
            start: at,
            end: at + 1,
            message: "a NUL byte ends the line for some interpreters and not for others".to_owned(),
        });
    }
    let mut start = 0;
    for line in code.split(['\n', '\r']).take(lines_to_read(code)) {
        if let Some((name, at)) = cookie(line)
            && !(is_utf8(name) || reads_like_ascii(name) && code.is_ascii())
        {
            return Some(Finding {
                rule: &SOURCE_ENCODING,
                start: start + at,
                end: start + at + name.len(),
                message: format!("the interpreter would decode this source as `{name}`, not as UTF-8"),
            });
        }
        start += line.len() + 1;
    }
    None
}

/// Python looks at two lines. `\r\n` splits into a line and an empty one here, so one more than two is read each
/// time a line ends so; reading a line too many only refuses more.
fn lines_to_read(code: &str) -> usize {
    if code.contains('\r') { 4 } else { 2 }
}

/// The encoding that a comment line names, and where the name starts.
fn cookie(line: &str) -> Option<(&str, usize)> {
    let comment = line.trim_start_matches(['\u{feff}', ' ', '\t', '\u{c}']);
    if !comment.starts_with('#') {
        return None;
    }
    let mut rest = comment;
    while let Some(at) = rest.find("coding") {
        rest = rest.get(at + "coding".len()..)?;
        let Some(value) = rest.strip_prefix([':', '=']) else { continue };
        let value = value.trim_start_matches([' ', '\t']);
        let is_name = |byte: char| byte.is_ascii_alphanumeric() || matches!(byte, '-' | '_' | '.');
        let name = value.get(..value.find(|byte| !is_name(byte)).unwrap_or(value.len()))?;
        if !name.is_empty() {
            return Some((name, line.len() - value.len()));
        }
    }
    None
}

fn is_utf8(name: &str) -> bool {
    let name = name.to_ascii_lowercase().replace('_', "-");
    matches!(name.as_str(), "utf8" | "utf-8" | "utf-8-sig") || name.starts_with("utf-8-")
}

/// Encodings in which a source of ASCII characters alone means what it says.
fn reads_like_ascii(name: &str) -> bool {
    let name = name.to_ascii_lowercase().replace('_', "-");
    matches!(
        name.as_str(),
        "ascii" | "us-ascii" | "latin-1" | "latin1" | "iso-8859-1" | "iso-latin-1" | "iso-8859-15" | "cp1252"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn source_with_an_odd_encoding_is_refused() {
        for (code, refused) in [
            ("# -*- coding: utf-8 -*-\nx = 1\n", false),
            ("# -*- coding: UTF_8 -*-\n", false),
            ("# coding=ascii\n", false),
            ("# coding=latin-1\nx = 1\n", false),
            ("# coding=latin-1\nx = 'é'\n", true),
            ("# -*- coding: unicode_escape -*-\n", true),
            ("#!/usr/bin/python3\n# vim: set fileencoding=utf-7 :\n", true),
            ("#!/usr/bin/python3\r\n# coding: rot13\r\n", true),
            ("# a\r# coding: utf-16\r", true),
            ("\u{c} # coding:raw-unicode-escape", true),
            ("# encoding matters; coding: cp037", true),
            ("\n\n# coding: rot13\n", false),
            ("x = 'coding: rot13'\n", false),
            ("x = 1\0\n", true),
            ("# decoding = things\n", false),
        ] {
            assert_eq!(check(code).is_some(), refused, "{code:?}");
        }
    }
}
