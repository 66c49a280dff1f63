//! The local Ory: a server on the loopback address that answers as the real ones do.
//!
//! Owns starting and stopping, the port, and turning HTTP into [`call::Call`] and [`reply::Reply`]
//! and back. Must not use the engine, the schema, the tables or the REST backend: it is what those
//! are tested against. Nobody authenticates here, as on a self-hosted admin port; who may ask at all is for [`guard`].

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, Response, StatusCode, header};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use call::Call;
use faults::{Faults, Mishap, Switches};
use go::form::Form;
use guard::Guard;
use limit::{BucketLimit, Limits};
use reply::Reply;
use service::{Answering, Ground};
use store::{Store, StoreError};
use tally::{Summary, Tally};
use window::{Observer, Place, Seen, Window};

pub use profile::Profile;

pub mod call;
pub mod clock;
pub mod envelope;
pub mod faults;
pub mod go;
pub mod guard;
pub mod hydra;
pub mod keto;
pub mod kind;
pub mod kratos;
pub mod limit;
pub mod paging;
pub mod patch;
pub mod plan;
pub mod profile;
pub mod reply;
pub mod router;
pub mod secret;
pub mod service;
pub mod store;
pub mod tally;
pub mod window;

/// How to start.
#[derive(Clone, Debug)]
pub struct Options {
    /// Which release to play.
    pub profile: Profile,
    /// Where to keep the data; in memory if nowhere.
    pub data: Option<PathBuf>,
    /// The port on 127.0.0.1; 0 takes a free one.
    pub port: u16,
    /// Whether clients may register themselves.
    pub dynamic_registration: bool,
    /// The namespaces of relation tuples; without a list every name will do.
    pub namespaces: Option<Vec<String>>,
    /// The schemas of identities: an id and a JSON document each. The first one is the default.
    pub schemas: Vec<(String, String)>,
    /// Whether subjects may be pairwise, as on Ory Network. A server that nobody set up for it refuses them.
    pub pairwise: bool,
    /// Whether to remember every request for [`Running::requests`]. Costs memory for as long as it runs.
    pub record_requests: bool,
    /// How long each request is on its way before anything is done with it.
    pub latency: Duration,
    /// The limits of buckets; what is in no bucket of these is unlimited.
    pub limits: Vec<BucketLimit>,
    /// Where people can see what happens.
    pub window: Place,
    /// Names that requests may call this machine by, beside those of the loopback address.
    pub hosts: Vec<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            profile: Profile::default(),
            data: None,
            port: 0,
            dynamic_registration: true,
            pairwise: false,
            namespaces: None,
            schemas: vec![("default".to_owned(), kratos::PERMISSIVE.to_owned())],
            record_requests: false,
            latency: Duration::ZERO,
            limits: Vec::new(),
            window: Place::Nowhere,
            hosts: Vec::new(),
        }
    }
}

/// One request that was answered: method, path without query, status.
pub type Answered = (String, String, u16);

/// A running server. Dropping it stops it, without waiting for what it is doing.
pub struct Running {
    address: SocketAddr,
    shared: Arc<Shared>,
    window: Option<Window>,
    stop: Option<oneshot::Sender<()>>,
    serving: JoinHandle<io::Result<()>>,
}

struct Shared {
    guard: Guard,
    profile: Profile,
    store: Arc<Store>,
    /// The address, without a slash at the end.
    base: String,
    services: Vec<Answering>,
    answered: Option<Mutex<Vec<Answered>>>,
    faults: Switches,
    limits: Limits,
    tally: Tally,
    observer: Option<Arc<Observer>>,
}

/// How long a stopping server waits for requests in flight.
const PATIENCE: Duration = Duration::from_secs(5);
/// More than any client needs; keeps a mistake from filling the memory.
const LARGEST_BODY: usize = 16 << 20;

/// Listens on this machine alone; an error names the address.
async fn listen(port: u16) -> io::Result<TcpListener> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    TcpListener::bind(address).await.map_err(|error| io::Error::new(error.kind(), format!("{address}: {error}")))
}

