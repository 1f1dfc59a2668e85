//! The life of the init program: ready itself, wait for the request, start the program, see it through.
#![forbid(unsafe_code)]

use core::ffi::CStr;

use rustix::fd::{AsFd, OwnedFd};
use rustix::fs::{CWD, FileType, Mode, OFlags, fchown, fstat, openat};
use rustix::io::Errno;
use rustix::process::{
    DumpableBehavior, Pid, Uid, getpid, set_child_subreaper, set_dumpable_behavior, setpgid, setsid,
};

use crate::block::Block;
use crate::control::{Control, Received};
use crate::namespaces::{self, Outside, Side};
use crate::program::{Plan, become_program};
use crate::protocol::{Answer, Confinement, Failure, Isolation, Stage, layers};
use crate::seccomp;
use crate::supervise::{Run, supervise};
use crate::sys;
use crate::tree::Tree;

/// Lives. The descriptors 0, 1 and 2 are the socket to the host, and the program's two outputs.
///
/// Gives the exit code of init, of which the host makes nothing: all that counts is said over the socket.
pub fn main() -> u8 {
    let control = Control::new(sys::inherited(0));
    let outputs = [sys::inherited(1), sys::inherited(2)];
    // A failure waits for the request like all else: the host reads no answer before it has asked.
    let ready = ready();
    let received = match control.receive() {
        Ok(Some(received)) => received,
        Ok(None) => return 0,
        Err(error) => {
            control.answer(&Answer::SetupFailed(failure(Stage::Request)(error)));
            return 1;
        }
    };
    let request = received.request;
    let begun = ready.and_then(|signals| begin(signals, received, outputs));
    match begun {
        Ok(Begun::Run(run)) => {
            if let Some(answer) = supervise(run, &control, &request) {
                control.answer(&answer);
            }
            0
        }
        Ok(Begun::Elsewhere { outside, code_file }) => {
            // The other side's now: the host must see the end of each when that side ends.
            drop(control);
            outside.outlive(code_file);
            0
        }
        Err(failure) => {
            control.answer(&Answer::SetupFailed(failure));
            1
        }
    }
}

/// Everything that can be done before the request is known. Gives what says that children ended.
fn ready() -> Result<OwnedFd, Failure> {
    let _ = rustix::thread::set_name(c"code-execute-in");
    set_dumpable_behavior(DumpableBehavior::NotDumpable).map_err(failure(Stage::NonDumpable))?;
    // The number only has to be other than none.
    set_child_subreaper(Some(getpid())).map_err(failure(Stage::Subreaper))?;
    sys::close_from(3).map_err(failure(Stage::CloseDescriptors))?;
    leave_terminal().map_err(failure(Stage::Terminal))?;
    sys::set_signal_mask(u64::MAX).map_err(failure(Stage::Signals))?;
    // An ignored SIGCHLD would have the kernel throw the children's ends away.
    sys::set_default_signals().map_err(failure(Stage::Signals))?;
    sys::child_signals().map_err(failure(Stage::Signals))
}

/// Leaves the host's process group and its terminal: what a program could read from it, or type into it, is the
/// user's. No process of the run can come by another one, for that takes a session's first process.
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

/// What became of a request.
enum Begun {
    /// The program's process is there, and this process watches over it.
    Run(Run),
    /// Another process does that, in namespaces of the run's own.
    Elsewhere { outside: Outside, code_file: Option<&'static CStr> },
}

/// Does as the request says.
fn begin(signals: OwnedFd, received: Received, outputs: [OwnedFd; 2]) -> Result<Begun, Failure> {
    let Received { request, stdin, block } = received;
    let strings = Block::read(block.as_fd(), &request).map_err(failure(Stage::Arguments))?;
    drop(block);
    let code_file = match request.code_argument {
        0 => None,
        position => strings.argument(position),
    };
    let (tree, held, code_file) = match request.confinement.isolation {
        Isolation::None | Isolation::Alone => {
            (Tree::open().map_err(failure(Stage::Proc))?, layers::SUBREAPER, code_file)
        }
        Isolation::Namespaces => {
            lend_streams(&request.confinement, &outputs, &stdin).map_err(failure(Stage::StandardInput))?;
            match namespaces::split(&request.confinement)? {
                Side::Outside(outside) => {
                    return Ok(Begun::Elsewhere { outside, code_file });
                }
                Side::Inside(inside) => {
                    let held = inside.settle(&request, &strings)?;
                    (Tree::of_namespace().map_err(failure(Stage::Proc))?, held, None)
                }
            }
        }
    };
    let plan = Plan { request: &request, block: &strings, stdin: stdin.as_fd(), tree: &tree, held };
    let (main, report) = start(&plan, outputs)?;
    let mut held = held;
    if request.confinement.isolation != Isolation::None {
        seccomp::lock_init().map_err(failure(Stage::InitLock))?;
        held |= layers::INIT_LOCKED;
    }
    Ok(Begun::Run(Run::new(main, tree, held, signals, report, code_file)))
}

/// Gives the program's pipes to the user that its processes will be: who opens `/dev/stderr` opens the pipe anew, as
/// which user a pipe of the caller's would be closed.
fn lend_streams(confinement: &Confinement, outputs: &[OwnedFd; 2], stdin: &OwnedFd) -> Result<(), Errno> {
    if confinement.host_user == 0 {
        return Ok(());
    }
    for stream in outputs.iter().chain([stdin]) {
        // Never what the host shares with others: an empty input is the machine's own `/dev/null`.
        if FileType::from_raw_mode(fstat(stream)?.st_mode) == FileType::Fifo {
            fchown(stream, Some(Uid::from_raw(confinement.host_user)), None)?;
        }
    }
    Ok(())
}

/// Starts the program's process. Init's own copies of the program's streams end here: the host must see the end of
/// the output when the program's processes are gone.
fn start(plan: &Plan<'_>, outputs: [OwnedFd; 2]) -> Result<(Pid, OwnedFd), Failure> {
    let (report, to_report) =
        rustix::pipe::pipe_with(rustix::pipe::PipeFlags::CLOEXEC | rustix::pipe::PipeFlags::NONBLOCK)
            .map_err(failure(Stage::Fork))?;
    let init = getpid();
    match sys::fork().map_err(failure(Stage::Fork))? {
        None => become_program(plan, init, to_report.as_fd()),
        Some(main) => {
            drop(outputs);
            Ok((main, report))
        }
    }
}

fn failure(stage: Stage) -> impl Fn(Errno) -> Failure {
    move |error| Failure::new(stage, error.raw_os_error())
}
