//! The server's own signing keys.
//!
//! Owns making them on first use, publishing the public halves and signing tokens. They live in
//! the store, so that tokens outlive a restart.

use aws_lc_rs::encoding::AsDer as _;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use uuid::Uuid;

use super::Hydra;
use super::error::Failure;
use crate::emulator::reply::Reply;

/// Half the size of the real server's keys: made in a moment, and good enough on a loopback address.
const SIZE: KeySize = KeySize::Rsa2048;
const ID_TOKEN: &str = "hydra.openid.id-token";
const ACCESS_TOKEN: &str = "hydra.jwt.access-token";

struct SigningKey {
    kid: String,
    pair: RsaKeyPair,
}

impl Hydra {
    /// `GET /.well-known/jwks.json`.
    ///
    /// # Errors
    /// When keys can neither be read nor made.
    pub fn published_keys(&self) -> Result<Reply, Failure> {
        let keys = [ACCESS_TOKEN, ID_TOKEN].map(|set| {
            self.signing_key(set).and_then(|key| {
                let (n, e) = numbers(key.pair.public_key().as_ref()).ok_or_else(Failure::unrecognizable)?;
                let encode = |number: &[u8]| URL_SAFE_NO_PAD.encode(number);
                Ok::<_, Failure>(format!(
                    r#"{{"use":"sig","kty":"RSA","kid":"{}","alg":"RS256","n":"{}","e":"{}"}}"#,
                    key.kid,
                    encode(n),
                    encode(e),
                ))
            })
        });
        let keys = keys.into_iter().collect::<Result<Vec<_>, _>>()?;
        Ok(Reply::document(200, &format!(r#"{{"keys":[{}]}}"#, keys.join(","))))
    }

    /// A signed token with these claims.
    ///
    /// # Errors
    /// When keys can neither be read nor made.
    pub fn sign_jwt(&self, claims: &Value) -> Result<String, Failure> {
        let key = self.signing_key(ACCESS_TOKEN)?;
        let header = json!({ "alg": "RS256", "kid": key.kid, "typ": "JWT" });
        let encode = |part: &Value| URL_SAFE_NO_PAD.encode(part.to_string());
        let signed = format!("{}.{}", encode(&header), encode(claims));
        let mut signature = vec![0; key.pair.public_modulus_len()];
        key.pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), signed.as_bytes(), &mut signature).map_err(|_| Failure::unrecognizable())?;
        Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }

    /// Stored as the 36 characters of its id and the key behind them.
    fn signing_key(&self, set: &str) -> Result<SigningKey, Failure> {
        let stored = self.store.setting(&format!("key:{set}"), || {
            let pair = RsaKeyPair::generate(SIZE).map_err(|_| Failure::unrecognizable())?;
            let der = pair.as_der().map_err(|_| Failure::unrecognizable())?;
            let mut stored = Uuid::new_v4().to_string().into_bytes();
            stored.extend_from_slice(der.as_ref());
            Ok::<_, Failure>(stored)
        })?;
        let (kid, der) = stored.split_at_checked(36).ok_or_else(Failure::unrecognizable)?;
        let pair = RsaKeyPair::from_pkcs8(der).map_err(|_| Failure::unrecognizable())?;
        Ok(SigningKey { kid: String::from_utf8_lossy(kid).into_owned(), pair })
    }
}

/// Modulus and exponent of a PKCS #1 public key: a DER sequence of two integers.
fn numbers(der: &[u8]) -> Option<(&[u8], &[u8])> {
    let (sequence, _) = element(0x30, der)?;
    let (n, rest) = element(0x02, sequence)?;
    let (e, _) = element(0x02, rest)?;
    // A leading zero only says that the number is positive.
    let positive = |number: &'_ [u8]| number.iter().take_while(|byte| **byte == 0).count();
    Some((&n[positive(n)..], &e[positive(e)..]))
}

/// The content of the DER element at the start, which must have this tag, and what follows it.
fn element(tag: u8, der: &[u8]) -> Option<(&[u8], &[u8])> {
    let (found, rest) = der.split_first()?;
    let (first, mut rest) = rest.split_first()?;
    if *found != tag {
        return None;
    }
    let mut length = usize::from(*first);
    if length >= 0x80 {
        let (bytes, tail) = rest.split_at_checked(length - 0x80).filter(|split| split.0.len() <= 4)?;
        length = bytes.iter().fold(0, |length, byte| length << 8 | usize::from(*byte));
        rest = tail;
    }
    rest.split_at_checked(length)
}
