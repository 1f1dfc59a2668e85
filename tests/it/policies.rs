//! Which policies review: chains of them, the one that words, the ones that are pinned.

use code_execute::policy::{Cache, PolicyError, Source, Sources};
use code_execute::{Executor, Report, Severity, Status, Submission};

use crate::hostile_policies::{component, forbidding_component, honest_component, written};

/// Runs a submission under policies.
fn run(sources: Sources, code: &str) -> Report {
    let executor = Executor::builder().policies(sources).build().unwrap();
    crate::block_on(executor.execute(Submission::new(code).language("bash")))
}

fn sources(names: &[&str]) -> Sources {
    Sources::new(names.iter().map(|name| Source::new(*name))).unwrap()
}

fn names(report: &Report) -> Vec<&str> {
    report.policies.iter().map(|policy| policy.name.as_str()).collect()
}

#[test]
fn chain_refuses_what_any_of_its_policies_forbids() {
    let (honest, forbidding) = (written(&honest_component()), written(&forbidding_component()));
    let path = |file: &tempfile::NamedTempFile| file.path().to_str().unwrap().to_owned();
    let (honest, forbidding) = (path(&honest), path(&forbidding));
    let cases = [
        (vec!["default", &honest], "echo", Status::Ok, vec![]),
        (vec![honest.as_str(), "default"], "rm -rf /", Status::Rejected, vec!["sh-remove-root"]),
        (vec!["default", &forbidding], "echo", Status::Rejected, vec!["rule"]),
        (vec!["default", &forbidding], "rm -rf /", Status::Rejected, vec!["sh-remove-root", "rule"]),
        (
            vec![forbidding.as_str(), "default"],
            "  rm -rf /",
            Status::Rejected,
            vec!["rule", "sh-remove-root"],
        ),
    ];
    for (chain, code, status, rules) in cases {
        let report = run(sources(&chain), code);
        let mut found: Vec<_> = report.violations.iter().map(|violation| violation.rule.as_str()).collect();
        found.sort_unstable();
        let mut rules = rules;
        rules.sort_unstable();
        assert_eq!((report.status, found), (status, rules), "{chain:?} {code}: {}", report.text);
        assert_eq!(names(&report).len(), chain.len());
        assert!(report.violations.is_sorted_by_key(|violation| violation.span.start), "{report:#?}");
    }
}

#[test]
fn chain_says_which_policy_found_what() {
    let forbidding = written(&forbidding_component());
    let report = run(sources(&["default", forbidding.path().to_str().unwrap()]), "rm -rf /");
    let of = |rule: &str| {
        report.violations.iter().find(|violation| violation.rule == rule).unwrap().policy.clone()
    };
    assert_eq!((of("sh-remove-root").as_str(), of("rule").as_str()), ("default", "hostile"));
    assert_eq!(names(&report), ["default", "hostile"]);
}

/// Two policies from one component, configured differently, find the same thing at the same place.
#[test]
fn chain_says_once_what_two_policies_find_alike() {
    let report = run(sources(&["default", "balanced"]), "rm -rf /");
    let alone = run(sources(&["default"]), "rm -rf /");
    assert_eq!(report.violations, alone.violations);
    assert!(report.violations.iter().any(|violation| violation.severity == Severity::Forbidden));
}

#[test]
fn formatter_is_the_first_policy_unless_another_is_named() {
    let honest = written(&honest_component());
    let honest = honest.path().to_str().unwrap();
    let chain = ["default", honest];
    assert_eq!(run(sources(&chain), "echo 1").text, "stdout:\n1\nexit_code: 0\nresult: 1");
    let report = run(sources(&chain).formatter(honest).unwrap(), "echo 1");
    assert_eq!(report.text, "formatted");
    assert_eq!(report.formatter.unwrap().name, "hostile");
}

#[track_caller]
fn check_chain(chain: Result<Sources, PolicyError>, says: &str) {
    let error = chain.unwrap_err();
    assert!(matches!(error, PolicyError::Chain { .. }) && error.to_string().contains(says), "{error}");
}

