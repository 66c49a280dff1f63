//! One key set of Hydra, and what is asked of it, key by key. Knows nothing of which keys are ours.

use super::{
    super::{
        super::{client::Client, services::HYDRA_ADMIN},
        jose,
    },
    RESOURCE, after,
};
use crate::{
    engine::{Cx, Diagnostic, Done, Failure, Write},
    rest::{Client as _, Endpoint, Request, SendError, maybe_left},
    schema::Object,
    value::{Path, Value},
};
use reqwest::Method;
use serde_json::{Value as Json, json};

const PATH: &str = "/admin/keys";

/// How often a key whose making got no answer is looked for and made again.
const TRIES: usize = 4;

/// One set, and where it is.
pub(super) struct Set<'a> {
    cx: &'a Cx<Client>,
    at: Endpoint,
    pub(super) id: String,
    hidden: Vec<String>,
}

impl<'a> Set<'a> {
    /// The set of this id, where this object is.
    pub(super) async fn of(cx: &'a Cx<Client>, id: &str, object: &Value, hidden: Vec<String>) -> Result<Set<'a>, Failure> {
        let at = cx.client.endpoint(&HYDRA_ADMIN, Object::new(&RESOURCE.table, object)).await?;
        Ok(Set { cx, at, id: id.to_owned(), hidden })
    }

    /// The URL of the service that has it.
    pub(super) fn target(&self) -> &str {
        self.at.base.as_str()
    }

    fn request(&self, method: Method) -> Request {
        Request::new(method, PATH).id(&self.id).hiding(self.hidden.clone())
    }

    async fn send(&self, request: Request) -> Result<(), SendError> {
        let reply = self.at.send(self.cx, &HYDRA_ADMIN, request).await?;
        if reply.is_success() || HYDRA_ADMIN.says_missing(&reply) { Ok(()) } else { Err(HYDRA_ADMIN.refuse(&reply)) }
    }

    /// The keys of the set; `None` if the server has no such set.
    pub(super) async fn read(&self) -> Result<Option<Vec<Json>>, SendError> {
        let reply = self.at.send(self.cx, &HYDRA_ADMIN, self.request(Method::GET)).await?;
        if HYDRA_ADMIN.says_missing(&reply) {
            return Ok(None);
        }
        if !reply.is_success() {
            let mut error = HYDRA_ADMIN.refuse(&reply);
            if self.id.contains('/') {
                error.diagnostic.detail.push_str(" Older releases of Ory Hydra, such as 2.3, have no route to a set whose id holds a slash: choose another `set_id` there.");
            }
            return Err(error);
        }
        match HYDRA_ADMIN.json(&reply)?["keys"].take() {
            Json::Array(keys) => Ok(Some(keys).filter(|keys| !keys.is_empty())),
            _ => Err(HYDRA_ADMIN.unreadable(&reply, "`keys` is missing")),
        }
    }

    /// Has the server make a key. It is not there yet, so one that is found after an answer was lost is ours.
    pub(super) async fn make(&self, wanted: &Wanted) -> Result<Json, Failure> {
        let mut body = json!({ "alg": wanted.algorithm, "kid": wanted.id });
        // The server's own word for "not said" is none.
        body["use"] = wanted.used_for.as_deref().unwrap_or_default().into();
        let mut lost: Option<SendError> = None;
        for _ in 0..TRIES {
            let failed = match self.at.send(self.cx, &HYDRA_ADMIN, self.request(Method::POST).body(body.clone()).once()).await {
                Ok(reply) if reply.is_success() => match HYDRA_ADMIN.json(&reply) {
                    Ok(answer) if wanted.is(&answer["keys"][0]) => return Ok(answer["keys"][0].clone()),
                    Ok(_) => HYDRA_ADMIN.unreadable(&reply, "it does not hold the key"),
                    Err(error) => error,
                },
                Ok(reply) if reply.status == 409 && lost.is_none() => return Err(taken(&wanted.id)),
                Ok(reply) => HYDRA_ADMIN.refuse(&reply),
                Err(error) => error,
            };
            // A refusal is the whole story only if nothing was lost before.
            if failed.done == Done::No && lost.is_none() {
                return Err(failed.into());
            }
            let refused = failed.done == Done::No && failed.status != Some(409);
            let found = if self.cx.cancel.is_cancelled() { None } else { self.read().await.ok() };
            match found.map(|keys| keys.unwrap_or_default().into_iter().find(|key| wanted.is(key))) {
                Some(Some(key)) => return Ok(key),
                Some(None) if !refused => lost = Some(failed),
                _ => return Err(maybe_left(&RESOURCE, Some(&self.id), failed)),
            }
        }
        match lost {
            Some(error) => Err(maybe_left(&RESOURCE, Some(&self.id), error)),
            None => Err(Diagnostic::error("Nothing was sent", "The key was never asked for.").into()),
        }
    }

    /// Puts keys into the set, one by one: a write of the whole set would remove what others put there.
    pub(super) async fn bring(&self, keys: &[Json]) -> Result<Vec<Json>, Failure> {
        if let Some(key) = keys.iter().find(|key| jose::is_redacted(key)) {
            return Err(fingerprints(jose::kid(key)));
        }
        for (written, key) in keys.iter().enumerate() {
            let sent = self.send(self.request(Method::PUT).id(jose::kid(key)).body(key.clone())).await.map_err(Failure::from);
            sent.map_err(|failure| if written > 0 { after(failure) } else { failure })?;
        }
        let now = self.read().await.map_err(Failure::from).map_err(after)?.unwrap_or_default();
        Ok(now.into_iter().filter(|now| keys.iter().any(|key| jose::kid(key) == jose::kid(now))).collect())
    }

    pub(super) async fn drop_key(&self, kid: &str) -> Result<(), SendError> {
        self.send(self.request(Method::DELETE).id(kid)).await
    }
}

/// A key that the server is to make.
pub(super) struct Wanted {
    pub(super) id: String,
    /// Whether the id is our choice.
    chosen: bool,
    algorithm: String,
    used_for: Option<String>,
}

impl Wanted {
    pub(super) fn of(write: &Write) -> Wanted {
        let planned = Object::new(&RESOURCE.table, &write.planned);
        Wanted {
            // Chosen here, so that a key whose making got no answer is found again.
            id: planned.str("key_id").map_or_else(|| uuid::Uuid::new_v4().to_string(), str::to_owned),
            chosen: planned.str("key_id").is_none(),
            algorithm: planned.str("algorithm").unwrap_or_default().to_owned(),
            used_for: planned.str("use").map(str::to_owned),
        }
    }

