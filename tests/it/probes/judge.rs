//! Running a probe and saying what is wrong with how it went.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::canaries::Canaries;
use super::cases::Probe;
use super::host::{Ended, Launch, Suite, User, bearing, kill, marker, write};
use super::tiers::Tier;

/// What one program said: the word for each name.
type Words = BTreeMap<String, (String, String)>;

/// Where a probe runs.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Place {
    /// A bare interpreter: the positive control.
    Native(User),
    /// The command, with the sandbox on.
    Sandbox(Tier),
}

impl Place {
    pub(crate) fn user(self) -> User {
        match self {
            Self::Native(user) => user,
            Self::Sandbox(tier) => tier.user,
        }
    }

    pub(crate) fn letter(self) -> &'static str {
        match self {
            Self::Native(_) => "native",
            Self::Sandbox(tier) => tier.letter,
        }
    }
}

/// Runs a probe. Gives what is wrong.
pub(crate) fn judge(suite: &Arc<Suite>, canaries: &Canaries, probe: &Probe, place: Place) -> Vec<String> {
    let marker = marker();
    let victim = probe.code.contains("@VICTIM").then(|| canaries.victim());
    let pid = victim.as_ref().map_or_else(String::new, super::canaries::Victim::pid);
    let mark = victim.as_ref().map_or("", |victim| &victim.mark);
    let fill =
        |text: &str| canaries.fill(text, &[("MARKER", &marker), ("VICTIM", &pid), ("VICTIMS_MARK", mark)]);
    let directory = suite.directory_of(place.user(), &format!("run-{marker}"));
    let start = |code: &str, name: &str| {
        let program = directory.join(name);
        write(&program, &fill(&probe.program(code)));
        suite.spawn(&launch(suite, probe, place, &program.display().to_string(), &marker, &fill))
    };
    let bound = Duration::from_secs(probe.timeout + 30);
    let mut wrong = Vec::new();
    let first = start(&probe.code, "code");
    let mut answers = if let Some(code) = &probe.beside {
        std::thread::sleep(Duration::from_millis(500));
        let second = start(code, "beside").wait(bound);
        vec![first.wait(bound), second]
    } else {
        vec![first.wait(bound)]
    };
    let left = bearing(&marker);
    if let Some(code) = &probe.after {
        answers.push(start(code, "after").wait(bound));
    }
    match place {
        Place::Native(user) => {
            if probe.leaves && left.is_empty() {
                wrong.push("no process was left behind: the control shows nothing".to_owned());
            }
            let said = words(&answers.iter().map(|ended| ended.stdout.as_str()).collect::<String>());
            wrong.extend(control(probe, user, &said));
        }
        Place::Sandbox(tier) => {
            if !left.is_empty() {
                wrong.push(format!("{} processes were left behind", left.len()));
            }
            wrong.extend(sandboxed(probe, tier, canaries, &answers));
            wrong.extend(victim.as_ref().and_then(super::canaries::Victim::look));
        }
    }
    left.into_iter().for_each(kill);
    let _ = std::fs::remove_dir_all(&directory);
    if !wrong.is_empty() {
        wrong.extend(answers.iter().map(short));
    }
    wrong
}

fn launch(
    suite: &Suite,
    probe: &Probe,
    place: Place,
    program: &str,
    marker: &str,
    fill: &dyn Fn(&str) -> String,
) -> Launch {
    let mut argv: Vec<String> = match place {
        Place::Native(_) => {
            vec![if probe.language == "python" { "/usr/bin/python3" } else { "/bin/bash" }.to_owned()]
        }
        Place::Sandbox(tier) => {
            let mut argv = vec![suite.command.display().to_string(), "run".to_owned()];
            let options =
                ["--policy", "none", "--format", "json", "--isolation", tier.isolation, "--language"];
            argv.extend(options.map(str::to_owned));
            argv.push(probe.language.clone());
            argv.extend(probe.args.iter().map(|argument| fill(argument)));
            if let Some(config) = &probe.config {
                write(Path::new(&format!("{program}.toml")), config);
                argv.extend(["--config".to_owned(), format!("{program}.toml")]);
            } else {
                argv.extend(["--timeout".to_owned(), probe.timeout.to_string()]);
            }
            if let Some(bytes) = probe.stdin_bytes {
                write(Path::new(&format!("{program}.stdin")), &"x".repeat(bytes));
                argv.extend(["--stdin".to_owned(), format!("{program}.stdin")]);
            }
            argv
        }
    };
    argv.extend([program.to_owned(), marker.to_owned()]);
    let mut launch = Launch::new(place.user(), argv);
    launch.env = probe.env.iter().map(|(name, value)| (name.clone(), fill(value))).collect();
    let leaks: BTreeMap<_, _> = probe.leaks.iter().map(|(fd, what)| (fd, fill(what))).collect();
    launch.plan = json!({ "leaks": leaks, "tty": probe.tty });
    if let Place::Sandbox(tier) = place {
        launch.plan["deny"] = tier.deny();
    }
    launch
}

