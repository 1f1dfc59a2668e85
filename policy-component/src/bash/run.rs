//! Walks lists, pipelines and compound commands. Every function returns what is printed, as far as it is known.
//!
//! Every branch is walked: a review asks what a program may do, not what it does this time. Loops over known words
//! are walked once a word while there is fuel, because that is how names are put together.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::shell::Shell;
use super::syntax::{Assignment, Command, Kind, List, Part, Pipeline, Word};
use super::text::{Origin, Text};
use super::variables::Variable;
use crate::rules::bash as rules;

/// At most this many rounds of one loop are walked one by one.
const MOST_ROUNDS: usize = 300;

/// At most this many words of one list are walked one by one.
const MOST_WORDS: usize = 4096;

/// At most this many calls inside calls are followed.
const DEEPEST_CALL: usize = 8;

impl Shell {
    pub(crate) fn list(&mut self, list: &List) -> Text {
        let mut printed = Text::default();
        for pipeline in list {
            let text = self.pipeline(pipeline);
            printed.push(&text);
        }
        self.bounded(printed)
    }

    fn pipeline(&mut self, pipeline: &Pipeline) -> Text {
        match pipeline.commands.as_slice() {
            [command] => self.command(command),
            commands => {
                self.pipe_checks(pipeline);
                let stdin = self.stdin.clone();
                let mut flowing = None;
                for (i, command) in commands.iter().enumerate() {
                    flowing = Some(self.isolated(|shell| {
                        if i > 0 {
                            shell.stdin = flowing.take().map(Rc::new);
                        }
                        shell.command(command)
                    }));
                }
                self.stdin = stdin;
                flowing.unwrap_or_default()
            }
        }
    }

    /// `f | f &` inside `f`: a fork bomb.
    fn pipe_checks(&mut self, pipeline: &Pipeline) {
        let name = |command: &Command| match &command.kind {
            Kind::Simple { words, .. } => match words.first().map(|word| word.parts.as_slice()) {
                Some([Part::Literal(name)]) => Some(name.clone()),
                _ => None,
            },
            Kind::Group(_)
            | Kind::Subshell(_)
            | Kind::If { .. }
            | Kind::Loop { .. }
            | Kind::For { .. }
            | Kind::ForArith { .. }
            | Kind::Case { .. }
            | Kind::Arith(_)
            | Kind::Test(_)
            | Kind::Function { .. }
            | Kind::Coproc(_) => None,
        };
        let mut names = pipeline.commands.iter().map(name);
        if let (Some(Some(first)), Some(Some(second))) = (names.next(), names.next())
            && first == second
            && self.functions.contains_key(&first)
        {
            if let Some(command) = pipeline.commands.first() {
                self.place = command.place;
            }
            self.report(&rules::FORK_BOMB, format!("`{first}` starts itself twice, without end"));
        }
    }

    pub(crate) fn command(&mut self, command: &Command) -> Text {
        self.deeper(|shell| {
            shell.spend(16);
            // Only a redirect of its own gives a command other input; what it reads of the common one is gone.
            let redirected = !command.redirects.is_empty();
            let stdin = shell.stdin.clone();
            shell.place = command.place;
            let printed = match &command.kind {
                Kind::Simple { assignments, words, declared } => {
                    shell.simple(assignments, words, declared, &command.redirects)
                }
                Kind::Group(_)
                | Kind::Subshell(_)
                | Kind::If { .. }
                | Kind::Loop { .. }
                | Kind::For { .. }
                | Kind::ForArith { .. }
                | Kind::Case { .. }
                | Kind::Arith(_)
                | Kind::Test(_)
                | Kind::Function { .. }
                | Kind::Coproc(_) => {
                    let output = shell.redirect(&command.redirects);
                    let printed = shell.compound(&command.kind);
                    shell.place = command.place;
                    shell.deliver(output, printed)
                }
            };
            if redirected {
                shell.stdin = stdin;
            }
            printed
        })
    }

