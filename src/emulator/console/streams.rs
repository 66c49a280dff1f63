//! Event streams of projects.
//!
//! Owns the handlers, which members go with each type of stream, and masking. Nothing is sent to any endpoint: one that is
//! active counts as tested.

use super::console::Console;
use super::failure::Failure;
use super::parts::{flag, maybe_empty, text_of, texts};
use super::project::{body, new_id, now, one_of, text};
use super::tree;
use crate::emulator::go::json::Json;
use crate::emulator::reply::Reply;
use crate::emulator::store::parts::STREAMS;
use url::Url;

/// The feature of the plan that event streams need.
const FEATURE: &str = "event_streams";
/// The mask in place of secrets. Ory's own mask is not published.
const MASK: &str = "xxxxx";
/// The maximum length of the secret, in bytes.
const LONGEST: usize = 4096;
/// The members of a stream of each type.
const OF_SNS: [&str; 2] = ["topic_arn", "role_arn"];
const OF_HTTPS: [&str; 4] = ["https_endpoint", "https_auth_type", "https_auth_header_name", "https_auth_secret"];

impl Console {
    pub(super) fn list_streams(&self, project: &str) -> Result<Reply, Failure> {
        let project = self.living_project(project)?;
        let streams = self.parts(&STREAMS, &project.id)?.iter().map(shown).collect();
        Ok(Reply::document(200, tree::object([("event_streams", Json::Array(streams))]).compact()))
    }

    pub(super) fn create_stream(&self, project: &str, sent: &[u8]) -> Result<Reply, Failure> {
        let (project, sent) = (self.living_project(project)?, body(sent)?);
        self.has(FEATURE)?;
        text(&sent, "type")?;
        let at = now();
        let stream = tree::object([("id", Json::text(&new_id())), ("created_at", Json::text(&at)), ("updated_at", Json::text(&at))]);
        self.keep_stream(201, &project.id, said(stream, &sent)?)
    }

    pub(super) fn set_stream(&self, project: &str, id: &str, sent: &[u8]) -> Result<Reply, Failure> {
        let (project, sent) = (self.living_project(project)?, body(sent)?);
        let mut stream = said(self.part(&STREAMS, &project.id, id)?, &sent)?;
        tree::put(&mut stream, &["updated_at"], Json::text(&now()));
        self.keep_stream(200, &project.id, stream)
    }

    pub(super) fn delete_stream(&self, project: &str, id: &str) -> Result<Reply, Failure> {
        let project = self.living_project(project)?;
        self.drop_part(&STREAMS, &project.id, id)?;
        Ok(Reply::empty(204))
    }

    fn keep_stream(&self, status: u16, project: &str, stream: Json) -> Result<Reply, Failure> {
        self.keep_part(&STREAMS, project, &text_of(&stream, "type"), &stream)?;
        Ok(Reply::document(status, shown(&stream).compact()))
    }
}

