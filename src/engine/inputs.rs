//! The configuration for an object: one that would create it, or an earlier one with the changes of the object since. Imports,
//! refreshes and generated programs use it. Pure.

use super::{Diagnostic, Prior, Private, State, has_errors, plan, semantically_equal, spelling::with_untold, validate};
use crate::{
    schema::{Attr, Kind, Object, Presence, Reads, Resource},
    value::Value,
};

/// A configuration that would create this object: without values that no configuration can set, without values that are the same if
/// nothing is set, and without optional secrets.
pub fn inputs_of(resource: &'static Resource, state: &State) -> Value {
    inputs_and_errors(resource, state).0
}

/// The same, and the errors that the resource would report about it.
pub fn inputs_and_errors(resource: &'static Resource, state: &State) -> (Value, Vec<Diagnostic>) {
    let errors = |inputs: &Value| validate(resource, inputs).into_iter().filter(Diagnostic::is_error).collect::<Vec<_>>();
    let mut inputs = said(resource, &state.value);
    let refused = errors(&inputs);
    let mut is_changed = false;
    let private = Private { write_only: Some(Vec::new()), ..Private::default() };
    let prior = Prior { id: state.id.as_deref(), value: &state.value, private: &private, config: None };
    let stands = |inputs: &Value| {
        let plan = plan(resource, Some(prior), inputs);
        plan.changes.is_empty() && !has_errors(&plan.diagnostics) && !has_errors(&validate(resource, inputs))
    };
    for (place, attr) in resource.table.attrs().enumerate().filter(|(_, attr)| attr.presence == Presence::OrServer) {
        // An attribute that is not set need not be removed.
        if inputs.fields().get(place).is_none_or(Value::is_null) {
            continue;
        }
        let without = with_null(&inputs, place);
        if refused.iter().any(|error| error.path.root() == Some(attr.name)) || attr.holds_secret() && stands(&without) {
            (inputs, is_changed) = (without, true);
        }
    }
    let refused = if is_changed { errors(&inputs) } else { refused };
    (inputs, refused)
}

/// An earlier configuration with the current values of the object, so that a program with the old values differs from it.
pub fn inputs_by_now(resource: &'static Resource, before: &Value, now: &Value) -> Value {
    each(resource, now, |place, attr, now| {
        let before = before.fields().get(place).unwrap_or(&Value::Null);
        if attr.write_only || attr.reads == Reads::Never {
            return before.clone();
        }
        match (before.is_null(), attr.presence) {
            // If the values mean the same, the user's spelling stays.
            (false, _) => match with_untold(attr, before, now) {
                now if semantically_equal(attr, before, &now) => before.clone(),
                now => now.into_owned(),
            },
            // Somebody else has set an attribute that the program does not set.
            (true, Presence::Optional | Presence::Required) if speaks(attr, now) => now.clone(),
            _ => Value::Null,
        }
    })
}

/// The attributes of an imported object that no program can repeat, since a required value inside of them is hidden. Each of them is
/// managed only while it is set, so that the object is complete without it.
pub fn unrepeatable(resource: &'static Resource, object: &Value) -> Vec<&'static str> {
    let attrs = resource.table.attrs().zip(object.fields());
    attrs.filter(|(attr, value)| attr.presence == Presence::WhileSet && lacks(&attr.kind, value)).map(|(attr, _)| attr.name).collect()
}

/// Whether a required value inside is missing.
fn lacks(kind: &Kind, value: &Value) -> bool {
    match (kind, value) {
        (Kind::List(of), Value::List(items)) => items.iter().any(|item| lacks(of, item)),
        (Kind::Map(of), Value::Map(entries)) => entries.values().any(|item| lacks(of, item)),
        (Kind::Object(nested), Value::Object(_)) => Object::new(&nested.table, value)
            .iter()
            .any(|(attr, value)| attr.presence == Presence::Required && value.is_null() || lacks(&attr.kind, value)),
        _ => false,
    }
}

/// The values of the object, in the form for users.
fn said(resource: &'static Resource, now: &Value) -> Value {
    each(resource, now, |_, attr, now| {
        // A key that refers to another object, such as a project, is chosen by the program.
        let chosen_by_server = attr.name == resource.key && attr.presence == Presence::OrServer && attr.refers_to.is_none();
        let is_hidden = attr.write_only || attr.reads == Reads::Never || chosen_by_server;
        match attr.presence {
            _ if is_hidden => Value::Null,
            Presence::Required => now.clone(),
            _ if speaks(attr, now) => now.clone(),
            _ => Value::Null,
        }
    })
}

/// Whether the value differs from the one that is there if nothing is set.
fn speaks(attr: &Attr, value: &Value) -> bool {
    match attr.default {
        Some(default) => !value.is_null() && !semantically_equal(attr, &default.value(), value),
        None => !attr.is_unset(value),
    }
}

fn each(resource: &'static Resource, now: &Value, choose: impl Fn(usize, &'static Attr, &Value) -> Value) -> Value {
    let fields = resource.table.attrs().enumerate().map(|(place, attr)| {
        let now = now.fields().get(place).unwrap_or(&Value::Null);
        if attr.configurable() { choose(place, attr, now) } else { Value::Null }
    });
    Value::Object(fields.collect())
}

fn with_null(object: &Value, place: usize) -> Value {
    let fields = object.fields().iter().enumerate();
    Value::Object(fields.map(|(at, value)| if at == place { Value::Null } else { value.clone() }).collect())
}
