//! The command line from outside: transcripts, exit codes, signals, the shape of what programs read.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{CWD, FileType, Mode, OFlags, mknodat, open};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

/// Where the tests' compiled policies are kept, filled once: the transcripts run side by side.
fn cache() -> &'static Path {
    static CACHE: OnceLock<PathBuf> = OnceLock::new();
    CACHE.get_or_init(|| {
        let directory = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("cli-cache");
        fs::create_dir_all(&directory).unwrap();
        let output = program(&directory).args(["policy", "compile"]).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        directory
    })
}

#[allow(clippy::disallowed_methods, reason = "the command line is what is tested here")]
fn program(cache: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_code-execute"));
    command.env("XDG_CACHE_HOME", cache).env("NO_COLOR", "1").stdin(Stdio::null());
    command
}

fn call(arguments: &[&str]) -> Output {
    program(cache()).args(arguments).output().unwrap()
}

/// Exit code, standard output, standard error.
fn read(output: &Output) -> (i32, String, String) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().unwrap_or(-1), text(&output.stdout), text(&output.stderr))
}

#[test]
fn transcripts_are_what_the_program_prints() {
    trycmd::TestCases::new()
        .register_bin("code-execute", Path::new(env!("CARGO_BIN_EXE_code-execute")))
        .env("XDG_CACHE_HOME", cache().to_str().unwrap())
        .env("NO_COLOR", "1")
        .case("../tests/cli/*.md");
}

#[test]
fn policies_meet_their_bars_on_the_own_corpus() {
    for (policy, bars) in [("default", "bars_own.toml"), ("balanced", "bars_balanced_own.toml")] {
        let (corpus, bars) = ("../tests/corpus", format!("../tests/corpus/{bars}"));
        let (code, stdout, stderr) =
            read(&call(&["policy", "measure", corpus, "--policy", policy, "--bars", &bars]));
        assert_eq!(code, 0, "{stdout}{stderr}");
        assert_eq!(stdout.lines().filter(|line| line.starts_with("met ")).count(), 4, "{policy}: {stdout}");
    }
}

#[test]
fn policy_new_writes_all_that_the_example_has() {
    for language in ["c", "javascript", "python", "rust", "typescript"] {
        let directory = tempfile::tempdir().unwrap();
        let policy = directory.path().join("my-policy");
        let (code, stdout, stderr) =
            read(&call(&["policy", "new", "--lang", language, policy.to_str().unwrap()]));
        assert_eq!(code, 0, "{stdout}{stderr}");
        let listed = Command::new("git")
            .args(["ls-files", "-z", &format!("examples/policies/{language}"), "wit/*.wit"])
            .current_dir("..")
            .output()
            .unwrap();
        let listed = String::from_utf8(listed.stdout).unwrap();
        let files = listed.split_terminator('\0').filter(|path| {
            // What compares the languages with one another, and the interfaces that are past.
            !path.ends_with("cases.jsonl") && !path.contains("/frozen/")
        });
        let mut count = 0;
        for path in files {
            let example = Path::new("..").join(path);
            let own = path.strip_prefix(&format!("examples/policies/{language}/")).unwrap_or(path);
            let written = policy.join(own);
            let same = fs::read(&written).is_ok_and(|bytes| bytes == fs::read(&example).unwrap());
            assert!(same, "{language}: {own}");
            let executable = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o100;
            assert_eq!(executable(&written), executable(&example), "{language}: {own}");
            count += 1;
        }
        assert!(count > 10, "{language}: {count}");
    }
}

#[test]
fn policy_export_writes_the_component_that_this_program_uses() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("default.wasm");
    let path = path.to_str().unwrap();
    assert_eq!(read(&call(&["policy", "export", "--output", path])).0, 0);
    let (_, embedded, _) = read(&call(&["policy", "inspect", "--format", "json"]));
    let (code, exported, stderr) = read(&call(&["policy", "inspect", path, "--format", "json"]));
    assert_eq!((code, exported), (0, embedded), "{stderr}");
}

