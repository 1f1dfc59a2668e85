//! Finds out whether this machine gives a run what it asks for, by a run that ends before its program would start.

use std::os::fd::{AsFd, OwnedFd};
use std::time::Duration;

use code_execute_init::protocol::{Answer, MESSAGE_BYTES};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::net::{RecvFlags, recv};

use super::RunError;
use super::launcher::Connection;
use super::request::Worded;

/// How long to wait for an answer, which takes a millisecond or two; a machine that is slower than this is taken for
/// one that does not give it.
const PATIENCE: Duration = Duration::from_secs(5);

/// Whether init could do everything up to the program's start.
pub(super) fn succeeds(connection: Connection, worded: &Worded, null: &OwnedFd) -> Result<bool, RunError> {
    let failed = |source| RunError::Io { attempt: "find out what this machine can enforce", source };
    // The streams stay open until the answer is there.
    let Connection { control, stdout: _stdout, stderr: _stderr, theirs, place } = connection;
    place.ask(&worded.request, theirs, null.as_fd(), worded.block.as_fd()).map_err(failed)?;
    let patience =
        Timespec::try_from(PATIENCE).map_err(|_| failed(std::io::ErrorKind::InvalidInput.into()))?;
    let heard =
        rustix::io::retry_on_intr(|| poll(&mut [PollFd::new(&control, PollFlags::IN)], Some(&patience)));
    if heard.map_err(|error| failed(error.into()))? == 0 {
        return Ok(false);
    }
    let mut message = [0; MESSAGE_BYTES];
    let count = match recv(&control, &mut message, RecvFlags::DONTWAIT) {
        Ok((count, _)) => count,
        Err(_) => 0,
    };
    let answer = Answer::decode(&message).filter(|_| count == MESSAGE_BYTES);
    Ok(matches!(answer, Some(Answer::Started { .. } | Answer::Finished(_))))
}
