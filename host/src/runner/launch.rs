//! Starts the init program: the one place of the host where a process is made.
//!
//! It must never use a hook between fork and execution, nor another user or group: each of them makes the standard
//! library fork this whole process (8 ms with 256 MB in memory) where it otherwise uses `posix_spawn`.

use std::io::{self, PipeReader};
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::process::Command;

use rustix::net::{AddressFamily, SocketFlags, SocketType, socketpair};
use tokio::process::Child;

/// A started init, and the host's ends of what connects them.
#[derive(Debug)]
pub(super) struct Launched {
    /// The lifeline: when it closes, init ends the run. First, so that it closes first.
    pub(super) control: OwnedFd,
    pub(super) child: Child,
    pub(super) stdout: PipeReader,
    pub(super) stderr: PipeReader,
}

/// Starts an init from its image.
#[expect(clippy::disallowed_methods, reason = "this is the one place")]
pub(super) fn launch(image: &OwnedFd) -> io::Result<Launched> {
    // Every message arrives whole, and the end of either side is seen by the other.
    let (control, theirs) =
        socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, SocketFlags::CLOEXEC, None)?;
    let (stdout, to_stdout) = io::pipe()?;
    let (stderr, to_stderr) = io::pipe()?;
    let mut command = Command::new(format!("/proc/self/fd/{}", image.as_raw_fd()));
    command.arg0("code-execute-init").env_clear().stdin(theirs).stdout(to_stdout).stderr(to_stderr);
    // The command owns our copies of init's ends, and closes them when it is dropped here.
    let child = tokio::process::Command::from(command).spawn()?;
    Ok(Launched { control, child, stdout, stderr })
}
