//! Recorded exchanges: reads them, and makes one of a live exchange.

use std::path::Path;

use janiform::emulator::go::form::Form;
use janiform::emulator::go::json::{Json, parse_whole};

use super::wire::{self, Request, Response};

/// The addresses of the recorded servers.
pub const RECORDED: [&str; 2] = ["http://127.0.0.1:24444", "http://127.0.0.1:24445"];

/// One recorded exchange.
#[derive(Clone, Debug)]
pub struct Exchange {
    pub name: String,
    /// Whether it went to the public port.
    pub public: bool,
    pub request: Request,
    /// Nothing if only the body was recorded.
    pub status: Option<u16>,
    pub headers: Vec<(String, String)>,
    pub body: Body,
}

/// How a body was recorded.
#[derive(Clone, Debug)]
pub enum Body {
    /// As JSON; numbers and escapes may have been respelled.
    Document(Json),
    /// Byte for byte, perhaps only the beginning.
    Text(String),
    /// A long list: only its ids.
    Ids(Vec<String>),
    /// JSON, byte for byte, and whether a newline follows.
    Exact(Json, bool),
    /// No exchange: what the signed token issued last holds.
    Jwt(Json, Json),
}

/// Reads a recorded file.
pub fn read(path: &Path) -> Vec<Exchange> {
    let bytes = std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let Ok(Json::Array(items)) = parse_whole(&bytes) else { panic!("{}: no list of exchanges", path.display()) };
    items.iter().map(exchange).collect()
}

/// A text member, or nothing.
pub fn text(json: &Json, name: &str) -> String {
    json.member(name).and_then(Json::as_text).unwrap_or_default()
}

fn pairs(json: Option<&Json>) -> Vec<(String, String)> {
    match json {
        Some(Json::Object(members)) => members.iter().map(|(name, value)| (name.clone(), value.as_text().unwrap_or_default())).collect(),
        _ => Vec::new(),
    }
}

fn exchange(item: &Json) -> Exchange {
    let name = text(item, "name");
    if let (Some(header), Some(claims)) = (item.member("header"), item.member("claims")) {
        let body = Body::Jwt(header.clone(), claims.clone());
        return Exchange { name, public: false, request: Request::default(), status: None, headers: Vec::new(), body };
    }
    let (Some(request), Some(response)) = (item.member("request"), item.member("response")) else {
        // One entry holds nothing but the raw body of a GET, named after its client.
        let id = name.rsplit(' ').next().unwrap_or_default();
        let raw = text(item, "text");
        let json = parse_whole(raw.as_bytes()).unwrap_or(Json::Null);
        return Exchange {
            request: wire::bare("GET", &format!("/admin/clients/{id}")),
            name,
            public: false,
            status: None,
            headers: Vec::new(),
            body: Body::Exact(json, raw.ends_with('\n')),
        };
    };
    let body = match (request.member("body"), request.member("form")) {
        // What was too long to write down.
        (Some(Json::Text(raw)), _) if raw == "\"<1 MB>\"" => {
            format!(r#"{{"client_id":"ex-e","client_name":"{}"}}"#, "n".repeat(1_000_000))
        }
        (Some(body), _) => body.compact(),
        (None, Some(fields)) => {
            let mut form = Form::default();
            for (name, value) in pairs(Some(fields)) {
                form.set(&name, &value);
            }
            form.encode()
        }
        (None, None) => text(request, "raw_body"),
    };
    let recorded = match (response.member("body"), response.member("body_ids")) {
        (Some(body), _) => Body::Document(body.clone()),
        (None, Some(Json::Array(ids))) => Body::Ids(ids.iter().filter_map(Json::as_text).collect()),
        _ => Body::Text(text(response, "raw_body")),
    };
    let status = match response.member("status") {
        Some(Json::Number(raw)) => raw.parse().ok(),
        _ => None,
    };
    Exchange {
        name,
        public: text(request, "server") == "public",
        request: Request {
            method: text(request, "method"),
            path: text(request, "path"),
            headers: pairs(request.member("headers")),
            body: body.into_bytes(),
        },
        status,
        headers: pairs(response.member("headers")),
        body: recorded,
    }
}

/// An answer as an exchange that others can be compared with byte for byte.
pub fn live(name: &str, public: bool, request: Request, response: &Response) -> Exchange {
    let body = match parse_whole(&response.body) {
        Ok(json) => Body::Exact(json, response.body.ends_with(b"\n")),
        Err(_) => Body::Text(response.text()),
    };
    let headers = response.headers.clone();
    Exchange { name: name.to_owned(), public, request, status: Some(response.status), headers, body }
}
