//! `mcp`: the tool for an agent that starts this program and speaks to it.

use code_execute::Service;
use code_execute::mcp::Server;
use tracing::level_filters::LevelFilter;

use super::args::Mcp;
use super::config::Config;
use super::message::Failure;
use super::signals::Signals;
use super::{exit, log, reload};

/// Answers the client until it closes its end, and returns the exit code.
pub(crate) fn mcp(arguments: &Mcp) -> Result<u8, Failure> {
    log::start(arguments.log, LevelFilter::WARN)?;
    let builder = Config::of(&arguments.settings)?.server(&arguments.settings)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::new("cannot start the runtime").because(&error))?;
    let ended = runtime.block_on(async {
        let service = Service::new(builder, Service::QUEUE)?;
        let server = Server::new(service.clone());
        let mut signals = Signals::catch()?;
        tokio::select! {
            ended = server.serve_stdio() => {
                ended.map_err(|error| Failure::new("cannot speak with the client").because(&error))?;
                Ok(exit::OK)
            }
            reloading = reload::forever(service.executor()) => reloading.map(|()| exit::OK),
            code = signals.next() => Ok(code),
        }
    });
    // A read of standard input that cannot be cancelled must not keep this process.
    runtime.shutdown_background();
    ended
}
