//! `doctor`: what this machine can enforce, found out by running something through the executor.
//!
//! The programs are trivial and the policy is `none`, so that nothing but the machine is examined.

use std::fmt::Write as _;

use code_execute::policy::{Cache, INTERFACE};
use code_execute::{Executor, Isolation, Language, Layer, LayerState, Report, Status, Submission};
use serde::Serialize;

use super::args::{Doctor, Format};
use super::machine::{self, Fact};
use super::message::Failure;
use super::terminal::{NOTICE, STRONG, WELL, WRONG, visible};
use super::{exit, profiles, terminal};

/// What `doctor` says.
#[derive(Debug, Serialize)]
struct Diagnosis {
    version: &'static str,
    interface: &'static str,
    machine: Vec<Fact>,
    programs: Vec<Program>,
    cache: CacheState,
    /// What is insisted on.
    floor: Isolation,
    /// What the runs had, the least of them.
    level: Isolation,
    healthy: bool,
}

/// A program that was run.
#[derive(Debug, Serialize)]
struct Program {
    language: Language,
    status: Status,
    /// The interpreter's path and version, as it says itself.
    interpreter: Option<String>,
    /// What went wrong.
    problem: Option<String>,
    run_ms: f64,
    level: Isolation,
    layers: Vec<Layer>,
}

#[derive(Debug, Serialize)]
struct CacheState {
    directory: Option<String>,
    problem: Option<String>,
    /// Whether the policy was there, compiled.
    compiled: bool,
}

/// Examines the machine and returns the exit code.
pub(crate) fn doctor(arguments: &Doctor) -> Result<u8, Failure> {
    if let Some(profile) = arguments.print {
        profiles::print(profile)?;
        return Ok(exit::OK);
    }
    let floor = arguments.isolation.unwrap_or_default();
    let executor = Executor::builder().policy("none").isolation(floor).timeout_seconds(10).build()?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::new("cannot start the runtime").because(&error))?;
    let programs: Vec<_> =
        Language::ALL.into_iter().map(|language| runtime.block_on(program(&executor, language))).collect();
    let diagnosis = Diagnosis {
        version: env!("CARGO_PKG_VERSION"),
        interface: INTERFACE,
        machine: machine::facts(),
        floor,
        level: programs.iter().map(|program| program.level).max().unwrap_or(Isolation::None),
        healthy: programs.iter().all(|program| program.is_well(floor)),
        programs,
        cache: cache(&executor),
    };
    match arguments.format {
        Format::Human => terminal::print(&diagnosis.human())?,
        Format::Json => terminal::print_json(&diagnosis)?,
    }
    Ok(if diagnosis.healthy { exit::OK } else { exit::FOUND })
}

/// Has an interpreter say where it is and what it is.
async fn program(executor: &Executor, language: Language) -> Program {
    let code = match language {
        Language::Python => "import sys\nprint(sys.executable, sys.version.split()[0])",
        Language::Bash => "echo \"$BASH $BASH_VERSION\"",
    };
    let report = executor.execute(Submission::new(code).language(language.name())).await;
    Program::new(language, report)
}

fn cache(executor: &Executor) -> CacheState {
    let cache = Cache::of_user();
    CacheState {
        directory: cache.directory().map(|directory| directory.display().to_string()),
        problem: cache.prepare().err().map(|error| error.to_string()),
        compiled: executor.policies().formatter().is_some_and(|policy| cache.compiled(policy).is_some()),
    }
}

impl Program {
    fn new(language: Language, report: Report) -> Self {
        let ran = report.status == Status::Ok;
        let first_line = report.stdout.text.lines().next().map(str::to_owned);
        Self {
            language,
            status: report.status,
            interpreter: first_line.filter(|_| ran),
            problem: if ran { None } else { Some(report.detail.unwrap_or(report.text)) },
            run_ms: report.durations.run_ms,
            level: report.enforcement.level,
            layers: report.enforcement.layers,
        }
    }

    /// Whether it ran with what is insisted on. A gap in a layer is shown and does not count.
    fn is_well(&self, floor: Isolation) -> bool {
        self.status == Status::Ok && self.level <= floor
    }
}

impl Diagnosis {
    fn human(&self) -> String {
        let mut text = String::new();
        let _infallible = writeln!(text, "code-execute {} ({})", self.version, self.interface);
        title(&mut text, "machine (for information)");
        for fact in &self.machine {
            let _infallible = writeln!(text, "  {:<17}  {}", fact.name, visible(&fact.value));
        }
        title(&mut text, "programs");
        for program in &self.programs {
            let name = program.language.name();
            let _infallible = match (&program.interpreter, &program.problem) {
                (Some(interpreter), _) => {
                    writeln!(
                        text,
                        "  {name:<17}  {WELL}ran{WELL:#} in {:.0} ms: {}",
                        program.run_ms,
                        visible(interpreter)
                    )
                }
                (None, problem) => {
                    let problem = problem.as_deref().unwrap_or_default();
                    writeln!(text, "  {name:<17}  {WRONG}{}{WRONG:#}: {}", program.status, visible(problem))
                }
            };
        }
        title(&mut text, "enforcement of these runs");
        self.layers(&mut text);
        title(&mut text, "compiled policies");
        self.cache.human(&mut text);
        let words = if self.healthy {
            format!("{WELL}isolation: {}; at least {} is asked for{WELL:#}", self.level, self.floor)
        } else {
            format!(
                "{WRONG}isolation: {}; at least {} is asked for, so nothing runs{WRONG:#}",
                self.level, self.floor
            )
        };
        let _infallible = writeln!(text, "\n{words}");
        text
    }

    /// Each layer once where the runs agree on it, which they do unless something is odd.
    fn layers(&self, text: &mut String) {
        let mut shown: Vec<&Layer> = Vec::new();
        for layer in self.programs.iter().flat_map(|program| &program.layers) {
            if shown.contains(&layer) {
                continue;
            }
            shown.push(layer);
            let (word, style) = match layer.state {
                LayerState::On => ("on", WELL),
                LayerState::Degraded => ("degraded", NOTICE),
                LayerState::Off => ("off", WRONG),
            };
            let _infallible =
                writeln!(text, "  {:<17}  {style}{word:<8}{style:#}  {}", layer.name, visible(&layer.detail));
        }
        if shown.is_empty() {
            let _infallible = writeln!(text, "  {WRONG}none: nothing ran{WRONG:#}");
        }
    }
}

impl CacheState {
    fn human(&self, text: &mut String) {
        let directory = self.directory.as_deref().unwrap_or("no directory");
        let words = match (&self.problem, self.compiled) {
            (Some(problem), _) => {
                format!("{NOTICE}not kept{NOTICE:#}: {}; every start compiles", visible(problem))
            }
            (None, true) => format!("{WELL}kept{WELL:#}, the default policy among them"),
            (None, false) => {
                format!("{NOTICE}not kept{NOTICE:#}: is the directory writable and the disk not full?")
            }
        };
        let _infallible = writeln!(text, "  {}: {words}", visible(directory));
    }
}

fn title(text: &mut String, words: &str) {
    let _infallible = writeln!(text, "\n{STRONG}{words}{STRONG:#}");
}
