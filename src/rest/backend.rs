//! The operations on objects behind a REST API: create with an id that we choose, read, update without changing what the table does
//! not know, delete, list.
//!
//! Owns the order of the requests of each operation, and what a 409 to a create means. Sends through `endpoint`; knows no API.

use super::{
    Client, Collection, Listed, Next, PAGE_SIZE, Page, Pages, Paging, Reply, Request, SendError, Service, address,
    error::NOT_JSON,
    mapping::{self, Misfit},
    once, once_listed, patch, secrets,
};
use crate::{
    engine::{
        Attempt, Backend, Cx, Diagnostic, Done, Failure, Looked, Makes, Objects, Observed, Severity, State, Wanted, Write, is_as_planned,
        one_line,
    },
    schema::{Object, Resource},
    value::{Json, Path, Reader, Value},
};
use async_trait::async_trait;
use reqwest::Method;
use std::collections::BTreeMap;

/// The number of tries of an update whose object others change at the same time.
const MERGES: usize = 4;

/// A collection of objects: `POST` to make one, `GET`, `PUT` or `PATCH`, and `DELETE` below it. Made by [`Rest::new`],
/// refined by its methods.
pub struct Rest {
    /// The service.
    pub service: &'static Service,
    /// The collection's path, in which attributes stand for themselves: `/projects/{project_id}/organizations`.
    pub path: &'static str,
    chosen: &'static [Chosen],
    filters: &'static [(&'static str, &'static str)],
    paging: Paging,
    envelope: Envelope,
    updates: Update,
    only_listed: bool,
}

/// The members of bodies that contain the object; an empty text if the body is the object.
#[derive(Clone, Copy)]
pub struct Envelope {
    /// In answers to reads.
    pub read: &'static str,
    /// In answers to creates and updates.
    pub written: &'static str,
    /// In the bodies of creates and updates.
    pub sent: &'static str,
}

impl Envelope {
    /// Bodies are the objects themselves.
    pub const NONE: Envelope = Envelope { read: "", written: "", sent: "" };

    fn put(self, object: Json) -> Json {
        if self.sent.is_empty() { object } else { Json::object([(self.sent, object)]) }
    }
}

/// How an object is changed. In each way, members that the table does not have, and changes by others, stay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Update {
    /// `PUT` of the server's object with the plan's changes.
    Replace,
    /// `PATCH` of the members that the plan changes (RFC 7396).
    Merge,
    /// `PATCH` by operations on those members (RFC 6902).
    Operations,
}

/// A value that the provider chooses during an apply, if it is unknown in the plan.
pub struct Chosen {
    /// The attribute.
    pub attr: &'static str,
    /// Chooses a value.
    pub choose: fn() -> String,
    /// Whether the object has such a value at all.
    pub when: fn(Object<'_>) -> bool,
}

/// Changes an update and the server's object before the two are merged.
pub type Prepare = fn(&mut Write, &mut Json);

#[async_trait]
impl<C: Client> Backend<C> for Rest {
    async fn create(&self, cx: &Cx<C>, write: &Write) -> Result<Observed, Failure> {
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

    async fn read(&self, cx: &Cx<C>, resource: &'static Resource, state: &State) -> Result<Option<Observed>, Failure> {
        let id = id_of(resource, state.id.as_deref())?;
        let at = self.collection(cx, Object::new(&resource.table, &state.value)).await?;
        match self.listed(cx, &at, resource, id).await {
            Some(observed) => Ok(Some(observed)),
            None => self.ask(cx, &at, resource, id).await,
        }
    }

    async fn update(&self, cx: &Cx<C>, write: &Write) -> Result<Observed, Failure> {
        self.update_with(cx, write, |_, _| {}).await
    }

    async fn delete(&self, cx: &Cx<C>, resource: &'static Resource, state: &State) -> Result<(), Failure> {
        let id = id_of(resource, state.id.as_deref())?;
        let at = self.collection(cx, Object::new(&resource.table, &state.value)).await?;
        Ok(self.remove(cx, &at, resource, id).await?)
    }

    async fn list(&self, cx: &Cx<C>, wanted: &Wanted<'_>, objects: &Objects) -> Result<(), Failure> {
        let at = self.collection(cx, wanted.filter).await?;
        let (mut pages, mut left_out) = (self.pages(cx, &at, wanted), LeftOut::default());
        while let Some(page) = pages.next_by(text).await? {
            for object in self.found(&at, &page, wanted, &mut left_out) {
                pages.meanwhile(objects.send(object?)).await;
            }
        }
        left_out.tell(cx);
        Ok(())
    }
}

impl Rest {
    /// The objects at this path, as most APIs have them: bodies are the objects themselves, lists have links to the next
    /// page, and an update replaces the object.
    pub const fn new(service: &'static Service, path: &'static str) -> Rest {
        let (paging, envelope, updates) = (Paging::LINKS, Envelope::NONE, Update::Replace);
        Rest { service, path, chosen: &[], filters: &[], paging, envelope, updates, only_listed: false }
    }

