//! Signs tokens with a JSON Web Key, and checks signatures.
//!
//! Owns the algorithms, and which keys fit them. Generates and stores no keys. As on the real server, signatures with an Edwards
//! curve or a symmetric key are never valid.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPairComponents, PublicKeyComponents};
use aws_lc_rs::{hmac, signature as s};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::emulator::go::json::Json;

/// A signed token with these claims; `None` if the key does not fit its algorithm.
#[must_use]
pub fn jwt(key: &Json, claims: &Value) -> Option<String> {
    let algorithm = text(key, "alg")?;
    // The id of a symmetric key is not written.
    let kid = if text(key, "kty")? == "oct" { String::new() } else { text(key, "kid").unwrap_or_default() };
    let encode = |part: &Value| URL_SAFE_NO_PAD.encode(part.to_string());
    let signed = format!("{}.{}", encode(&json!({ "alg": algorithm, "kid": kid, "typ": "JWT" })), encode(claims));
    let signature = signature(key, &algorithm, signed.as_bytes())?;
    Some(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
}

/// Whether this key has signed the token, with the algorithm that the token names.
#[must_use]
pub fn is_signed(token: &str, key: &Json) -> bool {
    let verify = || {
        let (signed, signature) = token.rsplit_once('.')?;
        let header = crate::value::Json::parse(URL_SAFE_NO_PAD.decode(signed.split('.').next()?).ok()?).ok()?;
        let (algorithm, signature) = (header.at("alg").as_str()?, URL_SAFE_NO_PAD.decode(signature).ok()?);
        match text(key, "kty")?.as_str() {
            "RSA" => {
                let verifier = match algorithm {
                    "RS256" => &s::RSA_PKCS1_2048_8192_SHA256,
                    "RS384" => &s::RSA_PKCS1_2048_8192_SHA384,
                    "RS512" => &s::RSA_PKCS1_2048_8192_SHA512,
                    "PS256" => &s::RSA_PSS_2048_8192_SHA256,
                    "PS384" => &s::RSA_PSS_2048_8192_SHA384,
                    "PS512" => &s::RSA_PSS_2048_8192_SHA512,
                    _ => return None,
                };
                let public = s::RsaPublicKeyComponents { n: number(key, "n")?, e: number(key, "e")? };
                public.verify(verifier, signed.as_bytes(), &signature).ok()
            }
            "EC" => {
                let verifier = match algorithm {
                    "ES256" => &s::ECDSA_P256_SHA256_FIXED,
                    "ES384" => &s::ECDSA_P384_SHA384_FIXED,
                    "ES512" => &s::ECDSA_P521_SHA512_FIXED,
                    _ => return None,
                };
                s::UnparsedPublicKey::new(verifier, point(key)?).verify(signed.as_bytes(), &signature).ok()
            }
            _ => None,
        }
    };
    verify().is_some()
}

fn signature(key: &Json, algorithm: &str, message: &[u8]) -> Option<Vec<u8>> {
    match (text(key, "kty")?.as_str(), algorithm) {
        ("RSA", _) => {
            let padding: &'static dyn s::RsaEncoding = match algorithm {
                "RS256" => &s::RSA_PKCS1_SHA256,
                "RS384" => &s::RSA_PKCS1_SHA384,
                "RS512" => &s::RSA_PKCS1_SHA512,
                "PS256" => &s::RSA_PSS_SHA256,
                "PS384" => &s::RSA_PSS_SHA384,
                "PS512" => &s::RSA_PSS_SHA512,
                _ => return None,
            };
            let components = KeyPairComponents {
                public_key: PublicKeyComponents { n: number(key, "n")?, e: number(key, "e")? },
                d: number(key, "d")?,
                p: number(key, "p")?,
                q: number(key, "q")?,
                dP: number(key, "dp")?,
                dQ: number(key, "dq")?,
                qInv: number(key, "qi")?,
            };
            let pair = s::RsaKeyPair::from_components(&components).ok()?;
            let mut signature = vec![0; pair.public_modulus_len()];
            pair.sign(padding, &SystemRandom::new(), message, &mut signature).ok()?;
            Some(signature)
        }
        ("EC", _) => {
            let (curve, signing) = match algorithm {
                "ES256" => ("P-256", &s::ECDSA_P256_SHA256_FIXED_SIGNING),
                "ES384" => ("P-384", &s::ECDSA_P384_SHA384_FIXED_SIGNING),
                "ES512" => ("P-521", &s::ECDSA_P521_SHA512_FIXED_SIGNING),
                _ => return None,
            };
            if text(key, "crv")? != curve {
                return None;
            }
            let pair = s::EcdsaKeyPair::from_private_key_and_public_key(signing, &number(key, "d")?, &point(key)?).ok()?;
            Some(pair.sign(&SystemRandom::new(), message).ok()?.as_ref().to_vec())
        }
        ("OKP", "EdDSA") => {
            let pair = s::Ed25519KeyPair::from_seed_and_public_key(&number(key, "d")?, &number(key, "x")?).ok()?;
            Some(pair.sign(message).as_ref().to_vec())
        }
        ("oct", _) => {
            let algorithm = match algorithm {
                "HS256" => hmac::HMAC_SHA256,
                "HS384" => hmac::HMAC_SHA384,
                "HS512" => hmac::HMAC_SHA512,
                _ => return None,
            };
            Some(hmac::sign(&hmac::Key::new(algorithm, &number(key, "k")?), message).as_ref().to_vec())
        }
        _ => None,
    }
}

fn text(key: &Json, name: &str) -> Option<String> {
    key.member(name).and_then(Json::as_text)
}

fn number(key: &Json, name: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text(key, name)?).ok()
}

/// The public part of an elliptic key: one byte says that both coordinates follow.
fn point(key: &Json) -> Option<Vec<u8>> {
    Some([vec![4], number(key, "x")?, number(key, "y")?].concat())
}
