//! The document: a project with the configuration of its services.
//!
//! Owns how it is made from settings, and how settings are read from it: the paths of rows, paths that mean one of two columns,
//! and keys that are ignored. The caller decides who may see secrets.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::column::{Column, Field, Form, Kind, Rows};
use super::fields::FIELDS;
use super::settings::{Sent, Settings, Written};
use super::tree;
use super::value::{Found, default_of};
use crate::emulator::go::json::Json;

/// The path of Kratos' configuration.
const IDENTITY: [&str; 3] = ["services", "identity", "config"];
/// The path of the default schema's id.
const DEFAULT_SCHEMA: [&str; 5] = ["services", "identity", "config", "identity", "default_schema_id"];
/// The path of the namespaces: a list, or the location of their file.
const NAMESPACES: [&str; 4] = ["services", "permission", "config", "namespaces"];
/// The services that are always in the document.
const SERVICES: [&str; 5] = ["account_experience", "identity", "oauth2", "permission", "talos"];
/// Flows with sign-in methods, and the methods that may have hooks after them, as far as they are known.
const WAYS: [(&str, &[&str]); 3] = [
    ("login", &["password", "oidc", "code", "webauthn", "passkey", "totp", "lookup_secret", "saml"]),
    ("registration", &["password", "oidc", "code", "webauthn", "passkey", "saml"]),
    ("settings", &["password", "oidc", "profile", "webauthn", "passkey", "totp", "lookup_secret", "saml"]),
];

/// Which values a document has.
#[derive(Clone, Copy, PartialEq)]
pub enum View {
    /// All values, each at the path where it is written.
    Whole,
    /// The values that may be read, each at the path where it is read.
    Read,
}

/// The document's members with settings.
#[must_use]
pub fn render(settings: &Settings, view: View) -> Json {
    let mut document = Json::Object(Vec::new());
    for service in SERVICES {
        tree::put(&mut document, &["services", service, "config"], Json::Object(Vec::new()));
    }
    for part in ["cors_admin", "cors_public"] {
        tree::put(&mut document, &[part], Json::Object(Vec::new()));
    }
    tree::put(&mut document, &["organizations"], Json::Array(Vec::new()));
    tree::put(&mut document, &NAMESPACES, Json::Array(Vec::new()));
    for field in FIELDS.iter().filter(|field| settings.picks(field.column)) {
        let hidden = view == View::Read && (field.column.secret || !settings.shows(field.column));
        let value = if field.column.appended && view == View::Read { Some(with_own(settings, field)) } else { settings.value(field) };
        if let Some(value) = value.filter(|_| !hidden) {
            place(&mut document, field, value, view, settings);
        }
    }
    tree::sorted(document)
}

/// The list with the project's own URL at its end.
fn with_own(settings: &Settings, field: &Field) -> Json {
    let own = Json::text(&settings.base);
    match settings.value(field) {
        Some(Json::Array(items)) if items.contains(&own) => Json::Array(items),
        Some(Json::Array(items)) => Json::Array(items.into_iter().chain([own]).collect()),
        _ => Json::Array(vec![own]),
    }
}

fn place(document: &mut Json, field: &Field, value: Json, view: View, settings: &Settings) {
    let rows = |rows: &Rows| match &value {
        Json::Array(items) => items.iter().map(|row| item(rows, row, view, settings)).collect::<Vec<_>>(),
        _ => Vec::new(),
    };
    match field.column.kind {
        Kind::Rows(of) if of.form == Form::Hooks => hooks(document, &value, rows(of)),
        _ if field.path.is_empty() => {}
        // If there is a file, the path means the file.
        Kind::Rows(_) if field.path == NAMESPACES && settings.of("keto_namespace_configuration").is_some() => {}
        Kind::Rows(of) if of.form == Form::Map => {
            let key = of.columns.first().map_or("", |first| first.path);
            let members = rows(of).into_iter().filter_map(|row| {
                let Json::Object(mut members) = row else { return None };
                let at = members.iter().position(|member| member.0 == key)?;
                Some((members.remove(at).1.as_text()?, Json::Object(members)))
            });
            tree::put(document, &field.path, Json::Object(members.collect()));
        }
        Kind::Rows(of) => {
            if of.form == Form::Schemas
                && let Some(id) = default_schema(&value)
            {
                tree::put(document, &DEFAULT_SCHEMA, id);
            }
            tree::put(document, &field.path, Json::Array(rows(of)));
        }
        _ => tree::put(document, if view == View::Read { &field.read_path } else { &field.path }, value),
    }
}

