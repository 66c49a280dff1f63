//! JSON Web Keys and sets of them (RFC 7517), as Hydra accepts them: when two mean the same, what is wrong with one, and which
//! members may be shown.

use crate::{
    engine::one_line,
    rest::address,
    schema::{Equality, JSON},
    value::Json,
};
use aws_lc_rs::digest::{SHA256, digest};
use base64::{
    Engine as _, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
    prelude::BASE64_URL_SAFE_NO_PAD,
};

/// The members of a key that are public.
const PUBLIC: &[&str] = &["use", "kty", "kid", "crv", "alg", "x", "y", "n", "e", "x5c", "x5u", "x5t", "x5t#S256"];

/// The members of a key that are private.
const PRIVATE: &[&str] = &["k", "d", "p", "q", "dp", "dq", "qi"];

/// The content of a member of a key. Two spellings are the same if the server prints both alike; Hydra's JOSE library (go-jose 3)
/// reads and prints each kind in its own way.
#[derive(Clone, Copy)]
enum Holds {
    Text,
    Url,
    /// A number in base64url: leading zeros mean nothing (RFC 7518, 2, "Base64urlUInt").
    Number,
    /// Bytes in base64url.
    Bytes,
    /// This many bytes in base64url: the library cuts longer ones off, and fills shorter ones up with zeros.
    Exactly(usize),
    /// A digest of this many bytes in base64url, or its hexadecimal digits in base64url, as some write it.
    Digest(usize),
    /// Certificates in base64, perhaps on several lines.
    Certificates,
}

impl Holds {
    /// The content of this member of a key of this type; `None` if Hydra drops the member.
    fn of(kty: &str, member: &str) -> Option<Holds> {
        Some(match (kty, member) {
            (_, "use" | "kty" | "kid" | "alg") | ("EC" | "OKP", "crv") => Holds::Text,
            (_, "x5u") => Holds::Url,
            (_, "x5c") => Holds::Certificates,
            (_, "x5t") => Holds::Digest(20),
            (_, "x5t#S256") => Holds::Digest(32),
            ("RSA", "n" | "e" | "d" | "p" | "q" | "dp" | "dq" | "qi") => Holds::Number,
            ("EC", "x" | "y" | "d") | ("oct", "k") => Holds::Bytes,
            ("OKP", "x" | "d") => Holds::Exactly(32),
            ("RSA" | "EC" | "oct" | "OKP", _) => return None,
            // A type that this release does not know.
            _ if PUBLIC.contains(&member) || is_private(member) => Holds::Text,
            _ => return None,
        })
    }

    /// One text for all spellings of the same content; a text that cannot be read is returned unchanged.
    fn canonical(self, text: &str) -> String {
        let bytes = || decoded(text);
        let printed = match self {
            Holds::Text | Holds::Certificates => None,
            Holds::Url => url::Url::parse(text).ok().map(String::from),
            Holds::Number => bytes().map(|bytes| BASE64_URL_SAFE_NO_PAD.encode(without_zeros(&bytes))),
            Holds::Bytes => bytes().map(|bytes| BASE64_URL_SAFE_NO_PAD.encode(bytes)),
            Holds::Exactly(size) => bytes().map(|mut bytes| {
                bytes.resize(size, 0);
                BASE64_URL_SAFE_NO_PAD.encode(bytes)
            }),
            Holds::Digest(size) => bytes().map(|bytes| {
                let digits = if bytes.len() == 2 * size { from_hexadecimal(&bytes) } else { None };
                BASE64_URL_SAFE_NO_PAD.encode(digits.unwrap_or(bytes))
            }),
        };
        printed.unwrap_or_else(|| text.to_owned())
    }
}

/// Decodes base64url. Like Go's decoder, this ignores padding, line breaks, and bits after the last byte.
fn decoded(text: &str) -> Option<Vec<u8>> {
    const LENIENT: GeneralPurpose = GeneralPurpose::new(
        &alphabet::URL_SAFE,
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::RequireNone).with_decode_allow_trailing_bits(true),
    );
    LENIENT.decode(without_breaks(text).trim_end_matches('=')).ok()
}

