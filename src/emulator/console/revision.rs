//! The normalised view: a project's revision as one object of columns.
//!
//! Owns how it is made from settings, and how they are read from it. Unset columns are left out, since most may not be null.

use super::column::{Field, Form, Kind, Rows};
use super::document::{View, empty};
use super::fields::FIELDS;
use super::settings::{Sent, Settings, Written};
use super::tree;
use super::value::{Found, default_of, sha512};
use crate::emulator::go::json::{Json, parse_whole};

/// The facts about a revision besides its settings.
pub struct About<'a> {
    /// Its id.
    pub id: &'a str,
    /// The project's id.
    pub project: &'a str,
    /// The project's name.
    pub name: &'a str,
    /// When the project was made.
    pub created: &'a str,
    /// When the revision was made.
    pub updated: &'a str,
}

/// The revision.
#[must_use]
pub fn render(settings: &Settings, about: &About<'_>, view: View) -> Json {
    let mut revision = Vec::new();
    for field in FIELDS.iter().filter(|field| !field.column.unlisted && (view == View::Whole || !field.column.secret)) {
        let value = match field.column.kind {
            Kind::Own => own(&field.name, about),
            Kind::Flags => Some(flags(settings)),
            _ if field.column.fixed => retired(&field.name, settings),
            kind => settings.value(field).map(|value| shown(kind, &value, field, settings, about, view)),
        };
        revision.extend(value.map(|value| (field.name.clone(), value)));
    }
    tree::sorted(Json::Object(revision))
}

fn own(name: &str, about: &About<'_>) -> Option<Json> {
    Some(Json::text(match name {
        "id" => about.id,
        "project_id" => about.project,
        "name" => about.name,
        "created_at" => about.created,
        "updated_at" => about.updated,
        _ => return None,
    }))
}

fn shown(kind: Kind, value: &Json, field: &Field, settings: &Settings, about: &About<'_>, view: View) -> Json {
    match (kind, value) {
        (Kind::FlagAs([set, _]), value) => Json::Bool(value.as_text().as_deref() == Some(set)),
        (Kind::JsonText, value) => Json::text(&value.compact()),
        (Kind::Rows(rows), Json::Array(items)) => {
            let shown = items.iter().map(|row| whole_row(rows, row, field, settings, about, view));
            Json::Array(shown.collect())
        }
        (_, value) => value.clone(),
    }
}

/// A row with the members that only the revision has.
fn whole_row(rows: &Rows, row: &Json, field: &Field, settings: &Settings, about: &About<'_>, view: View) -> Json {
    let mut members = Vec::new();
    for column in rows.columns.iter().filter(|column| !column.unlisted) {
        let value = match view {
            View::Read if column.secret => column.required.then(|| Json::text("")),
            _ => row.member(column.row_name()).cloned().or_else(|| default_of(column, &settings.base)).or_else(|| empty(column)),
        };
        members.extend(value.map(|value| (column.row_name().to_owned(), value)));
    }
    let mut add = |name: &str, value: &str| members.push((name.to_owned(), Json::text(value)));
    match field.name.as_str() {
        // An organization stores when it was made.
        "keto_namespaces" | "account_experience_custom_translations" | "organizations" => {}
        _ if rows.form == Form::Loose => {}
        name => {
            add("created_at", about.created);
            add("updated_at", about.updated);
            if name != "kratos_courier_channels" {
                let key = rows.columns.first().and_then(|first| row.member(first.row_name())).map(Json::compact).unwrap_or_default();
                add("id", &stable_id(&[about.project, name, &key]));
            }
            if !["kratos_courier_channels", "scim_clients"].contains(&name) {
                add("project_revision_id", about.id);
            }
        }
    }
    Json::Object(members)
}

/// An id that is the same for the same parts.
fn stable_id(parts: &[&str]) -> String {
    let digits = sha512(parts.join("\n").as_bytes());
    let part = |from: usize, to: usize| digits.get(from..to).unwrap_or_default();
    format!("{}-{}-4{}-8{}-{}", part(0, 8), part(8, 12), part(13, 16), part(17, 20), part(20, 32))
}

/// The values that were current before, without expiry; never secret ones.
fn retired(name: &str, settings: &Settings) -> Option<Json> {
    let entries = settings.of(&format!("{name}_entries"));
    let values = match (&entries, name) {
        (Some(Json::Array(rows)), "talos_credentials_issuer_retired") => {
            rows.iter().filter_map(|row| row.member("value").cloned()).collect()
        }
        _ => Vec::new(),
    };
    Some(Json::Array(values))
}

