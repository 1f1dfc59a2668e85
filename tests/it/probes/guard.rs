//! The guard around the suite: what the probes start is bounded even where the sandbox under test is not.

use std::path::PathBuf;

use serde_json::{Value, json};

/// More processes than all the probes that run at once ask for, and few enough for any machine.
const MOST_PROCESSES: u64 = 4_000;

/// A control group that bounds processes where one can be made, else a limit of the user's.
pub(crate) struct Guard {
    group: Option<PathBuf>,
}

impl Guard {
    pub(crate) fn new() -> Self {
        let own = std::fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
        let path = |pids: bool| {
            own.lines()
                .filter_map(|line| line.split_once(':')?.1.split_once(':'))
                .find(|(controllers, _)| if pids { *controllers == "pids" } else { controllers.is_empty() })
                .map(|(_, path)| path.trim_start_matches('/').to_owned())
        };
        let name = format!("code-execute-probes-{}", std::process::id());
        let places = [("/sys/fs/cgroup/pids", path(true)), ("/sys/fs/cgroup", path(false))];
        let group = places.into_iter().find_map(|(root, path)| {
            let group = PathBuf::from(root).join(path?).join(&name);
            std::fs::create_dir(&group).ok()?;
            if std::fs::write(group.join("pids.max"), MOST_PROCESSES.to_string()).is_ok() {
                return Some(group);
            }
            let _ = std::fs::remove_dir(&group);
            None
        });
        Self { group }
    }

    /// Has the launcher join the guard.
    pub(crate) fn enter(&self, plan: &mut Value) {
        match &self.group {
            Some(group) => plan["cgroups"] = json!([group.join("cgroup.procs")]),
            None => plan["nproc"] = json!(MOST_PROCESSES),
        }
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        if let Some(group) = &self.group {
            for _ in 0..100 {
                if std::fs::remove_dir(group).is_ok() {
                    return;
                }
                std::thread::sleep(std::time::Duration::from_millis(10));
            }
        }
    }
}
