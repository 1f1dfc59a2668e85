//! Shows a line of code with a mark under the offending part.
//!
//! Columns are those of a terminal: tabs are widened, wide characters count twice, and characters that a
//! terminal would obey are written out.

use std::fmt::Write as _;

use anstyle::Style;
use code_execute::Span;
use unicode_width::UnicodeWidthChar as _;

use super::terminal::{FRAME, is_obeyed};

/// Tabs are shown this wide, and always from their own start: a mark below lines up whatever the terminal does.
const TAB: usize = 4;

/// At most this many columns of a line are shown: a terminal's width less the frame.
const WIDTH: usize = 100;

/// How many columns before the mark are kept where a line is cut.
const BEFORE: usize = 40;

/// The first line of `span` in `code`, framed and marked. Ends with a newline.
pub(crate) fn render(code: &str, span: Span, style: Style) -> String {
    let marked = Marked::new(code, span);
    let number = span.line.to_string();
    let gutter = " ".repeat(number.len());
    let mut text = String::new();
    let _infallible = write!(
        text,
        "{FRAME}{gutter} |{FRAME:#}\n{FRAME}{number} |{FRAME:#} {}\n{FRAME}{gutter} |{FRAME:#} {}{style}{}{style:#}\n",
        marked.line,
        " ".repeat(marked.from),
        "^".repeat(marked.width),
    );
    text
}

/// A line as it is shown, and the columns of the mark in it, counted from 0.
#[derive(Debug, PartialEq, Eq)]
struct Marked {
    line: String,
    from: usize,
    width: usize,
}

impl Marked {
    fn new(code: &str, span: Span) -> Self {
        let (start, end) = (span.start as usize, span.end as usize);
        let line_start =
            code.get(..start).and_then(|before| before.rfind('\n')).map_or(0, |newline| newline + 1);
        let line = code.get(line_start..).unwrap_or_default();
        let line = line.split('\n').next().unwrap_or_default().trim_end_matches('\r');
        let columns =
            |bytes: usize| line.get(..bytes.min(line.len())).unwrap_or(line).chars().map(columns).sum();
        let from: usize = columns(start.saturating_sub(line_start));
        let to: usize = columns(end.saturating_sub(line_start));
        let (line, cut) = window(line, from);
        let from = from - cut + usize::from(cut > 0);
        let to = (to.saturating_sub(cut) + usize::from(cut > 0)).min(WIDTH + 1);
        Self { line, from, width: to.saturating_sub(from).max(1) }
    }
}

/// The part of a line that is shown, `…` where something is left out, and how many columns were cut off in front.
fn window(line: &str, mark: usize) -> (String, usize) {
    let wanted = if mark < WIDTH - BEFORE / 2 { 0 } else { mark - BEFORE };
    let (mut shown, mut column, mut cut) = (String::new(), 0, wanted);
    for character in line.chars() {
        if column < wanted {
            column += columns(character);
            // A wide character across the edge is left out whole.
            cut = column.max(wanted);
            continue;
        }
        if column >= cut + WIDTH {
            shown.push('…');
            break;
        }
        column += columns(character);
        show(character, &mut shown);
    }
    if cut > 0 {
        shown.insert(0, '…');
    }
    (shown.trim_end().to_owned(), cut)
}

/// Appends a character as it is shown.
fn show(character: char, shown: &mut String) {
    match character {
        '\t' => shown.push_str(&" ".repeat(TAB)),
        other if is_obeyed(other) => shown.extend(other.escape_unicode()),
        other => shown.push(other),
    }
}

/// How many columns a character takes as it is shown.
fn columns(character: char) -> usize {
    match character {
        '\t' => TAB,
        other if is_obeyed(other) => other.escape_unicode().len(),
        other => other.width().unwrap_or(0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(code: &str, offending: &str) -> (String, String) {
        let start = code.find(offending).unwrap();
        let span = Span {
            start: u32::try_from(start).unwrap(),
            end: u32::try_from(start + offending.len()).unwrap(),
            line: 1,
            column: 1,
        };
        let Marked { line, from, width } = Marked::new(code, span);
        (line, format!("{}{}", " ".repeat(from), "^".repeat(width)))
    }

    #[test]
    fn mark_stands_under_what_is_marked() {
        let cases = [
            ("import sys, os", "os", "import sys, os", "            ^^"),
            ("x\n\teval(a)\n", "eval(a)", "    eval(a)", "    ^^^^^^^"),
            ("語 = eval(x)", "eval(x)", "語 = eval(x)", "     ^^^^^^^"),
            ("a\u{1b}[1m; os", "os", "a\\u{1b}[1m; os", "            ^^"),
            ("f(\n  1)\n", "f(\n  1)", "f(", "^^"),
            ("rm x\r\n", "rm", "rm x", "^^"),
        ];
        for (code, offending, line, mark) in cases {
            assert_eq!(marked(code, offending), (line.to_owned(), mark.to_owned()), "{code:?}");
        }
    }

    #[test]
    fn mark_of_an_empty_span_is_one_wide() {
        let span = Span { start: 3, end: 3, line: 1, column: 4 };
        assert_eq!(Marked::new("abc", span), Marked { line: "abc".to_owned(), from: 3, width: 1 });
    }

    #[test]
    fn long_line_is_cut_around_the_mark() {
        let code = format!("{}eval(x){}", "a".repeat(5_000), "b".repeat(5_000));
        let (line, mark) = marked(&code, "eval(x)");
        assert!(line.starts_with('…') && line.ends_with('…') && line.chars().count() <= WIDTH + 2, "{line}");
        let under: String = line.chars().skip(mark.find('^').unwrap()).take(7).collect();
        assert_eq!((under.as_str(), mark.trim_start()), ("eval(x)", "^^^^^^^"));
    }
}
