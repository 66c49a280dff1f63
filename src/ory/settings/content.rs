//! The content of URLs in a server's configuration: schemas, templates, Jsonnet, keys.
//!
//! A project accepts content itself or as `base64://…`. Therefore local files have to be read, and schemas behind any URL. The caller
//! reads them.

use super::Server;
use crate::{
    ory::resources::content,
    schema::{Attr, Kind, Object, Table},
    value::{Json, Value},
};
use std::collections::{BTreeMap, BTreeSet};

/// Content by its URL.
pub type Contents = BTreeMap<String, String>;

/// The URLs whose content is needed.
pub fn wanted(server: Server, config: &Json) -> BTreeSet<String> {
    let mut urls = BTreeSet::new();
    texts(config, &mut |text| {
        if text.starts_with("file://") {
            urls.insert(text.to_owned());
        }
    });
    let schemas = config.at("identity/schemas").as_array().filter(|_| server == Server::Kratos);
    let elsewhere = schemas.into_iter().flatten().filter_map(|schema| schema.at("url").as_str());
    urls.extend(elsewhere.filter(|url| url.starts_with("http")).map(str::to_owned));
    urls
}

fn texts(json: &Json, see: &mut impl FnMut(&str)) {
    match json {
        Json::String(text) => see(text),
        Json::Array(items) => items.iter().for_each(|item| texts(item, see)),
        Json::Object(members) => members.values().for_each(|member| texts(member, see)),
        _ => {}
    }
}

/// Replaces each URL by its content.
pub fn embed(config: &mut Json, contents: &Contents) {
    match config {
        Json::String(text) => {
            if let Some(content) = contents.get(text) {
                *text = content::encoded(content);
            }
        }
        Json::Array(items) => items.iter_mut().for_each(|item| embed(item, contents)),
        Json::Object(members) => members.values_mut().for_each(|member| embed(member, contents)),
        _ => {}
    }
}

/// The object with `base64://…` content decoded to text in attributes that accept text.
pub fn legible(table: &Table, value: &Value) -> Value {
    let fields = Object::new(table, value).iter().map(|(attr, value)| of_kind(attr, &attr.kind, value));
    Value::Object(fields.collect())
}

fn of_kind(attr: &Attr, kind: &Kind, value: &Value) -> Value {
    match (kind, value) {
        (_, Value::String(text)) if attr.equality.sent.is_some() => {
            let carried = content::carried(text).filter(|carried| content::is_written(carried) && text.starts_with("base64://"));
            carried.map_or_else(|| value.clone(), Value::String)
        }
        (Kind::Object(nested), Value::Object(_)) => legible(&nested.table, value),
        (Kind::List(of), Value::List(items)) => Value::List(items.iter().map(|item| of_kind(attr, of, item)).collect()),
        (Kind::Map(of), Value::Map(items)) => Value::Map(items.iter().map(|(key, item)| (key.clone(), of_kind(attr, of, item))).collect()),
        _ => value.clone(),
    }
}
