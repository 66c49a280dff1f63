//! How an object is updated: the plan's changes over the server's object, so that what the table does not know stays.
//!
//! Owns the order of the requests, their repetition after a conflict, and what the answer to a write says of the object.

use super::{
    rest::{Rest, Update},
    seen::{id_in, id_of},
};
use crate::{
    engine::{Cx, Diagnostic, Done, Failure, Observed, Severity, Write},
    rest::{
        Client, Collection, Reply, Request, SendError,
        mapping::{self, Misfit},
        patch, secrets,
    },
    schema::{Object, Resource},
    value::{Json, Value},
};
use reqwest::Method;
use std::collections::BTreeMap;

/// The number of tries of an update whose object others change at the same time.
const MERGES: usize = 4;

/// A hint for an update to a value that another object has, perhaps only until the same run changes that.
const EXCHANGING: &str = "\n\nIf another object gives up this value in the same run, apply again. If two objects exchange their values, no order of the updates works: give one of them a third value first, apply, and then set its final value and apply again.";

/// Changes an update and the server's object before the two are merged.
pub type Prepare = fn(&mut Write, &mut Json);

impl Rest {
    /// An update with a step before it: `prepare` sees the server's object, and removes what answers show and no update may send
    /// back.
    pub async fn update_with<C: Client>(&self, cx: &Cx<C>, write: &Write, prepare: Prepare) -> Result<Observed, Failure> {
        let resource = write.resource;
        let write = self.choose(write, None);
        let id = id_of(resource, write.id.as_deref())?;
        let at = self.collection(cx, Object::new(&resource.table, &write.planned)).await?;
        self.replace(cx, &at, &write, id, prepare).await.map_err(Failure::from)
    }

    /// Sends only what the plan changes, by this request. For objects whose answers contain values that must not be sent back.
    pub async fn change<C: Client>(
        &self,
        cx: &Cx<C>,
        at: &Collection,
        write: &Write,
        request: Request,
    ) -> Result<Option<Observed>, SendError> {
        let id = write.id.as_deref().unwrap_or_default();
        let nothing = Json::Object(BTreeMap::new());
        let (_, changed) = mapping::change(write, nothing.clone()).map_err(|misfit| unsendable(write.resource, &misfit))?;
        let changed = at.unnamed(&write.resource.table, changed);
        match changed == nothing {
            true => Ok(None),
            false => self.sent(cx, at, write, request.body(self.envelope.put(changed)), id).await.map(Some),
        }
    }

    /// The object after a change or, if nothing was sent, as the list shows it.
    ///
    /// # Errors
    /// If it does not exist any more.
    pub async fn or_listed<C: Client>(
        &self,
        cx: &Cx<C>,
        at: &Collection,
        write: &Write,
        changed: Option<Observed>,
    ) -> Result<Observed, Failure> {
        let id = id_of(write.resource, write.id.as_deref())?;
        let there = match changed {
            Some(changed) => Some(changed),
            None => self.find(cx, at, write.resource, id).await?,
        };
        there.ok_or_else(|| {
            let summary = format!("The {} does not exist any more", write.resource.name);
            Diagnostic::error(summary, "Refresh to bring the state up to date, and apply again.").into()
        })
    }

    /// The object of this id as the answer to this request shows it.
    pub async fn sent<C: Client>(
        &self,
        cx: &Cx<C>,
        at: &Collection,
        write: &Write,
        request: Request,
        id: &str,
    ) -> Result<Observed, SendError> {
        let reply = at.endpoint.send(cx, self.service, request.hiding(secrets(write))).await?;
        if !reply.is_success() {
            return Err(self.service.refuse(&reply));
        }
        self.show(at, write.resource, &reply, self.envelope.written, Some(id))
    }

