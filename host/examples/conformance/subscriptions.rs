//! Who wants to be told of changes, in the newer era.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rmcp::service::{SubscriptionContext, SubscriptionSink};

/// The streams that are open for changes.
#[derive(Clone, Default)]
pub(crate) struct Subscriptions {
    open: Arc<Mutex<HashMap<u64, SubscriptionSink>>>,
    last: Arc<AtomicU64>,
}

impl Subscriptions {
    /// Keeps a stream until its client closes it.
    pub(crate) async fn hold(&self, context: SubscriptionContext) {
        let key = self.last.fetch_add(1, Ordering::Relaxed);
        self.locked(|open| open.insert(key, context.sink().clone()));
        context.cancelled().await;
        self.locked(|open| open.remove(&key));
    }

    /// Tells every stream that what a tool's name says has changed. A stream that did not ask for it, or is closing,
    /// refuses.
    pub(crate) async fn change(&self, tool: &str) {
        let open: Vec<_> = self.locked(|open| open.values().cloned().collect());
        for sink in open {
            let _refused = match tool {
                "test_trigger_tool_change" => sink.notify_tool_list_changed().await,
                _ => sink.notify_prompt_list_changed().await,
            };
        }
    }

    fn locked<Result>(&self, use_it: impl FnOnce(&mut HashMap<u64, SubscriptionSink>) -> Result) -> Result {
        use_it(&mut self.open.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
