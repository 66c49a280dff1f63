//! The form of an object for rules and backends: each value under the attribute's own name, and no empty texts that mean "not set".
//!
//! Owns aliases and empty texts. Tools keep what the user wrote; this form contains what it means, and answers are converted back
//! to the names that the user uses. Pure.

use crate::{
    schema::{Kind, Object, Table},
    value::Value,
};
use std::borrow::Cow;

/// The object in the form for rules and backends.
pub(crate) fn canonical<'a>(table: &Table, object: &'a Value) -> Cow<'a, Value> {
    match by_place(table, object) {
        Cow::Borrowed(object) => without_empty_texts(table, object),
        Cow::Owned(object) => Cow::Owned(without_empty_texts(table, &object).into_owned()),
    }
}

/// The object with each value under the attribute's own name instead of an alias.
pub(super) fn by_place<'a>(table: &Table, object: &'a Value) -> Cow<'a, Value> {
    let fields = object.fields();
    if !table.aliases().any(|(alias, _)| fields.get(alias).is_some_and(|value| !value.is_null())) {
        return Cow::Borrowed(object);
    }
    let mut fields = fields.to_vec();
    for (alias, of) in table.aliases().filter(|(alias, _)| !fields[*alias].is_null()).collect::<Vec<_>>() {
        fields[of] = std::mem::take(&mut fields[alias]);
    }
    Cow::Owned(Value::Object(fields))
}

/// The reverse: each value under the name that `user` uses.
pub(super) fn by_name_in(table: &Table, user: &Value, object: Value) -> Value {
    let Value::Object(mut fields) = object else { return object };
    for (alias, of) in table.aliases().filter(|(alias, _)| user.fields().get(*alias).is_some_and(|value| !value.is_null())) {
        fields[alias] = std::mem::take(&mut fields[of]);
    }
    Value::Object(fields)
}

/// The name that `user` uses for this attribute.
pub(super) fn name_in(table: &Table, user: &Value, name: &'static str) -> &'static str {
    let is_used =
        |(alias, of): &(usize, usize)| table.attr(*of).name == name && user.fields().get(*alias).is_some_and(|value| !value.is_null());
    table.aliases().find(is_used).map_or(name, |(alias, _)| table.attr(alias).name)
}

/// The object without empty texts that mean "not set", at any depth.
fn without_empty_texts<'a>(table: &Table, object: &'a Value) -> Cow<'a, Value> {
    if has_empty_text(table, object) { Cow::Owned(stripped(table, object)) } else { Cow::Borrowed(object) }
}

fn has_empty_text(table: &Table, object: &Value) -> bool {
    fn inside(kind: &Kind, value: &Value) -> bool {
        match (kind, value) {
            (Kind::Object(nested), value) => has_empty_text(&nested.table, value),
            (Kind::List(of), Value::List(items)) => items.iter().any(|item| inside(of, item)),
            (Kind::Map(of), Value::Map(items)) => items.values().any(|item| inside(of, item)),
            _ => false,
        }
    }
    Object::new(table, object).iter().any(|(attr, value)| match value {
        Value::String(text) => text.is_empty() && attr.is_empty_text(value),
        value => inside(&attr.kind, value),
    })
}

fn stripped(table: &Table, object: &Value) -> Value {
    fn inside(kind: &Kind, value: &Value) -> Value {
        match (kind, value) {
            (Kind::Object(nested), value) => stripped(&nested.table, value),
            (Kind::List(of), Value::List(items)) => Value::List(items.iter().map(|item| inside(of, item)).collect()),
            (Kind::Map(of), Value::Map(items)) => Value::Map(items.iter().map(|(key, item)| (key.clone(), inside(of, item))).collect()),
            (_, other) => other.clone(),
        }
    }
    match object {
        Value::Object(_) => {
            let fields = Object::new(table, object).iter();
            Value::Object(
                fields.map(|(attr, value)| if attr.is_empty_text(value) { Value::Null } else { inside(&attr.kind, value) }).collect(),
            )
        }
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{Nested, int, integer, list, objects, string};

    fn texts(texts: &[&str]) -> Value {
        Value::List(texts.iter().map(|text| Value::text(*text)).collect())
    }

    #[test]
    fn empty_texts_that_say_nothing_are_left_out_at_any_depth() {
        static INNER: Nested = Nested { name: "Inner", table: Table::new(&[&[string("a", "-"), string("b", "-").empty_counts()]]) };
        static KIND: Kind = Kind::Object(&INNER);
        static TABLE: Table = Table::new(&[&[string("top", "-"), objects("many", "-", &KIND), list("texts", "-")]]);
        let empty = || Value::text("");
        let object = |top: Value, a: Value| Value::Object(vec![top, Value::List(vec![Value::Object(vec![a, empty()])]), texts(&[""])]);
        assert_eq!(*without_empty_texts(&TABLE, &object(empty(), empty())), object(Value::Null, Value::Null));
        let whole = object("x".into(), "y".into());
        assert!(matches!(without_empty_texts(&TABLE, &whole), Cow::Borrowed(same) if *same == whole));
    }

    #[test]
    fn one_place_has_one_name_until_it_is_shown() {
        static TABLE: Table = Table::new(&[&[
            string("new", "-").or_server(),
            string("old", "-").alias_of("new"),
            integer("n", "-").default(int(1)),
            integer("m", "-").alias_of("n"),
        ]]);
        let object = |fields: [&str; 4]| Value::Object(fields.map(|text| if text.is_empty() { Value::Null } else { text.into() }).into());
        let user = object(["", "a", "1", ""]);
        assert_eq!(*by_place(&TABLE, &user), object(["a", "", "1", ""]));
        assert_eq!(by_name_in(&TABLE, &user, object(["b", "", "2", ""])), object(["", "b", "2", ""]));
        assert_eq!((name_in(&TABLE, &user, "new"), name_in(&TABLE, &user, "n")), ("old", "n"));
        // Without an alias in use and an empty text, nothing is copied.
        let own = object(["a", "", "1", ""]);
        assert!(matches!(by_place(&TABLE, &own), Cow::Borrowed(_)));
        assert_eq!(by_name_in(&TABLE, &own, own.clone()), own);
        // If the server has no value, it is null under either name.
        assert_eq!(by_name_in(&TABLE, &user, object(["", "", "1", ""])), object(["", "", "1", ""]));
    }
}
