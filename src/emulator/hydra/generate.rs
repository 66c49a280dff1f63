//! Generates JSON Web Keys.
//!
//! Owns the list of algorithms, and the JSON of a new key. Stores nothing.

use aws_lc_rs::encoding::{AsBigEndian as _, AsDer as _, Curve25519SeedBin, EcPrivateKeyBin};
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, ECDSA_P521_SHA512_FIXED_SIGNING, EcdsaKeyPair, EcdsaSigningAlgorithm,
    Ed25519KeyPair, KeyPair as _, RsaKeyPair,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::Uuid;

use super::error::Failure;
use crate::emulator::go::json::quote;
use crate::emulator::store::keys::KeyRow;
use crate::value::der;

/// The real server uses 4096 bits for `RS256` and similar algorithms. Half of that is generated faster, and is sufficient on a
/// loopback address.
const SIZE: KeySize = KeySize::Rsa2048;

/// A new private key. The default id is random, the default use is signing.
///
/// # Errors
/// If there is no such algorithm.
pub fn key(algorithm: &str, usage: &str, kid: &str) -> Result<KeyRow, Failure> {
    let (kind, curve, numbers) = match algorithm {
        "RS256" | "RS384" | "RS512" | "PS256" | "PS384" | "PS512" => ("RSA", None, rsa()?),
        "ES256" => ("EC", Some("P-256"), elliptic(&ECDSA_P256_SHA256_FIXED_SIGNING)?),
        "ES384" => ("EC", Some("P-384"), elliptic(&ECDSA_P384_SHA384_FIXED_SIGNING)?),
        "ES512" => ("EC", Some("P-521"), elliptic(&ECDSA_P521_SHA512_FIXED_SIGNING)?),
        "EdDSA" => ("OKP", Some("Ed25519"), edwards()?),
        _ => return Err(Failure::unsupported_algorithm()),
    };
    let kid = if kid.is_empty() { Uuid::new_v4().to_string() } else { kid.to_owned() };
    let usage = if usage.is_empty() { "sig" } else { usage };
    let mut members = vec![("use", usage), ("kty", kind), ("kid", &kid)];
    members.extend(curve.map(|curve| ("crv", curve)));
    members.push(("alg", algorithm));
    members.extend(numbers.iter().map(|(name, number)| (*name, number.as_str())));
    let members: Vec<String> = members.into_iter().map(|(name, value)| format!("\"{name}\":{}", quote(value))).collect();
    let document = format!("{{{}}}", members.join(","));
    Ok((kid, document))
}

type Numbers = Vec<(&'static str, String)>;

fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn rsa() -> Result<Numbers, Failure> {
    let pair = RsaKeyPair::generate(SIZE)?;
    let pkcs8 = pair.as_der()?;
    let numbers = der::private_key(pkcs8.as_ref()).and_then(|(_, key)| der::rsa_numbers(key)).ok_or_else(Failure::unrecognizable)?;
    Ok(["n", "e", "d", "p", "q", "dp", "dq", "qi"].into_iter().zip(numbers.map(encode)).collect())
}

fn elliptic(algorithm: &'static EcdsaSigningAlgorithm) -> Result<Numbers, Failure> {
    let pair = EcdsaKeyPair::generate(algorithm)?;
    let private: EcPrivateKeyBin<'_> = pair.private_key().as_be_bytes()?;
    // One byte says that both coordinates follow.
    let point = pair.public_key().as_ref().get(1..).unwrap_or_default();
    let (x, y) = point.split_at(point.len() / 2);
    Ok(vec![("x", encode(x)), ("y", encode(y)), ("d", encode(private.as_ref()))])
}

fn edwards() -> Result<Numbers, Failure> {
    let pair = Ed25519KeyPair::generate()?;
    let seed: Curve25519SeedBin<'_> = pair.seed()?.as_be_bytes()?;
    Ok(vec![("x", encode(pair.public_key().as_ref())), ("d", encode(seed.as_ref()))])
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::emulator::go::json::parse_whole;
    use crate::emulator::hydra::jwk;

    #[test]
    fn every_key_reads_back_as_it_is_spelled() {
        for algorithm in ["RS256", "PS512", "ES256", "ES384", "ES512", "EdDSA"] {
            let (kid, document) = key(algorithm, "", "a<b").unwrap();
            assert_eq!(kid, "a<b");
            let read = jwk::parse(&parse_whole(document.as_bytes()).unwrap()).unwrap();
            assert!(read.valid, "{algorithm}");
            assert_eq!(read.text, document, "{algorithm}");
        }
        assert!(key("HS256", "", "").is_err());
        assert_eq!(key("EdDSA", "", "").unwrap().0.len(), 36);
    }
}