/// Every known flag, and whether it is set: those with columns, and those that have ever been written.
fn flags(settings: &Settings) -> Json {
    let written = match settings.of("feature_flags") {
        Some(Json::Object(members)) => members,
        _ => Vec::new(),
    };
    let typed = typed_flags().map(|(key, field)| (key, Json::Bool(settings.value(field) == Some(Json::Bool(true)))));
    tree::sorted(Json::Object(written.into_iter().chain(typed).collect()))
}

/// Flags that have their own column, with their keys. The catalog is not published; its keys are said to be the
/// service and the flag.
fn typed_flags() -> impl Iterator<Item = (String, &'static Field)> {
    FIELDS.iter().filter(|field| matches!(field.column.kind, Kind::Flag)).filter_map(|field| {
        let (service, flag) = field.name.split_once("_feature_flags_")?;
        Some((format!("{service}.{flag}"), field))
    })
}

/// Reads settings from a revision.
///
/// # Errors
/// What is wrong, and where.
pub fn read(revision: &Json, old: &Settings) -> Result<Written, String> {
    old.write(|field, found| {
        if field.column.unlisted {
            return Ok(None);
        }
        let sent = revision.member(&field.name);
        let blank = sent.is_some_and(tree::is_empty);
        let value = sent.map_or(Ok(None), |sent| read_one(field, sent, old, found));
        Ok(Some(Sent { value: value.map_err(|why| format!("{}: {why}", field.name))?, blank }))
    })
}

fn read_one(field: &Field, sent: &Json, old: &Settings, found: &mut Found) -> Result<Option<Json>, String> {
    match (field.column.kind, sent) {
        (Kind::FlagAs([set, unset]), Json::Bool(is)) => Ok(Some(Json::text(if *is { set } else { unset }))),
        (Kind::JsonText, Json::Text(_)) => {
            let text = sent.as_text().unwrap_or_default();
            if text.is_empty() {
                return Ok(None);
            }
            let value = parse_whole(text.as_bytes()).map_err(|why| format!("not JSON: {why}"))?;
            found.read(field.column.kind, &value)
        }
        (Kind::Flags, sent) => read_flags(sent, old, found),
        (Kind::Rows(rows), Json::Array(items)) => {
            let items: Vec<Json> = items.iter().map(|row| item(rows, row)).collect();
            let read = found.list(rows, &items)?.filter(|rows| !tree::is_empty(rows));
            match (&read, rows.form) {
                (Some(Json::Array(read)), Form::Schemas) => {
                    let defaults = read.iter().filter(|row| row.member("is_default") == Some(&Json::Bool(true))).count();
                    if defaults == 1 { Ok(Some(Json::Array(read.clone()))) } else { Err(format!("{defaults} schemas are the default")) }
                }
                _ => Ok(read),
            }
        }
        (kind, sent) => found.read(kind, sent),
    }
}

/// A subset of the flags may be sent. Flags with a column are written by that column, and must have the same value here.
fn read_flags(sent: &Json, old: &Settings, found: &mut Found) -> Result<Option<Json>, String> {
    let Some(Json::Object(sent)) = found.read(Kind::Flags, sent)? else { return Ok(old.of("feature_flags")) };
    let mut members = match old.of("feature_flags") {
        Some(Json::Object(members)) => members,
        _ => Vec::new(),
    };
    for (key, value) in sent {
        match typed_flags().find(|(typed, _)| *typed == key) {
            Some((_, field)) if old.is_set(&field.name) != (value == Json::Bool(true)) => {
                return Err(format!("{key} has to be set by {}", field.name));
            }
            Some(_) => {}
            None => members.push((key, value)),
        }
    }
    let flags = tree::sorted(Json::Object(members));
    Ok(Some(flags).filter(|flags| !tree::is_empty(flags)))
}

/// A row of the revision in the form of the document's object.
fn item(rows: &Rows, row: &Json) -> Json {
    let mut item = Json::Object(Vec::new());
    for column in rows.columns {
        let name = column.row_name();
        let path: Vec<&str> = if column.path.is_empty() { vec![name] } else { column.path.split('/').collect() };
        match row.member(name) {
            Some(value) => tree::put(&mut item, &path, value.clone()),
            None if !matches!(row, Json::Object(_)) => return row.clone(),
            None => {}
        }
    }
    item
}
