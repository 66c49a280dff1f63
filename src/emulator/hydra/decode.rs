//! Decodes client bodies as Hydra does.
//!
//! Owns the mapping from JSON members to a [`Client`]: names match in any case, unknown ones are ignored, the last duplicate wins,
//! and `null` usually keeps the earlier value. Checks types, not values, which `validate` checks.
//! values: that is validation.

use super::client::{Client, Jwks, LIFESPANS, List, lifespans_of};
use super::jwk;
use crate::emulator::go::decode::fold;
use crate::emulator::go::json::Json;
use crate::emulator::{Profile, clock};
use crate::value::duration;

/// Decodes a client body over the values of `client`.
///
/// # Errors
/// Go's text for the first member of a wrong type.
pub fn client(json: &Json, client: &mut Client, profile: Profile) -> Result<(), String> {
    let mut decoder = Decoder { owner: "Client", lifespan_path: "Client.Lifespans", profile, mismatch: None };
    match json {
        Json::Null => Ok(()),
        Json::Object(members) => {
            for (name, value) in members {
                decoder.member(&fold(name), value, client)?;
            }
            decoder.mismatch.map_or(Ok(()), Err)
        }
        other => Err(format!("json: cannot unmarshal {} into Go value of type client.Client", other.kind())),
    }
}

/// Decodes a body with lifespans; missing ones become unset.
///
/// # Errors
/// Go's text for the first member of a wrong type.
pub fn lifespans(json: &Json, profile: Profile) -> Result<[Option<i64>; 13], String> {
    let mut found = [None; 13];
    let decoder = Decoder { owner: "Lifespans", lifespan_path: "Lifespans", profile, mismatch: None };
    match json {
        Json::Null => {}
        Json::Object(members) => {
            for (name, value) in members {
                decoder.lifespan(&fold(name), value, &mut found)?;
            }
        }
        other => {
            return Err(format!("json: cannot unmarshal {} into Go value of type client.Lifespans", other.kind()));
        }
    }
    Ok(found)
}

struct Decoder {
    owner: &'static str,
    lifespan_path: &'static str,
    profile: Profile,
    /// Go continues after a wrong type and reports the first one at the end. An error from a type with its own decoder ends
    /// decoding at once.
    mismatch: Option<String>,
}

impl Decoder {
    fn member(&mut self, name: &str, value: &Json, into: &mut Client) -> Result<(), String> {
        match name {
            "client_id" => self.text(name, value, &mut into.id),
            "client_name" => self.text(name, value, &mut into.name),
            "client_secret" => self.text(name, value, &mut into.secret),
            "redirect_uris" => self.list(name, value, &mut into.redirect_uris),
            "grant_types" => self.list(name, value, &mut into.grant_types),
            "response_types" => self.list(name, value, &mut into.response_types),
            "scope" => self.text(name, value, &mut into.scope),
            "audience" => self.list(name, value, &mut into.audience),
            "owner" => self.text(name, value, &mut into.owner),
            "policy_uri" => self.text(name, value, &mut into.policy_uri),
            "allowed_cors_origins" => self.list(name, value, &mut into.allowed_cors_origins),
            "tos_uri" => self.text(name, value, &mut into.tos_uri),
            "client_uri" => self.text(name, value, &mut into.client_uri),
            "logo_uri" => self.text(name, value, &mut into.logo_uri),
            "contacts" => self.list(name, value, &mut into.contacts),
            "client_secret_expires_at" => self.integer(name, value, &mut into.secret_expires_at),
            "subject_type" => self.text(name, value, &mut into.subject_type),
            "sector_identifier_uri" => self.text(name, value, &mut into.sector_identifier_uri),
            "jwks_uri" => self.text(name, value, &mut into.jwks_uri),
            "jwks" => return self.jwks(name, value, &mut into.jwks),
            "token_endpoint_auth_method" => self.text(name, value, &mut into.auth_method),
            "token_endpoint_auth_signing_alg" => self.text(name, value, &mut into.auth_signing_alg),
            "request_uris" => self.list(name, value, &mut into.request_uris),
            "request_object_signing_alg" => self.text(name, value, &mut into.request_object_signing_alg),
            "userinfo_signed_response_alg" => {
                self.text(name, value, &mut into.userinfo_signed_response_alg);
            }
            "created_at" => return instant(value, &mut into.created_at),
            "updated_at" => return instant(value, &mut into.updated_at),
            "frontchannel_logout_uri" => self.text(name, value, &mut into.frontchannel_logout_uri),
            "frontchannel_logout_session_required" => {
                self.flag(name, value, &mut into.frontchannel_logout_session_required);
            }
            "post_logout_redirect_uris" => self.list(name, value, &mut into.post_logout_redirect_uris),
            "backchannel_logout_uri" => self.text(name, value, &mut into.backchannel_logout_uri),
            "backchannel_logout_session_required" => {
                self.flag(name, value, &mut into.backchannel_logout_session_required);
            }
            "metadata" => into.metadata = Some(value.compact()),
            "registration_access_token" => self.text(name, value, &mut into.registration_access_token),
            "registration_client_uri" => self.text(name, value, &mut into.registration_client_uri),
            "access_token_strategy" => self.text(name, value, &mut into.access_token_strategy),
            "skip_consent" => self.flag(name, value, &mut into.skip_consent),
            "skip_logout_consent" => match value {
                Json::Null => {}
                Json::Bool(flag) => into.skip_logout_consent = Some(*flag),
                other => {
                    return Err(format!("json: cannot unmarshal {} into Go value of type bool", other.kind()));
                }
            },
            other => return self.lifespan(other, value, &mut into.lifespans),
        }
        Ok(())
    }

