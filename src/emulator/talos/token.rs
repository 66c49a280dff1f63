//! Tokens that are derived from keys: JWTs, which everybody can check with the key set, and macaroons, in the emulator's own
//! format.

use aws_lc_rs::{
    hmac,
    signature::{Ed25519KeyPair, KeyPair as _},
};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};

use super::{Json, Talos, object, problem::Problem};
use crate::emulator::go::json::parse_whole;
use crate::emulator::secret;

impl Talos {
    /// The key pair that signs tokens. It is derived from the secret.
    fn signer(&self) -> Result<Ed25519KeyPair, Problem> {
        if !self.settings.signs {
            return Err(Problem::internal("get signing key"));
        }
        let seed = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, self.secret()), b"derived tokens");
        Ed25519KeyPair::from_seed_unchecked(seed.as_ref()).map_err(|_| Problem::internal("get signing key"))
    }

    /// The public half, as a JSON Web Key.
    pub(super) fn public_key(&self) -> Result<Json, Problem> {
        let x = BASE64_URL_SAFE_NO_PAD.encode(self.signer()?.public_key().as_ref());
        Ok(object(vec![
            ("kty", Json::text("OKP")),
            ("crv", Json::text("Ed25519")),
            ("kid", Json::text(&secret::fingerprint(&x))),
            ("use", Json::text("sig")),
            ("alg", Json::text("EdDSA")),
            ("x", Json::text(&x)),
        ]))
    }

    /// A JWT with these claims.
    pub(super) fn sign(&self, claims: &Json) -> Result<String, Problem> {
        let key = self.public_key()?;
        let kid = key.member("kid").cloned().unwrap_or(Json::Null);
        let header = object(vec![("alg", Json::text("EdDSA")), ("typ", Json::text("JWT")), ("kid", kid)]);
        let encoded = |part: &Json| BASE64_URL_SAFE_NO_PAD.encode(part.compact());
        let content = format!("{}.{}", encoded(&header), encoded(claims));
        let signature = BASE64_URL_SAFE_NO_PAD.encode(self.signer()?.sign(content.as_bytes()));
        Ok(format!("{content}.{signature}"))
    }

    /// A macaroon with these claims.
    pub(super) fn bake(&self, claims: &Json) -> String {
        let content = BASE64_URL_SAFE_NO_PAD.encode(claims.compact());
        let signature = secret::sign(self.secret(), &content);
        format!("{}_v1_{content}.{signature}", self.settings.macaroon_prefix.0)
    }

    /// The claims of a token that was derived here.
    pub(super) fn claims(&self, token: &str) -> Option<Json> {
        let content = match token.rsplit_once('.')? {
            (content, signature) if content.contains('.') => {
                let signature = BASE64_URL_SAFE_NO_PAD.decode(signature).ok()?;
                let key = aws_lc_rs::signature::UnparsedPublicKey::new(
                    &aws_lc_rs::signature::ED25519,
                    self.signer().ok()?.public_key().as_ref().to_vec(),
                );
                key.verify(content.as_bytes(), &signature).ok()?;
                content.split_once('.')?.1
            }
            (content, signature) => {
                let content = content.split_once("_v1_")?.1;
                secret::same(&secret::sign(self.secret(), content), signature).then_some(content)?
            }
        };
        parse_whole(&BASE64_URL_SAFE_NO_PAD.decode(content).ok()?).ok()
    }
}
