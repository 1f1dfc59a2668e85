//! Bodies: read to their end before anybody looks into them, within bounds of size and time.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http_body_util::BodyExt as _;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::timeout;

use super::problem::Problem;

/// The longest body: a program of a mebibyte and what it reads, escaped.
pub(super) const MOST_BYTES: usize = 8 << 20;

/// A body that takes longer than this is none.
const MOST_TIME: Duration = Duration::from_secs(30);

/// How long the rest of a body that is too long is read for nothing.
const LINGER: Duration = Duration::from_millis(500);

/// A body that says it is at most this long needs no leave: a thousand of them are 64 MiB.
const SMALL_BYTES: usize = 64 << 10;

/// So many longer ones are read at the same time: 128 MiB.
static LARGE: Semaphore = Semaphore::const_new(16);

/// Reads the body, then hands the request on.
pub(super) async fn collect(request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let length =
        parts.headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
    match timeout(MOST_TIME, read(body, length)).await {
        Ok(Ok(body)) => next.run(Request::from_parts(parts, body)).await,
        Ok(Err(problem)) => close(problem),
        Err(_) => {
            let detail = format!("the body was not there after {} seconds", MOST_TIME.as_secs());
            close(Problem::new(StatusCode::REQUEST_TIMEOUT, detail))
        }
    }
}

async fn read(body: Body, length: Option<usize>) -> Result<Body, Problem> {
    if length.is_some_and(|length| length > MOST_BYTES) {
        linger(body).await;
        return Err(too_large());
    }
    let most = if length.is_some_and(|length| length <= SMALL_BYTES) { SMALL_BYTES } else { MOST_BYTES };
    let _leave: Option<SemaphorePermit<'_>> = if most > SMALL_BYTES && !http_body::Body::is_end_stream(&body)
    {
        LARGE.acquire().await.ok()
    } else {
        None
    };
    let mut body = body;
    let mut bytes = Vec::with_capacity(length.unwrap_or_default());
    while let Some(frame) = body.frame().await {
        let frame = frame
            .map_err(|_| Problem::new(StatusCode::BAD_REQUEST, "the body ended before it was complete"))?;
        let Some(data) = frame.data_ref() else { continue };
        if bytes.len() + data.len() > most {
            linger(body).await;
            return Err(too_large());
        }
        bytes.extend_from_slice(data);
    }
    Ok(Body::from(bytes))
}

/// Reads on for a moment: a client that is still sending when the connection is closed never reads the answer.
async fn linger(mut body: Body) {
    let rest = async {
        let mut bytes = 0;
        while let Some(Ok(frame)) = body.frame().await {
            bytes += frame.data_ref().map_or(0, Bytes::len);
            if bytes > MOST_BYTES {
                break;
            }
        }
    };
    let _still_sending = timeout(LINGER, rest).await;
}

fn too_large() -> Problem {
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, format!("the body has more than {MOST_BYTES} bytes"))
}

/// What is left of the body is not read.
fn close(problem: Problem) -> Response {
    problem.with(header::CONNECTION, HeaderValue::from_static("close")).into_response()
}
