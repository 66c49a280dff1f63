//! Converts a state of Terraform or OpenTofu: types, addresses, objects and dependencies. Everything else stays as it is.

use super::{Adopted, Became};
use crate::{
    crossing::{
        Problem,
        state::{self, terraform::marks},
    },
    engine::{Engine, Moved, Source},
    frontends::terraform::state_file,
    schema::{BlockSchema, Kind, Object, Resource},
    value::{Json, Path, Value},
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn adopt<C: Send + Sync + 'static>(engine: &Engine<C>, text: &[u8]) -> Result<Adopted, Problem> {
    // Reading the whole state first finds the errors in all of its parts.
    state::terraform::read(text)?;
    let mut document = Json::parse(text).unwrap_or(Json::Null);
    let mut adopted = Adopted { text: String::new(), moved: Vec::new(), stays: Vec::new(), data_sources: Vec::new() };
    let blocks = match document.at_mut("resources").map(Json::take) {
        Some(Json::Array(blocks)) => blocks,
        _ => Vec::new(),
    };
    let mut renamed: BTreeMap<String, String> = BTreeMap::new();
    let mut kept = Vec::new();
    for mut block in blocks {
        let was = address(&block);
        let source = source(&block).to_owned();
        if engine.is_own(&source) || !engine.knows(&source) {
            kept.push(block);
            continue;
        }
        if block.at("mode").as_str() == Some("data") {
            adopted.data_sources.push(was);
            continue;
        }
        match block.at("type").as_str().and_then(|kind| engine.target(&source, kind)) {
            None => {
                let kind = block.at("type").as_str().unwrap_or_default();
                adopted.stays.push(format!("{was}: this provider has no counterpart of {kind} of {source}"));
            }
            Some((entry, schema)) => {
                let kind = block.at("type").as_str().unwrap_or_default().to_owned();
                let mut became = Became { was: was.clone(), is: String::new(), notes: Vec::new(), warnings: Vec::new() };
                for instance in instances(&mut block) {
                    let from = Instance { address: &was, source: &source, kind: &kind };
                    let moved = from.moves(engine, entry.resource, instance)?;
                    became.warnings.extend(moved.warnings.iter().cloned());
                    became.notes.extend(moved.renamed.iter().map(|(from, to)| format!("`{from}` is `{to}` here")));
                    if kind != format!("{}_{}", engine.provider().name, entry.resource.name) {
                        became.notes.extend(unlike_defaults(entry.resource, &moved.state.value));
                    }
                    from.put(schema, &moved, instance);
                    if let Some(ours) = ours(engine, instance, &source) {
                        instance.put("provider", ours.into());
                    }
                }
                became.notes.sort();
                became.notes.dedup();
                block.put("type", format!("{}_{}", engine.provider().name, entry.resource.name).into());
                if let Some(ours) = ours(engine, &block, &source) {
                    block.put("provider", ours.into());
                }
                became.is = address(&block);
                renamed.insert(became.was.clone(), became.is.clone());
                adopted.moved.push(became);
            }
        }
        kept.push(block);
    }
    if let Some(became) = adopted.moved.iter().find(|became| kept.iter().filter(|block| address(block) == became.is).count() > 1) {
        return Err(occupied(became));
    }
    kept.iter_mut().flat_map(instances).for_each(|instance| depend(instance, &renamed, &adopted.data_sources));
    document.put("resources", Json::Array(kept));
    if !adopted.moved.is_empty() || !adopted.data_sources.is_empty() {
        let serial = document.at("serial").as_i64().unwrap_or_default();
        document.put("serial", (serial + 1).into());
    }
    adopted.text = format!("{document}\n");
    Ok(adopted)
}

/// The state in which the objects at these addresses, each the only one of its block, have exactly these marks.
pub(super) fn marked(text: &str, marks: &BTreeMap<String, BTreeSet<Path>>) -> String {
    let mut document = Json::parse(text).unwrap_or_default();
    if let Some(Json::Array(blocks)) = document.at_mut("resources") {
        for block in blocks {
            if let Some(paths) = marks.get(&address(block)) {
                for instance in instances(block) {
                    instance.put("sensitive_attributes", marks::json(paths));
                }
            }
        }
    }
    format!("{document}\n")
}

/// The address of a block: `module.team.hydra_oauth2_client.web`.
fn address(block: &Json) -> String {
    let text = |name: &str| block.at(name).as_str().unwrap_or_default();
    let module = if text("module").is_empty() { String::new() } else { format!("{}.", text("module")) };
    let data = if text("mode") == "data" { "data." } else { "" };
    format!("{module}{data}{}.{}", text("type"), text("name"))
}

