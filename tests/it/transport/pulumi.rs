//! How the Pulumi engine starts a provider, and how the provider sends messages to the user.

use std::ffi::OsString;
use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use janiform::frontends::pulumi::log::EngineLog;
use janiform::frontends::pulumi::serve::{Arguments, ServeOptions, serve};
use janiform_proto::pulumirpc::engine_server::{Engine, EngineServer};
use janiform_proto::pulumirpc::resource_provider_client::ResourceProviderClient;
use janiform_proto::pulumirpc::resource_provider_server::{ResourceProvider, ResourceProviderServer};
use janiform_proto::pulumirpc::{GetSchemaRequest, GetSchemaResponse, LogRequest, LogSeverity, PluginInfo};
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;
use tokio_stream::wrappers::TcpListenerStream;
use tokio_util::sync::CancellationToken;
use tonic::transport::{Endpoint, Server};
use tonic::{Code, Request, Response, Status};

use super::{SOON, code_of};

fn engine_of(line: &str) -> Option<String> {
    Arguments::parse(line.split_whitespace().map(OsString::from)).engine
}

#[test]
fn the_last_address_is_the_engines() {
    let engine = Some("127.0.0.1:1234".to_owned());
    assert_eq!(engine_of("127.0.0.1:1234"), engine);
    assert_eq!(engine_of("--logtostderr -v=9 --tracing file:/tmp/x 127.0.0.1:1234"), engine);
    assert_eq!(engine_of("--tracing http://127.0.0.1:9411/x 127.0.0.1:1234"), engine);
    assert_eq!(engine_of("--unheard-of 5 --new=127.0.0.1:2 other:1 127.0.0.1:1234"), engine);
    assert_eq!(engine_of(""), None);
    assert_eq!(engine_of("--logtostderr"), None);
    assert_eq!(engine_of("--tracing 127.0.0.1:9411"), None);
    assert_eq!(engine_of("--new=127.0.0.1:2 folder 127.0.0.1:0"), None);
}

/// A provider that has a long schema.
struct Fake;

#[tonic::async_trait]
impl ResourceProvider for Fake {
    async fn get_plugin_info(&self, _: Request<()>) -> Result<Response<PluginInfo>, Status> {
        Ok(Response::new(PluginInfo { version: "1.2.3".to_owned() }))
    }

    async fn get_schema(&self, request: Request<GetSchemaRequest>) -> Result<Response<GetSchemaResponse>, Status> {
        Ok(Response::new(GetSchemaResponse { schema: request.into_inner().subpackage_name }))
    }
}

#[tokio::test]
async fn the_line_is_the_port_of_the_provider() {
    let (sender, line) = oneshot::channel();
    let stop = CancellationToken::new();
    let options = ServeOptions::new(Arguments::default())
        .stop_with(stop.clone())
        .embedded(|line| sender.send(line.to_owned()).map_err(|_| io::ErrorKind::BrokenPipe.into()));
    let task = tokio::spawn(serve(ResourceProviderServer::new(Fake), options));
    let line = timeout(SOON, line).await.unwrap().unwrap();
    let port: u16 = line.parse().unwrap();

    let channel = Endpoint::from_shared(format!("http://127.0.0.1:{port}")).unwrap().connect().await.unwrap();
    let mut client = ResourceProviderClient::new(channel.clone()).max_decoding_message_size(usize::MAX);
    assert_eq!(client.get_plugin_info(()).await.unwrap().into_inner().version, "1.2.3");
    let long = "x".repeat(5 << 20);
    let request = GetSchemaRequest { subpackage_name: long.clone(), ..Default::default() };
    assert!(client.get_schema(request).await.unwrap().into_inner().schema == long);
    for path in [
        "/pulumirpc.ResourceProvider/Cancel",
        "/pulumirpc.ResourceProvider/Construct",
        // A stream of answers.
        "/pulumirpc.ResourceProvider/List",
        // What a newer engine may know; and what no provider serves.
        "/pulumirpc.ResourceProvider/Tomorrow",
        "/pulumirpc.ResourceMonitor/Invoke",
        "/grpc.health.v1.Health/Check",
    ] {
        assert_eq!(code_of(&channel, path).await, Code::Unimplemented, "{path}");
    }
    assert_eq!(code_of(&channel, "/pulumirpc.ResourceProvider/GetPluginInfo").await, Code::Ok, "it goes on");

    // The client stays connected, as the engine does.
    let start = Instant::now();
    stop.cancel();
    timeout(SOON, task).await.unwrap().unwrap().unwrap();
    assert!(start.elapsed() < Duration::from_secs(1));
}

