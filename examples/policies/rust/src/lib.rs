//! A policy as a component: the patterns in [`rules`], looked for in the text of a submission.

mod places;
mod rules;
mod wording;

use exports::code_execute::policy::{formatter, scanner};
use regex::bytes::RegexBuilder;

wit_bindgen::generate!({ path: "wit", world: "policy" });

struct Policy;
export!(Policy);

/// More than anybody reads, and less than the host refuses.
const MOST_VIOLATIONS: usize = 100;

impl scanner::Guest for Policy {
    fn describe() -> scanner::Description {
        scanner::Description {
            name: env!("CARGO_PKG_NAME").into(),
            version: env!("CARGO_PKG_VERSION").into(),
            summary: "Forbids what the contract's patterns find in the text of a program".into(),
            rules: rules::ALL.iter().chain([&rules::UNKNOWN_LANGUAGE]).map(described).collect(),
        }
    }

    fn scan(submission: scanner::Submission) -> Vec<scanner::Violation> {
        let scanner::Submission { language, code, .. } = &submission;
        if language != "python" && language != "bash" {
            return vec![violation(&rules::UNKNOWN_LANGUAGE, code, 0..0)];
        }
        let mut found: Vec<_> = rules::ALL
            .iter()
            .filter(|rule| rule.language == language)
            .flat_map(|rule| ranges(rule.pattern, code).into_iter().map(move |range| (range, rule)))
            .collect();
        found.sort_by_key(|(range, _)| range.start);
        found.truncate(MOST_VIOLATIONS);
        found.into_iter().map(|(range, rule)| violation(rule, code, range)).collect()
    }
}

impl formatter::Guest for Policy {
    fn format(outcome: formatter::Outcome) -> formatter::Formatted {
        wording::format(&outcome)
    }
}

/// Where `pattern` is found. It reads bytes: without the tables of Unicode it is made in a tenth of the time.
fn ranges(pattern: &str, code: &str) -> Vec<std::ops::Range<usize>> {
    let regex =
        RegexBuilder::new(pattern).unicode(false).multi_line(true).build().expect("a pattern compiles");
    let found = regex.captures_iter(code.as_bytes()).take(MOST_VIOLATIONS);
    found.filter_map(|found| found.get(1).or(found.get(0)).map(|group| group.range())).collect()
}

fn violation(rule: &rules::Rule, code: &str, range: std::ops::Range<usize>) -> scanner::Violation {
    scanner::Violation {
        rule: rule.id.into(),
        severity: "forbidden".into(),
        span: places::span(code, &range),
        excerpt: places::excerpt(code, &range),
        message: format!("{} is not allowed", rule.title),
        remedy: rule.remedy.into(),
    }
}

fn described(rule: &rules::Rule) -> scanner::Rule {
    let owned = |codes: &[&str]| codes.iter().map(|&code| code.into()).collect();
    scanner::Rule {
        id: rule.id.into(),
        language: rule.language.into(),
        severity: "forbidden".into(),
        title: rule.title.into(),
        reason: rules::REASON.into(),
        remedy: rule.remedy.into(),
        matches: owned(rule.matches),
        non_matches: owned(rule.non_matches),
    }
}
