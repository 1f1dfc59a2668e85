//! The host's end of the socket to init.

use std::io::{self, IoSlice};
use std::mem::MaybeUninit;
use std::os::fd::{BorrowedFd, OwnedFd};

use code_execute_init::protocol::{Answer, KILL, MESSAGE_BYTES};
use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags, send, sendmsg};
use tokio::net::UnixDatagram;

/// The host's end. Dropping it orders the end of the run.
///
/// The socket is of the kind SEQPACKET, which differs from a datagram socket only in that the end of either side
/// is seen by the other; neither tokio nor the standard library has a type of its own for it.
#[derive(Debug)]
pub(super) struct Control(UnixDatagram);

impl Control {
    pub(super) fn new(socket: OwnedFd) -> io::Result<Self> {
        let socket = std::os::unix::net::UnixDatagram::from(socket);
        socket.set_nonblocking(true)?;
        UnixDatagram::from_std(socket).map(Self)
    }

    /// Sends a message with its descriptors. The socket has room for the few there are, so this does not wait. An
    /// init that is gone is no error: its silence is noticed by whoever waits for an answer.
    pub(super) fn send(&self, message: &[u8], descriptors: &[BorrowedFd<'_>]) -> io::Result<()> {
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(2))];
        let mut ancillary = SendAncillaryBuffer::new(&mut space);
        if !ancillary.push(SendAncillaryMessage::ScmRights(descriptors)) {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        match sendmsg(&self.0, &[IoSlice::new(message)], &mut ancillary, SendFlags::NOSIGNAL) {
            Ok(_) | Err(rustix::io::Errno::PIPE | rustix::io::Errno::CONNRESET) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Orders the end of the run. Where init is gone, its silence is noticed by whoever waits for an answer.
    pub(super) fn order_end(&self) {
        let _ = send(&self.0, &KILL, SendFlags::NOSIGNAL);
    }

    /// Waits for the next answer; `None` when init is gone. May be dropped and called again.
    pub(super) async fn answer(&self) -> io::Result<Option<Answer>> {
        loop {
            let mut message = [0; MESSAGE_BYTES];
            match self.0.recv(&mut message).await {
                Ok(0) => return Ok(None),
                Ok(count) => {
                    let answer = Answer::decode(&message).filter(|_| count == MESSAGE_BYTES);
                    return answer.map(Some).ok_or_else(|| io::ErrorKind::InvalidData.into());
                }
                // Said once where init left without reading our order; what it said before is still to be read.
                Err(error) if error.kind() == io::ErrorKind::ConnectionReset => {}
                Err(error) => return Err(error),
            }
        }
    }
}
