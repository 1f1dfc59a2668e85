//! The tool over HTTP: the Model Context Protocol at `/mcp`, and plain JSON below `/v1` for whoever is no such client.
//!
//! Owns what a request must be before anybody looks into it ([`guard`], [`body`]), the paths, and how connections begin
//! and end ([`listen`]). What is executed is the [`Service`]'s.
//!
//! # Security
//!
//! Whoever can send a request runs code. A page in a browser on the same machine can send one to a loopback address, so
//! `Host` and `Origin` are checked on every path but the two that say how the server is.

mod api;
mod body;
mod guard;
mod listen;
mod openapi;
mod problem;
mod sessions;
mod token;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{StatusCode, header};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;
use rmcp::transport::{StreamableHttpServerConfig, StreamableHttpService};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::mcp;
use crate::service::Service;
use crate::trace::REQUEST_ID;
use guard::Guard;
pub use token::{Token, TokenError};

/// A session that nobody used for so long is closed: longer than the longest run.
const SESSION: Duration = Duration::from_mins(15);

/// Who may ask, and how.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Options {
    /// Names under which the server is reached, beside those of the loopback addresses: `name` or `name:port`.
    pub hosts: Vec<String>,
    /// Origins of pages that may ask: `https://name` or `https://name:port`.
    pub origins: Vec<String>,
    /// What every request must show.
    pub token: Option<Token>,
    /// Whether nothing is kept from one request of an older client to the next, so that any replica can answer it.
    pub stateless: bool,
}

/// The server. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Server {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    service: Service,
    mcp: mcp::Server,
    options: Options,
    draining: AtomicBool,
    /// Ends what lives on between requests.
    end: CancellationToken,
}

impl Server {
    /// A server that answers with what `service` does.
    pub fn new(service: Service, options: Options) -> Self {
        let mcp = mcp::Server::new(service.clone());
        let (draining, end) = (AtomicBool::new(false), CancellationToken::new());
        Self { shared: Arc::new(Shared { service, mcp, options, draining, end }) }
    }

    /// Answers until `stop` is ready, then takes no more connections and gives what is in flight `drain` to end.
    pub async fn serve(&self, listener: TcpListener, stop: impl Future<Output = ()>, drain: Duration) {
        listen::serve(self, listener, stop, drain).await;
    }

    /// Every path with what answers it.
    pub fn router(&self) -> Router {
        let mcp = self.shared.mcp.clone();
        self.router_with(move || Ok(mcp.clone()))
    }

    /// Every path, with another handler of the protocol at `/mcp`.
    pub fn router_with<H: rmcp::ServerHandler>(
        &self,
        handler: impl Fn() -> std::io::Result<H> + Send + Sync + 'static,
    ) -> Router {
        let options = &self.shared.options;
        let mut manager = LocalSessionManager::default();
        manager.session_config.keep_alive = Some(SESSION);
        let manager = Arc::new(manager);
        let protocol = StreamableHttpService::new(
            handler,
            Arc::clone(&manager),
            StreamableHttpServerConfig::default()
                // The guard has looked at them, for all paths alike.
                .disable_allowed_hosts()
                .disable_allowed_origins()
                .with_max_request_body_bytes(body::MOST_BYTES)
                .with_legacy_session_mode(!options.stateless)
                .with_cancellation_token(self.shared.end.clone()),
        );
        let sessions = sessions::Hook::new(self.shared.mcp.sessions().clone(), manager);
        let guard = Arc::new(Guard::new(options));
        let guarded = Router::new()
            .route_service("/mcp", protocol)
            .layer(from_fn_with_state(sessions, sessions::hook))
            .route("/v1/execute", post(api::execute))
            .route("/v1/check", post(api::check))
            .route("/openapi.json", get(openapi::answer))
            .route("/metrics", get(metrics))
            // Bodies are bounded where they are read.
            .layer(DefaultBodyLimit::disable())
            .layer(from_fn(body::collect))
            .layer(from_fn_with_state(guard, guard::guard));
        Router::new()
            .route("/healthz", get(async || "ok\n"))
            .route("/readyz", get(ready))
            .merge(guarded)
            .fallback(problem::nowhere)
            .method_not_allowed_fallback(problem::method)
            .layer(from_fn(name_request))
            .with_state(self.clone())
    }

    /// From now on the server says that it is not ready.
    fn drain(&self) {
        self.shared.draining.store(true, Ordering::Relaxed);
    }

    fn service(&self) -> &Service {
        &self.shared.service
    }
}

/// Gives a request that has no name, or none that can be written down, one; and says it in the answer.
async fn name_request(mut request: axum::extract::Request, next: axum::middleware::Next) -> Response {
    let named = request.headers().get(&REQUEST_ID).filter(|name| {
        name.len() <= 128 && name.as_bytes().iter().all(u8::is_ascii_graphic) && !name.is_empty()
    });
    let name = match named {
        Some(name) => name.clone(),
        None => match uuid::Uuid::new_v4().to_string().parse() {
            Ok(name) => name,
            Err(_) => return next.run(request).await,
        },
    };
    request.headers_mut().insert(REQUEST_ID, name.clone());
    let mut response = next.run(request).await;
    response.headers_mut().insert(REQUEST_ID, name);
    response
}

async fn ready(State(server): State<Server>) -> Response {
    if server.shared.draining.load(Ordering::Relaxed) {
        return (StatusCode::SERVICE_UNAVAILABLE, "draining\n").into_response();
    }
    "ready\n".into_response()
}

async fn metrics(State(server): State<Server>) -> Response {
    let text = server.service().metrics().text(server.service().in_flight());
    ([(header::CONTENT_TYPE, "application/openmetrics-text; version=1.0.0; charset=utf-8")], text)
        .into_response()
}
