//! Objects that are elements of a list in a document: each is found by its key, or by what it is like.
//!
//! An element whose resource has no key has an `id`. We choose one for it, by which it is found also where an answer got lost;
//! where the server chooses another all the same, it is the one that was not there before and is as it was to be.
//!
//! An element that is nothing but there or not, such as a text, is one whose likeness is all of it.
//!
//! What is beside the list is not the elements': a truth value that says whether the list is in use follows from whether it
//! has elements, and gives way to whoever else of this run says something of it.

use super::{
    Document, Open,
    change::{Change, Place, Wanted, element, is_like},
    coordinator::Edited,
    edit::{Edit, Seen},
    members::{members, named},
};
use crate::{
    engine::{self, Backend, Cx, Diagnostic, Done, Failure, Looked, Makes, Objects, Observed, State, Write, is_as_planned},
    rest::{
        Client, Collection,
        backend::ways_out,
        collection::is_in,
        mapping::{self, Misfit},
        secrets,
    },
    schema::{Attr, ID, Object, Resource},
    value::{Json, Path, Steps, Value},
};
use async_trait::async_trait;
use std::sync::{Arc, OnceLock};

/// Elements of a list. The places of the table's attributes are those in the element; the attributes in the document's
/// path say which document is meant.
pub struct Items {
    /// The document.
    pub document: &'static Document,
    /// The list: names of members with slashes in between.
    pub list: &'static str,
    /// What tells the element from others; without it, the place of the resource's key has its value.
    pub like: Option<fn(Object<'_>) -> Json>,
    /// Where new ones are put.
    pub place: Place,
    /// What a new one has where nobody says anything.
    pub at_first: Option<fn(&mut Json)>,
    /// The truth value in the document that says whether the list is in use: it is true from the first element on, and false
    /// when the last one is gone.
    pub switch: Option<&'static str>,
    /// What attributes see of the document around the list.
    pub beside: Option<Beside>,
    /// The attributes that go along with every change of an element, as far as the state knows them: no answer shows them, and
    /// nobody knows whether what the server makes the change in still has them.
    pub resent: &'static [&'static str],
    /// The truth value with which a change is made although the document's guard says why not.
    pub insists: Option<&'static str>,
}

/// A part of the document around a list: the table has its members in the element, in one more place.
#[derive(Clone, Copy)]
pub struct Beside {
    /// Where it is in the document.
    pub at: &'static str,
    /// Where the table has it.
    pub under: &'static str,
}

#[async_trait]
impl<C: Client> Backend<C> for Items {
    async fn create(&self, cx: &Cx<C>, write: &Write) -> Result<Observed, Failure> {
        let resource = write.resource;
        let object = Object::new(&resource.table, &write.planned);
        let open = self.document.open(cx, object).await?;
        let attempt = cx.attempt(write, open.at.endpoint.account(cx), Makes::TheObject);
        let begun = attempt.begun.as_ref().filter(|begun| begun.chosen).map(|begun| begun.id.clone());
        let chosen = resource.keyless().then(|| begun.unwrap_or_else(|| uuid::Uuid::new_v4().to_string()));
        let (id, like) = (chosen.as_deref(), self.like(resource, object, chosen.as_deref())?);
        let Some(version) = open.look(&who(resource, object, id)).await? else { return Err(self.document.missing().into()) };
        let is_begun = match element(&version.json, &self.list(), &like) {
            None => {
                match id {
                    Some(id) => cx.begin_chosen(&attempt, id),
                    None => cx.begin(&attempt, Looked::Missing(version.date)),
                }
                false
            }
            Some(found) => {
                let found = self.observe(&open.at, resource, object, &self.seen(&version.json, found));
                let found = found.map_err(|misfit| self.document.misfit(&misfit))?;
                // What a run that died has begun is finished: nobody was told of it.
                let is_ours = attempt.begun.as_ref().is_some_and(|begun| begun.is(resource, &write.planned, &found.value));
                if is_ours {
                    cx.resume(&attempt);
                }
                is_ours
            }
        };
        self.write(&open, write, id, like, is_begun).await
    }