    pub(super) fn is(&self, key: &Json) -> bool {
        jose::kid(key) == self.id && self.is_of_its_kind(key)
    }

    /// Whether the key is as wanted; of any id, if we are to choose one.
    pub(super) fn is_met_by(&self, key: &Json) -> bool {
        (self.chosen || jose::kid(key) == self.id) && self.is_of_its_kind(key)
    }

    fn is_of_its_kind(&self, key: &Json) -> bool {
        key["alg"] == *self.algorithm && self.used_for.as_deref().is_none_or(|used_for| key["use"] == *used_for)
    }
}

/// Refused: nobody can make a key of its fingerprints.
fn fingerprints(kid: &str) -> Failure {
    Diagnostic::error(
        "The private part of a key is not known",
        format!("`jwks` has the key `{kid}` as an import shows it, with fingerprints in place of its private parts, and the server does not have it. Put the key itself there."),
    )
    .at(Path::attr("jwks"))
    .into()
}

/// Refused: the id is that of a key that is not ours.
pub(super) fn taken(kid: &str) -> Failure {
    Diagnostic::error(
        "A key of this id is in the set already",
        format!("The set holds a key `{kid}` that this resource did not make, and does not overwrite. Give the new key another id, or remove the other one first."),
    )
    .at(Path::attr("key_id"))
    .into()
}
