//! Hydra: OAuth 2.0 and OpenID Connect.
//!
//! Owns the routes and how each release answers what is no route. The handlers are in the files
//! beside this one. One port serves what are two on a real server: paths under `/admin`, `/clients`,
//! `/keys` and `/trust` behave as on the admin port, all others as on the public one.
//!
//! What differs from a real server on purpose, one port apart:
//! * patching `client_id` to that of another client is refused, where the server overwrites that client;
//! * a `sector_identifier_uri` is never fetched and so always one that could not be fetched;
//! * of the grants only client credentials can succeed: there are no users, and no assertion is verified; a device may ask
//!   to be let in, and nobody lets it in;
//! * forms are read in one encoding only, not as `multipart/form-data`;
//! * RSA keys have 2048 bits whatever their algorithm, and secrets few rounds of hashing, since this is for development;
//! * keys are stored as they are, not encrypted;
//! * consent and metrics are not there.

use std::sync::Arc;

use super::Profile;
use super::call::Call;
use super::go::form::percent_decode;
use super::go::url::{clean_path, join_path, path_text};
use super::reply::Reply;
use super::store::Store;
use error::Failure;

pub mod client;
pub mod clients;
pub mod decode;
pub mod device;
pub mod error;
pub mod generate;
pub mod jwk;
pub mod key_sets;
pub mod keys;
pub mod register;
pub mod sign;
pub mod token;
pub mod trust;
pub mod validate;
pub mod wellknown;

/// The service.
pub struct Hydra {
    /// Which release is played.
    pub profile: Profile,
    /// What it remembers.
    pub store: Arc<Store>,
    /// Its own address, with the slash at the end.
    pub issuer: String,
    /// What its opaque tokens are signed with.
    pub system_secret: Vec<u8>,
    /// Whether clients may register themselves.
    pub dynamic_registration: bool,
    /// Whether subjects may be pairwise.
    pub pairwise: bool,
}

#[derive(Clone, Debug, PartialEq)]
enum Route {
    Clients,
    Client(String),
    Lifespans(String),
    KeySet(String),
    Key(String, String),
    Trusts,
    Trust(String),
    Introspect,
    Tokens,
    Register,
    Registration(String),
    Token,
    Revoke,
    Device,
    Health,
    Version,
    Discovery,
    Published,
}

impl Route {
    fn find(segments: &[String], profile: Profile) -> Option<Self> {
        let names: Vec<&str> = segments.iter().map(String::as_str).collect();
        let newer = profile == Profile::V26_2;
        Some(match names[..] {
            ["admin", "clients"] => Self::Clients,
            ["admin", "clients", id] if !id.is_empty() => Self::Client(id.to_owned()),
            ["admin", "clients", id, "lifespans"] if !id.is_empty() => Self::Lifespans(id.to_owned()),
            ["admin", "keys", set] if !set.is_empty() => Self::KeySet(set.to_owned()),
            ["admin", "keys", set, kid] if !(kid.is_empty() || set.is_empty() && newer) => Self::Key(set.to_owned(), kid.to_owned()),
            ["admin", "trust", "grants", "jwt-bearer", "issuers"] => Self::Trusts,
            ["admin", "trust", "grants", "jwt-bearer", "issuers", id] if !id.is_empty() => Self::Trust(id.to_owned()),
            ["admin", "oauth2", "introspect"] => Self::Introspect,
            ["admin", "oauth2", "tokens"] => Self::Tokens,
            ["admin", "health", "alive" | "ready"] if newer => Self::Health,
            ["admin", "version"] if newer => Self::Version,
            ["oauth2", "register"] => Self::Register,
            ["oauth2", "register", id] if !id.is_empty() => Self::Registration(id.to_owned()),
            ["oauth2", "token"] => Self::Token,
            ["oauth2", "revoke"] => Self::Revoke,
            ["oauth2", "device", "auth"] if newer => Self::Device,
            ["health", "alive" | "ready"] => Self::Health,
            ["version"] => Self::Version,
            [".well-known", "openid-configuration"] => Self::Discovery,
            [".well-known", "oauth-authorization-server"] if newer => Self::Discovery,
            [".well-known", "jwks.json"] => Self::Published,
            _ => return None,
        })
    }

    fn methods(&self) -> &'static [&'static str] {
        match self {
            Self::Clients | Self::Trusts => &["GET", "POST"],
            Self::KeySet(_) => &["DELETE", "GET", "POST", "PUT"],
            Self::Trust(_) => &["DELETE", "GET"],
            Self::Client(_) => &["DELETE", "GET", "PATCH", "PUT"],
            Self::Lifespans(_) => &["PUT"],
            Self::Introspect | Self::Register | Self::Token | Self::Revoke | Self::Device => &["POST"],
            Self::Tokens => &["DELETE"],
            Self::Registration(_) | Self::Key(..) => &["DELETE", "GET", "PUT"],
            Self::Health | Self::Version | Self::Discovery | Self::Published => &["GET"],
        }
    }
}

