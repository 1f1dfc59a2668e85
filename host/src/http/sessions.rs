//! Sessions of older clients: ended with what runs in them, and no more of them than can be held.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;

use super::problem::Problem;
use crate::Busy;
use crate::mcp::Sessions;

/// At most so many sessions: each is a task with its channels.
const MOST: usize = 1_024;

/// What is looked at before a request gets to the protocol.
#[derive(Clone)]
pub(super) struct Hook {
    sessions: Sessions,
    manager: Arc<LocalSessionManager>,
}

impl Hook {
    pub(super) fn new(sessions: Sessions, manager: Arc<LocalSessionManager>) -> Self {
        Self { sessions, manager }
    }
}

/// The client that closes its session has no use for what it asked for.
pub(super) async fn hook(State(hook): State<Hook>, request: Request, next: Next) -> Response {
    let session = Sessions::of(request.headers());
    // Only what begins a session names neither a session nor a version.
    let begins = request.method() == Method::POST
        && session.is_none()
        && !request.headers().contains_key("mcp-protocol-version");
    if begins && hook.manager.sessions.read().await.len() >= MOST {
        let detail = format!("there are {MOST} sessions already; close one, or ask without a session");
        let problem = Problem::new(StatusCode::SERVICE_UNAVAILABLE, detail);
        return problem.with(header::RETRY_AFTER, Busy::RETRY_SECONDS.into()).into_response();
    }
    if let (&Method::DELETE, Some(session)) = (request.method(), session) {
        hook.sessions.cancel(session);
        let mut response = next.run(request).await;
        // It is closed, not about to be: clients take the other answer for a failure.
        if response.status() == StatusCode::ACCEPTED {
            *response.status_mut() = StatusCode::NO_CONTENT;
            *response.body_mut() = Body::empty();
            response.headers_mut().remove(header::CONTENT_LENGTH);
        }
        return response;
    }
    next.run(request).await
}
