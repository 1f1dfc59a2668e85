//! The ledger in `docs/evasions.md`: its tables are made from the probes, and from what the scanner says of the known
//! evasions, so that it claims nothing that no test makes.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use code_execute::Severity;
use code_execute::policy::{Cache, Policy};

use super::cases;

const PATH: &str = "../docs/evasions.md";
const PROBES: (&str, &str) = ("<!-- probes: begin -->\n", "<!-- probes: end -->\n");
const SCANNER: (&str, &str) = ("<!-- scanner: begin -->\n", "<!-- scanner: end -->\n");

/// The tables are what the tests are. `CODE_EXECUTE_WRITE_LEDGER=1` writes them.
#[test]
fn ledger_is_what_the_tests_are() {
    let published = std::fs::read_to_string(PATH).unwrap();
    let current = replace(&published, PROBES, &probes());
    let current = replace(&current, SCANNER, &scanner());
    if std::env::var_os("CODE_EXECUTE_WRITE_LEDGER").is_some() {
        std::fs::write(PATH, &current).unwrap();
    }
    assert!(published == current, "docs/evasions.md is out of date; CODE_EXECUTE_WRITE_LEDGER=1 writes it");
}

fn replace(text: &str, (begin, end): (&str, &str), table: &str) -> String {
    let (before, rest) = text.split_once(begin).unwrap();
    let (_, after) = rest.split_once(end).unwrap();
    format!("{before}{begin}{table}{end}{after}")
}

/// One row a probe.
fn probes() -> String {
    let mut table = String::from(
        "| probe | what is tried | works without the sandbox | held by | tiers | known gap |\n|---|---|---|---|---|---|\n",
    );
    for probe in cases::all() {
        let control = match (probe.native, probe.attacks.is_empty(), probe.root_attacks.is_empty()) {
            (false, ..) => "not run",
            (true, false, true) => "yes",
            (true, false, false) => "yes; in part for root",
            (true, true, false) => "for root",
            (true, true, true) if !probe.if_present.is_empty() => "where the kernel has it",
            (true, true, true) if probe.untried.is_empty() => "as within",
            (true, true, true) => "not shown",
        };
        let held = if probe.held_by.is_empty() {
            "nothing to hold: it works".to_owned()
        } else {
            probe.held_by.join(", ")
        };
        let gaps = probe.gaps.iter().map(|(tier, names)| {
            format!("{tier}: {}: {}", names.join(", "), probe.gap_reason.as_deref().unwrap_or_default())
        });
        let _infallible = writeln!(
            table,
            "| `{}` | {} | {control} | {held} | {} | {} |",
            probe.id,
            probe.about.trim_end_matches('.'),
            probe.tiers.join(", "),
            gaps.collect::<Vec<_>>().join("; "),
        );
    }
    table
}

/// One row a kind of evasion: how many programs of it there are, how many the default policy forbids.
fn scanner() -> String {
    let policy = Policy::embedded(&Cache::of_user()).unwrap();
    let mut kinds: BTreeMap<(String, String), (usize, Vec<String>)> = BTreeMap::new();
    for file in ["bypass_py_own", "bypass_sh_own"] {
        for line in std::fs::read_to_string(format!("../tests/corpus/{file}.jsonl")).unwrap().lines() {
            let program: serde_json::Value = serde_json::from_str(line).unwrap();
            let text = |key: &str| program[key].as_str().unwrap().to_owned();
            let kind = kinds.entry((text("language"), text("category"))).or_default();
            kind.0 += 1;
            let answer = policy.scan(&text("language"), &text("code")).unwrap();
            if answer.iter().all(|violation| violation.severity != Severity::Forbidden) {
                kind.1.push(format!("`{}`", text("id")));
            }
        }
    }
    let mut table = String::from(
        "| language | what is evaded | tried | forbidden | let through |\n|---|---|---|---|---|\n",
    );
    for ((language, category), (tried, missed)) in kinds {
        let forbidden = tried - missed.len();
        let missed = missed.join(", ");
        let _infallible = writeln!(table, "| {language} | {category} | {tried} | {forbidden} | {missed} |");
    }
    table
}
