//! Objects as JSON keyed by attribute name: how tools store state.
//!
//! Not an API's JSON; that is mapped attribute by attribute in `rest`.

use super::{Kind, Surface, Table};
use crate::value::{Number, Value};
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, Error as _, IgnoredAny, MapAccess, Visitor},
};
use serde_json::{Map, Value as Json};
use std::{borrow::Cow, fmt};

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

/// Why a text is not read as an object; never its content.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// It is no JSON.
    #[error("cannot be read: {0}")]
    Parse(#[from] ParseError),
    /// It does not fit the table.
    #[error("is not as expected: {0}")]
    Shape(String),
}

/// What a tool stored of an object.
#[derive(Clone, Debug, PartialEq)]
pub struct Stored {
    /// The text in its member `id`, if it has one and that is not the table's.
    pub id: Option<String>,
    /// The object; null for null.
    pub value: Value,
}

/// JSON from outside: neither deep nesting nor a great many values exhaust this process.
pub fn parse(text: &[u8]) -> Result<Json, ParseError> {
    check_size(text)?;
    serde_json::from_slice(text).map_err(|_| ParseError::Malformed)
}

fn check_size(text: &[u8]) -> Result<(), ParseError> {
    // Every value but the first comes after one of these. Those inside of texts count too: nobody writes so many.
    if text.len() > MOST_VALUES && text.iter().filter(|byte| matches!(byte, b',' | b':' | b'[' | b'{')).count() > MOST_VALUES {
        return Err(ParseError::TooMany);
    }
    Ok(())
}

/// The object in a text, as [`parse`] and [`from_json`] would have it; of members that the table lacks only where
/// they end is looked at.
///
/// # Errors
/// They name the attribute and what was found, never the content.
pub fn read(surface: &Surface, text: &[u8]) -> Result<Stored, ReadError> {
    check_size(text)?;
    // Most of a stored object is null: read so, nothing is built of that.
    let mut reader = serde_json::Deserializer::from_slice(text);
    let direct = StoredAs(surface).deserialize(&mut reader);
    if let Ok(stored) = direct.and_then(|stored| reader.end().map(|()| stored)) {
        return Ok(stored);
    }
    // What is wrong is told by those that take anything.
    let json = parse(text)?;
    let value = from_json(surface.table, &json).map_err(ReadError::Shape)?;
    let id = json.get("id").filter(|_| surface.table.index("id").is_none());
    Ok(Stored { id: id.and_then(Json::as_str).map(str::to_owned), value })
}

struct StoredAs<'a>(&'a Surface);

impl<'de> DeserializeSeed<'de> for StoredAs<'_> {
    type Value = Stored;

    fn deserialize<D: Deserializer<'de>>(self, text: D) -> Result<Stored, D::Error> {
        text.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for StoredAs<'_> {
    type Value = Stored;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Stored, A::Error> {
        #[derive(Deserialize)]
        struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

        let StoredAs(surface) = self;
        let mut id = None;
        let mut fields = vec![Value::Null; surface.table.len()];
        // Tools write the names in order.
        let mut next = 0;
        while let Some(Name(name)) = members.next_key()? {
            match surface.field(name.as_bytes(), &mut next).and_then(|field| Some((field.attr?, field.index))) {
                Some((attr, index)) => fields[index] = kind_from_json(&attr.kind, &members.next_value()?).map_err(A::Error::custom)?,
                None if name == "id" => {
                    let given: Json = members.next_value()?;
                    id = given.as_str().map(str::to_owned);
                }
                None => {
                    members.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(Stored { id, value: Value::Object(fields) })
    }
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
