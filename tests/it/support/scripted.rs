//! A server whose answers a function returns.

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Request, State},
    http::Response,
};
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::sync::watch;

/// The status of an answer that never comes.
pub const NEVER: u16 = 0;
/// The header of an answer that comes when [`Scripted::open`] was called.
pub const HELD: (&str, &str) = ("x-held", "");

/// A request, as the function sees it.
pub struct Asked {
    pub method: String,
    pub path: String,
    pub query: String,
    pub headers: axum::http::HeaderMap,
    pub body: String,
}

pub type Answer = (u16, Vec<(&'static str, String)>, String);
type Script = Arc<dyn Fn(&Asked, usize) -> Answer + Send + Sync>;

/// A running server; it ends with the test's runtime.
#[derive(Clone)]
pub struct Scripted {
    port: u16,
    shared: Arc<Shared>,
}

struct Shared {
    script: Script,
    asked: Mutex<Vec<String>>,
    open: watch::Sender<bool>,
}

impl Scripted {
    /// Answers each request with what the function makes of it and of how many came before. The content is JSON unless
    /// a header says otherwise.
    pub async fn start(script: impl Fn(&Asked, usize) -> Answer + Send + Sync + 'static) -> Scripted {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let shared = Arc::new(Shared { script: Arc::new(script), asked: Mutex::default(), open: watch::Sender::new(false) });
        let app = Router::new().fallback(answer).with_state(shared.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        Scripted { port, shared }
    }

    /// Its URL.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// What was asked so far: method, path and query.
    pub fn asked(&self) -> Vec<String> {
        self.shared.asked.lock().unwrap().clone()
    }

    /// How many of the requests so far start like this.
    pub fn count(&self, start: &str) -> usize {
        self.asked().iter().filter(|asked| asked.starts_with(start)).count()
    }

    /// Waits until so many requests that start like this have come.
    pub async fn until(&self, start: &str, count: usize) {
        while self.count(start) < count {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    /// Lets the answers go that are held, and those that will be.
    pub fn open(&self) {
        self.shared.open.send_replace(true);
    }
}

async fn answer(State(shared): State<Arc<Shared>>, request: Request) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let body = String::from_utf8_lossy(&to_bytes(body, usize::MAX).await.unwrap()).into_owned();
    let number = {
        let mut asked = shared.asked.lock().unwrap();
        asked.push(format!("{} {}", parts.method, parts.uri));
        asked.len() - 1
    };
    let (path, query) = (parts.uri.path().to_owned(), parts.uri.query().unwrap_or_default().to_owned());
    let request = Asked { method: parts.method.to_string(), path, query, headers: parts.headers, body };
    let (status, headers, body) = (shared.script)(&request, number);
    if status == NEVER {
        std::future::pending::<()>().await;
    }
    if headers.iter().any(|(name, _)| *name == HELD.0) {
        let _ = shared.open.subscribe().wait_for(|open| *open).await;
    }
    let mut response = Response::builder().status(status).header("content-type", "application/json");
    for (name, value) in headers {
        response = response.header(name, value);
    }
    response.body(Body::from(body)).unwrap()
}
