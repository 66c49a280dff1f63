//! A program that says what servers' files said. Secrets are given to it: it holds none.

use super::Made;
use crate::{
    crossing::program::{Expression, Named, Program, Resource, Variable, named},
    schema::{Attr, Kind, Object, Table},
    value::Value,
};

/// A program, and what is to be given to it.
pub struct Written {
    /// The program.
    pub program: Program,
    /// The secrets by the names of its variables.
    pub secrets: Vec<(String, String)>,
}

/// The program of these objects.
pub fn program(made: &[Made], project: &str) -> Written {
    let mut written =
        Written { program: Program { project: project.to_owned(), resources: Vec::new(), variables: Vec::new() }, secrets: Vec::new() };
    let mut kinds: Vec<_> = made.iter().map(|made| made.resource).collect();
    kinds.dedup_by(|one, other| std::ptr::eq(*one, *other));
    let modules: Vec<_> = kinds.iter().map(|kind| kind.name).collect();
    for kind in &kinds {
        let objects: Vec<_> = made.iter().filter(|made| std::ptr::eq(made.resource, *kind)).collect();
        let shown: Vec<_> = objects.iter().map(|made| shown(made)).collect();
        let name = |at: usize| Named { id: &shown[at], shown: &shown[at] };
        for (made, name) in objects.iter().zip(named(kind.name, &modules, name, objects.len())) {
            let prefix = if objects.len() == 1 && kind.key == "project_id" { String::new() } else { format!("{name}_") };
            let inputs = said(&kind.table, &made.value, &prefix, &mut written);
            written.program.resources.push(Resource { of: kind, name, inputs, protect: false, depends_on: Vec::new() });
        }
    }
    written
}

/// What people call it.
fn shown(made: &Made) -> String {
    let object = Object::new(&made.resource.table, &made.value);
    let text = |names: &[&str]| names.iter().filter_map(|name| object.str(name)).collect::<Vec<_>>().join("_");
    let host = object
        .str("url")
        .and_then(|url| url::Url::parse(url).ok())
        .map(|url| format!("_{}{}", url.host_str().unwrap_or_default(), url.path()));
    match text(&["flow", "timing", "auth_method"]) {
        flow if !flow.is_empty() => flow + &host.unwrap_or_default(),
        _ => match text(&["provider_id", "template_type", "schema_id"]) {
            name if name.is_empty() => "main".to_owned(),
            name => name,
        },
    }
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
                        (key.clone(), Expression::Object(said(&nested.table, item, &format!("{name}_{}_", word(key)), written)))
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
                .filter_map(|(key, item)| Some((key.clone(), given(&format!("{name}_{}", word(key)), of, item, doc, written)?)));
            Some(Expression::Map(items.collect()))
        }
        _ => None,
    }
}

/// A key as a part of a variable's name.
fn word(key: &str) -> String {
    crate::crossing::program::identifier(key)
}
