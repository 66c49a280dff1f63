//! The plugin protocol in plain text: lines, side services, ends.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Instant;

use janiform::frontends::terraform::plugin::{Address, PluginEnv, handshake_line, is_plugin_launch, reattach_line};
use janiform::frontends::terraform::serve::{ServeOptions, serve};
use janiform_proto::goplugin::Empty;
use janiform_proto::goplugin::grpc_broker_client::GrpcBrokerClient;
use janiform_proto::goplugin::grpc_controller_client::GrpcControllerClient;
use janiform_proto::goplugin::grpc_stdio_client::GrpcStdioClient;
use janiform_proto::health::HealthCheckRequest;
use janiform_proto::health::health_check_response::ServingStatus;
use janiform_proto::health::health_client::HealthClient;
use janiform_proto::tfplugin6::provider_client::ProviderClient;
use janiform_proto::tfplugin6::provider_server::ProviderServer;
use janiform_proto::tfplugin6::{DynamicValue, call_function, stop_provider};
use tokio::net::UnixStream;
use tokio_util::sync::CancellationToken;
use tonic::Code;
use tonic::transport::{Channel, Endpoint};

use super::{Fake, SOON, Served, code_of, lookup};

async fn connect(path: &str) -> Channel {
    Endpoint::from_shared(format!("unix:{path}")).unwrap().connect().await.unwrap()
}

fn stop() -> stop_provider::Request {
    stop_provider::Request {}
}

fn files(dir: &Path) -> usize {
    std::fs::read_dir(dir).unwrap().count()
}

#[test]
fn only_the_right_cookie_is_a_launch() {
    let right = "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2";
    assert!(is_plugin_launch(lookup(&[("TF_PLUGIN_MAGIC_COOKIE", right)])));
    assert!(!is_plugin_launch(lookup(&[("TF_PLUGIN_MAGIC_COOKIE", "another")])));
    assert!(!is_plugin_launch(lookup(&[])));
}

#[test]
fn the_environment_is_read_with_care() {
    let env = PluginEnv::from_lookup(lookup(&[]));
    assert!(env.client_certificate.is_none() && env.socket_dir.is_none() && env.ports.is_none() && !env.multiplexing);
    assert_eq!(env.temp_dir, Path::new("/tmp"));

    let env = PluginEnv::from_lookup(lookup(&[
        ("PLUGIN_CLIENT_CERT", ""),
        ("PLUGIN_UNIX_SOCKET_DIR", "/run/plugins"),
        ("PLUGIN_MIN_PORT", "10000"),
        ("PLUGIN_MAX_PORT", "10010"),
        ("PLUGIN_MULTIPLEX_GRPC", "true"),
    ]));
    assert!(env.client_certificate.is_none(), "empty is absent");
    assert_eq!(env.socket_dir.as_deref(), Some(Path::new("/run/plugins")));
    assert_eq!(env.ports, Some(10000..=10010));
    assert!(env.multiplexing);

    for (min, max) in [("2", "1"), ("0", "5"), ("x", "5"), ("70000", "70001")] {
        let env = PluginEnv::from_lookup(lookup(&[("PLUGIN_MIN_PORT", min), ("PLUGIN_MAX_PORT", max)]));
        assert_eq!(env.ports, None, "{min} to {max}");
    }
}

#[test]
fn the_handshake_line_has_the_fields_that_hosts_read() {
    let socket = Address::Unix("/tmp/plugin/socket".to_owned());
    let port = Address::Tcp(SocketAddr::from(([127, 0, 0, 1], 1234)));
    assert_eq!(handshake_line(&socket, None, false), "1|6|unix|/tmp/plugin/socket|grpc|");
    assert_eq!(handshake_line(&port, None, true), "1|6|tcp|127.0.0.1:1234|grpc||false");
    // The alphabet of standard base64, and no padding.
    assert_eq!(handshake_line(&port, Some(&[0xfb, 0xff, 0xfe, 0x01]), false), "1|6|tcp|127.0.0.1:1234|grpc|+//+AQ");
}

#[test]
fn the_reattach_line_names_every_address() {
    let line = reattach_line(&Address::Unix("/tmp/it's".to_owned()), ["registry.terraform.io/a/b", "c/d"], 42);
    let text = line.strip_prefix("TF_REATTACH_PROVIDERS='").unwrap().strip_suffix('\'').unwrap();
    assert!(text.contains(r"it'\''s"), "quoted for a shell: {text}");
    let map: serde_json::Value = serde_json::from_str(&text.replace(r"'\''", "'")).unwrap();
    let expected = serde_json::json!({
        "Protocol": "grpc", "ProtocolVersion": 6, "Pid": 42, "Test": true,
        "Addr": { "Network": "unix", "String": "/tmp/it's" },
    });
    assert_eq!(map, serde_json::json!({ "registry.terraform.io/a/b": expected, "c/d": expected }));
}

