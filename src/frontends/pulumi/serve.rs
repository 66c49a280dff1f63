//! Serves a provider to the Pulumi engine: the process from its start to its end.
//!
//! Owns the command line, the port, the one line on stdout, and the end of the process. Knows nothing of the provider or of the
//! messages.

use std::ffi::OsString;
use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::time::Duration;

use janiform_proto::pulumirpc::resource_provider_server::{ResourceProvider, ResourceProviderServer};
use thiserror::Error;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::super::grpc::{Connections, Services};
pub use super::super::process::End;
use super::super::process::{Manners, Process};

/// The longest accepted message, in bytes: decoded, it is many times as long, and no object is nearly so large.
pub(super) const LONGEST_TAKEN: usize = 64 << 20;
/// The longest message that is sent, in bytes: the engine's own limit.
pub(super) const LONGEST_SENT: usize = 400 << 20;
/// The time for running calls at the end: the engine kills a process five seconds after it has interrupted it.
const GRACE: Duration = Duration::from_secs(3);
/// How often the process checks whether the engine still listens.
const LOOK_FOR_ENGINE: Duration = Duration::from_secs(5);
/// After this many failed checks in a row, the engine counts as gone.
const MISSES: u32 = 3;

/// Why serving failed.
#[derive(Debug, Error)]
pub enum ServeError {
    /// No address to listen at could be opened.
    #[error("cannot listen: {0}")]
    Listen(#[source] io::Error),
    /// The address could not be announced.
    #[error("cannot write the port to standard output: {0}")]
    Announce(#[source] io::Error),
    /// Signals could not be handled.
    #[error("cannot handle signals: {0}")]
    Signals(#[source] io::Error),
}

/// The arguments with which the engine starts the process.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Arguments {
    /// The engine's address. `None` if somebody else started the process, and lets the engine attach.
    pub engine: Option<String>,
}

impl Arguments {
    /// Reads a command line without the program's name.
    ///
    /// No command line is refused, since engines of other versions may have further arguments. The last argument that is no flag or
    /// a flag's value, and looks like an address, is the engine's address.
    pub fn parse(arguments: impl IntoIterator<Item = OsString>) -> Self {
        let mut engine = None;
        let mut arguments = arguments.into_iter().filter_map(|argument| argument.into_string().ok());
        while let Some(argument) = arguments.next() {
            if argument == "--tracing" || argument == "-tracing" {
                // This value is an address too, but not the engine's.
                arguments.next();
            } else if is_address(&argument) {
                engine = Some(argument);
            }
        }
        Self { engine }
    }
}

fn is_address(text: &str) -> bool {
    let parts = text.rsplit_once(':');
    parts.is_some_and(|(host, port)| !host.is_empty() && !host.starts_with('-') && port.parse::<u16>().is_ok_and(|port| port != 0))
}

type Announce = Box<dyn FnOnce(&str) -> io::Result<()> + Send>;

/// Options of [`serve`].
pub struct ServeOptions {
    engine: Option<String>,
    announce: Announce,
    stop: CancellationToken,
    owns_process: bool,
}

impl ServeOptions {
    /// Options for a process with these arguments.
    pub fn new(arguments: Arguments) -> Self {
        Self { engine: arguments.engine, announce: Box::new(print_line), stop: CancellationToken::new(), owns_process: true }
    }

    /// Serving ends when this token is cancelled, and cancels it when it ends for another reason, so that other tasks can end with
    /// it.
    #[must_use]
    pub fn stop_with(self, stop: CancellationToken) -> Self {
        Self { stop, ..self }
    }

    /// Announces the address by this function instead of stdout, and leaves signals and the parent process alone: for serving
    /// within a process with other tasks.
    #[must_use]
    pub fn embedded(self, announce: impl FnOnce(&str) -> io::Result<()> + Send + 'static) -> Self {
        Self { announce: Box::new(announce), owns_process: false, ..self }
    }
}

/// Serves the provider until a signal, or until the engine that started the process is gone.
///
/// Returns when no call is running, at the latest three seconds after the end was requested. Other tasks are not awaited. Returns
/// why it ended.
///
/// # Errors
/// If no address can be opened or announced.
pub async fn serve<P: ResourceProvider>(service: ResourceProviderServer<P>, options: ServeOptions) -> Result<End, ServeError> {
    let ServeOptions { engine, announce, stop, owns_process } = options;
    // A process that a person started serves one engine after the other, until the person ends it.
    let manners = Manners { ends_when_interrupted: true, ends_with_parent: engine.is_some() };
    let process = owns_process.then(|| Process::take(manners)).transpose().map_err(ServeError::Signals)?;
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.map_err(ServeError::Listen)?;
    let port = listener.local_addr().map_err(ServeError::Listen)?.port();
    let services = Services::default().with(service.max_decoding_message_size(LONGEST_TAKEN).max_encoding_message_size(LONGEST_SENT));
    let served = Connections::new(services, stop.clone());
    let accepting = tokio::spawn(accept(listener, served.clone(), stop.clone()));

    announce(&port.to_string()).map_err(ServeError::Announce)?;

    let told = async {
        match process {
            Some(mut process) => process.end().await,
            None => std::future::pending().await,
        }
    };
    let alone = async {
        match engine {
            Some(engine) => engine_gone(&engine).await,
            None => std::future::pending().await,
        }
    };
    let end = tokio::select! {
        () = stop.cancelled() => End::Alone,
        end = told => end,
        () = alone => End::Alone,
    };
    stop.cancel();
    // Calls that are still running have had their time.
    let ended = async {
        let _ = accepting.await;
        served.ended().await;
    };
    let _ = timeout(GRACE, ended).await;
    Ok(end)
}

/// Accepts connections until the end.
async fn accept(listener: TcpListener, served: Connections, stop: CancellationToken) {
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        match accepted.and_then(|(io, _)| io.set_nodelay(true).map(|()| io)) {
            Ok(io) => served.serve(io, ()),
            // Probably there are too many open files; others may be closed soon.
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                sleep(Duration::from_millis(50)).await;
            }
        }
    }
}

/// The only function of this face that writes to stdout; it is called once.
fn print_line(line: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()
}

/// Returns when the engine's address refuses connections. A timeout does not count, since the engine may be busy.
async fn engine_gone(engine: &str) {
    let Ok(address) = engine.parse::<SocketAddr>() else { return std::future::pending().await };
    let mut misses = 0;
    while misses < MISSES {
        sleep(LOOK_FOR_ENGINE).await;
        match timeout(LOOK_FOR_ENGINE, TcpStream::connect(address)).await {
            Ok(Err(error)) if error.kind() == io::ErrorKind::ConnectionRefused => misses += 1,
            _ => misses = 0,
        }
    }
}
