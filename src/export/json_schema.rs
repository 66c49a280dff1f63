//! One JSON Schema (2020-12) with a definition for the provider's block, each resource, each data source, each other offer and each
//! nested object. The definition of a function is that of its arguments in their order.
//!
//! A definition describes an object both in the configuration and in the state: attributes that only the server decides are
//! `readOnly`, those that are never stored are `writeOnly`, and optional ones may be null. Facts for which JSON Schema has no
//! keyword are annotations whose names start with `x-`.

use super::{File, wording};
use crate::{
    engine::{DataSource, Engine},
    schema::{BlockSchema, Check, Codec, Default, Field, Function, Kind, Nested, Presence, Reference},
};
use serde_json::{Map, Value as Json, json};

/// The document.
pub fn document<C: Send + Sync + 'static>(engine: &Engine<C>) -> File {
    let provider = engine.provider();
    let mut to = Target { definitions: Map::new(), managed: true };
    define(&mut to, "provider".to_owned(), engine.config(), "");
    for (entry, of) in engine.resources() {
        let id = wording::id(entry.resource);
        define(&mut to, format!("resource.{}_{}", provider.name, of.name), of, &id);
    }
    to.managed = false;
    for (source, of) in engine.data_sources() {
        let id = match source {
            DataSource::Lookup { lookup, .. } => wording::id_of_lookup(lookup),
            DataSource::Query { .. } => String::new(),
        };
        define(&mut to, format!("data.{}_{}", provider.name, of.name), of, &id);
    }
    let blocks = [
        ("ephemeral", engine.ephemerals().map(|(_, block)| block).collect::<Vec<_>>()),
        ("list", engine.list_resources().map(|(_, block)| block).collect()),
        ("action", engine.actions().map(|(_, block)| block).collect()),
    ];
    for (kind, blocks) in blocks {
        blocks.iter().for_each(|of| define(&mut to, format!("{kind}.{}_{}", provider.name, of.name), of, ""));
    }
    for (function, of) in engine.functions() {
        let arguments = arguments(&mut to, function, of);
        to.definitions.insert(format!("function.{}", of.name), arguments);
    }
    let document = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": format!("{}/sdk-schema/json-schema.json", provider.repository),
        "title": provider.display,
        "description": provider.doc,
        "$comment": "Annotations: x-sensitive (hidden from outputs), x-env (environment variable that stands in), x-replaces (a change needs a new object), x-unordered (the order of the elements has no meaning), x-keyed-by (what tells the elements apart), x-alias-of (another name of this attribute), x-refers-to (the object that the value names), x-while-set (neither read nor changed while it is not set).",
        "$defs": to.definitions,
    });
    File { path: "json-schema.json".to_owned(), content: format!("{document:#}\n") }
}

/// The target of definitions.
struct Target {
    definitions: Map<String, Json>,
    /// Whether the current definition is of a managed object, and not of a look-up.
    managed: bool,
}

fn define(to: &mut Target, name: String, block: &BlockSchema, id: &str) {
    let definition = object(to, block.doc, &block.fields, id);
    to.definitions.insert(name, definition);
}

fn arguments(to: &mut Target, function: &Function, block: &BlockSchema) -> Json {
    let mut parameters: Vec<_> = block.fields.iter().map(|field| property(to, field, "")).collect();
    let further = match parameters.pop_if(|_| function.variadic) {
        Some(mut list) => list.get_mut("items").map(Json::take).unwrap_or_default(),
        None => false.into(),
    };
    json!({
        "type": "array",
        "description": function.doc,
        "prefixItems": parameters,
        "minItems": function.fixed(),
        "items": further,
    })
}

fn object(to: &mut Target, doc: &str, fields: &[Field], id: &str) -> Json {
    let properties: Map<_, _> = fields.iter().map(|field| (field.name().to_owned(), property(to, field, id))).collect();
    let required: Vec<_> = fields.iter().filter(|field| field.required()).map(Field::name).collect();
    let mut object = json!({ "type": "object", "properties": properties, "additionalProperties": false });
    if !doc.is_empty() {
        put(&mut object, "description", doc);
    }
    if !required.is_empty() {
        put(&mut object, "required", required);
    }
    object
}

