//! Documents that are made from the code are what the code would make now.

use std::fs;
use std::process::Command;

/// Compares `path` with what the command line prints.
fn check(path: &str, arguments: &[&str]) {
    let output = Command::new(env!("CARGO_BIN_EXE_code-execute")).args(arguments).output().unwrap();
    let current = String::from_utf8(output.stdout).unwrap();
    let published = fs::read_to_string(format!("../{path}")).unwrap();
    assert!(output.status.success() && !current.is_empty());
    let command = arguments.join(" ");
    assert!(published == current, "{path} is out of date; make it with `code-execute {command} > {path}`");
}

#[test]
fn rules_document_is_what_the_policy_describes() {
    check("docs/rules.md", &["rules", "--format", "markdown"]);
}

#[test]
fn report_schema_is_what_the_report_is() {
    check("docs/report.schema.json", &["schema"]);
}
