//! The lives of host, init and program, and what is left when one of them ends before its time.

use std::process::Stdio;

use rustix::process::{Pid, Signal, kill_process};

use super::super::control_group::ControlGroups;
use super::*;
use crate::Sandbox;

/// A program that stays, with a daemon beside it.
fn lasting(marker: &str) -> Approved {
    bash(&format!("sleep {marker} & setsid sleep {marker}; :"))
}

/// The file and the init of [`lasting`], once both its processes are there: from outside, since it cannot say.
async fn said(marker: &str) -> (PathBuf, u32) {
    until_bearing(marker, 2).await;
    let program =
        bearing(marker).into_iter().map(parent).find(|parent| !code_of(*parent).is_empty()).unwrap();
    // Above the program is process 1 of its namespace, and above that the one that the host started.
    (code_of(program).into(), parent(parent(program)))
}

/// The argument of a process that is a code file.
fn code_of(pid: u32) -> String {
    let arguments = std::fs::read_to_string(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    arguments.split('\0').find(|word| word.starts_with("/tmp/code-execute-")).unwrap_or_default().to_owned()
}

fn parent(pid: u32) -> u32 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    stat.rsplit(") ").next().unwrap().split(' ').nth(1).unwrap().parse().unwrap()
}

fn kill(pid: u32, signal: Signal) {
    kill_process(Pid::from_raw(pid.cast_signed()).unwrap(), signal).unwrap();
}

#[tokio::test]
async fn dropped_run_is_ended() {
    let marker = marker();
    let run = tokio::spawn(run(lasting(&marker)));
    let (file, init) = said(&marker).await;
    assert!(file.exists());
    run.abort();
    until_bearing(&marker, 0).await;
    until("the file is gone", || !file.exists()).await;
    // Taken in by tokio: no zombie either.
    until("init is gone", || !is_there(init)).await;
}

#[tokio::test]
async fn stopped_run_is_cancelled_and_keeps_what_was_printed() {
    let marker = marker();
    let runner = runner();
    let program = bash(&format!("echo before; setsid sleep {marker} & sleep {marker}"));
    let outcome = runner.run_until(None, program, until_bearing(&marker, 2)).await.unwrap();
    assert_eq!(outcome.termination, Termination::Cancelled);
    assert_eq!(text(&outcome.stdout), "before\n");
    assert!(bearing(&marker).is_empty());
}

#[tokio::test]
async fn interpreter_that_waits_goes_when_it_is_dropped() {
    let marker = marker();
    let terms = bash("").with_arguments(&[&marker]).terms().clone();
    let waiting = runner().start(terms).unwrap();
    until_bearing(&marker, 1).await;
    let file = waiting.file.path().to_owned();
    drop(waiting);
    until_bearing(&marker, 0).await;
    assert!(!file.exists());
}

#[tokio::test]
async fn interpreter_that_waits_runs_nothing_before_its_code_is_there() {
    let marker = marker();
    let program =
        python("import sys, inspect; print(inspect.getsource(sys.modules['__main__']) != '', len(sys.argv))")
            .with_arguments(&[&marker]);
    let runner = runner();
    let waiting = runner.start(program.terms().clone()).unwrap();
    assert!(waiting.file.is_closed(), "the file system of /tmp has no leases");
    // Long enough for it to start, and to end if it read the empty file.
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(bearing(&marker).len(), 1);
    let outcome = runner.run_until(Some(waiting), program, std::future::pending()).await.unwrap();
    assert_eq!(text(&outcome.stdout), "True 2\n");
    assert!(
        outcome.usage.wall < Duration::from_millis(250),
        "the wait was counted: {:?}",
        outcome.usage.wall
    );
}

#[tokio::test]
async fn interpreter_that_waits_on_other_terms_is_not_used() {
    let guessed = bash("").with_variable("GUESS", "wrong").terms().clone();
    let program = bash("echo ${GUESS-right}");
    let runner = runner();
    let waiting = runner.start(guessed).unwrap();
    let outcome = runner.run_until(Some(waiting), program, std::future::pending()).await.unwrap();
    assert_eq!(text(&outcome.stdout), "right\n");
}

#[tokio::test]
async fn killed_init_is_reported_and_its_processes_are_ended() {
    let marker = marker();
    let run = tokio::spawn(try_run(lasting(&marker)));
    let (file, init) = said(&marker).await;
    kill(init, Signal::KILL);
    let error = run.await.unwrap().unwrap_err();
    assert!(matches!(error, RunError::InitLost { .. }), "{error}");
    until_bearing(&marker, 0).await;
    assert!(!file.exists());
}

#[tokio::test]
async fn killed_process_one_is_reported_and_its_processes_are_ended() {
    let marker = marker();
    let run = tokio::spawn(try_run(lasting(&marker)));
    said(&marker).await;
    let program = bearing(&marker).into_iter().map(parent).find(|parent| !code_of(*parent).is_empty());
    kill(parent(program.unwrap()), Signal::KILL);
    let error = run.await.unwrap().unwrap_err();
    assert!(matches!(error, RunError::InitLost { .. }), "{error}");
    until_bearing(&marker, 0).await;
}

