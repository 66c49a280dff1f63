//! The verbs on objects behind a REST API: create with an identity of our choosing, read, replace without
//! wiping what the table does not know, delete, find.

use super::{Client, Endpoint, Page, PageGuard, Reply, Request, SendError, Service, mapping, secrets};
use crate::{
    engine::{Backend, Cx, Diagnostic, Done, Failure, Observed, Respond, Severity, State, Write, one_line},
    schema::{Kind, Object, Query, Resource},
    value::{Json, Path, Value},
};
use async_trait::async_trait;
use reqwest::Method;

/// The most that servers give.
const PAGE_SIZE: &str = "500";
/// How often a create whose answer was lost is finished.
const FINISHING_TRIES: usize = 4;

/// A collection of objects: `POST` to make one, `GET`, `PUT` and `DELETE` below it.
pub struct Rest {
    /// The service.
    pub service: &'static Service,
    /// The collection's path.
    pub path: &'static str,
    /// What we choose where the configuration does not, so that a create whose answer is lost can be
    /// finished. The resource's key has to be among it, or creates are never repeated.
    pub chosen: &'static [Chosen],
    /// The attributes that the listing filters by exactly, with the query member for each.
    pub filters: &'static [(&'static str, &'static str)],
}

/// A value that we choose in apply where it is planned as unknown.
pub struct Chosen {
    /// The attribute.
    pub attr: &'static str,
    /// Chooses a value.
    pub choose: fn() -> String,
    /// Whether the object has one at all.
    pub when: fn(Object<'_>) -> bool,
}

#[async_trait]
impl<C: Client> Backend<C> for Rest {
    async fn create(&self, cx: &Cx<C>, write: &Write) -> Result<Observed, Failure> {
        let resource = write.resource;
        let planned = Object::new(&resource.table, &write.planned);
        let at = cx.client.endpoint(self.service, planned).await?;
        let ours = planned.get(resource.key).is_unknown();
        // What a run that died has begun is finished: nobody was told of it.
        let attempt = cx.attempt(write, at.base.as_str());
        let begun = attempt.begun.is_some();
        let write = self.choose(write, attempt.begun.as_deref());
        let id = Object::new(&resource.table, &write.planned).str(resource.key).map(str::to_owned);
        let body = mapping::create(&write);
        let post = Request::new(Method::POST, self.path).body(body.clone()).hiding(secrets(&write)).once();

        // Of an id that somebody else chose, only this can tell whether a conflict is our own doing.
        let mut free = ours || begun;
        if let (Some(id), false) = (&id, free) {
            let reply = at.send(cx, self.service, self.get(id)).await?;
            if reply.is_success() {
                return Err(exists(resource, id, &reply).into());
            }
            if !self.service.says_missing(&reply) {
                return Err(self.service.refuse(&reply).into());
            }
            free = true;
        }
        cx.begin(&attempt, id.as_deref());

        let mut lost: Option<SendError> = None;
        for _ in 0..FINISHING_TRIES {
            let failed = match at.send(cx, self.service, post.clone()).await {
                Ok(reply) if reply.is_success() => {
                    let made = self.answer(cx, &at, &write, &reply).await;
                    return made.map_err(|error| maybe_left(resource, id.as_deref(), error));
                }
                Ok(reply) if reply.status == 409 => {
                    let Some(id) = id.as_ref() else { return Err(self.service.refuse(&reply).into()) };
                    if (lost.is_none() && !begun) || !free {
                        return Err(exists(resource, id, &reply).into());
                    }
                    // It is ours, made by the request whose answer was lost: bring it to what is wanted.
                    match self.replace(cx, &at, &write, id, |_, body| body).await {
                        Ok(observed) => return Ok(observed),
                        Err(error) => error,
                    }
                }
                Ok(reply) => self.service.refuse(&reply),
                Err(error) => error,
            };
            let again = failed.done == Done::Maybe && failed.status.is_none_or(|status| (502..=504).contains(&status));
            if !again || !free || id.is_none() || cx.cancel.is_cancelled() {
                if lost.is_some() || failed.done == Done::Maybe {
                    return Err(maybe_left(resource, id.as_deref(), failed));
                }
                return Err(failed.into());
            }
            lost = Some(failed);
        }
        match lost {
            Some(error) => Err(maybe_left(resource, id.as_deref(), error)),
            None => Err(Diagnostic::error("Nothing was sent", "The create was never tried.").into()),
        }
    }