fn without_breaks(text: &str) -> String {
    text.replace(['\r', '\n'], "")
}

fn without_zeros(number: &[u8]) -> &[u8] {
    let first = number.iter().position(|byte| *byte != 0).unwrap_or(number.len());
    &number[first..]
}

fn from_hexadecimal(digits: &[u8]) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    digits.chunks_exact(2).map(|pair| Some(digit(pair[0])? << 4 | digit(pair[1])?)).collect()
}

/// A key. Members that the server drops have no meaning, nor has the spelling of the JSON and of its members. A key of which
/// only the id is known ([`unseen`]) equals every key of that id.
pub const KEY: &Equality = &Equality {
    name: "key",
    same: |left, right| match (Json::parse(left), Json::parse(right)) {
        (Ok(left), Ok(right)) if [&left, &right].iter().any(|key| **key == unseen(kid(key))) => kid(&left) == kid(&right),
        (Ok(left), Ok(right)) => same_key(&left, &right),
        _ => left == right,
    },
    form: None,
    sent: None,
    redacted: None,
    valid: JSON.valid,
};

/// A set of keys: their order has no meaning either.
pub const KEY_SET: &Equality = &Equality {
    name: "key set",
    same: |left, right| match (keys(left), keys(right)) {
        (Some(left), Some(right)) => left.len() == right.len() && canonical_set(&left) == canonical_set(&right),
        _ => (JSON.same)(left, right),
    },
    form: None,
    sent: None,
    redacted: Some(|text| match keys(text) {
        Some(keys) if keys.iter().any(|key| redacted(key) != *key) => set(&keys.iter().map(redacted).collect::<Vec<_>>()),
        _ => text.to_owned(),
    }),
    valid: JSON.valid,
};

/// Whether the two are one key to the server. A redacted key equals the key that it was made from.
pub fn same_key(left: &Json, right: &Json) -> bool {
    canonical(left) == canonical(right)
}

/// The thumbprint of a public key, the same for all spellings of its members. `None` for a key that is not public or not
/// complete.
pub fn public_thumbprint(key: &Json) -> Option<String> {
    if kty(key) == "oct" || PRIVATE.iter().any(|name| !key.at(*name).is_null()) {
        return None;
    }
    let member = |name: &&'static str| {
        let text = key.at(*name).as_str()?;
        Some((*name, Json::from(Holds::of(kty(key), name)?.canonical(text))))
    };
    thumbprint(&Json::object(identifying(key)?.iter().map(member).collect::<Option<Vec<_>>>()?))
}

/// The members that identify a key (RFC 7638, 3.2; RFC 8037, 2), in the order of their names.
fn identifying(key: &Json) -> Option<&'static [&'static str]> {
    match kty(key) {
        "RSA" => Some(&["e", "kty", "n"]),
        "EC" => Some(&["crv", "kty", "x", "y"]),
        "OKP" => Some(&["crv", "kty", "x"]),
        "oct" => Some(&["k", "kty"]),
        _ => None,
    }
}

/// A text that is the same for all spellings of one key, and different for different keys: keys are compared and looked up by
/// it.
pub fn canonical(key: &Json) -> String {
    let key = redacted(key);
    let Json::Object(members) = &key else { return key.canonical() };
    let kept = members.iter().filter_map(|(name, value)| {
        // Empty is the same as missing.
        let value = match (Holds::of(kty(&key), name)?, value) {
            (_, Json::Null) => return None,
            (_, Json::String(text)) if text.is_empty() => return None,
            (_, Json::Array(items)) if items.is_empty() => return None,
            (Holds::Certificates, Json::Array(chain)) => {
                Json::Array(chain.iter().map(|one| one.as_str().map_or_else(|| one.clone(), |text| without_breaks(text).into())).collect())
            }
            (holds, Json::String(text)) => holds.canonical(text).into(),
            (_, other) => other.clone(),
        };
        Some((name, value))
    });
    Json::object(kept).canonical()
}

