//! The system calls that `rustix` leaves to a C library, each behind a safe function.
//! Those that build a root are in [`mounts`].
//!
//! Owns nothing. It must never grow a decision: a call goes in, the kernel's answer comes out.
#![allow(unsafe_code, reason = "this file is the program's system calls")]

pub(crate) mod lockdown;
pub(crate) mod mounts;

use core::ffi::c_char;
use core::mem::MaybeUninit;

use rustix::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};
use rustix::io::Errno;
use rustix::process::Pid;
use syscalls::{Sysno, syscall};

const SIGCHLD: usize = 17;
const SIGKILL: usize = 9;
const SIG_SETMASK: usize = 2;
/// The size of the kernel's signal set: 64 signals.
const SIGNAL_SET_BYTES: usize = 8;
const SFD_CLOEXEC_NONBLOCK: usize = 0o2_004_000;
const CLOCK_MONOTONIC: usize = 1;
const TIOCNOTTY: usize = 0x5422;
const SIOCSIFFLAGS: usize = 0x8914;
const IFF_UP: u16 = 1;
const RUSAGE_CHILDREN: usize = usize::MAX;
const CLOSE_RANGE_CLOEXEC: usize = 4;
const CLONE_INTO_CGROUP: u64 = 1 << 33;

/// Ends the process at once.
pub fn exit(code: u8) -> ! {
    loop {
        // SAFETY: `exit_group` takes a number and does not return.
        let _ = unsafe { syscall!(Sysno::exit_group, usize::from(code)) };
    }
}

/// Makes a copy of this process; `None` in the copy.
///
/// A plain fork: this program has one thread and some twenty pages, so there is nothing that a copy could find
/// in a wrong state, and little to copy.
pub(crate) fn fork() -> Result<Option<Pid>, Errno> {
    // SAFETY: without CLONE_VM and with a null stack the copy has its own memory and stack; one thread, no locks.
    let pid = unsafe { syscall!(Sysno::clone, SIGCHLD, 0, 0, 0, 0) }.map_err(errno)?;
    Ok(i32::try_from(pid).ok().and_then(Pid::from_raw))
}

/// Makes a copy of this process in new namespaces, which are flags of `clone`, and in a control group of version 2 where
/// one is given; `None` in the copy.
///
/// With a new PID namespace, the copy is its process 1.
pub(crate) fn fork_into(namespaces: u32, group: Option<BorrowedFd<'_>>) -> Result<Option<Pid>, Errno> {
    /// The kernel's `struct clone_args`.
    #[repr(C)]
    #[derive(Default)]
    struct Arguments {
        flags: u64,
        /// Descriptors and thread numbers that nobody asks for.
        outputs: [u64; 3],
        exit_signal: u64,
        /// The stack, its size, thread-local storage, chosen numbers and how many: none.
        own: [u64; 5],
        cgroup: u64,
    }
    let pid = if let Some(group) = group {
        let arguments = Arguments {
            flags: CLONE_INTO_CGROUP | u64::from(namespaces),
            exit_signal: SIGCHLD as u64,
            cgroup: u64::try_from(group.as_raw_fd()).map_err(|_| Errno::BADF)?,
            ..Arguments::default()
        };
        // SAFETY: the kernel reads a `struct clone_args` of the size that is said; else as in `fork`.
        unsafe { syscall!(Sysno::clone3, &raw const arguments, size_of::<Arguments>()) }
    } else {
        let flags = SIGCHLD | namespaces as usize;
        // SAFETY: as in `fork`; a namespace changes what the copy sees, not its memory.
        unsafe { syscall!(Sysno::clone, flags, 0, 0, 0, 0) }
    };
    Ok(i32::try_from(pid.map_err(errno)?).ok().and_then(Pid::from_raw))
}

