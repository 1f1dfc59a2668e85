//! `policy measure`: what a policy blocks of labelled programs, family by family.
//!
//! A corpus is a folder of `*.jsonl` files, one program a line with `id`, `family`, `language`, `label` and `code`;
//! `kind` splits a family, and `solution` stands for `code` where a program carries its own tests. Nothing is run.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use code_execute::policy::Chain;
use code_execute::{Severity, Violation};
use serde::{Deserialize, Serialize};

use super::args::Measure;
use crate::cli::args::Format;
use crate::cli::message::Failure;
use crate::cli::terminal;

/// One labelled program.
#[derive(Debug, Deserialize)]
struct Program {
    id: String,
    family: String,
    language: String,
    label: String,
    kind: Option<String>,
    code: String,
    solution: Option<String>,
}

/// What a family came to.
#[derive(Debug, Default, Serialize)]
struct Tally {
    label: String,
    programs: usize,
    blocked: usize,
    suspicious: usize,
    rules: BTreeMap<String, usize>,
    #[serde(skip)]
    blocked_by: Vec<Blocked>,
    #[serde(skip)]
    missed: Vec<String>,
}

/// A program that was blocked, and by which rules.
#[derive(Debug)]
struct Blocked {
    id: String,
    rules: Vec<String>,
}

/// What a family must come to.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Bars {
    bar: Vec<Bar>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Bar {
    /// What the bar is about, as it is printed.
    name: String,
    /// The families counted together, each as `family` or `family/kind`.
    families: Vec<String>,
    /// At least this share is blocked, in per cent.
    at_least: Option<f64>,
    /// At most this share is blocked, in per cent.
    at_most: Option<f64>,
    /// Every blocked program is blocked by one of these rules.
    #[serde(default)]
    only_by: Vec<String>,
}

/// A corpus that was reviewed, family by family.
#[derive(Debug)]
pub(super) struct Corpus {
    families: BTreeMap<String, Tally>,
}

/// What was found in a program, as one line of JSON: what another runtime's answers are compared with.
#[derive(Debug, Serialize)]
struct Verdict<'a> {
    id: &'a str,
    violations: Vec<Found<'a>>,
}

#[derive(Debug, Serialize)]
struct Found<'a> {
    rule: &'a str,
    severity: Severity,
    start: u32,
    end: u32,
    line: u32,
    column: u32,
    excerpt: &'a str,
    message: &'a str,
    remedy: &'a str,
}

/// Measures policies on a labelled corpus, prints what came of it and returns whether every bar was met.
pub(super) fn measure(arguments: &Measure) -> Result<bool, Failure> {
    let policies = arguments.policies.open()?;
    let mut out = Vec::new();
    let met = print(&policies, arguments, &mut out);
    terminal::print_bytes(&out)?;
    met.map_err(|error| Failure::from_chain(error.chain()))
}

fn print(policies: &Chain, arguments: &Measure, out: &mut impl Write) -> Result<bool> {
    let Corpus { families } = Corpus::measure(policies, &arguments.folder, arguments.verdicts.as_deref())?;
    if arguments.format == Format::Json {
        serde_json::to_writer_pretty(&mut *out, &families)?;
        writeln!(out)?;
    } else {
        table(&families, out)?;
    }
    if arguments.list {
        list(&families, out)?;
    }
    let Some(path) = &arguments.bars else { return Ok(true) };
    let text = fs::read_to_string(path).with_context(|| format!("cannot read `{}`", path.display()))?;
    let bars: Bars = toml::from_str(&text).with_context(|| format!("`{}` holds no bars", path.display()))?;
    let mut met = true;
    for bar in &bars.bar {
        met &= bar.check(&families, out)?;
    }
    Ok(met)
}

impl Corpus {
    /// Reviews every program of the folder, and writes the verdicts to a file if one is named.
    pub(super) fn measure(policies: &Chain, folder: &Path, verdicts: Option<&Path>) -> Result<Self> {
        let mut lines = match verdicts {
            None => None,
            Some(path) => {
                let file = fs::File::create(path);
                Some(BufWriter::new(file.with_context(|| format!("cannot write `{}`", path.display()))?))
            }
        };
        let mut families: BTreeMap<String, Tally> = BTreeMap::new();
        for file in corpus_files(folder)? {
            let text =
                fs::read_to_string(&file).with_context(|| format!("cannot read `{}`", file.display()))?;
            for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
                let program: Program = serde_json::from_str(line).with_context(|| {
                    format!("line {} of `{}` is no labelled program", index + 1, file.display())
                })?;
                let family = match &program.kind {
                    Some(kind) => format!("{}/{kind}", program.family),
                    None => program.family.clone(),
                };
                let found = program.review(policies)?;
                if let Some(lines) = &mut lines {
                    serde_json::to_writer(&mut *lines, &Verdict::new(&program.id, &found))?;
                    writeln!(lines)?;
                }
                families.entry(family).or_default().add(program, found);
            }
        }
        if families.is_empty() {
            bail!("`{}` holds no labelled programs (`*.jsonl`)", folder.display());
        }
        if let Some(mut lines) = lines {
            lines.flush()?;
        }
        Ok(Self { families })
    }

    /// How much of what is harmful is detected, and how much of what is harmless is blocked.
    pub(super) fn figures(&self) -> String {
        let count = |benign: bool| {
            let tallies = self.families.values().filter(|tally| tally.is_benign() == benign);
            tallies.fold((0, 0), |(blocked, programs), tally| {
                (blocked + tally.blocked, programs + tally.programs)
            })
        };
        let line = |name: &str, (blocked, programs): (usize, usize)| {
            format!("{name:<18}  {blocked} of {programs} programs, {:.1} %\n", percent(blocked, programs))
        };
        line("detected", count(false)) + &line("wrongly blocked", count(true))
    }
}

