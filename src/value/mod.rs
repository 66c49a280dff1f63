//! The shared vocabulary: [`Value`], [`Number`], [`Path`] and [`Json`].
//!
//! Owns how a configuration, a plan, a state and an API answer are held in memory. Does not know
//! schemas, protocols or servers; the meaning of a value is in the table that it belongs to.

pub mod der;
pub mod duration;
pub mod instant;
mod json;
mod number;
mod outline;
mod path;

pub use json::{Json, MOST_VALUES, ParseError, Reader, Steps};
pub use number::{Number, NumberError};
pub use outline::Outline;
pub use path::{Path, Step};

use std::{collections::BTreeMap, fmt};

/// A value at any stage of its life: configured, planned, stored or observed.
///
/// There is no variant for secrets: Terraform's secrecy is in the schema, Pulumi's is a set of paths
/// that only its frontend carries. `Debug` shows the shape and never the content.
#[derive(Clone, Default, PartialEq)]
pub enum Value {
    /// Not set.
    #[default]
    Null,
    /// Will be known after apply.
    Unknown,
    /// A truth value.
    Bool(bool),
    /// A decimal number of any size.
    Number(Number),
    /// Text.
    String(String),
    /// Elements in order.
    List(Vec<Value>),
    /// Values by key; keys are the user's, not a table's.
    Map(BTreeMap<String, Value>),
    /// The attributes of a table, in the table's order and of its length.
    Object(Vec<Value>),
}

impl Value {
    /// Text as a value.
    pub fn text(text: impl Into<String>) -> Value {
        Value::String(text.into())
    }

    /// True for [`Value::Null`].
    pub fn is_null(&self) -> bool {
        matches!(self, Value::Null)
    }

    /// True for [`Value::Unknown`] itself; see [`Value::has_unknown`] for the inside.
    pub fn is_unknown(&self) -> bool {
        matches!(self, Value::Unknown)
    }

    /// True if this value or anything inside it is unknown.
    pub fn has_unknown(&self) -> bool {
        match self {
            Value::Unknown => true,
            Value::List(items) | Value::Object(items) => items.iter().any(Value::has_unknown),
            Value::Map(map) => map.values().any(Value::has_unknown),
            _ => false,
        }
    }

    /// Whether it is one of the forms that many JSON APIs treat alike: null, `""`, `[]`, `{}`.
    pub fn is_empty(&self) -> bool {
        match self {
            Value::Null => true,
            Value::String(text) => text.is_empty(),
            Value::List(items) => items.is_empty(),
            Value::Map(map) => map.is_empty(),
            Value::Object(items) => items.iter().all(Value::is_empty),
            _ => false,
        }
    }

    /// The text of a string.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// The truth value of a bool.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Value::Bool(flag) => Some(*flag),
            _ => None,
        }
    }

    /// The integer of a number that is one and fits.
    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Value::Number(number) => number.as_i64(),
            _ => None,
        }
    }

    /// The elements of a list.
    pub fn as_list(&self) -> Option<&[Value]> {
        match self {
            Value::List(items) => Some(items),
            _ => None,
        }
    }

    /// The fields of an object, in table order; empty for any other value.
    pub fn fields(&self) -> &[Value] {
        match self {
            Value::Object(fields) => fields,
            _ => &[],
        }
    }

    /// The kind of this value, for error messages.
    pub fn kind(&self) -> &'static str {
        match self {
            Value::Null => "null",
            Value::Unknown => "unknown",
            Value::Bool(_) => "a boolean",
            Value::Number(_) => "a number",
            Value::String(_) => "a string",
            Value::List(_) => "a list",
            Value::Map(_) => "a map",
            Value::Object(_) => "an object",
        }
    }
}

/// Two lists without the elements that are equal at the start and at the end of both.
pub fn differing<'a>(left: &'a [Value], right: &'a [Value]) -> (&'a [Value], &'a [Value]) {
    let start = left.iter().zip(right).take_while(|(left, right)| left == right).count();
    let (left, right) = (&left[start..], &right[start..]);
    let end = left.iter().rev().zip(right.iter().rev()).take_while(|(left, right)| left == right).count();
    (&left[..left.len() - end], &right[..right.len() - end])
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Null => f.write_str("null"),
            Value::Unknown => f.write_str("unknown"),
            Value::Bool(_) => f.write_str("bool"),
            Value::Number(_) => f.write_str("number"),
            Value::String(text) => write!(f, "string({})", text.len()),
            Value::List(items) => f.debug_list().entries(items).finish(),
            Value::Map(map) => write!(f, "map({})", map.len()),
            Value::Object(fields) => f.debug_tuple("object").field(fields).finish(),
        }
    }
}

impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Value::Bool(flag)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Value::String(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Value::String(text)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Value::Number(Number::from(number))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_the_shape_and_never_the_content() {
        let value = Value::List(vec![Value::text("hunter22"), Value::from(4711), Value::from(true)]);
        assert_eq!(format!("{value:?}"), "[string(8), number, bool]");
    }

    #[test]
    fn an_unknown_is_found_at_any_depth() {
        let deep = Value::Object(vec![Value::List(vec![Value::Map([("k".to_owned(), Value::Unknown)].into())])]);
        assert!(deep.has_unknown());
        assert!(!Value::List(vec![Value::Null]).has_unknown());
    }
}
