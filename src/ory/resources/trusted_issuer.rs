//! `ory_trusted_oauth2_jwt_grant_issuer`: an issuer whose signed assertions are accepted as grants (RFC 7523).
//!
//! Names and types are those of the official provider. The server keeps the issuer's keys in a set with the issuer's name, each
//! `kid` once. It deletes the key with the first grant that is deleted, and with the key every other grant that uses it. So this
//! resource never shares a key, neither when a grant is made nor when one is deleted.

use super::{
    super::{client::Client, services::HYDRA_ADMIN},
    due,
    guards::PROTECTION,
    jose,
    target::{TARGET, WHOLE_TARGET, steered},
};
use crate::{
    engine::{self, Backend, Cx, Diagnostic, Failure, Looked, Makes, Objects, Observed, Offer, Severity, State, Wanted, Write, one_line},
    rest::{Client as _, Endpoint, REPLACING, Request, Rest, SendError, address, maybe_left, once},
    schema::{
        Attr, Equality, INSTANT, Lookup, Object, Problem, Resource, boolean, flag, list, lookup, refuse, resource, rule, string, warn,
    },
    value::{Json, Path, Value, instant},
};
use async_trait::async_trait;
use reqwest::Method;

/// What this file offers.
pub static OFFERS: &[Offer<Client>] = &[Offer::resource(&RESOURCE, &BACKEND), Offer::lookup(&LOOKUP, &BACKEND)];

/// The resource.
pub static RESOURCE: Resource = resource(
    "trusted_oauth2_jwt_grant_issuer",
    "An issuer that Ory trusts: anybody who presents an assertion (a JWT, RFC 7523) that it signed gets tokens for the subject that the assertion names.\n\n\
     The server has no way to change a grant, so every change makes a new one. It keeps each key only once for an issuer and `kid`. \
     When the first grant of a key is deleted, it deletes the key and all other grants of that key. So a key that the issuer has already \
     is refused: give each grant a key with a different `kid`. For the same reason, the old grant is deleted before its replacement is made, \
     unless the new key has a new `kid`. A public key that no grant uses, such as one that a clean-up of the server (`hydra janitor`) \
     has left behind, is used if it is the same key as `jwk`, by its thumbprint (RFC 7638).\n\n\
     `expires_at` is no substitute for deletion: only destroying the grant certainly ends the trust. A refresh and an apply warn about \
     a grant that has expired.",
)
.import("grant_id")
.sections(&[GRANT, SHOWN, TARGET, PROTECTION, FORCE])
.rules(&[rule(&["subject", "allow_any_subject"], some_subject), WHOLE_TARGET])
.found_by(|grant| Some(format!("{} {}", grant.str("issuer")?, key_id(grant)?)))
.created_at("created_at")
.excludes(same_key)
.checked();

/// How it is reached.
pub static BACKEND: Issuers = Issuers(Rest::new(&HYDRA_ADMIN, "/admin/trust/grants/jwt-bearer/issuers").filters(&[("issuer", "issuer")]));

/// The data source.
static LOOKUP: Lookup =
    lookup(&RESOURCE, "A trusted issuer that is managed elsewhere, by its id or, if it has one grant, by its name.").or_by("issuer");

static GRANT: &[Attr] = &[
    string("issuer", "The issuer, as its assertions name it (`iss`).").required().replaces().check(refuse(address::segment)),
    list("scope", "Scopes that its assertions may ask for, each in its own element.")
        .required()
        .replaces()
        .unordered()
        .each(warn(one_scope))
        .formerly("scopes"),
    string("expires_at", "When the trust is to end (RFC 3339); the server keeps whole seconds. `9999-12-31T23:59:59Z` is the last possible time. Only destroying the grant certainly ends the trust.")
        .required()
        .replaces()
        .means(WHOLE_SECONDS),
    string("subject", "The only subject that its assertions may name (`sub`). Either this or `allow_any_subject`.").replaces(),
    boolean("allow_any_subject", "Whether its assertions may name any subject. `false` is the same as unset.")
        .replaces()
        .unset_as(flag(false)),
    string("jwk", "Its public key, as JSON. Needs a `kid` that no other grant of the issuer uses.")
        .required()
        .replaces()
        .secret()
        .json()
        .means(jose::KEY)
        .check(refuse(jose::named_key)),
];

static SHOWN: &[Attr] = &[
    string("grant_id", "Identifies the grant. The server chooses it.").read_only().at("id").check(refuse(address::id)),
    string("key_id", "The key's `kid`.").read_only().at("public_key/kid"),
    string("created_at", "When the grant was made (RFC 3339).").read_only().means(INSTANT),
];

