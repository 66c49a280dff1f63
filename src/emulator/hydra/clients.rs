//! The admin API for clients: create, read, list, replace, patch, delete, lifespans.
//!
//! Owns the effect of each request on the store, and the order of checks. The rules are in `validate`, the JSON is in `client` and
//! `decode`.

use uuid::Uuid;

use super::client::{Client, USUAL_LENGTH};
use super::error::Failure;
use super::{Hydra, decode, validate};
use crate::emulator::go::decode::Fields;
use crate::emulator::go::form::{Form, path_escape};
use crate::emulator::go::json::{self, Json};
use crate::emulator::go::url::{join_path, path_text};
use crate::emulator::paging::{KeysetPage, OffsetPage};
use crate::emulator::profile::Setup;
use crate::emulator::reply::Reply;
use crate::emulator::store::clients::{ClientRow, Selection};
use crate::emulator::{Profile, clock, patch, secret};

/// The largest number of older secrets that work besides the current one.
const MOST_ROTATED: usize = 5;

/// The effect of an update on the registration token.
pub enum Registration {
    /// It stays valid.
    Keep,
    /// It gets this signature; an empty one matches no token.
    Replace(String),
}

/// The rules that check an update.
pub type Rules = fn(&mut Client, Setup) -> Result<(), Failure>;

impl Hydra {
    fn setup(&self) -> Setup {
        Setup { profile: self.profile, pairwise: self.pairwise }
    }

    /// `POST /admin/clients`.
    ///
    /// # Errors
    /// What is wrong with the request.
    pub fn create_client(&self, body: &[u8]) -> Result<Reply, Failure> {
        let json = json::parse_first(body).map_err(|why| Failure::undecodable(&why))?;
        let mut client = Client::default();
        decode::client(&json, &mut client, self.profile).map_err(|why| Failure::undecodable(&why))?;
        let client = self.insert(client, validate::client)?;
        Ok(Reply::document(201, client.wire(self.profile)).with("location", self.location("/admin/clients", &client.id)))
    }

    /// Stores a new client. Returns it for the answer, with its secret.
    ///
    /// # Errors
    /// If it breaks a rule, or its id exists already.
    pub fn insert(&self, mut client: Client, rules: Rules) -> Result<Client, Failure> {
        if client.secret.is_empty() {
            client.secret = secret::generate()?;
        }
        rules(&mut client, self.setup())?;
        let clear = std::mem::take(&mut client.secret);
        let now = clock::now();
        client.created_at = Some(clock::to_second(now));
        client.updated_at = Some(clock::to_microsecond(now));
        client.registration_access_token.clear();
        // If the server chooses the id, the released servers build this URI before there is an id.
        client.registration_client_uri = self.registration_uri(&client.id);
        if client.id.is_empty() {
            client.id = Uuid::new_v4().to_string();
        }
        client.fill();
        let (token, signature) = secret::token(secret::ACCESS, &self.system_secret)?;
        self.store.add_client(&row_of(&client, secret::hash(&clear)?, signature))?;
        client.registration_access_token = token;
        if !client.is_public() {
            client.secret = clear;
        }
        Ok(client)
    }

    /// `GET /admin/clients/{id}`.
    ///
    /// # Errors
    /// If there is none with this id.
    pub fn get_client(&self, id: &str) -> Result<Reply, Failure> {
        let mut client = self.load(id)?.0;
        client.secret.clear();
        Ok(Reply::document(200, client.wire(self.profile)))
    }

    /// A stored client, whose secret is the hash, and the signature of its registration token.
    ///
    /// # Errors
    /// If there is none with this id.
    pub fn load(&self, id: &str) -> Result<(Client, String), Failure> {
        let mut row = self.store.client(id)?;
        let registration = std::mem::take(&mut row.registration);
        Ok((client_of(row)?, registration))
    }

    /// Whether this is a secret of the client: the current one, or an older one that was rotated and still works.
    ///
    /// # Errors
    /// If there is none with this id.
    pub fn has_secret(&self, id: &str, given: &str) -> Result<bool, Failure> {
        let row = self.store.client(id)?;
        Ok(std::iter::once(&row.secret).chain(&row.rotated).any(|hash| secret::matches(given, hash)))
    }

