//! `policy`: what a policy is, compiling policies ahead of their first use, measuring them.

use std::fmt::Write as _;
use std::time::Instant;

use code_execute::policy::{Cache, Policy};
use serde::Serialize;

use super::args::{self, Format, PolicyCommand};
use super::check::open;
use super::measure::Measure;
use super::message::Failure;
use super::terminal::{STRONG, visible};
use super::{exit, terminal};

/// Does what the subcommand says.
pub(crate) fn policy(command: &PolicyCommand) -> Result<u8, Failure> {
    match command {
        PolicyCommand::Inspect { policy, format } => inspect(policy, *format),
        PolicyCommand::Compile { policies } => compile(policies),
        PolicyCommand::Measure(arguments) => measure(arguments),
    }
}

/// What `policy inspect` says.
#[derive(Debug, Serialize)]
struct Inspection {
    name: String,
    version: String,
    summary: String,
    sha256: String,
    size_bytes: usize,
    interfaces: Vec<String>,
    /// Always empty: a component that imports anything is not loaded.
    imports: [String; 0],
    rules: usize,
}

fn inspect(name: &str, format: Format) -> Result<u8, Failure> {
    let policy = open(name)?;
    let description = policy.describe()?;
    let inspection = Inspection {
        name: description.name,
        version: description.version,
        summary: description.summary,
        sha256: policy.identity().sha256.clone(),
        size_bytes: policy.size_bytes(),
        interfaces: policy.interfaces().to_vec(),
        imports: [],
        rules: description.rules.len(),
    };
    match format {
        Format::Human => terminal::print(&inspection.human())?,
        Format::Json => terminal::print_json(&inspection)?,
    }
    Ok(exit::OK)
}

impl Inspection {
    fn human(&self) -> String {
        let mut text = String::new();
        let mut line = |name: &str, value: &str| {
            let _infallible = writeln!(text, "{STRONG}{name:<10}{STRONG:#}  {}", visible(value));
        };
        line("name", &self.name);
        line("version", &self.version);
        line("summary", &self.summary);
        line("sha256", &self.sha256);
        line("size", &format!("{} KiB", self.size_bytes.div_ceil(1 << 10)));
        for (number, interface) in self.interfaces.iter().enumerate() {
            line(if number == 0 { "exports" } else { "" }, interface);
        }
        line("imports", "none");
        line("rules", &self.rules.to_string());
        text
    }
}

/// Measures a policy on a labelled corpus.
fn measure(arguments: &args::Measure) -> Result<u8, Failure> {
    let policy = open(&arguments.policy)?;
    let measure = Measure {
        folder: &arguments.folder,
        bars: arguments.bars.as_deref(),
        json: arguments.format == Format::Json,
        list: arguments.list,
    };
    let mut out = Vec::new();
    let measured = measure.run(&policy, &mut out);
    terminal::print_bytes(&out)?;
    let met = measured.map_err(|error| Failure::from_chain(error.chain()))?;
    Ok(if met { exit::OK } else { exit::FOUND })
}

/// Loads each policy, which keeps its compiled form, and says where.
fn compile(names: &[String]) -> Result<u8, Failure> {
    let cache = Cache::of_user();
    cache.prepare().map_err(|error| {
        let what = match cache.directory() {
            Some(directory) => format!("cannot keep compiled policies in `{}`", directory.display()),
            None => "there is no directory for compiled policies".to_owned(),
        };
        Failure::new(what).because(&error).hint("set `XDG_CACHE_HOME` to a directory of your own")
    })?;
    for name in names {
        if name == "none" {
            return Err(Failure::new("the policy `none` reviews nothing: there is nothing to compile"));
        }
        let started = Instant::now();
        let policy = Policy::open(name, &cache)?;
        let elapsed = started.elapsed();
        let kept = cache.compiled(&policy).ok_or_else(|| {
            let directory = cache.directory().map(|directory| directory.display().to_string());
            Failure::new(format!(
                "`{name}` was compiled and could not be kept in `{}`",
                directory.unwrap_or_default()
            ))
            .hint("is the directory writable and the disk not full?")
        })?;
        let how = if policy.was_compiled() { "compiled" } else { "already compiled, loaded" };
        let kept = kept.display().to_string();
        terminal::print(&format!(
            "{STRONG}{}{STRONG:#}: {how} in {} ms: {}\n",
            visible(name),
            elapsed.as_millis(),
            visible(&kept)
        ))?;
    }
    Ok(exit::OK)
}
