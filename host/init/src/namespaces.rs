//! The way into the run's own namespaces: two processes come out of one.
//!
//! *Outside* stays in the host's namespaces, waits for the other one and removes the code file. *Inside* is process
//! 1 of the run: it makes the root, gives its capabilities up, and starts the program. Neither outlives the other.
#![forbid(unsafe_code)]

use core::ffi::CStr;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fd::OwnedFd;
use rustix::fs::{CWD, Mode, OFlags, openat};
use rustix::io::{Errno, read, write};
use rustix::net::{AddressFamily, SocketFlags, SocketType, socket_with};
use rustix::pipe::{PipeFlags, pipe_with};
use rustix::process::{
    DumpableBehavior, Gid, Pid, Signal, Uid, WaitOptions, getegid, geteuid, set_dumpable_behavior,
    set_parent_process_death_signal, umask, waitpid,
};
use rustix::thread::{set_no_new_privs, set_thread_groups, set_thread_res_gid, set_thread_res_uid};

use crate::block::Block;
use crate::path::Path;
use crate::protocol::confinement::INSIDE_ID;
use crate::protocol::{Confinement, Failure, Network, Request, Stage, layers};
use crate::root::{Built, Sources, write_all};
use crate::{capabilities, sys};

const CLONE_NEWNS: u32 = 0x0002_0000;
const CLONE_NEWCGROUP: u32 = 0x0200_0000;
const CLONE_NEWUTS: u32 = 0x0400_0000;
const CLONE_NEWIPC: u32 = 0x0800_0000;
const CLONE_NEWUSER: u32 = 0x1000_0000;
const CLONE_NEWPID: u32 = 0x2000_0000;
const CLONE_NEWNET: u32 = 0x4000_0000;

/// How often namespaces are asked for again, a millisecond apart, where the kernel has no room: those of ended runs
/// count until it has taken them apart, which it does later and at its leisure.
const ATTEMPTS: u32 = 300;

/// Which of the two this process is.
pub(crate) enum Side {
    Outside(Outside),
    Inside(Inside),
}

/// The process in the host's namespaces.
pub(crate) struct Outside {
    one: Pid,
    /// As long as this is open, the other side knows that this one lives.
    _lifeline: OwnedFd,
}

/// The process in the run's namespaces.
pub(crate) struct Inside {
    lifeline: OwnedFd,
}

/// Makes the namespaces, and a process in them.
pub(crate) fn split(confinement: &Confinement) -> Result<Side, Failure> {
    let failed = |stage| move |errno: Errno| Failure::new(stage, errno.raw_os_error());
    let (user, group) = match confinement.host_user {
        // Seen from inside, both are unknown as long as there is no map.
        0 => (geteuid().as_raw(), getegid().as_raw()),
        own => {
            set_thread_groups(&[]).map_err(failed(Stage::IdMap))?;
            (own, own)
        }
    };
    let (lifeline, keep) = pipe_with(PipeFlags::CLOEXEC).map_err(failed(Stage::Namespaces))?;
    if let Some(one) = make(namespaces(confinement.network)).map_err(failed(Stage::Namespaces))? {
        drop(lifeline);
        if confinement.host_user != 0 {
            // On an error the pipe closes and the other side goes.
            map(Some(one), user, group).map_err(failed(Stage::IdMap))?;
            write(&keep, &[1]).map_err(failed(Stage::IdMap))?;
        }
        return Ok(Side::Outside(Outside { one, _lifeline: keep }));
    }
    drop(keep);
    let mapped = if confinement.host_user == 0 {
        // A process that may not be looked into owns nothing in `/proc`, its own map neither.
        set_dumpable_behavior(DumpableBehavior::Dumpable)
            .and_then(|()| map(None, user, group))
            .and_then(|()| set_dumpable_behavior(DumpableBehavior::NotDumpable))
    } else {
        match read(&lifeline, &mut [0_u8]) {
            Ok(1) => Ok(()),
            // The other side reports why, if it still can.
            Ok(_) | Err(_) => sys::exit(1),
        }
    };
    mapped.map_err(failed(Stage::IdMap))?;
    Ok(Side::Inside(Inside { lifeline }))
}

fn namespaces(network: Network) -> u32 {
    let all = CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP;
    match network {
        Network::None | Network::Loopback => all | CLONE_NEWNET,
        Network::Host => all,
    }
}

fn make(namespaces: u32) -> Result<Option<Pid>, Errno> {
    let mut left = ATTEMPTS;
    loop {
        match sys::fork_into(namespaces) {
            // A limit of 0 is no shortage, and waiting does not help; it is told apart by whoever reads the error.
            Err(Errno::NOSPC | Errno::AGAIN | Errno::USERS) if left > 0 => {
                left -= 1;
                let _ = poll(&mut [], Some(&Timespec { tv_sec: 0, tv_nsec: 1_000_000 }));
            }
            made => return made,
        }
    }
}

