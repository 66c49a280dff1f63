//! `ory_identity`: an identity in Ory Kratos (Ory Identities).
//!
//! Names and types are those of the official provider. What people do to their own identity (prove an address,
//! link an account, change the password) is theirs: credentials are written and never read, and addresses are
//! only shown.

use super::{
    guards::PROTECTION,
    identities::uuid,
    target::{TARGET, WHOLE_TARGET},
};
use crate::{
    engine::{Backend, Cx, Diagnostic, Done, Failure, Observed, State, Write, one_line},
    ory::{Client, services::KRATOS_ADMIN},
    rest::{Client as _, Request, Rest, mapping},
    schema::{
        Attr, INSTANT, Kind, Nested, Object, Resource, Rule, Table, View, boolean, conflicts, objects, only, refuse, requires, resource,
        string, view,
    },
    value::{Json, Path, Value},
};
use async_trait::async_trait;
use reqwest::Method;

/// The resource.
pub static RESOURCE: Resource = resource(
    "identity",
    "An identity of Ory Identities (Ory Kratos): a person or a machine that signs in.\n\n\
     An update replaces what is declared here and keeps the rest. Credentials are sent when they are set or changed and never read, \
     so that nobody's password hash gets into a state; what people change about their own credentials is left to them.\n\n\
     It is imported by its id, or as `external_id=…` or `identifier=…`, by the address or user name that it signs in with.\n\n\
     A create whose answer is lost is finished instead of repeated where the identity has an `external_id`.",
)
.sections(&[IDENTITY, CREDENTIALS, TARGET, PROTECTION, SHOWN])
.rules(RULES)
// On servers that know it, no two have the same.
.found_by(|identity| identity.str("external_id").map(str::to_owned))
// Both would sign in with the same.
.excludes(|_, _| true)
.checked();

/// The data source.
pub static VIEW: View = view(&RESOURCE, "An identity that is managed elsewhere, by its id or its `external_id`.").or_by("external_id");

/// How it is reached.
pub static BACKEND: Identity = Identity { rest: Rest { service: &KRATOS_ADMIN, path: "/admin/identities", chosen: &[], filters: &[] } };

/// How often a create whose answer was lost is finished.
const FINISHING_TRIES: usize = 4;

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
    string(
        "organization_id",
        "Organization that the identity belongs to, on Ory Network; not on Ory Kratos 1.3. The server's choice when unset.",
    )
    .or_server()
    .replaces()
    .check(refuse(uuid)),
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
    objects("saml", "Accounts at SAML connections to link; like `oidc`. Not on Ory Kratos 1.3.", &SAML_KIND)
        .unordered()
        .once()
        .at("credentials/saml/config/providers"),
];

/// The credentials that are accounts elsewhere, by their attributes, which have the API's names.
const LINKED: [(&str, &Table); 2] = [("oidc", &OIDC.table), ("saml", &SAML.table)];

static OIDC_KIND: Kind = Kind::Object(&OIDC);

static OIDC: Nested = Nested {
    name: "IdentityOidc",
    table: Table::new(&[&[
        string("provider", "Id of the provider in the configuration of Ory Kratos, such as `google`.").required(),
        string("subject", "The account's id at the provider (`sub`).").required(),
        boolean("use_auto_link", "Whether a sign-in at the provider links its account by the address; not on Ory Kratos 1.3."),
    ]]),
};

static SAML_KIND: Kind = Kind::Object(&SAML);