#[test]
fn configuration_file_names_policies_that_flags_replace() {
    let directory = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(directory.path().join(name), text).unwrap();
    write("rules.toml", "[modules]\nforbidden = [\"json\"]\n");
    write(
        "run.toml",
        "policy = [\"default\", \"balanced\"]\npolicy_config = \"default=rules.toml\"\nformatter = \"balanced\"\n",
    );
    let config = directory.path().join("run.toml");
    let run = |more: &[&str]| {
        let arguments = [&["run", "--config", config.to_str().unwrap(), "--format", "json"], more].concat();
        let (_, stdout, stderr) = read(&call(&arguments));
        serde_json::from_str::<Value>(&stdout).unwrap_or_else(|error| panic!("{error}: {stdout}{stderr}"))
    };
    let report = run(&["-c", "import json"]);
    assert_eq!(report["violations"][0]["rule"], "py-forbidden-module", "{report}");
    assert_eq!(report["policies"][1]["name"], "balanced");
    assert_eq!(report["formatter"]["name"], "balanced");
    let report = run(&["--policy", "balanced", "-c", "import json, os\nprint(os.getcwd())"]);
    assert_eq!(report["status"], "ok", "{report}");
    assert_eq!(report["policies"].as_array().map(Vec::len), Some(1));
}

#[test]
fn run_exits_with_the_code_of_the_table() {
    let bash = |code: &'static str| vec!["run", "--language", "bash", "-c", code];
    let cases = [
        (bash("exit 0"), 0),
        (bash("exit 7"), 7),
        (bash("exit 255"), 255),
        (bash("kill -SEGV $$"), 139),
        (bash("kill -KILL $$"), 137),
        (bash("sudo rm -rf /"), 126),
        (vec!["run", "--timeout", "1", "--language", "bash", "-c", "sleep 30 & sleep 30"], 124),
        (vec!["run", "-c", "x = bytearray(3 << 30)\nx[::4096] = x[::4096]"], 1),
        (vec!["run", "-c", "while True: print('x' * 100000)"], 153),
        (vec!["run", "-c", " "], 125),
        (vec!["run", "--no-such-option"], 125),
        (vec!["run", "--timeout", "soon", "-c", "1"], 125),
        (vec!["check", "--no-such-option"], 2),
        (vec!["check"], 2),
        (vec!["no-such-command"], 2),
        (vec!["--help"], 0),
        (vec!["run", "--help"], 0),
    ];
    for (arguments, code) in cases {
        let (found, stdout, stderr) = read(&call(&arguments));
        assert_eq!(found, code, "{arguments:?}\n{stdout}\n{stderr}");
    }
}

#[test]
fn report_is_one_line_of_json_with_the_status() {
    let cases = [
        (vec!["-c", "print('{\"a\": 1}')"], "ok", 0),
        (vec!["-c", "import os"], "rejected", 126),
        (vec!["-c", ""], "invalid_request", 125),
        (vec!["--policy", "none", "-c", "import os; os._exit(9)"], "nonzero_exit", 9),
        (vec!["--no-sandbox", "-c", "import os; os.kill(os.getpid(), 9)"], "signal", 137),
    ];
    for (arguments, status, code) in cases {
        let arguments = [vec!["run", "--format", "json"], arguments].concat();
        let (found, stdout, stderr) = read(&call(&arguments));
        let report: Value = serde_json::from_str(&stdout).unwrap();
        assert_eq!((found, report["status"].as_str()), (code, Some(status)), "{stdout}{stderr}");
        assert_eq!(stdout.matches('\n').count(), 1, "{stdout}");
    }
}

