//! A state of Terraform or OpenTofu: types, addresses, objects and what depends on them, with all else as it was.

use super::{Adopted, Became, Refused};
use crate::{
    engine::{Engine, Moved, Source},
    schema::{BlockSchema, Object, json},
    value::Json,
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use std::collections::{BTreeMap, BTreeSet};

/// The only version of the format that is read and written.
const VERSION: i64 = 4;

pub(super) fn adopt<C: Send + Sync + 'static>(engine: &Engine<C>, mut document: Json) -> Result<Adopted, Refused> {
    check(&document)?;
    let mut adopted = Adopted { text: String::new(), moved: Vec::new(), stays: Vec::new(), data_sources: Vec::new() };
    let blocks = match document.at_mut("resources").map(Json::take) {
        Some(Json::Array(blocks)) => blocks,
        _ => return Err(Refused::new("the state has no list of resources", DAMAGED)),
    };
    let mut taken: BTreeSet<String> = BTreeSet::new();
    let mut renamed: BTreeMap<String, String> = BTreeMap::new();
    let mut kept = Vec::new();
    for mut block in blocks {
        let was = address(&block);
        let source = source(&block).to_owned();
        if engine.is_own(&source) || !engine.knows(&source) {
            taken.insert(was);
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
                adopted.stays.push(format!("{was}: nothing here corresponds to {kind} of {source}"));
                taken.insert(was);
            }
            Some((entry, schema)) => {
                let kind = block.at("type").as_str().unwrap_or_default().to_owned();
                let mut became = Became { was: was.clone(), is: String::new(), notes: engine.renames(&source, &kind), warnings: Vec::new() };
                for instance in instances(&mut block) {
                    let from = Instance { address: &was, source: &source, kind: &kind };
                    let moved = from.moves(engine, entry.resource, instance)?;
                    became.warnings.extend(moved.warnings.iter().cloned());
                    from.put(schema, &moved, instance);
                }
                block.put("type", format!("{}_{}", engine.provider().name, entry.resource.name).into());
                block.put("provider", ours(engine, &block).into());
                became.is = address(&block);
                if !taken.insert(became.is.clone()) {
                    return Err(occupied(&became));
                }
                renamed.insert(became.was.clone(), became.is.clone());
                adopted.moved.push(became);
            }
        }
        kept.push(block);
    }
    // What stands behind in the state may have the address too.
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

const DAMAGED: &str = "The file is damaged, or was edited: take the state from the tool again.";

fn check(document: &Json) -> Result<(), Refused> {
    let has = |name| document.get(name).is_some();
    if has("encrypted_data") || has("encryption_version") {
        return Err(Refused::new(
            "the state is encrypted by OpenTofu",
            "Give what `tofu state pull` prints: it decrypts with the configuration's key.",
        ));
    }
    if has("format_version") {
        return Err(Refused::new(
            "this is what `show -json` prints, which lacks what a state needs",
            "Give what `terraform state pull` prints.",
        ));
    }
    match document.at("version").as_i64() {
        Some(VERSION) => Ok(()),
        None => Err(Refused::new(
            "this is no state: it says no version of its format",
            "Give what `terraform state pull`, `tofu state pull` or `pulumi stack export --show-secrets` prints.",
        )),
        Some(version) => Err(Refused::new(
            format!("the state has version {version} of the format, and {VERSION} is read"),
            match version < VERSION {
                true => "Run `terraform apply` with Terraform 0.12 or newer once: it writes the state anew.",
                false => "Use a newer Janiform.",
            },
        )),
    }
}

/// Where a block of instances stands: `module.team.hydra_oauth2_client.web`.
fn address(block: &Json) -> String {
    let text = |name: &str| block.at(name).as_str().unwrap_or_default();
    let module = if text("module").is_empty() { String::new() } else { format!("{}.", text("module")) };
    let data = if text("mode") == "data" { "data." } else { "" };
    format!("{module}{data}{}.{}", text("type"), text("name"))
}

/// The address of a block's provider, which is written as `module.team.provider["registry.terraform.io/ory/ory"].alias`.
fn source(block: &Json) -> &str {
    let written = block.at("provider").as_str().unwrap_or_default();
    written.split_once("[\"").and_then(|(_, rest)| rest.split_once("\"]")).map_or("", |(source, _)| source)
}

/// The same with this provider in its place, from the same registry.
fn ours<C: Send + Sync + 'static>(engine: &Engine<C>, block: &Json) -> String {
    let (written, source) = (block.at("provider").as_str().unwrap_or_default(), source(block));
    let host = source.split('/').next().unwrap_or_default();
    let provider = engine.provider();
    written.replacen(source, &format!("{host}/{}/{}", provider.namespace, provider.name), 1)
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
    fn moves<C: Send + Sync + 'static>(
        &self,
        engine: &Engine<C>,
        resource: &'static crate::schema::Resource,
        instance: &Json,
    ) -> Result<Moved, Refused> {
        let address = match instance.at("index_key") {
            Json::Null => self.address.to_owned(),
            key => format!("{}[{key}]", self.address),
        };
        let attributes = instance.at("attributes");
        if !attributes.is_object() {
            return Err(Refused::new(
                format!("{address} is stored as Terraform 0.11 did"),
                "Run `terraform apply` with a version in between once: it writes the object anew.",
            ));
        }
        let json = attributes.to_string();
        let version = instance.at("schema_version").as_i64().unwrap_or_default();
        let source = Source { address: self.source, type_name: self.kind, version, json: json.as_bytes() };
        engine.moved(&source, resource).map_err(|why| {
            Refused::new(format!("{address}: {}. {}", why.summary, why.detail), "Nothing was written. Take the object out of the state, or correct that.")
        })
    }

    fn put(&self, schema: &BlockSchema, moved: &Moved, instance: &mut Json) {
        let mut attributes = json::to_json(schema.table, &moved.state.value);
        attributes.put("id", moved.state.id.clone().map_or(Json::Null, Json::from));
        let secret = Object::new(schema.table, &moved.state.value).iter().filter(|(attr, value)| attr.secret && !value.is_null());
        let step = |name: &str| [Json::object([("type", Json::from("get_attr")), ("value", Json::from(name))])].into_iter().collect::<Json>();
        instance.put("schema_version", schema.version().into());
        instance.put("attributes", attributes);
        instance.put("sensitive_attributes", secret.map(|(attr, _)| step(attr.name)).collect());
        instance.put("private", BASE64_STANDARD.encode(moved.state.private.to_bytes()).into());
        // The next read says what identifies it here.
        instance.remove("identity");
        instance.remove("identity_schema_version");
    }
}

/// Names what an instance depends on by its address of today.
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

fn occupied(Became { was, is, .. }: &Became) -> Refused {
    Refused::new(
        format!("{was} would become {is}, and the state has one of that address"),
        format!("Nothing was written. Give one of them another name first, with `terraform state mv {was}` and a name of its own."),
    )
}
