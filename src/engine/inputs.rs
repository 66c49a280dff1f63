//! Which configuration an object corresponds to: the one that would make it, and the one that it was made of, with what
//! was changed since. Imports, refreshes, and whatever writes programs ask the same. Pure.

use super::{Diagnostic, Prior, Private, State, has_errors, plan, semantically_equal, spelling::with_untold, validate};
use crate::{
    schema::{Attr, Presence, Reads, Resource},
    value::Value,
};

/// A configuration that would make this object: without what no configuration can say, without what is there when nobody
/// says anything, and without secrets that it need not say.
pub fn inputs_of(resource: &'static Resource, state: &State) -> Value {
    inputs_and_errors(resource, state).0
}

/// The same, and what the resource refuses of it all the same.
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
        // What is not said needs not be left out.
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

/// The configuration of before with what the object says by now, so that a program which still says the old thing differs
/// from it.
pub fn inputs_by_now(resource: &'static Resource, before: &Value, now: &Value) -> Value {
    each(resource, now, |place, attr, now| {
        let before = before.fields().get(place).unwrap_or(&Value::Null);
        if attr.write_only || attr.reads == Reads::Never {
            return before.clone();
        }
        match (before.is_null(), attr.presence) {
            // The user's spelling of the same thing stays.
            (false, _) => match with_untold(attr, before, now) {
                now if semantically_equal(attr, before, &now) => before.clone(),
                now => now.into_owned(),
            },
            // Somebody set what the program leaves out.
            (true, Presence::Optional | Presence::Required) if speaks(attr, now) => now.clone(),
            _ => Value::Null,
        }
    })
}

/// What the object says.
fn said(resource: &'static Resource, now: &Value) -> Value {
    each(resource, now, |_, attr, now| {
        let chosen_by_server = attr.name == resource.key && attr.presence == Presence::OrServer;
        let is_hidden = attr.write_only || attr.reads == Reads::Never || chosen_by_server;
        match attr.presence {
            _ if is_hidden => Value::Null,
            Presence::Required => now.clone(),
            _ if speaks(attr, now) => now.clone(),
            _ => Value::Null,
        }
    })
}

/// Whether the value is more than what is there when nobody says anything.
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
