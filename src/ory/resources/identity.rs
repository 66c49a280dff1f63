//! `ory_identity`: an identity in Ory Kratos (Ory Identities).
//!
//! Names and types are those of the official provider. What people change in their own identity (verifying an address, linking an
//! account, changing the password) is not managed: credentials are written and never read; addresses are shown, and the only change
//! to them is to mark them as verified.

use super::{
    factors,
    guards::PROTECTION,
    identity_schema, password_hash,
    target::{TARGET, WHOLE_TARGET},
};
use crate::{
    engine::{
        Backend, Cx, Diagnostic, Done, Failure, Looked, Makes, Objects, Observed, Offer, State, Wanted, Write, one_line, semantically_equal,
    },
    ory::{Client, services::KRATOS_ADMIN},
    rest::{self, Client as _, REPLACING, Reply, Request, Rest, SendError, address, mapping, once},
    schema::{
        Attr, ID, INSTANT, Kind, Lookup, Nested, Object, Problem, Resource, Rule, Table, UUID, boolean, conflicts, flag, known, list,
        lookup, objects, only, refuse, resource, rule, string,
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
     An update changes what is declared here and keeps the rest. Credentials are sent when they are set or changed, and never read, \
     so that no password hash gets into a state. What people change about their own credentials is left to them.\n\n\
     It is imported by its id, as `external_id=…`, or as `identifier=…` with the address or user name that it signs in with.\n\n\
     Set an `external_id` if you can: when the answer to a create gets lost, the next try finds the identity by it, and does not make a second one.",
)
.sections(&[IDENTITY, CREDENTIALS, factors::ATTRIBUTES, TARGET, PROTECTION, SHOWN])
.rules(RULES)
.on_change(&[factors::stays])
// It is unique, on servers that have it.
.found_by(|identity| identity.str("external_id").map(str::to_owned))
.created_at("created_at")
// Both would have the same identifiers to sign in with.
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
    string(
        "schema_id",
        "Identity schema that the traits follow, such as `preset://email` or one of your own. On self-hosted Ory Kratos, keep each schema that identities use in its configuration: without it, lists of identities fail.",
    )
        .required()
        .refers_to(&identity_schema::RESOURCE, ID),
    string(
        "traits",
        "Data about the identity, such as its address and name, as a JSON object that follows the schema. Compared by meaning.",
    )
    .required()
    .json()
    .check(refuse(json_object)),
    string("state", "Whether the identity may sign in. When unset, the server decides: a new identity is `active`.").or_server().check(only(&["active", "inactive"])),
    string("external_id", "An id of your own, unique among identities; not on Ory Kratos 1.3.").check(refuse(address::id)),
    string(
        "organization_id",
        "Organization that the identity belongs to, on Ory Network; not on Ory Kratos 1.3. The server's choice when unset.",
    )
    .or_server()
    .means(UUID),
    string("region", "Region of the identity, in an Ory Network project with several regions. The project's home region when unset.")
        .or_server()
        .check(known(&["eu-central", "asia-northeast", "us-east", "us-west", "eu", "asia", "us", "global"])),
    string("metadata_public", "JSON of your own that the identity itself can see but not change. Compared by meaning.").json(),
    string("metadata_admin", "JSON of your own that the identity cannot see. Compared by meaning.").json().secret(),
];

