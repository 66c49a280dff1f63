//! Server streams, the same for both faces: a task makes the events, whoever asked takes them one by one, and the task ends
//! when nobody does. Knows neither protocol.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll, ready},
};
use tokio::sync::mpsc;
use tokio_stream::Stream;
use tokio_util::task::AbortOnDropHandle;
use tonic::Status;

/// So many events may wait to be taken.
const WAITING: usize = 8;

/// An event, or what ends the stream with a failure.
pub(in crate::frontends) type Event<E> = Result<E, Status>;

/// Where events go.
pub(in crate::frontends) type Events<E> = mpsc::Sender<Event<E>>;

/// A stream of what `work` sends, and of what it returns as the last event; of what `crashed` says if it panics. It is
/// aborted when the stream is dropped.
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
        // Nobody sends any more.
        let Some(work) = &mut self.work else { return Poll::Ready(None) };
        let last = ready!(Pin::new(work).poll(cx)).unwrap_or_else(|_| Some((self.crashed)()));
        self.work = None;
        Poll::Ready(last)
    }
}
