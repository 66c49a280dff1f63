//! The mapping from Terraform's names to Pulumi's, for the converter of Terraform programs and states.
//!
//! Owns the shape of that JSON. Every attribute is named, at every level, since the converter would otherwise pluralise names.

use super::{super::types::type_json, names};
use crate::{
    engine::Engine,
    schema::{Attr, BlockSchema, Field, Function, Kind, Presence, Table},
};
use serde_json::{Map, Value as Json, json};

/// The keys by which converters request it.
pub const KEYS: [&str; 2] = ["terraform", "tf"];

/// The mapping as JSON.
pub fn mapping_json<C: Send + Sync + 'static>(engine: &Engine<C>) -> String {
    let provider = engine.provider();
    let package = provider.name;
    let terraform = |name: &str| format!("{package}_{name}");
    let shapes = |block: &BlockSchema| Json::Object(block.fields.iter().map(|field| (field.name().to_owned(), shape_of(field))).collect());
    let named = |block: &BlockSchema| Json::Object(block.fields.iter().map(|field| (field.name().to_owned(), name_of(field))).collect());
    let resources = || engine.resources().map(|(entry, block)| (entry.resource.name, block));
    let views = || engine.data_sources().map(|(_, block)| (block.name, block));

    let functions: Map<_, _> =
        engine.functions().map(|(of, _)| (of.name.to_owned(), json!({ "tok": names::function_token(package, "", of.name) }))).collect();
    let mut mapping = json!({
        "name": package,
        "version": provider.version,
        "tfProviderVersion": provider.version,
        "provider": {
            "schema": shapes(engine.config()),
            "resources": resources().map(|(name, block)| (terraform(name), shapes(block))).collect::<Map<_, _>>(),
            "dataSources": views().map(|(name, block)| (terraform(name), shapes(block))).collect::<Map<_, _>>(),
        },
        "config": named(engine.config()),
        "resources": resources()
            .map(|(name, block)| (terraform(name), json!({ "tok": names::resource_token(package, name), "fields": named(block) })))
            .collect::<Map<_, _>>(),
        "dataSources": views()
            .map(|(name, block)| (terraform(name), json!({ "tok": names::function_token(package, "get_", name), "fields": named(block) })))
            .collect::<Map<_, _>>(),
    });
    if let (false, Json::Object(mapping)) = (functions.is_empty(), &mut mapping) {
        mapping.insert("functions".into(), functions.into());
        if let Some(provider) = mapping.get_mut("provider").and_then(Json::as_object_mut) {
            let signatures = engine.functions().map(|(of, _)| (of.name.to_owned(), signature(of)));
            provider.insert("functions".into(), Json::Object(signatures.collect()));
        }
    }
    mapping.to_string()
}

/// The parameters and the result of a function, in Terraform's types.
fn signature(of: &'static Function) -> Json {
    let kind = |kind: &Kind| serde_json::from_str::<Json>(&type_json(kind)).unwrap_or_default();
    let parameter = |attr: &Attr, of: &Kind| {
        let mut parameter = json!({ "name": attr.name, "type": kind(of) });
        if let (Presence::Optional, Json::Object(parameter)) = (attr.presence, &mut parameter) {
            parameter.insert("allowNullValue".into(), true.into());
        }
        parameter
    };
    let fixed: Vec<_> = of.params.attrs().take(of.fixed()).map(|attr| parameter(attr, &attr.kind)).collect();
    let mut signature = json!({ "parameters": fixed, "return": kind(&of.returns.kind) });
    if let (Some((attr, each)), Json::Object(signature)) = (of.further(), &mut signature) {
        signature.insert("variadicParameter".into(), parameter(attr, each));
    }
    signature
}

const BOOL: u8 = 1;
const INT: u8 = 2;
const FLOAT: u8 = 3;
const STRING: u8 = 4;
const LIST: u8 = 5;
const MAP: u8 = 6;

/// The field in Terraform's form.
fn shape_of(field: &Field) -> Json {
    match field.attr {
        Some(attr) => shape(attr, field.presence),
        None => flags(json!({ "type": STRING }), field.presence, false),
    }
}

fn shape(attr: &'static Attr, presence: Presence) -> Json {
    let mut shape = flags(kind(attr, &attr.kind), presence, attr.default.is_some());
    if let Json::Object(shape) = &mut shape {
        if attr.replaces {
            shape.insert("forceNew".into(), true.into());
        }
        if attr.secret {
            shape.insert("sensitive".into(), true.into());
        }
        if let Some(why) = attr.deprecated {
            shape.insert("deprecated".into(), why.into());
        }
    }
    shape
}

fn flags(mut shape: Json, presence: Presence, defaulted: bool) -> Json {
    if let Json::Object(shape) = &mut shape {
        let mut set = |flag: &str| shape.insert(flag.into(), true.into());
        match presence {
            Presence::Required => drop(set("required")),
            Presence::Optional | Presence::OrServer | Presence::WhileSet => drop(set("optional")),
            Presence::ReadOnly => {}
        }
        if defaulted || matches!(presence, Presence::OrServer | Presence::ReadOnly) {
            set("computed");
        }
    }
    shape
}

fn kind(attr: &'static Attr, of: &'static Kind) -> Json {
    match of {
        Kind::Bool => json!({ "type": BOOL }),
        Kind::Integer => json!({ "type": INT }),
        Kind::Number => json!({ "type": FLOAT }),
        Kind::String => json!({ "type": STRING }),
        Kind::List(of) => json!({ "type": LIST, "element": element(attr, of) }),
        // A map with a resource as its element means a single object, so a map of objects has a schema as its element.
        Kind::Map(of) => json!({ "type": MAP, "element": { "schema": kind(attr, of) } }),
        // A map with a resource as its element means a single object.
        Kind::Object(nested) => json!({ "type": MAP, "element": { "resource": members(&nested.table) } }),
    }
}

fn element(attr: &'static Attr, of: &'static Kind) -> Json {
    match of {
        Kind::Object(nested) => json!({ "resource": members(&nested.table) }),
        of => json!({ "schema": kind(attr, of) }),
    }
}

fn members(table: &'static Table) -> Json {
    Json::Object(table.attrs().map(|attr| (attr.name.to_owned(), shape(attr, attr.presence))).collect())
}

fn name_of(field: &Field) -> Json {
    field.attr.map_or_else(|| json!({ "name": "id" }), named)
}

fn named(attr: &'static Attr) -> Json {
    let mut info = json!({ "name": names::camel(attr.name) });
    if let Json::Object(info) = &mut info {
        inside(&attr.kind, info);
    }
    info
}

/// The fields of an object are in `fields`, those of elements in `element`.
fn inside(kind: &'static Kind, info: &mut Map<String, Json>) {
    match kind {
        Kind::Object(nested) => {
            let fields = nested.table.attrs().map(|attr| (attr.name.to_owned(), named(attr)));
            info.insert("fields".into(), Json::Object(fields.collect()));
        }
        Kind::List(of) | Kind::Map(of) => {
            let mut element = Map::new();
            inside(of, &mut element);
            if !element.is_empty() {
                info.insert("element".into(), Json::Object(element));
            }
        }
        _ => {}
    }
}
