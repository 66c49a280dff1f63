//! The window: a page that shows the emulator's requests, objects and faults live.
//!
//! Owns what is noted of a request and of a change, and where the page is served. The emulator calls [`Observer::saw`] for each
//! request, and the store reports each change; nothing else of the emulator knows about the window. No secret gets past [`mask`]:
//! neither bodies nor headers are kept, and documents are masked first.

use serde_json::json;
use std::{fmt::Write as _, io, net::SocketAddr, sync::Arc, time::Duration};
use tokio::net::TcpListener;
use tokio_util::sync::{CancellationToken, DropGuard};

use super::Shared;
use super::console::address;
use super::faults::Mishap;
use super::kind::Kind;
use super::services::{self, Counted};
use super::store::changes::Change;
use super::store::{Store, StoreError};
use feed::Feed;
use mask::Mask;
use what::Subject;

use crate::value::Json;

pub mod feed;
pub mod mask;
pub mod names;
mod serve;
mod status;
pub mod what;

/// Where the page is served.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Place {
    /// Not at all, and nothing is noted.
    #[default]
    Nowhere,
    /// At the port after the emulator's, or at any free one.
    Beside,
    /// At this port; 0 for a free one.
    Port(u16),
}

/// The parts of an answered request that are noted.
pub struct Exchange<'a> {
    /// When it came, after the start of the server.
    pub at: Duration,
    /// How long it took.
    pub took: Duration,
    /// The method.
    pub method: &'a str,
    /// The path as it was sent.
    pub path: &'a str,
    /// The query as it was sent; only the relationship in it is shown.
    pub query: &'a str,
    /// The `User-Agent` header.
    pub agent: &'a str,
    /// How it is counted.
    pub counted: Option<Counted>,
    /// The status of the answer.
    pub status: u16,
    /// The fault that it met, if any.
    pub mishap: Option<Mishap>,
    /// The body of the request: used to keep its secrets out of the reason in the answer.
    pub sent: &'a [u8],
    /// The body of the answer: used for the id of a new object, and for the reason of a failure.
    pub answer: &'a [u8],
}

/// Notes what happens.
pub struct Observer {
    store: Arc<Store>,
    kinds: Vec<&'static Kind>,
    mask: Mask,
    feed: Feed,
}

/// The maximum length of a text that is kept.
const LONGEST: usize = 400;

impl Observer {
    /// Watches the store from now on.
    ///
    /// # Errors
    /// When the database fails.
    pub fn new(store: Arc<Store>) -> Result<Self, StoreError> {
        store.watch()?;
        let mask = Mask::new().map_err(|error| StoreError::Broken(error.to_string()))?;
        Ok(Self { store, kinds: services::kinds(), mask, feed: Feed::default() })
    }

    /// Notes a request, and before it the changes that it made.
    pub fn saw(&self, seen: &Exchange<'_>) {
        let is_read = ["GET", "HEAD"].contains(&seen.method);
        // If changes cannot be read, the request is shown without them.
        let changes = if is_read { Vec::new() } else { self.store.take_changes().unwrap_or_default() };
        changes.iter().for_each(|change| self.changed(seen, change));
        // The answer to a write shows a new object. The answer to a read may be a list of any length.
        let told = if seen.status < 300 && !is_read { seen.answer } else { b"" };
        let Subject { kind, id } = Subject::of(&self.kinds, address::inner(seen.path), seen.query, told);
        let mut event = vec![
            ("type", json!("request")),
            ("at", json!(millis(seen.at))),
            ("took", json!(millis(seen.took))),
            ("method", json!(seen.method)),
            ("path", json!(short(seen.path))),
            ("kind", json!(kind)),
            ("status", json!(seen.status)),
            ("who", json!(who(seen.agent))),
            ("changes", json!(changes.len())),
        ];
        event.extend(id.map(|id| ("id", json!(short(&id)))));
        event.extend(seen.counted.into_iter().flat_map(|counted| [("route", json!(counted.path)), ("bucket", json!(counted.bucket))]));
        event.extend(seen.mishap.map(|mishap| ("fault", json!(mishap.name()))));
        event.extend(self.why(seen).map(|why| ("why", json!(why))));
        let members: Vec<_> = event.iter().map(|(name, value)| format!("{}:{value}", json!(name))).collect();
        self.feed.push(&members.join(","));
    }

