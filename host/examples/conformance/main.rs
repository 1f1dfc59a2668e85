//! The product's HTTP server with tools, resources and prompts beside its own.
//!
//! `@modelcontextprotocol/conformance` asks a server for things that this product has no use for: tools that answer with
//! an image, resources, prompts, questions to the client. This server has them, so that every scenario of the referee can
//! run on the product's own way through HTTP and `rmcp`. What is called `code_execute` and `code_check` goes to the
//! product. `tests/clients/conformance` runs it.
//!
//! `cargo run --release --example conformance`
#![allow(clippy::print_stderr, reason = "it says where it listens")]
#![allow(deprecated, reason = "the scenarios of the older era ask for what the newer one has no more")]

mod asking;
mod prompts;
mod resources;
mod subscriptions;
mod tools;

use code_execute::http::{self, Options};
use code_execute::{Executor, Service, mcp};
use rmcp::ErrorData;
use rmcp::handler::server::ServerHandler;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CompleteRequestParams, CompleteResult, CompletionInfo,
    GetPromptRequestParams, GetPromptResponse, ListPromptsResult, ListResourceTemplatesResult,
    ListResourcesResult, ListToolsResult, PaginatedRequestParams, ReadResourceRequestParams,
    ReadResourceResponse, ServerCapabilities, ServerConfig, SetLevelRequestParams, SubscribeRequestParams,
    SubscriptionFilter, Tool, UnsubscribeRequestParams,
};
use rmcp::service::{RequestContext, RoleServer, SubscriptionContext};
use subscriptions::Subscriptions;

/// The product, and what the referee asks for beside it.
#[derive(Clone)]
struct Fixtures {
    product: mcp::Server,
    subscriptions: Subscriptions,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let service = Service::new(Executor::builder(), Service::QUEUE)?;
    let fixtures =
        Fixtures { product: mcp::Server::new(service.clone()), subscriptions: Subscriptions::default() };
    let server = http::Server::new(service, Options::default());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    eprintln!("listening on http://{}", listener.local_addr()?);
    axum::serve(listener, server.router_with(move || Ok(fixtures.clone()))).await?;
    Ok(())
}

type Context = RequestContext<RoleServer>;

impl ServerHandler for Fixtures {
    fn get_info(&self) -> ServerConfig {
        let capabilities = ServerCapabilities::builder()
            .enable_tools()
            .enable_tool_list_changed()
            .enable_prompts()
            .enable_prompts_list_changed()
            .enable_resources()
            .enable_resources_subscribe()
            .enable_completions()
            .enable_logging()
            .build();
        let mut info = self.product.get_info();
        info.capabilities = capabilities;
        info
    }

    fn get_tool(&self, name: &str) -> Option<Tool> {
        tools::all().into_iter().find(|tool| tool.name == name).or_else(|| self.product.get_tool(name))
    }

    async fn list_tools(
        &self,
        request: Option<PaginatedRequestParams>,
        context: Context,
    ) -> Result<ListToolsResult, ErrorData> {
        let mut listed = self.product.list_tools(request, context).await?;
        listed.tools.extend(tools::all());
        Ok(listed)
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: Context,
    ) -> Result<CallToolResponse, ErrorData> {
        let name = request.name.as_ref();
        if name.starts_with("test_trigger_") {
            self.subscriptions.change(name).await;
            return Ok(tools::said("changed"));
        }
        if let Some(answer) = asking::call(&request, &context).await {
            return answer;
        }
        if let Some(answer) = tools::call(&request, &context).await {
            return answer;
        }
        self.product.call_tool(request, context).await
    }

    async fn list_resources(
        &self,
        _request: Option<PaginatedRequestParams>,
        _context: Context,
    ) -> Result<ListResourcesResult, ErrorData> {
        Ok(resources::list())
    }

    async fn list_resource_templates(
        &self,
        _request: Option<PaginatedRequestParams>,
        _context: Context,
    ) -> Result<ListResourceTemplatesResult, ErrorData> {
        Ok(resources::templates())
    }

    async fn read_resource(
        &self,
        request: ReadResourceRequestParams,
        _context: Context,
    ) -> Result<ReadResourceResponse, ErrorData> {
        resources::read(&request.uri)
    }

    async fn subscribe(&self, _request: SubscribeRequestParams, _context: Context) -> Result<(), ErrorData> {
        Ok(())
    }

    async fn unsubscribe(
        &self,
        _request: UnsubscribeRequestParams,
        _context: Context,
    ) -> Result<(), ErrorData> {
        Ok(())
    }

    async fn list_prompts(
        &self,
        _request: Option<PaginatedRequestParams>,
        _context: Context,
    ) -> Result<ListPromptsResult, ErrorData> {
        Ok(prompts::list())
    }

    async fn get_prompt(
        &self,
        request: GetPromptRequestParams,
        _context: Context,
    ) -> Result<GetPromptResponse, ErrorData> {
        prompts::get(&request)
    }

    async fn complete(
        &self,
        _request: CompleteRequestParams,
        _context: Context,
    ) -> Result<CompleteResult, ErrorData> {
        let values = CompletionInfo::new(vec!["one".to_owned(), "two".to_owned()]);
        Ok(CompleteResult::new(values.map_err(|problem| ErrorData::internal_error(problem, None))?))
    }

    async fn set_level(&self, _request: SetLevelRequestParams, _context: Context) -> Result<(), ErrorData> {
        Ok(())
    }

    fn accepted_subscription_filter(&self, requested: &SubscriptionFilter) -> Option<SubscriptionFilter> {
        Some(requested.supported_by(&self.get_info().capabilities))
    }

    async fn listen(&self, context: SubscriptionContext) -> Result<(), ErrorData> {
        self.subscriptions.hold(context).await;
        Ok(())
    }
}
