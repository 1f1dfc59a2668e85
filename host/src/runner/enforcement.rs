//! Says what confined a run, from what init reports to have succeeded and from nothing else.

use code_execute_init::protocol::{ControlGroup, Finished, KILL_BOUND_MS, layers};

use super::seat::Seat;
use crate::{Enforcement, Isolation, Layer, LayerState, Network, Sandbox};

/// The layers of a finished run, in the order they are applied.
pub(super) fn of(finished: &Finished, seat: &Seat, drained: bool) -> Enforcement {
    let reading = Reading { finished, sandbox: seat.sandbox(), alone: seat.is_alone() };
    let namespace = |name, what| reading.by(layers::NAMESPACES, name, what);
    let layers = vec![
        reading.environment(),
        process_tree(finished, drained),
        reading.user(),
        namespace("mount-namespace", "mounts of its own"),
        namespace("pid-namespace", "sees and reaches no process but its own"),
        namespace("ipc-namespace", "shared memory, semaphores and queues of its own"),
        namespace("uts-namespace", "a host name of its own"),
        namespace("cgroup-namespace", "the machine's control groups are not visible"),
        reading.network(seat.network()),
        reading.by(
            layers::ROOT,
            "root",
            "an allow-list of the machine's files, read-only; `/tmp` and `/dev/shm` of its own",
        ),
        reading.by(layers::PROC, "proc", "a `/proc` of its own processes, read-only"),
        reading.by(layers::CAPABILITIES, "capabilities", "none, verified, and none can be gained"),
        reading.by(
            layers::NO_NEW_PRIVS,
            "no-new-privs",
            "programs that would run with more rights run without them",
        ),
        reading.landlock(),
        reading.by(layers::SECCOMP, "seccomp", "system calls are filtered by an allow-list"),
        reading.rlimits(),
        reading.control_group(seat.control_group()),
        reading.by(layers::MEMORY_WATCH, "memory-watch", "the memory of all processes together is watched"),
    ];
    Enforcement { level: reading.level(), layers }
}

/// What init said of a run, and whether the run was to be confined at all.
struct Reading<'a> {
    finished: &'a Finished,
    sandbox: Sandbox,
    /// Without namespaces, as was asked for where they cannot be had.
    alone: bool,
}

impl Reading<'_> {
    fn held(&self, bit: u64) -> bool {
        self.finished.layers & bit != 0
    }

    fn by(&self, bit: u64, name: &'static str, detail: &str) -> Layer {
        self.asked_for(name, self.held(bit), detail)
    }

    fn asked_for(&self, name: &'static str, held: bool, detail: &str) -> Layer {
        match (self.sandbox, held) {
            (Sandbox::Off, _) => layer(name, LayerState::Off, "switched off by the caller"),
            (Sandbox::On, true) => layer(name, LayerState::On, detail),
            (Sandbox::On, false) if self.alone => {
                layer(name, LayerState::Off, "this machine gives no namespaces; `minimal` was asked for")
            }
            (Sandbox::On, false) => layer(name, LayerState::Off, "init did not report it"),
        }
    }

    /// What the layers amount to.
    fn level(&self) -> Isolation {
        let behind = layers::CAPABILITIES | layers::NO_NEW_PRIVS | layers::LANDLOCK | layers::SECCOMP;
        let apart = layers::NAMESPACES | layers::ROOT | layers::PROC | behind;
        let all = |bits| self.finished.layers & bits == bits;
        if all(apart | layers::OWN_USER) {
            Isolation::Strict
        } else if all(apart) {
            Isolation::Standard
        } else if all(behind & !layers::CAPABILITIES) {
            Isolation::Minimal
        } else {
            Isolation::None
        }
    }

    fn environment(&self) -> Layer {
        self.asked_for("environment", true, "the approved variables and no other")
    }

    fn user(&self) -> Layer {
        let name = "user-namespace";
        match (self.held(layers::OWN_USER), self.held(layers::NO_NESTING)) {
            (true, true) => self.by(
                layers::NAMESPACES,
                name,
                "a user of the host's that is nobody else's; no further namespaces",
            ),
            (false, true) => self.by(
                layers::NAMESPACES,
                name,
                "the caller's user, without rights over anything but itself; no further namespaces",
            ),
            (_, false) => self.by(layers::NAMESPACES, name, "a user without rights over anything but itself"),
        }
    }

    fn network(&self, network: Network) -> Layer {
        let name = "network-namespace";
        match (self.sandbox, network) {
            (Sandbox::On, Network::Host) if !self.alone => {
                layer(name, LayerState::Off, "the host's network was granted")
            }
            (_, Network::Loopback) => {
                self.by(layers::LOOPBACK, name, "a loopback interface of its own and no other")
            }
            (_, Network::None | Network::Host) => self.by(layers::NETWORK_NAMESPACE, name, "no network"),
        }
    }

    fn landlock(&self) -> Layer {
        let detail = format!("rules on files, ABI {}", self.finished.landlock_abi);
        self.by(layers::LANDLOCK, "landlock", &detail)
    }

    fn control_group(&self, found: Result<ControlGroup, &str>) -> Layer {
        let name = "control-group";
        match (self.sandbox, self.held(layers::CONTROL_GROUP), found) {
            (Sandbox::On, false, Err(why)) => layer(name, LayerState::Off, why),
            (Sandbox::On, false, Ok(_)) => layer(name, LayerState::Off, "the kernel let the run into none"),
            _ => self.by(
                layers::CONTROL_GROUP,
                name,
                "the kernel counts the memory of the whole run, files in memory too, and bounds it",
            ),
        }
    }

    fn rlimits(&self) -> Layer {
        let name = "rlimits";
        let detail = "memory, processes, open files, file size, processor time, stack; no core files";
        // Measured: the kernel exempts user 0 from RLIMIT_NPROC.
        let root = rustix::process::geteuid().is_root() && !self.held(layers::OWN_USER);
        if self.sandbox == Sandbox::On && self.held(layers::RLIMITS) && root {
            let detail = format!("{detail}; root is not held to the number of processes");
            return layer(name, LayerState::Degraded, &detail);
        }
        self.by(layers::RLIMITS, name, detail)
    }
}

fn process_tree(finished: &Finished, drained: bool) -> Layer {
    let name = "process-tree";
    if finished.layers & (layers::SUBREAPER | layers::PROCESS_ONE) == 0 {
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

fn layer(name: &'static str, state: LayerState, detail: &str) -> Layer {
    Layer { name, state, detail: detail.to_owned() }
}
