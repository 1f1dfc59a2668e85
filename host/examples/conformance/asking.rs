//! Tools that ask the client for something: by a request of their own in the older era, by a result that says what is
//! missing in the newer one.

use rmcp::ErrorData;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, ClientResult, CreateMessageRequest, CreateMessageRequestParams,
    ElicitRequest, ElicitRequestParams, InputRequest, InputRequests, InputRequiredResult, InputResponses,
    ListRootsRequest, SamplingMessage, ServerRequest,
};
use serde_json::{Value, json};

use crate::Context;
use crate::tools::{argument, said};

/// Those without arguments.
pub(crate) const TOOLS: [&str; 11] = [
    "test_elicitation_sep1034_defaults",
    "test_elicitation_sep1330_enums",
    "test_streaming_elicitation",
    "test_input_required_result_elicitation",
    "test_input_required_result_sampling",
    "test_input_required_result_list_roots",
    "test_input_required_result_request_state",
    "test_input_required_result_multiple_inputs",
    "test_input_required_result_multi_round",
    "test_input_required_result_tampered_state",
    "test_input_required_result_capabilities",
];

/// What a client carries from one round to the next. This server gives out these and takes no other.
const CONFIRM: &str = "state-confirm-c1d8f0";
const GATHER: &str = "state-gather-77a2b4";
const SECOND: &str = "state-second-round-09e6d3";
const THIRD: &str = "state-third-round-b85f21";

/// Answers a call of one of the tools here; `None` where it is another's.
pub(crate) async fn call(
    request: &CallToolRequestParams,
    context: &Context,
) -> Option<Result<CallToolResponse, ErrorData>> {
    let answer = match request.name.as_ref() {
        "test_sampling" => sample(argument(request, "prompt"), context).await,
        "test_elicitation" => {
            let properties = json!({ "username": { "type": "string" }, "email": { "type": "string" } });
            elicit(argument(request, "message"), properties, context).await
        }
        "test_elicitation_sep1034_defaults" => elicit("Defaults".to_owned(), with_defaults(), context).await,
        "test_elicitation_sep1330_enums" => elicit("Choices".to_owned(), with_choices(), context).await,
        name if TOOLS.contains(&name) => in_rounds(request, context),
        _ => return None,
    };
    Some(answer)
}

/// Asks the client's model, in the older era.
async fn sample(prompt: String, context: &Context) -> Result<CallToolResponse, ErrorData> {
    match context.peer.create_message(sampling(&prompt)).await {
        Ok(answer) => {
            let text =
                answer.message.content.first().and_then(|content| Some(content.as_text()?.text.clone()));
            Ok(said(format!("LLM response: {}", text.unwrap_or_default())))
        }
        Err(problem) => Err(ErrorData::internal_error(problem.to_string(), None)),
    }
}

/// Asks the client's user, in the older era.
async fn elicit(
    message: String,
    properties: Value,
    context: &Context,
) -> Result<CallToolResponse, ErrorData> {
    let request = ServerRequest::ElicitRequest(ElicitRequest::new(form(&message, &properties)?));
    match context.peer.send_request(request).await {
        Ok(ClientResult::ElicitResult(answer)) => {
            Ok(said(format!("{:?}: {:?}", answer.action, answer.content)))
        }
        Ok(other) => Err(ErrorData::internal_error(format!("the client answered {other:?}"), None)),
        Err(problem) => Err(ErrorData::internal_error(problem.to_string(), None)),
    }
}

/// Asks by results, in the newer era.
fn in_rounds(request: &CallToolRequestParams, context: &Context) -> Result<CallToolResponse, ErrorData> {
    let responses = request.input_responses.as_ref();
    let state = request.request_state.as_deref();
    let has = |key: &str| responses.is_some_and(|responses| responses.get(key).is_some_and(Value::is_object));
    let once = |key: &str| {
        if has(key) { said(format!("Got {}", shown(responses, key))) } else { require(&[key], None).into() }
    };
    let answer = match request.name.as_ref() {
        "test_streaming_elicitation" => require(&["user_name"], None).into(),
        "test_input_required_result_elicitation" => once("user_name"),
        "test_input_required_result_sampling" => once("capital_question"),
        "test_input_required_result_list_roots" => once("client_roots"),
        "test_input_required_result_request_state" | "test_input_required_result_tampered_state" => {
            match state {
                None => require(&["confirm"], Some(CONFIRM)).into(),
                Some(CONFIRM) => said("state-ok"),
                Some(_) => return Err(foreign_state()),
            }
        }
        "test_input_required_result_multiple_inputs" => {
            let keys = ["user_name", "greeting", "client_roots"];
            match state {
                Some(GATHER) if keys.iter().all(|key| has(key)) => said("Got everything"),
                None | Some(GATHER) => require(&keys, Some(GATHER)).into(),
                Some(_) => return Err(foreign_state()),
            }
        }
        "test_input_required_result_multi_round" => match state {
            None => require(&["step1"], Some(SECOND)).into(),
            Some(SECOND) => require(&["step2"], Some(THIRD)).into(),
            Some(THIRD) => said("The third round is the last"),
            Some(_) => return Err(foreign_state()),
        },
        // The last one asks for no more than the client can do.
        _ => {
            let can = context.meta.client_capabilities().unwrap_or_default();
            let keys = [
                ("user_name", can.elicitation.is_some()),
                ("greeting", can.sampling.is_some()),
                ("client_roots", can.roots.is_some()),
            ];
            let keys: Vec<_> = keys.into_iter().filter_map(|(key, can)| can.then_some(key)).collect();
            if responses.is_some() || keys.is_empty() {
                said("Nothing is missing")
            } else {
                require(&keys, None).into()
            }
        }
    };
    Ok(answer)
}

