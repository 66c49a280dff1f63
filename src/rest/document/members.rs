//! Objects that are members of a document: each attribute is a member, at any place, or says whether a list has an element.
//!
//! Owns which members a write sends: those that the plan changes and that do not have the planned value yet. Members that the
//! table does not know, or that the plan does not change, stay as they are.

use super::{
    Document,
    change::{Change, Position, Wanted, element, member},
    edit::{Current, Edit},
    revisions::Edited,
    shape::{self, Shape},
    slot::{Slot, complete, name_of},
    version::Version,
};
use crate::{
    engine::{self, Backend, Cx, Diagnostic, Done, Failure, Objects, Observed, Part as SharedPart, Says, State, Write, semantically_equal},
    rest::{
        Client, Collection,
        backend::ways_out,
        collection::is_in,
        mapping::{self, Misfit},
        secrets,
    },
    schema::{Attr, Kind, Object, Presence, Resource},
    value::{Json, Path, Steps, Value},
};
use async_trait::async_trait;
use std::borrow::Cow;

/// Members of a document as one object. The attributes of its table have the same places as the members. The attributes in the
/// document's path select the document, and the resource's key among them identifies the object.
#[derive(Clone, Copy)]
pub struct Members {
    /// The document.
    pub document: &'static Document,
    /// The place of the members, if it depends on the object; otherwise they are in the document itself. Such an object exists while
    /// one of its members does, and a create refuses to take over existing members.
    pub slot: Option<&'static Slot>,
    /// Another view of the document, for members that this one does not show.
    pub view: Option<View>,
    /// The attributes that say whether a list has an element.
    pub toggles: &'static [Toggle],
    /// The members whose JSON differs from the table.
    pub shapes: &'static [Shape],
    /// What happens to a member that the configuration no longer sets. Without this, it is cleared as its attribute says.
    pub removal: Option<Removal>,
    /// What happens to the members when the object is deleted.
    pub deletion: Deletion,
    /// The truth value with which a change is made in spite of the document's guard.
    pub insists: Option<&'static str>,
}

/// Another view of a document. The table has the members of the view at a place of their own.
#[derive(Clone, Copy)]
pub struct View {
    /// The view.
    pub document: &'static Document,
    /// The place of its members in the table.
    pub under: &'static str,
}

/// A truth value that says whether a list has an element. Others may have elements in the same list.
pub struct Toggle {
    /// The attribute.
    pub attr: &'static str,
    /// The list: names of members with slashes in between.
    pub list: &'static str,
    /// The element, which identifies itself by its likeness.
    pub element: fn() -> Json,
    /// The position of a new element.
    pub place: Position,
    /// Another attribute of the element.
    pub setting: Option<Setting>,
}

/// A text that is a member of an element in a list.
pub struct Setting {
    /// The attribute.
    pub attr: &'static str,
    /// Its place in the element.
    pub at: &'static str,
    /// Its value if the element does not have it.
    pub otherwise: &'static str,
}

/// The attribute that decides whether members stay when the configuration no longer sets them.
#[derive(Clone, Copy)]
pub struct Removal {
    /// The attribute, as the state has it.
    pub attr: &'static str,
    /// The value with which they stay.
    pub keeps: &'static str,
}

