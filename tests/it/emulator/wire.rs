//! An HTTP/1.1 client that sends exactly the given bytes: it cleans no path and adds no header.

use std::io;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// A request.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Request {
    pub method: String,
    pub path: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

/// A response. Header values are taken byte by byte, as Latin-1.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Response {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Response {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|h| h.0.eq_ignore_ascii_case(name)).map(|h| h.1.as_str())
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

/// Sends one request to `http://host:port` over a connection of its own.
pub async fn send(base: &str, request: &Request) -> io::Result<Response> {
    let authority = base.trim_start_matches("http://").trim_end_matches('/');
    let mut head = format!("{} {} HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\n", request.method, request.path);
    for (name, value) in &request.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str(&format!("Content-Length: {}\r\n\r\n", request.body.len()));
    exchange(base, &[head.as_bytes(), &request.body].concat(), &request.method).await
}

/// Sends these very bytes, which are a request of that method and ask for the connection to be closed.
pub async fn exchange(base: &str, request: &[u8], method: &str) -> io::Result<Response> {
    let mut stream = TcpStream::connect(base.trim_start_matches("http://").trim_end_matches('/')).await?;
    stream.write_all(request).await?;
    let mut raw = Vec::new();
    // A server that does not care for the rest of a request resets the connection after its answer.
    let ended = stream.read_to_end(&mut raw).await;
    if raw.is_empty() {
        ended?;
    }
    parse(&raw, method).ok_or_else(|| io::Error::other("not HTTP"))
}

fn parse(raw: &[u8], method: &str) -> Option<Response> {
    let end = raw.windows(4).position(|w| w == b"\r\n\r\n")?;
    let head: String = raw[..end].iter().map(|b| char::from(*b)).collect();
    let mut lines = head.split("\r\n");
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let headers: Vec<(String, String)> =
        lines.filter_map(|line| line.split_once(':')).map(|(name, value)| (name.to_owned(), value.trim().to_owned())).collect();
    let mut response = Response { status, headers, body: raw[end + 4..].to_vec() };
    if method == "HEAD" {
        response.body.clear();
    } else if response.header("transfer-encoding").is_some_and(|v| v.contains("chunked")) {
        response.body = unchunk(&response.body)?;
    }
    Some(response)
}

fn unchunk(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let end = rest.windows(2).position(|w| w == b"\r\n")?;
        let size = usize::from_str_radix(std::str::from_utf8(&rest[..end]).ok()?.trim(), 16).ok()?;
        rest = &rest[end + 2..];
        if size == 0 {
            return Some(body);
        }
        body.extend_from_slice(rest.get(..size)?);
        rest = rest.get(size + 2..)?;
    }
}

/// A request with a JSON body.
pub fn json(method: &str, path: &str, body: &str) -> Request {
    Request {
        method: method.to_owned(),
        path: path.to_owned(),
        headers: vec![("Content-Type".to_owned(), "application/json".to_owned())],
        body: body.as_bytes().to_vec(),
    }
}

/// A request with nothing but a path.
pub fn bare(method: &str, path: &str) -> Request {
    Request { method: method.to_owned(), path: path.to_owned(), ..Request::default() }
}

/// A request with a form body.
pub fn form(path: &str, body: &str) -> Request {
    Request {
        method: "POST".to_owned(),
        path: path.to_owned(),
        headers: vec![("Content-Type".to_owned(), "application/x-www-form-urlencoded".to_owned())],
        body: body.as_bytes().to_vec(),
    }
}

impl Request {
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }
}
