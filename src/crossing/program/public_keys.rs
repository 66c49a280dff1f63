//! Public keys: an attribute that may have private keys is secret, also where a program gives it only public ones.

use crate::value::Json;

/// The members of private and of symmetric keys (RFC 7518, 6.2.2, 6.3.2 and 6.4).
const PRIVATE: &[&str] = &["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/// Whether the text is a JSON Web Key Set of public keys.
pub fn is_public(text: &str) -> bool {
    let is_public = |key: &Json| {
        let kind = key.at("kty").as_str().unwrap_or_default();
        matches!(kind, "RSA" | "EC" | "OKP") && PRIVATE.iter().all(|name| key.get(name).is_none())
    };
    let set = Json::parse(text).unwrap_or_default();
    set.at("keys").as_array().is_some_and(|keys| !keys.is_empty() && keys.iter().all(is_public))
}