/// Leaves namespaces, which are flags of `clone`, for new ones.
pub(crate) fn unshare(namespaces: u32) -> Result<(), Errno> {
    // SAFETY: takes a number; namespaces change what this process sees, not its memory.
    unsafe { syscall!(Sysno::unshare, namespaces as usize) }.map_err(errno)?;
    Ok(())
}

/// Kills every process that this one may signal but itself. In process 1 of a PID namespace: the whole namespace.
///
/// # Errors
/// `SRCH` where there is none.
pub(crate) fn kill_all() -> Result<(), Errno> {
    // SAFETY: takes numbers only; -1 means "all but the caller".
    unsafe { syscall!(Sysno::kill, usize::MAX, SIGKILL) }.map_err(errno)?;
    Ok(())
}

/// Names the machine, in this process's UTS namespace.
pub(crate) fn set_host_name(name: &[u8]) -> Result<(), Errno> {
    // SAFETY: the kernel reads `len` bytes from a slice of that length.
    unsafe { syscall!(Sysno::sethostname, name.as_ptr(), name.len()) }.map_err(errno)?;
    Ok(())
}

/// Switches the loopback interface on, in the network namespace of the socket. Its address comes by itself.
pub(crate) fn raise_loopback(socket: BorrowedFd<'_>) -> Result<(), Errno> {
    /// The kernel's `struct ifreq`: a name and a union, 40 bytes on 64-bit machines.
    #[repr(C)]
    struct Interface {
        name: [u8; 16],
        flags: u16,
        rest: [u8; 22],
    }
    let mut interface = Interface { name: [0; 16], flags: IFF_UP, rest: [0; 22] };
    if let Some(name) = interface.name.first_chunk_mut() {
        *name = *b"lo";
    }
    let number = usize::try_from(socket.as_raw_fd()).map_err(|_| Errno::BADF)?;
    // SAFETY: the kernel reads a `struct ifreq` at the address of one that lives through the call.
    unsafe { syscall!(Sysno::ioctl, number, SIOCSIFFLAGS, &raw const interface) }.map_err(errno)?;
    Ok(())
}

/// Becomes another program; returns only the reason why not.
///
/// # Safety
/// `path` must be a NUL-terminated string, `argv` and `envp` arrays of such strings that end with a null pointer.
pub(crate) unsafe fn execve(
    path: *const c_char,
    argv: *const *const c_char,
    envp: *const *const c_char,
) -> Errno {
    // SAFETY: the caller's promise is the kernel's contract.
    match unsafe { syscall!(Sysno::execve, path, argv, envp) } {
        Ok(_) => Errno::INVAL,
        Err(error) => errno(error),
    }
}

/// Closes every descriptor from `first` on.
pub(crate) fn close_from(first: RawFd) -> Result<(), Errno> {
    close_range(first, 0)
}

/// Has every descriptor from `first` on closed at the next execution.
pub(crate) fn close_from_at_exec(first: RawFd) -> Result<(), Errno> {
    close_range(first, CLOSE_RANGE_CLOEXEC)
}

fn close_range(first: RawFd, flags: usize) -> Result<(), Errno> {
    let first = usize::try_from(first).map_err(|_| Errno::BADF)?;
    // SAFETY: takes numbers only. The callers own no descriptor in the range that they use afterwards.
    unsafe { syscall!(Sysno::close_range, first, u32::MAX as usize, flags) }.map_err(errno)?;
    Ok(())
}

/// Takes over the descriptor with this number, which the host gave to the process at its start.
pub(crate) fn inherited(number: RawFd) -> OwnedFd {
    // SAFETY: called once for each of 0, 1 and 2, before anything else is opened.
    unsafe { OwnedFd::from_raw_fd(number) }
}

/// Gives this process's controlling terminal up, for itself and what it starts; the session keeps it.
pub(crate) fn give_up_terminal(terminal: BorrowedFd<'_>) -> Result<(), Errno> {
    let number = usize::try_from(terminal.as_raw_fd()).map_err(|_| Errno::BADF)?;
    // SAFETY: this request takes no argument.
    unsafe { syscall!(Sysno::ioctl, number, TIOCNOTTY) }.map_err(errno)?;
    Ok(())
}