static CREDENTIALS: &[Attr] = &[
    boolean(
        HOOK,
        "Whether the password is checked by the password migration hook at the first sign-in, if Ory Kratos is configured with one; from then on, Ory Kratos keeps the password. Set it instead of a password. Never read; `false` sends nothing.",
    )
    .once()
    .unset_as(flag(false))
    .at("credentials/password/config/use_password_migration_hook"),
    string("password", "The password. Never read; a password that is removed here can still be used.").secret().once().at("credentials/password/config/password"),
    string("password_wo", "The password, kept out of the state.").write_only().at("credentials/password/config/password"),
    string("password_wo_version", "Any text; a change sends `password_wo` again.").local(),
    string(
        "hashed_password",
        "The hash of a password to import, in a format that Ory Kratos knows, such as bcrypt, Argon2 or PBKDF2. Never read; a password whose hash is removed here can still be used.",
    )
    .secret()
    .once()
    .check(refuse(password_hash::shape))
    .at("credentials/password/config/hashed_password"),
    string("hashed_password_wo", "The hash of a password to import, kept out of the state.")
        .write_only()
        .check(refuse(password_hash::shape))
        .at("credentials/password/config/hashed_password"),
    string("hashed_password_wo_version", "Any text; a change sends `hashed_password_wo` again.").local(),
    list(
        VERIFIED,
        "Addresses among the `traits` to mark as verified, so that imported people need not verify them again. They are marked when the identity is created or when they are added here; an address that is removed here stays verified. Never read: an address that people verify themselves is not a change.",
    )
    .unordered()
    .once(),
    objects(
        "oidc",
        "Accounts at social sign-in providers to link. Never read, so accounts that people link themselves are not a change. An account that is removed here is unlinked; one that is changed here is unlinked and linked again.",
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

/// An attribute that is set instead of a password.
const HOOK: &str = "use_password_migration_hook";
/// Never sent by this name: [`addressed`] and [`Identity::patch`] send it in the form of the API.
const VERIFIED: &str = "verified_addresses";
/// The server ignores it in a replacement (`PUT`); [`Identity::patch`] changes it.
const ORGANIZATION: &str = "organization_id";

/// The credentials that are accounts at other providers. Their attributes have the API's names.
const LINKED: [(&str, &Table); 2] = [("oidc", &OIDC.table), ("saml", &SAML.table)];

static OIDC_KIND: Kind = Kind::Object(&OIDC);

static OIDC: Nested = Nested {
    name: "IdentityOidc",
    table: Table::new(&[&[
        string("provider", "Id of the provider in the configuration of Ory Kratos, such as `google`.").required(),
        string("subject", "The account's id at the provider (`sub`).").required(),
        boolean("use_auto_link", "Whether a sign-in at the provider links its account if the address is the same; not on Ory Kratos 1.3.")
            .unset_as(flag(false)),
        string("organization", "Organization through whose sign-in the account was made, on Ory Network; not on Ory Kratos 1.3.")
            .means(UUID),
    ]]),
};

static SAML_KIND: Kind = Kind::Object(&SAML);

static SAML: Nested = Nested {
    name: "IdentitySaml",
    table: Table::new(&[&[
        string("provider", "Id of the connection in the configuration of Ory Kratos.").required(),
        string("subject", "The account's id at the SAML provider (the `NameID`, or what the connection's mapping uses instead).")
            .required(),
        string("organization", "Organization that the connection belongs to, on Ory Network.").means(UUID),
    ]]),
};

static SHOWN: &[Attr] = &[
    string("schema_url", "Where the identity schema is served.").read_only().changes_with(&["schema_id"]),
    objects("verifiable_addresses", "Addresses that can be verified, as the identity schema declares them.", &VERIFIABLE_KIND)
        .unordered()
        .read_only()
        .changes_with(&["traits", "schema_id", VERIFIED]),
    objects(
        "recovery_addresses",
        "Addresses through which the identity can recover its account, as the identity schema declares them.",
        &RECOVERY_KIND,
    )
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
        boolean("verified", "Whether the address was verified.").required(),
        string("status", "Status of the verification: `pending`, `sent` or `completed`.").required(),
    ]]),
};

pub(super) static RECOVERY_KIND: Kind = Kind::Object(&RECOVERY);

static RECOVERY: Nested = Nested {
    name: "IdentityRecoveryAddress",
    table: Table::new(&[&[string("value", "The address.").required(), string("via", "How it is reached: `email` or `sms`.").required()]]),
};

static RULES: &[Rule] = &[
    conflicts(PASSWORDS),
    rule(&[HOOK, "password", "password_wo", "hashed_password", "hashed_password_wo"], hook_or_password),
    rule(&["traits", VERIFIED], verified_are_traits),
    factors::RULES[0],
    factors::RULES[1],
    factors::RULES[2],
    factors::RULES[3],
    WHOLE_TARGET,
];

const PASSWORDS: &[&str] = &["password", "password_wo", "hashed_password", "hashed_password_wo"];

fn hook_or_password(identity: Object<'_>) -> Option<Problem> {
    let password = PASSWORDS.iter().find(|name| !identity.get(name).is_null()).filter(|_| identity.bool(HOOK) == Some(true))?;
    Some(Problem::refused(
        HOOK,
        format!("{HOOK} conflicts with {password}"),
        format!(
            "With `{HOOK}`, Ory Kratos has no password until the hook has confirmed one, and ignores `{password}`: remove one of the two."
        ),
    ))
}

fn verified_are_traits(identity: Object<'_>) -> Option<Problem> {
    fn holds(traits: &Json, address: &str) -> bool {
        match traits {
            Json::String(text) => same_address(text, address),
            Json::Array(items) => items.iter().any(|item| holds(item, address)),
            Json::Object(members) => members.values().any(|member| holds(member, address)),
            _ => false,
        }
    }
    let traits = Json::parse(identity.str("traits")?).ok()?;
    identity.strs(VERIFIED).iter().any(|address| !holds(&traits, address)).then(|| {
        Problem::refused(
            VERIFIED,
            "A verified address is not among the traits",
            format!("The addresses of an identity are those in its `traits`, and Ory Kratos drops all others: add each address of `{VERIFIED}` to `traits`, or remove it from `{VERIFIED}`."),
        )
    })
}

