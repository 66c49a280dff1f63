//! Serves a provider to Terraform and OpenTofu: the process from its start to its end.
//!
//! Owns the listener, the one line on stdout, the connections, and the end of the process. Knows nothing of the provider or of the
//! messages.

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::time::Duration;

use janiform_proto::goplugin::grpc_broker_server::GrpcBrokerServer;
use janiform_proto::goplugin::grpc_controller_server::GrpcControllerServer;
use janiform_proto::goplugin::grpc_stdio_server::GrpcStdioServer;
use janiform_proto::health::health_server::HealthServer;
use janiform_proto::tfplugin6::provider_server::{Provider, ProviderServer};
use tempfile::TempDir;
use thiserror::Error;
use tokio::io::{AsyncRead, AsyncWrite, BufReader};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;

use super::super::grpc::{Connections, Services};
use super::super::process::{Manners, Process};
use super::plugin::{Address, Broker, Controller, PluginEnv, Stdio, WellBeing, handshake_line, reattach_line};
use super::tls::{ServerTls, TlsError};

/// The longest message in either direction, in bytes, as in other providers.
const LONGEST_MESSAGE: usize = 256 << 20;
/// The time for running calls after the host asked for the end: it kills the process after two seconds.
const GRACE_WHEN_ASKED: Duration = Duration::from_millis(1500);
/// The time for running calls if nobody waits for the end.
const GRACE_OTHERWISE: Duration = Duration::from_secs(8);
/// A connection that has not finished its greeting by then is closed.
const LONGEST_GREETING: Duration = Duration::from_secs(10);
/// The time in which a host must connect; hosts connect as soon as they have read the line.
const LONGEST_WAIT_FOR_HOST: Duration = Duration::from_secs(60);
/// The buffer in bytes: TLS would read pieces of 4 KiB.
const READ_AT_ONCE: usize = 32 << 10;
/// The time in which a host that lost its connection may come back.
const LONGEST_ABSENCE: Duration = Duration::from_secs(2);