    async fn read(&self, cx: &Cx<C>, resource: &'static Resource, state: &State) -> Result<Option<Observed>, Failure> {
        let id = id_of(resource, state)?;
        let at = cx.client.endpoint(self.service, Object::new(&resource.table, &state.value)).await?;
        match self.listed(cx, &at, resource, id).await {
            Some(observed) => Ok(Some(observed)),
            None => self.ask(cx, &at, resource, id).await,
        }
    }

    async fn update(&self, cx: &Cx<C>, write: &Write) -> Result<Observed, Failure> {
        self.update_with(cx, write, |_, body| body).await
    }

    async fn delete(&self, cx: &Cx<C>, resource: &'static Resource, state: &State) -> Result<(), Failure> {
        let id = id_of(resource, state)?;
        let at = cx.client.endpoint(self.service, Object::new(&resource.table, &state.value)).await?;
        let reply = at.send(cx, self.service, Request::new(Method::DELETE, self.path).id(id)).await?;
        if reply.is_success() || self.service.says_missing(&reply) {
            return Ok(());
        }
        Err(self.service.refuse(&reply).into())
    }

    async fn find(
        &self,
        cx: &Cx<C>,
        resource: &'static Resource,
        attr: &'static str,
        value: &str,
        config: &Value,
    ) -> Result<Vec<Observed>, Failure> {
        let at = cx.client.endpoint(self.service, Object::new(&resource.table, config)).await?;
        let filters = self.filters.iter().filter(|(name, _)| *name == attr).map(|(_, member)| (*member, value));
        let mut found = Vec::new();
        self.pages(cx, &at, filters, |reply, items| {
            let before = found.len();
            for item in items {
                let observed = self.observe(resource, reply, item)?;
                if Object::new(&resource.table, &observed.value).str(attr) == Some(value) {
                    found.push(observed);
                }
            }
            Ok((found.len() - before) * resource.table.len())
        })
        .await?;
        Ok(found)
    }
}

/// The objects of a collection as the answer to a query: those that its filters let through.
pub struct Listing {
    /// The collection.
    pub of: &'static Rest,
    /// The query's attribute that holds the objects: a list of objects.
    pub items: &'static str,
}

#[async_trait]
impl<C: Client> Respond<C> for Listing {
    async fn respond(&self, cx: &Cx<C>, query: &'static Query, asked: &Value) -> Result<Value, Failure> {
        let table = &query.table;
        let asked = Object::new(table, asked);
        let at = cx.client.endpoint(self.of.service, asked).await?;
        // A list stands for the same filter several times.
        let mut filters = Vec::new();
        for (name, member) in self.of.filters {
            filters.extend(asked.str(name).into_iter().chain(asked.strs(name)).map(|text| (*member, text)));
        }
        let Some(Kind::List(Kind::Object(nested))) = table.index(self.items).map(|place| &table.attr(place).kind) else {
            return Err(Diagnostic::error("Nothing can be listed", format!("`{}` is no list of objects.", self.items)).into());
        };
        // A server that does not know a filter lets everything through.
        let meant = |item: &Value| {
            let item = Object::new(&nested.table, item);
            let mut known = self.of.filters.iter().filter(|(name, _)| nested.table.index(name).is_some());
            known.all(|(name, _)| asked.str(name).is_none_or(|wanted| item.str(name) == Some(wanted)))
        };
        let mut listed = Vec::new();
        let keep = |reply: &Reply, items: &[Json]| {
            let before = listed.len();
            for item in items {
                let item = mapping::observe(&nested.table, item);
                listed.push(item.map_err(|misfit| self.of.service.unreadable(reply, &misfit.to_string()))?);
            }
            listed.retain(meant);
            Ok((listed.len() - before) * nested.table.len())
        };
        self.of.pages(cx, &at, filters.into_iter(), keep).await?;
        Ok(table.holding([(self.items, Value::List(listed))]))
    }
}

impl Rest {
    /// Hands each page of the collection that the filters let through to `keep`, with the answer that carried it: it
    /// tells how many values it keeps of it.
    async fn pages<'a, C: Client>(
        &self,
        cx: &Cx<C>,
        at: &Endpoint,
        filters: impl Iterator<Item = (&'static str, &'a str)>,
        mut keep: impl FnMut(&Reply, &[Json]) -> Result<usize, SendError>,
    ) -> Result<(), SendError> {
        let mut query = vec![("page_size".to_owned(), PAGE_SIZE.to_owned())];
        query.extend(filters.map(|(member, value)| (member.to_owned(), value.to_owned())));
        let mut guard = PageGuard::default();
        // The first page cannot have been asked for before.
        let _ = guard.turn_to(&query);
        loop {
            let mut request = Request::new(Method::GET, self.path);
            request.query = query.clone();
            let reply = at.send(cx, self.service, request).await?;
            if !reply.is_success() {
                return Err(self.service.refuse(&reply));
            }
            let Json::Array(items) = self.service.json(&reply)? else {
                return Err(self.service.unreadable(&reply, "expected a list"));
            };
            let kept = keep(&reply, &items)?;
            let Some(next) = reply.next_page().filter(|_| !items.is_empty()) else { return Ok(()) };
            let followed = guard.keep(kept, reply.size()).and_then(|()| guard.turn_to(&next));
            followed.map_err(|why| self.service.endless(&reply, why))?;
            query = next;
        }
    }

