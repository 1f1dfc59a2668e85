//! The first process: makes a process for every run that the host asks for, and takes its end in.
//!
//! For runs in namespaces it makes what they have in common, once: an own copy of the mounts, with a template of the
//! root, and a network without interfaces, which costs more than all other namespaces together. All its runs have the
//! same root: the host has a launcher for each. It must never run code of anybody's, and never wait for a run.
#![forbid(unsafe_code)]

use rustix::event::{PollFd, PollFlags, poll};
use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::fs::{CWD, FileType, Mode, OFlags, fchown, fstat, openat};
use rustix::io::{Errno, fcntl_dupfd_cloexec, read};
use rustix::process::{
    DumpableBehavior, Pid, PidfdFlags, Signal, Uid, WaitOptions, getpid, kill_process, pidfd_open,
    set_dumpable_behavior, setpgid, setsid, wait, waitpid,
};
use rustix::stdio::dup2_stderr;
use rustix::thread::set_thread_groups;

use crate::block::{Block, CodePath};
use crate::control::{Asked, Door, Received};
use crate::group::{Groups, Own};
use crate::namespaces::{self, Side};
use crate::protocol::{Answer, ControlGroup, Failure, Isolation, Order, PLACES, Request, Stage};
use crate::{life, root, sys};

/// The process of a run, and the file to be removed after it.
struct Run {
    process: Pid,
    code_file: Option<CodePath>,
}

/// What the launcher holds.
struct Launcher {
    door: Door,
    /// Readable when a child has ended.
    signals: OwnedFd,
    /// Readable when the launcher is gone; for its children.
    own: OwnedFd,
    runs: [Option<Run>; PLACES as usize],
    /// The control groups of the runs, where the host was given a directory for them.
    groups: Option<Groups>,
    /// Whether the host's mounts were left behind.
    without_mounts: bool,
    /// Whether what the roots of all runs have in common is there.
    has_template: bool,
    /// Whether the host's network was left behind.
    without_network: bool,
    /// Why what was ordered ahead of the runs failed; for the next of them.
    failed: Option<Failure>,
}

/// Lives. Descriptor 0 is the socket to the host; 1 is `/dev/null`; 2 is the directory for control groups, or `/dev/null`.
///
/// Gives the exit code, of which the host makes nothing: all that counts is said over sockets.
pub fn main() -> u8 {
    let door = Door::new(sys::inherited(0), sys::inherited(1));
    match ready(door) {
        Ok(launcher) => launcher.serve(),
        Err((door, failure)) => {
            // The host finds out with its first run.
            while let Ok(asked) = door.waits() {
                if let Asked::Run(received) = asked {
                    received.control.answer(&Answer::SetupFailed(failure));
                }
            }
            1
        }
    }
}

/// Everything that is the same for all runs.
fn ready(door: Door) -> Result<Launcher, (Door, Failure)> {
    let steps = || {
        let _ = rustix::thread::set_name(c"code-execute-in");
        set_dumpable_behavior(DumpableBehavior::NotDumpable).map_err(failure(Stage::NonDumpable))?;
        sys::close_from(3).map_err(failure(Stage::CloseDescriptors))?;
        leave_terminal().map_err(failure(Stage::Terminal))?;
        sys::set_signal_mask(u64::MAX).map_err(failure(Stage::Signals))?;
        // An ignored SIGCHLD would have the kernel throw the children's ends away.
        sys::set_default_signals().map_err(failure(Stage::Signals))?;
        let signals = sys::child_signals().map_err(failure(Stage::Signals))?;
        let own = pidfd_open(getpid(), PidfdFlags::empty()).map_err(failure(Stage::Lifeline))?;
        let groups = groups().map_err(failure(Stage::CloseDescriptors))?;
        Ok((signals, own, groups))
    };
    match steps() {
        Ok((signals, own, groups)) => Ok(Launcher {
            door,
            signals,
            own,
            runs: [const { None }; PLACES as usize],
            groups,
            without_mounts: false,
            has_template: false,
            without_network: false,
            failed: None,
        }),
        Err(failure) => Err((door, failure)),
    }
}

