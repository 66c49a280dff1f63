//! A proxy between a tool and a server that records both: the secrets of a program are those on the
//! wire, whatever the provider calls them. On request it answers for the server, repeating everything that it was sent.

use super::proxy::Stub;
use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::{Value as Json, json};
use std::{
    collections::BTreeSet,
    io::{Read, Write},
    net::TcpStream,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

/// What comes of requests.
#[derive(Clone, Copy, Debug)]
pub enum Mood {
    /// They are passed on.
    Honest,
    /// They are refused, by one status after the other, with all that was sent.
    Refuses,
    /// The same with a page.
    Pages,
    /// They are passed on, and the connection is cut in the middle of the answer to a write.
    Cuts,
    /// They are passed on, those that write after a while.
    Dawdles,
}

/// Words that an error of [`Mood::Refuses`] has beside what was sent.
pub const REPEATED: &str = "what was sent is";

/// A connection that is listened to.
pub struct Wire {
    pub stub: Stub,
    mood: Arc<Mutex<Mood>>,
    heard: Arc<Mutex<BTreeSet<String>>>,
}

impl Wire {
    pub fn to(server: &str) -> Wire {
        let to = server.trim_start_matches("http://").to_owned();
        let (mood, heard) = (Arc::new(Mutex::new(Mood::Honest)), Arc::new(Mutex::new(BTreeSet::new())));
        let (moods, hears, turn) = (mood.clone(), heard.clone(), AtomicUsize::new(0));
        let stub = Stub::streaming(move |asked, request, client| {
            hears.lock().expect("a lock").extend(secrets(request));
            let mood = *moods.lock().expect("a lock");
            let writes = !asked.starts_with("GET");
            let answer = match mood {
                Mood::Refuses => refusal(request, turn.fetch_add(1, Ordering::SeqCst)),
                Mood::Pages => instead(401, "text/html", &format!("<!doctype html><pre>{}</pre>", String::from_utf8_lossy(request))),
                Mood::Honest | Mood::Cuts | Mood::Dawdles => {
                    if writes && matches!(mood, Mood::Dawdles) {
                        thread::sleep(Duration::from_secs(2));
                    }
                    let mut answer = ask(&to, request).unwrap_or_default();
                    hears.lock().expect("a lock").extend(secrets(&answer));
                    if writes && matches!(mood, Mood::Cuts) {
                        answer.truncate(answer.len().saturating_sub(30));
                    }
                    answer
                }
            };
            // Whoever is gone does not have to hear it.
            let _ = client.write_all(&answer);
        });
        Wire { stub, mood, heard }
    }

    pub fn url(&self) -> String {
        self.stub.url()
    }

    pub fn is(&self, mood: Mood) {
        *self.mood.lock().expect("a lock") = mood;
    }

    /// Every secret that was sent or answered so far.
    pub fn heard(&self) -> Vec<String> {
        self.heard.lock().expect("a lock").iter().cloned().collect()
    }
}

fn ask(to: &str, request: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut upstream = TcpStream::connect(to)?;
    upstream.write_all(request)?;
    let mut answer = Vec::new();
    upstream.read_to_end(&mut answer)?;
    Ok(answer)
}

fn instead(status: u16, kind: &str, body: &str) -> Vec<u8> {
    format!(
        "HTTP/1.1 {status} X\r\ncontent-type: {kind}\r\nretry-after: 0\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// An error in the form of either kind of Ory's services.
fn refusal(request: &[u8], turn: usize) -> Vec<u8> {
    let text = String::from_utf8_lossy(request);
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    let sent: Json = serde_json::from_str(body).unwrap_or_default();
    let basic = head.lines().find_map(|line| BASE64_STANDARD.decode(line.strip_prefix("authorization: Basic ")?).ok()).unwrap_or_default();
    let told = format!("{REPEATED} {body} after {head}, by {}", String::from_utf8_lossy(&basic).replace(':', " with "));
    let status = [400, 401, 403, 409, 422, 500, 404, 503][turn % 8];
    let error = match turn % 2 {
        0 => json!({ "error": "invalid_request", "error_description": told, "error_debug": sent }),
        _ => json!({ "error": { "code": status, "message": told, "reason": sent.to_string(), "request": body, "details": sent } }),
    };
    instead(status, "application/json", &error.to_string())
}

/// The secrets in a message: in its body, by what Ory's APIs call them, and in its headers.
fn secrets(message: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(message);
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    let mut found = Vec::new();
    search(&serde_json::from_str(body).unwrap_or_default(), &mut found);
    found.extend(head.lines().filter_map(|line| line.strip_prefix("authorization: ")?.split_once(' ')).map(|(_, rest)| rest.to_owned()));
    found
}

fn search(value: &Json, found: &mut Vec<String>) {
    match value {
        Json::Array(items) => items.iter().for_each(|item| search(item, found)),
        Json::Object(members) => {
            let is_key = members.contains_key("kty");
            for (name, member) in members {
                let secret = match name.as_str() {
                    "client_secret" | "registration_access_token" | "access_token" | "password" | "hashed_password" => true,
                    // Of API keys, and of tokens that are derived from them.
                    "secret" | "raw_key" | "credential" | "token" => true,
                    "d" | "k" | "p" | "q" | "dp" | "dq" | "qi" => is_key,
                    _ => false,
                };
                match member.as_str() {
                    Some(text) if secret && text.len() > 8 => found.push(text.to_owned()),
                    _ => search(member, found),
                }
            }
        }
        _ => {}
    }
}
