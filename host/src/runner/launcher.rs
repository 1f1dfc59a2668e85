//! Starts the init program: the one place of the host where a process is made.
//!
//! A launcher is one process of init that makes a process for every run it is asked for. It is small, so that its
//! copies cost little: a tenth of what it costs to start a program from this process. A few runs of an interpreter share
//! one launcher, which makes what their roots have in common once; where more are wanted at the same time, there are
//! more launchers.
//!
//! A launcher is started on another thread: whoever starts a process waits until it has become the other program,
//! and the kernel tends to leave the two on one processor, one behind the other. Meanwhile the run is worded.
//!
//! It must never use a hook between fork and execution, nor another user or group: each of them makes the standard
//! library fork this whole process (8 ms with 256 MB in memory) where it otherwise uses `posix_spawn`.

use std::io::{self, IoSlice, PipeReader};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, LazyLock, Mutex, PoisonError, mpsc};

use code_execute_init::protocol::{Order, PLACES, Request};
use rustix::net::{
    AddressFamily, SendAncillaryBuffer, SendAncillaryMessage, SendFlags, SocketFlags, SocketType, send,
    sendmsg, socketpair,
};
use tokio::process::Child;
use tokio::runtime::Handle;

use super::control_group::{self, ControlGroups};

/// The launchers of a runner. Dropping them ends their processes, and their runs.
#[derive(Debug)]
pub(super) struct Launchers {
    /// The init program, sealed.
    image: Arc<OwnedFd>,
    /// Where their runs' control groups are made.
    groups: control_group::Found,
    running: Mutex<Vec<Arc<Launcher>>>,
}

/// A process of init that makes runs.
#[derive(Debug)]
struct Launcher {
    /// Whose root its runs have.
    interpreter: PathBuf,
    groups: control_group::Found,
    /// The lifeline: when it closes, the launcher ends with all its runs.
    door: OwnedFd,
    started: LazyLock<io::Result<Started>, Box<dyn FnOnce() -> io::Result<Started> + Send>>,
    places: Mutex<Places>,
}

/// What is known of a launcher when its process is there.
#[derive(Debug)]
struct Started {
    pid: u32,
    /// Kept so that its end is taken in.
    _child: Child,
}

/// Which places of a launcher are taken, and where the search for a free one goes on: a place that was just left is
/// the last to be taken again, since its run may still be ending.
#[derive(Debug, Default)]
struct Places {
    taken: u32,
    next: u32,
}

/// A place of a launcher, for one run.
#[derive(Debug)]
pub(super) struct Place {
    launcher: Arc<Launcher>,
    number: u32,
}

/// The host's ends of what connects it with a run, and the run's ends, as long as it has not been asked for.
#[derive(Debug)]
pub(super) struct Connection {
    /// The run's lifeline: when it closes, the run is ended. First, so that it closes first.
    pub(super) control: OwnedFd,
    pub(super) stdout: PipeReader,
    pub(super) stderr: PipeReader,
    pub(super) theirs: Theirs,
    pub(super) place: Place,
}

/// The run's ends.
#[derive(Debug)]
pub(super) struct Theirs {
    control: OwnedFd,
    stdout: OwnedFd,
    stderr: OwnedFd,
}

impl Launchers {
    /// Takes a sealed init program. Nothing is started yet.
    pub(super) fn new(image: OwnedFd) -> Self {
        let groups = Arc::new(LazyLock::new(ControlGroups::find as fn() -> _));
        Self { image: Arc::new(image), groups, running: Mutex::default() }
    }

    /// Takes away what is left of control groups of launchers that are gone.
    pub(super) fn sweep(&self) {
        if let Ok(groups) = &**self.groups {
            groups.sweep();
        }
    }

    /// Takes a place for a run of an interpreter and makes what connects it; starts a launcher where there is no place.
    /// A new launcher is told at once what it will need.
    pub(super) fn connect(&self, interpreter: &Path, first: Option<Order>) -> io::Result<Connection> {
        let place = self.place(interpreter, first)?;
        let (control, theirs) = socket_pair()?;
        let (stdout, to_stdout) = io::pipe()?;
        let (stderr, to_stderr) = io::pipe()?;
        let theirs = Theirs { control: theirs, stdout: to_stdout.into(), stderr: to_stderr.into() };
        Ok(Connection { control, stdout, stderr, theirs, place })
    }

    fn place(&self, interpreter: &Path, first: Option<Order>) -> io::Result<Place> {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        running.retain(|launcher| !launcher.is_gone());
        if let Some(place) =
            running.iter().filter(|one| one.interpreter == interpreter).find_map(Launcher::place)
        {
            return Ok(place);
        }
        let launcher = Arc::new(Launcher::start(&self.image, &self.groups, interpreter, first)?);
        running.push(Arc::clone(&launcher));
        Launcher::place(&launcher).ok_or_else(|| io::ErrorKind::ResourceBusy.into())
    }
}

