//! Objects as files of Pulumi hold them: JSON of properties, with secrets in envelopes.
//!
//! Owns the way between that JSON and the structs of the protocol. What the properties mean is said where the protocol is
//! served; stacks and import files are read and written elsewhere.

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

/// An object of a stack.
pub struct Held {
    /// What is there.
    pub state: State,
    /// The inputs that led to it.
    pub inputs: Value,
}

/// The object with these properties, which hold no envelopes any more.
pub fn read(resource: &'static Resource, block: &BlockSchema, id: &str, outputs: &Json, inputs: &Json) -> Held {
    let stored = Stored::read(resource, block, &properties(outputs), &properties(inputs));
    let private = stored.private(&resource.table);
    Held { state: State { id: Some(id.to_owned()), value: with_key(resource, stored.value, id), private }, inputs: stored.inputs }
}

/// What a provider is configured with, from properties that hold no envelopes any more. What cannot be read is null.
pub fn read_settings(block: &BlockSchema, settings: &Json) -> Value {
    decode(block, &properties(settings), Origin::Config).value
}

/// The settings as properties. What the table declares secret is in envelopes, and these too.
pub fn write_settings(block: &BlockSchema, settings: &Value, secret: &BTreeSet<&'static str>) -> Json {
    let secrets: Secrets = secret.iter().copied().map(Path::attr).collect();
    json_of(&encode(block, settings, None, &secrets, Form::Inputs).properties)
}

/// An object for an import file.
pub struct Written {
    /// The inputs, secrets in envelopes.
    pub inputs: Json,
    /// The outputs, the same.
    pub outputs: Json,
    /// Where a number has more digits than Pulumi's numbers carry, and was rounded.
    pub rounded: Vec<Path>,
}

/// The properties of an object. What its table declares secret is in envelopes, and these attributes too.
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
            // In files the value of a secret is JSON inside of a text.
            (Some(_), Some(inner)) => {
                Json::object([(SIGNATURE, Json::String(SECRET.to_owned())), ("plaintext", Json::String(json(inner).to_string()))])
            }
            _ => json_of(members),
        },
    }
}
