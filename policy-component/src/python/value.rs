//! What an expression is known to be before the program runs.
//!
//! A value is a constant, something with a qualified name (`os.system`), or a choice between a few of these. What
//! cannot be told is [`Value::Unknown`]; nothing here guesses.

use std::rc::Rc;

use super::paths::UNKNOWN;

/// More alternatives than this are not followed: a list of paths in a program is seldom longer.
const MOST_ALTERNATIVES: usize = 32;

/// Longer constants are not kept: no path, name or module is as long, and a small nested program is shorter.
pub(super) const LONGEST_TEXT: usize = 16 * 1024;

/// A qualified name longer than this is hostile.
const LONGEST_NAME: usize = 200;

/// Which user-defined function: an index into the table of functions.
pub(super) type FunctionId = usize;

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Unknown,
    /// A string. Parts that are not known are [`UNKNOWN`] characters.
    Text(Rc<str>),
    Bytes(Rc<[u8]>),
    Int(i64),
    /// A module, or what a module holds; `a()` is what calling `a` gives, `a[]` what iterating over it gives.
    Name(Rc<str>),
    /// The dictionary of the module or object with this name.
    Namespace(Rc<str>),
    Sequence(Rc<[Value]>),
    Mapping(Rc<[(Value, Value)]>),
    /// A `pathlib` path.
    Path(Rc<str>),
    /// A method of a constant or of a namespace, not yet called.
    Method(Rc<(Value, String)>),
    /// A callable with its first arguments given.
    Partial(Rc<(Value, Vec<Value>)>),
    /// `operator.attrgetter` of these dotted names.
    Getter(Rc<[Rc<str>]>),
    Function(FunctionId),
    OneOf(Rc<[Value]>),
}

impl Value {
    pub(super) fn text(text: &str) -> Self {
        if text.len() > LONGEST_TEXT { Self::Unknown } else { Self::Text(text.into()) }
    }

    pub(super) fn bytes(bytes: &[u8]) -> Self {
        if bytes.len() > LONGEST_TEXT { Self::Unknown } else { Self::Bytes(bytes.into()) }
    }

    pub(super) fn name(name: &str) -> Self {
        if name.len() > LONGEST_NAME { Self::Unknown } else { Self::Name(name.into()) }
    }

    pub(super) fn sequence(values: Vec<Value>) -> Self {
        Self::Sequence(values.into())
    }

    /// One of several values.
    pub(super) fn one_of(values: Vec<Value>) -> Self {
        let mut kept: Vec<Value> = Vec::new();
        for value in values {
            let more = match &value {
                Self::OneOf(inner) => inner.as_ref(),
                single => std::slice::from_ref(single),
            };
            for value in more {
                if kept.len() < MOST_ALTERNATIVES
                    && !matches!(value, Self::Unknown)
                    && !kept.iter().any(|known| known.is_same(value))
                {
                    kept.push(value.clone());
                }
            }
        }
        match kept.len() {
            0 => Self::Unknown,
            1 => kept.pop().unwrap_or(Self::Unknown),
            _ => Self::OneOf(kept.into()),
        }
    }

    /// Whether two alternatives are one. Long constants are not compared: two lists are two alternatives.
    fn is_same(&self, other: &Value) -> bool {
        match (self, other) {
            (Self::Sequence(a), Self::Sequence(b)) => Rc::ptr_eq(a, b),
            (Self::Mapping(a), Self::Mapping(b)) => Rc::ptr_eq(a, b),
            (Self::Sequence(_) | Self::Mapping(_), _) | (_, Self::Sequence(_) | Self::Mapping(_)) => false,
            (a, b) => a == b,
        }
    }

    /// Every value that this can be.
    pub(super) fn alternatives(&self) -> &[Value] {
        match self {
            Self::OneOf(values) => values,
            single => std::slice::from_ref(single),
        }
    }

    /// Applies `f` to every value that this can be.
    pub(super) fn each(&self, mut f: impl FnMut(&Value) -> Value) -> Value {
        match self {
            Self::OneOf(values) => Self::one_of(values.iter().map(f).collect()),
            single => f(single),
        }
    }

    /// Applies `f` to every pair of values that `self` and `other` can be.
    pub(super) fn each_pair(&self, other: &Value, mut f: impl FnMut(&Value, &Value) -> Value) -> Value {
        if !matches!(self, Self::OneOf(_)) && !matches!(other, Self::OneOf(_)) {
            return f(self, other);
        }
        let mut results = Vec::new();
        for left in self.alternatives() {
            for right in other.alternatives() {
                if results.len() < MOST_ALTERNATIVES {
                    results.push(f(left, right));
                }
            }
        }
        Self::one_of(results)
    }

    /// The text of a string that is wholly known.
    pub(super) fn known_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) if !text.contains(UNKNOWN) => Some(text),
            _ => None,
        }
    }

    /// The qualified name.
    pub(super) fn as_name(&self) -> Option<&str> {
        if let Self::Name(name) = self { Some(name) } else { None }
    }

    /// What a function that takes a path would make of this: text, bytes or a `pathlib` path.
    pub(super) fn path(&self) -> Option<String> {
        match self {
            Self::Text(text) | Self::Path(text) => Some(text.to_string()),
            Self::Bytes(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
            _ => None,
        }
    }

    /// What iterating over this gives, in order, where that is known.
    pub(super) fn elements(&self) -> Option<Vec<Value>> {
        match self {
            Self::Sequence(values) => Some(values.to_vec()),
            Self::Text(text) if text.len() <= 4096 => {
                Some(text.chars().map(|c| Self::text(c.encode_utf8(&mut [0; 4]))).collect())
            }
            Self::Bytes(bytes) if bytes.len() <= 4096 => {
                Some(bytes.iter().map(|byte| Self::Int(i64::from(*byte))).collect())
            }
            Self::Mapping(items) => Some(items.iter().map(|(key, _)| key.clone()).collect()),
            _ => None,
        }
    }

    /// What one step of iterating over this gives: any of its elements.
    pub(super) fn element(&self) -> Value {
        self.each(|value| match value {
            Self::Name(name) => Self::name(&format!("{name}[]")),
            value => value.elements().map_or(Self::Unknown, Self::one_of),
        })
    }

    /// The element at `index`, counted from the end where negative.
    pub(super) fn item(&self, index: i64) -> Value {
        self.each(|value| match value {
            Self::Name(name) => Self::name(&format!("{name}[]")),
            value => value
                .elements()
                .and_then(|values| {
                    let length = i64::try_from(values.len()).ok()?;
                    let at = if index < 0 { index.checked_add(length)? } else { index };
                    values.get(usize::try_from(at).ok()?).cloned()
                })
                .unwrap_or(Self::Unknown),
        })
    }
}
