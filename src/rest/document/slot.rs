//! Places in a document that depend on the object: attributes of the object select one of many similar
//! places. Pure.

use crate::{
    engine::Diagnostic,
    rest::Collection,
    schema::{Attr, Object, Resource, Table},
    value::{Path, Steps, Value},
};

/// The place of an object in a document, which some of its attributes select. The document itself contains none of these.
pub struct Slot {
    /// The attributes; each is a text.
    pub attrs: &'static [&'static str],
    /// The place: names of members with slashes in between.
    pub at: fn(Object<'_>) -> String,
    /// The values of the attributes for each possible place.
    pub all: fn() -> Vec<Vec<&'static str>>,
}

impl Slot {
    /// The place of this object.
    ///
    /// # Errors
    /// If an attribute that selects it is not known.
    pub(super) fn of(&self, resource: &Resource, object: Object<'_>) -> Result<Vec<String>, Diagnostic> {
        match self.attrs.iter().find(|name| object.str(name).is_none()) {
            Some(name) => Err(which(resource, name)),
            None => Ok((self.at)(object).steps().map(str::to_owned).collect()),
        }
    }

    /// Whether the attribute is one of these.
    pub(super) fn says(&self, attr: &Attr) -> bool {
        self.attrs.contains(&attr.name)
    }

    /// The object for each place, with nothing else in it.
    pub(super) fn objects(&self, table: &Table) -> Vec<Value> {
        let of = |values: Vec<&str>| {
            let value = |attr: &Attr| self.attrs.iter().position(|name| *name == attr.name).and_then(|place| values.get(place));
            Value::Object(table.attrs().map(|attr| value(attr).map(|text| Value::text(*text)).unwrap_or_default()).collect())
        };
        (self.all)().into_iter().map(of).collect()
    }
}

/// Adds the attributes that are not in the document itself: those in its path, and those that select the object's place.
pub(super) fn complete(at: &Collection, slot: Option<&Slot>, object: Object<'_>, value: &mut Value) {
    at.name(object.table, value);
    let Value::Object(fields) = value else { return };
    for name in slot.into_iter().flat_map(|slot| slot.attrs) {
        if let Some(place) = object.table.index(name) {
            fields[place] = object.at(place).clone();
        }
    }
}

/// The error if an object does not select its place.
pub(super) fn which(resource: &Resource, name: &'static str) -> Diagnostic {
    let detail = format!("`{name}` identifies the object in the document, but its value is not known. Nothing was sent. Set `{name}`.");
    Diagnostic::error(format!("The {} is not identified", resource.name), detail).at(Path::attr(name))
}

/// The text that finds the object in its document.
pub(super) fn name_of(at: &Collection, object: Object<'_>, resource: &Resource) -> Option<String> {
    let mut value = Value::Object(object.iter().map(|(_, value)| value.clone()).collect());
    at.name(object.table, &mut value);
    resource.name_of(Object::new(object.table, &value))
}