/// The source address of a block's provider, from `module.team.provider["registry.terraform.io/ory/ory"].alias`. If the provider's
/// block has `for_each`, OpenTofu writes it in each instance.
fn source(block: &Json) -> &str {
    let instances = block.at("instances").as_array().unwrap_or_default();
    let written = [block].into_iter().chain(instances).find_map(|holder| holder.at("provider").as_str()).unwrap_or_default();
    written.split_once("[\"").and_then(|(_, rest)| rest.split_once("\"]")).map_or("", |(source, _)| source)
}

/// The reference to the provider in a block or an instance, with this provider in place of the old one, from the same registry.
fn ours<C: Send + Sync + 'static>(engine: &Engine<C>, holder: &Json, source: &str) -> Option<String> {
    let written = holder.at("provider").as_str()?;
    let host = source.split('/').next().unwrap_or_default();
    let provider = engine.provider();
    Some(written.replacen(source, &format!("{host}/{}/{}", provider.namespace, provider.name), 1))
}

fn instances(block: &mut Json) -> impl Iterator<Item = &mut Json> {
    let instances = block.at_mut("instances").and_then(|instances| match instances {
        Json::Array(instances) => Some(instances),
        _ => None,
    });
    instances.into_iter().flatten()
}

/// An instance that moves.
struct Instance<'a> {
    address: &'a str,
    source: &'a str,
    kind: &'a str,
}

impl Instance<'_> {
    fn moves<C: Send + Sync + 'static>(&self, engine: &Engine<C>, resource: &'static Resource, instance: &Json) -> Result<Moved, Problem> {
        let address = match instance.at("index_key") {
            Json::Null => self.address.to_owned(),
            key => format!("{}[{key}]", self.address),
        };
        let attributes = instance.at("attributes");
        let json = attributes.to_string();
        let version = instance.at("schema_version").as_i64().unwrap_or_default();
        let source = Source { address: self.source, type_name: self.kind, version, json: json.as_bytes() };
        engine.moved(&source, resource).map_err(|why| {
            let what = format_args!("{address}: {}. {}", why.summary, why.detail);
            Problem::new(what, "Nothing was written. Remove the object from the state, or correct this.")
        })
    }

    fn put(&self, schema: &BlockSchema, moved: &Moved, instance: &mut Json) {
        // Inside of secrets, the program may have secrets of its own.
        let declared = marks::declared(schema.table, &moved.state.value);
        let all = marks::json(&declared);
        let (inside, _) = marks::divided(instance.at("sensitive_attributes"), &declared);
        let own = inside.into_iter().filter(|mark| !all.as_array().unwrap_or_default().contains(mark));
        let all: Json = all.as_array().into_iter().flatten().chain(own).cloned().collect();
        instance.put("schema_version", schema.version().into());
        instance.put("attributes", state_file::write(schema, &moved.state));
        instance.put("sensitive_attributes", all);
        instance.put("private", BASE64_STANDARD.encode(moved.state.private.to_bytes()).into());
        // The next read sets the identity.
        instance.remove("identity");
        instance.remove("identity_schema_version");
    }
}

/// Replaces the old addresses in the dependencies of an instance, and removes those that are gone.
fn depend(instance: &mut Json, renamed: &BTreeMap<String, String>, gone: &[String]) {
    if let Some(Json::Array(dependencies)) = instance.at_mut("dependencies") {
        dependencies.retain(|address| !gone.iter().any(|gone| address == gone.as_str()));
        for dependency in dependencies {
            if let Some(is) = dependency.as_str().and_then(|was| renamed.get(was)) {
                *dependency = is.as_str().into();
            }
        }
    }
}

fn occupied(Became { was, is, .. }: &Became) -> Problem {
    Problem::new(
        format_args!("{was} would become {is}, but the state already has that address."),
        format_args!("Nothing was written. Move one of them to another address first, with `terraform state mv {was}` and a new address."),
    )
}

/// Attributes that the program has to set, since their defaults differ in this provider.
fn unlike_defaults(resource: &Resource, value: &Value) -> Vec<String> {
    let unlike = Object::new(&resource.table, value).iter().filter_map(|(attr, value)| {
        let (Kind::String, Some(default), Some(text)) = (&attr.kind, attr.default, value.as_str()) else { return None };
        (!attr.secret && default.value() != *value).then(|| format!("write `{} = \"{text}\"`", attr.name))
    });
    unlike.collect()
}
