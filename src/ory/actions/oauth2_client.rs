//! Actions on OAuth 2.0 clients: rotating the secret, and revoking tokens.

use super::{gone, tell};
use crate::{
    engine::{ActionBackend, Cx, Diagnostic, Done, Failure},
    ory::{
        Client,
        resources::target::{TARGET_OF_CALL, WHOLE_TARGET},
        services::HYDRA_ADMIN,
    },
    rest::{Client as _, Endpoint, Reply, Request, address},
    schema::{Action, Attr, Object, action, boolean, refuse, string},
    value::{Json, Path, Value},
};
use async_trait::async_trait;
use reqwest::Method;

/// Rotates the secret.
pub(super) static ROTATE_SECRET: Action = action(
    "oauth2_client_rotate_secret",
    "Gives an OAuth 2.0 client a new secret while the old one still works, so that applications can change over one by one.\n\n\
     On Ory Network, up to five old secrets work until they are removed (`drop_old_secrets`, in a later run). A self-hosted \
     Ory Hydra up to 26.2 cannot do that: there, the new secret replaces the old one at once, and a warning says so. \
     If an `ory_oauth2_client` has the secret as `client_secret`, its state keeps the old one: use `client_secret_wo` there.",
    &[CLIENT, SECRET, TARGET_OF_CALL],
)
.rules(&[WHOLE_TARGET]);

/// Revokes the tokens.
pub(super) static REVOKE_TOKENS: Action = action(
    "oauth2_client_revoke_tokens",
    "Ends all access and refresh tokens of an OAuth 2.0 client. Services that check JWT access tokens without asking Ory accept them until \
     they expire.",
    &[CLIENT, TARGET_OF_CALL],
)
.rules(&[WHOLE_TARGET]);

static CLIENT: &[Attr] = &[string("client_id", "The client.").required().check(refuse(address::id))];

static SECRET: &[Attr] = &[
    string("client_secret", "The new secret, at least 6 characters.").required().write_only().check(refuse(long_enough)),
    boolean("drop_old_secrets", "Whether the old secrets stop working."),
];

fn long_enough(secret: &str) -> Result<(), String> {
    (secret.len() >= 6).then_some(()).ok_or_else(|| "Must have at least 6 characters.".to_owned())
}

pub(super) struct RotateSecret;
pub(super) struct RevokeTokens;

const CLIENTS: &str = "/admin/clients";

/// A request to the client's endpoint for secrets.
fn of_secrets(method: Method, id: &str) -> Request {
    Request::new(method, CLIENTS).id(id).id("secrets").id("rotate")
}

/// Whether the server does not have this endpoint.
fn is_unserved(reply: &Reply) -> bool {
    matches!(reply.status, 404 | 405) && !HYDRA_ADMIN.says_missing(reply)
}

#[async_trait]
impl ActionBackend<Client> for RotateSecret {
    async fn invoke(&self, cx: &Cx<Client>, action: &'static Action, config: &Value) -> Result<(), Failure> {
        let asked = Object::new(&action.table, config);
        let [id, secret] = ["client_id", "client_secret"].map(|name| asked.str(name).unwrap_or_default());
        let at = cx.client.endpoint(&HYDRA_ADMIN, asked).await?;
        let found = at.send(cx, &HYDRA_ADMIN, Request::new(Method::GET, CLIENTS).id(id)).await?;
        if HYDRA_ADMIN.says_missing(&found) {
            gone(cx, "OAuth 2.0 client");
            return Ok(());
        }
        if !found.is_success() {
            return Err(HYDRA_ADMIN.refuse(&found).into());
        }
        let body = Json::object([("client_secret", secret.into())]);
        // If it were sent twice, one more old secret would be lost.
        let request = of_secrets(Method::POST, id).body(body).hiding(vec![secret.to_owned()]).once();
        let reply = at.send(cx, &HYDRA_ADMIN, request).await?;
        if is_unserved(&reply) {
            return replace(cx, &at, id, secret).await;
        }
        if !reply.is_success() {
            return Err(HYDRA_ADMIN.refuse(&reply).into());
        }
        // A server that does not accept a given secret has chosen one itself, which must not be shown.
        if HYDRA_ADMIN.json(&reply)?.at("client_secret").as_str().is_some_and(|told| told != secret) {
            let detail = "The server chose a new secret instead of the one in `client_secret`, and it is not shown. The old secrets still work. Set the new secret on the client itself.";
            let diagnostic = Diagnostic::error("The client has another secret", detail).at(Path::attr("client_secret"));
            return Err(Failure { done: Done::Yes, left: None, diagnostics: vec![diagnostic] });
        }
        tell(cx, &format!("The client {id} has the new secret."));
        if asked.bool("drop_old_secrets") == Some(true) {
            let reply = at.send(cx, &HYDRA_ADMIN, of_secrets(Method::DELETE, id)).await?;
            if !reply.is_success() {
                let mut error = HYDRA_ADMIN.refuse(&reply);
                error.done = Done::Yes;
                error.diagnostic.detail.push_str("\n\nThe client has the new secret, and the old ones still work.");
                return Err(error.into());
            }
            tell(cx, "The old secrets no longer work.");
        }
        Ok(())
    }
}

/// Replaces the old secret by the new one.
async fn replace(cx: &Cx<Client>, at: &Endpoint, id: &str, secret: &str) -> Result<(), Failure> {
    let operation = [("op", "replace".into()), ("path", "/client_secret".into()), ("value", secret.into())];
    let patch = Json::Array(vec![Json::object(operation)]);
    let request = Request::new(Method::PATCH, CLIENTS).id(id).body(patch).hiding(vec![secret.to_owned()]);
    let reply = at.send(cx, &HYDRA_ADMIN, request).await?;
    if !reply.is_success() {
        return Err(HYDRA_ADMIN.refuse(&reply).into());
    }
    tell(cx, &format!("The client {id} has the new secret."));
    cx.warn(Diagnostic::warning(
        "The old secret no longer works",
        "This server cannot keep an old secret beside a new one (no Ory Hydra up to 26.2 can), so the new one has replaced it. Applications that still use the old one are refused.",
    ));
    Ok(())
}

#[async_trait]
impl ActionBackend<Client> for RevokeTokens {
    async fn invoke(&self, cx: &Cx<Client>, action: &'static Action, config: &Value) -> Result<(), Failure> {
        let asked = Object::new(&action.table, config);
        let id = asked.str("client_id").unwrap_or_default();
        let at = cx.client.endpoint(&HYDRA_ADMIN, asked).await?;
        let reply = at.send(cx, &HYDRA_ADMIN, Request::new(Method::DELETE, "/admin/oauth2/tokens").query("client_id", id)).await?;
        if HYDRA_ADMIN.says_missing(&reply) {
            gone(cx, "OAuth 2.0 client");
            return Ok(());
        }
        if !reply.is_success() {
            return Err(HYDRA_ADMIN.refuse(&reply).into());
        }
        tell(cx, &format!("The tokens of the client {id} have ended."));
        Ok(())
    }
}
