//! gRPC over connections: HTTP/2 by the library h2, and calls by the services that tonic generates.
//!
//! Owns how a stream becomes a call of a service, and when gathered answers are written. Knows neither sockets nor TLS, nor which
//! services there are. tonic's own server does the same with a router, layers and a second HTTP library around each call, which was
//! much of what a small call costs: `docs/performance/provider.md` has the figures.

use bytes::Bytes;
use h2::{Reason, RecvStream, SendStream, server};
use http_body::{Body as _, Frame};
use std::{
    convert::Infallible,
    future::poll_fn,
    io,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, ready},
};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tonic::{
    Status,
    body::Body,
    codegen::{BoxFuture, Service, http},
    server::NamedService,
};

/// So much may be on its way to us, of a call and of a connection, before it is read.
const WINDOW: u32 = 1 << 20;
/// So many calls may be under way on a connection.
const MOST_CALLS: u32 = 200;
/// Longer headers are refused.
const LONGEST_HEADERS: u32 = 16 << 10;
/// So much is gathered before it is written, at the most.
const MOST_GATHERED: usize = 64 << 10;
/// So much of an answer is handed over before there has to be room for more.
const MOST_AHEAD: usize = 16 << 10;

type Request = http::Request<Incoming>;
type Answer = http::Response<Body>;

