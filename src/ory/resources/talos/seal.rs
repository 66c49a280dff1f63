//! Seals a secret so that only its recipient can read it: it is encrypted to a public RSA key as a JWE (RFC 7516, compact), and
//! nobody who reads the state can see it.
//! Owns the format: `RSA-OAEP-256` with `A256GCM`. Every JOSE library can open it, as can tools such as `step crypto jwe decrypt`
//! and `jose jwe dec`, and key management services have the same key encryption. The cryptography is that of the library that TLS
//! already uses. Sealing the same secret twice gives different texts, as it must.

use crate::value::Json;
use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey},
    rand,
    rsa::{OAEP_SHA256_MGF1SHA256, OaepPublicEncryptingKey, PublicEncryptingKey, PublicKeyComponents},
};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use rustls::pki_types::{SubjectPublicKeyInfoDer, pem::PemObject as _};

/// A recipient of sealed secrets: a public key.
pub struct Recipient {
    key: OaepPublicEncryptingKey,
    kid: Option<String>,
}

impl Recipient {
    /// A public RSA key, as PEM (`BEGIN PUBLIC KEY`) or as a JSON Web Key.
    ///
    /// # Errors
    /// Why the text is not such a key.
    pub fn read(text: &str) -> Result<Recipient, String> {
        let wrong = || {
            "Must be a public RSA key of at least 2048 bits: PEM (`-----BEGIN PUBLIC KEY-----`, as `openssl rsa -pubout` writes it), or a JSON Web Key with `kty`, `n` and `e`.".to_owned()
        };
        if text.contains("PRIVATE KEY") {
            return Err(
                "This is a private key, which only its owner should have. Set the public key, as `openssl rsa -pubout` writes it.".into()
            );
        }
        let (key, kid) = match Json::parse(text) {
            Ok(jwk) if jwk.is_object() => {
                if !jwk.at("d").is_null() {
                    return Err("This is a private key, which only its owner should have. Set the public key: without `d`, `p`, `q`, `dp`, `dq` and `qi`.".into());
                }
                let number = |name: &str| BASE64_URL_SAFE_NO_PAD.decode(jwk.at(name).as_str()?).ok();
                let (n, e) = number("n").zip(number("e")).filter(|_| jwk.at("kty").as_str() == Some("RSA")).ok_or_else(wrong)?;
                let key: Result<PublicEncryptingKey, _> = PublicKeyComponents { n, e }.try_into();
                (key.map_err(|_| wrong())?, jwk.at("kid").as_str().map(str::to_owned))
            }
            _ => {
                let der = SubjectPublicKeyInfoDer::from_pem_slice(text.as_bytes()).map_err(|_| wrong())?;
                (PublicEncryptingKey::from_der(&der).map_err(|_| wrong())?, None)
            }
        };
        Ok(Recipient { key: OaepPublicEncryptingKey::new(key).map_err(|_| wrong())?, kid })
    }

    /// The secret as a JWE that only the recipient can open.
    ///
    /// # Errors
    /// When the system's random number generator fails.
    pub fn seal(&self, secret: &str) -> Result<String, String> {
        let failed = |_| "the system's cryptography failed".to_owned();
        let (mut content_key, mut nonce) = ([0; 32], [0; 12]);
        rand::fill(&mut content_key).map_err(failed)?;
        rand::fill(&mut nonce).map_err(failed)?;
        let mut header = Json::object([("alg", "RSA-OAEP-256".into()), ("enc", "A256GCM".into())]);
        if let Some(kid) = &self.kid {
            header.put("kid", kid.as_str().into());
        }
        let header = BASE64_URL_SAFE_NO_PAD.encode(header.to_string());
        let mut room = vec![0; self.key.ciphertext_size()];
        let encrypted_key = self.key.encrypt(&OAEP_SHA256_MGF1SHA256, &content_key, &mut room, None).map_err(failed)?;
        let mut sealed = secret.as_bytes().to_vec();
        let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &content_key).map_err(failed)?);
        let tag = key
            .seal_in_place_separate_tag(Nonce::assume_unique_for_key(nonce), Aad::from(header.as_bytes()), &mut sealed)
            .map_err(failed)?;
        let parts = [&*encrypted_key, &nonce, &sealed, tag.as_ref()].map(|part| BASE64_URL_SAFE_NO_PAD.encode(part));
        Ok(format!("{header}.{}", parts.join(".")))
    }
}

/// Checks that secrets can be sealed to this text.
pub fn recipient(text: &str) -> Result<(), String> {
    Recipient::read(text).map(drop)
}
