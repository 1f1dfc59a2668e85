//! `policy test`: holds a policy to its own examples and to the interface, and says how fast it is.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use code_execute::policy::{Chain, Conformance, Policy, PolicyError};

use super::args::Test;
use super::measure::Corpus;
use crate::cli::message::Failure;
use crate::cli::terminal::{self, STRONG, WELL, WRONG, visible};

/// How many reviews are timed; the median is shown.
const TIMED: usize = 21;

/// The size of the programs that are timed.
const TIMED_BYTES: usize = 2 << 10;

/// Prints what a policy was held to and returns whether it does what it says.
pub(super) fn test(arguments: &Test) -> Result<bool, Failure> {
    let policy = arguments.policy.open()?;
    let conformance = policy.conformance()?;
    terminal::print(&words(&policy, &conformance)?)?;
    if let Some(folder) = &arguments.corpus {
        let chain = Chain::from(policy);
        let corpus =
            Corpus::measure(&chain, folder, None).map_err(|error| Failure::from_chain(error.chain()))?;
        terminal::print(&corpus.figures())?;
    }
    Ok(conformance.shortfalls.is_empty())
}

fn words(policy: &Policy, conformance: &Conformance) -> Result<String, PolicyError> {
    let Conformance { examples, questions, shortfalls } = conformance;
    let identity = policy.identity();
    let mut text = String::new();
    for shortfall in shortfalls {
        let _infallible = writeln!(text, "{WRONG}wrong{WRONG:#}: {}", visible(shortfall));
    }
    let (style, verdict) = match shortfalls.len() {
        0 => (WELL, "does what it says".to_owned()),
        one_or_more => (WRONG, format!("falls short {one_or_more} times")),
    };
    let (name, version) = (visible(&identity.name), visible(&identity.version));
    let _infallible = writeln!(text, "{STRONG}{name} {version}{STRONG:#} {style}{verdict}{style:#}");
    let _infallible = writeln!(text, "examples    {examples}");
    let _infallible = writeln!(text, "questions   {questions}");
    for (language, line) in [("python", "total = total + 1\n"), ("bash", "echo \"$total\"\n")] {
        let code = line.repeat(TIMED_BYTES / line.len());
        let milliseconds = median(policy, language, &code)?.as_secs_f64() * 1_000.0;
        let _infallible = writeln!(text, "2 KiB of {language:<6}  {milliseconds:.2} ms, a fresh instance");
    }
    Ok(text)
}

/// The median time of a review, each by a fresh instance.
fn median(policy: &Policy, language: &str, code: &str) -> Result<Duration, PolicyError> {
    let mut times = Vec::new();
    for _ in 0..TIMED {
        let started = Instant::now();
        policy.scan(language, code)?;
        times.push(started.elapsed());
    }
    times.sort();
    Ok(times.get(TIMED / 2).copied().unwrap_or_default())
}
