//! What an attack is after: secret files, listening sockets, a process of the same user. Prepared on the host, and
//! looked at afterwards.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::net::{TcpListener, UdpSocket};
use std::os::linux::net::SocketAddrExt as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::os::unix::net::{SocketAddr, UnixDatagram, UnixListener};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::host::{Launch, Running, Suite, User, bearing, give, kill, marker, write};

/// What is in the secret files. No probe knows it.
const SECRET: &str = "canary-5c1f7e9a-not-for-programs";

/// One set of canaries, so that what touched it is known.
pub(crate) struct Canaries {
    suite: Arc<Suite>,
    user: User,
    directory: PathBuf,
    tokens: BTreeMap<&'static str, String>,
    hits: Arc<Mutex<BTreeMap<&'static str, usize>>>,
    before: Vec<String>,
}

impl Canaries {
    pub(crate) fn new(suite: &Arc<Suite>, user: User, tier: &str) -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let directory = suite.directory_of(user, &format!("canaries-{number}"));
        let path = |name: &str| directory.join(name);
        let hits = Arc::new(Mutex::new(BTreeMap::new()));
        let files =
            [("secret", SECRET), ("own", "own\n"), ("bash-env", "BASH_ENV_SEEN=1\n"), ("link", SECRET)];
        for (name, text) in files {
            if name == "link" {
                std::os::unix::fs::symlink("secret", path(name)).unwrap();
                continue;
            }
            write(&path(name), text);
            give(&path(name), user);
        }
        let python = path("python");
        std::fs::create_dir(&python).unwrap();
        write(&python.join("sitecustomize.py"), "import sys\nsys.canary = 'seen'\n");
        // `id`, so that it says who it is; set-user-ID root where the runner can make that.
        let program = path("set-user-id");
        std::fs::copy("/usr/bin/id", &program).unwrap();
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o4755)).unwrap();
        let granted = grant(&directory, user);
        let writable = suite.directory_of(user, &format!("canaries-{number}/writable"));
        // For root's runs, each of which is a user of its own.
        std::fs::set_permissions(&writable, std::fs::Permissions::from_mode(0o777)).unwrap();
        let name = format!("code-execute-canary-{}-{number}", std::process::id());
        let mut tokens = BTreeMap::from([
            ("TIER", tier.to_owned()),
            ("ABSTRACT", name.clone()),
            ("CANARIES", directory.display().to_string()),
            ("SECRET", path("secret").display().to_string()),
            ("OWN", path("own").display().to_string()),
            ("SETUID", program.display().to_string()),
            ("GRANTED", granted.display().to_string()),
            ("WRITABLE", writable.display().to_string()),
            ("SOCKET", path("socket").display().to_string()),
            ("DATAGRAM", path("datagram").display().to_string()),
        ]);
        tokens.extend(listen(&hits, &name, &directory, user));
        let mut canaries = Self { suite: suite.clone(), user, directory, tokens, hits, before: Vec::new() };
        canaries.before = canaries.files();
        canaries
    }

    /// Replaces `@NAME@` by what it stands for.
    pub(crate) fn fill(&self, text: &str, more: &[(&str, &str)]) -> String {
        let known = self.tokens.iter().map(|(name, value)| (*name, value.as_str()));
        known
            .chain(more.iter().copied())
            .fold(text.to_owned(), |text, (name, value)| text.replace(&format!("@{name}@"), value))
    }

    /// A process of the same user that a probe may attack.
    pub(crate) fn victim(&self) -> Victim {
        let mark = marker();
        let mut launch = Launch::new(self.user, ["/bin/sleep", mark.as_str()]);
        launch.env.insert("CANARY".to_owned(), SECRET.to_owned());
        let running = self.suite.spawn(&launch);
        let end = Instant::now() + Duration::from_secs(20);
        while bearing(&mark).is_empty() {
            assert!(Instant::now() < end, "the victim does not start");
            std::thread::sleep(Duration::from_millis(2));
        }
        let state = state(running.pid());
        Victim { running, mark, state }
    }

    /// What is wrong with the files, and with the secret if it is in the text.
    pub(crate) fn look(&self, printed: &str) -> Vec<String> {
        let mut wrong = Vec::new();
        if printed.contains(SECRET) {
            wrong.push("the secret is in the output".to_owned());
        }
        let now = self.files();
        if now != self.before {
            wrong.push(format!("files outside have changed:\n  {:?}\n  {now:?}", self.before));
        }
        wrong
    }

    /// The sockets that were reached, and how often.
    pub(crate) fn reached(&self) -> BTreeMap<&'static str, usize> {
        // What was sent has to have arrived.
        std::thread::sleep(Duration::from_millis(100));
        self.hits.lock().unwrap().clone()
    }

    fn files(&self) -> Vec<String> {
        let granted = std::fs::read_dir(self.directory.join("granted")).unwrap();
        let mut files: Vec<String> = std::fs::read_dir(&self.directory)
            .unwrap()
            .chain(granted)
            .flatten()
            // What is granted for writing may be written.
            .filter(|entry| entry.file_name() != "writable")
            .map(|entry| {
                let about = std::fs::symlink_metadata(entry.path()).unwrap();
                let times = (about.mtime(), about.ctime());
                format!(
                    "{} {:o} {} {} {times:?}",
                    entry.file_name().display(),
                    about.mode(),
                    about.size(),
                    about.nlink()
                )
            })
            .collect();
        files.sort();
        files
    }
}

