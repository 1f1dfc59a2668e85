//! What this tool costs beside the bare interpreter, measured in turn in one run, and what review and wording cost.
//!
//! `cargo bench` prints medians and ratios. Pairs are interleaved, so that a machine whose speed drifts moves both
//! sides; a ratio travels better to another machine than a millisecond.
#![allow(clippy::disallowed_methods, reason = "the bare interpreter is what is compared with")]
#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a benchmark prints, and fails by panicking")]

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use code_execute::policy::{Cache, Chain, Sources};
use code_execute::{Executor, LayerState, Submission};

/// How long an agent takes for its next step at the very least: what is started ahead is ready then.
const PAUSE: Duration = Duration::from_millis(30);

const TOOL: &str = env!("CARGO_BIN_EXE_code-execute");

fn main() {
    let pairs = std::env::var("PAIRS").ok().and_then(|pairs| pairs.parse().ok()).unwrap_or(40);
    println!("{pairs} pairs each; medians in milliseconds");
    println!("{:<34} {:>9} {:>9} {:>9} {:>8}", "", "bare", "this", "more", "ratio");
    cold("cold run, python print(1+1)", "/usr/bin/python3", ".py", "print(1+1)", "python", pairs);
    cold("cold run, bash echo 2", "/bin/bash", ".sh", "echo 2", "bash", pairs);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let executor = Executor::builder().ahead(false).build().unwrap();
    let ahead = Executor::builder().build().unwrap();
    for (executor, how, pause) in
        [(&executor, "in process", Duration::ZERO), (&ahead, "started ahead", PAUSE)]
    {
        for (interpreter, suffix, code, language) in
            [("/usr/bin/python3", ".py", "print(1+1)", "python"), ("/bin/bash", ".sh", "echo 2", "bash")]
        {
            let name = format!("{how}, {language} {code}");
            warm(&name, &runtime, executor, (interpreter, suffix, code, language), (pairs, pause));
        }
    }
    confined(&runtime, &executor, pairs);
    println!();
    println!("{:<34} {:>9} {:>9}", "one fresh instance each, milliseconds", "python", "bash");
    let policy = Sources::default().open(&Cache::of_user()).unwrap();
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
fn refusal(policy: &Chain, language: &str, code: &str, refused: &str) -> Duration {
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

/// The smallest program there is, confined: by this tool and, where it is installed, by bubblewrap.
fn confined(runtime: &tokio::runtime::Runtime, executor: &Executor, pairs: usize) {
    let bare = || timed(Command::new("/bin/bash").args(["-c", ":"]));
    let once = || runtime.block_on(executor.execute(Submission::new(":").language("bash")));
    let report = once();
    let layers = report.enforcement.layers.iter().filter(|layer| layer.state == LayerState::On);
    println!("\n{:<34} layers on: {}", "", layers.map(|layer| layer.name).collect::<Vec<_>>().join(" "));
    compare("confined bash :, in process", bare, || spent(|| assert_eq!(once().exit_code, Some(0))), pairs);
    let cold = || timed(Command::new(TOOL).args(["run", "--language", "bash", "-c", ":"]));
    compare("confined bash :, cold", bare, cold, pairs);
    if Command::new("bwrap").arg("--version").output().is_ok() {
        compare("bubblewrap bash :", bare, || timed(&mut bubblewrap()), pairs);
    } else {
        println!("{:<34} not installed", "bubblewrap bash :");
    }
    throughput(runtime);
}

/// All its namespaces, a read-only `/usr`, private directories.
fn bubblewrap() -> Command {
    let mut command = Command::new("bwrap");
    command.args(["--unshare-all", "--die-with-parent", "--new-session", "--clearenv", "--cap-drop", "ALL"]);
    command.args([
        "--ro-bind",
        "/usr",
        "/usr",
        "--symlink",
        "usr/bin",
        "/bin",
        "--symlink",
        "usr/lib",
        "/lib",
    ]);
    command.args(["--symlink", "usr/lib64", "/lib64", "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp"]);
    command.args(["--chdir", "/tmp", "/bin/bash", "-c", ":"]);
    command
}

/// Eight at a time, against eight threads that start the same program bare.
fn throughput(runtime: &tokio::runtime::Runtime) {
    const RUNS: usize = 2_000;
    let executor = Executor::builder().concurrency(8).build().unwrap();
    let confined = spent(|| {
        runtime.block_on(async {
            let mut running = tokio::task::JoinSet::new();
            for _ in 0..RUNS {
                let executor = executor.clone();
                running.spawn(async move { executor.execute(Submission::new(":").language("bash")).await });
            }
            for report in running.join_all().await {
                assert_eq!(report.exit_code, Some(0), "{}", report.text);
            }
        });
    });
    let bare = spent(|| {
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..RUNS / 8 {
                        timed(Command::new("/bin/bash").args(["-c", ":"]));
                    }
                });
            }
        });
    });
    let rate = |time: Duration| f64::from(u32::try_from(RUNS).unwrap_or(u32::MAX)) / time.as_secs_f64();
    println!("8 at a time: {:.0} confined bash a second, {:.0} bare", rate(confined), rate(bare));
}

