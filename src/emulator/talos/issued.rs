//! Issued keys: making, rotating and revoking.

use uuid::Uuid;

use super::key::{Key, Mutable, REASONS, VISIBILITIES, WITHDRAWN};
use super::problem::Problem;
use super::read::{member, needed, request_id, text, word};
use super::{Json, Reply, Stored, Talos, credential, document, object, parts, ttl};
use crate::emulator::{clock, secret};

impl Talos {
    pub(super) fn issue(&self, body: &Json) -> Result<Reply, Problem> {
        let (name, actor, request) = (needed(body, "name")?, needed(body, "actor_id")?, request_id(body)?);
        let visibility = word(body, "visibility", &VISIBILITIES)?;
        let settings = &self.settings;
        let seconds = ttl::of_key(text(body, "ttl")?.as_deref(), settings.default_ttl, settings.max_ttl)?;
        let mutable = Mutable::read(body)?;
        let _writing = self.writing();
        self.has_room()?;
        let prefix = self.prefix(visibility)?;
        // The rest of a repeated request is ignored, and its answer lacks what only the first answer shows.
        if let Some(key) = self.replayed(&parts::ISSUED_KEYS, &request)? {
            return Ok(told(201, vec![("issued_api_key", key.wire(settings)), ("secret", Json::text(""))]));
        }
        let (id, text) = self.text(prefix)?;
        let key = Key { request, ..Key::new(id, name, actor, mutable, visibility, seconds) };
        self.keep(&parts::ISSUED_KEYS, &key)?;
        Ok(told(201, vec![("issued_api_key", key.wire(settings)), ("secret", Json::text(&text))]))
    }

    /// Replaces this key, which ends at once, by a new one with the same lifetime.
    pub(super) fn rotate(&self, id: &str, body: &Json) -> Result<Reply, Problem> {
        let said = Mutable::read(body)?;
        let name = text(body, "name")?;
        let visibility = word(body, "visibility", &VISIBILITIES)?;
        let _writing = self.writing();
        let mut old = self.key(&parts::ISSUED_KEYS, id)?;
        if !old.is_active() {
            return Err(Problem::precondition("cannot rotate a non-active key"));
        }
        let mut new = old.clone();
        new.visibility = if visibility == VISIBILITIES[0] { old.visibility } else { visibility };
        let (id, text) = self.text(self.prefix(new.visibility)?)?;
        (new.id, new.request, new.used) = (id, String::new(), None);
        new.created = clock::to_microsecond(clock::now()).to_string();
        new.touch();
        new.name = name.unwrap_or(new.name);
        new.mutable.take(said, |name| member(body, name).is_some());
        old.revoke(REASONS[3], String::new());
        self.keep(&parts::ISSUED_KEYS, &new)?;
        self.keep(&parts::ISSUED_KEYS, &old)?;
        let settings = &self.settings;
        Ok(told(
            201,
            vec![("issued_api_key", new.wire(settings)), ("secret", Json::text(&text)), ("old_issued_api_key", old.wire(settings))],
        ))
    }

    /// Revokes a key of either kind, once.
    pub(super) fn revoke(&self, of: &Stored, id: &str, body: &Json) -> Result<Reply, Problem> {
        let reason = word(body, "reason", &REASONS)?;
        if reason == REASONS[0] {
            return Err(Problem::bad_request("reason: value must not be in list [REVOCATION_REASON_UNSPECIFIED]"));
        }
        let description = text(body, "description")?.unwrap_or_default();
        if !description.is_empty() && reason != WITHDRAWN {
            return Err(Problem::bad_request("description is only allowed when reason is PRIVILEGE_WITHDRAWN"));
        }
        let _writing = self.writing();
        let mut key = self.key(of, id)?;
        if key.revoked.is_some() {
            return Err(Problem::conflict("key is already revoked"));
        }
        key.revoke(reason, description);
        self.keep(of, &key)?;
        Ok(Reply::empty(204))
    }

    /// Checks that the quota allows another key.
    pub(super) fn has_room(&self) -> Result<(), Problem> {
        match self.room()? {
            0 => Err(Problem::over_quota(self.quota())),
            _ => Ok(()),
        }
    }

    /// The message about the quota.
    pub(super) fn quota(&self) -> String {
        format!("the API key quota for this plan permits up to {} active API keys", self.settings.most_keys.unwrap_or_default())
    }

    fn prefix(&self, visibility: &str) -> Result<&str, Problem> {
        if visibility != VISIBILITIES[2] {
            return Ok(&self.settings.prefix.0);
        }
        let why = "public key prefix not configured: set credentials.api_keys.prefix.public_current";
        self.settings.public_prefix.0.as_deref().ok_or_else(|| Problem::bad_request(why))
    }

    /// A new id, and the text of its key.
    fn text(&self, prefix: &str) -> Result<(String, String), Problem> {
        let bytes = secret::random::<16>().map_err(|_| Problem::internal("no randomness"))?;
        let id = uuid::Builder::from_random_bytes(bytes).into_uuid();
        let now = u64::try_from(clock::seconds()).unwrap_or_default();
        Ok((Uuid::to_string(&id), credential::issue(prefix, self.secret(), now, id)))
    }
}

fn told(status: u16, members: Vec<(&str, Json)>) -> Reply {
    document(status, &object(members))
}
