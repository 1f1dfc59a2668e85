//! Interpreters that are started ahead of submissions: who gets them, and what ends them. Each test in a process of its
//! own, below which it looks for them.

use std::path::Path;
use std::time::{Duration, Instant};

use code_execute::{Executor, Submission};

use crate::{in_own_process, sleepers};

/// Says which file it was started on.
const WHICH: &str = "import sys; print(sys.argv[0])";

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

async fn which(executor: &Executor, submission: Submission) -> String {
    executor.execute(submission).await.stdout.text.trim().to_owned()
}

/// The code files of interpreters below this process.
fn waiting() -> Vec<String> {
    let own = i32::try_from(std::process::id()).unwrap();
    let below = sleepers::below(own);
    let lines = below.iter().filter_map(|pid| std::fs::read_to_string(format!("/proc/{pid}/cmdline")).ok());
    lines
        .filter_map(|line| {
            line.split('\0').find(|word| word.starts_with("/tmp/code-execute-")).map(str::to_owned)
        })
        .collect()
}

/// Waits until an interpreter waits, and says on which file.
fn await_one() -> String {
    loop {
        if let [one] = waiting().as_slice() {
            return one.clone();
        }
        std::thread::yield_now();
    }
}

fn await_none() {
    while !waiting().is_empty() {
        std::thread::yield_now();
    }
}

#[test]
fn next_submission_gets_the_interpreter_that_waits() {
    in_own_process("ahead::next_submission_gets_the_interpreter_that_waits", || {
        let runtime = runtime();
        let executor = Executor::builder().build().unwrap();
        for _ in 0..2 {
            runtime.block_on(which(&executor, Submission::new(WHICH)));
        }
        for _ in 0..3 {
            let file = await_one();
            assert_eq!(runtime.block_on(which(&executor, Submission::new(WHICH))), file);
            assert!(!Path::new(&file).exists(), "it serves one submission");
        }
    });
}

#[test]
fn submission_on_other_terms_gets_one_of_its_own() {
    in_own_process("ahead::submission_on_other_terms_gets_one_of_its_own", || {
        let runtime = runtime();
        let executor = Executor::builder().build().unwrap();
        for _ in 0..2 {
            runtime.block_on(which(&executor, Submission::new(WHICH)));
        }
        for other in [
            Submission::new(WHICH).timeout_seconds(7),
            Submission::new(WHICH).arguments(["x"]),
            Submission::new(WHICH).stdin("x"),
        ] {
            let file = await_one();
            let own = runtime.block_on(which(&executor, other));
            assert!(own.starts_with("/tmp/code-execute-") && own != file, "{own} {file}");
            while Path::new(&file).exists() {
                std::thread::yield_now();
            }
        }
    });
}

#[test]
fn refused_submission_leaves_the_interpreter_that_waits_to_the_next() {
    in_own_process("ahead::refused_submission_leaves_the_interpreter_that_waits_to_the_next", || {
        let runtime = runtime();
        let executor = Executor::builder().build().unwrap();
        for _ in 0..2 {
            runtime.block_on(which(&executor, Submission::new(WHICH)));
        }
        let file = await_one();
        for _ in 0..3 {
            let report = runtime.block_on(executor.execute(Submission::new("import os")));
            assert_eq!(report.exit_code, None);
            assert_eq!(await_one(), file);
            assert_eq!(std::fs::metadata(&file).unwrap().len(), 0, "empty until a submission is approved");
        }
        assert_eq!(runtime.block_on(which(&executor, Submission::new(WHICH))), file);
    });
}

/// What waits is bound to the runtime that it was started in. A caller may use several, one after the other.
#[test]
fn submission_on_another_runtime_gets_one_of_its_own() {
    in_own_process("ahead::submission_on_another_runtime_gets_one_of_its_own", || {
        let (first, second) = (runtime(), runtime());
        let executor = Executor::builder().build().unwrap();
        for (here, there) in [(&first, &second), (&second, &first)] {
            for _ in 0..2 {
                here.block_on(which(&executor, Submission::new(WHICH)));
            }
            let file = await_one();
            let own = there.block_on(which(&executor, Submission::new(WHICH)));
            assert!(own.starts_with("/tmp/code-execute-") && own != file, "{own} {file}");
        }
    });
}

#[test]
fn interpreter_ends_with_its_executor() {
    in_own_process("ahead::interpreter_ends_with_its_executor", || {
        let runtime = runtime();
        let executor = Executor::builder().build().unwrap();
        for _ in 0..2 {
            runtime.block_on(which(&executor, Submission::new(WHICH)));
        }
        let file = await_one();
        drop(executor);
        await_none();
        assert!(!Path::new(&file).exists());
    });
}

#[test]
fn none_waits_where_none_is_wanted() {
    in_own_process("ahead::none_waits_where_none_is_wanted", || {
        let runtime = runtime();
        let builders = [Executor::builder().ahead(false), Executor::builder().sandbox(false)];
        for executor in builders.map(|builder| builder.build().unwrap()) {
            for _ in 0..3 {
                runtime.block_on(which(&executor, Submission::new(WHICH)));
            }
            // What was started would be seen within this.
            let until = Instant::now() + Duration::from_millis(300);
            while Instant::now() < until {
                assert_eq!(waiting(), Vec::<String>::new());
                std::thread::sleep(Duration::from_millis(10));
            }
        }
    });
}
