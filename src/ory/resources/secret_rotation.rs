//! How the secret of an OAuth 2.0 client is rotated: when, by which request, and for how long the old one works.
//!
//! Owns the attributes, their part of the plan, and the verbs of a client that keep them true. Where a server has no
//! rotation, the secret is changed by an update. Rules of the server: Hydra's `client/handler.go` on its main branch.

use super::{
    super::services::HYDRA_ADMIN,
    client_secret::{is_public, new_secret},
    due,
};
use crate::{
    engine::{Backend, Cx, Diagnostic, Done, Failure, Objects, Observed, State, Wanted, Write},
    ory::Client,
    rest::{Client as _, Request, Rest, SendError, once, secrets},
    schema::{Attr, DURATION, INSTANT, Nested, Object, PlanDraft, Problem, Resource, Rule, Table, boolean, object, refuse, rule, string},
    value::{Json, Path, Value, duration},
};
use async_trait::async_trait;
use reqwest::Method;

const ROTATION: &str = "secret_rotation";
const DUE: &str = "rotation_due";
const SET_AT: &str = "secret_set_at";
const OLD: &str = "old_secrets";
const SECRET: &str = "client_secret";
const WRITE_ONLY: &str = "client_secret_wo";
const VERSION: &str = "client_secret_wo_version";

/// What [`OLD`] says: there are none.
const NONE: &str = "none";
/// They work beside the new one.
const VALID: &str = "valid";
/// They work, and the overlap is over.
const OVER: &str = "over";

/// What a data source has nothing to say of.
pub const NOT_SHOWN: &[&str] = &[ROTATION, DUE, SET_AT, OLD];

/// The attributes.
pub static ATTRIBUTES: &[Attr] = &[
    object(
        ROTATION,
        "How the secret is rotated: a new one is made, and the old one works on for a while. With this set, every change of the secret is such a rotation where the server has it (Ory Network; no release of Ory Hydra up to 26.2 has), and a warning says where it has not. At most five old secrets work.",
        &NESTED,
    )
    .local(),
    boolean(
        DUE,
        "Whether `period` was over when the state was last refreshed: then the plan rotates the secret. Pulumi refreshes only when it is told to (`pulumi up --refresh`).",
    )
    .read_only(),
    string(
        OLD,
        "Whether older secrets work: `none`, `valid`, or `over` once `overlap` is over, as of the last refresh: then the next apply ends them. As far as this provider has rotated.",
    )
    .read_only()
    .changes_with(&[SECRET, WRITE_ONLY, VERSION]),
    string(SET_AT, "When the secret was last set by this provider (RFC 3339), or the rotation of an imported client began.")
        .read_only()
        .means(INSTANT)
        .changes_with(&[SECRET, WRITE_ONLY, VERSION]),
];

static NESTED: Nested = Nested {
    name: "Oauth2ClientSecretRotation",
    table: Table::new(&[&[
        string(
            "trigger",
            "Any text, such as a date; a change of it rotates the secret. The first one does not: it says where you begin.",
        ),
        string(
            "period",
            "How long a secret is used, such as `720h`; at least a minute. A refresh looks at the clock and says in `rotation_due` when it is over, and the next apply rotates the secret. It begins when the secret was set or, for an imported client, when the period is first applied.",
        )
        .means(DURATION)
        .check(refuse(a_minute)),
        string(
            "overlap",
            "How long old secrets work after a rotation, such as `72h`: the first apply after a refresh that finds it over ends them. Unset, they work until they are ended or are more than five. `0s` ends them at once.",
        )
        .means(DURATION)
        .check(refuse(no_less_than_nothing)),
    ]]),
};

/// What a configuration may say of it.
pub const RULES: [Rule; 2] =
    [rule(&[ROTATION, SECRET, WRITE_ONLY, VERSION], one_decides), rule(&[ROTATION, "token_endpoint_auth_method"], has_a_secret)];

fn a_minute(text: &str) -> Result<(), String> {
    let long = duration::parse(text).is_ok_and(|span| span >= 60_000_000_000);
    long.then_some(()).ok_or_else(|| "Must be at least a minute (`1m`).".into())
}

fn no_less_than_nothing(text: &str) -> Result<(), String> {
    duration::parse(text).is_ok_and(|span| span >= 0).then_some(()).ok_or_else(|| "Cannot be less than `0s`.".into())
}

