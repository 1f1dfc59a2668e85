//! The findings of `check` as SARIF 2.1.0, for code scanning services and editors.
//!
//! Columns are Unicode scalar values, as everywhere in this program (`columnKind`). Paths are URIs relative to the
//! working directory where they lie below it.

use std::fmt::Write as _;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

use code_execute::policy::Rule;
use code_execute::{Severity, Violation};
use serde_json::{Value, json};

use super::findings::{Findings, Reviewed};

/// The log of one run of `check`, made in the directory `here`.
pub(crate) fn log(findings: &Findings, rules: &[Rule], here: &Path) -> Value {
    let results: Vec<Value> = findings
        .files
        .iter()
        .flat_map(|file| file.findings().into_iter().map(|finding| result(file, finding, rules, here)))
        .collect();
    let problems: Vec<Value> = findings
        .errors
        .iter()
        .map(|error| json!({ "level": "error", "message": { "text": error } }))
        .collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {
                "driver": {
                    "name": "code-execute",
                    "version": env!("CARGO_PKG_VERSION"),
                    "rules": rules.iter().map(descriptor).collect::<Vec<_>>(),
                    "properties": { "policies": findings.policies },
                },
            },
            "columnKind": "unicodeCodePoints",
            "invocations": [{
                "executionSuccessful": findings.errors.is_empty(),
                "toolExecutionNotifications": problems,
            }],
            "results": results,
        }],
    })
}

fn descriptor(rule: &Rule) -> Value {
    let suspicious = rule.severity == "suspicious";
    let help = if rule.remedy.is_empty() { &rule.reason } else { &rule.remedy };
    json!({
        "id": rule.id,
        "shortDescription": { "text": rule.title },
        "fullDescription": { "text": rule.reason },
        "help": { "text": help },
        "defaultConfiguration": { "level": if suspicious { "warning" } else { "error" } },
        "properties": { "tags": ["security", rule.language] },
    })
}

fn result(file: &Reviewed, finding: &Violation, rules: &[Rule], here: &Path) -> Value {
    let level = match finding.severity {
        Severity::Forbidden => "error",
        Severity::Suspicious => "warning",
    };
    let mut text = format!("{}.", finding.message);
    if !finding.remedy.is_empty() {
        let _infallible = write!(text, " {}.", finding.remedy);
    }
    let (end_line, end_column) = end(&file.code, finding);
    let mut result = json!({
        "ruleId": finding.rule,
        "level": level,
        "message": { "text": text },
        "locations": [{
            "physicalLocation": {
                "artifactLocation": location(file, here),
                "region": {
                    "startLine": finding.span.line,
                    "startColumn": finding.span.column,
                    "endLine": end_line,
                    "endColumn": end_column,
                    "snippet": { "text": finding.excerpt },
                },
            },
        }],
    });
    let index = rules.iter().position(|rule| rule.id == finding.rule);
    if let (Some(index), Some(object)) = (index, result.as_object_mut()) {
        object.insert("ruleIndex".to_owned(), json!(index));
    }
    result
}

/// Line and column after the last character of a finding.
fn end(code: &str, finding: &Violation) -> (usize, usize) {
    let span = finding.span;
    let text = code.get(span.start as usize..span.end as usize).unwrap_or_default();
    match text.rsplit_once('\n') {
        Some((before, last)) => {
            let lines = before.matches('\n').count() + 1;
            (span.line as usize + lines, last.chars().count() + 1)
        }
        None => (span.line as usize, span.column as usize + text.chars().count()),
    }
}

fn location(file: &Reviewed, here: &Path) -> Value {
    let Some(path) = &file.path else {
        return json!({ "uri": encode(file.name.as_bytes()) });
    };
    let relative = path.strip_prefix(here).unwrap_or(path);
    let encoded = encode(relative.as_os_str().as_bytes());
    if relative.is_absolute() {
        json!({ "uri": format!("file://{encoded}") })
    } else {
        json!({ "uri": encoded, "uriBaseId": "%SRCROOT%" })
    }
}

/// A path as a URI: every byte that is not unreserved is percent-encoded, the separators are kept.
fn encode(path: &[u8]) -> String {
    let mut encoded = String::with_capacity(path.len());
    for byte in path {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(byte) {
            encoded.push(char::from(*byte));
        } else {
            let _infallible = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use code_execute::{Language, Span};

    use super::*;

    fn one(path: &str, code: &str, start: usize, end: usize) -> Value {
        let before = code.get(..start).unwrap();
        let line = before.split('\n').count();
        let column = before.rsplit('\n').next().unwrap().chars().count() + 1;
        let offset = |at: usize| u32::try_from(at).unwrap();
        let violation = Violation {
            policy: String::new(),
            rule: "py-eval".to_owned(),
            severity: Severity::Forbidden,
            span: Span { start: offset(start), end: offset(end), line: offset(line), column: offset(column) },
            excerpt: "eval(x)".to_owned(),
            message: "`eval` is called".to_owned(),
            remedy: "Call a function".to_owned(),
        };
        let file = Reviewed {
            name: path.to_owned(),
            path: Some(path.into()),
            language: Language::Python,
            violations: vec![violation],
            suspicions: Vec::new(),
            code: code.to_owned(),
        };
        let findings = Findings { policies: Vec::new(), files: vec![file], errors: Vec::new() };
        let log = log(&findings, &[], Path::new("/work"));
        log["runs"][0]["results"][0].clone()
    }

    #[test]
    fn region_counts_characters_and_ends_after_the_last() {
        let result = one("a.py", "é = eval(\n x)", 5, 13);
        let region = &result["locations"][0]["physicalLocation"]["region"];
        let numbers =
            ["startLine", "startColumn", "endLine", "endColumn"].map(|key| region[key].as_u64().unwrap());
        assert_eq!(numbers, [1, 5, 2, 3]);
        assert_eq!(result["message"]["text"], "`eval` is called. Call a function.");
    }

    #[test]
    fn uri_is_relative_and_encoded() {
        let cases = [
            ("a b/ü.py", "a%20b/%C3%BC.py"),
            ("/work/x.py", "x.py"),
            ("/else/x.py", "file:///else/x.py"),
            ("c:d.py", "c%3Ad.py"),
        ];
        for (path, uri) in cases {
            let result = one(path, "eval(x)", 0, 7);
            assert_eq!(result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"], uri);
        }
    }
}
