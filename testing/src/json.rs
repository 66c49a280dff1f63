//! Objects and values as JSON keyed by attribute name, like `schema::json`, but in the `serde_json` of tests, which has macros and
//! numbers that are as exact.

use janiform::{
    schema::{Kind, Table, json},
    value::{self, Value},
};
use serde_json::Value as Json;

/// Converts a test's JSON to the provider's JSON.
pub fn ours(json: &Json) -> value::Json {
    value::Json::parse(json.to_string()).unwrap()
}

/// Converts the provider's JSON to a test's JSON.
pub fn theirs(json: &value::Json) -> Json {
    serde_json::from_str(&json.to_string()).unwrap()
}

/// The object of the table with these members.
///
/// # Errors
/// Why it is not an object of the table.
pub fn from_json(table: &Table, json: &Json) -> Result<Value, String> {
    json::from_json(table, &ours(json))
}

/// The value of this kind.
///
/// # Errors
/// Why it is not a value of this kind.
pub fn kind_from_json(kind: &Kind, json: &Json) -> Result<Value, String> {
    json::kind_from_json(kind, &ours(json))
}

/// A value of this kind.
pub fn kind_to_json(kind: &Kind, value: &Value) -> Json {
    theirs(&json::kind_to_json(kind, value))
}

/// An object of the table, by the names of its attributes.
pub fn to_json(table: &Table, value: &Value) -> Json {
    theirs(&json::to_json(table, value))
}