/// A directory to grant, with everything in it that should not be.
fn grant(directory: &Path, user: User) -> PathBuf {
    let granted = directory.join("granted");
    std::fs::create_dir(&granted).unwrap();
    write(&granted.join("file"), "granted\n");
    give(&granted.join("file"), user);
    std::os::unix::fs::symlink("../secret", granted.join("link")).unwrap();
    std::fs::hard_link(directory.join("own"), granted.join("linked")).unwrap();
    std::fs::copy("/usr/bin/id", granted.join("set-user-id")).unwrap();
    std::fs::set_permissions(granted.join("set-user-id"), std::fs::Permissions::from_mode(0o4755)).unwrap();
    let mode = rustix::fs::Mode::from_raw_mode(0o600);
    rustix::fs::mknodat(rustix::fs::CWD, granted.join("pipe"), rustix::fs::FileType::Fifo, mode, 0).unwrap();
    give(&granted.join("pipe"), user);
    give(&granted, user);
    std::fs::set_permissions(&granted, std::fs::Permissions::from_mode(0o755)).unwrap();
    granted
}

/// Opens every listening socket and counts who comes.
fn listen(
    hits: &Arc<Mutex<BTreeMap<&'static str, usize>>>,
    name: &str,
    directory: &Path,
    user: User,
) -> BTreeMap<&'static str, String> {
    let count = |what: &'static str, mut next: Box<dyn FnMut() -> bool + Send>| {
        let hits = hits.clone();
        // The threads end with the process: they only ever wait.
        std::thread::spawn(move || {
            while next() {
                *hits.lock().unwrap().entry(what).or_default() += 1;
            }
        });
    };
    let mut tokens = BTreeMap::new();
    let tcp = TcpListener::bind("0.0.0.0:0").unwrap();
    tokens.insert("TCP", tcp.local_addr().unwrap().port().to_string());
    count("tcp", Box::new(move || tcp.accept().is_ok()));
    let port = TcpListener::bind("[::1]:0").map_or(9, |tcp6| {
        let port = tcp6.local_addr().unwrap().port();
        count("tcp6", Box::new(move || tcp6.accept().is_ok()));
        port
    });
    tokens.insert("TCP6", port.to_string());
    let udp = UdpSocket::bind("0.0.0.0:0").unwrap();
    tokens.insert("UDP", udp.local_addr().unwrap().port().to_string());
    count("udp", Box::new(move || udp.recv(&mut [0; 64]).is_ok()));
    let path = directory.join("socket");
    let stream = UnixListener::bind(&path).unwrap();
    give(&path, user);
    count(
        "path-stream",
        Box::new(move || stream.accept().is_ok_and(|(mut s, _)| s.read(&mut [0; 8]).is_ok())),
    );
    let path = directory.join("granted/socket");
    let granted = UnixListener::bind(&path).unwrap();
    give(&path, user);
    count("granted-socket", Box::new(move || granted.accept().is_ok()));
    let path = directory.join("datagram");
    let datagram = UnixDatagram::bind(&path).unwrap();
    give(&path, user);
    count("path-datagram", Box::new(move || datagram.recv(&mut [0; 64]).is_ok()));
    let address = SocketAddr::from_abstract_name(name).unwrap();
    let stream = UnixListener::bind_addr(&address).unwrap();
    count("abstract-stream", Box::new(move || stream.accept().is_ok()));
    let address = SocketAddr::from_abstract_name(format!("{name}-datagram")).unwrap();
    let datagram = UnixDatagram::bind_addr(&address).unwrap();
    count("abstract-datagram", Box::new(move || datagram.recv(&mut [0; 64]).is_ok()));
    tokens
}

/// A process that a probe may attack.
pub(crate) struct Victim {
    running: Running,
    pub(crate) mark: String,
    state: Option<String>,
}

impl Victim {
    pub(crate) fn pid(&self) -> String {
        self.running.pid().to_string()
    }

    /// What was done to it.
    pub(crate) fn look(&self) -> Option<String> {
        let now = state(self.running.pid());
        (now != self.state).then(|| format!("the victim has changed: {:?}, {now:?}", self.state))
    }
}

impl Drop for Victim {
    fn drop(&mut self) {
        kill(self.running.pid().cast_signed());
        let _ = self.running.child.wait();
    }
}

/// Priority, processors and limits of a process; `None` where it is gone.
fn state(pid: u32) -> Option<String> {
    let read = |name: &str| std::fs::read_to_string(format!("/proc/{pid}/{name}")).ok();
    let stat = read("stat")?;
    let after_name: Vec<&str> = stat.rsplit(')').next()?.split_whitespace().collect();
    if after_name[0] == "Z" {
        return None;
    }
    let status = read("status")?;
    let kept = ["Cpus_allowed_list:", "TracerPid:"];
    let status: Vec<&str> =
        status.lines().filter(|line| kept.iter().any(|name| line.starts_with(name))).collect();
    Some(format!("priority {} {} {status:?} {:?}", after_name[15], after_name[16], read("limits")?))
}
