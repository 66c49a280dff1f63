//! Serves the page, its data and its switches.
//!
//! Owns the paths and what the page needs for them. The emulator's guard decides who may send requests; secrets have been hidden
//! before.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode, header};
use serde_json::json;
use std::{sync::Arc, time::Duration};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::sync::CancellationToken;

use super::super::Shared;
use super::super::go::form::Form;
use super::super::kind::SERVER;
use super::{Observer, status};

/// What the page needs.
#[derive(Clone)]
pub struct Page {
    pub shared: Arc<Shared>,
    pub observer: Arc<Observer>,
    pub end: CancellationToken,
}

const SCRIPT: &str = "text/javascript; charset=utf-8";

static FILES: [(&str, &str, &str); 9] = [
    ("/", "text/html; charset=utf-8", include_str!("page/index.html")),
    ("/style.css", "text/css; charset=utf-8", include_str!("page/style.css")),
    ("/app.js", SCRIPT, include_str!("page/app.js")),
    ("/activity.js", SCRIPT, include_str!("page/activity.js")),
    ("/panels.js", SCRIPT, include_str!("page/panels.js")),
    ("/model.js", SCRIPT, include_str!("page/model.js")),
    ("/diff.js", SCRIPT, include_str!("page/diff.js")),
    ("/dom.js", SCRIPT, include_str!("page/dom.js")),
    ("/icon.svg", "image/svg+xml", include_str!("page/icon.svg")),
];

/// Nothing from other origins, nothing inline, and no text as markup.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

static HEADERS: [(HeaderName, &str); 6] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::CACHE_CONTROL, "no-store"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
];

/// How many objects of a kind are listed; the page says if there are more.
const MOST_OBJECTS: u32 = 2_000;
/// The maximum size of a body, more than any switch needs.
const LARGEST_BODY: usize = 4 << 10;
/// Events within this time are sent together: nobody reads faster.
const PAUSE: Duration = Duration::from_millis(80);
/// How often a quiet connection sends something, so that a dead one is noticed.
const QUIET: Duration = Duration::from_secs(15);

pub fn page(page: Page) -> Router {
    Router::new().fallback(handle).with_state(page)
}

type Refusal = (StatusCode, String);
/// Makes the text of an answer. A single type for all, since each type would add its own task to the binary.
type Work = Box<dyn FnOnce(&Page) -> String + Send>;

