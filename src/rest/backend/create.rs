//! How an object is created, so that a create whose answer is lost, or whose process ends, is completed and not repeated.
//!
//! Owns the order of the requests, the values that the provider chooses, and what a conflict with an existing object means.

use super::{rest::Rest, seen::unaddressable};
use crate::{
    engine::{Attempt, Cx, Diagnostic, Done, Failure, Looked, Makes, Observed, Write, is_as_planned, one_line},
    rest::{Client, Collection, Reply, SendError, address, mapping, once, once_listed, secrets},
    schema::{Object, Resource},
    value::{Json, Path, Value},
};
use reqwest::Method;

impl Rest {
    /// Creates the object. If the plan knows its id, and an object has it already, that one is taken over only if an interrupted run has
    /// created it.
    pub(super) async fn create_object<C: Client>(&self, cx: &Cx<C>, write: &Write) -> Result<Observed, Failure> {
        let resource = write.resource;
        let planned = Object::new(&resource.table, &write.planned);
        let at = self.collection(cx, planned).await?;
        let attempt = cx.attempt(write, at.endpoint.account(cx), Makes::TheObject);
        let Some(id) = planned.str(resource.key) else { return self.create_chosen(cx, &at, write, attempt).await };
        checked(resource, id)?;
        let write = &self.choose(write, None);
        let reply = at.endpoint.send(cx, self.service, at.about(Method::GET, id)).await?;
        if self.service.says_missing(&reply) {
            cx.begin(&attempt, Looked::Missing(reply.date()));
            return self.create_under(cx, &at, write, id).await;
        }
        if !reply.is_success() {
            return Err(self.service.refuse(&reply).into());
        }
        let found = self.show(&at, resource, &reply, self.envelope.read, Some(id));
        let found = found.map_err(|error| SendError { done: Done::No, ..error })?;
        // An object that an interrupted run has created is taken over: no state has it.
        if attempt.begun.as_ref().is_some_and(|begun| begun.is(resource, &write.planned, &found.value)) {
            cx.resume(&attempt);
            return self.finish(cx, &at, write, id).await;
        }
        Err(conflict_with_existing(resource, id, &reply, attempt.begun.is_some()).into())
    }

    /// Creates an object whose id the plan does not know. If the provider may choose the id, a create that is repeated, by this run
    /// or another, creates the same object.
    async fn create_chosen<C: Client>(&self, cx: &Cx<C>, at: &Collection, write: &Write, attempt: Attempt) -> Result<Observed, Failure> {
        let resource = write.resource;
        let write = self.choose(write, attempt.begun.as_ref().map(|begun| begun.id.as_str()));
        match Object::new(&resource.table, &write.planned).str(resource.key) {
            Some(id) => {
                checked(resource, id)?;
                cx.begin_chosen(&attempt, id);
                match attempt.begun {
                    Some(_) if self.is_there(cx, at, resource, id).await? => self.finish(cx, at, &write, id).await,
                    _ => self.create_under(cx, at, &write, id).await,
                }
            }
            None => {
                cx.begin(&attempt, Looked::Not);
                self.post(cx, at, &write).await.map_err(|error| maybe_left(resource, None, error))
            }
        }
    }

    /// Creates the object with this id, which does not exist yet.
    async fn create_under<C: Client>(&self, cx: &Cx<C>, at: &Collection, write: &Write, id: &str) -> Result<Observed, Failure> {
        let resource = write.resource;
        let look = || async { Ok(self.is_there(cx, at, resource, id).await?.then_some(None)) };
        let made = once(cx, || async { self.post(cx, at, write).await.map(Some) }, look).await;
        match made {
            Ok(Some(observed)) => Ok(observed),
            // It exists because of our request, whose answer was lost. That answer may have been the only one with some values.
            Ok(None) => self.finish(cx, at, write, id).await,
            // Somebody else has created it since we looked.
            Err(error) if error.done == Done::No && error.status == Some(409) => {
                Err(conflict_with_concurrent(resource, id, error.diagnostic).into())
            }
            Err(error) => Err(maybe_left(resource, Some(id), error)),
        }
    }

    /// Updates an object that an earlier request of ours has created to the current plan.
    async fn finish<C: Client>(&self, cx: &Cx<C>, at: &Collection, write: &Write, id: &str) -> Result<Observed, Failure> {
        let made = self.replace(cx, at, write, id, |_, _| {}).await;
        made.map_err(|error| maybe_left(write.resource, Some(id), SendError { done: Done::Maybe, ..error }))
    }

    async fn is_there<C: Client>(&self, cx: &Cx<C>, at: &Collection, resource: &'static Resource, id: &str) -> Result<bool, SendError> {
        let reply = at.endpoint.send(cx, self.service, at.about(Method::GET, id)).await?;
        match reply.is_success() {
            true => self.current(resource, &reply, id).map(|_| true),
            false if self.service.says_missing(&reply) => Ok(false),
            false => Err(self.service.refuse(&reply)),
        }
    }

    /// Sends a create once, without retries.
    pub async fn post<C: Client>(&self, cx: &Cx<C>, at: &Collection, write: &Write) -> Result<Observed, SendError> {
        self.post_body(cx, at, write, mapping::create(write)).await
    }

