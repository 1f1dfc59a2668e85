//! What a program is given and what comes back of it.

use super::super::control_group::ControlGroups;
use super::*;
use crate::{LayerState, Sandbox};

#[tokio::test]
async fn exit_codes_come_back_exactly() {
    for code in [0, 1, 2, 125, 126, 127, 128, 137, 255] {
        assert_eq!(run(bash(&format!("exit {code}"))).await.termination, Termination::Exited(code));
    }
    assert_eq!(run(python("raise SystemExit(7)")).await.termination, Termination::Exited(7));
}

#[tokio::test]
async fn signals_come_back_exactly() {
    // Bash itself ignores 3, QUIT.
    for signal in [1, 2, 6, 9, 11, 13, 14, 15] {
        let outcome = run(bash(&format!("kill -{signal} $$"))).await;
        assert_eq!(outcome.termination, Termination::Signaled(signal));
    }
    let crash = "import ctypes; ctypes.string_at(0)";
    assert_eq!(run(python(crash)).await.termination, Termination::Signaled(11));
}

#[tokio::test]
async fn bash_stops_at_the_first_failure() {
    let outcome = run(bash("echo before; false; echo after")).await;
    assert_eq!(outcome.termination, Termination::Exited(1));
    assert_eq!(text(&outcome.stdout), "before\n");
}

#[tokio::test]
async fn streams_are_kept_apart_byte_by_byte() {
    let outcome = run(bash(r"printf 'out\xff\x00\xfe'; printf 'err\xc3' >&2")).await;
    assert_eq!(outcome.stdout.head, b"out\xff\x00\xfe");
    assert_eq!(outcome.stderr.head, b"err\xc3");
}

/// What Python has compiled of a module is good for the source's very time and size: none of what it starts with may
/// have got another one.
#[tokio::test]
async fn python_compiles_no_more_at_its_start_than_outside() {
    // A module that was compiled before is named in quotes, by what was compiled.
    const LOADED: &str = "/usr/bin/python3 -v -c '' 2>&1 | grep 'code object from'";
    let compiled = |loaded: &str| -> Vec<String> {
        loaded.lines().filter(|line| !line.contains('\'')).map(str::to_owned).collect()
    };
    let outside = Command::new("/bin/bash").args(["-c", LOADED]).env_clear().output().unwrap();
    let inside = printed(bash(LOADED)).await;
    assert!(inside.contains(".pyc'"), "{inside}");
    assert_eq!(compiled(&inside), compiled(&String::from_utf8(outside.stdout).unwrap()));
}

#[tokio::test]
async fn program_gets_the_approved_environment_and_no_other() {
    let program = bash("env -0 | sort -z | tr '\\0' '\\n'").with_variable("A", "two words\nand a line");
    let text = printed(program).await;
    // Bash itself adds PWD, SHLVL and _.
    assert_eq!(
        text,
        "A=two words\nand a line\nPATH=/usr/bin:/bin\nPWD=/tmp\nSHLVL=0\n_=/usr/bin/env\n"
            .replace("SHLVL=0", "SHLVL=1")
    );
}

#[tokio::test]
async fn program_gets_its_arguments_and_its_own_file() {
    let program =
        bash("printf '%s|' \"$@\"; echo $0; stat -c %a $0").with_arguments(&["a b", "", "*", "--x"]);
    let text = printed(program).await;
    let (arguments, rest) = text.split_once("/tmp/code-execute-").unwrap();
    assert_eq!(arguments, "a b||*|--x|");
    let mode = if rustix::process::geteuid().is_root() { 750 } else { 700 };
    assert!(rest.ends_with(&format!(".sh\n{mode}\n")), "{rest}");
    let text = printed(python("import sys, os; print(sys.argv[0], sys.executable, os.getcwd())")).await;
    assert!(
        text.starts_with("/tmp/code-execute-") && text.ends_with(".py /usr/bin/python3 /tmp\n"),
        "{text}"
    );
}

#[tokio::test]
async fn bash_file_can_execute_itself() {
    let program = bash("if [ -z \"$1\" ]; then exec \"$0\" again; fi; echo $1");
    assert_eq!(printed(program).await, "again\n");
}

#[tokio::test]
async fn file_is_gone_after_the_run_and_may_be_removed_before() {
    let path = printed(bash("echo -n $0")).await;
    assert!(!PathBuf::from(&path).exists());
    // Confined, it is mounted, and stays until the end.
    let path = printed(bash("rm $0; echo -n $0").with_sandbox(Sandbox::Off)).await;
    assert!(!PathBuf::from(&path).exists());
}

