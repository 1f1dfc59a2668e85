//! The program's own process, from its birth to the moment it becomes the program.
//!
//! Owns every step that confines the program. A step that fails ends the process with a record of it: the program
//! never runs with less than was asked for, and its exit code is never one of ours.
#![forbid(unsafe_code)]

use core::ffi::CStr;

use rustix::fd::{AsFd, BorrowedFd};
use rustix::fs::{Mode, OFlags, openat};
use rustix::io::{Errno, read, write};
use rustix::process::{
    Pid, Resource, Rlimit, Signal, chdir, getppid, getrlimit, set_parent_process_death_signal, setpgid,
    setrlimit, umask,
};
use rustix::stdio::{dup2_stderr, dup2_stdin, dup2_stdout};
use rustix::thread::{no_new_privs, set_no_new_privs};

use crate::block::Block;
use crate::capabilities;
use crate::landlock::{self, Rules};
use crate::protocol::confinement::entry;
use crate::protocol::record::Record;
use crate::protocol::{Failure, Isolation, Request, Stage, layers};
use crate::root::kind_and_path;
use crate::seccomp::{self, Filter};
use crate::sys;
use crate::tree::Tree;

/// What a program's process needs to become the program.
pub(crate) struct Plan<'a> {
    pub(crate) request: &'a Request,
    pub(crate) block: &'a Block,
    pub(crate) stdin: BorrowedFd<'a>,
    pub(crate) outputs: [BorrowedFd<'a>; 2],
    pub(crate) tree: &'a Tree,
    /// The layers that hold already.
    pub(crate) held: u64,
}

/// Confines this process and becomes the program; tells `report` how far that came.
pub(crate) fn become_program(plan: &Plan<'_>, init: Pid, report: BorrowedFd<'_>) -> ! {
    let failure = match confine(plan, init) {
        Ok(ready) => {
            // Nothing to be done about a failed write: init then reports a process that vanished, or that it
            // knows of no layer.
            let _ = write(report, &ready.encode());
            if plan.request.confinement.probe {
                sys::exit(0);
            }
            Failure::new(Stage::Exec, plan.block.execute().raw_os_error())
        }
        Err(failure) => failure,
    };
    let _ = write(report, &Record::Failed(failure).encode());
    sys::exit(127)
}

fn confine(plan: &Plan<'_>, init: Pid) -> Result<Record, Failure> {
    let mut held = plan.held;
    step(Stage::ParentDeath, die_with(init))?;
    step(Stage::OwnGroup, setpgid(None, None))?;
    let [stdout, stderr] = plan.outputs;
    step(Stage::Streams, dup2_stdin(plan.stdin))?;
    step(Stage::Streams, dup2_stdout(stdout))?;
    step(Stage::Streams, dup2_stderr(stderr))?;
    step(Stage::WorkingDirectory, chdir(c"/tmp"))?;
    if plan.request.confined {
        // Files of the run are for its user alone.
        umask(Mode::from_raw_mode(0o077));
        step(Stage::Rlimits, set_limits(plan))?;
        held |= layers::RLIMITS;
        step(Stage::NoNewPrivs, set_no_new_privs(true))?;
        if step(Stage::NoNewPrivs, no_new_privs())? {
            held |= layers::NO_NEW_PRIVS;
        } else {
            return Err(Failure::new(Stage::NoNewPrivs, 0));
        }
    }
    if plan.request.confinement.isolation == Isolation::Alone {
        // An ordinary user has none, and cannot give up what it does not have.
        if !step(Stage::Capabilities, capabilities::has_none())? {
            step(Stage::Capabilities, capabilities::drop_all())?;
        }
        held |= layers::CAPABILITIES;
    }
    let landlock_abi = rules(plan)?;
    if landlock_abi > 0 {
        held |= layers::LANDLOCK;
    }
    // A second wall: every descriptor that init opens is made to close at the execution already.
    step(Stage::CloseDescriptors, sys::close_from_at_exec(3))?;
    // What signals do is the default already, which init saw to for itself.
    step(Stage::SignalMask, sys::set_signal_mask(0))?;
    let confinement = &plan.request.confinement;
    let filter = match (confinement.isolation, confinement.host_user) {
        (Isolation::None, _) => None,
        (Isolation::Namespaces, _) if held & layers::CONTROL_GROUP != 0 => {
            Some(Filter::Namespaced { network: confinement.network })
        }
        (Isolation::Namespaces, _) => Some(Filter::NamespacedUncounted { network: confinement.network }),
        (Isolation::Alone, 0) => Some(Filter::Alone),
        (Isolation::Alone, _) => Some(Filter::AloneOwnUser),
    };
    if let Some(filter) = filter {
        // Last: what comes before could not be done after it.
        step(Stage::Seccomp, seccomp::install(filter))?;
        held |= layers::SECCOMP;
    }
    Ok(Record::Ready { layers: held, landlock_abi })
}

