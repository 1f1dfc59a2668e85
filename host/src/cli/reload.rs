//! Policies that change while a server runs: loaded anew when a file changes, and on SIGHUP.

use std::time::Duration;

use code_execute::policy::Policy;
use code_execute::{Error, Executor};
use tokio::signal::unix::{SignalKind, signal};

use super::message::Failure;
use super::terminal;

/// How often the files are looked at: soon enough for whoever changes one, and nothing that shows in a profile.
const INTERVAL: Duration = Duration::from_millis(500);

/// Keeps the policies of an executor what their files are. Ends only where signals cannot be listened for.
pub(super) async fn forever(executor: &Executor) -> Result<(), Failure> {
    let mut hangups = signal(SignalKind::hangup())
        .map_err(|error| Failure::new("cannot listen for SIGHUP").because(&error))?;
    let asked = async {
        while hangups.recv().await.is_some() {
            let executor = executor.clone();
            let reloading = tokio::task::spawn_blocking(move || (executor.reload_policies(), executor));
            // A panic in it was printed; the policies are as they were.
            if let Ok((reloaded, executor)) = reloading.await {
                tell(&executor, reloaded, true);
            }
        }
    };
    tokio::join!(asked, executor.watch_policies(INTERVAL, |reloaded| tell(executor, reloaded, false)));
    Ok(())
}

/// Says on standard error what became of it. That nothing changed is told who asked.
fn tell(executor: &Executor, reloaded: Result<bool, Error>, asked: bool) {
    match reloaded {
        Ok(true) => terminal::complain(&format!("policies reloaded: {}\n", names(executor))),
        Ok(false) if asked => terminal::complain(&format!("policies unchanged: {}\n", names(executor))),
        Ok(false) => {}
        Err(error) => {
            Failure::from(error).print();
            terminal::complain(&format!("policies kept: {}\n", names(executor)));
        }
    }
}

fn names(executor: &Executor) -> String {
    let name = |policy: &Policy| {
        let identity = policy.identity();
        let short: String = identity.sha256.chars().take(12).collect();
        format!("{} {} ({short})", identity.name, identity.version)
    };
    executor.policies().policies().iter().map(name).collect::<Vec<_>>().join(", ")
}
