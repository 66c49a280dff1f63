//! The package schema: what Pulumi's SDKs, documentation and type checks are made from.
//!
//! Owns the shape of that JSON. Everything in it is read from the tables, and the same tables always
//! give the same text.

use super::{names, rpc_config::is_secret};
use crate::{
    engine::Engine,
    schema::{Attr, Check, Default, Field, Kind, Nested, Presence, Surface, Table},
};
use serde_json::{Map, Value as Json, json};

/// The package schema as JSON.
pub fn schema_json<C: Send + Sync + 'static>(engine: &Engine<C>) -> String {
    schema(engine).to_string()
}

/// The package schema.
pub fn schema<C: Send + Sync + 'static>(engine: &Engine<C>) -> Json {
    let provider = engine.provider();
    let mut writer = Writer { package: provider.name, types: Map::new() };
    let config = engine.config();
    let mut variables = writer.properties(config, config.table, |_| true);
    // SDKs hand over an object as text, which is secret as a whole.
    for attr in config.table.attrs().filter(|attr| is_secret(attr)) {
        variables[names::camel(attr.name)]["secret"] = true.into();
    }
    let required: Vec<_> = config.fields.iter().filter(|field| field.required()).map(name).collect();
    let resources: Map<_, _> = engine
        .resources()
        .map(|(entry, surface)| (names::resource_token(provider.name, entry.resource.name), writer.resource(surface)))
        .collect();
    let functions: Map<_, _> =
        engine.sources().map(|(_, surface)| (names::function_token(provider.name, surface.name), writer.function(surface))).collect();

    let mut root = json!({
        "name": provider.name,
        "displayName": provider.display,
        "namespace": provider.namespace,
        "version": provider.version,
        "description": provider.doc,
        "keywords": ["pulumi", provider.name, "category/infrastructure", "kind/native"],
        "homepage": provider.repository,
        "repository": provider.repository,
        "publisher": provider.namespace,
        "meta": { "moduleFormat": "(.*)(?:/[^/]*)" },
        "config": { "variables": variables, "defaults": required },
        "provider": {
            "description": names::speak(config.table, provider.doc),
            "type": "object",
            "inputProperties": variables,
            "requiredInputs": required,
        },
        "resources": resources,
        "functions": functions,
        "types": writer.types,
        "language": languages(provider.name, provider.namespace, provider.repository),
    });
    if let (Some(path), Json::Object(root)) = (github(provider.repository), &mut root) {
        root.insert("pluginDownloadURL".into(), format!("github://api.github.com/{path}").into());
    }
    root
}

/// `<owner>/<repository>` of a GitHub URL.
fn github(repository: &str) -> Option<&str> {
    let path = repository.strip_prefix("https://github.com/")?.trim_end_matches('/');
    (path.split('/').filter(|part| !part.is_empty()).count() == 2).then_some(path.strip_suffix(".git").unwrap_or(path))
}

fn languages(package: &str, namespace: &str, repository: &str) -> Json {
    let mut go = json!({ "generateResourceContainerTypes": true, "respectSchemaVersion": true });
    if let (Some(path), Json::Object(go)) = (github(repository), &mut go) {
        go.insert("importBasePath".into(), format!("github.com/{path}/sdk/go/{package}").into());
    }
    json!({
        "nodejs": { "respectSchemaVersion": true },
        "python": { "respectSchemaVersion": true, "pyproject": { "enabled": true } },
        "go": go,
        "csharp": { "respectSchemaVersion": true, "rootNamespace": names::pascal(namespace) },
        "java": { "basePackage": format!("com.{}", namespace.replace('-', "")), "buildFiles": "gradle" },
    })
}

fn name(field: &Field) -> String {
    field.attr.map_or_else(|| "id".to_owned(), |attr| names::camel(attr.name))
}

fn write_only(field: &Field) -> bool {
    field.attr.is_some_and(|attr| attr.write_only)
}

struct Writer {
    package: &'static str,
    types: Map<String, Json>,
}

impl Writer {
    fn resource(&mut self, surface: &Surface) -> Json {
        let table = surface.table;
        // The id is every resource's own, not a property.
        let own = |field: &Field| field.attr.is_some();
        let output = |field: &Field| own(field) && !write_only(field);
        let outputs = self.properties(surface, table, output);
        let mut inputs = self.properties(surface, table, |field| own(field) && field.configurable());
        for attr in table.attrs() {
            if let (Some(formerly), Json::Object(inputs)) = (attr.formerly, &mut inputs) {
                inputs.insert(formerly.to_owned(), self.former(attr));
            }
        }
        json!({
            "description": names::speak(table, surface.doc),
            "type": "object",
            "inputProperties": inputs,
            // One that an older program sets by another name is demanded by the check alone.
            "requiredInputs": select(surface, |field| {
                field.required() && field.attr.is_some_and(|attr| attr.formerly.is_none())
            }),
            "properties": outputs,
            "required": select(surface, |field| output(field) && (field.required() || field.computed())),
            "stateInputs": { "description": "What is known of an object that is looked up.", "type": "object", "properties": outputs },
        })
    }

