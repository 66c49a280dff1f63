//! JSON Web Keys, of a client or in a set.
//!
//! Owns which keys Hydra's JOSE library accepts, refuses and calls invalid, and how it prints them. No key is used for
//! cryptography, and it is not checked whether the parts of a private RSA key belong together.

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ECDSA_P521_SHA512_FIXED, ParsedPublicKey};
use base64::Engine as _;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD, URL_SAFE_NO_PAD};

use crate::emulator::go::json::{Json, quote};
use crate::emulator::go::url;

/// Go ignores bits after the last byte.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::RequireNone).with_decode_allow_trailing_bits(true),
);

/// A key in its printed form.
pub struct Key {
    /// The JSON object.
    pub text: String,
    /// Whether it may verify signatures; a symmetric key may not.
    pub valid: bool,
}

/// The members in the order in which they are printed.
const ORDER: [&str; 20] =
    ["use", "kty", "kid", "crv", "alg", "k", "x", "y", "n", "e", "d", "p", "q", "dp", "dq", "qi", "x5c", "x5u", "x5t", "x5t#S256"];

/// Reads one key.
///
/// # Errors
/// The library's text for invalid keys.
pub fn parse(json: &Json) -> Result<Key, String> {
    if !matches!(json, Json::Object(_) | Json::Null) {
        return Err(format!("json: cannot unmarshal {} into Go value of type jose.rawJSONWebKey", json.kind()));
    }
    if let Json::Object(members) = json {
        let twice = members.iter().enumerate().find(|(at, member)| members[..*at].iter().any(|before| before.0 == member.0));
        if let Some((_, (name, _))) = twice {
            return Err(format!("json: duplicate key '{name}' in object"));
        }
    }
    let mut parts: Vec<(&str, String)> = Vec::new();
    for name in ["use", "kty", "kid", "alg"] {
        let text = text(json, name)?.unwrap_or_default();
        if !text.is_empty() {
            parts.push((name, quote(&text)));
        }
    }
    certificates(json, &mut parts)?;
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
        other => return Err(format!("go-jose/go-jose: unknown json web key type '{other}'")),
    };
    parts.sort_by_key(|part| ORDER.iter().position(|name| *name == part.0));
    let members: Vec<String> = parts.into_iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
    Ok(Key { text: format!("{{{}}}", members.join(",")), valid })
}

/// The members about certificates. The certificates themselves are not parsed.
fn certificates(json: &Json, parts: &mut Vec<(&str, String)>) -> Result<(), String> {
    if let Some(chain @ Json::Array(certificates)) = json.member("x5c")
        && !certificates.is_empty()
    {
        for certificate in certificates {
            let encoded = certificate.as_text().unwrap_or_default();
            if STANDARD.decode(without_breaks(&encoded)).is_err() {
                let at = bad_byte(&encoded, b"+/");
                return Err(format!("go-jose/go-jose: failed to unmarshal x5c field: illegal base64 data at input byte {at}"));
            }
        }
        parts.push(("x5c", chain.compact()));
    }
    if let Some(text) = text(json, "x5u")?.filter(|uri| !uri.is_empty()) {
        let uri = url::parse(&text).map_err(|why| format!("go-jose/go-jose: invalid JWK, x5u header is invalid URL: {why}"))?;
        // A percent-encoded path keeps its spelling.
        parts.push(("x5u", quote(&format!("{}{}", uri.scheme, &text[uri.scheme.len()..]))));
    }
    for (name, size) in [("x5t", 20), ("x5t#S256", 32)] {
        let digest = bytes(json, name)?.unwrap_or_default();
        // Some write the hexadecimal digits of the digest in base64url instead of its bytes.
        let digest = if digest.len() == 2 * size { digits(&digest).unwrap_or(digest) } else { digest };
        match digest.len() {
            0 => {}
            length if length == size => parts.push((name, encode(&digest))),
            _ => return Err(format!("go-jose/go-jose: invalid JWK, {name} header is of incorrect size")),
        }
    }
    Ok(())
}

/// The bytes with these hexadecimal digits.
fn digits(text: &[u8]) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    text.chunks_exact(2).map(|pair| Some(digit(pair[0])? << 4 | digit(pair[1])?)).collect()
}

fn text(json: &Json, name: &str) -> Result<Option<String>, String> {
    match json.member(name) {
        None | Some(Json::Null) => Ok(None),
        Some(value) => match value.as_text() {
            Some(text) => Ok(Some(text)),
            None => Err(format!("json: cannot unmarshal {} into Go value of type string", value.kind())),
        },
    }
}

fn bytes(json: &Json, name: &str) -> Result<Option<Vec<u8>>, String> {
    let Some(text) = text(json, name)? else { return Ok(None) };
    match LENIENT.decode(without_breaks(&text).trim_end_matches('=')) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(_) => Err(format!("illegal base64 data at input byte {}", bad_byte(&text, b"-_"))),
    }
}

/// Go's decoders ignore line breaks.
fn without_breaks(text: &str) -> String {
    text.replace(['\r', '\n'], "")
}

/// The position in the error of Go's decoder: the first invalid byte, otherwise the start of the last group.
fn bad_byte(text: &str, specials: &[u8]) -> usize {
    text.bytes().position(|b| !b.is_ascii_alphanumeric() && !specials.contains(&b)).unwrap_or(text.len() / 4 * 4)
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
    // There, the exponent is not a big number: zero means that it is missing.
    if e.iter().any(|b| *b != 0) {
        parts.push(("e", number(&e)));
    }
    if let Some(d) = bytes(json, "d")? {
        parts.push(("d", number(&d)));
        for name in ["p", "q", "dp", "dq", "qi"] {
            match bytes(json, name)? {
                Some(value) => parts.push((name, number(&value))),
                None if name == "p" || name == "q" => {
                    let name = name.to_ascii_uppercase();
                    return Err(format!("go-jose/go-jose: invalid RSA private key, missing {name} value(s)"));
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
    parts.push(("crv", quote(curve)));
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
    let x = bytes(json, "x")?.filter(|_| curve == "Ed25519");
    // The quote at the end is the library's own mistake.
    let x = x.ok_or_else(|| format!("go-jose/go-jose: unknown curve {curve}'"))?;
    // Whatever its length, 32 bytes of it are used.
    let sized = |bytes: &[u8]| {
        let mut sized = bytes.to_vec();
        sized.resize(32, 0);
        encode(&sized)
    };
    parts.push(("crv", quote(curve)));
    parts.push(("x", sized(&x)));
    if let Some(d) = bytes(json, "d")? {
        parts.push(("d", sized(&d)));
    }
    Ok(true)
}
