//! Converts a project's document to objects of resources, and objects to servers' files.

use super::{Left, MOVED, Server, Servers, Settings, content::legible, left, schemas::Schemas};
use crate::{
    engine::{Diagnostic, validate},
    ory::resources::{action, email_template, identity_schema, project_config, social_provider},
    rest::document::{Parts, Unfit, find, place_of},
    schema::{Object, Resource},
    value::{Json, Path, Value},
};
use std::collections::BTreeMap;

/// An object of a resource.
#[derive(Clone)]
pub struct Made {
    /// Which resource.
    pub resource: &'static Resource,
    /// Its attributes.
    pub value: Value,
}

impl Made {
    /// Whether it is a schema that Ory provides, which every project has.
    pub fn is_preset(&self) -> bool {
        let id = Object::new(&self.resource.table, &self.value).str("schema_id");
        std::ptr::eq(self.resource, &identity_schema::RESOURCE) && id.is_some_and(identity_schema::is_preset)
    }

    /// The name for messages; empty for the project's configuration, of which there is only one.
    pub fn shown(&self) -> String {
        let object = Object::new(&self.resource.table, &self.value);
        let text = |names: &[&str]| names.iter().filter_map(|name| object.str(name)).collect::<Vec<_>>().join("_");
        let url = object.str("url").and_then(|url| url::Url::parse(url).ok());
        match url {
            Some(url) => {
                format!("{}_{}{}", text(&["flow", "timing", "auth_method"]), url.host_str().unwrap_or_default(), url.path())
            }
            None => text(&["provider_id", "template_type", "schema_id"]),
        }
    }
}

/// The resources of a document, in the order in which they are written: the configuration comes last, since its attributes for Ory's
/// own hooks put these before the webhooks.
static PARTS: &[(&Resource, &dyn Parts)] = &[
    (&identity_schema::RESOURCE, &Schemas),
    (&email_template::RESOURCE, &email_template::BACKEND),
    (&social_provider::RESOURCE, &social_provider::BACKEND),
    (&action::RESOURCE, &action::BACKEND),
    (&project_config::RESOURCE, &project_config::BACKEND),
];

/// The resources that servers' files can contain.
pub fn kinds() -> impl Iterator<Item = &'static Resource> {
    PARTS.iter().map(|(resource, _)| *resource)
}

/// The objects of the settings, and the settings that belong to no resource.
///
/// # Errors
/// If a setting in a file has another type.
pub fn objects(settings: &Settings) -> Result<(Vec<Made>, Vec<Left>), Diagnostic> {
    let (mut made, mut kept) = (Vec::new(), Json::Null);
    for (resource, parts) in PARTS {
        for value in parts.read(resource, &settings.document).map_err(|unfit| misplaced(settings, &unfit))? {
            parts.put(resource, &value, &mut kept)?;
            made.push(Made { resource, value: legible(&resource.table, &value) });
        }
    }
    let mut left = settings.left.clone();
    for server in Server::ALL {
        left.extend(left::missing(server, settings.document.at(server.place()), kept.at(server.place())));
    }
    left.sort();
    left.dedup();
    Ok((made, left))
}

/// The error about a value in a file that has another type.
fn misplaced(settings: &Settings, unfit: &Unfit) -> Diagnostic {
    let place = unfit.place.join("/");
    let (file, path) = settings.origin(&place).unwrap_or(("the files", place.replace('/', ".")));
    let said = find(&settings.document, &unfit.place).and_then(Json::as_str).unwrap_or_default();
    let hint = match ["yes", "no", "on", "off"].iter().any(|word| said.eq_ignore_ascii_case(word)) {
        true => " In these files, booleans are `true` and `false`; other words are texts.",
        false => "",
    };
    let detail = format!("{path}: {}.{hint} Correct the file, and run the command again.", unfit.why);
    Diagnostic::error(format!("a setting in {file} has a wrong type"), detail)
}

