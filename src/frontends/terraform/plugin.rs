//! The parts of go-plugin besides the provider's own service: the environment of a plugin, its first line on stdout, and four small
//! services.
//!
//! Owns their form. Opens nothing, and reads the environment only through a given function; knows neither TLS nor the provider's
//! protocol.
//! nor the provider's protocol.

use std::ops::RangeInclusive;
use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use janiform_proto::goplugin::grpc_broker_server::GrpcBroker;
use janiform_proto::goplugin::grpc_controller_server::GrpcController;
use janiform_proto::goplugin::grpc_stdio_server::GrpcStdio;
use janiform_proto::goplugin::{ConnInfo, Empty, StdioData};
use janiform_proto::health::health_check_response::ServingStatus;
use janiform_proto::health::health_server::Health;
use janiform_proto::health::{HealthCheckRequest, HealthCheckResponse};
use serde_json::json;
use tokio::sync::{mpsc, watch};
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::sync::CancellationToken;
use tonic::codegen::BoxStream;
use tonic::{Request, Response, Status, Streaming};

use super::log::LogLevel;

const COOKIE_KEY: &str = "TF_PLUGIN_MAGIC_COOKIE";
/// Not a secret: it only shows that Terraform or OpenTofu started the process.
const COOKIE_VALUE: &str = "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2";
/// The version of the handshake.
const CORE_PROTOCOL: u32 = 1;
/// The version of the provider's protocol.
const PROVIDER_PROTOCOL: u32 = 6;
/// The name of the service in health checks.
const HEALTH_NAME: &str = "plugin";

/// Whether Terraform or OpenTofu started this process.
pub fn is_plugin_launch(lookup: impl Fn(&str) -> Option<String>) -> bool {
    lookup(COOKIE_KEY).is_some_and(|value| value == COOKIE_VALUE)
}

/// All environment variables of the face, read once.
#[derive(Clone, Debug)]
pub struct PluginEnv {
    /// The host's certificate as PEM; without it, there is no TLS.
    pub client_certificate: Option<String>,
    /// The required directory of the socket.
    pub socket_dir: Option<PathBuf>,
    /// The directory of the socket otherwise.
    pub temp_dir: PathBuf,
    /// The ports to try if TCP is used; without a range, any free port.
    pub ports: Option<RangeInclusive<u16>>,
    /// Whether the host asks to multiplex several connections over one.
    pub multiplexing: bool,
    /// The level of logging.
    pub log_level: LogLevel,
}

impl PluginEnv {
    /// Reads the environment through the given function.
    pub fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Self {
        let given = |key: &str| lookup(key).filter(|value| !value.is_empty());
        let port = |key: &str| given(key)?.parse::<u16>().ok().filter(|port| *port != 0);
        let ports = port("PLUGIN_MIN_PORT").zip(port("PLUGIN_MAX_PORT"));
        Self {
            client_certificate: given("PLUGIN_CLIENT_CERT"),
            socket_dir: given("PLUGIN_UNIX_SOCKET_DIR").map(PathBuf::from),
            temp_dir: given("TMPDIR").map_or_else(|| PathBuf::from("/tmp"), PathBuf::from),
            ports: ports.filter(|(min, max)| min <= max).map(|(min, max)| min..=max),
            // The variable has a meaning even if it is empty.
            multiplexing: given("PLUGIN_MULTIPLEX_GRPC").is_some(),
            log_level: LogLevel::from_lookup(&lookup),
        }
    }
}

/// The address at which the process listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// A Unix socket.
    Unix(String),
    /// A port of this host.
    Tcp(std::net::SocketAddr),
}

impl Address {
    fn network(&self) -> &'static str {
        match self {
            Self::Unix(_) => "unix",
            Self::Tcp(_) => "tcp",
        }
    }

    fn text(&self) -> String {
        match self {
            Self::Unix(path) => path.clone(),
            Self::Tcp(address) => address.to_string(),
        }
    }
}

/// The one line, without its end, that tells the host how to connect.
pub fn handshake_line(address: &Address, certificate: Option<&[u8]>, multiplexing_asked: bool) -> String {
    let certificate = certificate.map(|der| STANDARD_NO_PAD.encode(der)).unwrap_or_default();
    // Older hosts count the fields, so the seventh is only for hosts that ask for it.
    let multiplexing = if multiplexing_asked { "|false" } else { "" };
    format!("{CORE_PROTOCOL}|{PROVIDER_PROTOCOL}|{}|{}|grpc|{certificate}{multiplexing}", address.network(), address.text())
}

