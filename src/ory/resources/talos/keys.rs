//! What issued keys and imported keys have in common: their attributes, how they are read, changed, listed and revoked, and the
//! messages about keys that have to be renewed.
//!
//! Owns the differences in the API's JSON. An answer has every member, set or not; 64-bit integers are texts; and the server
//! silently drops members that it does not know, so that its answer is compared with the plan, as everywhere. An update names
//! what it changes in a mask: without the mask nothing could be cleared, and a member that the mask names and the body lacks is
//! cleared.

use super::{
    super::{
        super::{client::Client, services::TALOS},
        due,
        target::WHOLE_TARGET,
    },
    ttl::{self, TTL},
};
use crate::{
    engine::{Cx, Diagnostic, Failure, Objects, Observed, State, Wanted, Write, one_line, semantically_equal},
    rest::{Client as _, Endpoint, Pages, Paging, Reply, Request, SendError, address, id_of, mapping, secrets},
    schema::{
        Attr, INSTANT, Nested, Object, PlanDraft, Problem, Resource, Rule, Table, between, boolean, integer, list, map, object, only,
        refuse, rule, string, text,
    },
    value::{Json, Number, Path, Value},
};
use reqwest::Method;
use std::net::IpAddr;

/// Why a key may be revoked.
const REASONS: &[&str] = &["key_compromise", "affiliation_changed", "superseded", "privilege_withdrawn"];
/// The largest size of a key's metadata, in bytes.
const MOST_METADATA: usize = 64 << 10;

/// The subject of a key.
pub static SUBJECT: &[Attr] = &[
    string("key_id", "Identifies the key. The server chooses it.").read_only().check(refuse(address::id)),
    string("name", "The name that people see. Several keys may have the same name.").named().check(refuse(filled)),
    string("actor_id", "Who uses the key: any text, such as the id of a user or the name of a service.").required().replaces().check(refuse(filled)),
    list("scopes", "What the key may be used for: any texts, each in its own element.").unordered(),
    string("metadata", "Other data about the key, as a JSON object of at most 64 KiB. The service that verifies the key sees it.")
        .json()
        .check(refuse(metadata)),
    string(
        "visibility",
        "Who may see the key: `secret`, or `public` for a key that is meant for applications of others. A public key needs a separate prefix in the configuration of Ory Talos.",
    )
    .default(text("secret"))
    .replaces()
    .check(only(&["secret", "public"])),
    object("rate_limit", "How often the key may be used. The open-source edition stores the limit but does not enforce it.", &RATE_LIMIT)
        .at("rate_limit_policy"),
    list("allowed_cidrs", "Networks from which the key may be used, such as `192.0.2.0/24`; without any, it may be used from everywhere. Tokens derived from the key are not restricted.")
        .unordered()
        .each(refuse(cidr))
        .at("ip_restriction/allowed_cidrs"),
];

static RATE_LIMIT: Nested = Nested {
    name: "ApiKeyRateLimit",
    table: Table::new(&[&[
        integer("quota", "How many requests are allowed in each window.").required().check(between(1, i64::MAX)),
        string("window", "How long a window is: whole seconds, such as `60s` or `1h`.").required().means(TTL),
    ]]),
};

/// The lifetime of a key, and when it is renewed.
pub static LIFE: &[Attr] = &[
    string(
        "ttl",
        "How long the key is valid after it was made, such as `720h`, `90d`, `2w`, `6mo` (of 30 days) or `1y`: from a second to ten years, and at most what the server is configured for. It has to be set if the server has no default for it: every key expires.",
    )
    .replaces()
    .once()
    .means(TTL),
    string(
        "renew_before",
        "How long before its expiry the key is replaced, such as `14d`. A refresh compares this with the clock, and the next plan replaces the key. It has to be shorter than `ttl`.",
    )
    .local()
    .means(TTL),
    map("keepers", "Any texts; a change of one makes another key.").local().replaces(),
    boolean(
        "renewal_due",
        "Whether the key has to be replaced, as of the last refresh: it has expired, `renew_before` is reached, or somebody has revoked it. The next plan replaces it.",
    )
    .due()
    .replaces(),
];

