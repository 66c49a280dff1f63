//! Encodes values as properties.

use super::{Secrets, Struct, UNKNOWN, Wire, WireKind, secret, text, wire};
use crate::{
    frontends::pulumi::names,
    schema::{Attr, BlockSchema, Kind, Object, Presence},
    value::{Path, Step, Value},
};

/// The purpose of the properties.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Inputs: nothing that only the server decides.
    Inputs,
    /// Outputs: no write-only values, and nothing unknown.
    Outputs,
    /// Outputs of a preview. A property that is known to be null is included, since SDKs treat missing ones as unknown.
    Preview,
}

/// Encoded properties.
#[derive(Clone, Debug, Default)]
pub struct Encoded {
    /// The properties.
    pub properties: Struct,
    /// The paths of numbers that were rounded, since they have more digits than a double.
    pub rounded: Vec<Path>,
}

/// Encodes an object of the block. Values at a secret path, or that are declared secret, become secrets. `id` is for data sources.
pub fn encode(block: &BlockSchema, value: &Value, id: Option<&str>, secrets: &Secrets, form: Form) -> Encoded {
    let mut writer = Writer { secrets, form, rounded: Vec::new() };
    let mut properties = Struct::default();
    for field in &block.fields {
        match field.attr {
            Some(attr) => {
                let value = value.fields().get(field.index).unwrap_or(&Value::Null);
                let place = Some(Path::attr(attr.name));
                if let Some(wire) = writer.member(attr, field.presence, value, place, true) {
                    properties.fields.insert(names::camel(attr.name), wire);
                }
            }
            None => {
                if let Some(id) = id {
                    // If the id of a look-up is secret, so is the whole result.
                    let marked = secrets.contains(&Path::ROOT);
                    properties.fields.insert("id".to_owned(), if marked { secret(text(id)) } else { text(id) });
                }
            }
        }
    }
    Encoded { properties, rounded: writer.rounded }
}

/// Encodes the result of a function: an object as itself, any other value as the only member of one.
pub fn encode_result(returns: &Attr, value: &Value, secret: bool) -> Encoded {
    let members: Vec<_> = match &returns.kind {
        Kind::Object(nested) => Object::new(&nested.table, value).iter().collect(),
        _ => vec![(returns, value)],
    };
    let secrets = members.iter().filter(|_| secret).map(|(attr, _)| Path::attr(attr.name)).collect();
    let mut writer = Writer { secrets: &secrets, form: Form::Outputs, rounded: Vec::new() };
    let mut properties = Struct::default();
    for (attr, value) in members {
        if let Some(wire) = writer.member(attr, attr.presence, value, Some(Path::attr(attr.name)), true) {
            properties.fields.insert(names::camel(attr.name), wire);
        }
    }
    Encoded { properties, rounded: writer.rounded }
}

struct Writer<'a> {
    secrets: &'a Secrets,
    form: Form,
    rounded: Vec<Path>,
}

impl Writer<'_> {
    /// `place` is `None` where no secret path leads: in lists, and within a secret.
    fn member(&mut self, attr: &Attr, presence: Presence, value: &Value, place: Option<Path>, open: bool) -> Option<Wire> {
        let absent = self.form == Form::Inputs && presence == Presence::ReadOnly;
        let untold = attr.write_only && self.form != Form::Inputs;
        let null = untold || value.is_null() || value.is_unknown() && self.form == Form::Outputs;
        let top = place.as_ref().is_some_and(|place| place.0.len() == 1);
        if absent || null && !(top && self.form == Form::Preview) {
            return None;
        }
        if null {
            return Some(wire(WireKind::NullValue(0)));
        }
        Some(self.value(&attr.kind, value, place, open, attr.secret))
    }

    /// `open` is false within a secret, which contains no further secrets.
    fn value(&mut self, kind: &Kind, value: &Value, place: Option<Path>, open: bool, declared: bool) -> Wire {
        let marked = declared || place.as_ref().is_some_and(|place| self.secrets.contains(place));
        let wraps = open && marked;
        let open = open && !marked;
        let plain = match (kind, value) {
            (_, Value::Null) => wire(WireKind::NullValue(0)),
            (_, Value::Unknown) => text(UNKNOWN[0]),
            (_, Value::Bool(flag)) => wire(WireKind::BoolValue(*flag)),
            (_, Value::Number(number)) => {
                if !number.fits_f64() {
                    self.rounded.push(place.unwrap_or_default());
                }
                wire(WireKind::NumberValue(number.to_f64()))
            }
            (_, Value::String(string)) => text(string.clone()),
            (Kind::List(of), Value::List(items)) => {
                let values = items.iter().map(|item| self.value(of, item, None, open, false)).collect();
                wire(WireKind::ListValue(prost_types::ListValue { values }))
            }
            (Kind::Map(of), Value::Map(members)) => {
                let members = members.iter().map(|(key, item)| {
                    let place = place.as_ref().map(|place| place.then(Step::Key(key.clone())));
                    (key.clone(), self.value(of, item, place, open, false))
                });
                wire(WireKind::StructValue(Struct { fields: members.collect() }))
            }
            (Kind::Object(nested), Value::Object(_)) => {
                let members = Object::new(&nested.table, value).iter().filter_map(|(attr, value)| {
                    let place = place.as_ref().map(|place| place.then(Step::Attr(attr.name)));
                    Some((names::camel(attr.name), self.member(attr, attr.presence, value, place, open)?))
                });
                wire(WireKind::StructValue(Struct { fields: members.collect() }))
            }
            // The engine makes no value of another kind than its table's; null is the safe answer.
            _ => wire(WireKind::NullValue(0)),
        };
        if wraps { secret(plain) } else { plain }
    }
}
