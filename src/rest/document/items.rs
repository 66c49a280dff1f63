//! Objects that are elements of a list in a document: each is found by its key, or by its likeness.
//!
//! An element whose resource has no key has an `id`. The provider chooses one for it, which finds it also after a lost answer;
//! if the server chooses another id nevertheless, the element is the one that was not there before and is as planned.
//!
//! An element that only exists or not, such as a text, is its own likeness.
//!
//! If more than one attribute identifies an element, its id is the text that its resource is
//! [found by](crate::schema::Resource::found_by). An object keeps the id that it has, whoever chose it.
//!
//! Values beside the list do not belong to the elements: a truth value that says whether the list is in use becomes true with the
//! first element, and gives way to any other writer of this run that sets it.

use super::{
    Document, Open,
    change::{Change, Position, Wanted, element, is_like},
    edit::{Current, Edit},
    members::{exists, members, named, said},
    revisions::Edited,
    slot::{Slot, complete, name_of, which},
};
use crate::{
    engine::{self, Backend, Cx, Diagnostic, Done, Failure, Looked, Makes, Objects, Observed, Part, Says, State, Write, is_as_planned},
    rest::{
        Client, Collection,
        collection::is_in,
        mapping::{self, Misfit},
        secrets,
    },
    schema::{Attr, ID, Object, Resource},
    value::{Json, Steps, Value},
};
use async_trait::async_trait;
use std::sync::{Arc, OnceLock};

/// Elements of a list. The places of the table's attributes are those in the element; the attributes in the document's
/// path identify the document.
#[derive(Clone, Copy)]
pub struct Items {
    /// The document.
    pub document: &'static Document,
    /// The list.
    pub list: List,
    /// The part that identifies the element; without it, the value of the resource's key at its place.
    pub like: Option<fn(Object<'_>) -> Json>,
    /// The position of new elements.
    pub place: Position,
    /// Members of an element that are of several kinds.
    pub tagged: &'static [Tagged],
    /// Fills in members of a new element that nobody has set.
    pub at_first: Option<fn(&mut Json)>,
    /// The truth value in the document that says whether the list is in use: it becomes true with the first element. It stays when
    /// the last one is removed, since others may have set it.
    pub switch: Option<&'static str>,
    /// The part of the document around the list that attributes show.
    pub beside: Option<Beside>,
    /// The attributes that are sent with every change of an element, as far as the state knows them: no answer shows them, and
    /// nobody knows whether the server still has them in the object that it changes.
    pub resent: &'static [&'static str],
    /// The truth value with which a change is made in spite of the document's guard.
    pub insists: Option<&'static str>,
}

/// A part of the document around a list: the table shows its members at one more place in the element.
#[derive(Clone, Copy)]
pub struct Beside {
    /// Its place in the document.
    pub at: &'static str,
    /// Its place in the table.
    pub under: &'static str,
}

