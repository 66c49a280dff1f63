//! Objects and values as JSON keyed by attribute name, as `schema::json` has them, in the JSON that tests are written
//! in: that has macros, and numbers that are as exact.

use janiform::{
    schema::{Kind, Table, json},
    value::{self, Value},
};
use serde_json::Value as Json;

/// The provider's JSON for that of a test.
pub fn ours(json: &Json) -> value::Json {
    value::Json::parse(json.to_string()).unwrap()
}

/// A test's JSON for that of the provider.
pub fn theirs(json: &value::Json) -> Json {
    serde_json::from_str(&json.to_string()).unwrap()
}

pub fn from_json(table: &Table, json: &Json) -> Result<Value, String> {
    json::from_json(table, &ours(json))
}

pub fn kind_from_json(kind: &Kind, json: &Json) -> Result<Value, String> {
    json::kind_from_json(kind, &ours(json))
}

pub fn kind_to_json(kind: &Kind, value: &Value) -> Json {
    theirs(&json::kind_to_json(kind, value))
}

pub fn to_json(table: &Table, value: &Value) -> Json {
    theirs(&json::to_json(table, value))
}
