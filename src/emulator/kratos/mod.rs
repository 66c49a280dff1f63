//! Kratos: identities and the schemas of their traits.
//!
//! Owns the routes, the kinds of objects and what every handler needs; the handlers are in the files beside this one. Emulates
//! release 1.3.1 with the older profile, otherwise 26.2.0.
//!
//! Intended differences from a real server, besides the single port:
//! * people sign in only with a password, as API clients do; no messages are sent, and the pages of recovery links and codes do
//!   not exist;
//! * imported passwords in clear text are hashed with PBKDF2 and few rounds, not with bcrypt;
//! * there are no tokens of providers, encrypted or not;
//! * the parts of JSON Schema that `schema` and `formats` list as not covered.

use std::sync::Arc;

use super::call::Call;
use super::envelope::Problem;
use super::go::form::percent_decode;
use super::go::json::{Json, parse_first, parse_whole};
use super::go::url::{clean_path, join_path, path_text};
use super::kind::{Kind, Named};
use super::profile::Profile;
use super::reply::Reply;
use super::router::{self, Route, Routed};
use super::service::{Ground, Service};
use super::store::{self, Store, StoreError};
use identity::Identity;
use identity_schema::IdentitySchema;

pub mod body;
pub mod complaint;
pub mod factors;
pub mod formats;
pub mod frame;
pub mod identities;
pub mod identity;
pub mod identity_schema;
pub mod keywords;
pub mod list;
pub mod login;
pub mod recovery;
pub mod schema;
pub mod schemas;
pub mod sessions;
pub mod traits;

/// The service.
pub struct Kratos {
    /// The release.
    pub profile: Profile,
    /// Whether to support features that no release has yet.
    pub unreleased: bool,
    /// The storage.
    pub store: Arc<Store>,
    /// Its own address, without a slash at the end.
    pub base: String,
    /// The schemas; the first one is the default.
    pub schemas: Vec<IdentitySchema>,
}

/// A route of this service, so that the handlers need no type annotations.
const fn at(path: &'static str) -> Route<Kratos> {
    Route::at(path)
}

impl Routed for Kratos {
    const ROUTES: &'static [Route<Self>] = &[
        at("/admin/identities")
            .reads("kratos-admin-medium")
            .writes("kratos-admin-low")
            .get(|kratos, asked| kratos.list(asked.path, asked.call))
            .post(|kratos, asked| kratos.create(&asked.call.body))
            .patch(|kratos, asked| kratos.create_many(&asked.call.body)),
        at("/admin/identities/{id}")
            .reads("kratos-admin-high")
            .writes("kratos-admin-low")
            .get(|kratos, asked| kratos.load(asked.at("id")).and_then(|identity| kratos.show(&identity, asked.call)))
            .put(|kratos, asked| kratos.put(asked.at("id"), asked.call))
            .patch(|kratos, asked| kratos.patch(asked.at("id"), &asked.call.body))
            .delete(|kratos, asked| kratos.delete(asked.at("id"))),
        at("/admin/identities/by/external/{id}")
            .only(Profile::V26_2)
            .reads("kratos-admin-medium")
            .get(|kratos, asked| kratos.load_external(asked.at("id")).and_then(|identity| kratos.show(&identity, asked.call))),
        at("/admin/identities/{id}/credentials/{kind}")
            .writes("kratos-admin-low")
            .delete(|kratos, asked| kratos.delete_credential(asked.at("id"), asked.at("kind"), asked.call.query.get("identifier"))),
        at("/admin/identities/{id}/sessions")
            .reads("kratos-admin-medium")
            .writes("kratos-admin-low")
            .get(|kratos, asked| kratos.list_sessions_of(asked.at("id"), asked.path, &asked.call.query))
            .delete(|kratos, asked| kratos.delete_sessions_of(asked.at("id"))),
        at("/admin/sessions")
            .reads("kratos-admin-medium")
            .get(|kratos, asked| kratos.list_sessions(asked.path, &asked.call.query))
            .delete(|kratos, asked| Ok(kratos.elsewhere(&asked.call.method, "/sessions"))),
        at("/admin/sessions/whoami").get(|kratos, asked| Ok(kratos.elsewhere(&asked.call.method, "/sessions/whoami"))),
        at("/admin/sessions/{id}")
            .reads("kratos-admin-high")
            .writes("kratos-admin-low")
            .get(|kratos, asked| kratos.show_session(asked.at("id"), &asked.call.query))
            .delete(|kratos, asked| kratos.end_session(asked.at("id"))),
        at("/admin/sessions/{id}/extend").writes("kratos-admin-low").patch(|kratos, asked| kratos.extend_session(asked.at("id"))),
        at("/admin/recovery/link").writes("kratos-admin-low").post(|kratos, asked| kratos.recovery_link(asked.call)),
        at("/admin/recovery/code").writes("kratos-admin-low").post(|kratos, asked| kratos.recovery_code(asked.call)),
        at("/sessions/whoami").reads("kratos-public-high").get(|kratos, asked| kratos.whoami(asked.call)),
        at("/self-service/login/api").reads("kratos-public-medium").get(|kratos, _| kratos.begin_login()),
        at("/self-service/login").writes("kratos-public-low").post(|kratos, asked| kratos.log_in(asked.call)),
        at("/schemas").reads("kratos-admin-medium").get(|kratos, asked| Ok(kratos.list_schemas(asked.path, &asked.call.query))),
        at("/schemas/{id}").reads("kratos-admin-medium").get(|kratos, asked| kratos.schema(asked.at("id"))),
        at("/admin/schemas").get(|kratos, asked| Ok(kratos.list_schemas(asked.path, &asked.call.query))),
        at("/admin/schemas/{id}").get(|kratos, asked| kratos.schema(asked.at("id"))),
    ];

    type Failure = Problem;
}

