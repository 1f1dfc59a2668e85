//! Words and paths in text that no parser reads: there, what is configured is looked for as it is written.

/// The words of a text, each with its offset: letters, digits and `_`, and what `more` adds.
pub(crate) fn words<'t>(text: &'t str, more: &'static [char]) -> impl Iterator<Item = (usize, &'t str)> {
    let is_part = move |c: char| c.is_alphanumeric() || c == '_' || more.contains(&c);
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = text.get(at..)?;
        let start = rest.find(is_part)?;
        let rest = rest.get(start..)?;
        let length = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
        let found = (at + start, rest.get(..length)?);
        at += start + length;
        Some(found)
    })
}

/// The absolute paths in a text, each with its offset.
pub(crate) fn paths(text: &str) -> impl Iterator<Item = (usize, &str)> {
    words(text, &['/', '.', '-', '+', '~', '@', '%', '*', '?', '[', ']'])
        .filter_map(|(at, word)| word.find('/').and_then(|slash| Some((at + slash, word.get(slash..)?))))
}
