//! API keys of Ory Network, for projects and for workspaces: the value is shown once, lists have no values, and every change makes
//! a new key.
//!
//! Owns what both kinds share. Each kind has its own table, and decides what a new key must wait for.

use super::{super::client::Client, due};
use crate::{
    engine::{Cx, Diagnostic, Done, Failure, Looked, Makes, Objects, Observed, State, Wanted, Write, is_as_planned},
    rest::{Collection, Rest, SendError, id_of, maybe_left, once_listed},
    schema::{Attr, INSTANT, Object, Resource, UUID, string},
    value::Path,
};

/// The attributes of a key, except those that say where it is.
pub static KEY: &[Attr] = &[
    string("name", "The name that people see.").named().replaces(),
    string("expires_at", "When the key expires (RFC 3339). It never expires when unset.").replaces().means(INSTANT),
    string("value", "The key itself. Ory shows it only once, when the key is made.").read_only().secret().once(),
    string("last_characters", "The last characters of the key, by which people tell keys apart.").read_only(),
    string("owner_id", "Id of the owner.").read_only().means(UUID),
    string("created_at", "When it was made (RFC 3339).").read_only().means(INSTANT),
    string("updated_at", "When it was last changed (RFC 3339).").read_only().means(INSTANT),
];

/// The number of tries to make a key whose answer with the value is lost.
const TRIES: usize = 3;

/// The keys of one kind, which can only be listed.
pub struct Keys {
    /// The kind.
    pub resource: &'static Resource,
    /// How they are reached.
    pub rest: &'static Rest,
    /// Adds to the error what a refusal means for this kind.
    pub explain: fn(SendError) -> SendError,
}

impl Keys {
    /// The collection that this object is in.
    pub async fn at(&self, cx: &Cx<Client>, object: Object<'_>) -> Result<Collection, Diagnostic> {
        self.rest.collection(cx, object).await
    }

    /// Makes the key. A key whose value was in a lost answer is useless, so it is deleted, and another one is made. A key that would
    /// have expired already is not made: plans have no clock, so only an apply can say that.
    pub async fn create(&self, cx: &Cx<Client>, at: &Collection, write: &Write) -> Result<Observed, Failure> {
        if let Some(end) = over(Object::new(&self.resource.table, &write.planned)) {
            let detail =
                format!("`expires_at` is {end}, which is in the past. Nothing was sent. Set a later time, or remove `expires_at`.");
            return Err(Diagnostic::error("The new API key would have expired already", detail).at(Path::attr("expires_at")).into());
        }
        let attempt = cx.attempt(write, at.endpoint.account(cx), Makes::TheObject);
        let name = Object::new(&self.resource.table, &write.planned).str("name").unwrap_or_default();
        let mut tries = 0;
        loop {
            tries += 1;
            let post = || async {
                // What an earlier try made has been deleted by now.
                if tries == 1 {
                    cx.begin(&attempt, Looked::Not);
                }
                self.rest.post(cx, at, write).await
            };
            let list = || async { self.rest.listing(cx, at, self.resource, "name", name).await };
            let made = once_listed(cx, post, list, |found| is_as_planned(self.resource, &write.planned, &found.value)).await;
            let observed = made.map_err(|error| maybe_left(self.resource, None, (self.explain)(error)))?;
            if !Object::new(&self.resource.table, &observed.value).get("value").is_null() {
                return Ok(observed);
            }
            let removed = self.rest.remove(cx, at, self.resource, &observed.id).await;
            removed.map_err(|error| SendError { done: Done::Maybe, ..(self.explain)(error) })?;
            if tries == TRIES {
                let detail = "The console created the key, but each time the answer with its value was lost, so the key was deleted again. Try again later.";
                return Err(Diagnostic::error("The value of the API key was lost", detail).into());
            }
        }
    }

    /// The key as it is listed.
    pub async fn read(&self, cx: &Cx<Client>, state: &State) -> Result<Option<Observed>, Failure> {
        let id = id_of(self.resource, state.id.as_deref())?;
        let at = self.at(cx, Object::new(&self.resource.table, &state.value)).await?;
        let found = self.rest.find(cx, &at, self.resource, id).await.map_err(self.explain)?;
        found.iter().filter_map(|found| self.expired(found)).for_each(|warning| cx.warn(warning));
        Ok(found)
    }

    /// Only attributes that the server does not have can change, such as the protection.
    pub async fn update(&self, cx: &Cx<Client>, write: &Write) -> Result<Observed, Failure> {
        let state = State { id: write.id.clone(), value: write.planned.clone(), private: write.private.clone() };
        self.read(cx, &state).await?.ok_or_else(|| {
            Diagnostic::error("The API key does not exist any more", "Refresh to bring the state up to date, and apply again.").into()
        })
    }

    /// Deletes the key.
    pub async fn delete(&self, cx: &Cx<Client>, state: &State) -> Result<(), Failure> {
        let id = id_of(self.resource, state.id.as_deref())?;
        let at = self.at(cx, Object::new(&self.resource.table, &state.value)).await?;
        Ok(self.rest.remove(cx, &at, self.resource, id).await.map_err(self.explain)?)
    }

    /// The keys there.
    pub async fn list(&self, cx: &Cx<Client>, wanted: &Wanted<'_>, objects: &Objects) -> Result<(), Failure> {
        let at = self.at(cx, wanted.filter).await?;
        for found in self.rest.all(cx, &at, self.resource).await.map_err(self.explain)? {
            if wanted.holds(&found.value) {
                objects.send(found).await;
            }
        }
        Ok(())
    }

    /// The warning about a key that has expired.
    fn expired(&self, observed: &Observed) -> Option<Diagnostic> {
        let key = Object::new(&self.resource.table, &observed.value);
        let detail = format!(
            "The API key `{}` expired at {}. Set another `expires_at` to have a new one made, or remove it.",
            key.str("name").unwrap_or_default(),
            over(key)?
        );
        Some(Diagnostic::warning("An API key has expired", detail))
    }
}

/// When the key expired; `None` if it has not.
fn over(key: Object<'_>) -> Option<&str> {
    key.str("expires_at").filter(|end| due::is_past(end) == Some(true))
}
