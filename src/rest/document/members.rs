//! Objects that are members of a document: each attribute is one, wherever it stands, or says whether an element is in a
//! list.
//!
//! Owns which members a write is about: what the plan changes, and of that only what is not so already. What the table
//! does not know, and what the plan leaves, stays.

use super::{
    Document,
    change::{Change, Place, Wanted, member},
    coordinator::{Edit, Edited, Seen},
    version::Version,
};
use crate::{
    engine::{Backend, Cx, Diagnostic, Done, Failure, Observed, State, Write, same},
    rest::{
        Client, Collection,
        collection::is_in,
        mapping::{self, Misfit},
        secrets,
    },
    schema::{Attr, Object, Resource},
    value::{Json, Steps, Value},
};
use async_trait::async_trait;

/// Members of a document as one object: a table whose attributes stand where the document has them. The attributes in the
/// document's path say which one is meant; that of the resource's key among them identifies the object.
pub struct Members {
    /// The document.
    pub document: &'static Document,
    /// The attributes that say whether an element is in a list.
    pub toggles: &'static [Toggle],
    /// What becomes of the members when the object goes.
    pub deletion: Deletion,
}

/// A truth value that says whether an element is in a list, which others share.
pub struct Toggle {
    /// The attribute.
    pub attr: &'static str,
    /// The list: names of members with slashes in between.
    pub list: &'static str,
    /// The element, which is found by what it is like.
    pub element: fn() -> Json,
    /// Where it is put.
    pub place: Place,
}

/// What becomes of members when the object goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Deletion {
    /// Those that the state holds are cleared as their attributes say.
    Clears,
    /// They stay as they are: this is said then.
    Leaves(&'static str),
}

#[async_trait]
impl<C: Client> Backend<C> for Members {
    async fn create(&self, cx: &Cx<C>, write: &Write) -> Result<Observed, Failure> {
        self.write(cx, write).await
    }

    async fn read(&self, cx: &Cx<C>, resource: &'static Resource, state: &State) -> Result<Option<Observed>, Failure> {
        let object = Object::new(&resource.table, &state.value);
        let open = self.document.open(cx, object).await?;
        let version = open.read(&called(&open.at, resource, object)).await?;
        let observed = version.map(|version| self.observe(&open.at, resource, &version));
        Ok(observed.transpose().map_err(|misfit| self.document.misfit(&misfit))?)
    }

    async fn update(&self, cx: &Cx<C>, write: &Write) -> Result<Observed, Failure> {
        self.write(cx, write).await
    }

    async fn delete(&self, cx: &Cx<C>, resource: &'static Resource, state: &State) -> Result<(), Failure> {
        let object = Object::new(&resource.table, &state.value);
        let open = self.document.open(cx, object).await?;
        let who = called(&open.at, resource, object);
        if let Deletion::Leaves(why) = self.deletion {
            open.withdraw(&who);
            cx.warn(Diagnostic::warning(format!("The {} stays as it is", resource.name), why));
            return Ok(());
        }
        let write = Write {
            resource,
            id: state.id.clone(),
            prior: state.value.clone(),
            planned: resource.table.nulls(),
            config: Value::Null,
            rewrite: Vec::new(),
            withdrawn: Vec::new(),
            private: state.private.clone(),
        };
        // Where there is no document, there are no members.
        open.edit(self.edit(&write, who.clone())).await?;
        open.withdraw(&who);
        Ok(())
    }
}

impl Members {
    async fn write<C: Client>(&self, cx: &Cx<C>, write: &Write) -> Result<Observed, Failure> {
        let object = Object::new(&write.resource.table, &write.planned);
        let open = self.document.open(cx, object).await?;
        let edited = open.edit(self.edit(write, called(&open.at, write.resource, object))).await?;
        let Some(Edited { version, .. }) = edited else { return Err(self.document.missing().into()) };
        // What the server did not keep, the engine tells by the attribute.
        let observed = self.observe(&open.at, write.resource, &version);
        observed.map_err(|misfit| Failure { done: Done::Yes, ..self.document.misfit(&misfit).into() })
    }

    fn edit(&self, write: &Write, who: String) -> Edit {
        let (document, toggles, secrets, owned) = (self.document, self.toggles, secrets(write), write.clone());
        let changes = move |seen: Seen<'_>| {
            let table = &owned.resource.table;
            let is_member = |attr: &Attr| !is_in(document.path, attr) && toggle(toggles, attr).is_none();
            let mut changes = members(&owned, seen.document, is_member).map_err(|misfit| document.misfit(&misfit))?;
            let (prior, planned) = (Object::new(table, &owned.prior), Object::new(table, &owned.planned));
            for toggle in toggles.iter().filter(|toggle| prior.get(toggle.attr) != planned.get(toggle.attr)) {
                changes.push(toggle.change(planned.bool(toggle.attr) == Some(true)));
            }
            Ok(changes)
        };
        Edit { who, secrets, changes: Box::new(changes) }
    }

    fn observe(&self, at: &Collection, resource: &'static Resource, version: &Version) -> Result<Observed, Misfit> {
        let table = &resource.table;
        let mut value = mapping::observe(table, &version.json)?;
        at.name(table, &mut value);
        if let Value::Object(fields) = &mut value {
            for (place, toggle) in self.toggles.iter().filter_map(|toggle| Some((table.index(toggle.attr)?, toggle))) {
                fields[place] = Value::Bool(toggle.change(true).holds(&version.json));
            }
        }
        let id = Object::new(table, &value).str(resource.key).unwrap_or_default().to_owned();
        Ok(Observed { id, value, warnings: Vec::new() })
    }
}

impl Toggle {
    fn change(&self, on: bool) -> Change {
        let element = (self.element)();
        let wanted = if on { Wanted::Present(element.clone(), self.place) } else { Wanted::Absent };
        Change::Element { list: self.list.steps().map(str::to_owned).collect(), like: element, wanted }
    }
}

fn toggle<'a>(toggles: &'a [Toggle], attr: &Attr) -> Option<&'a Toggle> {
    toggles.iter().find(|toggle| toggle.attr == attr.name)
}

/// The members that a write is about, each with the value that it is to have. Where what is there means the same, it is
/// that.
///
/// # Errors
/// When the document has something else where an attribute is to be.
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
            value if write.id.is_some() && same(attr, prior.at(place), value) && !mapping::is_withdrawn(attr, write) => continue,
            Value::Null if prior.at(place).is_null() => continue,
            value if same(attr, object(&seen).at(place), value) => member(current, &at),
            // What cannot be told from nothing, an update does not put in the place of something.
            value if !value.is_null() && updated.at(&at) == current.at(&at) => member(&created, &at),
            _ => member(updated, &at),
        };
        changes.push(Change::Member { value: value.cloned(), at });
    }
    Ok(changes)
}

/// What the object is called in messages, and among those who read the document.
pub(super) fn who(resource: &'static Resource, object: Object<'_>) -> String {
    named(resource, object.str(resource.key))
}

/// The same of one whose key may be known by the path alone.
fn called(at: &Collection, resource: &'static Resource, object: Object<'_>) -> String {
    named(resource, at.says(resource.key).or(object.str(resource.key)))
}

fn named(resource: &'static Resource, key: Option<&str>) -> String {
    format!("{} `{}`", resource.name, key.unwrap_or_default())
}
