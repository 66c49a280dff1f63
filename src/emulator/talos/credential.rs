//! The texts of keys: creating, reading and recognising them.
//!
//! A key that Talos issues is `PREFIX_v1_` with two parts in base58: the time of issue with its id, and the HMAC of both. An
//! imported key is identified only by a digest.

use aws_lc_rs::{
    digest::{SHA512_256, digest},
    hmac,
};
use uuid::Uuid;

use super::Settings;
use crate::emulator::secret::same;

const ALPHABET: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/// The kind of a text, by its form.
pub enum Form {
    /// A key that was issued here: its time and its id.
    Issued(u64, Uuid),
    /// A text that looks like an issued key but is not one.
    Forged,
    /// A token in the form of a JWT.
    Jwt,
    /// A token in the form of a macaroon.
    Macaroon,
    /// Anything else.
    Other,
}

/// The text of a key with this id that is issued at this moment.
pub fn issue(prefix: &str, secret: &[u8], at: u64, id: Uuid) -> String {
    let content = format!("{prefix}_v1_{}", base58(&[&at.to_be_bytes()[..], id.as_bytes()].concat()));
    let signature = sign(secret, &content);
    format!("{content}_{signature}")
}

fn sign(secret: &[u8], content: &str) -> String {
    base58(hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), content.as_bytes()).as_ref())
}

/// The kind of the text.
pub fn form(text: &str, secrets: &[Vec<u8>], settings: &Settings) -> Form {
    let (macaroon, older) = &settings.macaroon_prefix;
    if older.iter().chain([macaroon]).any(|prefix| text.starts_with(&format!("{prefix}_v1_"))) {
        return Form::Macaroon;
    }
    let parts: Vec<_> = text.split('.').collect();
    if matches!(parts[..], [header, payload, _] if header.starts_with("eyJ") && payload.starts_with("eyJ")) {
        return Form::Jwt;
    }
    let mut parts = text.rsplitn(4, '_');
    let (Some(signature), Some(content), Some("v1"), Some(prefix)) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
        return Form::Other;
    };
    let (secret_prefix, public_prefix) = (&settings.prefix, &settings.public_prefix);
    let known = secret_prefix.1.iter().chain([&secret_prefix.0]).chain(&public_prefix.0).chain(&public_prefix.1);
    let Some(bytes) = from_base58(content).filter(|bytes| bytes.len() == 24) else { return Form::Other };
    let (at, id) = bytes.split_at(8);
    let (Ok(at), Ok(id)) = (at.try_into().map(u64::from_be_bytes), Uuid::from_slice(id)) else { return Form::Other };
    let signed = format!("{prefix}_v1_{content}");
    let is_signed = secrets.iter().any(|secret| same(&sign(secret, &signed), signature));
    match known.into_iter().any(|known| known == prefix) && is_signed {
        true => Form::Issued(at, id),
        false => Form::Forged,
    }
}

/// The id of an imported key, in this network.
pub fn imported_id(raw: &str, network: &str) -> String {
    let digest = digest(&SHA512_256, format!("{network}\0{raw}").as_bytes());
    digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// These bytes as a number in base58, with a `1` for each leading zero byte.
fn base58(bytes: &[u8]) -> String {
    let mut digits: Vec<u8> = Vec::new();
    for byte in bytes {
        let mut carry = u32::from(*byte);
        for digit in &mut digits {
            carry += u32::from(*digit) << 8;
            *digit = u8::try_from(carry % 58).unwrap_or_default();
            carry /= 58;
        }
        while carry > 0 {
            digits.push(u8::try_from(carry % 58).unwrap_or_default());
            carry /= 58;
        }
    }
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    digits.extend(std::iter::repeat_n(0, zeros));
    digits.iter().rev().map(|digit| char::from(ALPHABET[usize::from(*digit)])).collect()
}

fn from_base58(text: &str) -> Option<Vec<u8>> {
    let mut bytes: Vec<u8> = Vec::new();
    for letter in text.bytes() {
        let mut carry = u32::try_from(ALPHABET.iter().position(|known| *known == letter)?).ok()?;
        for byte in &mut bytes {
            carry += u32::from(*byte) * 58;
            *byte = (carry & 0xff) as u8;
            carry >>= 8;
        }
        while carry > 0 {
            bytes.push((carry & 0xff) as u8);
            carry >>= 8;
        }
    }
    let zeros = text.bytes().take_while(|letter| *letter == b'1').count();
    bytes.extend(std::iter::repeat_n(0, zeros));
    bytes.reverse();
    Some(bytes)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn base58_is_what_others_write() {
        // The examples of draft-msporny-base58 (section 5).
        assert_eq!(base58(b"Hello World!"), "2NEpo7TZRRrLZSi2U");
        assert_eq!(base58(&[0x00, 0x00, 0x28, 0x7f, 0xb4, 0xcd]), "11233QC4");
        assert_eq!(from_base58("11233QC4").unwrap(), [0x00, 0x00, 0x28, 0x7f, 0xb4, 0xcd]);
        assert_eq!(from_base58("0OIl"), None);
    }

    #[test]
    fn a_key_is_known_by_its_text() {
        let settings = Settings::default();
        let id = Uuid::from_u128(7);
        let text = issue("ory_ak", b"a secret", 1_700_000_000, id);
        assert!(text.starts_with("ory_ak_v1_"), "{text}");
        assert!(
            matches!(form(&text, &[b"now".to_vec(), b"a secret".to_vec()], &settings), Form::Issued(1_700_000_000, found) if found == id)
        );
        assert!(matches!(form(&text, &[b"another".to_vec()], &settings), Form::Forged));
        let renamed = Settings { prefix: ("other".to_owned(), Vec::new()), ..settings.clone() };
        assert!(matches!(form(&text, &[b"now".to_vec(), b"a secret".to_vec()], &renamed), Form::Forged));
        let retired = Settings { prefix: ("other".to_owned(), vec!["ory_ak".to_owned()]), ..settings.clone() };
        assert!(matches!(form(&text, &[b"now".to_vec(), b"a secret".to_vec()], &retired), Form::Issued(..)));
        assert!(matches!(form("eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJhIn0.c2ln", &[], &settings), Form::Jwt));
        assert!(matches!(form("mc_v1_x", &[], &settings), Form::Macaroon));
        assert!(matches!(form("sk_live_abc", &[], &settings), Form::Other));
    }
}