/// The same for a set, in an order that does not depend on the order in the set.
fn canonical_set(keys: &[Json]) -> Vec<String> {
    let mut set: Vec<_> = keys.iter().map(canonical).collect();
    set.sort_unstable();
    set
}

/// The beginning of a fingerprint. No member of a key begins like this.
const FINGERPRINT: &str = "sha256:";

/// The key with fingerprints in place of its private members. They identify the key in every spelling.
fn redacted(key: &Json) -> Json {
    let Json::Object(members) = key else { return key.clone() };
    let fingerprint = |text: &str| format!("{FINGERPRINT}{}", BASE64_URL_SAFE_NO_PAD.encode(digest(&SHA256, text.as_bytes())));
    let member = |name: &String, value: &Json| match value {
        Json::String(text) if is_private(name) && !text.is_empty() && !text.starts_with(FINGERPRINT) => {
            fingerprint(&Holds::of(kty(key), name).unwrap_or(Holds::Text).canonical(text)).into()
        }
        value => value.clone(),
    };
    Json::object(members.iter().map(|(name, value)| (name, member(name, value))))
}

/// Whether the key holds fingerprints, so that it cannot be used as a key.
pub fn is_redacted(key: &Json) -> bool {
    let fingerprint = |value: &Json| value.as_str().is_some_and(|text| text.starts_with(FINGERPRINT));
    key.as_object().is_some_and(|members| members.iter().any(|(name, value)| is_private(name) && fingerprint(value)))
}

fn is_private(name: &str) -> bool {
    PRIVATE.contains(&name)
}

/// The type of a key.
fn kty(key: &Json) -> &str {
    key.at("kty").as_str().unwrap_or_default()
}

/// A key of which only the id is known, since no answer shows it.
pub fn unseen(kid: &str) -> Json {
    Json::object([("kid", kid.into())])
}

/// The keys of a set.
pub fn keys(set: &str) -> Option<Vec<Json>> {
    match Json::parse(set).ok()?.remove("keys")? {
        Json::Array(keys) => Some(keys),
        _ => None,
    }
}

/// The key of an answer about a single key, which comes as a set; null if there is none.
pub fn only_key(answer: &Json) -> &Json {
    answer.at("keys").as_array().and_then(<[_]>::first).unwrap_or(&Json::Null)
}

/// The id of a key; Hydra keeps a key without one under the empty id.
pub fn kid(key: &Json) -> &str {
    key.at("kid").as_str().unwrap_or_default()
}

/// The size of an RSA key in bits.
pub fn rsa_bits(key: &Json) -> Option<usize> {
    let modulus = decoded(key.at("n").as_str().filter(|_| kty(key) == "RSA")?)?;
    let modulus = without_zeros(&modulus);
    Some(modulus.len() * 8 - modulus.first()?.leading_zeros() as usize)
}

/// The set of these keys, as a text.
pub fn set(keys: &[Json]) -> String {
    Json::object([("keys", Json::Array(keys.to_vec()))]).to_string()
}

/// The set of the public parts of these keys, as a text.
pub fn public_set(keys: &[Json]) -> String {
    set(&keys.iter().map(|key| only(PUBLIC, key)).collect::<Vec<_>>())
}

/// The public part of a key; `None` for a symmetric key and for JSON that is not a key.
pub fn public(key: &Json) -> Option<Json> {
    (!matches!(kty(key), "" | "oct")).then(|| only(PUBLIC, key))
}

/// The SHA-256 thumbprint of a key (RFC 7638): of the members that identify it, as they are spelled.
pub fn thumbprint(key: &Json) -> Option<String> {
    let names = identifying(key)?;
    let whole = names.iter().all(|name| key.at(*name).is_string());
    whole.then(|| BASE64_URL_SAFE_NO_PAD.encode(digest(&SHA256, only(names, key).to_string().as_bytes())))
}

fn only(names: &[&str], key: &Json) -> Json {
    match key {
        Json::Object(members) => Json::Object(
            members.iter().filter(|(name, _)| names.contains(&name.as_str())).map(|(name, value)| (name.clone(), value.clone())).collect(),
        ),
        other => other.clone(),
    }
}

