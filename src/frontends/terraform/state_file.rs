//! Objects in Terraform's state files: JSON of attributes, with `id` among them.
//!
//! Owns the differences from the protocol's messages. Must not know where a file is.

use super::wire::WireObject;
use crate::{
    engine::{self, Diagnostic, Private, State},
    schema::{
        BlockSchema, Resource,
        json::{self, Stored},
    },
    value::{Json, Value},
};

/// Reads an object from the JSON of its attributes, in the shape of this version.
///
/// # Errors
/// They name the attribute, never its value.
pub fn read(resource: &Resource, block: &BlockSchema, version: i64, attributes: &str, private: &[u8]) -> Result<State, Diagnostic> {
    let Stored { id, value } = engine::upgrade(block, version, attributes.as_bytes())?;
    let seen = WireObject { id: id.map_or(Value::Null, Value::String), value };
    Ok(seen.into_state(resource, Private::from_bytes(private)))
}

/// All attributes of an object; those that are never stored are null.
pub fn write(block: &BlockSchema, state: &State) -> Json {
    let value = engine::without_write_only(block.table, &state.value);
    let mut attributes = json::to_json(block.table, &value);
    if let Some(members) = attributes.as_object_mut() {
        members.insert("id".to_owned(), state.id.clone().map_or(Json::Null, Json::String));
    }
    attributes
}
