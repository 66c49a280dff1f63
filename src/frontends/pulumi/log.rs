//! Messages to the user through the engine's own service.
//!
//! Owns the queue between those who have something to say, who never wait, and the engine, which
//! may be slow or gone. Knows nothing of what is said; that no secret gets here is up to those who
//! say it.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use janiform_proto::pulumirpc::engine_client::EngineClient;
use janiform_proto::pulumirpc::{LogRequest, LogSeverity};
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, timeout};
use tonic::transport::{Channel, Endpoint};

/// So many messages may wait.
const QUEUE: usize = 1024;
/// The engine runs on the same host: a message takes no longer.
const LONGEST_CALL: Duration = Duration::from_secs(2);
/// So long nothing is sent to an engine that did not answer.
const PAUSE: Duration = Duration::from_secs(1);
/// A call that waits for its messages does not wait longer.
const LONGEST_FLUSH: Duration = Duration::from_secs(2);

/// A handle to say something to the user. Copies share the queue and the address.
///
/// Messages arrive in the order in which they were said. Until the engine's address is known, and
/// while the engine does not answer, they are lost: there is nobody to tell.
#[derive(Clone, Debug)]
pub struct EngineLog {
    queue: mpsc::Sender<Item>,
    engine: Arc<Mutex<Option<Endpoint>>>,
}

#[derive(Debug)]
enum Item {
    /// A message goes to the engine that was ours when it was said.
    Message(Box<Endpoint>, LogRequest),
    /// Everything before it has been dealt with.
    Flush(oneshot::Sender<()>),
}

impl EngineLog {
    /// Starts the task that talks to the engine; it ends with the last copy of the handle.
    ///
    /// # Panics
    /// Outside of a tokio runtime.
    #[must_use]
    pub fn start() -> Self {
        let (queue, items) = mpsc::channel(QUEUE);
        tokio::spawn(deliver(items));
        Self { queue, engine: Arc::default() }
    }

    /// Says where the engine listens from now on, as host and port. The latest wins; what is no
    /// address is ignored.
    pub fn set_address(&self, address: &str) {
        let endpoint = Endpoint::from_shared(format!("http://{address}"));
        if let Ok(endpoint) = endpoint
            && !address.is_empty()
        {
            let endpoint = endpoint.connect_timeout(LONGEST_CALL).tcp_nodelay(true);
            *self.engine.lock().unwrap_or_else(PoisonError::into_inner) = Some(endpoint);
        }
    }

    /// For information. It belongs to a resource, or to none when the URN is empty.
    pub fn info(&self, urn: &str, message: impl Into<String>) {
        self.say(LogSeverity::Info, urn, message.into(), false);
    }

    /// Worth knowing.
    pub fn warn(&self, urn: &str, message: impl Into<String>) {
        self.say(LogSeverity::Warning, urn, message.into(), false);
    }

    /// What failed. The engine then counts the whole update as failed.
    pub fn error(&self, urn: &str, message: impl Into<String>) {
        self.say(LogSeverity::Error, urn, message.into(), false);
    }

    /// Only shown on demand.
    pub fn debug(&self, urn: &str, message: impl Into<String>) {
        self.say(LogSeverity::Debug, urn, message.into(), false);
    }

    /// What goes on right now: shown beside the resource until the next one comes.
    pub fn status(&self, urn: &str, message: impl Into<String>) {
        self.say(LogSeverity::Info, urn, message.into(), true);
    }

    /// Waits until what was said has arrived, but not for long. A call does that before it returns,
    /// so that its messages come before what the engine says of it.
    pub async fn flush(&self) {
        let (done, wait) = oneshot::channel();
        let flushed = async {
            if self.queue.send(Item::Flush(done)).await.is_ok() {
                // An error says that there is no task any more, and thus nothing to wait for.
                let _ = wait.await;
            }
        };
        let _ = timeout(LONGEST_FLUSH, flushed).await;
    }

    fn say(&self, severity: LogSeverity, urn: &str, message: String, ephemeral: bool) {
        let Some(engine) = self.engine.lock().unwrap_or_else(PoisonError::into_inner).clone() else { return };
        let request = LogRequest { severity: severity.into(), message, urn: urn.to_owned(), stream_id: 0, ephemeral };
        // Full only when the engine does not keep up with a thousand messages.
        let _ = self.queue.try_send(Item::Message(Box::new(engine), request));
    }
}

/// Delivers one message after the other.
async fn deliver(mut items: mpsc::Receiver<Item>) {
    let mut client: Option<(Endpoint, EngineClient<Channel>)> = None;
    let mut failed: Option<(Endpoint, Instant)> = None;
    while let Some(item) = items.recv().await {
        let (engine, request) = match item {
            Item::Message(engine, request) => (*engine, request),
            Item::Flush(done) => {
                // Whoever waited may have given up.
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
