//! Here-documents: announced by `<<END`, read after the end of that line.

use std::cell::OnceCell;
use std::rc::Rc;

use super::cursor::{Parser, Pending, Stop};
use super::words::plain_text;
use crate::bash::syntax::{Part, Place, Quote, Word};

impl Parser<'_> {
    /// Reads the word after `<<` and remembers that a body follows.
    pub(super) fn announce_heredoc(&mut self, strip_tabs: bool) -> Result<Rc<OnceCell<Word>>, Stop> {
        self.skip_blanks();
        let start = self.at;
        let word = self.word()?;
        let raw = self.slice(start, self.at);
        let literal = raw.contains(['\'', '"', '\\']);
        let end = if literal { plain_text(&word) } else { raw.to_owned() };
        let body = Rc::new(OnceCell::new());
        self.pending.push(Pending { end, literal, strip_tabs, body: Rc::clone(&body) });
        Ok(body)
    }

    /// Reads the bodies of what was announced on the line that just ended.
    pub(super) fn read_heredocs(&mut self) -> Result<(), Stop> {
        for pending in std::mem::take(&mut self.pending) {
            let start = self.at;
            let (text, next) = self.body(&pending);
            self.at = next;
            let place = self.place(start);
            let word = if pending.literal { None } else { self.expanded(&text, place)? };
            let word = word.unwrap_or_else(|| Word { parts: vec![Part::Quoted(Quote::Single, text)] });
            // The cell was made for this body alone, so it is empty.
            let _ = pending.body.set(word);
        }
        Ok(())
    }

    /// The body with its expansions. An error in it is one that Bash reports when it gets there.
    fn expanded(&self, text: &str, place: Place) -> Result<Option<Word>, Stop> {
        match Parser::new(text, self.depth, Some(place)).text_to_end() {
            Ok(word) => Ok(Some(word)),
            Err(Stop::Syntax(_)) => Ok(None),
            Err(Stop::TooDeep(_)) => Err(Stop::TooDeep(place.start)),
        }
    }

    /// The body's text, and the offset after its last line. A body without an end reaches to the end of the code.
    fn body(&self, pending: &Pending) -> (String, usize) {
        let mut text = String::new();
        let mut at = self.at;
        for line in self.rest().split_inclusive('\n') {
            let bare = line.strip_suffix('\n').unwrap_or(line);
            let bare = if pending.strip_tabs { bare.trim_start_matches('\t') } else { bare };
            if bare == pending.end {
                return (text, at + line.len());
            }
            // `$(cat <<END … END)`: the bracket that closes the substitution may stand on the last line.
            if let Some(tail) = bare.strip_prefix(pending.end.as_str())
                && !pending.end.is_empty()
                && tail.trim_start().starts_with(')')
                && self.depth > 0
            {
                return (text, at + line.find(tail).unwrap_or(line.len()));
            }
            text.push_str(bare);
            text.push('\n');
            at += line.len();
        }
        (text, at)
    }
}