#[tokio::test]
async fn program_can_neither_kill_nor_stop_process_one() {
    let code = "for signal in 9 STOP TERM; do kill -$signal 1 || :; done; echo alive";
    assert_eq!(printed(bash(code)).await, "alive\n");
}

#[tokio::test]
async fn program_that_kills_its_init_does_not_pass_for_anything_else() {
    let error = try_run(bash("kill -9 $PPID; sleep 60").with_sandbox(Sandbox::Off)).await.unwrap_err();
    assert!(matches!(error, RunError::InitLost { .. }), "{error}");
}

#[tokio::test]
async fn program_that_stops_its_init_is_ended_all_the_same() {
    let marker = marker();
    let code = format!("setsid sleep {marker} & kill -STOP $PPID; sleep {marker}");
    let program = Approved::for_test(Language::Bash, &code, limits(1)).with_sandbox(Sandbox::Off);
    let error = try_run(program).await.unwrap_err();
    assert!(matches!(error, RunError::InitLost { ended: 1.. }), "{error}");
    until_bearing(&marker, 0).await;
}

#[tokio::test]
async fn killed_host_leaves_nothing() {
    const NAME: &str = "runner::tests::lives::killed_host_leaves_nothing";
    let Some(mut command) = own_process(NAME) else {
        // The host: runs until it is killed.
        let marker = std::env::var("CODE_EXECUTE_MARKER").unwrap();
        run(lasting(&marker)).await;
        return;
    };
    let marker = marker();
    let mut host = command.env("CODE_EXECUTE_MARKER", &marker).stdout(Stdio::null()).spawn().unwrap();
    let (file, init) = said(&marker).await;
    assert!(file.exists());
    host.kill().unwrap();
    host.wait().unwrap();
    let killed = Instant::now();
    until_bearing(&marker, 0).await;
    until("the file is gone", || !file.exists()).await;
    until("init is gone", || !is_there(init) || is_zombie(init)).await;
    assert!(killed.elapsed() < Duration::from_secs(1), "{:?}", killed.elapsed());
}

/// Init is handed to another parent when its own is killed; that one may be slow, or never take it in.
fn is_zombie(pid: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit(") ").next().is_some_and(|rest| rest.starts_with('Z'))
}

