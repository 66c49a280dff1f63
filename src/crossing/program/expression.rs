//! Expressions in programs: a value, JSON that is encoded from a value, a reference or a variable.

use super::{Uses, words::is_plain};
use crate::{
    schema::{self, Attr, Codec, JSON, Kind, Object},
    value::{Json, Number, Path, Step, Value},
};
use std::collections::BTreeSet;

/// The value of an attribute in a program.
#[derive(Clone)]
pub enum Expression {
    /// A truth value.
    Bool(bool),
    /// A number.
    Number(Number),
    /// Text.
    Text(String),
    /// A text: this value, encoded as JSON.
    Json(Json),
    /// Elements in order.
    List(Vec<Expression>),
    /// Values by key.
    Map(Vec<(String, Expression)>),
    /// The attributes of a nested object that are set.
    Object(Vec<(&'static Attr, Expression)>),
    /// An attribute of another resource.
    Reference(Reference),
    /// An input of the program.
    Variable(String),
    /// The same in base64, for languages that parse a text which looks like JSON.
    Base64(String),
}

/// An attribute of another resource of the program.
#[derive(Clone)]
pub struct Reference {
    /// The resource's kind.
    pub of: &'static schema::Resource,
    /// The resource's name.
    pub name: String,
    /// The attribute; the id's name for its id.
    pub attr: &'static str,
}

impl Reference {
    /// Whether the attribute is secret.
    pub(super) fn is_secret(&self) -> bool {
        self.of.table.index(self.attr).is_some_and(|place| self.of.table.attr(place).secret)
    }
}

impl Expression {
    /// The expression with which the attribute has this value; `None` if it is null or unknown.
    pub fn of(attr: &'static Attr, value: &Value) -> Option<Expression> {
        let is_json = attr.codec == Codec::Json || attr.equality.name == JSON.name;
        match (is_json, value) {
            (true, Value::String(text)) => Some(json(text).unwrap_or_else(|| Expression::Text(text.clone()))),
            _ => Expression::of_kind(&attr.kind, value),
        }
    }

    fn of_kind(kind: &'static Kind, value: &Value) -> Option<Expression> {
        Some(match (kind, value) {
            (_, Value::Null | Value::Unknown) => return None,
            (_, Value::Bool(flag)) => Expression::Bool(*flag),
            (_, Value::Number(number)) => Expression::Number(number.clone()),
            (_, Value::String(text)) => Expression::Text(text.clone()),
            (Kind::List(of), Value::List(items)) => {
                Expression::List(items.iter().filter_map(|item| Expression::of_kind(of, item)).collect())
            }
            (Kind::Map(of), Value::Map(items)) => {
                Expression::Map(items.iter().filter_map(|(key, item)| Some((key.clone(), Expression::of_kind(of, item)?))).collect())
            }
            (Kind::Object(nested), Value::Object(_)) => Expression::Object(Expression::of_object(&nested.table, value)),
            _ => return None,
        })
    }

    /// The attributes of an object that are set.
    pub fn of_object(table: &'static schema::Table, object: &Value) -> Vec<(&'static Attr, Expression)> {
        let fields = Object::new(table, object).iter().enumerate();
        fields.filter_map(|(place, (_, value))| Expression::of(table.attr(place), value).map(|said| (table.attr(place), said))).collect()
    }

    /// Every expression in it, itself first.
    pub(super) fn walk<'a>(&'a self, see: &mut dyn FnMut(&'a Expression)) {
        see(self);
        match self {
            Expression::List(items) => items.iter().for_each(|item| item.walk(see)),
            Expression::Map(items) => items.iter().for_each(|(_, item)| item.walk(see)),
            Expression::Object(items) => items.iter().for_each(|(_, item)| item.walk(see)),
            _ => {}
        }
    }

    /// Adds the places in it whose values are secret: variables, and secrets of other resources.
    pub(super) fn secrets(&self, at: Path, found: &mut BTreeSet<Path>) {
        match self {
            Expression::Variable(_) | Expression::Base64(_) => drop(found.insert(at)),
            Expression::Reference(of) if of.is_secret() => drop(found.insert(at)),
            Expression::List(items) => {
                items.iter().enumerate().for_each(|(place, item)| item.secrets(at.then(Step::Index(place)), found));
            }
            Expression::Map(items) => items.iter().for_each(|(key, item)| item.secrets(at.then(Step::Key(key.clone())), found)),
            Expression::Object(items) => items.iter().for_each(|(attr, item)| item.secrets(at.then(Step::Attr(attr.name)), found)),
            _ => {}
        }
    }

    /// Adds what it uses, in a file of this kind.
    pub(super) fn tell(&self, kind: &str, uses: &mut Uses) {
        self.walk(&mut |part| match part {
            Expression::Json(_) => uses.json = true,
            Expression::Variable(_) | Expression::Base64(_) => uses.variables = true,
            Expression::Reference(reference) if reference.of.name != kind => drop(uses.kinds.insert(reference.of.name)),
            _ => {}
        });
    }
}

/// JSON that every language can encode from a value of its own without a change.
fn json(text: &str) -> Option<Expression> {
    let json = Json::parse(text).ok()?;
    (json.is_object() || json.is_array()).then_some(())?;
    is_kept(&json).then_some(Expression::Json(json))
}

/// Whether no language changes it: numbers are doubles in some languages, `__proto__` cannot be a member in others, and hidden
/// characters are written as escapes.
fn is_kept(json: &Json) -> bool {
    match json {
        Json::Number(number) => match number.as_i64() {
            Some(whole) => whole.unsigned_abs() <= 1 << 53 && number.as_str().bytes().all(|byte| byte.is_ascii_digit() || byte == b'-'),
            None => Number::from_f64(number.to_f64()).is_some_and(|double| double == *number && double.as_str().len() < 24),
        },
        Json::Array(items) => items.iter().all(is_kept),
        Json::Object(members) => {
            members.iter().all(|(name, member)| name != "__proto__" && !name.starts_with("fn::") && is_plain(name) && is_kept(member))
        }
        _ => true,
    }
}