    fn wrong(&mut self, name: &str, found: &str, wanted: &str) {
        let place = format!("{}.{name}", self.owner);
        self.wrong_at(&place, found, wanted);
    }

    fn wrong_at(&mut self, place: &str, found: &str, wanted: &str) {
        self.mismatch.get_or_insert_with(|| format!("json: cannot unmarshal {found} into Go struct field {place} of type {wanted}"));
    }

    fn text(&mut self, name: &str, value: &Json, into: &mut String) {
        match value {
            Json::Null => {}
            Json::Text(_) => *into = value.as_text().unwrap_or_default(),
            other => self.wrong(name, other.kind(), "string"),
        }
    }

    fn flag(&mut self, name: &str, value: &Json, into: &mut bool) {
        match value {
            Json::Null => {}
            Json::Bool(flag) => *into = *flag,
            other => self.wrong(name, other.kind(), "bool"),
        }
    }

    fn integer(&mut self, name: &str, value: &Json, into: &mut i64) {
        match value {
            Json::Null => {}
            Json::Number(raw) => match raw.parse() {
                Ok(number) => *into = number,
                Err(_) => self.wrong(name, &format!("number {raw}"), "int"),
            },
            other => self.wrong(name, other.kind(), "int"),
        }
    }

    fn list(&mut self, name: &str, value: &Json, into: &mut List) {
        match value {
            Json::Null => *into = None,
            Json::Array(items) => {
                let mut texts = Vec::with_capacity(items.len());
                for item in items {
                    let mut text = String::new();
                    self.text(name, item, &mut text);
                    texts.push(text);
                }
                *into = Some(texts);
            }
            other => self.wrong(name, other.kind(), "sqlxx.StringSliceJSONFormat"),
        }
    }

    fn jwks(&mut self, name: &str, value: &Json, into: &mut Jwks) -> Result<(), String> {
        let members = match value {
            Json::Null => {
                *into = Jwks::Nil;
                return Ok(());
            }
            Json::Object(members) => members,
            other => {
                self.wrong(name, other.kind(), "x.JoseJSONWebKeySet");
                return Ok(());
            }
        };
        if *into == Jwks::Nil {
            *into = Jwks::Empty;
        }
        for (_, keys) in members.iter().filter(|member| fold(&member.0) == "keys") {
            match keys {
                Json::Null => *into = Jwks::Keys { text: r#"{"keys":null}"#.to_owned(), valid: true },
                Json::Array(items) => {
                    let keys = items.iter().map(jwk::parse).collect::<Result<Vec<_>, _>>()?;
                    let texts: Vec<&str> = keys.iter().map(|key| key.text.as_str()).collect();
                    *into = Jwks::Keys { text: format!(r#"{{"keys":[{}]}}"#, texts.join(",")), valid: keys.iter().all(|key| key.valid) };
                }
                other => self.wrong_at("JoseJSONWebKeySet.jwks.JSONWebKeySet.keys", other.kind(), "[]jose.JSONWebKey"),
            }
        }
        Ok(())
    }

    fn lifespan(&self, name: &str, value: &Json, into: &mut [Option<i64>; 13]) -> Result<(), String> {
        let known = &LIFESPANS[..lifespans_of(self.profile)];
        let Some(at) = known.iter().position(|known| *known == name) else {
            return Ok(());
        };
        match value {
            Json::Null => Ok(()),
            Json::Text(_) => {
                let text = value.as_text().unwrap_or_default();
                into[at] = Some(duration::parse(&text).map_err(|error| error.to_string())?);
                Ok(())
            }
            other => {
                let (kind, path) = (other.kind(), self.lifespan_path);
                Err(format!("json: cannot unmarshal {kind} into Go struct field {path}.{name} of type string"))
            }
        }
    }
}

/// Decodes an instant.
///
/// # Errors
/// Go's text, if it is not an instant.
pub fn instant(value: &Json, into: &mut Option<clock::Instant>) -> Result<(), String> {
    match value {
        Json::Null => Ok(()),
        // Go parses the text between the quotes without undoing escapes.
        Json::Text(raw) => {
            *into = clock::parse(raw.trim_matches('"'))?;
            Ok(())
        }
        _ => Err("Time.UnmarshalJSON: input is not a JSON string".to_owned()),
    }
}