#[tokio::test]
async fn program_starts_with_three_descriptors_and_default_signals() {
    let text = printed(python(concat!(
        "import os\n",
        "print(sorted(os.listdir('/proc/self/fd'))[:3], len(os.listdir('/proc/self/fd')))\n",
        "status = open('/proc/self/status').read()\n",
        // Python ignores SIGPIPE and SIGXFSZ itself: 1000 and 1000000.
        "print([l.split()[1] for l in status.splitlines() if l.startswith(('SigBlk', 'SigIgn'))])\n",
        "print(os.getpgid(0) == os.getpid(), os.getpgid(0) != os.getpgid(os.getppid()), os.readlink('/proc/self/fd/0'))\n",
    )))
    .await;
    // The fourth descriptor is the directory being listed.
    assert_eq!(text, "['0', '1', '2'] 4\n['0000000000000000', '0000000001001000']\nTrue True /dev/null\n");
}

#[tokio::test]
async fn empty_input_ends_at_once_and_given_input_arrives() {
    assert_eq!(printed(bash("cat | wc -c")).await, "0\n");
    assert_eq!(printed(bash("cat | wc -c").with_stdin("")).await, "0\n");
    assert_eq!(printed(bash("read -r name; echo hello $name").with_stdin("world\n")).await, "hello world\n");
}

#[tokio::test]
async fn megabytes_go_both_ways_without_a_deadlock() {
    let input: Vec<u8> = (0..1 << 20).map(|at: u32| (at % 251) as u8).collect();
    let mut limits = limits(60);
    limits.output_head_bytes = 1 << 20;
    let program = Approved::for_test(Language::Bash, "tee /dev/stderr", limits).with_stdin(input.clone());
    let outcome = run(program).await;
    assert!(outcome.stdout.head == input && outcome.stderr.head == input);
}

#[tokio::test]
async fn program_that_does_not_read_its_input_is_not_waited_for() {
    for code in ["exit 3", "exec 0<&-; exit 3", "head -c 10 >/dev/null; exit 3"] {
        let outcome = run(bash(code).with_stdin(vec![b'x'; 1 << 20])).await;
        assert_eq!(outcome.termination, Termination::Exited(3), "{code}");
    }
}

#[tokio::test]
async fn missing_interpreter_names_the_path() {
    let error = try_run(python("").with_variable("PATH", "/nonexistent:/usr")).await.unwrap_err();
    assert_eq!(error.to_string(), "could not find `python3` in `/nonexistent:/usr`");
}

#[tokio::test]
async fn interpreter_that_cannot_start_is_a_failed_step_and_not_an_exit_code() {
    let directory = tempfile::tempdir().unwrap();
    let python = directory.path().join("python3");
    std::fs::write(&python, "\x7fELF nonsense").unwrap();
    std::fs::set_permissions(&python, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let program = super::python("").with_variable("PATH", directory.path().to_str().unwrap());
    let error = try_run(program).await.unwrap_err();
    assert_eq!(error.to_string(), "could not set the run up: step `exec` failed");
}

#[tokio::test]
async fn strings_with_a_nul_are_refused_by_name() {
    let error = try_run(bash("").with_arguments(&["a\0b"])).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        r"could not pass the argument `a\x00b`: it contains a character that ends it"
    );
    assert!(try_run(bash("").with_variable("A=B", "")).await.is_err());
    assert!(try_run(bash("").with_variable("A", "\0")).await.is_err());
}

#[tokio::test]
async fn a_large_environment_is_handed_over() {
    let mut program = bash("echo ${#A0} ${#A9}");
    for number in 0..10 {
        program = program.with_variable(&format!("A{number}"), &"x".repeat(100_000));
    }
    assert_eq!(printed(program).await, "100000 100000\n");
}

#[tokio::test]
async fn usage_is_measured() {
    let outcome = run(python("x = bytearray(100 << 20)\nfor _ in range(3_000_000): pass")).await;
    assert!(outcome.usage.peak_memory_bytes > 100 << 20, "{:?}", outcome.usage);
    assert!(outcome.usage.cpu > Duration::from_millis(20), "{:?}", outcome.usage);
    assert!(outcome.usage.wall >= outcome.usage.cpu / 2, "{:?}", outcome.usage);
    let small = run(bash(":")).await.usage;
    assert!((1 << 20..50 << 20).contains(&small.peak_memory_bytes), "{small:?}");
}

#[tokio::test]
async fn enforcement_says_what_was_on() {
    for (sandbox, expected) in [(Sandbox::On, LayerState::On), (Sandbox::Off, LayerState::Off)] {
        let enforcement = run(bash(":").with_sandbox(sandbox)).await.enforcement;
        let state = |name| enforcement.layers.iter().find(|layer| layer.name == name).unwrap().state;
        assert_eq!(state("environment"), expected);
        assert_eq!(state("no-new-privs"), expected);
        assert_eq!(state("process-tree"), LayerState::On);
        let group = ControlGroups::find().map_or(LayerState::Off, |_| expected);
        assert_eq!(state("control-group"), group);
        for layer in &enforcement.layers {
            assert!(
                layer.state == expected || ["process-tree", "control-group"].contains(&layer.name),
                "{layer:?}"
            );
        }
    }
}
