//! Every rule for Python finds its own examples, and nothing in its counter-examples.

use std::collections::HashSet;

use code_execute_policy::{Configuration, Finding, python, rules};

fn read(code: &str) -> Vec<Finding> {
    python::read(&Configuration::default(), code)
}

fn ids(code: &str) -> Vec<&'static str> {
    read(code).iter().map(|finding| finding.rule.id).collect()
}

#[test]
fn rule_examples_are_found() {
    for rule in rules::python::ALL {
        for code in rule.matches {
            assert!(ids(code).contains(&rule.id), "{} in {code:?}: {:?}", rule.id, read(code));
        }
    }
}

#[test]
fn rule_counter_examples_are_not_found() {
    for rule in rules::python::ALL {
        for code in rule.non_matches {
            assert!(!ids(code).contains(&rule.id), "{} in {code:?}: {:?}", rule.id, read(code));
        }
    }
}

#[test]
fn rule_texts_are_complete_and_ids_are_unique() {
    let mut seen = HashSet::new();
    for rule in rules::python::ALL {
        let id = rule.id;
        assert!(seen.insert(id), "{id} twice");
        assert!(id.starts_with("py-") && id.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'), "{id}");
        assert!(!rule.matches.is_empty() && !rule.non_matches.is_empty(), "{id} without examples");
        for text in [rule.title, rule.reason, rule.remedy] {
            assert!(!text.is_empty() && !text.ends_with('.'), "{id}: {text:?}");
        }
    }
}