/// Puts the process under Landlock's rules. Gives the version that was enforced; 0 where none was asked for.
fn rules(plan: &Plan<'_>) -> Result<u32, Failure> {
    let confinement = &plan.request.confinement;
    let mut readable = Paths::default();
    let mut writable = Paths::default();
    match confinement.isolation {
        Isolation::None => return Ok(0),
        // All that can be seen is there to be read; the root and what is mounted into it are read-only already.
        Isolation::Namespaces => {
            step(Stage::Landlock, readable.add(c"/"))?;
            for path in [c"/tmp", c"/dev"] {
                step(Stage::Landlock, writable.add(path))?;
            }
        }
        Isolation::Alone => {}
    }
    for (what, _) in plan.block.root() {
        let (kind, path) = step(Stage::Landlock, kind_and_path(what))?;
        let added = match (kind, confinement.isolation) {
            (entry::WRITABLE, _) | (entry::DEVICE, Isolation::Alone) => writable.add(path),
            (entry::VISIBLE, Isolation::Alone) => readable.add(path),
            _ => Ok(()),
        };
        step(Stage::Landlock, added)?;
    }
    let rules =
        Rules { readable: readable.as_slice(), writable: writable.as_slice(), network: confinement.network };
    step(Stage::Landlock, landlock::enforce(&rules, confinement.landlock_least))
}

/// Paths, as many as a root can have.
struct Paths<'a> {
    paths: [&'a CStr; entry::MOST_MOUNTS],
    count: usize,
}

impl Default for Paths<'_> {
    fn default() -> Self {
        Self { paths: [c"/"; entry::MOST_MOUNTS], count: 0 }
    }
}

impl<'a> Paths<'a> {
    fn add(&mut self, path: &'a CStr) -> Result<(), Errno> {
        *self.paths.get_mut(self.count).ok_or(Errno::TOOBIG)? = path;
        self.count += 1;
        Ok(())
    }

    fn as_slice(&self) -> &[&'a CStr] {
        self.paths.get(..self.count).unwrap_or_default()
    }
}

fn step<T>(stage: Stage, result: Result<T, Errno>) -> Result<T, Failure> {
    result.map_err(|error| Failure::new(stage, error.raw_os_error()))
}

/// Has the kernel kill this process when init dies: init cannot end the run any more then.
/// Reliable here, where it is not in a host with threads: the kernel watches the parent *thread*.
fn die_with(init: Pid) -> Result<(), Errno> {
    set_parent_process_death_signal(Some(Signal::KILL))?;
    // It may have died before the call.
    if getppid() == Some(init) { Ok(()) } else { Err(Errno::CHILD) }
}

fn set_limits(plan: &Plan<'_>) -> Result<(), Errno> {
    let request = plan.request;
    let limits = [
        // Twice what all processes together may hold, which is watched: the kernel counts here what was asked for and
        // never used, and sixty-four threads ask for 512 MiB of stack.
        (Resource::Data, request.memory_bytes.saturating_mul(2)),
        (Resource::Nproc, request.processes.saturating_add(others(plan)?)),
        (Resource::Nofile, request.open_files),
        (Resource::Fsize, request.file_size_bytes),
        (Resource::Cpu, request.cpu_seconds),
        // The common default, which interpreters count on; a larger one only moves where recursion ends.
        (Resource::Stack, 8 << 20),
        // Nothing below is of use to a program that computes, and all of it is the machine's, not the run's:
        // core files, memory that cannot be swapped, message queues, real-time and high priority.
        (Resource::Core, 0),
        (Resource::Memlock, 0),
        (Resource::Msgqueue, 0),
        (Resource::Rtprio, 0),
        (Resource::Nice, 0),
        // Queued signals: bounded by default by the machine's memory, here by what a program could use.
        (Resource::Sigpending, 256),
    ];
    limits.into_iter().try_for_each(|(resource, value)| lower(resource, value))
}

/// Lowers a limit. One that is lower already, by whoever started the host, stays.
fn lower(resource: Resource, value: u64) -> Result<(), Errno> {
    let now = getrlimit(resource);
    let at_most = |present: Option<u64>| Some(present.map_or(value, |present| present.min(value)));
    setrlimit(resource, Rlimit { current: at_most(now.current), maximum: at_most(now.maximum) })
}

/// How many processes and threads count against the limit that are not the program's.
///
/// In a user namespace of its own, or as a user that nobody else is, only init. Else the kernel counts a user's tasks, all of them: a limit of 128
/// would stop a desktop user's program at once. Counting the user's tasks takes a walk through `/proc`,
/// milliseconds; the whole machine's count is one number, at least as high, and leaves the program at least the
/// processes it was promised.
fn others(plan: &Plan<'_>) -> Result<u64, Errno> {
    if plan.held & (layers::NAMESPACES | layers::OWN_USER) != 0 {
        return Ok(1);
    }
    let file = openat(plan.tree.proc(), c"loadavg", OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty())?;
    let mut text = [0_u8; 128];
    let count = read(file.as_fd(), &mut text)?;
    tasks_in(text.get(..count).unwrap_or_default()).ok_or(Errno::BADMSG)
}

/// The second number of `runnable/all` in `0.00 0.01 0.05 1/230 12345`.
fn tasks_in(loadavg: &[u8]) -> Option<u64> {
    let all = loadavg.split(|byte| *byte == b'/').nth(1)?.split(|byte| *byte == b' ').next()?;
    core::str::from_utf8(all).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tasks_are_read_from_loadavg() {
        assert_eq!(tasks_in(b"0.00 0.01 0.05 1/230 12345\n"), Some(230));
        assert_eq!(tasks_in(b""), None);
        assert_eq!(tasks_in(b"1/"), None);
    }
}
