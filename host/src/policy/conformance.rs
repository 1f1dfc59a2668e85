//! Whether a policy does what it says of itself, and what the interface asks of every policy.

use super::{Description, Policy, PolicyError, Wording};
use crate::Language;
use crate::outcome::Captured;
use crate::report::Status;

/// What a policy was held to, and where it fell short.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Conformance {
    /// How many examples of its own rules were scanned.
    pub examples: usize,
    /// How many further questions were asked.
    pub questions: usize,
    /// What went wrong, a line each.
    pub shortfalls: Vec<String>,
}

/// A language that no policy reads.
const UNHEARD_OF: &str = "unheard-of";

impl Policy {
    /// Holds the policy to its own examples and to the interface: every rule finds what it says it finds and nothing
    /// else, rule ids are described once, the same question gets the same answer, an unknown language is a
    /// violation, and every outcome is worded.
    ///
    /// # Errors
    ///
    /// Where the policy cannot even describe itself. A question that it does not answer is a shortfall.
    pub fn conformance(&self) -> Result<Conformance, PolicyError> {
        let description = self.describe()?;
        let mut conformance = Conformance::default();
        conformance.examples(self, &description);
        conformance.ids(&description);
        conformance.silence(self);
        conformance.words(self);
        Ok(conformance)
    }
}

impl Conformance {
    /// Asks a question, and notes the answer if it is a shortfall or an error.
    fn ask(&mut self, about: &str, answer: Result<Option<String>, PolicyError>) {
        match answer {
            Ok(None) => {}
            Ok(Some(shortfall)) => self.shortfalls.push(format!("{about}: {shortfall}")),
            Err(error) => self.shortfalls.push(format!("{about}: {}", crate::error::chain(&error))),
        }
    }

    fn examples(&mut self, policy: &Policy, description: &Description) {
        for rule in &description.rules {
            let languages = match Language::named(&rule.language) {
                Some(language) => vec![language],
                None => Language::ALL.to_vec(),
            };
            let examples = rule.matches.iter().map(|code| (code, true));
            let examples: Vec<_> =
                examples.chain(rule.non_matches.iter().map(|code| (code, false))).collect();
            for (code, matches) in examples {
                for language in &languages {
                    self.examples += 1;
                    let answer = example(policy, description, language.name(), &rule.id, code, matches);
                    self.ask(&format!("`{}` in {:?}", rule.id, code), answer);
                }
            }
        }
    }

    fn ids(&mut self, description: &Description) {
        for (index, rule) in description.rules.iter().enumerate() {
            self.questions += 1;
            if description.rules.iter().skip(index + 1).any(|other| other.id == rule.id) {
                self.shortfalls.push(format!("`{}` is described twice", rule.id));
            }
        }
    }

    /// Code in a language that the policy does not read must not be approved.
    fn silence(&mut self, policy: &Policy) {
        self.questions += 1;
        let answer = policy.scan(UNHEARD_OF, "x").map(|found| {
            found.is_empty().then(|| "code in a language that no policy reads is approved".to_owned())
        });
        self.ask(&format!("language `{UNHEARD_OF}`"), answer);
        for language in Language::ALL {
            self.questions += 1;
            self.ask(&format!("empty {language}"), policy.scan(language.name(), "").map(|_| None));
        }
    }

    fn words(&mut self, policy: &Policy) {
        let output =
            Captured { head: b"\xff\0{\"a\": 1}\n".to_vec(), tail: b"end".to_vec(), total_bytes: 100 };
        for status in Status::ALL {
            self.questions += 1;
            let wording = Wording {
                language: Language::Python.name(),
                status,
                exit_code: Some(1),
                signal: Some("SIGSEGV"),
                stdout: &output,
                stderr: &output,
                timeout_seconds: 30,
                violations: &[],
                detail: Some("detail"),
            };
            let answer = policy.session().format(&wording).map(|_| None);
            self.ask(&format!("an outcome with the status `{status}`"), answer);
        }
    }
}

/// Scans one example twice, in two instances, and says what is wrong with the answer.
fn example(
    policy: &Policy,
    description: &Description,
    language: &str,
    rule: &str,
    code: &str,
    matches: bool,
) -> Result<Option<String>, PolicyError> {
    let found = policy.scan(language, code)?;
    if policy.scan(language, code)? != found {
        return Ok(Some("the same code got two answers".to_owned()));
    }
    let undescribed =
        found.iter().find(|violation| description.rules.iter().all(|rule| rule.id != violation.rule));
    if let Some(violation) = undescribed {
        return Ok(Some(format!("`{}` is found and not described", violation.rule)));
    }
    let is_found = found.iter().any(|violation| violation.rule == rule);
    Ok(match (matches, is_found) {
        (true, false) => Some("the rule finds nothing in a program that it is to match".to_owned()),
        (false, true) => Some("the rule matches a program that it is to leave alone".to_owned()),
        _ => None,
    })
}
