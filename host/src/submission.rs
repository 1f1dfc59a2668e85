//! What somebody wants to run, as it was handed in.

use crate::trace::TraceParent;

/// Untrusted code and what it is to be given.
///
/// # Examples
///
/// ```
/// use code_execute::Submission;
///
/// let submission = Submission::new("read name; echo hello $name").language("bash").stdin("world\n");
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Submission {
    pub(crate) code: String,
    pub(crate) language: Option<String>,
    pub(crate) stdin: Option<Vec<u8>>,
    pub(crate) arguments: Vec<String>,
    pub(crate) timeout_seconds: Option<i64>,
    pub(crate) request_id: Option<String>,
    pub(crate) trace: Option<TraceParent>,
}

impl Submission {
    /// Takes code in the executor's default language.
    pub fn new(code: impl Into<String>) -> Self {
        Self { code: code.into(), ..Self::default() }
    }

    /// Names the language: `python` or `bash`. Another name is answered with a report that says so.
    #[must_use]
    pub fn language(mut self, name: impl Into<String>) -> Self {
        self.language = Some(name.into());
        self
    }

    /// Gives the program bytes to read from standard input, which is empty otherwise.
    #[must_use]
    pub fn stdin(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.stdin = Some(bytes.into());
        self
    }

    /// Gives the program command-line arguments after its file name.
    #[must_use]
    pub fn arguments(mut self, arguments: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.arguments = arguments.into_iter().map(Into::into).collect();
        self
    }

    /// Asks for another deadline than the executor's, in seconds, 1 to 300 and at most the executor's ceiling.
    #[must_use]
    pub fn timeout_seconds(mut self, seconds: i64) -> Self {
        self.timeout_seconds = Some(seconds);
        self
    }

    /// Gives it a name in logs and in the audit file; without one it gets a random one.
    #[must_use]
    pub fn request_id(mut self, name: impl Into<String>) -> Self {
        self.request_id = Some(name.into());
        self
    }

    /// Says where it belongs in a trace: the header `traceparent` of W3C Trace Context. What is none is ignored.
    #[must_use]
    pub fn trace_parent(mut self, header: &str) -> Self {
        self.trace = TraceParent::read(header);
        self
    }
}
