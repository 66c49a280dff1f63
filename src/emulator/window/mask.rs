//! Hides secrets in documents before they leave this process.
//!
//! Owns what is hidden: the mask, members with the names of secrets, including those in people's own metadata and traits, and texts
//! that look like secrets. The names are in [`super::names`]. A hidden text still shows whether it differs from the one before,
//! by a mark that means nothing outside of this run.

use super::names::{is_secret, looks_secret};
use crate::{
    emulator::{kind::Kind, secret},
    value::Json,
};
use std::collections::BTreeMap;

/// Members of identities below which every text is secret: credentials, and metadata for administrators.
const HIDDEN: [&str; 2] = ["config", "metadata_admin"];
/// The public members of a JSON Web Key. The others are the key.
const PUBLIC: [&str; 14] = ["kty", "kid", "use", "alg", "key_ops", "crv", "x", "y", "n", "e", "x5c", "x5t", "x5t#S256", "x5u"];
/// The members of an identity's credential that are not secret.
const OPEN: [&str; 5] = ["type", "identifiers", "version", "created_at", "updated_at"];

/// Hides secrets, with marks that only this value makes.
pub struct Mask(Vec<u8>);

impl Mask {
    /// With a random key.
    ///
    /// # Errors
    /// When the system's random number generator fails.
    pub fn new() -> Result<Self, secret::NoRandomness> {
        secret::random::<32>().map(|key| Self(key.to_vec()))
    }

    /// The document without its secrets; text that is not JSON is hidden as a whole.
    #[must_use]
    pub fn document(&self, text: &str) -> Json {
        match Json::parse(text) {
            Ok(json) => self.value(json, false),
            Err(_) => self.hidden(text),
        }
    }

    /// The document of an object of that kind without its secrets.
    #[must_use]
    pub fn object(&self, kind: Option<&Kind>, text: &str) -> Json {
        match (kind.and_then(|kind| kind.secret), Json::parse(text)) {
            (Some(secret), Ok(json)) => self.known(json, &mut Vec::new(), secret),
            _ => self.document(text),
        }
    }

    /// For kinds with a function for secrets, names do not matter; a text that looks like a secret is hidden there, too.
    fn known(&self, json: Json, path: &mut Vec<String>, secret: fn(&[String]) -> bool) -> Json {
        if !path.is_empty() && secret(path) {
            return self.value(json, true);
        }
        let mut step = |name: String, value: Json| {
            path.push(name);
            let value = self.known(value, path, secret);
            (path.pop().unwrap_or_default(), value)
        };
        match json {
            Json::Object(members) => Json::Object(members.into_iter().map(|(name, value)| step(name, value)).collect()),
            Json::Array(items) => items.into_iter().enumerate().map(|(at, item)| step(at.to_string(), item).1).collect(),
            other => self.value(other, false),
        }
    }

    /// The texts in a document that are hidden, the longest first.
    #[must_use]
    pub fn secrets(&self, document: &Json) -> Vec<String> {
        let mut found = Vec::new();
        gather(document, &self.value(document.clone(), false), &mut found);
        found.sort_unstable_by_key(|text: &String| std::cmp::Reverse(text.len()));
        found
    }

    fn value(&self, json: Json, secret: bool) -> Json {
        match json {
            Json::Object(members) => Json::Object(self.members(members, secret)),
            Json::Array(items) => items.into_iter().map(|item| self.value(item, secret)).collect(),
            Json::String(text) if !text.is_empty() && (secret || looks_secret(&text)) => self.hidden(&text),
            Json::Number(number) if secret => self.hidden(number.as_str()),
            other => other,
        }
    }

    fn members(&self, members: BTreeMap<String, Json>, secret: bool) -> BTreeMap<String, Json> {
        // The public half of a JSON Web Key is known, whatever the member with the key is named.
        let is_key = members.contains_key("kty");
        let patched = members.get("path").and_then(Json::as_str).filter(|_| members.contains_key("op")).map(str::to_owned);
        let hides = |name: &str| match &patched {
            _ if is_key => !PUBLIC.contains(&name),
            Some(path) if name == "value" => path.split('/').any(|step| HIDDEN.contains(&step) || is_secret(step)),
            _ => secret || HIDDEN.contains(&name) || is_secret(name),
        };
        let masked = |(name, value): (String, Json)| {
            let value = match value {
                Json::Object(ways) if name == "credentials" && !secret && ways.values().all(is_way) => {
                    Json::Object(ways.into_iter().map(|(kind, way)| (kind, self.way(way))).collect())
                }
                // Public members of a key look like secrets.
                Json::String(text) if is_key && PUBLIC.contains(&name.as_str()) => Json::String(text),
                // These values cannot be secret, whatever the name is.
                value if matches!(value, Json::Null | Json::Bool(_)) || value == "" => value,
                value => {
                    let hides = hides(&name);
                    self.value(value, hides)
                }
            };
            (name, value)
        };
        members.into_iter().map(masked).collect()
    }

