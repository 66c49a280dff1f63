//! The ids for imports, some of which contain a project's id and more.
//!
//! The resource itself reads an id. An id is built by trying texts until the resource reads exactly the given parts.

use crate::{
    ory::ORY,
    schema::{Function, Object, Refused, Resource, Texts, function, map, string},
    value::{Path, Step, Value},
};
use std::collections::BTreeMap;

/// The id of these parts.
pub static BUILD: Function = function(
    "import_id",
    "The id for the import of an object, from its parts, such as `{ project_id = \"…\", id = \"…\" }` for an `ory_organization`.",
    string("id", "The id."),
    build,
)
.params(&[&[
    RESOURCE_NAME,
    map("parts", "The parts of the id, by the names of the attributes; `id` is the server's id of the object.").required(),
]]);

/// The parts of an id.
pub static PARSE: Function = function(
    "import_id_parse",
    "The parts of an id for the import of an object, by the names of the attributes.",
    map("parts", "The parts."),
    parse,
)
.params(&[&[RESOURCE_NAME, string("id", "The id.").required()]]);

const RESOURCE_NAME: crate::schema::Attr = string("resource", "The type of the object, such as `ory_organization`.").required();

fn parse(asked: Object<'_>) -> Result<Value, Refused> {
    let (resource, id) = (resource(asked)?, asked.str("id").unwrap_or_default());
    Ok(Value::Map(said(resource, id).into_iter().map(|(name, text)| (name.to_owned(), Value::String(text))).collect()))
}

fn build(asked: Object<'_>) -> Result<Value, Refused> {
    let resource = resource(asked)?;
    let mut parts = BTreeMap::new();
    if let Value::Map(given) = asked.get("parts") {
        for (name, value) in given {
            let text = value.as_str().filter(|text| !text.is_empty());
            let text = text.ok_or_else(|| refused(name, "Must be a non-empty text.".to_owned()))?;
            let known = if *name == resource.key {
                Some(resource.key)
            } else {
                resource.table.attrs().map(|attr| attr.name).find(|known| known == name)
            };
            let known = known.ok_or_else(|| refused(name, format!("The import id of an `ory_{}` has no such part.", resource.name)))?;
            parts.insert(known, text.to_owned());
        }
    }
    let wanted: Vec<_> = with_defaults(resource, &parts);
    let mut candidates = vec![joined(resource, &parts)];
    // A resource that is identified by more than its id.
    candidates.extend(resource.found_by.and_then(|name| name(Object::new(&resource.table, &object(resource, &wanted)))));
    let built = candidates.into_iter().find(|id| {
        let said: BTreeMap<_, _> = said(resource, id).into_iter().collect();
        !id.is_empty() && with_defaults(resource, &said) == wanted
    });
    built.map(Value::String).ok_or_else(|| {
        let missing = format!(
            "There is no import id with exactly these parts. The page of `ory_{0}` describes its id under Import; it needs at least {1}.",
            resource.name,
            if resource.found_by.is_some() && resource.keyless() && resource.imports.is_some() {
                "the attribute that identifies it".to_owned()
            } else {
                format!("`{}`", resource.key)
            },
        );
        Refused::argument("parts", missing)
    })
}

fn refused(name: &str, why: String) -> Refused {
    Refused { at: Path::attr("parts").then(Step::Key(name.to_owned())), why }
}

fn resource(asked: Object<'_>) -> Result<&'static Resource, Refused> {
    let name = asked.str("resource").unwrap_or_default();
    let name = name.strip_prefix("ory_").unwrap_or(name);
    ORY.resources()
        .map(|entry| entry.resource)
        .find(|resource| resource.name == name)
        .ok_or_else(|| Refused::argument("resource", "There is no resource of this type. Write it as in a program: `ory_organization`."))
}

/// The parts of an id, as the resource reads it.
fn said(resource: &Resource, id: &str) -> Texts {
    match resource.imports {
        Some(parts) => parts(id),
        None => vec![(resource.key, id.to_owned())],
    }
}

/// The parts in the order of the table, the key last.
fn joined(resource: &Resource, parts: &BTreeMap<&'static str, String>) -> String {
    let before = resource.table.attrs().map(|attr| attr.name).filter(|name| *name != resource.key);
    let texts: Vec<_> = before.chain([resource.key]).filter_map(|name| parts.get(name)).map(String::as_str).collect();
    texts.join("/")
}

/// The parts, and the defaults of the missing ones.
fn with_defaults(resource: &Resource, parts: &BTreeMap<&'static str, String>) -> Vec<(&'static str, String)> {
    let mut all = parts.clone();
    // If the key alone identifies the object, there are no defaults.
    if resource.found_by.is_some() && resource.imports.is_some() {
        for attr in resource.table.attrs() {
            if let Some(crate::schema::Default::Text(text)) = attr.default {
                all.entry(attr.name).or_insert_with(|| text.to_owned());
            }
        }
    }
    all.into_iter().collect()
}

fn object(resource: &'static Resource, parts: &[(&'static str, String)]) -> Value {
    let text = |name: &str| parts.iter().find(|(part, _)| *part == name).map(|(_, text)| Value::text(text.as_str())).unwrap_or_default();
    Value::Object(resource.table.attrs().map(|attr| text(attr.name)).collect())
}
