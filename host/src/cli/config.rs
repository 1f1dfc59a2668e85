//! The configuration file of `run`: which keys there are and what they may hold.

use std::path::Path;

use code_execute::{Builder, Executor, Limits};

use super::entries::{self, Entry, Value};
use super::message::Failure;
use super::source;

/// What a configuration file says. What it does not say is the library's default.
#[derive(Debug, Default)]
pub(crate) struct Config {
    /// The language of code that names none.
    pub(crate) language: Option<String>,
    /// The deadline in seconds. Its range is checked with the submission, in the contract's words.
    pub(crate) timeout_seconds: Option<i64>,
    /// Whether code is reviewed and confined.
    pub(crate) sandbox: Option<bool>,
    /// The policy. A relative path is relative to the configuration file.
    pub(crate) policy: Option<String>,
    max_timeout_seconds: Option<i64>,
    limits: Limits,
}

/// Every key: the contract's three, then the rest. The order is that of the message that lists them.
const KEYS: [&str; 13] = [
    "language",
    "timeout_seconds",
    "sandbox",
    "policy",
    "max_timeout_seconds",
    "memory_bytes",
    "processes",
    "open_files",
    "file_size_bytes",
    "output_head_bytes",
    "output_tail_bytes",
    "output_stop_bytes",
    "concurrency",
];

/// At most this many bytes of each end of a stream are kept: both ends of both streams stay below the default
/// output limit, which bounds what this process holds in memory for a run.
const MOST_KEPT: i64 = 4 << 20;

impl Config {
    /// Reads a configuration file.
    pub(crate) fn load(path: &Path) -> Result<Self, Failure> {
        let text = source::read(path)?;
        let mut config = Self::default();
        for entry in entries::parse(path, &text)? {
            config.set(&entry).map_err(|problem| problem.failure(path, &entry))?;
        }
        if let Some(policy) = &mut config.policy
            && (policy.contains('/') || Path::new(policy).extension().is_some_and(|end| end == "wasm"))
            && let Some(directory) = path.parent()
        {
            *policy = directory.join(&*policy).display().to_string();
        }
        Ok(config)
    }

    /// An executor's builder with everything but language, deadline, sandbox and policy, which flags override.
    pub(crate) fn builder(&self) -> Builder {
        let most = self.max_timeout_seconds.unwrap_or(i64::from(*Limits::TIMEOUT_SECONDS.end()));
        Executor::builder()
            .max_timeout_seconds(most)
            // A ceiling below the default deadline lowers that too.
            .timeout_seconds(i64::from(self.limits.timeout_seconds).min(most))
            .limits(self.limits.clone())
            // There is one program to run, whatever a server with the same file would allow.
            .concurrency(1)
    }

    fn set(&mut self, entry: &Entry) -> Result<(), Problem> {
        const ANY: i64 = i64::MAX;
        let limits = &mut self.limits;
        match entry.key.as_str() {
            "language" => self.language = Some(text(entry)?),
            "timeout_seconds" => self.timeout_seconds = Some(whole(entry)?),
            "sandbox" => self.sandbox = Some(boolean(entry)?),
            "policy" => self.policy = Some(text(entry)?),
            "max_timeout_seconds" => self.max_timeout_seconds = Some(whole(entry)?),
            "memory_bytes" => limits.memory_bytes = within(entry, 1, ANY)?,
            "processes" => limits.processes = within(entry, 1, ANY)?,
            "open_files" => limits.open_files = within(entry, 1, ANY)?,
            "file_size_bytes" => limits.file_size_bytes = within(entry, 0, ANY)?,
            "output_head_bytes" => limits.output_head_bytes = within(entry, 0, MOST_KEPT)?,
            "output_tail_bytes" => limits.output_tail_bytes = within(entry, 0, MOST_KEPT)?,
            "output_stop_bytes" => limits.output_stop_bytes = within(entry, 1, ANY)?,
            "concurrency" => {
                let _for_servers: usize = within(entry, 1, 4_096)?;
            }
            _ => return Err(Problem::Unknown),
        }
        Ok(())
    }
}

/// What is wrong with an entry.
#[derive(Debug)]
enum Problem {
    Unknown,
    Kind(&'static str),
    Range(i64, i64),
}

impl Problem {
    fn failure(&self, path: &Path, entry: &Entry) -> Failure {
        let Entry { key, value, line } = entry;
        let place = format!("`{}`, line {line}", path.display());
        match self {
            Self::Unknown => {
                let near =
                    nearest(key, KEYS).map(|near| format!("did you mean `{near}`? ")).unwrap_or_default();
                Failure::new(format!("{place}: unknown key `{key}`")).hint(format!(
                    "{near}the known keys are {}",
                    KEYS.map(|key| format!("`{key}`")).join(", ")
                ))
            }
            Self::Kind(wanted) => {
                Failure::new(format!("{place}: `{key}` must be {wanted}, not {}", value.describe()))
            }
            Self::Range(least, most) => {
                let number = if let Value::Integer(number) = value { *number } else { 0 };
                Failure::contract(format!(
                    "{key} is {number}; it must be between {least} and {most} ({place})"
                ))
            }
        }
    }
}

/// The name that was probably meant.
pub(crate) fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let name = name.to_lowercase().replace('-', "_");
    known
        .into_iter()
        .map(|known| (strsim::jaro_winkler(&name, &known.replace('-', "_")), known))
        // The limit at which clap suggests an option.
        .filter(|(likeness, _)| *likeness > 0.7)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, known)| known)
}

fn text(entry: &Entry) -> Result<String, Problem> {
    if let Value::Text(text) = &entry.value { Ok(text.clone()) } else { Err(Problem::Kind("text")) }
}

fn boolean(entry: &Entry) -> Result<bool, Problem> {
    if let Value::Boolean(value) = entry.value { Ok(value) } else { Err(Problem::Kind("`true` or `false`")) }
}

fn whole(entry: &Entry) -> Result<i64, Problem> {
    if let Value::Integer(number) = entry.value { Ok(number) } else { Err(Problem::Kind("a whole number")) }
}

fn within<T: TryFrom<i64>>(entry: &Entry, least: i64, most: i64) -> Result<T, Problem> {
    let number = whole(entry)?;
    let fitting = if (least..=most).contains(&number) { T::try_from(number).ok() } else { None };
    fitting.ok_or(Problem::Range(least, most))
}
