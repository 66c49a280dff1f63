//! Thousands of clients, and a server of them that can pause, fail and count: only the parts that reads need.
#![allow(dead_code, reason = "each of the test binaries uses a part")]

use axum::{
    Router,
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, Method, Response, Uri},
};
use serde_json::{Value as Json, json};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};
use tokio::sync::watch;

/// A running server; it ends with the test's runtime.
#[derive(Clone)]
pub struct Many {
    /// Its port on 127.0.0.1.
    pub port: u16,
    shared: Arc<Shared>,
}

struct Shared {
    names: Mutex<BTreeMap<String, String>>,
    asked: Mutex<Vec<String>>,
    failing: Mutex<Option<(u16, &'static str)>>,
    /// How many more lists are answered.
    answers: Mutex<Option<usize>>,
    held: watch::Sender<bool>,
}

impl Many {
    /// A server without clients.
    pub async fn start() -> Many {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let shared = Arc::new(Shared {
            names: Mutex::default(),
            asked: Mutex::default(),
            failing: Mutex::default(),
            answers: Mutex::default(),
            held: watch::Sender::new(false),
        });
        let many = Many { port, shared };
        many.serve(listener);
        many
    }

    /// The same server under another address of this machine.
    pub async fn also_at(&self, address: &str) {
        self.serve(tokio::net::TcpListener::bind((address, self.port)).await.unwrap());
    }

    fn serve(&self, listener: tokio::net::TcpListener) {
        let app = Router::new().fallback(answer).with_state(self.shared.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
    }

    /// Its URL.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// So many more clients; their ids are spread over those of all.
    pub fn add(&self, count: u64, prefix: &str) -> Vec<String> {
        let ids: Vec<_> = (1..=count).map(|turn| format!("{:016x}{prefix}", turn.wrapping_mul(0x9E37_79B9_7F4A_7C15))).collect();
        ids.iter().for_each(|id| self.name(id, "old"));
        ids
    }

    /// Names a client behind everybody's back.
    pub fn name(&self, id: &str, name: &str) {
        self.shared.names.lock().unwrap().insert(id.to_owned(), name.to_owned());
    }

    /// Takes a client away behind everybody's back.
    pub fn remove(&self, id: &str) {
        self.shared.names.lock().unwrap().remove(id);
    }

    /// From now on lists are answered like this.
    pub fn lists_fail(&self, status: u16, body: &'static str) {
        *self.shared.failing.lock().unwrap() = Some((status, body));
    }

    /// Lists are answered again.
    pub fn recovers(&self) {
        *self.shared.failing.lock().unwrap() = None;
    }

    /// So many more lists are answered, and none after them; all, if nothing is said.
    pub fn answers_lists(&self, count: Option<usize>) {
        *self.shared.answers.lock().unwrap() = count;
    }

    /// How many lists were asked for since the last time.
    pub fn lists_so_far(&self) -> usize {
        self.shared.asked.lock().unwrap().iter().filter(|asked| *asked == "list").count()
    }

    /// Answers to lists are kept back, as they were when they were asked for, or sent on.
    pub fn hold_lists(&self, held: bool) {
        self.shared.held.send_replace(held);
    }

    /// Waits until a list was asked for.
    pub async fn list_asked(&self) {
        while !self.shared.asked.lock().unwrap().iter().any(|asked| asked == "list") {
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
        }
    }

    /// How many lists were asked for since the last time, and how often single clients were.
    pub fn asked(&self) -> (usize, usize) {
        let asked = std::mem::take(&mut *self.shared.asked.lock().unwrap());
        let lists = asked.iter().filter(|asked| *asked == "list").count();
        (lists, asked.len() - lists)
    }
}

/// What is seen depends on who asks where.
fn client(id: &str, name: &str, headers: &HeaderMap) -> Json {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let host = text("host").split(':').next().unwrap_or_default().to_owned();
    json!({ "client_id": id, "client_name": name, "owner": format!("{host} {}", text("authorization")), "scope": "a" })
}

async fn answer(State(shared): State<Arc<Shared>>, method: Method, uri: Uri, headers: HeaderMap, body: Bytes) -> Response<Body> {
    let id = uri.path().strip_prefix("/admin/clients").unwrap_or_default().trim_start_matches('/').to_owned();
    shared.asked.lock().unwrap().push(if id.is_empty() { "list".to_owned() } else { format!("{method} {id}") });
    let reply =
        |status: u16, body: String| Response::builder().status(status).header("content-type", "application/json").body(Body::from(body));
    if id.is_empty() {
        if let Some((status, body)) = *shared.failing.lock().unwrap() {
            return reply(status, body.to_owned()).unwrap();
        }
        let is_answered = match &mut *shared.answers.lock().unwrap() {
            Some(0) => false,
            Some(left) => {
                *left -= 1;
                true
            }
            None => true,
        };
        if !is_answered {
            return std::future::pending().await;
        }
        let query: BTreeMap<String, String> =
            url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()).into_owned().collect();
        let (size, after) = (query["page_size"].parse::<usize>().unwrap().min(500), query.get("page_token").cloned().unwrap_or_default());
        let (page, next) = {
            let names = shared.names.lock().unwrap();
            let mut rest = names.range(after..).peekable();
            let page: Vec<_> = rest.by_ref().take(size).map(|(id, name)| client(id, name, &headers)).collect();
            (Json::from(page).to_string(), rest.peek().map(|(id, _)| (*id).clone()))
        };
        let _ = shared.held.subscribe().wait_for(|held| !held).await;
        let mut response = reply(200, page).unwrap();
        if let Some(next) = next {
            let link = format!("</admin/clients?page_size={size}&page_token={next}>; rel=\"next\"");
            response.headers_mut().insert("link", link.parse().unwrap());
        }
        return response;
    }
    let mut names = shared.names.lock().unwrap();
    if !names.contains_key(&id) {
        return reply(404, json!({ "error": "Unable to locate the resource", "error_description": "" }).to_string()).unwrap();
    }
    match method {
        Method::PUT => {
            let body: Json = serde_json::from_slice(&body).unwrap();
            names.insert(id.clone(), body["client_name"].as_str().unwrap().to_owned());
        }
        Method::DELETE => drop(names.remove(&id)),
        _ => {}
    }
    let name = names.get(&id).cloned().unwrap_or_default();
    reply(200, client(&id, &name, &headers).to_string()).unwrap()
}
