//! Policies in a row: all of them are asked, and the strictest answer counts.

use std::sync::Arc;

use super::{Cache, Formatted, Identity, Policy, PolicyError, Session, Source, Wording};
use crate::restriction::Restriction;
use crate::verdict::{Severity, Verdict, Violation};

/// The policies that review together, in order, and which of them words the results. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Chain {
    policies: Arc<[Policy]>,
    formatter: usize,
    reviews: bool,
}

/// Where the policies of a [`Chain`] come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sources {
    policies: Vec<Source>,
    formatter: Option<String>,
}

impl Default for Sources {
    fn default() -> Self {
        Self { policies: vec![Source::new("default")], formatter: None }
    }
}

impl Sources {
    /// Policies in the order in which they are asked.
    ///
    /// # Errors
    ///
    /// [`PolicyError::Chain`] for no policy, the same one twice, or `none` beside others.
    pub fn new(policies: impl IntoIterator<Item = Source>) -> Result<Self, PolicyError> {
        let policies: Vec<Source> = policies.into_iter().collect();
        let problem = |problem: String| Err(PolicyError::Chain { problem });
        if policies.is_empty() {
            return problem("there is no policy; `none` is the name of no review".to_owned());
        }
        for (index, source) in policies.iter().enumerate() {
            let name = source.name();
            if name == "none" && policies.len() > 1 {
                return problem("the policy `none` reviews nothing and stands alone".to_owned());
            }
            if policies.iter().skip(index + 1).any(|other| other.name() == name) {
                return problem(format!("the policy `{name}` is given twice"));
            }
        }
        Ok(Self { policies, formatter: None })
    }

    /// Names the policy that words the results; without it, the first one does.
    ///
    /// # Errors
    ///
    /// [`PolicyError::Chain`] where it is none of the policies.
    pub fn formatter(mut self, name: &str) -> Result<Self, PolicyError> {
        if !self.policies.iter().any(|source| source.name() == name) {
            let names: Vec<_> = self.policies.iter().map(|source| format!("`{}`", source.name())).collect();
            let problem =
                format!("the formatter `{name}` is none of the policies, which are {}", names.join(", "));
            return Err(PolicyError::Chain { problem });
        }
        self.formatter = Some(name.to_owned());
        Ok(self)
    }

    /// The policies, in order.
    pub fn policies(&self) -> &[Source] {
        &self.policies
    }

    /// Loads every policy.
    ///
    /// # Errors
    ///
    /// As [`Source::open`], for the first that does not load.
    pub fn open(&self, cache: &Cache) -> Result<Chain, PolicyError> {
        if let [only] = self.policies.as_slice()
            && only.name() == "none"
        {
            if !only.is_plain() {
                let problem =
                    "the policy `none` has no component to pin and takes no configuration".to_owned();
                return Err(PolicyError::Chain { problem });
            }
            // Somebody has to word the results.
            let words = Policy::embedded(cache)?;
            return Ok(Chain { policies: Arc::new([words]), formatter: 0, reviews: false });
        }
        let policies = self.policies.iter().map(|source| source.open(cache)).collect::<Result<_, _>>()?;
        let formatter =
            self.policies.iter().position(|source| Some(source.name()) == self.formatter.as_deref());
        Ok(Chain { policies, formatter: formatter.unwrap_or(0), reviews: true })
    }
}

impl From<Source> for Sources {
    fn from(source: Source) -> Self {
        Self { policies: vec![source], formatter: None }
    }
}

impl From<Policy> for Chain {
    fn from(policy: Policy) -> Self {
        Self { policies: Arc::new([policy]), formatter: 0, reviews: true }
    }
}

impl Chain {
    /// The policies that review, in the order in which they are asked; none with the policy `none`.
    pub fn policies(&self) -> &[Policy] {
        if self.reviews { &self.policies } else { &[] }
    }

    /// The policy that words the results.
    pub fn formatter(&self) -> Option<&Policy> {
        self.policies.get(self.formatter)
    }

    /// Which policies review, in order.
    pub(crate) fn identities(&self) -> Vec<Identity> {
        self.policies().iter().map(|policy| policy.identity().clone()).collect()
    }

