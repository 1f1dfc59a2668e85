//! `docs/choosing-a-policy.md` says what the policies say: every row of its tables is tried.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;

use code_execute_policy::{Base, Configuration, Severity, scan_named};

const DOCUMENT: &str = include_str!("../../docs/choosing-a-policy.md");

/// What a cell says in words: `runs`, rules that refuse, or rules that are recorded.
#[derive(Debug, PartialEq, Eq)]
struct Said {
    refused: BTreeSet<String>,
    recorded: BTreeSet<String>,
}

fn written(cell: &str) -> Said {
    let (recorded, rules) = match cell.strip_prefix("recorded: ") {
        Some(rules) => (true, rules),
        None => (false, cell),
    };
    let rules: BTreeSet<String> = match rules {
        "runs" => BTreeSet::new(),
        rules => rules.split(", ").map(|rule| rule.trim_matches('`').to_owned()).collect(),
    };
    if recorded {
        Said { refused: BTreeSet::new(), recorded: rules }
    } else {
        Said { refused: rules, recorded: BTreeSet::new() }
    }
}

fn said(base: Base, code: &str) -> Said {
    let found = scan_named(&Configuration::from(base), "python", code);
    let rules = |severity| {
        let of = found.iter().filter(move |one| one.severity == severity);
        of.map(|one| one.rule.id.to_owned()).collect::<BTreeSet<_>>()
    };
    let refused = rules(Severity::Forbidden);
    // What is recorded of a program that is refused anyway is not in the tables.
    let recorded = if refused.is_empty() { rules(Severity::Suspicious) } else { BTreeSet::new() };
    Said { refused, recorded }
}

#[test]
fn rows_of_the_document_are_what_the_policies_say() {
    let mut rows = 0;
    let mut wrong = Vec::new();
    for line in DOCUMENT.lines() {
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        let [program, default, balanced] = cells.as_slice() else { continue };
        let code = program.strip_prefix('`').and_then(|program| program.strip_suffix('`'));
        let Some(code) = code.filter(|code| code.contains('(') || code.contains('=')) else { continue };
        rows += 1;
        for (base, cell) in [(Base::Default, default), (Base::Balanced, balanced)] {
            if said(base, code) != written(cell) {
                wrong.push(format!("{base:?} says of `{code}` {:?}, not {cell}", said(base, code)));
            }
        }
    }
    assert!(rows > 45, "{rows}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