/// What the third descriptor is good for. Its number stays taken.
fn groups() -> Result<Option<Groups>, Errno> {
    let given = sys::inherited(2);
    if FileType::from_raw_mode(fstat(&given)?.st_mode) != FileType::Directory {
        core::mem::forget(given);
        return Ok(None);
    }
    let parent = fcntl_dupfd_cloexec(&given, 3)?;
    core::mem::forget(given);
    let null = openat(CWD, c"/dev/null", OFlags::RDWR | OFlags::CLOEXEC, Mode::empty())?;
    dup2_stderr(&null)?;
    Ok(Some(Groups::new(parent)))
}

/// Leaves the host's process group and its terminal: what a program could read from it, or type into it, is the
/// user's. No process of a run can come by another one, for that takes a session's first process.
///
/// A new session would do the same and more. But Linux gives every session a share of the processor of its own
/// (`sched_autogroup_enabled`), and a newly made one waits: on a busy machine that was measured to cost a run of
/// 2 ms another 4 to 5.
fn leave_terminal() -> Result<(), Errno> {
    match openat(CWD, c"/dev/tty", OFlags::RDWR | OFlags::CLOEXEC, Mode::empty()) {
        Ok(terminal) => sys::give_up_terminal(terminal.as_fd())?,
        // There is none to leave.
        Err(Errno::NXIO) => {}
        // There may be one, and no way to name it.
        Err(_) => return setsid().map(drop),
    }
    setpgid(None, None)
}

impl Launcher {
    /// Serves the host until it is gone, and takes the last runs in. In the process of a run, lives that run.
    fn serve(mut self) -> u8 {
        loop {
            let door = PollFd::new(&self.door, PollFlags::IN);
            let signals = PollFd::new(&self.signals, PollFlags::IN);
            let _ = poll(&mut [door, signals], None);
            self.take_in();
            match self.door.hears() {
                Ok(Asked::Nothing) => {}
                Ok(Asked::Order(Order::Leave { network })) => self.failed = self.leave(network).err(),
                Ok(Asked::Order(Order::End { place })) => self.end(place),
                Ok(Asked::Run(received)) => match self.make(&received) {
                    Ok((Side::Outside(process), _)) => self.remember(process, &received),
                    Ok((Side::Inside(entered), group)) => {
                        let Self { door, signals, own, groups, .. } = self;
                        drop(groups);
                        let closed = door.close().map_err(failure(Stage::CloseDescriptors));
                        return life::live(entered.and(closed), received, group, signals, own);
                    }
                    Err(failure) => received.control.answer(&Answer::SetupFailed(failure)),
                },
                Err(_) => break,
            }
        }
        // Each of them hears of the host's end by itself.
        for run in &mut self.runs {
            if let Some(run) = run.take() {
                run.wait();
            }
        }
        if let Some(groups) = &self.groups {
            groups.remove();
        }
        0
    }

    fn remember(&mut self, process: Pid, received: &Received) {
        let code_file = CodePath::read(received.block.as_fd(), &received.request);
        if let Some(place) = self.runs.get_mut(received.request.place()) {
            *place = Some(Run { process, code_file });
        }
    }

    /// The control group for a run, where there can be one. Without it the run has the limits that need none, and says so.
    fn group(&mut self, received: &Received) -> Option<Own> {
        let Request { memory_bytes, confinement, .. } = received.request;
        if confinement.control_group == ControlGroup::None {
            return None;
        }
        let place = received.request.place();
        self.groups.as_mut()?.of(place, confinement.control_group, memory_bytes).ok()
    }

