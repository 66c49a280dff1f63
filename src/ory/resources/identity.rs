//! `ory_identity`: an identity in Ory Kratos (Ory Identities).
//!
//! Names and types are those of the official provider. What people do to their own identity (prove an address,
//! link an account, change the password) is theirs: credentials are written and never read, and addresses are
//! only shown.

use super::target::{TARGET, WHOLE_TARGET};
use crate::{
    engine::{Backend, Cx, Diagnostic, Failure, Observed, State, Write},
    ory::{Client, services::KRATOS_ADMIN},
    rest::{Client as _, Request, Rest, mapping},
    schema::{
        Attr, INSTANT, Kind, Nested, Object, Resource, Rule, Table, View, boolean, conflicts, objects, only, refuse, requires, resource,
        string, view,
    },
    value::{Path, Value},
};
use async_trait::async_trait;
use reqwest::Method;
use serde_json::{Map, Value as Json};

/// The resource.
pub static RESOURCE: Resource = resource(
    "identity",
    "An identity of Ory Identities (Ory Kratos): a person or a machine that signs in.\n\n\
     An update replaces what is declared here and keeps the rest. Credentials are sent when they are set or changed and never read, \
     so that nobody's password hash gets into a state; what people change about their own credentials is left to them.",
)
.sections(&[IDENTITY, CREDENTIALS, TARGET, SHOWN])
.rules(RULES)
.checked();

/// The data source.
pub static VIEW: View = view(&RESOURCE, "An identity that is managed elsewhere, by its id or its `external_id`.").or_by("external_id");

/// How it is reached.
pub static BACKEND: Identity = Identity { rest: Rest { service: &KRATOS_ADMIN, path: "/admin/identities", chosen: &[], filters: &[] } };

static IDENTITY: &[Attr] = &[
    string("schema_id", "Identity schema that the traits follow, such as `preset://email` or one of your own.").required(),
    string("traits", "What is known of the identity, as a JSON object that its schema describes. Compared by meaning.")
        .required()
        .json()
        .check(refuse(json_object)),
    string("state", "Whether the identity may sign in. The server makes it `active` when unset.")
        .or_server()
        .check(only(&["active", "inactive"])),
    string("external_id", "An id of your own, unique among identities; not on Ory Kratos 1.3.").check(refuse(not_empty)),
    string("metadata_public", "JSON of your own that the identity itself can see, and not change. Compared by meaning.").json(),
    string("metadata_admin", "JSON of your own that the identity cannot see. Compared by meaning.").json().secret(),
];

static CREDENTIALS: &[Attr] = &[
    string("password", "The password. Never read; one that is removed here stays in use.").secret().once().at("credentials/password/config/password"),
    string("password_wo", "The password, kept out of the state.").write_only().at("credentials/password/config/password"),
    string("password_wo_version", "Any text; a change sends `password_wo` again.").local(),
    string(
        "hashed_password",
        "The hash of a password to import, in a format that Ory Kratos knows, such as bcrypt, Argon2 or PBKDF2. Never read; one that is removed here stays in use.",
    )
    .secret()
    .once()
    .at("credentials/password/config/hashed_password"),
    string("hashed_password_wo", "The hash of a password to import, kept out of the state.")
        .write_only()
        .at("credentials/password/config/hashed_password"),
    string("hashed_password_wo_version", "Any text; a change sends `hashed_password_wo` again.").local(),
    objects(
        "oidc",
        "Accounts at social sign-in providers to link. Never read, so that accounts which people link themselves are no change; one that is removed here is unlinked.",
        &OIDC_KIND,
    )
    .unordered()
    .once()
    .at("credentials/oidc/config/providers"),
];

static OIDC_KIND: Kind = Kind::Object(&OIDC);

static OIDC: Nested = Nested {
    name: "IdentityOidc",
    table: Table::new(&[&[
        string("provider", "Id of the provider in the configuration of Ory Kratos, such as `google`.").required(),
        string("subject", "The account's id at the provider (`sub`).").required(),
        boolean("use_auto_link", "Whether a sign-in at the provider links its account by the address; not on Ory Kratos 1.3."),
    ]]),
};