/// What happens to members when the object is deleted. Only members that an apply has written are cleared.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Deletion {
    /// They are cleared as their attributes say.
    Clears,
    /// They stay as they are, with this as a warning.
    Leaves(&'static str),
    /// They are cleared if this attribute of the state has this value. Otherwise they stay, with this as a warning.
    Said(&'static str, &'static str, &'static str),
}

/// The document or its other view.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Document,
    View(&'static str),
}

#[async_trait]
impl<C: Client> Backend<C> for Members {
    async fn create(&self, cx: &Cx<C>, write: &Write) -> Result<Observed, Failure> {
        self.write(cx, write).await
    }

    async fn read(&self, cx: &Cx<C>, resource: &'static Resource, state: &State) -> Result<Option<Observed>, Failure> {
        let object = Object::new(&resource.table, &state.value);
        let open = self.document.open(cx, object).await?;
        let who = called(&open.at, resource, object);
        let Some(version) = open.read(&who).await? else { return Ok(None) };
        let is_asked = |attr: &Attr, value: &Value| !value.is_null() || attr.presence == Presence::WhileSet && state.private.takes(attr);
        let view = match self.view_with(object, is_asked) {
            Some(view) => view.open(cx, object).await?.read(&who).await?,
            None => None,
        };
        let observed = self.observe(&open.at, resource, object, &version, view.as_deref())?;
        Ok(Some(observed).filter(|observed| self.slot.is_none() || self.is_there(resource, &observed.value)))
    }

    async fn update(&self, cx: &Cx<C>, write: &Write) -> Result<Observed, Failure> {
        self.write(cx, write).await
    }

    async fn delete(&self, cx: &Cx<C>, resource: &'static Resource, state: &State) -> Result<(), Failure> {
        let object = Object::new(&resource.table, &state.value);
        let open = self.document.open(cx, object).await?;
        let who = called(&open.at, resource, object);
        let view = match self.view {
            Some(view) => Some(view.document.open(cx, object).await?),
            None => None,
        };
        let withdraw = || [Some(&open), view.as_ref()].into_iter().flatten().for_each(|open| open.withdraw(&who));
        let stays = match self.deletion {
            Deletion::Clears => None,
            Deletion::Leaves(why) => Some(why),
            Deletion::Said(attr, clears, why) => (object.str(attr) != Some(clears)).then_some(why),
        };
        if let Some(why) = stays {
            withdraw();
            cx.warn(Diagnostic::warning(format!("The {} stays as it is", resource.name), why));
            return Ok(());
        }
        let write = Write {
            resource,
            id: state.id.clone(),
            prior: state.private.owned(&resource.table, &state.value).into_owned(),
            planned: self.nothing(resource, object),
            config: Value::Null,
            rewrite: Vec::new(),
            withdrawn: Vec::new(),
            private: state.private.clone(),
        };
        // Without a document there are no members.
        open.edit(self.edit(&open.at, &write, who.clone(), Part::Document)?).await?;
        let ours = Object::new(&resource.table, &write.prior);
        let is_in_view = self.view_with(ours, |_, value| !value.is_null()).is_some();
        if let Some((open, part)) = view.as_ref().zip(self.view_part()).filter(|_| is_in_view) {
            open.edit(self.edit(&open.at, &write, who.clone(), part)?).await?;
        }
        withdraw();
        Ok(())
    }

    fn sets(&self, client: &C, resource: &'static Resource, config: Object<'_>, _: bool) -> Vec<SharedPart> {
        let (Some(of), Ok(root)) = (self.document.place(client, config), self.root(resource, config)) else { return Vec::new() };
        let is_member = |attr: &Attr| !self.is_elsewhere(attr);
        let set = said(config, is_member).into_iter().map(|(attr, at, value)| {
            match self.toggles.iter().find(|toggle| toggle.attr == attr.name) {
                Some(toggle) if value == Json::Bool(true) => {
                    self.document.part(&of, &toggle.at(), attr.name, Says::Has((toggle.element)()))
                }
                _ => self.document.part(&of, &[&*root, &at].concat(), attr.name, Says::Is(value)),
            }
        });
        set.collect()
    }

    async fn list(&self, cx: &Cx<C>, wanted: &engine::Wanted<'_>, objects: &Objects) -> Result<(), Failure> {
        let resource = wanted.resource;
        let Some(slot) = self.slot else {
            return Err(Diagnostic::error(format!("{} cannot be searched", resource.name), "Look it up by its id.").into());
        };
        let open = self.document.open(cx, wanted.filter).await?;
        let Some(version) = open.read(&format!("every {}", resource.name)).await? else { return Ok(()) };
        for place in slot.objects(&resource.table) {
            let observed = self.observe(&open.at, resource, Object::new(&resource.table, &place), &version, None)?;
            if self.is_there(resource, &observed.value) && wanted.holds(&observed.value) {
                objects.send(observed).await;
            }
        }
        Ok(())
    }
}

impl Members {
    /// Members of this document, which are cleared when the object is deleted, each as its attribute says.
    pub const fn of(document: &'static Document) -> Members {
        Members { document, slot: None, view: None, toggles: &[], shapes: &[], removal: None, deletion: Deletion::Clears, insists: None }
    }

    async fn write<C: Client>(&self, cx: &Cx<C>, write: &Write) -> Result<Observed, Failure> {
        let (resource, table) = (write.resource, &write.resource.table);
        let object = Object::new(table, &write.planned);
        let open = self.document.open(cx, object).await?;
        let who = called(&open.at, resource, object);
        let Some(Edited { version, .. }) = open.edit(self.edit(&open.at, write, who.clone(), Part::Document)?).await? else {
            return Err(self.document.missing().into());
        };
        let misfit = |misfit: Diagnostic| Failure { done: Done::Yes, ..misfit.into() };
        let prior = Object::new(table, &write.prior);
        let changes =
            |attr: &Attr, value: &Value| !semantically_equal(attr, prior.get(attr.name), value) || write.rewrite.contains(&attr.name);
        let view = match (self.view_with(object, changes), self.view_with(object, |_, value| !value.is_null()), self.view_part()) {
            (Some(view), _, Some(part)) => {
                let edit = self.edit(&open.at, write, who, part)?;
                let edited = async { view.open(cx, object).await?.edit(edit).await };
                match edited.await {
                    Ok(Some(edited)) => Some(edited.version),
                    Ok(None) => return Err(view.missing().into()),
                    // The first patch was carried out.
                    Err(error) => {
                        let left = self.observe(&open.at, resource, object, &version, None).map_err(misfit)?;
                        return Err(Failure { left: Some(Box::new(left)), ..error.into() });
                    }
                }
            }
            (None, Some(view), _) => view.open(cx, object).await?.look(&who).await?,
            _ => None,
        };
        // The engine reports the attributes that the server did not keep. Without attributes in the view, the view is not needed.
        let view = view.filter(|_| self.view_with(object, |_, value| !value.is_null()).is_some());
        self.observe(&open.at, resource, object, &version, view.as_deref()).map_err(misfit)
    }

    /// The view, if this is true for an attribute in it.
    fn view_with(&self, object: Object<'_>, is_wanted: impl Fn(&Attr, &Value) -> bool) -> Option<&'static Document> {
        let view = self.view.as_ref()?;
        let is_seen = |attr: &Attr, value: &Value| attr.configurable() && is_under(attr, view.under) && is_wanted(attr, value);
        object.iter().any(|(attr, value)| is_seen(attr, value)).then_some(view.document)
    }

    /// Whether the attribute is no member of the object, but part of its address.
    pub(super) fn is_elsewhere(&self, attr: &Attr) -> bool {
        is_in(self.document.path, attr) || self.says(attr)
    }

    /// Whether one of the members exists.
    pub(super) fn is_there(&self, resource: &'static Resource, value: &Value) -> bool {
        Object::new(&resource.table, value).iter().any(|(attr, value)| !self.is_elsewhere(attr) && !value.is_empty())
    }

    fn view_part(&self) -> Option<Part> {
        self.view.as_ref().map(|view| Part::View(view.under))
    }

    /// The plan of a deletion: it sets only the attributes that direct the provider.
    fn nothing(&self, resource: &'static Resource, object: Object<'_>) -> Value {
        let keeps = |attr: &Attr| self.is_elsewhere(attr) || Some(attr.name) == self.insists;
        Value::Object(resource.table.attrs().map(|attr| if keeps(attr) { object.get(attr.name).clone() } else { Value::Null }).collect())
    }

    fn edit(&self, at: &Collection, write: &Write, who: String, part: Part) -> Result<Edit, Diagnostic> {
        let (members_of, document, toggles, shapes, owned) = (*self, self.document, self.toggles, self.shapes, write.clone());
        let table = &write.resource.table;
        let (prior, planned) = (Object::new(table, &write.prior), Object::new(table, &write.planned));
        let keeps = self.removal.as_ref().is_some_and(|removal| write.id.is_some() && prior.str(removal.attr) == Some(removal.keeps));
        let insists = self.insists.is_some_and(|name| planned.bool(name) == Some(true));
        let (root, at, takes_nothing_over) = (self.root(write.resource, planned)?, at.clone(), self.slot.is_some() && write.id.is_none());
        let view = self.view.as_ref().map(|view| view.under);
        let changes = move |seen: Current<'_>| {
            let table = &owned.resource.table;
            let (prior, planned) = (Object::new(table, &owned.prior), Object::new(table, &owned.planned));
            let stays = |attr: &Attr| keeps && planned.get(attr.name).is_null();
            let is_member = |attr: &Attr| {
                let is_here = match part {
                    Part::Document => view.is_none_or(|under| !is_under(attr, under)),
                    Part::View(under) => is_under(attr, under),
                };
                is_here && !members_of.is_elsewhere(attr) && !members_of.is_toggled(attr) && !stays(attr)
            };
            let there = seen.document.at(&root);
            let current = match part {
                Part::Document => shape::seen(shapes, Cow::Borrowed(there)),
                Part::View(under) => Cow::Owned(placed(under, there)),
            };
            let misfit = |misfit: Misfit| document.misfit(&misfit);
            if takes_nothing_over && is_taken(&owned, &mapping::observe(table, &current).map_err(misfit)?) {
                return Err(exists(document, &at, &owned));
            }
            let mut changes = members(&owned, &current, is_member).map_err(misfit)?;
            match part {
                Part::Document => {
                    changes = shape::sent(shapes, there, changes);
                    changes.iter_mut().for_each(|change| change.enter(&root));
                    let differs = |name: &str| prior.get(name) != planned.get(name) && !(keeps && planned.get(name).is_null());
                    changes.extend(
                        toggles.iter().rev().filter(|toggle| toggle.names().any(differs)).map(|toggle| toggle.plan(planned, seen.document)),
                    );
                }
                Part::View(under) => changes.iter_mut().for_each(|change| change.leave(under)),
            }
            Ok(changes)
        };
        Ok(Edit { who, is_new: write.id.is_none(), secrets: secrets(write), insists, changes: Box::new(changes) })
    }

    /// The place of the members of this object.
    pub(super) fn root(&self, resource: &'static Resource, object: Object<'_>) -> Result<Vec<String>, Diagnostic> {
        self.slot.map_or(Ok(Vec::new()), |slot| slot.of(resource, object))
    }

    fn observe(
        &self,
        at: &Collection,
        resource: &'static Resource,
        object: Object<'_>,
        version: &Version,
        view: Option<&Version>,
    ) -> Result<Observed, Diagnostic> {
        let table = &resource.table;
        let seen = self.of_document(resource, &self.root(resource, object)?, &version.json, view.map(|view| &view.json));
        let mut value = seen.map_err(|misfit| self.document.misfit(&misfit))?;
        complete(at, self.slot, object, &mut value);
        let id = Object::new(table, &value).str(resource.key).unwrap_or_default().to_owned();
        Ok(Observed { id, value, warnings: Vec::new() })
    }

    /// The object at this place as the document shows it, without the attributes of its address.
    pub(super) fn of_document(
        &self,
        resource: &'static Resource,
        root: &[String],
        whole: &Json,
        view: Option<&Json>,
    ) -> Result<Value, Misfit> {
        let table = &resource.table;
        let mut document = Cow::Borrowed(whole.at(root));
        if let (Some(view), Some(seen)) = (&self.view, view) {
            document.to_mut().put(view.under, seen.clone());
        }
        let mut value = mapping::observe(table, &shape::seen(self.shapes, document))?;
        if let Value::Object(fields) = &mut value {
            for toggle in self.toggles {
                let element = element(whole, &toggle.at(), &(toggle.element)());
                let mut set = |name: &str, value: Value| table.index(name).map(|place| fields[place] = value);
                set(toggle.attr, Value::Bool(element.is_some()));
                if let Some((setting, element)) = toggle.setting.as_ref().zip(element) {
                    set(setting.attr, Value::text(element.at(setting.at).as_str().unwrap_or(setting.otherwise)));
                }
            }
        }
        Ok(value)
    }

    /// Whether the attribute selects the place of the object.
    pub(super) fn says(&self, attr: &Attr) -> bool {
        self.slot.is_some_and(|slot| slot.says(attr))
    }

    pub(super) fn is_in_view(&self, attr: &Attr) -> bool {
        self.view.as_ref().is_some_and(|view| is_under(attr, view.under))
    }

    pub(super) fn is_toggled(&self, attr: &Attr) -> bool {
        self.toggles.iter().any(|toggle| toggle.is_about(attr))
    }
}

impl Toggle {
    /// Says whether this list has this element. A new one comes first.
    pub const fn of(attr: &'static str, list: &'static str, element: fn() -> Json) -> Toggle {
        Toggle { attr, list, element, place: Position::First, setting: None }
    }

    fn names(&self) -> impl Iterator<Item = &'static str> {
        [self.attr].into_iter().chain(self.setting.as_ref().map(|setting| setting.attr))
    }

    pub(super) fn is_about(&self, attr: &Attr) -> bool {
        self.names().any(|name| name == attr.name)
    }

    fn at(&self) -> Vec<String> {
        self.list.steps().map(str::to_owned).collect()
    }

    /// The planned change of the element.
    pub(super) fn plan(&self, planned: Object<'_>, document: &Json) -> Change {
        let (list, like) = (self.at(), (self.element)());
        let wanted = match (planned.bool(self.attr), self.setting.as_ref()) {
            (Some(true), Some(setting)) => {
                let mut element = element(document, &list, &like).unwrap_or(&like).clone();
                match planned.str(setting.attr) {
                    Some(text) => drop(element.put(setting.at, text.into())),
                    None => drop(element.remove(setting.at)),
                }
                Wanted::Is(element, self.place)
            }
            (Some(true), None) => Wanted::Present(like.clone(), self.place),
            _ => Wanted::Absent,
        };
        Change::Element { list, like, wanted }
    }
}

