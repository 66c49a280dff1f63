//! Pulumi's properties as the JSON that tests are written in: with secrets and unknown values in the protocol's form.

use janiform::frontends::pulumi::property::{SECRET, SIGNATURE, UNKNOWN};
use prost_types::{ListValue, Struct, Value as Wire, value::Kind};
use serde_json::{Map, Value as Json, json};

/// JSON as properties.
pub fn properties(json: &Json) -> Struct {
    match to_wire(json).kind {
        Some(Kind::StructValue(properties)) => properties,
        _ => panic!("properties are an object"),
    }
}

/// Properties as JSON.
pub fn json_of(properties: &Struct) -> Json {
    Json::Object(properties.fields.iter().map(|(key, value)| (key.clone(), from_wire(value))).collect())
}

fn to_wire(json: &Json) -> Wire {
    let kind = match json {
        Json::Null => Kind::NullValue(0),
        Json::Bool(flag) => Kind::BoolValue(*flag),
        Json::Number(number) => Kind::NumberValue(number.as_f64().expect("a double")),
        Json::String(text) => Kind::StringValue(text.clone()),
        Json::Array(items) => Kind::ListValue(ListValue { values: items.iter().map(to_wire).collect() }),
        Json::Object(members) => {
            Kind::StructValue(Struct { fields: members.iter().map(|(key, value)| (key.clone(), to_wire(value))).collect() })
        }
    };
    Wire { kind: Some(kind) }
}

fn from_wire(wire: &Wire) -> Json {
    match &wire.kind {
        None | Some(Kind::NullValue(_)) => Json::Null,
        Some(Kind::BoolValue(flag)) => Json::Bool(*flag),
        Some(Kind::NumberValue(number)) if number.fract() == 0.0 && number.abs() < 1e15 => json!(*number as i64),
        Some(Kind::NumberValue(number)) => json!(number),
        Some(Kind::StringValue(text)) => json!(text),
        Some(Kind::ListValue(list)) => Json::Array(list.values.iter().map(from_wire).collect()),
        Some(Kind::StructValue(members)) => json_of(members),
    }
}

/// A secret.
pub fn secret(value: impl Into<Json>) -> Json {
    json!({ SIGNATURE: SECRET, "value": value.into() })
}

/// An unknown value.
pub fn unknown() -> Json {
    json!(UNKNOWN[0])
}

/// Whether the value is a secret.
pub fn is_secret(value: &Json) -> bool {
    value.get(SIGNATURE).is_some_and(|signature| signature == SECRET)
}

/// Whether the value contains a secret.
pub fn has_secret(value: &Json) -> bool {
    is_secret(value)
        || match value {
            Json::Array(items) => items.iter().any(has_secret),
            Json::Object(members) => members.values().any(has_secret),
            _ => false,
        }
}

/// Whether anything in the value is unknown: by its name, as an output without a value, or as a
/// reference without an id.
pub fn has_unknown(value: &Json) -> bool {
    let output = value.get(SIGNATURE).is_some_and(|signature| signature == "d0e6a833031e9bbcd3f4e8bde6ca49a4");
    if output && value.get("value").is_none() || value.get("urn").is_some() && value["id"] == "" {
        return true;
    }
    match value {
        Json::String(text) => UNKNOWN.contains(&text.as_str()),
        Json::Array(items) => items.iter().any(has_unknown),
        Json::Object(members) => members.values().any(has_unknown),
        _ => false,
    }
}

/// The value without secrecy.
pub fn plain(value: &Json) -> Json {
    match value {
        _ if is_secret(value) => plain(&value["value"]),
        Json::Array(items) => Json::Array(items.iter().map(plain).collect()),
        Json::Object(members) => Json::Object(members.iter().map(|(key, value)| (key.clone(), plain(value))).collect()),
        _ => value.clone(),
    }
}

/// The members that are not null.
pub fn members(value: &Json) -> Map<String, Json> {
    value.as_object().into_iter().flatten().filter(|(_, value)| !value.is_null()).map(|(key, value)| (key.clone(), value.clone())).collect()
}

/// The first with the second's members merged in; null removes a member.
pub fn with(base: &Json, more: Json) -> Json {
    let mut all = members(base);
    all.extend(more.as_object().cloned().unwrap_or_default());
    all.retain(|_, value| !value.is_null());
    Json::Object(all)
}
