//! `serve`: the tool for agents and programs that reach it over HTTP.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use code_execute::Service;
use code_execute::http::{Options, Server, Token};
use tokio::net::TcpListener;
use tracing::level_filters::LevelFilter;

use super::args::Serve;
use super::config::Config;
use super::message::Failure;
use super::signals::Signals;
use super::{exit, log, reload, source, terminal};

/// The variable that can hold the token.
const TOKEN: &str = "CODE_EXECUTE_TOKEN";

/// Answers until a signal ends it, and returns the exit code.
pub(crate) fn serve(arguments: &Serve) -> Result<u8, Failure> {
    log::start(arguments.log, LevelFilter::INFO)?;
    let config = Config::of(&arguments.settings)?;
    let builder = config.server(&arguments.settings)?;
    let builder = match arguments.concurrency {
        Some(programs) => builder.concurrency(usize::from(programs)),
        None => builder,
    };
    let options = options(arguments)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::new("cannot start the runtime").because(&error))?;
    let ended = runtime.block_on(async {
        let service = Service::new(builder, usize::from(arguments.queue))?;
        let server = Server::new(service.clone(), options);
        let (mut signals, mut repeated) = (Signals::catch()?, Signals::catch()?);
        let listener = listen(arguments.listen).await?;
        let drain = Duration::from_secs(u64::from(arguments.drain));
        let stop = async {
            signals.next().await;
            tracing::info!(in_flight = service.in_flight(), "draining");
        };
        let impatience = async {
            repeated.next().await;
            repeated.next().await
        };
        tokio::select! {
            () = server.serve(listener, stop, drain) => Ok(exit::OK),
            reloading = reload::forever(service.executor()) => reloading.map(|()| exit::OK),
            code = impatience => Ok(code),
        }
    });
    // What did not end in time is dropped here, which kills it.
    runtime.shutdown_timeout(Duration::from_millis(500));
    ended
}

async fn listen(address: SocketAddr) -> Result<TcpListener, Failure> {
    let failed =
        |error: std::io::Error| Failure::new(format!("cannot listen on `{address}`")).because(&error);
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    terminal::complain(&format!("listening on http://{address}\n"));
    Ok(listener)
}

/// Who may ask. Beyond loopback, nobody may without a token.
fn options(arguments: &Serve) -> Result<Options, Failure> {
    let mut options = Options::default();
    options.token = token(arguments.token_file.as_deref())?;
    let address = arguments.listen;
    if options.token.is_none() && !address.ip().is_loopback() {
        return Err(Failure::new(format!(
            "`{address}` can be reached from other machines, and there is no token"
        ))
        .hint(format!(
            "give one with `--token-file FILE` or the variable `{TOKEN}`, or listen on `127.0.0.1`"
        )));
    }
    options.hosts.clone_from(&arguments.allow_host);
    if !address.ip().is_unspecified() {
        let name = if address.is_ipv6() { format!("[{}]", address.ip()) } else { address.ip().to_string() };
        options.hosts.push(name);
    }
    options.origins.clone_from(&arguments.allow_origin);
    options.stateless = arguments.stateless;
    Ok(options)
}

fn token(file: Option<&Path>) -> Result<Option<Token>, Failure> {
    let (secret, from) = match (file, std::env::var(TOKEN)) {
        (Some(file), _) => (source::read(file)?, format!("`{}`", file.display())),
        (None, Ok(secret)) => (secret, format!("the variable `{TOKEN}`")),
        (None, Err(std::env::VarError::NotPresent)) => return Ok(None),
        (None, Err(error)) => return Err(Failure::new(format!("the variable `{TOKEN}`")).because(&error)),
    };
    let token = Token::new(&secret).map_err(|error| {
        Failure::new(format!("{from} holds no token"))
            .because(&error)
            .hint("`openssl rand -hex 32` makes one")
    });
    token.map(Some)
}
