//! The arguments of the tools, as every server takes them. What is wrong with them is said in words that a model can
//! act on.

use serde_json::{Map, Value, json};

use crate::{Executor, Language, Submission};

/// The members of an object.
type Members = Map<String, Value>;

/// The arguments of `code_execute`.
#[derive(Debug)]
pub(crate) struct Execute {
    code: String,
    language: Option<String>,
    timeout_seconds: Option<i64>,
    stdin: Option<String>,
}

/// The arguments of `code_check`.
#[derive(Debug)]
pub(crate) struct Check {
    code: String,
    language: Option<String>,
}

impl Execute {
    /// Reads the arguments, or says what is wrong with them.
    pub(crate) fn read(arguments: Members) -> Result<Self, String> {
        let mut arguments = Arguments(arguments);
        let read = Self {
            code: arguments.code()?,
            language: arguments.text("language")?,
            timeout_seconds: arguments.whole("timeout_seconds")?,
            stdin: arguments.text("stdin")?,
        };
        arguments.end("`code`, `language`, `timeout_seconds` and `stdin`")?;
        Ok(read)
    }
}

impl From<Execute> for Submission {
    fn from(arguments: Execute) -> Self {
        let Execute { code, language, timeout_seconds, stdin } = arguments;
        let mut submission = Self::new(code);
        if let Some(language) = language {
            submission = submission.language(language);
        }
        if let Some(seconds) = timeout_seconds {
            submission = submission.timeout_seconds(seconds);
        }
        if let Some(text) = stdin {
            submission = submission.stdin(text);
        }
        submission
    }
}

impl Check {
    /// Reads the arguments, or says what is wrong with them.
    pub(crate) fn read(arguments: Members) -> Result<Self, String> {
        let mut arguments = Arguments(arguments);
        let read = Self { code: arguments.code()?, language: arguments.text("language")? };
        arguments.end("`code` and `language`")?;
        Ok(read)
    }
}

impl From<Check> for Submission {
    fn from(arguments: Check) -> Self {
        let submission = Self::new(arguments.code);
        match arguments.language {
            Some(language) => submission.language(language),
            None => submission,
        }
    }
}

/// What a tool takes: `code_execute`, which runs, or `code_check`.
pub(crate) fn schema(executor: &Executor, runs: bool) -> Value {
    let configuration = executor.configuration();
    let default = configuration.language.name();
    let mut properties = json!({
        "code": { "type": "string", "description": "The program" },
        "language": {
            "type": "string",
            "enum": Language::ALL.map(Language::name),
            "description": format!("What it is written in; `{default}` where it is left out"),
        },
    });
    if runs && let Some(properties) = properties.as_object_mut() {
        let seconds = configuration.limits.timeout_seconds;
        properties.insert(
            "timeout_seconds".to_owned(),
            json!({
                "type": "integer",
                "minimum": 1,
                "maximum": configuration.max_timeout_seconds,
                "description": format!("Seconds after which it is killed; {seconds} where it is left out"),
            }),
        );
        properties.insert(
            "stdin".to_owned(),
            json!({ "type": "string", "description": "What it reads from standard input; nothing where it is left out" }),
        );
    }
    json!({ "type": "object", "properties": properties, "required": ["code"], "additionalProperties": false })
}

/// The arguments that were not read yet.
struct Arguments(Members);

impl Arguments {
    /// No code at all is what the executor has words for.
    fn code(&mut self) -> Result<String, String> {
        Ok(self.text("code")?.unwrap_or_default())
    }

    /// `null` is what some clients send for an argument that they leave out.
    fn take(&mut self, name: &str) -> Option<Value> {
        self.0.remove(name).filter(|value| !value.is_null())
    }

    fn text(&mut self, name: &str) -> Result<Option<String>, String> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(other) => Err(format!("{name} must be a string, not {other}")),
        }
    }

    fn whole(&mut self, name: &str) -> Result<Option<i64>, String> {
        let Some(value) = self.take(name) else { return Ok(None) };
        // Models write `5.0`, and some `"5"`.
        let number = match &value {
            Value::Number(number) => number.as_i64().or_else(|| whole_float(number.as_f64()?)),
            Value::String(text) => text.trim().parse().ok(),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
        };
        number.map(Some).ok_or_else(|| format!("{name} must be a whole number, not {value}"))
    }

    fn end(self, known: &str) -> Result<(), String> {
        match self.0.keys().next() {
            None => Ok(()),
            Some(name) => Err(format!("there is no argument `{name}`; the arguments are {known}")),
        }
    }
}

#[allow(clippy::cast_possible_truncation, reason = "whole, and far below the bounds")]
fn whole_float(number: f64) -> Option<i64> {
    (number.fract() == 0.0 && number.abs() < 1e9).then_some(number as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Result<Execute, String> {
        Execute::read(serde_json::from_str(json).unwrap())
    }

    #[test]
    fn arguments_of_models_are_understood() {
        let read = read(r#"{"code": "x", "language": null, "timeout_seconds": 5.0, "stdin": "a"}"#).unwrap();
        assert_eq!((read.language, read.timeout_seconds, read.stdin.as_deref()), (None, Some(5), Some("a")));
    }

    #[test]
    fn arguments_that_are_wrong_are_named_with_their_value() {
        let cases = [
            (r#"{"code": 7}"#, "code must be a string, not 7"),
            (
                r#"{"code": "x", "timeout_seconds": "soon"}"#,
                "timeout_seconds must be a whole number, not \"soon\"",
            ),
            (r#"{"code": "x", "timeout_seconds": 1.5}"#, "timeout_seconds must be a whole number, not 1.5"),
            (r#"{"code": "x", "lang": "bash"}"#, "there is no argument `lang`"),
        ];
        for (json, expected) in cases {
            let problem = read(json).unwrap_err();
            assert!(problem.contains(expected), "{problem}");
        }
    }
}
