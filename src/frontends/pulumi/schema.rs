//! The package schema, from which Pulumi makes SDKs, documentation and type checks.
//!
//! Owns the shape of that JSON. All content comes from the tables, and the same tables always give the same text.
//! It is a megabyte that each program requests first. So it is written as text, and repeated parts are made only once, in one
//! text that holds all of them: new memory is a large part of what it costs.

mod prose;
mod text;

use self::text::Text;
use super::names::{self, TRIGGERS};
use crate::{
    engine::{Engine, Example, Offer, named},
    schema::{Attr, BlockSchema, Check, Field, Kind, Nested, Presence, Table},
};
use serde_json::{Value as Json, json};
use std::{
    collections::{BTreeMap, HashMap},
    ptr,
};

/// The package schema.
pub fn schema<C: Send + Sync + 'static>(engine: &Engine<C>) -> Json {
    serde_json::from_str(&schema_json(engine)).unwrap_or_default()
}

/// The package schema as JSON.
pub fn schema_json<C: Send + Sync + 'static>(engine: &Engine<C>) -> String {
    let provider = engine.provider();
    let config = engine.config();
    let mut writer = Writer {
        package: provider.name,
        examples: provider.examples,
        settings: config.table,
        types: BTreeMap::new(),
        texts: String::new(),
        known: HashMap::new(),
    };
    let variables = writer.properties(config);
    // SDKs pass an object as text, which is secret as a whole.
    let holds_secret = |attr: &Attr| attr.holds_secret() && !attr.secret;
    let variables = |out: &mut Text| {
        for (property, field) in variables.iter().zip(&config.fields) {
            writer.write(out, *property, if field.attr.is_some_and(holds_secret) { SECRET } else { "" });
        }
    };
    let required = select(config, Field::required);

    let mut root = Text::object();
    root.text("name", provider.name);
    root.text("displayName", provider.display);
    root.text("namespace", provider.namespace);
    root.text("version", provider.version);
    root.text("description", provider.doc);
    root.texts("keywords", ["pulumi", provider.name, "category/infrastructure", "kind/native"]);
    root.text("license", provider.license);
    root.text("homepage", provider.repository);
    root.text("repository", provider.repository);
    root.text("publisher", provider.namespace);
    if let Some(path) = github(provider.repository) {
        root.text("pluginDownloadURL", &format!("github://api.github.com/{path}"));
    }
    root.json("meta", &json!({ "moduleFormat": "(.*)(?:/[^/]*)", "supportPack": true }));
    root.json("language", &languages(provider.name, provider.namespace, provider.repository));
    root.within("config", |out| {
        out.within("variables", variables);
        out.texts("defaults", &required);
    });
    root.within("provider", |out| {
        out.text("description", &names::speak(&[config.table], provider.doc));
        out.text("type", "object");
        out.within("inputProperties", variables);
        out.texts("requiredInputs", &required);
    });
    root.within("resources", |out| {
        for (entry, block) in engine.resources() {
            let token = names::resource_token(provider.name, entry.resource.name);
            let key = (!entry.resource.keyless()).then_some(entry.resource.key);
            out.within(&token, |out| {
                writer.resource(out, block, &token, key);
                if let Some((_, filter)) = named(engine.list_resources(), block.name) {
                    out.within("listInputs", |out| writer.inputs(out, filter));
                }
            });
        }
        for (entry, block) in engine.actions() {
            out.within(&names::resource_token(provider.name, entry.action.name), |out| writer.action(out, block));
        }
    });
    root.within("functions", |out| {
        for (offer, block) in engine.each_offer() {
            if let Some(verb) = offer.verb() {
                out.within(&names::function_token(provider.name, verb, offer.name()), |out| writer.function(out, offer, block));
            }
        }
    });
    root.within("types", |out| writer.types.iter().for_each(|(token, described)| out.members(token, described)));
    root.end()
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

/// The end of a property whose value is a secret.
const SECRET: &str = r#","secret":true"#;

/// A property as text, with its name and without its last brace: its places in the text of all of them. Most are used as inputs,
/// outputs, and in look-ups.
#[derive(Clone, Copy)]
struct Property {
    start: usize,
    /// The members that say what its type is.
    kind: (usize, usize),
    end: usize,
}

struct Writer {
    package: &'static str,
    examples: &'static [Example],
    /// The table of the provider's configuration, whose names may be in texts too.
    settings: &'static Table,
    /// The members of each type.
    types: BTreeMap<String, String>,
    /// All properties so far.
    texts: String,
    /// Those of attributes.
    known: HashMap<(*const Table, *const Attr), Property>,
}