    /// Writes the plan's changes over the server's current object. Sends nothing if the object would stay as it is.
    pub(super) async fn replace<C: Client>(
        &self,
        cx: &Cx<C>,
        at: &Collection,
        write: &Write,
        id: &str,
        prepare: Prepare,
    ) -> Result<Observed, SendError> {
        // `done` is the worst result of the tries so far.
        let (mut merges, mut done) = (0, Done::No);
        loop {
            let current =
                at.endpoint.send(cx, self.service, at.about(Method::GET, id)).await.map_err(|error| SendError { done, ..error })?;
            if !current.is_success() {
                return Err(SendError { done, ..self.service.refuse(&current) });
            }
            let (mut write, mut body) = (write.clone(), self.current(write.resource, &current, id)?);
            prepare(&mut write, &mut body);
            let misfit = |misfit: Misfit| SendError { done, ..self.service.unreadable(&current, &misfit.to_string()) };
            let (before, after) = mapping::change(&write, at.unnamed(&write.resource.table, body)).map_err(misfit)?;
            let after = at.unnamed(&write.resource.table, after);
            if before == after {
                return self.answer(cx, at, &write, &current, self.envelope.read).await;
            }
            let (method, body) = match self.updates {
                Update::Replace => (Method::PUT, after),
                Update::Merge => (Method::PATCH, patch::merge(&before, &after)),
                Update::Operations => (Method::PATCH, patch::operations(&before, &after)),
            };
            let request = at.about(method, id).body(self.envelope.put(body)).hiding(secrets(&write));
            // An operation may fail if it was already carried out. Therefore it is not repeated: the object is read again.
            let request = if self.updates == Update::Operations { request.once() } else { request };
            let sent = at.endpoint.send(cx, self.service, request).await;
            merges += 1;
            let goes_on = merges < MERGES && !cx.cancel.is_cancelled();
            let error = match sent {
                Ok(reply) if reply.is_success() => return self.answer(cx, at, &write, &reply, self.envelope.written).await,
                // The conflict may come from our own earlier try, whose answer was lost.
                Ok(reply) if reply.status == 409 && (reply.may_be_repeated() || done != Done::No) && goes_on => continue,
                Ok(reply) => {
                    let mut error = self.service.refuse(&reply);
                    if reply.status == 409 {
                        error.diagnostic.detail.push_str(EXCHANGING);
                    }
                    error
                }
                Err(error) => error,
            };
            if self.updates != Update::Operations || !error.may_be_tried_again() || !goes_on {
                return Err(SendError { done: if error.done == Done::No { done } else { error.done }, ..error });
            }
            done = error.done;
        }
    }

    /// The object after a write. The answer may lack the values that the provider chose. If the answer cannot be read, the object
    /// exists nevertheless: it is read again, and if that fails too, the sent values are used.
    pub(super) async fn answer<C: Client>(
        &self,
        cx: &Cx<C>,
        at: &Collection,
        write: &Write,
        reply: &Reply,
        envelope: &str,
    ) -> Result<Observed, SendError> {
        let table = &write.resource.table;
        let planned = Object::new(table, &write.planned);
        let asked = write.id.as_deref().or(planned.str(write.resource.key));
        // An answer about another object is an error at once: nothing is read again.
        let read = self.read_whole(write.resource, reply, envelope);
        let answered = match &read {
            Ok(observed) => Some(observed.id.clone()),
            Err(_) => self.body(reply, envelope).ok().and_then(|body| id_in(write.resource, &body).map(str::to_owned)),
        };
        if let (Some(asked), Some(answered)) = (asked, answered) {
            self.service.about(reply, asked, &answered)?;
        }
        let mut observed = match read.and_then(|observed| self.accept(at, write.resource, reply, observed, asked)) {
            Ok(observed) => observed,
            Err(error) => {
                let Some(id) = asked else { return Err(error) };
                match at.endpoint.send(cx, self.service, at.about(Method::GET, id)).await {
                    Ok(again) if self.service.says_missing(&again) => return Err(error),
                    again => again
                        .and_then(|again| self.show(at, write.resource, &again, self.envelope.read, asked))
                        .unwrap_or_else(|_| sent(id, &write.planned, error)),
                }
            }
        };
        if let Value::Object(fields) = &mut observed.value {
            for index in self.chosen.iter().filter_map(|chosen| table.index(chosen.attr)) {
                if fields[index].is_null() {
                    fields[index] = planned.get(table.attr(index).name).clone();
                }
            }
        }
        Ok(observed)
    }
}

/// The error about a change whose parts exclude each other; tables do not allow such attributes.
fn unsendable(resource: &'static Resource, misfit: &Misfit) -> SendError {
    let detail = format!("{misfit}. This is a bug in the provider; nothing was sent.");
    SendError::unsent(Diagnostic::error(format!("The change of the {} cannot be sent", resource.name), detail))
}

/// The object as it was sent; a later refresh reads the rest.
fn sent(id: &str, planned: &Value, error: SendError) -> Observed {
    let fields = planned.fields().iter().map(|value| if value.has_unknown() { Value::Null } else { value.clone() });
    let warning = Diagnostic { severity: Severity::Warning, ..error.diagnostic };
    Observed { id: id.to_owned(), value: Value::Object(fields.collect()), warnings: vec![warning] }
}
