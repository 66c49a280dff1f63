//! JSON Web Keys inside a client.
//!
//! Owns which keys Hydra's JOSE library accepts, refuses and calls invalid, and how it prints
//! them. Uses no key for anything.

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ECDSA_P521_SHA512_FIXED, ParsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use base64::engine::{DecodePaddingMode, general_purpose::URL_SAFE_NO_PAD};

use crate::emulator::go::json::{Json, quote};

/// Key material may come with padding or without.
const LENIENT: GeneralPurpose =
    GeneralPurpose::new(&base64::alphabet::URL_SAFE, GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent));

/// A key as it will be printed.
pub struct Key {
    /// The JSON object.
    pub text: String,
    /// Whether it may verify signatures; symmetric keys may not.
    pub valid: bool,
}

/// The members in the order they are printed.
const ORDER: [&str; 20] =
    ["use", "kty", "kid", "crv", "alg", "k", "x", "y", "n", "e", "d", "p", "q", "dp", "dq", "qi", "x5c", "x5u", "x5t", "x5t#S256"];

/// Reads one key.
///
/// # Errors
/// The library's text for keys that it cannot make sense of.
pub fn parse(json: &Json) -> Result<Key, String> {
    let Json::Object(_) = json else {
        return Err(format!("json: cannot unmarshal {} into Go value of type jose.rawJSONWebKey", json.kind()));
    };
    let mut parts: Vec<(&str, String)> = Vec::new();
    for name in ["use", "kty", "kid", "crv", "alg", "x5u", "x5t", "x5t#S256"] {
        match json.member(name) {
            None | Some(Json::Null) => {}
            Some(value) => match value.as_text() {
                Some(text) if text.is_empty() && name != "kty" => {}
                Some(text) => parts.push((name, quote(&text))),
                None => {
                    let kind = value.kind();
                    return Err(format!("json: cannot unmarshal {kind} into Go struct field rawJSONWebKey.{name} of type string"));
                }
            },
        }
    }
    if let Some(chain @ Json::Array(certificates)) = json.member("x5c")
        && !certificates.is_empty()
    {
        parts.push(("x5c", chain.compact()));
    }
    let text_of = |name: &str| json.member(name).and_then(Json::as_text).unwrap_or_default();
    let valid = match text_of("kty").as_str() {
        "EC" => elliptic(json, &text_of("crv"), &mut parts)?,
        "RSA" => rsa(json, &mut parts)?,
        "oct" => {
            let key = bytes(json, "k")?.ok_or("go-jose/go-jose: invalid OCT (symmetric) key, missing k value")?;
            parts.push(("k", encode(&key)));
            false
        }
        "OKP" => edwards(json, &text_of("crv"), &mut parts)?,
        other => {
            return Err(format!("go-jose/go-jose: unknown json web key type '{other}'"));
        }
    };
    parts.sort_by_key(|part| ORDER.iter().position(|name| *name == part.0));
    let members: Vec<String> = parts.into_iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
    Ok(Key { text: format!("{{{}}}", members.join(",")), valid })
}

fn bytes(json: &Json, name: &str) -> Result<Option<Vec<u8>>, String> {
    match json.member(name).map(|value| (value, value.as_text())) {
        None | Some((Json::Null, _)) => Ok(None),
        Some((_, Some(text))) => match LENIENT.decode(text.as_bytes()) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(_) => Err("illegal base64 data at input byte 0".to_owned()),
        },
        Some((value, None)) => Err(format!("json: cannot unmarshal {} into Go value of type string", value.kind())),
    }
}

fn encode(bytes: &[u8]) -> String {
    quote(&URL_SAFE_NO_PAD.encode(bytes))
}

/// Big numbers are printed without leading zeros.
fn number(bytes: &[u8]) -> String {
    let start = bytes.iter().position(|b| *b != 0).unwrap_or(bytes.len());
    encode(&bytes[start..])
}

fn rsa(json: &Json, parts: &mut Vec<(&'static str, String)>) -> Result<bool, String> {
    let (Some(n), Some(e)) = (bytes(json, "n")?, bytes(json, "e")?) else {
        return Err("go-jose/go-jose: invalid RSA key, missing n/e values".to_owned());
    };
    parts.push(("n", number(&n)));
    parts.push(("e", number(&e)));
    if let Some(d) = bytes(json, "d")? {
        parts.push(("d", number(&d)));
        for name in ["p", "q", "dp", "dq", "qi"] {
            match bytes(json, name)? {
                Some(value) => parts.push((name, number(&value))),
                None if name == "p" || name == "q" => {
                    return Err("go-jose/go-jose: invalid RSA private key, missing p/q values".to_owned());
                }
                None => {}
            }
        }
    }
    Ok(n.iter().any(|b| *b != 0) && e.iter().any(|b| *b != 0))
}

fn elliptic(json: &Json, curve: &str, parts: &mut Vec<(&'static str, String)>) -> Result<bool, String> {
    let (size, algorithm) = match curve {
        "P-256" => (32, &ECDSA_P256_SHA256_FIXED),
        "P-384" => (48, &ECDSA_P384_SHA384_FIXED),
        "P-521" => (66, &ECDSA_P521_SHA512_FIXED),
        other => {
            return Err(format!("go-jose/go-jose: unsupported elliptic curve '{other}'"));
        }
    };
    let (Some(x), Some(y)) = (bytes(json, "x")?, bytes(json, "y")?) else {
        return Err("go-jose/go-jose: invalid EC key, missing x/y values".to_owned());
    };
    for (name, value) in [("x", &x), ("y", &y)] {
        if value.len() != size {
            return Err(format!("go-jose/go-jose: invalid EC public key, wrong length for {name}"));
        }
    }
    let point = [&[4], x.as_slice(), y.as_slice()].concat();
    if ParsedPublicKey::new(algorithm, &point).is_err() {
        return Err("go-jose/go-jose: invalid EC key, X/Y are not on declared curve".to_owned());
    }
    parts.push(("x", encode(&x)));
    parts.push(("y", encode(&y)));
    if let Some(d) = bytes(json, "d")? {
        if d.len() != size {
            return Err("go-jose/go-jose: invalid EC private key, wrong length for d".to_owned());
        }
        parts.push(("d", encode(&d)));
    }
    Ok(true)
}

fn edwards(json: &Json, curve: &str, parts: &mut Vec<(&'static str, String)>) -> Result<bool, String> {
    if curve != "Ed25519" {
        return Err(format!("go-jose/go-jose: unknown curve {curve}"));
    }
    let x = bytes(json, "x")?.ok_or("go-jose/go-jose: invalid Ed key, missing x value")?;
    let valid = x.len() == 32;
    parts.push(("x", encode(&x)));
    if let Some(d) = bytes(json, "d")? {
        parts.push(("d", encode(&d)));
    }
    Ok(valid)
}
