//! What runs in a session of HTTP, so that it can be ended with it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::http::HeaderMap;
use axum::http::request::Parts;
use rmcp::service::{RequestContext, RoleServer};
use tokio_util::sync::CancellationToken;

/// Requests by the session that they belong to.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sessions(Arc<Mutex<Running>>);

#[derive(Debug, Default)]
struct Running {
    last: u64,
    requests: HashMap<String, Vec<(u64, CancellationToken)>>,
}

/// A request that is running. Dropped when it ends.
#[derive(Debug)]
pub(super) struct Registered {
    sessions: Sessions,
    session: String,
    number: u64,
}

impl Sessions {
    /// The session that a request names.
    pub(crate) fn of(headers: &HeaderMap) -> Option<&str> {
        headers.get("mcp-session-id")?.to_str().ok()
    }

    /// Ends what runs in a session.
    pub(crate) fn cancel(&self, session: &str) {
        for (_, token) in self.running().requests.remove(session).unwrap_or_default() {
            token.cancel();
        }
    }

    /// Notes a request, where it belongs to a session.
    pub(super) fn register(&self, context: &RequestContext<RoleServer>) -> Option<Registered> {
        let session = Self::of(&context.extensions.get::<Parts>()?.headers)?.to_owned();
        let mut running = self.running();
        running.last += 1;
        let number = running.last;
        running.requests.entry(session.clone()).or_default().push((number, context.ct.clone()));
        Some(Registered { sessions: self.clone(), session, number })
    }

    fn running(&self) -> MutexGuard<'_, Running> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Registered {
    fn drop(&mut self) {
        let mut running = self.sessions.running();
        let Some(requests) = running.requests.get_mut(&self.session) else { return };
        requests.retain(|(number, _)| *number != self.number);
        if requests.is_empty() {
            running.requests.remove(&self.session);
        }
    }
}