fn default_schema(rows: &Json) -> Option<Json> {
    let Json::Array(rows) = rows else { return None };
    rows.iter().find(|row| row.member("is_default") == Some(&Json::Bool(true)))?.member("import_id").cloned()
}

/// A row as an object of the document.
fn item(rows: &Rows, row: &Json, view: View, settings: &Settings) -> Json {
    let mut item = Json::Object(Vec::new());
    for column in rows.columns.iter().filter(|column| !column.path.is_empty() && (view == View::Whole || !column.secret)) {
        let value = row.member(column.row_name()).cloned().or_else(|| default_of(column, &settings.base)).or_else(|| empty(column));
        if let Some(value) = value {
            tree::put(&mut item, &column.path.split('/').collect::<Vec<_>>(), value);
        }
    }
    item
}

/// The value of an unset column: an empty list if the list is required.
#[must_use]
pub fn empty(column: &Column) -> Option<Json> {
    (column.required && matches!(column.kind, Kind::Texts)).then(|| Json::Array(Vec::new()))
}

fn hooks(document: &mut Json, rows: &Json, items: Vec<Json>) {
    let Json::Array(rows) = rows else { return };
    for (row, item) in rows.iter().zip(items) {
        let key = row.member("config_key").and_then(Json::as_text).unwrap_or_default();
        let path: Vec<&str> = IDENTITY.into_iter().chain(key.split('.')).collect();
        let mut list = match tree::get(document, &path) {
            Some(Json::Array(list)) => list.clone(),
            _ => Vec::new(),
        };
        list.push(item);
        tree::put(document, &path, Json::Array(list));
    }
}

/// Every trigger that may have hooks, by its name in the revision. The names are not published; these are the paths.
static TRIGGERS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let at = |rest: &str| format!("selfservice.flows.{rest}.hooks");
    let flows = ["login", "registration", "settings", "recovery", "verification"];
    let around = flows.iter().flat_map(|flow| [format!("{flow}.before"), format!("{flow}.after")]);
    let after = WAYS.iter().flat_map(|(flow, ways)| ways.iter().map(move |way| format!("{flow}.after.{way}")));
    around.chain(after).map(|rest| at(&rest)).collect()
});

/// Reads settings from a document with each value at the path where it is written.
///
/// # Errors
/// What is wrong, and where.
pub fn read(document: &Json, old: &Settings) -> Result<Written, String> {
    let document = &straightened(document);
    let byo = |column: &Column| {
        column.picked.is_none_or(|(name, is)| {
            let flag = super::fields::field(name).and_then(|field| tree::get(document, &field.path));
            (flag == Some(&Json::Bool(true))) == is
        })
    };
    let mut written = old.write(|field, found| {
        let sent = match field.column.kind {
            Kind::Rows(rows) if rows.form == Form::Hooks => found.list(rows, &hooks_of(document))?,
            _ if field.path.is_empty() || !byo(field.column) => return Ok(None),
            kind => {
                let value = tree::get(document, &field.path);
                let blank = value.is_some_and(tree::is_empty);
                let value = read_one(kind, field, value, document, found).map_err(|why| format!("{}: {why}", field.path.join(".")))?;
                return Ok(Some(Sent { value, blank }));
            }
        };
        Ok(Some(Sent { value: sent.filter(|rows| !tree::is_empty(rows)), blank: false }))
    })?;
    written.ignored = ignored(document);
    Ok(written)
}

fn read_one(kind: Kind, field: &Field, value: Option<&Json>, document: &Json, found: &mut Found) -> Result<Option<Json>, String> {
    let Some(value) = value else { return Ok(None) };
    match kind {
        // Here the path has the location of a file.
        Kind::Rows(_) if field.path == NAMESPACES && matches!(value, Json::Object(_)) => Ok(None),
        Kind::Rows(rows) if rows.form == Form::Schemas => schemas(rows, value, tree::get(document, &DEFAULT_SCHEMA), found),
        kind => found.read(kind, value),
    }
}

