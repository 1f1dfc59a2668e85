//! The way into the run's own namespaces: two processes come out of one.
//!
//! *Outside* is the launcher. *Inside* is process 1 of the run: it makes the root, gives its capabilities up, and starts
//! the program. It does not outlive the launcher.
#![forbid(unsafe_code)]

use rustix::event::{Timespec, poll};
use rustix::fd::BorrowedFd;
use rustix::fs::{CWD, Mode, OFlags, openat};
use rustix::io::{Errno, read, write};
use rustix::net::{AddressFamily, SocketFlags, SocketType, socket_with};
use rustix::pipe::{PipeFlags, pipe_with};
use rustix::process::{
    DumpableBehavior, Pid, WaitOptions, getegid, geteuid, set_dumpable_behavior, umask, waitpid,
};
use rustix::thread::set_no_new_privs;

use crate::block::Block;
use crate::path::Path;
use crate::protocol::confinement::INSIDE_ID;
use crate::protocol::{Confinement, Failure, Network, Request, Stage, layers};
use crate::root::{self, Sources, write_all};
use crate::sys::mounts;
use crate::{capabilities, life, sys};

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
    /// The launcher, with the number of the other.
    Outside(Pid),
    /// Process 1 of the run; an error where it could not be given its users.
    Inside(Result<(), Failure>),
}

/// Leaves the host's mounts for a copy, which later changes of the host's still reach and none of the copy's leaves. Who
/// is not root takes a user namespace for that, in which it is who it was.
pub(crate) fn leave_mounts() -> Result<(), Failure> {
    let failed = |stage| move |errno: Errno| Failure::new(stage, errno.raw_os_error());
    let (user, group) = (geteuid().as_raw(), getegid().as_raw());
    if sys::unshare(CLONE_NEWNS).is_err() {
        sys::unshare(CLONE_NEWUSER | CLONE_NEWNS).map_err(failed(Stage::Namespaces))?;
        map_oneself([(user, user), (group, group)]).map_err(failed(Stage::IdMap))?;
    }
    mounts::make_dependent().map_err(failed(Stage::Namespaces))
}

/// Leaves the host's network for one without interfaces.
pub(crate) fn leave_network() -> Result<(), Failure> {
    sys::unshare(CLONE_NEWNET).map_err(|errno| Failure::new(Stage::Namespaces, errno.raw_os_error()))
}

/// Makes the namespaces, and a process in them; in a control group where one is given.
pub(crate) fn split(confinement: &Confinement, group: Option<BorrowedFd<'_>>) -> Result<Side, Failure> {
    let failed = |stage| move |errno: Errno| Failure::new(stage, errno.raw_os_error());
    let namespaces = namespaces(confinement);
    if confinement.host_user == 0 {
        // Seen from inside, both are unknown as long as there is no map.
        let users = [(INSIDE_ID, geteuid().as_raw()), (INSIDE_ID, getegid().as_raw())];
        return Ok(match make(namespaces, group).map_err(failed(Stage::Namespaces))? {
            Some(one) => Side::Outside(one),
            None => Side::Inside(map_oneself(users).map_err(failed(Stage::IdMap))),
        });
    }
    let own = (INSIDE_ID, confinement.host_user);
    let (mapped, tell) = pipe_with(PipeFlags::CLOEXEC).map_err(failed(Stage::Namespaces))?;
    let Some(one) = make(namespaces, group).map_err(failed(Stage::Namespaces))? else {
        drop(tell);
        return match read(&mapped, &mut [0_u8]) {
            Ok(1) => Ok(Side::Inside(Ok(()))),
            // The other side says why.
            Ok(_) | Err(_) => sys::exit(1),
        };
    };
    drop(mapped);
    let told = map(Some(one), [own, own]).and_then(|()| write(&tell, &[1]));
    if let Err(errno) = told {
        // The pipe closes and the other side goes.
        drop(tell);
        let _ = waitpid(Some(one), WaitOptions::empty());
        return Err(failed(Stage::IdMap)(errno));
    }
    Ok(Side::Outside(one))
}

