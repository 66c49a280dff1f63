//! `ory_api_key`: an API key that Ory Talos issues.
//!
//! The server shows the secret only once, in the answer to the request that makes the key. If a request is repeated with the same
//! `request_id`, the answer has the key without its secret, and so it is after a lost answer. Nobody can use such a key: it is
//! revoked, and another one is made.

use super::{
    super::{
        super::{client::Client, services::TALOS, talos},
        guards::PROTECTION,
        target::TARGET,
    },
    keys::{Keys, LIFE, REVOCATION, RULES, SHOWN, SUBJECT, kept, lasts, replacing},
    seal::{Recipient, recipient},
};
use crate::{
    engine::{Backend, Cx, Diagnostic, Done, Failure, Makes, Objects, Observed, Offer, State, Wanted, Write, one_line},
    rest::{Endpoint, Request, SendError, maybe_left, secrets},
    schema::{Attr, Lookup, Object, Problem, Resource, lookup, refuse, resource, string},
    value::{Path, Value},
};
use async_trait::async_trait;
use reqwest::Method;

/// What this file offers.
pub static OFFERS: &[Offer<Client>] = &[Offer::resource(&RESOURCE, &BACKEND), Offer::lookup(&LOOKUP, &BACKEND)];

/// The resource.
pub static RESOURCE: Resource = resource(
    "api_key",
    "An API key for the users of your own API, issued by Ory Talos: on Ory Network in the project, or self-hosted (`talos_url`). \
     It is not a key with which Ory itself is managed: those are `ory_project_api_key` (`ory_pat_…`) and \
     `ory_workspace_api_key` (`ory_wak_…`).\n\n\
     **The secret is shown only once**, when the key is made: a key that is imported, by its `key_id`, has none. To keep it out of the \
     state, in Terraform and Pulumi alike, set `seal_to` to a public RSA key: then the state only has `sealed_secret`, a JWE \
     (RFC 7516, `RSA-OAEP-256` and `A256GCM`) that only the owner of the private key can open, as with `step crypto jwe decrypt \
     --key private.pem` or `jose jwe dec -k private.jwk -i -`.\n\n\
     **Every key expires**, and the expiry cannot be moved. A key is renewed by another key: make the new one first, with \
     `create_before_destroy` in Terraform (Pulumi does so by itself), and hand out its secret; the old key is revoked after that. \
     With `renew_before`, a refresh compares the expiry with the clock, and the plan then replaces the key in time; Pulumi \
     needs `--refresh` for that. A key that has expired, or that somebody has revoked, stays in the state and is replaced as \
     well, and so is a key whose `keepers` change. Destroying a key revokes it; its record stays for at least 30 days.",
)
.import("key_id")
.created_at("create_time")
.sections(&[SUBJECT, LIFE, SEAL, SHOWN, REVOCATION, TARGET, PROTECTION])
.rules(&RULES)
.on_change(&[replaced])
.modify_plan(|draft| kept(draft, &["secret", "sealed_secret"], &["ttl", "keepers", "seal_to"]))
.checked();

/// How it is reached.
pub static BACKEND: IssuedKeys = IssuedKeys;

/// The data source.
static LOOKUP: Lookup =
    lookup(&RESOURCE, "An API key that Ory Talos has issued and that is managed elsewhere, by its id. Its secret is not shown.")
        .without(&["keepers", "renew_before", "revocation_reason", "revocation_description", "seal_to"]);

static SEAL: &[Attr] = &[
    string(
        "seal_to",
        "A public RSA key of at least 2048 bits to which the secret is sealed (encrypted), as PEM or JSON Web Key: then the state does not have the secret. A change makes another API key.",
    )
    .local()
    .replaces()
    .check(refuse(recipient)),
    string("secret", "The API key itself, without `seal_to`. It is shown only once, when the key is made.").read_only().secret().once(),
    string("sealed_secret", "The API key itself as a JWE, with `seal_to`: it can be opened with the private key.").read_only().once(),
];

/// How the keys are reached.
pub static KEYS: Keys = Keys { resource: &RESOURCE, path: talos::ISSUED, items: "issued_api_keys" };

/// The number of tries to make a key whose answer with the secret is lost.
const TRIES: usize = 3;

/// Says why an unchanged key is replaced.
fn replaced(before: Object<'_>, planned: Object<'_>) -> Option<Problem> {
    let (summary, why) = replacing(before, planned)?;
    Some(Problem::doubtful("renewal_due", summary, format!("{why} Another key is issued in its place, with a new secret.")))
}

/// Keys that Ory Talos issues.
pub struct IssuedKeys;

