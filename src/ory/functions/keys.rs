//! Keys: thumbprints, public halves, and keys in PEM.

mod pem;

use crate::{
    ory::resources::jose,
    schema::{Function, Object, Refused, function, map, string},
    value::{Json, Path, Step, Value},
};

/// The thumbprint of a key.
pub static THUMBPRINT: Function = function(
    "jwk_thumbprint",
    "The SHA-256 thumbprint of a JSON Web Key (RFC 7638), which is the same for the key and its public half: a `kid` that \
     is computed from the key.",
    string("thumbprint", "The thumbprint, in base64url."),
    thumbprint,
)
.params(&[&[string("jwk", "The key, as JSON.").required()]]);

/// The public half of a key.
pub static PUBLIC: Function = function(
    "jwk_public",
    "The public half of a JSON Web Key, or of each key of a set: it can verify signatures, but not make them. A symmetric key \
     has none.",
    string("jwk", "The key or the set, as JSON."),
    public,
)
.params(&[&[string("jwk", "The key, or the set (`{\"keys\": […]}`), as JSON.").required()]]);

/// A key from a file.
pub static OF_PEM: Function = function(
    "pem_to_jwk",
    "A JSON Web Key from a key or certificate in PEM, public or private, as OpenSSL writes it: RSA, the elliptic curves \
     P-256, P-384 and P-521, and Ed25519. Its `kid` is its thumbprint (RFC 7638) unless `members` has another one.",
    string("jwk", "The key, as JSON; of a certificate, its public key."),
    of_pem,
)
.params(&[&[
    string("pem", "The key or certificate. If there are several, the first one is used.").required(),
    map("members", "More members of the key, such as `{ kid = \"2026\", use = \"sig\", alg = \"ES256\" }`."),
]]);

fn key(text: &str) -> Result<Json, Refused> {
    let key = Json::parse(text).ok().filter(Json::is_object);
    key.ok_or_else(|| Refused::argument("jwk", "Must be a JSON Web Key: a JSON object with its `kty`."))
}

fn thumbprint(asked: Object<'_>) -> Result<Value, Refused> {
    let key = key(asked.str("jwk").unwrap_or_default())?;
    let why = "Must be one key, of `kty` RSA, EC, OKP or oct, with the members that such a key needs (RFC 7638, 3.2).";
    jose::thumbprint(&key).map(Value::String).ok_or_else(|| Refused::argument("jwk", why))
}

fn public(asked: Object<'_>) -> Result<Value, Refused> {
    let key = key(asked.str("jwk").unwrap_or_default())?;
    let one = |key: &Json| {
        jose::public(key).ok_or_else(|| {
            Refused::argument("jwk", "A symmetric key (`kty` of `oct`) has no public half, and an object without a `kty` is not a key.")
        })
    };
    let public = match key.at("keys").as_array() {
        Some(keys) => Json::object([("keys", keys.iter().map(one).collect::<Result<Json, _>>()?)]),
        None => one(&key)?,
    };
    Ok(Value::String(public.to_string()))
}

fn of_pem(asked: Object<'_>) -> Result<Value, Refused> {
    let mut key = pem::key(asked.str("pem").unwrap_or_default()).map_err(|why| Refused::argument("pem", why))?;
    if let Some(thumbprint) = jose::thumbprint(&key) {
        key.put("kid", thumbprint.into());
    }
    if let Value::Map(members) = asked.get("members") {
        for (name, value) in members {
            let refused = |why: &str| Refused { at: Path::attr("members").then(Step::Key(name.clone())), why: why.into() };
            if !["kid", "use", "alg"].contains(&name.as_str()) {
                return Err(refused("Must be one of `kid`, `use` and `alg`: everything else is taken from the key."));
            }
            match value {
                Value::Null => {}
                Value::String(text) => drop(key.put(name.as_str(), text.as_str().into())),
                _ => return Err(refused("Must be a text.")),
            }
        }
    }
    Ok(Value::String(key.to_string()))
}