/// The servers' configurations of these objects, and the settings that they cannot contain or that they lack. Objects of other
/// resources are ignored.
///
/// # Errors
/// If two objects conflict.
pub fn render(made: &[Made], servers: Servers) -> Result<(BTreeMap<Server, Json>, Vec<Left>), Diagnostic> {
    let (mut document, mut left) = (Json::Null, Vec::new());
    for (resource, parts) in PARTS {
        for made in made.iter().filter(|made| std::ptr::eq(made.resource, *resource)) {
            parts.put(resource, &made.value, &mut document)?;
            // A schema that Ory provides is complete.
            if !made.is_preset() {
                left.extend(not_rendered(resource, &made.value));
            }
        }
    }
    let mut files = BTreeMap::new();
    for server in Server::ALL {
        let mut config = document.remove(server.place()).unwrap_or_default();
        left.extend(servers.drop_unknown(server, &mut config));
        prune(&mut config);
        if config.is_object() {
            files.insert(server, config);
        }
    }
    for (at, (server, to, from)) in MOVED.iter().enumerate() {
        let is_elsewhere = MOVED.iter().any(|(other, _, there)| there == from && files.contains_key(other));
        // A setting of all servers goes into the file of the first server that has it, if no other file is written.
        if !is_elsewhere && !document.at(*from).is_null() && MOVED[..at].iter().all(|(_, _, there)| there != from) {
            files.insert(*server, Json::Null);
        }
        let value = match from.strip_prefix(&format!("{}/", server.place())) {
            Some(inside) => files.get_mut(server).and_then(|config| config.remove(inside)),
            None => Some(document.at(*from).clone()).filter(|value| !value.is_null()),
        };
        if let (Some(value), Some(config)) = (value, files.get_mut(server)) {
            config.put(*to, value);
        }
    }
    files.iter().for_each(|(server, config)| left.extend(left::lacking(*server, config)));
    left.sort();
    // The object and the file may lack the same value.
    left.dedup_by(|one, other| one.at == other.at);
    Ok((files, left))
}

/// The attributes of the object that no file can contain, and those that are missing or not valid.
fn not_rendered(resource: &'static Resource, value: &Value) -> Vec<Left> {
    let object = Object::new(&resource.table, value);
    let name = resource.name_of(object).unwrap_or_default();
    let at = |attr: &str| {
        if name.is_empty() { format!("ory_{}: {attr}", resource.name) } else { format!("ory_{} {name}: {attr}", resource.name) }
    };
    let is_whole = std::ptr::eq(resource, &project_config::RESOURCE);
    let has_place = |place: &str| {
        Server::ALL.iter().any(|server| place.starts_with(server.place())) || MOVED.iter().any(|(_, _, there)| *there == place)
    };
    // Attributes outside all sections are not members of the document: the project's id, and those for Ory's own hooks.
    let is_member = |attr: &crate::schema::Attr| is_whole && attr.remote() && !attr.under.is_empty();
    let set = object.iter().filter(|(attr, value)| is_member(attr) && !value.is_null());
    let homeless = set.filter(|(attr, _)| !has_place(&attr.pointer().to_string()));
    let mut left: Vec<_> = homeless.map(|(attr, _)| Left::new(at(attr.name), "only Ory Network has it")).collect();
    let in_file = |path: &Path| Some(place_of(&resource.table, path)).filter(|_| is_whole).and_then(|place| in_file(&place));
    let lacks = resource.on_create.iter().filter_map(|says| says(object)).map(|problem| (at(problem.at), problem.summary));
    let wrong = validate(resource, value).into_iter().filter(Diagnostic::is_error);
    let wrong = wrong.map(|error| (in_file(&error.path).unwrap_or_else(|| at(error.path.root().unwrap_or_default())), error.summary));
    left.extend(lacks.chain(wrong).map(|(place, why)| Left::new(place, format!("{why}: Ory does not show it. Fill it in"))));
    left
}

/// Where a server's file has the value at this place of a project's configuration.
fn in_file(place: &[String]) -> Option<String> {
    let place = place.join("/");
    Server::ALL.into_iter().find_map(|server| Some(left::named(server, place.strip_prefix(server.place())?.strip_prefix('/')?)))
}

/// Replaces objects without members by null.
fn prune(config: &mut Json) {
    if let Json::Object(members) = config {
        members.values_mut().for_each(prune);
        members.retain(|_, value| !value.is_null());
        if members.is_empty() {
            *config = Json::Null;
        }
    }
}
