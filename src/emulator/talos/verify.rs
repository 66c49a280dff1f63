//! Verifying credentials, deriving tokens, and self-revocation.

use std::net::{IpAddr, Ipv4Addr};

use super::credential::{Form, form, imported_id};
use super::key::{Key, REASONS, VISIBILITIES, WITHDRAWN, lets_in, nanoseconds};
use super::problem::Problem;
use super::read::{bounded, member, text, texts, word};
use super::{Json, Reply, Stored, Talos, document, object, parts, ttl};
use crate::emulator::call::Call;
use crate::emulator::{clock, secret};

const LONGEST: usize = 8192;
const LARGEST_BATCH: usize = 100;
/// The claims that the server sets itself. Custom claims cannot have these names.
const RESERVED: [&str; 17] =
    ["jti", "sub", "iss", "aud", "iat", "exp", "nbf", "nid", "akid", "pid", "tty", "oid", "scp", "scope", "meta", "vis", "acl"];
/// The address of every caller here.
const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// Why a credential is not valid: the end of the code, and a text.
type Flaw = (&'static str, &'static str);

impl Talos {
    pub(super) fn verify(&self, call: &Call, body: &Json) -> Result<Reply, Problem> {
        let skips = |value: &Option<String>| {
            value.as_ref().is_some_and(|value| value.split(',').any(|word| matches!(word.trim(), "no-cache" | "no-store")))
        };
        let cache = if skips(&call.cache_control) || skips(&call.pragma) { "SKIP" } else { "MISS" };
        Ok(document(200, &self.verdict(body)?).with("ory-talos-cache", cache))
    }

    pub(super) fn verify_many(&self, body: &Json) -> Result<Reply, Problem> {
        let items = match member(body, "requests") {
            Some(Json::Array(items)) if (1..=LARGEST_BATCH).contains(&items.len()) => items,
            _ => return Err(Problem::bad_request("requests: value must contain between 1 and 100 items")),
        };
        let verdicts = items.iter().map(|item| self.verdict(item)).collect::<Result<Vec<_>, _>>()?;
        Ok(document(200, &object(vec![("results", Json::Array(verdicts))])))
    }

    fn verdict(&self, body: &Json) -> Result<Json, Problem> {
        let credential = bounded(body, "credential", LONGEST)?;
        let expected = texts(body, "expected_audiences")?.unwrap_or_default();
        let list = |texts: &[String]| Json::Array(texts.iter().map(|text| Json::text(text)).collect());
        let failed = |(code, message): Flaw| {
            object(vec![
                ("is_valid", Json::Bool(false)),
                ("key_id", Json::text("")),
                ("actor_id", Json::text("")),
                ("scopes", Json::Array(Vec::new())),
                ("metadata", Json::Null),
                ("status", Json::text("KEY_STATUS_UNSPECIFIED")),
                ("expire_time", Json::Null),
                ("error_code", Json::text(&format!("VERIFICATION_ERROR_{code}"))),
                ("error_message", Json::text(message)),
                ("rate_limit_policy", Json::Null),
                ("rate_limit_remaining", Json::text("0")),
                ("rate_limit_reset_time", Json::Null),
                ("visibility", Json::text(VISIBILITIES[0])),
                ("issuer", Json::text("")),
                ("audiences", Json::Array(Vec::new())),
            ])
        };
        let (key, audiences) = match self.good(&credential) {
            Ok(good) => good,
            Err(flaw) => return Ok(failed(flaw)),
        };
        // A caller without expected audiences accepts no token with an audience.
        let fits = if audiences.is_empty() { expected.is_empty() } else { audiences.iter().any(|one| expected.contains(one)) };
        if !fits {
            return Ok(failed(("AUDIENCE_MISMATCH", "the credential is not for this audience")));
        }
        Ok(object(vec![
            ("is_valid", Json::Bool(true)),
            ("key_id", Json::text(&key.id)),
            ("actor_id", Json::text(&key.actor)),
            ("scopes", list(&key.mutable.scopes)),
            ("metadata", key.mutable.metadata.clone().unwrap_or_else(|| object(Vec::new()))),
            ("status", Json::text("KEY_STATUS_ACTIVE")),
            ("expire_time", Json::text(&key.expires)),
            ("error_code", Json::text("VERIFICATION_ERROR_UNSPECIFIED")),
            ("error_message", Json::text("")),
            ("rate_limit_policy", key.policy()),
            ("rate_limit_remaining", Json::text("0")),
            ("rate_limit_reset_time", Json::Null),
            ("visibility", Json::text(key.visibility)),
            ("issuer", Json::text(&self.settings.issuer)),
            ("audiences", list(&audiences)),
        ]))
    }