/// The place of a list.
#[derive(Clone, Copy)]
pub enum List {
    /// One place for all objects: names of members with slashes in between.
    At(&'static str),
    /// A place that depends on the object.
    In(&'static Slot),
}

/// A member with variants: another member inside names the variant, which decides what else is in it. When the variant changes or
/// goes away, nothing of the old one stays, not even members that no answer shows.
pub struct Tagged {
    /// The member, by its place in the element.
    pub at: &'static str,
    /// The member that names the variant, by its place in there.
    pub tag: &'static str,
}

#[async_trait]
impl<C: Client> Backend<C> for Items {
    async fn create(&self, cx: &Cx<C>, write: &Write) -> Result<Observed, Failure> {
        let resource = write.resource;
        let object = Object::new(&resource.table, &write.planned);
        let open = self.document.open(cx, object).await?;
        let attempt = cx.attempt(write, open.at.endpoint.account(cx), Makes::TheObject);
        let begun = attempt.begun.as_ref().filter(|begun| begun.chosen).map(|begun| begun.id.clone());
        let chosen = self.chooses(resource).then(|| begun.unwrap_or_else(|| uuid::Uuid::new_v4().to_string()));
        let (id, like) = (chosen.as_deref(), self.like(resource, object, chosen.as_deref())?);
        let who = self.who(&open.at, resource, object, id);
        let Some(version) = open.look(&who).await? else { return Err(self.document.missing().into()) };
        let is_begun = match element(&version.json, &self.list(resource, object)?, &like) {
            None => {
                match id {
                    Some(id) => cx.begin_chosen(&attempt, id),
                    None => cx.begin(&attempt, Looked::Missing(version.date)),
                }
                false
            }
            Some(found) => {
                let found = self.observe(&open.at, resource, object, &self.seen(&version.json, found), None);
                let found = found.map_err(|misfit| self.document.misfit(&misfit))?;
                // The create of a run that died is finished: no tool learned of it.
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
        let Some(version) = open.read(&self.who(&open.at, resource, object, id)).await? else { return Ok(None) };
        // An id for an import may have another spelling.
        let id = id.filter(|_| state.private.imported.is_none());
        let found = element(&version.json, &self.list(resource, object)?, &like);
        let found = found.map(|found| self.observe(&open.at, resource, object, &self.seen(&version.json, found), id));
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
        let who = self.who(&open.at, resource, object, state.id.as_deref());
        let (list, like) = (self.list(resource, object)?, self.like(resource, object, state.id.as_deref())?);
        let absent = Change::Element { list, like, wanted: Wanted::Absent };
        let changes = Box::new(move |_: Current<'_>| Ok(vec![absent.clone()]));
        let insists = self.insists(object);
        // If the document is gone, so is everything in it.
        match open.edit(Edit { who: who.clone(), is_new: false, secrets: Vec::new(), insists, changes }).await? {
            Some(edited) if !edited.unkept.is_empty() => Err(self.unkept(&who).into()),
            _ => Ok(()),
        }
    }

    fn sets(&self, client: &C, resource: &'static Resource, config: Object<'_>, is_new: bool) -> Vec<Part> {
        let is_known = |name: &str| !config.get(name).has_unknown();
        let names = || resource.table.attrs().filter(|attr| attr.replaces).all(|attr| is_known(attr.name));
        let (Some(of), Ok(list)) = (self.document.place(client, config), self.list(resource, config)) else { return Vec::new() };
        let Some(like) = self.like(resource, config, None).ok().filter(|_| names()) else { return Vec::new() };
        let is_member = |attr: &Attr| !is_in(self.document.path, attr) && self.slot().is_none_or(|slot| !slot.says(attr));
        let place = |at: &[String]| match self.beside.filter(|beside| at.starts_with(&steps(beside.under))) {
            Some(Beside { at: around, under }) => [&*steps(around), &at[steps(under).len()..]].concat(),
            None => [&*list, &[like.to_string()], at].concat(),
        };
        let part = |(attr, at, value): (&Attr, Vec<String>, Json)| self.document.part(&of, &place(&at), attr.name, Says::Is(value));
        let key = resource.table.attrs().find(|attr| attr.replaces && is_member(attr)).map_or(resource.key, |attr| attr.name);
        let there = self.document.part(&of, &list, key, Says::Has(like.clone()));
        let on = self.switch.filter(|_| is_new).map(|at| self.document.part(&of, &steps(at), key, Says::Becomes(true.into())));
        [there].into_iter().chain(on).chain(said(config, is_member).into_iter().map(part)).collect()
    }

    async fn list(&self, cx: &Cx<C>, wanted: &engine::Wanted<'_>, objects: &Objects) -> Result<(), Failure> {
        let resource = wanted.resource;
        let open = self.document.open(cx, wanted.filter).await?;
        let Some(version) = open.read(&format!("every {}", resource.name)).await? else { return Ok(()) };
        let places = self.slot().map_or_else(|| vec![resource.table.nulls()], |slot| slot.objects(&resource.table));
        for place in places.iter().map(|place| Object::new(&resource.table, place)) {
            for found in version.json.at(&self.list(resource, place)?).as_array().into_iter().flatten() {
                let observed = self.observe(&open.at, resource, place, &self.seen(&version.json, found), None);
                let observed = observed.map_err(|misfit| self.document.misfit(&misfit))?;
                let object = Object::new(&resource.table, &observed.value);
                // A list may contain elements of several kinds.
                let is_one = self.like(resource, object, Some(&observed.id)).is_ok_and(|like| is_like(found, &like));
                if is_one && wanted.holds(&observed.value) {
                    objects.send(observed).await;
                }
            }
        }
        Ok(())
    }
}

impl Items {
    /// Elements of this list, identified by their keys. New ones come last.
    pub const fn of(document: &'static Document, list: List) -> Items {
        Items {
            document,
            list,
            like: None,
            place: Position::Last,
            tagged: &[],
            at_first: None,
            switch: None,
            beside: None,
            resent: &[],
            insists: None,
        }
    }

    fn insists(&self, object: Object<'_>) -> bool {
        self.insists.is_some_and(|name| object.bool(name) == Some(true))
    }

    /// The element as the table sees it.
    fn seen(&self, document: &Json, element: &Json) -> Json {
        let mut seen = element.clone();
        if let Some(Beside { at, under }) = self.beside.filter(|_| element.is_object()) {
            seen.put(under, document.at(at).clone());
        }
        seen
    }

    /// The slot of the list, if its place depends on the object.
    pub(super) fn slot(&self) -> Option<&'static Slot> {
        match self.list {
            List::At(_) => None,
            List::In(slot) => Some(slot),
        }
    }

    pub(super) fn list(&self, resource: &'static Resource, object: Object<'_>) -> Result<Vec<String>, Diagnostic> {
        match self.list {
            List::At(list) => Ok(steps(list)),
            List::In(slot) => slot.of(resource, object),
        }
    }

    /// Whether the provider chooses the id of a new element.
    fn chooses(&self, resource: &'static Resource) -> bool {
        resource.keyless() && self.like.is_none()
    }

    /// The name of the object in messages, and among the readers of the document.
    fn who(&self, at: &Collection, resource: &'static Resource, object: Object<'_>, id: Option<&str>) -> String {
        match (resource.keyless(), self.like) {
            (false, _) => named(resource, object.str(resource.key)),
            (true, None) => named(resource, id),
            (true, Some(_)) => named(resource, name_of(at, object, resource).as_deref()),
        }
    }

    pub(super) fn like(&self, resource: &'static Resource, object: Object<'_>, id: Option<&str>) -> Result<Json, Diagnostic> {
        if let Some(like) = self.like {
            return Ok(like(object));
        }
        if let (true, Some(id)) = (resource.keyless(), id) {
            return Ok(Json::object([(ID, id.into())]));
        }
        let (mut like, key) = (Json::Null, resource.table.index(resource.key).map(|place| resource.table.attr(place)));
        match key.zip(object.str(resource.key)) {
            Some((attr, id)) if like.put(&attr.pointer(), id.into()) => Ok(like),
            _ => Err(which(resource, resource.key)),
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
        let (resource, before) = (write.resource, Arc::<OnceLock<Vec<Json>>>::default());
        let object = Object::new(&resource.table, &write.planned);
        let (who, list) = (self.who(&open.at, resource, object, id), self.list(resource, object)?);
        let edit = self.edit(&open.at, write, who.clone(), (list.clone(), like.clone()), is_begun, before.clone());
        let Some(Edited { version, .. }) = open.edit(edit).await? else { return Err(self.document.missing().into()) };
        let made = || self.arrived(&open.at, write, &before, (&version.json, &list));
        // If the server did not keep a part of it, the engine reports the attribute.
        match element(&version.json, &list, &like).or_else(made) {
            Some(found) => self
                .observe(&open.at, resource, object, &self.seen(&version.json, found), write.id.as_deref())
                .map_err(|misfit| Failure { done: Done::Yes, ..self.document.misfit(&misfit).into() }),
            None => Err(Failure { done: Done::Yes, ..self.unkept(&who).into() }),
        }
    }

    fn edit(
        &self,
        at: &Collection,
        write: &Write,
        who: String,
        (list, like): (Vec<String>, Json),
        is_begun: bool,
        before: Arc<OnceLock<Vec<Json>>>,
    ) -> Edit {
        let (items, document, at, owned) = (*self, self.document, at.clone(), write.clone());
        let is_new = write.id.is_none();
        let insists = self.insists(Object::new(&write.resource.table, &write.planned));
        let changes = move |seen: Current<'_>| {
            let made = |current: &Json| items.made(&owned, current, seen.document);
            let there = seen.document.at(&list).as_array().unwrap_or_default();
            before.get_or_init(|| there.to_vec());
            let found = element(seen.document, &list, &like);
            let (value, mut around) = match found {
                // The answer to the patch that created it was lost, and the server chose its id.
                None if seen.may_be_made && items.arrived(&at, &owned, &before, (seen.document, &list)).is_some() => return Ok(Vec::new()),
                None if is_new => {
                    let mut first = like.clone();
                    items.at_first.iter().for_each(|at_first| at_first(&mut first));
                    made(&first)?
                }
                None => return Err(gone(document, &owned)),
                Some(found) if !is_new || is_begun => made(found)?,
                // The answer to the patch that created it was lost.
                Some(found) if seen.may_be_made && items.is_made(&at, &owned, found, seen.document) => made(found)?,
                Some(_) => return Err(exists(document, &at, &owned)),
            };
            if let Some(switch) = items.switch.filter(|_| there.is_empty()) {
                around.push(Change::Follows { at: steps(switch), value: true.into() });
            }
            // Members that change its variant are removed first, since some of their parts may not be shown.
            let mut without = value.clone();
            let recast = items.tagged.iter().filter(|tagged| found.is_some_and(|found| tagged.is_recast(found, &value)));
            let goes_first = recast.filter(|tagged| without.remove(tagged.at).is_some()).count() > 0;
            let values = if goes_first { vec![without, value] } else { vec![value] };
            let is = |value| Change::Element { list: list.clone(), like: like.clone(), wanted: Wanted::Is(value, items.place) };
            Ok(values.into_iter().map(is).chain(around).collect())
        };
        Edit { who, is_new: false, secrets: secrets(write), insists, changes: Box::new(changes) }
    }

    /// The new element, made from the existing one, and the changes beside the list.
    pub(super) fn made(&self, write: &Write, current: &Json, document: &Json) -> Result<(Json, Vec<Change>), Diagnostic> {
        let (mut value, mut around) = (current.clone(), Vec::new());
        // A value that is not an object has no other parts.
        if !value.is_object() {
            return Ok((value, around));
        }
        let is_member = |attr: &Attr| !is_in(self.document.path, attr) && self.slot().is_none_or(|slot| !slot.says(attr));
        for mut change in members(write, &self.seen(document, current), is_member).map_err(|misfit| self.document.misfit(&misfit))? {
            match self.beside.filter(|beside| change.is_in(&steps(beside.under))) {
                Some(Beside { at, under }) => {
                    change.leave(under);
                    change.enter(&steps(at));
                    around.push(change);
                }
                None => change.apply(&mut value, &mut Vec::new()).map_err(|obstacle| self.document.obstacle(&obstacle))?,
            }
        }
        for tagged in self.tagged {
            let is_of_a_kind = !tagged.kind(&value).is_null();
            if tagged.is_recast(current, &value) {
                value.remove(tagged.at);
                let whole = whole(write).remove(tagged.at).filter(|_| is_of_a_kind);
                whole.map(|whole| value.put(tagged.at, whole));
            }
        }
        if write.id.is_some() && value != *current {
            along(write, self.resent, &mut value);
        }
        Ok((value, around))
    }

    fn unkept(&self, who: &str) -> Diagnostic {
        let detail = format!(
            "{} accepted the change, but {} does not show it: the {who} is the same as before. The server's version may not support it, or the plan may not include it.",
            self.document.service.name, self.document.name
        );
        Diagnostic::error("The server did not keep what was sent", detail)
    }

    /// The element as an object, which has this id already.
    fn observe(
        &self,
        at: &Collection,
        resource: &'static Resource,
        object: Object<'_>,
        found: &Json,
        id: Option<&str>,
    ) -> Result<Observed, Misfit> {
        let table = &resource.table;
        let mut value = self.of_element(resource, object, found)?;
        complete(at, self.slot(), object, &mut value);
        if let (Value::Object(fields), false) = (&mut value, found.is_object()) {
            // Such an element shows only that it exists.
            fields.iter_mut().enumerate().for_each(|(place, field)| *field = object.at(place).clone());
        }
        let seen = Object::new(table, &value);
        let id = match (resource.keyless(), self.like) {
            (false, _) => seen.str(resource.key).map(str::to_owned),
            (true, None) => found.at(ID).as_str().map(str::to_owned),
            (true, Some(_)) => id.map(str::to_owned).or_else(|| resource.name_of(seen)),
        };
        Ok(Observed { id: id.unwrap_or_default(), value, warnings: Vec::new() })
    }

    /// The object of the element, with the attributes that identify the list's place.
    pub(super) fn of_element(&self, resource: &'static Resource, object: Object<'_>, found: &Json) -> Result<Value, Misfit> {
        let table = &resource.table;
        let mut value = if found.is_object() { mapping::observe(table, found)? } else { table.nulls() };
        if let Value::Object(fields) = &mut value {
            for (index, attr) in table.attrs().enumerate() {
                if self.slot().is_some_and(|slot| slot.says(attr)) {
                    fields[index] = object.at(index).clone();
                }
            }
        }
        Ok(value)
    }

    /// The only element that was not there before and is as planned, if no attribute identifies one.
    fn arrived<'a>(
        &self,
        at: &Collection,
        write: &Write,
        before: &OnceLock<Vec<Json>>,
        (document, list): (&'a Json, &[String]),
    ) -> Option<&'a Json> {
        let before = before.get().filter(|_| self.chooses(write.resource) && write.id.is_none())?;
        let is_known = |found: &Json| before.iter().any(|known| known.at(ID) == found.at(ID));
        let is_new = |found: &&Json| !is_known(found) && self.is_made(at, write, found, document);
        let mut new = document.at(list).as_array()?.iter().filter(is_new);
        new.next().filter(|_| new.next().is_none())
    }

    /// Whether the existing element is as planned, in everything that can be read.
    fn is_made(&self, at: &Collection, write: &Write, found: &Json, document: &Json) -> bool {
        let object = Object::new(&write.resource.table, &write.planned);
        let observed = self.observe(at, write.resource, object, &self.seen(document, found), None);
        !found.is_object() || observed.is_ok_and(|found| is_as_planned(write.resource, &write.planned, &found.value))
    }
}

impl Tagged {
    /// The variant named in this element.
    fn kind<'a>(&self, element: &'a Json) -> &'a Json {
        element.at(self.at).at(self.tag)
    }

    fn is_recast(&self, before: &Json, after: &Json) -> bool {
        self.kind(before) != self.kind(after)
    }
}

fn steps(at: &str) -> Vec<String> {
    at.steps().map(str::to_owned).collect()
}

/// Adds the values that are sent with a change to the element, as planned.
fn along(write: &Write, names: &[&str], value: &mut Json) {
    let planned = Object::new(&write.resource.table, &write.planned);
    for (attr, text) in planned.iter().filter(|(attr, _)| names.contains(&attr.name)) {
        if let Some(text) = text.as_str() {
            value.put(&attr.pointer(), text.into());
        }
    }
}

/// All planned values of the object, with the write-only values that this run has.
fn whole(write: &Write) -> Json {
    let rewrite = write.resource.table.attrs().filter(|attr| attr.write_only).map(|attr| attr.name).collect();
    mapping::create(&Write { rewrite, ..write.clone() })
}

fn gone(document: &Document, write: &Write) -> Diagnostic {
    let name = write.resource.name;
    let detail =
        format!("It is no longer in {}. Nothing was changed. Refresh to bring the state up to date, and apply again.", document.name);
    Diagnostic::error(format!("The {name} no longer exists"), detail)
}
