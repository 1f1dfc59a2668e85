//! What an operator configured: which base the policy starts from, and what is changed about it.
//!
//! The readers ask a [`Configuration`] what a rule means and what is forbidden or allowed by name; how it is written
//! down is known here and nowhere else. Where nothing is configured, it changes nothing and costs a comparison.

mod base;

pub use self::base::Base;

use crate::{Rule, Severity, rules};

/// How the policy is configured. The default is the policy as it is without a configuration.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Configuration {
    base: Base,
}

impl Configuration {
    /// What the policy starts from.
    pub fn base(&self) -> Base {
        self.base
    }

    /// The same, started from another base.
    pub(crate) fn based_on(&self, base: Base) -> Self {
        Self { base, ..self.clone() }
    }

    /// The policy's name, as it appears in reports.
    pub fn name(&self) -> &'static str {
        self.base.name()
    }

    /// What the policy is for, in a sentence.
    pub fn summary(&self) -> &'static str {
        self.base.summary()
    }

    /// What a finding of `rule` means; nothing where the rule is off.
    pub fn severity(&self, rule: &Rule) -> Option<Severity> {
        rules::belongs(rule, self.base).then_some(rule.severity)
    }

    /// Every rule that is not off, with what it means, in the order of the tables.
    pub fn rules(&self) -> impl Iterator<Item = (&'static Rule, Severity)> {
        rules::all().filter_map(|rule| Some((rule, self.severity(rule)?)))
    }
}

impl From<Base> for Configuration {
    /// A base and nothing else.
    fn from(base: Base) -> Self {
        Self { base }
    }
}
