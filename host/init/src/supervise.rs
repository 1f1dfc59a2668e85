//! The watch over a run, from its start to the end of its last process.
//!
//! Owns the reasons to end a run: the program ended, the host said so or is gone, memory, the backup timer. It
//! must never leave a process behind without saying so.
#![forbid(unsafe_code)]

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fd::{AsFd, OwnedFd};
use rustix::io::{Errno, read};
use rustix::process::{Pid, WaitOptions, WaitStatus, wait};

use crate::control::{Control, Heard};
use crate::group::Own;
use crate::life::Begun;
use crate::protocol::record::{self, Record};
use crate::protocol::{
    Answer, BACKUP_MS, Cause, Ended, Failure, Finished, KILL_BOUND_MS, Request, Stage, layers,
};
use crate::sys;
use crate::tree::Tree;

const NS_PER_MS: u64 = 1_000_000;
/// How often memory is looked at: a program fills some hundred megabytes in that time, at most.
const WATCH_NS: u64 = 50 * NS_PER_MS;
/// The part of the time that looking may take: a look that took 1 ms is followed by 20 ms without one.
const WATCH_SHARE: u64 = 20;
/// How long to wait for killed processes to go before the next walk.
const WALK_NS: u64 = NS_PER_MS;

/// A run under way.
pub(crate) struct Run {
    main: Pid,
    ended: Option<Ended>,
    tree: Tree,
    /// The control group that counts the run's memory, where one does.
    group: Option<Own>,
    /// The layers that held before the program's process was made.
    held: u64,
    /// Readable when the launcher is gone; kept where nothing else would end the run then.
    launcher: Option<OwnedFd>,
    signals: OwnedFd,
    report: Report,
    /// Since when the code runs; `None` before the host said so.
    running: Option<Running>,
}

/// A run whose code was let in.
struct Running {
    since_ns: u64,
    /// Kept open, so that the code file's lock lives as long as this process.
    _lock: OwnedFd,
}

impl Run {
    pub(crate) fn new(begun: Begun, group: Option<Own>, signals: OwnedFd) -> Self {
        let Begun { main, report, tree, held, launcher } = begun;
        let report = Report { pipe: Some(report), ready: None, failure: None };
        Self { main, ended: None, tree, group, held, launcher, signals, report, running: None }
    }

    fn launcher_is_gone(&self) -> bool {
        let now = Timespec { tv_sec: 0, tv_nsec: 0 };
        let gone = |launcher| poll(&mut [PollFd::new(launcher, PollFlags::IN)], Some(&now)) != Ok(0);
        self.launcher.as_ref().is_some_and(gone)
    }

    /// Whether the run has met its bound of memory: the kernel's, which kills, or ours, which is looked at.
    fn met_memory(&self, request: &Request) -> bool {
        self.group.as_ref().is_some_and(Own::has_killed)
            || self.tree.holds_more_than(request.memory_bytes, request.page_bytes)
    }

    /// Takes in the end of every child that has ended. Says whether there is a child left.
    fn reap(&mut self) -> bool {
        loop {
            match wait(WaitOptions::NOHANG) {
                Ok(Some((pid, status))) if pid == self.main => self.ended = Some(how(status)),
                Ok(Some(_)) | Err(Errno::INTR) => {}
                Ok(None) => return true,
                Err(_) => return false,
            }
        }
    }

    /// Empties the descriptor that says that children ended; what it says is asked for anew by [`reap`](Self::reap).
    fn clear_signals(&self) {
        let mut space = [0_u8; 1024];
        while matches!(read(&self.signals, &mut space), Ok(count) if count == space.len()) {}
    }

    /// Kills until no process is left, or the bound is met. Says how many are left.
    fn end(&mut self) -> u64 {
        let bound = sys::now_ns().saturating_add(KILL_BOUND_MS * NS_PER_MS);
        while self.reap() {
            let met = self.tree.kill();
            if sys::now_ns() > bound {
                return met.max(1);
            }
            wait_for(&mut [PollFd::new(&self.signals, PollFlags::IN)], WALK_NS);
            self.clear_signals();
        }
        0
    }
}

/// Sees the run through. The answer is for the host, if there still is one.
pub(crate) fn supervise(mut run: Run, control: &Control, request: &Request) -> Option<Answer> {
    let cause = watch(&mut run, control, request);
    let survivors = run.end();
    run.report.advance();
    let cause = cause?;
    let (held, landlock_abi) = match (run.report.failure, run.report.ready) {
        (Some(failure), _) => return Some(Answer::SetupFailed(failure)),
        (None, Some(ready)) => ready,
        (None, None) => return Some(Answer::SetupFailed(Failure::new(Stage::Vanished, 0))),
    };
    let usage = sys::children_usage();
    let watched = if request.confined { layers::MEMORY_WATCH } else { 0 };
    Some(Answer::Finished(Finished {
        cause,
        ended: run.ended.unwrap_or(Ended::Alive),
        layers: held | run.held | watched,
        landlock_abi,
        wall_ns: run.running.map_or(0, |running| sys::now_ns().saturating_sub(running.since_ns)),
        cpu_us: usage.cpu_us,
        peak_memory_bytes: usage.peak_memory_bytes,
        survivors,
    }))
}

