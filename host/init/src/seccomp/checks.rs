//! The calls whose arguments decide.
//!
//! Only registers are looked at: what an argument points to can change between the look and the call. Numbers that
//! the kernel takes as `int` are compared on their low 32 bits.
#![forbid(unsafe_code)]

use super::bpf::{Assembler, IF_ANY_BIT, IF_EQUAL, Label, high, low};
use super::{EAFNOSUPPORT, ENOSYS, EPERM, EPROTONOSUPPORT, GO, Kind};

/// Which arguments are looked at, and for what.
#[derive(Clone, Copy)]
pub(super) enum Check {
    /// `clone`: no new namespaces.
    Clone,
    /// `socket`: families, and for the network's ones types and protocols.
    Socket,
    /// `socketpair`: local ones only.
    Socketpair,
    /// `ioctl`: not those that type into a terminal, take one over or change what it is.
    Ioctl,
    /// `fcntl`: no leases (they make writers of a file wait) and no watches.
    Fcntl,
    /// `prctl`: no filters, which would bring listeners and programs for the kernel's compiler with them.
    Prctl,
    /// `personality`: the ordinary one.
    Personality,
    /// The first argument is a process: the caller.
    OwnProcess,
    /// `setpriority`, `ioprio_set`: the caller or its group, not all of a user's processes.
    Priority {
        /// The first argument that means "all processes of a user".
        of_user: u32,
    },
    /// `mknod`, `mknodat`, with the argument that is the mode: no devices.
    Node(u32),
    /// `utimensat`: where metadata is out of bounds, only the present time, of a file that is open already.
    Times,
    /// Init's `openat`: only for reading.
    OpenToRead,
}

/// `CLONE_NEW*`, all that fit `clone`: mounts, cgroup, host name, IPC, users, processes, network. Its low eight bits
/// are a signal, so that `CLONE_NEWTIME` cannot be said.
const NEW_NAMESPACES: u32 = 0x7e02_0000;

const AF_UNIX: u32 = 1;
const AF_INET: u32 = 2;
const AF_INET6: u32 = 10;
const AF_NETLINK: u32 = 16;
/// The part of a socket's type that is not a flag.
const TYPE: u32 = 0xf;
const STREAM: u32 = 1;
const DATAGRAM: u32 = 2;
const RAW: u32 = 3;
const SEQUENTIAL: u32 = 5;
const PROTOCOL_DEFAULT: u32 = 0;
const PROTOCOL_TCP: u32 = 6;
const PROTOCOL_UDP: u32 = 17;
const NETLINK_ROUTE: u32 = 0;

/// `TIOCSCTTY`, `TIOCSTI`, `TIOCLINUX`, `TIOCSETD`.
const TERMINAL_REQUESTS: [u32; 4] = [0x540e, 0x5412, 0x541c, 0x5423];
/// `FS_IOC_SETFLAGS`, `FS_IOC_FSSETXATTR`: metadata by another way.
const FILE_REQUESTS: [u32; 2] = [0x4008_6602, 0x401c_5820];
/// `F_SETLEASE`, `F_NOTIFY`, `F_SETDELEG`.
const FILE_COMMANDS: [u32; 3] = [1024, 1026, 1040];
/// `PR_SET_SECCOMP`; `PR_SCHED_CORE`, which keeps others off a processor's second thread.
const PROCESS_COMMANDS: [u32; 2] = [22, 62];
/// Set in the modes of both kinds of devices, and of no other file that these calls make.
const DEVICE: u32 = 0o020_000;
/// Write, read and write, create, truncate, and the bit that only `O_TMPFILE` has.
const OPEN_TO_WRITE: u32 = 0o1 | 0o2 | 0o100 | 0o1000 | 0o20_000_000;

/// Writes a check into the program, at the label where the call's number leads.
pub(super) const fn emit(assembler: &mut Assembler, check: Check, kind: Kind, at: Label) {
    let go = assembler.answer(GO);
    let refuse = assembler.answer(EPERM);
    assembler.place(at);
    match check {
        Check::Clone => refuse_bits(assembler, 0, NEW_NAMESPACES),
        Check::Node(mode) => refuse_bits(assembler, mode, DEVICE),
        Check::OpenToRead => refuse_bits(assembler, 2, OPEN_TO_WRITE),
        Check::Socket => socket(assembler, kind),
        Check::Socketpair => socketpair(assembler, kind),
        Check::Ioctl => {
            assembler.load(low(1));
            if !kind.metadata {
                refuse_each(assembler, &FILE_REQUESTS);
            }
            refuse_each_and_let_the_rest(assembler, &TERMINAL_REQUESTS);
        }
        Check::Fcntl => {
            assembler.load(low(1));
            refuse_each_and_let_the_rest(assembler, &FILE_COMMANDS);
        }
        Check::Prctl => {
            assembler.load(low(0));
            refuse_each_and_let_the_rest(assembler, &PROCESS_COMMANDS);
        }
        Check::Personality | Check::OwnProcess => {
            assembler.load(low(0));
            assembler.branch(IF_EQUAL, 0, go, refuse);
        }
        Check::Priority { of_user } => {
            assembler.load(low(0));
            assembler.branch(IF_EQUAL, of_user, refuse, Label::NEXT);
            assembler.load(low(1));
            assembler.branch(IF_EQUAL, 0, go, refuse);
        }
        Check::Times => {
            // Neither a path nor times, which are pointers: all 64 bits count.
            assembler.load(low(1));
            assembler.branch(IF_EQUAL, 0, Label::NEXT, refuse);
            assembler.load(high(1));
            assembler.branch(IF_EQUAL, 0, Label::NEXT, refuse);
            assembler.load(low(2));
            assembler.branch(IF_EQUAL, 0, Label::NEXT, refuse);
            assembler.load(high(2));
            assembler.branch(IF_EQUAL, 0, go, refuse);
        }
    }
}

