//! One key set of Hydra, and the requests about it, key by key. Does not know which keys are managed.

use super::{
    super::{
        super::{client::Client, services::HYDRA_ADMIN},
        jose,
    },
    RESOURCE, after,
};
use crate::{
    engine::{Account, Attempt, Cx, Diagnostic, Done, Failure, Looked, Write, one_line},
    rest::{Client as _, Endpoint, Reply, Request, SendError, address, maybe_left, once},
    schema::Object,
    value::{Json, Path, Value},
};
use reqwest::Method;
use std::collections::HashSet;

const PATH: &str = "/admin/keys";

/// One set, and the server that it is on.
pub(in crate::ory) struct Set<'a> {
    cx: &'a Cx<Client>,
    at: Endpoint,
    pub(in crate::ory) id: String,
    hidden: Vec<String>,
}

impl<'a> Set<'a> {
    /// The set with this id, on the server that the attributes of `object` select.
    pub(in crate::ory) async fn of(cx: &'a Cx<Client>, id: &str, object: &Value, hidden: Vec<String>) -> Result<Set<'a>, Failure> {
        Ok(Set { hidden, ..Set::at(cx, id, Object::new(&RESOURCE.table, object)).await? })
    }

    /// The set with this id, on the server that the attributes of `object` select.
    pub(in crate::ory) async fn at(cx: &'a Cx<Client>, id: &str, object: Object<'_>) -> Result<Set<'a>, Failure> {
        let at = cx.client.endpoint(&HYDRA_ADMIN, object).await?;
        Ok(Set { cx, at, id: id.to_owned(), hidden: Vec::new() })
    }

    /// The account whose credentials the requests use.
    pub(in crate::ory) fn account(&self) -> Account {
        self.at.account(self.cx)
    }

    fn request(&self, method: Method) -> Request {
        Request::new(method, PATH).id(&self.id).hiding(self.hidden.clone())
    }

    async fn send(&self, request: Request) -> Result<Reply, SendError> {
        let reply = self.at.send(self.cx, &HYDRA_ADMIN, request).await?;
        if reply.is_success() || HYDRA_ADMIN.says_missing(&reply) { Ok(reply) } else { Err(self.refuse(&reply)) }
    }

    fn refuse(&self, reply: &Reply) -> SendError {
        let mut error = HYDRA_ADMIN.refuse(reply);
        if self.id.contains('/') {
            error.diagnostic.detail.push_str(
                " Older releases of Ory Hydra, such as 2.3, have no route to a set whose id holds a slash: choose another `set_id` there.",
            );
        }
        error
    }

    /// The keys of the set; `None` if the server has no such set.
    pub(in crate::ory) async fn read(&self) -> Result<Option<Vec<Json>>, SendError> {
        Ok(self.look().await?.0)
    }

    /// The same, and the time of the answer.
    pub(in crate::ory) async fn look(&self) -> Result<(Option<Vec<Json>>, Looked), SendError> {
        let reply = self.send(self.request(Method::GET)).await?;
        let looked = Looked::Missing(reply.date());
        if HYDRA_ADMIN.says_missing(&reply) {
            return Ok((None, looked));
        }
        let Some(Json::Array(keys)) = HYDRA_ADMIN.json(&reply)?.remove("keys") else {
            return Err(HYDRA_ADMIN.unreadable(&reply, "`keys` is missing"));
        };
        // Older releases decode `%2F` before they route: they have answered with a key of another set. So for an id with a slash,
        // a key is requested too; older releases have no route to that.
        if let Some(kid) = keys.iter().map(jose::kid).find(|kid| address::id(kid).is_ok() && self.id.contains('/')) {
            self.send(self.request(Method::GET).id(kid)).await?;
        }
        Ok((Some(keys).filter(|keys| !keys.is_empty()), looked))
    }