/// Waits for a reason to end the run; `None`: the host or the launcher is gone, and nobody is to be told.
fn watch(run: &mut Run, control: &Control, request: &Request) -> Option<Cause> {
    let mut told = false;
    let allowed_ns = request.deadline_ms.saturating_add(BACKUP_MS).saturating_mul(NS_PER_MS);
    let mut look = sys::now_ns().saturating_add(WATCH_NS);
    loop {
        let now = sys::now_ns();
        // Before the code runs there is nothing to time: the host reviews, and its end is heard.
        let backup = run.running.as_ref().map_or(u64::MAX, |run| run.since_ns.saturating_add(allowed_ns));
        if now >= backup {
            return Some(Cause::Backup);
        }
        if request.confined && now >= look {
            if run.met_memory(request) {
                return Some(Cause::Memory);
            }
            let after = sys::now_ns();
            look = after.saturating_add(WATCH_NS.max(after.saturating_sub(now).saturating_mul(WATCH_SHARE)));
        }
        let next = if request.confined { look.min(backup) } else { backup };
        wait_for_any(run, control, next.saturating_sub(now));

        match control.hears() {
            Heard::Nothing => {}
            Heard::Go { lock } => run.running = Some(Running { since_ns: sys::now_ns(), _lock: lock }),
            Heard::Kill => return Some(Cause::Ordered),
            Heard::Gone => return None,
        }
        if run.launcher_is_gone() {
            return None;
        }
        run.clear_signals();
        run.reap();
        run.report.advance();
        if !told && run.report.started() {
            told = true;
            let pid = u32::try_from(run.main.as_raw_nonzero().get()).unwrap_or(0);
            control.answer(&Answer::Started { pid });
        }
        if run.ended.is_some() {
            let killed = run.group.as_ref().is_some_and(Own::has_killed);
            return Some(if killed { Cause::Memory } else { Cause::Ended });
        }
    }
}

fn wait_for_any(run: &Run, control: &Control, nanoseconds: u64) {
    let control = PollFd::new(control, PollFlags::IN);
    let signals = PollFd::new(&run.signals, PollFlags::IN);
    let (report, launcher) =
        (awaited(run.report.pipe.as_ref(), &run.signals), awaited(run.launcher.as_ref(), &run.signals));
    wait_for(&mut [control, report, launcher, signals], nanoseconds);
}

/// What is to be waited for, or the signals again where it is not there.
fn awaited<'a>(descriptor: Option<&'a OwnedFd>, signals: &'a OwnedFd) -> PollFd<'a> {
    PollFd::new(descriptor.unwrap_or(signals), PollFlags::IN)
}

fn wait_for(descriptors: &mut [PollFd<'_>], nanoseconds: u64) {
    let time = Timespec {
        tv_sec: i64::try_from(nanoseconds / 1_000_000_000).unwrap_or(i64::MAX),
        tv_nsec: i64::try_from(nanoseconds % 1_000_000_000).unwrap_or(0),
    };
    // Every caller looks at all that may have happened, whatever woke it.
    let _ = poll(descriptors, Some(&time));
}

fn how(status: WaitStatus) -> Ended {
    match (status.exit_status(), status.terminating_signal()) {
        (Some(code), _) => Ended::Exited(u8::try_from(code).unwrap_or(u8::MAX)),
        (None, Some(signal)) => Ended::Signaled(u8::try_from(signal).unwrap_or(u8::MAX)),
        (None, None) => Ended::Alive,
    }
}

/// What the program's process said before it became the program. The pipe closes at the execution.
struct Report {
    pipe: Option<OwnedFd>,
    /// The layers, and Landlock's ABI.
    ready: Option<(u64, u32)>,
    failure: Option<Failure>,
}

impl Report {
    /// Takes in what has come; does not wait.
    fn advance(&mut self) {
        while let Some(pipe) = &self.pipe {
            let mut space = [0; record::BYTES];
            match read(pipe.as_fd(), &mut space) {
                Ok(record::BYTES) => match Record::decode(&space) {
                    Some(Record::Ready { layers, landlock_abi }) => self.ready = Some((layers, landlock_abi)),
                    Some(Record::Failed(failure)) => self.failure = Some(failure),
                    None => {}
                },
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => return,
                // The end: nobody can write any more.
                Ok(_) | Err(_) => self.pipe = None,
            }
        }
    }

    /// Whether the process has become the program.
    fn started(&self) -> bool {
        self.pipe.is_none() && self.ready.is_some() && self.failure.is_none()
    }
}
