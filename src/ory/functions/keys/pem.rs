//! Keys that are written as PEM (RFC 7468).
//!
//! Owns which kinds are read. The PEM itself and private keys are read by libraries, and DER in `value::der`.

use crate::value::{
    Json,
    der::{self, BIT_STRING, INTEGER, OBJECT_IDENTIFIER, SEQUENCE},
};
use aws_lc_rs::{
    encoding::{AsBigEndian as _, Curve25519SeedBin, EcPrivateKeyBin},
    rsa::{self, KeyPair as RsaKeyPair},
    signature::{
        ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED, ECDSA_P384_SHA384_FIXED_SIGNING,
        ECDSA_P521_SHA512_FIXED, ECDSA_P521_SHA512_FIXED_SIGNING, EcdsaKeyPair, EcdsaSigningAlgorithm, EcdsaVerificationAlgorithm,
        Ed25519KeyPair, KeyPair as _, ParsedPublicKey,
    },
};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use rustls::pki_types::pem::{PemObject as _, SectionKind};

struct Curve {
    name: &'static str,
    oid: &'static [u8],
    signs: &'static EcdsaSigningAlgorithm,
    verifies: &'static EcdsaVerificationAlgorithm,
}

/// RFC 5480 (2.1.1.1) has the curves' identifiers.
static CURVES: [Curve; 3] = [
    Curve {
        name: "P-256",
        oid: &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07],
        signs: &ECDSA_P256_SHA256_FIXED_SIGNING,
        verifies: &ECDSA_P256_SHA256_FIXED,
    },
    Curve {
        name: "P-384",
        oid: &[0x2b, 0x81, 0x04, 0x00, 0x22],
        signs: &ECDSA_P384_SHA384_FIXED_SIGNING,
        verifies: &ECDSA_P384_SHA384_FIXED,
    },
    Curve {
        name: "P-521",
        oid: &[0x2b, 0x81, 0x04, 0x00, 0x23],
        signs: &ECDSA_P521_SHA512_FIXED_SIGNING,
        verifies: &ECDSA_P521_SHA512_FIXED,
    },
];

/// `rsaEncryption` (RFC 8017, A.1).
const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
/// `id-ecPublicKey` (RFC 5480, 2.1.1).
const ELLIPTIC: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
/// `id-Ed25519` (RFC 8410, 3).
const ED25519: &[u8] = &[0x2b, 0x65, 0x70];

/// The first key in the text.
pub(super) fn key(text: &str) -> Result<Json, String> {
    let mut sections = <(SectionKind, Vec<u8>)>::pem_slice_iter(text.as_bytes());
    let known = sections.find_map(|section| match section {
        Ok((kind, der)) => is_key(kind).then_some(Ok((kind, der))),
        Err(_) => Some(Err("It is no valid PEM.".to_owned())),
    });
    let Some(section) = known else {
        let locked = if text.contains("ENCRYPTED") { " A key that is locked with a password has to be unlocked first." } else { "" };
        return Err(format!("Must hold a key or a certificate in PEM, which begins with `-----BEGIN`.{locked}"));
    };
    let (kind, der) = section?;
    let key = match kind {
        SectionKind::Certificate => certified(&der).and_then(public),
        SectionKind::PublicKey => public(&der),
        SectionKind::RsaPrivateKey => private_rsa(&der),
        SectionKind::EcPrivateKey => private_elliptic(&der),
        _ => private(&der),
    };
    key.ok_or_else(|| "It holds no key of a kind that is known here: RSA of at least 2048 bits, P-256, P-384, P-521 or Ed25519.".to_owned())
}

fn is_key(kind: SectionKind) -> bool {
    use SectionKind::{Certificate, EcPrivateKey, PrivateKey, PublicKey, RsaPrivateKey};
    matches!(kind, Certificate | PublicKey | RsaPrivateKey | EcPrivateKey | PrivateKey)
}