    /// The values that the provider chooses if the configuration does not, so that a create whose answer is lost can be completed.
    /// Without the resource's key among them, creates are never repeated.
    pub const fn chosen(mut self, chosen: &'static [Chosen]) -> Self {
        self.chosen = chosen;
        self
    }

    /// The attributes by which the list filters exactly, each with its query parameter.
    pub const fn filters(mut self, filters: &'static [(&'static str, &'static str)]) -> Self {
        self.filters = filters;
        self
    }

    /// How the list is divided into pages.
    pub const fn paging(mut self, paging: Paging) -> Self {
        self.paging = paging;
        self
    }

    /// The members around the object in bodies.
    pub const fn envelope(mut self, envelope: Envelope) -> Self {
        self.envelope = envelope;
        self
    }

    /// Single objects cannot be requested: they are read from the list. An object is gone if the list does not have it, or if there
    /// is no list.
    pub const fn only_listed(mut self) -> Self {
        self.only_listed = true;
        self
    }

    /// How objects are changed.
    pub const fn updates(mut self, by: Update) -> Self {
        self.updates = by;
        self
    }

    /// The collection that this object belongs to.
    pub async fn collection<C: Client>(&self, cx: &Cx<C>, object: Object<'_>) -> Result<Collection, Diagnostic> {
        Collection::new(&*cx.client, self.service, self.path, object).await
    }

    /// The objects there whose attribute has this value.
    pub async fn listing<C: Client>(
        &self,
        cx: &Cx<C>,
        at: &Collection,
        resource: &'static Resource,
        attr: &'static str,
        value: &str,
    ) -> Result<Vec<Observed>, SendError> {
        self.those(cx, at, resource, &resource.table.holding([(attr, Value::text(value))])).await
    }

    /// All objects there.
    pub async fn all<C: Client>(&self, cx: &Cx<C>, at: &Collection, resource: &'static Resource) -> Result<Vec<Observed>, SendError> {
        self.those(cx, at, resource, &resource.table.nulls()).await
    }

    /// The objects there that match this filter.
    async fn those<C: Client>(
        &self,
        cx: &Cx<C>,
        at: &Collection,
        resource: &'static Resource,
        filter: &Value,
    ) -> Result<Vec<Observed>, SendError> {
        let wanted = Wanted { resource, filter: Object::new(&resource.table, filter), whole: true, all: true };
        let (mut pages, mut left_out, mut all) = (self.pages(cx, at, &wanted), LeftOut::default(), Vec::new());
        while let Some(page) = pages.next_by(text).await? {
            let found = self.found(at, &page, &wanted, &mut left_out).collect::<Result<Vec<_>, _>>()?;
            pages.keep(found.len() * resource.table.len(), &page.reply)?;
            all.extend(found);
        }
        left_out.tell(cx);
        Ok(all)
    }

    /// The collection, page by page, as far as the server can filter it.
    fn pages<'a, C: Client>(&self, cx: &'a Cx<C>, at: &'a Collection, wanted: &Wanted<'_>) -> Pages<'a, C> {
        let mut list = at.request(Method::GET);
        for (name, member) in self.filters {
            // A list means several values of the same filter.
            for value in wanted.filter.str(name).into_iter().chain(wanted.filter.strs(name)) {
                list = list.query(member, value);
            }
        }
        Pages::new(cx, &at.endpoint, self.service, self.paging, list).ahead(wanted.all)
    }