    /// Makes the process of a run, and its control group; without that where the kernel does not let it in.
    fn make(&mut self, received: &Received) -> Result<(Side, Option<Own>), Failure> {
        let confinement = &received.request.confinement;
        let place = self.runs.get_mut(received.request.place()).ok_or(Failure::new(Stage::Request, 0))?;
        if let Some(before) = place.take() {
            // Its end was said; it takes the kernel a moment.
            before.wait();
        }
        if confinement.host_user != 0 {
            // Root's groups must not go with it: the launcher has no use for them either.
            set_thread_groups(&[]).map_err(failure(Stage::IdMap))?;
            lend_streams(received).map_err(failure(Stage::Streams))?;
        }
        let alone = confinement.isolation != Isolation::Namespaces;
        if !alone {
            self.prepare(received)?;
        }
        let make = |group: Option<BorrowedFd<'_>>| {
            if alone {
                let made = sys::fork_into(0, group).map_err(failure(Stage::Fork))?;
                return Ok(made.map_or(Side::Inside(Ok(())), Side::Outside));
            }
            namespaces::split(confinement, group)
        };
        let group = self.group(received);
        let born_in = group.as_ref().and_then(Own::born_in);
        match make(born_in) {
            Err(_) if born_in.is_some() => Ok((make(None)?, None)),
            side => Ok((side?, group)),
        }
    }

    /// Makes what runs in namespaces have in common, with the first of them: what it costs is paid once.
    fn prepare(&mut self, received: &Received) -> Result<(), Failure> {
        if let Some(failure) = self.failed.take() {
            return Err(failure);
        }
        let request = &received.request;
        self.leave(request.confinement.shares_network)?;
        if !self.has_template {
            let block = Block::read(received.block.as_fd(), request).map_err(failure(Stage::Arguments))?;
            root::make_template(&block)?;
            self.has_template = true;
        }
        Ok(())
    }

    /// Leaves the host's mounts, and its network where that is wanted. What was left already stays so.
    fn leave(&mut self, network: bool) -> Result<(), Failure> {
        if !self.without_mounts {
            namespaces::leave_mounts()?;
            self.without_mounts = true;
        }
        if network && !self.without_network {
            namespaces::leave_network()?;
            self.without_network = true;
        }
        Ok(())
    }

    /// Ends a run that does not answer any more.
    fn end(&mut self, place: u64) {
        let place = usize::try_from(place).ok();
        if let Some(Some(run)) = place.and_then(|place| self.runs.get(place)) {
            // Not taken in yet, so its number is still its own.
            let _ = kill_process(run.process, Signal::KILL);
        }
    }

    /// Takes in the end of every run that has ended.
    fn take_in(&mut self) {
        let mut space = [0_u8; 1024];
        while matches!(read(&self.signals, &mut space), Ok(count) if count == space.len()) {}
        loop {
            match wait(WaitOptions::NOHANG) {
                Ok(Some((process, _))) => {
                    let ended = self
                        .runs
                        .iter_mut()
                        .find(|run| run.as_ref().is_some_and(|run| run.process == process));
                    if let Some(run) = ended.and_then(Option::take) {
                        run.remove_file();
                    }
                }
                Err(Errno::INTR) => {}
                Ok(None) | Err(_) => return,
            }
        }
    }
}

/// Gives the program's pipes to the user that its processes will be: who opens `/dev/stderr` opens the pipe anew, as
/// which user a pipe of the caller's would be closed.
fn lend_streams(received: &Received) -> Result<(), Errno> {
    let user = received.request.confinement.host_user;
    for stream in received.outputs.iter().chain([&received.stdin]) {
        // Never what the host shares with others: an empty input is the machine's own `/dev/null`.
        if FileType::from_raw_mode(fstat(stream)?.st_mode) == FileType::Fifo {
            fchown(stream, Some(Uid::from_raw(user)), None)?;
        }
    }
    Ok(())
}

impl Run {
    /// Waits for the end.
    fn wait(self) {
        while let Err(Errno::INTR) = waitpid(Some(self.process), WaitOptions::empty()) {}
        self.remove_file();
    }

    /// The host removes the file too. Whoever comes second finds nothing, which is well.
    fn remove_file(self) {
        if let Some(path) = self.code_file.as_ref().and_then(CodePath::as_c_str) {
            let _ = rustix::fs::unlink(path);
        }
    }
}

fn failure(stage: Stage) -> impl Fn(Errno) -> Failure {
    move |error| Failure::new(stage, error.raw_os_error())
}