    /// `POST /admin/clients/{id}/secrets/rotate`.
    ///
    /// # Errors
    /// What is wrong with the request.
    pub fn rotate_secret(&self, id: &str, body: &[u8]) -> Result<Reply, Failure> {
        let mut client = self.load_to_rotate(id)?;
        // The body may be missing.
        let json = if body.is_empty() { Ok(Json::Null) } else { json::parse_first(body) };
        let chosen = json.and_then(|json| {
            let mut fields = Fields::read(&json, "client", "rotateOAuth2ClientSecretBody")?;
            let chosen = fields.text("client_secret");
            fields.finish().map(|()| chosen)
        });
        client.secret = chosen.map_err(|why| Failure::undecodable(&why))?;
        if client.secret.is_empty() {
            client.secret = secret::generate()?;
        }
        let client = self.change(client, validate::client, Registration::Keep, |old| {
            let mut rotated = vec![old.secret.clone()];
            rotated.extend(old.rotated.iter().take(MOST_ROTATED - 1).cloned());
            rotated
        })?;
        Ok(Reply::document(200, client.wire(self.profile)))
    }

    /// `DELETE /admin/clients/{id}/secrets/rotate`.
    ///
    /// # Errors
    /// If there is none with this id, or it has no secret to rotate.
    pub fn end_rotated_secrets(&self, id: &str) -> Result<Reply, Failure> {
        let client = self.load_to_rotate(id)?;
        let client = self.change(client, validate::client, Registration::Keep, |_| Vec::new())?;
        Ok(Reply::document(200, client.wire(self.profile)))
    }

    /// A stored client whose secret can be rotated, without that secret.
    fn load_to_rotate(&self, id: &str) -> Result<Client, Failure> {
        let mut client = self.load(id)?.0;
        client.secret.clear();
        match client.auth_method.as_str() {
            "client_secret_basic" | "client_secret_post" => Ok(client),
            method => Err(Failure::malformed(&format!(
                "The client is configured to use the {} authentication method, which does not support client secret rotation.",
                json::quote(method)
            ))),
        }
    }

    /// `GET /admin/clients`.
    ///
    /// # Errors
    /// When the query cannot be read.
    pub fn list_clients(&self, path: &str, query: &Form) -> Result<Reply, Failure> {
        let mut which = Selection { name: query.get("client_name"), owner: query.get("owner"), ..Selection::default() };
        let (rows, headers) = match self.profile {
            Profile::V26_2 => {
                let page = KeysetPage::read(query, &self.system_secret).map_err(|why| Failure::pagination(&why))?;
                which.after = page.after.as_deref();
                let (rows, last) = page.cut(|limit| self.store.clients(&Selection { limit, ..which.clone() }), |row| row.id.clone())?;
                let links = page.links(path, query, last.as_deref(), &self.system_secret)?;
                (rows, vec![("link", links)])
            }
            Profile::V2_3 => {
                let page = OffsetPage::read(query);
                (which.limit, which.offset) = (page.size, page.offset);
                let total = self.store.count_clients()?;
                let headers = vec![("x-total-count", total.to_string()), ("link", page.links(path, query, total))];
                (self.store.clients(&which)?, headers)
            }
        };
        let mut document = String::with_capacity(rows.len() * USUAL_LENGTH);
        for row in rows {
            document.push(if document.is_empty() { '[' } else { ',' });
            client_of(row)?.write(self.profile, &mut document);
        }
        document.push_str(if document.is_empty() { "[]" } else { "]" });
        let mut reply = Reply::document(200, document);
        reply.headers.extend(headers);
        Ok(reply)
    }

    /// `PUT /admin/clients/{id}`.
    ///
    /// # Errors
    /// What is wrong with the request.
    pub fn put_client(&self, id: &str, body: &[u8]) -> Result<Reply, Failure> {
        let json = json::parse_first(body).map_err(|why| Failure::undecodable(&why))?;
        let mut client = Client::default();
        decode::client(&json, &mut client, self.profile).map_err(|why| Failure::undecodable(&why))?;
        id.clone_into(&mut client.id);
        let client = self.update(client, validate::client, Registration::Replace(String::new()))?;
        Ok(Reply::document(200, client.wire(self.profile)))
    }