/// Writes the maps of a process's user namespace: one user, one group, no others.
fn map(process: Option<Pid>, user: u32, group: u32) -> Result<(), Errno> {
    let directory = Path::new().text(b"/proc/");
    let directory = match process {
        None => directory.text(b"self"),
        Some(process) => directory.number(process.as_raw_nonzero().get().unsigned_abs()),
    };
    let line = |id| Path::new().number(INSIDE_ID).text(b" ").number(id).text(b" 1");
    put(directory.text(b"/setgroups"), Path::new().text(b"deny"))?;
    put(directory.text(b"/uid_map"), line(user))?;
    put(directory.text(b"/gid_map"), line(group))
}

fn put(path: Path, text: Path) -> Result<(), Errno> {
    let path = path.as_c_str().ok_or(Errno::NAMETOOLONG)?;
    let file = openat(CWD, path, OFlags::WRONLY | OFlags::CLOEXEC, Mode::empty())?;
    write_all(rustix::fd::AsFd::as_fd(&file), text.as_c_str().ok_or(Errno::NAMETOOLONG)?.to_bytes())
}

impl Outside {
    /// Waits for the end of the other side, and with it of every process of the run. Removes the code file.
    pub(crate) fn outlive(self, code_file: Option<&CStr>) {
        while let Err(Errno::INTR) = waitpid(Some(self.one), WaitOptions::empty()) {}
        if let Some(path) = code_file {
            // The host removes it too. Whoever comes second finds nothing, which is well.
            let _ = rustix::fs::unlink(path);
        }
    }
}

impl Inside {
    /// Makes this process one that has a root of its own and no capability. Gives the layers that hold.
    pub(crate) fn settle(self, request: &Request, block: &Block) -> Result<u64, Failure> {
        let failed = |stage| move |errno: Errno| Failure::new(stage, errno.raw_os_error());
        let confinement = &request.confinement;
        let mut held = layers::NAMESPACES | layers::PROCESS_ONE;
        umask(Mode::empty());
        let sources = Sources::open(block, request)?;
        if confinement.host_user != 0 {
            become_inside().map_err(failed(Stage::IdMap))?;
            held |= layers::OWN_USER;
        }
        sys::set_host_name(b"sandbox").map_err(failed(Stage::HostName))?;
        match confinement.network {
            Network::None => held |= layers::NETWORK_NAMESPACE,
            Network::Loopback => {
                raise_loopback().map_err(failed(Stage::Loopback))?;
                held |= layers::NETWORK_NAMESPACE | layers::LOOPBACK;
            }
            Network::Host => {}
        }
        let built = Built::new(block, request, sources)?;
        held |= built.mount_proc(request).map_err(failed(Stage::FreshProc))?;
        built.enter().map_err(failed(Stage::Pivot))?;
        held |= layers::ROOT;
        set_no_new_privs(true).map_err(failed(Stage::NoNewPrivs))?;
        capabilities::drop_all().map_err(failed(Stage::Capabilities))?;
        held |= layers::CAPABILITIES;
        self.die_with_outside().map_err(failed(Stage::Lifeline))?;
        Ok(held)
    }

    /// Has the kernel kill this process when the other side dies; the rest of the run goes with it. After the last
    /// change of user, which would undo it.
    fn die_with_outside(&self) -> Result<(), Errno> {
        set_parent_process_death_signal(Some(Signal::KILL))?;
        // It may have died before the call, and its number cannot be seen from here.
        let now = Timespec { tv_sec: 0, tv_nsec: 0 };
        match poll(&mut [PollFd::new(&self.lifeline, PollFlags::IN)], Some(&now))? {
            0 => Ok(()),
            _ => Err(Errno::CHILD),
        }
    }
}

/// Becomes the one user that the namespace has.
fn become_inside() -> Result<(), Errno> {
    let (user, group) = (Uid::from_raw(INSIDE_ID), Gid::from_raw(INSIDE_ID));
    set_thread_res_gid(group, group, group)?;
    set_thread_res_uid(user, user, user)?;
    // The change of user made the kernel's own setting the process's, whatever that is.
    set_dumpable_behavior(DumpableBehavior::NotDumpable)
}

fn raise_loopback() -> Result<(), Errno> {
    let socket = socket_with(AddressFamily::INET, SocketType::DGRAM, SocketFlags::CLOEXEC, None)?;
    sys::raise_loopback(rustix::fd::AsFd::as_fd(&socket))
}