/// What is wrong with a positive control.
fn control(probe: &Probe, user: User, said: &Words) -> Vec<String> {
    let word = |name: &str| said.get(name).map(|(word, _)| word.as_str());
    let mut wrong = Vec::new();
    for name in probe.controls(user == User::Root) {
        if word(name) != Some("reached") {
            wrong.push(format!("`{name}` does not work without a sandbox either: {:?}", said.get(name)));
        }
    }
    let anyway = probe.works.iter().chain(probe.works_where.keys());
    for name in anyway.filter(|name| !probe.works_if_installed.contains(name)) {
        if word(name) != Some("works") {
            wrong.push(format!("`{name}` does not work without a sandbox either: {:?}", said.get(name)));
        }
    }
    for name in &probe.works_if_installed {
        if !matches!(word(name), Some("works" | "absent")) {
            wrong.push(format!("`{name}` does not work without a sandbox either: {:?}", said.get(name)));
        }
    }
    wrong
}

/// What is wrong with a run in the sandbox.
fn sandboxed(probe: &Probe, tier: Tier, canaries: &Canaries, answers: &[Ended]) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut text = String::new();
    for ended in answers {
        wrong.extend(canaries.look(&format!("{}{}", ended.stdout, ended.stderr)));
        let Some(report) = ended.report().filter(|_| ended.in_time) else {
            wrong.push("there is no report".to_owned());
            continue;
        };
        let status = report["status"].as_str().unwrap_or_default();
        if !probe.status.has(status) {
            wrong.push(format!("status `{status}`, not {:?}", probe.status));
        }
        let found = report["enforcement"]["layers"].as_array().map_or(&[][..], Vec::as_slice);
        let is_on = |name: &str| found.iter().any(|layer| layer["name"] == name && layer["state"] == "on");
        let off: Vec<&str> = tier.layers().filter(|name| !is_on(name)).collect();
        if !off.is_empty() {
            wrong.push(format!("layers that are not on: {off:?}"));
        }
        let stdout = [&report["stdout"]["text"], &report["stdout"]["tail"]];
        text.extend(stdout.map(|text| text.as_str().unwrap_or_default()));
        for (pointer, expected) in &probe.report {
            let expected = serde_json::to_value(expected).unwrap();
            let found = report.pointer(pointer).unwrap_or(&Value::Null);
            if *found != expected {
                wrong.push(format!("{pointer} is {found}, not {expected}"));
            }
        }
        if probe.within_ms.is_some_and(|most| ended.took > Duration::from_millis(most)) {
            wrong.push(format!("took {:?}", ended.took));
        }
    }
    wrong.extend(probe.stdout.iter().filter(|part| !text.contains(*part)).map(|part| format!("no {part:?}")));
    wrong.extend(
        probe.stdout_lacks.iter().filter(|part| text.contains(*part)).map(|part| format!("{part:?}")),
    );
    let said = words(&text);
    for (name, (word, detail)) in &said {
        if word == "broken" && !excused(probe, tier, name) {
            wrong.push(format!("`{name}` does not work: {detail}"));
        }
        if word == "absent" && Path::new("/usr/bin").join(name).exists() {
            wrong.push(format!("`{name}` is installed and cannot be seen"));
        }
        if word == "reached" && !probe.is_gap(tier.letter, name) {
            wrong.push(format!("`{name}` was reached: {detail}"));
        }
    }
    if probe.ends && !wrong.iter().any(|problem| problem.starts_with("there is no report")) {
        if !said.contains_key("") {
            wrong.push("it did not come to its end".to_owned());
        }
        let works = probe.works.iter().chain(&probe.works_if_installed).chain(probe.works_where.keys());
        for name in probe.tried().chain(works.map(String::as_str)) {
            if !said.contains_key(name) {
                wrong.push(format!("nothing is said of `{name}`"));
            }
        }
    }
    wrong
}

/// Whether something may not work in a tier.
fn excused(probe: &Probe, tier: Tier, name: &str) -> bool {
    let where_it_works = probe.works_where.get(name);
    where_it_works.is_some_and(|tiers| !tiers.iter().any(|letter| letter == tier.letter))
}

/// Reads lines such as `denied NAME WHY`.
fn words(text: &str) -> Words {
    let known = ["reached", "denied", "works", "broken", "absent", "end"];
    text.lines()
        .filter_map(|line| {
            let mut parts = line.splitn(3, ' ');
            let word = parts.next().filter(|word| known.contains(word))?;
            let name = parts.next().unwrap_or_default();
            Some((name.to_owned(), (word.to_owned(), parts.next().unwrap_or_default().to_owned())))
        })
        .collect()
}

/// What was printed, for a person.
fn short(ended: &Ended) -> String {
    let cut = |text: &str| text.chars().take(1_500).collect::<String>();
    let report = ended.report().unwrap_or_default();
    format!(
        "  exit {:?} after {:?}; status {} {}\n  stdout: {}\n  stderr: {}",
        ended.code,
        ended.took,
        report["status"],
        report["detail"],
        cut(report["stdout"]["text"].as_str().unwrap_or(&ended.stdout)),
        cut(report["stderr"]["text"].as_str().unwrap_or(&ended.stderr)),
    )
}
