//! The filters as the kernel runs them. Each refusal has its positive control: the same call without a filter.
#![allow(unsafe_code, reason = "makes the calls that no wrapper has")]

use std::os::unix::process::ExitStatusExt as _;

use syscalls::{Sysno, syscall};

use super::FILTERS;
use crate::apart;
use crate::protocol::Network;
use crate::seccomp::{Filter, install, lock_init};
use crate::tree::Tree;

/// The filter that a word means; `None`: none.
pub(super) fn by_name(name: &str) -> Option<Filter> {
    match name {
        "none" => None,
        "namespaced" => Some(Filter::Namespaced { network: Network::None }),
        "loopback" => Some(Filter::Namespaced { network: Network::Loopback }),
        "networked" => Some(Filter::Namespaced { network: Network::Host }),
        "uncounted" => Some(Filter::NamespacedUncounted { network: Network::None }),
        "uncounted-networked" => Some(Filter::NamespacedUncounted { network: Network::Host }),
        "alone" => Some(Filter::Alone),
        "alone-own-user" => Some(Filter::AloneOwnUser),
        other => panic!("there is no filter `{other}`"),
    }
}

/// Installs the filter that the word means.
pub(super) fn install_by_name(name: &str) {
    if let Some(filter) = by_name(name) {
        rustix::thread::set_no_new_privs(true).unwrap();
        install(filter).unwrap();
    }
}

/// A call with numbers only, or pointers to what lives through it. The error's number, or 0.
fn call(number: Sysno, arguments: [usize; 5]) -> i32 {
    let [first, second, third, fourth, fifth] = arguments;
    // SAFETY: every probe below passes numbers, null, or the address of a static that is large enough.
    match unsafe { syscall!(number, first, second, third, fourth, fifth) } {
        Ok(_) => 0,
        Err(error) => error.into_raw(),
    }
}

const EPERM: i32 = 1;
const ENOSYS: i32 = 38;
const EPROTONOSUPPORT: i32 = 93;
const EAFNOSUPPORT: i32 = 97;