/// The attributes that only the server decides.
pub static SHOWN: &[Attr] = &[
    string("status", "`active`, `revoked` or `expired`. An active key may still be refused, because of shorter lifetimes, prefixes and secrets in the configuration of Ory Talos: `ory_api_key_verification` shows whether it is accepted.")
        .read_only(),
    string("create_time", "When it was made (RFC 3339).").read_only().means(INSTANT),
    string("update_time", "When it was last changed (RFC 3339).").read_only().means(INSTANT).changes(),
    string("expire_time", "When it expires (RFC 3339); for a revoked key, when its record is deleted.").read_only().means(INSTANT),
    string("last_used_time", "When it was last used (RFC 3339), accurate to about a day.").read_only().means(INSTANT).changes(),
    string("revoked_reason", "Why it was revoked, if it was.").read_only().at("revocation_reason"),
    string("revoked_description", "Explanation of the revocation.").read_only().at("revocation_description"),
];

/// The reason of a revocation.
pub static REVOCATION: &[Attr] = &[
    string("revocation_reason", "The reason for the revocation when the resource is destroyed: `key_compromise`, `affiliation_changed`, `superseded` (the default) or `privilege_withdrawn`.")
        .local()
        .check(only(REASONS)),
    string("revocation_description", "Explanation of the revocation; only with `privilege_withdrawn`.").local(),
];

/// The attributes that an update may change, and their members in the API's object.
const MASKS: [(&str, &str); 5] = [
    ("name", "name"),
    ("scopes", "scopes"),
    ("metadata", "metadata"),
    ("rate_limit", "rate_limit_policy"),
    ("allowed_cidrs", "ip_restriction"),
];

/// The rules for keys of both kinds.
pub const RULES: [Rule; 3] = [WHOLE_TARGET, rule(&["ttl", "renew_before"], renewed_in_time), EXPLAINED];

/// Only one reason can have an explanation.
pub const EXPLAINED: Rule = rule(&["revocation_reason", "revocation_description"], explained);

fn filled(text: &str) -> Result<(), String> {
    (!text.is_empty()).then_some(()).ok_or_else(|| "Must not be empty.".into())
}

fn metadata(text: &str) -> Result<(), String> {
    match Json::parse(text) {
        Ok(json) if !json.is_object() => Err("Must be a JSON object.".into()),
        Ok(json) if json.to_string().len() > MOST_METADATA => Err("Must have at most 64 KiB.".into()),
        _ => Ok(()),
    }
}

fn cidr(text: &str) -> Result<(), String> {
    let bits = |address: IpAddr| if address.is_ipv4() { 32 } else { 128 };
    let (address, length) = text.split_once('/').unwrap_or_default();
    let fits = address.parse().is_ok_and(|address| length.parse::<u8>().is_ok_and(|length| length <= bits(address)));
    fits.then_some(()).ok_or_else(|| {
        "Must be a network (CIDR), such as `192.0.2.0/24` or `2001:db8::/32`; use `/32` or `/128` for a single address.".into()
    })
}

fn renewed_in_time(key: Object<'_>) -> Option<Problem> {
    let (lasts, before) = (ttl::seconds(key.str("ttl")?)?, ttl::seconds(key.str("renew_before")?)?);
    (before >= lasts).then(|| {
        let detail = "Each new key would have to be replaced at once. Set `renew_before` to less than `ttl`.";
        Problem::refused("renew_before", "The key has to be renewed at once", detail)
    })
}

fn explained(key: Object<'_>) -> Option<Problem> {
    let says = key.str("revocation_description").is_some_and(|text| !text.is_empty());
    (says && key.str("revocation_reason") != Some("privilege_withdrawn")).then(|| {
        let detail = "Ory Talos accepts an explanation only for `privilege_withdrawn`. Remove `revocation_description`, or set `revocation_reason = \"privilege_withdrawn\"`.";
        Problem::refused("revocation_description", "This reason cannot have an explanation", detail)
    })
}

/// Plans the changes that need no new key. One is another `renew_before`: the next refresh finds whether the key is due. The
/// other is for a key that was imported into the state, which lacks what is shown only when a key is made: the attributes
/// `untold` then stay as they are. A key that was made here has one of `told`.
pub fn kept(draft: &mut PlanDraft<'_>, told: &[&str], untold: &[&'static str]) {
    let Some(prior) = draft.prior else { return };
    if is_postponed(prior, draft.config) {
        draft.keep_object("renewal_due");
    }
    if told.iter().all(|name| prior.get(name).is_null()) {
        untold.iter().filter(|name| prior.get(name).is_null()).for_each(|name| draft.keep_object(name));
    }
}