async fn handle(State(page): State<Page>, request: Request) -> Response<Body> {
    let mut response = page.answer(request).await.unwrap_or_else(|(status, why)| {
        let mut response = of_json(json!({ "error": why }).to_string());
        *response.status_mut() = status;
        response
    });
    for (name, value) in &HEADERS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

impl Page {
    async fn answer(&self, request: Request) -> Result<Response<Body>, Refusal> {
        let (parts, body) = request.into_parts();
        self.admit(&parts)?;
        let query = Form::parse(parts.uri.query().unwrap_or(""));
        match (&parts.method, parts.uri.path()) {
            (&Method::GET, "/api/state") => self.state().await,
            (&Method::GET, "/api/object") => self.object(query.get("kind").to_owned(), query.get("id").to_owned()).await,
            (&Method::GET, "/api/events") => Ok(self.events(&query, &parts.headers)),
            (&Method::POST, "/api/switch") => {
                let body = to_bytes(body, LARGEST_BODY).await.map_err(|_| (StatusCode::PAYLOAD_TOO_LARGE, "too large".to_owned()))?;
                let document = serde_json::from_slice(&body).map_err(|error| (StatusCode::BAD_REQUEST, format!("not JSON: {error}")))?;
                status::switch(&self.shared, &document).map_err(|why| (StatusCode::BAD_REQUEST, why))?;
                self.observer.feed.nudge();
                self.now().await
            }
            (&Method::GET, path) => match FILES.iter().find(|file| file.0 == path) {
                Some((_, kind, text)) => Ok(of_kind(kind, Body::from(*text))),
                None => Err((StatusCode::NOT_FOUND, "there is no such page".to_owned())),
            },
            _ => Err((StatusCode::METHOD_NOT_ALLOWED, "use `GET`, or `POST /api/switch`".to_owned())),
        }
    }

    /// Checks access: only the page itself may use the switches.
    fn admit(&self, parts: &Parts) -> Result<(), Refusal> {
        self.shared.guard.admit(parts).map_err(|refusal| (refusal.status, refusal.why))?;
        if parts.method != Method::POST {
            return Ok(());
        }
        if !parts.headers.contains_key(header::ORIGIN) {
            return Err((StatusCode::FORBIDDEN, "send an `Origin` header".to_owned()));
        }
        match parts.headers.get(header::CONTENT_TYPE) {
            Some(kind) if kind == "application/json" => Ok(()),
            _ => Err((StatusCode::UNSUPPORTED_MEDIA_TYPE, "expected application/json".to_owned())),
        }
    }

    /// The initial state of the page. Events during its collection are sent as events, too.
    async fn state(&self) -> Result<Response<Body>, Refusal> {
        let work = |page: &Self| {
            let batch = page.observer.feed.since(0);
            let objects = page.observer.store.objects(MOST_OBJECTS).unwrap_or_default();
            let shared = &page.shared;
            let about = json!({ "url": shared.base, "version": shared.profile.version(), "program": env!("CARGO_PKG_VERSION") });
            let kinds = page.observer.kinds.iter().copied().chain([&SERVER]);
            let kinds: Vec<_> = kinds.map(|kind| (kind.name, kind.words)).collect();
            format!(
                r#"{{"about":{about},"kinds":{},"status":{},"objects":{},"events":{},"missed":{},"next":{}}}"#,
                json!(kinds),
                status::status(shared),
                json!(objects),
                batch.events,
                batch.missed,
                batch.next
            )
        };
        self.blocking(Box::new(work)).await.map(of_json)
    }

    async fn now(&self) -> Result<Response<Body>, Refusal> {
        self.blocking(Box::new(|page| status::status(&page.shared).to_string())).await.map(of_json)
    }

    async fn object(&self, kind: String, id: String) -> Result<Response<Body>, Refusal> {
        let work = move |page: &Self| {
            let found = page.observer.store.object(&kind, &id).unwrap_or_default();
            found.map(|text| page.observer.masked(&kind, &text)).unwrap_or_default().to_string()
        };
        self.blocking(Box::new(work)).await.map(of_json)
    }

    /// Runs work that SQLite may block.
    async fn blocking(&self, work: Work) -> Result<String, Refusal> {
        let page = self.clone();
        let done = tokio::task::spawn_blocking(move || work(&page)).await;
        done.map_err(|_| (StatusCode::INTERNAL_SERVER_ERROR, "this is an error in the emulator".to_owned()))
    }

    /// Events as they happen, from the number on that the page or its browser gives.
    fn events(&self, query: &Form, headers: &HeaderMap) -> Response<Body> {
        let last = headers.get("last-event-id").and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
        let mut next = last.or_else(|| query.get("from").parse().ok()).unwrap_or(0);
        let (sender, receiver) = mpsc::channel::<Result<String, std::convert::Infallible>>(1);
        let page = self.clone();
        tokio::spawn(async move {
            let mut news = page.observer.feed.news();
            loop {
                news.mark_unchanged();
                let batch = page.observer.feed.since(next);
                next = batch.next;
                let Ok(status) = page.blocking(Box::new(|page| status::status(&page.shared).to_string())).await else { return };
                let message =
                    format!("id: {next}\ndata: {{\"events\":{},\"missed\":{},\"status\":{status}}}\n\n", batch.events, batch.missed);
                tokio::select! {
                    () = page.end.cancelled() => return,
                    sent = sender.send(Ok(message)) => if sent.is_err() { return },
                }
                tokio::select! {
                    () = page.end.cancelled() => return,
                    () = sender.closed() => return,
                    _ = tokio::time::timeout(QUIET, news.changed()) => {}
                }
                tokio::time::sleep(PAUSE).await;
            }
        });
        of_kind("text/event-stream", Body::from_stream(ReceiverStream::new(receiver)))
    }
}

fn of_json(text: String) -> Response<Body> {
    of_kind("application/json", Body::from(text))
}

fn of_kind(kind: &'static str, body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}
