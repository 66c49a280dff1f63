//! `ory_api_key_token`: a token derived from an API key, which has at most the scopes of the key and expires soon.

use super::{ends, looked_after, private, until};
use crate::{
    engine::{Cx, EphemeralBackend, Failure, Opened, Renewed},
    ory::{
        Client,
        resources::{
            talos::{ttl::TTL, verification::credential},
            target::{TARGET_OF_CALL, WHOLE_TARGET},
        },
        services::TALOS,
        talos,
    },
    rest::{Client as _, Request},
    schema::{Attr, Ephemeral, INSTANT, Object, ephemeral, list, only, refuse, string, text},
    value::{Json, Value},
};
use async_trait::async_trait;
use reqwest::Method;

/// The ephemeral resource.
pub(super) static EPHEMERAL: Ephemeral = ephemeral(
    "api_key_token",
    "A token derived from an API key of Ory Talos, with only a part of the key's scopes and a short life: to configure another \
     provider with it, or for a write-only argument. It is in no plan and no state.\n\n\
     The server does not store the token and cannot revoke it: **it works until its `expire_time`, even after the key it \
     comes from is revoked**, so make its life as short as you can (`ttl`). Each phase of a run gets a new token, and it cannot be \
     extended: if one expires during a run, a warning says so before. Set `audiences` to the services that it is for: without any, \
     verifiers that expect an audience refuse it, and all others accept it.",
    &[ASKED, GIVEN, TARGET_OF_CALL],
)
.rules(&[WHOLE_TARGET]);

static ASKED: &[Attr] = &[
    string("credential", "The API key, issued or imported, of at most 8192 bytes. Another derived token is refused.")
        .required()
        .secret()
        .check(refuse(credential)),
    string(
        "algorithm",
        "The kind of token: a `jwt`, which everybody can check with the public keys (`ory_api_key_jwks`), or a `macaroon`, which only Ory Talos can check.",
    )
    .check(only(&["jwt", "macaroon"]))
    .default(text("jwt")),
    string("ttl", "How long it is valid, such as `15m`, at most as long as the key; the server's default (an hour) when unset.").means(TTL),
    list("scopes", "Scopes of the token: some of the key's scopes; all of them when unset.").unordered(),
    list("audiences", "Audiences of the token, such as the URL of a service.").unordered(),
    string("custom_claims", "Further claims, as a JSON object. Claims that the server sets itself are refused.").json().check(refuse(claims)),
];

static GIVEN: &[Attr] =
    &[string("token", "The token.").read_only().secret(), string("expire_time", "When it expires (RFC 3339).").read_only().means(INSTANT)];

/// The claims that the server sets in every token. It silently drops custom ones with these names.
const RESERVED: [&str; 17] =
    ["jti", "sub", "iss", "aud", "iat", "exp", "nbf", "nid", "akid", "pid", "tty", "oid", "scp", "scope", "meta", "vis", "acl"];

fn claims(text: &str) -> Result<(), String> {
    match Json::parse(text) {
        Ok(json) if !json.is_object() => Err("Must be a JSON object.".into()),
        Ok(json) => match RESERVED.iter().find(|name| json.get(name).is_some()) {
            Some(name) => Err(format!("The server sets `{name}` itself, and drops a custom claim with this name. Use another name.")),
            None => Ok(()),
        },
        // Text that is not JSON is refused by the attribute's meaning.
        Err(_) => Ok(()),
    }
}

/// How it is made.
pub(super) static BACKEND: Tokens = Tokens;

pub(super) struct Tokens;

#[async_trait]
impl EphemeralBackend<Client> for Tokens {
    async fn open(&self, cx: &Cx<Client>, ephemeral: &'static Ephemeral, config: &Value) -> Result<Opened, Failure> {
        let asked = Object::new(&ephemeral.table, config);
        let credential = asked.str("credential").unwrap_or_default();
        let algorithm = format!("TOKEN_ALGORITHM_{}", asked.str("algorithm").unwrap_or_default().to_uppercase());
        let mut body = Json::object([("credential", credential.into()), ("algorithm", algorithm.into())]);
        if let (Some(ttl), Some(sent)) = (asked.str("ttl"), TTL.sent) {
            body.put("ttl", sent(ttl).into_owned().into());
        }
        for name in ["scopes", "audiences"] {
            let texts = asked.strs(name);
            if !texts.is_empty() {
                body.put(name, texts.into_iter().map(Json::from).collect());
            }
        }
        if let Some(claims) = asked.str("custom_claims").and_then(|text| Json::parse(text).ok()) {
            body.put("custom_claims", claims);
        }
        let at = cx.client.endpoint(&TALOS, asked).await?;
        let request = Request::new(Method::POST, talos::DERIVE).body(body).hiding(vec![credential.to_owned()]);
        let reply = at.send(cx, &TALOS, request).await?;
        if !reply.is_success() {
            return Err(TALOS.refuse(&reply).into());
        }
        let answer = TALOS.json(&reply)?;
        let (Some(token), Some(expire_time)) = (answer.at("token/token").as_str(), answer.at("token/expire_time").as_str()) else {
            return Err(TALOS.unreadable(&reply, "`token.token` or `token.expire_time` is missing").into());
        };
        Ok(Opened {
            value: ephemeral.table.holding([("token", Value::text(token)), ("expire_time", Value::text(expire_time))]),
            private: private(&[("expires_at", expire_time)]),
            renew_in: until(expire_time).map(looked_after),
        })
    }

    async fn renew(&self, cx: &Cx<Client>, _: &'static Ephemeral, private: &[u8]) -> Result<Renewed, Failure> {
        let (warning, renewed) = ends("derived token", private, "Set a longer `ttl`, if the server allows it.");
        cx.warn(warning);
        Ok(renewed)
    }
}
