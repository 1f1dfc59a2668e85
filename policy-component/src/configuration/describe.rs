//! The rules as this configuration has them.

use super::Configuration;
use crate::{Language, Rule, Severity, bash, python, rules};

/// A rule that is not off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Described {
    /// The rule.
    pub rule: &'static Rule,
    /// What a finding of it means.
    pub severity: Severity,
    /// Those of its examples in which it finds something.
    pub matches: Vec<&'static str>,
    /// Those of its counter-examples in which it finds nothing.
    pub non_matches: Vec<&'static str>,
}

/// Every rule that is not off, in the order of the tables. An example that does not hold as this is configured is left
/// out: `import socket` is one of `py-forbidden-module` where `socket` is forbidden.
pub fn described(configuration: &Configuration) -> Vec<Described> {
    let is_changed = *configuration != Configuration::default();
    let is_lifted = configuration.lifts_rules();
    let described = |rule: &'static Rule| {
        let severity = configuration.severity(rule)?;
        let is_configured = rules::configured::ALL.contains(&rule);
        let (matches, non_matches) = if is_lifted || is_configured && is_changed {
            (
                holding(configuration, rule, rule.matches, true),
                holding(configuration, rule, rule.non_matches, false),
            )
        } else if is_configured {
            (Vec::new(), Vec::new())
        } else {
            // What is forbidden beside it changes nothing about what another rule finds.
            (rule.matches.to_vec(), rule.non_matches.to_vec())
        };
        Some(Described { rule, severity, matches, non_matches })
    };
    rules::all().filter_map(described).collect()
}

/// The programs in which `rule` finds something, or finds nothing.
fn holding(
    configuration: &Configuration,
    rule: &'static Rule,
    programs: &'static [&'static str],
    finds: bool,
) -> Vec<&'static str> {
    let read = |code: &str| match rule.language {
        Some(Language::Python) => python::read(configuration, code),
        Some(Language::Bash) => bash::read(configuration, code),
        None => Vec::new(),
    };
    let holds = |code: &&str| read(code).iter().any(|found| found.rule.id == rule.id) == finds;
    programs.iter().copied().filter(holds).collect()
}