/// Whether an active key has another `renew_before` now.
fn is_postponed(before: Object<'_>, now: Object<'_>) -> bool {
    let seconds = |key: Object<'_>| key.str("renew_before").and_then(ttl::seconds);
    before.str("status") == Some("active") && seconds(before) != seconds(now)
}

/// Why a key has to be replaced: a summary and a detail. `None` if it does not.
pub fn replacing(before: Object<'_>, planned: Object<'_>) -> Option<(&'static str, String)> {
    if before.bool("renewal_due") != Some(true) || is_postponed(before, planned) {
        return None;
    }
    let name = one_line(before.str("name").unwrap_or_default()).into_owned();
    let ends = before.str("expire_time").unwrap_or_default();
    Some(match before.str("status") {
        Some("revoked") => {
            let why = before.str("revoked_reason").map(|why| format!(" ({why})")).unwrap_or_default();
            ("The API key was revoked", format!("Somebody has revoked the API key `{name}`{why}, so it no longer works."))
        }
        Some("expired") => ("The API key has expired", format!("The API key `{name}` expired at {ends}.")),
        _ => ("The API key has to be renewed", format!("The API key `{name}` expires at {ends}, and `renew_before` is reached.")),
    })
}

/// The keys of one kind.
pub struct Keys {
    /// The kind.
    pub resource: &'static Resource,
    /// Their path.
    pub path: &'static str,
    /// The member of a list that has them.
    pub items: &'static str,
}

impl Keys {
    /// The server of this object's keys.
    pub async fn at(&self, cx: &Cx<Client>, object: Object<'_>) -> Result<Endpoint, Diagnostic> {
        cx.client.endpoint(&TALOS, object).await
    }

    /// A request about this key, or for an operation on it (`:revoke`).
    pub fn about(&self, method: Method, id: &str, verb: &str) -> Request {
        Request::new(method, self.path).id(&format!("{id}{verb}"))
    }

    /// The key in an answer, which has to have this id if it is given. `renewal_due` is set by a read only.
    pub fn observe(&self, reply: &Reply, body: &Json, asked: Option<&str>) -> Result<Observed, SendError> {
        let unreadable = |why: String| TALOS.unreadable(reply, &why);
        let id = body.at("key_id").as_str().ok_or_else(|| unreadable("`key_id` is missing".into()))?;
        match asked {
            Some(asked) => TALOS.about(reply, asked, id)?,
            None => address::id(id).map_err(|why| unreadable(format!("the `key_id` in it is `{}`. {why}", one_line(id))))?,
        }
        let mut value = mapping::observe(&self.resource.table, &told(body)).map_err(|misfit| unreadable(misfit.to_string()))?;
        // Some servers show an expired key as `expired`, others keep showing the stored status.
        let key = Object::new(&self.resource.table, &value);
        let is_over = key.str("expire_time").is_some_and(|end| due::is_due(end, 0, due::server_now(reply)));
        if key.str("status") == Some("active") && is_over {
            self.set(&mut value, "status", Value::text("expired"));
        }
        self.set(&mut value, "renewal_due", Value::Bool(false));
        Ok(Observed { id: id.to_owned(), value, warnings: Vec::new() })
    }

    /// Sets the value of an attribute.
    pub fn set(&self, object: &mut Value, name: &str, value: Value) {
        if let (Value::Object(fields), Some(place)) = (object, self.resource.table.index(name)) {
            fields[place] = value;
        }
    }

    /// The body of a create.
    pub fn body(&self, write: &Write) -> Json {
        sent(mapping::create(write))
    }

    /// The key, with `renewal_due`. A key that was revoked or has expired still exists.
    pub async fn read(&self, cx: &Cx<Client>, state: &State) -> Result<Option<Observed>, Failure> {
        let id = id_of(self.resource, state.id.as_deref())?;
        let before = Object::new(&self.resource.table, &state.value);
        let at = self.at(cx, before).await?;
        let Some((mut observed, reply)) = self.get(cx, &at, id).await? else { return Ok(None) };
        let key = Object::new(&self.resource.table, &observed.value);
        let ends = key.str("expire_time").unwrap_or_default();
        let is_near = due::is_due(ends, ttl::nanoseconds(before.str("renew_before")), due::server_now(&reply));
        let is_due = is_near || key.str("status").is_some_and(|status| status != "active");
        self.set(&mut observed.value, "renewal_due", Value::Bool(is_due));
        Ok(Some(observed))
    }