    /// Asks every policy what it finds in `code`: what they find is one list, in source order.
    ///
    /// # Errors
    ///
    /// Any [`PolicyError`] that names a function: the code must not run then.
    pub fn scan(&self, language: &str, code: &str) -> Result<Vec<Violation>, PolicyError> {
        self.sessions().scan(language, code)
    }

    /// What a model is told of code that is refused; `None` where it is approved. Nothing is run.
    ///
    /// # Errors
    ///
    /// Any [`PolicyError`] that names a function.
    pub fn refusal(&self, language: &str, code: &str) -> Result<Option<String>, PolicyError> {
        self.sessions().review(language, code).map(|(_, refusal)| refusal)
    }

    /// Whether the two are the same components, configured alike, in the same order.
    pub(crate) fn is(&self, other: &Self) -> bool {
        let identities =
            |chain: &Self| chain.policies.iter().map(|policy| policy.identity().clone()).collect::<Vec<_>>();
        (self.formatter, self.reviews) == (other.formatter, other.reviews)
            && identities(self) == identities(other)
    }

    /// Makes ahead what the next submission will ask.
    pub(crate) fn prepare(&self) {
        self.policies.iter().for_each(Policy::prepare);
    }

    /// Starts a conversation about one submission.
    pub(crate) fn sessions(&self) -> Sessions {
        let asked = self.policies.iter().map(Policy::session).collect();
        Sessions { asked, formatter: self.formatter, reviews: self.reviews }
    }
}

/// One submission's conversation with a chain of policies.
#[derive(Debug)]
pub(crate) struct Sessions {
    asked: Vec<Session>,
    formatter: usize,
    reviews: bool,
}

impl Sessions {
    /// Lets go of instances that hold much memory.
    pub(crate) fn slim(&mut self) {
        self.asked.iter_mut().for_each(Session::slim);
    }

    /// The verdict on code, and what a model is told where it is refused.
    pub(crate) fn review(
        &mut self,
        language: &str,
        code: &str,
    ) -> Result<(Verdict, Option<String>), PolicyError> {
        let verdict = Verdict::new(self.scan(language, code)?);
        if verdict.approves() {
            return Ok((verdict, None));
        }
        let worded = self.format(&Wording::of_rejection(language, &verdict.violations))?;
        Ok((verdict, Some(worded.text)))
    }

    /// Asks every policy, also after one has forbidden something: who is refused learns all the reasons at once.
    pub(crate) fn scan(&mut self, language: &str, code: &str) -> Result<Vec<Violation>, PolicyError> {
        let mut found = Vec::new();
        if self.reviews {
            for session in &mut self.asked {
                found.extend(session.scan(language, code)?);
            }
        }
        if self.asked.len() > 1 {
            merge(&mut found);
        }
        Ok(found)
    }

    /// What all policies together want; where none has a wish, the contract's restriction.
    pub(crate) fn restrict(&mut self, language: &str, code: &str) -> Result<Restriction, PolicyError> {
        let mut all: Option<Restriction> = None;
        for session in &mut self.asked {
            let Some(wanted) = session.restrict(language, code)? else { continue };
            all = Some(match all {
                None => wanted,
                Some(others) => others.and(wanted),
            });
        }
        Ok(all.unwrap_or_default())
    }

    /// Has the formatter word an outcome.
    pub(crate) fn format(&mut self, wording: &Wording<'_>) -> Result<Formatted, PolicyError> {
        match self.asked.get_mut(self.formatter) {
            Some(session) => session.format(wording),
            None => Err(PolicyError::Chain { problem: "there is no policy to word the result".to_owned() }),
        }
    }
}

/// Puts what several policies found in source order, policies in their own order at one place. What two of them
/// found alike is said once, as severely as either says it.
fn merge(found: &mut Vec<Violation>) {
    found.sort_by_key(|violation| (violation.span.start, violation.span.end));
    let mut merged: Vec<Violation> = Vec::with_capacity(found.len());
    for violation in found.drain(..) {
        let same = merged
            .iter_mut()
            .rev()
            .take_while(|other| other.span == violation.span)
            .find(|other| other.rule == violation.rule);
        match same {
            Some(other) if violation.severity == Severity::Forbidden => other.severity = Severity::Forbidden,
            Some(_) => {}
            None => merged.push(violation),
        }
    }
    *found = merged;
}