    /// An update whose body this has the last word on: for members that an answer shows and a replacement must
    /// not send back, or not every time.
    pub async fn update_with<C: Client>(&self, cx: &Cx<C>, write: &Write, refine: fn(&Write, Json) -> Json) -> Result<Observed, Failure> {
        let resource = write.resource;
        let write = self.choose(write, None);
        let id = write.id.as_deref().ok_or_else(|| no_id(resource))?;
        let at = cx.client.endpoint(self.service, Object::new(&resource.table, &write.planned)).await?;
        self.replace(cx, &at, &write, id, refine).await.map_err(Failure::from)
    }

    /// The object as the server shows it now; `None` if it says that there is none.
    pub async fn fetch<C: Client>(&self, cx: &Cx<C>, resource: &'static Resource, state: &State) -> Result<Option<Observed>, Failure> {
        let at = cx.client.endpoint(self.service, Object::new(&resource.table, &state.value)).await?;
        self.ask(cx, &at, resource, id_of(resource, state)?).await
    }

    async fn ask<C: Client>(&self, cx: &Cx<C>, at: &Endpoint, resource: &'static Resource, id: &str) -> Result<Option<Observed>, Failure> {
        let reply = at.send(cx, self.service, self.get(id)).await?;
        if self.service.says_missing(&reply) {
            return Ok(None);
        }
        if !reply.is_success() {
            return Err(self.service.refuse(&reply).into());
        }
        self.observe(resource, &reply, &self.service.json(&reply)?).map(Some).map_err(Failure::from)
    }

    /// The object from a list that other reads use too. What cannot be told from there is to be asked for.
    async fn listed<C: Client>(&self, cx: &Cx<C>, at: &Endpoint, resource: &'static Resource, id: &str) -> Option<Observed> {
        let list = Request::new(Method::GET, self.path).query("page_size", PAGE_SIZE);
        let member = resource.table.index(resource.key).map_or(resource.key, |index| resource.table.attr(index).pointer());
        let item = at.shared(cx, self.service, list, id, |reply| Page::of_objects(reply, member)).await?;
        let observed = observed(resource, &Json::parse(&*item).ok()?).ok()?;
        (observed.id == id).then_some(observed)
    }

    fn get(&self, id: &str) -> Request {
        Request::new(Method::GET, self.path).id(id)
    }

    /// The write with our choices in place of what was planned as unknown; the id is this one, where one is given.
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

    /// Brings the object to what is planned, keeping what the table does not know.
    async fn replace<C: Client>(
        &self,
        cx: &Cx<C>,
        at: &Endpoint,
        write: &Write,
        id: &str,
        refine: fn(&Write, Json) -> Json,
    ) -> Result<Observed, SendError> {
        let current = at.send(cx, self.service, self.get(id)).await?;
        if !current.is_success() {
            return Err(self.service.refuse(&current));
        }
        let body = refine(write, mapping::update(write, self.service.json(&current)?));
        let put = Request::new(Method::PUT, self.path).id(id).body(body).hiding(secrets(write));
        let reply = at.send(cx, self.service, put).await?;
        if !reply.is_success() {
            return Err(self.service.refuse(&reply));
        }
        self.answer(cx, at, write, &reply).await
    }

