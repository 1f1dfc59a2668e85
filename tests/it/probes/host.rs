//! Starting things on the host the way a probe wants them: the built command, a bare interpreter, a victim.
//!
//! Everything goes through `tests/probes/launch.py`, which becomes the user, joins the guard and then the program.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{LazyLock, Mutex};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::cases::folder;
use super::guard::Guard;

/// The ordinary user: `nobody`.
const NOBODY: u32 = 65_534;

/// As whom something runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum User {
    Root,
    Ordinary,
}

impl User {
    pub(crate) fn id(self) -> u32 {
        match self {
            Self::Root => 0,
            Self::Ordinary if is_root() => NOBODY,
            Self::Ordinary => rustix::process::getuid().as_raw(),
        }
    }

    pub(crate) fn name(self) -> &'static str {
        if self == Self::Root { "root" } else { "user" }
    }
}

pub(crate) fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// The suite's own directory: a copy of the command that every user may execute, a home for each user.
pub(crate) struct Suite {
    pub(crate) directory: TempDir,
    pub(crate) command: PathBuf,
    guard: Guard,
}

static SUITE: LazyLock<Mutex<std::sync::Weak<Suite>>> = LazyLock::new(Mutex::default);

impl Suite {
    /// The suite of this process. The last who holds it removes it.
    pub(crate) fn get() -> std::sync::Arc<Self> {
        let mut shared = SUITE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(suite) = shared.upgrade() {
            return suite;
        }
        // Not below /tmp, which a sandbox may replace: a canary has to be where the host's files are.
        let directory =
            tempfile::Builder::new().prefix("code-execute-probes-").tempdir_in("/var/tmp").unwrap();
        std::fs::set_permissions(directory.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
        let command = directory.path().join("code-execute");
        std::fs::copy(env!("CARGO_BIN_EXE_code-execute"), &command).unwrap();
        let suite = std::sync::Arc::new(Self { directory, command, guard: Guard::new() });
        let users = if is_root() { &[User::Root, User::Ordinary][..] } else { &[User::Ordinary] };
        for &user in users {
            suite.directory_of(user, &format!("home-{}", user.name()));
            // Compiled once, and not while a probe's time is running.
            let compile =
                Launch::new(user, [suite.command.as_os_str(), "policy".as_ref(), "compile".as_ref()]);
            let ended = suite.run(&compile, Duration::from_mins(1));
            assert_eq!(ended.code, Some(0), "{ended:?}");
        }
        *shared = std::sync::Arc::downgrade(&suite);
        suite
    }

    /// Makes a directory that belongs to a user.
    pub(crate) fn directory_of(&self, user: User, name: &str) -> PathBuf {
        let path = self.directory.path().join(name);
        std::fs::create_dir(&path).unwrap();
        give(&path, user);
        path
    }

    fn environment(&self, launch: &Launch) -> BTreeMap<String, String> {
        let home = self.directory.path().join(format!("home-{}", launch.user.name())).display().to_string();
        let mut environment = BTreeMap::from([
            ("PATH".to_owned(), "/usr/bin:/bin".to_owned()),
            ("HOME".to_owned(), home.clone()),
            ("XDG_CACHE_HOME".to_owned(), home),
            ("CANARY_SECRET".to_owned(), "in the environment".to_owned()),
        ]);
        environment.extend(launch.env.clone());
        environment
    }

    /// Starts what is asked for; its outputs go to files, so that nobody who holds them open is waited for.
    pub(crate) fn spawn(&self, launch: &Launch) -> Running {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let mut plan = launch.plan.clone();
        plan["argv"] = json!(launch.argv);
        plan["env"] = json!(self.environment(launch));
        if is_root() {
            plan["uid"] = json!(launch.user.id());
        }
        self.guard.enter(&mut plan);
        let file = |stream: &str| self.directory.path().join(format!("{number}-{stream}"));
        let (out, err) = (file("out"), file("err"));
        let mut command = Command::new("/usr/bin/python3");
        command.args(["-I", "-S"]).arg(folder().join("launch.py")).arg(plan.to_string());
        command.current_dir("/tmp").stdout(File::create(&out).unwrap()).stderr(File::create(&err).unwrap());
        command.stdin(Stdio::null());
        let child = command.spawn().unwrap();
        Running { child, out, err, started: Instant::now() }
    }

    pub(crate) fn run(&self, launch: &Launch, bound: Duration) -> Ended {
        self.spawn(launch).wait(bound)
    }
}

/// What to start.
#[derive(Debug, Clone)]
pub(crate) struct Launch {
    pub(crate) user: User,
    pub(crate) argv: Vec<String>,
    pub(crate) env: BTreeMap<String, String>,
    /// More of the launcher's plan: `deny`, `leaks`, `tty`.
    pub(crate) plan: Value,
}

impl Launch {
    pub(crate) fn new<S: AsRef<std::ffi::OsStr>>(user: User, argv: impl IntoIterator<Item = S>) -> Self {
        let argv = argv.into_iter().map(|word| word.as_ref().to_str().unwrap().to_owned()).collect();
        Self { user, argv, env: BTreeMap::new(), plan: json!({}) }
    }
}

/// What was started.
pub(crate) struct Running {
    pub(crate) child: Child,
    out: PathBuf,
    err: PathBuf,
    started: Instant,
}

/// How it ended.
#[derive(Debug)]
pub(crate) struct Ended {
    /// None where a signal ended it, or the bound was met.
    pub(crate) code: Option<i32>,
    pub(crate) in_time: bool,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) took: Duration,
}

impl Ended {
    /// The report that the command printed.
    pub(crate) fn report(&self) -> Option<Value> {
        serde_json::from_str(self.stdout.trim()).ok()
    }
}

impl Running {
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Waits for its end; kills it at the bound.
    pub(crate) fn wait(mut self, bound: Duration) -> Ended {
        let end = self.started + bound;
        let mut in_time = true;
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            if Instant::now() > end && in_time {
                in_time = false;
                let _ = self.child.kill();
            }
            std::thread::sleep(Duration::from_millis(3));
        };
        let took = self.started.elapsed();
        let text = |path: &Path| String::from_utf8_lossy(&std::fs::read(path).unwrap()).into_owned();
        let ended =
            Ended { code: status.code(), in_time, stdout: text(&self.out), stderr: text(&self.err), took };
        let _ = std::fs::remove_file(&self.out);
        let _ = std::fs::remove_file(&self.err);
        ended
    }
}

/// Makes a path a user's own.
pub(crate) fn give(path: &Path, user: User) {
    if is_root() {
        std::os::unix::fs::chown(path, Some(user.id()), Some(user.id())).unwrap();
    }
}

/// Writes a file that every user may read.
pub(crate) fn write(path: &Path, text: &str) {
    File::create(path).unwrap().write_all(text.as_bytes()).unwrap();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o644)).unwrap();
}

/// A number that no other process of the machine has among its arguments; `sleep` takes it for seconds.
pub(crate) fn marker() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    format!("{}", 1_000_000_000 + std::process::id() % 100_000 * 10_000 + number)
}

/// The processes, not counting zombies, that have this marker among their arguments.
pub(crate) fn bearing(marker: &str) -> Vec<i32> {
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    let pids = processes.filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
    pids.filter(|pid| {
        let arguments = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        arguments.split(|byte| *byte == 0).any(|argument| argument == marker.as_bytes())
    })
    .collect()
}

pub(crate) fn kill(pid: i32) {
    if let Some(pid) = rustix::process::Pid::from_raw(pid) {
        let _ = rustix::process::kill_process(pid, rustix::process::Signal::KILL);
    }
}