    /// The key of a credential, with the values of a token in place of its own, and the token's audiences.
    fn good(&self, credential: &str) -> Result<(Key, Vec<String>), Flaw> {
        match form(credential, &self.secrets, &self.settings) {
            Form::Jwt | Form::Macaroon => self.derived(credential),
            _ => {
                let (of, mut key) = self.behind(credential).ok_or(("NOT_FOUND", "the credential is not known"))?;
                if key.revoked.is_some() {
                    return Err(("REVOKED", "the key is revoked"));
                }
                if key.is_expired() {
                    return Err(("EXPIRED", "the key is expired"));
                }
                if !lets_in(&key.mutable.cidrs, HERE) {
                    return Err(("IP_NOT_ALLOWED", "the address is not allowed"));
                }
                // It is updated about once a day.
                if key.used.is_none() {
                    key.used = Some(clock::to_microsecond(clock::now()).to_string());
                    self.keep(of, &key).map_err(|_| ("INTERNAL", "the database failed"))?;
                }
                Ok((key, Vec::new()))
            }
        }
    }

    /// Verifies a token by its own claims, even if its key was revoked.
    fn derived(&self, token: &str) -> Result<(Key, Vec<String>), Flaw> {
        let claims = self.claims(token).ok_or(("SIGNATURE_INVALID", "the signature is not valid"))?;
        let text = |name: &str| claims.member(name).and_then(Json::as_text).unwrap_or_default();
        let list = |name: &str| texts(&claims, name).ok().flatten().unwrap_or_default();
        let mut key = self.key(&parts::ISSUED_KEYS, &text("akid")).or_else(|_| self.key(&parts::IMPORTED_KEYS, &text("akid")));
        let key = key.as_mut().map_err(|_| ("NOT_FOUND", "the key of the token is not known"))?;
        key.expires = text("expires");
        if key.is_expired() {
            return Err(("EXPIRED", "the token is expired"));
        }
        if !lets_in(&key.mutable.cidrs, HERE) {
            return Err(("IP_NOT_ALLOWED", "the address is not allowed"));
        }
        key.mutable.scopes = list("scp");
        Ok((key.clone(), list("aud")))
    }

    /// The key with this text, in any state. The current maximum lifetime applies to issued keys.
    fn behind(&self, credential: &str) -> Option<(&'static Stored, Key)> {
        match form(credential, &self.secrets, &self.settings) {
            Form::Issued(at, id) => {
                let age = clock::seconds().saturating_sub(i64::try_from(at).ok()?);
                if age > self.settings.max_ttl {
                    return None;
                }
                Some((&parts::ISSUED_KEYS, self.key(&parts::ISSUED_KEYS, &id.to_string()).ok()?))
            }
            Form::Other => {
                let id = imported_id(credential, &self.settings.network);
                Some((&parts::IMPORTED_KEYS, self.key(&parts::IMPORTED_KEYS, &id).ok()?))
            }
            Form::Forged | Form::Jwt | Form::Macaroon => None,
        }
    }