#[test]
fn chain_that_makes_no_sense_is_refused() {
    let new = |names: &[&str]| Sources::new(names.iter().map(|name| Source::new(*name)));
    check_chain(new(&[]), "there is no policy");
    check_chain(new(&["default", "none"]), "`none` reviews nothing and stands alone");
    check_chain(new(&["default", "./x.wasm", "default"]), "`default` is given twice");
    check_chain(new(&["default"]).unwrap().formatter("./x.wasm"), "`./x.wasm` is none of the policies");
}

#[test]
fn pinned_policy_is_looked_at_only_if_it_is_the_one() {
    let honest = written(&honest_component());
    let path = honest.path().to_str().unwrap();
    let hash = Source::new(path).open(&Cache::none()).unwrap().identity().sha256.clone();
    let pinned = |path: &str, hash: &str| Source::new(path).sha256(hash).open(&Cache::none());
    assert!(pinned(path, &hash).is_ok());
    assert!(pinned(path, &hash.to_uppercase()).is_ok());

    // Not even compiled: what is no component at all is refused for its hash.
    let rubbish = written(b"rubbish");
    let error = pinned(rubbish.path().to_str().unwrap(), &hash).unwrap_err();
    assert!(matches!(error, PolicyError::Pinned { .. }) && error.to_string().contains(&hash), "{error}");
    let error = pinned("default", &hash).unwrap_err();
    assert!(matches!(error, PolicyError::Pinned { .. }), "{error}");
    for no_hash in ["", "abc", &format!("{hash}0"), &hash.replace(|_| true, "g")] {
        let error = pinned(path, no_hash).unwrap_err();
        assert!(matches!(error, PolicyError::NotAHash { .. }), "{no_hash}: {error}");
    }
}

/// `none` has nothing to pin or to configure: asked to, it must not look as if it had done so.
#[test]
fn policy_none_refuses_a_pin_and_a_configuration() {
    for source in [Source::new("none").sha256("0".repeat(64)), Source::new("none").configuration("x")] {
        check_chain_opened(&Sources::from(source));
    }
}

fn check_chain_opened(sources: &Sources) {
    let error = sources.open(&Cache::of_user()).unwrap_err();
    assert!(error.to_string().contains("`none` has no component to pin"), "{error}");
}

#[test]
fn balanced_policy_takes_no_other_configuration() {
    let error = Source::new("balanced").configuration("x").open(&Cache::of_user()).unwrap_err();
    assert!(matches!(error, PolicyError::Preconfigured { .. }), "{error}");
}

/// A policy that traps where it is asked twice: every submission meets an instance that nobody asked before, also where
/// instances are made ahead.
#[test]
fn policy_remembers_nothing_of_earlier_submissions() {
    let once = "(if (i32.load (i32.const 400)) (then unreachable)) (i32.store (i32.const 400) (i32.const 1)) (i32.const 304)";
    let forgetful = written(&component("0.1.1", once, "(i32.const 312)"));
    let executor = Executor::builder().policy(forgetful.path().to_str().unwrap()).build().unwrap();
    for turn in 0..6 {
        let report = crate::block_on(executor.execute(Submission::new("echo").language("bash")));
        assert_eq!((report.status, report.text.as_str()), (Status::Ok, "formatted"), "{turn}: {report:#?}");
    }
    // The positive control: the second question of one conversation does meet what the first one left.
    let twice = "(if (i32.load (i32.const 404)) (then unreachable)) (i32.store (i32.const 404) (i32.const 1)) (i32.const 312)";
    let asks = "(i32.store (i32.const 404) (i32.const 1)) (i32.const 304)";
    let mindful = written(&component("0.1.1", asks, twice));
    let report = run(sources(&[mindful.path().to_str().unwrap()]), "echo");
    assert!(report.text.contains("trapped in `format`"), "{report:#?}");
}
