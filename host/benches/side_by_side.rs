//! What this tool costs beside the bare interpreter, measured in turn in one run, and what review and wording cost.
//!
//! `cargo bench` prints medians and ratios. Pairs are interleaved, so that a machine whose speed drifts moves both
//! sides; a ratio travels better to another machine than a millisecond.
#![allow(clippy::disallowed_methods, reason = "the bare interpreter is what is compared with")]
#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a benchmark prints, and fails by panicking")]

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use code_execute::policy::{Cache, Policy};
use code_execute::{Executor, Submission};

const TOOL: &str = env!("CARGO_BIN_EXE_code-execute");

fn main() {
    let pairs = std::env::var("PAIRS").ok().and_then(|pairs| pairs.parse().ok()).unwrap_or(40);
    println!("{pairs} pairs each; medians in milliseconds");
    println!("{:<34} {:>9} {:>9} {:>9} {:>8}", "", "bare", "this", "more", "ratio");
    cold("cold run, python print(1+1)", "/usr/bin/python3", ".py", "print(1+1)", "python", pairs);
    cold("cold run, bash echo 2", "/bin/bash", ".sh", "echo 2", "bash", pairs);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let executor = Executor::builder().build().unwrap();
    for (name, interpreter, suffix, code, language) in [
        ("in process, python print(1+1)", "/usr/bin/python3", ".py", "print(1+1)", "python"),
        ("in process, bash echo 2", "/bin/bash", ".sh", "echo 2", "bash"),
    ] {
        warm(name, &runtime, &executor, (interpreter, suffix, code, language), pairs);
    }
    println!();
    println!("{:<34} {:>9} {:>9}", "one fresh instance each, milliseconds", "python", "bash");
    let policy = Policy::embedded(&Cache::of_user()).unwrap();
    for bytes in [1 << 10, 2 << 10, 64 << 10, 1 << 20] {
        let python = review(&policy, "python", &ordinary_python(bytes));
        let bash = review(&policy, "bash", &ordinary_bash(bytes));
        println!("{:<34} {:>9.3} {:>9.3}", format!("review of {} KiB", bytes >> 10), ms(python), ms(bash));
    }
    let python = refusal(&policy, "python", &ordinary_python(2 << 10), "\nimport os\n");
    let bash = refusal(&policy, "bash", &ordinary_bash(2 << 10), "\nrm -rf /\n");
    println!("{:<34} {:>9.3} {:>9.3}", "review and wording of 2 KiB", ms(python), ms(bash));
}

/// Review and wording of a program that is refused for its last line: all that a submission needs of a policy.
fn refusal(policy: &Policy, language: &str, code: &str, refused: &str) -> Duration {
    let code = format!("{code}{refused}");
    repeatedly(101, || assert!(policy.refusal(language, &code).unwrap().is_some()))
}

/// Whole processes: an interpreter with a file, against this tool with the same code.
fn cold(name: &str, interpreter: &str, suffix: &str, code: &str, language: &str, pairs: usize) {
    let file = program(suffix, code);
    let bare = || timed(Command::new(interpreter).arg(file.path()));
    let tool = || timed(Command::new(TOOL).args(["run", "--language", language, "-c", code]));
    compare(name, bare, tool, pairs);
}

/// A process from a running program, against the library in the same program.
fn warm(
    name: &str,
    runtime: &tokio::runtime::Runtime,
    executor: &Executor,
    (interpreter, suffix, code, language): (&str, &str, &str, &str),
    pairs: usize,
) {
    let file = program(suffix, code);
    let bare = || timed(Command::new(interpreter).arg(file.path()));
    let tool = || {
        let started = Instant::now();
        let report = runtime.block_on(executor.execute(Submission::new(code).language(language)));
        assert_eq!(report.exit_code, Some(0), "{}", report.text);
        started.elapsed()
    };
    compare(name, bare, tool, pairs);
}

fn compare(name: &str, bare: impl Fn() -> Duration, tool: impl Fn() -> Duration, pairs: usize) {
    // The first ones fill caches; the tool's also compiles the policy, once in a machine's life.
    for _ in 0..3 {
        bare();
        tool();
    }
    let measured: Vec<(Duration, Duration)> = (0..pairs).map(|_| (bare(), tool())).collect();
    let ratios = median(measured.iter().map(|(bare, tool)| tool.as_secs_f64() / bare.as_secs_f64()));
    let more = median(measured.iter().map(|(bare, tool)| 1e3 * (tool.as_secs_f64() - bare.as_secs_f64())));
    let bare = median(measured.iter().map(|(bare, _)| ms(*bare)));
    let tool = median(measured.iter().map(|(_, tool)| ms(*tool)));
    println!("{name:<34} {bare:>9.2} {tool:>9.2} {more:>9.2} {ratios:>8.3}");
}

fn timed(command: &mut Command) -> Duration {
    let started = Instant::now();
    let output = command.stdin(Stdio::null()).output().unwrap();
    let elapsed = started.elapsed();
    assert!(output.status.success(), "{command:?}: {output:?}");
    elapsed
}

fn review(policy: &Policy, language: &str, code: &str) -> Duration {
    let rounds = if code.len() > 100_000 { 9 } else { 101 };
    repeatedly(rounds, || drop(policy.scan(language, code).unwrap()))
}

/// The median of some rounds, after one that fills caches.
fn repeatedly(rounds: usize, work: impl Fn()) -> Duration {
    let once = || {
        let started = Instant::now();
        work();
        started.elapsed().as_secs_f64()
    };
    once();
    Duration::from_secs_f64(median((0..rounds).map(|_| once())))
}

fn program(suffix: &str, code: &str) -> tempfile::NamedTempFile {
    let mut file = tempfile::Builder::new().suffix(suffix).tempfile_in("/tmp").unwrap();
    file.write_all(code.as_bytes()).unwrap();
    file
}

fn ordinary_python(bytes: usize) -> String {
    repeated(bytes, |index| {
        format!(
            "def total_{index}(rows, limit={index}):\n    result = {{}}\n    for row in rows:\n        if row['price'] > \
             limit and not row.get('gone'):\n            result[row['name'].strip().lower()] = row['price'] * 1.19\n    \
             return sorted(result.items(), key=lambda item: item[1])\n\n"
        )
    })
}

fn ordinary_bash(bytes: usize) -> String {
    repeated(bytes, |index| {
        format!(
            "count_{index}=0\nfor file in *.txt; do\n  if grep -q \"item {index}\" \"$file\"; then\n    \
             count_{index}=$((count_{index} + 1))\n  fi\ndone\necho \"found ${{count_{index}}} of {index}\" | sort | head -n 3\n\n"
        )
    })
}

/// Whole pieces of code, as many as fit.
fn repeated(bytes: usize, piece: impl Fn(usize) -> String) -> String {
    let mut code = String::new();
    for index in 0.. {
        let next = piece(index);
        if code.len() + next.len() > bytes {
            break;
        }
        code.push_str(&next);
    }
    code
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

fn ms(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}
