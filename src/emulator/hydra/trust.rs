//! The admin API for issuers whose assertions are trusted as grants: create, read, list, delete.
//!
//! Owns the rules and the JSON. Their keys are in the key set with the issuer's name: an existing key is used as it is, and
//! deleting a key deletes the trusted issuers that use it.

use ::uuid::Uuid;

use super::error::Failure;
use super::key_sets::read_key;
use super::{Hydra, decode};
use crate::emulator::go::decode::{Fields, fold};
use crate::emulator::go::form::Form;
use crate::emulator::go::json::{Json, parse_first, quote};
use crate::emulator::go::uuid;
use crate::emulator::paging::{KeysetPage, OffsetPage};
use crate::emulator::reply::Reply;
use crate::emulator::store::keys::{KeyRow, TrustRow, TrustSelection};
use crate::emulator::{Profile, clock};

struct Wanted {
    issuer: String,
    subject: String,
    any_subject: bool,
    scope: Option<Vec<String>>,
    key: Option<KeyRow>,
    expires: Option<clock::Instant>,
}

impl Hydra {
    /// `POST /admin/trust/grants/jwt-bearer/issuers`.
    ///
    /// # Errors
    /// What is wrong with the request.
    pub fn create_trust(&self, body: &[u8]) -> Result<Reply, Failure> {
        let wanted = parse_first(body).and_then(|json| read(&json)).map_err(|why| Failure::plain(&why))?;
        let missing = |hint| Err(Failure::missing_parameter(hint));
        if wanted.issuer.is_empty() {
            return missing("Field 'issuer' is required.");
        }
        if wanted.subject.is_empty() && !wanted.any_subject {
            return missing("One of 'subject' or 'allow_any_subject' field must be set.");
        }
        if !wanted.subject.is_empty() && wanted.any_subject {
            return missing("Both 'subject' and 'allow_any_subject' fields cannot be set at the same time.");
        }
        let Some(expires) = wanted.expires.map(clock::to_second) else {
            return missing("Field 'expires_at' is required.");
        };
        let Some((kid, key)) = wanted.key.filter(|key| !key.0.is_empty()) else {
            return missing("Field 'jwk' must contain JWK with kid header.");
        };
        if !expires.can_be_written() {
            return Err(Failure::unrecognizable());
        }
        let (id, created) = (Uuid::new_v4().to_string(), clock::to_second(clock::now()));
        let document = |scope: Option<&[String]>| {
            let scope = scope.map(|words| words.iter().map(|word| quote(word)).collect::<Vec<_>>().join(","));
            format!(
                r#"{{"id":"{id}","issuer":{issuer},"subject":{subject},"allow_any_subject":{any},"scope":{scope},"public_key":{{"set":{issuer},"kid":{kid}}},"created_at":"{created}","expires_at":"{expires}"}}"#,
                issuer = quote(&wanted.issuer),
                subject = quote(&wanted.subject),
                any = wanted.any_subject,
                scope = scope.map_or_else(|| "null".to_owned(), |words| format!("[{words}]")),
                kid = quote(&kid),
            )
        };
        let answer = document(wanted.scope.as_deref());
        let words = self.stored(wanted.scope.unwrap_or_default());
        let document = document(Some(&words));
        let row = TrustRow { id: id.clone(), issuer: wanted.issuer.clone(), subject: wanted.subject.clone(), kid: kid.clone(), document };
        self.ensure_system_set(&row.issuer)?;
        self.store.add_trust(&row, &key)?;
        Ok(Reply::document(201, &answer).with("location", format!("/trust/grants/jwt-bearer/issuers/{}", row.id)))
    }

    /// `GET /admin/trust/grants/jwt-bearer/issuers/{id}`.
    ///
    /// # Errors
    /// If there is none with this id.
    pub fn get_trust(&self, id: &str) -> Result<Reply, Failure> {
        Ok(Reply::document(200, &self.store.trust(&self.trust_id(id)?)?.document))
    }

    /// `GET /admin/trust/grants/jwt-bearer/issuers`.
    ///
    /// # Errors
    /// When the query cannot be read.
    pub fn list_trusts(&self, path: &str, query: &Form) -> Result<Reply, Failure> {
        let mut which = TrustSelection { issuer: query.get("issuer"), ..TrustSelection::default() };
        let (rows, headers) = match self.profile {
            Profile::V26_2 => {
                let page = KeysetPage::read(query, &self.system_secret).map_err(|why| Failure::pagination(&why))?;
                which.after = page.after.as_deref();
                let (rows, last) = page.cut(|limit| self.store.trusts(&TrustSelection { limit, ..which.clone() }), |row| row.id.clone())?;
                let links = page.links(path, query, last.as_deref(), &self.system_secret)?;
                (rows, vec![("link", links)])
            }
            Profile::V2_3 => {
                let page = OffsetPage::read(query);
                (which.limit, which.offset) = (page.size, page.offset);
                let total = self.store.count_trusts()?;
                let headers = vec![("x-total-count", total.to_string()), ("link", page.links(path, query, total))];
                (self.store.trusts(&which)?, headers)
            }
        };
        let documents: Vec<&str> = rows.iter().map(|row| row.document.as_str()).collect();
        let mut reply = Reply::document(200, format!("[{}]", documents.join(",")));
        reply.headers.extend(headers);
        Ok(reply)
    }

    /// `DELETE /admin/trust/grants/jwt-bearer/issuers/{id}`.
    ///
    /// # Errors
    /// If there is none with this id.
    pub fn delete_trust(&self, id: &str) -> Result<Reply, Failure> {
        self.store.remove_trust(&self.trust_id(id)?)?;
        Ok(Reply::empty(204))
    }

    /// The scope as it is read again.
    fn stored(&self, scope: Vec<String>) -> Vec<String> {
        match self.profile {
            Profile::V26_2 => scope.into_iter().filter(|word| !word.is_empty()).collect(),
            // It is stored as one text with separators, so that no word and one empty word are the same.
            Profile::V2_3 => {
                let stored = scope.join("|");
                stored.split('|').filter(|_| !stored.is_empty()).map(str::to_owned).collect()
            }
        }
    }

    /// In the newer release, the id in the path must be a UUID, in any spelling.
    fn trust_id(&self, id: &str) -> Result<String, Failure> {
        if self.profile == Profile::V2_3 {
            return Ok(id.to_owned());
        }
        uuid::parse(id).map_err(|why| Failure::malformed(&format!("Unable to parse parameter id: {why}")))
    }
}

fn read(json: &Json) -> Result<Wanted, String> {
    let mut fields = Fields::read(json, "trust", "createGrantRequest")?;
    // A type with its own decoder ends decoding at once, in the order of the body.
    let mut key = None;
    let mut expires = None;
    if let Json::Object(members) = json {
        for (name, value) in members {
            match &*fold(name) {
                "jwk" => key = Some(read_key(value)?),
                "expires_at" => decode::instant(value, &mut expires)?,
                _ => {}
            }
        }
    }
    let wanted = Wanted {
        issuer: fields.text("issuer"),
        subject: fields.text("subject"),
        any_subject: fields.flag("allow_any_subject"),
        scope: fields.texts("scope"),
        key,
        expires,
    };
    fields.finish().map(|()| wanted)
}
