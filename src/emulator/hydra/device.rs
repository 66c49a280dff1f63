//! Device authorization: a device requests codes, and polls until a person authorizes it.
//!
//! Owns the request and the answer to polling. Only the newer release has it. Nobody signs in here, so no device is ever
//! authorized: polling always answers "pending", also after the codes' expiry, as on the real server.

use super::error::Failure;
use super::token::{DEVICE_GRANT, granted, may_use, posted, uncached};
use super::{Hydra, token};
use crate::emulator::call::Call;
use crate::emulator::go::form::Form;
use crate::emulator::go::json::quote;
use crate::emulator::reply::Reply;
use crate::emulator::secret;

/// The characters of user codes: none looks like another.
const LETTERS: &[u8; 50] = b"abcdefghijkmnpqrstuvwxyzACDEFGHJKLMNPQRTUVWXY34679";
const USER_CODE: usize = 8;

impl Hydra {
    /// `POST /oauth2/device/auth`.
    ///
    /// # Errors
    /// What is wrong with the request.
    pub fn authorize_device(&self, call: &Call) -> Result<Reply, Failure> {
        self.try_authorize(call).map_err(Failure::at_token_endpoint)
    }

    fn try_authorize(&self, call: &Call) -> Result<Reply, Failure> {
        let form = posted(call)?;
        let client = self.authenticate(call, &form)?;
        if client.id != form.get("client_id") {
            return Err(Failure::invalid_request("Provided client_id mismatch."));
        }
        if !may_use(&client, DEVICE_GRANT) {
            return Err(Failure::invalid_grant(&format!("The requested OAuth 2.0 Client does not have the '{DEVICE_GRANT}' grant.")));
        }
        granted(&client, &form)?;
        let (code, signature) = secret::token("ory_dc_", &self.system_secret)?;
        self.store.add_device_code(&signature, &client.id)?;
        let user_code = secret::draw(LETTERS, USER_CODE)?;
        let page = format!("{}/oauth2/device/verify", self.issuer.trim_end_matches('/'));
        let document = format!(
            r#"{{"Header":null,"device_code":{},"user_code":"{user_code}","verification_uri":{},"verification_uri_complete":{},"expires_in":600,"interval":5}}"#,
            quote(&code),
            quote(&page),
            quote(&format!("{page}?user_code={user_code}")),
        );
        Ok(uncached(Reply::json(200, token::JSON, &document).without_newline()))
    }

    /// The answer to a client that polls and may use the grant. Any client's code is accepted: the real server checks the client
    /// only after the authorization.
    ///
    /// # Errors
    /// Always: no device is authorized.
    pub fn poll_device(&self, form: &Form) -> Result<Reply, Failure> {
        let signature = form.get("device_code").split_once('.').map_or("", |(_, signature)| signature);
        if self.store.has_device_code(signature)? { Err(Failure::authorization_pending()) } else { Err(Failure::invalid_grant("")) }
    }
}
