//! Brace expansion: `{rm,-rf,/}`, `{1..9}`.

use super::syntax::{Part, Word};

/// At most this many words come of one; Bash has no limit, and nothing dangerous needs more.
const MOST_WORDS: usize = 300;

/// Parts, and beside each the text that replaces it where brace expansion made it.
pub(crate) type Expanded<'a> = (Vec<&'a Part>, Vec<Option<String>>);

/// A character of unquoted text, or a part that is left alone.
#[derive(Clone, Copy)]
enum Atom<'a> {
    Char(char, &'a Part),
    Whole(&'a Part),
}

/// The words that a word with braces stands for; nothing where it has none.
pub(crate) fn expand(word: &Word) -> Option<Vec<Expanded<'_>>> {
    let braced = |part: &Part| matches!(part, Part::Literal(text) if text.contains('{'));
    if !word.parts.iter().any(braced) {
        return None;
    }
    let mut atoms = Vec::new();
    for part in &word.parts {
        match part {
            Part::Literal(text) => atoms.extend(text.chars().map(|c| Atom::Char(c, part))),
            Part::Quoted(..)
            | Part::Parameter { .. }
            | Part::Command { .. }
            | Part::Arith { .. }
            | Part::Process { .. }
            | Part::Array(_) => atoms.push(Atom::Whole(part)),
        }
    }
    if atoms.len() > 4096 {
        return None;
    }
    let mut words = Vec::new();
    alternatives(&atoms, &mut words, 0);
    (words.len() > 1).then(|| words.iter().map(|word| joined(word)).collect())
}

/// Expands the first braces of `atoms`, then what is left in each result.
fn alternatives<'a>(atoms: &[Atom<'a>], words: &mut Vec<Vec<Atom<'a>>>, depth: usize) {
    // Every level has taken one pair of braces; more pairs than this multiply beyond the limit anyway.
    if words.len() >= MOST_WORDS || depth > 12 {
        words.push(atoms.to_vec());
        return;
    }
    let Some((open, close, choices)) = first_braces(atoms) else {
        words.push(atoms.to_vec());
        return;
    };
    for choice in choices {
        let mut word = atoms.get(..open).unwrap_or_default().to_vec();
        word.extend(choice);
        word.extend_from_slice(atoms.get(close + 1..).unwrap_or_default());
        alternatives(&word, words, depth + 1);
    }
}

type Braces<'a> = (usize, usize, Vec<Vec<Atom<'a>>>);

fn first_braces<'a>(atoms: &[Atom<'a>]) -> Option<Braces<'a>> {
    let mut from = 0;
    while let Some(open) = atoms.iter().skip(from).position(|atom| is(*atom, '{')).map(|at| at + from) {
        let (mut depth, mut commas, mut close) = (0_usize, Vec::new(), None);
        for (i, atom) in atoms.iter().enumerate().skip(open) {
            match atom {
                Atom::Char('{', _) => depth += 1,
                Atom::Char('}', _) if depth == 1 => {
                    close = Some(i);
                    break;
                }
                Atom::Char('}', _) => depth -= 1,
                Atom::Char(',', _) if depth == 1 => commas.push(i),
                Atom::Char(..) | Atom::Whole(_) => {}
            }
        }
        if let Some(close) = close {
            if !commas.is_empty() {
                let mut choices = Vec::new();
                let mut start = open + 1;
                for end in commas.into_iter().chain([close]) {
                    choices.push(atoms.get(start..end).unwrap_or_default().to_vec());
                    start = end + 1;
                }
                return Some((open, close, choices));
            }
            if let Some(choices) = sequence(atoms.get(open + 1..close).unwrap_or_default()) {
                return Some((open, close, choices));
            }
        }
        from = open + 1;
    }
    None
}

fn is(atom: Atom<'_>, wanted: char) -> bool {
    matches!(atom, Atom::Char(c, _) if c == wanted)
}

/// `1..9`, `a..f`, `1..9..2`.
fn sequence<'a>(atoms: &[Atom<'a>]) -> Option<Vec<Vec<Atom<'a>>>> {
    let mut text = String::new();
    let mut home = None;
    for atom in atoms {
        match atom {
            Atom::Char(c, part) => {
                text.push(*c);
                home = Some(*part);
            }
            Atom::Whole(_) => return None,
        }
    }
    let home = home?;
    let mut ends = text.split("..");
    let (low, high) = (ends.next()?, ends.next()?);
    let step = ends.next().and_then(|step| step.parse::<i64>().ok()).unwrap_or(1).unsigned_abs().max(1);
    let letter = |text: &str| {
        let mut chars = text.chars();
        chars
            .next()
            .filter(|c| c.is_ascii_alphabetic() && chars.next().is_none())
            .map(|c| i64::from(u32::from(c)))
    };
    let (from, to, letters) = match (low.parse::<i64>(), high.parse::<i64>()) {
        (Ok(from), Ok(to)) => (from, to, false),
        _ => (letter(low)?, letter(high)?, true),
    };
    let mut values = Vec::new();
    let mut value = from;
    let step = i64::try_from(step).unwrap_or(i64::MAX);
    while values.len() < MOST_WORDS && (if from <= to { value <= to } else { value >= to }) {
        let shown = if letters {
            u32::try_from(value).ok().and_then(char::from_u32).map(String::from)?
        } else {
            value.to_string()
        };
        values.push(shown.chars().map(|c| Atom::Char(c, home)).collect());
        value = if from <= to { value.checked_add(step)? } else { value.checked_sub(step)? };
    }
    Some(values)
}

/// Atoms as parts again: runs of characters become one text.
fn joined<'a>(atoms: &[Atom<'a>]) -> Expanded<'a> {
    let (mut parts, mut texts): Expanded<'a> = (Vec::new(), Vec::new());
    for atom in atoms {
        match atom {
            Atom::Char(c, part) => {
                if let Some(Some(text)) = texts.last_mut() {
                    text.push(*c);
                } else {
                    parts.push(*part);
                    texts.push(Some(c.to_string()));
                }
            }
            Atom::Whole(part) => {
                parts.push(part);
                texts.push(None);
            }
        }
    }
    (parts, texts)
}