static FORCE: &[Attr] = &[boolean(
    "force_destroy",
    "Whether the grant is deleted even if other grants use its key: the server deletes them with it. Apply this before you destroy the grant.",
)
.local()];

fn one_scope(scope: &str) -> Result<(), String> {
    match scope.contains(|char: char| char == ',' || char.is_whitespace()) {
        true => Err("Looks like several scopes, but is a single scope with that name: put each scope into its own element.".into()),
        false => Ok(()),
    }
}

/// The server rounds to the nearest second.
const WHOLE_SECONDS: &Equality = &Equality {
    name: "instant",
    same: |left, right| match (whole_second(left), whole_second(right)) {
        (Some(left), Some(right)) => left == right,
        _ => left == right,
    },
    form: None,
    sent: None,
    redacted: None,
    // The server cannot write a year with five digits.
    valid: |text| match whole_second(text) {
        Some(_) => Ok(()),
        None => (INSTANT.valid)(text).and_then(|()| Err("Must not be after the year 9999 when it is rounded to seconds.".into())),
    },
};

fn whole_second(text: &str) -> Option<i128> {
    instant::parse(text).and_then(instant::to_second)
}

fn some_subject(grant: Object<'_>) -> Option<Problem> {
    let any = grant.bool("allow_any_subject") == Some(true);
    match (grant.get("subject").is_empty(), any) {
        (true, false) => Some(Problem::refused(
            "subject",
            "The grant has no subject",
            "Set `subject` to the one subject that assertions may name, or `allow_any_subject = true`.",
        )),
        (false, true) => Some(Problem::refused(
            "allow_any_subject",
            "The grant has one subject and any subject",
            "`subject` and `allow_any_subject = true` contradict each other: remove one of the two.",
        )),
        _ => None,
    }
}

fn key_id(grant: Object<'_>) -> Option<String> {
    let from_key = || Some(jose::kid(&Json::parse(grant.str("jwk")?).ok()?).to_owned());
    grant.str("key_id").map(str::to_owned).or_else(from_key)
}

/// With the same key, the server would use the old grant's key for the new grant, and delete it with the old grant.
fn same_key(before: Object<'_>, now: Object<'_>) -> bool {
    before.get("issuer") == now.get("issuer") && key_id(before).is_some() && key_id(before) == key_id(now)
}

/// Grants, and their keys, which the server keeps separately.
pub struct Issuers(Rest);

#[async_trait]
impl Backend<Client> for Issuers {
    async fn create(&self, cx: &Cx<Client>, write: &Write) -> Result<Observed, Failure> {
        let planned = Object::new(&RESOURCE.table, &write.planned);
        let at = cx.client.endpoint(&HYDRA_ADMIN, planned).await?;
        let (issuer, kid) = (planned.str("issuer").unwrap_or_default(), key_id(planned).unwrap_or_default());
        let jwk = planned.get("jwk");
        let (key, looked) = key(cx, &at, issuer, &kid).await?;
        let attempt = cx.attempt(write, at.account(cx), Makes::TheObject);
        if !matches!(key, Key::Missing) {
            let mut others = self.sharing(cx, planned, &kid).await?;
            // The key did not exist when an earlier, crashed run began this grant: so the only grant that uses it now is the begun
            // one.
            if let (Some(begun), [only]) = (&attempt.begun, others.as_mut_slice()) {
                set(only, if key.is_or_hides(jwk.as_str().unwrap_or_default()) { jwk.clone() } else { Value::Null });
                if begun.is(&RESOURCE, &write.planned, &only.value) {
                    cx.resume(&attempt);
                    return Ok(only.clone());
                }
            }
            let is_left_behind = others.is_empty() && key.is_the_public(jwk.as_str().unwrap_or_default());
            if !is_left_behind && (matches!(key, Key::There(_)) || !others.is_empty()) {
                return Err(key_exists(issuer, &kid, &others).into());
            }
        }
        cx.begin(&attempt, looked);
        // The key did not exist a moment ago: a grant as planned that uses it now was made by a request whose answer was lost.
        let look = || async { Ok(self.sharing(cx, planned, &kid).await?.into_iter().find(|found| is_planned(found, planned))) };
        let grants = self.0.collection(cx, planned).await?;
        let made = once(cx, || self.0.post(cx, &grants, write), look).await;
        let mut observed = made.map_err(|error| maybe_left(&RESOURCE, None, error))?;
        // The grant exists now, even if the following look at its key and at other grants fails.
        match with_key(cx, &at, &mut observed).await {
            Ok(()) => {}
            Err(error) => {
                set(&mut observed, jwk.clone());
                observed.warnings.push(Diagnostic { severity: Severity::Warning, ..error.diagnostic });
            }
        }
        if let Ok(mut others) = self.sharing(cx, planned, &kid).await {
            others.retain(|other| other.id != observed.id);
            observed.warnings.extend((!others.is_empty()).then(|| made_at_once(issuer, &kid, &others)));
        }
        tell_of_the_past(cx, &observed);
        Ok(observed)
    }

