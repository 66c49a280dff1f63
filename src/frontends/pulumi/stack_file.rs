//! Objects in Pulumi's files: JSON of properties, with secrets in envelopes.
//!
//! Owns the conversion between that JSON and the protocol's structs. Other code reads and writes the files.

use super::{
    memory,
    property::{Form, Origin, SECRET, SIGNATURE, Secrets, Struct, Wire, decode, encode, wire},
    rpc_object::Stored,
    rpc_read::with_key,
};
use crate::{
    engine::State,
    schema::{BlockSchema, Resource},
    value::{Json, Number, Path, Value},
};
use prost_types::{ListValue, value::Kind as WireKind};
use std::collections::BTreeSet;

/// An object in a stack.
pub struct Held {
    /// Its state.
    pub state: State,
    /// The inputs of the last apply.
    pub inputs: Value,
}

/// Reads an object from properties whose envelopes have been opened.
pub fn read(resource: &'static Resource, block: &BlockSchema, id: &str, outputs: &Json, inputs: &Json) -> Held {
    let stored = Stored::read(resource, block, &properties(outputs), &properties(inputs));
    let private = stored.private(&resource.table);
    Held { state: State { id: Some(id.to_owned()), value: with_key(resource, stored.value, id), private }, inputs: stored.inputs }
}

/// Reads a provider's configuration from properties whose envelopes have been opened. Unreadable values are null.
pub fn read_settings(block: &BlockSchema, settings: &Json) -> Value {
    decode(block, &properties(settings), Origin::Config).value
}

/// The settings as properties. Declared secrets and these attributes are in envelopes.
pub fn write_settings(block: &BlockSchema, settings: &Value, secret: &BTreeSet<&'static str>) -> Json {
    let secrets: Secrets = secret.iter().copied().map(Path::attr).collect();
    json_of(&encode(block, settings, None, &secrets, Form::Inputs).properties)
}

/// An object for an import file.
pub struct Written {
    /// The inputs, with secrets in envelopes.
    pub inputs: Json,
    /// The outputs, with secrets in envelopes.
    pub outputs: Json,
    /// The paths of numbers that were rounded, since they have more digits than Pulumi's numbers.
    pub rounded: Vec<Path>,
}

/// The properties of an object. Declared secrets and these attributes are in envelopes.
pub fn write(block: &BlockSchema, state: &State, inputs: &Value, secret: &BTreeSet<&'static str>) -> Written {
    let secrets: Secrets = secret.iter().copied().map(Path::attr).collect();
    let mut outputs = encode(block, &state.value, None, &secrets, Form::Outputs);
    memory::keep(block, &mut outputs.properties, &state.private);
    let inputs = encode(block, inputs, None, &secrets, Form::Inputs);
    Written { inputs: json_of(&inputs.properties), outputs: json_of(&outputs.properties), rounded: outputs.rounded }
}

fn properties(json: &Json) -> Struct {
    let fields = json.as_object().into_iter().flatten().map(|(name, value)| (name.clone(), wired(value)));
    Struct { fields: fields.collect() }
}

fn wired(json: &Json) -> Wire {
    wire(match json {
        Json::Null => WireKind::NullValue(0),
        Json::Bool(flag) => WireKind::BoolValue(*flag),
        Json::Number(number) => WireKind::NumberValue(number.to_f64()),
        Json::String(text) => WireKind::StringValue(text.clone()),
        Json::Array(items) => WireKind::ListValue(ListValue { values: items.iter().map(wired).collect() }),
        Json::Object(_) => WireKind::StructValue(properties(json)),
    })
}

fn json_of(properties: &Struct) -> Json {
    Json::object(properties.fields.iter().map(|(name, value)| (name.clone(), json(value))))
}

fn json(value: &Wire) -> Json {
    match &value.kind {
        None | Some(WireKind::NullValue(_)) => Json::Null,
        Some(WireKind::BoolValue(flag)) => Json::Bool(*flag),
        Some(WireKind::NumberValue(number)) => Number::from_f64(*number).map_or(Json::Null, Json::Number),
        Some(WireKind::StringValue(text)) => Json::String(text.clone()),
        Some(WireKind::ListValue(list)) => list.values.iter().map(json).collect(),
        Some(WireKind::StructValue(members)) => match (members.fields.get(SIGNATURE), members.fields.get("value")) {
            // In files, the value of a secret is a text that contains JSON.
            (Some(_), Some(inner)) => {
                Json::object([(SIGNATURE, Json::String(SECRET.to_owned())), ("plaintext", Json::String(json(inner).to_string()))])
            }
            _ => json_of(members),
        },
    }
}
