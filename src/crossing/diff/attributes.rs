//! Compares the attributes of two objects.

use super::{Kind, Names};
use crate::{
    engine::semantically_equal,
    schema::{Attr, Kind as Type, Object, Presence, Reads, Table, json},
    value::{Json, Value},
};
use std::hash::{DefaultHasher, Hash, Hasher};

/// A hash of all compared attributes. It is equal for objects whose values are identical, except for what identifies and locates
/// them.
pub(super) type Fingerprint = u128;

/// A value of one side, as it may be shown.
#[derive(Clone, PartialEq, Debug)]
pub enum Shown {
    /// No value.
    Nothing,
    /// A secret value, which is not shown.
    Secret,
    /// The value.
    Value(Json),
}

/// An attribute in which both sides differ.
#[derive(Clone, PartialEq, Debug)]
pub struct Difference {
    /// Its name; within a nested object, with dots in between.
    pub attribute: String,
    /// The value of the left side.
    pub left: Shown,
    /// The value of the right side.
    pub right: Shown,
}

/// How the objects of a kind are compared on one side.
pub(super) struct Compared<'a> {
    kind: &'a Kind,
    names: &'a Names,
    own_url: Option<&'a str>,
}

/// An object on one side.
pub(super) struct Side<'a> {
    /// Its id there.
    pub id: &'a str,
    /// Its attributes.
    pub value: &'a Value,
    /// Whether attributes that it does not set are not compared.
    pub is_partial: bool,
}

/// Replaces the URL of a side in values.
const OWN_URL: &str = "(own URL)";

impl<'a> Compared<'a> {
    pub(super) fn new(kind: &'a Kind, names: &'a Names, own_url: Option<&'a str>) -> Compared<'a> {
        Compared { kind, names, own_url: own_url.map(|url| url.trim_end_matches('/')) }
    }

    /// The attributes that are compared: those that a configuration can set, without those that identify or locate the object.
    fn attrs(&self) -> impl Iterator<Item = (usize, &'static Attr)> + use<'a> {
        let kind = self.kind;
        let counts = move |attr: &Attr| {
            let is_place = attr.name == kind.resource.key || kind.places.contains(&attr.name);
            attr.configurable() && attr.remote() && !attr.write_only && !is_place
        };
        kind.resource.table.attrs().enumerate().filter(move |(_, attr)| counts(attr))
    }

    /// The value in the form in which it is compared: a reference is the name of its object, and the URL of the side is replaced.
    fn value(&self, attr: &Attr, value: &Value) -> Value {
        let name = attr.refers_to.and_then(|to| self.names.get(&(to.resource.name, value.as_str()?.to_owned())));
        name.map_or_else(|| self.without_own_url(value), |name| Value::text(name.as_str()))
    }

    fn without_own_url(&self, value: &Value) -> Value {
        match (value, self.own_url) {
            (Value::String(text), Some(url)) => match text.strip_prefix(url) {
                Some(rest) if rest.is_empty() || rest.starts_with('/') => Value::String(format!("{OWN_URL}{}", rest.trim_end_matches('/'))),
                _ => value.clone(),
            },
            // Servers add their own URL to lists: it is not compared.
            (Value::List(items), Some(_)) => {
                let items = items.iter().map(|item| self.without_own_url(item));
                Value::List(items.filter(|item| item.as_str() != Some(OWN_URL)).collect())
            }
            (Value::Map(items), Some(_)) => Value::Map(items.iter().map(|(key, item)| (key.clone(), self.without_own_url(item))).collect()),
            (Value::Object(fields), Some(_)) => Value::Object(fields.iter().map(|field| self.without_own_url(field)).collect()),
            _ => value.clone(),
        }
    }

    /// The fingerprint of an object: equal only if all compared values are identical.
    pub(super) fn fingerprint(&self, object: &Value) -> Fingerprint {
        let table = &self.kind.resource.table;
        let object = Object::new(table, object);
        let mut hashers = [DefaultHasher::new(), DefaultHasher::new()];
        hashers[1].write_u8(1);
        // Most attributes are not set: those without a name in the hash are null.
        for (place, attr) in self.attrs().filter(|(place, _)| !object.at(*place).is_null()) {
            let value = self.value(attr, object.at(place));
            let text = json::kind_to_json(&attr.kind, &value).canonical();
            hashers.iter_mut().for_each(|hasher| (attr.name, &text).hash(hasher));
        }
        let [high, low] = hashers.map(|hasher| u128::from(hasher.finish()));
        high << 64 | low
    }
}

/// The attributes in which both objects differ, and those that cannot be compared, since they are secret and one side does not show
/// them. Attributes that a partial side does not set are not compared.
pub(super) fn differences(compared: &[Compared<'_>; 2], sides: [Side<'_>; 2]) -> (Vec<Difference>, Vec<String>) {
    let table = &compared[0].kind.resource.table;
    let objects = [0, 1].map(|side| Object::new(table, sides[side].value));
    let mut found = Differences { known: Vec::new(), unknown: Vec::new() };
    for (place, attr) in compared[0].attrs() {
        let values = [0, 1].map(|side| compared[side].value(attr, objects[side].at(place)));
        let is_ignored = |side: usize| sides[side].is_partial && values[side].is_null() && attr.presence != Presence::Required;
        // If the server does not keep a name, the id is in its place on a side that was read.
        let is_id = |side: usize| values[side].as_str() == Some(sides[side].id);
        if ![0, 1].into_iter().any(|side| is_ignored(side) || is_id(side)) {
            found.compare(attr, attr.name.to_owned(), [&values[0], &values[1]], attr.masked);
        }
    }
    (found.known, found.unknown)
}

/// The differences of two objects.
struct Differences {
    known: Vec<Difference>,
    unknown: Vec<String>,
}

impl Differences {
    /// Compares the values of an attribute. `masked` tells whether an answer may lack secrets.
    fn compare(&mut self, attr: &Attr, name: String, [left, right]: [&Value; 2], masked: bool) {
        if left.is_unknown() || right.is_unknown() {
            return self.unknown.push(name);
        }
        // The meaning of content that a server fetched is not symmetric.
        if semantically_equal(attr, left, right) || semantically_equal(attr, right, left) {
            return;
        }
        let is_hidden = (attr.masked || masked && attr.secret || attr.reads != Reads::Always) && (left.is_null() || right.is_null());
        if is_hidden {
            return self.unknown.push(name);
        }
        if attr.secret {
            let shown = |value: &Value| if value.is_empty() { Shown::Nothing } else { Shown::Secret };
            return self.known.push(Difference { attribute: name, left: shown(left), right: shown(right) });
        }
        let Some((table, pairs)) = pairs(attr, left, right) else {
            let shown = |value: &Value| match value {
                value if value.is_null() => Shown::Nothing,
                value => Shown::Value(without_secrets(&attr.kind, value)),
            };
            return self.known.push(Difference { attribute: name, left: shown(left), right: shown(right) });
        };
        for (step, [left, right]) in pairs {
            let name = step.map_or_else(|| name.clone(), |step| format!("{name}.{step}"));
            let (left, right) = (Object::new(table, left), Object::new(table, right));
            for (place, inner) in table.attrs().enumerate().filter(|(_, attr)| attr.remote() && attr.configurable()) {
                self.compare(inner, format!("{name}.{}", inner.name), [left.at(place), right.at(place)], masked);
            }
        }
    }
}

/// Objects of both sides, with their key or place.
type Pairs<'a> = Vec<(Option<String>, [&'a Value; 2])>;