    /// The key of this id, and the answer that shows it.
    pub async fn get(&self, cx: &Cx<Client>, at: &Endpoint, id: &str) -> Result<Option<(Observed, Reply)>, SendError> {
        let reply = at.send(cx, &TALOS, self.about(Method::GET, id, "")).await?;
        if TALOS.says_missing(&reply) {
            return Ok(None);
        }
        if !reply.is_success() {
            return Err(TALOS.refuse(&reply));
        }
        let body = TALOS.json(&reply)?;
        Ok(Some((self.observe(&reply, &body, Some(id))?, reply)))
    }

    /// Changes what the plan changes, and names that in the mask.
    pub async fn update(&self, cx: &Cx<Client>, write: &Write) -> Result<Observed, Failure> {
        let id = id_of(self.resource, write.id.as_deref())?;
        let table = &self.resource.table;
        let [before, planned] = [&write.prior, &write.planned].map(|object| Object::new(table, object));
        let at = self.at(cx, planned).await?;
        let changes = |(attr, _): &(&str, &str)| {
            table.index(attr).is_some_and(|place| !semantically_equal(table.attr(place), before.at(place), planned.at(place)))
        };
        let paths: Vec<_> = MASKS.iter().filter(|mask| changes(mask)).map(|(_, path)| *path).collect();
        if paths.is_empty() {
            let found = self.get(cx, &at, id).await?;
            return found.map(|(observed, _)| observed).ok_or_else(|| gone().into());
        }
        let mut whole = self.body(write);
        let changed = Json::object(paths.iter().filter_map(|path| Some((*path, whole.remove(*path)?))));
        let request = self.about(Method::PATCH, id, "").query("update_mask", &paths.join(",")).body(changed).hiding(secrets(write));
        let reply = at.send(cx, &TALOS, request).await?;
        match reply.is_success() {
            true => Ok(self.observe(&reply, &TALOS.json(&reply)?, Some(id))?),
            false => Err(TALOS.refuse(&reply).into()),
        }
    }

    /// Revokes the key. It is a success if the key is revoked already, or does not exist.
    pub async fn revoke(
        &self,
        cx: &Cx<Client>,
        at: &Endpoint,
        id: &str,
        reason: Option<&str>,
        text: Option<&str>,
    ) -> Result<(), SendError> {
        let reason = format!("REVOCATION_REASON_{}", reason.unwrap_or("superseded").to_uppercase());
        let mut body = Json::object([("reason", reason.into())]);
        if let Some(text) = text.filter(|text| !text.is_empty()) {
            body.put("description", text.into());
        }
        let reply = at.send(cx, &TALOS, self.about(Method::POST, id, ":revoke").body(body)).await?;
        if reply.is_success() || TALOS.says_missing(&reply) {
            return Ok(());
        }
        // A 409 may mean that the key was revoked before, perhaps by this very request, or something else.
        if reply.status == 409 {
            match self.get(cx, at, id).await {
                Ok(None) => return Ok(()),
                Ok(Some((found, _))) if Object::new(&self.resource.table, &found.value).str("status") == Some("revoked") => return Ok(()),
                _ => {}
            }
        }
        Err(TALOS.refuse(&reply))
    }

    /// Revokes the key of a state, for the reason in the state.
    pub async fn revoke_stored(&self, cx: &Cx<Client>, state: &State) -> Result<(), Failure> {
        let id = id_of(self.resource, state.id.as_deref())?;
        let key = Object::new(&self.resource.table, &state.value);
        let at = self.at(cx, key).await?;
        Ok(self.revoke(cx, &at, id, key.str("revocation_reason"), key.str("revocation_description")).await?)
    }

    /// Deletes the key and its record.
    pub async fn delete(&self, cx: &Cx<Client>, state: &State) -> Result<(), Failure> {
        let id = id_of(self.resource, state.id.as_deref())?;
        let at = self.at(cx, Object::new(&self.resource.table, &state.value)).await?;
        let reply = at.send(cx, &TALOS, self.about(Method::DELETE, id, "")).await?;
        match reply.is_success() || TALOS.says_missing(&reply) {
            true => Ok(()),
            false => Err(TALOS.refuse(&reply).into()),
        }
    }

