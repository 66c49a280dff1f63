//! Places in a document that depend on the object: what is there is one of many alike, and attributes of the object say
//! which. Pure.

use crate::{
    engine::Diagnostic,
    rest::Collection,
    schema::{Attr, Object, Resource, Table},
    value::{Path, Steps, Value},
};

/// Where an object is in a document, as some of its attributes say. None of these stands in the document itself.
pub struct Slot {
    /// The attributes; each is a text.
    pub attrs: &'static [&'static str],
    /// The place: names of members with slashes in between.
    pub at: fn(Object<'_>) -> String,
    /// The values of the attributes, for each place that there is.
    pub all: fn() -> Vec<Vec<&'static str>>,
}

impl Slot {
    /// The place of this object.
    ///
    /// # Errors
    /// When it does not say which one it is.
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

/// Says of what was found what the document itself does not: what is in its path, and what says where the object is in it.
pub(super) fn complete(at: &Collection, slot: Option<&Slot>, object: Object<'_>, value: &mut Value) {
    at.name(object.table, value);
    let Value::Object(fields) = value else { return };
    for name in slot.into_iter().flat_map(|slot| slot.attrs) {
        if let Some(place) = object.table.index(name) {
            fields[place] = object.at(place).clone();
        }
    }
}

/// What is to be said where an object does not say which one it is.
pub(super) fn which(resource: &Resource, name: &'static str) -> Diagnostic {
    let detail = format!("`{name}` identifies the object in the document, but its value is not known. Nothing was sent. Set `{name}`.");
    Diagnostic::error(format!("The {} is not identified", resource.name), detail).at(Path::attr(name))
}

/// What the object is found by, in the document that is meant.
pub(super) fn name_of(at: &Collection, object: Object<'_>, resource: &Resource) -> Option<String> {
    let mut value = Value::Object(object.iter().map(|(_, value)| value.clone()).collect());
    at.name(object.table, &mut value);
    resource.name_of(Object::new(object.table, &value))
}