    fn compound(&mut self, kind: &Kind) -> Text {
        match kind {
            Kind::Simple { .. } => Text::default(),
            Kind::Group(list) => self.list(list),
            Kind::Subshell(list) => self.isolated(|shell| shell.list(list)),
            Kind::If { branches, otherwise } => self.branches(branches, otherwise),
            Kind::Loop { condition, body } => self.loop_(condition, body),
            Kind::For { name, words, body } => self.for_(name, words.as_deref(), body),
            Kind::ForArith { init, condition, step, body } => self.for_arith(init, condition, step, body),
            Kind::Case { word, arms } => {
                let value = self.text(word);
                let mut printed = Text::default();
                for (patterns, body) in arms {
                    let fits = value.known().map(|text| {
                        patterns.iter().any(|pattern| {
                            let pattern = self.pattern(pattern);
                            super::glob::matches(&pattern.text, text)
                        })
                    });
                    if fits.is_none() {
                        for pattern in patterns {
                            self.text(pattern);
                        }
                    }
                    let text = self.list(body);
                    if fits != Some(false) {
                        printed.push(&text);
                    }
                }
                printed
            }
            Kind::Arith(expression) => {
                let value = self.arithmetic(expression);
                self.succeeded = value.map(|value| value != 0);
                Text::default()
            }
            Kind::Test(words) => {
                let texts: Vec<Text> = words.iter().map(|word| self.text(word)).collect();
                self.succeeded = super::condition::evaluate(&texts);
                Text::default()
            }
            Kind::Function { name, body } => {
                self.functions.insert(name.clone(), Rc::clone(body));
                Text::default()
            }
            Kind::Coproc(command) => self.isolated(|shell| {
                shell.stdin = None;
                shell.command(command)
            }),
        }
    }

    /// Walks all branches; where the condition is known, the one not taken leaves nothing behind.
    fn branches(&mut self, branches: &[(List, List)], otherwise: &List) -> Text {
        let mut printed = Text::default();
        let mut decided = false;
        for (condition, body) in branches {
            self.succeeded = None;
            self.list(condition);
            let outcome = if decided { Some(false) } else { self.succeeded };
            let text = if outcome == Some(false) {
                self.isolated(|shell| shell.list(body))
            } else {
                self.list(body)
            };
            if outcome != Some(false) {
                printed.push(&text);
            }
            decided |= outcome == Some(true);
        }
        let text = if decided { self.isolated(|shell| shell.list(otherwise)) } else { self.list(otherwise) };
        if !decided {
            printed.push(&text);
        }
        printed
    }

    fn loop_(&mut self, condition: &List, body: &List) -> Text {
        let mut printed = Text::default();
        for _ in 0..MOST_ROUNDS {
            self.succeeded = None;
            self.list(condition);
            let outcome = self.succeeded;
            let text = self.list(body);
            if outcome == Some(false) {
                break;
            }
            printed.push(&text);
            if outcome.is_none() || !self.spend(64) {
                break;
            }
        }
        printed
    }

    fn for_(&mut self, name: &str, words: Option<&[Word]>, body: &List) -> Text {
        let place = self.place;
        let values = match words {
            Some(words) => self.all_fields(words),
            None => self.positional.clone().unwrap_or_else(|| vec![Text::unknown()]),
        };
        let mut printed = Text::default();
        // No words is no round, but the body is read all the same.
        let rounds = if values.is_empty() { vec![Text::unknown()] } else { values };
        let cut = rounds.len() > MOST_WORDS;
        // What is left of a very long list stands for one unknown word.
        for value in rounds.into_iter().take(MOST_WORDS).chain(cut.then(Text::unknown)) {
            self.place = place;
            self.set(name, value);
            let text = self.list(body);
            printed.push(&text);
            if !self.spend(64) {
                break;
            }
        }
        printed
    }

    fn for_arith(&mut self, init: &Word, condition: &Word, step: &Word, body: &List) -> Text {
        self.arithmetic(init);
        let mut printed = Text::default();
        for round in 0..MOST_ROUNDS {
            let go_on = self.arithmetic(condition);
            if go_on == Some(0) && round > 0 {
                break;
            }
            let text = self.list(body);
            printed.push(&text);
            if go_on.is_none() || go_on == Some(0) || !self.spend(64) {
                break;
            }
            self.arithmetic(step);
        }
        printed
    }

