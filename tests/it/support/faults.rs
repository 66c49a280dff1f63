//! A proxy between the provider and a server that applies network faults to chosen requests.
//!
//! Speaks just enough HTTP/1.1: one request a connection, bodies by length.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::{Value as Json, json};
use std::{
    collections::VecDeque,
    net::SocketAddr,
    sync::{Arc, Mutex},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// What happens to a request.
#[derive(Clone, Debug)]
pub enum Fault {
    /// All goes well.
    None,
    /// It is carried out, and the connection closes without an answer.
    LoseAnswer,
    /// It is carried out, and the connection closes in the middle of the answer.
    CutAnswer,
    /// It never arrives: the connection closes at once.
    LoseRequest,
    /// It is carried out, and nothing comes back for as long as the client waits.
    HoldAnswer,
    /// It never arrives, and nothing comes back for as long as the client waits.
    HoldRequest,
    /// It does not arrive; this is answered instead.
    Answer(u16, &'static str, &'static str),
    /// It does not arrive; the client is sent to this URL instead.
    Redirect(u16, String),
    /// It does not arrive; the error of this status repeats all of it, as text and as it is, and what its header of
    /// basic authentication encodes.
    Echo(u16),
    /// The same as a page.
    EchoPage(u16),
    /// It does not arrive; the error of this status repeats each text of the body in this form or, where there is none,
    /// each credential of the headers.
    EchoAs(u16, fn(&str) -> String),
}

/// A running proxy; it ends with the test's runtime.
#[derive(Clone)]
pub struct Proxy {
    address: SocketAddr,
    script: Arc<Mutex<VecDeque<(String, Fault)>>>,
    asked: Arc<Mutex<Vec<(String, String)>>>,
}

impl Proxy {
    /// In front of a server at this host and port.
    pub async fn to(upstream: &str) -> Proxy {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let proxy = Proxy { address: listener.local_addr().unwrap(), script: Arc::default(), asked: Arc::default() };
        let (own, upstream) = (proxy.clone(), upstream.trim_start_matches("http://").trim_end_matches('/').to_owned());
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (own, upstream) = (own.clone(), upstream.clone());
                tokio::spawn(async move { own.serve(client, &upstream).await });
            }
        });
        proxy
    }

    /// Its URL.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Does this to the next request whose method and path start like this, after what was said before.
    pub fn then(&self, request: &str, fault: Fault) -> &Self {
        self.script.lock().unwrap().push_back((request.to_owned(), fault));
        self
    }

    /// Lets so many such requests pass before what is said next.
    pub fn pass(&self, request: &str, count: usize) -> &Self {
        (0..count).fold(self, |proxy, _| proxy.then(request, Fault::None))
    }

    /// Forgets what is still to be done.
    pub fn clear(&self) {
        self.script.lock().unwrap().clear();
    }

    /// What was asked since the last time: method with path and query, and the body.
    pub fn asked(&self) -> Vec<(String, String)> {
        std::mem::take(&mut *self.asked.lock().unwrap())
    }

    /// Faults that no request met.
    pub fn unused(&self) -> usize {
        self.script.lock().unwrap().len()
    }

    async fn serve(&self, mut client: TcpStream, upstream: &str) -> Option<()> {
        let (head, body) = read_message(&mut client).await?;
        let line = head.lines().next()?.rsplit_once(' ')?.0.to_owned();
        self.asked.lock().unwrap().push((line.clone(), String::from_utf8_lossy(&body).into_owned()));
        let fault = {
            let mut script = self.script.lock().unwrap();
            let at = script.iter().position(|(request, _)| line.starts_with(request.as_str()));
            at.and_then(|at| script.remove(at)).map(|(_, fault)| fault)
        };
        match fault {
            Some(Fault::LoseRequest) => return None,
            Some(Fault::HoldRequest) => return hold(client).await,
            Some(Fault::Redirect(status, to)) => {
                let answer = format!("HTTP/1.1 {status} X\r\nlocation: {to}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
                client.write_all(answer.as_bytes()).await.ok()?;
                return client.shutdown().await.ok();
            }
            Some(Fault::Answer(status, content_type, body)) => return answer(&mut client, status, content_type, body).await,
            Some(Fault::EchoPage(status)) => {
                let page = format!("<!doctype html><pre>{head}\n\n{}</pre>", String::from_utf8_lossy(&body));
                return answer(&mut client, status, "text/html", &page).await;
            }
            Some(Fault::Echo(status)) => {
                let sent: Json = serde_json::from_slice(&body).unwrap_or_default();
                let text = format!("{head} {} {}", basic(&head).unwrap_or_default(), String::from_utf8_lossy(&body));
                let told = json!({ "error": {
                    "code": status, "message": format!("cannot read {text}"), "reason": sent.to_string(), "details": sent, "request": text,
                } });
                return answer(&mut client, status, "application/json", &told.to_string()).await;
            }
            Some(Fault::EchoAs(status, form)) => {
                let mut sent = Vec::new();
                texts(&serde_json::from_slice(&body).unwrap_or_default(), &mut sent);
                if sent.is_empty() {
                    sent = credentials(&head);
                }
                let sent: Vec<_> = sent.iter().map(|text| form(text)).collect();
                let text = format!("cannot read {}", sent.join(" , "));
                let told = match line.starts_with("POST /oauth2/") {
                    true => json!({ "error": text, "error_description": text }),
                    false => json!({ "error": { "code": status, "message": text, "reason": text, "request": text } }),
                };
                return answer(&mut client, status, "application/json", &told.to_string()).await;
            }
            _ => {}
        }
        let mut server = TcpStream::connect(upstream).await.ok()?;
        let head = head.lines().filter(|line| !line.to_ascii_lowercase().starts_with("connection:")).collect::<Vec<_>>().join("\r\n");
        server.write_all(format!("{}\r\nconnection: close\r\n\r\n", head.trim_end()).as_bytes()).await.ok()?;
        server.write_all(&body).await.ok()?;
        let mut answer = Vec::new();
        server.read_to_end(&mut answer).await.ok()?;
        match fault {
            Some(Fault::LoseAnswer) => return None,
            Some(Fault::HoldAnswer) => return hold(client).await,
            Some(Fault::CutAnswer) => answer.truncate(answer.len().saturating_sub(40)),
            _ => {}
        }
        client.write_all(&answer).await.ok()?;
        client.shutdown().await.ok()
    }
}

