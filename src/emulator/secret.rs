//! Secrets and tokens: generating, hashing, comparing.
//!
//! Owns the cryptography. Stores nothing, and never logs its arguments.

use std::num::NonZeroU32;

use aws_lc_rs::{constant_time, digest, hmac, pbkdf2, rand};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

/// A small number of rounds, so that a thousand clients take seconds instead of a minute: this server is for development on a
/// loopback address. The number is stored with each hash and may change.
const ROUNDS: NonZeroU32 = NonZeroU32::MIN.saturating_add(1023);
/// The prefix of access tokens.
pub const ACCESS: &str = "ory_at_";
const LETTERS: &[u8; 66] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.~";

/// The operating system gave no randomness.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the operating system gave no randomness")]
pub struct NoRandomness;

/// Random bytes.
///
/// # Errors
/// When the system's random number generator fails.
pub fn random<const N: usize>() -> Result<[u8; N], NoRandomness> {
    let mut bytes = [0; N];
    rand::fill(&mut bytes).map_err(|_| NoRandomness)?;
    Ok(bytes)
}

/// A client secret: 26 characters that need no escaping anywhere.
///
/// # Errors
/// When the system's random number generator fails.
pub fn generate() -> Result<String, NoRandomness> {
    draw(LETTERS, 26)
}

/// A text of this many of these letters, each with the same probability.
///
/// # Errors
/// When the system's random number generator fails.
pub fn draw(letters: &[u8], length: usize) -> Result<String, NoRandomness> {
    let mut out = String::with_capacity(length);
    while out.len() < length {
        for byte in random::<64>()?.map(usize::from) {
            // Bytes after the last whole multiple would favour some letters.
            if byte < 256 / letters.len() * letters.len() && out.len() < length {
                out.push(char::from(letters[byte % letters.len()]));
            }
        }
    }
    Ok(out)
}

/// The hash of a secret, with everything that a comparison needs.
///
/// # Errors
/// When the system's random number generator fails.
pub fn hash(secret: &str) -> Result<String, NoRandomness> {
    let salt = random::<16>()?;
    let mut key = [0; 32];
    pbkdf2::derive(pbkdf2::PBKDF2_HMAC_SHA256, ROUNDS, &salt, secret.as_bytes(), &mut key);
    let (salt, key) = (STANDARD_NO_PAD.encode(salt), STANDARD_NO_PAD.encode(key));
    Ok(format!("$pbkdf2-sha256$i={ROUNDS},l=32${salt}${key}"))
}

/// Whether the secret is the hashed one; takes the same time for any secret.
#[must_use]
pub fn matches(secret: &str, hash: &str) -> bool {
    let mut parts = hash.split('$').skip(2);
    let rounds =
        parts.next().and_then(|settings| settings.strip_prefix("i=")).and_then(|settings| settings.split(',').next()?.parse().ok());
    let salt = parts.next().and_then(|text| STANDARD_NO_PAD.decode(text).ok());
    let key = parts.next().and_then(|text| STANDARD_NO_PAD.decode(text).ok());
    match (rounds, salt, key) {
        (Some(rounds), Some(salt), Some(key)) => pbkdf2::verify(pbkdf2::PBKDF2_HMAC_SHA256, rounds, &salt, secret.as_bytes(), &key).is_ok(),
        _ => false,
    }
}

/// An opaque token with this prefix, and its signature, which is stored.
///
/// # Errors
/// When the system's random number generator fails.
pub fn token(prefix: &str, system_secret: &[u8]) -> Result<(String, String), NoRandomness> {
    let body = URL_SAFE_NO_PAD.encode(random::<32>()?);
    let signature = sign(system_secret, &body);
    Ok((format!("{prefix}{body}.{signature}"), signature))
}

/// The signature of an opaque token, if it was made with this secret. The prefix may be missing.
#[must_use]
pub fn token_signature(system_secret: &[u8], token: &str) -> Option<String> {
    let (body, signature) = token.strip_prefix(ACCESS).unwrap_or(token).split_once('.')?;
    let expected = sign(system_secret, body);
    same(&expected, signature).then_some(expected)
}

/// Compares in constant time.
#[must_use]
pub fn same(a: &str, b: &str) -> bool {
    constant_time::verify_slices_are_equal(a.as_bytes(), b.as_bytes()).is_ok()
}

/// A fingerprint to find a long token by.
#[must_use]
pub fn fingerprint(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, text.as_bytes()))
}

/// A keyed signature of this text.
#[must_use]
pub fn sign(system_secret: &[u8], text: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, system_secret);
    URL_SAFE_NO_PAD.encode(hmac::sign(&key, text.as_bytes()))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn secrets_hash_and_compare() {
        let secret = generate().unwrap();
        assert_eq!(secret.len(), 26);
        let hash = hash(&secret).unwrap();
        assert!(hash.starts_with("$pbkdf2-sha256$i=1024,l=32$"));
        assert!(matches(&secret, &hash));
        assert!(!matches("other-secret", &hash));
        assert!(!matches("", "garbage"));
    }

    #[test]
    fn tokens_are_ours_or_not() {
        let (token, signature) = token(ACCESS, b"k").unwrap();
        assert_eq!(token.len(), 7 + 43 + 1 + 43);
        assert_eq!(token_signature(b"k", &token).as_deref(), Some(signature.as_str()));
        assert_eq!(token_signature(b"k", token.trim_start_matches("ory_at_")), Some(signature));
        assert_eq!(token_signature(b"other", &token), None);
        assert_eq!(token_signature(b"k", "garbage"), None);
    }
}
