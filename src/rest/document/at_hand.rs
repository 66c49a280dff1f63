//! Parts of a document that is at hand, such as one made of files, without a server.
//!
//! Owns that such a document is read and written like one behind a URL: with the same tables, lists, toggles and shapes. It also
//! contains values that no answer of a server shows. Pure.

use super::{
    Change, Items, Members, Wanted,
    change::is_like,
    members::members,
    shape::{seen, sent},
};
use crate::{
    engine::{Diagnostic, Private, Write, canonical},
    rest::mapping::Misfit,
    schema::{Attr, Kind, Object, Resource, Table},
    value::{Json, Path, Step, Steps, Value},
};
use std::borrow::Cow;

/// Objects that are parts of a document at hand. Attributes in the document's path are not used here.
pub trait Parts: Send + Sync {
    /// The objects of this resource in the document, with their secrets. An attribute that says whether a list has an element is not
    /// set if there is no such list.
    ///
    /// # Errors
    /// If the document has an unexpected value in the place of an attribute.
    fn read(&self, resource: &'static Resource, document: &Json) -> Result<Vec<Value>, Unfit>;

    /// Makes the object a part of the document. Attributes in another view of the document have no place in it, and are left out.
    ///
    /// # Errors
    /// If another value is in the way.
    fn put(&self, resource: &'static Resource, object: &Value, document: &mut Json) -> Result<(), Diagnostic>;
}

/// A value in a document at hand that does not have the type of its attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unfit {
    /// Its place in the document; of a value that the table sees in another form, the innermost place that exists.
    pub place: Vec<String>,
    /// What was expected and what was found; never the content.
    pub why: String,
}

impl Unfit {
    fn of(misfit: Misfit, table: &'static Table, inside: &[String], document: &Json) -> Unfit {
        let mut place = inside.to_vec();
        place.extend(place_of(table, &misfit.path));
        while find(document, &place).is_none() && place.pop().is_some() {}
        Unfit { place, why: misfit.why }
    }
}

/// Where a document has the value with this path in an object of the table.
pub fn place_of(table: &'static Table, path: &Path) -> Vec<String> {
    let (mut place, mut inner) = (Vec::new(), Some(table));
    for step in &path.0 {
        match step {
            Step::Attr(name) => {
                let attr = inner.and_then(|table| Some(table.attr(table.index(name)?)));
                inner = attr.and_then(|attr| nested(&attr.kind));
                place.extend(attr.into_iter().flat_map(|attr| attr.pointer().steps().map(str::to_owned).collect::<Vec<_>>()));
            }
            Step::Index(index) => place.push(index.to_string()),
            Step::Key(key) => place.push(key.clone()),
        }
    }
    place
}

/// The value at a place, also inside lists.
pub fn find<'a>(document: &'a Json, place: &[String]) -> Option<&'a Json> {
    place.iter().try_fold(document, |at, step| match at {
        Json::Array(items) => items.get(step.parse::<usize>().ok()?),
        at => at.get(step),
    })
}

fn nested(kind: &'static Kind) -> Option<&'static Table> {
    match kind {
        Kind::Object(nested) => Some(&nested.table),
        Kind::List(of) | Kind::Map(of) => nested(of),
        _ => None,
    }
}

impl Parts for Members {
    fn read(&self, resource: &'static Resource, document: &Json) -> Result<Vec<Value>, Unfit> {
        let table = &resource.table;
        let places = self.slot.map_or_else(|| vec![table.nulls()], |slot| slot.objects(table));
        let mut objects = Vec::new();
        for place in &places {
            // Each of a slot's objects has a place.
            let Ok(root) = self.root(resource, Object::new(table, place)) else { continue };
            let value = self.of_document(resource, &root, document, None);
            let mut value = value.map_err(|misfit| Unfit::of(misfit, table, &root, document))?;
            let Value::Object(fields) = &mut value else { continue };
            for (index, attr) in table.attrs().enumerate() {
                let is_unsaid = self.toggles.iter().any(|toggle| toggle.is_about(attr) && document.at(toggle.list).is_null());
                let is_said_by_parts = !attr.instead_of.is_empty();
                if self.says(attr) {
                    fields[index] = place.fields()[index].clone();
                } else if is_unsaid || is_said_by_parts {
                    fields[index] = Value::Null;
                }
            }
            if self.is_there(resource, &value) {
                objects.push(value);
            }
        }
        Ok(objects)
    }

    fn put(&self, resource: &'static Resource, object: &Value, document: &mut Json) -> Result<(), Diagnostic> {
        let write = made_of(resource, object);
        let planned = Object::new(&resource.table, &write.planned);
        let root = self.root(resource, planned)?;
        let there = document.at(&root);
        let is_member = |attr: &Attr| !self.is_in_view(attr) && !self.is_elsewhere(attr) && !self.is_toggled(attr);
        let members =
            members(&write, &seen(self.shapes, Cow::Borrowed(there)), is_member).map_err(|misfit| self.document.obstacle(&misfit))?;
        let mut changes = sent(self.shapes, there, members);
        changes.iter_mut().for_each(|change| change.enter(&root));
        let said = self.toggles.iter().rev().filter(|toggle| planned.bool(toggle.attr) == Some(true));
        changes.extend(said.map(|toggle| toggle.plan(planned, document)));
        apply(changes, self.document, document)
    }
}

impl Parts for Items {
    fn read(&self, resource: &'static Resource, document: &Json) -> Result<Vec<Value>, Unfit> {
        let table = &resource.table;
        let places = self.slot().map_or_else(|| vec![table.nulls()], |slot| slot.objects(table));
        let mut objects = Vec::new();
        for place in places.iter().map(|place| Object::new(table, place)) {
            let Ok(list) = self.list(resource, place) else { continue };
            for (index, found) in document.at(&list).as_array().into_iter().flatten().enumerate() {
                // Values beside the list belong to the whole document.
                let value = self.of_element(resource, place, found);
                let value =
                    value.map_err(|misfit| Unfit::of(misfit, table, &[list.as_slice(), &[index.to_string()]].concat(), document))?;
                // A list may contain elements of several kinds.
                if self.like(resource, Object::new(table, &value), None).is_ok_and(|like| is_like(found, &like)) {
                    objects.push(value);
                }
            }
        }
        Ok(objects)
    }

    fn put(&self, resource: &'static Resource, object: &Value, document: &mut Json) -> Result<(), Diagnostic> {
        let write = made_of(resource, object);
        let planned = Object::new(&resource.table, &write.planned);
        let (list, like) = (self.list(resource, planned)?, self.like(resource, planned, None)?);
        let (value, around) = self.made(&write, &like, document)?;
        let element = Change::Element { list, like, wanted: Wanted::Is(value, self.place) };
        apply([element].into_iter().chain(around), self.document, document)
    }
}

/// The write that creates this object.
fn made_of(resource: &'static Resource, object: &Value) -> Write {
    Write {
        resource,
        id: None,
        prior: resource.table.nulls(),
        planned: canonical(&resource.table, object).into_owned(),
        config: Value::Null,
        rewrite: Vec::new(),
        withdrawn: Vec::new(),
        private: Private::default(),
    }
}

fn apply(changes: impl IntoIterator<Item = Change>, of: &super::Document, document: &mut Json) -> Result<(), Diagnostic> {
    changes.into_iter().try_for_each(|change| change.apply(document, &mut Vec::new()).map_err(|obstacle| of.obstacle(&obstacle)))
}