const fn refuse_bits(assembler: &mut Assembler, argument: u32, bits: u32) {
    let go = assembler.answer(GO);
    let refuse = assembler.answer(EPERM);
    assembler.load(low(argument));
    assembler.branch(IF_ANY_BIT, bits, refuse, go);
}

#[allow(clippy::indexing_slicing, reason = "runs at compile time, where a wrong index fails the build")]
const fn refuse_each(assembler: &mut Assembler, values: &[u32]) {
    let refuse = assembler.answer(EPERM);
    let mut at = 0;
    while at < values.len() {
        assembler.branch(IF_EQUAL, values[at], refuse, Label::NEXT);
        at += 1;
    }
}

const fn refuse_each_and_let_the_rest(assembler: &mut Assembler, values: &[u32]) {
    let Some((last, others)) = values.split_last() else { return };
    refuse_each(assembler, others);
    let go = assembler.answer(GO);
    let refuse = assembler.answer(EPERM);
    assembler.branch(IF_EQUAL, *last, refuse, go);
}

/// The families are checked for what there is (local ones, in namespaces: nothing of the host is in sight) or was
/// granted. Of the others several have no use in a program and a history: `AF_ALG`, `AF_VSOCK`, `AF_PACKET`.
const fn socket(assembler: &mut Assembler, kind: Kind) {
    let go = assembler.answer(GO);
    let refuse = assembler.answer(EPERM);
    let no_family = assembler.answer(EAFNOSUPPORT);
    let no_protocol = assembler.answer(EPROTONOSUPPORT);
    assembler.load(low(0));
    if !kind.network {
        assembler.branch(IF_EQUAL, AF_UNIX, go, no_family);
        return;
    }
    let internet = assembler.label();
    let protocol = assembler.label();
    let netlink = assembler.label();
    assembler.branch(IF_EQUAL, AF_UNIX, go, Label::NEXT);
    assembler.branch(IF_EQUAL, AF_INET, internet, Label::NEXT);
    assembler.branch(IF_EQUAL, AF_INET6, internet, Label::NEXT);
    assembler.branch(IF_EQUAL, AF_NETLINK, netlink, no_family);

    assembler.place(internet);
    assembler.load(low(1));
    assembler.and(TYPE);
    assembler.branch(IF_EQUAL, STREAM, protocol, Label::NEXT);
    assembler.branch(IF_EQUAL, DATAGRAM, protocol, refuse);

    // Others (SCTP, MPTCP, ICMP) have the kernel load modules at a program's word.
    assembler.place(protocol);
    assembler.load(low(2));
    assembler.branch(IF_EQUAL, PROTOCOL_DEFAULT, go, Label::NEXT);
    assembler.branch(IF_EQUAL, PROTOCOL_TCP, go, Label::NEXT);
    assembler.branch(IF_EQUAL, PROTOCOL_UDP, go, no_protocol);

    // What C libraries ask which addresses there are.
    let route = assembler.label();
    assembler.place(netlink);
    assembler.load(low(1));
    assembler.and(TYPE);
    assembler.branch(IF_EQUAL, RAW, route, Label::NEXT);
    assembler.branch(IF_EQUAL, DATAGRAM, route, refuse);
    assembler.place(route);
    assembler.load(low(2));
    assembler.branch(IF_EQUAL, NETLINK_ROUTE, go, no_protocol);
}

/// An end of a pair of datagram sockets can be connected anew, to any socket of the host that has a path. Ends of
/// the two other types cannot.
const fn socketpair(assembler: &mut Assembler, kind: Kind) {
    let go = assembler.answer(GO);
    let refuse = assembler.answer(EPERM);
    let no_family = assembler.answer(EAFNOSUPPORT);
    assembler.load(low(0));
    if kind.apart {
        assembler.branch(IF_EQUAL, AF_UNIX, go, no_family);
        return;
    }
    assembler.branch(IF_EQUAL, AF_UNIX, Label::NEXT, no_family);
    assembler.load(low(1));
    assembler.and(TYPE);
    assembler.branch(IF_EQUAL, STREAM, go, Label::NEXT);
    assembler.branch(IF_EQUAL, SEQUENTIAL, go, refuse);
}

/// Whether a check is none in this kind of filter, and what the answer is then.
pub(super) const fn without(check: Check, kind: Kind) -> Option<u32> {
    match check {
        Check::Times if kind.metadata => Some(GO),
        // Nothing hides the sockets of the host that have paths, and Landlock only does from its ninth version.
        Check::Socket if !kind.apart => Some(EAFNOSUPPORT),
        Check::Times
        | Check::Socket
        | Check::Clone
        | Check::Socketpair
        | Check::Ioctl
        | Check::Fcntl
        | Check::Prctl
        | Check::Personality
        | Check::OwnProcess
        | Check::Priority { .. }
        | Check::Node(_)
        | Check::OpenToRead => None,
    }
}

/// The answer of a call that does not exist.
pub(super) const ABSENT: u32 = ENOSYS;