/// Checks a client's key set. Text that is not JSON is refused by the attribute's meaning.
pub fn public_keys(text: &str) -> Result<(), String> {
    if Json::parse(text).is_err() {
        return Ok(());
    }
    let keys = key_array(text)?;
    if keys.iter().any(|key| kty(key) == "oct") {
        return Err("The server does not accept symmetric keys (`kty` of `oct`) here: use public keys.".into());
    }
    Ok(())
}

/// Checks a key set whose keys are identified by their ids.
pub fn named_keys(text: &str) -> Result<(), String> {
    if Json::parse(text).is_err() {
        return Ok(());
    }
    let keys = key_array(text)?;
    if keys.is_empty() {
        return Err("Must hold at least one key: the server has no empty key sets.".into());
    }
    let mut ids: Vec<_> = keys.iter().map(kid).collect();
    if ids.contains(&"") {
        return Err("Each of `keys` must have a `kid`, which identifies it in the set.".into());
    }
    ids.iter().try_for_each(|kid| addressable(kid))?;
    ids.sort_unstable();
    match ids.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(format!("No two of `keys` may have the same `kid`, as `{}` is.", one_line(pair[0]))),
        None => Ok(()),
    }
}

/// Checks a public key that is found by its id.
pub fn named_key(text: &str) -> Result<(), String> {
    let Ok(key) = Json::parse(text) else { return Ok(()) };
    // An import writes this into a program if the server does not show the key.
    if !kid(&key).is_empty() && key == unseen(kid(&key)) {
        return Ok(());
    }
    if !key.at("kty").is_string() {
        return Err("Must be one JSON Web Key: a JSON object with its `kty`.".into());
    }
    if kid(&key).is_empty() {
        return Err("Must have a `kid`: the server finds the key of an assertion by it.".into());
    }
    addressable(kid(&key))?;
    match kty(&key) == "oct" || !key.at("d").is_null() {
        true => Err("Must be a public key: only the issuer may hold the private one.".into()),
        false => Ok(()),
    }
}

fn addressable(kid: &str) -> Result<(), String> {
    address::id(kid).map_err(|why| format!("A key with the `kid` `{}` cannot be requested from the server. {why}", one_line(kid)))
}

fn key_array(text: &str) -> Result<Vec<Json>, String> {
    let Some(keys) = keys(text) else { return Err("Must be a key set: a JSON object with an array `keys`.".into()) };
    match keys.iter().all(|key| key.at("kty").is_string()) {
        true => Ok(keys),
        false => Err("Each of `keys` must be a JSON Web Key with its `kty`.".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of RFC 7638, 3.1.
    const MODULUS: &str = "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw";

    #[test]
    fn the_thumbprint_is_that_of_the_standard() {
        let key = |more: &str| Json::parse(format!(r#"{{"kty":"RSA","n":"{MODULUS}","e":"AQAB"{more}}}"#)).unwrap();
        let wanted = Some("NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs".to_owned());
        assert_eq!(public_thumbprint(&key(r#","alg":"RS256","kid":"2011-04-29""#)), wanted);
        assert_eq!(public_thumbprint(&key(r#","use":"sig""#)), wanted);
        assert_eq!(public_thumbprint(&key(r#","d":"AQAB""#)), None, "a private key is nobody's to take");
        assert_eq!(public_thumbprint(&Json::parse(r#"{"kty":"EC","crv":"P-256","x":"AA"}"#).unwrap()), None);
    }

    #[test]
    fn a_kid_that_is_not_usable_is_named() {
        let refused = |kids: [&str; 2]| {
            let keys = kids.map(|kid| format!(r#"{{"kty":"oct","k":"canary","kid":"{kid}"}}"#)).join(",");
            named_keys(&format!(r#"{{"keys":[{keys}]}}"#)).unwrap_err()
        };
        for (kids, named) in [(["one", r"..\u001b"], r"`..\u{1b}`"), (["twice", "twice"], "`twice`")] {
            let said = refused(kids);
            assert!(said.contains(named) && !said.contains("canary"), "{said}");
        }
    }
}
