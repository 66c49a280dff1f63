//! Talos: issued and imported API keys, and tokens derived from both.
//!
//! Owns the routes, the settings and the kinds of objects. Emulates release 26.2.0 in every profile. No real server could be
//! recorded: this follows its API description, its documentation and its published source.
//!
//! Intended differences from a real server:
//! * there is always a key that signs derived tokens, unless the options say otherwise;
//! * macaroons have a format of their own;
//! * rate limits of keys are stored and shown but not enforced, and nothing is cached, as in the open-source edition.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::call::Call;
use super::go::json::{Json, parse_whole};
use super::kind::{Kind, Named, Stored};
use super::profile::Profile;
use super::reply::Reply;
use super::router::{self, Asked, Route, Routed};
use super::service::{Ground, Service};
use super::store::{Store, StoreError, parts};
use key::Key;
use problem::Problem;

pub mod credential;
pub mod imported;
pub mod issued;
pub mod key;
pub mod list;
pub mod problem;
pub mod read;
pub mod token;
pub mod ttl;
pub mod update;
pub mod verify;

/// The configuration of Talos.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The id of the network that the keys belong to.
    pub network: String,
    /// The issuer of keys and tokens.
    pub issuer: String,
    /// The default lifetime of keys, in seconds. Without it, each request has to set one.
    pub default_ttl: Option<i64>,
    /// The maximum lifetime of keys, in seconds.
    pub max_ttl: i64,
    /// The prefix of secret keys, and older ones.
    pub prefix: (String, Vec<String>),
    /// The prefix of public keys, and older ones. Without it, no public keys can be issued.
    pub public_prefix: (Option<String>, Vec<String>),
    /// The prefix of macaroons, and older ones.
    pub macaroon_prefix: (String, Vec<String>),
    /// The default lifetime of derived tokens, in seconds.
    pub derived_ttl: i64,
    /// The secret that signs keys, if it is not the emulator's own, and older ones.
    pub hmac: (Option<String>, Vec<String>),
    /// Whether there is a key that signs derived tokens.
    pub signs: bool,
    /// Whether an expired key is still shown as active, as in the older source.
    pub stale_status: bool,
    /// The maximum number of active keys.
    pub most_keys: Option<usize>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            network: uuid::Uuid::nil().to_string(),
            issuer: "http://localhost/ory/talos".to_owned(),
            default_ttl: None,
            max_ttl: 8760 * 3600,
            prefix: ("ory_ak".to_owned(), Vec::new()),
            public_prefix: (None, Vec::new()),
            macaroon_prefix: ("mc".to_owned(), Vec::new()),
            derived_ttl: 3600,
            hmac: (None, Vec::new()),
            signs: true,
            stale_status: false,
            most_keys: None,
        }
    }
}

/// The service.
pub struct Talos {
    store: Arc<Store>,
    settings: Settings,
    /// The secrets that sign keys, page tokens and derived tokens: the current one first, then older ones.
    secrets: Vec<Vec<u8>>,
    /// Held from a read until the write that depends on it.
    writing: Mutex<()>,
}

/// A route of this service, so that the handlers need no type annotations.
const fn at(path: &'static str) -> Route<Talos> {
    Route::at(path)
}

/// A kind of key. Ids are after the path, or in the answer about a new key.
const fn kind(name: &'static str, words: [&'static str; 2], rank: u8, paths: &'static [&'static str], stored: &'static Stored) -> Kind {
    Kind { name, words, rank, paths, named: Named::NextOr("key_id"), stored: Some(stored), secret: None }
}

impl Routed for Talos {
    const ROUTES: &'static [Route<Self>] = &[
        at("/v2alpha1/admin/issuedApiKeys")
            .reads("talos-admin-medium")
            .writes("talos-admin-low")
            .get(|talos, asked| talos.list(&parts::ISSUED_KEYS, "issued_api_keys", &asked.call.query))
            .post(|talos, asked| talos.issue(&body(asked)?)),
        at("/v2alpha1/admin/issuedApiKeys/{key_id}")
            .reads("talos-admin-medium")
            .writes("talos-admin-low")
            .get(|talos, asked| talos.show(&parts::ISSUED_KEYS, asked.at("key_id")))
            .patch(|talos, asked| talos.update(&parts::ISSUED_KEYS, asked)),
        at("/v2alpha1/admin/issuedApiKeys/{key_id}:revoke")
            .writes("talos-admin-low")
            .post(|talos, asked| talos.revoke(&parts::ISSUED_KEYS, asked.at("key_id"), &body(asked)?)),
        at("/v2alpha1/admin/issuedApiKeys/{key_id}:rotate")
            .writes("talos-admin-low")
            .post(|talos, asked| talos.rotate(asked.at("key_id"), &body(asked)?)),
        at("/v2alpha1/admin/importedApiKeys")
            .reads("talos-admin-medium")
            .writes("talos-admin-low")
            .get(|talos, asked| talos.list(&parts::IMPORTED_KEYS, "imported_api_keys", &asked.call.query))
            .post(|talos, asked| talos.import(&body(asked)?)),
        at("/v2alpha1/admin/importedApiKeys/{key_id}")
            .reads("talos-admin-medium")
            .writes("talos-admin-low")
            .get(|talos, asked| talos.show(&parts::IMPORTED_KEYS, asked.at("key_id")))
            .patch(|talos, asked| talos.update(&parts::IMPORTED_KEYS, asked))
            .delete(|talos, asked| talos.delete(asked.at("key_id"))),
        at("/v2alpha1/admin/importedApiKeys/{key_id}:revoke")
            .writes("talos-admin-low")
            .post(|talos, asked| talos.revoke(&parts::IMPORTED_KEYS, asked.at("key_id"), &body(asked)?)),
        at("/v2alpha1/admin/importedApiKeys:batchCreate").writes("talos-admin-low").post(|talos, asked| talos.import_many(&body(asked)?)),
        at("/v2alpha1/admin/apiKeys:verify").writes("talos-admin-high").post(|talos, asked| talos.verify(asked.call, &body(asked)?)),
        at("/v2alpha1/admin/apiKeys:batchVerify").writes("talos-admin-high").post(|talos, asked| talos.verify_many(&body(asked)?)),
        at("/v2alpha1/admin/apiKeys:derive").writes("talos-admin-medium").post(|talos, asked| talos.derive(&body(asked)?)),
        at("/v2alpha1/apiKeys:selfRevoke").writes("talos-public-low").post(|talos, asked| talos.revoke_self(&body(asked)?)),
        at("/v2alpha1/derivedKeys/jwks.json").reads("talos-public-high").get(|talos, _| talos.key_set()),
    ];

    type Failure = Problem;
}

