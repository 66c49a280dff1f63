//! Objects as JSON keyed by attribute name: how tools store state.
//!
//! Not an API's JSON; that is mapped attribute by attribute in `rest`.

use super::{Kind, Table};
use crate::value::{Number, Value};
use serde_json::{Map, Value as Json};

/// So many values no state and no page of a list holds. Each takes many times the two bytes that it can be written
/// in, so that a document within the limits on messages could still fill the memory.
pub const MOST_VALUES: usize = 2_000_000;

/// Why a text is not read as JSON; never its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    /// It is no JSON, or nests deeper than 127 levels.
    #[error("it is not JSON that can be read (it breaks off, is malformed or nests too deeply)")]
    Malformed,
    /// It holds more than [`MOST_VALUES`].
    #[error("it holds more than {MOST_VALUES} values")]
    TooMany,
}

/// JSON from outside: neither deep nesting nor a great many values exhaust this process.
pub fn parse(text: &[u8]) -> Result<Json, ParseError> {
    // Every value but the first comes after one of these. Those inside of texts count too: nobody writes so many.
    if text.len() > MOST_VALUES && text.iter().filter(|byte| matches!(byte, b',' | b':' | b'[' | b'{')).count() > MOST_VALUES {
        return Err(ParseError::TooMany);
    }
    serde_json::from_slice(text).map_err(|_| ParseError::Malformed)
}

/// The object as JSON. Unknown values have no JSON and become null.
pub fn to_json(table: &Table, value: &Value) -> Json {
    match value {
        Value::Object(_) => Json::Object(
            super::Object::new(table, value).iter().map(|(attr, value)| (attr.name.to_owned(), kind_to_json(&attr.kind, value))).collect(),
        ),
        _ => Json::Null,
    }
}

/// One value as JSON.
pub fn kind_to_json(kind: &Kind, value: &Value) -> Json {
    match (kind, value) {
        (Kind::Object(nested), Value::Object(_)) => to_json(&nested.table, value),
        (Kind::List(of), Value::List(items)) => Json::Array(items.iter().map(|item| kind_to_json(of, item)).collect()),
        (Kind::Map(of), Value::Map(map)) => {
            Json::Object(map.iter().map(|(key, value)| (key.clone(), kind_to_json(of, value))).collect::<Map<_, _>>())
        }
        (_, Value::Bool(flag)) => Json::Bool(*flag),
        (_, Value::Number(number)) => serde_json::from_str(number.as_str()).unwrap_or(Json::Null),
        (_, Value::String(text)) => Json::String(text.clone()),
        _ => Json::Null,
    }
}

/// JSON as an object of the table; members that it does not have are ignored, missing ones are null.
///
/// Errors name the attribute and what was found, never the content.
pub fn from_json(table: &Table, json: &Json) -> Result<Value, String> {
    match json {
        Json::Null => Ok(Value::Null),
        Json::Object(members) => table
            .attrs()
            .map(|attr| match members.get(attr.name) {
                Some(member) => kind_from_json(&attr.kind, member).map_err(|error| format!("{}: {error}", attr.name)),
                None => Ok(Value::Null),
            })
            .collect::<Result<_, _>>()
            .map(Value::Object),
        other => Err(format!("expected an object, found {}", describe(other))),
    }
}

/// JSON as one value; scalars may be spelled as texts, as Terraform's own state readers allow.
pub fn kind_from_json(kind: &Kind, json: &Json) -> Result<Value, String> {
    let mismatch = |wanted: &str| Err(format!("expected {wanted}, found {}", describe(json)));
    Ok(match (kind, json) {
        (_, Json::Null) => Value::Null,
        (Kind::Bool, Json::Bool(flag)) => Value::Bool(*flag),
        (Kind::Bool, Json::String(text)) if text == "true" || text == "false" => Value::Bool(text == "true"),
        (Kind::Bool, _) => return mismatch("a boolean"),
        (Kind::Number, Json::Number(number)) => match Number::parse(&number.to_string()) {
            Ok(number) => Value::Number(number),
            Err(_) => return mismatch("a number"),
        },
        (Kind::Number, Json::String(text)) => match Number::parse(text) {
            Ok(number) => Value::Number(number),
            Err(_) => return mismatch("a number"),
        },
        (Kind::Number, _) => return mismatch("a number"),
        (Kind::String, Json::String(text)) => Value::String(text.clone()),
        (Kind::String, Json::Bool(flag)) => Value::String(flag.to_string()),
        (Kind::String, Json::Number(number)) => Value::String(number.to_string()),
        (Kind::String, _) => return mismatch("a string"),
        (Kind::List(of), Json::Array(items)) => Value::List(items.iter().map(|item| kind_from_json(of, item)).collect::<Result<_, _>>()?),
        (Kind::List(_), _) => return mismatch("a list"),
        (Kind::Map(of), Json::Object(members)) => {
            Value::Map(members.iter().map(|(key, value)| Ok((key.clone(), kind_from_json(of, value)?))).collect::<Result<_, String>>()?)
        }
        (Kind::Map(_), _) => return mismatch("a map"),
        (Kind::Object(nested), _) => from_json(&nested.table, json)?,
    })
}

fn describe(json: &Json) -> &'static str {
    match json {
        Json::Null => "null",
        Json::Bool(_) => "a boolean",
        Json::Number(_) => "a number",
        Json::String(_) => "a string",
        Json::Array(_) => "a list",
        Json::Object(_) => "an object",
    }
}
