//! `ory_api_key_jwks`: the public keys for checking tokens that are derived from API keys, without a request to Ory Talos.

use super::super::{
    super::{client::Client, services::TALOS, talos},
    target::{TARGET_OF_CALL, WHOLE_TARGET},
};
use crate::{
    engine::{Cx, Failure, Offer, QueryBackend},
    rest::{Client as _, Request},
    schema::{Attr, Object, Query, list, query, string},
    value::Value,
};
use async_trait::async_trait;
use reqwest::Method;

/// What this file offers.
pub static OFFERS: &[Offer<Client>] = &[Offer::query(&QUERY, &ANSWER)];

/// The data source.
static QUERY: Query = query(
    "api_key_jwks",
    "The public keys for checking tokens (JWTs) that are derived from API keys without a request to Ory Talos, as gateways and \
     services do.\n\n\
     Ory Talos serves them in an envelope (`{\"jwks\": {\"keys\": […]}}`), which clients for key sets do not understand; this \
     data source has the set itself (RFC 7517). If there are no such keys, it fails.",
    &[ANSWERED, TARGET_OF_CALL],
)
.rules(&[WHOLE_TARGET]);

/// How it is answered.
static ANSWER: KeySet = KeySet;

static ANSWERED: &[Attr] = &[
    string("jwks", "The set, as JSON: `{\"keys\": […]}`.").read_only().json(),
    list("keys", "Each of the keys, as JSON.").read_only(),
    list("key_ids", "Their ids (`kid`).").read_only(),
];

/// The set of keys.
pub struct KeySet;

#[async_trait]
impl QueryBackend<Client> for KeySet {
    async fn answer(&self, cx: &Cx<Client>, query: &'static Query, asked: &Value) -> Result<Value, Failure> {
        let at = cx.client.endpoint(&TALOS, Object::new(&query.table, asked)).await?;
        let reply = at.send(cx, &TALOS, Request::new(Method::GET, talos::KEY_SET)).await?;
        if !reply.is_success() {
            return Err(TALOS.refuse(&reply).into());
        }
        let told = TALOS.json(&reply)?;
        // A set without the envelope is accepted, too.
        let set = if told.at("jwks").is_object() { told.at("jwks") } else { &told };
        let keys = set.at("keys").as_array().ok_or_else(|| TALOS.unreadable(&reply, "`jwks.keys` is missing"))?;
        let ids = keys.iter().filter_map(|key| key.at("kid").as_str()).map(Value::text).collect();
        Ok(query.table.holding([
            ("jwks", Value::String(set.to_string())),
            ("keys", Value::List(keys.iter().map(|key| Value::String(key.to_string())).collect())),
            ("key_ids", Value::List(ids)),
        ]))
    }
}
