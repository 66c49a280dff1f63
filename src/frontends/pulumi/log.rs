//! Messages to the user through the engine's own service.
//!
//! Owns the queue between the senders, which never wait, and the engine, which may be slow or gone. Knows nothing of the content;
//! the senders ensure that no secret is in it.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use janiform_proto::pulumirpc::engine_client::EngineClient;
use janiform_proto::pulumirpc::{LogRequest, LogSeverity};
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, timeout};
use tonic::transport::{Channel, Endpoint};

/// The number of messages that may wait.
const QUEUE: usize = 1024;
/// The engine runs on the same host: a call takes no longer than this.
const LONGEST_CALL: Duration = Duration::from_secs(2);
/// After a failed call, nothing is sent for this long.
const PAUSE: Duration = Duration::from_secs(1);
/// A call waits for its messages no longer than this.
const LONGEST_FLUSH: Duration = Duration::from_secs(2);

/// Sends messages to the user. Copies share the queue and the address.
///
/// Messages arrive in their order. They are dropped until the engine's address is known, and while the engine does not answer.
#[derive(Clone, Debug)]
pub struct EngineLog {
    queue: mpsc::Sender<Item>,
    engine: Arc<Mutex<Option<Endpoint>>>,
}

#[derive(Debug)]
enum Item {
    /// A message to the engine whose address was set when it was sent.
    Message(Box<Endpoint>, LogRequest),
    /// Signals that everything before it has been handled.
    Flush(oneshot::Sender<()>),
}

impl EngineLog {
    /// Starts the task that sends messages; it ends with the last copy of the handle.
    ///
    /// # Panics
    /// Outside of a tokio runtime.
    #[must_use]
    pub fn start() -> Self {
        let (queue, items) = mpsc::channel(QUEUE);
        tokio::spawn(deliver(items));
        Self { queue, engine: Arc::default() }
    }

    /// Sets the address of the engine as host and port; the last one counts. An invalid address is ignored.
    pub fn set_address(&self, address: &str) {
        let endpoint = Endpoint::from_shared(format!("http://{address}"));
        if let Ok(endpoint) = endpoint
            && !address.is_empty()
        {
            let endpoint = endpoint.connect_timeout(LONGEST_CALL).tcp_nodelay(true);
            *self.engine.lock().unwrap_or_else(PoisonError::into_inner) = Some(endpoint);
        }
    }

    /// Information about a resource, or about no resource if the URN is empty.
    pub fn info(&self, urn: &str, message: impl Into<String>) {
        self.say(LogSeverity::Info, urn, message.into(), false);
    }

    /// A warning.
    pub fn warn(&self, urn: &str, message: impl Into<String>) {
        self.say(LogSeverity::Warning, urn, message.into(), false);
    }

    /// An error. The engine then counts the whole update as failed.
    pub fn error(&self, urn: &str, message: impl Into<String>) {
        self.say(LogSeverity::Error, urn, message.into(), false);
    }

    /// A message that is only shown on demand.
    pub fn debug(&self, urn: &str, message: impl Into<String>) {
        self.say(LogSeverity::Debug, urn, message.into(), false);
    }

    /// The current activity: shown beside the resource until the next status.
    pub fn status(&self, urn: &str, message: impl Into<String>) {
        self.say(LogSeverity::Info, urn, message.into(), true);
    }

    /// Waits, for a limited time, until the messages have arrived. A call does that before it returns, so that its messages come
    /// before its result.
    pub async fn flush(&self) {
        let (done, wait) = oneshot::channel();
        let flushed = async {
            if self.queue.send(Item::Flush(done)).await.is_ok() {
                // An error means that the task has ended: then there is nothing to wait for.
                let _ = wait.await;
            }
        };
        let _ = timeout(LONGEST_FLUSH, flushed).await;
    }

    fn say(&self, severity: LogSeverity, urn: &str, message: String, ephemeral: bool) {
        let Some(engine) = self.engine.lock().unwrap_or_else(PoisonError::into_inner).clone() else { return };
        let request = LogRequest { severity: severity.into(), message, urn: urn.to_owned(), stream_id: 0, ephemeral };
        // The queue is full only if the engine is a thousand messages behind.
        let _ = self.queue.try_send(Item::Message(Box::new(engine), request));
    }
}

/// Sends one message after the other.
async fn deliver(mut items: mpsc::Receiver<Item>) {
    let mut client: Option<(Endpoint, EngineClient<Channel>)> = None;
    let mut failed: Option<(Endpoint, Instant)> = None;
    while let Some(item) = items.recv().await {
        let (engine, request) = match item {
            Item::Message(engine, request) => (*engine, request),
            Item::Flush(done) => {
                // The caller may have stopped waiting.
                let _ = done.send(());
                continue;
            }
        };
        if failed.as_ref().is_some_and(|(endpoint, at)| endpoint.uri() == engine.uri() && at.elapsed() < PAUSE) {
            continue;
        }
        let (_, client) = match client.take_if(|(endpoint, _)| endpoint.uri() == engine.uri()) {
            Some(known) => client.insert(known),
            None => client.insert((engine.clone(), EngineClient::new(engine.connect_lazy()))),
        };
        let arrived = matches!(timeout(LONGEST_CALL, client.log(request)).await, Ok(Ok(_)));
        failed = (!arrived).then(|| (engine, Instant::now()));
    }
}
