//! The configuration file of `run`: which keys there are and what they may hold.

use std::path::{Path, PathBuf};

use code_execute::policy::Sources;
use code_execute::{Audit, Builder, Executor, Isolation, Limits, Network};

use super::entries::{self, Entry, Value};
use super::message::Failure;
use super::policies::{Policies, is_path};
use super::settings::{self, Auditing, Confined, Settings};
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
    /// The policies. Relative paths are relative to the configuration file.
    pub(crate) policies: Policies,
    /// The one of them that words the results.
    pub(crate) formatter: Option<String>,
    pub(crate) isolation: Option<Isolation>,
    grants: Granted,
    max_timeout_seconds: Option<i64>,
    concurrency: Option<usize>,
    /// Whether the file says how much of the output is kept.
    keeps_output: bool,
    limits: Limits,
    audit: Option<PathBuf>,
    audit_code: bool,
    audit_bytes: Option<u64>,
    ahead: Option<bool>,
}

/// What the file grants.
#[derive(Debug, Default)]
struct Granted {
    network: Option<Network>,
    read: Vec<String>,
    write: Vec<String>,
    env: Vec<(String, Option<String>)>,
    venv: Option<String>,
}

/// Every key: the contract's three, then the rest. The order is that of the message that lists them.
const KEYS: [&str; 28] = [
    "language",
    "timeout_seconds",
    "sandbox",
    "policy",
    "policy_config",
    "policy_sha256",
    "formatter",
    "max_timeout_seconds",
    "memory_bytes",
    "processes",
    "open_files",
    "file_size_bytes",
    "output_head_bytes",
    "output_tail_bytes",
    "output_stop_bytes",
    "concurrency",
    "isolation",
    "network",
    "read",
    "write",
    "env",
    "venv",
    "cpu_seconds",
    "scratch_bytes",
    "audit",
    "audit_code",
    "audit_bytes",
    "ahead",
];

/// At most this many bytes of each end of a stream are kept: both ends of both streams stay below the default
/// output limit, which bounds what this process holds in memory for a run.
const MOST_KEPT: i64 = 4 << 20;

/// How much of each end of a stream is kept for a model behind a server: clients move longer results out of its sight,
/// or refuse them.
const KEPT_FOR_A_MODEL: usize = 16 << 10;

impl Config {
    /// Reads the configuration file that is named, if one is.
    pub(crate) fn of(settings: &Settings) -> Result<Self, Failure> {
        Ok(settings.config.as_deref().map(Self::load).transpose()?.unwrap_or_default())
    }

    fn load(path: &Path) -> Result<Self, Failure> {
        let text = source::read(path)?;
        let mut config = Self::default();
        for entry in entries::parse(path, &text)? {
            config.set(&entry).map_err(|problem| problem.failure(path, &entry))?;
        }
        let directory = path.parent().unwrap_or(Path::new(""));
        config.policies.relative_to(directory);
        config.audit = config.audit.map(|file| directory.join(file));
        if let Some(formatter) = config.formatter.take_if(|formatter| is_path(formatter)) {
            config.formatter = Some(directory.join(formatter).display().to_string());
        }
        Ok(config)
    }

    /// An executor's builder with everything but language, deadline and sandbox, which flags override.
    /// What flags grant comes on top of what the file grants.
    pub(crate) fn builder(&self, settings: &Settings) -> Result<Builder, Failure> {
        let flags = &settings.confinement;
        let Granted { network, read, write, env, venv } = &self.grants;
        let mut builder = Executor::builder()
            .isolation(flags.isolation.or(self.isolation).unwrap_or_default())
            .network(flags.network.or(*network).unwrap_or_default());
        for path in read.iter().map(PathBuf::from).chain(flags.read.iter().cloned()) {
            builder = builder.read(path);
        }
        for path in write.iter().map(PathBuf::from).chain(flags.write.iter().cloned()) {
            builder = builder.write(path);
        }
        for (name, value) in env.iter().chain(&flags.env) {
            builder = builder.env(name.clone(), value.clone());
        }
        if let Some(venv) = flags.venv.clone().or(venv.as_ref().map(PathBuf::from)) {
            builder = builder.venv(venv);
        }
        let most = self.max_timeout_seconds.unwrap_or(i64::from(*Limits::TIMEOUT_SECONDS.end()));
        if let Some(ahead) = self.ahead {
            builder = builder.ahead(ahead);
        }
        if let Some(audit) = self.audit(&settings.auditing) {
            builder = builder.audit(audit);
        }
        Ok(builder
            .max_timeout_seconds(most)
            // A ceiling below the default deadline lowers that too.
            .timeout_seconds(i64::from(self.limits.timeout_seconds).min(most))
            .limits(self.limits(flags))
            .policies(self.sources(settings)?))
    }

    fn limits(&self, flags: &Confined) -> Limits {
        let mut limits = self.limits.clone();
        limits.memory_bytes = flags.memory.unwrap_or(limits.memory_bytes);
        limits.processes = flags.processes.unwrap_or(limits.processes);
        limits.file_size_bytes = flags.file_size.unwrap_or(limits.file_size_bytes);
        limits.scratch_bytes = flags.scratch.unwrap_or(limits.scratch_bytes);
        limits.cpu_seconds = flags.cpu_time.or(limits.cpu_seconds);
        limits
    }

