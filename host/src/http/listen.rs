//! Connections: taken, bounded, and ended when the server is.

use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep, timeout, timeout_at};

use super::Server;

/// At most so many connections; further ones wait in the kernel's queue.
const MOST: usize = 4_096;

/// A connection that sends no whole head of a request for so long is closed: one that is half open, and one that is
/// kept for later.
const HEAD: Duration = Duration::from_mins(1);

/// The longest head of a request, in bytes.
const HEAD_BYTES: usize = 64 << 10;

/// How long a failed accept is left alone: what it lacks, mostly file descriptors, others have to give back.
const PAUSE: Duration = Duration::from_millis(50);

/// How often what is in flight is looked at while the server ends.
const LOOK: Duration = Duration::from_millis(20);

/// What is left to say when the last program has ended.
const LAST_WORDS: Duration = Duration::from_secs(2);

pub(super) async fn serve(
    server: &Server,
    listener: TcpListener,
    stop: impl Future<Output = ()>,
    drain: Duration,
) {
    raise_open_files();
    server.shared.mcp.look_ahead();
    let service = TowerToHyperService::new(server.router());
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEAD).max_buf_size(HEAD_BYTES);
    let connections = GracefulShutdown::new();
    let places = Arc::new(Semaphore::new(MOST));
    let mut stop = std::pin::pin!(stop);
    loop {
        let next = async {
            let place = Arc::clone(&places).acquire_owned().await;
            (accept(&listener).await, place)
        };
        let (stream, place) = tokio::select! {
            next = next => next,
            () = &mut stop => break,
        };
        let connection = http.serve_connection(TokioIo::new(stream), service.clone());
        let connection = connections.watch(connection);
        tokio::spawn(async move {
            // Who breaks a connection off is told nothing.
            let _broken = connection.await;
            drop(place);
        });
    }
    drop(listener);
    server.drain();
    let deadline = Instant::now() + drain;
    let service = server.service();
    let ended = async {
        while service.in_flight() > 0 {
            sleep(LOOK).await;
        }
    };
    let in_time = timeout_at(deadline, ended).await.is_ok();
    tracing::info!(in_time, "drained");
    // Streams that are kept open for later would keep their connections.
    let _last_words = timeout(LAST_WORDS, async {
        tokio::join!(connections.shutdown(), async {
            sleep(LOOK).await;
            server.shared.end.cancel();
        })
    })
    .await;
}

async fn accept(listener: &TcpListener) -> TcpStream {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                // Answers are written at once; waiting for more of them takes milliseconds.
                let _slower = stream.set_nodelay(true);
                return stream;
            }
            Err(error) => {
                tracing::warn!(%error, "cannot take a connection");
                sleep(PAUSE).await;
            }
        }
    }
}

/// Lets this process have as many files open as it may: connections and pipes are files.
fn raise_open_files() {
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    let _fewer = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum });
}