/// User and password of a request.
fn basic(head: &str) -> Option<String> {
    let encoded = head.lines().find_map(|line| line.strip_prefix("authorization: Basic "))?;
    Some(String::from_utf8_lossy(&BASE64_STANDARD.decode(encoded).unwrap()).replace(':', " with "))
}

/// What the headers of a request hold that is nobody else's business: a form's user and password as they are sent too.
fn credentials(head: &str) -> Vec<String> {
    let values = head.lines().skip(1).filter_map(|line| line.split_once(": ")).map(|(name, value)| (name.to_ascii_lowercase(), value));
    let guards = values.filter(|(name, _)| name == "authorization" || name.starts_with("x-"));
    let mut found: Vec<_> = guards.flat_map(|(_, value)| [value.to_owned(), value.rsplit(' ').next().unwrap().to_owned()]).collect();
    if let Some(token) = head.lines().find_map(|line| line.strip_prefix("authorization: Basic ")) {
        let pair = String::from_utf8(BASE64_STANDARD.decode(token).unwrap()).unwrap();
        let secret = pair.split_once(':').unwrap().1.to_owned();
        // RFC 6749 (2.3.1) has both form-encoded within.
        let decoded = url::form_urlencoded::parse(secret.as_bytes()).next().map(|(text, _)| text.into_owned());
        found.extend([Some(pair), Some(secret), decoded].into_iter().flatten());
    }
    found
}

/// Every text in the value.
fn texts(value: &Json, found: &mut Vec<String>) {
    match value {
        Json::String(text) => found.push(text.clone()),
        Json::Array(items) => items.iter().for_each(|item| texts(item, found)),
        Json::Object(members) => members.values().for_each(|member| texts(member, found)),
        _ => {}
    }
}

/// Keeps the connection until the client has enough.
async fn hold(mut client: TcpStream) -> Option<()> {
    client.read(&mut [0]).await.map(drop).ok()
}

async fn answer(client: &mut TcpStream, status: u16, content_type: &str, body: &str) -> Option<()> {
    let answer = format!(
        "HTTP/1.1 {status} X\r\ncontent-type: {content_type}\r\nretry-after: 0\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    client.write_all(answer.as_bytes()).await.ok()?;
    client.shutdown().await.ok()
}

async fn read_message(stream: &mut TcpStream) -> Option<(String, Vec<u8>)> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break end;
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let length = head
        .lines()
        .find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length:").map(|length| length.trim().parse::<usize>().unwrap()))
        .unwrap_or(0);
    let mut body = bytes.split_off(end + 4);
    while body.len() < length {
        if stream.read_buf(&mut body).await.ok()? == 0 {
            return None;
        }
    }
    Some((head, body))
}
