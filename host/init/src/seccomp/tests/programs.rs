//! Real programs with the filters: over-blocking is what users of other sandboxes complain of most.

use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::live::install_by_name;
use crate::apart;

const EVERY: &[&str] =
    &["none", "namespaced", "networked", "uncounted", "uncounted-networked", "alone", "alone-own-user"];
const APART: &[&str] = &["none", "namespaced", "loopback", "networked", "uncounted", "uncounted-networked"];
const WITHOUT_NETWORK: &[&str] = &["namespaced", "uncounted", "alone", "alone-own-user"];
const WITH_NETWORK: &[&str] = &["none", "loopback", "networked", "uncounted-networked"];

/// A directory with a file for one test, gone at its end.
struct Files(PathBuf);

impl Files {
    fn new(name: &str, text: &str) -> Self {
        let path = std::env::temp_dir().join(format!("code-execute-init-{name}-{}", std::process::id()));
        std::fs::create_dir(&path).unwrap();
        std::fs::write(path.join("code"), text).unwrap();
        Self(path)
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Runs a command with each of the filters; it must say that all went well.
#[allow(clippy::disallowed_methods, reason = "the second process becomes the program")]
fn check(test: &str, filters: &[&str], command: &[&str]) {
    if let Some(word) = apart::word() {
        // The word: the filter, then the command.
        let mut words = word.split('\n');
        install_by_name(words.next().unwrap());
        let error = Command::new(words.next().unwrap()).args(words).env_remove("TMPDIR").exec();
        panic!("{error}");
    }
    for filter in filters {
        let output = apart::again(
            &format!("seccomp::tests::programs::{test}"),
            [&[*filter], command].concat().join("\n"),
        );
        let well = output.status.success() && apart::lines(&output, "well") == [""];
        assert!(well, "{filter}: {}\n{}", output.status, String::from_utf8_lossy(&output.stderr));
    }
}

/// The same with a command whose last word is a file with this text.
fn file(test: &str, filters: &[&str], command: &[&str], code: &str) {
    // In the second process the file is there, and the word has its path.
    let file = apart::word().is_none().then(|| Files::new(test, code));
    let path = file.as_ref().map(|files| files.0.join("code"));
    let path = path.as_deref().and_then(Path::to_str).unwrap_or_default();
    check(test, filters, &[command, &[path]].concat());
}

fn python(test: &str, filters: &[&str], code: &str) {
    file(test, filters, &["/usr/bin/python3", "-I"], code);
}

#[test]
fn common_python_works_with_every_filter() {
    python("common_python_works_with_every_filter", EVERY, include_str!("programs/common.py"));
}

#[test]
fn local_sockets_and_shared_memory_work_in_namespaces() {
    python("local_sockets_and_shared_memory_work_in_namespaces", APART, include_str!("programs/local.py"));
}

#[test]
fn missing_network_is_said_clearly() {
    python("missing_network_is_said_clearly", WITHOUT_NETWORK, include_str!("programs/no_network.py"));
}

#[test]
fn network_works_where_granted() {
    python("network_works_where_granted", WITH_NETWORK, include_str!("programs/network.py"));
}

#[test]
fn common_bash_works_with_every_filter() {
    file("common_bash_works_with_every_filter", EVERY, &["/bin/bash"], include_str!("programs/common.sh"));
}

#[test]
fn node_works_with_every_filter() {
    if Path::new("/usr/bin/node").exists() {
        file("node_works_with_every_filter", EVERY, &["/usr/bin/node"], include_str!("programs/common.js"));
    } else {
        println!("node is not installed");
    }
}

#[test]
fn compiler_works_in_namespaces() {
    let compile = "cd $(dirname $0) && gcc -O1 -pthread -x c $0 -o made && ./made";
    if Path::new("/usr/bin/gcc").exists() {
        let command = ["/bin/sh", "-c", compile];
        file("compiler_works_in_namespaces", APART, &command, include_str!("programs/common.c"));
    } else {
        println!("gcc is not installed");
    }
}
