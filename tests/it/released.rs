//! Policies that were built against every released interface load and answer.

use std::fs;

use code_execute::policy::{Cache, PolicyError, Source};
use code_execute::{Executor, Report, Severity, Status, Submission};

/// The first interface with `configuration`.
const CONFIGURABLE: &str = "0.1.1";

/// The released versions, and the component that was built against each.
fn released() -> Vec<(String, String)> {
    let mut versions: Vec<String> = fs::read_dir("../wit/frozen")
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    versions.sort();
    assert!(!versions.is_empty());
    let path = |version: &String| format!("../tests/policies/released/{version}.wasm");
    versions.into_iter().map(|version| (version.clone(), path(&version))).collect()
}

fn run(source: Source, language: &str, code: &str) -> Report {
    let executor = Executor::builder().policy(source).cache(Cache::none()).build().unwrap();
    crate::block_on(executor.execute(Submission::new(code).language(language)))
}

#[test]
fn released_policies_load_and_answer_every_question() {
    for (version, path) in released() {
        let policy = Source::new(&path).open(&Cache::none()).unwrap();
        let own = policy.interfaces().iter().all(|interface| interface.ends_with(&format!("@{version}")));
        assert!(own, "{version}: {:?}", policy.interfaces());
        let conformance = policy.conformance().unwrap();
        assert!(conformance.shortfalls.is_empty() && conformance.examples >= 4, "{version}: {conformance:?}");

        let report = run(Source::new(&path), "bash", "echo \"$PATH\" # suspicious");
        assert_eq!(report.text, "bash ok [] /usr/bin:/bin", "{version}: {report:#?}");
        assert_eq!(report.suspicions[0].rule, "word-suspicious");
        let report = run(Source::new(&path), "python", "é = 1\nx = 'é forbidden'");
        assert_eq!(report.text, "python rejected [word-forbidden] ", "{version}");
        let violation = &report.violations[0];
        assert_eq!((violation.span.line, violation.span.column), (2, 8), "{version}");
        assert_eq!((violation.severity, report.status), (Severity::Forbidden, Status::Rejected));
        let report = run(Source::new(&path), "python", "print(6 * 7)");
        assert_eq!(report.result.map(|result| result.get().to_owned()).as_deref(), Some("42"), "{version}");
    }
}

#[test]
fn released_policies_take_a_configuration_since_there_is_one() {
    for (version, path) in released() {
        let configured = |text: &str| Source::new(&path).configuration(text);
        if version.as_str() < CONFIGURABLE {
            let error = configured("word").open(&Cache::none()).unwrap_err();
            assert!(matches!(error, PolicyError::NotConfigurable { .. }), "{version}: {error}");
            continue;
        }
        let report = run(configured("harmless"), "bash", "echo forbidden; echo harmless");
        assert_eq!(report.violations[0].excerpt, "harmless", "{version}");
        let error = configured("Two words").open(&Cache::none()).unwrap_err();
        let PolicyError::Configuration { problems, .. } = &error else { panic!("{version}: {error}") };
        assert_eq!((problems.len(), problems[0].line), (1, 1));
        assert!(error.to_string().contains("line 1: `Two words` is not one word"), "{error}");
    }
}
