//! Serving a provider to Terraform and OpenTofu: the process from its start to its end.
//!
//! Owns the listener, the one line on stdout, the connections, and when all that ends. Knows
//! nothing of what the provider does, nor of the messages that it exchanges.

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
use tokio::io::BufReader;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;

use super::super::grpc::{Connections, Io, Services};
use super::super::process::{Manners, Process};
use super::plugin::{Address, Broker, Controller, PluginEnv, Stdio, WellBeing, handshake_line, reattach_line};
use super::tls::{ServerTls, TlsError};

/// The longest message, either way. Other providers have the same.
const LONGEST_MESSAGE: usize = 256 << 20;
/// The host kills a process that has not ended two seconds after it was asked to.
const GRACE_WHEN_ASKED: Duration = Duration::from_millis(1500);
/// What is under way gets this long when nobody waits, or somebody who can wait.
const GRACE_OTHERWISE: Duration = Duration::from_secs(8);
/// A client that has not finished its greeting by now never will.
const LONGEST_GREETING: Duration = Duration::from_secs(10);
/// Hosts connect as soon as they have read our line.
const LONGEST_WAIT_FOR_HOST: Duration = Duration::from_secs(60);
/// TLS reads in pieces of 4 KiB what the system has all at once.
const READ_AT_ONCE: usize = 32 << 10;
/// A host that lost its connection may come back.
const LONGEST_ABSENCE: Duration = Duration::from_secs(2);

/// Why serving failed.
#[derive(Debug, Error)]
pub enum ServeError {
    /// No certificates.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// Nowhere to listen.
    #[error("cannot listen: {0}")]
    Listen(#[source] io::Error),
    /// Nowhere to listen where others cannot connect, without TLS that would refuse them.
    #[error(
        "cannot listen: no socket that only this user can reach can be made in {dir}: {why}. Set {variable} to a directory that this user may write to and whose path is short, such as /tmp",
        dir = dir.display()
    )]
    Socket {
        /// Where it was tried.
        dir: PathBuf,
        /// The variable that names another place.
        variable: &'static str,
        /// Why not there.
        #[source]
        why: io::Error,
    },
    /// Nobody was told where.
    #[error("cannot write the address to standard output: {0}")]
    Announce(#[source] io::Error),
    /// Signals would go astray.
    #[error("cannot handle signals: {0}")]
    Signals(#[source] io::Error),
}

/// Who uses the process.
#[derive(Clone, Debug)]
enum Mode {
    /// The host that started it.
    Plugin,
    /// Any number of hosts, by the given names of the provider.
    Reattach(Vec<String>),
}

type Announce = Box<dyn FnOnce(&str) -> io::Result<()> + Send>;

/// How to serve.
pub struct ServeOptions {
    env: PluginEnv,
    mode: Mode,
    announce: Announce,
    stop: CancellationToken,
    owns_process: bool,
}

impl ServeOptions {
    /// For the host that started the process.
    pub fn plugin(env: PluginEnv) -> Self {
        Self { env, mode: Mode::Plugin, announce: Box::new(print_line), stop: CancellationToken::new(), owns_process: true }
    }

    /// For hosts that are told of a process that was started by hand, to debug it: without TLS,
    /// until interrupted. Hosts know the provider by source addresses such as
    /// `registry.terraform.io/namespace/name`; every one that may be used has to be given.
    pub fn reattach(env: PluginEnv, sources: impl IntoIterator<Item = String>) -> Self {
        Self { mode: Mode::Reattach(sources.into_iter().collect()), ..Self::plugin(env) }
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

/// Serves the provider until the host asks for the end, is gone, or the process is told to end.
///
/// Returns as soon as it may end: when asked by the host at most 1.5 s later, since the host kills
/// the process after two. Whatever runs in tasks of its own is not waited for.
///
/// # Errors
/// If there is no certificate to be had, nowhere to listen or nobody to tell.
pub async fn serve<P: Provider>(service: ProviderServer<P>, options: ServeOptions) -> Result<(), ServeError> {
    let ServeOptions { env, mode, announce, stop, owns_process } = options;
    let is_plugin = matches!(mode, Mode::Plugin);
    let manners = Manners { ends_when_interrupted: !is_plugin, ends_with_parent: is_plugin };
    // Before anybody can know of us: a signal may come at once.
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
    // What is not done by then has been given its time.
    let ended = async {
        let _ = accepting.await;
        served.ended().await;
    };
    let _ = timeout(grace, ended).await;
    Ok(())
}

/// The only place of this face that writes to standard output, and it does so once.
fn print_line(line: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()
}

/// Returns when the host that started us is gone: it never came, or it went and stays away.
async fn abandoned(mut connections: watch::Receiver<usize>, mut host_gone: watch::Receiver<bool>) {
    if !matches!(timeout(LONGEST_WAIT_FOR_HOST, connections.wait_for(|open| *open > 0)).await, Ok(Ok(_))) {
        return;
    }
    // A host that does not listen to our output shows nothing by having no connection.
    if host_gone.wait_for(|gone| *gone).await.is_err() {
        return;
    }
    while connections.wait_for(|open| *open == 0).await.is_ok() {
        if timeout(LONGEST_ABSENCE, connections.wait_for(|open| *open > 0)).await.is_err() {
            return;
        }
    }
}

/// A place to listen at. A Unix socket is in a folder of its own that nobody else may enter.
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

/// Listens at a Unix socket or, where there is none to be had, at a port of this host. Anybody on it
/// can connect to a port, so that it takes TLS; but on systems without such sockets, hosts that attach
/// know nothing else. The folder goes when it is dropped.
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

/// Fails where the path is too long for a socket, cannot be told, or the folder cannot be made.
#[cfg(unix)]
fn open_socket(parent: &std::path::Path) -> io::Result<(tokio::net::UnixListener, String, TempDir)> {
    use std::fs::Permissions;
    use std::os::unix::fs::PermissionsExt as _;

    let dir = tempfile::Builder::new().prefix("plugin").permissions(Permissions::from_mode(0o700)).tempdir_in(parent)?;
    let path = dir.path().join("socket").into_os_string().into_string();
    // The latter two would end the address, or the line.
    let path = path.ok().filter(|path| !path.contains(['|', '\n']));
    let path = path.ok_or_else(|| io::Error::other("its path has characters that cannot be sent to the host"))?;
    let listener = tokio::net::UnixListener::bind(&path)?;
    Ok((listener, path, dir))
}

/// Accepts until the end. Each connection is greeted in a task of its own: one that says nothing,
/// or the wrong thing, or leaves at once, holds nobody else up.
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
                // Out of descriptors, most likely: others may be given back.
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

/// Counts a connection as long as it exists.
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