/// Whether there is an object already that differs from the planned one.
fn is_taken(write: &Write, found: &Value) -> bool {
    let planned = write.planned.fields();
    let mut all = Object::new(&write.resource.table, found).iter().zip(planned);
    all.any(|((attr, found), planned)| {
        let is_ours = attr.presence != Presence::WhileSet || !planned.is_null();
        is_ours && !found.is_empty() && !planned.has_unknown() && !semantically_equal(attr, planned, found)
    })
}

/// Whether the attribute is within this place.
fn is_under(attr: &Attr, under: &str) -> bool {
    let (at, under) = (attr.pointer().to_string(), under.to_owned() + "/");
    at.starts_with(&under)
}

fn placed(under: &str, document: &Json) -> Json {
    let mut placed = Json::Null;
    placed.put(under, document.clone());
    placed
}

/// The members that a write sets, each with its new value. If the current value means the same, it is the current one.
///
/// # Errors
/// If the document has an unexpected value in the place of an attribute.
pub(super) fn members(write: &Write, current: &Json, wanted: impl Fn(&Attr) -> bool) -> Result<Vec<Change>, Misfit> {
    let table = &write.resource.table;
    let object = |value| Object::new(table, value);
    let (prior, planned, seen) = (object(&write.prior), object(&write.planned), mapping::observe(table, current)?);
    let (updated, created) = (mapping::update(write, current.clone())?, mapping::create(write));
    let updated = updated.as_ref().unwrap_or(current);
    let mut changes = Vec::new();
    for (place, (attr, value)) in planned.iter().enumerate().filter(|(_, (attr, _))| wanted(attr)) {
        let at: Vec<String> = attr.pointer().steps().map(str::to_owned).collect();
        let value = match value {
            _ if attr.write_only && write.rewrite.contains(&attr.name) => member(&created, &at),
            value if !mapping::ours(attr) || value.has_unknown() => continue,
            Value::Null if !mapping::clears(attr, write) => continue,
            value if write.id.is_some() && semantically_equal(attr, prior.at(place), value) && !mapping::is_withdrawn(attr, write) => {
                continue;
            }
            Value::Null if prior.at(place).is_null() => continue,
            value if attr.grows && matches!(attr.kind, Kind::Map(_)) => {
                changes.extend(entries(&at, prior.at(place), value, &created));
                continue;
            }
            // Answers may leave this attribute out, so its absence does not show that it is null.
            value if semantically_equal(attr, object(&seen).at(place), value) && !(attr.may_be_untold && value.is_null()) => {
                member(current, &at)
            }
            // An update does not send a value that reads like null, so it is taken from the create.
            value if !value.is_null() && updated.at(&at) == current.at(&at) => member(&created, &at),
            _ => member(updated, &at),
        };
        changes.push(Change::Member { value: value.cloned(), at });
    }
    Ok(changes)
}