    async fn read(&self, cx: &Cx<C>, resource: &'static Resource, state: &State) -> Result<Option<Observed>, Failure> {
        let object = Object::new(&resource.table, &state.value);
        let open = self.document.open(cx, object).await?;
        let id = state.id.as_deref();
        let like = self.like(resource, object, id)?;
        let Some(version) = open.read(&who(resource, object, id)).await? else { return Ok(None) };
        let found = element(&version.json, &self.list(), &like);
        let found = found.map(|found| self.observe(&open.at, resource, object, &self.seen(&version.json, found)));
        Ok(found.transpose().map_err(|misfit| self.document.misfit(&misfit))?)
    }

    async fn update(&self, cx: &Cx<C>, write: &Write) -> Result<Observed, Failure> {
        let object = Object::new(&write.resource.table, &write.planned);
        let open = self.document.open(cx, object).await?;
        let id = write.id.as_deref();
        let like = self.like(write.resource, object, id)?;
        self.write(&open, write, id, like, false).await
    }

    async fn delete(&self, cx: &Cx<C>, resource: &'static Resource, state: &State) -> Result<(), Failure> {
        let object = Object::new(&resource.table, &state.value);
        let open = self.document.open(cx, object).await?;
        let who = who(resource, object, state.id.as_deref());
        let (list, like, switch) = (self.list(), self.like(resource, object, state.id.as_deref())?, self.switch);
        let changes = Box::new(move |seen: Seen<'_>| {
            let there = seen.document.at(&list).as_array().unwrap_or_default();
            let is_last = !there.is_empty() && there.iter().all(|element| is_like(element, &like));
            let absent = Change::Element { list: list.clone(), like: like.clone(), wanted: Wanted::Absent };
            let off = switch.filter(|_| is_last).map(|switch| Change::Follows { at: steps(switch), value: false.into() });
            Ok([absent].into_iter().chain(off).collect())
        });
        let insists = self.insists(object);
        // With the document, all that was in it is gone.
        match open.edit(Edit { who: who.clone(), secrets: Vec::new(), insists, changes }).await? {
            Some(edited) if !edited.unkept.is_empty() => Err(self.unkept(&who).into()),
            _ => Ok(()),
        }
    }

    async fn list(&self, cx: &Cx<C>, wanted: &engine::Wanted<'_>, objects: &Objects) -> Result<(), Failure> {
        let resource = wanted.resource;
        let open = self.document.open(cx, wanted.filter).await?;
        let Some(version) = open.read(&format!("every {}", resource.name)).await? else { return Ok(()) };
        for found in version.json.at(&self.list()).as_array().into_iter().flatten() {
            let observed = self.observe(&open.at, resource, wanted.filter, &self.seen(&version.json, found));
            let observed = observed.map_err(|misfit| self.document.misfit(&misfit))?;
            let object = Object::new(&resource.table, &observed.value);
            // In one list there may be elements of several kinds.
            let is_one = self.like(resource, object, Some(&observed.id)).is_ok_and(|like| is_like(found, &like));
            if is_one && wanted.holds(&observed.value) {
                objects.send(observed).await;
            }
        }
        Ok(())
    }
}

impl Items {
    /// Elements of this list, of which new ones come last.
    pub const fn of(document: &'static Document, list: &'static str) -> Items {
        Items { document, list, like: None, place: Place::Last, at_first: None, switch: None, beside: None, resent: &[], insists: None }
    }

    fn list(&self) -> Vec<String> {
        steps(self.list)
    }

    fn insists(&self, object: Object<'_>) -> bool {
        self.insists.is_some_and(|name| object.bool(name) == Some(true))
    }

    fn seen(&self, document: &Json, element: &Json) -> Json {
        with_beside(self.beside, document, element)
    }