/// Why serving failed.
#[derive(Debug, Error)]
pub enum ServeError {
    /// No certificate could be made or read.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// No address to listen at could be opened.
    #[error("cannot listen: {0}")]
    Listen(#[source] io::Error),
    /// No address could be opened that only this user can reach, and there is no TLS.
    #[error(
        "cannot listen: no socket that only this user can reach can be made in {dir}: {why}. Set {variable} to a directory that this user may write to and whose path is short, such as /tmp",
        dir = dir.display()
    )]
    Socket {
        /// The directory in which a socket was tried.
        dir: PathBuf,
        /// The variable that names another directory.
        variable: &'static str,
        /// The error there.
        #[source]
        why: io::Error,
    },
    /// The address could not be announced.
    #[error("cannot write the address to standard output: {0}")]
    Announce(#[source] io::Error),
    /// Signals could not be handled.
    #[error("cannot handle signals: {0}")]
    Signals(#[source] io::Error),
}

/// The user of the process.
#[derive(Clone, Debug)]
enum Mode {
    /// The host that started it.
    Plugin,
    /// Any number of hosts, which know the provider under these names.
    Reattach(Vec<String>),
}

type Announce = Box<dyn FnOnce(&str) -> io::Result<()> + Send>;

/// Options of [`serve`].
pub struct ServeOptions {
    env: PluginEnv,
    mode: Mode,
    announce: Announce,
    stop: CancellationToken,
    owns_process: bool,
}

impl ServeOptions {
    /// Options for the host that started the process.
    pub fn plugin(env: PluginEnv) -> Self {
        Self { env, mode: Mode::Plugin, announce: Box::new(print_line), stop: CancellationToken::new(), owns_process: true }
    }

    /// Options for hosts that attach to a process that a person started, for debugging: without TLS, until interrupted. Hosts know
    /// the provider by source addresses such as `registry.terraform.io/namespace/name`; all that may be used must be given.
    pub fn reattach(env: PluginEnv, sources: impl IntoIterator<Item = String>) -> Self {
        Self { mode: Mode::Reattach(sources.into_iter().collect()), ..Self::plugin(env) }
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

/// Serves the provider until the host asks for the end or is gone, or until a signal.
///
/// Returns when no call is running: if the host asked, at most 1.5 s later, since the host kills the process after two. Other tasks
/// are not awaited.
///
/// # Errors
/// If there is no certificate, or no address can be opened or announced.
pub async fn serve<P: Provider>(service: ProviderServer<P>, options: ServeOptions) -> Result<(), ServeError> {
    let ServeOptions { env, mode, announce, stop, owns_process } = options;
    let is_plugin = matches!(mode, Mode::Plugin);
    let manners = Manners { ends_when_interrupted: !is_plugin, ends_with_parent: is_plugin };
    // Before the address is announced: a signal may come right after.
    let process = owns_process.then(|| Process::take(manners)).transpose().map_err(ServeError::Signals)?;
    let tls = match (&mode, &env.client_certificate) {
        (Mode::Plugin, Some(certificate)) => Some(ServerTls::for_client(certificate)?),
        (Mode::Plugin, None) | (Mode::Reattach(_), _) => None,
    };
    let (listener, address, _dir) = open(&env, tls.is_some()).await?;
    let line = match &mode {
        Mode::Plugin => handshake_line(&address, tls.as_ref().map(|tls| tls.certificate.as_ref()), env.multiplexing),
        Mode::Reattach(sources) => reattach_line(&address, sources.iter().map(String::as_str), std::process::id()),
    };

    let (connections, connections_seen) = watch::channel(0);
    let (host_gone, host_gone_seen) = watch::channel(false);
    let acceptor = tls.map(|tls| TlsAcceptor::from(tls.config));
    let services = Services::default()
        .with(service.max_decoding_message_size(LONGEST_MESSAGE).max_encoding_message_size(LONGEST_MESSAGE))
        .with(GrpcControllerServer::new(Controller { asked_to_end: stop.clone() }))
        .with(GrpcStdioServer::new(Stdio { ending: stop.clone(), host_gone }))
        .with(GrpcBrokerServer::new(Broker { ending: stop.clone() }))
        .with(HealthServer::new(WellBeing { ending: stop.clone() }));
    let served = Connections::new(services, stop.clone());
    let accepting = tokio::spawn(accept(listener, acceptor, connections, served.clone(), stop.clone()));

    announce(&line).map_err(ServeError::Announce)?;

    let abandoned = async { if is_plugin { abandoned(connections_seen, host_gone_seen).await } else { std::future::pending().await } };
    let told = async {
        match process {
            Some(mut process) => drop(process.end().await),
            None => std::future::pending().await,
        }
    };
    let grace = tokio::select! {
        () = stop.cancelled() => GRACE_WHEN_ASKED,
        () = told => GRACE_OTHERWISE,
        () = abandoned => GRACE_OTHERWISE,
    };
    stop.cancel();
    // Calls that are still running have had their time.
    let ended = async {
        let _ = accepting.await;
        served.ended().await;
    };
    let _ = timeout(grace, ended).await;
    Ok(())
}

/// The only function of this face that writes to stdout; it is called once.
fn print_line(line: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()
}

/// Returns when the host that started the process is gone: it never connected, or it disconnected and did not come back.
async fn abandoned(mut connections: watch::Receiver<usize>, mut host_gone: watch::Receiver<bool>) {
    if !matches!(timeout(LONGEST_WAIT_FOR_HOST, connections.wait_for(|open| *open > 0)).await, Ok(Ok(_))) {
        return;
    }
    // If a host never listened to the plugin's output, missing connections do not show that it is gone.
    if host_gone.wait_for(|gone| *gone).await.is_err() {
        return;
    }
    while connections.wait_for(|open| *open == 0).await.is_ok() {
        if timeout(LONGEST_ABSENCE, connections.wait_for(|open| *open > 0)).await.is_err() {
            return;
        }
    }
}

/// A listener. A Unix socket is in a directory of its own that only this user can enter.
enum Listener {
    #[cfg(unix)]
    Unix(tokio::net::UnixListener),
    Tcp(TcpListener),
}

impl Listener {
    async fn accept(&self) -> io::Result<Box<dyn Io>> {
        match self {
            #[cfg(unix)]
            Self::Unix(listener) => Ok(Box::new(listener.accept().await?.0)),
            Self::Tcp(listener) => {
                let stream = listener.accept().await?.0;
                stream.set_nodelay(true)?;
                Ok(Box::new(stream))
            }
        }
    }
}

/// Listens at a Unix socket or, if that fails, at a TCP port of this host. Any user of the host can connect to a port, so TLS is
/// required; but on systems without Unix sockets, hosts that attach support nothing else. The directory is removed when it is
/// dropped.
async fn open(env: &PluginEnv, has_tls: bool) -> Result<(Listener, Address, Option<TempDir>), ServeError> {
    #[cfg(unix)]
    {
        let (dir, variable) = match &env.socket_dir {
            Some(dir) => (dir, "PLUGIN_UNIX_SOCKET_DIR"),
            None => (&env.temp_dir, "TMPDIR"),
        };
        match open_socket(dir) {
            Ok((listener, path, dir)) => return Ok((Listener::Unix(listener), Address::Unix(path), Some(dir))),
            Err(why) if !has_tls => return Err(ServeError::Socket { dir: dir.clone(), variable, why }),
            Err(why) => tracing::debug!(%why, "no socket can be made, so that it is a port"),
        }
    }
    #[cfg(not(unix))]
    let _ = has_tls;
    open_port(env).await.map_err(ServeError::Listen)
}

async fn open_port(env: &PluginEnv) -> io::Result<(Listener, Address, Option<TempDir>)> {
    let mut tried = Err(io::Error::from(io::ErrorKind::AddrInUse));
    for port in env.ports.clone().unwrap_or(0..=0) {
        tried = TcpListener::bind(("127.0.0.1", port)).await;
        if tried.is_ok() {
            break;
        }
    }
    let listener = tried?;
    let address = listener.local_addr()?;
    Ok((Listener::Tcp(listener), Address::Tcp(address), None))
}

/// Fails if the path is too long for a socket or is not UTF-8, or if the directory cannot be created.
#[cfg(unix)]
fn open_socket(parent: &std::path::Path) -> io::Result<(tokio::net::UnixListener, String, TempDir)> {
    use std::fs::Permissions;
    use std::os::unix::fs::PermissionsExt as _;

    let dir = tempfile::Builder::new().prefix("plugin").permissions(Permissions::from_mode(0o700)).tempdir_in(parent)?;
    let path = dir.path().join("socket").into_os_string().into_string();
    // These characters would end the address or the line.
    let path = path.ok().filter(|path| !path.contains(['|', '\n']));
    let path = path.ok_or_else(|| io::Error::other("its path has characters that cannot be sent to the host"))?;
    let listener = tokio::net::UnixListener::bind(&path)?;
    Ok((listener, path, dir))
}

/// Accepts connections until the end. Each is greeted in its own task, so that a silent or faulty one does not delay the others.
async fn accept(
    listener: Listener,
    tls: Option<TlsAcceptor>,
    connections: watch::Sender<usize>,
    served: Connections,
    stop: CancellationToken,
) {
    let mut greetings = JoinSet::new();
    loop {
        tokio::select! {
            () = stop.cancelled() => break,
            result = listener.accept() => match result {
                Ok(io) => {
                    greetings.spawn(greet(io, tls.clone(), connections.clone(), served.clone()));
                }
                // Probably there are too many open files; others may be closed soon.
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    sleep(Duration::from_millis(50)).await;
                }
            },
            Some(_) = greetings.join_next() => {}
        }
    }
}

async fn greet(io: Box<dyn Io>, tls: Option<TlsAcceptor>, connections: watch::Sender<usize>, served: Connections) {
    let open = Open::new(connections);
    match tls {
        None => served.serve(io, open),
        Some(tls) => match timeout(LONGEST_GREETING, tls.accept(BufReader::with_capacity(READ_AT_ONCE, io))).await {
            Ok(Ok(stream)) => served.serve(stream, open),
            Ok(Err(error)) => tracing::debug!(%error, "a connection was refused"),
            Err(_) => tracing::debug!("a connection was given up: its TLS handshake took too long"),
        },
    }
}

/// A byte stream in both directions.
trait Io: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Io for T {}

/// Counts a connection while it exists.
struct Open(watch::Sender<usize>);

impl Open {
    fn new(connections: watch::Sender<usize>) -> Self {
        connections.send_modify(|open| *open += 1);
        Self(connections)
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.send_modify(|open| *open -= 1);
    }
}
