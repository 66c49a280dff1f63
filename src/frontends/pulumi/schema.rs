//! The package schema, from which Pulumi makes SDKs, documentation and type checks.
//!
//! Owns the shape of that JSON. All content comes from the tables, and the same tables always give the same text.

mod prose;

use super::names::{self, TRIGGERS};
use crate::{
    engine::{Engine, Example, Offer, named},
    schema::{Attr, BlockSchema, Check, Field, Kind, Nested, Presence, Table},
};
use serde_json::{Map, Value as Json, json};
use std::{collections::HashMap, ptr};

/// The package schema as JSON.
pub fn schema_json<C: Send + Sync + 'static>(engine: &Engine<C>) -> String {
    // Through `Display`, the text takes twice as long.
    serde_json::to_string(&schema(engine)).unwrap_or_default()
}

/// The package schema.
pub fn schema<C: Send + Sync + 'static>(engine: &Engine<C>) -> Json {
    let provider = engine.provider();
    let config = engine.config();
    let mut writer =
        Writer { package: provider.name, examples: provider.examples, settings: config.table, types: Map::new(), known: HashMap::new() };
    let mut variables = writer.properties(config, config.table, |_| true);
    // SDKs pass an object as text, which is secret as a whole.
    for attr in config.table.attrs().filter(|attr| attr.holds_secret()) {
        if let Some(Json::Object(variable)) = variables.get_mut(names::camel(attr.name).as_str()) {
            variable.insert("secret".to_owned(), true.into());
        }
    }
    let required: Vec<_> = config.fields.iter().filter(|field| field.required()).map(name).collect();
    let resources: Map<_, _> = engine
        .resources()
        .map(|(entry, block)| {
            let token = names::resource_token(provider.name, entry.resource.name);
            let key = (!entry.resource.keyless()).then_some(entry.resource.key);
            let mut described = writer.resource(block, &token, key);
            if let (Some((_, filter)), Json::Object(described)) = (named(engine.list_resources(), block.name), &mut described) {
                described.insert("listInputs".into(), writer.inputs(filter));
            }
            (token, described)
        })
        .collect();
    let actions = engine.actions().map(|(entry, block)| (names::resource_token(provider.name, entry.action.name), writer.action(block)));
    let resources: Map<_, _> = resources.into_iter().chain(actions).collect();
    let functions: Map<_, _> = engine
        .each_offer()
        .filter_map(|(offer, block)| {
            let token = names::function_token(provider.name, offer.verb()?, offer.name());
            Some((token, writer.function(offer, block)))
        })
        .collect();

    let mut root = object([
        ("name", provider.name.into()),
        ("displayName", provider.display.into()),
        ("namespace", provider.namespace.into()),
        ("version", provider.version.into()),
        ("description", provider.doc.into()),
        ("keywords", json!(["pulumi", provider.name, "category/infrastructure", "kind/native"])),
        ("license", provider.license.into()),
        ("homepage", provider.repository.into()),
        ("repository", provider.repository.into()),
        ("publisher", provider.namespace.into()),
        ("meta", json!({ "moduleFormat": "(.*)(?:/[^/]*)", "supportPack": true })),
        ("config", object([("variables", variables.clone()), ("defaults", required.clone().into())])),
        (
            "provider",
            object([
                ("description", names::speak(&[config.table], provider.doc).into()),
                ("type", "object".into()),
                ("inputProperties", variables),
                ("requiredInputs", required.into()),
            ]),
        ),
        ("resources", resources.into()),
        ("functions", functions.into()),
        ("types", writer.types.into()),
        ("language", languages(provider.name, provider.namespace, provider.repository)),
    ]);
    if let (Some(path), Json::Object(root)) = (github(provider.repository), &mut root) {
        root.insert("pluginDownloadURL".into(), format!("github://api.github.com/{path}").into());
    }
    root
}

/// An object of these members without copying them; `json!` copies at every level.
fn object<const N: usize>(members: [(&str, Json); N]) -> Json {
    members.into_iter().map(|(name, member)| (name.to_owned(), member)).collect()
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
        "nodejs": { "packageName": format!("@{namespace}/{package}"), "typescriptVersion": "^5.0.0", "respectSchemaVersion": true },
        "python": {
            "packageName": format!("{}_{package}", namespace.replace('-', "_")),
            "respectSchemaVersion": true,
            "pyproject": { "enabled": true },
        },
        "go": go,
        // The module `index` is the root everywhere except in C#, which must be told.
        "csharp": { "respectSchemaVersion": true, "rootNamespace": names::pascal(namespace), "namespaces": { "index": "" } },
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
    examples: &'static [Example],
    /// The table of the provider's configuration, whose names may be in texts too.
    settings: &'static Table,
    types: Map<String, Json>,
    /// The descriptions of attributes so far: most are used as inputs, outputs, and in look-ups.
    known: HashMap<(*const Table, *const Attr), Json>,
}

