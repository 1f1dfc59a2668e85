//! The reference of the configuration holds: its examples are taken, and its problems are those that are reported.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use code_execute_policy::{Configuration, Problem};

const DOCUMENT: &str = include_str!("../../docs/policy-configuration.md");

/// The blocks that are fenced as one of these formats.
fn blocks(formats: &[&str]) -> Vec<String> {
    let mut blocks = Vec::new();
    let mut lines = DOCUMENT.lines();
    while let Some(line) = lines.next() {
        if line.strip_prefix("```").is_some_and(|format| formats.contains(&format)) {
            let block: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
            blocks.push(block.join("\n"));
        }
    }
    blocks
}

fn check(text: &str) -> Vec<Problem> {
    Configuration::read(text).err().unwrap_or_default()
}

#[test]
fn examples_are_taken() {
    let examples = blocks(&["toml", "json"]);
    assert_eq!(examples.len(), 4);
    for example in &examples {
        assert_eq!(check(example), [], "{example}");
    }
}

#[test]
fn first_example_says_the_same_in_both_formats() {
    let [toml, json] = [blocks(&["toml"]), blocks(&["json"])].map(|blocks| blocks[0].clone());
    assert_eq!(Configuration::read(&toml).unwrap(), Configuration::read(&json).unwrap());
}

#[test]
fn problems_are_those_that_are_reported() {
    let (_, section) = DOCUMENT.split_once("| text | problem |\n|---|---|\n").unwrap();
    let rows: Vec<&str> = section.lines().take_while(|line| line.starts_with('|')).collect();
    assert!(rows.len() > 5);
    for row in rows {
        let (text, expected) = row.trim_matches(['|', ' ']).split_once(" | ").unwrap();
        let lines: Vec<&str> = text.split("<br>").map(|line| line.trim_matches('`')).collect();
        let problems = check(&lines.join("\n"));
        let [problem] = problems.as_slice() else { panic!("{row}: {problems:?}") };
        assert_eq!(format!("{}:{} {}", problem.line, problem.column, problem.message), expected);
    }
}