/// Kratos spells addresses in lower case, and newer versions remove spaces and punctuation from telephone numbers.
fn same_address(left: &str, right: &str) -> bool {
    let spelled = |text: &str| {
        let seen = text.chars().filter(|c| !c.is_whitespace() && !"-()".contains(*c));
        seen.flat_map(char::to_lowercase).collect::<String>()
    };
    spelled(left) == spelled(right)
}

fn json_object(text: &str) -> Result<(), String> {
    match Json::parse(text) {
        Ok(Json::Object(_)) => Ok(()),
        Ok(_) => Err("Must be a JSON object, such as `jsonencode({ email = \"ann@example.com\" })`.".into()),
        // Text that is not JSON is refused by the attribute's meaning.
        Err(_) => Ok(()),
    }
}

/// Identities are REST objects, except for their credentials.
pub struct Identity {
    rest: Rest,
}

/// Members of an answer that an update must not, or need not, send.
const SHOWN_ONLY: [&str; 8] =
    ["id", "schema_url", "state_changed_at", "verifiable_addresses", "recovery_addresses", ORGANIZATION, "created_at", "updated_at"];

fn set(object: &mut Value, name: &str, value: Value) {
    if let (Value::Object(fields), Some(place)) = (object, RESOURCE.table.index(name)) {
        fields[place] = value;
    }
}

/// The write as it is sent: without a hook that is `false`, which the server would take for a missing password, and with what it
/// expects of a passkey.
fn as_sent(write: &Write) -> Write {
    let mut write = write.clone();
    write.prior = factors::completed(write.prior, &RESOURCE.table);
    write.planned = factors::completed(write.planned, &RESOURCE.table);
    if Object::new(&RESOURCE.table, &write.planned).bool(HOOK) == Some(false) {
        set(&mut write.planned, HOOK, Value::Null);
    }
    write
}

/// The body of a create, with the verified addresses in the form of the API.
fn addressed(write: &Write) -> Json {
    let mut body = mapping::create(write);
    if let Some(Json::Array(addresses)) = body.remove(VERIFIED) {
        let verified = addresses.iter().filter_map(Json::as_str).map(|value| {
            // A mail address has an `@`, a telephone number has none.
            let via = if value.contains('@') { "email" } else { "sms" };
            let mut address = verified(Json::default());
            address.put("value", value.trim().into());
            address.put("via", via.into());
            address
        });
        body.put("verifiable_addresses", verified.collect());
    }
    // There is nothing to remove yet.
    body.remove(factors::REMOVED);
    if let Some(codes) = factors::codes(write) {
        body.put("credentials/lookup_secret/config/codes", factors::of_codes(&codes));
    }
    body
}

/// The API's address, marked as verified.
fn verified(mut address: Json) -> Json {
    address.put("verified", true.into());
    address.put("status", "completed".into());
    address
}

/// Warns about an address that is not verified although the write sent it as verified. The identity exists, and can sign in
/// otherwise.
fn hear_of_addresses(cx: &Cx<Client>, write: &Write, observed: &Observed) {
    let shown = Object::new(&RESOURCE.table, &observed.value).get("verifiable_addresses").as_list().unwrap_or_default();
    let counts = |address: &&str| {
        let mut shown = shown.iter().map(|shown| Object::new(&VERIFIABLE.table, shown));
        shown.any(|shown| shown.bool("verified") == Some(true) && shown.str("value").is_some_and(|value| same_address(value, address)))
    };
    let meant = Object::new(&RESOURCE.table, &write.planned).strs(VERIFIED);
    if !meant.iter().all(counts) {
        let detail = format!(
            "Ory Kratos does not show every address in `{VERIFIED}` as verified: the identity schema does not declare its trait as verifiable (`verification` with `via`). Remove the address from `{VERIFIED}`, or use a schema that declares it."
        );
        cx.warn(Diagnostic::warning("An address is not verified", detail).at(Path::attr(VERIFIED)));
    }
}