/// An engine that shows messages to the test, some of them slowly.
struct FakeEngine(mpsc::UnboundedSender<LogRequest>);

#[tonic::async_trait]
impl Engine for FakeEngine {
    async fn log(&self, request: Request<LogRequest>) -> Result<Response<()>, Status> {
        let request = request.into_inner();
        if request.message == "slow" {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        self.0.send(request).unwrap();
        Ok(Response::new(()))
    }
}

async fn engine() -> (SocketAddr, mpsc::UnboundedReceiver<LogRequest>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (sender, receiver) = mpsc::unbounded_channel();
    let server = Server::builder().add_service(EngineServer::new(FakeEngine(sender)));
    tokio::spawn(server.serve_with_incoming(TcpListenerStream::new(listener)));
    (address, receiver)
}

fn taken(messages: &mut mpsc::UnboundedReceiver<LogRequest>) -> Vec<String> {
    std::iter::from_fn(|| messages.try_recv().ok()).map(|request| request.message).collect()
}

#[tokio::test]
async fn messages_arrive_in_order_before_a_flush_returns() {
    let (address, mut messages) = engine().await;
    let log = EngineLog::start();
    log.set_address(&address.to_string());
    log.warn("urn:a", "slow");
    log.info("", "second");
    log.clone().status("urn:a", "third");
    log.error("urn:b", "fourth");
    log.debug("urn:b", "fifth");
    log.flush().await;
    let said = |severity: LogSeverity, urn: &str, message: &str, ephemeral| LogRequest {
        severity: severity.into(),
        urn: urn.to_owned(),
        message: message.to_owned(),
        stream_id: 0,
        ephemeral,
    };
    for expected in [
        said(LogSeverity::Warning, "urn:a", "slow", false),
        said(LogSeverity::Info, "", "second", false),
        said(LogSeverity::Info, "urn:a", "third", true),
        said(LogSeverity::Error, "urn:b", "fourth", false),
        said(LogSeverity::Debug, "urn:b", "fifth", false),
    ] {
        assert_eq!(messages.try_recv().unwrap(), expected);
    }
}

#[tokio::test]
async fn messages_go_to_the_engine_at_the_time_of_sending() {
    let (first, mut to_first) = engine().await;
    let (second, mut to_second) = engine().await;
    let log = EngineLog::start();
    log.info("", "to nobody");
    log.set_address(&first.to_string());
    log.info("", "slow");
    log.info("", "one");
    log.set_address(&second.to_string());
    log.set_address("");
    log.set_address("not an address");
    log.info("", "two");
    log.flush().await;
    assert_eq!(taken(&mut to_first), ["slow", "one"]);
    assert_eq!(taken(&mut to_second), ["two"]);
}

#[tokio::test]
async fn a_gone_engine_blocks_nothing() {
    let gone = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let log = EngineLog::start();
    log.set_address(&gone.to_string());
    let start = Instant::now();
    for number in 0..5000 {
        log.info("", format!("{number}"));
    }
    log.flush().await;
    assert!(start.elapsed() < Duration::from_secs(3));

    let (address, mut messages) = engine().await;
    log.set_address(&address.to_string());
    log.info("", "there again");
    log.flush().await;
    assert_eq!(taken(&mut messages), ["there again"]);
}

#[tokio::test]
async fn a_silent_engine_blocks_only_briefly() {
    // It accepts, by the system's own doing, and says nothing.
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let log = EngineLog::start();
    log.set_address(&silent.local_addr().unwrap().to_string());
    let start = Instant::now();
    log.info("", "hello");
    log.flush().await;
    assert!(start.elapsed() < Duration::from_secs(3));
}
