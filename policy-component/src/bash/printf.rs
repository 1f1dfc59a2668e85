//! The text that `echo`, `printf` and `seq` print.

use super::decode;
use super::text::{Origin, Text, join};

pub(crate) fn echo(args: &[Text]) -> Text {
    let mut rest = args;
    let (mut newline, mut escapes) = (true, false);
    while let [first, tail @ ..] = rest {
        let flags = first.text.strip_prefix('-').filter(|flags| !flags.is_empty());
        let Some(flags) = flags.filter(|flags| flags.chars().all(|c| "neE".contains(c))) else { break };
        newline &= !flags.contains('n');
        escapes |= flags.contains('e');
        rest = tail;
    }
    let mut text = join(rest, " ");
    if escapes {
        text.text = decode::backslashes(&text.text, false).0;
    }
    if newline {
        text.push_str("\n");
    }
    text
}

pub(crate) fn format_all(format: &str, values: &[Text], origin: Origin) -> Text {
    let mut printed = Text { text: String::new(), origin };
    let mut values = values.iter();
    for _ in 0..2048 {
        let before = values.len();
        format_once(format, &mut values, &mut printed);
        if values.len() == 0 || values.len() == before {
            break;
        }
    }
    printed
}

fn format_once(format: &str, values: &mut std::slice::Iter<'_, Text>, printed: &mut Text) {
    let mut literal = String::new();
    let mut chars = format.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '%' {
            literal.push(c);
            continue;
        }
        if chars.peek() == Some(&'%') {
            chars.next();
            literal.push('%');
            continue;
        }
        printed.push_str(&decode::backslashes(&std::mem::take(&mut literal), true).0);
        let mut precision: Option<String> = None;
        let conversion = loop {
            match chars.next() {
                Some('.') => precision = Some(String::new()),
                Some(c) if c.is_ascii_digit() || "-+ #'".contains(c) => {
                    if let Some(precision) = &mut precision {
                        precision.push(c);
                    }
                }
                Some('*') => {
                    values.next();
                }
                other => break other,
            }
        };
        let value = values.next().cloned().unwrap_or_default();
        match conversion {
            Some('s') => match precision.as_deref().map(|p| p.parse::<usize>().unwrap_or(0)) {
                Some(most) => printed.push(&value.as_text(value.text.chars().take(most).collect::<String>())),
                None => printed.push(&value),
            },
            Some('b') => printed.push(&value.as_text(decode::backslashes(&value.text, false).0)),
            Some('q') => printed.push(&value),
            Some('c') => printed.push(&value.as_text(value.text.chars().take(1).collect::<String>())),
            Some(kind @ ('d' | 'i' | 'u' | 'x' | 'X' | 'o')) => match number(&value.text) {
                Some(number) => {
                    let width =
                        precision.as_deref().and_then(|p| p.parse::<usize>().ok()).unwrap_or_default();
                    let width = if kind == 'o' && width == 0 { 3 } else { width };
                    let digits = match kind {
                        'x' => format!("{number:x}"),
                        'X' => format!("{number:X}"),
                        'o' => format!("{number:o}"),
                        _ => number.to_string(),
                    };
                    printed.push_str(&format!("{digits:0>width$}"));
                }
                None => printed.push(&Text::from(value.origin)),
            },
            _ => printed.push(&Text::from(value.origin)),
        }
    }
    printed.push_str(&decode::backslashes(&literal, true).0);
}

/// A number, or the code of the character after a quote: `'a`.
fn number(text: &str) -> Option<i64> {
    if let Some(rest) = text.strip_prefix(['\'', '"']) {
        return rest.chars().next().map(|c| i64::from(u32::from(c)));
    }
    if text.is_empty() {
        return Some(0);
    }
    match text.strip_prefix("0x") {
        Some(hex) => i64::from_str_radix(hex, 16).ok(),
        None => text.trim().parse().ok(),
    }
}

pub(crate) fn seq(args: &[Text]) -> Text {
    let numbers: Option<Vec<i64>> = args.iter().map(|arg| arg.known().and_then(|n| n.parse().ok())).collect();
    let (from, step, to) = match numbers.as_deref() {
        Some([to]) => (1, 1, *to),
        Some([from, to]) => (*from, 1, *to),
        Some([from, step, to]) if *step > 0 => (*from, *step, *to),
        _ => return Text::unknown(),
    };
    let mut text = String::new();
    let mut value = from;
    for _ in 0..300 {
        if value > to {
            break;
        }
        text.push_str(&value.to_string());
        text.push('\n');
        value = value.saturating_add(step);
    }
    Text::new(text)
}
