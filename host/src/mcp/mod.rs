//! The tool over the Model Context Protocol.
//!
//! Owns what a client sees: names, schemas, descriptions, and how a report becomes a result. It calls the [`Service`]
//! and nothing below it, and decides nothing of its own.
//!
//! A program that fails, meets a limit or is refused is a result like any other, whose status and text say so: many
//! clients drop what is structured from an error, and some end their agent at the second one. An error is only what
//! this tool could not answer.

mod definitions;
mod result;
mod sessions;
mod stdio;
mod surroundings;

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use axum::http::request::Parts;
use rmcp::ErrorData;
use rmcp::handler::server::ServerHandler;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, Implementation, ListToolsResult,
    PaginatedRequestParams, ProgressNotificationParam, ServerCapabilities, ServerConfig,
};
use rmcp::service::{RequestContext, RoleServer, ServiceExt as _};
use tokio::sync::OnceCell;
use tokio_util::sync::CancellationToken;

use crate::arguments::{Check, Execute};
use crate::service::{Busy, Service};
use crate::{Report, Submission, trace};
pub(crate) use sessions::Sessions;
use surroundings::Surroundings;

/// A client that asks for progress is told this often that a program still runs: clients that wait for signs of life
/// wait five seconds or longer.
const PROGRESS: Duration = Duration::from_secs(2);

/// Answers one or more clients. Cheap to clone; every clone shares one service.
#[derive(Debug, Clone)]
pub struct Server {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    service: Service,
    sessions: Sessions,
    surroundings: OnceCell<Surroundings>,
    /// Cancelled when the only client there is has gone.
    over: CancellationToken,
}

impl Server {
    /// A server that answers with what `service` does.
    pub fn new(service: Service) -> Self {
        let (sessions, surroundings) = (Sessions::default(), OnceCell::new());
        let over = CancellationToken::new();
        Self { shared: Arc::new(Shared { service, sessions, surroundings, over }) }
    }

    /// What runs in sessions of HTTP.
    pub(crate) fn sessions(&self) -> &Sessions {
        &self.shared.sessions
    }

    /// Answers one client on this process's standard input and output, until its input ends. Nothing else may write
    /// to standard output. A second after the end of its input, what still runs for the client is ended.
    ///
    /// Cancel-safe: dropping the future ends every program that runs for the client.
    ///
    /// # Errors
    ///
    /// Where the streams fail before the client has said who it is.
    pub async fn serve_stdio(&self) -> std::io::Result<()> {
        self.look_ahead();
        let transport = stdio::open(self.shared.over.clone());
        let service = match self.clone().serve(transport).await {
            Ok(service) => service,
            // A client that leaves before it said anything is no failure.
            Err(rmcp::service::ServerInitializeError::ConnectionClosed(_)) => return Ok(()),
            Err(error) => return Err(std::io::Error::other(error)),
        };
        tokio::select! {
            ended = service.waiting() => ended.map(drop).map_err(std::io::Error::other),
            () = self.abandoned() => Ok(()),
        }
    }

    /// Looks around before the first client asks what there is.
    pub(crate) fn look_ahead(&self) {
        let server = self.clone();
        tokio::spawn(async move {
            server.surroundings().await;
        });
    }

    async fn surroundings(&self) -> &Surroundings {
        let look = || Box::pin(Surroundings::find(self.shared.service.builder().clone()));
        self.shared.surroundings.get_or_init(look).await
    }

    /// Waits until the only client has gone, and what ran for it has ended.
    async fn abandoned(&self) {
        self.shared.over.cancelled().await;
        while self.shared.service.in_flight() > 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    async fn execute(&self, arguments: Execute, context: &RequestContext<RoleServer>) -> CallToolResult {
        let _registered = self.shared.sessions.register(context);
        let submission = named(arguments.into(), context);
        let stop = async {
            tokio::select! {
                () = context.ct.cancelled() => {}
                () = self.shared.over.cancelled() => {}
            }
        };
        let executing = Box::pin(self.shared.service.execute(submission, stop));
        let answer = reporting_progress(executing, context).await;
        if self.shared.over.is_cancelled() {
            // Nobody reads it; and a client that is still closing takes it for a fault.
            return std::future::pending().await;
        }
        match answer {
            Ok(report) => result::of_report(&report),
            Err(busy) => result::of_problem(&busy.to_string()),
        }
    }

    async fn check(&self, arguments: Check, context: &RequestContext<RoleServer>) -> CallToolResult {
        match self.shared.service.check(named(arguments.into(), context)).await {
            Ok(checked) => result::of_check(&checked),
            Err(busy) => result::of_problem(&busy.to_string()),
        }
    }
}

impl ServerHandler for Server {
    fn get_info(&self) -> ServerConfig {
        let implementation = Implementation::new("code-execute", env!("CARGO_PKG_VERSION"));
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
            .with_server_info(implementation)
            .with_instructions(definitions::INSTRUCTIONS)
    }

    async fn list_tools(
        &self,
        _request: Option<PaginatedRequestParams>,
        _context: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        let surroundings = self.surroundings().await;
        Ok(ListToolsResult::with_all_items(definitions::tools(self.shared.service.executor(), surroundings)))
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let arguments = request.arguments.unwrap_or_default();
        let result = match request.name.as_ref() {
            definitions::EXECUTE => match Execute::read(arguments) {
                Ok(arguments) => self.execute(arguments, &context).await,
                Err(problem) => result::of_problem(&problem),
            },
            definitions::CHECK => match Check::read(arguments) {
                Ok(arguments) => self.check(arguments, &context).await,
                Err(problem) => result::of_problem(&problem),
            },
            other => {
                let problem =
                    format!("there is no tool `{other}`; the tools are `code_execute` and `code_check`");
                return Err(ErrorData::invalid_params(problem, None));
            }
        };
        Ok(result.into())
    }
}

/// The submission under the name of the request of HTTP that brought it, and in the trace that the client is in.
fn named(submission: Submission, context: &RequestContext<RoleServer>) -> Submission {
    let submission = match context.extensions.get::<Parts>() {
        Some(parts) => trace::named(submission, &parts.headers),
        None => submission,
    };
    match context.meta.get_traceparent() {
        Some(trace) => submission.trace_parent(trace),
        None => submission,
    }
}

/// Waits for a report, and tells a client that asked for it that the program still runs.
async fn reporting_progress(
    mut executing: Pin<Box<impl Future<Output = Result<Report, Busy>>>>,
    context: &RequestContext<RoleServer>,
) -> Result<Report, Busy> {
    let Some(token) = context.meta.get_progress_token() else { return executing.await };
    let mut ticks = tokio::time::interval(PROGRESS);
    // The first tick is at once.
    ticks.tick().await;
    let mut elapsed = Duration::ZERO;
    loop {
        tokio::select! {
            answer = &mut executing => return answer,
            _ = ticks.tick() => {
                elapsed += PROGRESS;
                let progress = ProgressNotificationParam::new(token.clone(), elapsed.as_secs_f64())
                    .with_message(format!("running for {} seconds", elapsed.as_secs()));
                // A client that is gone is told nothing; its request is cancelled elsewhere.
                let _gone = context.peer.notify_progress(progress).await;
            }
        }
    }
}