    async fn read(&self, cx: &Cx<Client>, resource: &'static Resource, state: &State) -> Result<Option<Observed>, Failure> {
        let Some(mut observed) = self.0.read(cx, resource, state).await? else { return Ok(None) };
        let at = cx.client.endpoint(&HYDRA_ADMIN, Object::new(&resource.table, &state.value)).await?;
        with_key(cx, &at, &mut observed).await?;
        tell_of_the_past(cx, &observed);
        Ok(Some(observed))
    }

    /// Only attributes that the server does not have can change, such as the credentials.
    async fn update(&self, cx: &Cx<Client>, write: &Write) -> Result<Observed, Failure> {
        let state = State { id: write.id.clone(), value: write.planned.clone(), private: write.private.clone() };
        self.read(cx, write.resource, &state).await?.ok_or_else(|| {
            Diagnostic::error("The grant does not exist any more", "Refresh to bring the state up to date, and apply again.").into()
        })
    }

    async fn delete(&self, cx: &Cx<Client>, resource: &'static Resource, state: &State) -> Result<(), Failure> {
        // Other grants may have begun to share the key after the state was written.
        let Some(now) = self.0.fetch(cx, resource, state).await? else { return Ok(()) };
        let grant = Object::new(&resource.table, &now.value);
        let kid = key_id(grant).unwrap_or_default();
        let steered = steered(resource, &now.value, &state.value);
        let mut others = self.sharing(cx, Object::new(&resource.table, &steered), &kid).await?;
        others.retain(|other| other.id != now.id);
        let forced = Object::new(&resource.table, &state.value).bool("force_destroy") == Some(true);
        if !others.is_empty() && !forced {
            return Err(shared(grant.str("issuer").unwrap_or_default(), &kid, &others).into());
        }
        self.0.delete(cx, resource, state).await
    }

    async fn list(&self, cx: &Cx<Client>, wanted: &Wanted<'_>, objects: &Objects) -> Result<(), Failure> {
        let at = cx.client.endpoint(&HYDRA_ADMIN, wanted.filter).await?;
        let mut grants = engine::objects(cx, &self.0, *wanted);
        while let Some(mut grant) = grants.next().await? {
            with_key(cx, &at, &mut grant).await?;
            objects.send(grant).await;
        }
        Ok(())
    }
}

impl Issuers {
    /// The grants of this issuer that use this key.
    async fn sharing(&self, cx: &Cx<Client>, grant: Object<'_>, kid: &str) -> Result<Vec<Observed>, SendError> {
        let at = self.0.collection(cx, grant).await.map_err(SendError::unsent)?;
        let mut found = self.0.listing(cx, &at, &RESOURCE, "issuer", grant.str("issuer").unwrap_or_default()).await?;
        found.retain(|found| Object::new(&RESOURCE.table, &found.value).str("key_id") == Some(kid));
        Ok(found)
    }
}

fn is_planned(found: &Observed, planned: Object<'_>) -> bool {
    let found = Object::new(&RESOURCE.table, &found.value);
    ["subject", "allow_any_subject", "scope", "expires_at"].iter().all(|name| {
        let attr = RESOURCE.table.attrs().find(|attr| attr.name == *name);
        attr.is_some_and(|attr| engine::semantically_equal(attr, planned.get(name), found.get(name)))
    })
}

/// An issuer's key on the server.
enum Key {
    There(Json),
    Missing,
    /// The server has no route to the key.
    Unseen,
}

impl Key {
    /// Whether it may be this key: it is equal, or the server does not show it.
    fn is_or_hides(&self, jwk: &str) -> bool {
        match self {
            Key::There(key) => (jose::KEY.same)(jwk, &key.to_string()),
            Key::Missing => false,
            Key::Unseen => true,
        }
    }

    /// Whether it is this public key, and not a private one. Other members do not matter.
    fn is_the_public(&self, jwk: &str) -> bool {
        let Key::There(key) = self else { return false };
        let wanted = Json::parse(jwk).ok().and_then(|wanted| jose::public_thumbprint(&wanted));
        wanted.is_some() && wanted == jose::public_thumbprint(key)
    }
}