    /// The keys that match the filters.
    pub async fn list(&self, cx: &Cx<Client>, wanted: &Wanted<'_>, objects: &Objects) -> Result<(), Failure> {
        let at = self.at(cx, wanted.filter).await?;
        let mut pages = self.pages(cx, &at, wanted.filter.str("actor_id"), wanted.filter.str("status"));
        while let Some(page) = pages.next().await? {
            for item in &page.items {
                let found = self.observe(&page.reply, item, None)?;
                if wanted.holds(&found.value) {
                    objects.send(found).await;
                }
            }
        }
        Ok(())
    }

    /// The pages of the list, filtered by the server where it can: it refuses a status without an actor, may not know the status of
    /// an expired key, and its filter syntax has no known way to write a quotation mark.
    pub fn pages<'a>(&self, cx: &'a Cx<Client>, at: &'a Endpoint, actor: Option<&str>, status: Option<&str>) -> Pages<'a, Client> {
        let mut list = Request::new(Method::GET, self.path);
        if let Some(actor) = actor.filter(|actor| !actor.contains(['"', '\\'])) {
            let status = status.filter(|status| matches!(*status, "active" | "revoked")).map(str::to_uppercase);
            let status = status.map(|status| format!(" AND status=KEY_STATUS_{status}")).unwrap_or_default();
            list = list.query("filter", &format!("actor_id=\"{actor}\"{status}"));
        }
        Pages::new(cx, at, &TALOS, Paging::tokens(self.items), list)
    }
}

/// The error for a key that is to be changed and no longer exists.
fn gone() -> Diagnostic {
    Diagnostic::error("The API key does not exist any more", "Refresh to bring the state up to date, and apply again.")
}

/// Members whose values are constants in the API, with the prefix of the constants. The tables have them without the prefix, in
/// lower case.
const WORDS: [(&str, &str); 3] =
    [("visibility", "KEY_VISIBILITY_"), ("status", "KEY_STATUS_"), ("revocation_reason", "REVOCATION_REASON_")];

/// A constant of the API in the spelling of the tables; null for "unspecified".
pub fn word(body: &Json, name: &str, prefix: &str) -> Json {
    let word = body.at(name).as_str().map(|word| word.strip_prefix(prefix).unwrap_or(word).to_lowercase());
    word.filter(|word| word != "unspecified").map(Json::String).unwrap_or_default()
}

/// An answer of the API in the form of the tables.
fn told(key: &Json) -> Json {
    let mut told = key.clone();
    for (name, prefix) in WORDS {
        told.put(name, word(key, name, prefix));
    }
    if told.at("visibility").is_null() {
        told.put("visibility", "secret".into());
    }
    for name in ["revocation_description", "metadata"] {
        if matches!(key.at(name), Json::String(text) if text.is_empty()) {
            told.put(name, Json::Null);
        }
    }
    // A quota of zero means no limit.
    let quota = key.at("rate_limit_policy/quota");
    let quota = quota.as_str().and_then(|text| Number::parse(text).ok().map(Json::Number)).unwrap_or_else(|| quota.clone());
    match quota.as_i64() {
        Some(1..) => drop(told.put("rate_limit_policy/quota", quota)),
        _ => drop(told.put("rate_limit_policy", Json::Null)),
    }
    told
}

/// A value of the tables in the form of the API.
fn sent(mut key: Json) -> Json {
    if let Some(word) = key.at("visibility").as_str().map(str::to_uppercase) {
        key.put("visibility", format!("KEY_VISIBILITY_{word}").into());
    }
    if let Json::Number(quota) = key.at("rate_limit_policy/quota").clone() {
        key.put("rate_limit_policy/quota", quota.as_str().to_owned().into());
    }
    key
}

/// Refuses a key that would have to be renewed as soon as it is made.
pub fn lasts(resource: &'static Resource, key: &Value, renew_before: Option<&str>) -> Result<(), Diagnostic> {
    let key = Object::new(&resource.table, key);
    let moment = |name: &str| key.str(name).and_then(crate::value::instant::parse);
    let before = ttl::nanoseconds(renew_before);
    match (moment("create_time"), moment("expire_time")) {
        (Some(made), Some(ends)) if before > 0 && ends - made <= before => {
            let detail = "The server limits the lifetime of the key to less than `renew_before`, so each plan would make another key. The key was revoked again. Set `renew_before` to less than the server allows for `ttl`.";
            Err(Diagnostic::error("The key has to be renewed at once", detail).at(Path::attr("renew_before")))
        }
        _ => Ok(()),
    }
}
