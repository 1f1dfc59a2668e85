//! The end of every process of a run, however it tried to leave.

use super::*;
use crate::Sandbox;

/// Ways to leave a process behind; `SECONDS` is the marker.
const DAEMONS: [(&str, &str); 7] = [
    ("background", "sleep SECONDS &"),
    ("nohup", "nohup sleep SECONDS >/dev/null 2>&1 &"),
    ("setsid", "setsid sleep SECONDS &"),
    ("double fork", "(setsid sleep SECONDS </dev/null >/dev/null 2>&1 &) &"),
    ("ignores signals", "(trap '' TERM INT HUP QUIT; exec setsid sleep SECONDS) &"),
    ("stopped", "setsid sleep SECONDS & until grep -qsz SECONDS /proc/$!/cmdline; do :; done; kill -STOP $!"),
    ("deep", "setsid bash -c 'setsid bash -c \"setsid sleep SECONDS; :\"; :' &"),
];

/// Waits, within the program, until the daemon is there.
const WAIT: &str = "until grep -qsz SECONDS /proc/[0-9]*/cmdline; do :; done;";

#[tokio::test]
async fn daemons_are_gone_when_the_program_has_exited() {
    for (name, daemon) in DAEMONS {
        let marker = marker();
        let code = format!("{daemon}\n{WAIT} echo done").replace("SECONDS", &marker);
        let outcome = run(bash(&code)).await;
        assert_eq!(outcome.termination, Termination::Exited(0), "{name}");
        assert_eq!(text(&outcome.stdout), "done\n", "{name}");
        assert!(bearing(&marker).is_empty(), "{name}");
    }
}

#[tokio::test]
async fn daemons_are_gone_at_the_deadline() {
    let marker = marker();
    let daemons = DAEMONS.map(|(_, daemon)| daemon).join("\n");
    let code = format!("{daemons}\necho started; trap '' TERM; while :; do sleep 1; done");
    for sandbox in [Sandbox::On, Sandbox::Off] {
        let program = Approved::for_test(Language::Bash, &code.replace("SECONDS", &marker), limits(1));
        let outcome = run(program.with_sandbox(sandbox)).await;
        assert_eq!(outcome.termination, Termination::TimedOut);
        assert_eq!(text(&outcome.stdout), "started\n");
        assert!(bearing(&marker).is_empty());
    }
}

/// The positive control: what a kill of the process group, the usual way, leaves behind.
#[tokio::test]
async fn kill_of_the_group_alone_leaves_a_daemon() {
    use std::os::unix::process::CommandExt;
    let marker = marker();
    let mut shell = Command::new("/bin/bash");
    let mut shell =
        shell.args(["-c", &format!("setsid sleep {marker} & wait")]).process_group(0).spawn().unwrap();
    until_bearing_exactly(&marker, "sleep").await;
    let group = rustix::process::Pid::from_child(&shell);
    rustix::process::kill_process_group(group, rustix::process::Signal::KILL).unwrap();
    shell.wait().unwrap();
    let left = bearing(&marker);
    assert_eq!(left.len(), 1);
    let left = rustix::process::Pid::from_raw(left[0].cast_signed()).unwrap();
    rustix::process::kill_process(left, rustix::process::Signal::KILL).unwrap();
}

async fn until_bearing_exactly(marker: &str, name: &str) {
    until("the daemon runs", || {
        bearing(marker).iter().any(|pid| {
            std::fs::read_to_string(format!("/proc/{pid}/comm")).is_ok_and(|comm| comm.trim_end() == name)
        })
    })
    .await;
}

#[tokio::test]
async fn three_hundred_daemons_are_gone() {
    let marker = marker();
    let code = format!("for i in {{1..300}}; do setsid sleep {marker} & done; echo done");
    let outcome = run(bash(&code)).await;
    assert_eq!(outcome.termination, Termination::Exited(0), "{}", text(&outcome.stderr));
    assert!(bearing(&marker).is_empty());
}

/// Every process makes the next one in a new session and ends: nobody is there long enough to be found twice.
#[tokio::test]
async fn chain_that_forks_away_is_gone() {
    let code = "import os, sys
for chain in range(20):
    if os.fork() == 0:
        for link in range(20000):
            if os.fork(): os._exit(0)
            os.setsid()
        os._exit(0)
print('away', flush=True)
os.execvp('sleep', ['sleep', sys.argv[1]])";
    for _ in 0..3 {
        let marker = marker();
        let program = Approved::for_test(Language::Python, code, limits(1)).with_arguments(&[&marker]);
        let outcome = run(program).await;
        assert_eq!(outcome.termination, Termination::TimedOut);
        // The code file is an argument of every link.
        assert!(bearing(&marker).is_empty());
    }
}

#[tokio::test]
async fn children_of_threads_are_found() {
    let marker = marker();
    let code = "import subprocess, sys, threading, time
def start(): subprocess.Popen(['setsid', 'sleep', sys.argv[1]]); time.sleep(60)
for _ in range(4): threading.Thread(target=start, daemon=True).start()
time.sleep(60)";
    let program = Approved::for_test(Language::Python, code, limits(1)).with_arguments(&[&marker]);
    assert_eq!(run(program).await.termination, Termination::TimedOut);
    assert!(bearing(&marker).is_empty());
}

#[tokio::test]
async fn program_cannot_look_into_its_init() {
    // A process with all capabilities may look into any other; one without may not look into init.
    if rustix::process::geteuid().is_root() {
        return;
    }
    let outcome = run(bash("cat /proc/$PPID/environ; ls /proc/$PPID/fd; cat /proc/$PPID/maps")).await;
    assert!(!matches!(outcome.termination, Termination::Exited(0)));
    assert!(text(&outcome.stderr).contains("Permission denied"), "{}", text(&outcome.stderr));
}
