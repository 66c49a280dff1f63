//! The server's own signing keys.
//!
//! Owns their generation at the first use, publishing their public parts, and which of them signs access tokens. They are ordinary
//! key sets, so that tokens survive a restart and an administrator can rotate the keys. Signing itself is in `sign`.

use serde_json::Value;

use super::error::Failure;
use super::{Hydra, generate, sign};
use crate::emulator::go::json::{Json, parse_whole};
use crate::emulator::reply::Reply;

const ID_TOKEN: &str = "hydra.openid.id-token";
const ACCESS_TOKEN: &str = "hydra.jwt.access-token";

/// The private members of a key.
const PRIVATE: [&str; 7] = ["k", "d", "p", "q", "dp", "dq", "qi"];

impl Hydra {
    /// `GET /.well-known/jwks.json`.
    ///
    /// # Errors
    /// If keys can be neither read nor generated.
    pub fn published_keys(&self) -> Result<Reply, Failure> {
        let mut keys = Vec::new();
        for set in [ID_TOKEN, ACCESS_TOKEN] {
            if self.store.keys(set)?.is_empty() {
                self.make_system_key(set)?;
            }
            for key in self.store.keys(set)? {
                let Ok(Json::Object(mut members)) = parse_whole(key.as_bytes()) else { continue };
                members.retain(|member| !PRIVATE.contains(&member.0.as_str()));
                keys.push(Json::Object(members).compact());
            }
        }
        Ok(Reply::document(200, format!(r#"{{"keys":[{}]}}"#, keys.join(","))))
    }

    /// A signed access token with these claims.
    ///
    /// # Errors
    /// If keys can be neither read nor generated, or the newest one does not fit its algorithm.
    pub fn sign_jwt(&self, claims: &Value) -> Result<String, Failure> {
        sign::jwt(&self.signing_key()?, claims).ok_or_else(Failure::unrecognizable)
    }

    /// Whether a signed access token was signed by the current key; tokens of older keys are no longer valid.
    ///
    /// # Errors
    /// If keys can be neither read nor generated.
    pub fn is_current_jwt(&self, token: &str) -> Result<bool, Failure> {
        Ok(sign::is_signed(token, &self.signing_key()?))
    }

    /// The newest private key, whatever its use; generated if there is none, also if the set has only public keys.
    fn signing_key(&self) -> Result<Json, Failure> {
        let private = |key: &String| parse_whole(key.as_bytes()).ok().filter(|key| PRIVATE.iter().any(|name| key.member(name).is_some()));
        let newest = || Ok::<_, Failure>(self.store.keys(ACCESS_TOKEN)?.iter().find_map(private));
        if let Some(key) = newest()? {
            return Ok(key);
        }
        self.store.add_key(ACCESS_TOKEN, &generate::key("RS256", "sig", "")?)?;
        newest()?.ok_or_else(Failure::unrecognizable)
    }

    /// Generates the server's own set before its first read; not again after it was emptied.
    ///
    /// # Errors
    /// If keys can be neither read nor generated.
    pub fn ensure_system_set(&self, set: &str) -> Result<(), Failure> {
        if set != ID_TOKEN && set != ACCESS_TOKEN {
            return Ok(());
        }
        let mut fresh = false;
        self.store.setting(&format!("made:{set}"), || {
            fresh = true;
            Ok::<_, Failure>(Vec::new())
        })?;
        if fresh { self.make_system_key(set) } else { Ok(()) }
    }

    fn make_system_key(&self, set: &str) -> Result<(), Failure> {
        Ok(self.store.add_first_key(set, &generate::key("RS256", "sig", "")?)?)
    }
}