/// The key with this id that the server holds for the issuer, and the time of the answer. Hydra 2.3 has no route to keys of an
/// issuer whose name contains a slash, as every URL does.
async fn key(cx: &Cx<Client>, at: &Endpoint, issuer: &str, kid: &str) -> Result<(Key, Looked), SendError> {
    if address::segment(issuer).and(address::id(kid)).is_err() {
        return Ok((Key::Unseen, Looked::Not));
    }
    let reply = at.send(cx, &HYDRA_ADMIN, Request::new(Method::GET, "/admin/keys").id(issuer).id(kid)).await?;
    let looked = Looked::Missing(reply.date());
    if HYDRA_ADMIN.says_missing(&reply) {
        return Ok((Key::Missing, looked));
    }
    if [issuer, kid].iter().any(|part| part.contains('/')) && matches!(reply.status, 300..=399 | 404 | 405) {
        return Ok((Key::Unseen, looked));
    }
    if !reply.is_success() {
        return Err(HYDRA_ADMIN.refuse(&reply));
    }
    let answer = HYDRA_ADMIN.json(&reply)?;
    match jose::only_key(&answer) {
        key if key.is_object() => {
            HYDRA_ADMIN.about(&reply, kid, jose::kid(key))?;
            Ok((Key::There(key.clone()), looked))
        }
        _ => Err(HYDRA_ADMIN.unreadable(&reply, "`keys` is missing")),
    }
}

/// Adds the key, which no answer about the grant contains.
async fn with_key(cx: &Cx<Client>, at: &Endpoint, observed: &mut Observed) -> Result<(), SendError> {
    let grant = Object::new(&RESOURCE.table, &observed.value);
    let kid = grant.str("key_id").unwrap_or_default();
    let key = match key(cx, at, grant.str("issuer").unwrap_or_default(), kid).await?.0 {
        Key::There(key) => Value::String(key.to_string()),
        Key::Missing => Value::Null,
        // A key that the server does not show is not a reason to make a new grant, but another id is.
        Key::Unseen => Value::String(jose::unseen(kid).to_string()),
    };
    set(observed, key);
    Ok(())
}

fn set(observed: &mut Observed, key: Value) {
    if let (Value::Object(fields), Some(index)) = (&mut observed.value, RESOURCE.table.index("jwk")) {
        fields[index] = key;
    }
}

/// Warns about an expired grant at each read, since a plan has no clock.
fn tell_of_the_past(cx: &Cx<Client>, grant: &Observed) {
    let grant = Object::new(&RESOURCE.table, &grant.value);
    if grant.str("expires_at").and_then(due::is_past) == Some(true) {
        let detail = format!(
            "`expires_at` of the grant for `{}` is in the past, and the grant still exists. Expiry does not replace deletion: destroy the grant to be certain that the trust has ended, or set a later `expires_at`.",
            one_line(grant.str("issuer").unwrap_or_default())
        );
        cx.warn(Diagnostic::warning("The grant has expired", detail).at(Path::attr("expires_at")));
    }
}

fn ids(grants: &[Observed]) -> String {
    grants.iter().map(|grant| format!("`{}`", one_line(&grant.id))).collect::<Vec<_>>().join(", ")
}

fn key_exists(issuer: &str, kid: &str, others: &[Observed]) -> Diagnostic {
    let who = match others {
        [] => "No grant uses this key, and it differs from `jwk`: a deleted grant left it behind, or somebody put it into the key set with this name".to_owned(),
        others => format!("It is used by {}", ids(others)),
    };
    Diagnostic::error(
        "The issuer has a key with this id already",
        format!(
            "The server has a key `{}` for the issuer `{}` already, and would use it instead of `jwk`. When the first grant that uses it is deleted, the server deletes the key and all other grants that use it. {who}. Give the key another `kid`.{REPLACING}",
            one_line(kid),
            one_line(issuer),
        ),
    )
    .at(Path::attr("jwk"))
}

/// The warning about grants of two processes that looked at the same time: the server accepts both.
fn made_at_once(issuer: &str, kid: &str, others: &[Observed]) -> Diagnostic {
    Diagnostic::warning(
        "Other grants use the same key",
        format!(
            "Somebody else made {} with the key `{}` of `{}` at the same moment. When the first of these grants is deleted, the server deletes the key and the other grants. Give one of them a key with another `kid`.",
            ids(others),
            one_line(kid),
            one_line(issuer),
        ),
    )
    .at(Path::attr("jwk"))
}

fn shared(issuer: &str, kid: &str, others: &[Observed]) -> Diagnostic {
    Diagnostic::error(
        "Other grants use the same key",
        format!(
            "Deleting this grant would delete the key `{}` of `{}`, and with it {}, so nothing was deleted. If all of them may be deleted, set `force_destroy = true`, apply, and then destroy this grant; otherwise only remove it from the state (`terraform state rm`, `pulumi state delete`).",
            one_line(kid),
            one_line(issuer),
            ids(others)
        ),
    )
    .at(Path::attr("jwk"))
}