impl Program {
    fn review(&self, policies: &Chain) -> Result<Vec<Violation>> {
        let code = self.solution.as_ref().unwrap_or(&self.code);
        policies.scan(&self.language, code).with_context(|| format!("cannot review `{}`", self.id))
    }
}

impl<'a> Verdict<'a> {
    fn new(id: &'a str, found: &'a [Violation]) -> Self {
        let found = found.iter().map(|violation| Found {
            rule: &violation.rule,
            severity: violation.severity,
            start: violation.span.start,
            end: violation.span.end,
            line: violation.span.line,
            column: violation.span.column,
            excerpt: &violation.excerpt,
            message: &violation.message,
            remedy: &violation.remedy,
        });
        Self { id, violations: found.collect() }
    }
}

fn corpus_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries =
        fs::read_dir(folder).with_context(|| format!("cannot read the folder `{}`", folder.display()))?;
    let mut files = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>, std::io::Error>>()?;
    files.retain(|path| path.extension().is_some_and(|extension| extension == "jsonl"));
    files.sort();
    Ok(files)
}

impl Tally {
    fn add(&mut self, program: Program, found: Vec<Violation>) {
        let (forbidden, suspicious): (Vec<_>, Vec<_>) =
            found.into_iter().partition(|violation| violation.severity == Severity::Forbidden);
        self.label = program.label;
        self.programs += 1;
        if forbidden.is_empty() {
            self.suspicious += usize::from(!suspicious.is_empty());
            self.missed.push(program.id);
            return;
        }
        self.blocked += 1;
        let mut rules: Vec<String> = forbidden.into_iter().map(|violation| violation.rule).collect();
        rules.sort();
        rules.dedup();
        for rule in &rules {
            *self.rules.entry(rule.clone()).or_default() += 1;
        }
        self.blocked_by.push(Blocked { id: program.id, rules });
    }

    /// Whether being blocked is the wrong answer for this family.
    fn is_benign(&self) -> bool {
        self.label == "benign"
    }
}

fn table(families: &BTreeMap<String, Tally>, out: &mut impl Write) -> Result<()> {
    writeln!(
        out,
        "{:<32} {:<8} {:>8} {:>8} {:>8} {:>10}",
        "family", "label", "programs", "blocked", "%", "suspicious"
    )?;
    for (family, tally) in families {
        writeln!(
            out,
            "{family:<32} {:<8} {:>8} {:>8} {:>8.1} {:>10}",
            tally.label,
            tally.programs,
            tally.blocked,
            percent(tally.blocked, tally.programs),
            tally.suspicious,
        )?;
    }
    Ok(())
}

/// Names what a reader wants to look at: benign programs that were blocked, others that were not.
fn list(families: &BTreeMap<String, Tally>, out: &mut impl Write) -> Result<()> {
    for tally in families.values() {
        if tally.is_benign() {
            for blocked in &tally.blocked_by {
                writeln!(out, "blocked  {}  {}", blocked.id, blocked.rules.join(" "))?;
            }
        } else {
            for id in &tally.missed {
                writeln!(out, "missed   {id}")?;
            }
        }
    }
    Ok(())
}

impl Bar {
    /// Prints one line and returns whether the bar was met. A bar over no program at all is not met.
    fn check(&self, families: &BTreeMap<String, Tally>, out: &mut impl Write) -> Result<bool> {
        let counted: Vec<&Tally> = self.families.iter().filter_map(|name| families.get(name)).collect();
        let programs: usize = counted.iter().map(|tally| tally.programs).sum();
        let blocked: usize = counted.iter().map(|tally| tally.blocked).sum();
        let share = percent(blocked, programs);
        let others: Vec<&Blocked> = counted
            .iter()
            .flat_map(|tally| &tally.blocked_by)
            .filter(|blocked| {
                !self.only_by.is_empty() && !blocked.rules.iter().any(|rule| self.only_by.contains(rule))
            })
            .collect();
        let met = programs > 0
            && self.at_least.is_none_or(|bar| share >= bar)
            && self.at_most.is_none_or(|bar| share <= bar)
            && others.is_empty();
        let wanted = match (self.at_least, self.at_most) {
            (Some(bar), _) => format!("at least {bar} %"),
            (None, Some(bar)) => format!("at most {bar} %"),
            (None, None) => "only by the rules named".to_owned(),
        };
        let word = if met { "met" } else { "MISSED" };
        writeln!(out, "{word:<7} {}: {blocked} of {programs} = {share:.1} %, {wanted}", self.name)?;
        for other in others {
            writeln!(out, "        {} is blocked by {} alone", other.id, other.rules.join(" "))?;
        }
        Ok(met)
    }
}

#[allow(clippy::cast_precision_loss, reason = "corpora have thousands of programs, not more than 2^52")]
fn percent(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 * 100.0 / whole as f64 }
}
