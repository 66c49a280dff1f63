//! How requests keep to the rates that servers allow: against the emulator with limits, in virtual time.
//!
//! Time stands still while any task can run, so that an hour of waiting takes no longer than its work; the tests
//! check spans of that time and the emulator's counts.

mod behaviour;
mod ledger;

use janiform::{
    emulator::{self, Options, limit::BucketLimit},
    engine::{Call, Cx},
    rest::{
        Endpoint, Http, HttpOptions, Reply, Request, SendError, Service,
        pace::{Access, Bucket, Pacing},
    },
    value::Json,
};
use reqwest::{Method, header::HeaderMap};
use std::sync::{Arc, Mutex};
use tokio_util::sync::CancellationToken;

pub static API: Service = Service::new("the API", |_| false);

pub static BUCKETS: &[Bucket] = &[
    Bucket { name: "writes", routes: &[(Access::Write, "/admin/clients"), (Access::Write, "/admin/clients/*")], serial: false },
    Bucket { name: "reads", routes: &[(Access::Read, "/admin/clients/*")], serial: false },
    Bucket { name: "alone", routes: &[(Access::Write, "/admin/identities")], serial: true },
];

/// A server with limits, and what a configured client has to reach it.
pub struct Backdoor {
    pub server: emulator::Running,
    pub endpoint: Endpoint,
    pub cancel: CancellationToken,
    /// What the user was told on the way.
    pub told: Arc<Mutex<Vec<String>>>,
}

impl Backdoor {
    pub async fn new(limits: &[&str], limited: bool) -> Backdoor {
        let limits = limits.iter().map(|text| text.parse::<BucketLimit>().unwrap()).collect();
        let latency = std::time::Duration::from_millis(20);
        let server = emulator::start(Options { limits, latency, ..Options::default() }).await.unwrap();
        let endpoint = endpoint(&server.url(), limited);
        Backdoor { server, endpoint, cancel: CancellationToken::new(), told: Arc::default() }
    }

    pub fn cx(&self) -> Cx<()> {
        let told = self.told.clone();
        let progress = Arc::new(move |text: &str| told.lock().unwrap().push(text.to_owned()));
        Cx::new(Arc::new(()), self.cancel.clone(), Call { progress, ..Call::default() })
    }

    pub async fn send(&self, request: Request) -> Result<Reply, SendError> {
        self.endpoint.send(&self.cx(), &API, request).await
    }

    /// Requests of this route, refusals among them, and the seconds between the first and the last.
    pub fn seen(&self, route: &str) -> (usize, usize, f64) {
        let count = self.server.summary().get(route).copied().unwrap_or_default();
        (count.requests, count.too_many, count.last - count.first)
    }
}

pub fn endpoint(url: &str, limited: bool) -> Endpoint {
    let options = HttpOptions { pacing: Pacing { buckets: BUCKETS, limited }, max_retries: 6, ..HttpOptions::default() };
    Endpoint { http: Arc::new(Http::new(options)), base: url.parse().unwrap(), headers: HeaderMap::new(), tokens: None }
}

pub fn write() -> Request {
    Request::new(Method::POST, "/admin/clients").body(Json::object([("client_name", "one of many".into())])).once()
}

pub fn read() -> Request {
    Request::new(Method::GET, "/admin/clients").id("none")
}