/// Starts a server and returns when it accepts connections.
///
/// # Errors
/// When the port is taken or the data cannot be opened.
pub async fn start(options: Options) -> io::Result<Running> {
    let listener = listen(options.port).await?;
    let address = listener.local_addr()?;
    let failed = |error: StoreError| io::Error::other(error.to_string());
    let data = options.data.clone();
    let (store, system_secret) = tokio::task::spawn_blocking(move || {
        let store = Store::open(data.as_deref(), service::kinds())?;
        let make = || match secret::random::<32>() {
            Ok(bytes) => Ok(bytes.to_vec()),
            Err(error) => Err(StoreError::Broken(error.to_string())),
        };
        let system_secret = store.setting("system-secret", make)?;
        Ok((store, system_secret))
    })
    .await
    .map_err(io::Error::other)?
    .map_err(failed)?;
    let store = Arc::new(store);
    let looks = window::listen(options.window, address.port()).await?;
    let observer = looks.is_some().then(|| Observer::new(Arc::clone(&store))).transpose().map_err(failed)?.map(Arc::new);
    let base = format!("http://{address}");
    let ground = Ground { options: &options, store: &store, system_secret: &system_secret, base: &base };
    let services = service::open(&ground).map_err(io::Error::other)?;
    let shared = Arc::new(Shared {
        guard: Guard { hosts: options.hosts },
        profile: options.profile,
        store,
        base,
        services,
        answered: options.record_requests.then(Mutex::default),
        faults: Switches::new(Faults { latency: options.latency, ..Faults::default() }),
        limits: Limits::new(&options.limits),
        tally: Tally::start(),
        observer: observer.clone(),
    });
    let opened = looks.zip(observer).map(|(listener, observer)| window::open(listener, Arc::clone(&shared), observer));
    let window = opened.transpose()?;
    let (stop, stopped) = oneshot::channel::<()>();
    let app = Router::new().fallback(handle).with_state(Arc::clone(&shared));
    let serving = tokio::spawn(async move {
        let stopped = async move {
            // A dropped sender means the same as a message.
            let _ = stopped.await;
        };
        axum::serve(listener, app).with_graceful_shutdown(stopped).await
    });
    tracing::info!(url = %format!("http://{address}"), version = shared.profile.version(), "emulator: started");
    Ok(Running { address, shared, window, stop: Some(stop), serving })
}

impl Shared {
    fn answer(&self, call: &Call) -> Reply {
        self.services.iter().find_map(|answering| answering(call)).unwrap_or_else(Reply::no_route)
    }
}

impl Running {
    /// The address, without a slash at the end; for admin and public API alike.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Where people can see what happens, if they were to.
    #[must_use]
    pub fn window_url(&self) -> Option<String> {
        self.window.as_ref().map(|window| format!("http://{}/", window.address))
    }

    /// Every request answered so far, if recording was asked for.
    #[must_use]
    pub fn requests(&self) -> Vec<Answered> {
        match &self.shared.answered {
            Some(answered) => answered.lock().unwrap_or_else(PoisonError::into_inner).clone(),
            None => Vec::new(),
        }
    }

    /// The requests answered so far, counted by route.
    #[must_use]
    pub fn summary(&self) -> Summary {
        self.shared.tally.summary()
    }

    /// The same, and counts anew from now on.
    #[must_use]
    pub fn take_summary(&self) -> Summary {
        self.shared.tally.take()
    }

    /// Waits until the server ends by itself, which only a failure makes it do.
    ///
    /// # Errors
    /// What made it end.
    pub async fn wait(&mut self) -> io::Result<()> {
        (&mut self.serving).await.map_err(io::Error::other)?
    }

    /// Stops accepting, finishes what is in flight and closes the data.
    pub async fn stop(mut self) {
        drop(self.window.take());
        drop(self.stop.take());
        if tokio::time::timeout(PATIENCE, &mut self.serving).await.is_err() {
            self.serving.abort();
        }
    }
}

