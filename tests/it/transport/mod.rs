//! The transports of both faces: processes, sockets, certificates and logs, with a minimal
//! provider behind them.

mod crash;
mod hclog;
mod http2;
mod mutual_tls;
mod pulumi;
mod terraform;

use std::collections::HashMap;
use std::io;
use std::time::Duration;

use janiform::frontends::terraform::plugin::PluginEnv;
use janiform::frontends::terraform::serve::{ServeError, ServeOptions, serve};
use janiform_proto::tfplugin6::provider_server::{Provider, ProviderServer};
use janiform_proto::tfplugin6::{DynamicValue, call_function, stop_provider};
use tempfile::TempDir;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tonic::client::Grpc;
use tonic::transport::Channel;
use tonic::{Code, Request, Response, Status};
use tonic_prost::ProstCodec;

/// Nothing here takes long; what does has gone wrong.
const SOON: Duration = Duration::from_secs(5);

/// An environment that holds just this.
fn lookup(pairs: &[(&str, &str)]) -> impl Fn(&str) -> Option<String> {
    let pairs: HashMap<String, String> = pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    move |key| pairs.get(key).cloned()
}

/// What the method of this path answers to an empty message, whether it streams or not.
async fn code_of(channel: &Channel, path: &'static str) -> Code {
    let mut client = Grpc::new(channel.clone());
    client.ready().await.unwrap();
    let answer = client.unary(Request::new(()), path.parse().unwrap(), ProstCodec::<(), ()>::default()).await;
    answer.map_or_else(|status| status.code(), |_| Code::Ok)
}

/// A provider that stops when it should and returns every call's first argument.
struct Fake;

#[tonic::async_trait]
impl Provider for Fake {
    async fn stop_provider(&self, _: Request<stop_provider::Request>) -> Result<Response<stop_provider::Response>, Status> {
        Ok(Response::new(stop_provider::Response { error: String::new() }))
    }

    async fn call_function(&self, request: Request<call_function::Request>) -> Result<Response<call_function::Response>, Status> {
        let call_function::Request { name, mut arguments } = request.into_inner();
        if name == "never" {
            std::future::pending::<()>().await;
        }
        let result = arguments.pop().unwrap_or_else(|| DynamicValue { msgpack: vec![0xc0], json: Vec::new() });
        Ok(Response::new(call_function::Response { result: Some(result), error: None }))
    }
}

/// A served fake.
struct Served {
    line: String,
    stop: CancellationToken,
    task: JoinHandle<Result<(), ServeError>>,
    dir: TempDir,
}

impl Served {
    /// Serves in a temporary folder; the environment has its place added.
    async fn start(pairs: &[(&str, &str)], options: impl FnOnce(PluginEnv) -> ServeOptions) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let mut pairs = pairs.to_vec();
        pairs.push(("TMPDIR", dir.path().to_str().unwrap()));
        let (sender, line) = oneshot::channel();
        let stop = CancellationToken::new();
        let options = options(PluginEnv::from_lookup(lookup(&pairs)))
            .stop_with(stop.clone())
            .embedded(|line| sender.send(line.to_owned()).map_err(|_| io::ErrorKind::BrokenPipe.into()));
        let task = tokio::spawn(serve(ProviderServer::new(Fake), options));
        let line = tokio::time::timeout(SOON, line).await.unwrap().unwrap();
        Self { line, stop, task, dir }
    }

    /// The fields of the handshake line.
    fn fields(&self) -> Vec<&str> {
        self.line.split('|').collect()
    }

    /// Waits for the end, which has to have come by itself or to have been asked for.
    async fn ended(self) -> TempDir {
        tokio::time::timeout(SOON, self.task).await.unwrap().unwrap().unwrap();
        self.dir
    }

    async fn end(self) -> TempDir {
        self.stop.cancel();
        self.ended().await
    }
}
