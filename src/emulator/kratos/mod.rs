//! Kratos: identities and the schemas of their traits.
//!
//! Owns the routes and what every handler needs; the handlers are in the files beside this one.
//! With the older profile, release 1.3.1 is played, otherwise 26.2.0.
//!
//! What differs from a real server on purpose, one port apart:
//! * people sign in with a password alone, and the way that programs do; there are no messages, and what a recovery link or
//!   code leads to is not there;
//! * imported passwords in clear text are hashed with PBKDF2 and few rounds, not with bcrypt;
//! * tokens of providers are neither encrypted nor ever there;
//! * what `schema` and `formats` say that they do not cover.

use std::sync::Arc;

use super::Profile;
use super::call::Call;
use super::envelope::Problem;
use super::go::form::percent_decode;
use super::go::json::{Json, parse_first, parse_whole};
use super::go::url::{clean_path, join_path, path_text};
use super::reply::Reply;
use super::store::{Store, StoreError};
use identity::Identity;

pub mod body;
pub mod formats;
pub mod identities;
pub mod identity;
pub mod keywords;
pub mod list;
pub mod login;
pub mod pattern;
pub mod recovery;
pub mod schema;
pub mod schemas;
pub mod sessions;
pub mod traits;

/// A schema that asks for nothing: an e-mail address identifies its owner, if there is one.
pub const PERMISSIVE: &str = r#"{"$id":"https://schemas.invalid/default.schema.json","$schema":"http://json-schema.org/draft-07/schema#","title":"Person","type":"object","properties":{"traits":{"type":"object","properties":{"email":{"type":"string","format":"email","title":"E-Mail","ory.sh/kratos":{"credentials":{"password":{"identifier":true}},"verification":{"via":"email"},"recovery":{"via":"email"}}}}}}}"#;

/// A schema that identities may have.
#[derive(Clone, Debug)]
pub struct IdentitySchema {
    /// Its id.
    pub id: String,
    /// The JSON document, as it was given.
    pub document: String,
    parsed: Json,
}

impl IdentitySchema {
    /// Takes a document for a schema.
    ///
    /// # Errors
    /// Why it is none.
    pub fn new(id: &str, document: &str) -> Result<Self, String> {
        let parsed = parse_whole(document.as_bytes()).map_err(|why| format!("it is no JSON: {why}"))?;
        schema::check_patterns(&parsed)?;
        Ok(Self { id: id.to_owned(), document: document.to_owned(), parsed })
    }
}

/// The service.
pub struct Kratos {
    /// Which release is played.
    pub profile: Profile,
    /// What it remembers.
    pub store: Arc<Store>,
    /// Its own address, without a slash at the end.
    pub base: String,
    /// The schemas; the first one is the default.
    pub schemas: Vec<IdentitySchema>,
}

#[derive(Clone, PartialEq)]
enum Route {
    Identities,
    Identity(String),
    External(String),
    Credential(String, String),
    Schemas,
    Schema(String),
    Sessions,
    Session(String),
    Extend(String),
    SessionsOf(String),
    RecoveryLink,
    RecoveryCode,
    /// What the admin API sends on to the public one.
    Elsewhere(&'static str),
    WhoAmI,
    BeginLogin,
    LogIn,
}

impl Route {
    fn find(segments: &[&str], newer: bool) -> Option<Self> {
        let own = |text: &str| text.to_owned();
        Some(match segments {
            ["admin", "identities"] => Self::Identities,
            ["admin", "identities", "by", "external", id] if newer => Self::External(own(id)),
            ["admin", "identities", id] if !id.is_empty() => Self::Identity(own(id)),
            ["admin", "identities", id, "credentials", kind] if !kind.is_empty() => Self::Credential(own(id), own(kind)),
            ["admin", "identities", id, "sessions"] if !id.is_empty() => Self::SessionsOf(own(id)),
            ["admin", "sessions"] => Self::Sessions,
            ["admin", "sessions", "whoami"] => Self::Elsewhere("/sessions/whoami"),
            ["admin", "sessions", id] if !id.is_empty() => Self::Session(own(id)),
            ["admin", "sessions", id, "extend"] if !id.is_empty() => Self::Extend(own(id)),
            ["admin", "recovery", "link"] => Self::RecoveryLink,
            ["admin", "recovery", "code"] => Self::RecoveryCode,
            ["sessions", "whoami"] => Self::WhoAmI,
            ["self-service", "login", "api"] => Self::BeginLogin,
            ["self-service", "login"] => Self::LogIn,
            ["schemas"] | ["admin", "schemas"] => Self::Schemas,
            ["schemas", id] | ["admin", "schemas", id] if !id.is_empty() => Self::Schema(own(id)),
            _ => return None,
        })
    }

