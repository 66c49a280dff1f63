//! `ory_api_key_token`: a token derived from an API key, which can do no more than the key and ends soon.

use super::{ends, looked_after, private, until};
use crate::{
    engine::{Cx, EphemeralBackend, Failure, Opened, Renewed},
    ory::{
        Client,
        resources::{
            talos::{ttl::TTL, verification::credential},
            target::{TARGET, WHOLE_TARGET},
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
    "A token derived from an API key of Ory Talos, for what is to have no more than a part of what the key can do, and not for \
     long: to configure another provider with it, or for a write-only argument. It is in no plan and no state.\n\n\
     The server stores nothing of it and has no way to take it back: **it works until its `expire_time`, also after the key it \
     comes from is revoked**, so let it last as briefly as you can (`ttl`). Each phase of a run gets a token of its own, and it \
     cannot be made to last longer: of one that ends in the middle of a run, a warning tells before it does. Name those it is \
     for in `audiences`: without any, verifiers that expect an audience refuse it, and all the others take it.",
    &[ASKED, GIVEN, TARGET],
)
.rules(&[WHOLE_TARGET]);

static ASKED: &[Attr] = &[
    string("credential", "The API key, issued or imported, of at most 8192 bytes. Another derived token is refused.")
        .required()
        .secret()
        .check(refuse(credential)),
    string(
        "algorithm",
        "What is made: a `jwt`, which anybody checks with the public keys (`ory_api_key_jwks`), or a `macaroon`, which only Ory Talos checks.",
    )
    .check(only(&["jwt", "macaroon"]))
    .default(text("jwt")),
    string("ttl", "How long it lasts, such as `15m`, and no longer than the key it comes from; as the server is set up when unset (an hour).").means(TTL),
    list("scopes", "What it is good for: some of the key's scopes; all of them when unset.").unordered(),
    list("audiences", "For whom it is, such as the address of a service.").unordered(),
    string("custom_claims", "What else it says, as a JSON object. Claims that the server sets itself are refused.").json().check(refuse(claims)),
];

static GIVEN: &[Attr] =
    &[string("token", "The token.").read_only().secret(), string("expire_time", "When it ends (RFC 3339).").read_only().means(INSTANT)];

/// What the server says itself of every token. It drops what others say there without a word.
const RESERVED: [&str; 17] =
    ["jti", "sub", "iss", "aud", "iat", "exp", "nbf", "nid", "akid", "pid", "tty", "oid", "scp", "scope", "meta", "vis", "acl"];

fn claims(text: &str) -> Result<(), String> {
    match Json::parse(text) {
        Ok(json) if !json.is_object() => Err("Must be a JSON object.".into()),
        Ok(json) => match RESERVED.iter().find(|name| json.get(name).is_some()) {
            Some(name) => Err(format!("The server sets `{name}` itself, and drops what is said here. Use another name.")),
            None => Ok(()),
        },
        // What is no JSON is said elsewhere.
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
        let (warning, renewed) = ends("derived token", private, "Give it a longer `ttl`, as far as the server lets it.");
        cx.warn(warning);
        Ok(renewed)
    }
}
