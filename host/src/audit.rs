//! The audit file: one line of JSON for every submission, written before its answer is given.
//!
//! A line says what was asked for, what the policies made of it, what confined it and how it ended. It has neither the
//! code nor what the program wrote or was given: only the code's hash, unless the operator asks for the code.
//!
//! Several processes may write one file. Each line takes a lock on it, so that lines are whole and the file is rotated
//! once; the file is opened anew for each, so that it can also be moved away by somebody else.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::PathBuf;
use std::sync::Arc;

use chrono::{SecondsFormat, Utc};
use rustix::fs::{FlockOperation, flock};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::policy::Identity;
use crate::report::{Durations, Used};
use crate::trace::TraceParent;
use crate::{
    Configuration, Enforcement, Isolation, Layer, Limits, Report, Sandbox, Status, Submission, Violation,
};

/// Where lines go. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audit {
    path: PathBuf,
    most_bytes: u64,
    code: bool,
}

/// So many older files are kept: `FILE.1`, the latest, to `FILE.5`.
const OLDER: u32 = 5;

/// A file that was moved away between opening and locking is opened again so many times.
const TRIES: u32 = 16;

/// Why the audit file cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("the audit file `{}` cannot be used: {cause}", path.display())]
pub struct AuditError {
    path: PathBuf,
    cause: io::Error,
}

impl Audit {
    /// A file of more bytes than this is put aside for a new one.
    pub const MOST_BYTES: u64 = 64 << 20;

