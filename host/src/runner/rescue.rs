//! Ends what can still be found of a run whose init is gone.
//!
//! The last resort, and no certain one: a process that has left both the program's group and its output streams
//! cannot be told from any other of the user's. It must never kill on less than one of these two marks.

use std::fs;
use std::io;
use std::os::fd::AsFd;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tokio::time::{Instant, sleep};

/// How long to go on while processes are still found: they were killed and go, or they are being made.
const BOUND: Duration = Duration::from_secs(1);

/// What a run's processes are known by.
#[derive(Debug, Clone)]
pub(super) struct Marks {
    /// The program's process, which is also its group's number.
    group: Option<u32>,
    /// What `/proc/PID/fd` shows for the run's output streams.
    streams: Vec<PathBuf>,
}

impl Marks {
    /// Marks the processes that hold one of these pipes open for writing.
    pub(super) fn of_streams(streams: &[&dyn AsFd]) -> io::Result<Self> {
        let names = streams.iter().map(|stream| {
            let inode = rustix::fs::fstat(stream.as_fd())?.st_ino;
            Ok(PathBuf::from(format!("pipe:[{inode}]")))
        });
        Ok(Self { group: None, streams: names.collect::<io::Result<_>>()? })
    }

    /// Marks the processes of this group too.
    pub(super) fn add_group(&mut self, group: u32) {
        self.group = Some(group);
    }

    /// Kills what bears a mark until nothing does. Says how many there were.
    pub(super) async fn end(&self) -> usize {
        let bound = Instant::now() + BOUND;
        let mut ended = 0;
        loop {
            let found: Vec<Pid> =
                processes().filter(|(_, process)| self.bears(process)).map(|(pid, _)| pid).collect();
            ended += found.iter().filter(|pid| kill_process(**pid, Signal::KILL).is_ok()).count();
            if found.is_empty() || Instant::now() > bound {
                return ended;
            }
            sleep(Duration::from_millis(2)).await;
        }
    }

    fn bears(&self, process: &Path) -> bool {
        // The state and the group are the first and the third word after the name, which may contain anything.
        let stat = fs::read_to_string(process.join("stat")).unwrap_or_default();
        let mut words = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
        if matches!(words.next(), None | Some("Z" | "X")) {
            return false;
        }
        let group = words.nth(1).and_then(|word| word.parse().ok());
        group.is_some() && group == self.group || self.writes(process)
    }

    fn writes(&self, process: &Path) -> bool {
        let descriptors = fs::read_dir(process.join("fd")).into_iter().flatten().flatten();
        descriptors.map(|descriptor| descriptor.path()).any(|descriptor| {
            // The link's own mode says what the file is open for. We ourselves only read these.
            fs::symlink_metadata(&descriptor).is_ok_and(|metadata| metadata.mode() & 0o200 != 0)
                && fs::read_link(&descriptor).is_ok_and(|target| self.streams.contains(&target))
        })
    }
}

/// Every other process, with its directory.
fn processes() -> impl Iterator<Item = (Pid, PathBuf)> {
    let own = rustix::process::getpid();
    fs::read_dir("/proc").into_iter().flatten().flatten().filter_map(move |entry| {
        let pid = Pid::from_raw(entry.file_name().to_str()?.parse().ok()?)?;
        (pid != own).then(|| (pid, entry.path()))
    })
}