    /// The object after a write. The answer need not carry what we chose. If it cannot be read, the object is there
    /// all the same: it is read again, and if that fails too, what was sent is what we know.
    async fn answer<C: Client>(&self, cx: &Cx<C>, at: &Endpoint, write: &Write, reply: &Reply) -> Result<Observed, SendError> {
        let table = &write.resource.table;
        let planned = Object::new(table, &write.planned);
        let understood = |reply: &Reply| self.service.json(reply).and_then(|body| self.observe(write.resource, reply, &body));
        let mut observed = match understood(reply) {
            Ok(observed) => observed,
            Err(error) => {
                let Some(id) = planned.str(write.resource.key) else { return Err(error) };
                match at.send(cx, self.service, self.get(id)).await {
                    Ok(again) if self.service.says_missing(&again) => return Err(error),
                    again => again.and_then(|again| understood(&again)).unwrap_or_else(|_| sent(id, &write.planned, error)),
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

    /// The object in an answer of the service.
    pub fn observe(&self, resource: &'static Resource, reply: &Reply, body: &Json) -> Result<Observed, SendError> {
        observed(resource, body).map_err(|why| self.service.unreadable(reply, &why))
    }
}

/// The object in a body, or why it cannot be understood.
fn observed(resource: &'static Resource, body: &Json) -> Result<Observed, String> {
    let value = mapping::observe(&resource.table, body).map_err(|misfit| misfit.to_string())?;
    let id = match resource.keyless() {
        true => body.at(resource.key).as_str(),
        false => Object::new(&resource.table, &value).str(resource.key),
    };
    match id.map(str::to_owned) {
        Some(id) => Ok(Observed { id, value, warnings: Vec::new() }),
        None => Err(format!("`{}` is missing", resource.key)),
    }
}

/// The id of a stored object, if it can be asked for.
pub fn id_of<'a>(resource: &'static Resource, state: &'a State) -> Result<&'a str, Failure> {
    match state.id.as_deref() {
        Some(id) if !matches!(id, "" | "." | "..") => Ok(id),
        _ => Err(no_id(resource)),
    }
}

fn no_id(resource: &'static Resource) -> Failure {
    let detail = format!("A {} is found by its `{}`, and this one has none that can be asked for.", resource.name, resource.key);
    Diagnostic::error("The object has no usable id", detail).into()
}

fn exists(resource: &'static Resource, id: &str, reply: &Reply) -> Diagnostic {
    let (name, key) = (resource.name, resource.key);
    Diagnostic::error(
        format!("The {name} exists already"),
        format!(
            "{} answered {}: there is a {name} with this `{key}` that is not in the state. To manage it, import it by its id `{}` (`terraform import`, an `import` block, or `pulumi import`); otherwise choose another `{key}`.",
            reply.asked,
            reply.status,
            one_line(id)
        ),
    )
    .at(Path::attr(key))
}

/// The object as it was sent; a later refresh fills in the rest.
fn sent(id: &str, planned: &Value, error: SendError) -> Observed {
    let fields = planned.fields().iter().map(|value| if value.has_unknown() { Value::Null } else { value.clone() });
    let warning = Diagnostic { severity: Severity::Warning, ..error.diagnostic };
    Observed { id: id.to_owned(), value: Value::Object(fields.collect()), warnings: vec![warning] }
}

/// A create without a whole answer: what may be there now, by its id where that is known.
pub fn maybe_left(resource: &'static Resource, id: Option<&str>, error: SendError) -> Failure {
    let mut diagnostic = error.diagnostic;
    let left = match id {
        Some(id) => {
            format!(
                "\n\nThe {} `{}` may have been created all the same. If it exists, import it by this id or delete it.",
                resource.name,
                one_line(id)
            )
        }
        None => format!("\n\nA {} may have been created all the same.", resource.name),
    };
    diagnostic.detail.push_str(&left);
    Failure { done: Done::Maybe, left: None, diagnostics: vec![diagnostic] }
}
