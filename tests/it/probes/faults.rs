//! Set-up that fails: the program does not run with less than was asked for.

use serde::Deserialize;
use serde_json::{Value, json};

use super::cases::folder;
use super::host::{Ended, Launch, Suite};
use super::tiers::{self, Tier};

use std::time::Duration;

#[derive(Deserialize)]
struct File {
    fault: Vec<Fault>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Fault {
    call: String,
    when: Option<[u32; 3]>,
    errnos: Vec<u32>,
    #[serde(default = "all_tiers")]
    tiers: Vec<String>,
    stages: Vec<String>,
}

fn all_tiers() -> Vec<String> {
    ["A", "B", "C"].map(str::to_owned).to_vec()
}

/// What only the program prints: `$((6*7))` is not 42 before Bash has read it.
const CODE: &str = "echo ran-$((6*7))";
const RAN: &str = "ran-42";

fn run(suite: &Suite, tier: Tier, deny: &[Value]) -> Ended {
    let options = ["--policy", "none", "--format", "json", "--isolation", tier.isolation];
    let command = suite.command.display().to_string();
    let words =
        [command.as_str(), "run"].into_iter().chain(options).chain(["--language", "bash", "-c", CODE]);
    let mut launch = Launch::new(tier.user, words);
    let mut rules: Vec<Value> = tier.deny().as_array().unwrap().clone();
    rules.extend_from_slice(deny);
    launch.plan = json!({ "deny": rules });
    suite.run(&launch, Duration::from_mins(1))
}

/// What is wrong with a run whose set-up failed.
fn problem(ended: &Ended, stages: &[String]) -> Option<String> {
    if ended.stdout.contains(RAN) || ended.stderr.contains(RAN) {
        return Some("the program ran".to_owned());
    }
    if !ended.in_time || ended.code == Some(0) || ended.code.is_none() {
        return Some("it did not end with an error".to_owned());
    }
    let said = match ended.report() {
        Some(report) if report["status"] != "sandbox_error" => {
            return Some(format!("the status is {}", report["status"]));
        }
        Some(report) => report["detail"].as_str().unwrap_or_default().to_owned(),
        // Refused before there was a run.
        None => ended.stderr.clone(),
    };
    let named = stages.iter().any(|stage| said.contains(&format!("`{stage}`")));
    (!named).then(|| format!("none of {stages:?} is named in: {said}"))
}

fn check(tier: Tier) {
    if !tier.can_be_made() {
        println!("{tier:?} is for root to make");
        return;
    }
    let suite = Suite::get();
    let text = std::fs::read_to_string(folder().join("faults.toml")).unwrap();
    let file: File = toml::from_str(&text).unwrap();
    let mut wrong = Vec::new();
    let mut tried = 0;
    for fault in file.fault.iter().filter(|fault| fault.tiers.iter().any(|letter| letter == tier.letter)) {
        for errno in &fault.errnos {
            let mut rule = vec![json!(fault.call), json!(errno)];
            rule.extend(fault.when.into_iter().flatten().map(|number| json!(number)));
            let ended = run(&suite, tier, &[Value::Array(rule)]);
            tried += 1;
            if let Some(problem) = problem(&ended, &fault.stages) {
                wrong.push(format!(
                    "{} {:?} answers {errno}: {problem}\n  {}{}",
                    fault.call, fault.when, ended.stdout, ended.stderr
                ));
            }
        }
    }
    let next = run(&suite, tier, &[]);
    if !next.stdout.contains(RAN) {
        wrong.push(format!("the next run does not work: {next:?}"));
    }
    println!("{tier:?}: {tried} faults, {} failures", wrong.len());
    assert!(tried > 0);
    assert!(wrong.is_empty(), "{} of {tried} faults:\n\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn failed_setup_runs_nothing_in_tier_a() {
    check(tiers::A);
}

#[test]
fn failed_setup_runs_nothing_in_tier_b() {
    check(tiers::B);
}

#[test]
fn failed_setup_runs_nothing_in_tier_c() {
    check(tiers::C);
}

/// The ways in which machines refuse namespaces. Each is refused at the default floor and says what is missing.
#[test]
fn missing_namespaces_are_refused_at_the_default_floor() {
    let suite = Suite::get();
    let forbidden = tiers::without_namespaces();
    // As Ubuntu does it: the namespace comes about and holds no rights.
    let stripped = json!([["mount", 1], ["sethostname", 1], ["pivot_root", 1]]);
    // As a container with a masked /proc does it, and one with `max_user_namespaces=0`.
    let masked = json!([["mount", 1]]);
    let none_left = json!([["clone", 28, 0, 0x1000_0000, 0x1000_0000], ["clone3", 38]]);
    for deny in [forbidden, stripped, masked, none_left] {
        let ended = run(&suite, tiers::B, deny.as_array().unwrap());
        assert!(!ended.stdout.contains(RAN), "{deny}: {ended:?}");
        assert_ne!(ended.code, Some(0), "{deny}: {ended:?}");
        let said = format!("{}{}", ended.stdout, ended.stderr);
        assert!(
            said.contains("namespaces") || said.contains("root") || said.contains("proc"),
            "{deny}: {said}"
        );
    }
}

/// With ever fewer descriptors to be had, a run is whole or it is none, and none is told in words.
#[test]
fn host_without_descriptors_says_so() {
    let suite = Suite::get();
    let mut ran = 0;
    for most in [10, 12, 14, 16, 18, 20, 24, 28, 64] {
        let command = suite.command.display().to_string();
        let words = [&command, "run", "--policy", "none", "--language", "bash", "-c", CODE];
        let mut launch = Launch::new(tiers::B.user, words);
        launch.plan = json!({ "nofile": most });
        let ended = suite.run(&launch, Duration::from_mins(1));
        if ended.code == Some(0) {
            assert!(ended.stdout.contains(RAN), "{most}: {ended:?}");
            ran += 1;
        } else {
            assert!(!ended.stdout.contains(RAN), "{most}: {ended:?}");
            let said = format!("{}{}", ended.stdout, ended.stderr);
            assert!(said.contains("(os error 24)"), "{most}: {ended:?}");
        }
    }
    assert!(ran > 0, "even with 64 descriptors nothing runs");
}

/// A path is what it says, or nothing runs: no links, nothing relative, nothing that is not there.
#[test]
fn grants_by_another_name_are_refused() {
    let suite = Suite::get();
    let directory = suite.directory_of(tiers::B.user, "grants");
    let path = |name: &str| directory.join(name).display().to_string();
    std::fs::create_dir(directory.join("real")).unwrap();
    std::os::unix::fs::symlink("real", directory.join("link")).unwrap();
    std::os::unix::fs::symlink("/", directory.join("root")).unwrap();
    let paths = [
        path("link"),
        path("root/etc"),
        path("real/../link"),
        path("absent"),
        "relative".to_owned(),
        "/proc/self/root/etc".to_owned(),
        "/proc".to_owned(),
        "/sys".to_owned(),
        "/dev".to_owned(),
        String::new(),
    ];
    for path in paths {
        for grant in ["--read", "--write"] {
            let command = suite.command.display().to_string();
            let words = [&command, "run", "--policy", "none", grant, &path, "--language", "bash", "-c", CODE];
            let ended = suite.run(&Launch::new(tiers::B.user, words), Duration::from_mins(1));
            assert!(!ended.stdout.contains(RAN), "{grant} {path}: {ended:?}");
            assert_ne!(ended.code, Some(0), "{grant} {path}: {ended:?}");
        }
    }
    let command = suite.command.display().to_string();
    let words =
        [&command, "run", "--policy", "none", "--read", &path("real"), "--language", "bash", "-c", CODE];
    let ended = suite.run(&Launch::new(tiers::B.user, words), Duration::from_mins(1));
    assert!(ended.stdout.contains(RAN), "{ended:?}");
}

/// Whatever the host was started with: closed standard streams, ignored and blocked signals, an odd umask, no
/// directory to be in.
#[test]
fn odd_surroundings_change_nothing() {
    let suite = Suite::get();
    let surroundings = [
        json!({ "closed": [0] }),
        json!({ "ignore": [13, 17, 1, 15] }),
        json!({ "block": [2, 15, 17, 14] }),
        json!({ "umask": 0o777 }),
        json!({ "gone": true }),
    ];
    let signals = "trap '' USR1; grep -E '^Sig(Blk|Ign)' /proc/self/status | tr -d '\\n\\t'";
    for plan in surroundings {
        for code in [CODE, "yes | head -1; echo ran-$((6*7)); touch /tmp/x; cat /tmp/x", signals] {
            let command = suite.command.display().to_string();
            let words = [&command, "run", "--policy", "none", "--language", "bash", "-c", code];
            let mut launch = Launch::new(tiers::B.user, words);
            launch.plan = plan.clone();
            let ended = suite.run(&launch, Duration::from_mins(1));
            assert_eq!(ended.code, Some(0), "{plan}: {ended:?}");
            if code == signals {
                assert!(ended.stdout.contains("SigBlk:0000000000000000"), "{plan}: {ended:?}");
            } else {
                assert!(ended.stdout.contains(RAN), "{plan}: {ended:?}");
            }
        }
    }
}
