//! Plain JSON: a submission in, its report out.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

use super::Server;
use super::problem::Problem;
use crate::arguments::{Check, Execute};
use crate::policy::Identity;
use crate::review::Checked;
use crate::{Report, Status, Violation, trace};

/// What a review came to.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Review {
    /// Whether it may run.
    approved: bool,
    /// What is forbidden, in source order.
    violations: Vec<Violation>,
    /// What was noticed and stops nothing.
    suspicions: Vec<Violation>,
    /// The policies that reviewed it, in the order in which they were asked.
    policies: Vec<Identity>,
    /// What a model is told where it is refused; else empty.
    text: String,
}

/// Reviews a program, runs it, and answers with its report.
pub(super) async fn execute(
    State(server): State<Server>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Report>, Problem> {
    let arguments = Execute::read(object(&headers, &body)?).map_err(bad)?;
    let submission = trace::named(arguments.into(), &headers);
    // Whoever hangs up drops this future, and the run with it.
    let report = server.service().execute(submission, std::future::pending()).await?;
    let failed = match report.status {
        Status::InvalidRequest => StatusCode::UNPROCESSABLE_ENTITY,
        Status::SandboxError => StatusCode::INTERNAL_SERVER_ERROR,
        Status::Ok
        | Status::NonzeroExit
        | Status::Signal
        | Status::Timeout
        | Status::Memory
        | Status::OutputLimit
        | Status::Rejected
        | Status::Cancelled => return Ok(Json(report)),
    };
    Err(Problem::new(failed, report.detail.unwrap_or(report.text)))
}

/// Reviews a program and runs nothing.
pub(super) async fn check(
    State(server): State<Server>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Review>, Problem> {
    let arguments = Check::read(object(&headers, &body)?).map_err(bad)?;
    let checked = server.service().check(trace::named(arguments.into(), &headers)).await?;
    let Checked { verdict, refusal, policies } =
        checked.map_err(|problem| Problem::new(StatusCode::UNPROCESSABLE_ENTITY, problem))?;
    Ok(Json(Review {
        approved: verdict.approves(),
        violations: verdict.violations,
        suspicions: verdict.suspicions,
        policies,
        text: refusal.unwrap_or_default(),
    }))
}

/// The members of the object that a body is.
fn object(headers: &HeaderMap, body: &[u8]) -> Result<Map<String, Value>, Problem> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if !kind.eq_ignore_ascii_case("application/json") {
        let detail = format!("the body must be `application/json`, not `{kind}`");
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail));
    }
    serde_json::from_slice(body).map_err(|error| bad(format!("the body is no JSON object: {error}")))
}

fn bad(detail: String) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, detail)
}
