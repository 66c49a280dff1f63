//! Talos: API keys that it issues, API keys of others, and tokens derived from both.
//!
//! Owns the routes, the settings and the kinds of objects. Plays release 26.2.0 whichever profile is chosen. No such server
//! could be recorded: what is here follows its description, its documentation and its published source.
//!
//! What differs from a real server on purpose:
//! * there is always a key that signs derived tokens, unless there is to be none;
//! * macaroons are of a form of their own;
//! * rate limits of keys are kept and shown, and not enforced, and nothing is cached: so it is in the open-source edition.

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

/// How Talos is set up.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The id of the network that the keys belong to.
    pub network: String,
    /// Who issues keys and tokens.
    pub issuer: String,
    /// For how many seconds keys are valid of which nobody says; without it, everybody has to say.
    pub default_ttl: Option<i64>,
    /// For how many seconds keys may be valid.
    pub max_ttl: i64,
    /// What secret keys begin with: now, and formerly.
    pub prefix: (String, Vec<String>),
    /// What public keys begin with: now, and formerly. Without it, there are none.
    pub public_prefix: (Option<String>, Vec<String>),
    /// What macaroons begin with: now, and formerly.
    pub macaroon_prefix: (String, Vec<String>),
    /// For how many seconds derived tokens are valid of which nobody says.
    pub derived_ttl: i64,
    /// What keys are signed with, where it is not the emulator's own secret: now, and formerly.
    pub hmac: (Option<String>, Vec<String>),
    /// Whether there is a key that signs derived tokens.
    pub signs: bool,
    /// Whether an expired key still shows as active, as the older source does.
    pub stale_status: bool,
    /// How many keys there may be that are neither revoked nor expired.
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
    /// What keys, tokens of pages and derived tokens are signed with: now, and formerly.
    secrets: Vec<Vec<u8>>,
    /// Held by who looks and writes then.
    writing: Mutex<()>,
}

/// A route of this service: said once, so that its handlers need no types.
const fn at(path: &'static str) -> Route<Talos> {
    Route::at(path)
}

/// A kind of key. Ids are after the path, or in the answer that tells of a new one.
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
        // Its gateway divides the path before it decodes it.
        let found = router::find::<Self>(&router::segments(&call.path)?, Profile::V26_2)?;
        Some(found.answer(self, call, &call.path).unwrap_or_else(|| Problem::unimplemented().into()))
    }
}

/// The body, which has to be an object; without one, it says nothing.
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
    /// What is signed with now.
    fn secret(&self) -> &[u8] {
        self.secrets.first().map_or(&[], Vec::as_slice)
    }

    fn writing(&self) -> MutexGuard<'_, ()> {
        self.writing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// All keys of this kind, in the order in which they were made.
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

    /// The key of this kind that an earlier request of this id has made.
    fn replayed(&self, of: &Stored, request: &str) -> Result<Option<Key>, Problem> {
        if request.is_empty() {
            return Ok(None);
        }
        Ok(self.keys(of)?.into_iter().find(|key| key.request == request))
    }

    /// How many more keys there may be.
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

/// An answer, as the gateway writes it.
fn document(status: u16, json: &Json) -> Reply {
    Reply::json(status, "application/json", &json.compact()).without_newline()
}

/// An object of these members.
fn object(members: Vec<(&str, Json)>) -> Json {
    Json::Object(members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "emulator: the store failed");
        Self::internal("the database failed")
    }
}
