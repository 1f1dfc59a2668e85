//! Which system calls the program and init have: filters that the kernel asks before every call.
//!
//! Owns the filters. It must never let a call pass because it is unknown: what the [table](calls) does not name does
//! not exist (`ENOSYS`, so that C libraries fall back to what does). Everything is compiled into this program; at
//! run time a filter is only handed over.
#![cfg_attr(not(test), forbid(unsafe_code))]

mod bpf;
mod calls;
mod checks;
mod compile;
#[cfg(test)]
mod tests;

use rustix::io::Errno;
use rustix::thread::set_no_new_privs;

pub(crate) use bpf::Instruction;

use crate::protocol::Network;
use crate::sys::lockdown;

/// Which filter a program gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Filter {
    /// The program has namespaces of its own, and this network in them.
    Namespaced { network: Network },
    /// As [`Namespaced`](Self::Namespaced), where no control group counts the run's memory: without the kinds of
    /// memory that a program can fill and no process has to hold, which neither limits nor a look at processes find.
    NamespacedUncounted { network: Network },
    /// The program has no namespaces: it also loses what they would have kept apart, and has no network.
    Alone,
    /// As [`Alone`](Self::Alone), where the program has a user id that nobody else has: it may change the mode, the
    /// times and the attributes of files, which are then its own only.
    AloneOwnUser,
}

/// Restricts the calls of this thread and of everything that comes of it, for good. The last step before the
/// execution: nothing of the confinement could be done after it. Needs `no_new_privs`.
pub(crate) fn install(filter: Filter) -> Result<(), Errno> {
    lockdown::set_filter(match filter {
        Filter::Namespaced { network: Network::None } => &native::NAMESPACED,
        Filter::Namespaced { network: Network::Loopback | Network::Host } => &native::NETWORKED,
        Filter::NamespacedUncounted { network: Network::None } => &native::UNCOUNTED,
        Filter::NamespacedUncounted { network: Network::Loopback | Network::Host } => {
            &native::UNCOUNTED_NETWORKED
        }
        Filter::Alone => &native::ALONE,
        Filter::AloneOwnUser => &native::ALONE_OWN_USER,
    })
}

/// Restricts init to what it does once the program runs: waiting, looking, killing, answering. Sets `no_new_privs`
/// for it.
pub(crate) fn lock_init() -> Result<(), Errno> {
    set_no_new_privs(true)?;
    lockdown::set_filter(&native::INIT)
}

/// The kernel's answers, `SECCOMP_RET_*`.
const GO: u32 = 0x7fff_0000;
const KILL: u32 = 0x8000_0000;
const EPERM: u32 = fail(1);
const ENOSYS: u32 = fail(38);
const EPROTONOSUPPORT: u32 = fail(93);
const EAFNOSUPPORT: u32 = fail(97);

/// `SECCOMP_RET_ERRNO`: the call is not made, and gives this error.
const fn fail(errno: u32) -> u32 {
    0x0005_0000 | errno
}

/// The machines whose system calls the table has.
#[derive(Clone, Copy)]
enum Machine {
    #[cfg_attr(all(not(test), target_arch = "aarch64"), allow(dead_code, reason = "the other machine"))]
    X86_64,
    #[cfg_attr(all(not(test), target_arch = "x86_64"), allow(dead_code, reason = "the other machine"))]
    Aarch64,
}

impl Machine {
    #[cfg(target_arch = "x86_64")]
    const NATIVE: Self = Self::X86_64;
    #[cfg(target_arch = "aarch64")]
    const NATIVE: Self = Self::Aarch64;

    /// `AUDIT_ARCH_*`: the ELF machine, 64 bits, little end first.
    const fn audit_name(self) -> u32 {
        match self {
            Self::X86_64 => 0xc000_003e,
            Self::Aarch64 => 0xc000_00b7,
        }
    }
}

/// What sets the program's filters apart.
#[derive(Clone, Copy)]
#[allow(clippy::struct_excessive_bools, reason = "four questions, each answered yes or no")]
struct Kind {
    /// The run has namespaces: what processes share is the run's own.
    apart: bool,
    /// The memory of the run is counted whoever holds it.
    counted: bool,
    /// There is a network that the program may use.
    network: bool,
    /// Files whose metadata can be changed are the run's own.
    metadata: bool,
}

impl Kind {
    const NAMESPACED: Self = Self { apart: true, counted: true, network: false, metadata: true };
    const NETWORKED: Self = Self { network: true, ..Self::NAMESPACED };
    const UNCOUNTED: Self = Self { counted: false, ..Self::NAMESPACED };
    const UNCOUNTED_NETWORKED: Self = Self { network: true, ..Self::UNCOUNTED };
    const ALONE: Self = Self { apart: false, counted: false, network: false, metadata: false };
    const ALONE_OWN_USER: Self = Self { metadata: true, ..Self::ALONE };
}

/// The filters for the machine that this program is built for.
mod native {
    use super::bpf::Instruction;
    use super::calls::{INIT as INIT_CALLS, PROGRAM};
    use super::compile::compile;
    use super::{Kind, Machine};

    macro_rules! filters {
        ($($name:ident $calls:ident $kind:ident;)+) => { $(
            pub(super) static $name: [Instruction; {
                compile($calls, Machine::NATIVE, Kind::$kind).length()
            }] = compile($calls, Machine::NATIVE, Kind::$kind).cut();
        )+ };
    }

    filters! {
        NAMESPACED PROGRAM NAMESPACED;
        NETWORKED PROGRAM NETWORKED;
        UNCOUNTED PROGRAM UNCOUNTED;
        UNCOUNTED_NETWORKED PROGRAM UNCOUNTED_NETWORKED;
        ALONE PROGRAM ALONE;
        ALONE_OWN_USER PROGRAM ALONE_OWN_USER;
        INIT INIT_CALLS NAMESPACED;
    }
}