impl Service for Kratos {
    const NAME: &'static str = "kratos";

    const KINDS: &'static [Kind] = &[
        Kind {
            name: "identity",
            words: ["Identity", "Identities"],
            rank: 1,
            paths: &["/identities"],
            named: Named::NextOr("id"),
            stored: Some(&store::identities::STORED),
            secret: None,
        },
        Kind {
            name: "schema",
            words: ["Identity schema", "Identity schemas"],
            rank: 5,
            paths: &["/schemas"],
            named: Named::Next,
            stored: None,
            secret: None,
        },
    ];

    fn open(ground: &Ground<'_>) -> Result<Self, String> {
        let schemas = ground.options.schemas.iter().map(|(id, document)| {
            IdentitySchema::new(id, document).map_err(|why| format!("the identity schema {id} cannot be used: {why}"))
        });
        Ok(Self {
            profile: ground.options.profile,
            unreleased: ground.options.unreleased,
            store: Arc::clone(ground.store),
            base: ground.base.to_owned(),
            schemas: schemas.collect::<Result<_, _>>()?,
        })
    }

    fn answer(&self, call: &Call) -> Option<Reply> {
        let newer = self.profile == Profile::V26_2;
        let method = call.method.as_str();
        let lacks_prefix = ["/identities", "/recovery"]
            .iter()
            .any(|start| call.path.strip_prefix(start).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')));
        let prefixed = match (lacks_prefix, newer) {
            // The handler that adds the prefix only has the decoded path, and cleans it.
            (true, true) => path_text(&join_path(&["/admin", &percent_decode(&call.path)?])),
            (true, false) => format!("/admin{}", call.path),
            (false, _) => call.path.clone(),
        };
        let path = if newer { &prefixed } else { prefixed.strip_suffix('/').unwrap_or(&prefixed) };
        let segments = router::segments(path)?;
        let kept: Vec<&str> = segments.iter().map(String::as_str).filter(|name| !name.is_empty()).collect();
        let ours = matches!(kept[..], ["admin", "identities" | "sessions" | "recovery" | "schemas", ..] | ["schemas" | "self-service", ..]);
        let unread = |reply: Reply| if newer && method == "GET" { reply.uncached() } else { reply };
        let clean = clean_path(path);
        if newer && ours && clean != *path {
            return Some(unread(call.redirect(307, &path_text(&clean))));
        }
        let Some(found) = router::find::<Self>(&segments, self.profile) else {
            return ours.then(|| unread(Reply::no_route()));
        };
        if !newer && path != call.path {
            if !lacks_prefix && !found.takes(method) {
                return Some(Reply::no_route());
            }
            return Some(call.redirect(if lacks_prefix || method != "GET" { 307 } else { 301 }, path));
        }
        let Some(mut reply) = found.answer(self, call, path) else {
            let refusal = if method == "OPTIONS" && !newer { Reply::empty(200).with("allow", found.allow()) } else { found.wrong_method() };
            return Some(unread(refusal));
        };
        if !newer {
            reply.headers.retain(|header| header.0 != "ory-error-id");
        }
        Some(if method == "GET" || !newer { reply.uncached() } else { reply })
    }
}

impl Kratos {
    /// Redirects to the public API for a route that the admin API does not have.
    fn elsewhere(&self, method: &str, path: &str) -> Reply {
        Reply::redirect(method, 307, &format!("{}{path}", self.base))
    }

    /// A stored identity. A malformed id is like an unknown one.
    ///
    /// # Errors
    /// When there is none with this id.
    pub fn load(&self, id: &str) -> Result<Identity, Problem> {
        let id = uuid::Uuid::parse_str(id).map_err(|_| Problem::absent())?;
        self.placed(&self.store.identity(&id.to_string())?)
    }

    fn load_external(&self, id: &str) -> Result<Identity, Problem> {
        self.placed(&self.store.identity_by_external_id(id)?)
    }

    /// Reads a stored document for what needs the place of its schema.
    ///
    /// # Errors
    /// When it cannot be read, or its schema is no longer there.
    pub fn placed(&self, document: &str) -> Result<Identity, Problem> {
        let identity = self.read(document)?;
        if self.schemas.iter().any(|schema| schema.id == identity.schema) {
            return Ok(identity);
        }
        let why = format!(r#"The JSON Schema "{}" for this identity's traits could not be found."#, identity.schema);
        Err(Problem::internal().because(why))
    }

    /// Reads a stored document.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn read(&self, document: &str) -> Result<Identity, Problem> {
        let read = parse_whole(document.as_bytes()).and_then(|json| Identity::default().read_over(&json));
        let mut identity = read.map_err(|cause| Problem::from(StoreError::Broken(cause)))?;
        identity.shown_schema.clone_from(&identity.schema);
        // Metadata that was never set reads as null.
        identity.metadata_public.get_or_insert(Json::Null);
        identity.metadata_admin.get_or_insert(Json::Null);
        identity.verifiable.sort_by(|a, b| a.id.cmp(&b.id));
        identity.recovery.sort_by(|a, b| a.id.cmp(&b.id));
        Ok(identity)
    }
}

/// The JSON body of a request, which needs a JSON content type.
///
/// # Errors
/// When the content type is another, or the body is not JSON.
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