#[test]
fn configuration_is_refused_by_file_line_key_and_value() {
    let directory = tempfile::tempdir().unwrap();
    let cases = [
        (
            "a.toml",
            "timout_seconds = 3",
            &["line 1: unknown key `timout_seconds`", "did you mean `timeout_seconds`"][..],
        ),
        (
            "a.json",
            "{\n \"langage\": \"bash\"}",
            &["line 2: unknown key `langage`", "did you mean `language`"],
        ),
        (
            "a.json",
            "{\"sandbox\": true,\n\"timeout_seconds\": \"5\"}",
            &["line 2", "`timeout_seconds` must be a whole number", "`5`"],
        ),
        ("a.toml", "sandbox = \"no\"", &["line 1", "`sandbox` must be `true` or `false`", "`no`"]),
        ("a.toml", "\nmemory_bytes = 1.5", &["line 2", "`memory_bytes` must be a whole number", "1.5"]),
        ("a.json", "{\"language\": null}", &["`language` must be text", "`null`"]),
        ("a.json", "{\"a\": 1, \"a\": 2}", &["`a` occurs twice"]),
        ("a.toml", "processes = 0", &["Error: processes is 0; it must be between 1 and"]),
        ("a.toml", "concurrency = 5000", &["Error: concurrency is 5000; it must be between 1 and 4096"]),
        (
            "a.toml",
            "max_timeout_seconds = 301",
            &["Error: max_timeout_seconds is 301; it must be between 1 and 300"],
        ),
        ("a.toml", "timeout_seconds = 0", &["Error: timeout_seconds is 0; it must be between 1 and 300"]),
        ("a.json", "{\"timeout_seconds\": 99999999999999999999}", &["Error: timeout_seconds is"]),
        (
            "a.toml",
            "max_timeout_seconds = 10\ntimeout_seconds = 20",
            &["timeout_seconds is 20; it must be between 1 and 10"],
        ),
        ("a.toml", "language = \"lisp\"", &["Error: Language 'lisp' not supported. Use 'python' or 'bash'."]),
        ("a.toml", "language = ", &["line 1: not valid TOML"]),
        ("a.json", "{\n", &["line 2: not valid JSON"]),
        ("a.json", "[]", &["not valid JSON"]),
        ("plain", "{\"x\": 1}", &["unknown key `x`"]),
        ("a.toml", "policy = \"gone.wasm\"", &["cannot read the policy", "/gone.wasm`"]),
    ];
    for (name, text, expected) in cases {
        let path = directory.path().join(name);
        fs::write(&path, text).unwrap();
        let (code, stdout, stderr) = read(&call(&["run", "--config", path.to_str().unwrap(), "-c", "echo"]));
        assert_eq!(code, 125, "{text}\n{stdout}{stderr}");
        for expected in expected {
            assert!(format!("{stdout}{stderr}").contains(expected), "{text}\n{expected}\n{stdout}{stderr}");
        }
    }
}

#[test]
fn code_that_cannot_be_read_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let file = |name: &str, bytes: &[u8]| {
        let path = directory.path().join(name);
        fs::write(&path, bytes).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let latin = file("latin.py", b"x = 1\ny = '\xe9'\n");
    let large = file("large.py", &vec![b'#'; (1 << 20) + 1]);
    let perl = file("tool", b"#!/usr/bin/perl\nprint 1\n");
    let nul = file("nul.py", b"x = 1\0");
    let cases = [
        (&latin, "is not UTF-8: byte 0xe9 at offset 11, line 2"),
        (&large, "is too large: more than 1048576 bytes"),
        (&perl, "the first line `#!/usr/bin/perl` names no language"),
        (&nul, "code contains a NUL character at byte 5; remove it"),
    ];
    for (path, expected) in cases {
        for (command, failed) in [("run", 125), ("check", 2)] {
            let (code, stdout, stderr) = read(&call(&[command, path]));
            assert_eq!(code, failed, "{stdout}{stderr}");
            assert!(format!("{stdout}{stderr}").contains(expected), "{command} {path}\n{stdout}{stderr}");
        }
    }
}

