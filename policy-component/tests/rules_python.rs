//! Every rule for Python finds its own examples, and nothing in its counter-examples, under each base that has it.

use std::collections::HashSet;

use code_execute_policy::{Base, Configuration, Finding, Rule, python, rules};

fn read(base: Base, code: &str) -> Vec<Finding> {
    python::read(&Configuration::from(base), code)
}

fn finds(base: Base, rule: &Rule, code: &str) -> bool {
    read(base, code).iter().any(|finding| finding.rule.id == rule.id)
}

/// Every rule for Python with every base that has it.
fn judged() -> impl Iterator<Item = (Base, &'static Rule)> {
    let all = || rules::python::ALL.iter().chain(rules::uses::ALL).copied();
    Base::ALL.into_iter().flat_map(move |base| {
        all().filter(move |rule| rules::belongs(rule, base)).map(move |rule| (base, rule))
    })
}

#[test]
fn rule_examples_are_found() {
    for (base, rule) in judged() {
        for code in rule.matches {
            assert!(finds(base, rule, code), "{base:?}: {} in {code:?}: {:?}", rule.id, read(base, code));
        }
    }
}

#[test]
fn rule_counter_examples_are_not_found() {
    for (base, rule) in judged() {
        for code in rule.non_matches {
            assert!(!finds(base, rule, code), "{base:?}: {} in {code:?}: {:?}", rule.id, read(base, code));
        }
    }
}

#[test]
fn rules_of_another_base_find_nothing() {
    let mut rules_left_out = 0;
    for base in Base::ALL {
        let all = rules::python::ALL.iter().chain(rules::uses::ALL);
        for rule in all.filter(|rule| !rules::belongs(rule, base)) {
            rules_left_out += 1;
            for code in rule.matches {
                let found = code_execute_policy::scan_named(&Configuration::from(base), "python", code);
                assert!(found.iter().all(|one| one.rule.id != rule.id), "{base:?}: {} in {code:?}", rule.id);
            }
        }
    }
    assert_eq!(rules_left_out, rules::uses::ALL.len() + 3);
}

#[test]
fn rule_texts_are_complete_and_ids_are_unique() {
    let mut seen = HashSet::new();
    for rule in rules::python::ALL.iter().chain(rules::uses::ALL) {
        let id = rule.id;
        assert!(seen.insert(id), "{id} twice");
        assert!(id.starts_with("py-") && id.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'), "{id}");
        assert!(!rule.matches.is_empty() && !rule.non_matches.is_empty(), "{id} without examples");
        for text in [rule.title, rule.reason, rule.remedy] {
            assert!(!text.is_empty() && !text.ends_with('.'), "{id}: {text:?}");
        }
    }
}
