//! What a client is told of the tools: names, schemas, descriptions, annotations.

use std::fmt::Write as _;

use rmcp::model::{JsonObject, Tool, ToolAnnotations};
use serde_json::{Value, json};

use super::surroundings::Surroundings;
use crate::{Executor, Limits, Network, Sandbox, arguments};

/// The tool that runs code.
pub(super) const EXECUTE: &str = "code_execute";

/// The tool that reviews code.
pub(super) const CHECK: &str = "code_check";

/// What a client may tell its model of the server.
pub(super) const INSTRUCTIONS: &str = "Runs short Python and Bash programs, reviewed before they run and confined \
    while they run. Nothing is kept between calls. What the program prints is what comes back.";

/// The tools, described as this executor is configured.
pub(super) fn tools(executor: &Executor, surroundings: &Surroundings) -> Vec<Tool> {
    let configuration = executor.configuration();
    let confined = configuration.sandbox == Sandbox::On;
    let grants = &configuration.grants;
    let open = !confined || grants.network == Network::Host;
    let destructive = !confined || !grants.write.is_empty();
    let annotations = ToolAnnotations::with_title("Run Python or Bash")
        .read_only(false)
        .destructive(destructive)
        .idempotent(false)
        .open_world(open);
    let execute =
        Tool::new(EXECUTE, describe(executor, surroundings), object(arguments::schema(executor, true)))
            .with_title("Run Python or Bash")
            .with_raw_output_schema(object(execute_output()).into())
            .with_annotations(annotations);
    let annotations = ToolAnnotations::with_title("Review Python or Bash")
        .read_only(true)
        .destructive(false)
        .idempotent(true)
        .open_world(false);
    let check = Tool::new(CHECK, CHECK_DESCRIPTION, object(arguments::schema(executor, false)))
        .with_title("Review Python or Bash")
        .with_raw_output_schema(object(check_output()).into())
        .with_annotations(annotations);
    vec![execute, check]
}

const CHECK_DESCRIPTION: &str = "Reviews a Python or Bash program without running it: says what of it is forbidden, \
    where, why, and what to do instead. `code_execute` makes the same review before it runs anything.";

/// What a model reads of `code_execute`. Clients cut descriptions at 2,048 characters.
fn describe(executor: &Executor, surroundings: &Surroundings) -> String {
    let configuration = executor.configuration();
    let Limits { timeout_seconds, memory_bytes, processes, scratch_bytes, .. } = configuration.limits;
    let most = configuration.max_timeout_seconds;
    let version =
        |version: &Option<String>| version.as_ref().map(|version| format!(" {version}")).unwrap_or_default();
    let mut text = format!(
        "Runs a program in Python{} or Bash{} and returns what it printed, its exit code and, where the last line of \
         its output is JSON, that as the result. Print what you want to see. Every call is a new program: no \
         variable, file or package is kept from one call to the next. The working directory is /tmp.",
        version(&surroundings.python),
        version(&surroundings.bash),
    );
    let mut say = |words: std::fmt::Arguments<'_>| {
        let _infallible = text.write_fmt(format_args!(" {words}"));
    };
    if configuration.sandbox == Sandbox::Off {
        say(format_args!("The program has the rights of the server: it is neither reviewed nor confined."));
    } else {
        let grants = &configuration.grants;
        say(format_args!(
            "It holds {} and is writable; the rest of the system is read-only.",
            size(scratch_bytes)
        ));
        for (words, paths) in [("It can read", &grants.read), ("It can read and write", &grants.write)] {
            if !paths.is_empty() {
                let paths: Vec<_> = paths.iter().map(|path| path.display().to_string()).collect();
                say(format_args!("{words} {}.", paths.join(", ")));
            }
        }
        match grants.network {
            Network::None => say(format_args!("There is no network.")),
            Network::Loopback => say(format_args!("The network is a loopback of its own.")),
            Network::Host => say(format_args!("It can use the network.")),
        }
    }
    if executor.reviews() {
        say(format_args!(
            "The code is reviewed before it runs; what is refused comes back with the reason and what to do instead."
        ));
    }
    say(format_args!(
        "Limits: {timeout_seconds} seconds (`timeout_seconds` can ask for up to {most}), {} of memory, {processes} processes.",
        size(memory_bytes)
    ));
    if !surroundings.packages.is_empty() {
        say(format_args!("Python packages: {}.", surroundings.packages.join(", ")));
    }
    text
}

fn size(bytes: u64) -> String {
    if bytes >= 1 << 20 { format!("{} MiB", bytes >> 20) } else { format!("{bytes} bytes") }
}

/// What is optional is absent where it has no value: `null` beside a type is what some clients do not understand.
fn execute_output() -> Value {
    let status = crate::Status::ALL.map(crate::Status::name);
    json!({
        "type": "object",
        "properties": {
            "status": { "type": "string", "enum": status, "description": "How it ended" },
            "exit_code": { "type": "integer", "description": "The exit code; absent where the program did not run to its end" },
            "signal": { "type": "string", "description": "The signal that ended it, such as SIGSEGV; absent without one" },
            "stdout": { "type": "string", "description": "What it wrote to standard output" },
            "stdout_truncated": { "type": "boolean", "description": "Whether a part of stdout was left out" },
            "stderr": { "type": "string", "description": "What it wrote to standard error" },
            "stderr_truncated": { "type": "boolean", "description": "Whether a part of stderr was left out" },
            "result_json": { "type": "string", "description": "The last line of stdout where that is JSON; else absent" },
            "violations": violations("What stopped it"),
            "suspicions": violations("What was noticed in the code and stopped nothing"),
            "isolation": { "type": "string", "description": "The confinement it had: strict, standard, minimal or none" },
            "duration_ms": { "type": "integer", "description": "How long it ran" },
            "detail": { "type": "string", "description": "What went wrong, or the limit that was met; absent otherwise" },
        },
        "required": [
            "status", "stdout", "stdout_truncated", "stderr", "stderr_truncated", "violations", "suspicions",
            "isolation", "duration_ms",
        ],
        "additionalProperties": false,
    })
}

fn check_output() -> Value {
    json!({
        "type": "object",
        "properties": {
            "approved": { "type": "boolean", "description": "Whether it may run" },
            "violations": violations("What is forbidden"),
            "suspicions": violations("What is worth a look and stops nothing"),
            "detail": { "type": "string", "description": "Why it could not be reviewed; absent otherwise" },
        },
        "required": ["approved", "violations", "suspicions"],
        "additionalProperties": false,
    })
}

fn violations(description: &str) -> Value {
    let text = |description: &str| json!({ "type": "string", "description": description });
    json!({
        "type": "array",
        "description": description,
        "items": {
            "type": "object",
            "properties": {
                "rule": text("The id of the rule"),
                "line": { "type": "integer", "description": "The line, counted from 1" },
                "column": { "type": "integer", "description": "The column, counted from 1" },
                "excerpt": text("The offending text"),
                "message": text("What is wrong"),
                "remedy": text("What to do instead; may be empty"),
            },
            "required": ["rule", "line", "column", "excerpt", "message", "remedy"],
            "additionalProperties": false,
        },
    })
}

fn object(schema: Value) -> JsonObject {
    if let Value::Object(object) = schema { object } else { JsonObject::new() }
}