impl Writer {
    fn resource(&mut self, block: &BlockSchema, token: &str, key: Option<&str>) -> Json {
        let table = block.table;
        // The id is not a property: every resource has one.
        let own = |field: &Field| field.attr.is_some();
        // Answers never show write-only values. They are properties nevertheless, as in bridged packages: the converter of states
        // fails for an object with an attribute that is no property.
        let told = |field: &Field| own(field) && !write_only(field);
        let mut inputs = self.properties(block, table, |field| own(field) && field.configurable());
        for attr in table.attrs() {
            if let Some(input) = inputs.get_mut(names::camel(attr.name)) {
                self.offer(block.name, attr, input);
            }
            if let (Some(formerly), Json::Object(inputs)) = (attr.formerly, &mut inputs) {
                inputs.insert(formerly.to_owned(), self.former(attr));
            }
        }
        // If older programs use another name for it, or a name can be chosen for it, only the check requires it.
        let demanded = |field: &Field| field.required() && field.attr.is_some_and(|attr| attr.formerly.is_none() && !attr.named);
        let known = [
            ("description", "Known properties of an object that is looked up.".into()),
            ("type", "object".into()),
            ("properties", self.properties(block, table, told)),
        ];
        object([
            ("description", prose::of_resource(block, self.settings, self.examples, token, key).into()),
            ("type", "object".into()),
            ("inputProperties", inputs),
            ("requiredInputs", select(block, demanded).into()),
            ("properties", self.properties(block, table, own)),
            ("required", select(block, |field| told(field) && (field.required() || field.computed())).into()),
            ("stateInputs", object(known)),
        ])
    }

    /// An action as a resource that stands for one run and never changes.
    fn action(&mut self, block: &BlockSchema) -> Json {
        let mut properties = self.properties(block, block.table, |_| true);
        let triggers = json!({
            "type": "array",
            "items": { "$ref": "pulumi.json#/Any" },
            "description": "Any values. When one of them changes, the action runs again.",
        });
        if let Json::Object(properties) = &mut properties {
            properties.insert(TRIGGERS.into(), triggers);
            for property in properties.values_mut().filter_map(Json::as_object_mut) {
                property.insert("willReplaceOnChanges".into(), true.into());
            }
        }
        let required: Vec<_> = select(block, Field::required);
        let told = select(block, |field| field.required() && !write_only(field));
        object([
            ("description", prose::of_action(block, self.settings, self.examples).into()),
            ("type", "object".into()),
            ("inputProperties", properties.clone()),
            ("requiredInputs", required.into()),
            ("properties", properties),
            ("required", told.into()),
        ])
    }

    fn function<C>(&mut self, offer: &'static Offer<C>, block: &BlockSchema) -> Json {
        let outputs = match offer {
            Offer::Function(function) => self.result(&function.returns),
            _ => object([
                ("type", "object".into()),
                ("properties", self.properties(block, block.table, |_| true)),
                ("required", select(block, |field| field.required() || field.computed()).into()),
            ]),
        };
        let mut described = Map::new();
        described.insert("description".into(), prose::of_function(offer, block, self.settings, self.examples).into());
        described.insert("inputs".into(), self.inputs(block));
        if let Offer::Function(function) = offer
            && !function.params.is_empty()
        {
            described.insert("multiArgumentInputs".into(), select(block, |_| true).into());
        }
        described.insert("outputs".into(), outputs);
        described.into()
    }

    fn inputs(&mut self, block: &BlockSchema) -> Json {
        object([
            ("type", "object".into()),
            ("properties", self.properties(block, block.table, Field::configurable)),
            ("required", select(block, Field::required).into()),
        ])
    }

    /// An object is the result; any other value is a member of one.
    fn result(&mut self, returns: &'static Attr) -> Json {
        match &returns.kind {
            Kind::Object(nested) => self.nested(nested),
            kind => self.kind(kind),
        }
    }