static SAML: Nested = Nested {
    name: "IdentitySaml",
    table: Table::new(&[&[
        string("provider", "Id of the connection in the configuration of Ory Kratos.").required(),
        string("subject", "The account's id at the other side (the `NameID`, or what the connection's mapping takes for it).").required(),
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
    string("created_at", "When the identity was created (RFC 3339).").read_only().means(INSTANT),
    string("updated_at", "When the identity was last changed (RFC 3339).").read_only().means(INSTANT).changes(),
];

pub(super) static VERIFIABLE_KIND: Kind = Kind::Object(&VERIFIABLE);

static VERIFIABLE: Nested = Nested {
    name: "IdentityVerifiableAddress",
    table: Table::new(&[&[
        string("value", "The address.").required(),
        string("via", "How it is reached: `email` or `sms`.").required(),
        boolean("verified", "Whether it was proven.").required(),
        string("status", "How far the proof is: `pending`, `sent` or `completed`.").required(),
    ]]),
};

pub(super) static RECOVERY_KIND: Kind = Kind::Object(&RECOVERY);

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
    match Json::parse(text) {
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
    let mut sent = Json::Null;

    let mut password = credentials.at("password/config").as_object().cloned().unwrap_or_default();
    for (attr, write_only, member) in
        [("password", "password_wo", "password"), ("hashed_password", "hashed_password_wo", "hashed_password")]
    {
        if prior.get(attr) == planned.get(attr) && !write.rewrite.contains(&write_only) {
            password.remove(member);
        }
    }
    if !password.is_empty() {
        sent.put("password/config", Json::Object(password));
    }

    // Those that are sent are added to those that are there.
    for (kind, table) in LINKED {
        let linked = links(prior, kind, table);
        let new = credentials.at(&format!("{kind}/config/providers")).as_array().into_iter().flatten();
        let new: Vec<_> = new.filter(|link| identifier(link).is_none_or(|link| !linked.contains(&link))).collect();
        if !new.is_empty() {
            sent.put(&format!("{kind}/config/providers"), new.into_iter().cloned().collect());
        }
    }
    if !sent.is_null() {
        members.insert("credentials".to_owned(), sent);
    }
    body
}

/// How Kratos names a linked account.
fn identifier(link: &Json) -> Option<String> {
    Some(format!("{}:{}", link.at("provider").as_str()?, link.at("subject").as_str()?))
}

fn links(identity: Object<'_>, kind: &str, table: &Table) -> Vec<String> {
    let links = identity.get(kind).as_list().unwrap_or_default().iter();
    links.filter_map(|link| identifier(&crate::schema::json::to_json(table, link))).collect()
}

/// Another name that an import may give: the filter or attribute, and its value.
fn other_name(id: &str) -> Option<(&'static str, &str)> {
    let external = id.strip_prefix("external_id=").map(|own| ("external_id", own));
    let name = external.or_else(|| Some(("credentials_identifier", id.strip_prefix("identifier=")?)));
    // Nothing to look for would be found everywhere.
    name.filter(|(_, value)| !value.is_empty())
}

/// What to do about an identity of which nobody can tell whether it was made.
fn maybe_left(mut failure: Failure, external_id: Option<&str>) -> Failure {
    let way = match external_id {
        Some(own) => format!("If it exists by now, import it by `external_id={own}`; otherwise apply again."),
        None => "To find it, look for the address or user name that it signs in with (`GET /admin/identities?credentials_identifier=…`, or the data source `ory_identities`), and import it by `identifier=…` with that; one that signs in with nothing is found by its traits alone. If it does not exist, apply again. With an `external_id`, this is looked for and finished by itself.".to_owned(),
    };
    if let Some(diagnostic) = failure.diagnostics.first_mut().filter(|_| failure.done == Done::Maybe) {
        diagnostic.detail.push_str(&format!(" {way}"));
    }
    failure
}

impl Identity {
    /// Unlinks the account; what cannot be unlinked is said, since all else is done.
    async fn unlink(&self, cx: &Cx<Client>, write: &Write, kind: &'static str, link: &str) -> Option<Diagnostic> {
        let failed = |why: String| {
            let detail = format!("{why}\n\nThe identity was updated otherwise. The account can be unlinked by other means.");
            Some(Diagnostic::warning("An account is still linked", detail).at(Path::attr(kind)))
        };
        let at = match cx.client.endpoint(&KRATOS_ADMIN, Object::new(&RESOURCE.table, &write.planned)).await {
            Ok(at) => at,
            Err(error) => return failed(error.detail),
        };
        let delete = Request::new(Method::DELETE, self.rest.path).id(write.id.as_deref().unwrap_or_default());
        match at.send(cx, &KRATOS_ADMIN, delete.id("credentials").id(kind).query("identifier", link)).await {
            Ok(reply) if reply.is_success() => None,
            // It is not linked: Kratos' own word, unlike that on an identity.
            Ok(reply) if reply.status == 404 && reply.json().is_some_and(|body| body.at("error/code").as_i64() == Some(404)) => None,
            Ok(reply) => failed(KRATOS_ADMIN.refuse(&reply).diagnostic.detail),
            Err(error) => failed(error.diagnostic.detail),
        }
    }

    /// The identities with this `external_id`, of which there is at most one, or with this `credentials_identifier`.
    /// `object` steers where to look.
    async fn named(&self, cx: &Cx<Client>, object: Object<'_>, name: &str, value: &str) -> Result<Vec<Observed>, Failure> {
        let get = Request::new(Method::GET, self.rest.path);
        let get = if name == "external_id" { get.id("by").id("external").id(value) } else { get.query(name, value) };
        let reply = cx.client.endpoint(&KRATOS_ADMIN, object).await?.send(cx, &KRATOS_ADMIN, get).await?;
        if KRATOS_ADMIN.says_missing(&reply) {
            return Ok(Vec::new());
        }
        if !reply.is_success() {
            return Err(KRATOS_ADMIN.refuse(&reply).into());
        }
        let found = match reply.json().unwrap_or_default() {
            Json::Array(found) => found,
            one => vec![one],
        };
        let observed = |body: &Json| {
            let value = mapping::observe(&RESOURCE.table, body).ok()?;
            Some(Observed { id: body.at("id").as_str()?.to_owned(), value, warnings: Vec::new() })
        };
        found.iter().map(observed).collect::<Option<_>>().ok_or_else(|| KRATOS_ADMIN.unreadable(&reply, "expected an identity").into())
    }

    /// Makes an identity that carries an id of ours: that id tells whether a request whose answer was lost made it.
    async fn create_own(&self, cx: &Cx<Client>, write: &Write, own: &str) -> Result<Observed, Failure> {
        let planned = Object::new(&RESOURCE.table, &write.planned);
        let looked = self.named(cx, planned, "external_id", own).await;
        if let Ok(Some(found)) = looked.as_ref().map(|found| found.first()) {
            let attempt = cx.attempt(write, cx.client.endpoint(&KRATOS_ADMIN, planned).await?.base.as_str());
            // What a run that died has made is brought to what is planned by now, secrets and all.
            if attempt.begun.is_some() {
                cx.begin(&attempt, None);
                let prior = found.value.clone();
                return self.update(cx, &Write { id: Some(found.id.clone()), prior, ..write.clone() }).await;
            }
            let detail = format!(
                "There is an identity with this `external_id` that is not in the state. To manage it, import it by `external_id={own}`; otherwise choose another one."
            );
            return Err(Diagnostic::error("The identity exists already", detail).at(Path::attr("external_id")).into());
        }
        let (mut lost, mut tries) = (false, 0);
        loop {
            let failure = match self.rest.create(cx, write).await {
                Ok(observed) => return Ok(observed),
                Err(failure) => failure,
            };
            lost |= failure.done == Done::Maybe;
            tries += 1;
            // A server that could not be asked before, since it is too old for one, cannot be asked now.
            if !lost || looked.is_err() {
                return Err(maybe_left(failure, Some(own)));
            }
            match self.named(cx, planned, "external_id", own).await.map(|mut found| found.pop()) {
                Ok(Some(found)) => return Ok(found),
                Ok(None) if failure.done == Done::Maybe && tries < FINISHING_TRIES && !cx.cancel.is_cancelled() => {}
                // What was lost before may arrive yet, whatever the server says now.
                Ok(None) | Err(_) => return Err(maybe_left(Failure { done: Done::Maybe, ..failure }, Some(own))),
            }
        }
    }

    /// The identity that an import names by something else than its id.
    async fn imported(&self, cx: &Cx<Client>, state: &State, (name, value): (&str, &str)) -> Result<Option<Observed>, Failure> {
        let mut found = self.named(cx, Object::new(&RESOURCE.table, &state.value), name, value).await?;
        if found.len() > 1 {
            let ids: Vec<_> = found.iter().map(|one| format!("`{}`", one_line(&one.id))).collect();
            let detail = format!("Import the one you mean by its id: {}.", ids.join(", "));
            return Err(Diagnostic::error("Several identities have this name", detail).at(Path::attr("id")).into());
        }
        Ok(found.pop())
    }
}

#[async_trait]
impl Backend<Client> for Identity {
    async fn create(&self, cx: &Cx<Client>, write: &Write) -> Result<Observed, Failure> {
        match Object::new(&RESOURCE.table, &write.planned).str("external_id") {
            Some(own) => self.create_own(cx, write, own).await,
            None => self.rest.create(cx, write).await.map_err(|failure| maybe_left(failure, None)),
        }
    }

    async fn read(&self, cx: &Cx<Client>, resource: &'static Resource, state: &State) -> Result<Option<Observed>, Failure> {
        match state.id.as_deref().and_then(other_name).filter(|_| state.private.imported) {
            Some(name) => self.imported(cx, state, name).await,
            None => self.rest.read(cx, resource, state).await,
        }
    }

    async fn update(&self, cx: &Cx<Client>, write: &Write) -> Result<Observed, Failure> {
        let mut observed = self.rest.update_with(cx, write, refine).await?;
        let mut unlinked = false;
        for (kind, table) in LINKED {
            let kept = links(Object::new(&RESOURCE.table, &write.planned), kind, table);
            let before = links(Object::new(&RESOURCE.table, &write.prior), kind, table);
            for link in before.iter().filter(|link| !kept.contains(link)) {
                unlinked = true;
                observed.warnings.extend(self.unlink(cx, write, kind, link).await);
            }
        }
        // That was a change of its own, which the answer before it does not know; nor does an answer know the URL of
        // a schema that it has just changed to.
        let state = State { id: Some(observed.id.clone()), value: write.planned.clone(), private: write.private.clone() };
        let schema = |value| Object::new(&RESOURCE.table, value).get("schema_id");
        if (unlinked || schema(&write.prior) != schema(&write.planned))
            && let Ok(Some(now)) = self.rest.fetch(cx, write.resource, &state).await
        {
            observed.value = now.value;
        }
        Ok(observed)
    }

    async fn delete(&self, cx: &Cx<Client>, resource: &'static Resource, state: &State) -> Result<(), Failure> {
        self.rest.delete(cx, resource, state).await
    }

    async fn find(
        &self,
        cx: &Cx<Client>,
        resource: &'static Resource,
        attr: &'static str,
        value: &str,
        config: &Value,
    ) -> Result<Vec<Observed>, Failure> {
        self.named(cx, Object::new(&resource.table, config), attr, value).await
    }
}
