//! Finds the inputs of an object in Terraform's state. A state does not say which attributes the program sets.
//!
//! Pure.

use crate::{
    engine::{self, State},
    schema::{Attr, Object, Presence, Reads, Resource},
    value::Value,
};
use std::collections::BTreeSet;

/// The inputs of an object. `set` contains the attributes that its program sets, if the program was read. Without it, the inputs are
/// the attributes that would create such an object, and those that no server shows.
pub(super) fn of(resource: &'static Resource, state: &State, set: Option<&BTreeSet<String>>) -> Value {
    // The object as an import would read it.
    let fields = Object::new(&resource.table, &state.value).iter();
    let fields = fields.map(|(attr, now)| if is_untold(attr, now) { Value::Null } else { now.clone() });
    let told = engine::inputs_of(resource, &State { value: Value::Object(fields.collect()), ..state.clone() });
    let fields = Object::new(&resource.table, &state.value).iter().zip(told.fields()).map(|((attr, now), told)| match set {
        _ if attr.write_only || !attr.configurable() => Value::Null,
        Some(set) if set.contains(attr.name) => now.clone(),
        Some(_) => Value::Null,
        None if is_untold(attr, now) => now.clone(),
        None => told.clone(),
    });
    Value::Object(fields.collect())
}

/// The inputs of an object whose program was not read.
pub fn of_state(resource: &'static Resource, state: &State) -> Value {
    of(resource, state, None)
}

/// Whether an import would not have the value, since no server shows it, so that only a program can have set it. A value that the
/// server may have chosen stays only in the state.
fn is_untold(attr: &Attr, now: &Value) -> bool {
    attr.presence != Presence::OrServer
        && matches!(attr.reads, Reads::Never | Reads::Once)
        && !attr.is_unset(now)
        && attr.default.is_none_or(|default| default.value() != *now)
}

/// The write-only arguments that are in use. No Terraform state contains their values.
pub(super) fn write_only_in_use(resource: &'static Resource, state: &State) -> Vec<&'static Attr> {
    resource.table.attrs().filter(|attr| attr.write_only && state.private.uses(attr.name)).collect()
}
