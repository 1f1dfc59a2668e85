//! What the plain JSON paths take and give, as `OpenAPI` 3.1.

use axum::Json;
use axum::extract::State;
use schemars::generate::SchemaSettings;
use serde_json::{Value, json};

use super::Server;
use super::api::Review;
use crate::{Report, arguments};

/// The document. It names the limits and the languages of this server.
pub(super) async fn answer(State(server): State<Server>) -> Json<Value> {
    Json(document(&server))
}

fn document(server: &Server) -> Value {
    let executor = server.service().executor();
    let mut generator = SchemaSettings::draft2020_12()
        .with(|settings| settings.definitions_path = "/components/schemas".into())
        .into_generator();
    let report = generator.subschema_for::<Report>();
    let review = generator.subschema_for::<Review>();
    let mut schemas = generator.take_definitions(true);
    schemas.insert("Execute".to_owned(), arguments::schema(executor, true));
    schemas.insert("Check".to_owned(), arguments::schema(executor, false));
    schemas.insert("Problem".to_owned(), problem());
    let secured = server.shared.options.token.is_some();
    // Without a token, nothing is asked for: an empty list of what secures a path.
    let security = if secured { json!([{ "token": [] }]) } else { json!([]) };
    let tokens = if secured { json!({ "token": { "type": "http", "scheme": "bearer" } }) } else { json!({}) };
    let operation = |id: &str, summary: &str, takes: &str, gives: &Value, says: &str| {
        let operation = json!({
            "operationId": id,
            "summary": summary,
            "requestBody": {
                "required": true,
                "content": { "application/json": { "schema": { "$ref": format!("#/components/schemas/{takes}") } } },
            },
            "responses": responses(gives, says),
            "security": security,
        });
        json!({ "post": operation })
    };
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "code-execute",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Runs Python and Bash that a model wrote: reviewed by a policy, confined by the kernel.",
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
        },
        "paths": {
            "/v1/execute": operation(
                "execute",
                "Review a program, run it, and say what came of it",
                "Execute",
                &json!(report),
                "What came of it: also where it was refused, failed or met a limit",
            ),
            "/v1/check": operation(
                "check",
                "Review a program without running it",
                "Check",
                &json!(review),
                "What was found in it",
            ),
        },
        "components": { "schemas": schemas, "securitySchemes": tokens },
    })
}

fn responses(gives: &Value, says: &str) -> Value {
    let problem = |description: &str| {
        json!({
            "description": description,
            "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } },
        })
    };
    let busy = json!({
        "description": "There is no room for it now",
        "headers": { "Retry-After": { "description": "Seconds to wait", "schema": { "type": "integer" } } },
        "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } },
    });
    json!({
        "200": { "description": says, "content": { "application/json": { "schema": gives } } },
        "400": problem("The body is no JSON object with the right members"),
        "401": problem("The token is missing or wrong"),
        "403": problem("The host or the origin is not allowed"),
        "408": problem("The body took too long"),
        "413": problem("The body is too long"),
        "415": problem("The body is not declared as JSON"),
        "422": problem("A value is out of its range, or the program cannot be reviewed"),
        "429": busy,
        "500": problem("The sandbox failed"),
    })
}

fn problem() -> Value {
    json!({
        "type": "object",
        "description": "Problem details (RFC 9457)",
        "properties": {
            "type": { "type": "string" },
            "title": { "type": "string" },
            "status": { "type": "integer" },
            "detail": { "type": "string", "description": "What is wrong, and the way out" },
        },
        "required": ["type", "title", "status", "detail"],
        "additionalProperties": false,
    })
}
