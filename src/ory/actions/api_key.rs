//! Actions on API keys of Ory Talos: revoking a key, and replacing one by another.

use super::{gone, tell};
use crate::{
    engine::{ActionBackend, Cx, Diagnostic, Done, Failure, one_line},
    ory::{
        Client,
        resources::{
            talos::{
                imported, issued,
                keys::{EXPLAINED, Keys, REVOCATION},
                seal::{Recipient, recipient},
            },
            target::{TARGET_OF_CALL, WHOLE_TARGET},
        },
        services::TALOS,
    },
    rest::{SendError, address},
    schema::{Action, Attr, Object, Rule, action, refuse, string},
    value::{Json, Path, Value},
};
use async_trait::async_trait;
use reqwest::Method;

/// Revokes an issued key.
pub(super) static REVOKE: Action = action(
    "api_key_revoke",
    "Revokes an API key that Ory Talos has issued, such as one that has leaked: it is refused from then on, for good. Tokens that \
     were derived from it still work until they expire, and if Ory Talos caches verified keys, the key is accepted until the cache \
     entry expires.\n\n\
     If an `ory_api_key` manages the key, its next plan replaces it by another one.",
    &[KEY, REVOCATION, TARGET_OF_CALL],
)
.rules(RULES);

/// Revokes an imported key.
pub(super) static REVOKE_IMPORTED: Action = action(
    "imported_api_key_revoke",
    "Revokes an API key that was imported into Ory Talos, such as one that has leaked: it is refused from then on, and cannot be \
     imported again until somebody deletes its record.\n\n\
     If an `ory_imported_api_key` manages the key, its next plan asks for another `raw_key`.",
    &[KEY, REVOCATION, TARGET_OF_CALL],
)
.rules(RULES);

/// Replaces an issued key.
pub(super) static ROTATE: Action = action(
    "api_key_rotate",
    "Replaces an API key that Ory Talos has issued by another one with the same name, actor and scopes, but with another id and another \
     secret. **The old key ends at once**, and the new one lasts as long as the old one would have lasted. To renew keys without an \
     interruption, let an `ory_api_key` make another one (`renew_before`, `keepers`, `create_before_destroy`). This action is for a key \
     that is not managed, and that has to end now.\n\n\
     An action has no result, so the new secret is sealed to a public key of yours and shown in a warning, as a JWE (RFC 7516): only \
     the owner of the private key can open it, as with `step crypto jwe decrypt --key private.pem` or `jose jwe dec -k private.jwk -i -`.",
    &[KEY, SEAL, TARGET_OF_CALL],
)
.rules(&[WHOLE_TARGET]);

const RULES: &[Rule] = &[WHOLE_TARGET, EXPLAINED];

static KEY: &[Attr] = &[string("key_id", "Id of the key.").required().check(refuse(address::id))];

static SEAL: &[Attr] =
    &[string("seal_to", "A public RSA key of at least 2048 bits to which the new secret is sealed, as PEM or JSON Web Key.")
        .required()
        .check(refuse(recipient))];

/// How keys that were issued are revoked.
pub(super) static ISSUED: Revoke = Revoke(&issued::KEYS);
/// How keys that were imported are revoked.
pub(super) static IMPORTED: Revoke = Revoke(&imported::KEYS);

pub(super) struct Revoke(&'static Keys);
pub(super) struct Rotate;

#[async_trait]
impl ActionBackend<Client> for Revoke {
    async fn invoke(&self, cx: &Cx<Client>, action: &'static Action, config: &Value) -> Result<(), Failure> {
        let (Revoke(keys), asked) = (self, Object::new(&action.table, config));
        let id = asked.str("key_id").unwrap_or_default();
        let at = keys.at(cx, asked).await?;
        let Some((found, _)) = keys.get(cx, &at, id).await? else {
            gone(cx, "API key");
            return Ok(());
        };
        if Object::new(&keys.resource.table, &found.value).str("status") == Some("revoked") {
            tell(cx, &format!("The API key {id} is revoked already."));
            return Ok(());
        }
        keys.revoke(cx, &at, id, asked.str("revocation_reason"), asked.str("revocation_description")).await?;
        tell(cx, &format!("The API key {id} is revoked."));
        Ok(())
    }
}

#[async_trait]
impl ActionBackend<Client> for Rotate {
    async fn invoke(&self, cx: &Cx<Client>, action: &'static Action, config: &Value) -> Result<(), Failure> {
        let (keys, asked) = (&issued::KEYS, Object::new(&action.table, config));
        let id = asked.str("key_id").unwrap_or_default();
        // This is checked before any key ends.
        let unusable = |why: String| Diagnostic::error("The secret cannot be sealed", why).at(Path::attr("seal_to"));
        let recipient = Recipient::read(asked.str("seal_to").unwrap_or_default()).map_err(unusable)?;
        let at = keys.at(cx, asked).await?;
        let Some((found, _)) = keys.get(cx, &at, id).await? else {
            gone(cx, "API key");
            return Ok(());
        };
        if let Some(status @ ("revoked" | "expired")) = Object::new(&keys.resource.table, &found.value).str("status") {
            let detail = format!("The API key `{id}` is {status} and cannot be rotated, so nothing was done. Issue another one.");
            cx.warn(Diagnostic::warning("The API key no longer works", detail));
            return Ok(());
        }
        // A repetition would be refused, since the old key has ended by then.
        let request = keys.about(Method::POST, id, ":rotate").body(Json::Object(Default::default())).once();
        let reply = at.send(cx, &TALOS, request).await.map_err(|error| untold(id, error))?;
        if !reply.is_success() {
            return Err(TALOS.refuse(&reply).into());
        }
        let answer = TALOS.json(&reply).map_err(|error| untold(id, error))?;
        let made = keys.observe(&reply, answer.at("issued_api_key"), None).map_err(|error| untold(id, error))?;
        let missing = || untold(id, TALOS.unreadable(&reply, "`secret` is missing"));
        let secret = answer.at("secret").as_str().filter(|secret| !secret.is_empty()).ok_or_else(missing)?;
        let sealed =
            recipient.seal(secret).map_err(|why| untold(id, SendError { done: Done::Yes, status: None, diagnostic: unusable(why) }))?;
        let ends = Object::new(&keys.resource.table, &made.value).str("expire_time").map(one_line).unwrap_or_default();
        tell(cx, &format!("The API key {id} has ended, and {} has taken its place until {ends}.", made.id));
        let detail = format!("The secret of the API key `{}`, which only the owner of the private key can open:\n\n{sealed}", made.id);
        cx.warn(Diagnostic::warning("The API key was replaced", detail));
        Ok(())
    }
}

/// The error when the old key may have ended and the secret of the new one was lost.
fn untold(id: &str, mut error: SendError) -> Failure {
    if error.done != Done::No {
        error.diagnostic.detail.push_str(&format!(
            "\n\nThe API key `{id}` may have ended, and the secret of its replacement was lost. List the keys of its actor, revoke the new one, and issue another."
        ));
    }
    error.into()
}
