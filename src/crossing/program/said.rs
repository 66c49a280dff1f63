//! Turns an object into a resource of a program, with references if the table declares them and the other object is in the
//! program, and with variables for secrets.

use super::{Expression, Language, Named, Program, Reference, Resource, Variable, is_public, named, with_needed};
use crate::{
    schema::{self, Attr, ID, Kind, Object, Table},
    value::{Json, Value},
};
use base64::{Engine as _, prelude::BASE64_STANDARD};

/// A secret that becomes a variable.
pub struct Secret {
    /// The variable.
    pub variable: Variable,
    /// Its value; for YAML in base64 where it would be taken for JSON. `None` if the object needs it and nobody shows it: then the
    /// user has to set it, for YAML in base64.
    pub value: Option<String>,
    /// The attribute that it sets.
    pub attr: &'static Attr,
}

/// The names of an object.
#[derive(Clone, Copy)]
pub struct Called<'a> {
    /// In the program.
    pub name: &'a str,
    /// For people.
    pub shown: &'a str,
}

/// An object to which no other one refers.
pub struct AtHand<'a> {
    /// Which resource.
    pub of: &'static schema::Resource,
    /// Its name for people; empty for the only one of its kind.
    pub shown: String,
    /// Its attributes.
    pub value: &'a Value,
}

/// The name of the only object of a kind.
const ONLY: &str = "main";

/// The program of these objects, and its secrets. Objects of one kind have to be next to each other.
pub fn said_by(objects: &[AtHand<'_>], project: &str, language: Language) -> (Program, Vec<Secret>) {
    let mut program = Program::new(project);
    let mut secrets = Vec::new();
    let mut kinds: Vec<_> = objects.iter().map(|object| object.of).collect();
    kinds.dedup_by(|one, other| std::ptr::eq(*one, *other));
    let modules: Vec<_> = kinds.iter().map(|kind| kind.name).collect();
    for kind in &kinds {
        let own: Vec<_> = objects.iter().filter(|object| std::ptr::eq(object.of, *kind)).collect();
        let shown = |at: usize| if own[at].shown.is_empty() { ONLY } else { own[at].shown.as_str() };
        let names = named(kind.name, &modules, |at| Named { id: shown(at), shown: shown(at) }, own.len());
        for (place, name) in names.into_iter().enumerate() {
            let called = Called { name: &name, shown: shown(place) };
            let (resource, hidden) = said(kind, called, own[place].value, language, &|_, _| None);
            program.resources.push(resource);
            program.variables.extend(hidden.iter().map(|secret| secret.variable.clone()));
            secrets.extend(hidden);
        }
    }
    (program, secrets)
}

/// The resource of an object. `name_of` returns the names of the objects that are in the program.
pub fn said(
    of: &'static schema::Resource,
    called: Called<'_>,
    inputs: &Value,
    language: Language,
    name_of: &dyn Fn(&str, &str) -> Option<String>,
) -> (Resource, Vec<Secret>) {
    let mut secrets = Secrets { language, kind: of.name, called, all: Vec::new() };
    let inputs = &with_needed(of, inputs);
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
    (Resource { inputs, ..Resource::new(of, called.name) }, secrets.all)
}

/// The secrets of an object.
struct Secrets<'a> {
    language: Language,
    kind: &'static str,
    called: Called<'a>,
    all: Vec<Secret>,
}

impl Secrets<'_> {
    fn said(&mut self, attr: &'static Attr, value: &Value, at: &str) -> Option<Expression> {
        match (&attr.kind, value) {
            // Nobody knows what the user will set.
            (_, Value::Unknown) if attr.secret => Some(match self.language {
                Language::Yaml => self.in_base64(attr, None, at),
                _ => self.variable(attr, None, at, ""),
            }),
            (_, Value::Null | Value::Unknown) => None,
            // Defaults, and attributes that no configuration can set, are not written.
            _ if !attr.configurable() || attr.default.is_some_and(|default| default.value() == *value) => None,
            _ if attr.secret && !value.as_str().is_some_and(is_public) => Some(self.hidden(attr, value, at)),
            (kind, value) if attr.holds_secret() && !attr.secret => Some(self.inside(attr, kind, value, at)),
            _ => Expression::of(attr, value),
        }
    }

    fn inside(&mut self, attr: &'static Attr, kind: &'static Kind, value: &Value, at: &str) -> Expression {
        match (kind, value) {
            (Kind::Object(nested), Value::Object(_)) => Expression::Object(self.fields(&nested.table, value, at)),
            (Kind::List(of), Value::List(items)) => {
                let each = items.iter().enumerate();
                Expression::List(each.map(|(place, item)| self.inside(attr, of, item, &format!("{at}_{place}"))).collect())
            }
            (Kind::Map(of), Value::Map(items)) => {
                let each = items.iter().enumerate();
                let each = each.map(|(place, (key, item))| (key.clone(), self.inside(attr, of, item, &format!("{at}_{place}"))));
                Expression::Map(each.collect())
            }
            _ => self.hidden(attr, value, at),
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

    /// Each text in the value becomes a variable.
    fn hidden(&mut self, attr: &'static Attr, value: &Value, at: &str) -> Expression {
        match value {
            Value::List(items) => {
                let each = items.iter().enumerate();
                Expression::List(each.map(|(place, item)| self.hidden(attr, item, &format!("{at}_{place}"))).collect())
            }
            Value::Map(items) => {
                let each = items.iter().enumerate();
                let each = each.map(|(place, (key, item))| (key.clone(), self.hidden(attr, item, &format!("{at}_{place}"))));
                Expression::Map(each.collect())
            }
            Value::String(text) if self.language == Language::Yaml && Json::parse(text).is_ok() => {
                self.in_base64(attr, Some(BASE64_STANDARD.encode(text)), at)
            }
            Value::String(text) => self.variable(attr, Some(text.clone()), at, ""),
            Value::Bool(flag) => Expression::Bool(*flag),
            Value::Number(number) => Expression::Number(number.clone()),
            _ => Expression::List(Vec::new()),
        }
    }

    /// A variable whose value is in base64, since Pulumi's runtime for YAML parses a text that is JSON.
    fn in_base64(&mut self, attr: &'static Attr, value: Option<String>, at: &str) -> Expression {
        match self.variable(attr, value, at, "_base64") {
            Expression::Variable(name) => Expression::Base64(name),
            other => other,
        }
    }

    fn variable(&mut self, attr: &'static Attr, value: Option<String>, at: &str, end: &str) -> Expression {
        let is_said = self.called.name.strip_prefix(self.kind).is_some_and(|rest| rest.starts_with('_'));
        let object = if is_said { self.called.name.to_owned() } else { format!("{}_{}", self.kind, self.called.name) };
        let name = format!("{at}_of_{object}{end}");
        let form = if end.is_empty() { "" } else { ", in base64" };
        let doc = format!("Secret `{at}` of the {} {}{form}.", self.kind, self.called.shown);
        let doc = crate::engine::one_line(&doc).into_owned();
        self.all.push(Secret { variable: Variable { name: name.clone(), doc, secret: true }, value, attr });
        Expression::Variable(name)
    }
}