/// Host and init killed together: the program goes by its parent-death signal, the file by the next host.
#[tokio::test]
async fn file_of_killed_host_and_init_is_swept_by_the_next() {
    const NAME: &str = "runner::tests::lives::file_of_killed_host_and_init_is_swept_by_the_next";
    let Some(mut command) = own_process(NAME) else {
        let marker = std::env::var("CODE_EXECUTE_MARKER").unwrap();
        run(lasting(&marker)).await;
        return;
    };
    let marker = marker();
    let mut host = command.env("CODE_EXECUTE_MARKER", &marker).stdout(Stdio::null()).spawn().unwrap();
    let (file, init) = said(&marker).await;
    kill(host.id(), Signal::STOP);
    kill(init, Signal::KILL);
    host.kill().unwrap();
    host.wait().unwrap();
    assert!(file.exists());
    run(bash(":")).await;
    until("the file is swept", || !file.exists()).await;
    // The daemon had left the session: the known gap.
    for pid in bearing(&marker) {
        kill(pid, Signal::KILL);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixty_four_at_once_each_get_their_own() {
    let runner = runner();
    let runs: Vec<_> = (0..64)
        .map(|number| {
            let runner = runner.clone();
            let program = bash("cat; echo $1 >&2").with_stdin(format!("in {number}"));
            tokio::spawn(async move { runner.run(program.with_arguments(&[&number.to_string()])).await })
        })
        .collect();
    for (number, run) in runs.into_iter().enumerate() {
        let outcome = run.await.unwrap().unwrap();
        assert_eq!(outcome.termination, Termination::Exited(0));
        assert_eq!(text(&outcome.stdout), format!("in {number}"));
        assert_eq!(text(&outcome.stderr), format!("{number}\n"));
    }
}

#[tokio::test]
async fn three_hundred_runs_leave_the_process_as_it_was() {
    const NAME: &str = "runner::tests::lives::three_hundred_runs_leave_the_process_as_it_was";
    if let Some(mut command) = own_process(NAME) {
        assert!(command.status().unwrap().success());
        return;
    }
    let count = |directory: &str| std::fs::read_dir(format!("/proc/self/{directory}")).unwrap().count();
    // Of whichever thread: a child goes over to another one when the thread that started it ends.
    let children = || {
        let threads = std::fs::read_dir("/proc/self/task").unwrap().flatten();
        threads
            .filter_map(|thread| std::fs::read_to_string(thread.path().join("children")).ok())
            .collect::<String>()
    };
    let runner = runner();
    let mut before = None;
    for number in 0..300 {
        if number == 50 {
            before = Some((count("fd"), count("task")));
        }
        let program = bash("echo \"$0\"; echo b >&2").with_stdin("x");
        let outcome = runner.run(program).await.unwrap();
        assert_eq!(outcome.termination, Termination::Exited(0));
        let file = text(&outcome.stdout);
        assert!(
            file.starts_with("/tmp/code-execute-") && !std::path::Path::new(file.trim()).exists(),
            "{file}"
        );
    }
    let (descriptors, threads) = before.unwrap();
    until("no file is open that was not before", || count("fd") <= descriptors).await;
    assert!(count("task") <= threads);
    // One launcher for them all, which goes with its runner. The runtime takes it in, soon after its end.
    assert_eq!(children().split_whitespace().count(), 1);
    drop(runner);
    until("there is no child left", || children().is_empty()).await;
}

/// An ignored SIGCHLD, a blocked signal, an odd umask and a working directory that is gone: all are inherited.
#[tokio::test]
async fn run_is_the_same_whatever_the_host_inherited() {
    const NAME: &str = "runner::tests::lives::run_is_the_same_whatever_the_host_inherited";
    if let Some(command) = own_process(NAME) {
        let odd = "trap '' HUP INT QUIT PIPE TERM; cd $(mktemp -d); rmdir $PWD; umask 777; exec \"$@\"";
        let mut shell = Command::new("/bin/bash");
        shell.args(["-c", odd, "bash"]).arg(command.get_program()).args(command.get_args());
        let output = shell.env("CODE_EXECUTE_TEST", NAME).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        return;
    }
    let code = "yes | head -1; pwd; umask; grep SigIgn /proc/self/status; kill -TERM $$";
    let outcome = run(bash(code)).await;
    assert_eq!(text(&outcome.stdout), "y\n/tmp\n0077\nSigIgn:\t0000000000000000\n");
    assert_eq!(outcome.termination, Termination::Signaled(15));
}

/// A terminal is the user's: neither to be read nor to be typed into by a program.
#[tokio::test]
async fn program_has_no_part_in_the_hosts_terminal() {
    const NAME: &str = "runner::tests::lives::program_has_no_part_in_the_hosts_terminal";
    if let Some(command) = own_process(NAME) {
        let spawn = "import pty, sys, os; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))";
        let mut terminal = Command::new("/usr/bin/python3");
        terminal.args(["-c", spawn]).arg(command.get_program()).args(command.get_args());
        let output = terminal.env("CODE_EXECUTE_TEST", NAME).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
        return;
    }
    let code = "exec 2>&1; echo hello > /dev/tty";
    // The positive control.
    assert!(Command::new("/bin/bash").args(["-c", code]).status().unwrap().success());
    for code in [code.to_owned(), format!("exec 2>&1; setsid -w bash -c '{code}'")] {
        let outcome = run(bash(&code)).await;
        assert_eq!(outcome.termination, Termination::Exited(1));
        let said = text(&outcome.stdout);
        // There is no such file inside, and none can be made.
        assert!(said.contains("Read-only file system"), "{said}");
    }
}

/// The processes that this one has started and not taken in.
fn children() -> Vec<u32> {
    let own = format!("PPid:\t{}", std::process::id());
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    let pids = processes.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    pids.filter(|pid| {
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
        status.lines().any(|line| line == own)
    })
    .collect()
}

#[tokio::test]
async fn control_groups_go_with_their_launcher_however_it_ends() {
    const NAME: &str = "runner::tests::lives::control_groups_go_with_their_launcher_however_it_ends";
    if let Some(mut command) = own_process(NAME) {
        assert!(command.status().unwrap().success());
        return;
    }
    let groups = match ControlGroups::find() {
        Ok(groups) => groups,
        Err(why) => {
            println!("there are none to be had here: {why}");
            return;
        }
    };
    for killed in [false, true] {
        let (runner, marker) = (runner(), marker());
        let program = bash(&format!("sleep {marker}; :"));
        let mut running = Box::pin(runner.run(program));
        tokio::select! {
            outcome = &mut running => panic!("{outcome:?}"),
            () = until("the program runs", || !bearing(&marker).is_empty()) => {}
        }
        let [launcher] = children()[..] else { panic!("{:?}", children()) };
        let group = groups.path.join(format!("code-execute-{launcher}-0"));
        let members = std::fs::read_to_string(group.join("cgroup.procs")).unwrap();
        // Init, the interpreter and what it started.
        assert!(members.lines().count() >= 3, "{members}");
        if killed {
            kill_process(Pid::from_raw(launcher.cast_signed()).unwrap(), Signal::KILL).unwrap();
            let ended = running.await;
            assert!(matches!(ended, Err(RunError::InitLost { .. })), "{ended:?}");
            assert!(!group.exists());
        } else {
            drop(running);
            drop(runner);
            until("the group is gone", || !group.exists()).await;
        }
    }
}