/// The public key in a certificate (RFC 5280, 4.1).
fn certified(der: &[u8]) -> Option<&[u8]> {
    const VERSION: u8 = 0xa0;
    let (certificate, _) = der::element(SEQUENCE, der)?;
    let (signed, _) = der::element(SEQUENCE, certificate)?;
    let mut rest = der::element(VERSION, signed).map_or(signed, |(_, rest)| rest);
    for tag in [INTEGER, SEQUENCE, SEQUENCE, SEQUENCE, SEQUENCE] {
        rest = der::element(tag, rest)?.1;
    }
    Some(rest)
}

/// A public key with its algorithm (RFC 5280, 4.1.2.7).
fn public(der: &[u8]) -> Option<Json> {
    let (outer, _) = der::element(SEQUENCE, der)?;
    let (algorithm, rest) = der::element(SEQUENCE, outer)?;
    let (oid, parameters) = der::element(OBJECT_IDENTIFIER, algorithm)?;
    let (bits, _) = der::element(BIT_STRING, rest)?;
    // The first byte says how many bits of the last one do not count.
    let (0, bits) = bits.split_first().map(|(unused, bits)| (*unused, bits))? else { return None };
    match oid {
        RSA => {
            rsa::PublicKey::from_der(bits).ok()?;
            let [n, e] = der::numbers(bits)?;
            Some(spelled("RSA", None, &[("n", n), ("e", e)]))
        }
        ELLIPTIC => {
            let (named, _) = der::element(OBJECT_IDENTIFIER, parameters)?;
            let curve = CURVES.iter().find(|curve| curve.oid == named)?;
            // Whether the point is on the curve.
            ParsedPublicKey::new(curve.verifies, bits).ok()?;
            Some(spelled("EC", Some(curve.name), &coordinates(bits)?))
        }
        ED25519 if bits.len() == 32 => Some(spelled("OKP", Some("Ed25519"), &[("x", bits)])),
        _ => None,
    }
}

fn private(der: &[u8]) -> Option<Json> {
    let (algorithm, inner) = der::private_key(der)?;
    match der::element(OBJECT_IDENTIFIER, algorithm)?.0 {
        RSA => private_rsa(inner),
        ELLIPTIC => private_elliptic(der),
        ED25519 => {
            let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(der).ok()?;
            let seed: Curve25519SeedBin<'_> = pair.seed().ok()?.as_be_bytes().ok()?;
            Some(spelled("OKP", Some("Ed25519"), &[("x", pair.public_key().as_ref()), ("d", seed.as_ref())]))
        }
        _ => None,
    }
}

fn private_rsa(pkcs1: &[u8]) -> Option<Json> {
    // Whether the numbers go together.
    RsaKeyPair::from_der(pkcs1).ok()?;
    let numbers = der::rsa_numbers(pkcs1)?;
    let members: Vec<_> = ["n", "e", "d", "p", "q", "dp", "dq", "qi"].into_iter().zip(numbers).collect();
    Some(spelled("RSA", None, &members))
}

fn private_elliptic(der: &[u8]) -> Option<Json> {
    let (curve, pair) = CURVES.iter().find_map(|curve| Some((curve, EcdsaKeyPair::from_private_key_der(curve.signs, der).ok()?)))?;
    let private: EcPrivateKeyBin<'_> = pair.private_key().as_be_bytes().ok()?;
    let mut members = coordinates(pair.public_key().as_ref())?.to_vec();
    members.push(("d", private.as_ref()));
    Some(spelled("EC", Some(curve.name), &members))
}

/// A point that is not compressed: one byte says that both coordinates follow.
fn coordinates(point: &[u8]) -> Option<[(&'static str, &[u8]); 2]> {
    let (4, both) = point.split_first().map(|(form, both)| (*form, both))? else { return None };
    let (x, y) = both.split_at(both.len() / 2);
    Some([("x", x), ("y", y)])
}

fn spelled(kty: &str, curve: Option<&str>, members: &[(&str, &[u8])]) -> Json {
    let named = [Some(("kty", kty)), curve.map(|curve| ("crv", curve))].into_iter().flatten();
    let encoded = members.iter().map(|(name, bytes)| (*name, BASE64_URL_SAFE_NO_PAD.encode(bytes).into()));
    Json::object(named.map(|(name, text)| (name, text.into())).chain(encoded))
}