/// Services, each under its name.
#[derive(Default)]
pub struct Services(Vec<(&'static str, Box<dyn Answers>)>);

/// A service that is called.
trait Answers: Send + Sync {
    fn call(&self, request: Request) -> BoxFuture<Answer, Infallible>;
}

impl<S> Answers for S
where
    S: Service<Request, Response = Answer, Error = Infallible, Future = BoxFuture<Answer, Infallible>> + Clone + Send + Sync,
{
    fn call(&self, request: Request) -> BoxFuture<Answer, Infallible> {
        // A generated service is always ready.
        Service::call(&mut self.clone(), request)
    }
}

impl Services {
    /// These, and one more that tonic has generated.
    pub fn with<S>(mut self, service: S) -> Services
    where
        S: Service<Request, Response = Answer, Error = Infallible, Future = BoxFuture<Answer, Infallible>>
            + NamedService
            + Clone
            + Send
            + Sync
            + 'static,
    {
        self.0.push((S::NAME, Box::new(service)));
        self
    }

    /// The call that the path `/SERVICE/METHOD` asks for, if there is such a service.
    fn call(&self, request: Request) -> Option<BoxFuture<Answer, Infallible>> {
        let (name, _) = request.uri().path().strip_prefix('/')?.split_once('/')?;
        let (_, service) = self.0.iter().find(|(own, _)| *own == name)?;
        Some(service.call(request))
    }
}

/// The connections of a process, each served in a task of its own.
#[derive(Clone)]
pub struct Connections {
    services: Arc<Services>,
    tasks: TaskTracker,
    stop: CancellationToken,
}

impl Connections {
    /// Connections to these services. Once `stop` is cancelled, no further calls are taken, and those under way end.
    pub fn new(services: Services, stop: CancellationToken) -> Connections {
        Connections { services: Arc::new(services), tasks: TaskTracker::new(), stop }
    }

    /// Serves this one until it ends; `held` is dropped then.
    pub fn serve(&self, io: impl Io + 'static, held: impl Send + 'static) {
        let Connections { services, stop, .. } = self.clone();
        let (io, held): (Box<dyn Io>, Box<dyn Send>) = (Box::new(io), Box::new(held));
        self.tasks.spawn(async move {
            if let Err(error) = serve(io, services, stop).await {
                tracing::debug!(%error, "a connection broke off");
            }
            drop(held);
        });
    }

    /// Returns when all have ended.
    pub async fn ended(&self) {
        self.tasks.close();
        self.tasks.wait().await;
    }
}

/// Bytes both ways, whatever carries them. h2 is large, and is compiled once for all of them.
pub trait Io: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Io for T {}

async fn serve(io: Box<dyn Io>, services: Arc<Services>, stop: CancellationToken) -> io::Result<()> {
    let io = Gathering::new(io);
    let mut builder = server::Builder::new();
    builder
        .initial_window_size(WINDOW)
        .initial_connection_window_size(WINDOW)
        .max_concurrent_streams(MOST_CALLS)
        .max_header_list_size(LONGEST_HEADERS);
    let mut connection: server::Connection<_, Bytes> = builder.handshake(io.clone()).await.map_err(io::Error::other)?;
    io.lock().holds = true;
    let drive = |connection: &mut server::Connection<_, Bytes>, cx: &mut Context<'_>| {
        while let Poll::Ready(accepted) = connection.poll_accept(cx) {
            let Some(accepted) = accepted else { return Poll::Ready(Ok(())) };
            match accepted {
                Ok((request, respond)) => drop(tokio::spawn(answer(services.call(request.map(Incoming)), respond))),
                Err(error) => return Poll::Ready(Err(io::Error::other(error))),
            }
        }
        // All that can be said by now has been gathered.
        match io.lock().poll_flush(cx) {
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            _ => Poll::Pending,
        }
    };
    tokio::select! {
        biased;
        ended = poll_fn(|cx| drive(&mut connection, cx)) => return ended,
        () = stop.cancelled() => connection.graceful_shutdown(),
    }
    poll_fn(|cx| drive(&mut connection, cx)).await
}

/// Carries a call out, unless it is given up, and sends what it answers.
async fn answer(call: Option<BoxFuture<Answer, Infallible>>, mut respond: server::SendResponse<Bytes>) {
    let answered = match call {
        None => Status::unimplemented("there is no such service").into_http(),
        Some(mut call) => {
            let answered = poll_fn(|cx| match call.as_mut().poll(cx) {
                Poll::Ready(Ok(answered)) => Poll::Ready(Some(answered)),
                Poll::Ready(Err(never)) => match never {},
                Poll::Pending => respond.poll_reset(cx).map(|_| None),
            });
            let Some(answered) = answered.await else { return };
            answered
        }
    };
    let (head, body) = answered.into_parts();
    let is_all = body.is_end_stream();
    if let Ok(stream) = respond.send_response(http::Response::from_parts(head, ()), is_all)
        && !is_all
    {
        // Whoever asked is gone where it fails.
        let _ = send(body, stream).await;
    }
}

/// Sends a body to its end. Of a stream, the next part is made once there is room for it.
async fn send(mut body: Body, mut stream: SendStream<Bytes>) -> Result<(), h2::Error> {
    let mut ahead = 0;
    loop {
        let part = poll_fn(|cx| match Pin::new(&mut body).poll_frame(cx) {
            Poll::Ready(part) => Poll::Ready(Some(part)),
            Poll::Pending => stream.poll_reset(cx).map(|_| None),
        });
        match part.await {
            None => return Ok(()),
            Some(None) => return stream.send_data(Bytes::new(), true),
            Some(Some(Err(_))) => {
                stream.send_reset(Reason::INTERNAL_ERROR);
                return Ok(());
            }
            Some(Some(Ok(frame))) => match frame.into_data().map_err(Frame::into_trailers) {
                Ok(data) => {
                    ahead += data.len();
                    stream.send_data(data, false)?;
                }
                Err(Ok(trailers)) => return stream.send_trailers(trailers),
                Err(Err(_)) => {}
            },
        }
        // Most answers are short, and their end follows at once.
        if ahead < MOST_AHEAD {
            continue;
        }
        ahead = 0;
        stream.reserve_capacity(1);
        while stream.capacity() == 0 {
            match poll_fn(|cx| stream.poll_capacity(cx)).await {
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(error),
                None => return Ok(()),
            }
        }
    }
}

/// What comes in with a call.
pub struct Incoming(RecvStream);

impl http_body::Body for Incoming {
    type Data = Bytes;
    type Error = h2::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, h2::Error>>> {
        match ready!(self.0.poll_data(cx)) {
            Some(Ok(data)) => {
                // What was taken makes room for more.
                let _ = self.0.flow_control().release_capacity(data.len());
                Poll::Ready(Some(Ok(Frame::data(data))))
            }
            // The caller wants no more of it, which is not a failure.
            Some(Err(error)) if matches!(error.reason(), Some(Reason::NO_ERROR | Reason::CANCEL)) => Poll::Ready(None),
            Some(Err(error)) => Poll::Ready(Some(Err(error))),
            None => Poll::Ready(ready!(self.0.poll_trailers(cx)).map(|trailers| trailers.map(Frame::trailers)).transpose()),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_end_stream()
    }
}

/// A connection on which small writes are gathered: h2 writes and flushes each answer by itself, and each would be a TLS
/// record and a call of the system. What is gathered goes out when nothing more is to be said for now.
struct Gathering<T>(Arc<Mutex<Gathered<T>>>);

struct Gathered<T> {
    io: T,
    /// Whether it is somebody else's matter when what is gathered is written.
    holds: bool,
    bytes: Vec<u8>,
    /// So much of it has been written.
    written: usize,
}

impl<T> Clone for Gathering<T> {
    fn clone(&self) -> Self {
        Gathering(self.0.clone())
    }
}

impl<T> Gathering<T> {
    fn new(io: T) -> Gathering<T> {
        Gathering(Arc::new(Mutex::new(Gathered { io, holds: false, bytes: Vec::new(), written: 0 })))
    }

    fn lock(&self) -> MutexGuard<'_, Gathered<T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T: AsyncWrite + Unpin> Gathered<T> {
    /// Writes what is gathered.
    fn poll_write_out(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while self.written < self.bytes.len() {
            match ready!(Pin::new(&mut self.io).poll_write(cx, &self.bytes[self.written..]))? {
                0 => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                more => self.written += more,
            }
        }
        self.bytes.clear();
        self.written = 0;
        Poll::Ready(Ok(()))
    }

    fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_write_out(cx))?;
        Pin::new(&mut self.io).poll_flush(cx)
    }
}

impl<T: AsyncRead + Unpin> AsyncRead for Gathering<T> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.lock().io).poll_read(cx, buf)
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for Gathering<T> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let mut gathered = self.lock();
        if gathered.bytes.len() >= MOST_GATHERED {
            ready!(gathered.poll_write_out(cx))?;
        }
        // As much as there is room for, so that a long message is not held twice.
        let taken = buf.len().min(MOST_GATHERED - gathered.bytes.len().min(MOST_GATHERED));
        gathered.bytes.extend_from_slice(&buf[..taken]);
        Poll::Ready(Ok(taken))
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut gathered = self.lock();
        if gathered.holds { Poll::Ready(Ok(())) } else { gathered.poll_flush(cx) }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut gathered = self.lock();
        ready!(gathered.poll_flush(cx))?;
        Pin::new(&mut gathered.io).poll_shutdown(cx)
    }
}