/// The configured attributes that are members, with their places and values. Elements that others may add to are left out, as are
/// values that are kept out of states.
pub(super) fn said<'a>(config: Object<'a>, is_member: impl Fn(&Attr) -> bool) -> Vec<(&'a Attr, Vec<String>, Json)> {
    let is_whole = |attr: &Attr, value: &Value| mapping::ours(attr) && !value.is_null() && !value.has_unknown() && !attr.grows;
    let set = config.iter().filter(|(attr, value)| is_whole(attr, value) && is_member(attr));
    set.map(|(attr, value)| (attr, attr.pointer().steps().map(str::to_owned).collect(), mapping::encode(attr, value))).collect()
}

/// Each entry of a map that others may add entries to.
fn entries(at: &[String], prior: &Value, planned: &Value, created: &Json) -> Vec<Change> {
    let keys = |value: &Value| if let Value::Map(entries) = value { entries.keys().cloned().collect() } else { Vec::new() };
    let (kept, mut all) = (keys(planned), keys(prior));
    all.retain(|key| !kept.contains(key));
    all.into_iter()
        .chain(kept)
        .map(|key| [at, &[key]].concat())
        .map(|at| Change::Member { value: member(created, &at).cloned(), at })
        .collect()
}

/// The name of the object in messages, and among the readers of the document. Only the path may know its key.
fn called(at: &Collection, resource: &'static Resource, object: Object<'_>) -> String {
    named(resource, at.says(resource.key).or(object.str(resource.key)))
}

/// The name of an object with this key.
pub(super) fn named(resource: &'static Resource, key: Option<&str>) -> String {
    format!("{} `{}`", resource.name, key.unwrap_or_default())
}

/// The error if there is an object that is not in the state.
pub(super) fn exists(document: &Document, at: &Collection, write: &Write) -> Diagnostic {
    let (resource, object) = (write.resource, Object::new(&write.resource.table, &write.planned));
    let id = name_of(at, object, resource);
    let detail = format!(
        "{} has one that is not in the state. Nothing was changed. {}",
        document.name,
        ways_out(resource, id.as_deref().unwrap_or_default())
    );
    let error = Diagnostic::error(format!("The {} exists already", resource.name), detail);
    if resource.keyless() { error } else { error.at(Path::attr(resource.key)) }
}
