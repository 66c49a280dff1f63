//! A project's document as objects of our resources, and objects as the servers' files.

use super::{Left, MOVED, Server, Servers, Settings, content::legible, left, schemas::Schemas};
use crate::{
    engine::{Diagnostic, validate},
    ory::resources::{action, email_template, identity_schema, project_config, social_provider},
    rest::document::Parts,
    schema::{Object, Resource},
    value::{Json, Value},
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

/// What a document is made of, in the order in which it is put together: attributes that say whether a hook of Ory's own is in a
/// list put it before the webhooks.
static PARTS: &[(&Resource, &dyn Parts)] = &[
    (&identity_schema::RESOURCE, &Schemas),
    (&email_template::RESOURCE, &email_template::BACKEND),
    (&social_provider::RESOURCE, &social_provider::BACKEND),
    (&action::RESOURCE, &action::BACKEND),
    (&project_config::RESOURCE, &project_config::BACKEND),
];

/// The resources that servers' files can say.
pub fn kinds() -> impl Iterator<Item = &'static Resource> {
    PARTS.iter().map(|(resource, _)| *resource)
}

/// The objects that the settings are made of, and what no resource says of them.
///
/// # Errors
/// When a file has something else where a setting is to be.
pub fn objects(settings: &Settings) -> Result<(Vec<Made>, Vec<Left>), Diagnostic> {
    let (mut made, mut kept) = (Vec::new(), Json::Null);
    for (resource, parts) in PARTS {
        for value in parts.read(resource, &settings.document)? {
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

/// The servers' configurations that these objects make, and what they have no place for or lack. Objects that are no
/// configuration are nobody's here.
///
/// # Errors
/// When one object is in the way of another.
pub fn render(made: &[Made], servers: Servers) -> Result<(BTreeMap<Server, Json>, Vec<Left>), Diagnostic> {
    let (mut document, mut left) = (Json::Null, Vec::new());
    for (resource, parts) in PARTS {
        for made in made.iter().filter(|made| std::ptr::eq(made.resource, *resource)) {
            parts.put(resource, &made.value, &mut document)?;
            // What Ory brings is as it is.
            if !made.is_preset() {
                left.extend(unsaid(resource, &made.value));
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
        // Where no server says anything else, the first one that could says this.
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
    left.dedup();
    Ok((files, left))
}

/// What of the object is in no file, and what it lacks to be one that a server takes.
fn unsaid(resource: &'static Resource, value: &Value) -> Vec<Left> {
    let object = Object::new(&resource.table, value);
    let name = resource.name_of(object).unwrap_or_default();
    let at = |attr: &str| {
        if name.is_empty() { format!("ory_{}: {attr}", resource.name) } else { format!("ory_{} {name}: {attr}", resource.name) }
    };
    let is_whole = std::ptr::eq(resource, &project_config::RESOURCE);
    let has_place = |place: &str| {
        Server::ALL.iter().any(|server| place.starts_with(server.place())) || MOVED.iter().any(|(_, _, there)| *there == place)
    };
    // What stands in no section is no member: the project itself, and whether a hook is in a list.
    let is_member = |attr: &crate::schema::Attr| is_whole && attr.remote() && !attr.under.is_empty();
    let set = object.iter().filter(|(attr, value)| is_member(attr) && !value.is_null());
    let homeless = set.filter(|(attr, _)| !has_place(&attr.pointer().to_string()));
    let mut left: Vec<_> = homeless.map(|(attr, _)| Left::new(at(attr.name), "only Ory Network has it")).collect();
    let lacks = resource.on_create.iter().filter_map(|says| says(object)).map(|problem| (problem.at, problem.summary));
    let wrong = validate(resource, value).into_iter().filter(Diagnostic::is_error);
    let wrong = wrong.map(|error| (error.path.root().unwrap_or_default(), error.summary));
    left.extend(lacks.chain(wrong).map(|(attr, why)| Left::new(at(attr), format!("{why}: Ory does not show it. Fill it in"))));
    left
}

/// Objects in which nothing is left say nothing.
fn prune(config: &mut Json) {
    if let Json::Object(members) = config {
        members.values_mut().for_each(prune);
        members.retain(|_, value| !value.is_null());
        if members.is_empty() {
            *config = Json::Null;
        }
    }
}
