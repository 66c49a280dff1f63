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
    schema::{Attr, Object, Resource},
    value::{Json, Value},
};
use std::borrow::Cow;

/// Objects that are parts of a document at hand. Attributes in the document's path are not used here.
pub trait Parts: Send + Sync {
    /// The objects of this resource in the document, with their secrets. An attribute that says whether a list has an element is not
    /// set if there is no such list.
    ///
    /// # Errors
    /// If the document has an unexpected value in the place of an attribute.
    fn read(&self, resource: &'static Resource, document: &Json) -> Result<Vec<Value>, Diagnostic>;

    /// Makes the object a part of the document. Attributes in another view of the document have no place in it, and are left out.
    ///
    /// # Errors
    /// If another value is in the way.
    fn put(&self, resource: &'static Resource, object: &Value, document: &mut Json) -> Result<(), Diagnostic>;
}

impl Parts for Members {
    fn read(&self, resource: &'static Resource, document: &Json) -> Result<Vec<Value>, Diagnostic> {
        let table = &resource.table;
        let places = self.slot.map_or_else(|| vec![table.nulls()], |slot| slot.objects(table));
        let mut objects = Vec::new();
        for place in &places {
            let mut value = self.of_document(resource, Object::new(table, place), document, None)?;
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
            members(&write, &seen(self.shapes, Cow::Borrowed(there)), is_member).map_err(|misfit| self.document.misfit(&misfit))?;
        let mut changes = sent(self.shapes, there, members);
        changes.iter_mut().for_each(|change| change.enter(&root));
        let said = self.toggles.iter().rev().filter(|toggle| planned.bool(toggle.attr) == Some(true));
        changes.extend(said.map(|toggle| toggle.plan(planned, document)));
        apply(changes, self.document, document)
    }
}

impl Parts for Items {
    fn read(&self, resource: &'static Resource, document: &Json) -> Result<Vec<Value>, Diagnostic> {
        let table = &resource.table;
        let places = self.slot().map_or_else(|| vec![table.nulls()], |slot| slot.objects(table));
        let mut objects = Vec::new();
        for place in places.iter().map(|place| Object::new(table, place)) {
            for found in document.at(&self.list(resource, place)?).as_array().into_iter().flatten() {
                // Values beside the list belong to the whole document.
                let value = self.of_element(resource, place, found);
                let value = value.map_err(|misfit| self.document.misfit(&misfit))?;
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
