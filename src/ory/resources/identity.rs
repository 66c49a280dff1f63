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
    engine::{Backend, Cx, Diagnostic, Done, Failure, Looked, Makes, Objects, Observed, Offer, State, Wanted, Write, one_line},
    ory::{Client, services::KRATOS_ADMIN},
    rest::{self, Client as _, REPLACING, Request, Rest, SendError, address, once},
    schema::{
        Attr, INSTANT, Kind, Lookup, Nested, Object, Resource, Rule, Table, boolean, conflicts, lookup, objects, only, refuse, requires,
        resource, string,
    },
    value::{Json, Path, Value},
};
use async_trait::async_trait;
use reqwest::Method;

/// What this file offers.
pub static OFFERS: &[Offer<Client>] = &[Offer::resource(&RESOURCE, &BACKEND), Offer::lookup(&LOOKUP, &BACKEND)];

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
.created_at("created_at")
// Both would sign in with the same.
.excludes(|_, _| true)
.checked();

/// The data source.
static LOOKUP: Lookup = lookup(&RESOURCE, "An identity that is managed elsewhere, by its id or its `external_id`.").or_by("external_id");

/// How it is reached.
pub static BACKEND: Identity = Identity {
    rest: Rest::new(&KRATOS_ADMIN, "/admin/identities").filters(&[
        ("ids", "ids"),
        ("credentials_identifier", "credentials_identifier"),
        ("preview_credentials_identifier_similar", "preview_credentials_identifier_similar"),
        ("organization_id", "organization_id"),
    ]),
};

static IDENTITY: &[Attr] = &[
    string("schema_id", "Identity schema that the traits follow, such as `preset://email` or one of your own.").required(),
    string("traits", "What is known of the identity, as a JSON object that its schema describes. Compared by meaning.")
        .required()
        .json()
        .check(refuse(json_object)),
    string("state", "Whether the identity may sign in. The server makes it `active` when unset.")
        .or_server()
        .check(only(&["active", "inactive"])),
    string("external_id", "An id of your own, unique among identities; not on Ory Kratos 1.3.").check(refuse(address::id)),
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

/// Identities are REST objects, but for their credentials.
pub struct Identity {
    rest: Rest,
}

/// What an answer shows and no update may or need say.
const SHOWN_ONLY: [&str; 8] =
    ["id", "schema_url", "state_changed_at", "verifiable_addresses", "recovery_addresses", "organization_id", "created_at", "updated_at"];

/// What the server has without what an answer only shows. Its own account of the credentials comes without their secrets,
/// so that sending it back would break the sign-in; those that are set are set anew. Accounts are added to those that
/// are linked, and one that is linked already would be refused.
fn prepare(write: &mut Write, current: &mut Json) {
    let Some(members) = current.as_object_mut() else { return };
    for name in SHOWN_ONLY {
        members.remove(name);
    }
    let credentials = members.remove("credentials").unwrap_or_default();
    let prior = Object::new(&RESOURCE.table, &write.prior);
    for (kind, table) in LINKED {
        let linked: Vec<String> = links(prior, kind, table).into_iter().chain(identifiers(&credentials, kind)).collect();
        let (before, Some(place)) = (prior.get(kind).clone(), RESOURCE.table.index(kind)) else { continue };
        let Value::Object(planned) = &mut write.planned else { continue };
        if let Value::List(accounts) = &mut planned[place] {
            accounts.retain(|account| identifier(table, account).is_none_or(|account| !linked.contains(&account)));
            if accounts.is_empty() {
                planned[place] = before;
            }
        }
    }
}

/// The accounts that the server shows as linked.
fn identifiers(credentials: &Json, kind: &str) -> Vec<String> {
    let shown = credentials.at(&format!("{kind}/identifiers")).as_array();
    shown.into_iter().flatten().filter_map(Json::as_str).map(str::to_owned).collect()
}

/// How Kratos names a linked account.
fn identifier(table: &Table, account: &Value) -> Option<String> {
    let account = Object::new(table, account);
    Some(format!("{}:{}", account.str("provider")?, account.str("subject")?))
}

fn accounts<'a>(identity: Object<'a>, kind: &str) -> &'a [Value] {
    identity.get(kind).as_list().unwrap_or_default()
}

