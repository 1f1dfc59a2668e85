//! What a configuration does to a review: the cases of `configuration_cases.toml`.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;

use code_execute_policy::rules::configured;
use code_execute_policy::{Configuration, Language, Severity, described, scan};
use serde::Deserialize;

#[derive(Deserialize)]
struct Cases {
    group: Vec<Group>,
}

#[derive(Deserialize)]
struct Group {
    about: String,
    configuration: String,
    programs: Vec<Program>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Program {
    python: Option<String>,
    bash: Option<String>,
    finds: BTreeSet<String>,
}

fn check(configuration: &Configuration, language: Language, code: &str) -> BTreeSet<String> {
    let found = scan(configuration, language, code).into_iter();
    found
        .map(|found| match found.severity {
            Severity::Forbidden => found.rule.id.to_owned(),
            Severity::Suspicious => format!("{} suspicious", found.rule.id),
        })
        .collect()
}

#[test]
fn programs_are_judged_as_configured() {
    let cases: Cases = toml::from_str(include_str!("configuration_cases.toml")).unwrap();
    let mut wrong = Vec::new();
    let mut programs = 0;
    for group in cases.group {
        let configuration = Configuration::read(&group.configuration).unwrap();
        for program in group.programs {
            programs += 1;
            let (language, code) = match (&program.python, &program.bash) {
                (Some(code), None) => (Language::Python, code),
                (None, Some(code)) => (Language::Bash, code),
                _ => panic!("{}: a program is of one language", group.about),
            };
            let found = check(&configuration, language, code);
            if found != program.finds {
                wrong.push(format!(
                    "{}: {code:?}\n  finds {found:?}\n  not   {:?}",
                    group.about, program.finds
                ));
            }
        }
    }
    assert!(programs > 200, "{programs}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn rules_about_what_is_configured_find_their_own_examples() {
    let example = Configuration::read(configured::EXAMPLE).unwrap();
    let mut wrong = Vec::new();
    for rule in configured::ALL {
        assert!(!rule.matches.is_empty() && !rule.non_matches.is_empty(), "{}", rule.id);
        for (codes, finds) in [(rule.matches, true), (rule.non_matches, false)] {
            for code in codes {
                let found = scan(&example, rule.language.unwrap(), code);
                if found.iter().any(|found| found.rule == *rule) != finds {
                    wrong.push(format!("{} in {code:?}: {finds}", rule.id));
                }
                let unconfigured = scan(&Configuration::default(), rule.language.unwrap(), code);
                assert!(unconfigured.iter().all(|found| found.rule != *rule), "{code:?}");
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn description_is_of_what_is_configured() {
    let default = described(&Configuration::default());
    assert!(default.iter().any(|one| one.rule.id == "py-forbidden-module" && one.matches.is_empty()));
    assert!(default.iter().all(|one| one.severity == one.rule.severity));
    let text = "rules.py-eval = 'off'\nrules.py-exec = 'suspicious'\nmodules.forbidden = ['socket']\nmodules.allowed = ['os']";
    let configuration = Configuration::read(text).unwrap();
    let changed = described(&configuration);
    assert_eq!(changed.len(), default.len() - 1);
    let named = |id: &str| changed.iter().find(|one| one.rule.id == id).unwrap();
    assert_eq!(named("py-exec").severity, Severity::Suspicious);
    assert!(named("py-forbidden-module").matches.contains(&"import socket"));
    assert!(!named("py-forbidden-module").matches.contains(&"import xml.sax.handler"));
    assert!(!named("py-import-os").matches.contains(&"import os"));
    for one in changed {
        let Some(language) = one.rule.language else { continue };
        for code in one.matches {
            let found = scan(&configuration, language, code);
            assert!(found.iter().any(|found| found.rule == one.rule), "{}: {code:?}", one.rule.id);
        }
    }
}

#[test]
fn suspicions_do_not_crowd_out_a_rule_that_is_made_severe() {
    let configuration = Configuration::read("[rules]\npy-dynamic-import = 'forbidden'").unwrap();
    let noise = "import math\n".to_owned() + &"getattr(math, x)\n".repeat(2000);
    let code = noise + "import importlib\nimportlib.import_module(x)\n";
    let found = scan(&configuration, Language::Python, &code);
    assert!(found.iter().any(|found| found.severity == Severity::Forbidden));
}