    /// Replaces a stored client; an empty secret keeps the stored one. Returns the client for the answer.
    ///
    /// # Errors
    /// If it breaks a rule, or there is none with this id.
    pub fn update(&self, client: Client, rules: Rules, registration: Registration) -> Result<Client, Failure> {
        // A new secret ends all older ones.
        let is_new = !client.secret.is_empty();
        self.change(client, rules, registration, |old| if is_new { Vec::new() } else { old.rotated.clone() })
    }

    /// The same; `rotated` decides which older secrets work from now on.
    fn change(
        &self,
        mut client: Client,
        rules: Rules,
        registration: Registration,
        rotated: impl FnOnce(&ClientRow) -> Vec<String>,
    ) -> Result<Client, Failure> {
        rules(&mut client, self.setup())?;
        let hash = if client.secret.is_empty() { None } else { Some(secret::hash(&client.secret)?) };
        let now = clock::now();
        if !client.created_at.get_or_insert(now).can_be_written() {
            return Err(Failure::unrecognizable());
        }
        client.updated_at = Some(clock::to_microsecond(now));
        client.fill();
        self.store.change_client(&client.id, |old| {
            let rotated = rotated(&old);
            let registration = match registration {
                Registration::Keep => old.registration,
                Registration::Replace(signature) => signature,
            };
            let row = row_of(&client, hash.unwrap_or(old.secret), registration);
            ClientRow { created: old.created, rotated, ..row }
        })?;
        Ok(client)
    }

    /// `PATCH /admin/clients/{id}`.
    ///
    /// If a patch changes `client_id` to the id of another client, the released servers overwrite that client. Only this is not
    /// reproduced: it is refused as a conflict.
    ///
    /// # Errors
    /// What is wrong with the request.
    pub fn patch_client(&self, id: &str, body: &[u8]) -> Result<Reply, Failure> {
        let stored = self.load(id)?.0;
        let document = json::parse_whole(stored.wire(self.profile).as_bytes()).map_err(|_| Failure::unrecognizable())?;
        // The error has no details.
        let patched = patch::apply(body, &document, self.profile, |path| path == "/id").map_err(|_| Failure::unrecognizable())?;
        let hash = stored.secret.clone();
        let (mut client, registration) = match self.profile {
            Profile::V26_2 => (Client::default(), Registration::Replace(String::new())),
            // The older release decodes over the loaded client, so that removed members stay.
            Profile::V2_3 => (stored, Registration::Keep),
        };
        decode::client(&patched, &mut client, self.profile).map_err(|_| Failure::unrecognizable())?;
        if client.secret == hash {
            client.secret.clear();
        }
        if client.id != id {
            validate::client(&mut client, self.setup())?;
            self.store.client(&client.id)?;
            return Err(Failure::conflict());
        }
        let client = self.update(client, validate::client, registration)?;
        Ok(Reply::document(200, client.wire(self.profile)))
    }

    /// `DELETE /admin/clients/{id}`.
    ///
    /// # Errors
    /// If there is none with this id.
    pub fn delete_client(&self, id: &str) -> Result<Reply, Failure> {
        self.store.remove_client(id)?;
        Ok(Reply::empty(204))
    }

    /// `PUT /admin/clients/{id}/lifespans`.
    ///
    /// # Errors
    /// What is wrong with the request.
    pub fn put_lifespans(&self, id: &str, body: &[u8]) -> Result<Reply, Failure> {
        let mut client = self.load(id)?.0;
        client.secret.clear();
        let json = json::parse_first(body).map_err(|why| Failure::undecodable(&why))?;
        client.lifespans = decode::lifespans(&json, self.profile).map_err(|why| Failure::undecodable(&why))?;
        let client = self.update(client, validate::client, Registration::Keep)?;
        Ok(Reply::document(200, client.wire(self.profile)))
    }

    /// The `Location` of a created client. The newer release escapes the id twice.
    #[must_use]
    pub fn location(&self, base: &str, id: &str) -> String {
        match self.profile {
            Profile::V26_2 => path_text(&join_path(&[base, &path_escape(id)])),
            Profile::V2_3 => format!("{base}/{id}"),
        }
    }

