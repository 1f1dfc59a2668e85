//! The audit file: a line for every submission, whatever becomes of it, and nothing in it that is nobody's business.

use std::path::Path;
use std::process::{Command, Output};

use code_execute::{Audit, Executor, Status, Submission};
use serde_json::Value;

use crate::block_on;

fn run(audit: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_code-execute"))
        .args(["run", "--audit", audit.to_str().unwrap()])
        .args(arguments)
        .output()
        .unwrap()
}

fn lines(file: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(file).unwrap();
    assert!(text.ends_with('\n'), "{text}");
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
        .collect()
}

#[test]
fn every_outcome_leaves_a_line_without_code_input_or_output() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("audit.jsonl");
    let input = directory.path().join("input");
    std::fs::write(&input, "hush-input").unwrap();
    let cases: [(&[&str], &str, &str); 5] = [
        (&["-c", "print('hush-' + input())", "--stdin", input.to_str().unwrap()], "ok", "approved"),
        (&["-c", "raise SystemExit(3) # hush-code"], "nonzero_exit", "approved"),
        (&["-c", "import os # hush-code"], "rejected", "rejected"),
        (&["-c", " "], "invalid_request", "unreviewed"),
        (&["-c", "echo", "--language", "bash", "--policy", "none"], "ok", "unreviewed"),
    ];
    for (arguments, _, _) in &cases {
        run(&file, arguments);
    }
    let lines = lines(&file);
    assert_eq!(lines.len(), cases.len());
    for (line, (_, status, verdict)) in lines.iter().zip(&cases) {
        assert_eq!((&line["status"], &line["verdict"]), (&(*status).into(), &(*verdict).into()), "{line}");
        assert!(!line.to_string().contains("hush"), "{line}");
        assert!(line["code"].is_null() && line["code_sha256"].as_str().unwrap().len() == 64, "{line}");
    }
    assert_eq!((&lines[0]["layers"]["seccomp"], &lines[0]["exit_code"]), (&"on".into(), &0.into()));
    assert_eq!(lines[2]["rules"], serde_json::json!(["py-import-os"]));
    assert_ne!(lines[0]["request_id"], lines[1]["request_id"]);
    let mode = std::os::unix::fs::MetadataExt::mode(&file.metadata().unwrap());
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn code_is_written_down_where_it_is_asked_for() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("audit.jsonl");
    run(&file, &["--audit-code", "-c", "print('é')"]);
    assert_eq!(lines(&file)[0]["code"], "print('é')");
}

#[test]
fn program_does_not_run_where_its_line_could_not_be_written() {
    let directory = tempfile::tempdir().unwrap();
    let output = run(&directory.path().join("missing/audit.jsonl"), &["-c", "print(1)"]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.code() == Some(125) && output.stdout.is_empty(), "{said}");
    assert!(said.contains("missing/audit.jsonl` cannot be used: No such file"), "{said}");
    let granted = directory.path().to_str().unwrap();
    let output = run(&directory.path().join("audit.jsonl"), &["--write", granted, "-c", "print(1)"]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.code() == Some(125) && said.contains("programs may write it"), "{said}");
}

/// A disk that is full when the line is due: what the program said is not told without it.
#[test]
fn answer_is_withheld_where_its_line_cannot_be_written() {
    let output = run(Path::new("/dev/full"), &["-c", "print('an answer')"]);
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(125), "{said}");
    assert!(said.starts_with("Error: the audit file `/dev/full` cannot be used: No space left"), "{said}");
    assert!(!said.contains("an answer"), "{said}");
}

#[test]
fn submission_whose_caller_goes_away_leaves_a_line() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("audit.jsonl");
    let executor = Executor::builder().audit(Audit::new(&file)).build().unwrap();
    block_on(async {
        let endless = executor.execute(Submission::new("while True: pass").request_id("left"));
        let soon = tokio::time::sleep(std::time::Duration::from_millis(100));
        tokio::select! {
            report = endless => panic!("{report:?}"),
            () = soon => {}
        }
    });
    let lines = lines(&file);
    assert_eq!((&lines[0]["status"], &lines[0]["request_id"]), (&"cancelled".into(), &"left".into()));
}

/// Two executors, as two processes would, write one file that is put aside again and again: every line is whole and
/// every line is there.
#[test]
fn file_is_put_aside_by_several_writers_and_no_line_is_lost() {
    const EACH: usize = 20;
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("audit.jsonl");
    let writers: Vec<_> = (0..2)
        .map(|writer| {
            let audit = Audit::new(&file).most_bytes(12_000);
            std::thread::spawn(move || {
                let executor = Executor::builder().policy("none").audit(audit).build().unwrap();
                for number in 0..EACH {
                    let name = format!("{writer}-{number}");
                    // Refused before anything runs: the line is what this is about.
                    let report = block_on(executor.execute(Submission::new(" ").request_id(name)));
                    assert_eq!(report.status, Status::InvalidRequest);
                }
            })
        })
        .collect();
    for writer in writers {
        writer.join().unwrap();
    }
    let older = (1..=5).map(|number| directory.path().join(format!("audit.jsonl.{number}")));
    let files: Vec<_> = older.chain([file]).filter(|file| file.exists()).collect();
    assert!(files.len() > 1, "it was put aside");
    let mut names: Vec<String> = Vec::new();
    for file in &files {
        assert!(file.metadata().unwrap().len() <= 12_000);
        names.extend(lines(file).iter().map(|line| line["request_id"].as_str().unwrap().to_owned()));
    }
    names.sort();
    names.dedup();
    assert_eq!(names.len(), 2 * EACH);
}