    fn methods(&self) -> &'static [&'static str] {
        match self {
            Self::Identities => &["GET", "PATCH", "POST"],
            Self::Identity(_) => &["DELETE", "GET", "PATCH", "PUT"],
            Self::Credential(..) => &["DELETE"],
            Self::External(_) | Self::Schemas | Self::Schema(_) | Self::Elsewhere(_) | Self::WhoAmI | Self::BeginLogin => &["GET"],
            Self::Sessions | Self::Session(_) | Self::SessionsOf(_) => &["DELETE", "GET"],
            Self::Extend(_) => &["PATCH"],
            Self::RecoveryLink | Self::RecoveryCode | Self::LogIn => &["POST"],
        }
    }
}

impl Kratos {
    /// Answers a request if its path is one of this service's.
    #[must_use]
    pub fn answer(&self, call: &Call) -> Option<Reply> {
        let newer = self.profile == Profile::V26_2;
        let lacks_prefix = ["/identities", "/recovery"]
            .iter()
            .any(|start| call.path.strip_prefix(start).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')));
        let prefixed = match (lacks_prefix, newer) {
            // What puts the prefix before it knows the decoded path only, and cleans it.
            (true, true) => path_text(&join_path(&["/admin", &percent_decode(&call.path)?])),
            (true, false) => format!("/admin{}", call.path),
            (false, _) => call.path.clone(),
        };
        let path = if newer { &prefixed } else { prefixed.strip_suffix('/').unwrap_or(&prefixed) };
        let segments: Vec<String> = path.split('/').skip(1).map(percent_decode).collect::<Option<_>>()?;
        let names: Vec<&str> = segments.iter().map(String::as_str).collect();
        let kept: Vec<&str> = names.iter().copied().filter(|name| !name.is_empty()).collect();
        let ours = matches!(kept[..], ["admin", "identities" | "sessions" | "recovery" | "schemas", ..] | ["schemas" | "self-service", ..]);
        let clean = clean_path(path);
        if newer && ours && clean != *path {
            let query = if call.raw_query.is_empty() { String::new() } else { format!("?{}", call.raw_query) };
            let reply = Reply::redirect(&call.method, 307, "Temporary Redirect", &format!("{}{query}", path_text(&clean)));
            return Some(if call.method == "GET" { super::hydra::not_cached(reply) } else { reply });
        }
        // For the newer release's router, an id that is nothing but a slash is none.
        let found = if newer && names.contains(&"/") { None } else { Route::find(&names, newer) };
        let Some(route) = found else {
            let reply = ours.then(super::hydra::error::no_route_plain)?;
            return Some(if newer && call.method == "GET" { super::hydra::not_cached(reply) } else { reply });
        };
        let method = call.method.as_str();
        if !newer && path != call.path {
            if !lacks_prefix && !route.methods().contains(&method) {
                return Some(super::hydra::error::no_route_plain());
            }
            let query = if call.raw_query.is_empty() { String::new() } else { format!("?{}", call.raw_query) };
            let (status, phrase) = if lacks_prefix || method != "GET" { (307, "Temporary Redirect") } else { (301, "Moved Permanently") };
            return Some(Reply::redirect(method, status, phrase, &format!("{path}{query}")));
        }
        let asked = if method == "HEAD" && newer { "GET" } else { method };
        if !route.methods().contains(&asked) {
            return Some(match method {
                "OPTIONS" if !newer => Reply::empty(200).with("allow", super::hydra::error::allow(self.profile, route.methods())),
                "GET" if newer => super::hydra::not_cached(super::hydra::error::wrong_method(self.profile, route.methods())),
                _ => super::hydra::error::wrong_method(self.profile, route.methods()),
            });
        }
        let result = match (&route, asked) {
            (Route::Identities, "GET") => self.list(path, call),
            (Route::Identities, "POST") => self.create(&call.body),
            (Route::Identities, _) => self.create_many(&call.body),
            (Route::Identity(id), "GET") => self.load(id).and_then(|identity| self.show(&identity, call)),
            (Route::External(id), _) => self.load_external(id).and_then(|identity| self.show(&identity, call)),
            (Route::Identity(id), "PUT") => self.put(id, call),
            (Route::Identity(id), "PATCH") => self.patch(id, &call.body),
            (Route::Identity(id), _) => self.delete(id),
            (Route::Credential(id, kind), _) => self.delete_credential(id, kind, call.query.get("identifier")),
            (Route::Schemas, _) => Ok(self.list_schemas(path, &call.query)),
            (Route::Schema(id), _) => self.schema(id),
            (Route::Sessions, "GET") => self.list_sessions(path, &call.query),
            (Route::Sessions, _) => return Some(self.elsewhere(method, "/sessions")),
            (Route::Elsewhere(public), _) => return Some(self.elsewhere(method, public)),
            (Route::Session(id), "GET") => self.show_session(id, &call.query),
            (Route::Session(id), _) => self.end_session(id),
            (Route::Extend(id), _) => self.extend_session(id),
            (Route::SessionsOf(id), "GET") => self.list_sessions_of(id, path, &call.query),
            (Route::SessionsOf(id), _) => self.delete_sessions_of(id),
            (Route::RecoveryLink, _) => self.recovery_link(call),
            (Route::RecoveryCode, _) => self.recovery_code(call),
            (Route::WhoAmI, _) => self.whoami(call),
            (Route::BeginLogin, _) => self.begin_login(),
            (Route::LogIn, _) => self.log_in(call),
        };
        let mut reply = result.unwrap_or_else(|problem| problem.reply());
        if !newer {
            reply.headers.retain(|header| header.0 != "ory-error-id");
        }
        Some(if method == "GET" || !newer { super::hydra::not_cached(reply) } else { reply })
    }

    /// Where the public API has what the admin API has not.
    fn elsewhere(&self, method: &str, path: &str) -> Reply {
        let reply = Reply::redirect(method, 307, "Temporary Redirect", &format!("{}{path}", self.base));
        if method == "GET" || self.profile == Profile::V2_3 { super::hydra::not_cached(reply) } else { reply }
    }

    /// A stored identity. What is no id is the id of nobody.
    ///
    /// # Errors
    /// When there is none of that id.
    pub fn load(&self, id: &str) -> Result<Identity, Problem> {
        let id = uuid::Uuid::parse_str(id).map_err(|_| Problem::absent())?;
        self.read(&self.store.identity(&id.to_string())?)
    }

    fn load_external(&self, id: &str) -> Result<Identity, Problem> {
        self.read(&self.store.identity_by_external_id(id)?)
    }

    /// Reads a stored document.
    ///
    /// # Errors
    /// When it is none.
    pub fn read(&self, document: &str) -> Result<Identity, Problem> {
        let read = parse_whole(document.as_bytes()).and_then(|json| Identity::default().read_over(&json));
        let mut identity = read.map_err(|cause| Problem::from(StoreError::Broken(cause)))?;
        identity.shown_schema.clone_from(&identity.schema);
        // What was never set, reads as null.
        identity.metadata_public.get_or_insert(Json::Null);
        identity.metadata_admin.get_or_insert(Json::Null);
        identity.verifiable.sort_by(|a, b| a.id.cmp(&b.id));
        identity.recovery.sort_by(|a, b| a.id.cmp(&b.id));
        Ok(identity)
    }
}

/// The body, of a request that has to say that it is JSON.
///
/// # Errors
/// When it does not, or is none.
pub fn json_body(call: &Call) -> Result<Json, Problem> {
    let wrong = |why: String| Problem::bad_request().because(why);
    if call.body.is_empty() {
        return Err(wrong(r#"Unable to decode HTTP Request Body because its HTTP Header "Content-Length" is zero."#.to_owned()));
    }
    let (method, kind) = (&call.method, call.content_type.as_deref().unwrap_or(""));
    if kind.split(';').next().map(str::trim) != Some("application/json") {
        let why =
            format!(r#"HTTP {method} Request used unknown HTTP Header "Content-Type: {kind}", only [application/json] are supported."#);
        return Err(wrong(why));
    }
    parse_first(&call.body).map_err(|why| wrong(format!("Unable to decode JSON payload: {why}")))
}
