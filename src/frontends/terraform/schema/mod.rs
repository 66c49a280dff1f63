//! Tables as tfplugin6 schemas.
//!
//! Owns which Terraform schema a [`BlockSchema`] becomes. Must not know RPCs; `export` prints these schemas.

mod export;

pub use export::schema_json;

use super::{super::types::type_json, identity};
use crate::{
    engine::Engine,
    schema::{self, Attr, BlockSchema, Field, Kind, Presence},
};
use janiform_proto::tfplugin6::{
    ActionSchema, Function, ResourceIdentitySchema, Schema, ServerCapabilities, StringKind,
    function::{Parameter, Return},
    get_provider_schema, schema as proto,
};
use proto::object::NestingMode;
use std::collections::BTreeMap;

/// The optional features that the provider supports.
pub const CAPABILITIES: ServerCapabilities = ServerCapabilities {
    plan_destroy: true,
    get_provider_schema_optional: true,
    move_resource_state: true,
    generate_resource_config: false,
};

/// Every schema of the provider.
pub fn provider_schema<C: Send + Sync + 'static>(engine: &Engine<C>) -> get_provider_schema::Response {
    let name = engine.provider().name;
    get_provider_schema::Response {
        provider: Some(configured(engine.config())),
        resource_schemas: engine.resources().map(|(_, block)| (type_name(name, block.name), object(block))).collect(),
        data_source_schemas: engine.data_sources().map(|(_, block)| (type_name(name, block.name), object(block))).collect(),
        server_capabilities: Some(CAPABILITIES),
        functions: functions(engine),
        ephemeral_resource_schemas: engine.ephemerals().map(|(_, block)| (type_name(name, block.name), object(block))).collect(),
        list_resource_schemas: engine.list_resources().map(|(_, block)| (type_name(name, block.name), configured(block))).collect(),
        action_schemas: engine.actions().map(|(_, block)| (type_name(name, block.name), action(block))).collect(),
        ..Default::default()
    }
}

/// The functions, whose names have no prefix.
pub fn functions<C: Send + Sync + 'static>(engine: &Engine<C>) -> BTreeMap<String, Function> {
    engine.functions().map(|(of, _)| (of.name.to_owned(), function(of))).collect()
}

/// The identity of each resource: its key.
pub fn identity_schemas<C: Send + Sync + 'static>(engine: &Engine<C>) -> BTreeMap<String, ResourceIdentitySchema> {
    let name = engine.provider().name;
    engine.resources().map(|(entry, block)| (type_name(name, block.name), identity::schema(entry.resource))).collect()
}

fn function(of: &schema::Function) -> Function {
    let parameter = |attr: &Attr, kind: &Kind| Parameter {
        name: attr.name.to_owned(),
        r#type: type_json(kind).into_bytes(),
        allow_null_value: attr.presence == Presence::Optional,
        allow_unknown_values: false,
        description: attr.doc.to_owned(),
        description_kind: StringKind::Markdown.into(),
    };
    let summary = of.doc.split_once(". ").map_or(of.doc, |(first, _)| first);
    Function {
        parameters: of.params.attrs().take(of.fixed()).map(|attr| parameter(attr, &attr.kind)).collect(),
        variadic_parameter: of.further().map(|(attr, each)| parameter(attr, each)),
        r#return: Some(Return { r#type: type_json(&of.returns.kind).into_bytes() }),
        summary: summary.to_owned(),
        description: of.doc.to_owned(),
        description_kind: StringKind::Markdown.into(),
        deprecation_message: String::new(),
    }
}

/// The name of a type for users: the provider's name, then the resource's.
pub fn type_name(provider: &str, name: &str) -> String {
    format!("{provider}_{name}")
}

fn action(block: &BlockSchema) -> ActionSchema {
    ActionSchema { schema: Some(configured(block)) }
}

/// The schema of a block that the provider never fills in: no computed attributes and no defaults.
fn configured(block: &BlockSchema) -> Schema {
    let mut schema = object(block);
    schema.block.iter_mut().flat_map(|block| &mut block.attributes).for_each(|attribute| attribute.computed = false);
    schema
}

fn object(block: &BlockSchema) -> Schema {
    let block = proto::Block {
        version: block.version(),
        attributes: block.fields.iter().map(field).collect(),
        description: block.doc.to_owned(),
        description_kind: StringKind::Markdown.into(),
        ..Default::default()
    };
    Schema { version: block.version, block: Some(block) }
}

fn field(field: &Field) -> proto::Attribute {
    match field.attr {
        Some(attr) => attribute(attr, field.presence),
        None => proto::Attribute {
            name: field.name().to_owned(),
            r#type: type_json(&Kind::String).into_bytes(),
            description: "The object's id.".to_owned(),
            description_kind: StringKind::Markdown.into(),
            optional: field.configurable(),
            computed: true,
            ..Default::default()
        },
    }
}

fn attribute(attr: &Attr, presence: Presence) -> proto::Attribute {
    let nested_type = nested(&attr.kind, presence);
    let computed = matches!(presence, Presence::ReadOnly | Presence::OrServer);
    proto::Attribute {
        name: attr.name.to_owned(),
        r#type: if nested_type.is_some() { Vec::new() } else { type_json(&attr.kind).into_bytes() },
        nested_type,
        description: attr.doc.to_owned(),
        description_kind: StringKind::Markdown.into(),
        required: presence == Presence::Required,
        optional: matches!(presence, Presence::Optional | Presence::OrServer | Presence::WhileSet),
        computed: computed || (attr.default.is_some() && presence == Presence::Optional),
        sensitive: attr.secret,
        write_only: attr.write_only && presence != Presence::ReadOnly,
        deprecated: attr.deprecated.is_some(),
        deprecation_message: attr.deprecated.unwrap_or_default().to_owned(),
    }
}

/// The nested form of objects and of collections of them. An attribute that only the server decides is computed at every depth.
fn nested(kind: &Kind, presence: Presence) -> Option<proto::Object> {
    let (table, nesting) = match kind {
        Kind::Object(nested) => (&nested.table, NestingMode::Single),
        Kind::List(Kind::Object(nested)) => (&nested.table, NestingMode::List),
        Kind::Map(Kind::Object(nested)) => (&nested.table, NestingMode::Map),
        _ => return None,
    };
    let inner = |attr: &Attr| if presence == Presence::ReadOnly { presence } else { attr.presence };
    Some(proto::Object {
        attributes: table.attrs().map(|attr| attribute(attr, inner(attr))).collect(),
        nesting: nesting.into(),
        ..Default::default()
    })
}
