//! Recorded exchanges: reading them, playing their requests elsewhere, comparing the answers.
//!
//! A server makes up ids, secrets, tokens and times. What the recorded server made up is mapped to
//! what the played one makes up as soon as both are seen at the same place, and later requests use
//! the played one's.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use janiform::emulator::go::form::Form;
use janiform::emulator::go::json::{Json, parse_whole};

use super::wire::{self, Request, Response};

/// The addresses of the recorded servers.
pub const RECORDED: [&str; 2] = ["http://127.0.0.1:24444", "http://127.0.0.1:24445"];

/// Headers that are part of the behaviour. `Transfer-Encoding`, `Content-Length` and `Date` belong to the connection.
const HEADERS: [&str; 8] =
    ["allow", "cache-control", "content-type", "link", "location", "pragma", "x-content-type-options", "x-total-count"];

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

fn text(json: &Json, name: &str) -> String {
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

/// What was recorded and what stands for it where it is played.
#[derive(Default)]
pub struct Player {
    made_up: BTreeMap<String, String>,
    /// Elements of recorded lists by their id, to compare in whatever order they come.
    elements: BTreeMap<String, Json>,
    /// Where our list goes on, and how many pages were seen.
    next: Option<(String, usize)>,
    /// The signed token that we got last.
    jwt: String,
    /// Every recorded request so far: what stands in there was not made up by a server.
    sent: String,
    /// The private half of every key that we got, by its public half.
    private: BTreeMap<String, String>,
    kids_may_differ: bool,
}

impl Player {
    /// A player that knows the addresses of both servers.
    pub fn new(from: [&str; 2], to: [&str; 2]) -> Self {
        let mut player = Self::default();
        for (from, to) in from.into_iter().zip(to) {
            player.made_up.insert(from.to_owned(), to.to_owned());
        }
        player
    }

    /// The text with everything that the recorded server made up replaced.
    pub fn translate(&self, text: &str) -> String {
        if let Some(whole) = self.made_up.get(text) {
            return whole.clone();
        }
        let mut out = text.to_owned();
        for (from, to) in &self.made_up {
            // Short ones could be part of something else.
            if from.len() > 20 && out.contains(from.as_str()) {
                out = out.replace(from.as_str(), to);
            }
        }
        out
    }

    /// The request as it has to be sent to the played server.
    pub fn request(&self, recorded: &Request) -> Request {
        let headers = recorded.headers.iter().map(|(name, value)| {
            let translated = match value.strip_prefix("Basic ").and_then(|encoded| STANDARD.decode(encoded).ok()) {
                Some(pair) => match String::from_utf8(pair) {
                    Ok(pair) => format!("Basic {}", STANDARD.encode(self.translate_pair(&pair))),
                    Err(_) => value.clone(),
                },
                None => self.translate(value),
            };
            (name.clone(), translated)
        });
        let body = match std::str::from_utf8(&recorded.body) {
            Ok(body) if body.len() < 100_000 => self.uncover(self.translate(body)).into_bytes(),
            _ => recorded.body.clone(),
        };
        Request { method: recorded.method.clone(), path: self.translate(&recorded.path), headers: headers.collect(), body }
    }

    /// The text with private halves where the recording hides them.
    fn uncover(&self, body: String) -> String {
        fn walk(json: &mut Json, private: &BTreeMap<String, String>) {
            match json {
                Json::Array(items) => items.iter_mut().for_each(|item| walk(item, private)),
                Json::Object(_) if json.member("kty").is_some() => {
                    let found = private.get(&public_half(json)).cloned();
                    if let (Json::Object(members), Some(found)) = (json, found) {
                        members.iter_mut().filter(|member| member.0 == "d").for_each(|member| member.1 = Json::text(&found));
                    }
                }
                Json::Object(members) => members.iter_mut().for_each(|member| walk(&mut member.1, private)),
                _ => {}
            }
        }
        match parse_whole(body.as_bytes()) {
            Ok(mut json) if body.contains("<redacted, ") => {
                walk(&mut json, &self.private);
                json.compact()
            }
            _ => body,
        }
    }

    fn translate_pair(&self, pair: &str) -> String {
        let Some((user, password)) = pair.split_once(':') else { return pair.to_owned() };
        format!("{}:{}", self.translate(user), self.translate(password))
    }

    /// Plays one exchange. Returns what was sent, what came back, and where that is not as recorded.
    pub async fn play(&mut self, exchange: &Exchange, admin: &str, public: &str) -> (Request, Response, BTreeSet<String>) {
        if let Body::Jwt(header, claims) = &exchange.body {
            return (Request::default(), Response::default(), self.compare_jwt(header, claims));
        }
        let base = if exchange.public { public } else { admin };
        self.catch_up(exchange, admin).await;
        self.sent.push_str(&String::from_utf8_lossy(&exchange.request.body));
        let request = self.request(&exchange.request);
        let response = wire::send(base, &request).await.unwrap_or_else(|error| panic!("{}: {error}", exchange.name));
        self.learn_links(exchange, &response);
        let differences = self.compare(exchange, &response);
        (request, response, differences)
    }

    fn compare_jwt(&mut self, header: &Json, claims: &Json) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        let jwt = self.jwt.clone();
        for ((name, recorded), part) in [("header", header), ("claims", claims)].into_iter().zip(jwt.split('.')) {
            let decoded = URL_SAFE_NO_PAD.decode(part).unwrap_or_default();
            let ours = parse_whole(&decoded).unwrap_or(Json::Null);
            self.compare_json(name, recorded, &ours, false, &mut found);
        }
        found
    }

    /// Between two recorded pages there may be some that were not recorded: their tokens have to be had.
    async fn catch_up(&mut self, exchange: &Exchange, admin: &str) {
        let Some(wanted) = exchange.name.strip_prefix("follow next ").and_then(|n| n.parse::<usize>().ok()) else { return };
        while let Some((path, seen)) = self.next.clone() {
            if seen >= wanted {
                if let Some(token) = token_of(&exchange.request.path) {
                    self.made_up.insert(token.to_owned(), token_of(&path).unwrap_or_default().to_owned());
                }
                break;
            }
            let response = wire::send(admin, &wire::bare("GET", &path)).await.unwrap_or_default();
            self.next = next_of(response.header("link")).map(|path| (path, seen + 1));
        }
    }

    fn learn_links(&mut self, exchange: &Exchange, response: &Response) {
        let recorded = exchange.headers.iter().find(|h| h.0.eq_ignore_ascii_case("link")).map(|h| h.1.as_str());
        if let (Some(theirs), Some(ours)) = (recorded, response.header("link")) {
            let (theirs, ours): (Vec<_>, Vec<_>) = (tokens(theirs), tokens(ours));
            if theirs.len() == ours.len() {
                self.made_up.extend(theirs.into_iter().zip(ours));
            }
        }
        if let Some(next) = next_of(response.header("link")) {
            let seen = exchange.name.strip_prefix("follow next ").and_then(|n| n.parse().ok()).unwrap_or(0);
            self.next = Some((next, seen + 1));
        }
    }

    /// Where an answer is not as recorded.
    pub fn compare(&mut self, exchange: &Exchange, response: &Response) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        if let Some(status) = exchange.status {
            if status != response.status {
                // Nothing else is comparable.
                found.insert(format!("status {status} != {}", response.status));
                return found;
            }
            self.compare_body(exchange, response, &mut found);
            for name in HEADERS {
                let theirs = exchange.headers.iter().find(|h| h.0.eq_ignore_ascii_case(name)).map(|h| self.translate(&h.1));
                let ours = response.header(name).map(str::to_owned);
                if theirs != ours {
                    found.insert(format!("header {name}"));
                }
            }
        } else {
            self.compare_body(exchange, response, &mut found);
        }
        found
    }

    fn compare_body(&mut self, exchange: &Exchange, response: &Response, found: &mut BTreeSet<String>) {
        let text = response.text();
        match &exchange.body {
            // Long pages were cut when they were recorded.
            Body::Text(theirs) if theirs.starts_with("<!DOCTYPE") => {
                if !text.starts_with(theirs.split("charset").next().unwrap_or_default()) {
                    found.insert("body".to_owned());
                }
            }
            Body::Text(theirs) => {
                if self.translate(theirs) != text {
                    found.insert("body".to_owned());
                }
            }
            Body::Jwt(..) => {}
            Body::Ids(theirs) => {
                let theirs: BTreeSet<String> = theirs.iter().map(|id| self.translate(id)).collect();
                let ours = ids(&text);
                if theirs != ours.iter().cloned().collect() || !ours.is_sorted() {
                    found.insert("body".to_owned());
                }
            }
            Body::Document(theirs) | Body::Exact(theirs, _) => {
                let exact = matches!(exchange.body, Body::Exact(..));
                let Ok(ours) = parse_whole(text.as_bytes()) else {
                    found.insert("body".to_owned());
                    return;
                };
                if let Body::Exact(_, newline) = exchange.body
                    && newline != text.ends_with('\n')
                {
                    found.insert("newline".to_owned());
                }
                let path = exchange.request.path.split('?').next().unwrap_or_default();
                // Two sets are published in the order in which they happened to be read.
                self.kids_may_differ = path == "/.well-known/jwks.json";
                let id = match path {
                    "/admin/clients" => Some("client_id"),
                    "/admin/trust/grants/jwt-bearer/issuers" | "/admin/identities" | "/identities" => Some("id"),
                    _ => None,
                };
                match (theirs, &ours, id) {
                    (Json::Array(theirs), Json::Array(ours), Some(id)) if exchange.request.method == "GET" => {
                        self.compare_lists(theirs, ours, id, exact, found);
                    }
                    _ => self.compare_json("", theirs, &ours, exact, found),
                }
            }
        }
    }

    /// Generated ids sort differently on every server, so pages hold different clients: what is
    /// comparable is how many there are, that they are in order, and each client with itself.
    fn compare_lists(&mut self, theirs: &[Json], ours: &[Json], id: &str, exact: bool, found: &mut BTreeSet<String>) {
        for element in theirs {
            self.elements.insert(self.translate(&text(element, id)), element.clone());
        }
        if theirs.len() != ours.len() {
            found.insert(format!("count {} != {}", theirs.len(), ours.len()));
        }
        if !ours.iter().map(|element| text(element, id)).is_sorted() {
            found.insert("order".to_owned());
        }
        for element in ours {
            let id = text(element, id);
            if let Some(recorded) = self.elements.get(&id).cloned() {
                self.compare_json(&id, &recorded, element, exact, found);
            }
        }
    }

    fn compare_json(&mut self, path: &str, theirs: &Json, ours: &Json, exact: bool, found: &mut BTreeSet<String>) {
        match (theirs, ours) {
            (Json::Object(a), Json::Object(b)) => {
                if let Some(d) = ours.member("d").and_then(Json::as_text) {
                    self.private.insert(public_half(ours), d);
                }
                let names = |members: &[(String, Json)]| members.iter().map(|m| m.0.clone()).collect::<Vec<_>>();
                let (theirs_named, ours_named) = (names(a), names(b));
                if theirs_named != ours_named {
                    let only = |x: &[String], y: &[String]| x.iter().filter(|n| !y.contains(n)).cloned().collect::<Vec<_>>().join(",");
                    let (missing, extra) = (only(&theirs_named, &ours_named), only(&ours_named, &theirs_named));
                    found.insert(format!("{path}: missing [{missing}] extra [{extra}]"));
                }
                for (name, value) in a {
                    if let Some(other) = ours.member(name) {
                        self.compare_member(&format!("{path}/{name}"), name, value, other, exact, found);
                    }
                }
            }
            (Json::Array(a), Json::Array(b)) if a.len() == b.len() => {
                for (at, (a, b)) in a.iter().zip(b).enumerate() {
                    self.compare_json(&format!("{path}/{at}"), a, b, exact, found);
                }
            }
            // What was too long to write down.
            (Json::Text(a), Json::Text(b)) if a == "\"<1000000 chars>\"" && b.len() == 1_000_002 => {}
            (Json::Text(a), Json::Text(b)) => {
                let same = if exact {
                    self.translate(a) == *b
                } else {
                    Some(self.translate(&theirs.as_text().unwrap_or_default())) == ours.as_text()
                };
                if !same {
                    found.insert(path.to_owned());
                }
            }
            (Json::Number(a), Json::Number(b)) if !exact && a.parse::<f64>() == b.parse::<f64>() => {}
            (a, b) if a == b => {}
            _ => {
                found.insert(path.to_owned());
            }
        }
    }

    fn compare_member(&mut self, path: &str, name: &str, theirs: &Json, ours: &Json, exact: bool, found: &mut BTreeSet<String>) {
        let (a, b) = (theirs.as_text(), ours.as_text());
        let number = |json: &Json| match json {
            Json::Number(raw) => raw.parse::<i64>().ok(),
            _ => None,
        };
        let fine = match (name, a, b) {
            // Chosen by the server; the other form would be another answer.
            ("kid", Some(a), Some(b)) if self.kids_may_differ => looks_like_uuid(&a) && looks_like_uuid(&b),
            ("client_id" | "id" | "kid" | "jti", Some(a), Some(b)) if looks_like_uuid(&a) && looks_like_uuid(&b) => self.learn(a, b),
            ("n" | "x" | "y" | "d" | "p" | "q" | "dp" | "dq" | "qi", Some(a), Some(b)) if !self.sent.contains(&a) => {
                self.same_kind_of_number(a, b)
            }
            ("client_secret", Some(a), Some(b)) if a.len() == 26 && b.len() == 26 && is_generated(&b) => self.learn(a, b),
            ("registration_access_token" | "access_token", Some(a), Some(b)) if a.len() > 90 && is_token(&a) == is_token(&b) => {
                if !is_token(&b) {
                    self.jwt.clone_from(&b);
                }
                // The prefix may be left out by those who use them.
                if let (Some(a), Some(b)) = (a.strip_prefix("ory_at_"), b.strip_prefix("ory_at_")) {
                    self.learn(a.to_owned(), b.to_owned());
                }
                self.learn(a, b)
            }
            // Now, unless somebody said otherwise.
            ("created_at" | "updated_at", Some(a), Some(b)) if a.as_str() >= "2026-" && b.as_str() >= "2026-" => same_kind_of_time(&a, &b),
            // Configured with a slash at the end or without.
            ("iss" | "issuer", Some(a), Some(b)) => self.translate(&a).trim_end_matches('/') == b.trim_end_matches('/'),
            // What is left when the answer is written: on a busy machine, seconds after the token was issued.
            ("expires_in", _, _) => number(theirs).zip(number(ours)).is_some_and(|(a, b)| (a - b).abs() <= 30),
            ("exp" | "iat" | "nbf", _, _) => number(theirs).is_some() && number(ours).is_some(),
            // Go's own words, which differ from release to release.
            ("error_description", Some(a), Some(b)) if !exact && a.contains("request body: ") => {
                let before = |text: &str| text.split("request body: ").next().map(str::to_owned);
                before(&a) == before(&b)
            }
            _ => return self.compare_json(path, theirs, ours, exact, found),
        };
        if !fine {
            found.insert(path.to_owned());
        }
    }

    /// Numbers of a key that a server made. Keys of 4096 bits have only 2048 here.
    fn same_kind_of_number(&mut self, theirs: String, ours: String) -> bool {
        let hidden = theirs.strip_prefix('<').and_then(|rest| rest.strip_suffix(" chars>"));
        let length = match hidden.map(|length| length.trim_start_matches("redacted, ").parse::<usize>()) {
            // Hidden twice: its length is that of the first placeholder.
            Some(Ok(20)) => ours.len(),
            Some(length) => length.unwrap_or(0),
            None => theirs.len(),
        };
        let plain = ours.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
        // A number may happen to begin with zeros.
        let fits = length.abs_diff(ours.len()) <= 4 || length > 330 && length.abs_diff(ours.len() * 2) <= 8;
        plain && fits && (hidden.is_some() || self.learn(theirs, ours))
    }

    fn learn(&mut self, theirs: String, ours: String) -> bool {
        match self.made_up.get(&theirs) {
            Some(known) => *known == ours,
            None => {
                self.made_up.insert(theirs, ours);
                true
            }
        }
    }
}

