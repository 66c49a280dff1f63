//! The server's own signing keys.
//!
//! Owns making them on first use, publishing the public halves and signing tokens. They are key
//! sets like any other, so that tokens outlive a restart and an administrator can rotate them.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPairComponents, PublicKeyComponents};
use aws_lc_rs::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::error::Failure;
use super::{Hydra, generate};
use crate::emulator::go::json::{Json, parse_whole};
use crate::emulator::reply::Reply;

const ID_TOKEN: &str = "hydra.openid.id-token";
const ACCESS_TOKEN: &str = "hydra.jwt.access-token";

/// What a key has when it is private.
const PRIVATE: [&str; 7] = ["k", "d", "p", "q", "dp", "dq", "qi"];

impl Hydra {
    /// `GET /.well-known/jwks.json`.
    ///
    /// # Errors
    /// When keys can neither be read nor made.
    pub fn published_keys(&self) -> Result<Reply, Failure> {
        let mut keys = Vec::new();
        for set in [ACCESS_TOKEN, ID_TOKEN] {
            if self.store.keys(set)?.is_empty() {
                self.make_system_key(set)?;
            }
            for key in self.store.keys(set)? {
                let Ok(Json::Object(mut members)) = parse_whole(key.as_bytes()) else { continue };
                members.retain(|member| !PRIVATE.contains(&member.0.as_str()));
                keys.push(Json::Object(members).compact());
            }
        }
        Ok(Reply::document(200, &format!(r#"{{"keys":[{}]}}"#, keys.join(","))))
    }

    /// A signed token with these claims.
    ///
    /// # Errors
    /// When keys can neither be read nor made.
    pub fn sign_jwt(&self, claims: &Value) -> Result<String, Failure> {
        let usable = |keys: Vec<String>| keys.iter().find_map(|key| signing_key(key));
        let found = usable(self.store.keys(ACCESS_TOKEN)?);
        let (kid, pair) = match found {
            Some(found) => found,
            None => {
                // Also when the set holds public keys only.
                self.store.add_key(ACCESS_TOKEN, &generate::key("RS256", "sig", "")?)?;
                usable(self.store.keys(ACCESS_TOKEN)?).ok_or_else(Failure::unrecognizable)?
            }
        };
        let header = json!({ "alg": "RS256", "kid": kid, "typ": "JWT" });
        let encode = |part: &Value| URL_SAFE_NO_PAD.encode(part.to_string());
        let signed = format!("{}.{}", encode(&header), encode(claims));
        let mut signature = vec![0; pair.public_modulus_len()];
        pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), signed.as_bytes(), &mut signature)?;
        Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }

    /// Makes the server's own set before anybody can look at it; not again once it was emptied.
    ///
    /// # Errors
    /// When keys can neither be read nor made.
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

/// The id and the pair of a private RSA key.
fn signing_key(key: &str) -> Option<(String, RsaKeyPair)> {
    let json = parse_whole(key.as_bytes()).ok()?;
    let number = |name: &str| URL_SAFE_NO_PAD.decode(json.member(name)?.as_text()?).ok();
    let components = KeyPairComponents {
        public_key: PublicKeyComponents { n: number("n")?, e: number("e")? },
        d: number("d")?,
        p: number("p")?,
        q: number("q")?,
        dP: number("dp")?,
        dQ: number("dq")?,
        qInv: number("qi")?,
    };
    let kid = json.member("kid").and_then(Json::as_text).unwrap_or_default();
    Some((kid, RsaKeyPair::from_components(&components).ok()?))
}