impl Writer {
    /// Adds a property with this type; its other members are written by `more`.
    fn note(&mut self, name: &str, kind: &str, more: impl FnOnce(&mut String)) -> Property {
        let texts = &mut self.texts;
        let start = texts.len();
        text::quote(texts, name);
        texts.push_str(":{");
        let from = texts.len();
        texts.push_str(kind);
        let kind = (from, texts.len());
        texts.push(',');
        more(texts);
        Property { start, kind, end: texts.len() }
    }

    /// Writes a property, with these members at its end.
    fn write(&self, out: &mut Text, property: Property, end: &str) {
        out.member(&[&self.texts[property.start..property.end], end, "}"]);
    }

    fn resource(&mut self, out: &mut Text, block: &BlockSchema, token: &str, key: Option<&str>) {
        // The id is not a property: every resource has one.
        let own = |field: &Field| field.attr.is_some();
        // Answers never show write-only values. They are properties nevertheless, as in bridged packages: the converter of states
        // fails for an object with an attribute that is no property.
        let told = |field: &Field| own(field) && !write_only(field);
        // If older programs use another name for it, or a name can be chosen for it, only the check requires it.
        let demanded = |field: &Field| field.required() && field.attr.is_some_and(|attr| attr.formerly.is_none() && !attr.named);
        let properties = self.properties(block);
        out.text("description", &prose::of_resource(block, self.settings, self.examples, token, key));
        out.text("type", "object");
        out.within("inputProperties", |out| {
            for (property, field) in properties.iter().zip(&block.fields).filter(|(_, field)| field.configurable()) {
                let Some(attr) = field.attr else { continue };
                match self.offer(block.name, attr) {
                    Some(kind) => {
                        let Property { start, kind: (from, to), end } = *property;
                        out.member(&[&self.texts[start..from], &kind, &self.texts[to..end], "}"]);
                    }
                    None => self.write(out, *property, ""),
                }
                if let Some(formerly) = attr.formerly {
                    let former = self.former(attr, formerly);
                    self.write(out, former, if attr.secret { SECRET } else { "" });
                }
            }
        });
        out.texts("requiredInputs", select(block, demanded));
        let write = |out: &mut Text, keep: &dyn Fn(&Field) -> bool| {
            properties.iter().zip(&block.fields).filter(|(_, field)| keep(field)).for_each(|(property, _)| self.write(out, *property, ""));
        };
        out.within("properties", |out| write(out, &own));
        out.texts("required", select(block, |field| told(field) && (field.required() || field.computed())));
        out.within("stateInputs", |out| {
            out.text("description", "Known properties of an object that is looked up.");
            out.text("type", "object");
            out.within("properties", |out| write(out, &told));
        });
    }

    /// An action as a resource that stands for one run and never changes.
    fn action(&mut self, out: &mut Text, block: &BlockSchema) {
        const REPLACES: &str = r#","willReplaceOnChanges":true"#;
        const ANY: &str = r#""type":"array","items":{"$ref":"pulumi.json#/Any"}"#;
        let says = |out: &mut String| description(out, "Any values. When one of them changes, the action runs again.");
        let triggers = self.note(TRIGGERS, ANY, says);
        let properties = self.properties(block);
        let write = |out: &mut Text| {
            properties.iter().chain([&triggers]).for_each(|property| self.write(out, *property, REPLACES));
        };
        out.text("description", &prose::of_action(block, self.settings, self.examples));
        out.text("type", "object");
        out.within("inputProperties", write);
        out.texts("requiredInputs", select(block, Field::required));
        out.within("properties", write);
        out.texts("required", select(block, |field| field.required() && !write_only(field)));
    }

    fn function<C>(&mut self, out: &mut Text, offer: &'static Offer<C>, block: &BlockSchema) {
        out.text("description", &prose::of_function(offer, block, self.settings, self.examples));
        out.within("inputs", |out| self.inputs(out, block));
        match offer {
            Offer::Function(function) => {
                if !function.params.is_empty() {
                    out.texts("multiArgumentInputs", select(block, |_| true));
                }
                // An object is the result; any other value is a member of one.
                let returns = match &function.returns.kind {
                    Kind::Object(nested) => self.nested(nested),
                    kind => self.kind(kind),
                };
                out.members("outputs", &returns);
            }
            _ => out.within("outputs", |out| {
                out.text("type", "object");
                out.within("properties", |out| self.properties(block).iter().for_each(|property| self.write(out, *property, "")));
                out.texts("required", select(block, |field| field.required() || field.computed()));
            }),
        }
    }

