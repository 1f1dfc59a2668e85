//! The tool over the Model Context Protocol.
//!
//! Owns what a client sees: names, schemas, descriptions, and how a report becomes a result. It calls the [`Executor`]
//! and nothing below it, and decides nothing of its own.
//!
//! A program that fails, meets a limit or is refused is a result like any other, whose status and text say so: many
//! clients drop what is structured from an error, and some end their agent at the second one. An error is only what
//! this tool could not answer.

mod arguments;
mod definitions;
mod result;
mod surroundings;

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use rmcp::ErrorData;
use rmcp::handler::server::ServerHandler;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, Implementation, ListToolsResult,
    PaginatedRequestParams, ProgressNotificationParam, ServerCapabilities, ServerConfig,
};
use rmcp::service::{RequestContext, RoleServer, ServiceExt as _};
use tokio::sync::OnceCell;

use crate::{Builder, Error, Executor, Report, Submission};
use arguments::{Check, Execute};
use surroundings::Surroundings;

/// A client that asks for progress is told this often that a program still runs: clients that wait for signs of life
/// wait five seconds or longer.
const PROGRESS: Duration = Duration::from_secs(2);

/// Answers one or more clients. Cheap to clone; every clone shares one executor.
#[derive(Debug, Clone)]
pub struct Server {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    executor: Executor,
    /// How to make an executor that looks around.
    builder: Builder,
    surroundings: OnceCell<Surroundings>,
}

impl Server {
    /// Makes the executor that runs what clients ask for.
    ///
    /// # Errors
    ///
    /// As [`Builder::build`].
    pub fn new(builder: Builder) -> Result<Self, Error> {
        let executor = builder.clone().build()?;
        Ok(Self { shared: Arc::new(Shared { executor, builder, surroundings: OnceCell::new() }) })
    }

    /// What runs the programs.
    pub fn executor(&self) -> &Executor {
        &self.shared.executor
    }

    /// Answers one client on this process's standard input and output, until its input ends. Nothing else may write
    /// to standard output.
    ///
    /// Cancel-safe: dropping the future ends every program that runs for the client.
    ///
    /// # Errors
    ///
    /// Where the streams fail before the client has said who it is.
    pub async fn serve_stdio(&self) -> std::io::Result<()> {
        let service = match self.clone().serve(rmcp::transport::io::stdio_pipes()).await {
            Ok(service) => service,
            // A client that leaves before it said anything is no failure.
            Err(rmcp::service::ServerInitializeError::ConnectionClosed(_)) => return Ok(()),
            Err(error) => return Err(std::io::Error::other(error)),
        };
        service.waiting().await.map(drop).map_err(std::io::Error::other)
    }

    async fn execute(&self, arguments: Execute, context: &RequestContext<RoleServer>) -> CallToolResult {
        let submission = Submission::from(arguments);
        // On the heap: what a run keeps is too much for the stacks of many tasks.
        let executing = Box::pin(self.shared.executor.execute_until(submission, context.ct.cancelled()));
        result::of_report(&reporting_progress(executing, context).await)
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
        let look = || Box::pin(Surroundings::find(self.shared.builder.clone()));
        let surroundings = self.shared.surroundings.get_or_init(look).await;
        Ok(ListToolsResult::with_all_items(definitions::tools(&self.shared.executor, surroundings)))
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
                Ok(_) if !self.shared.executor.reviews() => {
                    result::of_problem("this server reviews nothing: its operator chose so")
                }
                Ok(arguments) => {
                    result::of_check(&self.shared.executor.review(Submission::from(arguments)).await)
                }
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

/// Waits for a report, and tells a client that asked for it that the program still runs.
async fn reporting_progress(
    mut executing: Pin<Box<impl Future<Output = Report>>>,
    context: &RequestContext<RoleServer>,
) -> Report {
    let Some(token) = context.meta.get_progress_token() else { return executing.await };
    let mut ticks = tokio::time::interval(PROGRESS);
    // The first tick is at once.
    ticks.tick().await;
    let mut elapsed = Duration::ZERO;
    loop {
        tokio::select! {
            report = &mut executing => return report,
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