/// The nested objects that belong together, if each has a counterpart: by their keys, or by their places in lists without keys.
fn pairs<'a>(attr: &Attr, left: &'a Value, right: &'a Value) -> Option<(&'static Table, Pairs<'a>)> {
    match (&attr.kind, left, right) {
        (Type::Object(nested), Value::Object(_), Value::Object(_)) => Some((&nested.table, vec![(None, [left, right])])),
        (Type::Map(Type::Object(nested)), Value::Map(left), Value::Map(right)) if left.len() == right.len() => {
            let pair = |(key, item): (&'a String, &'a Value)| Some((Some(key.clone()), [item, right.get(key)?]));
            Some((&nested.table, left.iter().map(pair).collect::<Option<_>>()?))
        }
        (Type::List(Type::Object(nested)), Value::List(left), Value::List(right)) if left.len() == right.len() => {
            let pair = |(place, item): (usize, &'a Value)| match attr.key_of(item) {
                Some(key) => Some((Some(key.to_owned()), [item, right.iter().find(|other| attr.key_of(other) == Some(key))?])),
                None => Some((Some(place.to_string()), [item, &right[place]])),
            };
            Some((&nested.table, left.iter().enumerate().map(pair).collect::<Option<_>>()?))
        }
        _ => None,
    }
}

/// The value as JSON, with `(secret)` in place of secrets.
fn without_secrets(kind: &Type, value: &Value) -> Json {
    match (kind, value) {
        (Type::Object(nested), Value::Object(_)) => {
            let set = Object::new(&nested.table, value).iter().filter(|(_, value)| !value.is_null());
            Json::object(set.map(|(attr, value)| {
                (attr.name, if attr.secret { Json::String("(secret)".to_owned()) } else { without_secrets(&attr.kind, value) })
            }))
        }
        (Type::List(of), Value::List(items)) => items.iter().map(|item| without_secrets(of, item)).collect(),
        (Type::Map(of), Value::Map(items)) => Json::object(items.iter().map(|(key, item)| (key, without_secrets(of, item)))),
        (kind, value) => json::kind_to_json(kind, value),
    }
}
