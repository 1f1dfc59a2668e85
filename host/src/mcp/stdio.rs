//! Standard input and output of this process, and what its end means.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use rmcp::transport::io::{StdioReader, StdioWriter, stdio_pipes};
use tokio::io::{AsyncRead, ReadBuf};
use tokio_util::sync::CancellationToken;

/// What a client that has closed its end may still be told: whoever pipes one request in wants its answer. Clients
/// that wait for the end wait two seconds.
const GRACE: Duration = Duration::from_secs(1);

/// The input, which notes its end.
pub(super) struct Input {
    reader: StdioReader,
    ended: CancellationToken,
}

/// Both ends. `over` is cancelled a second after the client has closed its own.
pub(super) fn open(over: CancellationToken) -> (Input, StdioWriter) {
    let (reader, writer) = stdio_pipes();
    let ended = CancellationToken::new();
    let noticed = ended.clone();
    tokio::spawn(async move {
        noticed.cancelled().await;
        tokio::time::sleep(GRACE).await;
        over.cancel();
    });
    (Input { reader, ended }, writer)
}

impl AsyncRead for Input {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.reader).poll_read(context, buffer);
        let nothing = buffer.filled().len() == before && buffer.remaining() > 0;
        if matches!(read, Poll::Ready(Ok(()))) && nothing {
            self.ended.cancel();
        }
        read
    }
}
