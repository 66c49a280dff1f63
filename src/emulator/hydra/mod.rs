//! Hydra: OAuth 2.0 and OpenID Connect.
//!
//! Owns the routes, the kinds of objects, and each release's answers to unknown routes. The handlers are in the files beside this
//! one. One port serves the two of a real server: paths under `/admin`, `/clients`, `/keys` and `/trust` behave as on the admin
//! port, all others as on the public one.
//!
//! Intended differences from a real server, besides the single port:
//! * a patch that changes `client_id` to the id of another client is refused, whereas the server overwrites that client;
//! * a `sector_identifier_uri` is never fetched, as if it could not be fetched;
//! * of the grants, only client credentials can succeed: there are no users, and assertions are not verified; a device may ask for
//!   authorization, and never gets it;
//! * forms are read in one encoding only, not as `multipart/form-data`;
//! * RSA keys have 2048 bits whatever their algorithm, and secrets are hashed with few rounds, since this is for development;
//! * keys are stored unencrypted;
//! * consent and metrics do not exist.

use std::sync::Arc;

use super::call::Call;
use super::go::form::percent_decode;
use super::go::url::{clean_path, join_path, path_text};
use super::kind::{Kind, Named, Stored};
use super::profile::Profile;
use super::reply::Reply;
use super::router::{self, Found, Route, Routed};
use super::service::{Ground, Service};
use super::store::{self, Store};
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
    /// The release.
    pub profile: Profile,
    /// The storage.
    pub store: Arc<Store>,
    /// Its own address, with a slash at the end.
    pub issuer: String,
    /// The secret that signs its opaque tokens.
    pub system_secret: Vec<u8>,
    /// Whether clients may register themselves.
    pub dynamic_registration: bool,
    /// Whether subjects may be pairwise.
    pub pairwise: bool,
    /// Whether to support features that no release has yet.
    pub unreleased: bool,
}

/// How clients are observed: as complete JSON, of which only a small part is stored.
static CLIENTS: Stored = Stored { whole: Some(clients::whole), ..store::clients::STORED };

/// A route of this service, so that the handlers need no type annotations.
const fn at(path: &'static str) -> Route<Hydra> {
    Route::at(path)
}

impl Routed for Hydra {
    const ROUTES: &'static [Route<Self>] = &[
        at("/admin/clients")
            .reads("hydra-admin-medium")
            .writes("hydra-admin-low")
            .get(|hydra, asked| hydra.list_clients(asked.path, &asked.call.query))
            .post(|hydra, asked| hydra.create_client(&asked.call.body)),
        at("/admin/clients/{id}")
            .reads("hydra-admin-high")
            .writes("hydra-admin-low")
            .get(|hydra, asked| hydra.get_client(asked.at("id")))
            .put(|hydra, asked| hydra.put_client(asked.at("id"), &asked.call.body))
            .patch(|hydra, asked| hydra.patch_client(asked.at("id"), &asked.call.body))
            .delete(|hydra, asked| hydra.delete_client(asked.at("id"))),
        at("/admin/clients/{id}/lifespans")
            .writes("hydra-admin-low")
            .put(|hydra, asked| hydra.put_lifespans(asked.at("id"), &asked.call.body)),
        at("/admin/clients/{id}/secrets/rotate")
            .writes("hydra-admin-low")
            .unreleased()
            .post(|hydra, asked| hydra.rotate_secret(asked.at("id"), &asked.call.body))
            .delete(|hydra, asked| hydra.end_rotated_secrets(asked.at("id"))),
        at("/admin/keys/{set}")
            .reads("hydra-admin-medium")
            .writes("hydra-admin-low")
            .get(|hydra, asked| hydra.get_key_set(asked.at("set")))
            .post(|hydra, asked| hydra.create_key(asked.at("set"), &asked.call.body))
            .put(|hydra, asked| hydra.put_key_set(asked.at("set"), &asked.call.body))
            .delete(|hydra, asked| hydra.delete_key_set(asked.at("set"))),
        at("/admin/keys/{set}/{kid}")
            .reads("hydra-admin-medium")
            .writes("hydra-admin-low")
            .get(|hydra, asked| hydra.get_key(asked.at("set"), asked.at("kid")))
            .put(|hydra, asked| hydra.put_key(asked.at("set"), &asked.call.body))
            .delete(|hydra, asked| hydra.delete_key(asked.at("set"), asked.at("kid"))),
        at("/admin/trust/grants/jwt-bearer/issuers")
            .reads("hydra-admin-medium")
            .writes("hydra-admin-low")
            .get(|hydra, asked| hydra.list_trusts(asked.path, &asked.call.query))
            .post(|hydra, asked| hydra.create_trust(&asked.call.body)),
        at("/admin/trust/grants/jwt-bearer/issuers/{id}")
            .reads("hydra-admin-medium")
            .writes("hydra-admin-low")
            .get(|hydra, asked| hydra.get_trust(asked.at("id")))
            .delete(|hydra, asked| hydra.delete_trust(asked.at("id"))),
        at("/admin/oauth2/introspect").writes("hydra-admin-high").post(|hydra, asked| hydra.introspect(asked.call)),
        at("/admin/oauth2/tokens").writes("hydra-admin-low").delete(|hydra, asked| hydra.delete_tokens(&asked.call.query)),
        at("/oauth2/register").writes("hydra-public-low").post(|hydra, asked| hydra.register(&asked.call.body)),
        at("/oauth2/register/{id}")
            .reads("hydra-admin-high")
            .writes("hydra-public-low")
            .get(|hydra, asked| hydra.get_registration(asked.at("id"), asked.call))
            .put(|hydra, asked| hydra.put_registration(asked.at("id"), asked.call))
            .delete(|hydra, asked| hydra.delete_registration(asked.at("id"), asked.call)),
        at("/oauth2/token").writes("hydra-public-medium").preflight().post(|hydra, asked| hydra.issue(asked.call)),
        at("/oauth2/revoke").writes("hydra-public-medium").preflight().post(|hydra, asked| hydra.revoke(asked.call)),
        at("/oauth2/device/auth").writes("hydra-public-high").only(Profile::V26_2).post(|hydra, asked| hydra.authorize_device(asked.call)),
        at("/health/alive").probe().get(|hydra, _| Ok(hydra.health())),
        at("/health/ready").probe().get(|hydra, _| Ok(hydra.health())),
        at("/version").probe().get(|hydra, _| Ok(hydra.version())),
        at("/admin/health/alive").probe().only(Profile::V26_2).get(|hydra, _| Ok(hydra.health())),
        at("/admin/health/ready").probe().only(Profile::V26_2).get(|hydra, _| Ok(hydra.health())),
        at("/admin/version").probe().only(Profile::V26_2).get(|hydra, _| Ok(hydra.version())),
        at("/.well-known/openid-configuration").reads("hydra-public-high").preflight().get(|hydra, _| Ok(hydra.discovery())),
        at("/.well-known/oauth-authorization-server").preflight().only(Profile::V26_2).get(|hydra, _| Ok(hydra.discovery())),
        at("/.well-known/jwks.json").reads("hydra-public-high").preflight().get(|hydra, _| hydra.published_keys()),
    ];

    type Failure = Failure;
}