/// Schemas, and which one is the default: by the name with which it was sent, or by its id.
fn schemas(rows: &'static Rows, value: &Json, default: Option<&Json>, found: &mut Found) -> Result<Option<Json>, String> {
    let Json::Array(items) = value else { return found.read(Kind::Rows(rows), value) };
    let mut read = found.list(rows, items)?;
    if let Some(Json::Array(kept)) = &mut read {
        let named = |row: &Json, sent: &Json| default.is_some() && (sent.member("id") == default || row.member("import_id") == default);
        let at = match default {
            None => Some(0),
            Some(_) => kept.iter().zip(items).position(|(row, sent)| named(row, sent)),
        };
        let at = at.ok_or("the default schema is not one of the schemas")?;
        for (row, is_default) in kept.iter_mut().enumerate().map(|(index, row)| (row, index == at)) {
            tree::put(row, &["is_default"], Json::Bool(is_default));
        }
    }
    Ok(read)
}

fn hooks_of(document: &Json) -> Vec<Json> {
    let mut all = Vec::new();
    for key in TRIGGERS.iter() {
        let path: Vec<&str> = IDENTITY.into_iter().chain(key.split('.')).collect();
        if let Some(Json::Array(list)) = tree::get(document, &path) {
            all.extend(list.iter().map(|hook| {
                let mut hook = hook.clone();
                tree::put(&mut hook, &["config_key"], Json::text(key));
                hook
            }));
        }
    }
    all
}

/// The document with a token hook as an object, which may be sent as only its URL.
fn straightened(document: &Json) -> Json {
    const HOOK: [&str; 5] = ["services", "oauth2", "config", "oauth2", "token_hook"];
    let mut document = document.clone();
    if let Some(url @ Json::Text(_)) = tree::get(&document, &HOOK).cloned() {
        tree::put(&mut document, &HOOK, tree::object([("url", url)]));
    }
    document
}

/// Whether the value at this path of a whole document is or may be secret: headers may contain credentials.
#[must_use]
pub fn is_secret(path: &[String]) -> bool {
    let begins = |path: &[String], with: &[&str]| path.len() >= with.len() && path.iter().zip(with).all(|(one, other)| one == other);
    let hides = |column: &Column| column.secret || matches!(column.kind, Kind::Headers);
    let in_row = |rows: &Rows, row: &[String]| {
        let columns = rows.columns.iter().filter(|column| !column.path.is_empty() && hides(column));
        columns.map(|column| column.path.split('/').collect::<Vec<_>>()).any(|at| begins(row, &at))
    };
    let hook = path.iter().position(|step| step == "hooks").and_then(|at| path.get(at + 2..));
    hook.is_some_and(|hook| in_row(&super::rows::HOOKS, hook))
        || FIELDS.iter().filter(|field| !field.path.is_empty() && begins(path, &field.path)).any(|field| match field.column.kind {
            Kind::Rows(rows) => field.column.secret || path.get(field.path.len() + 1..).is_some_and(|row| in_row(rows, row)),
            _ => hides(field.column),
        })
}

/// Paths of the document with a value, and paths on the way to one; the steps are joined by dots.
static PLACES: LazyLock<[HashSet<String>; 2]> = LazyLock::new(|| {
    let columns = FIELDS.iter().flat_map(|field| [&field.path, &field.read_path]).map(|path| path.join("."));
    let hooks = TRIGGERS.iter().map(|key| format!("{}.{key}", IDENTITY.join(".")));
    let versions = SERVICES.iter().map(|service| format!("services.{service}.config.version"));
    let values: HashSet<String> = columns.chain(hooks).chain(versions).chain([DEFAULT_SCHEMA.join(".")]).collect();
    let ways = values.iter().flat_map(|path| path.match_indices('.').map(|(at, _)| path[..at].to_owned())).collect();
    [values, ways]
});

/// Keys that are unknown. Those within rows are ignored as well, but not listed: the warnings are not complete. The project itself
/// has more members than settings.
fn ignored(document: &Json) -> Vec<String> {
    let mut found = Vec::new();
    for part in ["services", "cors_admin", "cors_public"] {
        document.member(part).into_iter().for_each(|value| ignored_in(value, part, &mut found));
    }
    found
}

fn ignored_in(at: &Json, path: &str, found: &mut Vec<String>) {
    let Json::Object(members) = at else { return };
    let [values, ways] = &*PLACES;
    for (name, value) in members {
        let path = format!("{path}.{name}");
        // Namespaces are both a value and on the way to one.
        match values.contains(&path) {
            true => {}
            false if ways.contains(&path) => ignored_in(value, &path, found),
            false => found.push(path),
        }
    }
}
