//! `mcp`: the tool for an agent that starts this program and speaks to it.

use code_execute::mcp::Server;

use super::args::Mcp;
use super::config::Config;
use super::message::Failure;
use super::signals::Signals;
use super::{exit, reload};

/// Answers the client until it closes its end, and returns the exit code.
pub(crate) fn mcp(arguments: &Mcp) -> Result<u8, Failure> {
    let settings = &arguments.settings;
    let config = Config::of(settings)?;
    let builder = config.server(&settings.confinement).policies(config.sources(settings)?);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::new("cannot start the runtime").because(&error))?;
    let ended = runtime.block_on(async {
        let server = Server::new(builder)?;
        let mut signals = Signals::catch()?;
        tokio::select! {
            ended = server.serve_stdio() => {
                ended.map_err(|error| Failure::new("cannot speak with the client").because(&error))?;
                Ok(exit::OK)
            }
            reloading = reload::forever(server.executor()) => reloading.map(|()| exit::OK),
            code = signals.next() => Ok(code),
        }
    });
    // A read of standard input that cannot be cancelled must not keep this process.
    runtime.shutdown_background();
    ended
}
