//! The output of `terraform providers schema -json` for the provider, made from the messages that core gets.
//!
//! Owns that layout (format 1.0). Must not know tables.

use super::{identity_schemas, provider_schema};
use crate::engine::Engine;
use janiform_proto::tfplugin6::{ActionSchema, Function, ResourceIdentitySchema, Schema, StringKind, function::Parameter, schema as proto};
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeMap;

/// The provider's schemas in Terraform's form, under its address in Terraform's own registry.
pub fn schema_json<C: Send + Sync + 'static>(engine: &Engine<C>) -> Json {
    let provider = engine.provider();
    let address = format!("registry.terraform.io/{}/{}", provider.namespace, provider.name);
    let schemas = provider_schema(engine);
    let mut exported = Map::new();
    exported.insert("provider".into(), schema(schemas.provider.as_ref()));
    let maps = [
        ("resource_schemas", &schemas.resource_schemas),
        ("data_source_schemas", &schemas.data_source_schemas),
        ("ephemeral_resource_schemas", &schemas.ephemeral_resource_schemas),
        ("list_resource_schemas", &schemas.list_resource_schemas),
    ];
    for (key, schemas) in maps {
        put(&mut exported, key, schemas.iter().map(|(name, of)| (name.clone(), schema(Some(of)))).collect());
    }
    put(&mut exported, "action_schemas", schemas.action_schemas.iter().map(|(name, of)| (name.clone(), action(of))).collect());
    put(&mut exported, "functions", schemas.functions.iter().map(|(name, of)| (name.clone(), function(of))).collect());
    put(&mut exported, "resource_identity_schemas", identities(&identity_schemas(engine)));
    json!({ "format_version": "1.0", "provider_schemas": { address: exported } })
}

/// Empty values are left out.
fn put(into: &mut Map<String, Json>, key: &str, members: Map<String, Json>) {
    if !members.is_empty() {
        into.insert(key.to_owned(), Json::Object(members));
    }
}

fn put_text(into: &mut Map<String, Json>, key: &str, text: &str) {
    if !text.is_empty() {
        into.insert(key.to_owned(), text.into());
    }
}

fn put_flags(into: &mut Map<String, Json>, flags: &[(&str, bool)]) {
    for (key, _) in flags.iter().filter(|(_, set)| *set) {
        into.insert((*key).to_owned(), true.into());
    }
}

/// The schema of an action has no version.
fn action(of: &ActionSchema) -> Json {
    let mut out = Map::new();
    if let Some(of) = of.schema.as_ref().and_then(|schema| schema.block.as_ref()) {
        out.insert("block".into(), block(of));
    }
    Json::Object(out)
}

fn function(of: &Function) -> Json {
    let parameter = |of: &Parameter| {
        let mut out = Map::new();
        put_text(&mut out, "name", &of.name);
        put_text(&mut out, "description", &of.description);
        put_flags(&mut out, &[("is_nullable", of.allow_null_value)]);
        put_type(&mut out, "type", &of.r#type);
        Json::Object(out)
    };
    let mut out = Map::new();
    put_text(&mut out, "description", &of.description);
    put_text(&mut out, "summary", &of.summary);
    put_type(&mut out, "return_type", of.r#return.as_ref().map_or(b"", |of| &of.r#type));
    if !of.parameters.is_empty() {
        out.insert("parameters".into(), of.parameters.iter().map(parameter).collect());
    }
    if let Some(variadic) = &of.variadic_parameter {
        out.insert("variadic_parameter".into(), parameter(variadic));
    }
    Json::Object(out)
}

fn schema(schema: Option<&Schema>) -> Json {
    let mut out = Map::new();
    out.insert("version".into(), schema.map_or(0, |schema| schema.version).into());
    if let Some(of) = schema.and_then(|schema| schema.block.as_ref()) {
        out.insert("block".into(), block(of));
    }
    Json::Object(out)
}

fn block(block: &proto::Block) -> Json {
    let mut out = Map::new();
    put(&mut out, "attributes", attributes(&block.attributes));
    described(&mut out, &block.description, block.description_kind);
    put_flags(&mut out, &[("deprecated", block.deprecated)]);
    put_text(&mut out, "deprecation_message", &block.deprecation_message);
    Json::Object(out)
}

fn attributes(of: &[proto::Attribute]) -> Map<String, Json> {
    of.iter().map(|of| (of.name.clone(), attribute(of))).collect()
}

fn attribute(of: &proto::Attribute) -> Json {
    let mut out = Map::new();
    put_type(&mut out, "type", &of.r#type);
    if let Some(nested) = &of.nested_type {
        let mut object = Map::new();
        put(&mut object, "attributes", attributes(&nested.attributes));
        let nesting = nested.nesting().as_str_name().to_lowercase();
        object.insert("nesting_mode".into(), nesting.into());
        out.insert("nested_type".into(), Json::Object(object));
    }
    described(&mut out, &of.description, of.description_kind);
    put_text(&mut out, "deprecation_message", &of.deprecation_message);
    put_flags(
        &mut out,
        &[
            ("deprecated", of.deprecated),
            ("required", of.required),
            ("optional", of.optional),
            ("computed", of.computed),
            ("sensitive", of.sensitive),
            ("write_only", of.write_only),
        ],
    );
    Json::Object(out)
}

fn described(out: &mut Map<String, Json>, description: &str, kind: i32) {
    put_text(out, "description", description);
    let kind = if kind == i32::from(StringKind::Markdown) { "markdown" } else { "plain" };
    out.insert("description_kind".into(), kind.into());
}

fn put_type(out: &mut Map<String, Json>, key: &str, bytes: &[u8]) {
    if let Ok(of) = serde_json::from_slice(bytes) {
        out.insert(key.to_owned(), of);
    }
}

fn identities(of: &BTreeMap<String, ResourceIdentitySchema>) -> Map<String, Json> {
    let exported = |identity: &ResourceIdentitySchema| {
        let attributes = identity.identity_attributes.iter().map(|attribute| {
            let mut out = Map::new();
            put_type(&mut out, "type", &attribute.r#type);
            put_text(&mut out, "description", &attribute.description);
            put_flags(
                &mut out,
                &[("required_for_import", attribute.required_for_import), ("optional_for_import", attribute.optional_for_import)],
            );
            (attribute.name.clone(), Json::Object(out))
        });
        let mut out = Map::new();
        out.insert("version".into(), identity.version.into());
        put(&mut out, "attributes", attributes.collect());
        Json::Object(out)
    };
    of.iter().map(|(name, identity)| (name.clone(), exported(identity))).collect()
}