    pub(super) fn derive(&self, body: &Json) -> Result<Reply, Problem> {
        let credential = bounded(body, "credential", LONGEST)?;
        let algorithm = word(body, "algorithm", &["TOKEN_ALGORITHM_UNSPECIFIED", "TOKEN_ALGORITHM_JWT", "TOKEN_ALGORITHM_MACAROON"])?;
        let seconds = match text(body, "ttl")? {
            Some(text) if !text.is_empty() => ttl::seconds(&text)?,
            _ => self.settings.derived_ttl,
        };
        if seconds > self.settings.max_ttl {
            return Err(Problem::bad_request(format!("ttl exceeds the configured maximum of {}s", self.settings.max_ttl)));
        }
        let custom = match member(body, "custom_claims") {
            Some(Json::Object(members)) => members.clone(),
            Some(_) => return Err(Problem::bad_request("proto: invalid value for field custom_claims")),
            None => Vec::new(),
        };
        let (_, key) = self.behind(&credential).ok_or_else(|| Problem::unauthorized("verify API key"))?;
        if key.revoked.is_some() {
            return Err(Problem::forbidden("key is revoked"));
        }
        let now = clock::to_microsecond(clock::now());
        let expires = clock::later(now, seconds).to_string();
        if key.is_expired() {
            return Err(Problem::precondition("cannot derive token from expired parent key"));
        }
        if nanoseconds(&expires) > nanoseconds(&key.expires) {
            return Err(Problem::bad_request("derived token ttl exceeds parent key remaining lifetime"));
        }
        let asked = texts(body, "scopes")?.unwrap_or_default();
        if let Some(lacking) = asked.iter().find(|scope| !key.mutable.scopes.contains(scope)) {
            return Err(Problem::forbidden(format!("requested scope '{lacking}' not available in parent key")));
        }
        let scopes = if asked.is_empty() { key.mutable.scopes.clone() } else { asked };
        let audiences = texts(body, "audiences")?.unwrap_or_default();
        let list = |texts: &[String]| Json::Array(texts.iter().map(|text| Json::text(text)).collect());
        let id = secret::random::<16>().map_err(|_| Problem::internal("no randomness"))?;
        let moment = |seconds: i64| Json::Number(seconds.to_string());
        let now = clock::seconds();
        // Reserved claims are silently left out.
        let custom: Vec<_> = custom.into_iter().filter(|(name, _)| !RESERVED.contains(&name.as_str())).collect();
        let mut claims = vec![
            ("jti", Json::text(&uuid::Builder::from_random_bytes(id).into_uuid().to_string())),
            ("sub", Json::text(&key.id)),
            ("iss", Json::text(&self.settings.issuer)),
            ("iat", moment(now)),
            ("nbf", moment(now)),
            ("exp", moment(now + seconds)),
            ("expires", Json::text(&expires)),
            ("nid", Json::text(&self.settings.network)),
            ("akid", Json::text(&key.id)),
            ("oid", Json::text(&key.actor)),
            ("scp", list(&scopes)),
        ];
        if !audiences.is_empty() {
            claims.push(("aud", list(&audiences)));
        }
        claims.extend(custom.iter().map(|(name, value)| (name.as_str(), value.clone())));
        let claims = object(claims);
        let token = if algorithm.ends_with("MACAROON") { self.bake(&claims) } else { self.sign(&claims)? };
        if token.len() > LONGEST {
            return Err(Problem::bad_request("the token exceeds 8192 bytes"));
        }
        let mut shown = match &key.mutable.metadata {
            Some(Json::Object(members)) => members.clone(),
            _ => Vec::new(),
        };
        shown.extend(custom);
        let told = vec![
            ("token", Json::text(&token)),
            ("expire_time", Json::text(&expires)),
            ("scopes", list(&scopes)),
            ("claims", Json::Object(shown)),
            ("audiences", list(&audiences)),
        ];
        Ok(document(200, &object(vec![("token", object(told))])))
    }

    /// Revokes the key that is sent, unless it is a public one.
    pub(super) fn revoke_self(&self, body: &Json) -> Result<Reply, Problem> {
        let credential = bounded(body, "credential", LONGEST)?;
        let reason = word(body, "reason", &REASONS)?;
        if reason == REASONS[0] || reason == WITHDRAWN {
            return Err(Problem::bad_request("reason: not allowed for self-revocation"));
        }
        if matches!(form(&credential, &self.secrets, &self.settings), Form::Jwt | Form::Macaroon) {
            return Err(Problem::bad_request("derived tokens cannot be revoked"));
        }
        let _writing = self.writing();
        let (of, mut key) = self.behind(&credential).ok_or_else(|| Problem::unauthorized("verify API key"))?;
        if key.revoked.is_none() {
            if key.visibility == VISIBILITIES[2] {
                return Err(Problem::forbidden("public keys cannot be self-revoked"));
            }
            key.revoke(reason, String::new());
            self.keep(of, &key)?;
        }
        Ok(document(200, &object(Vec::new())))
    }

    /// The public keys of derived tokens, in an envelope.
    pub(super) fn key_set(&self) -> Result<Reply, Problem> {
        let keys = object(vec![("keys", Json::Array(vec![self.public_key()?]))]);
        Ok(document(200, &object(vec![("jwks", keys)])))
    }
}