    fn properties(&mut self, block: &BlockSchema, table: &Table, keep: impl Fn(&Field) -> bool) -> Json {
        let kept = block.fields.iter().filter(|field| keep(field));
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
        let place = (ptr::from_ref(table), ptr::from_ref(attr));
        if let Some(known) = self.known.get(&place) {
            return known.clone();
        }
        let property = self.described(table, attr);
        self.known.insert(place, property.clone());
        property
    }

    fn described(&mut self, table: &Table, attr: &'static Attr) -> Json {
        let Json::Object(mut property) = self.kind(&attr.kind) else { return Json::Null };
        property.insert("description".into(), prose::describe(&[table, self.settings], attr).into());
        if attr.secret {
            property.insert("secret".into(), true.into());
        }
        if attr.replaces {
            property.insert("willReplaceOnChanges".into(), true.into());
        }
        if let Some(why) = attr.deprecated {
            property.insert("deprecationMessage".into(), names::speak(&[table, self.settings], why).into());
        }
        Json::Object(property)
    }

    /// The name that older programs use: type checkers know only what the schema lists.
    fn former(&mut self, attr: &'static Attr) -> Json {
        let Json::Object(mut property) = self.kind(&attr.kind) else { return Json::Null };
        let now = names::camel(attr.name);
        property.insert("description".into(), format!("Older name of `{now}`.").into());
        property.insert("deprecationMessage".into(), format!("Use `{now}`.").into());
        if attr.secret {
            property.insert("secret".into(), true.into());
        }
        Json::Object(property)
    }

    /// Gives an input an enumeration of the values that its table lists, so that editors can offer them. Other values are accepted
    /// if the list is not complete. Outputs stay plain text, since servers may return other values.
    fn offer(&mut self, resource: &str, attr: &Attr, input: &mut Json) {
        let Some(Choice { name, words, complete }) = choice(resource, attr) else { return };
        let token = names::type_token(self.package, &name);
        let values: Vec<_> = words.iter().map(|word| json!({ "name": names::member(word), "value": word })).collect();
        let choice = json!({ "$ref": format!("#/types/{}", token.replace('/', "%2F")) });
        let what = format!("Values of `{}`.", names::camel(attr.name));
        self.types.insert(token, json!({ "type": "string", "description": what, "enum": values }));
        let choice = if complete { choice } else { json!({ "oneOf": [{ "type": "string" }, choice] }) };
        let is_list = input.get("type").is_some_and(|kind| kind == "array");
        let of = if is_list { input.get_mut("items") } else { Some(input) };
        if let (Some(Json::Object(of)), Json::Object(choice)) = (of, choice) {
            of.remove("type");
            of.extend(choice);
        }
    }

    fn kind(&mut self, kind: &'static Kind) -> Json {
        match kind {
            Kind::Bool => json!({ "type": "boolean" }),
            Kind::Integer => json!({ "type": "integer" }),
            Kind::Number => json!({ "type": "number" }),
            Kind::String => json!({ "type": "string" }),
            Kind::List(of) => json!({ "type": "array", "items": self.kind(of) }),
            Kind::Map(of) => json!({ "type": "object", "additionalProperties": self.kind(of) }),
            Kind::Object(nested) => {
                let token = names::type_token(self.package, nested.name);
                if !self.types.contains_key(&token) {
                    // The type is registered before it is described, since it may contain itself.
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
        object([("type", "object".into()), ("properties", properties.into()), ("required", required.into())])
    }
}

/// The enumeration for an input.
pub struct Choice {
    /// Its name.
    pub name: String,
    /// The values.
    pub words: &'static [&'static str],
    /// Whether no other values are accepted.
    pub complete: bool,
}

/// The enumeration for an attribute of this resource, or for its elements, if its table lists values.
pub fn choice(resource: &str, attr: &Attr) -> Option<Choice> {
    let mut lists = attr.checks.iter().chain(&attr.each).flatten();
    let (words, complete) = lists.find_map(|check| match check {
        Check::Only(words) => Some((*words, true)),
        Check::Known(words) => Some((*words, false)),
        _ => None,
    })?;
    let one = if matches!(attr.kind, Kind::List(_)) { attr.name.trim_end_matches('s') } else { attr.name };
    // In Go, `…State` is the type of a resource's look-up arguments.
    let one = if one == "state" { "state_value" } else { one };
    Some(Choice { name: names::pascal(resource) + &names::pascal(one), words, complete })
}

fn select(block: &BlockSchema, keep: impl Fn(&Field) -> bool) -> Vec<String> {
    block.fields.iter().filter(|field| keep(field)).map(name).collect()
}