fn property(to: &mut Target, field: &Field, id: &str) -> Json {
    let Some(attr) = field.attr else {
        let read_only = field.presence == Presence::ReadOnly;
        let mut id = json!({ "type": type_of("string", true), "description": id });
        if read_only {
            put(&mut id, "readOnly", true);
        }
        return id;
    };
    let mut property = kind(to, field, &attr.kind, !field.required());
    let notes = wording::notes(field, to.managed);
    put(&mut property, "description", std::iter::once(attr.doc.to_owned()).chain(notes).collect::<Vec<_>>().join(" "));
    if field.configurable() {
        constrain(&mut property, &attr.checks, !field.required());
        for elements in ["items", "additionalProperties"] {
            if let Some(elements) = property.get_mut(elements) {
                constrain(elements, &attr.each, false);
            }
        }
        if let Some(default) = attr.default {
            let default: Json = match default {
                Default::Text(text) => text.into(),
                Default::Flag(flag) => flag.into(),
                Default::Int(number) => number.into(),
            };
            put(&mut property, "default", default);
        }
    }
    if attr.codec == Codec::Json {
        put(&mut property, "contentMediaType", "application/json");
    }
    if attr.equality.name == "instant" {
        put(&mut property, "format", "date-time");
    }
    let marks = [
        ("readOnly", field.presence == Presence::ReadOnly),
        ("writeOnly", attr.write_only),
        ("deprecated", attr.deprecated.is_some()),
        ("x-sensitive", field.secret()),
        ("x-replaces", to.managed && attr.replaces && field.configurable()),
        ("x-unordered", attr.unordered),
        ("x-while-set", to.managed && field.presence == Presence::WhileSet),
    ];
    for (name, _) in marks.iter().filter(|(_, holds)| *holds) {
        put(&mut property, name, true);
    }
    if let Some(variable) = attr.env {
        put(&mut property, "x-env", variable);
    }
    if let Some(name) = attr.alias_of {
        put(&mut property, "x-alias-of", name);
    }
    if let Some(key) = attr.keyed {
        put(&mut property, "x-keyed-by", key);
    }
    if let Some(Reference { resource, attr }) = attr.refers_to {
        put(&mut property, "x-refers-to", json!({ "resource": resource.name, "attribute": attr }));
    }
    property
}

/// The type, with null for "not set" if that is allowed.
fn kind(to: &mut Target, field: &Field, of: &Kind, or_null: bool) -> Json {
    // An element of a list or map is never null.
    match of {
        Kind::Bool => json!({ "type": type_of("boolean", or_null) }),
        Kind::Number => json!({ "type": type_of("number", or_null) }),
        Kind::Integer => json!({ "type": type_of("integer", or_null) }),
        Kind::String => json!({ "type": type_of("string", or_null) }),
        Kind::List(of) => json!({ "type": type_of("array", or_null), "items": kind(to, field, of, false) }),
        Kind::Map(of) => json!({ "type": type_of("object", or_null), "additionalProperties": kind(to, field, of, false) }),
        Kind::Object(nested) => {
            let reference = reference(to, field, nested);
            if or_null { json!({ "anyOf": [reference, { "type": "null" }] }) } else { reference }
        }
    }
}

fn type_of(name: &str, or_null: bool) -> Json {
    if or_null { json!([name, "null"]) } else { name.into() }
}

fn reference(to: &mut Target, field: &Field, nested: &'static Nested) -> Json {
    // An object that only the server fills has no required members, so it gets a separate definition.
    let name = if field.configurable() { format!("type.{}", nested.name) } else { format!("type.{}.readOnly", nested.name) };
    if !to.definitions.contains_key(&name) {
        let definition = object(to, "", &wording::nested(field, nested), "");
        to.definitions.insert(name.clone(), definition);
    }
    json!({ "$ref": format!("#/$defs/{name}") })
}

fn put(schema: &mut Json, name: &str, value: impl Into<Json>) {
    if let Json::Object(members) = schema {
        members.insert(name.to_owned(), value.into());
    }
}

/// Values that the server refuses are a constraint; values that it may not use are a suggestion.
fn constrain(schema: &mut Json, checks: &[Option<Check>], or_null: bool) {
    for check in checks.iter().flatten() {
        match check {
            Check::Only(words) => {
                let null = or_null.then_some(Json::Null);
                put(schema, "enum", words.iter().map(|word| Json::from(*word)).chain(null).collect::<Json>());
            }
            Check::Known(words) => put(schema, "examples", *words),
            Check::Between(least, most) => {
                put(schema, "minimum", *least);
                put(schema, "maximum", *most);
                put(schema, "multipleOf", 1);
            }
            Check::Filled(_) => put(schema, "minItems", 1),
            Check::Refuse(_) | Check::Warn(_) => {}
        }
    }
}
