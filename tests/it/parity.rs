//! The native policy and the embedded component agree on every case: same source, two machines.

use code_execute::Severity;
use code_execute::policy::{Cache, Policy, Source};
use code_execute_policy::{Base, Configuration, Severity as NativeSeverity, described, scan_named};
use serde::Deserialize;

#[derive(Deserialize)]
struct Program {
    id: String,
    language: String,
    code: String,
}

/// The corpora: those of the repository, and further ones from the folder that `CODE_EXECUTE_CORPORA` names.
fn programs() -> Vec<Program> {
    let mut folders = vec!["../tests/corpus".to_owned()];
    folders.extend(std::env::var("CODE_EXECUTE_CORPORA"));
    let mut programs = Vec::new();
    for folder in folders {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "jsonl") {
                let text = std::fs::read_to_string(path).unwrap();
                programs.extend(text.lines().map(|line| serde_json::from_str::<Program>(line).unwrap()));
            }
        }
    }
    programs
}

/// What a company might configure.
const CONFIGURED: &str = "\
base = \"balanced\"
[rules]
py-eval = \"suspicious\"
[modules]
forbidden = [\"socket\", \"pandas\"]
[functions]
forbidden = [\"random.choice\"]
[commands]
forbidden = [\"find\", \"git\"]
[paths]
forbidden = [\"/var\"]
allowed = [\"/etc/hosts\"]
";

#[test]
fn native_and_component_agree_on_every_program() {
    check(&Source::new("default"), &Configuration::default());
    check(&Source::new("balanced"), &Configuration::from(Base::Balanced));
    let configured = Configuration::read(CONFIGURED).unwrap();
    check(&Source::new("default").configuration(CONFIGURED), &configured);
}

fn check(source: &Source, configuration: &Configuration) {
    let policy = source.open(&Cache::of_user()).unwrap();
    assert_eq!(policy.identity().name, configuration.name());
    let programs = programs();
    assert!(programs.len() > 300, "{}", programs.len());
    for program in programs {
        let native: Vec<_> = scan_named(configuration, &program.language, &program.code)
            .into_iter()
            .map(|found| {
                let forbidden = found.severity == NativeSeverity::Forbidden;
                let span = (found.span.start, found.span.end, found.span.line, found.span.column);
                (
                    found.rule.id.to_owned(),
                    forbidden,
                    span,
                    found.excerpt,
                    found.message,
                    found.rule.remedy.to_owned(),
                )
            })
            .collect();
        let component: Vec<_> = policy
            .scan(&program.language, &program.code)
            .unwrap()
            .into_iter()
            .map(|found| {
                let span = (found.span.start, found.span.end, found.span.line, found.span.column);
                (
                    found.rule,
                    found.severity == Severity::Forbidden,
                    span,
                    found.excerpt,
                    found.message,
                    found.remedy,
                )
            })
            .collect();
        assert_eq!(native, component, "{} under {source:?}", program.id);
    }
}

#[test]
fn native_and_component_describe_the_same_rules() {
    let description = Policy::embedded(&Cache::of_user()).unwrap().describe().unwrap();
    let native: Vec<&str> =
        described(&Configuration::default()).iter().map(|described| described.rule.id).collect();
    let component: Vec<&str> = description.rules.iter().map(|rule| rule.id.as_str()).collect();
    assert_eq!(native, component);
    assert_eq!(
        (description.name.as_str(), description.version.as_str()),
        ("default", env!("CARGO_PKG_VERSION"))
    );
}
