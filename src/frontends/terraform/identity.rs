//! The identity of an object, which Terraform stores beside the state: its key, and the attributes that its table adds.

use super::{super::types::type_json, msgpack, object::unreadable, wire::WireError};
use crate::{
    schema::{Kind, Object, Presence, Resource, Texts},
    value::{Json, Value},
};
use janiform_proto::tfplugin6::{DynamicValue, ResourceIdentityData, ResourceIdentitySchema, resource_identity_schema::IdentityAttribute};

/// The schema of an identity.
pub fn schema(resource: &Resource) -> ResourceIdentitySchema {
    let parts = resource.identity().map(|name| {
        let attr = resource.table.index(name).map(|place| resource.table.attr(place));
        // An attribute that an object can be created without is not needed to find it.
        let is_required = name == resource.key || attr.is_some_and(|attr| attr.presence == Presence::Required);
        IdentityAttribute {
            name: name.to_owned(),
            r#type: type_json(&Kind::String).into_bytes(),
            required_for_import: is_required,
            optional_for_import: !is_required,
            description: attr.map_or("The object's id.", |attr| attr.doc).to_owned(),
        }
    });
    ResourceIdentitySchema { version: 0, identity_attributes: parts.collect() }
}

/// The identity of the object with this id; `None` while a part of it is not known.
pub fn encode(resource: &Resource, id: Option<&str>, value: &Value) -> Option<ResourceIdentityData> {
    let object = Object::new(&resource.table, value);
    let part = |name| if name == resource.key { id.map(str::to_owned).map(Value::String) } else { Some(object.get(name).clone()) };
    let parts: Vec<_> = resource.identity().map(|name| Some((name, part(name)?))).collect::<Option<_>>()?;
    if parts.iter().any(|(_, part)| part.has_unknown()) {
        return None;
    }
    Some(written(parts.into_iter().map(|(name, part)| (name, part.as_str().map(str::to_owned)))))
}

/// The identity with these parts.
pub fn of_parts(resource: &Resource, parts: &Texts) -> ResourceIdentityData {
    let part = |name| parts.iter().find(|(part, _)| *part == name).map(|(_, text)| text.clone());
    written(resource.identity().map(|name| (name, part(name))))
}

fn written<'a>(parts: impl Iterator<Item = (&'a str, Option<String>)>) -> ResourceIdentityData {
    let (mut msgpack, parts) = (Vec::new(), parts.collect::<Vec<_>>());
    // Writing to memory does not fail.
    let _ = rmp::encode::write_map_len(&mut msgpack, u32::try_from(parts.len()).unwrap_or_default());
    for (name, text) in parts {
        let _ = rmp::encode::write_str(&mut msgpack, name);
        let _ = match text {
            Some(text) => rmp::encode::write_str(&mut msgpack, &text).is_ok(),
            None => rmp::encode::write_nil(&mut msgpack).is_ok(),
        };
    }
    ResourceIdentityData { identity_data: Some(DynamicValue { msgpack, json: Vec::new() }) }
}

/// The parts of an identity that are set; `None` without a key or without an identity.
pub fn decode(resource: &Resource, identity: Option<&ResourceIdentityData>) -> Result<Option<Texts>, WireError> {
    let Some(data) = identity.and_then(|identity| identity.identity_data.as_ref()) else { return Ok(None) };
    let parts: Texts = if data.msgpack.is_empty() {
        if data.json.is_empty() {
            return Ok(None);
        }
        let json = Json::parse(&data.json).map_err(|why| unreadable(why.into()))?;
        resource.identity().filter_map(|name| Some((name, msgpack::normalised(json.at(name).as_str()?)))).collect()
    } else {
        match msgpack::decode_kind(&Kind::Map(&Kind::String), &data.msgpack)? {
            Value::Map(mut parts) => resource
                .identity()
                .filter_map(|name| match parts.remove(name) {
                    Some(Value::String(text)) => Some((name, text)),
                    _ => None,
                })
                .collect(),
            _ => return Ok(None),
        }
    };
    let is_set = parts.iter().any(|(name, text)| *name == resource.key && !text.is_empty());
    Ok(is_set.then_some(parts))
}
