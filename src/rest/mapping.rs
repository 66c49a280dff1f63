//! Attributes to and from an API's JSON: the one place that reads how the tables declare it.
//!
//! Works on raw JSON, so that what the table does not know survives an update.

use crate::{
    engine::{Write, same},
    schema::{Attr, Cleared, Codec, Kind, Object, Reads, Table, json},
    value::{Json, Value},
};
use std::collections::BTreeMap;

/// An answer that does not have the shape that the table declares; names the attribute.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{attr}`: {why}")]
pub struct Misfit {
    /// The attribute.
    pub attr: &'static str,
    /// What was expected and what was found; never the content.
    pub why: String,
}

/// The body of a create: all that is set.
pub fn create(write: &Write) -> Json {
    let mut body = Json::Object(BTreeMap::new());
    let table = &write.resource.table;
    for (attr, value) in Object::new(table, &write.planned).iter().filter(|(attr, _)| ours(attr)) {
        if !value.is_null() && !value.has_unknown() {
            body.put(attr.pointer(), encode(attr, value));
        }
    }
    put_write_only(&mut body, write);
    body
}

/// The body of a full replacement: `current`, with what the plan changes; `None` where the object would stay as it is. What
/// others have changed since the plan was made, and what the table does not know, stays.
pub fn update(write: &Write, mut current: Json) -> Option<Json> {
    let table = &write.resource.table;
    let (prior, planned) = (Object::new(table, &write.prior), Object::new(table, &write.planned));
    let ours = || planned.iter().enumerate().filter(|(_, (attr, _))| ours(attr));
    // Servers show members that are not set, and may take them for set when they are sent back.
    for (_, (attr, _)) in ours().filter(|(_, (attr, _))| attr.cleared == Cleared::Omit) {
        if matches!(decode(attr, current.at(attr.pointer())), Ok(value) if attr.is_unset(&value)) {
            clear(&mut current, attr);
        }
    }
    let mut body = current.clone();
    for (place, (attr, value)) in ours() {
        let before = prior.at(place);
        match value {
            value if value.has_unknown() || same(attr, before, value) && !is_withdrawn(attr, write) => {}
            Value::Null if clears(attr, write) => clear(&mut body, attr),
            Value::Null => {}
            value => body.put(attr.pointer(), encode(attr, value)),
        }
    }
    put_write_only(&mut body, write);
    (body != current).then_some(body)
}

/// What is sent as it is planned: not what only the server decides, and of which the state may hold more than
/// the server takes back.
fn ours(attr: &Attr) -> bool {
    attr.remote() && attr.configurable() && !attr.write_only
}

/// A null clears what was set. It leaves alone what no answer shows (a null there means "not known") and what a write-only
/// twin has set.
fn clears(attr: &Attr, write: &Write) -> bool {
    match attr.reads {
        Reads::Unless(twin) => !write.private.uses(twin),
        Reads::Once | Reads::Never => false,
        Reads::Always => true,
    }
}

/// A write-only twin has set it, and is no longer in use: what the state shows of it says nothing.
fn is_withdrawn(attr: &Attr, write: &Write) -> bool {
    matches!(attr.reads, Reads::Unless(twin) if write.withdrawn.contains(&twin))
}

fn put_write_only(body: &mut Json, write: &Write) {
    let config = Object::new(&write.resource.table, &write.config);
    for (attr, value) in config.iter().filter(|(attr, value)| write.rewrite.contains(&attr.name) && !value.is_null()) {
        body.put(attr.pointer(), encode(attr, value));
    }
}

/// The API's object as an object of the table. What it does not carry is null, or what its absence means.
pub fn observe(table: &Table, body: &Json) -> Result<Value, Misfit> {
    let fields = table.attrs().map(|attr| {
        if attr.write_only || attr.reads == Reads::Never {
            return Ok(Value::Null);
        }
        match decode(attr, body.at(attr.pointer())).map_err(|why| Misfit { attr: attr.name, why })? {
            Value::Null => Ok(attr.absent_is.map(|default| default.value()).unwrap_or_default()),
            value => Ok(value),
        }
    });
    fields.collect::<Result<_, _>>().map(Value::Object)
}

fn encode(attr: &Attr, value: &Value) -> Json {
    match (attr.codec, value) {
        // The text was checked to be JSON; if it is not, the server shall say so.
        (Codec::Json, Value::String(text)) => Json::parse(text).unwrap_or_else(|_| Json::String(text.clone())),
        (Codec::Form, Value::String(text)) => Json::String(attr.meaning.form.map_or_else(|| text.clone(), |form| form(text).into_owned())),
        (Codec::Form, Value::List(items)) => Json::Array(items.iter().map(|item| encode(attr, item)).collect()),
        _ => without_nulls(&attr.kind, json::kind_to_json(&attr.kind, value)),
    }
}

/// Members of nested objects that are not set are not sent, like those of the object itself: a server may not know
/// them.
fn without_nulls(kind: &Kind, value: Json) -> Json {
    match (kind, value) {
        (Kind::Object(nested), Json::Object(members)) => {
            let kind = |name: &str| nested.table.index(name).map(|index| &nested.table.attr(index).kind);
            let members = members.into_iter().filter(|(_, member)| !member.is_null());
            Json::Object(
                members
                    .map(|(name, member)| match kind(&name) {
                        Some(kind) => (name, without_nulls(kind, member)),
                        None => (name, member),
                    })
                    .collect(),
            )
        }
        (Kind::List(of), Json::Array(items)) => Json::Array(items.into_iter().map(|item| without_nulls(of, item)).collect()),
        (Kind::Map(of), Json::Object(members)) => {
            Json::Object(members.into_iter().map(|(key, item)| (key, without_nulls(of, item))).collect())
        }
        (_, value) => value,
    }
}

fn decode(attr: &Attr, member: &Json) -> Result<Value, String> {
    match (attr.codec, member) {
        (_, Json::Null) => Ok(Value::Null),
        (Codec::Json, Json::Object(members)) if members.is_empty() => Ok(Value::Null),
        (Codec::Json, member) => Ok(Value::String(member.to_string())),
        (Codec::Plain | Codec::Form, member) => json::kind_from_json(&attr.kind, member),
    }
}

fn clear(body: &mut Json, attr: &Attr) {
    let empty = match (attr.cleared, &attr.kind) {
        (Cleared::Null, _) => Json::Null,
        (Cleared::Empty, Kind::String) => Json::String(String::new()),
        (Cleared::Empty, Kind::List(_)) => Json::Array(Vec::new()),
        (Cleared::Empty, _) => Json::Object(BTreeMap::new()),
        (Cleared::Omit, _) => {
            body.remove(attr.pointer());
            return;
        }
    };
    body.put(attr.pointer(), empty);
}
