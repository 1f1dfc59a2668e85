//! `run`: from arguments to a submission, and from the report to output and exit code.

use std::ffi::{OsStr, OsString};
use std::io::IsTerminal as _;
use std::path::Path;

use code_execute::{Executor, Report, Status, Submission};

use super::args::{Run, RunFormat};
use super::config::Config;
use super::language::{Guess, by_extension};
use super::message::Failure;
use super::signals::Signals;
use super::source::{self, Source};
use super::{exit, terminal};

/// Runs code and returns the exit code.
pub(crate) fn run(arguments: Run) -> Result<u8, Failure> {
    let settings = &arguments.settings;
    let config = Config::of(settings)?;
    let format = arguments.format;
    let builder = config
        .builder(settings)?
        // There is one program to run, whatever a server with the same file would allow.
        .concurrency(1)
        .sandbox(!arguments.no_sandbox && config.sandbox.unwrap_or(true));
    let submission = submission(arguments, &config)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::new("cannot start the runtime").because(&error))?;
    let executor = {
        let _entered = runtime.enter();
        builder.build_for(&submission)?
    };
    let ended = runtime.block_on(execute(&executor, submission));
    // The process ends here: unmapping the policy and joining idle threads would only take time.
    std::mem::forget((executor, runtime));
    let Ended { report, signal } = ended?;
    match &report {
        Some(report) => print(report, format)?,
        None => terminal::complain("interrupted: the program and all its processes were killed\n"),
    }
    Ok(signal.or(report.as_ref().map(exit::of)).unwrap_or(exit::OURS))
}

/// How a run came to its end.
struct Ended {
    /// The report; none where a second signal did not wait for it.
    report: Option<Report>,
    /// The exit code of the signal that ended the run, if one did.
    signal: Option<u8>,
}

/// Executes until the report is there. A signal ends the run, which keeps what the program has printed; a second
/// one drops the run, which kills its processes just the same.
async fn execute(executor: &Executor, submission: Submission) -> Result<Ended, Failure> {
    let (mut signals, mut repeated) = (Signals::catch()?, Signals::catch()?);
    let mut signal = None;
    let stop = async { signal = Some(signals.next().await) };
    let impatience = async {
        repeated.next().await;
        repeated.next().await
    };
    tokio::select! {
        report = executor.execute_until(submission, stop) => {
            let cancelled = report.status == Status::Cancelled;
            Ok(Ended { report: Some(report), signal: signal.filter(|_| cancelled) })
        }
        code = impatience => Ok(Ended { report: None, signal: Some(code) }),
    }
}

fn print(report: &Report, format: RunFormat) -> Result<(), Failure> {
    let mut bytes = match format {
        RunFormat::Text => report.text.clone().into_bytes(),
        RunFormat::Json => serde_json::to_vec(report)
            .map_err(|error| Failure::new("cannot make the JSON output").because(&error))?,
    };
    if bytes.last() != Some(&b'\n') {
        bytes.push(b'\n');
    }
    terminal::print_bytes(&bytes)
}

/// Reads code and input, and decides the language.
fn submission(arguments: Run, config: &Config) -> Result<Submission, Failure> {
    let Run { words, arguments, code, language, timeout, stdin, .. } = arguments;
    let (source, program_arguments) = source(words, arguments, code, stdin.as_deref())?;
    let configured = config.language.clone();
    let language = match (language, source.guess()) {
        (Some(named), _) => Some(named),
        (None, Guess::Known(guessed)) => Some(guessed.name().to_owned()),
        (None, Guess::Foreign(what)) if configured.is_none() => return Err(source.foreign(&what)),
        (None, Guess::Foreign(_) | Guess::Silent) => configured,
    };
    let mut submission = Submission::new(source.code).arguments(program_arguments);
    if let Some(language) = language {
        submission = submission.language(language);
    }
    if let Some(seconds) = timeout.or(config.timeout_seconds) {
        submission = submission.timeout_seconds(seconds);
    }
    if let Some(path) = &stdin {
        submission = submission.stdin(source::input(path)?);
    }
    Ok(submission)
}

/// Finds the code and the program's arguments among the words of the command line.
fn source(
    words: Vec<OsString>,
    after_dashes: Vec<OsString>,
    code: Option<String>,
    stdin: Option<&Path>,
) -> Result<(Source, Vec<String>), Failure> {
    let beside_code = words.first().filter(|word| looks_like_code(word)).cloned();
    let mut rest = words.into_iter().chain(after_dashes);
    let source = match code {
        Some(code) => {
            if let Some(word) = beside_code {
                let word = word.display();
                return Err(Failure::new(format!("both `-c` and the file `{word}` were given"))
                    .hint(format!("leave one out; to pass `{word}` as an argument: `-- {word}`")));
            }
            Source::inline(&code)
        }
        None => match rest.next() {
            Some(word) if word != OsStr::new("-") => {
                Source::file(Path::new(&word)).map_err(|failure| hint_at_code(failure, &word))?
            }
            None if std::io::stdin().is_terminal() => {
                return Err(Failure::new("there is no code to run")
                    .hint("give a file, `-` for standard input, or `-c CODE`"));
            }
            Some(_) | None => {
                if stdin == Some(Path::new("-")) {
                    return Err(Failure::new(
                        "standard input cannot be both the code and the program's input",
                    )
                    .hint("give the code as a file or with `-c`, or the input with `--stdin FILE`"));
                }
                Source::stdin()?
            }
        },
    };
    let arguments = rest.map(|word| {
        word.into_string()
            .map_err(|word| Failure::new(format!("the argument `{}` is not UTF-8", word.display())))
    });
    Ok((source, arguments.collect::<Result<_, _>>()?))
}

/// Whether a word beside `-c` was probably meant as the code to run.
fn looks_like_code(word: &OsStr) -> bool {
    word == OsStr::new("-") || matches!(by_extension(Path::new(word)), Guess::Known(_))
}

/// Who gives code where a file is expected is told of `-c`.
fn hint_at_code(failure: Failure, word: &OsStr) -> Failure {
    let text = word.to_string_lossy();
    if text.contains(['(', ' ', '\n', ';']) && !Path::new(word).exists() {
        return failure.hint("to run code from the command line: `-c CODE`");
    }
    failure
}
