//! The sockets to the host: the launcher's door, by which runs are asked for, and each run's control, which is its
//! lifeline and the only way in or out for words about it.
//!
//! Neither must ever reach a program: the door is descriptor 0, which the program's own standard input replaces, and
//! every other descriptor closes at the execution.
#![forbid(unsafe_code)]

use core::mem::MaybeUninit;

use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::io::{Errno, IoSliceMut, dup2};
use rustix::net::{RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendFlags, recvmsg, send};

use crate::protocol::{Answer, GO, KILL, MESSAGE_BYTES, Order, Request};

/// The launcher's end of the socket by which the host asks for runs.
pub(crate) struct Door {
    socket: OwnedFd,
    /// What takes the socket's number when it is closed.
    null: OwnedFd,
}

/// What the host asked the launcher for.
pub(crate) enum Asked {
    /// Nothing, as yet.
    Nothing,
    Run(Received),
    Order(Order),
}

/// A run's end of its own socket.
pub(crate) struct Control(OwnedFd);

/// A request with the descriptors that came with it.
pub(crate) struct Received {
    pub(crate) request: Request,
    pub(crate) control: Control,
    /// The program's two outputs.
    pub(crate) outputs: [OwnedFd; 2],
    /// The program's standard input.
    pub(crate) stdin: OwnedFd,
    /// The block of strings.
    pub(crate) block: OwnedFd,
}

impl Door {
    pub(crate) fn new(socket: OwnedFd, null: OwnedFd) -> Self {
        Self { socket, null }
    }

    /// Closes the socket: if a run held it, the host would not see the launcher's end. Its number stays taken, or the
    /// next descriptor would come to be there and be lost to the program's standard input.
    pub(crate) fn close(self) -> Result<(), Errno> {
        let Self { mut socket, null } = self;
        let closed = dup2(&null, &mut socket);
        core::mem::forget((socket, null));
        closed
    }

    /// What the host asks for. Does not wait. An error is the host's end, or a message that no host of ours sends.
    pub(crate) fn hears(&self) -> Result<Asked, Errno> {
        match self.receive(RecvFlags::DONTWAIT) {
            Err(Errno::AGAIN | Errno::INTR) => Ok(Asked::Nothing),
            asked => asked,
        }
    }

    /// Waits until the host asks for something.
    pub(crate) fn waits(&self) -> Result<Asked, Errno> {
        self.receive(RecvFlags::empty())
    }

    fn receive(&self, flags: RecvFlags) -> Result<Asked, Errno> {
        let mut message = [0; MESSAGE_BYTES];
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(5))];
        let mut ancillary = RecvAncillaryBuffer::new(&mut space);
        let mut parts = [IoSliceMut::new(&mut message)];
        let count = recvmsg(&self.socket, &mut parts, &mut ancillary, flags | RecvFlags::CMSG_CLOEXEC)?.bytes;
        let words = message.get(..count).ok_or(Errno::BADMSG)?;
        let Some(RecvAncillaryMessage::ScmRights(mut descriptors)) = ancillary.drain().next() else {
            return Order::decode(words).map(Asked::Order).ok_or(Errno::BADMSG);
        };
        let mut next = || descriptors.next().ok_or(Errno::BADMSG);
        let (control, outputs) = (Control(next()?), [next()?, next()?]);
        let (stdin, block) = (next()?, next()?);
        let request = Request::decode(&message).filter(|_| count == MESSAGE_BYTES).ok_or(Errno::BADMSG)?;
        Ok(Asked::Run(Received { request, control, outputs, stdin, block }))
    }
}

impl AsFd for Door {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

impl Control {
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