#[async_trait]
impl Backend<Client> for IssuedKeys {
    async fn create(&self, cx: &Cx<Client>, write: &Write) -> Result<Observed, Failure> {
        let planned = Object::new(&RESOURCE.table, &write.planned);
        let unusable = |why| Diagnostic::error("The secret cannot be sealed", why).at(Path::attr("seal_to"));
        let recipient = planned.str("seal_to").map(Recipient::read).transpose().map_err(unusable)?;
        let at = KEYS.at(cx, planned).await?;
        let (mut observed, secret) = issue(cx, &at, write).await?;
        // If this check fails, the new key is useless.
        let fits = lasts(&RESOURCE, &observed.value, planned.str("renew_before"));
        let sealed = match &recipient {
            Some(recipient) => recipient.seal(&secret).map_err(unusable).map(Some),
            None => Ok(None),
        };
        let sealed = match fits.and(sealed) {
            Ok(sealed) => sealed,
            Err(why) => {
                let id = observed.id.clone();
                KEYS.revoke(cx, &at, &id, None, None).await.map_err(|error| maybe_left(&RESOURCE, Some(&id), error))?;
                return Err(why.into());
            }
        };
        match sealed {
            Some(sealed) => KEYS.set(&mut observed.value, "sealed_secret", Value::String(sealed)),
            None => KEYS.set(&mut observed.value, "secret", Value::String(secret)),
        }
        Ok(observed)
    }

    async fn read(&self, cx: &Cx<Client>, _: &'static Resource, state: &State) -> Result<Option<Observed>, Failure> {
        KEYS.read(cx, state).await
    }

    async fn update(&self, cx: &Cx<Client>, write: &Write) -> Result<Observed, Failure> {
        KEYS.update(cx, write).await
    }

    async fn delete(&self, cx: &Cx<Client>, _: &'static Resource, state: &State) -> Result<(), Failure> {
        KEYS.revoke_stored(cx, state).await
    }

    async fn list(&self, cx: &Cx<Client>, wanted: &Wanted<'_>, objects: &Objects) -> Result<(), Failure> {
        KEYS.list(cx, wanted, objects).await
    }
}

/// Makes a key whose secret is known. A request can be repeated, since its id identifies it.
async fn issue(cx: &Cx<Client>, at: &Endpoint, write: &Write) -> Result<(Observed, String), Failure> {
    let attempt = cx.attempt(write, at.account(cx), Makes::TheObject);
    let fresh = || uuid::Uuid::new_v4().to_string();
    let mut request_id = match &attempt.begun {
        // The key may exist or not: a request with this id shows it.
        Some(begun) if begun.chosen => begun.id.clone(),
        // The key exists, and the run that made it crashed before it stored the secret.
        Some(begun) => {
            unknown(cx, at, &begun.id).await?;
            fresh()
        }
        None => fresh(),
    };
    for _ in 0..TRIES {
        cx.begin_chosen(&attempt, &request_id);
        let mut body = KEYS.body(write);
        body.put("request_id", request_id.as_str().into());
        let made = async {
            let reply = at.send(cx, &TALOS, Request::new(Method::POST, talos::ISSUED).body(body).hiding(secrets(write))).await?;
            if !reply.is_success() {
                return Err(TALOS.refuse(&reply));
            }
            let told = TALOS.json(&reply)?;
            let observed = KEYS.observe(&reply, told.at("issued_api_key"), None)?;
            Ok((observed, told.at("secret").as_str().unwrap_or_default().to_owned()))
        };
        let (observed, secret) = made.await.map_err(|error: SendError| maybe_left(&RESOURCE, None, error))?;
        if !secret.is_empty() {
            return Ok((observed, secret));
        }
        unknown(cx, at, &observed.id).await?;
        request_id = fresh();
    }
    let detail =
        "Ory Talos issued the key, but each time the answer with its secret was lost, so the key was revoked again. Try again later.";
    Err(Diagnostic::error("The secret of the API key was lost", detail).into())
}

/// Revokes a key whose secret is lost.
async fn unknown(cx: &Cx<Client>, at: &Endpoint, id: &str) -> Result<(), Failure> {
    let left = |error: SendError| maybe_left(&RESOURCE, Some(id), SendError { done: Done::Maybe, ..error });
    KEYS.revoke(cx, at, id, None, None).await.map_err(left)?;
    cx.warn(Diagnostic::warning(
        "An API key was revoked, and another one is made",
        format!(
            "The answer with the secret of the API key `{}` got lost, and the server does not show it again. The key was revoked.",
            one_line(id)
        ),
    ));
    Ok(())
}
