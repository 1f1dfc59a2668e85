//! The rules as the kernel holds them. Each denial has its positive control: the same without rules, or within them.
#![allow(unsafe_code, reason = "truncates by path and asks devices, for which there is no wrapper")]

use std::ffi::CString;
use std::io::{Error, Read as _};
use std::net::{TcpListener, TcpStream};
use std::os::fd::AsRawFd as _;
use std::os::linux::net::SocketAddrExt as _;
use std::os::unix::net::{SocketAddr, UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::process::Command;

use rustix::io::Errno;
use rustix::process::{Pid, Signal, kill_process, test_kill_process};
use syscalls::{Sysno, syscall};

use super::{NEWEST, Rules, bytes, enforce, handled, quiet};
use crate::apart;
use crate::protocol::Network;

const EACCES: i32 = 13;
const EPERM: i32 = 1;
const EXDEV: i32 = 18;
const ENOTTY: i32 = 25;

/// A directory with `read`, `write` and `none`, each with a file and a directory, gone at its end.
struct Place(PathBuf);

impl Place {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("code-execute-landlock-{name}-{}", std::process::id()));
        for part in ["read", "write", "none"] {
            std::fs::create_dir_all(path.join(part).join("directory")).unwrap();
            std::fs::write(path.join(part).join("file"), part).unwrap();
            std::fs::copy("/bin/true", path.join(part).join("program")).unwrap();
        }
        Self(path)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn rules_for(place: &Path, network: Network) -> Result<u32, Errno> {
    rustix::thread::set_no_new_privs(true).unwrap();
    let path = |name: &str| CString::new(place.join(name).to_str().unwrap()).unwrap();
    let (read, write) = (path("read"), path("write"));
    enforce(&Rules { readable: &[c"/usr", c"/dev/null", &read], writable: &[&write], network }, 6)
}

fn errno<T>(result: Result<T, Error>) -> i32 {
    result.err().map_or(0, |error| error.raw_os_error().unwrap())
}

fn raw<T>(result: Result<T, Errno>) -> i32 {
    result.err().map_or(0, Errno::raw_os_error)
}

/// What is tried, how it ends without rules and with them.
type Probe = (&'static str, fn(&Path) -> i32, i32, i32);

#[rustfmt::skip]
const FILES: &[Probe] = &[
    ("read", |p| errno(std::fs::read(p.join("read/file"))), 0, 0),
    ("list", |p| errno(std::fs::read_dir(p.join("read"))), 0, 0),
    ("write to what is readable", |p| errno(std::fs::write(p.join("read/file"), "x")), 0, EACCES),
    ("truncate what is readable", |p| errno(truncate(&p.join("read/file"))), 0, EACCES),
    ("make below what is readable", |p| errno(std::fs::write(p.join("read/new"), "x")), 0, EACCES),
    ("remove below what is readable", |p| errno(std::fs::remove_dir(p.join("read/directory"))), 0, EACCES),
    ("read what is writable", |p| errno(std::fs::read(p.join("write/file"))), 0, 0),
    ("write", |p| errno(std::fs::write(p.join("write/file"), "x")), 0, 0),
    ("truncate", |p| errno(truncate(&p.join("write/file"))), 0, 0),
    ("make", |p| errno(std::fs::write(p.join("write/new"), "x")), 0, 0),
    ("make a directory", |p| errno(std::fs::create_dir(p.join("write/d"))), 0, 0),
    ("make a link", |p| errno(std::os::unix::fs::symlink("x", p.join("write/l"))), 0, 0),
    ("make a pipe", |p| fifo(&p.join("write/p")), 0, 0),
    ("make a socket", |p| errno(UnixListener::bind(p.join("write/s"))), 0, 0),
    ("move within", |p| errno(std::fs::rename(p.join("write/new"), p.join("write/directory/new"))), 0, 0),
    ("remove", |p| errno(std::fs::remove_file(p.join("write/directory/new"))), 0, 0),
    ("run a file of one's own", |p| run(&p.join("write/program")), 0, 0),
    ("move out of what is readable", |p| errno(std::fs::rename(p.join("read/file"), p.join("write/moved"))), 0, EACCES),
    ("hard link into what is writable", |p| errno(std::fs::hard_link(p.join("none/file"), p.join("write/hard"))), 0, EXDEV),
    ("read what is neither", |p| errno(std::fs::read(p.join("none/file"))), 0, EACCES),
    ("list what is neither", |p| errno(std::fs::read_dir(p.join("none"))), 0, EACCES),
    ("write to what is neither", |p| errno(std::fs::write(p.join("none/file"), "x")), 0, EACCES),
    ("read through a link", |p| errno(std::fs::read(link(p, "none/file"))), 0, EACCES),
    ("read by a way up", |p| errno(std::fs::read(p.join("write/../none/file"))), 0, EACCES),
    ("run what is neither", |p| run(&p.join("none/program")), 0, EACCES),
    ("a device's request", |_| terminal_of("/dev/null"), ENOTTY, EACCES),
    ("read a single file", |_| errno(std::fs::File::open("/dev/null").and_then(|mut f| f.read(&mut [0; 1]))), 0, 0),
    ("write a single file", |_| errno(std::fs::write("/dev/null", "x")), 0, EACCES),
    ("one's own process", |_| errno(std::fs::read("/proc/self/stat")), 0, EACCES),
];

/// By path, so that it is not the opening that is refused.
fn truncate(path: &Path) -> Result<(), Error> {
    let path = CString::new(path.to_str().unwrap()).unwrap();
    // SAFETY: the kernel reads a string that ends with NUL and lives through the call.
    let done = unsafe { syscall!(Sysno::truncate, path.as_ptr(), 0) };
    done.map(drop).map_err(|error| Error::from_raw_os_error(error.into_raw()))
}

fn fifo(path: &Path) -> i32 {
    let path = CString::new(path.to_str().unwrap()).unwrap();
    raw(rustix::fs::mkfifoat(rustix::fs::CWD, path.as_c_str(), rustix::fs::Mode::RUSR))
}

#[allow(clippy::disallowed_methods, reason = "under rules, as a program of a run")]
fn run(path: &Path) -> i32 {
    Command::new(path)
        .status()
        .map_or_else(|error| error.raw_os_error().unwrap(), |status| status.code().unwrap())
}

fn link(place: &Path, to: &str) -> PathBuf {
    let path = place.join("write/link");
    let _ = std::fs::remove_file(&path);
    std::os::unix::fs::symlink(place.join(to), &path).unwrap();
    path
}

/// Asks a device whether it is a terminal.
fn terminal_of(path: &str) -> i32 {
    const TCGETS: usize = 0x5401;
    let file = std::fs::File::open(path).unwrap();
    let mut space = [0_u64; 16];
    // SAFETY: the kernel writes a `struct termios`, which is smaller than the space.
    let done = unsafe { syscall!(Sysno::ioctl, file.as_raw_fd(), TCGETS, &raw mut space) };
    done.err().map_or(0, syscalls::Errno::into_raw)
}

#[test]
fn paths_are_reached_as_the_rules_say() {
    let this = "landlock::tests::paths_are_reached_as_the_rules_say";
    if let Some(word) = apart::word() {
        let (rules, path) = word.split_once(' ').unwrap();
        let path = Path::new(path);
        if rules == "rules" {
            assert!((6..=NEWEST).contains(&rules_for(path, Network::None).unwrap()));
        }
        for (name, probe, ..) in FILES {
            println!("probe {name}={}", probe(path));
        }
        apart::end(true);
    }
    for rules in ["none", "rules"] {
        let place = Place::new(rules);
        let output = apart::again(this, format!("{rules} {}", place.0.display()));
        let lines = apart::lines(&output, "probe ");
        assert_eq!(lines.len(), FILES.len(), "{output:?}");
        for (line, (name, _, without, with)) in lines.into_iter().zip(FILES) {
            let expected = if rules == "rules" { with } else { without };
            assert_eq!(line, format!("{name}={expected}"), "{rules}");
        }
    }
}

#[test]
#[allow(clippy::disallowed_methods, reason = "a process to signal")]
fn processes_and_sockets_outside_are_out_of_reach() {
    let this = "landlock::tests::processes_and_sockets_outside_are_out_of_reach";
    if let Some(word) = apart::word() {
        let words: Vec<&str> = word.split(' ').collect();
        let [rules, port, parent, place] = words[..] else { panic!("{word}") };
        let network = if rules == "network" { Network::Loopback } else { Network::None };
        if rules != "none" {
            rules_for(Path::new(place), network).unwrap();
        }
        let parent_pid = Pid::from_raw(parent.parse().unwrap()).unwrap();
        let name = SocketAddr::from_abstract_name(format!("code-execute-{parent}")).unwrap();
        let own_name = SocketAddr::from_abstract_name(format!("code-execute-own-{parent}")).unwrap();
        let own = UnixListener::bind_addr(&own_name);
        let mut child = Command::new("/bin/sleep").arg("60").spawn().unwrap();
        let child_pid = Pid::from_raw(i32::try_from(child.id()).unwrap()).unwrap();
        let results = [
            errno(TcpStream::connect(("127.0.0.1", port.parse::<u16>().unwrap()))),
            errno(TcpListener::bind("127.0.0.1:0")),
            errno(UnixStream::connect_addr(&name)),
            errno(own.and_then(|_| UnixStream::connect_addr(&own_name))),
            raw(test_kill_process(parent_pid)),
            raw(kill_process(child_pid, Signal::KILL)),
        ];
        child.wait().unwrap();
        println!("met {results:?}");
        apart::end(true);
    }
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let place = Place::new("outside");
    let own = std::process::id();
    let name = SocketAddr::from_abstract_name(format!("code-execute-{own}")).unwrap();
    let _listener = UnixListener::bind_addr(&name).unwrap();
    let cases = [
        ("none", [0; 6]),
        ("rules", [EACCES, EACCES, EPERM, 0, EPERM, 0]),
        ("network", [0, 0, EPERM, 0, EPERM, 0]),
    ];
    for (rules, expected) in cases {
        let output = apart::again(this, format!("{rules} {port} {own} {}", place.0.display()));
        assert_eq!(apart::lines(&output, "met "), [format!("{expected:?}")], "{rules}: {output:?}");
    }
}

#[test]
fn what_cannot_be_enforced_is_an_error_and_enforces_nothing() {
    let this = "landlock::tests::what_cannot_be_enforced_is_an_error_and_enforces_nothing";
    if apart::word().is_some() {
        rustix::thread::set_no_new_privs(true).unwrap();
        let network = Network::None;
        let missing = [c"/usr", c"/does-not-exist"];
        for (readable, writable) in [(&missing[..], &[][..]), (&[][..], &missing[..])] {
            assert_eq!(enforce(&Rules { readable, writable, network }, 1), Err(Errno::NOENT));
        }
        let none = Rules { readable: &[], writable: &[], network };
        assert_eq!(enforce(&none, NEWEST + 1), Err(Errno::OPNOTSUPP));
        assert!(std::fs::File::open("/proc/self/stat").is_ok());
        // The least that is asked for is one, whatever is said.
        assert!(enforce(&none, 0).is_ok_and(|version| version >= 1));
        assert!(std::fs::File::open("/proc/self/stat").is_err());
        apart::end(true);
    }
    let output = apart::again(this, "go");
    assert!(output.status.success(), "{output:?}");
}

#[test]
fn every_version_handles_all_that_it_knows() {
    // Rights of files, of the network, scopes, size of the structure, flags: from the kernel's own list of versions.
    let versions = [
        (1, 13, 0, 0, 8, 0),
        (2, 14, 0, 0, 8, 0),
        (3, 15, 0, 0, 8, 0),
        (4, 15, 2, 0, 16, 0),
        (5, 16, 2, 0, 16, 0),
        (6, 16, 2, 2, 24, 0),
        (7, 16, 2, 2, 24, 0b101),
        (8, 16, 2, 2, 24, 0b101),
        (9, 17, 2, 2, 24, 0b101),
    ];
    for (version, files, network, scopes, size, flags) in versions {
        let all = handled(version, Network::None);
        assert_eq!(all.files, (1 << files) - 1, "{version}");
        assert_eq!((all.network, all.scopes), ((1 << network) - 1, (1 << scopes) - 1), "{version}");
        assert_eq!((bytes(version), quiet(version)), (size, flags), "{version}");
        for granted in [Network::Loopback, Network::Host] {
            assert_eq!(handled(version, granted).network, 0);
        }
    }
}
