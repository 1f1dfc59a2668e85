//! Every rule's own examples: what must match does, what must not does not.

use std::collections::BTreeSet;

use code_execute_policy::rules::bash::ALL;
use code_execute_policy::{Configuration, Finding, bash, python};

fn read(code: &str) -> Vec<Finding> {
    bash::read(&Configuration::default(), code)
}

#[test]
fn rules_find_their_own_examples() {
    let mut wrong = Vec::new();
    // The Python reader belongs to another part; without it nothing is found inside Python.
    let reads_python = !python::read(&Configuration::default(), "import os").is_empty();
    for rule in ALL.iter().filter(|rule| reads_python || rule.id != "sh-python-code") {
        let finds = |code: &str| read(code).iter().any(|found| found.rule.id == rule.id);
        let missed = rule.matches.iter().filter(|code| !finds(code));
        wrong.extend(missed.map(|code| format!("{} misses {code:?}", rule.id)));
        let wrongly = rule.non_matches.iter().filter(|code| finds(code));
        wrong.extend(wrongly.map(|code| format!("{} finds {code:?}", rule.id)));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn rules_are_named_once_and_in_kebab_case() {
    let ids: BTreeSet<&str> = ALL.iter().map(|rule| rule.id).collect();
    assert_eq!(ids.len(), ALL.len());
    for rule in ALL {
        let kebab = rule.id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        assert!(rule.id.starts_with("sh-") && kebab, "{}", rule.id);
        assert!(!rule.matches.is_empty() && !rule.non_matches.is_empty(), "{} lacks examples", rule.id);
        assert!(!rule.title.is_empty() && !rule.reason.is_empty() && !rule.remedy.is_empty(), "{}", rule.id);
    }
}
