//! Secrets that a configuration needs although no server shows them, such as the key of a webhook.
//!
//! Owns how they are found: by the attributes that a table requires, and by the rules of the resource. There is no list of names.

use crate::{
    schema::{Attr, Kind, Object, Presence, Resource, Rule, Table},
    value::Value,
};
use std::borrow::Cow;

/// The value with which a rule is tried. It is never written anywhere.
const STAND_IN: &str = "stand-in";

/// The configuration in which each secret that has to be set, and is not, is an unknown value.
pub fn with_needed(of: &'static Resource, inputs: &Value) -> Value {
    Value::Object(with_needed_in(&of.table, of.rules, inputs))
}

/// The same for an object at any depth, with the rules that it has.
fn with_needed_in(table: &'static Table, rules: &[Rule], object: &Value) -> Vec<Value> {
    let fields = Object::new(table, object).iter().enumerate();
    let fields: Vec<_> = fields
        .map(|(place, (_, value))| {
            let attr = table.attr(place);
            match value {
                Value::Null if attr.presence == Presence::Required && is_text(attr) => Value::Unknown,
                value if attr.holds_secret() => inside(&attr.kind, value),
                value => value.clone(),
            }
        })
        .collect();
    if !table.attrs().any(is_text) {
        return fields;
    }
    let object = Value::Object(fields);
    let needed: Vec<_> = rules.iter().flat_map(|rule| by_rule(table, &object, rule)).collect();
    let mut fields = object.fields().to_vec();
    needed.into_iter().for_each(|place| fields[place] = Value::Unknown);
    fields
}

/// The secrets without which this rule refuses the object, and with which it does not.
fn by_rule(table: &'static Table, object: &Value, rule: &Rule) -> Vec<usize> {
    let mut tried = Cow::Borrowed(object);
    let mut places = Vec::new();
    while let Some(problem) = rule.run(Object::new(table, &tried)).filter(|problem| problem.refused) {
        let place = table.index(problem.at).filter(|place| is_text(table.attr(*place)));
        match (place, tried.to_mut()) {
            (Some(place), Value::Object(fields)) if fields.get(place).is_some_and(Value::is_null) => {
                fields[place] = Value::text(STAND_IN);
                places.push(place);
            }
            // Something else is wrong as well: a secret would not make it valid.
            _ => return Vec::new(),
        }
    }
    places
}

fn is_text(attr: &Attr) -> bool {
    attr.secret && attr.configurable() && !attr.write_only && matches!(attr.kind, Kind::String)
}

fn inside(kind: &'static Kind, value: &Value) -> Value {
    match (kind, value) {
        (Kind::Object(nested), Value::Object(_)) => Value::Object(with_needed_in(&nested.table, nested.table.rules, value)),
        (Kind::List(of), Value::List(items)) => Value::List(items.iter().map(|item| inside(of, item)).collect()),
        (Kind::Map(of), Value::Map(items)) => Value::Map(items.iter().map(|(key, item)| (key.clone(), inside(of, item))).collect()),
        (_, value) => value.clone(),
    }
}