    fn like(&self, resource: &'static Resource, object: Object<'_>, id: Option<&str>) -> Result<Json, Diagnostic> {
        if let Some(like) = self.like {
            return Ok(like(object));
        }
        if let (true, Some(id)) = (resource.keyless(), id) {
            return Ok(Json::object([(ID, id.into())]));
        }
        let (mut like, key) = (Json::Null, resource.table.index(resource.key).map(|place| resource.table.attr(place)));
        match key.zip(object.str(resource.key)) {
            Some((attr, id)) if like.put(&attr.pointer(), id.into()) => Ok(like),
            _ => {
                let detail =
                    format!("`{}` tells it from others in the document, and is not known. Nothing was sent: set it.", resource.key);
                Err(Diagnostic::error(format!("Which {} is meant?", resource.name), detail).at(Path::attr(resource.key)))
            }
        }
    }

    async fn write<C: Client>(
        &self,
        open: &Open<'_, C>,
        write: &Write,
        id: Option<&str>,
        like: Json,
        is_begun: bool,
    ) -> Result<Observed, Failure> {
        let (resource, list, before) = (write.resource, self.list(), Arc::<OnceLock<Vec<Json>>>::default());
        let object = Object::new(&resource.table, &write.planned);
        let who = who(resource, object, id);
        let edited = open.edit(self.edit(write, who.clone(), like.clone(), is_begun, before.clone())).await?;
        let Some(Edited { version, .. }) = edited else { return Err(self.document.missing().into()) };
        let made = || new(write, &before, version.json.at(&list));
        // What the server did not keep of it, the engine tells by the attribute.
        match element(&version.json, &list, &like).or_else(made) {
            Some(found) => self
                .observe(&open.at, resource, object, &self.seen(&version.json, found))
                .map_err(|misfit| Failure { done: Done::Yes, ..self.document.misfit(&misfit).into() }),
            None => Err(Failure { done: Done::Yes, ..self.unkept(&who).into() }),
        }
    }

    fn edit(&self, write: &Write, who: String, like: Json, is_begun: bool, before: Arc<OnceLock<Vec<Json>>>) -> Edit {
        let (document, list, place, owned) = (self.document, self.list(), self.place, write.clone());
        let (at_first, switch, beside, resent) = (self.at_first, self.switch, self.beside, self.resent);
        let insists = self.insists(Object::new(&write.resource.table, &write.planned));
        let is_new = write.id.is_none();
        let changes = move |seen: Seen<'_>| {
            let is_member = |attr: &Attr| !is_in(document.path, attr);
            // The element as it is to be, and what is to be true beside the list.
            let made = |current: &Json| {
                let (mut value, mut around) = (current.clone(), Vec::new());
                // What is no object is all that there is of it.
                if !value.is_object() {
                    return Ok((value, around));
                }
                for mut change in
                    members(&owned, &with_beside(beside, seen.document, current), is_member).map_err(|misfit| document.misfit(&misfit))?
                {
                    match beside.filter(|beside| change.is_in(&steps(beside.under))) {
                        Some(Beside { at, under }) => {
                            change.leave(under);
                            change.enter(at);
                            around.push(change);
                        }
                        None => change.apply(&mut value, &mut Vec::new()).map_err(|obstacle| document.obstacle(&obstacle))?,
                    }
                }
                if !is_new && value != *current {
                    along(&owned, resent, &mut value);
                }
                Ok::<_, Diagnostic>((value, around))
            };
            let there = seen.document.at(&list).as_array().unwrap_or_default();
            before.get_or_init(|| there.to_vec());
            let (value, mut around) = match element(seen.document, &list, &like) {
                // The answer to the patch that made it was lost, and the server chose its id.
                None if seen.may_be_made && new(&owned, &before, seen.document.at(&list)).is_some() => return Ok(Vec::new()),
                None if is_new => {
                    let mut first = like.clone();
                    at_first.iter().for_each(|at_first| at_first(&mut first));
                    made(&first)?
                }
                None => return Err(gone(document, &owned)),
                Some(found) if !is_new || is_begun => made(found)?,
                // The answer to the patch that made it was lost.
                Some(found) if seen.may_be_made && is_made(&owned, &with_beside(beside, seen.document, found)) => made(found)?,
                Some(_) => return Err(exists(document, &owned)),
            };
            if let Some(switch) = switch.filter(|_| there.is_empty()) {
                around.push(Change::Follows { at: steps(switch), value: true.into() });
            }
            let element = Change::Element { list: list.clone(), like: like.clone(), wanted: Wanted::Is(value, place) };
            Ok([element].into_iter().chain(around).collect())
        };
        Edit { who, secrets: secrets(write), insists, changes: Box::new(changes) }
    }

    fn unkept(&self, who: &str) -> Diagnostic {
        let detail = format!(
            "{} accepted the patch, and {} is not as it says: the {who} is the same as before. Its version may not support that, or its plan may not include it.",
            self.document.service.name, self.document.name
        );
        Diagnostic::error("The server did not keep what was sent", detail)
    }

    fn observe(&self, at: &Collection, resource: &'static Resource, object: Object<'_>, found: &Json) -> Result<Observed, Misfit> {
        let table = &resource.table;
        let mut value = if found.is_object() { mapping::observe(table, found)? } else { table.nulls() };
        at.name(table, &mut value);
        if let (Value::Object(fields), false) = (&mut value, found.is_object()) {
            // Such an element shows nothing but that it is there.
            fields.iter_mut().enumerate().for_each(|(place, field)| *field = object.at(place).clone());
        }
        let key = if resource.keyless() { found.at(ID).as_str() } else { Object::new(table, &value).str(resource.key) };
        let id = key.unwrap_or_default().to_owned();
        Ok(Observed { id, value, warnings: Vec::new() })
    }
}

