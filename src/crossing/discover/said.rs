//! What is said of an object becomes a resource of a program: references where the table declares them and the object is in the
//! program, variables for secrets.

use super::Found;
use crate::{
    crossing::program::{Expression, Language, Reference, Resource, Variable},
    schema::{self, Attr, ID, Kind, Object, Table},
    value::{Json, Value},
};
use base64::{Engine as _, prelude::BASE64_STANDARD};

/// A secret that becomes a variable, with its value.
pub(super) struct Secret {
    pub(super) variable: Variable,
    pub(super) value: String,
}

/// The resource. `name_of` knows the names of the objects that are in the program.
pub(super) fn resource(
    of: &'static schema::Resource,
    found: &Found,
    inputs: &Value,
    language: Language,
    name_of: &dyn Fn(&str, &str) -> Option<String>,
) -> (Resource, Vec<Secret>) {
    let mut secrets = Secrets { language, kind: of.name, name: &found.name, shown: &found.shown, all: Vec::new() };
    let refers = |attr: &Attr, value: &Value| {
        let to = attr.refers_to.filter(|to| to.attr == ID || to.attr == to.resource.key)?;
        let name = name_of(to.resource.name, value.as_str()?)?;
        Some(Expression::Reference(Reference { of: to.resource, name, attr: to.attr }))
    };
    let fields = Object::new(&of.table, inputs).iter().enumerate();
    let fields = fields.filter_map(|(place, (attr, value))| {
        let said = refers(attr, value).or_else(|| secrets.said(of.table.attr(place), value, attr.name))?;
        Some((of.table.attr(place), said))
    });
    let inputs = fields.collect();
    (Resource { of, name: found.name.clone(), inputs, protect: false, depends_on: Vec::new() }, secrets.all)
}

/// The secrets of an object.
struct Secrets<'a> {
    language: Language,
    kind: &'static str,
    name: &'a str,
    shown: &'a str,
    all: Vec<Secret>,
}

impl Secrets<'_> {
    fn said(&mut self, attr: &'static Attr, value: &Value, at: &str) -> Option<Expression> {
        match (&attr.kind, value) {
            (_, Value::Null | Value::Unknown) => None,
            _ if attr.secret => Some(self.hidden(value, at)),
            (kind, value) if attr.holds_secret() => Some(self.inside(kind, value, at)),
            _ => Expression::of(attr, value),
        }
    }

    fn inside(&mut self, kind: &'static Kind, value: &Value, at: &str) -> Expression {
        match (kind, value) {
            (Kind::Object(nested), Value::Object(_)) => Expression::Object(self.fields(&nested.table, value, at)),
            (Kind::List(of), Value::List(items)) => {
                Expression::List(items.iter().enumerate().map(|(place, item)| self.inside(of, item, &format!("{at}_{place}"))).collect())
            }
            (Kind::Map(of), Value::Map(items)) => {
                let each = items.iter().enumerate();
                Expression::Map(each.map(|(place, (key, item))| (key.clone(), self.inside(of, item, &format!("{at}_{place}")))).collect())
            }
            _ => self.hidden(value, at),
        }
    }

    fn fields(&mut self, table: &'static Table, object: &Value, at: &str) -> Vec<(&'static Attr, Expression)> {
        let fields = Object::new(table, object).iter().enumerate();
        fields
            .filter_map(|(place, (_, value))| {
                let attr = table.attr(place);
                Some((attr, self.said(attr, value, &format!("{at}_{}", attr.name))?))
            })
            .collect()
    }

    /// Each text in it is a variable.
    fn hidden(&mut self, value: &Value, at: &str) -> Expression {
        match value {
            Value::List(items) => {
                Expression::List(items.iter().enumerate().map(|(place, item)| self.hidden(item, &format!("{at}_{place}"))).collect())
            }
            Value::Map(items) => {
                let each = items.iter().enumerate();
                Expression::Map(each.map(|(place, (key, item))| (key.clone(), self.hidden(item, &format!("{at}_{place}")))).collect())
            }
            Value::String(text) => {
                let is_said = self.name.strip_prefix(self.kind).is_some_and(|rest| rest.starts_with('_'));
                let object = if is_said { self.name.to_owned() } else { format!("{}_{}", self.kind, self.name) };
                // Pulumi's runtime for YAML takes a text that is JSON for what it says.
                let is_hidden = self.language == Language::Yaml && Json::parse(text).is_ok();
                let name = format!("{at}_of_{object}{}", if is_hidden { "_base64" } else { "" });
                let doc = format!("Secret `{at}` of the {} {}.", self.kind, self.shown);
                let doc = crate::engine::one_line(&doc).into_owned();
                let value = if is_hidden { BASE64_STANDARD.encode(text) } else { text.clone() };
                self.all.push(Secret { variable: Variable { name: name.clone(), doc, secret: true }, value });
                if is_hidden { Expression::Base64(name) } else { Expression::Variable(name) }
            }
            Value::Bool(flag) => Expression::Bool(*flag),
            Value::Number(number) => Expression::Number(number.clone()),
            _ => Expression::List(Vec::new()),
        }
    }
}
