//! Matches shell patterns.

use super::text::UNKNOWN;

/// Whether `text` has a character that makes it a pattern.
pub(crate) fn is_pattern(text: &str) -> bool {
    text.contains(['*', '?', '[']) && text != "[" && text != "[["
}

/// Whether `pattern` matches all of `text`. Linear in both for patterns with one star, their product at worst.
pub(crate) fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    matches_chars(&pattern, &text)
}

pub(crate) fn matches_chars(pattern: &[char], text: &[char]) -> bool {
    let (mut p, mut t) = (0, 0);
    // Where to go on after the last star: the pattern after it, and one character more of the text.
    let mut retry: Option<(usize, usize)> = None;
    loop {
        match (pattern.get(p), text.get(t)) {
            (None, None) => return true,
            (Some('*' | &UNKNOWN), _) => {
                retry = Some((p + 1, t));
                p += 1;
                continue;
            }
            (Some(_), Some(c)) => {
                if let Some(next) = one(pattern, p, *c) {
                    p = next;
                    t += 1;
                    continue;
                }
            }
            (None, Some(_)) | (Some(_), None) => {}
        }
        match retry {
            Some((after, from)) if from < text.len() => {
                retry = Some((after, from + 1));
                p = after;
                t = from + 1;
            }
            _ => return false,
        }
    }
}

/// Whether the element of the pattern at `p` matches `c`; then the index after it.
fn one(pattern: &[char], p: usize, c: char) -> Option<usize> {
    match pattern.get(p)? {
        '?' => Some(p + 1),
        '[' => match set(pattern, p, c) {
            Some((matched, next)) => matched.then_some(next),
            None => (c == '[').then_some(p + 1),
        },
        '\\' if pattern.get(p + 1).is_some() => (pattern.get(p + 1) == Some(&c)).then_some(p + 2),
        other => (*other == c).then_some(p + 1),
    }
}

/// `[…]` at `p`: whether it holds `c`, and the index after it; nothing if it is not closed.
fn set(pattern: &[char], p: usize, c: char) -> Option<(bool, usize)> {
    let mut i = p + 1;
    let negated = matches!(pattern.get(i), Some('!' | '^'));
    i += usize::from(negated);
    let first = i;
    let mut matched = false;
    // A set longer than this is no set that anybody wrote; the bound keeps unclosed ones cheap.
    while i < p + 256 {
        let low = *pattern.get(i)?;
        if low == ']' && i > first {
            return Some((matched != negated, i + 1));
        }
        if low == '[' && pattern.get(i + 1) == Some(&':') {
            let rest = pattern.get(i + 2..)?;
            let end = rest.iter().take(16).position(|c| *c == ':')?;
            let name: String = rest.get(..end)?.iter().collect();
            matched |= class(&name, c);
            i += end + 4;
            continue;
        }
        let range = pattern.get(i + 1) == Some(&'-') && pattern.get(i + 2).is_some_and(|c| *c != ']');
        if range {
            let high = *pattern.get(i + 2)?;
            matched |= low <= c && c <= high;
            i += 3;
        } else {
            matched |= low == c;
            i += 1;
        }
    }
    None
}

/// Whether the POSIX class called `name` holds `c`.
pub(crate) fn class(name: &str, c: char) -> bool {
    match name {
        "alpha" => c.is_alphabetic(),
        "digit" => c.is_ascii_digit(),
        "alnum" => c.is_alphanumeric(),
        "upper" => c.is_uppercase(),
        "lower" => c.is_lowercase(),
        "space" => c.is_whitespace(),
        "blank" => c == ' ' || c == '\t',
        "punct" => c.is_ascii_punctuation(),
        "xdigit" => c.is_ascii_hexdigit(),
        "print" => !c.is_control(),
        "graph" => !c.is_control() && c != ' ',
        "cntrl" => c.is_control(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match() {
        for (pattern, text, expected) in [
            ("r?", "rm", true),
            ("/???/r[m]", "/bin/rm", true),
            ("*.txt", "a.txt", true),
            ("*.txt", "a.txt.bak", false),
            ("[!a-c]x", "dx", true),
            ("[[:digit:]]*", "7z", true),
            ("mkfs?ext4", "mkfs.ext4", true),
            ("a*b*c", "aXbYc", true),
            ("[abc", "[abc", true),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
        }
    }
}
