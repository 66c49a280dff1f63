//! The admin API for key sets: create, read, replace, delete; sets and single keys.
//!
//! Owns the effect of each request on the store. Keys are generated in `generate` and checked in `jwk`. Private parts are always
//! shown, as on the real server.

use super::error::Failure;
use super::{Hydra, generate, jwk};
use crate::emulator::Profile;
use crate::emulator::go::decode::Fields;
use crate::emulator::go::form::path_escape;
use crate::emulator::go::json::{Json, parse_first, parse_whole};
use crate::emulator::go::url::{join_path, path_text};
use crate::emulator::reply::Reply;
use crate::emulator::store::keys::KeyRow;

impl Hydra {
    /// `POST /admin/keys/{set}`: generates a key and adds it to the set.
    ///
    /// # Errors
    /// What is wrong with the request.
    pub fn create_key(&self, set: &str, body: &[u8]) -> Result<Reply, Failure> {
        let json = parse_first(body).map_err(|why| Failure::undecodable(&why))?;
        let read = || {
            let mut fields = Fields::read(&json, "jwk", "createJsonWebKeySetBody")?;
            let wanted = (fields.text("alg"), fields.text("use"), fields.text("kid"));
            fields.finish().map(|()| wanted)
        };
        let (algorithm, usage, kid) = read().map_err(|why: String| Failure::undecodable(&why))?;
        self.ensure_system_set(set)?;
        let key = generate::key(&algorithm, &usage, &kid)?;
        self.store.add_key(set, &key)?;
        let path = match self.profile {
            Profile::V26_2 => join_path(&["/keys", &path_escape(set)]),
            Profile::V2_3 => join_path(&["/keys", set]),
        };
        let location = format!("{}{}", self.issuer.trim_end_matches('/'), path_text(&path));
        Ok(Reply::document(201, set_of(&[key.1])).with("location", location))
    }

    /// `GET /admin/keys/{set}`.
    ///
    /// # Errors
    /// If there is no such set, or it has no keys.
    pub fn get_key_set(&self, set: &str) -> Result<Reply, Failure> {
        self.ensure_system_set(set)?;
        let keys = self.store.keys(set)?;
        if keys.is_empty() {
            return Err(Failure::no_key_set());
        }
        readable(&keys)?;
        Ok(Reply::document(200, set_of(&keys)))
    }

    /// `GET /admin/keys/{set}/{key}`.
    ///
    /// # Errors
    /// If there is none with this id.
    pub fn get_key(&self, set: &str, kid: &str) -> Result<Reply, Failure> {
        self.ensure_system_set(set)?;
        let keys = [self.store.key(set, kid)?];
        readable(&keys)?;
        Ok(Reply::document(200, set_of(&keys)))
    }

    /// `PUT /admin/keys/{set}`: replaces all keys of the set.
    ///
    /// # Errors
    /// What is wrong with the request.
    pub fn put_key_set(&self, set: &str, body: &[u8]) -> Result<Reply, Failure> {
        let json = parse_first(body).map_err(|why| Failure::undecodable(&why))?;
        let keys = read_set(&json).map_err(|why| Failure::undecodable(&why))?;
        self.ensure_system_set(set)?;
        self.store.replace_keys(set, keys.as_deref().unwrap_or_default())?;
        let document = match keys {
            Some(keys) => set_of(&keys.into_iter().map(|key| key.1).collect::<Vec<_>>()),
            None => r#"{"keys":null}"#.to_owned(),
        };
        Ok(Reply::document(200, &document))
    }

    /// `PUT /admin/keys/{set}/{key}`. The id in the body counts, not the one in the path.
    ///
    /// # Errors
    /// What is wrong with the request.
    pub fn put_key(&self, set: &str, body: &[u8]) -> Result<Reply, Failure> {
        let json = parse_first(body).map_err(|why| Failure::undecodable(&why))?;
        let key = read_key(&json).map_err(|why| Failure::undecodable(&why))?;
        self.ensure_system_set(set)?;
        self.store.replace_key(set, &key)?;
        Ok(Reply::document(200, &key.1))
    }

    /// `DELETE /admin/keys/{set}`.
    ///
    /// # Errors
    /// If the store fails; not if there is no such set.
    pub fn delete_key_set(&self, set: &str) -> Result<Reply, Failure> {
        self.ensure_system_set(set)?;
        self.store.remove_keys(set)?;
        Ok(Reply::empty(204))
    }

    /// `DELETE /admin/keys/{set}/{key}`.
    ///
    /// # Errors
    /// If the store fails; not if there is no such key.
    pub fn delete_key(&self, set: &str, kid: &str) -> Result<Reply, Failure> {
        self.ensure_system_set(set)?;
        self.store.remove_key(set, kid)?;
        Ok(Reply::empty(204))
    }
}

/// Some keys are accepted that cannot be read again: that is an error of the server.
fn readable(keys: &[String]) -> Result<(), Failure> {
    let bad = |key: &String| parse_whole(key.as_bytes()).and_then(|json| jwk::parse(&json)).is_err();
    if keys.iter().any(bad) { Err(Failure::unrecognizable()) } else { Ok(()) }
}

fn set_of(keys: &[String]) -> String {
    format!(r#"{{"keys":[{}]}}"#, keys.join(","))
}

/// Reads one key.
///
/// # Errors
/// The JOSE library's text for invalid keys.
pub fn read_key(json: &Json) -> Result<KeyRow, String> {
    let key = jwk::parse(json)?;
    Ok((json.member("kid").and_then(Json::as_text).unwrap_or_default(), key.text))
}

fn read_set(json: &Json) -> Result<Option<Vec<KeyRow>>, String> {
    let mut fields = Fields::read(json, "jose", "JSONWebKeySet")?;
    let keys = fields.items("keys", "jose.JSONWebKey");
    // A key has its own decoder, whose error ends decoding at once.
    let keys = keys.map(|keys| keys.iter().map(read_key).collect::<Result<Vec<_>, _>>()).transpose()?;
    fields.finish().map(|()| keys)
}
