//! The variables of a program, with a journal that undoes what a subshell did.

use std::collections::BTreeMap;

use super::text::{Text, join};

/// Longer arrays become one unknown value: nothing that a rule asks for is that long.
pub(crate) const LONGEST_ARRAY: usize = 256;

#[derive(Debug, Clone)]
pub(crate) enum Variable {
    Scalar(Text),
    /// Keys and values in order, of indexed and associative arrays alike.
    List(Vec<(String, Text)>),
}

impl Variable {
    /// The value that `$name` reads: the element with key `0` of an array.
    pub(crate) fn scalar(&self) -> Option<Text> {
        match self {
            Self::Scalar(text) => Some(text.clone()),
            Self::List(elements) => elements.iter().find(|(key, _)| key == "0").map(|(_, text)| text.clone()),
        }
    }
}

#[derive(Debug, Default)]
pub(crate) struct Variables {
    map: BTreeMap<String, Variable>,
    /// Old values, newest last, of what was set since the first subshell began.
    journal: Vec<(String, Option<Variable>)>,
    open: usize,
}

impl Variables {
    pub(crate) fn get(&self, name: &str) -> Option<&Variable> {
        self.map.get(name)
    }

    pub(crate) fn set(&mut self, name: &str, value: Variable) {
        let old = self.map.insert(name.to_owned(), value);
        if self.open > 0 {
            self.journal.push((name.to_owned(), old));
        }
    }

    pub(crate) fn unset(&mut self, name: &str) {
        let old = self.map.remove(name);
        if self.open > 0 {
            self.journal.push((name.to_owned(), old));
        }
    }

    pub(crate) fn set_element(&mut self, name: &str, key: &str, value: Text) {
        let mut elements = match self.map.get(name) {
            Some(Variable::List(elements)) => elements.clone(),
            Some(Variable::Scalar(text)) => vec![("0".to_owned(), text.clone())],
            None => Vec::new(),
        };
        match elements.iter_mut().find(|(at, _)| at == key) {
            Some((_, element)) => *element = value,
            None => elements.push((key.to_owned(), value)),
        }
        self.set_list(name, elements);
    }

    pub(crate) fn set_list(&mut self, name: &str, elements: Vec<(String, Text)>) {
        if elements.len() <= LONGEST_ARRAY {
            self.set(name, Variable::List(elements));
        } else {
            let all: Vec<Text> = elements.into_iter().map(|(_, text)| text).take(LONGEST_ARRAY).collect();
            let unknown = Text::from(join(&all, " ").origin);
            self.set(name, Variable::Scalar(unknown));
        }
    }

    /// Starts a subshell; what it sets is undone by [`leave`](Self::leave).
    pub(crate) fn enter(&mut self) -> usize {
        self.open += 1;
        self.journal.len()
    }

    pub(crate) fn leave(&mut self, mark: usize) {
        self.open = self.open.saturating_sub(1);
        while self.journal.len() > mark {
            match self.journal.pop() {
                Some((name, Some(old))) => {
                    self.map.insert(name, old);
                }
                Some((name, None)) => {
                    self.map.remove(&name);
                }
                None => return,
            }
        }
    }
}