fn public_half(key: &Json) -> String {
    [text(key, "x"), text(key, "n")].concat()
}

fn ids(list: &str) -> Vec<String> {
    match parse_whole(list.as_bytes()) {
        Ok(Json::Array(items)) => items.iter().map(|item| text(item, "client_id")).collect(),
        _ => Vec::new(),
    }
}

fn token_of(path: &str) -> Option<&str> {
    path.split("page_token=").nth(1).and_then(|rest| rest.split(['&', '>']).next())
}

fn tokens(link: &str) -> Vec<String> {
    link.split(',').filter_map(token_of).map(str::to_owned).collect()
}

fn next_of(link: Option<&str>) -> Option<String> {
    let link = link?.split(',').find(|part| part.ends_with("rel=\"next\""))?;
    link.strip_prefix('<')?.split('>').next().map(str::to_owned)
}

fn looks_like_uuid(text: &str) -> bool {
    text.len() == 36
        && text.char_indices().all(|(at, c)| match at {
            8 | 13 | 18 | 23 => c == '-',
            14 => c == '4',
            _ => matches!(c, '0'..='9' | 'a'..='f'),
        })
}

fn is_generated(secret: &str) -> bool {
    secret.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-.~".contains(&b))
}

fn is_token(text: &str) -> bool {
    text.strip_prefix("ory_at_").and_then(|rest| rest.split_once('.')).is_some_and(|(a, b)| a.len() == 43 && b.len() == 43)
}

/// Both with a fraction or both without; how many digits is chance.
fn same_kind_of_time(a: &str, b: &str) -> bool {
    let now = b.starts_with("20") && b.ends_with('Z');
    let digits = |time: &str| time.split('.').nth(1).map_or(0, |fraction| fraction.len() - 1);
    let class = |time: &str| -> u8 {
        match digits(time) {
            0 => 0,
            1..=6 => 1,
            _ => 2,
        }
    };
    // A fraction may happen to end in zeros.
    now && (class(a) == class(b) || class(a).abs_diff(class(b)) == 1 && class(a).max(class(b)) == 2)
}
