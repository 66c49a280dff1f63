//! `ory_api_key_verification`: whether an API key, or a token derived from one, is valid.

use super::{
    super::{
        super::{client::Client, services::TALOS, talos},
        target::{TARGET_OF_CALL, WHOLE_TARGET},
    },
    keys::word,
};
use crate::{
    engine::{Cx, Failure, Offer, QueryBackend},
    rest::{Client as _, Request, mapping},
    schema::{Attr, INSTANT, Object, Query, boolean, list, query, refuse, string},
    value::{Json, Value},
};
use async_trait::async_trait;
use reqwest::Method;

/// What this file offers.
pub static OFFERS: &[Offer<Client>] = &[Offer::query(&QUERY, &ANSWER)];

/// The data source.
static QUERY: Query = query(
    "api_key_verification",
    "Whether an API key, or a token derived from one, is valid: the answer of Ory Talos to whoever verifies it, requested from \
     where the provider runs.\n\n\
     A key that is shown as active may still be refused, because of lifetimes, prefixes and secrets in the configuration of Ory Talos. \
     Without `expected_audiences`, a token that names an audience is refused: that is the strict rule. If Ory Talos caches \
     verified keys, a revoked one may be accepted until the cache entry expires.",
    &[ASKED, ANSWERED, TARGET_OF_CALL],
)
.rules(&[WHOLE_TARGET]);

/// How it is answered.
static ANSWER: Verification = Verification;

static ASKED: &[Attr] = &[
    string("credential", "The API key or the token, of at most 8192 bytes.").required().secret().check(refuse(credential)),
    list("expected_audiences", "Accepted audiences of a token: it has to name exactly one of them.").unordered(),
];

static ANSWERED: &[Attr] = &[
    boolean("is_valid", "Whether the key or token is valid.").read_only(),
    string("error_code", "Why it is not valid: `invalid_format`, `expired`, `revoked`, `not_found`, `signature_invalid`, `internal`, `ip_not_allowed`, `rate_limited` or `audience_mismatch`.").read_only(),
    string("error_message", "The same in words.").read_only(),
    string("key_id", "Id of the key.").read_only(),
    string("actor_id", "Who uses it.").read_only(),
    list("scopes", "What it may be used for.").read_only(),
    string("metadata", "The metadata of the key, as JSON.").read_only().json(),
    string("visibility", "Who may see it: `secret` or `public`.").read_only(),
    string("issuer", "Who issued it.").read_only(),
    list("audiences", "The audiences of a token; empty for a key.").read_only(),
    string("expire_time", "When it expires (RFC 3339).").read_only().means(INSTANT),
];

/// Checks that a text can be verified.
pub fn credential(text: &str) -> Result<(), String> {
    (1..=8192).contains(&text.len()).then_some(()).ok_or_else(|| "Must have at least one byte and at most 8192.".into())
}

/// The request to Ory Talos.
pub struct Verification;

#[async_trait]
impl QueryBackend<Client> for Verification {
    async fn answer(&self, cx: &Cx<Client>, query: &'static Query, asked: &Value) -> Result<Value, Failure> {
        let asked = Object::new(&query.table, asked);
        let at = cx.client.endpoint(&TALOS, asked).await?;
        let credential = asked.str("credential").unwrap_or_default();
        let mut body = Json::object([("credential", credential.into())]);
        let audiences = asked.strs("expected_audiences");
        if !audiences.is_empty() {
            body.put("expected_audiences", audiences.into_iter().map(Json::from).collect());
        }
        let request = Request::new(Method::POST, talos::VERIFY).body(body).hiding(vec![credential.to_owned()]);
        let reply = at.send(cx, &TALOS, request).await?;
        if !reply.is_success() {
            return Err(TALOS.refuse(&reply).into());
        }
        let mut told = TALOS.json(&reply)?;
        if !matches!(told.at("is_valid"), Json::Bool(_)) {
            return Err(TALOS.unreadable(&reply, "`is_valid` is missing").into());
        }
        let is_valid = told.at("is_valid").as_bool() == Some(true);
        for (name, prefix) in [("visibility", "KEY_VISIBILITY_"), ("error_code", "VERIFICATION_ERROR_")] {
            let word = word(&told, name, prefix);
            told.put(name, word);
        }
        // The other members of an invalid one are ignored.
        if !is_valid {
            told.as_object_mut()
                .into_iter()
                .for_each(|members| members.retain(|name, _| ["is_valid", "error_code", "error_message"].contains(&name.as_str())));
        }
        Ok(mapping::observe(&query.table, &told).map_err(|misfit| TALOS.unreadable(&reply, &misfit.to_string()))?)
    }
}
