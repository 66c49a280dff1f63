//! `ory_oauth2_token`: an access token by client credentials (RFC 6749, 4.4), revoked when it is closed (RFC 7009).

use super::{ends, in_time, known, looked_after, private};
use crate::{
    engine::{Cx, Diagnostic, EphemeralBackend, Failure, Opened, Renewed},
    ory::{
        Client,
        resources::target::{TARGET_OF_CALL, WHOLE_TARGET},
        services::HYDRA_PUBLIC,
    },
    rest::{Client as _, Endpoint, Request},
    schema::{Attr, Ephemeral, Object, boolean, ephemeral, flag, list, only, string, text},
    value::{Json, Value},
};
use async_trait::async_trait;
use reqwest::Method;
use std::time::Duration;

/// The ephemeral resource.
pub(super) static EPHEMERAL: Ephemeral = ephemeral(
    "oauth2_token",
    "An access token that an OAuth 2.0 client gets with its own credentials, for the duration of a run: to configure another \
     provider with it, or for a write-only argument. It is in no plan and no state.\n\n\
     The client needs the grant `client_credentials`. Each phase of a run gets a new token, which is revoked when that phase \
     ends. With `revoke_on_close = false` it is not revoked, so that it can be used later, until it expires. A token cannot be \
     extended: if one expires during a run, a warning says so before.",
    &[ASKED, GIVEN, TARGET_OF_CALL],
)
.rules(&[WHOLE_TARGET]);

static ASKED: &[Attr] = &[
    string("client_id", "The client.").required(),
    string("client_secret", "Its secret.").required().secret(),
    string("token_endpoint_auth_method", "How the client authenticates, as it is registered.")
        .check(only(&["client_secret_post", "client_secret_basic"]))
        .default(text("client_secret_post")),
    string("scope", "Space-separated scopes to request; the server's default when unset."),
    list("audience", "Audiences to request."),
    boolean("revoke_on_close", "Whether the token is revoked when it is no longer needed.").default(flag(true)),
];

static GIVEN: &[Attr] = &[
    string("access_token", "The token.").read_only().secret(),
    string("token_type", "How it is used: `bearer`.").read_only(),
    string("expires_at", "When it expires (RFC 3339).").read_only(),
];

/// How it is requested.
pub(super) static BACKEND: Tokens = Tokens;

pub(super) struct Tokens;

/// The endpoint with the client's credentials, and the members of the body that identify the client.
async fn reached<'a>(
    cx: &Cx<Client>,
    object: Object<'_>,
    by: &str,
    id: &'a str,
    secret: &'a str,
) -> Result<(Endpoint, Vec<(&'static str, &'a str)>), Diagnostic> {
    let at = cx.client.endpoint(&HYDRA_PUBLIC, object).await?;
    match by {
        "client_secret_basic" => Ok((cx.client.for_client(at, Some((id, secret)))?, Vec::new())),
        _ => Ok((cx.client.for_client(at, None)?, vec![("client_id", id), ("client_secret", secret)])),
    }
}

#[async_trait]
impl EphemeralBackend<Client> for Tokens {
    async fn open(&self, cx: &Cx<Client>, ephemeral: &'static Ephemeral, config: &Value) -> Result<Opened, Failure> {
        let asked = Object::new(&ephemeral.table, config);
        let text = |name: &str| asked.str(name).unwrap_or_default();
        let (id, secret, by) = (text("client_id"), text("client_secret"), text("token_endpoint_auth_method"));
        let (at, mut form) = reached(cx, asked, by, id, secret).await?;
        let audience = asked.strs("audience").join(" ");
        form.push(("grant_type", "client_credentials"));
        form.extend([("scope", text("scope")), ("audience", &audience)].into_iter().filter(|(_, value)| !value.is_empty()));
        let request = Request::new(Method::POST, "/oauth2/token").form(&form).hiding(vec![secret.to_owned()]);
        let reply = at.send(cx, &HYDRA_PUBLIC, request).await?;
        if !reply.is_success() {
            return Err(HYDRA_PUBLIC.refuse(&reply).into());
        }
        let answer = HYDRA_PUBLIC.json(&reply)?;
        let (Some(token), Some(seconds)) = (answer.at("access_token").as_str(), answer.at("expires_in").as_i64()) else {
            return Err(HYDRA_PUBLIC.unreadable(&reply, "`access_token` or `expires_in` is missing").into());
        };
        let life = Duration::from_secs(u64::try_from(seconds).unwrap_or_default());
        let expires_at = in_time(life);
        let mut members = vec![("expires_at", expires_at.as_str())];
        if asked.bool("revoke_on_close") == Some(true) {
            members.extend([("token", token), ("client_id", id), ("client_secret", secret), ("by", by)]);
            members.extend(TARGET_OF_CALL.iter().filter_map(|attr| Some((attr.name, asked.str(attr.name)?))));
        }
        let kind = answer.at("token_type").as_str().unwrap_or("bearer");
        let value = ephemeral.table.holding([
            ("access_token", Value::text(token)),
            ("token_type", Value::text(kind)),
            ("expires_at", Value::text(expires_at.as_str())),
        ]);
        Ok(Opened { value, private: private(&members), renew_in: Some(looked_after(life)) })
    }

    async fn renew(&self, cx: &Cx<Client>, _: &'static Ephemeral, private: &[u8]) -> Result<Renewed, Failure> {
        let (warning, renewed) = ends(
            "access token",
            private,
            "Make the client's tokens last longer (`client_credentials_grant_access_token_lifespan` of its `ory_oauth2_client`), or do less in one run.",
        );
        cx.warn(warning);
        Ok(renewed)
    }

    async fn close(&self, cx: &Cx<Client>, ephemeral: &'static Ephemeral, private: &[u8]) -> Result<(), Failure> {
        let known = known(private);
        let text = |name: &str| known.at(name).as_str().unwrap_or_default();
        if text("token").is_empty() {
            return Ok(());
        }
        let own = |name: &'static str| (name, known.at(name).as_str().map(Value::text).unwrap_or_default());
        let target = ephemeral.table.holding([own("project_slug"), own("project_api_key")]);
        let (id, secret) = (text("client_id"), text("client_secret"));
        let (at, mut form) = reached(cx, Object::new(&ephemeral.table, &target), text("by"), id, secret).await?;
        form.push(("token", text("token")));
        let hidden = vec![secret.to_owned(), text("token").to_owned()];
        let reply = at.send(cx, &HYDRA_PUBLIC, Request::new(Method::POST, "/oauth2/revoke").form(&form).hiding(hidden)).await?;
        match reply.is_success() || is_gone(&reply.json().unwrap_or_default()) {
            true => Ok(()),
            false => {
                let mut error = HYDRA_PUBLIC.refuse(&reply);
                error.diagnostic.detail.push_str(&format!("\n\nThe access token was not revoked: it works until {}.", text("expires_at")));
                Err(error.into())
            }
        }
    }
}

/// Whether the client no longer exists, and so neither do its tokens, or has another secret by now, and cannot revoke any.
fn is_gone(answer: &Json) -> bool {
    answer.at("error").as_str() == Some("invalid_client")
}