/// The stream with the members of a body. Members that are left out stay.
fn said(before: Json, sent: &Json) -> Result<Json, Failure> {
    let wrong = |why: &str| Failure::bad_request(why);
    let mut stream = before.clone();
    let (endpoint, secret) = (maybe_empty(sent, "https_endpoint")?, maybe_empty(sent, "https_auth_secret")?);
    if secret.as_deref() == Some(MASK) || endpoint.as_ref().is_some_and(|endpoint| *endpoint != unmasked(&before) && masks(endpoint)) {
        return Err(wrong("A masked value was sent: leave it out to keep what is stored."));
    }
    for (name, words) in
        [("type", &["sns", "https"][..]), ("status", &["active", "paused"]), ("https_auth_type", &["none", "api_key", "bearer"])]
    {
        if let Some(word) = maybe_empty(sent, name)? {
            tree::put(&mut stream, &[name], Json::text(&one_of(name, word, words)?));
        }
    }
    for name in OF_SNS.iter().chain(&OF_HTTPS).filter(|name| **name != "https_auth_type") {
        if let Some(text) = maybe_empty(sent, name)? {
            tree::put(&mut stream, &[name], Json::text(&text));
        }
    }
    if let Some(mut types) = texts(sent, "event_types")? {
        types.sort_unstable();
        tree::put(&mut stream, &["event_types"], Json::Array(types.iter().map(|text| Json::text(text)).collect()));
    }
    if let Some(included) = flag(sent, "include_security_context")? {
        tree::put(&mut stream, &["include_security_context"], Json::Bool(included));
    }
    let is_https = text_of(&stream, "type") == "https";
    let by = match text_of(&stream, "https_auth_type").as_str() {
        "" => "none".to_owned(),
        by => by.to_owned(),
    };
    let foreign: &[&str] = match (is_https, by.as_str()) {
        (false, _) => &OF_HTTPS,
        (true, "api_key") => &OF_SNS,
        (true, "bearer") => &["topic_arn", "role_arn", "https_auth_header_name"],
        (true, _) => &["topic_arn", "role_arn", "https_auth_header_name", "https_auth_secret"],
    };
    if let Json::Object(members) = &mut stream {
        members.retain(|(name, _)| !foreign.contains(&name.as_str()));
    }
    let lacks = |name: &str| text_of(&stream, name).is_empty();
    match is_https {
        false if OF_SNS.iter().any(|name| lacks(name)) => return Err(wrong("topic_arn and role_arn are needed for sns.")),
        false => return Ok(stream),
        true => {}
    }
    if Url::parse(&text_of(&stream, "https_endpoint")).map_or(true, |url| url.scheme() != "https") {
        return Err(wrong("https_endpoint has to be an HTTPS URL."));
    }
    if by == "none" {
        return Ok(stream);
    }
    if by == "api_key" && lacks("https_auth_header_name") {
        return Err(wrong("https_auth_header_name is needed for api_key."));
    }
    let moves = |name: &str| text_of(&before, name) != text_of(&stream, name);
    if secret.is_none() && (moves("https_endpoint") || moves("https_auth_type")) || lacks("https_auth_secret") {
        return Err(wrong("https_auth_secret is needed with another endpoint or scheme."));
    }
    if text_of(&stream, "https_auth_secret").len() > LONGEST {
        return Err(wrong("https_auth_secret has more than 4096 bytes."));
    }
    Ok(stream)
}

fn unmasked(stream: &Json) -> String {
    text_of(stream, "https_endpoint")
}

/// Whether a URL has the mask in place of secrets.
fn masks(endpoint: &str) -> bool {
    let Ok(url) = Url::parse(endpoint) else { return false };
    url.username() == MASK || url.password() == Some(MASK) || url.query_pairs().any(|(_, value)| value == MASK)
}

/// The endpoint with masked secrets. Go writes the members of a query in the order of their names, each once here.
fn masked(endpoint: &str) -> String {
    let Ok(mut url) = Url::parse(endpoint) else { return MASK.to_owned() };
    let names: std::collections::BTreeSet<String> = url.query_pairs().map(|(name, _)| name.into_owned()).collect();
    if !url.username().is_empty() {
        // A URL with a host can have a user, so this cannot fail.
        let _ = url.set_username(MASK);
    }
    if url.password().is_some() {
        let _ = url.set_password(Some(MASK));
    }
    if !names.is_empty() {
        url.query_pairs_mut().clear().extend_pairs(names.iter().map(|name| (name, MASK)));
    }
    url.into()
}

/// A stream in the form of answers.
fn shown(stream: &Json) -> Json {
    let mut shown = stream.clone();
    let is_https = text_of(stream, "type") == "https";
    let or = |name: &str, empty: Json| stream.member(name).cloned().unwrap_or(empty);
    let (status, types) = (or("status", Json::text("active")), or("event_types", Json::Array(Vec::new())));
    let is_tested = is_https && status == Json::text("active");
    let mut put = |name: &str, value: Json| tree::put(&mut shown, &[name], value);
    put("status", status);
    put("event_types", types);
    put("include_security_context", or("include_security_context", Json::Bool(false)));
    put("http_protocol_major_version", if is_tested { Json::Number("2".to_owned()) } else { Json::Null });
    if is_https {
        put("https_endpoint", Json::text(&masked(&text_of(stream, "https_endpoint"))));
        put("https_auth_type", or("https_auth_type", Json::text("none")));
        if stream.member("https_auth_secret").is_some() {
            put("https_auth_secret", Json::text(MASK));
        }
    } else {
        put("https_endpoint", Json::Null);
    }
    tree::sorted(shown)
}

/// Whether a member of a stream is secret.
pub(super) fn is_secret(path: &[String]) -> bool {
    matches!(path, [name] if name == "https_auth_secret" || name == "https_endpoint")
}
