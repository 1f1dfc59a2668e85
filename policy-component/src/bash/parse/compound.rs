//! Compound commands: groups, conditions, loops, functions.

use std::rc::Rc;

use super::cursor::{Parser, Stop, is_meta};
use super::words::plain_text;
use crate::bash::syntax::{Command, Kind, List, Part, Word};

impl Parser<'_> {
    /// One command of a pipeline.
    pub(super) fn command(&mut self) -> Result<Command, Stop> {
        let start = self.at;
        if self.peek() == Some(b'(') {
            let kind = self.deeper(Self::parenthesis)?;
            return self.finish(kind, start);
        }
        match self.bare_word() {
            "{" => self.compound(start, "{", Self::group),
            "if" => self.compound(start, "if", Self::condition),
            "while" => self.compound(start, "while", Self::loop_),
            "until" => self.compound(start, "until", Self::loop_),
            "for" => self.compound(start, "for", Self::for_),
            "select" => self.compound(start, "select", Self::for_),
            "case" => self.compound(start, "case", Self::case),
            "[[" => self.compound(start, "[[", Self::test),
            "function" => self.compound(start, "function", Self::function),
            "coproc" => self.compound(start, "coproc", Self::coproc),
            "then" | "elif" | "else" | "fi" | "do" | "done" | "esac" | "}" => self.syntax(),
            _ => self.simple(),
        }
    }

    fn compound(
        &mut self,
        start: usize,
        word: &str,
        parse: fn(&mut Self) -> Result<Kind, Stop>,
    ) -> Result<Command, Stop> {
        self.at += word.len();
        let kind = self.deeper(parse)?;
        self.finish(kind, start)
    }

    fn finish(&mut self, kind: Kind, start: usize) -> Result<Command, Stop> {
        let place = self.place(start);
        let redirects = self.redirects()?;
        Ok(Command { kind, redirects, place })
    }

    fn group(&mut self) -> Result<Kind, Stop> {
        let list = self.list()?;
        self.close("}")?;
        Ok(Kind::Group(list))
    }

    /// `((…))` is arithmetic where its brackets close together, else nested subshells.
    fn parenthesis(&mut self) -> Result<Kind, Stop> {
        if self.looking_at("((") && self.arith_closes(self.at + 2) {
            self.at += 2;
            return Ok(Kind::Arith(self.until_parens()?));
        }
        self.at += 1;
        let list = self.list()?;
        self.expect(")")?;
        Ok(Kind::Subshell(list))
    }

    fn close(&mut self, word: &str) -> Result<(), Stop> {
        if self.eat_word(word) { Ok(()) } else { self.syntax() }
    }

    fn condition(&mut self) -> Result<Kind, Stop> {
        let mut branches = Vec::new();
        let mut otherwise = List::new();
        loop {
            let condition = self.list()?;
            self.close("then")?;
            branches.push((condition, self.list()?));
            if self.eat_word("elif") {
                continue;
            }
            if self.eat_word("else") {
                otherwise = self.list()?;
            }
            self.close("fi")?;
            return Ok(Kind::If { branches, otherwise });
        }
    }

    fn loop_(&mut self) -> Result<Kind, Stop> {
        let condition = self.list()?;
        let body = self.do_group()?;
        Ok(Kind::Loop { condition, body })
    }

    /// `do … done`, or the braces that Bash also takes.
    fn do_group(&mut self) -> Result<List, Stop> {
        let closing = if self.eat_word("do") {
            "done"
        } else if self.eat_word("{") {
            "}"
        } else {
            return self.syntax();
        };
        let body = self.list()?;
        self.close(closing)?;
        Ok(body)
    }

    fn for_(&mut self) -> Result<Kind, Stop> {
        self.skip_blanks();
        if self.eat("((") {
            return self.for_arith();
        }
        let start = self.at;
        let _ = self.word()?;
        let name = self.slice(start, self.at).to_owned();
        self.skip_lines()?;
        let words = if self.eat_word("in") { Some(self.words_of_line()?) } else { None };
        self.skip_separator()?;
        let body = self.do_group()?;
        Ok(Kind::For { name, words, body })
    }

    fn for_arith(&mut self) -> Result<Kind, Stop> {
        let [init, condition] = [self.until_semicolon()?, self.until_semicolon()?];
        let step = self.until_parens()?;
        self.skip_separator()?;
        let body = self.do_group()?;
        Ok(Kind::ForArith { init, condition, step, body })
    }

    fn words_of_line(&mut self) -> Result<Vec<Word>, Stop> {
        let mut words = Vec::new();
        loop {
            self.skip_blanks();
            match self.peek() {
                None => return Ok(words),
                Some(b) if is_meta(b) && !self.at_process() => return Ok(words),
                Some(_) => words.push(self.word()?),
            }
        }
    }

    fn skip_separator(&mut self) -> Result<(), Stop> {
        self.skip_blanks();
        self.eat(";");
        self.skip_lines()
    }

    fn case(&mut self) -> Result<Kind, Stop> {
        self.skip_blanks();
        let word = self.word()?;
        self.skip_lines()?;
        self.close("in")?;
        let mut arms = Vec::new();
        loop {
            self.skip_lines()?;
            if self.eat_word("esac") {
                return Ok(Kind::Case { word, arms });
            }
            self.eat("(");
            let mut patterns = Vec::new();
            loop {
                self.skip_lines()?;
                patterns.push(self.word()?);
                self.skip_lines()?;
                if !self.eat("|") {
                    break;
                }
            }
            self.expect(")")?;
            arms.push((patterns, self.list()?));
            let _ = self.eat(";;&") || self.eat(";;") || self.eat(";&");
        }
    }

    /// `[[ … ]]`: operators are words here, brackets and bars ordinary characters.
    fn test(&mut self) -> Result<Kind, Stop> {
        let mut words = Vec::new();
        loop {
            self.skip_lines()?;
            if self.eat_word("]]") {
                return Ok(Kind::Test(words));
            }
            if self.peek().is_none() {
                return self.syntax();
            }
            words.push(self.test_word()?);
        }
    }

    fn function(&mut self) -> Result<Kind, Stop> {
        self.skip_blanks();
        let start = self.at;
        let _ = self.word()?;
        let name = self.slice(start, self.at).to_owned();
        self.skip_blanks();
        if self.eat("(") {
            self.skip_blanks();
            self.expect(")")?;
        }
        self.function_body(name)
    }

    /// `name () …`, with the name already read.
    pub(super) fn function_after(&mut self, start: usize, name: Option<&Word>) -> Result<Command, Stop> {
        let name = name.map(plain_text).unwrap_or_default();
        self.expect("(")?;
        self.skip_blanks();
        self.expect(")")?;
        let kind = self.deeper(|parser| parser.function_body(name))?;
        let place = self.place(start);
        Ok(Command { kind, redirects: Vec::new(), place })
    }

    fn function_body(&mut self, name: String) -> Result<Kind, Stop> {
        self.skip_lines()?;
        let body = Rc::new(self.command()?);
        Ok(Kind::Function { name, body })
    }

    fn coproc(&mut self) -> Result<Kind, Stop> {
        self.skip_blanks();
        let start = self.at;
        // `coproc NAME { …; }`: a name only where a compound command follows it.
        if !starts_compound(self.bare_word()) && self.peek() != Some(b'(') {
            let word = self.word()?;
            self.skip_blanks();
            let named = matches!(word.parts.as_slice(), [Part::Literal(_)])
                && (starts_compound(self.bare_word()) || self.peek() == Some(b'('));
            if !named {
                self.at = start;
            }
        }
        Ok(Kind::Coproc(Box::new(self.command()?)))
    }
}

fn starts_compound(word: &str) -> bool {
    matches!(word, "{" | "if" | "while" | "until" | "for" | "select" | "case" | "[[")
}
