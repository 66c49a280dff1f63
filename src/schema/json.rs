//! Objects as JSON keyed by attribute name: how tools store state.
//!
//! Not an API's JSON; that is mapped attribute by attribute in `rest`.

use super::{BlockSchema, Kind, Table};
use crate::value::{Json, Number, ParseError, Reader, Value};

/// Why a text cannot be read as an object; never its content.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// It is not JSON.
    #[error("cannot be read: {0}")]
    Parse(#[from] ParseError),
    /// It does not fit the table.
    #[error("is not as expected: {0}")]
    Shape(String),
}

/// An object as a tool has stored it.
#[derive(Clone, Debug, PartialEq)]
pub struct Stored {
    /// The text of its member `id`, if it has one and the table does not.
    pub id: Option<String>,
    /// The object; null for null.
    pub value: Value,
}

/// The object in a text, with the same result as [`Json::parse`] and [`from_json`]; members that the table lacks are
/// skipped.
///
/// # Errors
/// They name the attribute and what was found, never the content.
pub fn read(block: &BlockSchema, text: &[u8]) -> Result<Stored, ReadError> {
    let mut reader = Reader::new(text)?;
    // Most of a stored object is null: this reader builds nothing for that.
    if let Some(stored) = stored(block, &mut reader)
        && reader.is_at_end()
    {
        return Ok(stored);
    }
    // The general functions report what is wrong.
    let json = Json::parse(text)?;
    let value = from_json(block.table, &json).map_err(ReadError::Shape)?;
    let id = json.get("id").filter(|_| block.table.index("id").is_none());
    Ok(Stored { id: id.and_then(Json::as_str).map(str::to_owned), value })
}

fn stored(block: &BlockSchema, reader: &mut Reader<'_>) -> Option<Stored> {
    let mut id = None;
    let mut fields = block.table.unset();
    // Tools write the names in order.
    let mut next = 0;
    reader.members(|reader, name| {
        match block.field(name.as_bytes(), &mut next).and_then(|field| Some((field.attr?, field.index))) {
            Some((attr, index)) => fields[index] = read_kind(&attr.kind, reader)?,
            None if name == "id" => id = reader.value()?.as_str().map(str::to_owned),
            None => drop(reader.skip()?),
        }
        Some(())
    })?;
    Some(Stored { id, value: Value::Object(fields) })
}

/// The next value, with the same result as [`kind_from_json`]; without a tree for lists and objects, of which there may be many
/// thousands.
fn read_kind(kind: &Kind, reader: &mut Reader<'_>) -> Option<Value> {
    match kind {
        Kind::List(of) if reader.begins(b'[') => {
            let mut items = Vec::new();
            reader.items(|reader| {
                items.push(read_kind(of, reader)?);
                Some(())
            })?;
            Some(Value::List(items))
        }
        Kind::Object(nested) if reader.begins(b'{') => {
            let table = &nested.table;
            let mut fields = table.unset();
            reader.members(|reader, name| {
                match table.index(&name) {
                    Some(place) => fields[place] = read_kind(&table.attr(place).kind, reader)?,
                    None => drop(reader.skip()?),
                }
                Some(())
            })?;
            Some(Value::Object(fields))
        }
        kind => kind_of_json(kind, reader.value()?).ok(),
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
        (Kind::Map(of), Value::Map(map)) => Json::Object(map.iter().map(|(key, value)| (key.clone(), kind_to_json(of, value))).collect()),
        (_, Value::Bool(flag)) => Json::Bool(*flag),
        (_, Value::Number(number)) => Json::Number(number.clone()),
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
        (Kind::Number | Kind::Integer, Json::Number(number)) => match Number::parse(number.as_str()) {
            Ok(number) => Value::Number(number),
            Err(_) => return mismatch("a number"),
        },
        (Kind::Number | Kind::Integer, Json::String(text)) => match Number::parse(text) {
            Ok(number) => Value::Number(number),
            Err(_) => return mismatch("a number"),
        },
        (Kind::Number | Kind::Integer, _) => return mismatch("a number"),
        (Kind::String, Json::String(text)) => Value::String(text.clone()),
        (Kind::String, Json::Bool(flag)) => Value::String(flag.to_string()),
        (Kind::String, Json::Number(number)) => Value::String(number.as_str().to_owned()),
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

/// The same for an owned value, whose texts are moved instead of copied.
pub fn kind_of_json(kind: &Kind, json: Json) -> Result<Value, String> {
    match (kind, json) {
        (_, Json::Null) => Ok(Value::Null),
        (Kind::String, Json::String(text)) => Ok(Value::String(text)),
        (Kind::List(of), Json::Array(items)) => {
            items.into_iter().map(|item| kind_of_json(of, item)).collect::<Result<_, _>>().map(Value::List)
        }
        (kind, json) => kind_from_json(kind, &json),
    }
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
