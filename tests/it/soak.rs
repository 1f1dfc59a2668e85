//! After many runs in one process everything is where it was: files, threads, children, memory, temporary files.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use code_execute::{Executor, Submission};

use crate::block_on;

/// What a process holds that a leak would show in.
#[derive(Debug)]
struct Holdings {
    open_files: usize,
    threads: usize,
    /// Processes, the launcher among them.
    descendants: usize,
    mounts: usize,
    resident_kib: usize,
}

impl Holdings {
    fn now() -> Self {
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        let number = |name: &str| {
            let line = status.lines().find(|line| line.starts_with(name)).unwrap();
            line.split_whitespace().nth(1).unwrap().parse().unwrap()
        };
        let parents: HashMap<u32, u32> = std::fs::read_dir("/proc")
            .unwrap()
            .flatten()
            .filter_map(|entry| {
                let pid = entry.file_name().to_str()?.parse().ok()?;
                let status = std::fs::read_to_string(entry.path().join("status")).ok()?;
                let parent = status.lines().find_map(|line| line.strip_prefix("PPid:"))?;
                Some((pid, parent.trim().parse().ok()?))
            })
            .collect();
        let own = std::process::id();
        let is_ours = |pid: &u32| {
            let up = std::iter::successors(parents.get(pid), |parent| parents.get(parent));
            up.take(64).any(|parent| *parent == own)
        };
        let descendants = parents.keys().filter(|pid| is_ours(pid)).count();
        Self {
            open_files: std::fs::read_dir("/proc/self/fd").unwrap().count(),
            threads: number("Threads:"),
            descendants,
            mounts: std::fs::read_to_string("/proc/self/mountinfo").unwrap().lines().count(),
            resident_kib: number("VmRSS:"),
        }
    }
}

impl Holdings {
    /// Once only the launcher is left: the last run may still wait for the kernel to take its namespaces apart.
    fn settled() -> Self {
        let patience = Instant::now() + Duration::from_secs(10);
        loop {
            let now = Self::now();
            if now.descendants <= 1 || Instant::now() > patience {
                return now;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

/// A thousand, or as many as `CODE_EXECUTE_SOAK_RUNS` says. In a process of its own, so that no other test's files and threads are counted.
#[test]
fn thousand_runs_leave_everything_where_it_was() {
    crate::in_own_process("soak::thousand_runs_leave_everything_where_it_was", || {
        // What waits for the next submission is there or not, as time has it.
        let executor = Executor::builder().ahead(false).build().unwrap();
        let submissions = [
            Submission::new("echo \"$0\"").language("bash"),
            Submission::new("setsid sleep 100 & echo started").language("bash"),
            Submission::new("exit 3").language("bash"),
            Submission::new("rm -rf /").language("bash"),
            Submission::new("cat").language("bash").stdin("hello"),
        ];
        let run = |rounds: usize| {
            block_on(async {
                for index in 0..rounds {
                    let submission = submissions.get(index % submissions.len()).unwrap().clone();
                    let report = executor.execute(submission).await;
                    let printed = report.stdout.text.trim();
                    let left = printed.starts_with("/tmp/") && std::path::Path::new(printed).exists();
                    assert!(!left, "{printed}");
                }
            });
        };
        run(50);
        let before = Holdings::settled();
        let rounds = std::env::var("CODE_EXECUTE_SOAK_RUNS").map_or(1_000, |rounds| rounds.parse().unwrap());
        run(rounds);
        let after = Holdings::settled();
        println!("after 50 runs: {before:?}; after {rounds} more: {after:?}");
        assert!(after.open_files <= before.open_files, "{before:?} {after:?}");
        assert!(after.threads <= before.threads, "{before:?} {after:?}");
        assert!(after.descendants <= before.descendants, "{before:?} {after:?}");
        assert_eq!(after.mounts, before.mounts, "{before:?} {after:?}");
        assert!(after.resident_kib <= before.resident_kib + 4_096, "{before:?} {after:?}");
    });
}

#[test]
fn eight_hundred_submissions_at_once_are_queued_and_all_answered() {
    let executor = Executor::builder().build().unwrap();
    let statuses = block_on(async {
        let runs: Vec<_> = (0..800)
            .map(|index| {
                let executor = executor.clone();
                tokio::spawn(async move {
                    let report =
                        executor.execute(Submission::new(format!("echo {index}")).language("bash")).await;
                    (index, report)
                })
            })
            .collect();
        let mut statuses = Vec::new();
        for run in runs {
            statuses.push(run.await.unwrap());
        }
        statuses
    });
    for (index, report) in statuses {
        assert_eq!(report.stdout.text, format!("{index}\n"), "{report:#?}");
    }
}