    /// Sends a create with this body once, without retries.
    pub async fn post_body<C: Client>(&self, cx: &Cx<C>, at: &Collection, write: &Write, object: Json) -> Result<Observed, SendError> {
        let body = self.envelope.put(at.unnamed(&write.resource.table, object));
        let reply = at.endpoint.send(cx, self.service, at.request(Method::POST).body(body).hiding(secrets(write)).once()).await?;
        match reply.is_success() {
            true => self.answer(cx, at, write, &reply, self.envelope.written).await,
            false => Err(self.service.refuse(&reply)),
        }
    }

    /// Creates an object whose id the server chooses. If the answer is lost, the object is searched for in the list. `seen` is
    /// applied to each object from an answer or the list, to correct values that are known better here.
    ///
    /// # Errors
    /// `done` says whether the object may exist nevertheless.
    pub async fn make<C: Client>(
        &self,
        cx: &Cx<C>,
        at: &Collection,
        write: &Write,
        object: Json,
        seen: impl Fn(Observed) -> Observed,
    ) -> Result<Observed, SendError> {
        let attempt = cx.attempt(write, at.endpoint.account(cx), Makes::TheObject);
        let (object, seen) = (&object, &seen);
        let post = || async {
            cx.begin(&attempt, Looked::Not);
            self.post_body(cx, at, write, object.clone()).await.map(seen)
        };
        let list = || async { Ok(self.all(cx, at, write.resource).await?.into_iter().map(seen).collect()) };
        once_listed(cx, post, list, |found| is_as_planned(write.resource, &write.planned, &found.value)).await
    }

    /// The write with chosen values in place of unknown ones. `id`, if given, is the value of the key.
    pub(super) fn choose(&self, write: &Write, id: Option<&str>) -> Write {
        let table = &write.resource.table;
        let mut planned = write.planned.clone();
        for chosen in self.chosen {
            let wanted = Object::new(table, &planned).get(chosen.attr).is_unknown();
            if let (Value::Object(fields), Some(index)) = (&mut planned, table.index(chosen.attr))
                && wanted
            {
                let has_one = (chosen.when)(Object::new(table, &write.planned));
                fields[index] = match id {
                    Some(id) if chosen.attr == write.resource.key => Value::text(id),
                    _ if has_one => Value::String((chosen.choose)()),
                    _ => Value::Null,
                };
            }
        }
        Write { planned, ..write.clone() }
    }
}

/// Checks an id that the plan did not know, or that an interrupted run has chosen, when it is used.
fn checked(resource: &'static Resource, id: &str) -> Result<(), Diagnostic> {
    address::id(id).map_err(|why| unaddressable(resource.name, id, &why).at(Path::attr(resource.key)))
}

/// A hint for an object that exists already if it is the one that is being replaced: a tool that creates the new object first does
/// not ask the provider.
pub const REPLACING: &str = " If this run replaces that object, the old one has to be deleted first: in Pulumi, set the option `deleteBeforeReplace`; in Terraform, remove `create_before_destroy`.";

fn conflict_with_existing(resource: &'static Resource, id: &str, reply: &Reply, is_begun: bool) -> Diagnostic {
    let (name, key) = (resource.name, resource.key);
    let begun = match is_begun {
        true => {
            " An earlier run on this machine started to create one and ended before the server answered. This object is not that one, or it was changed since, or its age is unknown, so it is not taken over."
        }
        false => "",
    };
    Diagnostic::error(
        format!("The {name} exists already"),
        format!(
            "{} answered {}: there is a {name} with this `{key}` that is not in the state.{begun} {}",
            reply.asked,
            reply.status,
            ways_out(resource, id)
        ),
    )
    .at(Path::attr(key))
}

/// The error about an object that the server did not have a moment ago and has now.
fn conflict_with_concurrent(resource: &'static Resource, id: &str, said: Diagnostic) -> Diagnostic {
    let detail = format!("{}\n\n{}", said.detail, ways_out(resource, id));
    Diagnostic::error(format!("The {} exists already", resource.name), detail).at(Path::attr(resource.key))
}

pub(in crate::rest) fn ways_out(resource: &'static Resource, id: &str) -> String {
    format!(
        "To manage it, import it by its id `{id}` (`terraform import`, an `import` block, or `pulumi import`); otherwise choose another `{}`.{REPLACING}",
        resource.key
    )
}

/// The failure of a create. Without a complete answer, it includes what may exist now, by its id if that is known.
pub fn maybe_left(resource: &'static Resource, id: Option<&str>, error: SendError) -> Failure {
    let mut failure = Failure::from(error);
    if failure.done == Done::No {
        return failure;
    }
    failure.done = Done::Maybe;
    let left = match id {
        Some(id) => {
            format!(
                "\n\nThe {} `{}` may have been created nevertheless. If it exists, import it by this id or delete it.",
                resource.name,
                one_line(id)
            )
        }
        None => format!("\n\nThe {} may have been created nevertheless.", resource.name),
    };
    failure.diagnostics.iter_mut().for_each(|diagnostic| diagnostic.detail.push_str(&left));
    failure
}
