//! Server streams for both faces: a task produces events, the client takes them one by one, and the task is aborted when the client
//! drops the stream. Knows neither protocol.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll, ready},
};
use tokio::sync::mpsc;
use tokio_stream::Stream;
use tokio_util::task::AbortOnDropHandle;
use tonic::Status;

/// The number of events that may wait.
const WAITING: usize = 8;

/// An event, or a failure that ends the stream.
pub(in crate::frontends) type Event<E> = Result<E, Status>;

/// The sender of events.
pub(in crate::frontends) type Events<E> = mpsc::Sender<Event<E>>;

/// A stream of the events that `work` sends, with its return value as the last one; if it panics, the last one is that of
/// `crashed`. Dropping the stream aborts the work.
pub(in crate::frontends) fn stream<E, F>(
    work: impl FnOnce(Events<E>) -> F,
    crashed: fn() -> Event<E>,
) -> Pin<Box<dyn Stream<Item = Event<E>> + Send>>
where
    E: Send + 'static,
    F: Future<Output = Option<Event<E>>> + Send + 'static,
{
    let (events, taken) = mpsc::channel(WAITING);
    Box::pin(Work { taken, work: Some(AbortOnDropHandle::new(tokio::spawn(work(events)))), crashed })
}

struct Work<E> {
    taken: mpsc::Receiver<Event<E>>,
    work: Option<AbortOnDropHandle<Option<Event<E>>>>,
    crashed: fn() -> Event<E>,
}

impl<E> Stream for Work<E> {
    type Item = Event<E>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Event<E>>> {
        if let Some(event) = ready!(self.taken.poll_recv(cx)) {
            return Poll::Ready(Some(event));
        }
        // The senders are gone.
        let Some(work) = &mut self.work else { return Poll::Ready(None) };
        let last = ready!(Pin::new(work).poll(cx)).unwrap_or_else(|_| Some((self.crashed)()));
        self.work = None;
        Poll::Ready(last)
    }
}