    /// An identity's credential: the identifiers are not secret, the rest is.
    fn way(&self, way: Json) -> Json {
        let Json::Object(members) = way else { return self.value(way, true) };
        let masked = members.into_iter().map(|(name, value)| {
            let hides = !OPEN.contains(&name.as_str());
            (name, self.value(value, hides))
        });
        Json::Object(masked.collect())
    }

    /// The mask of a text. Equal texts have the same mark; a mark shows nothing else about the text.
    fn hidden(&self, text: &str) -> Json {
        let mark: String = secret::sign(&self.0, text).chars().filter(char::is_ascii_alphanumeric).take(4).collect();
        Json::String(format!("•••••• {mark}"))
    }
}

/// The texts in which the two differ.
fn gather(document: &Json, masked: &Json, found: &mut Vec<String>) {
    match (document, masked) {
        (Json::Object(members), Json::Object(others)) => {
            members.iter().zip(others.values()).for_each(|((_, one), other)| gather(one, other, found));
        }
        (Json::Array(items), Json::Array(others)) => items.iter().zip(others).for_each(|(one, other)| gather(one, other, found)),
        (Json::String(text), other) if Some(text.as_str()) != other.as_str() => found.push(text.clone()),
        (Json::Number(number), Json::String(_)) => found.push(number.as_str().to_owned()),
        _ => {}
    }
}

/// Whether this is a credential of an identity.
fn is_way(json: &Json) -> bool {
    json.as_object().is_some_and(|way| way.contains_key("config") || way.contains_key("identifiers"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn what_is_secret_is_hidden_and_the_rest_is_not() {
        let mask = Mask::new().unwrap();
        for hidden in [
            r#"{"client_secret":"canary"}"#,
            r#"{"registration_access_token":"canary"}"#,
            r#"{"keys":[{"kty":"RSA","n":"public","e":"AQAB","d":"canary","p":"canary","oth":[{"r":"canary"}]}]}"#,
            r#"{"jwks":{"keys":[{"kty":"oct","k":"canary"}]}}"#,
            r#"{"credentials":{"password":{"config":{"hashed_password":"canary"}},"oidc":{"config":{"providers":[{"subject":"canary"}]}}}}"#,
            r#"{"metadata_admin":{"note":"canary"}}"#,
            r#"{"metadata":{"deep":[{"dbPassword":"canary","API-Key":"canary","pin":7123}]}}"#,
            r#"{"tokens":{"a":["canary"]}}"#,
            r#"{"note":"ory_at_canary"}"#,
            r#"{"note":"eyJcanary.eyJ.x"}"#,
            r#"{"note":"https://somebody:canary@example.com/"}"#,
            r#"{"note":"-----BEGIN PRIVATE KEY-----canary"}"#,
            "not JSON: canary",
        ] {
            let shown = mask.document(hidden).to_string();
            assert!(!shown.contains("canary") && !shown.contains("7123") && shown.contains("••••••"), "{hidden}: {shown}");
        }
        for shown in [
            r#"{"token_endpoint_auth_method":"client_secret_post","client_secret_expires_at":0}"#,
            r#"{"access_token_strategy":"jwt","jwt_bearer_grant_access_token_lifespan":"1h0m0s"}"#,
            r#"{"public_key":{"kid":"a","set":"https://issuer.example"}}"#,
            r#"{"kty":"EC","crv":"P-256","x":"a","y":"b","kid":"c","alg":"ES256","use":"sig"}"#,
            r#"{"client_secret":""}"#,
            r#"{"size":1234567890123456789012345678901234567890}"#,
            r#"{"$serde_json::private::Number":""}"#,
            r#"{"a":[{"$serde_json::private::RawValue":true}]}"#,
        ] {
            assert_eq!(mask.document(shown).to_string(), Json::parse(shown).unwrap().to_string());
        }
    }

    #[test]
    fn a_mark_tells_another_secret_and_nothing_else() {
        let [one, other] = [Mask::new().unwrap(), Mask::new().unwrap()];
        let shown = |mask: &Mask, text: &str| mask.hidden(text);
        assert_eq!(shown(&one, "a"), shown(&one, "a"));
        assert_ne!(shown(&one, "a"), shown(&one, "b"));
        assert_ne!(shown(&one, "a"), shown(&other, "a"));
    }
}