impl Service for Talos {
    const NAME: &'static str = "talos";

    const KINDS: &'static [Kind] = &[
        kind("api_key", ["API key", "API keys"], 20, &["/v2alpha1/admin/issuedApiKeys"], &parts::ISSUED_KEYS),
        kind(
            "imported_api_key",
            ["Imported API key", "Imported API keys"],
            21,
            &["/v2alpha1/admin/importedApiKeys", "/v2alpha1/admin/importedApiKeys:batchCreate"],
            &parts::IMPORTED_KEYS,
        ),
    ];

    fn open(ground: &Ground<'_>) -> Result<Self, String> {
        let settings = ground.options.talos.clone();
        let (current, retired) = settings.hmac.clone();
        let current = current.map_or_else(|| ground.system_secret.to_vec(), String::into_bytes);
        let secrets = std::iter::once(current).chain(retired.into_iter().map(String::into_bytes)).collect();
        Ok(Self { store: Arc::clone(ground.store), settings, secrets, writing: Mutex::default() })
    }

    fn answer(&self, call: &Call) -> Option<Reply> {
        // Its gateway splits the path before it decodes it.
        let found = router::find::<Self>(&router::segments(&call.path)?, Profile::V26_2)?;
        Some(found.answer(self, call, &call.path).unwrap_or_else(|| Problem::unimplemented().into()))
    }
}

/// The body, which has to be an object; a missing body is an empty object.
fn body(asked: &Asked<'_>) -> Result<Json, Problem> {
    if asked.call.body.is_empty() {
        return Ok(Json::Object(Vec::new()));
    }
    match parse_whole(&asked.call.body) {
        Ok(json @ Json::Object(_)) => Ok(json),
        Ok(other) => Err(Problem::bad_request(format!("proto: syntax error (line 1:1): unexpected token {}", other.kind()))),
        Err(why) => Err(Problem::bad_request(format!("proto: syntax error (line 1:1): {why}"))),
    }
}

impl Talos {
    /// The current secret.
    fn secret(&self) -> &[u8] {
        self.secrets.first().map_or(&[], Vec::as_slice)
    }

    fn writing(&self) -> MutexGuard<'_, ()> {
        self.writing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// All keys of this kind, in the order of creation.
    fn keys(&self, of: &Stored) -> Result<Vec<Key>, Problem> {
        Ok(self.store.parts(of, None)?.iter().filter_map(|document| Key::open(document)).collect())
    }

    fn key(&self, of: &Stored, id: &str) -> Result<Key, Problem> {
        let found = self.store.part(of, id)?.as_deref().and_then(Key::open);
        found.ok_or_else(|| Problem::no_key(if is_imported(of) { "imported key not found" } else { "API key not found" }))
    }

    fn keep(&self, of: &Stored, key: &Key) -> Result<(), Problem> {
        Ok(self.store.put_part(of, "", &key.id, &key.name, &key.kept(&self.settings))?)
    }

    /// The key of this kind that an earlier request with this id made.
    fn replayed(&self, of: &Stored, request: &str) -> Result<Option<Key>, Problem> {
        if request.is_empty() {
            return Ok(None);
        }
        Ok(self.keys(of)?.into_iter().find(|key| key.request == request))
    }

    /// How many more keys the quota allows.
    fn room(&self) -> Result<usize, Problem> {
        let Some(most) = self.settings.most_keys else { return Ok(usize::MAX) };
        let mut there = 0;
        for of in [&parts::ISSUED_KEYS, &parts::IMPORTED_KEYS] {
            there += self.keys(of)?.iter().filter(|key| key.revoked.is_none()).count();
        }
        Ok(most.saturating_sub(there))
    }

    fn show(&self, of: &Stored, id: &str) -> Result<Reply, Problem> {
        Ok(document(200, &self.key(of, id)?.wire(&self.settings)))
    }
}

fn is_imported(of: &Stored) -> bool {
    of.table == parts::IMPORTED_KEYS.table
}

/// An answer in the form of the gateway.
fn document(status: u16, json: &Json) -> Reply {
    Reply::json(status, "application/json", json.compact()).without_newline()
}

/// An object with these members.
fn object(members: Vec<(&str, Json)>) -> Json {
    Json::Object(members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "emulator: the store failed");
        Self::internal("the database failed")
    }
}