    fn function(&mut self, surface: &Surface) -> Json {
        let table = surface.table;
        json!({
            "description": names::speak(table, surface.doc),
            "inputs": {
                "type": "object",
                "properties": self.properties(surface, table, Field::configurable),
                "required": select(surface, Field::required),
            },
            "outputs": {
                "type": "object",
                "properties": self.properties(surface, table, |_| true),
                "required": select(surface, |field| field.required() || field.computed()),
            },
        })
    }

    fn properties(&mut self, surface: &Surface, table: &Table, keep: impl Fn(&Field) -> bool) -> Json {
        let kept = surface.fields.iter().filter(|field| keep(field));
        let properties = kept.map(|field| {
            let property = match field.attr {
                Some(attr) => self.property(table, attr),
                None => json!({ "type": "string", "description": "The object's id." }),
            };
            (name(field), property)
        });
        Json::Object(properties.collect())
    }

    fn property(&mut self, table: &Table, attr: &'static Attr) -> Json {
        let Json::Object(mut property) = self.kind(attr, &attr.kind) else { return Json::Null };
        property.insert("description".into(), describe(table, attr).into());
        if attr.secret {
            property.insert("secret".into(), true.into());
        }
        if attr.replaces {
            property.insert("willReplaceOnChanges".into(), true.into());
        }
        if let Some(why) = attr.deprecated {
            property.insert("deprecationMessage".into(), names::speak(table, why).into());
        }
        Json::Object(property)
    }

    /// The name that older programs use: checkers of programs know only what the schema lists.
    fn former(&mut self, attr: &'static Attr) -> Json {
        let Json::Object(mut property) = self.kind(attr, &attr.kind) else { return Json::Null };
        let now = names::camel(attr.name);
        property.insert("description".into(), format!("Older name of `{now}`.").into());
        property.insert("deprecationMessage".into(), format!("Use `{now}`.").into());
        if attr.secret {
            property.insert("secret".into(), true.into());
        }
        Json::Object(property)
    }

    fn kind(&mut self, attr: &'static Attr, kind: &'static Kind) -> Json {
        match kind {
            Kind::Bool => json!({ "type": "boolean" }),
            Kind::Number if is_whole(attr) => json!({ "type": "integer" }),
            Kind::Number => json!({ "type": "number" }),
            Kind::String => json!({ "type": "string" }),
            Kind::List(of) => json!({ "type": "array", "items": self.kind(attr, of) }),
            Kind::Map(of) => json!({ "type": "object", "additionalProperties": self.kind(attr, of) }),
            Kind::Object(nested) => {
                let token = names::type_token(self.package, nested.name);
                if !self.types.contains_key(&token) {
                    // Known before it is described: a type may contain itself.
                    self.types.insert(token.clone(), Json::Null);
                    let described = self.nested(nested);
                    self.types.insert(token.clone(), described);
                }
                json!({ "type": "object", "$ref": format!("#/types/{}", token.replace('/', "%2F")) })
            }
        }
    }

    fn nested(&mut self, nested: &'static Nested) -> Json {
        let table = &nested.table;
        let properties: Map<_, _> = table.attrs().map(|attr| (names::camel(attr.name), self.property(table, attr))).collect();
        let required: Vec<_> =
            table.attrs().filter(|attr| attr.presence == Presence::Required).map(|attr| names::camel(attr.name)).collect();
        json!({ "type": "object", "properties": properties, "required": required })
    }
}

fn select(surface: &Surface, keep: impl Fn(&Field) -> bool) -> Vec<String> {
    surface.fields.iter().filter(|field| keep(field)).map(name).collect()
}

/// Whether the table leaves no room for a fraction.
pub(super) fn is_whole(attr: &Attr) -> bool {
    matches!(attr.default, Some(Default::Int(_)))
        || attr.checks.iter().chain(&attr.each).flatten().any(|check| matches!(check, Check::Between(..)))
}

fn describe(table: &Table, attr: &Attr) -> String {
    let mut text = names::speak(table, attr.doc);
    let mut add = |more: String| {
        text.push(' ');
        text.push_str(&more);
    };
    match attr.default {
        Some(Default::Text(default)) => add(format!("Defaults to `{default}`.")),
        Some(Default::Flag(default)) => add(format!("Defaults to `{default}`.")),
        Some(Default::Int(default)) => add(format!("Defaults to `{default}`.")),
        None => {}
    }
    for check in attr.checks.iter().chain(&attr.each).flatten() {
        match check {
            Check::Known(words) => {
                add(format!("Known values: {}.", words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")))
            }
            Check::Only(words) => add(format!("One of {}.", words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", "))),
            Check::Between(least, most) => add(format!("From {least} to {most}.")),
            Check::Refuse(_) | Check::Warn(_) => {}
        }
    }
    if let Some(variable) = attr.env {
        add(format!("Where it is not set, the environment variable `{variable}` counts."));
    }
    if attr.write_only {
        add("Kept as an encrypted input, never as an output.".to_owned());
    }
    text
}