    /// Runs a function with arguments; parameters and `local` variables are the caller's again afterwards.
    pub(crate) fn run_function(&mut self, name: &str, arguments: Option<Vec<Text>>) -> Option<Text> {
        let body = Rc::clone(self.functions.get(name)?);
        let calls = self.calls_open;
        if calls >= DEEPEST_CALL {
            return Some(Text::unknown());
        }
        let first = self.called.insert(name.to_owned());
        if !first && !self.spend(256) {
            return Some(Text::unknown());
        }
        let refused = std::mem::take(&mut self.refused);
        let place = self.place;
        let outer = (std::mem::replace(&mut self.positional, arguments), self.in_function);
        self.in_function = true;
        self.calls_open = calls + 1;
        let printed = self.command(&body);
        self.calls_open = calls;
        if self.refused {
            // Some of the body was too deep in calls to be read: it is read again on its own.
            self.called.remove(name);
        }
        self.refused |= refused;
        (self.positional, self.in_function) = outer;
        self.place = place;
        Some(printed)
    }

    /// Reads the functions that the program never called, with unknown parameters.
    pub(crate) fn read_uncalled(&mut self) {
        // A body may define further functions, hence more than one pass; none is read twice.
        let mut done = BTreeSet::new();
        for _ in 0..4 {
            let uncalled = |name: &&String| !self.called.contains(*name) && !done.contains(*name);
            let names: Vec<String> = self.functions.keys().filter(uncalled).cloned().collect();
            for name in names {
                self.run_function(&name, None);
                done.insert(name);
            }
        }
    }

    pub(crate) fn assign(&mut self, assignment: &Assignment) {
        let name = assignment.name.as_str();
        if let [Part::Array(elements)] = assignment.value.parts.as_slice() {
            self.assign_array(name, elements, assignment.append);
            return;
        }
        let value = self.text(&assignment.value);
        let key = assignment.index.as_ref().map(|index| self.text(index));
        self.code_in_variable(name, &value);
        let value = if assignment.append {
            let mut old = match &key {
                Some(key) => self.element(name, &key.text),
                None => self.variables.get(name).and_then(Variable::scalar),
            }
            .unwrap_or_default();
            old.push(&value);
            self.bounded(old)
        } else {
            value
        };
        match key {
            Some(key) => {
                let index = key.known().and_then(|key| self.arithmetic_text(key));
                let index = index.map_or(key.text, |index| index.to_string());
                self.set_element(name, &index, value);
            }
            None => self.set(name, value),
        }
    }

    fn assign_array(&mut self, name: &str, elements: &[Word], append: bool) {
        let mut list = match self.variables.get(name) {
            Some(Variable::List(list)) if append => list.clone(),
            _ => Vec::new(),
        };
        for element in elements {
            for field in self.fields(element) {
                let pair = field.text.strip_prefix('[').and_then(|rest| rest.split_once("]="));
                let (key, value) = match pair {
                    Some((key, value)) => (key.to_owned(), field.as_text(value)),
                    None => (list.len().to_string(), field),
                };
                list.push((key, value));
            }
        }
        if self.spend(list.len() * 16) {
            self.variables.set_list(name, list);
        } else {
            self.set(name, Text::unknown());
        }
    }

    /// Variables whose value Bash runs or expands by itself.
    fn code_in_variable(&mut self, name: &str, value: &Text) {
        match name {
            "PROMPT_COMMAND" => {
                self.run_text(value, "`PROMPT_COMMAND`");
            }
            "PS0" | "PS1" | "PS4" => {
                self.read_expansions(&value.text);
            }
            "BASH_ENV" | "ENV" => {
                if let Some(content) = self.content(value) {
                    self.run_text(&content, "the file that `BASH_ENV` names");
                } else if value.origin != Origin::NONE {
                    self.run_text(value, "the file that `BASH_ENV` names");
                }
            }
            _ => {}
        }
    }

    /// The text of a pattern: what was quoted in it stands for itself.
    pub(crate) fn pattern(&mut self, word: &Word) -> Text {
        let mut whole = Text::default();
        for part in &word.parts {
            match part {
                Part::Quoted(_, text) => {
                    for c in text.chars() {
                        if matches!(c, '*' | '?' | '[' | '\\') {
                            whole.push_str("\\");
                        }
                        whole.push_str(c.encode_utf8(&mut [0; 4]));
                    }
                }
                Part::Literal(text) => whole.push_str(text),
                Part::Parameter { .. }
                | Part::Command { .. }
                | Part::Arith { .. }
                | Part::Process { .. }
                | Part::Array(_) => {
                    let text = self.part_text(part);
                    whole.push(&text);
                }
            }
        }
        self.bounded(whole)
    }
}