const NOT_CACHED: &str = "private, no-cache, no-store, must-revalidate";

impl Hydra {
    /// Answers one request.
    #[must_use]
    pub fn answer(&self, call: &Call) -> Reply {
        match self.profile {
            Profile::V26_2 => {
                let reply = self.answer_newer(call);
                if call.method == "GET" { not_cached(reply) } else { reply }
            }
            Profile::V2_3 => self.answer_older(call),
        }
    }

    fn answer_newer(&self, call: &Call) -> Reply {
        let method = call.method.as_str();
        if call.path == "/" {
            return Reply::redirect(method, 307, "Temporary Redirect", "/");
        }
        if call.path.starts_with("//") {
            return error::no_route_plain();
        }
        let is_admin =
            |path: &str| path.eq_ignore_ascii_case("/admin") || path.get(..7).is_some_and(|start| start.eq_ignore_ascii_case("/admin/"));
        let Some(path) = respelled_by_middleware(&call.path) else { return error::no_route(call.accept.as_deref()) };
        let clean = clean_path(&path);
        if clean != path {
            let query = if call.raw_query.is_empty() { String::new() } else { format!("?{}", call.raw_query) };
            return Reply::redirect(method, 307, "Temporary Redirect", &format!("{}{query}", path_text(&clean)));
        }
        // The admin port has a last resort for its root, the public one for everything.
        let no_route = || {
            if path != "/admin" && is_admin(&path) { error::no_route_plain() } else { error::no_route(call.accept.as_deref()) }
        };
        // For Go's router, an id that is nothing but a slash is none.
        let segments = path.split('/').skip(1).map(percent_decode).collect::<Option<Vec<String>>>();
        let Some(route) = segments.filter(|all| !all.iter().any(|one| one == "/")).and_then(|all| Route::find(&all, self.profile)) else {
            return no_route();
        };
        let asked = if method == "HEAD" { "GET" } else { method };
        if route.methods().contains(&asked) {
            return self.run(&route, asked, &path, call);
        }
        match route {
            // What would answer preflight requests, and has nothing to say.
            Route::Token | Route::Revoke | Route::Discovery | Route::Published if method == "OPTIONS" => Reply::empty(200),
            Route::Health | Route::Version => error::wrong_method(self.profile, route.methods()),
            _ if is_admin(&path) => error::wrong_method(self.profile, route.methods()),
            // The public port's last resort takes every method.
            _ => no_route(),
        }
    }

    fn answer_older(&self, call: &Call) -> Reply {
        let method = call.method.as_str();
        let path = call.path.as_str();
        if let Some(route) = self.find_decoded(path) {
            if route.methods().contains(&method) {
                let reply = self.run(&route, method, path, call);
                return match route {
                    Route::Health | Route::Version => reply,
                    _ => not_cached(reply),
                };
            }
            return self.other_method(&route, method);
        }
        let query = if call.raw_query.is_empty() { String::new() } else { format!("?{}", call.raw_query) };
        if lacks_prefix(path) {
            let prefixed = format!("/admin{path}");
            if let Some(route) = self.find_decoded(&prefixed) {
                if route.methods().contains(&method) {
                    let location = format!("http://{}{prefixed}{query}", call.host);
                    return not_cached(Reply::redirect(method, 307, "Temporary Redirect", &location));
                }
                return self.other_method(&route, method);
            }
        }
        // What was escaped is not any more when the path is put right.
        for better in respelled(&percent_decode(path).unwrap_or_default()) {
            let segments: Vec<String> = better.split('/').skip(1).map(str::to_owned).collect();
            let allowed = Route::find(&segments, self.profile).is_some_and(|route| route.methods().contains(&method));
            if allowed {
                let location = format!("{}{query}", path_text(&better));
                return match method {
                    "GET" => Reply::redirect(method, 301, "Moved Permanently", &location),
                    _ => Reply::redirect(method, 307, "Temporary Redirect", &location),
                };
            }
        }
        let lower = path.to_ascii_lowercase();
        if lower == "/admin" || lower.starts_with("/admin/") || path.starts_with("//") {
            error::no_route(call.accept.as_deref())
        } else {
            error::no_route_plain()
        }
    }

    /// The older router looks at the decoded path: an escaped slash divides like any other.
    fn find_decoded(&self, path: &str) -> Option<Route> {
        let segments: Vec<String> = percent_decode(path)?.split('/').skip(1).map(str::to_owned).collect();
        Route::find(&segments, self.profile)
    }

