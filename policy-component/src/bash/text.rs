//! Values: text that is known as far as it can be, and where it came from.

/// Stands for text that is not known: any characters, or none. A noncharacter, so that code which contains it is
/// merely unknown there.
pub(crate) const UNKNOWN: char = '\u{10FFFF}';

/// What `~` and `$HOME` expand to. No program means this path by accident, and everything under it is the home.
pub(crate) const HOME: &str = "/~home";

/// Longest text that is put together, as long as the longest submission; longer ones end unknown.
const LONGEST: usize = 1 << 20;

/// Where text came from, as far as it matters when it is run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Origin(u8);

impl Origin {
    pub(crate) const NONE: Self = Self(0);
    /// Read from the network.
    pub(crate) const REMOTE: Self = Self(1);
    /// Made by a decoder from something that is not known.
    pub(crate) const DECODED: Self = Self(2);
    /// Read from a file of the system or of the user that is nobody else's business.
    pub(crate) const PRIVATE: Self = Self(4);

    pub(crate) fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    pub(crate) fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// A string with unknown stretches.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Text {
    pub(crate) text: String,
    pub(crate) origin: Origin,
}

impl Text {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), origin: Origin::NONE }
    }

    pub(crate) fn unknown() -> Self {
        Self::new(UNKNOWN)
    }

    pub(crate) fn from(origin: Origin) -> Self {
        Self { text: UNKNOWN.to_string(), origin }
    }

    /// The same origin, other text.
    pub(crate) fn as_text(&self, text: impl Into<String>) -> Self {
        Self { text: text.into(), origin: self.origin }
    }

    /// The text, where all of it is known.
    pub(crate) fn known(&self) -> Option<&str> {
        (!self.text.contains(UNKNOWN)).then_some(self.text.as_str())
    }

    pub(crate) fn is_known(&self) -> bool {
        !self.text.contains(UNKNOWN)
    }

    pub(crate) fn push(&mut self, other: &Self) {
        self.push_str(&other.text);
        self.origin = self.origin.with(other.origin);
    }

    /// Appends text; two unknown stretches in a row are one.
    pub(crate) fn push_str(&mut self, text: &str) {
        if text.starts_with(UNKNOWN) && self.text.ends_with(UNKNOWN) {
            self.text.push_str(text.get(UNKNOWN.len_utf8()..).unwrap_or_default());
        } else {
            self.text.push_str(text);
        }
    }

    /// The same text, no longer than [`LONGEST`].
    pub(crate) fn cut(mut self) -> Self {
        if self.text.len() > LONGEST {
            let end = self.text.floor_char_boundary(LONGEST);
            self.text.truncate(end);
            self.text.push(UNKNOWN);
        }
        self
    }

    /// The text as a reader should see it: `…` where it is not known.
    pub(crate) fn shown(&self) -> String {
        let shown: String = self.text.replace(HOME, "~").replace(UNKNOWN, "…").chars().take(60).collect();
        shown
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

/// Joins texts with `between`.
pub(crate) fn join(texts: &[Text], between: &str) -> Text {
    let mut joined = Text::default();
    for (i, text) in texts.iter().enumerate() {
        if i > 0 {
            joined.push_str(between);
        }
        joined.push(text);
    }
    joined
}