    /// The wanted objects of a page, without those that no request can address.
    fn found<'a>(
        &'a self,
        at: &'a Collection,
        page: &'a Listed<Box<str>>,
        wanted: &'a Wanted<'_>,
        left_out: &'a mut LeftOut,
    ) -> impl Iterator<Item = Result<Observed, SendError>> + 'a {
        page.items.iter().filter_map(|item| match observed_in(wanted.resource, item.as_bytes()) {
            Ok(mut observed) => {
                at.name(&wanted.resource.table, &mut observed.value);
                (wanted.holds(&observed.value) && left_out.passes(&observed.id)).then_some(Ok(observed))
            }
            Err(why) => Some(Err(self.service.unreadable(&page.reply, &why))),
        })
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

    /// Deletes the object with this id; an object that is already gone is a success.
    pub async fn remove<C: Client>(&self, cx: &Cx<C>, at: &Collection, resource: &'static Resource, id: &str) -> Result<(), SendError> {
        let reply = at.endpoint.send(cx, self.service, at.about(Method::DELETE, id)).await?;
        if reply.is_success() || self.service.says_missing(&reply) {
            return Ok(());
        }
        // If objects are only listed, the list decides whether one is gone, whatever the answer to the `DELETE` says.
        if self.only_listed && matches!(self.find(cx, at, resource, id).await, Ok(None)) {
            return Ok(());
        }
        Err(self.service.refuse(&reply))
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

    /// An update with a step before it: `prepare` sees the server's object, and removes what answers show and no update may send
    /// back.
    pub async fn update_with<C: Client>(&self, cx: &Cx<C>, write: &Write, prepare: Prepare) -> Result<Observed, Failure> {
        let resource = write.resource;
        let write = self.choose(write, None);
        let id = id_of(resource, write.id.as_deref())?;
        let at = self.collection(cx, Object::new(&resource.table, &write.planned)).await?;
        self.replace(cx, &at, &write, id, prepare).await.map_err(Failure::from)
    }

    /// The object as the server shows it now; `None` if the server says that it does not exist.
    pub async fn fetch<C: Client>(&self, cx: &Cx<C>, resource: &'static Resource, state: &State) -> Result<Option<Observed>, Failure> {
        let at = self.collection(cx, Object::new(&resource.table, &state.value)).await?;
        self.ask(cx, &at, resource, id_of(resource, state.id.as_deref())?).await
    }

    async fn ask<C: Client>(
        &self,
        cx: &Cx<C>,
        at: &Collection,
        resource: &'static Resource,
        id: &str,
    ) -> Result<Option<Observed>, Failure> {
        if self.only_listed {
            return Ok(self.find(cx, at, resource, id).await?);
        }
        let reply = at.endpoint.send(cx, self.service, at.about(Method::GET, id)).await?;
        if self.service.says_missing(&reply) {
            return Ok(None);
        }
        if !reply.is_success() {
            return Err(self.service.refuse(&reply).into());
        }
        self.show(at, resource, &reply, self.envelope.read, Some(id)).map(Some).map_err(Failure::from)
    }

    /// The object with this id in the list.
    pub async fn find<C: Client>(
        &self,
        cx: &Cx<C>,
        at: &Collection,
        resource: &'static Resource,
        id: &str,
    ) -> Result<Option<Observed>, SendError> {
        let nothing = resource.table.nulls();
        let wanted = Wanted { resource, filter: Object::new(&resource.table, &nothing), whole: true, all: false };
        let (mut pages, mut left_out) = (self.pages(cx, at, &wanted), LeftOut::default());
        loop {
            let page = match pages.next_by(text).await {
                Ok(Some(page)) => page,
                Ok(None) => return Ok(None),
                Err(_) if pages.is_missing() => return Ok(None),
                Err(error) => return Err(error),
            };
            for object in self.found(at, &page, &wanted, &mut left_out) {
                let object = object?;
                if self.service.about(&page.reply, id, &object.id).is_ok() {
                    return Ok(Some(object));
                }
            }
        }
    }

    /// The object from a list page that other reads share; `None` if it has to be requested by itself.
    async fn listed<C: Client>(&self, cx: &Cx<C>, at: &Collection, resource: &'static Resource, id: &str) -> Option<Observed> {
        // Shared pages are read object by object, which works only for lists of this form.
        if !matches!(self.paging, Paging { items: "", next: Next::Link }) {
            return None;
        }
        let list = at.request(Method::GET).query("page_size", PAGE_SIZE);
        let item = at.endpoint.shared(cx, self.service, list, id, |reply| Page::of_objects(reply, &member(resource))).await?;
        let mut observed = observed_in(resource, item.as_bytes()).ok()?;
        at.name(&resource.table, &mut observed.value);
        (observed.id == id).then_some(observed)
    }

    /// The write with chosen values in place of unknown ones. `id`, if given, is the value of the key.
    fn choose(&self, write: &Write, id: Option<&str>) -> Write {
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

    /// Writes the plan's changes over the server's current object. Sends nothing if the object would stay as it is.
    async fn replace<C: Client>(
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
    async fn answer<C: Client>(
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

    /// The object in the member of the body that contains it.
    fn body(&self, reply: &Reply, envelope: &str) -> Result<Json, SendError> {
        let mut body = self.service.json(reply)?;
        match envelope {
            "" => Ok(body),
            member => body.remove(member).ok_or_else(|| self.service.unreadable(reply, &format!("`{member}` is missing"))),
        }
    }

    /// The object in an answer, whatever its id.
    fn read_whole(&self, resource: &'static Resource, reply: &Reply, envelope: &str) -> Result<Observed, SendError> {
        let read = match envelope {
            "" => observed_in(resource, &reply.body),
            _ => observed(resource, &self.body(reply, envelope)?),
        };
        read.map_err(|why| self.service.unreadable(reply, &why))
    }

    /// The object in an answer, which must have the requested id if there is one, with the attributes in its path.
    fn show(
        &self,
        at: &Collection,
        resource: &'static Resource,
        reply: &Reply,
        envelope: &str,
        asked: Option<&str>,
    ) -> Result<Observed, SendError> {
        self.accept(at, resource, reply, self.read_whole(resource, reply, envelope)?, asked)
    }

    fn accept(
        &self,
        at: &Collection,
        resource: &'static Resource,
        reply: &Reply,
        mut observed: Observed,
        asked: Option<&str>,
    ) -> Result<Observed, SendError> {
        self.check_id(resource, reply, &observed.id, asked)?;
        at.name(&resource.table, &mut observed.value);
        Ok(observed)
    }

    /// The object in a part of an answer, which must have the requested id if there is one.
    pub fn observe(&self, resource: &'static Resource, reply: &Reply, body: &Json, asked: Option<&str>) -> Result<Observed, SendError> {
        let observed = observed(resource, body).map_err(|why| self.service.unreadable(reply, &why))?;
        self.check_id(resource, reply, &observed.id, asked)?;
        Ok(observed)
    }

    fn check_id(&self, resource: &'static Resource, reply: &Reply, id: &str, asked: Option<&str>) -> Result<(), SendError> {
        match asked {
            Some(asked) => self.service.about(reply, asked, id),
            // An id that the server chose must be usable in a URL, too.
            None => address::id(id).map_err(|why| {
                let why = format!("the `{}` in it is `{}`. {why}", resource.key, one_line(id));
                self.service.unreadable(reply, &why)
            }),
        }
    }

    /// The server's JSON of the object with this id, as it was read.
    fn current(&self, resource: &'static Resource, reply: &Reply, id: &str) -> Result<Json, SendError> {
        let read = self.body(reply, self.envelope.read).and_then(|body| {
            let answered = id_in(resource, &body).ok_or_else(|| self.service.unreadable(reply, &missing(resource)))?;
            self.service.about(reply, id, answered)?;
            Ok(body)
        });
        read.map_err(|error| SendError { done: Done::No, ..error })
    }
}

/// The path of the id in the server's JSON.
fn member(resource: &'static Resource) -> String {
    resource.table.index(resource.key).map_or_else(|| resource.key.to_owned(), |place| resource.table.attr(place).pointer().to_string())
}

/// The id in a body.
fn id_in<'a>(resource: &'static Resource, body: &'a Json) -> Option<&'a str> {
    body.at(&member(resource)).as_str()
}

fn missing(resource: &'static Resource) -> String {
    format!("`{}` is missing", resource.key)
}

/// The object in a body, or why it cannot be understood.
fn observed(resource: &'static Resource, body: &Json) -> Result<Observed, String> {
    let value = mapping::observe(&resource.table, body).map_err(|misfit| misfit.to_string())?;
    let id = id_in(resource, body).ok_or_else(|| missing(resource))?;
    Ok(Observed { id: id.to_owned(), value, warnings: Vec::new() })
}

/// The same from the body's text.
fn observed_in(resource: &'static Resource, text: &[u8]) -> Result<Observed, String> {
    if let Some(value) = mapping::read(&resource.table, text)
        && let Some(id) = Object::new(&resource.table, &value).str(resource.key)
    {
        return Ok(Observed { id: id.to_owned(), value, warnings: Vec::new() });
    }
    // The general functions report what is wrong.
    observed(resource, &Json::parse(text).map_err(|_| NOT_JSON.to_owned())?)
}

/// The text of an object in a list, which is read when its turn comes.
fn text(reader: &mut Reader<'_>) -> Option<Box<str>> {
    reader.skip().map(Box::from)
}

/// Checks an id that the plan did not know, or that an interrupted run has chosen, when it is used.
fn checked(resource: &'static Resource, id: &str) -> Result<(), Diagnostic> {
    address::id(id).map_err(|why| unaddressable(resource.name, id, &why).at(Path::attr(resource.key)))
}

/// The id in a state, if requests can use it.
pub fn id_of<'a>(resource: &'static Resource, id: Option<&'a str>) -> Result<&'a str, Failure> {
    let id = id.unwrap_or_default();
    address::id(id).map(|()| id).map_err(|why| stored_unaddressable(resource.name, id, &why).into())
}

/// A hint for an object that exists already if it is the one that is being replaced: a tool that creates the new object first does
/// not ask the provider.
pub const REPLACING: &str = " If this run replaces that object, the old one has to be deleted first: in Pulumi, set the option `deleteBeforeReplace`; in Terraform, remove `create_before_destroy`.";

/// A hint for an update to a value that another object has, perhaps only until the same run changes that.
const EXCHANGING: &str = "\n\nIf another object gives up this value in the same run, apply again. If two objects exchange their values, no order of the updates works: give one of them a third value first, apply, and then set its final value and apply again.";

/// The message about an id in a state that no request can use.
pub fn stored_unaddressable(what: &str, id: &str, why: &str) -> Diagnostic {
    let mut diagnostic = unaddressable(what, id, why);
    diagnostic.detail.push_str(
        "\n\nThe API cannot read, change or delete it. If a state has it, remove it from the state (`terraform state rm`, `pulumi state delete`): on the server it stays as it is.",
    );
    diagnostic
}

fn unaddressable(what: &str, id: &str, why: &str) -> Diagnostic {
    Diagnostic::error(format!("The {what} cannot be addressed"), format!("No request was sent for `{}`. {why}", one_line(id)))
}

/// The error about a change whose parts exclude each other; tables do not allow such attributes.
fn unsendable(resource: &'static Resource, misfit: &Misfit) -> SendError {
    let detail = format!("{misfit}. This is a bug in the provider; nothing was sent.");
    SendError::unsent(Diagnostic::error(format!("The change of the {} cannot be sent", resource.name), detail))
}

/// Objects that are left out of a list, since no request can use their ids.
#[derive(Default)]
struct LeftOut {
    shown: Vec<String>,
    more: usize,
    why: String,
}

impl LeftOut {
    const SHOWN: usize = 5;

    /// Whether requests can use this id; if not, the object is left out.
    fn passes(&mut self, id: &str) -> bool {
        let Err(why) = address::id(id) else { return true };
        match self.shown.len() {
            0 => (self.shown, self.why) = (vec![format!("`{}`", one_line(id))], why),
            Self::SHOWN => self.more += 1,
            _ => self.shown.push(format!("`{}`", one_line(id))),
        }
        false
    }

    fn tell<C>(self, cx: &Cx<C>) {
        if self.shown.is_empty() {
            return;
        }
        let more = if self.more > 0 { format!(" and {} more", self.more) } else { String::new() };
        let (ids, why) = (self.shown.join(", "), self.why);
        let detail = format!("The server lists {ids}{more}, which is left out, since no request can have such an id. {why}");
        cx.warn(Diagnostic::warning("Something was left out", detail));
    }
}

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

pub(super) fn ways_out(resource: &'static Resource, id: &str) -> String {
    format!(
        "To manage it, import it by its id `{id}` (`terraform import`, an `import` block, or `pulumi import`); otherwise choose another `{}`.{REPLACING}",
        resource.key
    )
}

/// The object as it was sent; a later refresh reads the rest.
fn sent(id: &str, planned: &Value, error: SendError) -> Observed {
    let fields = planned.fields().iter().map(|value| if value.has_unknown() { Value::Null } else { value.clone() });
    let warning = Diagnostic { severity: Severity::Warning, ..error.diagnostic };
    Observed { id: id.to_owned(), value: Value::Object(fields.collect()), warnings: vec![warning] }
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