    fn other_method(&self, route: &Route, method: &str) -> Reply {
        match (method, route) {
            // Here what would answer preflight requests comes first, and has nothing to say.
            ("OPTIONS", Route::Token | Route::Revoke | Route::Discovery | Route::Published) => not_cached(Reply::empty(200)),
            ("OPTIONS", _) => Reply::empty(200).with("allow", error::allow(self.profile, route.methods())),
            _ => error::wrong_method(self.profile, route.methods()),
        }
    }

    fn run(&self, route: &Route, method: &str, path: &str, call: &Call) -> Reply {
        let body = call.body.as_slice();
        let result = match (route, method) {
            (Route::Clients, "POST") => self.create_client(body),
            (Route::Clients, _) => self.list_clients(path, &call.query),
            (Route::Client(id), "GET") => self.get_client(id),
            (Route::Client(id), "PUT") => self.put_client(id, body),
            (Route::Client(id), "PATCH") => self.patch_client(id, body),
            (Route::Client(id), _) => self.delete_client(id),
            (Route::Lifespans(id), _) => self.put_lifespans(id, body),
            (Route::KeySet(set), "GET") => self.get_key_set(set),
            (Route::KeySet(set), "POST") => self.create_key(set, body),
            (Route::KeySet(set), "PUT") => self.put_key_set(set, body),
            (Route::KeySet(set), _) => self.delete_key_set(set),
            (Route::Key(set, kid), "GET") => self.get_key(set, kid),
            (Route::Key(set, _), "PUT") => self.put_key(set, body),
            (Route::Key(set, kid), _) => self.delete_key(set, kid),
            (Route::Trusts, "POST") => self.create_trust(body),
            (Route::Trusts, _) => self.list_trusts(path, &call.query),
            (Route::Trust(id), "GET") => self.get_trust(id),
            (Route::Trust(id), _) => self.delete_trust(id),
            (Route::Introspect, _) => self.introspect(call),
            (Route::Tokens, _) => self.delete_tokens(&call.query),
            (Route::Register, _) => self.register(body),
            (Route::Registration(id), "GET") => self.get_registration(id, call),
            (Route::Registration(id), "PUT") => self.put_registration(id, call),
            (Route::Registration(id), _) => self.delete_registration(id, call),
            (Route::Token, _) => self.issue(call),
            (Route::Revoke, _) => self.revoke(call),
            (Route::Device, _) => self.authorize_device(call),
            (Route::Health, _) => Ok(self.health()),
            (Route::Version, _) => Ok(self.version()),
            (Route::Discovery, _) => Ok(self.discovery()),
            (Route::Published, _) => self.published_keys(),
        };
        result.unwrap_or_else(|failure: Failure| failure.reply())
    }
}

/// The path as the newer release's router gets to see it. What stands before the router takes a slash from the end of
/// the decoded path, and puts the missing prefix before it. What was escaped is still escaped only if neither was to do:
/// an id that ends in a slash cannot be named.
fn respelled_by_middleware(path: &str) -> Option<String> {
    let decoded = percent_decode(path)?;
    let trimmed = decoded.strip_suffix('/').unwrap_or(&decoded);
    Some(match lacks_prefix(trimmed) {
        true => path_text(&join_path(&["/admin", trimmed])),
        false if trimmed != decoded => path_text(trimmed),
        false => path.to_owned(),
    })
}

/// Whether this is a path of the admin API without the prefix, which it does without.
fn lacks_prefix(path: &str) -> bool {
    matches!(path.split('/').nth(1), Some("clients" | "keys" | "trust")) && path.starts_with('/')
}

/// Paths that the caller may have meant: without the slash at the end, cleaned, in lower case.
fn respelled(path: &str) -> Vec<String> {
    let clean = join_path(&[path]);
    let lower = |keep: &dyn Fn(usize) -> bool| {
        let segments = clean.split('/').enumerate();
        let segments = segments.map(|(at, segment)| if keep(at) { segment.to_owned() } else { segment.to_ascii_lowercase() });
        segments.collect::<Vec<_>>().join("/")
    };
    // Where a route takes ids, they are the third segment, the third and the fourth, or the sixth.
    let variants = [lower(&|at| at == 3), lower(&|at| at == 3 || at == 4), lower(&|at| at == 6), lower(&|_| false)];
    let mut paths: Vec<String> = path.strip_suffix('/').map(str::to_owned).into_iter().collect();
    paths.push(clean.clone());
    paths.extend(variants);
    paths
}

/// With the header that keeps it from being cached, unless it says something else about that.
#[must_use]
pub fn not_cached(reply: Reply) -> Reply {
    if reply.has("cache-control") { reply } else { reply.with("cache-control", NOT_CACHED) }
}