/// Blocks every signal (1 bits), or none.
pub(crate) fn set_signal_mask(mask: u64) -> Result<(), Errno> {
    // SAFETY: the kernel reads eight bytes at the address of a `u64` that lives through the call; no old mask is asked for.
    unsafe { syscall!(Sysno::rt_sigprocmask, SIG_SETMASK, &raw const mask, 0, SIGNAL_SET_BYTES) }
        .map_err(errno)?;
    Ok(())
}

/// Gives every signal its default effect: an ignored signal would stay ignored in the program.
pub(crate) fn set_default_signals() -> Result<(), Errno> {
    /// Larger than the kernel's `struct sigaction` on every machine; all zero is the default action.
    static ACTION: [u64; 8] = [0; 8];
    for signal in 1..=64_usize {
        // SAFETY: the kernel reads a `struct sigaction` from a static that is large enough, and writes nothing.
        let done = unsafe {
            syscall!(Sysno::rt_sigaction, signal, (&raw const ACTION).cast::<u8>(), 0, SIGNAL_SET_BYTES)
        };
        match done.map_err(errno) {
            // The two that cannot be changed: KILL and STOP.
            Ok(_) | Err(Errno::INVAL) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// A descriptor that is readable when a child has ended. The signal must be blocked.
pub(crate) fn child_signals() -> Result<OwnedFd, Errno> {
    let mask: u64 = 1 << (SIGCHLD - 1);
    let new = usize::MAX;
    // SAFETY: the kernel reads eight bytes at the address of a `u64` that lives through the call.
    let number =
        unsafe { syscall!(Sysno::signalfd4, new, &raw const mask, SIGNAL_SET_BYTES, SFD_CLOEXEC_NONBLOCK) }
            .map_err(errno)?;
    let number = RawFd::try_from(number).map_err(|_| Errno::BADF)?;
    // SAFETY: the kernel has just made this descriptor for us.
    Ok(unsafe { OwnedFd::from_raw_fd(number) })
}

/// Nanoseconds of the clock that never goes back.
pub(crate) fn now_ns() -> u64 {
    let mut time = [0_u64; 2];
    // SAFETY: the kernel writes a `struct timespec`, two words on 64-bit machines.
    let _ = unsafe { syscall!(Sysno::clock_gettime, CLOCK_MONOTONIC, &raw mut time) };
    let [seconds, nanoseconds] = time;
    seconds.saturating_mul(1_000_000_000).saturating_add(nanoseconds)
}

/// What the children that were waited for used, their own children included.
pub(crate) struct ChildrenUsage {
    /// Processor time in microseconds.
    pub(crate) cpu_us: u64,
    /// The largest resident size of one process, in bytes.
    pub(crate) peak_memory_bytes: u64,
}

pub(crate) fn children_usage() -> ChildrenUsage {
    let mut usage = MaybeUninit::<[u64; 18]>::zeroed();
    // SAFETY: the kernel writes a `struct rusage`: two times of two words, then fourteen words, on 64-bit machines.
    let _ = unsafe { syscall!(Sysno::getrusage, RUSAGE_CHILDREN, usage.as_mut_ptr()) };
    // SAFETY: zeroed memory is a valid array of integers, and the kernel wrote integers.
    let usage = unsafe { usage.assume_init() };
    let [user, user_rest, system, system_rest, peak_kib, ..] = usage;
    ChildrenUsage {
        // Whole seconds, and the microseconds beside them.
        cpu_us: user
            .wrapping_add(system)
            .saturating_mul(1_000_000)
            .saturating_add(user_rest.wrapping_add(system_rest)),
        peak_memory_bytes: peak_kib.saturating_mul(1024),
    }
}

fn errno(error: syscalls::Errno) -> Errno {
    Errno::from_raw_os_error(error.into_raw())
}