    /// The builder of a server's executor, with everything that the file and the flags say.
    pub(crate) fn server(&self, settings: &Settings) -> Result<Builder, Failure> {
        let mut limits = self.limits(&settings.confinement);
        if !self.keeps_output {
            limits.output_head_bytes = KEPT_FOR_A_MODEL;
            limits.output_tail_bytes = KEPT_FOR_A_MODEL;
        }
        let mut builder = self.builder(settings)?.limits(limits).sandbox(self.sandbox.unwrap_or(true));
        if let Some(language) = &self.language {
            builder = builder.language(language);
        }
        if let Some(seconds) = self.timeout_seconds {
            builder = builder.timeout_seconds(seconds);
        }
        Ok(match self.concurrency {
            Some(programs) => builder.concurrency(programs),
            None => builder,
        })
    }

    /// The audit file, where there is one. Flags win.
    fn audit(&self, flags: &Auditing) -> Option<Audit> {
        let audit = Audit::new(flags.audit.as_ref().or(self.audit.as_ref())?)
            .with_code(flags.audit_code || self.audit_code);
        Some(match flags.audit_bytes.or(self.audit_bytes) {
            Some(bytes) => audit.most_bytes(bytes),
            None => audit,
        })
    }

    /// Where the policies come from, and which of them words. Flags that name policies stand for themselves alone.
    fn sources(&self, flags: &Settings) -> Result<Sources, Failure> {
        let own = self.formatter.as_deref().filter(|_| flags.policies.names.is_empty());
        let sources = flags.policies.or(&self.policies).sources()?;
        Ok(match flags.formatter.as_deref().or(own) {
            Some(formatter) => sources.formatter(formatter)?,
            None => sources,
        })
    }

    fn set(&mut self, entry: &Entry) -> Result<(), Problem> {
        const ANY: i64 = i64::MAX;
        let limits = &mut self.limits;
        self.keeps_output |= matches!(entry.key.as_str(), "output_head_bytes" | "output_tail_bytes");
        match entry.key.as_str() {
            "language" => self.language = Some(text(entry)?),
            "timeout_seconds" => self.timeout_seconds = Some(whole(entry)?),
            "sandbox" => self.sandbox = Some(boolean(entry)?),
            "policy" => self.policies.names = one_or_more(entry)?,
            "policy_config" => self.policies.configurations = one_or_more(entry)?,
            "policy_sha256" => self.policies.pins = one_or_more(entry)?,
            "formatter" => self.formatter = Some(text(entry)?),
            "max_timeout_seconds" => self.max_timeout_seconds = Some(whole(entry)?),
            "memory_bytes" => limits.memory_bytes = within(entry, 1, ANY)?,
            "processes" => limits.processes = within(entry, 1, ANY)?,
            "open_files" => limits.open_files = within(entry, 1, ANY)?,
            "file_size_bytes" => limits.file_size_bytes = within(entry, 0, ANY)?,
            "output_head_bytes" => limits.output_head_bytes = within(entry, 0, MOST_KEPT)?,
            "output_tail_bytes" => limits.output_tail_bytes = within(entry, 0, MOST_KEPT)?,
            "output_stop_bytes" => limits.output_stop_bytes = within(entry, 1, ANY)?,
            "concurrency" => self.concurrency = Some(within(entry, 1, 4_096)?),
            "isolation" => {
                let named = Isolation::named(&text(entry)?);
                self.isolation =
                    Some(named.ok_or(Problem::Kind("`strict`, `standard`, `minimal` or `none`"))?);
            }
            "network" => {
                let named = Network::named(&text(entry)?);
                self.grants.network = Some(named.ok_or(Problem::Kind("`none`, `loopback` or `host`"))?);
            }
            "read" => self.grants.read = list(entry)?,
            "write" => self.grants.write = list(entry)?,
            "env" => {
                let variables =
                    list(entry)?.iter().map(|text| settings::variable(text)).collect::<Result<_, _>>();
                self.grants.env = variables.map_err(|_| Problem::Kind("a list of `NAME` or `NAME=VALUE`"))?;
            }
            "venv" => self.grants.venv = Some(text(entry)?),
            "cpu_seconds" => limits.cpu_seconds = Some(within(entry, 1, ANY)?),
            "audit" => self.audit = Some(PathBuf::from(text(entry)?)),
            "ahead" => self.ahead = Some(boolean(entry)?),
            "audit_code" => self.audit_code = boolean(entry)?,
            "audit_bytes" => self.audit_bytes = Some(within(entry, 1, ANY)?),
            "scratch_bytes" => limits.scratch_bytes = within(entry, 1, ANY)?,
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

fn list(entry: &Entry) -> Result<Vec<String>, Problem> {
    if let Value::List(texts) = &entry.value {
        Ok(texts.clone())
    } else {
        Err(Problem::Kind("a list of texts"))
    }
}

fn one_or_more(entry: &Entry) -> Result<Vec<String>, Problem> {
    match &entry.value {
        Value::Text(text) => Ok(vec![text.clone()]),
        Value::List(texts) => Ok(texts.clone()),
        Value::Integer(_) | Value::Boolean(_) | Value::Other(_) => {
            Err(Problem::Kind("text or a list of texts"))
        }
    }
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
