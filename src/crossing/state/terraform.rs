//! Reads states of Terraform and OpenTofu: version 4 of the format, which all releases since Terraform 0.12 write.
//!
//! Owns their spelling of addresses, providers and paths of secrets. New objects are added to the text of the state; the rest of
//! the text stays as it is.

mod address;
pub mod marks;
mod write;

pub use address::{module_path, quoted};
pub use write::{Added, New, add};

use super::{Held, Problem, ProviderRef, Spelled, State, Tool, malformed, outline, unreadable, version};
use crate::value::{Json, Outline};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use std::collections::BTreeSet;

/// The only version of the format that is read and written.
const VERSION: i64 = 4;

/// The place of the instances in a block.
const INSTANCES: &[&[&str]] = &[&["instances"]];

/// Reads a state.
///
/// # Errors
/// With the problem and the resource.
pub fn read(text: &[u8]) -> Result<State, Problem> {
    of_outline(&outline(text)?)
}

pub(super) fn of_outline(outline: &Outline<'_>) -> Result<State, Problem> {
    let document = &outline.document;
    foreign(document)?;
    let version = version(document)?;
    if version != VERSION {
        let age = if version < VERSION { "an older" } else { "a newer" };
        return Err(Problem::new(
            format!("The state has {age} format, version {version}; version {VERSION} is read."),
            match version < VERSION {
                true => "Run `terraform apply` once with Terraform 0.12 or newer, which writes the state in the new format.",
                false => "Use a newer Janiform.",
            },
        ));
    }
    if !document.at("resources").is_array() {
        return Err(malformed("The state", "it has no list of resources."));
    }
    let mut state = State { tool: Tool::Terraform, objects: Vec::new(), providers: Vec::new(), others: 0 };
    for (place, element) in outline.elements.iter().enumerate() {
        let block = outline.within(element, INSTANCES).map_err(unreadable)?;
        let resource = &block.document;
        let Some((kind, name)) = resource.at("type").as_str().zip(resource.at("name").as_str()) else {
            return Err(malformed(&format!("Resource {} of the state", place + 1), "it has no type or no name."));
        };
        if !address::is_identifier(kind) || !address::is_identifier(name) {
            return Err(malformed(&format!("{kind}.{name}"), "this is not an address."));
        }
        let block = Block { outline: &block, resource, kind, name };
        match resource.at("mode").as_str() {
            Some("managed") => block.read(&mut state)?,
            Some(_) => state.others += 1,
            None => return Err(malformed(&block.address(), "it has no mode.")),
        }
    }
    Ok(state)
}

/// Refuses other files of these tools, and encrypted ones.
fn foreign(document: &Json) -> Result<(), Problem> {
    let has = |name| document.get(name).is_some();
    if has("encrypted_data") || has("encryption_version") {
        return Err(Problem::new(
            "The state is encrypted by OpenTofu.",
            "Give the output of `tofu state pull`, which decrypts the state with the configuration's key.",
        ));
    }
    if has("format_version") {
        return Err(Problem::new(
            "This is the output of `show -json`, which lacks the private data of providers.",
            "Give the output of `terraform state pull`.",
        ));
    }
    if has("deployment") || has("checkpoint") {
        return Err(Problem::new("This is a state of Pulumi, not of Terraform.", "Use `--from pulumi`."));
    }
    Ok(())
}

/// A block of the state: the instances of one name.
struct Block<'a> {
    outline: &'a Outline<'a>,
    resource: &'a Json,
    kind: &'a str,
    name: &'a str,
}

impl Block<'_> {
    fn address(&self) -> String {
        let module = self.resource.at("module").as_str().map(|module| format!("{module}.")).unwrap_or_default();
        format!("{module}{}.{}", self.kind, self.name)
    }

    fn read(&self, state: &mut State) -> Result<(), Problem> {
        let address = self.address();
        let malformed = |what: &str| malformed(&address, what);
        let within = match self.resource.get("module") {
            None => Vec::new(),
            Some(module) => module.as_str().and_then(module_path).ok_or_else(|| malformed("the address of its module cannot be read."))?,
        };
        if !self.resource.at("instances").is_array() {
            return Err(malformed("it has no list of instances."));
        }
        for element in &self.outline.elements {
            let instance = self.outline.element(element).map_err(unreadable)?;
            // OpenTofu writes it here where the provider's block has `for_each`.
            let provider = [&instance, self.resource].iter().find_map(|holder| holder.at("provider").as_str()).unwrap_or_default();
            let provider = address::provider(provider).ok_or_else(|| {
                Problem::new(
                    format!("{address}: its provider is `{}`, which is not a source address.", crate::engine::one_line(provider)),
                    "Run `terraform apply` once with Terraform 0.13 or newer, which writes source addresses.",
                )
            })?;
            state.objects.push(self.instance(&instance, &within, &provider)?);
        }
        Ok(())
    }

    fn instance(&self, instance: &Json, within: &[String], provider: &ProviderRef) -> Result<Held, Problem> {
        let key = match instance.get("index_key") {
            None | Some(Json::Null) => None,
            Some(Json::String(text)) => Some((text.clone(), quoted(text))),
            Some(Json::Number(number)) => Some((number.as_str().to_owned(), number.as_str().to_owned())),
            Some(_) => return Err(malformed(&self.address(), "the key of an instance is neither text nor number.")),
        };
        let address = match &key {
            Some((_, shown)) => format!("{}[{shown}]", self.address()),
            None => self.address(),
        };
        let malformed = |what: &str| malformed(&address, what);
        if instance.get("attributes_flat").is_some() {
            return Err(Problem::new(
                format!("{address}: its attributes are in the format of Terraform 0.11."),
                "Run `terraform apply` once with a newer version, which writes the new format.",
            ));
        }
        let attributes = instance.at("attributes");
        if !attributes.is_object() {
            return Err(malformed("it has no attributes."));
        }
        let private = match instance.at("private") {
            Json::Null => Vec::new(),
            Json::String(text) => BASE64_STANDARD.decode(text).map_err(|_| malformed("its private data is not base64."))?,
            _ => return Err(malformed("its private data is not text.")),
        };
        let schema_version = match instance.at("schema_version") {
            Json::Null => 0,
            version => version.as_i64().ok_or_else(|| malformed("its schema version is not a number."))?,
        };
        let texts =
            |list: &Json| list.as_array().into_iter().flatten().filter_map(|item| item.as_str().map(str::to_owned)).collect::<Vec<_>>();
        let unfinished = match (instance.at("deposed").as_str(), instance.at("status").as_str()) {
            (Some(_), _) => Some("it is left from a replacement and will be deleted".to_owned()),
            (None, Some(status)) => Some(format!("it is {}", crate::engine::one_line(status))),
            (None, None) => None,
        };
        Ok(Held {
            kind: self.kind.to_owned(),
            name: self.name.to_owned(),
            instance: key.map(|(key, _)| key),
            within: within.to_vec(),
            provider: provider.clone(),
            id: attributes.at("id").as_str().map(str::to_owned),
            attributes: attributes.into(),
            inputs: Spelled::from(&Json::Null),
            marks: instance.at("sensitive_attributes").into(),
            secret_inputs: BTreeSet::new(),
            hidden: BTreeSet::new(),
            schema_version,
            private,
            dependencies: texts(instance.at("dependencies")),
            protect: false,
            options: Vec::new(),
            unfinished,
            address,
        })
    }
}