/// A process from a running program, against the library in the same program.
fn warm(
    name: &str,
    runtime: &tokio::runtime::Runtime,
    executor: &Executor,
    (interpreter, suffix, code, language): (&str, &str, &str, &str),
    (pairs, pause): (usize, Duration),
) {
    let file = program(suffix, code);
    let bare = || timed(Command::new(interpreter).arg(file.path()));
    let tool = || {
        let started = Instant::now();
        let report = runtime.block_on(executor.execute(Submission::new(code).language(language)));
        assert_eq!(report.exit_code, Some(0), "{}", report.text);
        started.elapsed()
    };
    compare_after(pause, name, bare, tool, pairs);
}

fn compare(name: &str, bare: impl Fn() -> Duration, tool: impl Fn() -> Duration, pairs: usize) {
    compare_after(Duration::ZERO, name, bare, tool, pairs);
}

/// Both sides are measured after the same pause.
fn compare_after(
    pause: Duration,
    name: &str,
    bare: impl Fn() -> Duration,
    tool: impl Fn() -> Duration,
    pairs: usize,
) {
    let rested = |measure: &dyn Fn() -> Duration| {
        std::thread::sleep(pause);
        measure()
    };
    // The first ones fill caches; the tool's also compiles the policy, once in a machine's life.
    for _ in 0..3 {
        bare();
        tool();
    }
    let measured: Vec<(Duration, Duration)> = (0..pairs).map(|_| (rested(&bare), rested(&tool))).collect();
    let ratios = median(measured.iter().map(|(bare, tool)| tool.as_secs_f64() / bare.as_secs_f64()));
    let more = median(measured.iter().map(|(bare, tool)| 1e3 * (tool.as_secs_f64() - bare.as_secs_f64())));
    let bare = median(measured.iter().map(|(bare, _)| ms(*bare)));
    let tool = median(measured.iter().map(|(_, tool)| ms(*tool)));
    println!("{name:<34} {bare:>9.2} {tool:>9.2} {more:>9.2} {ratios:>8.3}");
}

fn spent(work: impl FnOnce()) -> Duration {
    let started = Instant::now();
    work();
    started.elapsed()
}

fn timed(command: &mut Command) -> Duration {
    let started = Instant::now();
    let output = command.stdin(Stdio::null()).output().unwrap();
    let elapsed = started.elapsed();
    assert!(output.status.success(), "{command:?}: {output:?}");
    elapsed
}

fn review(policy: &Chain, language: &str, code: &str) -> Duration {
    let rounds = if code.len() > 100_000 { 9 } else { 101 };
    repeatedly(rounds, || drop(policy.scan(language, code).unwrap()))
}

/// The median of some rounds, after one that fills caches.
fn repeatedly(rounds: usize, work: impl Fn()) -> Duration {
    let once = || spent(&work).as_secs_f64();
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
