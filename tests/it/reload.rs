//! Policies that are replaced while submissions run.

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use code_execute::policy::Cache;
use code_execute::{Executor, Report, Status, Submission};

use crate::hostile_policies::{forbidding_component, honest_component};

/// A policy file that is replaced as a deployment would: written beside, then renamed.
struct File {
    directory: tempfile::TempDir,
}

impl File {
    fn new(component: &[u8]) -> Self {
        let file = Self { directory: tempfile::tempdir().unwrap() };
        file.replace(component);
        file
    }

    fn path(&self) -> String {
        self.directory.path().join("policy.wasm").to_str().unwrap().to_owned()
    }

    fn replace(&self, component: &[u8]) {
        let beside = self.directory.path().join("next");
        std::fs::write(&beside, component).unwrap();
        std::fs::rename(beside, Path::new(&self.path())).unwrap();
    }

    fn executor(&self) -> Executor {
        Executor::builder().policy(self.path()).cache(Cache::none()).concurrency(4).build().unwrap()
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

/// What the honest policy approves and words, and what the forbidding one does: nothing of one and some of the other.
fn check_unmixed(report: &Report, honest: &str) -> bool {
    let by = |text: &str, status| report.text == text && report.status == status;
    let reviewed = &report.policies[0].sha256;
    assert_eq!(report.formatter.as_ref().map(|policy| &policy.sha256), Some(reviewed));
    let was_honest = reviewed == honest;
    let consistent = if was_honest { by("formatted", Status::Ok) } else { by("Formatted", Status::Rejected) };
    assert!(consistent, "mixed: {report:#?}");
    was_honest
}

#[test]
fn reload_under_load_fails_no_request_and_mixes_no_policies() {
    const IN_FLIGHT: usize = 32;
    const RELOADS: usize = 20;
    let file = File::new(&honest_component());
    let executor = file.executor();
    let honest = executor.policies().policies()[0].identity().sha256.clone();
    let (honest_runs, other_runs) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let over = Arc::new(AtomicBool::new(false));
    runtime().block_on(async {
        let requests: Vec<_> = (0..IN_FLIGHT)
            .map(|_| {
                let (executor, honest, over) = (executor.clone(), honest.clone(), Arc::clone(&over));
                let (honest_runs, other_runs) = (Arc::clone(&honest_runs), Arc::clone(&other_runs));
                tokio::spawn(async move {
                    while !over.load(Ordering::Relaxed) {
                        let report = executor.execute(Submission::new("echo").language("bash")).await;
                        let runs = if check_unmixed(&report, &honest) { &honest_runs } else { &other_runs };
                        runs.fetch_add(1, Ordering::Relaxed);
                    }
                })
            })
            .collect();
        for turn in 0..RELOADS {
            let (runs, component) = match turn % 2 {
                0 => (&other_runs, forbidding_component()),
                _ => (&honest_runs, honest_component()),
            };
            file.replace(&component);
            let before = runs.load(Ordering::Relaxed);
            let executor = executor.clone();
            let changed = tokio::task::spawn_blocking(move || executor.reload_policies()).await.unwrap();
            assert!(changed.unwrap(), "the other policy is another one");
            // Until the new policy has answered: nobody reloads faster than that.
            while runs.load(Ordering::Relaxed) == before {
                tokio::task::yield_now().await;
            }
        }
        over.store(true, Ordering::Relaxed);
        for request in requests {
            request.await.unwrap();
        }
    });
    assert!(honest_runs.load(Ordering::Relaxed) >= RELOADS / 2);
    assert!(other_runs.load(Ordering::Relaxed) >= RELOADS / 2);
}

#[test]
fn reload_of_what_does_not_load_keeps_the_old_policy() {
    let file = File::new(&honest_component());
    let executor = file.executor();
    let before = executor.policies().policies()[0].identity().clone();
    for broken in [&b""[..], b"rubbish", &honest_component()[..200]] {
        file.replace(broken);
        let error = executor.reload_policies().unwrap_err();
        assert_eq!(error.kind(), code_execute::ErrorKind::Policy);
        let report = crate::block_on(executor.execute(Submission::new("echo").language("bash")));
        assert_eq!((report.text.as_str(), &report.policies[0]), ("formatted", &before));
    }
    std::fs::remove_file(file.path()).unwrap();
    assert!(executor.reload_policies().is_err());
    file.replace(&honest_component());
    assert!(!executor.reload_policies().unwrap(), "the same policy is no other one");
}

#[test]
fn watch_reloads_what_changes_and_tells_of_what_does_not_load() {
    let file = File::new(&honest_component());
    let executor = file.executor();
    let told = Arc::new(Mutex::new(Vec::new()));
    runtime().block_on(async {
        let (watching, heard) = (executor.clone(), Arc::clone(&told));
        let watch = tokio::spawn(async move {
            let tell = |reloaded: Result<bool, _>| heard.lock().unwrap().push(reloaded.is_ok());
            watching.watch_policies(Duration::from_millis(5), tell).await;
        });
        let expected =
            [(&b"rubbish"[..], false), (&forbidding_component(), true), (&honest_component(), true)];
        for (count, (component, loads)) in expected.into_iter().enumerate() {
            file.replace(component);
            while told.lock().unwrap().len() <= count {
                assert!(!watch.is_finished());
                tokio::task::yield_now().await;
            }
            assert_eq!(told.lock().unwrap()[count], loads);
        }
        watch.abort();
    });
}
