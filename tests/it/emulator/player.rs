//! Sends recorded requests to another server and compares the answers.
//!
//! A server generates ids, secrets, tokens and times. The recorded server's values are mapped to
//! the other server's as soon as both appear at the same place, and later requests use
//! the other server's.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use janiform::emulator::go::json::{Json, parse_whole};

use super::likeness::{
    ids, is_generated, is_token, looks_like_uuid, next_of, public_half, same_kind_of_time, sorted, token_of, tokens, without_ids,
};
use super::trace::{Body, Exchange, text};
use super::wire::{self, Request, Response};

/// Headers that are part of the behaviour. `Transfer-Encoding`, `Content-Length` and `Date` belong to the connection.
const HEADERS: [&str; 9] =
    ["allow", "cache-control", "content-type", "link", "location", "ory-error-id", "pragma", "x-content-type-options", "x-total-count"];

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
                // Where a token is an id, it is that of whatever happens to be last on the page.
                self.made_up.extend(theirs.into_iter().zip(ours).filter(|(theirs, _)| !looks_like_uuid(theirs)));
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
                let same = match (&theirs, &ours) {
                    (Some(theirs), Some(ours)) if name == "link" => without_ids(theirs) == without_ids(ours),
                    _ => theirs == ours,
                };
                if !same {
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
                let path = exchange.request.path.split('?').next().unwrap_or_default().trim_end_matches('/');
                // Two sets are published in the order in which they happened to be read.
                self.kids_may_differ = path == "/.well-known/jwks.json";
                let id = match path {
                    "/admin/clients" => Some("client_id"),
                    "/admin/trust/grants/jwt-bearer/issuers" | "/trust/grants/jwt-bearer/issuers" | "/admin/identities" | "/identities" => {
                        Some("id")
                    }
                    _ => None,
                };
                let arbitrary = path.starts_with("/relation-tuples") || path == "/namespaces";
                match (theirs, &ours, id) {
                    (Json::Array(theirs), Json::Array(ours), Some(id)) if exchange.request.method == "GET" => {
                        self.compare_lists(theirs, ours, id, exact, found);
                    }
                    // Which tuples come first is chance: what is comparable is how many.
                    _ if arbitrary && exchange.request.path.contains("page_size=2") => {
                        let count = |json: &Json| match json.member("relation_tuples") {
                            Some(Json::Array(items)) => Some(items.len()),
                            _ => None,
                        };
                        if count(theirs) != count(&ours) {
                            found.insert("count".to_owned());
                        }
                        self.learn_page_token(theirs, &ours, found);
                    }
                    _ if arbitrary => self.compare_json("", &sorted(theirs), &sorted(&ours), exact, found),
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
            ("client_id" | "id" | "identity" | "kid" | "jti", Some(a), Some(b)) if looks_like_uuid(&a) && looks_like_uuid(&b) => {
                self.learn(a, b)
            }
            ("n" | "x" | "y" | "d" | "p" | "q" | "dp" | "dq" | "qi", Some(a), Some(b)) if !self.sent.contains(&a) => {
                self.same_kind_of_number(a, b)
            }
            ("device_code", Some(a), Some(b)) => a.len() == b.len() && b.starts_with("ory_dc_") && self.learn(a, b),
            ("user_code", Some(a), Some(b)) => a.len() == b.len() && self.learn(a, b),
            ("verification_uri_complete", Some(a), Some(b)) => {
                let page = |text: &str| text.split('=').next().map(str::to_owned);
                page(&self.translate(&a)) == page(&b)
            }
            ("client_secret", Some(a), Some(b)) if a.len() == 26 && b.len() == 26 && is_generated(&b) => self.learn(a, b),
            ("registration_access_token" | "access_token", Some(a), Some(b)) if a.len() > 90 && is_token(&a) == is_token(&b) => {
                if !is_token(&b) {
                    self.compare_headers(&format!("{path} header"), &a, &b, found);
                    self.jwt.clone_from(&b);
                }
                // The prefix may be left out by those who use them.
                if let (Some(a), Some(b)) = (a.strip_prefix("ory_at_"), b.strip_prefix("ory_at_")) {
                    self.learn(a.to_owned(), b.to_owned());
                }
                self.learn(a, b)
            }
            // Now, unless somebody said otherwise.
            ("created_at" | "updated_at" | "state_changed_at" | "verified_at", Some(a), Some(b))
                if a.as_str() >= "2026-" && b.as_str() >= "2026-" =>
            {
                same_kind_of_time(&a, &b)
            }
            ("expires_at" | "issued_at" | "authenticated_at" | "completed_at", Some(a), Some(b))
                if a.as_str() >= "2026-" && !self.sent.contains(&a) =>
            {
                same_kind_of_time(&a, &b)
            }
            ("session_token", Some(a), Some(b)) => a.len() == b.len() && b.starts_with("ory_st_") && self.learn(a, b),
            ("recovery_code", Some(a), Some(b)) => a.len() == b.len() && b.bytes().all(|byte| byte.is_ascii_digit()),
            // A flow and a token that were not told before.
            ("recovery_link", Some(a), Some(b)) => {
                let shape = |link: &str| {
                    link.split('&').map(|part| format!("{}={}", part.split('=').next().unwrap_or(""), part.len())).collect::<Vec<_>>()
                };
                let page = |link: &str| link.split('?').next().map(str::to_owned);
                page(&self.translate(&a)) == page(&b)
                    && shape(a.split('?').nth(1).unwrap_or("")) == shape(b.split('?').nth(1).unwrap_or(""))
            }
            // From which port a request came, the emulator does not tell.
            ("ip_address", Some(a), Some(b)) => a.starts_with(&b),
            // Found by walking a map.
            ("identifiers", _, _) => return self.compare_json(path, &sorted(theirs), &sorted(ours), exact, found),
            // A hash of some kind; which one the server's configuration tells.
            ("hashed_password", Some(a), Some(b)) if a.starts_with('$') && !self.sent.contains(&a) => b.starts_with('$'),
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

    /// By which key and algorithm tokens are signed.
    fn compare_headers(&mut self, path: &str, theirs: &str, ours: &str, found: &mut BTreeSet<String>) {
        let [theirs, ours] = [theirs, ours].map(|token| {
            let header = token.split('.').next().unwrap_or_default();
            parse_whole(&URL_SAFE_NO_PAD.decode(header).unwrap_or_default()).unwrap_or(Json::Null)
        });
        self.compare_json(path, &theirs, &ours, false, found);
    }

    /// A token that stands in the body, and may be sent escaped.
    fn learn_page_token(&mut self, theirs: &Json, ours: &Json, found: &mut BTreeSet<String>) {
        let (theirs, ours) = (text(theirs, "next_page_token"), text(ours, "next_page_token"));
        if theirs.is_empty() != ours.is_empty() {
            found.insert("/next_page_token".to_owned());
        } else if !theirs.is_empty() {
            let escape = |token: &str| token.replace('=', "%3D");
            self.made_up.insert(escape(&theirs), escape(&ours));
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
        plain && fits && (hidden.is_some() || self.kids_may_differ || self.learn(theirs, ours))
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
