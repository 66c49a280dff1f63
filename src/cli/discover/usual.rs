//! The known defaults of a project of Ory Network, from the emulator's columns.

use crate::{
    emulator::console::{
        column::Column,
        fields::{FIELDS, field},
    },
    engine::semantically_equal,
    schema::{Attr, Kind, json},
    value::{Json, Steps, Value},
};

/// Whether this value is the default of an attribute of a project's configuration.
pub(super) fn is_usual(attr: &Attr, value: &Value) -> bool {
    let pointer = attr.pointer();
    let steps: Vec<_> = pointer.steps().collect();
    let known = match steps.as_slice() {
        ["normalized", name] => field(name),
        steps => FIELDS.iter().find(|field| field.path == steps || field.read_path == steps),
    };
    match known.and_then(|field| field.column.default) {
        Some(default) => is_default(attr, default, value),
        // Flags are off by default.
        None => *value == Value::Bool(false) && known.is_none_or(|field| is_flag(field.column)),
    }
}

fn is_flag(column: &Column) -> bool {
    matches!(column.kind, crate::emulator::console::column::Kind::Flag)
}

/// The default of a page's URL begins with the project's URL, which is written as `@`.
fn is_default(attr: &Attr, default: &str, value: &Value) -> bool {
    if let Some(page) = default.strip_prefix('@') {
        return value.as_str().is_some_and(|url| is_at_project(url, page));
    }
    let default = match attr.kind {
        Kind::String => Some(Value::text(default)),
        _ => Json::parse(default).ok().and_then(|json| json::kind_from_json(&attr.kind, &json).ok()),
    };
    default.is_some_and(|default| semantically_equal(attr, &default, value))
}

/// Whether the URL is this page of a project: on the project's own host, or below its path on a shared host.
fn is_at_project(url: &str, page: &str) -> bool {
    let Some(base) = url.strip_suffix(page) else { return false };
    let Some((_, rest)) = base.split_once("://") else { return false };
    match rest.split_once('/') {
        None => true,
        Some((_, path)) => path.strip_prefix("p/").is_some_and(|slug| !slug.contains('/')),
    }
}