    /// Makes the server generate a key. The key does not exist yet, so if it is found after an answer was lost, this request
    /// made it.
    pub(in crate::ory) async fn make(&self, wanted: &Wanted) -> Result<Json, Failure> {
        // The server expects an empty text where no use is set.
        let used_for = wanted.used_for.as_deref().unwrap_or_default();
        let body = Json::object([("alg", wanted.algorithm.as_str().into()), ("kid", wanted.id.as_str().into()), ("use", used_for.into())]);
        let send = || async {
            let post = self.request(Method::POST).body(body.clone()).once();
            let reply = self.at.send(self.cx, &HYDRA_ADMIN, post).await?;
            if !reply.is_success() {
                return Err(self.refuse(&reply));
            }
            let answer = HYDRA_ADMIN.json(&reply)?;
            let key = jose::only_key(&answer);
            HYDRA_ADMIN.about(&reply, &wanted.id, jose::kid(key))?;
            if wanted.is(key) { Ok(key.clone()) } else { Err(HYDRA_ADMIN.unreadable(&reply, "the key in it is of another kind")) }
        };
        let look = || async { Ok(self.read().await?.and_then(|keys| keys.into_iter().find(|key| wanted.is(key)))) };
        match once(self.cx, send, look).await {
            Ok(made) => Ok(made),
            Err(error) if error.done == Done::No && error.status == Some(409) => Err(taken(&wanted.id)),
            Err(error) => Err(maybe_left(&RESOURCE, Some(&self.id), error)),
        }
    }

    /// Adds keys to the set, one by one: a write of the whole set would remove the keys of others.
    pub(in crate::ory) async fn bring(&self, keys: &[Json]) -> Result<Vec<Json>, Failure> {
        if let Some(key) = keys.iter().find(|key| jose::is_redacted(key)) {
            return Err(fingerprints(jose::kid(key)));
        }
        for (written, key) in keys.iter().enumerate() {
            let kid = jose::kid(key);
            let sent = self.send(self.request(Method::PUT).id(kid).body(key.clone())).await;
            let put = sent.and_then(|reply| HYDRA_ADMIN.about(&reply, kid, jose::kid(&HYDRA_ADMIN.json(&reply)?)));
            put.map_err(Failure::from).map_err(|failure| if written > 0 { after(failure) } else { failure })?;
        }
        let now = self.read().await.map_err(Failure::from).map_err(after)?.unwrap_or_default();
        let ids: HashSet<&str> = keys.iter().map(jose::kid).collect();
        Ok(now.into_iter().filter(|key| ids.contains(jose::kid(key))).collect())
    }

    pub(in crate::ory) async fn drop_key(&self, kid: &str) -> Result<(), SendError> {
        self.send(self.request(Method::DELETE).id(kid)).await.map(drop)
    }
}

/// A key that the server is asked to generate.
pub(in crate::ory) struct Wanted {
    pub(in crate::ory) id: String,
    pub(in crate::ory) algorithm: String,
    pub(in crate::ory) used_for: Option<String>,
}

impl Wanted {
    /// The planned key. Its id is that of the plan, else that with which an earlier run began, else a new one, so that the key is
    /// found again if the answer gets lost.
    pub(in crate::ory) fn of(write: &Write, attempt: &Attempt) -> Wanted {
        let planned = Object::new(&RESOURCE.table, &write.planned);
        let begun = attempt.begun.as_ref().filter(|begun| begun.chosen).map(|begun| begun.id.as_str());
        Wanted {
            id: planned.str("key_id").or(begun).map_or_else(|| uuid::Uuid::new_v4().to_string(), str::to_owned),
            algorithm: planned.str("algorithm").unwrap_or_default().to_owned(),
            used_for: planned.str("use").map(str::to_owned),
        }
    }

    pub(in crate::ory) fn is(&self, key: &Json) -> bool {
        let is_for = |used_for: &str| *key.at("use") == *used_for;
        jose::kid(key) == self.id && *key.at("alg") == *self.algorithm && self.used_for.as_deref().is_none_or(is_for)
    }
}

/// An error: a key cannot be made from its fingerprints.
fn fingerprints(kid: &str) -> Failure {
    Diagnostic::error(
        "The private part of a key is not known",
        format!("In `jwks`, the key `{kid}` has fingerprints in place of its private parts, as after an import, and the server does not have this key. Put the key itself there."),
    )
    .at(Path::attr("jwks"))
    .into()
}

/// An error: another key in the set, which this resource does not manage, has the id.
pub(in crate::ory) fn taken(kid: &str) -> Failure {
    Diagnostic::error(
        "A key with this id is in the set already",
        format!("The set holds a key `{}` that this resource did not make and does not overwrite. Give the new key another id, or remove the other key first.", one_line(kid)),
    )
    .at(Path::attr("key_id"))
    .into()
}