/// The line, without its end, that makes Terraform use a running process.
pub fn reattach_line<'a>(address: &Address, sources: impl IntoIterator<Item = &'a str>, pid: u32) -> String {
    let plugin = json!({
        "Protocol": "grpc",
        "ProtocolVersion": PROVIDER_PROTOCOL,
        "Pid": pid,
        // The host neither ends nor kills the process.
        "Test": true,
        "Addr": { "Network": address.network(), "String": address.text() },
    });
    let plugins: serde_json::Map<_, _> = sources.into_iter().map(|source| (source.to_owned(), plugin.clone())).collect();
    // The line is read by a shell.
    let text = serde_json::Value::Object(plugins).to_string().replace('\'', r"'\''");
    format!("TF_REATTACH_PROVIDERS='{text}'")
}

/// Ends the process when the host asks for it.
#[derive(Clone, Debug)]
pub(super) struct Controller {
    pub(super) asked_to_end: CancellationToken,
}

#[tonic::async_trait]
impl GrpcController for Controller {
    async fn shutdown(&self, _request: Request<Empty>) -> Result<Response<Empty>, Status> {
        // The answer is still sent: running calls are served to their end.
        self.asked_to_end.cancel();
        Ok(Response::new(Empty {}))
    }
}

/// Keeps the stream for the plugin's output open and sends nothing: all output goes to stderr.
#[derive(Clone, Debug)]
pub(super) struct Stdio {
    pub(super) ending: CancellationToken,
    /// True when a host that listened is gone.
    pub(super) host_gone: watch::Sender<bool>,
}

#[tonic::async_trait]
impl GrpcStdio for Stdio {
    async fn stream_stdio(&self, _request: Request<()>) -> Result<Response<BoxStream<StdioData>>, Status> {
        let (sender, receiver) = mpsc::channel(1);
        let Self { ending, host_gone } = self.clone();
        // The stream is open as long as the sender exists; when the host closes its end, the channel closes.
        tokio::spawn(async move {
            tokio::select! {
                () = ending.cancelled() => {}
                () = sender.closed() => { host_gone.send_replace(true); }
            }
        });
        Ok(Response::new(Box::pin(ReceiverStream::new(receiver))))
    }
}

/// Does nothing: hosts open the stream, and use it only for plugins that ask for it.
#[derive(Clone, Debug)]
pub(super) struct Broker {
    pub(super) ending: CancellationToken,
}

#[tonic::async_trait]
impl GrpcBroker for Broker {
    async fn start_stream(&self, request: Request<Streaming<ConnInfo>>) -> Result<Response<BoxStream<ConnInfo>>, Status> {
        let (sender, receiver) = mpsc::channel(1);
        let ending = self.ending.clone();
        let mut offers = request.into_inner();
        tokio::spawn(async move {
            tokio::select! {
                () = ending.cancelled() => {}
                () = async { while let Ok(Some(_)) = offers.message().await {} } => {}
            }
            drop(sender);
        });
        Ok(Response::new(Box::pin(ReceiverStream::new(receiver))))
    }
}

/// Always reports that the process serves.
#[derive(Clone, Debug)]
pub(super) struct WellBeing {
    pub(super) ending: CancellationToken,
}

fn is_health_name(name: &str) -> bool {
    name.is_empty() || name == HEALTH_NAME
}

#[tonic::async_trait]
impl Health for WellBeing {
    async fn check(&self, request: Request<HealthCheckRequest>) -> Result<Response<HealthCheckResponse>, Status> {
        if is_health_name(&request.get_ref().service) {
            Ok(Response::new(HealthCheckResponse { status: ServingStatus::Serving.into() }))
        } else {
            Err(Status::not_found("there is no such service"))
        }
    }

    async fn watch(&self, request: Request<HealthCheckRequest>) -> Result<Response<BoxStream<HealthCheckResponse>>, Status> {
        let known = is_health_name(&request.get_ref().service);
        let status = if known { ServingStatus::Serving } else { ServingStatus::ServiceUnknown };
        let (sender, receiver) = mpsc::channel(1);
        let ending = self.ending.clone();
        tokio::spawn(async move {
            // Sending fails only if the host is gone.
            if sender.send(Ok(HealthCheckResponse { status: status.into() })).await.is_ok() {
                tokio::select! {
                    () = ending.cancelled() => {}
                    () = sender.closed() => {}
                }
            }
        });
        Ok(Response::new(Box::pin(ReceiverStream::new(receiver))))
    }
}