fn one_decides(client: Object<'_>) -> Option<Problem> {
    let rotation = nested(client)?;
    let says_when = ["trigger", "period"].into_iter().find(|name| !rotation.get(name).is_null())?;
    let own = [SECRET, WRITE_ONLY, VERSION].into_iter().find(|name| !client.get(name).is_null())?;
    Some(Problem::refused(
        ROTATION,
        format!("{own} leaves nothing to rotate to"),
        format!(
            "With `{ROTATION}.{says_when}`, the provider chooses the new secret. Remove `{own}`; or remove `{says_when}`, and rotate by changing the secret yourself."
        ),
    ))
}

fn has_a_secret(client: Object<'_>) -> Option<Problem> {
    let method = client.str("token_endpoint_auth_method").filter(|method| matches!(*method, "none" | "private_key_jwt"))?;
    nested(client)?;
    Some(Problem::refused(
        ROTATION,
        "There is no secret to rotate",
        format!(
            "A client that authenticates with `{method}` has no secret that it uses. Remove `{ROTATION}`, or choose another `token_endpoint_auth_method`."
        ),
    ))
}

fn nested(client: Object<'_>) -> Option<Object<'_>> {
    let rotation = client.get(ROTATION);
    matches!(rotation, Value::Object(_)).then(|| Object::new(&NESTED.table, rotation))
}

/// Whether old secrets are not to work at all.
fn ends_at_once(rotation: Object<'_>) -> bool {
    rotation.str("overlap").is_some_and(|overlap| duration::parse(overlap) == Ok(0))
}

/// The part of the plan that is about it. It reads what a refresh found out by the clock, and never the clock.
pub fn plan(draft: &mut PlanDraft<'_>) {
    let chosen_here = draft.config.get(SECRET).is_null() && !draft.uses(WRITE_ONLY);
    if draft.config.get(ROTATION).is_unknown() {
        if chosen_here {
            draft.set(SECRET, Value::Unknown);
        }
        [DUE, OLD, SET_AT].into_iter().for_each(|name| draft.set(name, Value::Unknown));
        return;
    }
    let Some(rotation) = nested(draft.config) else {
        [DUE, OLD].into_iter().for_each(|name| draft.set(name, Value::Null));
        return;
    };
    let before = draft.prior.and_then(nested);
    let was = |name: &str| before.map_or(&Value::Null, |before| before.get(name));
    let (trigger, period) = (rotation.get("trigger"), rotation.get("period"));
    let is_triggered = !was("trigger").is_null() && !trigger.is_null() && was("trigger") != trigger;
    // What was due by another period says nothing of this one.
    let is_same_period = match (was("period").as_str(), period.as_str()) {
        (Some(before), Some(now)) => (DURATION.same)(before, now),
        _ => false,
    };
    let is_due = is_same_period && draft.prior.and_then(|prior| prior.bool(DUE)) == Some(true);
    if chosen_here && (is_triggered || is_due) {
        draft.set(SECRET, Value::Unknown);
    }
    draft.set(DUE, if period.is_null() { Value::Null } else { Value::Bool(is_due && !chosen_here) });
    let kept = draft.prior.and_then(|prior| prior.str(OLD)).unwrap_or(NONE).to_owned();
    let ends = kept == OVER || ends_at_once(rotation);
    draft.set(OLD, Value::text(if ends { NONE } else { &kept }));
    if draft.prior.is_some_and(|prior| prior.get(SET_AT).is_null()) {
        draft.set(SET_AT, Value::Unknown);
    }
}

/// Clients, with the secrets that they have and had.
pub struct Clients(pub Rest);

/// What came of a request to rotate.
enum Rotated {
    /// This is the new secret.
    To(String),
    /// The server has no such request, or chooses the secret itself.
    Otherwise,
}

fn set(observed: &mut Observed, table: &Table, name: &str, value: Value) {
    if let (Value::Object(fields), Some(place)) = (&mut observed.value, table.index(name)) {
        fields[place] = value;
    }
}

fn with(write: &Write, name: &str, value: Value) -> Write {
    let mut write = write.clone();
    if let (Value::Object(fields), Some(place)) = (&mut write.planned, write.resource.table.index(name)) {
        fields[place] = value;
    }
    write
}

/// Whether the plan changes the secret.
fn changes_secret(write: &Write) -> bool {
    let table = &write.resource.table;
    let (prior, planned) = (Object::new(table, &write.prior), Object::new(table, &write.planned));
    let secret = planned.get(SECRET);
    write.rewrite.contains(&WRITE_ONLY) || (!secret.is_null() && secret != prior.get(SECRET))
}

#[async_trait]
impl Backend<Client> for Clients {
    async fn create(&self, cx: &Cx<Client>, write: &Write) -> Result<Observed, Failure> {
        let mut made = self.0.create(cx, write).await?;
        let table = &write.resource.table;
        let is_public = is_public(Object::new(table, &write.planned));
        set(&mut made, table, SET_AT, if is_public { Value::Null } else { Value::String(due::now()) });
        Ok(made)
    }

    async fn read(&self, cx: &Cx<Client>, resource: &'static Resource, state: &State) -> Result<Option<Observed>, Failure> {
        let Some(mut observed) = self.0.read(cx, resource, state).await? else { return Ok(None) };
        let before = Object::new(&resource.table, &state.value);
        let since = before.str(SET_AT);
        let rotation = nested(before);
        let is_over = |name: &str| {
            let span = rotation.and_then(|rotation| rotation.str(name))?;
            due::is_over(since?, span)
        };
        set(&mut observed, &resource.table, SET_AT, before.get(SET_AT).clone());
        let period = rotation.is_some_and(|rotation| !rotation.get("period").is_null());
        set(
            &mut observed,
            &resource.table,
            DUE,
            if period { Value::Bool(is_over("period") == Some(true)) } else { before.get(DUE).clone() },
        );
        let old = match before.str(OLD) {
            Some(VALID | OVER) => Value::text(if is_over("overlap") == Some(true) { OVER } else { VALID }),
            _ => before.get(OLD).clone(),
        };
        set(&mut observed, &resource.table, OLD, old);
        Ok(Some(observed))
    }

    async fn update(&self, cx: &Cx<Client>, write: &Write) -> Result<Observed, Failure> {
        let table = &write.resource.table;
        let (prior, planned) = (Object::new(table, &write.prior), Object::new(table, &write.planned));
        let (changes, rotation) = (changes_secret(write), nested(planned));
        let had_one = !is_public(prior) && !is_public(planned);
        let mut old = prior.str(OLD).unwrap_or(NONE);
        let mut observed = match rotation.filter(|rotation| changes && had_one && !ends_at_once(*rotation)) {
            Some(_) => {
                let (observed, works_on) = self.rotate(cx, write).await?;
                old = if works_on { VALID } else { NONE };
                observed
            }
            None => {
                if !changes && old != NONE && planned.str(OLD) == Some(NONE) {
                    self.end_old(cx, write).await?;
                }
                let observed = self.0.update(cx, write).await?;
                // An update ends older secrets by itself.
                old = if changes { NONE } else { planned.str(OLD).unwrap_or(old) };
                observed
            }
        };
        let begins = changes || prior.get(SET_AT).is_null();
        set(&mut observed, table, SET_AT, if begins { Value::String(due::now()) } else { prior.get(SET_AT).clone() });
        set(&mut observed, table, OLD, if rotation.is_some() { Value::text(old) } else { Value::Null });
        let is_timed = rotation.is_some_and(|rotation| !rotation.get("period").is_null());
        set(&mut observed, table, DUE, if is_timed { Value::Bool(false) } else { Value::Null });
        Ok(observed)
    }

    async fn delete(&self, cx: &Cx<Client>, resource: &'static Resource, state: &State) -> Result<(), Failure> {
        self.0.delete(cx, resource, state).await
    }

    async fn list(&self, cx: &Cx<Client>, wanted: &Wanted<'_>, objects: &Objects) -> Result<(), Failure> {
        self.0.list(cx, wanted, objects).await
    }
}

impl Clients {
    /// Brings the client to what is planned, with a new secret beside which the old one works: whether it does.
    async fn rotate(&self, cx: &Cx<Client>, write: &Write) -> Result<(Observed, bool), Failure> {
        let table = &write.resource.table;
        let (prior, planned) = (Object::new(table, &write.prior), Object::new(table, &write.planned));
        if prior.str(OLD) == Some(OVER) {
            self.end_old(cx, write).await?;
        }
        let hidden = write.rewrite.contains(&WRITE_ONLY);
        let own = match hidden {
            true => Object::new(table, &write.config).str(WRITE_ONLY),
            false => planned.str(SECRET),
        };
        let secret = own.map_or_else(new_secret, str::to_owned);
        let rotated = self.ask_to_rotate(cx, write, &secret, own.is_some()).await?;
        let Rotated::To(secret) = rotated else {
            cx.warn(no_overlap());
            let write = if hidden { write.clone() } else { with(write, SECRET, Value::String(secret)) };
            return Ok((self.0.update(cx, &write).await?, false));
        };
        let mut rest = with(write, SECRET, prior.get(SECRET).clone());
        rest.rewrite.retain(|name| *name != WRITE_ONLY);
        let shown = if hidden { Value::Null } else { Value::String(secret) };
        match self.0.update(cx, &rest).await {
            Ok(mut observed) => {
                set(&mut observed, table, SECRET, shown);
                Ok((observed, true))
            }
            // The secret is a new one all the same.
            Err(failure) => {
                let mut left = Observed { id: write.id.clone().unwrap_or_default(), value: write.prior.clone(), warnings: Vec::new() };
                let carried_out = [ROTATION, VERSION].map(|name| (name, planned.get(name).clone()));
                let found = [(SECRET, shown), (OLD, Value::text(VALID)), (SET_AT, Value::String(due::now()))];
                for (name, value) in carried_out.into_iter().chain(found) {
                    set(&mut left, table, name, value);
                }
                if !prior.get(DUE).is_null() {
                    set(&mut left, table, DUE, Value::Bool(false));
                }
                Err(Failure { done: Done::Yes, left: Some(Box::new(left)), ..failure })
            }
        }
    }

    /// Asks for a rotation to this secret. Asked again after a lost answer, the server puts the same secret in place of
    /// itself, and the old one still works.
    async fn ask_to_rotate(&self, cx: &Cx<Client>, write: &Write, secret: &str, is_own: bool) -> Result<Rotated, Failure> {
        let planned = Object::new(&write.resource.table, &write.planned);
        let at = cx.client.endpoint(&HYDRA_ADMIN, planned).await?;
        let mut hidden = secrets(write);
        hidden.push(secret.to_owned());
        let request = self.request(Method::POST, write).body(Json::object([(SECRET, secret.into())])).hiding(hidden).once();
        let send = || async {
            let reply = at.send(cx, &HYDRA_ADMIN, request.clone()).await?;
            if is_no_route(reply.status, HYDRA_ADMIN.says_missing(&reply)) {
                return Ok(Rotated::Otherwise);
            }
            if !reply.is_success() {
                return Err(HYDRA_ADMIN.refuse(&reply));
            }
            let answer = HYDRA_ADMIN.json(&reply)?;
            HYDRA_ADMIN.about(&reply, write.id.as_deref().unwrap_or_default(), answer.at("client_id").as_str().unwrap_or_default())?;
            match answer.at(SECRET).as_str() {
                Some(made) if made == secret || !is_own => Ok(Rotated::To(made.to_owned())),
                Some(_) => Ok(Rotated::Otherwise),
                None => Err(HYDRA_ADMIN.unreadable(&reply, "`client_secret` is missing")),
            }
        };
        let rotated = once(cx, send, || async { Ok::<_, SendError>(None) }).await;
        rotated.map_err(|mut error| {
            if error.done != Done::No {
                error
                    .diagnostic
                    .detail
                    .push_str("\n\nThe secret may have been rotated all the same. The one in the state works on; apply again.");
            }
            error.into()
        })
    }

    /// Ends the older secrets. A server without rotation has none.
    async fn end_old(&self, cx: &Cx<Client>, write: &Write) -> Result<(), Failure> {
        let at = cx.client.endpoint(&HYDRA_ADMIN, Object::new(&write.resource.table, &write.planned)).await?;
        let reply = at.send(cx, &HYDRA_ADMIN, self.request(Method::DELETE, write)).await?;
        match reply.is_success() || is_no_route(reply.status, HYDRA_ADMIN.says_missing(&reply)) {
            true => Ok(()),
            false => Err(HYDRA_ADMIN.refuse(&reply).into()),
        }
    }

    fn request(&self, method: Method, write: &Write) -> Request {
        Request::new(method, self.0.path).id(write.id.as_deref().unwrap_or_default()).id("secrets").id("rotate")
    }
}

/// Releases without rotation have no such route: their routers say so, and not their handlers.
fn is_no_route(status: u16, says_missing: bool) -> bool {
    status == 405 || (status == 404 && !says_missing)
}

fn no_overlap() -> Diagnostic {
    Diagnostic::warning(
        "The old secret does not work any more",
        "This server does not rotate secrets, or not to a given one: the secret was changed by an update, and the old one stopped working at once. Give applications the new one now. Ory Network rotates secrets; Ory Hydra up to 26.2 does not.",
    )
    .at(Path::attr(ROTATION))
}