/// A name, the call, and its error with each of the filters (0: it works).
type Probe = (&'static str, fn() -> i32, [i32; 6]);
const ALL: fn(i32) -> [i32; 6] = |error| [error; 6];

static ZERO: [u64; 128] = [0; 128];
static ONE: [u64; 16] = [1; 16];

fn zero() -> usize {
    (&raw const ZERO).addr()
}

fn own() -> usize {
    std::process::id() as usize
}

fn pipe() -> (usize, usize) {
    use std::os::fd::IntoRawFd as _;
    let (read, write) = std::io::pipe().unwrap();
    let number = |fd: std::os::fd::OwnedFd| usize::try_from(fd.into_raw_fd()).unwrap();
    (number(read.into()), number(write.into()))
}

/// A file of our own, opened for reading.
fn file() -> usize {
    use std::os::fd::IntoRawFd as _;
    let path = std::env::temp_dir().join(format!("code-execute-init-{}", own()));
    std::fs::write(&path, "").unwrap();
    let file = std::fs::File::open(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    usize::try_from(file.into_raw_fd()).unwrap()
}

const HIGH: usize = 0xdead_beef << 32;
const IPC_PRIVATE: usize = 0;

/// Every class of refusal. Without a filter each of these gives another error, or none, to any user.
#[rustfmt::skip]
fn probes() -> Vec<Probe> {
    vec![
        ("ptrace", || call(Sysno::ptrace, [1, 0, 0, 0, 0]), ALL(EPERM)),
        ("process_vm_readv", || call(Sysno::process_vm_readv, [own(), 0, 0, 0, 0]), ALL(EPERM)),
        ("pidfd_getfd", || call(Sysno::pidfd_getfd, [usize::MAX, 0, 0, 0, 0]), ALL(EPERM)),
        ("kcmp", || call(Sysno::kcmp, [own(), own(), 1, 0, 0]), ALL(EPERM)),
        ("mount", || call(Sysno::mount, [0; 5]), ALL(EPERM)),
        ("open_tree", || call(Sysno::open_tree, [usize::MAX, zero(), 0x1000, 0, 0]), ALL(EPERM)),
        ("unshare", || call(Sysno::unshare, [0; 5]), ALL(EPERM)),
        ("setns", || call(Sysno::setns, [usize::MAX, 0, 0, 0, 0]), ALL(EPERM)),
        ("name_to_handle_at", || call(Sysno::name_to_handle_at, [usize::MAX, 0, 0, 0, 0]), ALL(EPERM)),
        ("io_uring_setup", || call(Sysno::io_uring_setup, [0; 5]), ALL(EPERM)),
        ("keyctl", || call(Sysno::keyctl, [0, usize::MAX - 1, 0, 0, 0]), ALL(EPERM)),
        ("add_key", || call(Sysno::add_key, [0; 5]), ALL(EPERM)),
        ("userfaultfd", || call(Sysno::userfaultfd, [1, 0, 0, 0, 0]), ALL(EPERM)),
        ("vmsplice", || call(Sysno::vmsplice, [pipe().1, zero(), 0, 0, 0]), ALL(EPERM)),
        ("fanotify_init", || call(Sysno::fanotify_init, [0x200, 0, 0, 0, 0]), ALL(EPERM)),
        ("perf_event_open", || call(Sysno::perf_event_open, [0; 5]), ALL(EPERM)),
        ("seccomp", || call(Sysno::seccomp, [99, 0, 0, 0, 0]), ALL(EPERM)),
        ("seccomp by prctl", || call(Sysno::prctl, [22, 99, 0, 0, 0]), ALL(EPERM)),
        ("personality", || call(Sysno::personality, [0xffff_ffff, 0, 0, 0, 0]), ALL(EPERM)),
        ("sync", || call(Sysno::sync, [0; 5]), ALL(EPERM)),
        ("clone3", || call(Sysno::clone3, [0; 5]), ALL(ENOSYS)),
        ("landlock", || call(Sysno::landlock_create_ruleset, [0, 0, 1, 0, 0]), ALL(ENOSYS)),
        ("io_setup", || call(Sysno::io_setup, [0; 5]), ALL(ENOSYS)),
        // A bad combination of flags, so that nothing is made where there is no filter.
        ("clone of a namespace", || call(Sysno::clone, [0x1000_0200, 0, 0, 0, 0]), ALL(EPERM)),
        ("clone with high bits", || call(Sysno::clone, [HIGH | 0x4000_0800, 0, 0, 0, 0]), ALL(EPERM)),
        ("clone without one", || call(Sysno::clone, [0x0001_0000, 0, 0, 0, 0]) - 22, ALL(0)),
        ("prlimit of another", || call(Sysno::prlimit64, [own(), 7, 0, 0, 0]), ALL(EPERM)),
        ("prlimit of one's own", || call(Sysno::prlimit64, [0, 7, 0, 0, 0]), ALL(0)),
        ("setpriority of another", || call(Sysno::setpriority, [0, own(), 0, 0, 0]), ALL(EPERM)),
        ("setpriority of one's own", || call(Sysno::setpriority, [0, 0, 0, 0, 0]), ALL(0)),
        ("setpriority of the user", || call(Sysno::setpriority, [2, 0, usize::MAX, 0, 0]), ALL(EPERM)),
        ("ioprio_set of another", || call(Sysno::ioprio_set, [1, own(), 0, 0, 0]), ALL(EPERM)),
        ("affinity of another", || call(Sysno::sched_setaffinity, [own(), 128, (&raw const ONE).addr(), 0, 0]),
            ALL(EPERM)),
        ("affinity of one's own", || call(Sysno::sched_setaffinity, [0, 128, (&raw const ONE).addr(), 0, 0]), ALL(0)),
        ("typing into a terminal", || call(Sysno::ioctl, [pipe().0, 0x5412, zero(), 0, 0]), ALL(EPERM)),
        ("the same with high bits", || call(Sysno::ioctl, [pipe().0, HIGH | 0x5412, zero(), 0, 0]), ALL(EPERM)),
        ("taking a terminal", || call(Sysno::ioctl, [pipe().0, 0x540e, 0, 0, 0]), ALL(EPERM)),
        ("lease", || call(Sysno::fcntl, [file(), 1024, 0, 0, 0]), ALL(EPERM)),
        ("descriptor flags", || call(Sysno::fcntl, [pipe().0, 1, 0, 0, 0]), ALL(0)),
        ("local socket", || call(Sysno::socket, [1, 1, 0, 0, 0]), [0, 0, 0, 0, EAFNOSUPPORT, EAFNOSUPPORT]),
        ("IPv4", || call(Sysno::socket, [2, 1, 0, 0, 0]), [EAFNOSUPPORT, 0, EAFNOSUPPORT, 0, EAFNOSUPPORT, EAFNOSUPPORT]),
        ("IPv4 with high bits", || call(Sysno::socket, [HIGH | 2, 2, 0, 0, 0]),
            [EAFNOSUPPORT, 0, EAFNOSUPPORT, 0, EAFNOSUPPORT, EAFNOSUPPORT]),
        ("netlink", || call(Sysno::socket, [16, 3, 0, 0, 0]), [EAFNOSUPPORT, 0, EAFNOSUPPORT, 0, EAFNOSUPPORT, EAFNOSUPPORT]),
        ("netlink, generic", || call(Sysno::socket, [16, 3, 16, 0, 0]),
            [EAFNOSUPPORT, EPROTONOSUPPORT, EAFNOSUPPORT, EPROTONOSUPPORT, EAFNOSUPPORT, EAFNOSUPPORT]),
        ("datagram pair", || call(Sysno::socketpair, [1, 2, 0, zero_to_write(), 0]), [0, 0, 0, 0, EPERM, EPERM]),
        ("stream pair", || call(Sysno::socketpair, [1, 1, 0, zero_to_write(), 0]), ALL(0)),
        ("memory file", || call(Sysno::memfd_create, [zero(), 0, 0, 0, 0]), [0, 0, ENOSYS, ENOSYS, ENOSYS, ENOSYS]),
        ("shared memory", || remove_shared(), [0, 0, ENOSYS, ENOSYS, ENOSYS, ENOSYS]),
        ("watches", || call(Sysno::inotify_init1, [0; 5]), [0, 0, 0, 0, ENOSYS, ENOSYS]),
        ("mode", || call(Sysno::fchmod, [file(), 0o600, 0, 0, 0]), [0, 0, 0, 0, EPERM, 0]),
        ("times", || call(Sysno::utimensat, [file(), 0, zero(), 0, 0]), [0, 0, 0, 0, EPERM, 0]),
        ("the present time", || call(Sysno::utimensat, [file(), 0, 0, 0, 0]), ALL(0)),
        ("named pipe", || call(Sysno::mknodat, [usize::MAX, zero(), 0o010_600, 0, 0]) - 2, ALL(0)),
    ]
}

fn zero_to_write() -> usize {
    Box::leak(Box::new([0_i32; 2])).as_mut_ptr().addr()
}

/// Makes a piece of shared memory and removes it.
fn remove_shared() -> i32 {
    // SAFETY: numbers only.
    match unsafe { syscall!(Sysno::shmget, IPC_PRIVATE, 4096, 0o600) } {
        Ok(number) => call(Sysno::shmctl, [number, 0, 0, 0, 0]),
        Err(error) => error.into_raw(),
    }
}

#[test]
fn refused_calls_fail_as_they_should_and_work_without_a_filter() {
    let this = "seccomp::tests::live::refused_calls_fail_as_they_should_and_work_without_a_filter";
    if let Some(word) = apart::word() {
        install_by_name(&word);
        for (name, call, _) in probes() {
            println!("probe {name}={}", call());
        }
        println!("probe end=0");
        apart::end(true);
    }
    let ask = |filter: &str| -> Vec<i32> {
        let output = apart::again(this, filter);
        let lines = apart::lines(&output, "probe ");
        assert_eq!(lines.last(), Some(&"end=0"), "{filter}: {output:?}");
        lines.iter().map(|line| line.rsplit_once('=').unwrap().1.parse().unwrap()).collect()
    };
    let control = ask("none");
    for (position, filter) in FILTERS.into_iter().enumerate() {
        for ((met, control), (name, _, expected)) in ask(filter).into_iter().zip(&control).zip(probes()) {
            assert_eq!(met, expected[position], "{filter}: {name}");
            assert!(
                expected[position] == 0 || *control != met,
                "{filter}: {name} is {met} without a filter too"
            );
            assert!(
                expected[position] != 0 || *control == 0,
                "{name} does not work without a filter: {control}"
            );
        }
    }
}

/// A 32-bit call, which every 64-bit program can make: `getpid` has another number there.
#[cfg(target_arch = "x86_64")]
#[test]
fn calls_of_32_bit_programs_end_the_process() {
    const SIGSYS: i32 = 31;
    const SIGSEGV: i32 = 11;
    let this = "seccomp::tests::live::calls_of_32_bit_programs_end_the_process";
    if let Some(word) = apart::word() {
        install_by_name(&word);
        let mut pid: u64 = 20;
        // SAFETY: `getpid` takes nothing and changes nothing; the kernel clears r8 to r11.
        unsafe {
            core::arch::asm!("int 0x80", inout("rax") pid, out("r8") _, out("r9") _, out("r10") _, out("r11") _);
        }
        apart::end(pid == u64::from(std::process::id()));
    }
    let control = apart::again(this, "none").status;
    // A kernel without 32-bit calls ends the process too.
    assert!(control.success() || control.signal() == Some(SIGSEGV), "{control:?}");
    for filter in FILTERS {
        let signal = apart::again(this, filter).status.signal();
        assert_eq!(signal, Some(if control.success() { SIGSYS } else { SIGSEGV }), "{filter}");
    }
}

#[test]
#[allow(clippy::disallowed_methods, reason = "a process to look for and to kill")]
fn locked_init_finds_and_ends_its_processes_and_does_nothing_else() {
    let this = "seccomp::tests::live::locked_init_finds_and_ends_its_processes_and_does_nothing_else";
    if apart::word().is_some() {
        let tree = Tree::open().unwrap();
        rustix::process::set_child_subreaper(Some(rustix::process::getpid())).unwrap();
        // An orphan, which is the child of the process's first thread, where the walk begins.
        let mut shell = std::process::Command::new("/bin/sh");
        assert!(shell.args(["-c", "sleep 60 >/dev/null 2>&1 &"]).status().unwrap().success());
        assert_eq!(call(Sysno::socket, [1, 1, 0, 0, 0]), 0);
        lock_init().unwrap();
        // From here on nothing may be allocated: init has no calls for that.
        let refused = [
            call(Sysno::socket, [1, 1, 0, 0, 0]),
            call(Sysno::clone, [17, 0, 0, 0, 0]),
            call(Sysno::execve, [0; 5]),
            call(Sysno::mmap, [0; 5]),
            call(Sysno::ioctl, [0; 5]),
        ];
        let to_write = call(Sysno::openat, [usize::MAX, zero(), 1, 0, 0]);
        let met = tree.kill();
        let seen = tree.holds_more_than(u64::MAX, 4096);
        let waited = rustix::process::wait(rustix::process::WaitOptions::empty());
        let killed = waited.is_ok_and(|status| status.is_some_and(|(_, status)| status.signaled()));
        let well = refused == [ENOSYS; 5] && to_write == EPERM && met == 1 && !seen && killed;
        crate::sys::exit(u8::from(!well));
    }
    let output = apart::again(this, "init");
    assert!(output.status.success(), "{output:?}");
}

#[test]
fn filter_needs_no_new_privs() {
    let this = "seccomp::tests::live::filter_needs_no_new_privs";
    if apart::word().is_some() {
        // The kernel demands it of all but those who may rule the machine.
        let user = rustix::process::geteuid();
        let errno = install(Filter::Alone).err();
        apart::end(errno.is_none() == user.is_root());
    }
    let output = apart::again(this, "without");
    assert!(output.status.success(), "{output:?}");
}
