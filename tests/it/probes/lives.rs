//! The end of runs whose keepers are killed, and of many runs at once: nothing is ever left.

use std::path::Path;
use std::time::{Duration, Instant};

use code_execute::{Executor, Limits, Report, Status, Submission};

use super::host::{Launch, Suite, bearing, kill, marker};
use super::tiers::{self, Tier};
use crate::block_on;

/// How long a run may be there after its keeper was killed.
const AFTER_KILL: Duration = Duration::from_secs(1);

/// Who is killed.
#[derive(Debug, Clone, Copy)]
enum Keeper {
    /// The command itself.
    Host,
    /// The process that made the run.
    Launcher,
    /// The parent of the program: process 1 of the run where there are namespaces.
    Init,
}

fn mounts() -> usize {
    std::fs::read_to_string("/proc/self/mountinfo").unwrap().lines().count()
}

/// The paths of all control groups.
fn groups() -> Vec<String> {
    let mut groups = Vec::new();
    let mut left = vec![std::path::PathBuf::from("/sys/fs/cgroup")];
    while let Some(directory) = left.pop() {
        for entry in std::fs::read_dir(&directory).into_iter().flatten().flatten() {
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                groups.push(entry.path().display().to_string());
                left.push(entry.path());
            }
        }
    }
    groups
}

fn parent(pid: i32) -> Option<i32> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    status.lines().find_map(|line| line.strip_prefix("PPid:"))?.trim().parse().ok()
}

fn arguments(pid: i32) -> Vec<String> {
    let text = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    text.split(|byte| *byte == 0).map(|word| String::from_utf8_lossy(word).into_owned()).collect()
}