/// Writes this process's own maps. A process that may not be looked into owns nothing in `/proc`, its own map neither.
fn map_oneself(users: [(u32, u32); 2]) -> Result<(), Errno> {
    set_dumpable_behavior(DumpableBehavior::Dumpable)?;
    map(None, users)?;
    set_dumpable_behavior(DumpableBehavior::NotDumpable)
}

fn namespaces(confinement: &Confinement) -> u32 {
    let all = CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS;
    match confinement.network {
        Network::None if confinement.shares_network => all,
        Network::None | Network::Loopback => all | CLONE_NEWNET,
        Network::Host => all,
    }
}

fn make(namespaces: u32, group: Option<BorrowedFd<'_>>) -> Result<Option<Pid>, Errno> {
    let mut left = ATTEMPTS;
    loop {
        match sys::fork_into(namespaces, group) {
            // A limit of 0 is no shortage, and waiting does not help; it is told apart by whoever reads the error.
            Err(Errno::NOSPC | Errno::AGAIN | Errno::USERS) if left > 0 => {
                left -= 1;
                let _ = poll(&mut [], Some(&Timespec { tv_sec: 0, tv_nsec: 1_000_000 }));
            }
            made => return made,
        }
    }
}

/// Writes the maps of a process's user namespace: one user, one group (inside, outside), no others.
fn map(process: Option<Pid>, [user, group]: [(u32, u32); 2]) -> Result<(), Errno> {
    let directory = Path::new().text(b"/proc/");
    let directory = match process {
        None => directory.text(b"self"),
        Some(process) => directory.number(process.as_raw_nonzero().get().unsigned_abs()),
    };
    let line = |(inside, outside)| Path::new().number(inside).text(b" ").number(outside).text(b" 1");
    put(directory.text(b"/setgroups"), Path::new().text(b"deny"))?;
    put(directory.text(b"/uid_map"), line(user))?;
    put(directory.text(b"/gid_map"), line(group))
}

fn put(path: Path, text: Path) -> Result<(), Errno> {
    let path = path.as_c_str().ok_or(Errno::NAMETOOLONG)?;
    let file = openat(CWD, path, OFlags::WRONLY | OFlags::CLOEXEC, Mode::empty())?;
    write_all(rustix::fd::AsFd::as_fd(&file), text.as_c_str().ok_or(Errno::NAMETOOLONG)?.to_bytes())
}

/// Makes this process one that has a root of its own and no capability. Gives the layers that hold.
pub(crate) fn settle(request: &Request, block: &Block) -> Result<u64, Failure> {
    let failed = |stage| move |errno: Errno| Failure::new(stage, errno.raw_os_error());
    let confinement = &request.confinement;
    let mut held = layers::NAMESPACES | layers::PROCESS_ONE;
    // By now the run is in its control group, where it has one: inside, that is the root of all groups.
    sys::unshare(CLONE_NEWCGROUP).map_err(failed(Stage::Namespaces))?;
    umask(Mode::empty());
    let sources = Sources::of_run(block, request)?;
    if confinement.host_user != 0 {
        life::become_user(INSIDE_ID).map_err(failed(Stage::IdMap))?;
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
    root::build(block, request, sources)?;
    held |= root::mount_proc(request).map_err(failed(Stage::FreshProc))?;
    root::enter().map_err(failed(Stage::Pivot))?;
    held |= layers::ROOT;
    set_no_new_privs(true).map_err(failed(Stage::NoNewPrivs))?;
    capabilities::drop_all().map_err(failed(Stage::Capabilities))?;
    held |= layers::CAPABILITIES;
    Ok(held)
}

fn raise_loopback() -> Result<(), Errno> {
    let socket = socket_with(AddressFamily::INET, SocketType::DGRAM, SocketFlags::CLOEXEC, None)?;
    sys::raise_loopback(rustix::fd::AsFd::as_fd(&socket))
}
