//! The path of a request through the guard, the limits and the faults to the services, and the path of its answer back.
//!
//! Owns the conversion between HTTP and [`Call`] and [`Reply`], and the order of the steps before the services. Each step decides
//! by itself.

use std::io;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, Response, StatusCode, header};

use super::call::Call;
use super::console::address;
use super::faults::{self, Mishap};
use super::go::form::Form;
use super::hydra::error::Failure;
use super::reply::Reply;
use super::window::Exchange;
use super::{Shared, envelope, exchanges, services};

/// The largest body, in bytes: more than any client needs, and not enough to fill the memory.
const LARGEST_BODY: usize = 16 << 20;

/// Answers every request.
pub(super) fn app(shared: Arc<Shared>) -> Router {
    Router::new().fallback(handle).with_state(shared)
}

async fn handle(State(shared): State<Arc<Shared>>, request: Request) -> Response<Body> {
    let arrived = shared.tally.now();
    let (parts, body) = request.into_parts();
    if let Err(refusal) = shared.guard.admit(&parts) {
        tracing::info!(method = %parts.method, why = %refusal.why, "emulator: refused");
        return respond(envelope::Problem::refused(&refusal).reply());
    }
    let (method, path) = (parts.method.as_str().to_owned(), parts.uri.path().to_owned());
    let body = to_bytes(body, LARGEST_BODY).await;
    let latency = shared.faults.get().latency;
    if !latency.is_zero() {
        tokio::time::sleep(latency).await;
    }
    let own = Arc::clone(&shared);
    // Hashing and SQLite block the thread.
    let answer = tokio::task::spawn_blocking(move || own.serve(arrived, &parts, body.ok().as_deref())).await;
    let (reply, mishap) = answer.unwrap_or_else(|_| (Failure::unrecognizable().reply(), None));
    tracing::info!(%method, %path, status = reply.status, "emulator: request");
    if let Some(answered) = &shared.answered {
        answered.lock().unwrap_or_else(PoisonError::into_inner).push((method, path, reply.status));
    }
    match mishap {
        Some(Mishap::Lost) => lose(),
        _ => respond(reply),
    }
}

impl Shared {
    fn answer(&self, call: &Call) -> Reply {
        self.services.iter().find_map(|answering| answering(call)).unwrap_or_else(Reply::no_route)
    }

    /// Passes a request to the services, unless a limit or a fault applies. A missing body was too large.
    fn serve(&self, arrived: Duration, parts: &Parts, body: Option<&[u8]>) -> (Reply, Option<Mishap>) {
        let (method, path) = (parts.method.as_str(), parts.uri.path());
        let inner = address::inner(path);
        let (at, counted) = (self.tally.now(), services::counted(method, inner));
        let verdict = counted.and_then(|counted| self.limits.count(counted.bucket));
        let refused = verdict.as_ref().is_some_and(|verdict| !verdict.admitted);
        let mishap = if refused { None } else { self.faults.meet(faults::is_write(method, inner)) };
        let reply = match (mishap.and_then(Mishap::refusal), body) {
            _ if refused => Reply::default(),
            (Some(refusal), _) => refusal,
            (None, None) => Reply::plain_error(413, "Request Entity Too Large"),
            (None, Some(body)) => {
                let call = read(parts, body);
                let reply = self.answer(&call);
                exchanges::record(&call, &reply);
                reply
            }
        };
        let reply = match verdict {
            Some(verdict) if refused => verdict.refusal(),
            Some(verdict) => verdict.tell(reply),
            None => reply,
        };
        self.tally.count(at, method, counted, reply.status);
        if let Some(observer) = &self.observer {
            observer.saw(&Exchange {
                at: arrived,
                took: self.tally.now().saturating_sub(arrived),
                method,
                path,
                query: parts.uri.query().unwrap_or(""),
                agent: parts.headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or(""),
                counted,
                status: reply.status,
                mishap,
                sent: body.unwrap_or(b"too large"),
                answer: &reply.body,
            });
        }
        (reply, mishap)
    }
}

fn read(parts: &Parts, body: &[u8]) -> Call {
    let text = |name: HeaderName| parts.headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    let query = parts.uri.query().unwrap_or("");
    Call {
        method: parts.method.as_str().to_owned(),
        path: parts.uri.path().to_owned(),
        query: Form::parse(query),
        raw_query: query.to_owned(),
        host: text(header::HOST).unwrap_or_default(),
        authorization: text(header::AUTHORIZATION),
        session_token: text(HeaderName::from_static("x-session-token")),
        agent: text(header::USER_AGENT).unwrap_or_default(),
        content_type: text(header::CONTENT_TYPE),
        cache_control: text(header::CACHE_CONTROL),
        pragma: text(header::PRAGMA),
        accept: text(header::ACCEPT),
        body: body.to_vec(),
    }
}

fn respond(reply: Reply) -> Response<Body> {
    let mut response = Response::new(Body::from(reply.body));
    *response.status_mut() = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in reply.headers {
        // A `Location` contains the id, which may have bytes that are not allowed in a header.
        if let Ok(value) = HeaderValue::from_bytes(value.as_bytes()) {
            response.headers_mut().append(HeaderName::from_static(name), value);
        }
    }
    response
}

/// An answer that fails before its first byte: the connection closes.
fn lose() -> Response<Body> {
    Response::new(Body::from_stream(tokio_stream::once(Err::<Vec<u8>, _>(io::Error::other("lost on purpose")))))
}
