//! The local Ory: a server on the loopback address that answers as the real ones do.
//!
//! Owns the options, starting and stopping. Must not use the engine, the schema, the tables or the REST backend, which are tested
//! against it. There is no authentication here, as on a self-hosted admin port; [`guard`] decides who may send requests at all.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use faults::{Faults, Switches};
use guard::Guard;
use limit::{BucketLimit, Limits};
use service::{Answering, Ground};
use store::{Store, StoreError};
use switches::Board;
use tally::{Summary, Tally};
use window::{Observer, Place, Window};

pub use profile::Profile;

pub mod call;
pub mod clock;
pub mod console;
pub mod envelope;
mod exchanges;
pub mod faults;
pub mod go;
pub mod guard;
mod http;
pub mod hydra;
pub mod keto;
pub mod kind;
pub mod kratos;
pub mod limit;
mod opl_fault;
pub mod paging;
pub mod patch;
pub mod plan;
pub mod profile;
pub mod reply;
pub mod router;
pub mod secret;
pub mod service;
pub mod services;
pub mod store;
pub mod switches;
pub mod tally;
pub mod talos;
pub mod window;

/// How to start.
#[derive(Clone, Debug)]
pub struct Options {
    /// The release to emulate.
    pub profile: Profile,
    /// The directory of the data; `None` keeps them in memory.
    pub data: Option<PathBuf>,
    /// The port on 127.0.0.1; 0 for a free one.
    pub port: u16,
    /// Whether clients may register themselves.
    pub dynamic_registration: bool,
    /// The namespaces of relation tuples; without a list, every name is accepted.
    pub namespaces: Option<Vec<String>>,
    /// The schemas of identities: an id and a JSON document each. The first one is the default.
    pub schemas: Vec<(String, String)>,
    /// Whether subjects may be pairwise, as on Ory Network. Self-hosted servers refuse them unless configured for it.
    pub pairwise: bool,
    /// Whether to support features that Ory Network has but no release of the servers yet, such as the rotation of client secrets.
    pub unreleased: bool,
    /// Whether to keep every request for [`Running::requests`]. The memory grows for as long as it runs.
    pub record_requests: bool,
    /// The delay before each request is handled.
    pub latency: Duration,
    /// The limits of buckets; other requests are unlimited.
    pub limits: Vec<BucketLimit>,
    /// The configuration of Talos.
    pub talos: talos::Settings,
    /// Limits and delays of Ory Network.
    pub console: switches::Switches,
    /// The port of the window, if it is served.
    pub window: Place,
    /// Names of this machine that requests may use, besides those of the loopback address.
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
            unreleased: false,
            namespaces: None,
            schemas: vec![("default".to_owned(), kratos::identity_schema::PERMISSIVE.to_owned())],
            record_requests: false,
            latency: Duration::ZERO,
            limits: Vec::new(),
            talos: talos::Settings::default(),
            console: switches::Switches::default(),
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
    console: Arc<Board>,
    limits: Limits,
    tally: Tally,
    observer: Option<Arc<Observer>>,
}

/// How long a stopping server waits for requests in flight.
const PATIENCE: Duration = Duration::from_secs(5);

/// Listens on the loopback address only; an error has the address.
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
        let store = Store::open(data.as_deref(), services::kinds())?;
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
    let console = Arc::new(Board::new(options.console.clone()));
    let ground = Ground {
        options: &options,
        store: &store,
        system_secret: &system_secret,
        base: &base,
        switches: &console,
        services: services::OF_PROJECT,
    };
    let services = services::open(&ground).map_err(io::Error::other)?;
    let shared = Arc::new(Shared {
        guard: Guard { hosts: options.hosts },
        profile: options.profile,
        store,
        base,
        services,
        answered: options.record_requests.then(Mutex::default),
        faults: Switches::new(Faults { latency: options.latency, ..Faults::default() }),
        console,
        limits: Limits::new(&options.limits),
        tally: Tally::start(),
        observer: observer.clone(),
    });
    let opened = looks.zip(observer).map(|(listener, observer)| window::open(listener, Arc::clone(&shared), observer));
    let window = opened.transpose()?;
    let (stop, stopped) = oneshot::channel::<()>();
    let app = http::app(Arc::clone(&shared));
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

impl Running {
    /// The address, without a slash at the end; for admin and public APIs.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The URL of the window, if there is one.
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

    /// The same, and begins to count again.
    #[must_use]
    pub fn take_summary(&self) -> Summary {
        self.shared.tally.take()
    }

    /// Waits until the server ends by itself, which only happens after a failure.
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