impl Service for Hydra {
    const NAME: &'static str = "hydra";

    const KINDS: &'static [Kind] = &[
        Kind {
            name: "client",
            words: ["OAuth 2.0 client", "OAuth 2.0 clients"],
            rank: 0,
            paths: &["/clients", "/oauth2/register"],
            named: Named::NextOr("client_id"),
            stored: Some(&CLIENTS),
            secret: None,
        },
        Kind {
            name: "key_set",
            words: ["Key set", "Key sets"],
            rank: 3,
            paths: &["/keys"],
            named: Named::Next,
            stored: Some(&store::keys::KEY_SETS),
            secret: None,
        },
        Kind {
            name: "trust",
            words: ["Trusted issuer", "Trusted issuers"],
            rank: 4,
            paths: &["/trust/grants/jwt-bearer/issuers"],
            named: Named::NextOr("id"),
            stored: Some(&store::keys::TRUSTS),
            secret: None,
        },
        Kind {
            name: "token",
            words: ["Token", "Tokens"],
            rank: 6,
            paths: &["/oauth2/token", "/oauth2/tokens", "/oauth2/revoke", "/oauth2/introspect", "/oauth2/device/auth"],
            named: Named::Never,
            stored: None,
            secret: None,
        },
    ];

    fn open(ground: &Ground<'_>) -> Result<Self, String> {
        Ok(Self {
            profile: ground.options.profile,
            store: Arc::clone(ground.store),
            issuer: format!("{}/", ground.base),
            system_secret: ground.system_secret.to_vec(),
            dynamic_registration: ground.options.dynamic_registration,
            pairwise: ground.options.pairwise,
            unreleased: ground.options.unreleased,
        })
    }

    fn answer(&self, call: &Call) -> Option<Reply> {
        Some(match self.profile {
            Profile::V26_2 => {
                let reply = self.answer_newer(call);
                if call.method == "GET" { reply.uncached() } else { reply }
            }
            Profile::V2_3 => self.answer_older(call),
        })
    }
}

