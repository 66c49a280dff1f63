//! `ory_api_key`: an API key that Ory Talos issues.
//!
//! The secret is told once, in the answer to the request that makes the key. A request that is repeated with the same
//! `request_id` is answered with the key and without its secret; so is one whose answer was lost. Nobody can use such a key:
//! it is revoked, and another one is made.

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
     **The secret is told once**, when the key is made: a key that is imported, by its `key_id`, has none. To keep it out of the \
     state, in Terraform and Pulumi alike, set `seal_to` to a public RSA key: then the state has `sealed_secret` alone, a JWE \
     (RFC 7516, `RSA-OAEP-256` and `A256GCM`) that only the owner of the private key opens, as with `step crypto jwe decrypt \
     --key private.pem` or `jose jwe dec -k private.jwk -i -`.\n\n\
     **Every key ends**, and a key cannot be made to last longer. It is renewed by another one: let the new one be made first, \
     with `create_before_destroy` in Terraform (Pulumi does so by itself), hand out its secret, and the old one is revoked after \
     that. With `renew_before`, the plan says so in time: a refresh compares with the clock, so that Pulumi needs `--refresh` \
     for it. A key that has expired, or that somebody has revoked, stays in the state and is replaced, too. So does a change of \
     `keepers`. Destroying a key revokes it; its record stays for 30 days at least.",
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
    lookup(&RESOURCE, "An API key that Ory Talos has issued and that is managed elsewhere, by its id. Its secret is never told again.")
        .without(&["keepers", "renew_before", "revocation_reason", "revocation_description", "seal_to"]);

static SEAL: &[Attr] = &[
    string(
        "seal_to",
        "A public RSA key of at least 2048 bits to which the secret is sealed, as PEM or JSON Web Key: then no state has the secret. A change makes another API key.",
    )
    .local()
    .replaces()
    .check(refuse(recipient)),
    string("secret", "The API key itself, without `seal_to`. Told once, when it is made.").read_only().secret().once(),
    string("sealed_secret", "The API key itself as a JWE, with `seal_to`: whoever has the private key opens it.").read_only().once(),
];

/// The keys, as they are reached.
pub static KEYS: Keys = Keys { resource: &RESOURCE, path: talos::ISSUED, items: "issued_api_keys" };

/// How often a key is made, where the answers with its secret get lost.
const TRIES: usize = 3;

/// Says why a key is replaced that nobody has changed.
fn replaced(before: Object<'_>, planned: Object<'_>) -> Option<Problem> {
    let (summary, why) = replacing(before, planned)?;
    Some(Problem::doubtful("renewal_due", summary, format!("{why} Another one is issued in its place, with a secret of its own.")))
}

/// Keys that Ory Talos has issued.
pub struct IssuedKeys;

#[async_trait]
impl Backend<Client> for IssuedKeys {
    async fn create(&self, cx: &Cx<Client>, write: &Write) -> Result<Observed, Failure> {
        let planned = Object::new(&RESOURCE.table, &write.planned);
        let unusable = |why| Diagnostic::error("The secret cannot be sealed", why).at(Path::attr("seal_to"));
        let recipient = planned.str("seal_to").map(Recipient::read).transpose().map_err(unusable)?;
        let at = KEYS.at(cx, planned).await?;
        let (mut observed, secret) = issue(cx, &at, write).await?;
        // What is made is of no use any more, if this fails.
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

/// Makes a key of which the secret is known. A request may be repeated, as its id says which one it is.
async fn issue(cx: &Cx<Client>, at: &Endpoint, write: &Write) -> Result<(Observed, String), Failure> {
    let attempt = cx.attempt(write, at.account(cx), Makes::TheObject);
    let fresh = || uuid::Uuid::new_v4().to_string();
    let mut request_id = match &attempt.begun {
        // The key may be there or not: the request of this id tells.
        Some(begun) if begun.chosen => begun.id.clone(),
        // It is there, and the run that made it died before it had told anybody.
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

/// Revokes a key whose secret nobody knows.
async fn unknown(cx: &Cx<Client>, at: &Endpoint, id: &str) -> Result<(), Failure> {
    let left = |error: SendError| maybe_left(&RESOURCE, Some(id), SendError { done: Done::Maybe, ..error });
    KEYS.revoke(cx, at, id, None, None).await.map_err(left)?;
    cx.warn(Diagnostic::warning(
        "An API key was revoked, and another one is made",
        format!("The answer with the secret of the API key `{}` got lost, and is not told again. It was revoked.", one_line(id)),
    ));
    Ok(())
}
