//! What is done to processes, rights and the environment: `os.kill`, `os.dup2`, `os.chmod`, `os.environ[...] = ...`.

use ruff_text_size::TextRange;

use super::super::calls::Arguments;
use super::super::reader::Reader;
use super::super::value::Value;
use super::os_member;
use crate::rules::{python, uses as rules};

/// Writing for everybody, and the bits that lend the owner's rights.
const EVERYBODY: i64 = 0o002;
const LENDS: i64 = 0o6000;

impl<'a> Reader<'a> {
    pub(super) fn process_call(&mut self, name: &str, arguments: &Arguments<'a>, range: TextRange) {
        match os_member(name).unwrap_or(name) {
            "kill" | "killpg" => self.kill(arguments, range),
            "dup2" => {
                let from = arguments.get(0, "fd");
                if from.alternatives().iter().filter_map(Value::as_name).any(is_remote) {
                    let message = "this gives a connection the place of a stream of the program";
                    self.report(&rules::REMOTE_COMMAND, range, message);
                }
            }
            "chmod" | "lchmod" | "fchmod" => self.judge_mode(arguments.get(1, "mode"), range),
            "chown" | "lchown" | "fchown" | "shutil.chown" => {
                self.report(&rules::CHANGE_MODE, range, "this gives a file another owner");
            }
            "putenv" | "environ.setdefault" | "environ.__setitem__" => {
                self.loader_variable(arguments.get(0, "key"), range);
            }
            "environ.update" => {
                for (name, _) in &arguments.named {
                    self.loader_variable(&Value::text(name), range);
                }
                if let Some(Value::Mapping(variables)) = arguments.positional.first() {
                    for (variable, _) in variables.iter() {
                        self.loader_variable(variable, range);
                    }
                }
            }
            _ => {}
        }
    }

    /// A process that the program started itself, or is, may be ended; signal 0 ends none.
    fn kill(&mut self, arguments: &Arguments<'a>, range: TextRange) {
        let is_own = |value: &Value| value.as_name().is_some_and(is_own_process);
        if *arguments.get(1, "signal") != Value::Int(0)
            && !arguments.get(0, "pid").alternatives().iter().all(is_own)
        {
            let message = "this ends a process that the program may not have started";
            self.report(&python::KILL_PROCESS, range, message);
        }
    }

    /// Judges the mode that a file is given.
    pub(in super::super) fn judge_mode(&mut self, mode: &Value, range: TextRange) {
        for mode in mode.alternatives() {
            let Value::Int(mode) = mode else { continue };
            if mode & EVERYBODY != 0 {
                self.report(&rules::CHANGE_MODE, range, format!("`{mode:#o}` lets everybody write"));
            } else if mode & LENDS != 0 {
                self.report(&rules::CHANGE_MODE, range, format!("`{mode:#o}` lends the owner's rights"));
            }
        }
    }

    /// `os.environ[index] = ...`.
    pub(in super::super) fn variable_set(&mut self, value: &Value, index: &Value, range: TextRange) {
        if self.judges_uses() && value.as_name() == Some("os.environ") {
            self.loader_variable(index, range);
        }
    }

    pub(super) fn loader_variable(&mut self, variable: &Value, range: TextRange) {
        for name in
            variable.alternatives().iter().filter_map(Value::known_text).filter(|name| loads_code(name))
        {
            self.report(&rules::LOADER_VARIABLE, range, format!("`{name}` makes other programs load code"));
        }
    }
}

/// Variables that name code which a program loads although nobody sees it in its command.
fn loads_code(variable: &str) -> bool {
    matches!(
        variable,
        "LD_PRELOAD"
            | "LD_AUDIT"
            | "BASH_ENV"
            | "ENV"
            | "PROMPT_COMMAND"
            | "PERL5OPT"
            | "RUBYOPT"
            | "PYTHONSTARTUP"
    )
}

fn is_own_process(name: &str) -> bool {
    name == "os.getpid()"
        || name == "os.getpgrp()"
        || name == "subprocess.Popen().pid"
        || name == "multiprocessing.Process().pid"
}

/// Whether something comes from the network.
pub(super) fn is_remote(name: &str) -> bool {
    let root = name.split('.').next().unwrap_or_default();
    let names_host = name.starts_with("socket.gethost") || name.starts_with("socket.getfqdn");
    let is_client = matches!(
        root,
        "socket"
            | "socketserver"
            | "ssl"
            | "requests"
            | "httpx"
            | "aiohttp"
            | "urllib3"
            | "http"
            | "ftplib"
            | "telnetlib"
            | "websocket"
            | "websockets"
            | "xmlrpc"
            | "imaplib"
            | "poplib"
    ) || name.starts_with("urllib.request");
    is_client && name.contains('(') && !names_host
}
