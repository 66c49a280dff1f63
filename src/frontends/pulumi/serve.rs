//! Serving a provider to the Pulumi engine: the process from its start to its end.
//!
//! Owns the command line, the port, the one line on stdout, and when all that ends. Knows nothing
//! of what the provider does, nor of the messages that it exchanges.

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

/// The longest message that is taken: read, it is many times as long, and no object is nearly so large.
pub(super) const LONGEST_TAKEN: usize = 64 << 20;
/// The longest that is sent: the engine's own limit.
pub(super) const LONGEST_SENT: usize = 400 << 20;
/// The engine kills a process that has not ended five seconds after it was interrupted.
const GRACE: Duration = Duration::from_secs(3);
/// How often we look whether the engine still listens.
const LOOK_FOR_ENGINE: Duration = Duration::from_secs(5);
/// So many times in a row it may not be found.
const MISSES: u32 = 3;

/// Why serving failed.
#[derive(Debug, Error)]
pub enum ServeError {
    /// Nowhere to listen.
    #[error("cannot listen: {0}")]
    Listen(#[source] io::Error),
    /// Nobody was told where.
    #[error("cannot write the port to standard output: {0}")]
    Announce(#[source] io::Error),
    /// Signals would go astray.
    #[error("cannot handle signals: {0}")]
    Signals(#[source] io::Error),
}

/// What the engine says when it starts the process.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Arguments {
    /// Where the engine listens. `None` when somebody else started us, who will have the engine
    /// attach.
    pub engine: Option<String>,
}

impl Arguments {
    /// Reads a command line without the program's name.
    ///
    /// It is never refused: engines of other versions may say more than we understand. What looks
    /// like an address and is not the value of a flag is one, and the last of them counts.
    pub fn parse(arguments: impl IntoIterator<Item = OsString>) -> Self {
        let mut engine = None;
        let mut arguments = arguments.into_iter().filter_map(|argument| argument.into_string().ok());
        while let Some(argument) = arguments.next() {
            if argument == "--tracing" || argument == "-tracing" {
                // Also an address, but not the engine's.
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

/// How to serve.
pub struct ServeOptions {
    engine: Option<String>,
    announce: Announce,
    stop: CancellationToken,
    owns_process: bool,
}

impl ServeOptions {
    /// For whoever started the process.
    pub fn new(arguments: Arguments) -> Self {
        Self { engine: arguments.engine, announce: Box::new(print_line), stop: CancellationToken::new(), owns_process: true }
    }

    /// Ends serving when cancelled, and is cancelled when serving ends for any other reason: a good
    /// parent for whatever else should end then.
    #[must_use]
    pub fn stop_with(self, stop: CancellationToken) -> Self {
        Self { stop, ..self }
    }

    /// Says where it listens by other means than standard output, and leaves signals and the
    /// parent process alone: for serving within a process that has other things to do.
    #[must_use]
    pub fn embedded(self, announce: impl FnOnce(&str) -> io::Result<()> + Send + 'static) -> Self {
        Self { announce: Box::new(announce), owns_process: false, ..self }
    }
}

/// Serves the provider until the process is told to end or the engine that started it is gone.
///
/// Returns as soon as nothing is under way any more, at the latest three seconds after. Whatever
/// runs in tasks of its own is not waited for. Says why it ended.
///
/// # Errors
/// If there is nowhere to listen or nobody to tell.
pub async fn serve<P: ResourceProvider>(service: ResourceProviderServer<P>, options: ServeOptions) -> Result<End, ServeError> {
    let ServeOptions { engine, announce, stop, owns_process } = options;
    // Started by hand, we serve one engine after the other, and end by hand.
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
    // What is not done by then has been given its time.
    let ended = async {
        let _ = accepting.await;
        served.ended().await;
    };
    let _ = timeout(GRACE, ended).await;
    Ok(end)
}

/// Accepts until the end.
async fn accept(listener: TcpListener, served: Connections, stop: CancellationToken) {
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        match accepted.and_then(|(io, _)| io.set_nodelay(true).map(|()| io)) {
            Ok(io) => served.serve(io, ()),
            // Out of descriptors, most likely: others may be given back.
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                sleep(Duration::from_millis(50)).await;
            }
        }
    }
}

/// The only place of this face that writes to standard output, and it does so once.
fn print_line(line: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()
}

/// Returns when nobody listens at the engine's address any more. That nobody answers in time is no
/// proof: the engine may be busy.
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