    /// The URL at which a client with this id manages its registration.
    #[must_use]
    pub fn registration_uri(&self, id: &str) -> String {
        let base = "/oauth2/register";
        let path = match self.profile {
            Profile::V26_2 => join_path(&[base, &path_escape(id)]),
            Profile::V2_3 if id.is_empty() || id.ends_with('/') => {
                format!("{}/", join_path(&[base, id]))
            }
            Profile::V2_3 => join_path(&[base, id]),
        };
        format!("{}{}", self.issuer.trim_end_matches('/'), path_text(&path))
    }
}

/// The client of a row; its secret is the hash, if the row has it.
fn client_of(row: ClientRow) -> Result<Client, Failure> {
    let broken = |cause: String| {
        tracing::error!(%cause, "emulator: a stored client cannot be read");
        Failure::unrecognizable()
    };
    let mut client = read(&row.document).map_err(broken)?;
    client.created_at = clock::parse(&row.created).map_err(broken)?;
    (client.id, client.name, client.owner, client.secret) = (row.id, row.name, row.owner, row.secret);
    Ok(client)
}

/// The client in a stored document, which has the newer release's form in every profile.
fn read(document: &str) -> Result<Client, String> {
    let mut client = Client::default();
    decode::client(&json::parse_whole(document.as_bytes())?, &mut client, Profile::V26_2)?;
    client.settle();
    Ok(client)
}

/// The complete JSON of a stored client.
pub(super) fn whole(kept: &str) -> Option<String> {
    Some(read(kept).ok()?.wire(Profile::V26_2))
}

fn row_of(client: &Client, secret: String, registration: String) -> ClientRow {
    ClientRow {
        id: client.id.clone(),
        name: client.name.clone(),
        owner: client.owner.clone(),
        secret,
        rotated: Vec::new(),
        registration,
        created: client.created_at.map(|at| at.to_string()).unwrap_or_default(),
        document: client.brief(),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// Every member with its possible values, and clients without them.
    const BODIES: [&str; 4] = [
        "{}",
        r#"{"metadata":null,"skip_logout_consent":false,"jwks":{},"redirect_uris":null,"grant_types":[],"contacts":[""],"audience":null}"#,
        r#"{"metadata":{"a":"<&>"},"skip_logout_consent":true,"jwks":{"keys":[]},"client_secret_expires_at":7,"request_uris":[]}"#,
        r#"{"client_id":"a\"b","client_name":"N<","owner":"o","redirect_uris":["https://a.example/"],"grant_types":["implicit"],
            "response_types":["code"],"scope":"a b","audience":["x"],"policy_uri":"p","allowed_cors_origins":["https://b.example"],
            "tos_uri":"t","client_uri":"c","logo_uri":"l","contacts":["m"],"subject_type":"public","sector_identifier_uri":"s",
            "jwks_uri":"j","token_endpoint_auth_method":"none","token_endpoint_auth_signing_alg":"RS256","request_uris":["r"],
            "request_object_signing_alg":"none","userinfo_signed_response_alg":"none","frontchannel_logout_uri":"f",
            "frontchannel_logout_session_required":true,"post_logout_redirect_uris":["q"],"backchannel_logout_uri":"b",
            "backchannel_logout_session_required":true,"metadata":[],"access_token_strategy":"jwt","skip_consent":true,
            "implicit_grant_id_token_lifespan":"1h0m0s","device_authorization_grant_refresh_token_lifespan":"2h0m0s"}"#,
    ];

    #[test]
    fn what_is_kept_in_brief_is_read_back_whole() {
        for body in BODIES {
            let mut client = Client::default();
            decode::client(&json::parse_first(body.as_bytes()).unwrap(), &mut client, Profile::V26_2).unwrap();
            client.created_at = Some(clock::to_second(clock::now()));
            client.updated_at = Some(clock::to_microsecond(clock::now()));
            client.fill();
            let row = || row_of(&client, String::new(), String::new());
            // The form of earlier versions.
            let older = ClientRow { document: client.wire(Profile::V26_2), ..row() };
            let mut settled = client.clone();
            settled.settle();
            for kept in [row(), older] {
                assert_eq!(client_of(kept).unwrap().wire(Profile::V26_2), settled.wire(Profile::V26_2));
            }
        }
    }
}