fn links(identity: Object<'_>, kind: &str, table: &Table) -> Vec<String> {
    accounts(identity, kind).iter().filter_map(|account| identifier(table, account)).collect()
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
    /// Unlinks the accounts that are planned to be linked no more. What is still linked then signs in, so that the state
    /// says so and the next apply tries again.
    async fn unlink(&self, cx: &Cx<Client>, write: &Write, observed: &mut Observed) -> Result<bool, Failure> {
        let (prior, planned) = (Object::new(&RESOURCE.table, &write.prior), Object::new(&RESOURCE.table, &write.planned));
        let mut refused = Vec::new();
        let mut unlinked = false;
        for (kind, table) in LINKED {
            let kept = links(planned, kind, table);
            for account in accounts(prior, kind) {
                let Some(link) = identifier(table, account).filter(|link| !kept.contains(link)) else { continue };
                unlinked = true;
                if let Err(why) = self.unlink_one(cx, planned, &observed.id, kind, &link).await {
                    refused.push((kind, account.clone(), why));
                }
            }
        }
        if refused.is_empty() {
            return Ok(unlinked);
        }
        // Kratos gives the same reason for the last way to sign in, whether the account is still linked or not.
        let there = self.credentials(cx, planned, &observed.id).await;
        let is_linked = |kind: &str, account: &Value| {
            let link = LINKED.iter().find(|(linked, _)| *linked == kind).and_then(|(_, table)| identifier(table, account));
            there.as_ref().map_or(true, |there| link.is_none_or(|link| identifiers(there, kind).contains(&link)))
        };
        refused.retain(|(kind, account, _)| is_linked(kind, account));
        let Some((kind, _, why)) = refused.first() else { return Ok(true) };
        let detail = format!(
            "{why}\n\nThe identity was updated otherwise. The account is still linked and can be signed in with; the state keeps it, so that the next apply tries again. If it is the last way to sign in, give the identity another one first, such as a password."
        );
        let diagnostic = Diagnostic::error("An account is still linked", detail).at(Path::attr(kind));
        let mut left = observed.clone();
        for (kind, _) in LINKED {
            let still = refused.iter().filter(|(of, _, _)| *of == kind).map(|(_, account, _)| account.clone());
            let all: Vec<Value> = accounts(planned, kind).iter().cloned().chain(still).collect();
            if let (Value::Object(fields), Some(place), false) = (&mut left.value, RESOURCE.table.index(kind), all.is_empty()) {
                fields[place] = Value::List(all);
            }
        }
        Err(Failure { done: Done::Yes, left: Some(Box::new(left)), diagnostics: vec![diagnostic] })
    }

    async fn unlink_one(&self, cx: &Cx<Client>, object: Object<'_>, id: &str, kind: &str, link: &str) -> Result<(), String> {
        let at = cx.client.endpoint(&KRATOS_ADMIN, object).await.map_err(|error| error.detail)?;
        let delete = Request::new(Method::DELETE, self.rest.path).id(id).id("credentials").id(kind).query("identifier", link);
        match at.send(cx, &KRATOS_ADMIN, delete).await {
            Ok(reply) if reply.is_success() => Ok(()),
            // It is not linked: Kratos' own word, unlike that on an identity.
            Ok(reply) if reply.status == 404 && reply.json().is_some_and(|body| body.at("error/code").as_i64() == Some(404)) => Ok(()),
            Ok(reply) => Err(KRATOS_ADMIN.refuse(&reply).diagnostic.detail),
            Err(error) => Err(error.diagnostic.detail),
        }
    }

    /// What the server tells of the identity's credentials.
    async fn credentials(&self, cx: &Cx<Client>, object: Object<'_>, id: &str) -> Result<Json, Failure> {
        let at = cx.client.endpoint(&KRATOS_ADMIN, object).await?;
        let reply = at.send(cx, &KRATOS_ADMIN, Request::new(Method::GET, self.rest.path).id(id)).await?;
        if !reply.is_success() {
            return Err(KRATOS_ADMIN.refuse(&reply).into());
        }
        Ok(KRATOS_ADMIN.json(&reply)?.remove("credentials").unwrap_or_default())
    }

    /// The identities with this `external_id`, of which there is at most one, or with this `credentials_identifier`; and
    /// when that was so. `object` steers where to look.
    async fn named(&self, cx: &Cx<Client>, object: Object<'_>, name: &str, value: &str) -> Result<(Vec<Observed>, Looked), SendError> {
        let get = Request::new(Method::GET, self.rest.path);
        let get = if name == "external_id" { get.id("by").id("external").id(value) } else { get.query(name, value) };
        let reply = cx.client.endpoint(&KRATOS_ADMIN, object).await.map_err(SendError::unsent)?.send(cx, &KRATOS_ADMIN, get).await?;
        let looked = Looked::Missing(reply.date());
        if KRATOS_ADMIN.says_missing(&reply) {
            return Ok((Vec::new(), looked));
        }
        if !reply.is_success() {
            return Err(KRATOS_ADMIN.refuse(&reply));
        }
        let found = match reply.json().unwrap_or_default() {
            Json::Array(found) => found,
            one => vec![one],
        };
        let observed = |body: &Json| {
            if name == "external_id" {
                KRATOS_ADMIN.about(&reply, value, body.at("external_id").as_str().unwrap_or_default())?;
            }
            self.rest.observe(&RESOURCE, &reply, body, None)
        };
        let found = found.iter().map(observed).collect::<Result<_, SendError>>()?;
        Ok((found, looked))
    }

    /// Makes an identity that carries an id of ours: that id tells whether a request whose answer was lost made it.
    async fn create_own(&self, cx: &Cx<Client>, write: &Write, own: &str) -> Result<Observed, Failure> {
        let planned = Object::new(&RESOURCE.table, &write.planned);
        let at = self.rest.collection(cx, planned).await?;
        let attempt = cx.attempt(write, at.endpoint.account(cx), Makes::TheObject);
        let look = || async { self.named(cx, planned, "external_id", own).await };
        match look().await.map(|(mut found, looked)| (found.pop(), looked)) {
            Ok((Some(found), _)) => {
                // What a run that died has made is brought to what is planned by now, secrets and all.
                if attempt.begun.as_ref().is_some_and(|begun| begun.is(&RESOURCE, &write.planned, &found.value)) {
                    cx.resume(&attempt);
                    let prior = found.value.clone();
                    return self.update(cx, &Write { id: Some(found.id.clone()), prior, ..write.clone() }).await;
                }
                let detail = format!(
                    "There is an identity with this `external_id` that is not in the state. To manage it, import it by `external_id={own}`; otherwise choose another one.{REPLACING}"
                );
                return Err(Diagnostic::error("The identity exists already", detail).at(Path::attr("external_id")).into());
            }
            Ok((None, looked)) => cx.begin(&attempt, looked),
            // A server that is too old for the question can make the identity all the same.
            Err(_) => cx.begin(&attempt, Looked::Not),
        }
        let made = once(cx, || self.rest.post(cx, &at, write), || async { Ok(look().await?.0.pop()) }).await;
        made.map_err(|error| {
            // What was refused in the end was not made by the last try; an earlier one may still arrive.
            let refused = error.status.is_some_and(|status| (400..500).contains(&status));
            maybe_left(if refused { error.into() } else { rest::maybe_left(&RESOURCE, None, error) }, Some(own))
        })
    }

    /// The identity that an import names by something else than its id.
    async fn imported(&self, cx: &Cx<Client>, state: &State, (name, value): (&str, &str)) -> Result<Option<Observed>, Failure> {
        let (mut found, _) = self.named(cx, Object::new(&RESOURCE.table, &state.value), name, value).await?;
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
        let mut observed = self.rest.update_with(cx, write, prepare).await?;
        let unlinked = self.unlink(cx, write, &mut observed).await?;
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

    async fn list(&self, cx: &Cx<Client>, wanted: &Wanted<'_>, objects: &Objects) -> Result<(), Failure> {
        // No filter of the list: it has a path of its own.
        let Some(own) = wanted.filter.str("external_id") else { return self.rest.list(cx, wanted, objects).await };
        for found in self.named(cx, wanted.filter, "external_id", own).await?.0 {
            objects.send(found).await;
        }
        Ok(())
    }
}
