//! The engine's private data and the version of an object's shape, in outputs that Pulumi does not show; and the upgrade of stored
//! properties to the current shape.
//!
//! Pulumi has no call for upgrades, so every call that reads stored properties uses this file. The inputs show which write-only
//! arguments are in use; only the rest is stored here. Most objects need no such outputs.

use super::{
    names,
    property::{SECRET, SIGNATURE, Struct, Wire, secret, text, wire},
};
use crate::{
    engine::{self, Private},
    schema::{BlockSchema, Kind, Table, Upgrade},
    value::{Json, Number},
};
use prost_types::{ListValue, value::Kind as WireKind};
use std::{borrow::Cow, collections::BTreeMap};

/// The prefix `__` marks a name that is not a property of a program.
const APPLIED: &str = "__applied";
const VERSION: &str = "__version";

/// Adds the private data to the outputs.
pub(super) fn keep(block: &BlockSchema, outputs: &mut Struct, private: &Private) {
    if private.applied {
        outputs.fields.insert(APPLIED.to_owned(), wire(WireKind::BoolValue(true)));
    }
    if block.version() > 0 {
        outputs.fields.insert(VERSION.to_owned(), text(block.version().to_string()));
    }
}

/// Whether an apply has written those values of these outputs that are managed only while they are set. Older stacks have the names
/// of the properties here.
pub(super) fn applied(outputs: &Struct) -> bool {
    match outputs.fields.get(APPLIED).and_then(|wire| wire.kind.as_ref()) {
        Some(WireKind::BoolValue(applied)) => *applied,
        Some(WireKind::ListValue(names)) => !names.values.is_empty(),
        _ => false,
    }
}

/// The upgrades for properties that were stored with these outputs.
pub(super) fn steps(block: &BlockSchema, outputs: &Struct) -> &'static [Upgrade] {
    // Objects without a version have the first shape.
    let version = outputs.fields.get(VERSION).and_then(as_text).and_then(|text| text.parse().ok()).unwrap_or(0);
    engine::steps(block.upgrades, version)
}

/// The properties after these upgrades.
pub(super) fn upgraded<'a>(table: &Table, properties: &'a Struct, steps: &[Upgrade]) -> Cow<'a, Struct> {
    if steps.is_empty() {
        return Cow::Borrowed(properties);
    }
    let (own, stored): (Vec<_>, Vec<_>) = properties.fields.iter().partition(|(name, _)| name.starts_with("__"));
    let mut secrets = Vec::new();
    let mut object = Json::object(stored.into_iter().map(|(name, wire)| {
        let (name, attr) = match table.attrs().find(|attr| names::camel(attr.name) == *name) {
            Some(attr) => (attr.name.to_owned(), Some(&attr.kind)),
            None => (names::snake(name), None),
        };
        let mut hides = false;
        let value = json(attr, wire, &mut hides);
        if hides {
            secrets.push(name.clone());
        }
        (name, value)
    }));
    let before: Vec<String> = object.as_object().into_iter().flatten().map(|(name, _)| name.clone()).collect();
    steps.iter().for_each(|step| step(&mut object));
    let members = object.as_object().cloned().unwrap_or_default();
    // Upgrades do not show where a secret value goes, so every new member counts as secret.
    let moved = secrets.iter().any(|name| !members.contains_key(name));
    let fields = members.iter().map(|(name, value)| {
        let kind = table.index(name).map(|place| &table.attr(place).kind);
        let plain = wired(kind, value);
        let hides = secrets.contains(name) || moved && !before.contains(name);
        (names::camel(name), if hides { secret(plain) } else { plain })
    });
    let own = own.into_iter().map(|(name, wire)| (name.clone(), wire.clone()));
    Cow::Owned(Struct { fields: fields.chain(own).collect() })
}

fn as_text(wire: &Wire) -> Option<&str> {
    match &wire.kind {
        Some(WireKind::StringValue(text)) => Some(text),
        _ => None,
    }
}

/// The value without marks of secrecy; `hides` tells whether it had one. Members of nested objects have the attributes' names.
fn json(kind: Option<&Kind>, wire: &Wire, hides: &mut bool) -> Json {
    match &wire.kind {
        None | Some(WireKind::NullValue(_)) => Json::Null,
        Some(WireKind::BoolValue(flag)) => Json::Bool(*flag),
        Some(WireKind::NumberValue(number)) => Number::from_f64(*number).map_or(Json::Null, |number| {
            // A number's text is always valid JSON.
            Json::parse(number.as_str()).unwrap_or(Json::Null)
        }),
        Some(WireKind::StringValue(text)) => Json::String(text.clone()),
        Some(WireKind::ListValue(list)) => {
            let of = kind.and_then(|kind| if let Kind::List(of) = kind { Some(*of) } else { None });
            list.values.iter().map(|item| json(of, item, hides)).collect()
        }
        Some(WireKind::StructValue(members)) if members.fields.get(SIGNATURE).and_then(as_text) == Some(SECRET) => {
            *hides = true;
            members.fields.get("value").map_or(Json::Null, |inner| json(kind, inner, hides))
        }
        Some(WireKind::StructValue(members)) => Json::object(members.fields.iter().map(|(name, item)| match kind {
            Some(Kind::Object(nested)) => match nested.table.attrs().find(|attr| names::camel(attr.name) == *name) {
                Some(attr) => (attr.name.to_owned(), json(Some(&attr.kind), item, hides)),
                None => (name.clone(), json(None, item, hides)),
            },
            Some(Kind::Map(of)) => (name.clone(), json(Some(of), item, hides)),
            _ => (name.clone(), json(None, item, hides)),
        })),
    }
}

fn wired(kind: Option<&Kind>, value: &Json) -> Wire {
    wire(match value {
        Json::Null => WireKind::NullValue(0),
        Json::Bool(flag) => WireKind::BoolValue(*flag),
        Json::Number(number) => WireKind::NumberValue(number.as_str().parse().unwrap_or_default()),
        Json::String(text) => WireKind::StringValue(text.clone()),
        Json::Array(items) => {
            let of = kind.and_then(|kind| if let Kind::List(of) = kind { Some(*of) } else { None });
            WireKind::ListValue(ListValue { values: items.iter().map(|item| wired(of, item)).collect() })
        }
        Json::Object(members) => {
            let fields: BTreeMap<_, _> = members
                .iter()
                .map(|(name, item)| match kind {
                    Some(Kind::Object(nested)) => {
                        let kind = nested.table.index(name).map(|place| &nested.table.attr(place).kind);
                        (if kind.is_some() { names::camel(name) } else { name.clone() }, wired(kind, item))
                    }
                    Some(Kind::Map(of)) => (name.clone(), wired(Some(of), item)),
                    _ => (name.clone(), wired(None, item)),
                })
                .collect();
            WireKind::StructValue(Struct { fields })
        }
    })
}
