//! Reads the arguments of a program as `getopt_long` does: clusters, values, abbreviations, `--`.

use super::text::Text;

#[derive(Debug, Default)]
pub(crate) struct Options {
    short: Vec<(char, Option<Text>)>,
    long: Vec<(String, Option<Text>)>,
    pub(crate) operands: Vec<Text>,
}

impl Options {
    /// `valued` are the letters and `valued_long` the names that take a value from the next argument.
    pub(crate) fn read(args: &[Text], valued: &str, valued_long: &[&str]) -> Self {
        let mut options = Self::default();
        let mut rest = args.iter();
        while let Some(arg) = rest.next() {
            if arg.text == "--" {
                options.operands.extend(rest.cloned());
                break;
            }
            if let Some(long) = arg.text.strip_prefix("--") {
                let (name, value) = if let Some((name, value)) = long.split_once('=') {
                    (name, Some(arg.as_text(value)))
                } else {
                    let takes = long.len() > 1 && valued_long.iter().any(|valued| valued.starts_with(long));
                    (long, if takes { rest.next().cloned() } else { None })
                };
                options.long.push((name.to_owned(), value));
            } else if let Some(letters) = arg.text.strip_prefix('-').filter(|letters| !letters.is_empty()) {
                let mut letters = letters.chars();
                while let Some(letter) = letters.next() {
                    if valued.contains(letter) {
                        let attached: String = letters.collect();
                        let value = if attached.is_empty() {
                            rest.next().cloned()
                        } else {
                            Some(arg.as_text(attached))
                        };
                        options.short.push((letter, value));
                        break;
                    }
                    options.short.push((letter, None));
                }
            } else {
                options.operands.push(arg.clone());
            }
        }
        options
    }

    pub(crate) fn has(&self, letter: char, long: &str) -> bool {
        self.short.iter().any(|(name, _)| *name == letter) || !long.is_empty() && self.has_long(long)
    }

    /// Whether a long option or an abbreviation of it is there.
    pub(crate) fn has_long(&self, long: &str) -> bool {
        self.long.iter().any(|(name, _)| name.len() > 1 && long.starts_with(name.as_str()))
    }

    pub(crate) fn value(&self, letter: char, long: &str) -> Option<Text> {
        let short = self.short.iter().find(|(name, value)| *name == letter && value.is_some());
        let by_long = || {
            self.long
                .iter()
                .find(|(name, value)| name.len() > 1 && long.starts_with(name.as_str()) && value.is_some())
        };
        short.and_then(|(_, value)| value.clone()).or_else(|| by_long().and_then(|(_, value)| value.clone()))
    }

    /// Values of every use of an option.
    pub(crate) fn values(&self, letter: char, long: &str) -> Vec<Text> {
        let short =
            self.short.iter().filter(|(name, _)| *name == letter).filter_map(|(_, value)| value.clone());
        let by_long = self
            .long
            .iter()
            .filter(|(name, _)| name.len() > 1 && long.starts_with(name.as_str()))
            .filter_map(|(_, value)| value.clone());
        short.chain(by_long).collect()
    }
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn options_read_in_any_order_and_abbreviated() {
        let args: Vec<Text> =
            ["-rv", "x", "--recurs", "-o", "out", "--mode=7", "--", "-y"].map(Text::new).into();
        let options = Options::read(&args, "o", &["mode"]);
        assert!(options.has('v', "") && options.has('R', "recursive"));
        assert_eq!(options.value('o', "output").unwrap().text, "out");
        assert_eq!(options.value('m', "mode").unwrap().text, "7");
        assert_eq!(options.operands, ["x", "-y"].map(Text::new));
    }
}
