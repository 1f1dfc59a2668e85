//! The socket to the host: the lifeline and the only way in or out for words about a run.
//!
//! It must never reach the program: it is descriptor 0 of init, which the program's own standard input replaces,
//! and every other descriptor closes at the execution.
#![forbid(unsafe_code)]

use core::mem::MaybeUninit;

use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::io::{Errno, IoSliceMut};
use rustix::net::{RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendFlags, recvmsg, send};

use crate::protocol::{Answer, GO, KILL, MESSAGE_BYTES, Request};

/// Init's end of the socket.
pub(crate) struct Control(OwnedFd);

/// A request with the descriptors that came with it.
pub(crate) struct Received {
    pub(crate) request: Request,
    /// The program's standard input.
    pub(crate) stdin: OwnedFd,
    /// The block of strings.
    pub(crate) block: OwnedFd,
}

impl Control {
    pub(crate) fn new(socket: OwnedFd) -> Self {
        Self(socket)
    }

    /// Waits for the request. `Ok(None)`: the host went away instead, and there is nothing to do.
    pub(crate) fn receive(&self) -> Result<Option<Received>, Errno> {
        let mut message = [0; MESSAGE_BYTES];
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(2))];
        let mut ancillary = RecvAncillaryBuffer::new(&mut space);
        let count = loop {
            let mut parts = [IoSliceMut::new(&mut message)];
            match recvmsg(&self.0, &mut parts, &mut ancillary, RecvFlags::CMSG_CLOEXEC) {
                Ok(received) => break received.bytes,
                Err(Errno::INTR) => {}
                Err(Errno::CONNRESET) => return Ok(None),
                Err(error) => return Err(error),
            }
        };
        if count == 0 {
            return Ok(None);
        }
        let Some(RecvAncillaryMessage::ScmRights(mut descriptors)) = ancillary.drain().next() else {
            return Err(Errno::BADMSG);
        };
        let request = Request::decode(&message).filter(|_| count == MESSAGE_BYTES).ok_or(Errno::BADMSG)?;
        let stdin = descriptors.next().ok_or(Errno::BADMSG)?;
        let block = descriptors.next().ok_or(Errno::BADMSG)?;
        Ok(Some(Received { request, stdin, block }))
    }

    /// What the host has said since. Does not wait.
    pub(crate) fn hears(&self) -> Heard {
        let mut message = [0_u8; 8];
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
        let mut ancillary = RecvAncillaryBuffer::new(&mut space);
        let mut parts = [IoSliceMut::new(&mut message)];
        let flags = RecvFlags::DONTWAIT | RecvFlags::CMSG_CLOEXEC;
        let count = match recvmsg(&self.0, &mut parts, &mut ancillary, flags) {
            Ok(received) => received.bytes,
            Err(Errno::AGAIN | Errno::INTR) => return Heard::Nothing,
            Err(_) => return Heard::Gone,
        };
        let lock = match ancillary.drain().next() {
            Some(RecvAncillaryMessage::ScmRights(mut descriptors)) => descriptors.next(),
            _ => None,
        };
        match (message, lock) {
            (GO, Some(lock)) if count == message.len() => Heard::Go { lock },
            (KILL, None) if count == message.len() => Heard::Kill,
            // The end of the stream, or a message that no host of ours sends.
            _ => Heard::Gone,
        }
    }

    /// Tells the host. A host that is gone or does not read is not waited for.
    pub(crate) fn answer(&self, answer: &Answer) {
        let _ = send(&self.0, &answer.encode(), SendFlags::DONTWAIT | SendFlags::NOSIGNAL);
    }
}

impl AsFd for Control {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

/// What came over the socket in the middle of a run.
pub(crate) enum Heard {
    Nothing,
    /// The code file is filled and open to be read; this descriptor holds its lock, and is never read.
    Go {
        lock: OwnedFd,
    },
    Kill,
    Gone,
}
