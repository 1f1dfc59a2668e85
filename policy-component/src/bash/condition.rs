//! `test`, `[` and `[[`, as far as strings and numbers decide them.

use super::text::Text;

/// The outcome of a test, where it is a simple one of known texts.
pub(crate) fn evaluate(words: &[Text]) -> Option<bool> {
    let known: Option<Vec<&str>> = words.iter().map(Text::known).collect();
    match known?.as_slice() {
        [] => Some(false),
        ["!", rest @ ..] if !rest.contains(&"-o") && !rest.contains(&"||") => {
            simple(rest).map(|outcome| !outcome)
        }
        other => simple(other),
    }
}

fn simple(words: &[&str]) -> Option<bool> {
    match words {
        ["-z", text] => Some(text.is_empty()),
        ["-n", text] | [text] => Some(!text.is_empty()),
        [left, "=" | "==", right] => equal(left, right),
        [left, "!=", right] => equal(left, right).map(|outcome| !outcome),
        [left, operator, right] => {
            let (left, right) = (left.parse::<i64>().ok()?, right.parse::<i64>().ok()?);
            match *operator {
                "-eq" => Some(left == right),
                "-ne" => Some(left != right),
                "-lt" => Some(left < right),
                "-le" => Some(left <= right),
                "-gt" => Some(left > right),
                "-ge" => Some(left >= right),
                _ => None,
            }
        }
        _ => None,
    }
}

/// Patterns are left undecided: quotes, which make them plain, are gone here.
fn equal(left: &str, right: &str) -> Option<bool> {
    if left == right {
        return Some(true);
    }
    (!super::glob::is_pattern(right)).then_some(false)
}
