//! Tools that answer at once: with each kind of content, with an error, with progress, with log messages.

use rmcp::ErrorData;
use rmcp::model::{
    AudioContent, CallToolRequestParams, CallToolResponse, CallToolResult, ClientCapabilities, ContentBlock,
    JsonObject, LoggingLevel, LoggingMessageNotificationParam, ProgressNotificationParam, ResourceContents,
    Tool,
};
use serde_json::{Value, json};

use crate::Context;
use crate::asking;

/// A PNG of one pixel.
pub(crate) const IMAGE: &str =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8/5+hHgAHggJ/PchI7wAAAABJRU5ErkJggg==";

/// A WAV without a sound.
const SOUND: &str = "UklGRiQAAABXQVZFZm10IBAAAAABAAEARKwAAIhYAQACABAAZGF0YQAAAAA=";

const PLAIN: [&str; 13] = [
    "test_simple_text",
    "test_image_content",
    "test_audio_content",
    "test_embedded_resource",
    "test_multiple_content_types",
    "test_error_handling",
    "test_tool_with_progress",
    "test_tool_with_logging",
    "test_logging_tool",
    "test_missing_capability",
    "test_reconnection",
    "test_trigger_tool_change",
    "test_trigger_prompt_change",
];

/// Every tool beside the product's.
pub(crate) fn all() -> Vec<Tool> {
    let nothing = || json!({ "type": "object", "properties": {} });
    let without_arguments = PLAIN.iter().chain(&asking::TOOLS).map(|name| tool(name, nothing()));
    let asks_with = |name: &str| json!({ "type": "object", "properties": { name: { "type": "string" } }, "required": [name] });
    let with_arguments = [
        tool("test_sampling", asks_with("prompt")),
        tool("test_elicitation", asks_with("message")),
        tool("test_custom_header", with_header()),
        tool("json_schema_2020_12_tool", whole_dialect()),
    ];
    without_arguments.chain(with_arguments).collect()
}

fn tool(name: &str, input: Value) -> Tool {
    let input = if let Value::Object(input) = input { input } else { JsonObject::new() };
    Tool::new(name.to_owned(), format!("What the referee calls {name}"), input)
}

/// An argument that clients repeat in a header.
fn with_header() -> Value {
    let value = json!({ "type": "string", "x-mcp-header": "Value" });
    json!({ "type": "object", "properties": { "value": value }, "required": ["value"] })
}

/// Words of JSON Schema that a server must hand on as they are.
fn whole_dialect() -> Value {
    let text = || json!({ "type": "string" });
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "$defs": {
            "address": { "$anchor": "address", "type": "object", "properties": { "street": text(), "city": text() } },
        },
        "properties": { "name": text(), "address": { "$ref": "#/$defs/address" } },
        "allOf": [{ "anyOf": [{ "required": ["name"] }, { "required": ["address"] }] }],
        "if": { "required": ["address"] },
        "then": { "properties": { "address": { "required": ["street"] } } },
        "else": { "required": ["name"] },
        "additionalProperties": false,
    })
}

/// Answers a call of one of the tools here; `None` where it is another's.
pub(crate) async fn call(
    request: &CallToolRequestParams,
    context: &Context,
) -> Option<Result<CallToolResponse, ErrorData>> {
    let image = || ContentBlock::image(IMAGE, "image/png");
    let contents = match request.name.as_ref() {
        "test_simple_text" => vec![ContentBlock::text("This is a simple text response for testing.")],
        "test_image_content" => vec![image()],
        "test_audio_content" => vec![ContentBlock::Audio(AudioContent::new(SOUND, "audio/wav"))],
        "test_embedded_resource" => vec![resource("test://embedded-resource", "text/plain", "Embedded")],
        "test_multiple_content_types" => vec![
            ContentBlock::text("Several kinds of content:"),
            image(),
            resource("test://mixed-content-resource", "application/json", r#"{"test":"data","value":123}"#),
        ],
        "test_error_handling" => {
            let text = "This tool intentionally returns an error for testing";
            return Some(Ok(CallToolResult::error(vec![ContentBlock::text(text)]).into()));
        }
        "test_tool_with_progress" => {
            report_progress(context).await;
            vec![ContentBlock::text("Progressed")]
        }
        "test_tool_with_logging" => {
            for message in ["Tool execution started", "Tool processing data", "Tool execution completed"] {
                log(context, LoggingLevel::Info, message).await;
            }
            vec![ContentBlock::text("Logged")]
        }
        // In the newer era, a request says whether it wants the log.
        "test_logging_tool" => {
            if let Some(level) = context.meta.log_level() {
                log(context, level, "asked for").await;
            }
            vec![ContentBlock::text("Logged")]
        }
        "test_missing_capability" => {
            if context.meta.client_capabilities().unwrap_or_default().sampling.is_none() {
                let missing = ClientCapabilities::builder().enable_sampling().build();
                return Some(Err(ErrorData::missing_required_client_capability(missing)));
            }
            vec![ContentBlock::text("The client can sample")]
        }
        "test_reconnection" => vec![ContentBlock::text("Reconnected")],
        "test_custom_header" => vec![ContentBlock::text(argument(request, "value"))],
        "json_schema_2020_12_tool" => vec![ContentBlock::text(argument(request, "name"))],
        _ => return None,
    };
    Some(Ok(CallToolResult::success(contents).into()))
}

/// A result of one text.
pub(crate) fn said(text: impl Into<String>) -> CallToolResponse {
    CallToolResult::success(vec![ContentBlock::text(text)]).into()
}

/// An argument that is a text; empty where it is none.
pub(crate) fn argument(request: &CallToolRequestParams, name: &str) -> String {
    let arguments = request.arguments.as_ref();
    arguments.and_then(|arguments| arguments.get(name)?.as_str()).unwrap_or_default().to_owned()
}

fn resource(uri: &str, mime_type: &str, text: &str) -> ContentBlock {
    ContentBlock::resource(ResourceContents::TextResourceContents {
        uri: uri.to_owned(),
        mime_type: Some(mime_type.to_owned()),
        text: text.to_owned(),
        meta: None,
    })
}

async fn report_progress(context: &Context) {
    let Some(token) = context.meta.get_progress_token() else { return };
    for progress in [0.0, 50.0, 100.0] {
        let progress = ProgressNotificationParam::new(token.clone(), progress).with_total(100.0);
        let _gone = context.peer.notify_progress(progress).await;
    }
}

async fn log(context: &Context, level: LoggingLevel, message: &str) {
    let message = LoggingMessageNotificationParam::new(level, json!(message)).with_logger("fixtures");
    let _gone = context.peer.notify_logging_message(message).await;
}