fn steps(at: &str) -> Vec<String> {
    at.steps().map(str::to_owned).collect()
}

/// The element as the table sees it.
fn with_beside(beside: Option<Beside>, document: &Json, element: &Json) -> Json {
    let mut seen = element.clone();
    if let Some(Beside { at, under }) = beside.filter(|_| element.is_object()) {
        seen.put(under, document.at(at).clone());
    }
    seen
}

/// Puts what goes along with a change into the element, as planned.
fn along(write: &Write, names: &[&str], value: &mut Json) {
    let planned = Object::new(&write.resource.table, &write.planned);
    for (attr, text) in planned.iter().filter(|(attr, _)| names.contains(&attr.name)) {
        if let Some(text) = text.as_str() {
            value.put(&attr.pointer(), text.into());
        }
    }
}

/// What the object is called in messages, and among those who read the document.
fn who(resource: &'static Resource, object: Object<'_>, id: Option<&str>) -> String {
    named(resource, if resource.keyless() { id } else { object.str(resource.key) })
}

/// The only element that was not there before and is as it was to be made, where no attribute identifies one.
fn new<'a>(write: &Write, before: &OnceLock<Vec<Json>>, list: &'a Json) -> Option<&'a Json> {
    let before = before.get().filter(|_| write.resource.keyless() && write.id.is_none())?;
    let is_known = |found: &Json| before.iter().any(|known| known.at(ID) == found.at(ID));
    let mut new = list.as_array()?.iter().filter(|found| !is_known(found) && is_made(write, found));
    new.next().filter(|_| new.next().is_none())
}

/// Whether the element that is there by now is as it was to be made, in all that can be read.
fn is_made(write: &Write, found: &Json) -> bool {
    !found.is_object()
        || mapping::observe(&write.resource.table, found).is_ok_and(|found| is_as_planned(write.resource, &write.planned, &found))
}

fn gone(document: &Document, write: &Write) -> Diagnostic {
    let name = write.resource.name;
    let detail =
        format!("It is no longer in {}. Nothing was changed. Refresh to bring the state up to date, and apply again.", document.name);
    Diagnostic::error(format!("The {name} is gone"), detail)
}

fn exists(document: &Document, write: &Write) -> Diagnostic {
    let (resource, object) = (write.resource, Object::new(&write.resource.table, &write.planned));
    let detail = format!(
        "There is one in {} that is not in the state. Nothing was changed. {}",
        document.name,
        ways_out(resource, object.str(resource.key).unwrap_or_default())
    );
    Diagnostic::error(format!("The {} exists already", resource.name), detail).at(Path::attr(resource.key))
}