/// Prepares the server's current object for the update: removes what an answer only shows. The server shows credentials without
/// their secrets, so sending them back would break the sign-in; those that are set are sent anew. The server adds accounts to
/// the linked ones, and refuses one that is linked already.
fn prepare(write: &mut Write, current: &mut Json) {
    let Some(members) = current.as_object_mut() else { return };
    for name in SHOWN_ONLY {
        members.remove(name);
    }
    let credentials = members.remove("credentials").unwrap_or_default();
    let prior = Object::new(&RESOURCE.table, &write.prior);
    for patched in [ORGANIZATION, VERIFIED, factors::LOOKUP, factors::REMOVED] {
        set(&mut write.planned, patched, prior.get(patched).clone());
    }
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

/// The identifier that Kratos gives to a linked account.
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

/// An account at another provider that is, or was, linked.
struct Account {
    kind: &'static str,
    /// The identifier that Kratos gives to it.
    link: String,
    value: Value,
}

/// The linked accounts that the plan unlinks or changes.
fn leaving(write: &Write) -> Vec<Account> {
    let (prior, planned) = (Object::new(&RESOURCE.table, &write.prior), Object::new(&RESOURCE.table, &write.planned));
    let mut leaving = Vec::new();
    for (kind, table) in LINKED {
        for value in accounts(prior, kind) {
            let stays = accounts(planned, kind).iter().any(|planned| same_account(table, planned, value));
            let link = identifier(table, value).filter(|_| !stays);
            leaving.extend(link.map(|link| Account { kind, link, value: value.clone() }));
        }
    }
    leaving
}

fn is_among(accounts: &[Account], kind: &str, table: &Table, account: &Value) -> bool {
    identifier(table, account).is_some_and(|link| accounts.iter().any(|account| account.kind == kind && account.link == link))
}

fn same_account(table: &Table, left: &Value, right: &Value) -> bool {
    let (left, right) = (Object::new(table, left), Object::new(table, right));
    left.iter().zip(right.iter()).all(|((attr, left), (_, right))| semantically_equal(attr, left, right))
}

/// Whether Kratos itself answers that the identity, or such credentials of it, do not exist.
fn says_none(reply: &Reply) -> bool {
    reply.status == 404 && reply.json().is_some_and(|body| body.at("error/code").as_i64() == Some(404))
}

/// Another name that an import may give: the filter or attribute, and its value.
fn other_name(id: &str) -> Option<(&'static str, &str)> {
    let external = id.strip_prefix("external_id=").map(|own| ("external_id", own));
    let name = external.or_else(|| Some(("credentials_identifier", id.strip_prefix("identifier=")?)));
    // An empty value would match every identity.
    name.filter(|(_, value)| !value.is_empty())
}

/// Adds what to do when it is unknown whether the identity was made.
fn maybe_left(mut failure: Failure, external_id: Option<&str>) -> Failure {
    let way = match external_id {
        Some(own) => format!("If the identity exists by now, import it by `external_id={own}`; otherwise apply again."),
        None => "To find it, look for the address or user name that it signs in with (`GET /admin/identities?credentials_identifier=…`, or the data source `ory_identities`), and import it by `identifier=…` with that; one without such an identifier is found by its traits only. If it does not exist, apply again. An identity with an `external_id` is found and finished by the provider itself.".to_owned(),
    };
    if let Some(diagnostic) = failure.diagnostics.first_mut().filter(|_| failure.done == Done::Maybe) {
        diagnostic.detail.push_str(&format!(" {way}"));
    }
    failure
}

impl Identity {
    /// Unlinks the accounts that the plan unlinks or changes, and returns those that are no longer linked. An account that stays
    /// linked can still sign in, so the state keeps it and the next apply tries again.
    async fn unlink(&self, cx: &Cx<Client>, write: &Write, observed: &Observed) -> Result<Vec<Account>, Failure> {
        let planned = Object::new(&RESOURCE.table, &write.planned);
        let (mut unlinked, mut refused) = (Vec::new(), Vec::new());
        for account in leaving(write) {
            match self.unlink_one(cx, planned, &observed.id, &account).await {
                Ok(()) => unlinked.push(account),
                Err(why) => refused.push((account, why)),
            }
        }
        if refused.is_empty() {
            return Ok(unlinked);
        }
        // For the last way to sign in, Kratos gives the same reason whether the account is still linked or not.
        let there = self.current(cx, planned, &observed.id).await.map(|identity| identity.at("credentials").clone());
        let is_linked = |account: &Account| there.as_ref().map_or(true, |there| identifiers(there, account.kind).contains(&account.link));
        let (refused, gone): (Vec<_>, Vec<_>) = refused.into_iter().partition(|(account, _)| is_linked(account));
        unlinked.extend(gone.into_iter().map(|(account, _)| account));
        let Some((Account { kind, .. }, why)) = refused.first() else { return Ok(unlinked) };
        let detail = format!(
            "{why}\n\nEverything else of the identity was updated. The account is still linked and people can sign in with it; the state keeps it, so that the next apply tries again. If it is the last way to sign in, give the identity another one first, such as a password."
        );
        let diagnostic = Diagnostic::error("An account is still linked", detail).at(Path::attr(kind));
        let still: Vec<_> = refused.into_iter().map(|(account, _)| account).collect();
        Err(self.partly(write, observed, &still, &unlinked, diagnostic))
    }

    /// Links the accounts again that were unlinked only to be changed.
    async fn link_again(&self, cx: &Cx<Client>, write: &Write, observed: &Observed, unlinked: &[Account]) -> Result<(), Failure> {
        let planned = Object::new(&RESOURCE.table, &write.planned);
        let is_again = |account: &Account| {
            LINKED.iter().any(|(kind, table)| account.kind == *kind && links(planned, kind, table).contains(&account.link))
        };
        if !unlinked.iter().any(is_again) {
            return Ok(());
        }
        let mut prior = write.planned.clone();
        for (kind, table) in LINKED {
            let others = accounts(planned, kind).iter().filter(|account| !is_among(unlinked, kind, table, account));
            set(&mut prior, kind, Value::List(others.cloned().collect()));
        }
        let again = Write { prior, rewrite: Vec::new(), withdrawn: Vec::new(), ..write.clone() };
        match self.rest.update_with(cx, &again, prepare).await {
            Ok(_) => Ok(()),
            Err(failure) => {
                let why: Vec<_> = failure.diagnostics.into_iter().map(|diagnostic| diagnostic.detail).collect();
                let detail = format!(
                    "{}\n\nEverything else of the identity was updated. The account had to be unlinked to be changed, and is not linked now; the next apply tries again.",
                    why.join("\n\n")
                );
                let kind = unlinked.iter().find(|account| is_again(account)).map_or("oidc", |account| account.kind);
                Err(self.partly(write, observed, &[], unlinked, Diagnostic::error("An account is not linked", detail).at(Path::attr(kind))))
            }
        }
    }

    /// The failure of an update after which the accounts `still` are linked as before, and the accounts `gone` are not linked.
    fn partly(&self, write: &Write, observed: &Observed, still: &[Account], gone: &[Account], why: Diagnostic) -> Failure {
        let planned = Object::new(&RESOURCE.table, &write.planned);
        let mut left = observed.clone();
        for (kind, table) in LINKED.into_iter().filter(|(kind, _)| still.iter().chain(gone).any(|account| account.kind == *kind)) {
            let is_as_planned = |account: &&Value| !is_among(still, kind, table, account) && !is_among(gone, kind, table, account);
            let kept = accounts(planned, kind).iter().filter(is_as_planned).cloned();
            let still = still.iter().filter(|account| account.kind == kind).map(|account| account.value.clone());
            set(&mut left.value, kind, Value::List(kept.chain(still).collect()));
        }
        Failure { done: Done::Yes, left: Some(Box::new(left)), diagnostics: vec![why] }
    }

    /// Patches what the server ignores in a replacement: the organization, and verified addresses.
    async fn patch(&self, cx: &Cx<Client>, write: &Write, observed: &mut Observed) -> Result<(), Failure> {
        let (prior, planned) = (Object::new(&RESOURCE.table, &write.prior), Object::new(&RESOURCE.table, &write.planned));
        let mut operations = Vec::new();
        let add = |path: &str, value: Json| {
            let mut operation = Json::default();
            operation.put("op", "add".into());
            operation.put("path", path.into());
            operation.put("value", value);
            operation
        };
        if let Some(organization) =
            planned.str(ORGANIZATION).filter(|id| prior.str(ORGANIZATION).is_none_or(|prior| !(UUID.same)(prior, id)))
        {
            operations.push(add("/organization_id", organization.into()));
        }
        let before = prior.strs(VERIFIED);
        let mut added = planned.strs(VERIFIED);
        added.retain(|address| !before.contains(address));
        let failed = |error: SendError, observed: &Observed| {
            let mut left = observed.clone();
            let before = prior.get(VERIFIED).clone();
            set(&mut left.value, VERIFIED, if before.is_null() { Value::List(Vec::new()) } else { before });
            // Nothing was unlinked yet.
            self.partly(write, &left, &leaving(write), &[], error.diagnostic)
        };
        if !added.is_empty() {
            // The list is patched as a whole, since its order is not guaranteed.
            let current = self.current(cx, planned, &observed.id).await.map_err(|error| failed(error, observed))?;
            let is_added =
                |address: &Json| address.at("value").as_str().is_some_and(|value| added.iter().any(|added| same_address(value, added)));
            let is_meant = |address: &Json| is_added(address) && address.at("verified").as_bool() != Some(true);
            let addresses = current.at("verifiable_addresses").as_array().unwrap_or_default();
            if addresses.iter().any(is_meant) {
                let marked = addresses.iter().map(|address| if is_meant(address) { verified(address.clone()) } else { address.clone() });
                operations.push(add("/verifiable_addresses", marked.collect()));
            }
        }
        if !operations.is_empty() {
            let patch =
                Request::new(Method::PATCH, self.rest.path).id(&observed.id).body(Json::Array(operations)).hiding(rest::secrets(write));
            let patched = async {
                let reply =
                    cx.client.endpoint(&KRATOS_ADMIN, planned).await.map_err(SendError::unsent)?.send(cx, &KRATOS_ADMIN, patch).await?;
                if !reply.is_success() {
                    return Err(KRATOS_ADMIN.refuse(&reply));
                }
                self.rest.observe(&RESOURCE, &reply, &KRATOS_ADMIN.json(&reply)?, Some(&observed.id))
            };
            *observed = patched.await.map_err(|error| failed(error, observed))?;
        }
        Ok(())
    }

    async fn unlink_one(&self, cx: &Cx<Client>, object: Object<'_>, id: &str, Account { kind, link, .. }: &Account) -> Result<(), String> {
        let at = cx.client.endpoint(&KRATOS_ADMIN, object).await.map_err(|error| error.detail)?;
        let delete = Request::new(Method::DELETE, self.rest.path).id(id).id("credentials").id(kind).query("identifier", link);
        match at.send(cx, &KRATOS_ADMIN, delete).await {
            Ok(reply) if reply.is_success() => Ok(()),
            // It is not linked, as Kratos itself says.
            Ok(reply) if says_none(&reply) => Ok(()),
            Ok(reply) => Err(KRATOS_ADMIN.refuse(&reply).diagnostic.detail),
            Err(error) => Err(error.diagnostic.detail),
        }
    }

    /// Removes the kinds of credentials that the plan removes. Those that could not be removed stay in the state, so that the next
    /// apply tries again.
    async fn take_away(&self, cx: &Cx<Client>, write: &Write, observed: &Observed) -> Result<bool, Failure> {
        let leaving = factors::leaving(write);
        let (prior, planned) = (Object::new(&RESOURCE.table, &write.prior), Object::new(&RESOURCE.table, &write.planned));
        let (mut left, mut refused) = (observed.clone(), Vec::new());
        for (kind, named) in &leaving {
            if let Err(SendError { diagnostic: Diagnostic { detail: why, .. }, .. }) = self.drop_kind(cx, planned, &observed.id, kind).await
            {
                let before = prior.get(named).clone();
                set(&mut left.value, named, if before.is_null() { Value::List(Vec::new()) } else { before });
                let detail = format!(
                    "{why}\n\nEverything else of the identity was updated, but it still has its credentials of the kind `{kind}`. The state keeps them, so that the next apply tries again."
                );
                refused.push(Diagnostic::error("Credentials were not removed", detail).at(Path::attr(named)));
            }
        }
        match refused.is_empty() {
            true => Ok(!leaving.is_empty()),
            false => Err(Failure { done: Done::Yes, left: Some(Box::new(left)), diagnostics: refused }),
        }
    }

    /// Removes all credentials of a kind, if there are any.
    async fn drop_kind(&self, cx: &Cx<Client>, object: Object<'_>, id: &str, kind: &str) -> Result<(), SendError> {
        let at = cx.client.endpoint(&KRATOS_ADMIN, object).await.map_err(SendError::unsent)?;
        let delete = Request::new(Method::DELETE, self.rest.path).id(id).id("credentials").id(kind);
        let reply = at.send(cx, &KRATOS_ADMIN, delete).await?;
        if reply.is_success() || says_none(&reply) { Ok(()) } else { Err(KRATOS_ADMIN.refuse(&reply)) }
    }

    /// Replaces all lookup codes by these. The server can only add codes, so the existing ones are removed first.
    async fn import_codes(&self, cx: &Cx<Client>, write: &Write, id: &str, codes: &[&str]) -> Result<(), SendError> {
        let planned = Object::new(&RESOURCE.table, &write.planned);
        let at = cx.client.endpoint(&KRATOS_ADMIN, planned).await.map_err(SendError::unsent)?;
        let send = || async {
            self.drop_kind(cx, planned, id, factors::LOOKUP).await?;
            let mut body = self.current(cx, planned, id).await?;
            if let Some(members) = body.as_object_mut() {
                members.remove("credentials");
                SHOWN_ONLY.iter().for_each(|name| drop(members.remove(*name)));
            }
            body.put("credentials/lookup_secret/config/codes", factors::of_codes(codes));
            let hidden = rest::secrets(write);
            let put = Request::new(Method::PUT, self.rest.path).id(id).body(body).hiding(hidden).once();
            let reply = at.send(cx, &KRATOS_ADMIN, put).await?;
            if reply.is_success() { Ok(()) } else { Err(KRATOS_ADMIN.refuse(&reply)) }
        };
        // Each try begins by removing all, so it does not matter what the try before did.
        once(cx, send, || async { Ok(None) }).await
    }

    /// Checks that the identity has the imported credentials: an older server ignores them silently.
    async fn hear_of_factors(&self, cx: &Cx<Client>, write: &Write, observed: &Observed) -> Result<(), Failure> {
        let sent = factors::sent(write);
        if sent.is_empty() {
            return Ok(());
        }
        // If this read fails, nothing contradicts the write.
        let Ok(current) = self.current(cx, Object::new(&RESOURCE.table, &write.planned), &observed.id).await else { return Ok(()) };
        let ignored: Vec<_> = sent.into_iter().filter(|kind| !current.at("credentials").at(*kind).is_object()).collect();
        let Some(first) = ignored.first() else { return Ok(()) };
        let mut left = observed.clone();
        ignored.iter().for_each(|kind| set(&mut left.value, kind, factors::unsent(kind)));
        let detail = format!(
            "The identity has no credentials of the kind `{first}` although they were sent: this version of Ory Kratos does not import them, and ignores what it does not know. Everything else of the identity was updated. Remove `{first}`, or use a newer version."
        );
        let diagnostics = vec![Diagnostic::error("Credentials were not imported", detail).at(Path::attr(first))];
        Err(Failure { done: Done::Yes, left: Some(Box::new(left)), diagnostics })
    }

    /// The identity as the server shows it.
    async fn current(&self, cx: &Cx<Client>, object: Object<'_>, id: &str) -> Result<Json, SendError> {
        let at = cx.client.endpoint(&KRATOS_ADMIN, object).await.map_err(SendError::unsent)?;
        let reply = at.send(cx, &KRATOS_ADMIN, Request::new(Method::GET, self.rest.path).id(id)).await?;
        match reply.is_success() {
            true => KRATOS_ADMIN.json(&reply),
            false => Err(KRATOS_ADMIN.refuse(&reply)),
        }
    }

    /// The identities with this `external_id`, of which there is at most one, or with this `credentials_identifier`, and the
    /// time of the answer. The attributes of `object` select the server.
    pub(super) async fn named(
        &self,
        cx: &Cx<Client>,
        object: Object<'_>,
        name: &str,
        value: &str,
    ) -> Result<(Vec<Observed>, Looked), SendError> {
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

    /// Makes an identity with an `external_id`: if an answer gets lost, the id shows whether the request made the identity.
    async fn create_own(&self, cx: &Cx<Client>, write: &Write, own: &str) -> Result<Observed, Failure> {
        // An id that was unknown in the plan has not been checked yet.
        address::id(own).map_err(|why| Diagnostic::error("The identity could not be found again", why).at(Path::attr("external_id")))?;
        let planned = Object::new(&RESOURCE.table, &write.planned);
        let at = self.rest.collection(cx, planned).await?;
        let attempt = cx.attempt(write, at.endpoint.account(cx), Makes::TheObject);
        let look = || async { self.named(cx, planned, "external_id", own).await };
        match look().await.map(|(mut found, looked)| (found.pop(), looked)) {
            Ok((Some(found), _)) => {
                // An identity that an earlier, crashed run has made is updated to the current plan, including secrets.
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
            // A server that is too old for this look-up can still make the identity.
            Err(_) => cx.begin(&attempt, Looked::Not),
        }
        let made = once(cx, || self.rest.post_body(cx, &at, write, addressed(write)), || async { Ok(look().await?.0.pop()) }).await;
        made.map_err(|error| {
            // The last try was refused, but an earlier one may still arrive.
            let refused = error.status.is_some_and(|status| (400..500).contains(&status));
            maybe_left(if refused { error.into() } else { rest::maybe_left(&RESOURCE, None, error) }, Some(own))
        })
    }

    /// Makes an identity without an `external_id`. It could not be found again, so the request is sent only once.
    async fn create_nameless(&self, cx: &Cx<Client>, write: &Write) -> Result<Observed, Failure> {
        let at = self.rest.collection(cx, Object::new(&RESOURCE.table, &write.planned)).await?;
        cx.begin(&cx.attempt(write, at.endpoint.account(cx), Makes::TheObject), Looked::Not);
        let made = self.rest.post_body(cx, &at, write, addressed(write)).await;
        made.map_err(|error| maybe_left(rest::maybe_left(&RESOURCE, None, error), None))
    }

    /// The identity that an import names by an `external_id` or an identifier.
    async fn imported(&self, cx: &Cx<Client>, state: &State, (name, value): (&str, &str)) -> Result<Option<Observed>, Failure> {
        let (mut found, _) = self.named(cx, Object::new(&RESOURCE.table, &state.value), name, value).await?;
        if found.len() > 1 {
            let ids: Vec<_> = found.iter().map(|one| format!("`{}`", one_line(&one.id))).collect();
            let detail = format!("Import one of them by its id: {}.", ids.join(", "));
            return Err(Diagnostic::error("Several identities have this identifier", detail).at(Path::attr("id")).into());
        }
        Ok(found.pop())
    }
}

#[async_trait]
impl Backend<Client> for Identity {
    async fn create(&self, cx: &Cx<Client>, write: &Write) -> Result<Observed, Failure> {
        let write = &as_sent(write);
        let made = match Object::new(&RESOURCE.table, &write.planned).str("external_id") {
            Some(own) => self.create_own(cx, write, own).await,
            None => self.create_nameless(cx, write).await,
        }?;
        hear_of_addresses(cx, write, &made);
        Ok(made)
    }

    async fn read(&self, cx: &Cx<Client>, resource: &'static Resource, state: &State) -> Result<Option<Observed>, Failure> {
        match state.id.as_deref().and_then(other_name).filter(|_| state.private.imported.is_some()) {
            Some(name) => self.imported(cx, state, name).await,
            None => self.rest.read(cx, resource, state).await,
        }
    }

    async fn update(&self, cx: &Cx<Client>, write: &Write) -> Result<Observed, Failure> {
        let write = &as_sent(write);
        let mut observed = self.rest.update_with(cx, write, prepare).await?;
        self.patch(cx, write, &mut observed).await?;
        let unlinked = self.unlink(cx, write, &observed).await?;
        self.link_again(cx, write, &observed, &unlinked).await?;
        let codes = factors::codes(write);
        if let Some(codes) = &codes {
            self.import_codes(cx, write, &observed.id, codes).await.map_err(|error| {
                let mut left = observed.clone();
                set(&mut left.value, factors::LOOKUP, factors::unsent(factors::LOOKUP));
                let mut failure = Failure { done: Done::Yes, left: Some(Box::new(left)), diagnostics: vec![error.diagnostic] };
                if let Some(diagnostic) = failure.diagnostics.first_mut() {
                    diagnostic.detail.push_str(
                        "\n\nEverything else of the identity was updated. It may have no lookup codes now; the next apply tries again.",
                    );
                }
                failure
            })?;
        }
        self.hear_of_factors(cx, write, &observed).await?;
        let taken = self.take_away(cx, write, &observed).await?;
        // Those were separate requests, so the last answer does not show their effect; nor does an answer show the URL of a schema
        // that it has just changed.
        let state = State { id: Some(observed.id.clone()), value: write.planned.clone(), private: write.private.clone() };
        let schema = |value| Object::new(&RESOURCE.table, value).get("schema_id");
        if (!unlinked.is_empty() || taken || codes.is_some() || schema(&write.prior) != schema(&write.planned))
            && let Ok(Some(now)) = self.rest.fetch(cx, write.resource, &state).await
        {
            observed.value = now.value;
        }
        let verified = |value| Object::new(&RESOURCE.table, value).get(VERIFIED);
        if verified(&write.prior) != verified(&write.planned) {
            hear_of_addresses(cx, write, &observed);
        }
        Ok(observed)
    }

    async fn delete(&self, cx: &Cx<Client>, resource: &'static Resource, state: &State) -> Result<(), Failure> {
        self.rest.delete(cx, resource, state).await
    }

    async fn list(&self, cx: &Cx<Client>, wanted: &Wanted<'_>, objects: &Objects) -> Result<(), Failure> {
        // This is not a filter of the list: it has a path of its own.
        let Some(own) = wanted.filter.str("external_id") else { return self.rest.list(cx, wanted, objects).await };
        for found in self.named(cx, wanted.filter, "external_id", own).await?.0 {
            objects.send(found).await;
        }
        Ok(())
    }
}