fn until<T>(what: &str, mut found: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + Duration::from_secs(30);
    loop {
        if let Some(found) = found() {
            return found;
        }
        assert!(Instant::now() < end, "waited in vain until {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// Starts a run with daemons, kills who keeps it, and looks for what is left.
fn check(tier: Tier, keeper: Keeper) {
    let suite = Suite::get();
    let marker = marker();
    let before = mounts();
    // One that is a daemon, one that ignores signals, and the program itself.
    let code = "setsid sleep \"$1\" > /dev/null 2>&1 & (trap '' TERM HUP; sleep \"$1\") & sleep \"$1\"; :";
    let command = suite.command.display().to_string();
    let options = ["--policy", "none", "--isolation", tier.isolation, "--timeout", "60"];
    let words =
        [&command, "run"].into_iter().chain(options).chain(["--language", "bash", "-c", code, &marker]);
    let mut launch = Launch::new(tier.user, words);
    launch.plan = serde_json::json!({ "deny": tier.deny() });
    let running = suite.spawn(&launch);
    let host = running.pid().cast_signed();
    let program = until("the program and its daemons run", || {
        let all = bearing(&marker);
        let sleeping = all.iter().filter(|pid| arguments(**pid)[0].ends_with("sleep")).count();
        // The program is the one that has a code file.
        let program = all.iter().copied().find(|pid| *pid != host && arguments(*pid)[0].ends_with("bash"));
        program.filter(|_| sleeping >= 3)
    });
    let file = arguments(program).into_iter().find(|word| word.starts_with("/tmp/")).unwrap();
    let mut chain = vec![program];
    // From the program up to the host: a shell's child may have been found first.
    while let Some(up) = chain.last().and_then(|pid| parent(*pid)).filter(|pid| *pid != host && *pid > 1) {
        chain.push(up);
    }
    let inits: Vec<i32> = chain.into_iter().filter(|pid| !bearing(&marker).contains(pid)).collect();
    let victim = match keeper {
        Keeper::Host => host,
        Keeper::Launcher => *inits.last().unwrap(),
        Keeper::Init => inits[0],
    };
    kill(victim);
    let killed = Instant::now();
    let mine = |marker: &str| bearing(marker).into_iter().filter(|pid| *pid != host).count();
    while mine(&marker) > 0 {
        let left = mine(&marker);
        assert!(killed.elapsed() < AFTER_KILL, "{tier:?} {keeper:?}: {left} processes are left");
        std::thread::sleep(Duration::from_millis(5));
    }
    let ended = running.wait(Duration::from_secs(30));
    if !matches!(keeper, Keeper::Host) {
        // The host lives and says what happened.
        assert!(ended.in_time && ended.code.is_some_and(|code| code != 0), "{tier:?} {keeper:?}: {ended:?}");
    }
    until("the code file is gone", || (!Path::new(&file).exists()).then_some(()));
    // Other tests make some of their own.
    let named = inits.last().map(|launcher| format!("code-execute-{launcher}-")).unwrap();
    until("the control groups are gone", || {
        (!groups().iter().any(|group| group.contains(&named))).then_some(())
    });
    assert_eq!(before, mounts(), "{tier:?} {keeper:?}: mounts");
    // The next run works.
    let next = Launch::new(tier.user, [&command, "run", "--policy", "none", "-c", "print(6 * 7)"]);
    let mut next = next;
    next.plan = serde_json::json!({ "deny": tier.deny() });
    next.argv.extend(["--isolation".to_owned(), tier.isolation.to_owned()]);
    let next = suite.run(&next, Duration::from_mins(1));
    assert!(next.stdout.contains("42"), "{next:?}");
}

fn check_tier(tier: Tier, keepers: &[Keeper]) {
    if !tier.can_be_made() {
        println!("{tier:?} is for root to make");
        return;
    }
    for keeper in keepers {
        check(tier, *keeper);
    }
}

#[test]
fn killed_keepers_leave_nothing_in_tier_a() {
    check_tier(tiers::A, &[Keeper::Host, Keeper::Launcher, Keeper::Init]);
}

#[test]
fn killed_keepers_leave_nothing_in_tier_b() {
    check_tier(tiers::B, &[Keeper::Host, Keeper::Launcher, Keeper::Init]);
}

/// Init is what ends a run there: without a PID namespace the kernel does not. What keeps the program from killing it
/// is tried by a probe.
#[test]
fn killed_keepers_leave_nothing_in_tier_c() {
    check_tier(tiers::C, &[Keeper::Host, Keeper::Launcher]);
}

fn executor(at_once: usize) -> Executor {
    let mut limits = Limits::default();
    limits.processes = 64;
    Executor::builder().policy("none").limits(limits).concurrency(at_once).build().unwrap()
}

pub(super) fn run_all(executor: &Executor, submissions: impl IntoIterator<Item = Submission>) -> Vec<Report> {
    block_on(async {
        let runs: Vec<_> = submissions
            .into_iter()
            .map(|submission| {
                let executor = executor.clone();
                tokio::spawn(async move { executor.execute(submission).await })
            })
            .collect();
        let mut reports = Vec::new();
        for run in runs {
            reports.push(run.await.unwrap());
        }
        reports
    })
}

/// A few hundred; as many as `CODE_EXECUTE_DAEMON_RUNS` says where that is set. Each leaves three daemons, of which
/// at most 32 times three are there at once.
#[test]
fn timed_out_runs_with_daemons_leave_no_survivor() {
    let runs = std::env::var("CODE_EXECUTE_DAEMON_RUNS").map_or(192, |runs| runs.parse().unwrap());
    let executor = executor(32);
    let marker = marker();
    let code = "for i in 1 2 3; do (setsid sleep \"$1\" < /dev/null > /dev/null 2>&1 &) & done
        trap '' TERM; echo started; while :; do sleep \"$1\"; done";
    let submission = Submission::new(code).language("bash").arguments([marker.clone()]).timeout_seconds(1);
    let before = mounts();
    for report in run_all(&executor, std::iter::repeat_n(submission, runs)) {
        assert_eq!(report.status, Status::Timeout, "{report:#?}");
        assert_eq!(report.stdout.text, "started\n", "{report:#?}");
    }
    assert!(bearing(&marker).is_empty(), "{} are left", bearing(&marker).len());
    assert_eq!(before, mounts(), "mounts");
}

/// Thirty-two at a time of everything bad, with ordinary programs among them: each gets its own answer.
#[test]
fn mixed_abuse_crosses_no_lines() {
    let executor = executor(32);
    let marker = marker();
    let kinds: [(&str, &str, &[Status]); 8] = [
        ("bash", "echo NUMBER; exit 3", &[Status::NonzeroExit]),
        ("bash", "echo NUMBER; for i in {1..20}; do setsid sleep MARKER & done", &[Status::Ok]),
        ("bash", "echo NUMBER; yes", &[Status::OutputLimit]),
        (
            "python",
            "print(NUMBER)\nimport os, signal\nos.kill(os.getpid(), signal.SIGSEGV)",
            &[Status::Signal],
        ),
        (
            "python",
            "print(NUMBER, flush=True)\nkept = [bytearray(64 << 20) for _ in range(16)]",
            &[Status::NonzeroExit, Status::Memory],
        ),
        (
            "python",
            "print(NUMBER, flush=True)\nimport os\nfor _ in range(100):\n    if os.fork() == 0: os.execvp('sleep', ['sleep', 'MARKER'])",
            &[Status::Ok, Status::NonzeroExit],
        ),
        ("bash", "echo NUMBER; trap '' TERM; sleep MARKER", &[Status::Timeout]),
        ("bash", "sleep 0.2; echo NUMBER", &[Status::Ok]),
    ];
    let submissions = (0..128).map(|number| {
        let (language, code, _) = kinds[number % kinds.len()];
        let code = code.replace("NUMBER", &number.to_string()).replace("MARKER", &marker);
        Submission::new(code).language(language).timeout_seconds(4)
    });
    for (number, report) in run_all(&executor, submissions).into_iter().enumerate() {
        let (_, code, expected) = kinds[number % kinds.len()];
        let mut expected = expected.to_vec();
        // On a busy machine anything may meet the deadline.
        expected.push(Status::Timeout);
        assert!(expected.contains(&report.status), "{code}: {report:#?}");
        let first = report.stdout.text.lines().next().unwrap_or_default();
        assert!(
            first == number.to_string() || first.is_empty() && report.status == Status::Timeout,
            "{report:#?}"
        );
    }
    assert!(bearing(&marker).is_empty(), "{} are left", bearing(&marker).len());
}

/// Every code that a program can exit with, and every signal that ends one.
#[test]
fn every_end_is_reported_as_it_was() {
    let executor = executor(4);
    let codes = (0..256).map(|code| Submission::new(format!("exit {code}")).language("bash"));
    for (code, report) in (0..256).zip(run_all(&executor, codes)) {
        assert_eq!(report.exit_code, Some(code), "{report:#?}");
    }
    // Not those that only stop a process, or do nothing.
    let fatal: Vec<i32> =
        (1..=31).filter(|signal| ![17, 18, 19, 20, 21, 22, 23, 28].contains(signal)).collect();
    // Bash ignores some of them for itself; Python is told not to.
    let signals = fatal.iter().map(|number| {
        let reset = if *number == 9 { "" } else { "signal.signal(number, signal.SIG_DFL)" };
        Submission::new(format!(
            "import os, signal\nnumber = {number}\n{reset}\nos.kill(os.getpid(), number)"
        ))
    });
    for (signal, report) in fatal.iter().zip(run_all(&executor, signals)) {
        assert_eq!(report.exit_code, Some(128 + signal), "{signal}: {report:#?}");
        assert_eq!(report.status, Status::Signal, "{signal}: {report:#?}");
    }
}
