//! What servers log, on standard error: standard output is the protocol's.

use std::io::IsTerminal as _;

use tracing::level_filters::LevelFilter;
use tracing_subscriber::EnvFilter;

use super::args::LogFormat;
use super::message::Failure;

/// The variable that says what is logged: a level such as `debug`, or levels of modules, as `tracing` reads them.
const VARIABLE: &str = "CODE_EXECUTE_LOG";

/// From now on, events of at least this level are written. The libraries below log warnings alone.
pub(super) fn start(format: LogFormat, level: LevelFilter) -> Result<(), Failure> {
    let filter = match std::env::var(VARIABLE) {
        Ok(directives) => EnvFilter::try_new(&directives)
            .map_err(|error| Failure::new(format!("`{VARIABLE}` is `{directives}`")).because(&error))?,
        Err(_) => EnvFilter::new(format!("warn,code_execute={level}")),
    };
    let subscriber = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match format {
        LogFormat::Text => subscriber.with_ansi(std::io::stderr().is_terminal()).with_target(false).init(),
        LogFormat::Json => subscriber.json().flatten_event(true).with_current_span(false).init(),
    }
    Ok(())
}