fn foreign_state() -> ErrorData {
    ErrorData::invalid_params("the request state is not one that this server gave out", None)
}

/// A result that says what is missing.
pub(crate) fn require(keys: &[&str], state: Option<&str>) -> InputRequiredResult {
    let requests: InputRequests =
        keys.iter().filter_map(|key| Some(((*key).to_owned(), missing(key)?))).collect();
    InputRequiredResult::new(Some(requests), state.map(str::to_owned))
}

/// How a thing is asked for, by the name that the referee gives it.
fn missing(key: &str) -> Option<InputRequest> {
    let ask = |message: &str, name: &str, kind: &str| {
        let form = form(message, &json!({ name: { "type": kind } })).ok()?;
        Some(InputRequest::Elicitation(ElicitRequest::new(form)))
    };
    match key {
        "user_name" => ask("What is your name?", "name", "string"),
        "confirm" => ask("Please confirm", "ok", "boolean"),
        "step1" => ask("Step 1: What is your name?", "name", "string"),
        "step2" => ask("Step 2: What is your favorite color?", "color", "string"),
        "user_context" => ask("What context should the prompt use?", "context", "string"),
        "client_roots" => Some(InputRequest::ListRoots(ListRootsRequest::default())),
        question => Some(InputRequest::CreateMessage(CreateMessageRequest::new(sampling(question)))),
    }
}

fn sampling(prompt: &str) -> CreateMessageRequestParams {
    CreateMessageRequestParams::new(vec![SamplingMessage::user_text(prompt)], 100)
}

/// A form with these fields. All are required but those with a default.
fn form(message: &str, properties: &Value) -> Result<ElicitRequestParams, ErrorData> {
    let fields = properties.as_object().into_iter().flatten();
    let required: Vec<_> =
        fields.filter(|(_, field)| field.get("default").is_none()).map(|(name, _)| name).collect();
    let schema = json!({ "type": "object", "properties": properties, "required": required });
    let requested_schema = serde_json::from_value(schema)
        .map_err(|problem| ErrorData::internal_error(problem.to_string(), None))?;
    Ok(ElicitRequestParams::FormElicitationParams {
        meta: None,
        message: message.to_owned(),
        requested_schema,
    })
}

/// A field of each type, with what it is where the user leaves it.
fn with_defaults() -> Value {
    json!({
        "name": { "type": "string", "default": "John Doe" },
        "age": { "type": "integer", "default": 30 },
        "score": { "type": "number", "default": 95.5 },
        "status": { "type": "string", "enum": ["active", "inactive", "pending"], "default": "active" },
        "verified": { "type": "boolean", "default": true },
    })
}

/// Each way to offer a choice.
fn with_choices() -> Value {
    let titled = json!([
        { "const": "value1", "title": "First" },
        { "const": "value2", "title": "Second" },
        { "const": "value3", "title": "Third" },
    ]);
    let plain = ["option1", "option2", "option3"];
    json!({
        "untitledSingle": { "type": "string", "enum": plain },
        "titledSingle": { "type": "string", "oneOf": titled },
        "legacyEnum": { "type": "string", "enum": plain, "enumNames": ["One", "Two", "Three"] },
        "untitledMulti": { "type": "array", "items": { "type": "string", "enum": plain } },
        "titledMulti": { "type": "array", "items": { "anyOf": titled } },
    })
}

/// One field of what the user answered.
pub(crate) fn answered(responses: Option<&InputResponses>, key: &str, field: &str) -> Option<String> {
    Some(responses?.get(key)?.get("content")?.get(field)?.as_str()?.to_owned())
}

fn shown(responses: Option<&InputResponses>, key: &str) -> String {
    responses.and_then(|responses| Some(responses.get(key)?.to_string())).unwrap_or_default()
}