    fn changed(&self, seen: &Exchange<'_>, change: &Change) {
        let mut members = String::new();
        let Change { kind, id, label, before, after } = change;
        let masked = |document: &Option<String>| document.as_ref().map_or(Json::Null, |text| self.masked(kind, text));
        // Writing to a String cannot fail.
        let _ = write!(members, r#""type":"change","at":{},"who":"{}","kind":"{kind}""#, millis(seen.at), who(seen.agent));
        let _ = write!(members, r#","id":{},"label":{}"#, json!(id), json!(label));
        let _ = write!(members, r#","before":{},"after":{}"#, masked(before), masked(after));
        self.feed.push(&members);
    }

    /// An object's document without its secrets.
    fn masked(&self, kind: &str, text: &str) -> Json {
        self.mask.object(self.kinds.iter().copied().find(|known| known.name == kind), text)
    }

    /// The reason of a failure, without the secrets of the request.
    fn why(&self, seen: &Exchange<'_>) -> Option<String> {
        if seen.status < 400 {
            return None;
        }
        let sent = if seen.sent.is_empty() { Json::Null } else { Json::parse(seen.sent).ok()? };
        let answer = Json::parse(seen.answer).ok()?;
        let texts = ["error/reason", "error_description", "error/message", "error"].into_iter().filter_map(|at| answer.at(at).as_str());
        let text = texts.into_iter().find(|text| !text.is_empty())?.to_owned();
        let secrets = self.mask.secrets(&sent);
        Some(short(&secrets.iter().fold(text, |text, secret| text.replace(secret, "••••••"))))
    }
}

fn millis(time: Duration) -> f64 {
    (time.as_secs_f64() * 10_000.0).round() / 10.0
}

fn short(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// The program, from its `User-Agent`: the text in parentheses, such as the tool that it works for, otherwise its name.
fn who(agent: &str) -> String {
    let inside = agent.split_once('(').and_then(|(_, rest)| rest.split([')', ';', ' ', '/']).next());
    let name = inside.filter(|_| agent.starts_with("janiform/")).or_else(|| agent.split(['/', ' ', '(']).next()).unwrap_or("");
    name.chars().filter(|c| c.is_ascii_alphanumeric() || "-_.".contains(*c)).take(24).collect()
}

/// The served page. Dropping it ends it, also for open connections.
pub(super) struct Window {
    /// Its address.
    pub address: SocketAddr,
    _end: DropGuard,
}

/// Listens for the page; `None` if it is not served.
pub(super) async fn listen(place: Place, emulator: u16) -> io::Result<Option<TcpListener>> {
    Ok(match place {
        Place::Nowhere => None,
        Place::Port(port) => Some(super::listen(port).await?),
        Place::Beside => Some(match emulator.checked_add(1) {
            Some(next) => match super::listen(next).await {
                Ok(listener) => listener,
                Err(_) => super::listen(0).await?,
            },
            None => super::listen(0).await?,
        }),
    })
}

/// Serves the page of this emulator.
pub(super) fn open(listener: TcpListener, shared: Arc<Shared>, observer: Arc<Observer>) -> io::Result<Window> {
    let address = listener.local_addr()?;
    let end = CancellationToken::new();
    let app = serve::page(serve::Page { shared, observer, end: end.clone() });
    tokio::spawn({
        let end = end.clone();
        async move { axum::serve(listener, app).with_graceful_shutdown(end.cancelled_owned()).await }
    });
    Ok(Window { address, _end: end.drop_guard() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_known_by_what_they_work_for() {
        for (agent, name) in [
            ("janiform/0.1.0 (terraform)", "terraform"),
            ("janiform/0.1.0", "janiform"),
            ("curl/8.5.0", "curl"),
            ("Mozilla/5.0 (X11; Linux x86_64)", "Mozilla"),
            ("<script>alert(1)</script>", "scriptalert"),
            ("", ""),
        ] {
            assert_eq!(who(agent), name, "{agent}");
        }
    }
}