    /// Writes to the end of a file, which is made where there is none, for its owner's eyes only.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), most_bytes: Self::MOST_BYTES, code: false }
    }

    /// Puts the file aside when it has more than this many bytes. Five older ones are kept.
    #[must_use]
    pub fn most_bytes(mut self, bytes: u64) -> Self {
        self.most_bytes = bytes;
        self
    }

    /// Whether lines hold the code; default false.
    ///
    /// # Security
    ///
    /// Code may hold secrets, and the file then does.
    #[must_use]
    pub fn with_code(mut self, code: bool) -> Self {
        self.code = code;
        self
    }

    /// Opens the file, and so finds out whether it can be written.
    fn check(&self) -> Result<(), AuditError> {
        self.lock().map(drop).map_err(|source| self.error(source))
    }

    /// Finds out whether the file can be written, and not by the programs that it is about.
    pub(crate) fn check_beside(&self, granted: &[PathBuf]) -> Result<(), AuditError> {
        self.check()?;
        let file = std::fs::canonicalize(&self.path).map_err(|source| self.error(source))?;
        match granted.iter().find(|granted| file.starts_with(granted)) {
            None => Ok(()),
            Some(granted) => {
                let problem =
                    format!("programs may write it: it lies in the granted `{}`", granted.display());
                Err(self.error(io::Error::other(problem)))
            }
        }
    }

    fn write(&self, record: &Record) -> Result<(), AuditError> {
        self.append(record).map_err(|source| self.error(source))
    }

    fn append(&self, record: &Record) -> io::Result<()> {
        let mut line = serde_json::to_vec(record)?;
        line.push(b'\n');
        let (mut file, bytes) = self.lock()?;
        let length = u64::try_from(line.len()).unwrap_or(u64::MAX);
        if bytes > 0 && bytes.saturating_add(length) > self.most_bytes {
            self.rotate()?;
            let held = file;
            (file, _) = self.lock()?;
            drop(held);
        }
        file.write_all(&line)?;
        file.sync_data()
    }

    /// The file, locked, and its size.
    fn lock(&self) -> io::Result<(File, u64)> {
        for _ in 0..TRIES {
            let file = OpenOptions::new().append(true).create(true).mode(0o600).open(&self.path)?;
            flock(&file, FlockOperation::LockExclusive)?;
            let opened = file.metadata()?;
            match std::fs::metadata(&self.path) {
                Ok(named) if (named.dev(), named.ino()) == (opened.dev(), opened.ino()) => {
                    return Ok((file, opened.len()));
                }
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        Err(io::Error::other("it is moved away again and again"))
    }

    /// Puts the file aside, and the older ones before it. The caller holds the lock.
    fn rotate(&self) -> io::Result<()> {
        let older = |number: u32| {
            let mut name = self.path.clone().into_os_string();
            name.push(format!(".{number}"));
            PathBuf::from(name)
        };
        for number in (1..OLDER).rev() {
            match std::fs::rename(older(number), older(number + 1)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                Ok(()) | Err(_) => {}
            }
        }
        std::fs::rename(&self.path, older(1))
    }

    fn error(&self, cause: io::Error) -> AuditError {
        AuditError { path: self.path.clone(), cause }
    }
}

/// One line.
#[derive(Debug, Serialize)]
struct Record {
    /// When the submission was handed in, in UTC.
    time: String,
    request_id: String,
    #[serde(flatten)]
    trace: Option<TraceParent>,
    language: String,
    code_sha256: String,
    code_bytes: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    policies: Vec<Identity>,
    verdict: Verdict,
    /// The rules that something was found by, forbidden or not, each once.
    rules: Vec<String>,
    isolation: Isolation,
    /// The layers that confined the program, by name, each with its state.
    #[serde(serialize_with = "by_name")]
    layers: Vec<Layer>,
    limits: Bounds,
    status: Status,
    exit_code: Option<i32>,
    signal: Option<String>,
    stdout_bytes: u64,
    stderr_bytes: u64,
    #[serde(flatten)]
    durations: Durations,
    #[serde(flatten)]
    used: Used,
    /// What went wrong, where this program failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<String>,
}

/// What the policies made of a submission.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "snake_case")]
enum Verdict {
    Approved,
    Rejected,
    /// Nobody looked at it: the operator chose no review, or it never came to that.
    Unreviewed,
}

/// The limits that the operator has set.
#[derive(Debug, Serialize)]
struct Bounds {
    timeout_seconds: i64,
    memory_bytes: u64,
    processes: u64,
    open_files: u64,
    file_size_bytes: u64,
    scratch_bytes: u64,
}

/// The line of a submission that is on its way. Written when it is dropped, if not before: a caller that goes away
/// leaves a line too.
#[derive(Debug)]
pub(crate) struct Pending {
    audit: Arc<Audit>,
    record: Option<Box<Record>>,
}

impl Pending {
    /// Begins the line of a submission. An error says that it could not be written, before anything is run.
    pub(crate) fn new(
        audit: &Arc<Audit>,
        submission: &Submission,
        configuration: &Configuration,
    ) -> Result<Self, AuditError> {
        audit.check()?;
        let limits = &configuration.limits;
        let Limits { memory_bytes, processes, open_files, file_size_bytes, scratch_bytes, .. } = *limits;
        let language = submission.language.as_deref().unwrap_or(configuration.language.name());
        let request_id = submission.request_id.clone();
        let record = Record {
            time: Utc::now().to_rfc3339_opts(SecondsFormat::Millis, true),
            request_id: request_id.unwrap_or_else(|| uuid::Uuid::new_v4().to_string()),
            trace: submission.trace,
            language: language.chars().take(64).collect(),
            code_sha256: format!("{:x}", Sha256::digest(&submission.code)),
            code_bytes: submission.code.len(),
            code: audit.code.then(|| submission.code.clone()),
            policies: Vec::new(),
            verdict: Verdict::Unreviewed,
            rules: Vec::new(),
            isolation: if configuration.sandbox == Sandbox::On {
                configuration.isolation
            } else {
                Isolation::None
            },
            layers: Vec::new(),
            limits: Bounds {
                timeout_seconds: submission.timeout_seconds.unwrap_or(i64::from(limits.timeout_seconds)),
                memory_bytes,
                processes,
                open_files,
                file_size_bytes,
                scratch_bytes,
            },
            status: Status::Cancelled,
            exit_code: None,
            signal: None,
            stdout_bytes: 0,
            stderr_bytes: 0,
            durations: Durations::default(),
            used: Used::default(),
            failure: None,
        };
        Ok(Self { audit: Arc::clone(audit), record: Some(Box::new(record)) })
    }

    /// Writes the line of a submission that was answered, and gives the report back: where the line could not be
    /// written, one that says so and nothing else.
    pub(crate) fn write(mut self, report: Report) -> Report {
        let Some(mut record) = self.record.take() else { return report };
        record.fill(&report);
        match self.audit.write(&record) {
            Ok(()) => report,
            Err(error) => report.withheld(&error.to_string()),
        }
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        let Some(record) = self.record.take() else { return };
        if let Err(error) = self.audit.write(&record) {
            tracing::error!(request_id = record.request_id, %error, "no audit line");
        }
    }
}

fn by_name<S: serde::Serializer>(layers: &[Layer], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(layers.iter().map(|layer| (layer.name, layer.state)))
}

impl Record {
    fn fill(&mut self, report: &Report) {
        let Enforcement { level, layers } = &report.enforcement;
        self.policies.clone_from(&report.policies);
        self.verdict = if report.status == Status::Rejected {
            Verdict::Rejected
        } else if report.policies.is_empty() || layers.is_empty() {
            // What did not run may have been stopped before anybody had looked at it.
            Verdict::Unreviewed
        } else {
            Verdict::Approved
        };
        let found = report.violations.iter().chain(&report.suspicions);
        self.rules = found.map(|Violation { rule, .. }| rule.clone()).collect();
        self.rules.sort();
        self.rules.dedup();
        if !layers.is_empty() {
            self.isolation = *level;
        }
        self.layers.clone_from(layers);
        self.status = report.status;
        self.exit_code = report.exit_code;
        self.signal.clone_from(&report.signal);
        self.stdout_bytes = report.stdout.total_bytes;
        self.stderr_bytes = report.stderr.total_bytes;
        self.durations = report.durations;
        self.used = report.usage;
        self.failure = report.detail.clone().filter(|_| report.status == Status::SandboxError);
    }
}