#[test]
fn sarif_has_rules_results_and_relative_uris() {
    let directory = tempfile::tempdir().unwrap();
    fs::create_dir(directory.path().join("a b")).unwrap();
    fs::write(directory.path().join("a b/é.py"), "x = 'é'; import os\n").unwrap();
    fs::write(directory.path().join("bad.py"), b"\xff").unwrap();
    let mut command = program(cache());
    let output = command.current_dir(&directory).args(["check", "--format", "sarif", "."]).output().unwrap();
    let (code, stdout, stderr) = read(&output);
    assert_eq!(code, 2, "{stderr}");
    let log: Value = serde_json::from_str(&stdout).unwrap();
    let run = &log["runs"][0];
    assert_eq!(
        (log["version"].as_str(), run["columnKind"].as_str()),
        (Some("2.1.0"), Some("unicodeCodePoints"))
    );
    assert_eq!(run["invocations"][0]["executionSuccessful"], false);
    let notification =
        run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"].as_str().unwrap();
    assert!(notification.contains("`bad.py` is not UTF-8"), "{notification}");
    let result = &run["results"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
    assert_eq!(rules[index]["id"], result["ruleId"]);
    for rule in rules {
        assert!(rule["help"]["text"].as_str().is_some_and(|text| !text.is_empty()), "{rule}");
    }
    let place = &result["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "a%20b/%C3%A9.py");
    let column = place["region"]["startColumn"].as_u64().unwrap();
    assert!((10..=17).contains(&column), "{place}");
}

#[test]
fn reader_that_leaves_early_is_no_failure() {
    for arguments in [&["rules", "--format", "json"][..], &["schema"], &["completions", "zsh"]] {
        let mut child =
            program(cache()).args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let (code, _, stderr) = read(&child.wait_with_output().unwrap());
        assert_eq!((code, stderr.as_str()), (0, ""), "{arguments:?}");
    }
}

#[test]
fn completions_exist_for_every_shell() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let (code, stdout, _) = read(&call(&["completions", shell]));
        assert!(code == 0 && stdout.contains("no-sandbox"), "{shell}");
    }
}

#[test]
fn signal_ends_the_program_with_all_it_started_and_keeps_its_output() {
    for (signal, expected) in [(Signal::INT, 130), (Signal::TERM, 143)] {
        let directory = tempfile::Builder::new().prefix("cli").tempdir_in("/tmp").unwrap();
        let fifo = directory.path().join("alive");
        mknodat(CWD, &fifo, FileType::Fifo, Mode::empty(), 0).unwrap();
        // Root's programs are another user.
        for (path, mode) in [(directory.path(), 0o777), (fifo.as_path(), 0o666)] {
            fs::set_permissions(path, PermissionsExt::from_mode(mode)).unwrap();
        }
        // Every process of the program holds the pipe open for writing: its end is theirs.
        let reader = open(&fifo, OFlags::RDONLY | OFlags::NONBLOCK, Mode::empty()).unwrap();
        let code =
            format!("echo early; exec 3> {}; setsid sleep 60 & echo started >&3; sleep 60", fifo.display());
        let child = program(cache())
            .args(["run", "--policy", "none", "--language", "bash", "-c", &code, "--write"])
            .arg(directory.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        assert!(is_readable(&reader), "the program did not start");
        rustix::fs::fcntl_setfl(&reader, OFlags::empty()).unwrap();
        let mut reader = BufReader::new(fs::File::from(reader));
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        kill_process(pid(&child), signal).unwrap();
        let (code, stdout, _) = read(&child.wait_with_output().unwrap());
        let mut rest = Vec::new();
        reader.read_to_end(&mut rest).unwrap();
        assert_eq!((line.as_str(), code), ("started\n", expected));
        assert!(stdout.contains("cancelled") && stdout.contains("early"), "{stdout}");
    }
}

fn pid(child: &Child) -> Pid {
    Pid::from_raw(i32::try_from(child.id()).unwrap()).unwrap()
}

fn is_readable(reader: &impl std::os::fd::AsFd) -> bool {
    let patience = Timespec::try_from(Duration::from_secs(10)).unwrap();
    rustix::io::retry_on_intr(|| poll(&mut [PollFd::new(reader, PollFlags::IN)], Some(&patience))).unwrap()
        == 1
}
