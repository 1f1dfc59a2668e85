//! A policy that uses all of an interface and little else: it forbids `forbidden`, suspects `suspicious`, words what
//! it is told, keeps `TZ` and caps the time. Configured with a word, it forbids that word instead.

#[cfg(not(feature = "configuration"))]
mod bindings {
    wit_bindgen::generate!({ path: "../../../../wit/frozen/0.1.0", world: "restricting-policy" });
}

#[cfg(feature = "configuration")]
mod bindings {
    wit_bindgen::generate!({ path: "../../../../wit/frozen/0.1.1", world: "configurable-policy" });
}

use std::cell::RefCell;

use bindings::exports::code_execute::policy::{formatter, restrictions, scanner};

bindings::export!(Released with_types_in bindings);

struct Released;

thread_local! {
    static WORD: RefCell<String> = RefCell::new("forbidden".to_owned());
}

impl scanner::Guest for Released {
    fn describe() -> scanner::Description {
        let rule = |id: &str, severity: &str| scanner::Rule {
            id: id.to_owned(),
            language: "any".to_owned(),
            severity: severity.to_owned(),
            title: "a word".to_owned(),
            reason: "It is the word".to_owned(),
            remedy: "Use another word".to_owned(),
            matches: vec![format!("# {}", word(severity))],
            non_matches: vec!["# another".to_owned()],
        };
        scanner::Description {
            name: "released".to_owned(),
            version: "1.0.0".to_owned(),
            summary: "Finds two words".to_owned(),
            rules: vec![rule("word-forbidden", "forbidden"), rule("word-suspicious", "suspicious")],
        }
    }

    fn scan(submission: scanner::Submission) -> Vec<scanner::Violation> {
        let scanner::Submission { language, code, .. } = submission;
        if !["python", "bash"].contains(&language.as_str()) {
            return vec![violation("word-forbidden", "forbidden", &code, 0, &code)];
        }
        let find = |severity: &str| {
            let word = word(severity);
            let rule = format!("word-{severity}");
            code.find(&word).map(|at| violation(&rule, severity, &code, at, &word))
        };
        let mut found: Vec<_> = ["forbidden", "suspicious"].into_iter().filter_map(find).collect();
        found.sort_by_key(|violation| violation.span.start);
        found
    }
}

fn word(severity: &str) -> String {
    if severity == "forbidden" { WORD.with_borrow(String::clone) } else { severity.to_owned() }
}

fn violation(rule: &str, severity: &str, code: &str, at: usize, text: &str) -> scanner::Violation {
    let before = &code[..at];
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    scanner::Violation {
        rule: rule.to_owned(),
        severity: severity.to_owned(),
        span: scanner::Span {
            start: at as u32,
            end: (at + text.len()) as u32,
            line: before.matches('\n').count() as u32 + 1,
            column: before[line_start..].chars().count() as u32 + 1,
        },
        excerpt: text.lines().next().unwrap_or_default().to_owned(),
        message: format!("`{text}` is a word of mine"),
        remedy: "Use another word".to_owned(),
    }
}

impl formatter::Guest for Released {
    fn format(outcome: formatter::Outcome) -> formatter::Formatted {
        let output = String::from_utf8_lossy(&outcome.stdout.head).trim().to_owned();
        let reasons: Vec<_> = outcome.reasons.iter().map(|reason| reason.rule.as_str()).collect();
        formatter::Formatted {
            text: format!("{} {} [{}] {output}", outcome.language, outcome.status, reasons.join(" ")),
            result: output.parse::<i64>().ok().map(|number| number.to_string()),
        }
    }
}

impl restrictions::Guest for Released {
    fn restrict(_submission: restrictions::Submission) -> restrictions::Restriction {
        restrictions::Restriction {
            environment: restrictions::Environment {
                path: "/usr/bin:/bin".to_owned(),
                kept: vec!["TZ".to_owned()],
                removed: vec!["HOME".to_owned()],
            },
            ceilings: restrictions::Ceilings {
                time_ms: Some(5_000),
                memory_bytes: None,
                processes: None,
                network: Some("none".to_owned()),
            },
        }
    }
}

#[cfg(feature = "configuration")]
impl bindings::exports::code_execute::policy::configuration::Guest for Released {
    fn configure(text: String) -> Vec<bindings::exports::code_execute::policy::configuration::Problem> {
        let taken = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_lowercase());
        if taken {
            WORD.set(text);
            return Vec::new();
        }
        let message = format!("`{text}` is not one word of lower-case letters");
        vec![bindings::exports::code_execute::policy::configuration::Problem { line: 1, column: 0, message }]
    }
}