async fn handle(State(shared): State<Arc<Shared>>, request: Request) -> Response<Body> {
    let arrived = shared.tally.now();
    let (parts, body) = request.into_parts();
    if let Err(refusal) = shared.guard.admit(&parts) {
        tracing::info!(method = %parts.method, why = %refusal.why, "emulator: refused");
        return respond(envelope::Problem::refused(&refusal).reply());
    }
    let (method, path) = (parts.method.as_str().to_owned(), parts.uri.path().to_owned());
    let body = to_bytes(body, LARGEST_BODY).await;
    let latency = shared.faults.get().latency;
    if !latency.is_zero() {
        tokio::time::sleep(latency).await;
    }
    let own = Arc::clone(&shared);
    // Hashing and SQLite block.
    let answer = tokio::task::spawn_blocking(move || own.serve(arrived, &parts, body.ok().as_deref())).await;
    let (reply, mishap) = answer.unwrap_or_else(|_| (hydra::error::Failure::unrecognizable().reply(), None));
    tracing::info!(%method, %path, status = reply.status, "emulator: request");
    if let Some(answered) = &shared.answered {
        answered.lock().unwrap_or_else(PoisonError::into_inner).push((method, path, reply.status));
    }
    match mishap {
        Some(Mishap::Lost) => lose(),
        _ => respond(reply),
    }
}

impl Shared {
    /// Lets a request through to the services, unless limits or faults stand in its way. A body that is none was too large.
    fn serve(&self, arrived: Duration, parts: &Parts, body: Option<&[u8]>) -> (Reply, Option<Mishap>) {
        let (method, path) = (parts.method.as_str(), parts.uri.path());
        let (at, counted) = (self.tally.now(), service::counted(method, path));
        let verdict = counted.and_then(|counted| self.limits.count(counted.bucket));
        let refused = verdict.as_ref().is_some_and(|verdict| !verdict.admitted);
        let mishap = if refused { None } else { self.faults.meet(faults::is_write(method, path)) };
        let reply = match (mishap.and_then(Mishap::refusal), body) {
            _ if refused => Reply::default(),
            (Some(refusal), _) => refusal,
            (None, None) => Reply::plain_error(413, "Request Entity Too Large"),
            (None, Some(body)) => self.answer(&read(parts, body)),
        };
        let reply = match verdict {
            Some(verdict) if refused => verdict.refusal(),
            Some(verdict) => verdict.tell(reply),
            None => reply,
        };
        self.tally.count(at, method, counted, reply.status);
        if let Some(observer) = &self.observer {
            observer.saw(&Seen {
                at: arrived,
                took: self.tally.now().saturating_sub(arrived),
                method,
                path,
                query: parts.uri.query().unwrap_or(""),
                agent: parts.headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or(""),
                counted,
                status: reply.status,
                mishap,
                sent: body.unwrap_or(b"too large"),
                answer: &reply.body,
            });
        }
        (reply, mishap)
    }
}

fn read(parts: &Parts, body: &[u8]) -> Call {
    let text = |name: HeaderName| parts.headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    let query = parts.uri.query().unwrap_or("");
    Call {
        method: parts.method.as_str().to_owned(),
        path: parts.uri.path().to_owned(),
        query: Form::parse(query),
        raw_query: query.to_owned(),
        host: text(header::HOST).unwrap_or_default(),
        authorization: text(header::AUTHORIZATION),
        session_token: text(HeaderName::from_static("x-session-token")),
        agent: text(header::USER_AGENT).unwrap_or_default(),
        content_type: text(header::CONTENT_TYPE),
        accept: text(header::ACCEPT),
        body: body.to_vec(),
    }
}

fn respond(reply: Reply) -> Response<Body> {
    let mut response = Response::new(Body::from(reply.body));
    *response.status_mut() = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in reply.headers {
        // A `Location` holds the id, which may have bytes that no header can carry.
        if let Ok(value) = HeaderValue::from_bytes(value.as_bytes()) {
            response.headers_mut().append(HeaderName::from_static(name), value);
        }
    }
    response
}

/// An answer that fails before its first byte: the connection closes.
fn lose() -> Response<Body> {
    Response::new(Body::from_stream(tokio_stream::once(Err::<Vec<u8>, _>(io::Error::other("lost on purpose")))))
}