#[tokio::test]
async fn the_socket_is_private_and_goes_at_the_end() {
    use std::os::unix::fs::PermissionsExt as _;

    let served = Served::start(&[], ServeOptions::plugin).await;
    let fields = served.fields();
    assert_eq!((fields[0], fields[1], fields[2], fields[4], fields[5], fields.len()), ("1", "6", "unix", "grpc", "", 6));
    let socket = Path::new(fields[3]);
    assert!(socket.starts_with(served.dir.path()));
    let mode = std::fs::metadata(socket.parent().unwrap()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
    let dir = served.end().await;
    assert_eq!(files(dir.path()), 0);
}

#[tokio::test]
async fn the_host_may_set_the_sockets_directory() {
    let elsewhere = tempfile::tempdir().unwrap();
    let served = Served::start(&[("PLUGIN_UNIX_SOCKET_DIR", elsewhere.path().to_str().unwrap())], ServeOptions::plugin).await;
    assert!(Path::new(served.fields()[3]).starts_with(elsewhere.path()));
    served.end().await;
}

/// Without TLS, only a socket in a folder of one's own keeps everybody else on this machine out.
#[tokio::test]
async fn without_tls_no_port_is_opened() {
    let parent = tempfile::tempdir().unwrap();
    let long = parent.path().join("x".repeat(120));
    std::fs::create_dir(&long).unwrap();
    let long = long.to_str().unwrap();
    let missing = parent.path().join("missing").to_str().unwrap().to_owned();
    type Make = fn(PluginEnv) -> ServeOptions;
    let attached: Make = |env| ServeOptions::reattach(env, ["registry.terraform.io/a/b".to_owned()]);
    for (options, variable, dir) in [
        (attached, "TMPDIR", long),
        (attached, "PLUGIN_UNIX_SOCKET_DIR", long),
        (attached, "TMPDIR", &missing),
        (ServeOptions::plugin, "TMPDIR", long),
    ] {
        let env = PluginEnv::from_lookup(lookup(&[(variable, dir)]));
        let stop = CancellationToken::new();
        // Where it listens all the same, it is told to end.
        let ending = stop.clone();
        let options = options(env).stop_with(stop).embedded(move |_| {
            ending.cancel();
            Ok(())
        });
        let ended = tokio::time::timeout(SOON, serve(ProviderServer::new(Fake), options)).await.unwrap();
        let why = ended.expect_err("it listens where everybody can reach it").to_string();
        assert!(why.contains(dir) && why.contains(&format!("Set {variable} to")), "{why}");
        assert!(!Path::new(dir).exists() || files(Path::new(dir)) == 0, "nothing is left of the attempt");
    }
}

#[tokio::test]
async fn failed_connections_are_harmless() {
    let served = Served::start(&[], ServeOptions::plugin).await;
    let path = served.fields()[3].to_owned();
    for _ in 0..10 {
        drop(UnixStream::connect(&path).await.unwrap());
    }
    let silent = UnixStream::connect(&path).await.unwrap();
    ProviderClient::new(connect(&path).await).stop_provider(stop()).await.unwrap();
    drop(silent);
    served.end().await;
}

#[tokio::test]
async fn messages_may_be_long() {
    let served = Served::start(&[], ServeOptions::plugin).await;
    let mut client = ProviderClient::new(connect(served.fields()[3]).await).max_decoding_message_size(usize::MAX);
    let argument = DynamicValue { msgpack: vec![7; 5 << 20], json: Vec::new() };
    let request = call_function::Request { name: "same".to_owned(), arguments: vec![argument.clone()] };
    let response = client.call_function(request).await.unwrap().into_inner();
    assert!(response.result == Some(argument));
    served.end().await;
}

#[tokio::test]
async fn calls_that_a_provider_lacks_are_unimplemented() {
    let served = Served::start(&[], ServeOptions::plugin).await;
    let channel = connect(served.fields()[3]).await;
    for path in [
        "/tfplugin6.Provider/GetMetadata",
        // Either side may be a stream.
        "/tfplugin6.Provider/ListResource",
        "/tfplugin6.Provider/WriteStateBytes",
        // What a newer host may know, and an older one.
        "/tfplugin6.Provider/Tomorrow",
        "/tfplugin7.Provider/GetMetadata",
        "/tfplugin5.Provider/GetSchema",
        "/plugin.GRPCController/Tomorrow",
        "/grpc.health.v1.Health/List",
    ] {
        assert_eq!(code_of(&channel, path).await, Code::Unimplemented, "{path}");
    }
    assert_eq!(code_of(&channel, "/tfplugin6.Provider/StopProvider").await, Code::Ok, "it goes on");
    served.end().await;
}

#[tokio::test]
async fn health_checks_by_the_hosts_names_succeed() {
    let served = Served::start(&[], ServeOptions::plugin).await;
    let mut client = HealthClient::new(connect(served.fields()[3]).await);
    let ask = |service: &str| HealthCheckRequest { service: service.to_owned() };
    for name in ["", "plugin"] {
        let status = client.check(ask(name)).await.unwrap().into_inner().status();
        assert_eq!(status, ServingStatus::Serving, "{name:?}");
    }
    assert_eq!(client.check(ask("other")).await.unwrap_err().code(), Code::NotFound);
    let mut watched = client.watch(ask("plugin")).await.unwrap().into_inner();
    assert_eq!(watched.message().await.unwrap().unwrap().status(), ServingStatus::Serving);
    served.end().await;
}

#[tokio::test]
async fn a_requested_end_is_answered_and_in_time() {
    let served = Served::start(&[], ServeOptions::plugin).await;
    let channel = connect(served.fields()[3]).await;
    // As hosts do: both streams stay open, and a call is under way that will never end.
    let mut output = GrpcStdioClient::new(channel.clone()).stream_stdio(()).await.unwrap().into_inner();
    let offers = tokio_stream::pending();
    let mut offered = GrpcBrokerClient::new(channel.clone()).start_stream(offers).await.unwrap().into_inner();
    let mut client = ProviderClient::new(channel.clone());
    tokio::spawn(async move { client.call_function(call_function::Request { name: "never".to_owned(), arguments: Vec::new() }).await });
    tokio::task::yield_now().await;

    let start = Instant::now();
    GrpcControllerClient::new(channel).shutdown(Empty {}).await.unwrap();
    assert!(output.message().await.unwrap().is_none(), "the stream ends, without output");
    assert!(offered.message().await.unwrap().is_none());
    let stop = served.stop.clone();
    let dir = served.ended().await;
    assert!(start.elapsed().as_secs_f64() < 2.0, "the host would kill it");
    assert!(stop.is_cancelled(), "others hear of the end");
    assert_eq!(files(dir.path()), 0);
}

#[tokio::test]
async fn without_running_calls_the_process_ends_at_once() {
    let served = Served::start(&[], ServeOptions::plugin).await;
    let channel = connect(served.fields()[3]).await;
    let _output = GrpcStdioClient::new(channel.clone()).stream_stdio(()).await.unwrap();
    let start = Instant::now();
    GrpcControllerClient::new(channel).shutdown(Empty {}).await.unwrap();
    served.ended().await;
    assert!(start.elapsed().as_secs_f64() < 1.0);
}

#[tokio::test]
async fn the_process_ends_when_its_host_is_gone() {
    let served = Served::start(&[], ServeOptions::plugin).await;
    let channel = connect(served.fields()[3]).await;
    let output = GrpcStdioClient::new(channel.clone()).stream_stdio(()).await.unwrap();
    drop((output, channel));
    served.ended().await;
}

#[tokio::test]
async fn an_attached_process_outlives_its_hosts_and_needs_no_certificate() {
    let sources = ["registry.terraform.io/a/b".to_owned()];
    // Hosts that attach use no TLS, whatever the environment of the one who debugs says.
    let served = Served::start(&[("PLUGIN_CLIENT_CERT", "nonsense")], |env| ServeOptions::reattach(env, sources)).await;
    let text = served.line.strip_prefix("TF_REATTACH_PROVIDERS='").unwrap().strip_suffix('\'').unwrap();
    let map: serde_json::Value = serde_json::from_str(text).unwrap();
    let plugin = &map["registry.terraform.io/a/b"];
    assert_eq!(plugin["Pid"], std::process::id());
    let path = plugin["Addr"]["String"].as_str().unwrap().to_owned();
    for _ in 0..2 {
        let channel = connect(&path).await;
        let output = GrpcStdioClient::new(channel.clone()).stream_stdio(()).await.unwrap();
        ProviderClient::new(channel).stop_provider(stop()).await.unwrap();
        drop(output);
    }
    assert!(!served.task.is_finished());
    tokio::time::timeout(SOON, served.end()).await.unwrap();
}
