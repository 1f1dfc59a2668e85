//! Says what confined a run, from what init reports to have succeeded and from nothing else.

use code_execute_init::protocol::{Finished, KILL_BOUND_MS, layers};

use crate::{Enforcement, Layer, LayerState, Sandbox};

/// What is not there yet, by name, so that nobody takes its absence for presence.
const NOT_BUILT: [(&str, &str); 3] = [
    ("namespaces", "not built yet: this version does not hide the machine's files, processes or network"),
    ("landlock", "not built yet: this version does not confine files or network"),
    ("seccomp", "not built yet: this version does not filter system calls"),
];

/// The layers of a finished run.
pub(super) fn of(finished: &Finished, sandbox: Sandbox, drained: bool) -> Enforcement {
    let held = |bit| finished.layers & bit != 0;
    let mut found = vec![
        asked_for("environment", sandbox, true, "the approved variables and no other"),
        process_tree(finished, drained),
        asked_for(
            "no-new-privs",
            sandbox,
            held(layers::NO_NEW_PRIVS),
            "programs that would run with more rights run without them",
        ),
        rlimits(sandbox, held(layers::RLIMITS) && held(layers::MEMORY_WATCH)),
    ];
    found.extend(NOT_BUILT.map(|(name, detail)| layer(name, LayerState::Off, detail)));
    Enforcement { layers: found }
}

fn process_tree(finished: &Finished, drained: bool) -> Layer {
    let name = "process-tree";
    if finished.layers & layers::SUBREAPER == 0 {
        return layer(name, LayerState::Off, "orphans of the run could not be followed");
    }
    match (finished.survivors, drained) {
        (0, true) => layer(name, LayerState::On, "every process of the run was ended with it"),
        (0, false) => layer(
            name,
            LayerState::Degraded,
            "every process of the run was ended, but one outside of it still holds its output open",
        ),
        (count, _) => layer(
            name,
            LayerState::Degraded,
            &format!("{count} processes were still there {} s after they were killed", KILL_BOUND_MS / 1000),
        ),
    }
}

fn rlimits(sandbox: Sandbox, held: bool) -> Layer {
    let name = "rlimits";
    let detail = "memory, processes, open files, file size, processor time, stack; no core files";
    if sandbox == Sandbox::On && held && rustix::process::geteuid().is_root() {
        // Measured: the kernel exempts user 0 from RLIMIT_NPROC.
        return layer(
            name,
            LayerState::Degraded,
            &format!("{detail}; root is not held to the number of processes"),
        );
    }
    asked_for(name, sandbox, held, detail)
}

fn asked_for(name: &'static str, sandbox: Sandbox, held: bool, detail: &str) -> Layer {
    match (sandbox, held) {
        (Sandbox::Off, _) => layer(name, LayerState::Off, "switched off by the caller"),
        (Sandbox::On, true) => layer(name, LayerState::On, detail),
        (Sandbox::On, false) => layer(name, LayerState::Off, "init did not report it"),
    }
}

fn layer(name: &'static str, state: LayerState, detail: &str) -> Layer {
    Layer { name, state, detail: detail.to_owned() }
}
