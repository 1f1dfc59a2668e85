//! Standard output and standard error: colours where they are wanted, and nothing in foreign text that a terminal
//! would obey.

use std::borrow::Cow;
use std::io::{self, Write as _};

use anstyle::{AnsiColor, Style};

use super::message::Failure;

/// What is wrong.
pub(crate) const WRONG: Style = AnsiColor::Red.on_default().bold();
/// What is worth a look.
pub(crate) const NOTICE: Style = AnsiColor::Yellow.on_default().bold();
/// What is well.
pub(crate) const WELL: Style = AnsiColor::Green.on_default().bold();
/// What helps.
pub(crate) const HINT: Style = AnsiColor::Cyan.on_default().bold();
/// What frames a snippet.
pub(crate) const FRAME: Style = AnsiColor::Blue.on_default().bold();
/// What stands out.
pub(crate) const STRONG: Style = Style::new().bold();

/// Writes text with styles to standard output; they are dropped where it is no terminal or `NO_COLOR` is set.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    let mut stdout = anstream::stdout().lock();
    written(stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()))
}

/// Writes bytes to standard output as they are.
pub(crate) fn print_bytes(bytes: &[u8]) -> Result<(), Failure> {
    let mut stdout = io::stdout().lock();
    written(stdout.write_all(bytes).and_then(|()| stdout.flush()))
}

/// Writes a value to standard output as indented JSON.
pub(crate) fn print_json(value: &impl serde::Serialize) -> Result<(), Failure> {
    let mut text = serde_json::to_vec_pretty(value)
        .map_err(|error| Failure::new("cannot make the JSON output").because(&error))?;
    text.push(b'\n');
    print_bytes(&text)
}

/// Writes text with styles to standard error. If that fails there is nobody left to tell.
pub(crate) fn complain(text: &str) {
    let _nobody_reads = anstream::stderr().lock().write_all(text.as_bytes());
}

/// A reader who left early (`| head`) is no failure.
fn written(result: io::Result<()>) -> Result<(), Failure> {
    match result {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::new("cannot write to standard output").because(&error))
        }
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Text from outside as it may be shown: on one line, without anything that moves the cursor, changes colours or
/// turns the direction of writing.
pub(crate) fn visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_obeyed) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\n' | '\r' | '\t' => shown.push(' '),
            other if is_obeyed(other) => shown.extend(other.escape_unicode()),
            other => shown.push(other),
        }
    }
    Cow::Owned(shown)
}

/// Whether a terminal does something else with the character than show it. Directional marks are among them:
/// they show code in another order than it runs (CVE-2021-42574).
pub(crate) fn is_obeyed(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn visible_text_cannot_move_the_cursor_or_turn_the_writing() {
        assert_eq!(visible("plain é 語"), "plain é 語");
        assert_eq!(visible("a\u{1b}[2Jb\nc"), "a\\u{1b}[2Jb c");
        assert_eq!(visible("x\u{202e}y"), "x\\u{202e}y");
    }
}
