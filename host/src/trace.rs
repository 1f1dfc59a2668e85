//! What a request says of itself: its name, and where it belongs in somebody's trace (W3C Trace Context).

use axum::http::{HeaderMap, HeaderName};
use serde::Serialize;

use crate::Submission;

/// The header by which a caller names a request, and is told its name.
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The submission under the name of its request, in the trace that its request is in.
pub(crate) fn named(submission: Submission, headers: &HeaderMap) -> Submission {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let submission = match text(REQUEST_ID.as_str()) {
        Some(name) => submission.request_id(name),
        None => submission,
    };
    match text("traceparent") {
        Some(context) => submission.trace_parent(context),
        None => submission,
    }
}

/// A trace and the span in it that asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) struct TraceParent {
    /// The trace: 16 bytes, in hexadecimal.
    #[serde(serialize_with = "trace_id")]
    trace_id: u128,
    /// The span: 8 bytes, in hexadecimal.
    #[serde(serialize_with = "span_id")]
    parent_span_id: u64,
}

impl TraceParent {
    /// Reads the header `traceparent`. Nothing where it is not one, as the standard wants.
    pub(crate) fn read(header: &str) -> Option<Self> {
        let mut fields = header.split('-');
        let (version, trace, span, flags) = (fields.next()?, fields.next()?, fields.next()?, fields.next()?);
        let well_formed = hexadecimal(version, 2)
            && version != "ff"
            && hexadecimal(trace, 32)
            && hexadecimal(span, 16)
            && hexadecimal(flags, 2)
            // Later versions may add fields.
            && (version != "00" || fields.next().is_none());
        let trace_id = u128::from_str_radix(trace, 16).ok().filter(|id| *id != 0)?;
        let parent_span_id = u64::from_str_radix(span, 16).ok().filter(|id| *id != 0)?;
        well_formed.then_some(Self { trace_id, parent_span_id })
    }

    /// The trace, in hexadecimal.
    pub(crate) fn trace_id(self) -> String {
        format!("{:032x}", self.trace_id)
    }
}

fn hexadecimal(text: &str, digits: usize) -> bool {
    text.len() == digits && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands out references")]
fn trace_id<S: serde::Serializer>(id: &u128, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&format_args!("{id:032x}"))
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands out references")]
fn span_id<S: serde::Serializer>(id: &u64, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&format_args!("{id:016x}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn header_is_read_where_it_is_well_formed() {
        let read = TraceParent::read("00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01").unwrap();
        assert_eq!(read.trace_id(), "0af7651916cd43dd8448eb211c80319c");
        assert_eq!(
            serde_json::to_string(&read).unwrap(),
            r#"{"trace_id":"0af7651916cd43dd8448eb211c80319c","parent_span_id":"00f067aa0ba902b7"}"#
        );
        assert_eq!(
            TraceParent::read("01-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01-later"),
            Some(read)
        );
    }

    #[test]
    fn what_is_no_trace_context_is_nothing() {
        for header in [
            "",
            "00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7",
            "00-0AF7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
            "ff-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01",
            "00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01-more",
            "00-+af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01",
        ] {
            assert_eq!(TraceParent::read(header), None, "{header}");
        }
    }
}