impl Launcher {
    /// Has a launcher started. That it cannot be is found out by who asks for its [`pid`](Self::pid).
    fn start(
        image: &Arc<OwnedFd>,
        groups: &control_group::Found,
        interpreter: &Path,
        first: Option<Order>,
    ) -> io::Result<Self> {
        let (door, theirs) = socket_pair()?;
        if let Some(order) = first {
            send(&door, &order.encode(), SendFlags::NOSIGNAL)?;
        }
        let (image, found) = (Arc::clone(image), Arc::clone(groups));
        let (tell, told) = mpsc::channel();
        Handle::current().spawn_blocking(move || {
            let groups = found.as_ref().as_ref().ok();
            // Nobody listens where the launcher was dropped, and with it its lifeline.
            let _ = tell.send(Started::new(&image, theirs, groups));
        });
        let started = LazyLock::new(Box::new(move || {
            told.recv().unwrap_or_else(|_| Err(io::Error::other("starting it panicked")))
        }) as Box<dyn FnOnce() -> _ + Send>);
        let (interpreter, groups) = (interpreter.to_owned(), Arc::clone(groups));
        Ok(Self { interpreter, groups, door, started, places: Mutex::default() })
    }

    /// The number of its process; waits until it is there.
    fn pid(&self) -> io::Result<u32> {
        let same = |error: &io::Error| match error.raw_os_error() {
            Some(errno) => io::Error::from_raw_os_error(errno),
            None => io::Error::other(error.to_string()),
        };
        self.started.as_ref().map(|started| started.pid).map_err(same)
    }

    /// Whether the process has ended: nothing else closes its end.
    fn is_gone(&self) -> bool {
        let mut polled = [rustix::event::PollFd::new(&self.door, rustix::event::PollFlags::empty())];
        let now = rustix::event::Timespec { tv_sec: 0, tv_nsec: 0 };
        rustix::event::poll(&mut polled, Some(&now)).is_ok_and(|found| found > 0)
    }

    fn place(self: &Arc<Self>) -> Option<Place> {
        let number = self.places.lock().unwrap_or_else(PoisonError::into_inner).take()?;
        Some(Place { launcher: Arc::clone(self), number })
    }
}

impl Started {
    #[expect(clippy::disallowed_methods, reason = "this is the one place")]
    fn new(image: &OwnedFd, door: OwnedFd, groups: Option<&ControlGroups>) -> io::Result<Self> {
        let mut command = Command::new(format!("/proc/self/fd/{}", image.as_raw_fd()));
        command.arg0("code-execute-init").env_clear();
        let groups = groups.map(ControlGroups::directory).transpose()?;
        command.stdin(door).stdout(Stdio::null()).stderr(groups.map_or_else(Stdio::null, Stdio::from));
        // The command owns our copy of the launcher's end, and closes it when it is dropped here.
        let child = tokio::process::Command::from(command).spawn()?;
        Ok(Self { pid: child.id().unwrap_or_default(), _child: child })
    }
}

impl Places {
    fn take(&mut self) -> Option<u32> {
        let number = (0..PLACES)
            .map(|offset| (self.next + offset) % PLACES)
            .find(|place| self.taken >> place & 1 == 0)?;
        self.taken |= 1 << number;
        self.next = (number + 1) % PLACES;
        Some(number)
    }
}

impl Place {
    /// The number of the launcher's process; waits until it is there.
    pub(super) fn launcher(&self) -> io::Result<u32> {
        self.launcher.pid()
    }

    /// Where the control groups of the launcher's runs are made.
    pub(super) fn groups(&self) -> &control_group::Found {
        &self.launcher.groups
    }

    /// Takes away the control groups of a launcher that was killed; those of one that lives are its own affair.
    pub(super) async fn remove_groups(&self) {
        if let (true, Ok(groups), Ok(launcher)) =
            (self.launcher.is_gone(), &**self.launcher.groups, self.launcher())
        {
            groups.remove_of(launcher).await;
        }
    }

    /// The place's number.
    pub(super) fn number(&self) -> u32 {
        self.number
    }

    /// Asks for the run.
    pub(super) fn ask(
        &self,
        request: &Request,
        theirs: Theirs,
        stdin: BorrowedFd<'_>,
        block: BorrowedFd<'_>,
    ) -> io::Result<()> {
        let Theirs { control, stdout, stderr } = theirs;
        let descriptors = [control.as_fd(), stdout.as_fd(), stderr.as_fd(), stdin, block];
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(5))];
        let mut ancillary = SendAncillaryBuffer::new(&mut space);
        if !ancillary.push(SendAncillaryMessage::ScmRights(&descriptors)) {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        // A launcher that is gone is noticed as a run that is: its ends close here.
        match sendmsg(
            &self.launcher.door,
            &[IoSlice::new(&request.encode())],
            &mut ancillary,
            SendFlags::NOSIGNAL,
        ) {
            Ok(_) | Err(rustix::io::Errno::PIPE | rustix::io::Errno::CONNRESET) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Has the launcher end the run, whatever it does.
    pub(super) fn end(&self) {
        let order = Order::End { place: u64::from(self.number) };
        let _ = send(&self.launcher.door, &order.encode(), SendFlags::NOSIGNAL | SendFlags::DONTWAIT);
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.launcher.places.lock().unwrap_or_else(PoisonError::into_inner).taken &= !(1 << self.number);
    }
}

/// Every message arrives whole, and the end of either side is seen by the other.
fn socket_pair() -> io::Result<(OwnedFd, OwnedFd)> {
    Ok(socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, SocketFlags::CLOEXEC, None)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_taken_once_and_the_last_left_comes_last() {
        let mut places = Places::default();
        let taken: Vec<u32> = std::iter::from_fn(|| places.take()).collect();
        assert_eq!(taken, (0..PLACES).collect::<Vec<_>>());
        places.taken &= !(1 << 3);
        places.taken &= !(1 << 7);
        places.next = 4;
        assert_eq!((places.take(), places.take(), places.take()), (Some(7), Some(3), None));
    }
}
