//! The life of a run's own process of init: confine itself, start the program, see it through.
#![forbid(unsafe_code)]

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::io::Errno;
use rustix::process::{
    DumpableBehavior, Gid, Pid, Signal, Uid, getpid, set_child_subreaper, set_dumpable_behavior,
    set_parent_process_death_signal,
};
use rustix::thread::{set_thread_res_gid, set_thread_res_uid};

use crate::block::Block;
use crate::control::Received;
use crate::group::Own;
use crate::program::{Plan, become_program};
use crate::protocol::{Answer, Failure, Isolation, Request, Stage, layers};
use crate::supervise::{Run, supervise};
use crate::tree::Tree;
use crate::{namespaces, seccomp, sys};

/// Lives, in a process of the run's own that the launcher made; `entered` says whether it has the users it should.
///
/// Gives the exit code, of which nobody makes anything: all that counts is said over the run's socket.
pub(crate) fn live(
    entered: Result<(), Failure>,
    received: Received,
    group: Option<Own>,
    signals: OwnedFd,
    launcher: OwnedFd,
) -> u8 {
    let Received { request, control, outputs, stdin, block } = received;
    // First: what is not in there from the start is not counted.
    let group = group.filter(|group| group.enter().is_ok());
    let begun = entered.and_then(|()| {
        let strings = Block::read(block.as_fd(), &request).map_err(failure(Stage::Arguments))?;
        drop(block);
        begin(&request, &strings, launcher, |tree, held| {
            let held = held | if group.is_some() { layers::CONTROL_GROUP } else { 0 };
            let outputs = [outputs[0].as_fd(), outputs[1].as_fd()];
            let plan = Plan { request: &request, block: &strings, stdin: stdin.as_fd(), outputs, tree, held };
            start(&plan)
        })
    });
    // The host must see the end of the output when the program's processes are gone.
    drop(outputs);
    let begun = begun.and_then(|begun| locked(begun, &request));
    match begun {
        Ok(begun) => {
            if let Some(answer) = supervise(Run::new(begun, group, signals), &control, &request) {
                control.answer(&answer);
            }
            0
        }
        Err(failure) => {
            control.answer(&Answer::SetupFailed(failure));
            1
        }
    }
}

/// A program whose process is there.
pub(crate) struct Begun {
    pub(crate) main: Pid,
    /// What that process says before it becomes the program.
    pub(crate) report: OwnedFd,
    pub(crate) tree: Tree,
    /// The layers that hold.
    pub(crate) held: u64,
    /// Readable when the launcher is gone; kept where nothing else would end the run then.
    pub(crate) launcher: Option<OwnedFd>,
}

/// Makes this process what the request says, and has the program's process started.
fn begin(
    request: &Request,
    strings: &Block,
    launcher: OwnedFd,
    start: impl FnOnce(&Tree, u64) -> Result<(Pid, OwnedFd), Failure>,
) -> Result<Begun, Failure> {
    let confinement = &request.confinement;
    let (tree, held, launcher) = if confinement.isolation == Isolation::Namespaces {
        let held = namespaces::settle(request, strings)?;
        die_with(launcher.as_fd()).map_err(failure(Stage::Lifeline))?;
        (Tree::of_namespace().map_err(failure(Stage::Proc))?, held, None)
    } else {
        let mut held = layers::SUBREAPER;
        // The number only has to be other than none.
        set_child_subreaper(Some(getpid())).map_err(failure(Stage::Subreaper))?;
        if confinement.host_user != 0 {
            become_user(confinement.host_user).map_err(failure(Stage::IdMap))?;
            held |= layers::OWN_USER;
        }
        (Tree::open().map_err(failure(Stage::Proc))?, held, Some(launcher))
    };
    let (main, report) = start(&tree, held)?;
    Ok(Begun { main, report, tree, held, launcher })
}

/// Becomes a user, alone in its group, for good.
pub(crate) fn become_user(number: u32) -> Result<(), Errno> {
    let (user, group) = (Uid::from_raw(number), Gid::from_raw(number));
    set_thread_res_gid(group, group, group)?;
    set_thread_res_uid(user, user, user)?;
    // The change of user made the kernel's own setting the process's, whatever that is.
    set_dumpable_behavior(DumpableBehavior::NotDumpable)
}

/// Has the kernel kill this process when the launcher dies; the rest of the run goes with it. After the last
/// change of user, which would undo it.
fn die_with(launcher: BorrowedFd<'_>) -> Result<(), Errno> {
    set_parent_process_death_signal(Some(Signal::KILL))?;
    // It may have died before the call, and its number cannot be seen from here.
    let now = Timespec { tv_sec: 0, tv_nsec: 0 };
    match poll(&mut [PollFd::new(&launcher, PollFlags::IN)], Some(&now))? {
        0 => Ok(()),
        _ => Err(Errno::CHILD),
    }
}

/// Filters this process's own system calls, once the program's process is there.
fn locked(begun: Begun, request: &Request) -> Result<Begun, Failure> {
    if request.confinement.isolation == Isolation::None {
        return Ok(begun);
    }
    seccomp::lock_init().map_err(failure(Stage::InitLock))?;
    Ok(Begun { held: begun.held | layers::INIT_LOCKED, ..begun })
}

/// Starts the program's process.
fn start(plan: &Plan<'_>) -> Result<(Pid, OwnedFd), Failure> {
    let (report, to_report) =
        rustix::pipe::pipe_with(rustix::pipe::PipeFlags::CLOEXEC | rustix::pipe::PipeFlags::NONBLOCK)
            .map_err(failure(Stage::Fork))?;
    let init = getpid();
    match sys::fork().map_err(failure(Stage::Fork))? {
        None => become_program(plan, init, to_report.as_fd()),
        Some(main) => Ok((main, report)),
    }
}

fn failure(stage: Stage) -> impl Fn(Errno) -> Failure {
    move |error| Failure::new(stage, error.raw_os_error())
}
