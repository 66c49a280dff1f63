//! Objects between messages and the engine. Terraform's object is the table's object with `id` beside it.
//!
//! Owns [`WireObject`], the `DynamicValue`s around it, raw JSON states and identities. Must not know RPCs.

use super::{
    msgpack,
    wire::{WireError, WireObject},
};
use crate::{
    engine::{Private, State},
    schema::{
        BlockSchema, Kind, Object, Resource,
        json::{self, ReadError, Stored},
    },
    value::{Json, Value},
};
use janiform_proto::tfplugin6::DynamicValue;

/// The object in a message; `None` for null.
pub fn decode(block: &BlockSchema, value: Option<&DynamicValue>) -> Result<Option<WireObject>, WireError> {
    match value {
        Some(value) if !value.msgpack.is_empty() => msgpack::decode(block, &value.msgpack),
        Some(value) if !value.json.is_empty() => {
            let Stored { id, mut value } = json::read(block, &value.json).map_err(unreadable)?;
            normalise(&mut value);
            let id = id.map_or(Value::Null, |id| Value::String(msgpack::normalised(&id)));
            Ok(if value.is_null() { None } else { Some(WireObject { id, value }) })
        }
        _ => Ok(None),
    }
}

/// The values of a block of a configuration; all null for null.
pub fn given(block: &BlockSchema, config: Option<&DynamicValue>) -> Result<Value, WireError> {
    Ok(decode(block, config)?.map_or_else(|| block.table.nulls(), |seen| seen.value))
}

/// One value of the kind in a message; null for an empty message, as OpenTofu sends it.
pub fn decode_kind(kind: &Kind, value: &DynamicValue) -> Result<Value, WireError> {
    if !value.msgpack.is_empty() {
        return msgpack::decode_kind(kind, &value.msgpack);
    }
    if value.json.is_empty() {
        return Ok(Value::Null);
    }
    let json = Json::parse(&value.json).map_err(|why| unreadable(why.into()))?;
    let mut value = json::kind_from_json(kind, &json).map_err(WireError::new)?;
    normalise(&mut value);
    Ok(value)
}

/// One value of the kind as a message.
pub fn encode_kind(kind: &Kind, value: &Value) -> DynamicValue {
    DynamicValue { msgpack: msgpack::encode_kind(kind, value), json: Vec::new() }
}

/// Whether the message contains no object; reads nothing else of it.
pub fn is_null(value: Option<&DynamicValue>) -> bool {
    value.is_none_or(|value| match value.msgpack.is_empty() {
        true => value.json.is_empty() || value.json == b"null",
        false => msgpack::is_null(&value.msgpack),
    })
}

pub(super) fn unreadable(why: ReadError) -> WireError {
    WireError::new(why.to_string())
}

/// The object as a message; unknown values stay unknown.
pub fn encode(block: &BlockSchema, seen: Option<&WireObject>) -> Option<DynamicValue> {
    Some(DynamicValue { msgpack: msgpack::encode(block, seen), json: Vec::new() })
}

fn normalise(value: &mut Value) {
    match value {
        Value::String(text) => *text = msgpack::normalised(text),
        Value::List(items) | Value::Object(items) => items.iter_mut().for_each(normalise),
        Value::Map(map) => {
            for (key, mut item) in std::mem::take(map) {
                normalise(&mut item);
                map.insert(msgpack::normalised(&key), item);
            }
        }
        _ => {}
    }
}

impl WireObject {
    /// An engine's state as Terraform stores it.
    pub fn stored(state: State) -> WireObject {
        WireObject { id: state.id.map(Value::String).unwrap_or_default(), value: state.value }
    }

    /// The object as the engine's state. In a state without `id` (another provider's), the key is the id.
    pub fn into_state(self, resource: &Resource, private: Private) -> State {
        let id = self.id.as_str().or_else(|| Object::new(&resource.table, &self.value).str(resource.key)).map(str::to_owned);
        State { id, value: self.value, private }
    }

    /// The object with null instead of unknown values, which core refuses to store.
    pub fn wholly_known(mut self) -> WireObject {
        fn settle(value: &mut Value) {
            match value {
                Value::Unknown => *value = Value::Null,
                Value::List(items) | Value::Object(items) => items.iter_mut().for_each(settle),
                Value::Map(map) => map.values_mut().for_each(settle),
                _ => {}
            }
        }
        settle(&mut self.id);
        settle(&mut self.value);
        self
    }
}
