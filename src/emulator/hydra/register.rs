//! OpenID Connect dynamic client registration, with which a client manages itself.
//!
//! Owns the rotation of the registration token, and the members that a client must not set. Storing is in `clients`.

use uuid::Uuid;

use super::client::Client;
use super::clients::Registration;
use super::error::Failure;
use super::{Hydra, decode, validate};
use crate::emulator::call::Call;
use crate::emulator::go::json;
use crate::emulator::reply::Reply;
use crate::emulator::{Profile, secret};

const NO_OWN_SECRET: &str = "It is not allowed to choose your own OAuth2 Client secret.";

impl Hydra {
    fn registration_allowed(&self) -> Result<(), Failure> {
        if self.dynamic_registration { Ok(()) } else { Err(Failure::registration_disabled()) }
    }

    /// `POST /oauth2/register`.
    ///
    /// # Errors
    /// What is wrong with the request.
    pub fn register(&self, body: &[u8]) -> Result<Reply, Failure> {
        self.registration_allowed()?;
        let json = json::parse_first(body).map_err(|why| Failure::undecodable(&why))?;
        let mut client = Client::default();
        decode::client(&json, &mut client, self.profile).map_err(|why| Failure::undecodable(&why))?;
        if !client.secret.is_empty() {
            return Err(Failure::malformed(NO_OWN_SECRET));
        }
        client.id = Uuid::new_v4().to_string();
        let client = self.insert(client, validate::registration)?;
        let location = match self.profile {
            // A relative URL: the server's own mistake.
            Profile::V26_2 => format!("admin/clients/{}", client.id),
            Profile::V2_3 => format!("/admin/clients/{}", client.id),
        };
        Ok(Reply::document(201, client.wire(self.profile)).with("location", location))
    }

    /// `GET /oauth2/register/{id}`.
    ///
    /// # Errors
    /// If the token does not belong to this client.
    pub fn get_registration(&self, id: &str, call: &Call) -> Result<Reply, Failure> {
        let mut client = self.authorized(id, call)?;
        client.secret.clear();
        client.metadata = None;
        Ok(Reply::document(200, client.wire(self.profile)))
    }

    /// `PUT /oauth2/register/{id}`.
    ///
    /// # Errors
    /// What is wrong with the request.
    pub fn put_registration(&self, id: &str, call: &Call) -> Result<Reply, Failure> {
        self.authorized(id, call)?;
        let unreadable = |_| Failure::malformed("Unable to decode the request body. Is it valid JSON?");
        let json = json::parse_first(&call.body).map_err(unreadable)?;
        let mut client = Client::default();
        decode::client(&json, &mut client, self.profile).map_err(unreadable)?;
        if !client.secret.is_empty() {
            return Err(Failure::forbidden(NO_OWN_SECRET));
        }
        let (token, signature) = secret::token(secret::ACCESS, &self.system_secret)?;
        client.registration_access_token = token;
        id.clone_into(&mut client.id);
        let client = self.update(client, validate::registration, Registration::Replace(signature))?;
        Ok(Reply::document(200, client.wire(self.profile)))
    }

    /// `DELETE /oauth2/register/{id}`.
    ///
    /// # Errors
    /// If the token does not belong to this client.
    pub fn delete_registration(&self, id: &str, call: &Call) -> Result<Reply, Failure> {
        self.authorized(id, call)?;
        self.delete_client(id)
    }

    fn authorized(&self, id: &str, call: &Call) -> Result<Client, Failure> {
        self.registration_allowed()?;
        // Every failure has the same answer, which must not show which clients exist.
        let (client, registration) = self.load(id).map_err(|_| Failure::unauthorized())?;
        let token = call.bearer();
        match secret::token_signature(&self.system_secret, &token) {
            Some(signature) if secret::same(&signature, &registration) => Ok(client),
            _ => Err(Failure::unauthorized()),
        }
    }
}