static SHOWN: &[Attr] = &[
    string("schema_url", "Where the identity schema is served.").read_only().changes_with(&["schema_id"]),
    objects("verifiable_addresses", "Addresses that the identity can prove to be its own, as its schema declares them.", &VERIFIABLE_KIND)
        .unordered()
        .read_only()
        .changes_with(&["traits", "schema_id"]),
    objects("recovery_addresses", "Addresses through which the identity can get back in, as its schema declares them.", &RECOVERY_KIND)
        .unordered()
        .read_only()
        .changes_with(&["traits", "schema_id"]),
    string("organization_id", "Organization that the identity belongs to, on Ory Network.").read_only(),
    string("created_at", "When the identity was created (RFC 3339).").read_only().means(INSTANT),
    string("updated_at", "When the identity was last changed (RFC 3339).").read_only().means(INSTANT).changes(),
];

static VERIFIABLE_KIND: Kind = Kind::Object(&VERIFIABLE);

static VERIFIABLE: Nested = Nested {
    name: "IdentityVerifiableAddress",
    table: Table::new(&[&[
        string("value", "The address.").required(),
        string("via", "How it is reached: `email` or `sms`.").required(),
        boolean("verified", "Whether it was proven.").required(),
        string("status", "How far the proof is: `pending`, `sent` or `completed`.").required(),
    ]]),
};

static RECOVERY_KIND: Kind = Kind::Object(&RECOVERY);

static RECOVERY: Nested = Nested {
    name: "IdentityRecoveryAddress",
    table: Table::new(&[&[string("value", "The address.").required(), string("via", "How it is reached: `email` or `sms`.").required()]]),
};

static RULES: &[Rule] = &[
    conflicts(&["password", "password_wo", "hashed_password", "hashed_password_wo"]),
    requires(&["password_wo_version", "password_wo"]),
    requires(&["hashed_password_wo_version", "hashed_password_wo"]),
    WHOLE_TARGET,
];

fn json_object(text: &str) -> Result<(), String> {
    match serde_json::from_str(text) {
        Ok(Json::Object(_)) => Ok(()),
        Ok(_) => Err("Must be a JSON object, such as `jsonencode({ email = \"ann@example.com\" })`.".into()),
        // That it is no JSON at all is said by its meaning.
        Err(_) => Ok(()),
    }
}

fn not_empty(text: &str) -> Result<(), String> {
    (!text.is_empty()).then_some(()).ok_or_else(|| "Must not be empty: leave it out instead.".into())
}

/// Identities are REST objects, but for their credentials.
pub struct Identity {
    rest: Rest,
}

/// What an answer shows and no update may or need say.
const SHOWN_ONLY: [&str; 8] =
    ["id", "schema_url", "state_changed_at", "verifiable_addresses", "recovery_addresses", "organization_id", "created_at", "updated_at"];

/// The body of an update without what an answer only shows. Credentials that are sent are set again: an answer's
/// own, which come without their secrets, would break the sign-in, and the same password twice is a new one.
fn refine(write: &Write, mut body: Json) -> Json {
    let (prior, planned) = (Object::new(&RESOURCE.table, &write.prior), Object::new(&RESOURCE.table, &write.planned));
    let Some(members) = body.as_object_mut() else { return body };
    for name in SHOWN_ONLY {
        members.remove(name);
    }
    let credentials = members.remove("credentials").unwrap_or_default();
    let mut sent = Map::new();

    let mut password = credentials["password"]["config"].as_object().cloned().unwrap_or_default();
    for (attr, write_only, member) in
        [("password", "password_wo", "password"), ("hashed_password", "hashed_password_wo", "hashed_password")]
    {
        if prior.get(attr) == planned.get(attr) && !write.rewrite.contains(&write_only) {
            password.remove(member);
        }
    }
    if !password.is_empty() {
        sent.insert("password".to_owned(), serde_json::json!({ "config": password }));
    }

    // Those that are sent are added to those that are there.
    let linked = links(prior);
    let new = credentials["oidc"]["config"]["providers"].as_array().into_iter().flatten();
    let new: Vec<_> = new.filter(|link| !linked.iter().any(|linked| Some(linked.as_str()) == identifier(link).as_deref())).collect();
    if !new.is_empty() {
        sent.insert("oidc".to_owned(), serde_json::json!({ "config": { "providers": new } }));
    }
    if !sent.is_empty() {
        members.insert("credentials".to_owned(), Json::Object(sent));
    }
    body
}

/// How Kratos names a linked account.
fn identifier(link: &Json) -> Option<String> {
    Some(format!("{}:{}", link["provider"].as_str()?, link["subject"].as_str()?))
}

