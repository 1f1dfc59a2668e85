//! After many runs in one process everything is where it was: files, threads, children, memory, temporary files.

use code_execute::{Executor, Submission};

use crate::block_on;

/// What a process holds that a leak would show in.
#[derive(Debug)]
struct Holdings {
    open_files: usize,
    threads: usize,
    children: usize,
    resident_kib: usize,
}

impl Holdings {
    fn now() -> Self {
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        let number = |name: &str| {
            let line = status.lines().find(|line| line.starts_with(name)).unwrap();
            line.split_whitespace().nth(1).unwrap().parse().unwrap()
        };
        let own = format!("PPid:\t{}", std::process::id());
        let children = std::fs::read_dir("/proc")
            .unwrap()
            .flatten()
            .filter_map(|entry| std::fs::read_to_string(entry.path().join("status")).ok())
            .filter(|status| status.lines().any(|line| line == own))
            .count();
        Self {
            open_files: std::fs::read_dir("/proc/self/fd").unwrap().count(),
            threads: number("Threads:"),
            children,
            resident_kib: number("VmRSS:"),
        }
    }
}

/// In a process of its own, so that no other test's files and threads are counted.
#[test]
fn thousand_runs_leave_everything_where_it_was() {
    crate::in_own_process("soak::thousand_runs_leave_everything_where_it_was", || {
        let executor = Executor::builder().build().unwrap();
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
        let before = Holdings::now();
        run(1_000);
        // The last init waits for the kernel to take the run's namespaces apart.
        let patience = std::time::Instant::now() + std::time::Duration::from_secs(10);
        let mut after = Holdings::now();
        while after.children > before.children && std::time::Instant::now() < patience {
            block_on(async { tokio::time::sleep(std::time::Duration::from_millis(10)).await });
            after = Holdings::now();
        }
        println!("after 50 runs: {before:?}; after 1,050: {after:?}");
        assert!(after.open_files <= before.open_files, "{before:?} {after:?}");
        assert!(after.threads <= before.threads, "{before:?} {after:?}");
        assert!(after.children <= before.children, "{before:?} {after:?}");
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
