//! A program that says what objects at hand say. Secrets are given to it: it holds none.

use super::{Expression, Named, Program, Resource, Variable, identifier, named};
use crate::{
    schema::{self, Attr, Kind, Object, Table},
    value::Value,
};

/// A program, and what is to be given to it.
pub struct Written {
    /// The program.
    pub program: Program,
    /// The secrets by the names of its variables.
    pub secrets: Vec<(String, String)>,
}

/// An object at hand.
pub struct AtHand<'a> {
    /// Which resource.
    pub of: &'static schema::Resource,
    /// What people call it; empty for the only one of its kind.
    pub shown: String,
    /// Its attributes.
    pub value: &'a Value,
}

/// What the only object of a kind is called.
const ONLY: &str = "main";

/// The program of these objects, of which those of one kind stand together.
pub fn said_by(objects: &[AtHand<'_>], project: &str) -> Written {
    let program = Program { project: project.to_owned(), resources: Vec::new(), variables: Vec::new() };
    let mut written = Written { program, secrets: Vec::new() };
    let mut kinds: Vec<_> = objects.iter().map(|object| object.of).collect();
    kinds.dedup_by(|one, other| std::ptr::eq(*one, *other));
    let modules: Vec<_> = kinds.iter().map(|kind| kind.name).collect();
    for kind in &kinds {
        let own: Vec<_> = objects.iter().filter(|object| std::ptr::eq(object.of, *kind)).collect();
        let shown = |at: usize| if own[at].shown.is_empty() { ONLY } else { own[at].shown.as_str() };
        let names = named(kind.name, &modules, |at| Named { id: shown(at), shown: shown(at) }, own.len());
        for (object, name) in own.iter().zip(names) {
            let prefix = if object.shown.is_empty() { String::new() } else { format!("{name}_") };
            let inputs = said(&kind.table, object.value, &prefix, &mut written);
            written.program.resources.push(Resource { of: kind, name, inputs, protect: false, depends_on: Vec::new() });
        }
    }
    written
}

/// The attributes that are set and say more than what is so anyway.
fn said(table: &'static Table, object: &Value, prefix: &str, written: &mut Written) -> Vec<(&'static Attr, Expression)> {
    let set = Object::new(table, object).iter().enumerate().filter(|(_, (attr, value))| {
        let is_default = attr.default.is_some_and(|default| default.value() == **value);
        attr.configurable() && !value.is_null() && !is_default
    });
    let said = set.filter_map(|(place, (attr, value))| {
        let attr_of = table.attr(place);
        let name = format!("{prefix}{}", attr.name);
        let value = match (&attr_of.kind, value) {
            (_, value) if attr.secret => given(&name, &attr_of.kind, value, attr.doc, written),
            (Kind::Object(nested), value) => Some(Expression::Object(said(&nested.table, value, &format!("{name}_"), written))),
            (Kind::List(Kind::Object(nested)), Value::List(items)) => Some(Expression::List(
                items
                    .iter()
                    .enumerate()
                    .map(|(at, item)| Expression::Object(said(&nested.table, item, &format!("{name}_{at}_"), written)))
                    .collect(),
            )),
            (Kind::Map(Kind::Object(nested)), Value::Map(items)) => Some(Expression::Map(
                items
                    .iter()
                    .map(|(key, item)| {
                        (key.clone(), Expression::Object(said(&nested.table, item, &format!("{name}_{}_", identifier(key)), written)))
                    })
                    .collect(),
            )),
            (_, value) => Expression::of(attr_of, value),
        };
        value.map(|value| (attr_of, value))
    });
    said.collect()
}

/// Variables in the place of secrets.
fn given(name: &str, kind: &Kind, value: &Value, doc: &str, written: &mut Written) -> Option<Expression> {
    match (kind, value) {
        (_, Value::String(text)) => {
            written.program.variables.push(Variable {
                name: name.to_owned(),
                doc: doc.lines().next().unwrap_or_default().to_owned(),
                secret: true,
            });
            written.secrets.push((name.to_owned(), text.clone()));
            Some(Expression::Variable(name.to_owned()))
        }
        (Kind::List(of), Value::List(items)) => {
            let items = items.iter().enumerate().filter_map(|(at, item)| given(&format!("{name}_{}", at + 1), of, item, doc, written));
            Some(Expression::List(items.collect()))
        }
        (Kind::Map(of), Value::Map(items)) => {
            let items = items
                .iter()
                .filter_map(|(key, item)| Some((key.clone(), given(&format!("{name}_{}", identifier(key)), of, item, doc, written)?)));
            Some(Expression::Map(items.collect()))
        }
        _ => None,
    }
}