impl Hydra {
    fn answer_newer(&self, call: &Call) -> Reply {
        if call.path == "/" {
            return Reply::redirect(&call.method, 307, "/");
        }
        if call.path.starts_with("//") {
            return Reply::no_route();
        }
        let is_admin =
            |path: &str| path.eq_ignore_ascii_case("/admin") || path.get(..7).is_some_and(|start| start.eq_ignore_ascii_case("/admin/"));
        let Some(path) = respelled_by_middleware(&call.path) else { return error::no_route(call.accept.as_deref()) };
        let clean = clean_path(&path);
        if clean != path {
            return call.redirect(307, &path_text(&clean));
        }
        // On the admin port, the handler for unknown routes is only at its root; on the public port, it is everywhere.
        let no_route = || if path != "/admin" && is_admin(&path) { Reply::no_route() } else { error::no_route(call.accept.as_deref()) };
        let found = router::segments(&path).and_then(|segments| self.find(&segments));
        let Some(found) = found else { return no_route() };
        found.answer(self, call, &path).unwrap_or_else(|| match found.place {
            // The handler for preflight requests has nothing to answer.
            place if place.preflight && call.method == "OPTIONS" => Reply::empty(200),
            place if place.probe || is_admin(&path) => found.wrong_method(),
            // On the public port, the handler for unknown routes accepts every method.
            _ => no_route(),
        })
    }

    fn answer_older(&self, call: &Call) -> Reply {
        let (method, path) = (call.method.as_str(), call.path.as_str());
        let found = self.find_decoded(path);
        if let Some(found) = &found
            && let Some(reply) = found.answer(self, call, path)
        {
            return if found.place.probe { reply } else { reply.uncached() };
        }
        let prefixed = format!("/admin{path}");
        let other = if lacks_prefix(path) { self.find_decoded(&prefixed) } else { None };
        if other.as_ref().is_some_and(|found| found.takes(method)) {
            return call.redirect(307, &format!("http://{}{prefixed}", call.host)).uncached();
        }
        // A path that was corrected is no longer escaped.
        for better in respelled(&percent_decode(path).unwrap_or_default()) {
            if self.find(&router::plain_segments(&better)).is_some_and(|found| found.takes(method)) {
                return call.redirect(if method == "GET" { 301 } else { 307 }, &path_text(&better));
            }
        }
        let lower = path.to_ascii_lowercase();
        match found.or(other) {
            // Here the handler for preflight requests comes first, and has nothing to answer.
            Some(found) if method == "OPTIONS" && found.place.preflight => Reply::empty(200).uncached(),
            Some(found) if method == "OPTIONS" => Reply::empty(200).with("allow", found.allow()),
            Some(found) => found.wrong_method(),
            None if lower == "/admin" || lower.starts_with("/admin/") || path.starts_with("//") => error::no_route(call.accept.as_deref()),
            None => Reply::no_route(),
        }
    }

    /// The older router uses the decoded path: an escaped slash divides like any other.
    fn find_decoded(&self, path: &str) -> Option<Found<Self>> {
        self.find(&router::plain_segments(&percent_decode(path)?))
    }

    fn find(&self, segments: &[String]) -> Option<Found<Self>> {
        router::find::<Self>(segments, self.profile).filter(|found| self.unreleased || !found.place.unreleased)
    }
}

/// The path that the newer release's router gets. The layer before the router removes a slash at the end of the decoded path, and
/// adds the missing prefix. Escapes are kept only if it did neither: an id that ends in a slash cannot be requested.
fn respelled_by_middleware(path: &str) -> Option<String> {
    let decoded = percent_decode(path)?;
    let trimmed = decoded.strip_suffix('/').unwrap_or(&decoded);
    Some(match lacks_prefix(trimmed) {
        true => path_text(&join_path(&["/admin", trimmed])),
        false if trimmed != decoded => path_text(trimmed),
        false => path.to_owned(),
    })
}

/// Whether this is a path of the admin API without its prefix, which is optional there.
fn lacks_prefix(path: &str) -> bool {
    matches!(path.split('/').nth(1), Some("clients" | "keys" | "trust")) && path.starts_with('/')
}

/// Paths that the client may have meant: without the slash at the end, cleaned, in lower case.
fn respelled(path: &str) -> Vec<String> {
    let clean = join_path(&[path]);
    let lower = |keep: &dyn Fn(usize) -> bool| {
        let segments = clean.split('/').enumerate();
        let segments = segments.map(|(at, segment)| if keep(at) { segment.to_owned() } else { segment.to_ascii_lowercase() });
        segments.collect::<Vec<_>>().join("/")
    };
    // In routes with ids, these are the third segment, the third and the fourth, or the sixth.
    let variants = [lower(&|at| at == 3), lower(&|at| at == 3 || at == 4), lower(&|at| at == 6), lower(&|_| false)];
    let mut paths: Vec<String> = path.strip_suffix('/').map(str::to_owned).into_iter().collect();
    paths.push(clean.clone());
    paths.extend(variants);
    paths
}