fn links(identity: Object<'_>) -> Vec<String> {
    let links = identity.get("oidc").as_list().unwrap_or_default().iter();
    links.filter_map(|link| identifier(&crate::schema::json::to_json(&OIDC.table, link))).collect()
}

impl Identity {
    /// Unlinks the account; what cannot be unlinked is said, since all else is done.
    async fn unlink(&self, cx: &Cx<Client>, write: &Write, link: &str) -> Option<Diagnostic> {
        let failed = |why: String| {
            let detail = format!("{why}\n\nThe identity was updated otherwise. The account can be unlinked by other means.");
            Some(Diagnostic::warning("An account is still linked", detail).at(Path::attr("oidc")))
        };
        let at = match cx.client.endpoint(&KRATOS_ADMIN, Object::new(&RESOURCE.table, &write.planned)).await {
            Ok(at) => at,
            Err(error) => return failed(error.detail),
        };
        let delete = Request::new(Method::DELETE, self.rest.path).id(write.id.as_deref().unwrap_or_default());
        match at.send(cx, &KRATOS_ADMIN, delete.id("credentials").id("oidc").query("identifier", link)).await {
            Ok(reply) if reply.is_success() => None,
            // It is not linked: Kratos' own word, unlike that on an identity.
            Ok(reply) if reply.status == 404 && reply.json().is_some_and(|body| body["error"]["code"] == 404) => None,
            Ok(reply) => failed(KRATOS_ADMIN.refuse(&reply).diagnostic.detail),
            Err(error) => failed(error.diagnostic.detail),
        }
    }
}

#[async_trait]
impl Backend<Client> for Identity {
    async fn create(&self, cx: &Cx<Client>, write: &Write) -> Result<Observed, Failure> {
        self.rest.create(cx, write).await
    }

    async fn read(&self, cx: &Cx<Client>, resource: &'static Resource, state: &State) -> Result<Option<Observed>, Failure> {
        self.rest.read(cx, resource, state).await
    }

    async fn update(&self, cx: &Cx<Client>, write: &Write) -> Result<Observed, Failure> {
        let mut observed = self.rest.update_with(cx, write, refine).await?;
        let kept = links(Object::new(&RESOURCE.table, &write.planned));
        let mut gone = links(Object::new(&RESOURCE.table, &write.prior));
        gone.retain(|link| !kept.contains(link));
        for link in &gone {
            observed.warnings.extend(self.unlink(cx, write, link).await);
        }
        // That was a change of its own, which the answer before it does not know; nor does an answer know the URL of
        // a schema that it has just changed to.
        let state = State { id: Some(observed.id.clone()), value: write.planned.clone(), private: write.private.clone() };
        let schema = |value| Object::new(&RESOURCE.table, value).get("schema_id");
        if (!gone.is_empty() || schema(&write.prior) != schema(&write.planned))
            && let Ok(Some(now)) = self.rest.fetch(cx, write.resource, &state).await
        {
            observed.value = now.value;
        }
        Ok(observed)
    }

    async fn delete(&self, cx: &Cx<Client>, resource: &'static Resource, state: &State) -> Result<(), Failure> {
        self.rest.delete(cx, resource, state).await
    }

    /// By `external_id`: there is at most one.
    async fn find(
        &self,
        cx: &Cx<Client>,
        resource: &'static Resource,
        _: &'static str,
        value: &str,
        config: &Value,
    ) -> Result<Vec<Observed>, Failure> {
        let at = cx.client.endpoint(&KRATOS_ADMIN, Object::new(&resource.table, config)).await?;
        let reply = at.send(cx, &KRATOS_ADMIN, Request::new(Method::GET, self.rest.path).id("by").id("external").id(value)).await?;
        if KRATOS_ADMIN.says_missing(&reply) {
            return Ok(Vec::new());
        }
        if !reply.is_success() {
            return Err(KRATOS_ADMIN.refuse(&reply).into());
        }
        let body = reply.json().unwrap_or_default();
        let value = mapping::observe(&resource.table, &body).ok();
        match value.zip(body["id"].as_str()) {
            Some((value, id)) => Ok(vec![Observed { id: id.to_owned(), value, warnings: Vec::new() }]),
            None => Err(Diagnostic::error(
                "Ory Kratos was not understood",
                format!("{} did not answer with an identity. Check that the URL is that of {}.", reply.asked, KRATOS_ADMIN.name),
            )
            .into()),
        }
    }
}