    fn inputs(&mut self, out: &mut Text, block: &BlockSchema) {
        out.text("type", "object");
        out.within("properties", |out| {
            let properties = self.properties(block);
            let configurable = properties.iter().zip(&block.fields).filter(|(_, field)| field.configurable());
            configurable.for_each(|(property, _)| self.write(out, *property, ""));
        });
        out.texts("required", select(block, Field::required));
    }

    /// The properties of a block's fields, one for each.
    fn properties(&mut self, block: &BlockSchema) -> Vec<Property> {
        let property = |field: &Field| match field.attr {
            Some(attr) => self.property(block.table, attr),
            None => self.note("id", r#""type":"string""#, |out| description(out, "The object's id.")),
        };
        block.fields.iter().map(property).collect()
    }

    fn property(&mut self, table: &Table, attr: &'static Attr) -> Property {
        let place = (ptr::from_ref(table), ptr::from_ref(attr));
        if let Some(known) = self.known.get(&place) {
            return *known;
        }
        let (kind, tables) = (self.kind(&attr.kind), [table, self.settings]);
        let property = self.note(&names::camel(attr.name), &kind, |out| {
            description(out, &prose::describe(&tables, attr));
            if attr.secret {
                out.push_str(SECRET);
            }
            if attr.replaces {
                out.push_str(r#","willReplaceOnChanges":true"#);
            }
            if let Some(why) = attr.deprecated {
                out.push_str(r#","deprecationMessage":"#);
                text::quote(out, &names::speak(&tables, why));
            }
        });
        self.known.insert(place, property);
        property
    }

    /// The name that older programs use: type checkers know only what the schema lists.
    fn former(&mut self, attr: &'static Attr, name: &str) -> Property {
        let (kind, now) = (self.kind(&attr.kind), names::camel(attr.name));
        self.note(name, &kind, |out| {
            description(out, &format!("Older name of `{now}`."));
            out.push_str(r#","deprecationMessage":"#);
            text::quote(out, &format!("Use `{now}`."));
        })
    }

    /// An enumeration for an input whose table lists values, so that editors can offer them. Other values are accepted if the list
    /// is not complete. Outputs stay plain text, since servers may return other values.
    fn offer(&mut self, resource: &str, attr: &Attr) -> Option<String> {
        let Choice { name, words, complete } = choice(resource, attr)?;
        let token = names::type_token(self.package, &name);
        let mut choice = reference(&token);
        let values: Vec<_> = words.iter().map(|word| json!({ "name": names::member(word), "value": word })).collect();
        let mut described = r#""type":"string","enum":"#.to_owned() + &Json::from(values).to_string() + ",";
        description(&mut described, &format!("Values of `{}`.", names::camel(attr.name)));
        self.types.insert(token, described);
        if !complete {
            choice = format!(r#""oneOf":[{{"type":"string"}},{{{choice}}}]"#);
        }
        Some(if matches!(attr.kind, Kind::List(_)) { format!(r#""type":"array","items":{{{choice}}}"#) } else { choice })
    }

    /// The members that say what type this is.
    fn kind(&mut self, kind: &'static Kind) -> String {
        match kind {
            Kind::Bool => r#""type":"boolean""#.to_owned(),
            Kind::Integer => r#""type":"integer""#.to_owned(),
            Kind::Number => r#""type":"number""#.to_owned(),
            Kind::String => r#""type":"string""#.to_owned(),
            Kind::List(of) => format!(r#""type":"array","items":{{{}}}"#, self.kind(of)),
            Kind::Map(of) => format!(r#""type":"object","additionalProperties":{{{}}}"#, self.kind(of)),
            Kind::Object(nested) => {
                let token = names::type_token(self.package, nested.name);
                let kind = format!(r#""type":"object",{}"#, reference(&token));
                if !self.types.contains_key(&token) {
                    // The type is registered before it is described, since it may contain itself.
                    self.types.insert(token.clone(), String::new());
                    let described = self.nested(nested);
                    self.types.insert(token, described);
                }
                kind
            }
        }
    }

    fn nested(&mut self, nested: &'static Nested) -> String {
        let table = &nested.table;
        let mut out = Text::default();
        out.text("type", "object");
        out.within("properties", |out| {
            for attr in table.attrs() {
                let property = self.property(table, attr);
                self.write(out, property, "");
            }
        });
        let required = table.attrs().filter(|attr| attr.presence == Presence::Required).map(|attr| names::camel(attr.name));
        out.texts("required", required);
        out.into_members()
    }
}

/// The member that refers to the type with this token.
fn reference(token: &str) -> String {
    format!(r##""$ref":"#/types/{}""##, token.replace('/', "%2F"))
}

/// Adds the member that describes a property or a type.
fn description(out: &mut String, text: &str) {
    out.push_str(r#""description":"#);
    text::quote(out, text);
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
