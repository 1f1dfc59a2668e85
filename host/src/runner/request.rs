//! Puts the terms of a run into the words of the protocol.

use std::io;
use std::os::fd::OwnedFd;
use std::path::Path;

use code_execute_init::protocol::Request;
use rustix::fs::{MemfdFlags, memfd_create};

use super::RunError;
use super::launcher::Place;
use super::seat::Seat;
use crate::Sandbox;
use crate::terms::Terms;

/// A request and the strings that go with it.
#[derive(Debug)]
pub(super) struct Worded {
    pub(super) request: Request,
    /// The memory file with arguments and environment.
    pub(super) block: OwnedFd,
}

/// Where the code file stands among the arguments: after the interpreter.
const CODE_ARGUMENT: u64 = 1;

/// Builds the request for a run of `code_file` in its place.
pub(super) fn build(terms: &Terms, seat: &Seat, place: &Place, code_file: &Path) -> Result<Worded, RunError> {
    let mut strings = Strings::default();
    strings.push("interpreter", seat.interpreter().as_os_str().as_encoded_bytes())?;
    strings.push("code file", code_file.as_os_str().as_encoded_bytes())?;
    for argument in &terms.arguments {
        strings.push("argument", argument.as_bytes())?;
    }
    let arguments = strings.count;
    for (name, value) in &terms.environment {
        if name.is_empty() || name.contains('=') {
            return Err(RunError::Unpassable {
                what: "variable name",
                value: name.escape_debug().to_string(),
            });
        }
        strings.push("variable", format!("{name}={value}").as_bytes())?;
    }
    let variables = strings.count - arguments;
    strings.bytes.extend(seat.root_strings());

    let limits = &terms.limits;
    let request = Request {
        confined: terms.sandbox == Sandbox::On,
        arguments,
        variables,
        block_bytes: strings.bytes.len() as u64,
        code_argument: CODE_ARGUMENT,
        deadline_ms: u64::from(limits.timeout_seconds) * 1000,
        page_bytes: rustix::param::page_size() as u64,
        memory_bytes: limits.memory_bytes,
        processes: limits.processes,
        open_files: limits.open_files,
        file_size_bytes: limits.file_size_bytes,
        cpu_seconds: limits.cpu_seconds.unwrap_or_else(|| cpu_seconds(limits.timeout_seconds)),
        place: u64::from(place.number()),
        confinement: seat.confinement(),
    };
    let block = strings
        .into_memory()
        .map_err(|source| RunError::Io { attempt: "hand over the program's arguments", source })?;
    Ok(Worded { request, block })
}

/// Processor time that a process of the run may use: all it can use before the deadline, and a second.
/// It matters where host and init were killed and nobody is left to keep the deadline.
fn cpu_seconds(timeout_seconds: u32) -> u64 {
    let processors = rustix::thread::sched_getaffinity(None).map_or(1, |set| set.count().max(1));
    (u64::from(timeout_seconds) + 1) * u64::from(processors)
}

/// Strings, each ended by a NUL.
#[derive(Default)]
struct Strings {
    bytes: Vec<u8>,
    count: u64,
}

impl Strings {
    fn push(&mut self, what: &'static str, string: &[u8]) -> Result<(), RunError> {
        if string.contains(&0) {
            return Err(RunError::Unpassable { what, value: string.escape_ascii().to_string() });
        }
        self.bytes.extend_from_slice(string);
        self.bytes.push(0);
        self.count += 1;
        Ok(())
    }

    fn into_memory(self) -> io::Result<OwnedFd> {
        let file = memfd_create(c"code-execute-arguments", MemfdFlags::CLOEXEC)?;
        let mut rest = self.bytes.as_slice();
        while !rest.is_empty() {
            let written = rustix::io::retry_on_intr(|| rustix::io::write(&file, rest))?;
            rest = rest.split_at_checked(written).ok_or(io::ErrorKind::WriteZero)?.1;
        }
        Ok(file)
    }
}
