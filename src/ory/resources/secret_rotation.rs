//! The rotation of an OAuth 2.0 client's secret: when, by which request, and how long the old secret works.
//!
//! Owns the attributes, their part of the plan, and the operations on a client that keep them correct. Where a server has no
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

/// Value of [`OLD`]: there are no old secrets.
const NONE: &str = "none";
/// Old secrets work beside the new one.
const VALID: &str = "valid";
/// Old secrets work, but the overlap is over.
const OVER: &str = "over";

/// The attributes that a data source does not have.
pub const NOT_SHOWN: &[&str] = &[ROTATION, DUE, SET_AT, OLD];

/// The attributes.
pub static ATTRIBUTES: &[Attr] = &[
    object(
        ROTATION,
        "How the secret is rotated: a new one is made, and the old one still works for a while. With this set, every change of the secret is a rotation if the server supports it (Ory Network does; no release of Ory Hydra up to 26.2 does); otherwise a warning says so. At most five old secrets work.",
        &NESTED,
    )
    .local(),
    boolean(
        DUE,
        "Whether `period` was over when the state was last refreshed: then the plan rotates the secret. Pulumi refreshes only with `pulumi up --refresh`.",
    )
    .read_only(),
    string(
        OLD,
        "Whether old secrets work, as of the last refresh: `none`, `valid`, or `over` when `overlap` is over, so that the next apply ends them. It only covers rotations by this provider.",
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
            "Any text, such as a date; a change of it rotates the secret. Setting it for the first time does not.",
        ),
        string(
            "period",
            "How long a secret is used, such as `720h`; at least a minute. A refresh compares this with the clock and sets `rotation_due` when the period is over, and the next apply rotates the secret. The period begins when the secret was set or, for an imported client, when the period is first applied.",
        )
        .means(DURATION)
        .check(refuse(a_minute)),
        string(
            "overlap",
            "How long old secrets work after a rotation, such as `72h`. A refresh finds that the time is over, and the next apply ends them. When unset, they work until they are ended, or until there are more than five. `0s` ends them at once, and so does the removal of `secret_rotation`.",
        )
        .means(DURATION)
        .check(refuse(no_less_than_nothing)),
    ]]),
};

/// The rules for these attributes.
pub const RULES: [Rule; 2] =
    [rule(&[ROTATION, SECRET, WRITE_ONLY, VERSION], one_decides), rule(&[ROTATION, "token_endpoint_auth_method"], has_a_secret)];

fn a_minute(text: &str) -> Result<(), String> {
    let long = duration::parse(text).is_ok_and(|span| span >= 60_000_000_000);
    long.then_some(()).ok_or_else(|| "Must be at least a minute (`1m`).".into())
}

fn no_less_than_nothing(text: &str) -> Result<(), String> {
    duration::parse(text).is_ok_and(|span| span >= 0).then_some(()).ok_or_else(|| "Must not be less than `0s`.".into())
}

fn one_decides(client: Object<'_>) -> Option<Problem> {
    let rotation = nested(client)?;
    let says_when = ["trigger", "period"].into_iter().find(|name| !rotation.get(name).is_null())?;
    let own = [SECRET, WRITE_ONLY, VERSION].into_iter().find(|name| !client.get(name).is_null())?;
    Some(Problem::refused(
        ROTATION,
        format!("{own} prevents the rotation"),
        format!(
            "With `{ROTATION}.{says_when}`, the provider chooses the new secret. Either remove `{own}`, or remove `{says_when}` and rotate by changing the secret yourself."
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
            "A client that authenticates with `{method}` does not use a secret. Remove `{ROTATION}`, or choose another `token_endpoint_auth_method`."
        ),
    ))
}

fn nested(client: Object<'_>) -> Option<Object<'_>> {
    let rotation = client.get(ROTATION);
    matches!(rotation, Value::Object(_)).then(|| Object::new(&NESTED.table, rotation))
}

/// Whether old secrets end at once.
fn ends_at_once(rotation: Object<'_>) -> bool {
    rotation.str("overlap").is_some_and(|overlap| duration::parse(overlap) == Ok(0))
}

/// Says that the old secrets end with the rotation.
pub fn ends_old(before: Object<'_>, planned: Object<'_>) -> Option<Problem> {
    (before.str(OLD) == Some(VALID) && planned.get(ROTATION).is_null()).then(|| {
        Problem::doubtful(
            ROTATION,
            "The old secrets end",
            format!(
                "Old secrets of this client still work. Without `{ROTATION}` nothing would end them, so this apply does. To let them work until their time is over, keep `{ROTATION}` with its `overlap` and remove it when `{OLD}` is `{NONE}`."
            ),
        )
    })
}

/// Plans the rotation. It uses the result of the last refresh, and does not read the clock.
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
    // If the period itself changes, the end of the earlier period does not matter.
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

/// Clients, with their current and old secrets.
pub struct Clients(pub Rest);

/// The result of a request to rotate.
enum Rotated {
    /// The new secret.
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
        let ends = match prior.str(OLD) {
            Some(NONE) => false,
            Some(_) => planned.str(OLD) != Some(VALID),
            // It is not known whether there are any.
            None => rotation.is_some_and(ends_at_once),
        };
        let mut observed = match rotation.filter(|rotation| changes && had_one && !ends_at_once(*rotation)) {
            Some(_) => {
                let (observed, works_on) = self.rotate(cx, write).await?;
                old = if works_on { VALID } else { NONE };
                observed
            }
            None => {
                if !changes && ends {
                    self.end_old(cx, write).await?;
                }
                let observed = self.0.update(cx, write).await?;
                // An update ends older secrets.
                old = if changes { NONE } else { planned.str(OLD).unwrap_or(old) };
                observed
            }
        };
        let begins = changes || prior.get(SET_AT).is_null();
        let since = || if begins { Value::String(due::now()) } else { prior.get(SET_AT).clone() };
        set(&mut observed, table, SET_AT, if is_public(planned) { Value::Null } else { since() });
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
    /// Updates the client with a rotation of the secret. The flag says whether the old secret still works.
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
            // The secret was changed nevertheless.
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

    /// Requests a rotation to this secret. If it is repeated after a lost answer, the server replaces the secret by the same one,
    /// and the old one still works.
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
                    .push_str("\n\nThe secret may have been rotated nevertheless. The one in the state still works: apply again.");
            }
            error.into()
        })
    }

    /// Ends the validity of older secrets. A server without rotation has no older secrets.
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

/// Whether the answer is that of a release without this route: then it comes from the router, not from a handler.
fn is_no_route(status: u16, says_missing: bool) -> bool {
    status == 405 || (status == 404 && !says_missing)
}

fn no_overlap() -> Diagnostic {
    Diagnostic::warning(
        "The old secret no longer works",
        "This server cannot rotate secrets, or not to a given secret: the secret was changed by an update, and the old one stopped working at once. Give applications the new one now. Ory Network rotates secrets; Ory Hydra up to 26.2 does not.",
    )
    .at(Path::attr(ROTATION))
}
