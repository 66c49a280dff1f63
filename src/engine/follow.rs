//! Dependencies between the values of an object, so that a property of one value, such as being secret, can be passed to
//! values that are computed from it. Pure.

use crate::{
    schema::{Object, Recompute, Table},
    value::Value,
};
use std::collections::BTreeSet;

/// These attributes and all that depend on them, as the table declares it: attributes that the configuration does not set and
/// that change with one of them, or are computed from one. An attribute that is declared secret adds no others, since
/// the table itself declares which of them are secret.
pub fn following(table: &Table, config: &Value, from: impl IntoIterator<Item = &'static str>) -> BTreeSet<&'static str> {
    let declared = |name: &str| table.index(name).is_none_or(|index| table.attr(index).secret);
    let mut found: BTreeSet<_> = from.into_iter().filter(|name| !declared(name)).collect();
    // In any order, since a dependent attribute may have dependents in turn.
    loop {
        let before = found.len();
        let open = without(table, config, &found);
        let follows = |moves: &Recompute| match moves {
            Recompute::With(names) => names.iter().any(|name| found.contains(name)),
            Recompute::Derived(derive) => derive(Object::new(table, &open)) != derive(Object::new(table, config)),
            Recompute::Never | Recompute::Always | Recompute::Due => false,
        };
        let config = Object::new(table, config);
        let more: Vec<_> = config.iter().filter(|(attr, value)| value.is_null() && !attr.secret && follows(&attr.recompute)).collect();
        found.extend(more.into_iter().map(|(attr, _)| attr.name));
        if found.len() == before {
            return found;
        }
    }
}

/// The object with these attributes unknown.
pub fn without(table: &Table, value: &Value, names: &BTreeSet<&'static str>) -> Value {
    let fields = Object::new(table, value).iter().map(|(attr, value)| match names.contains(attr.name) {
        true => Value::Unknown,
        false => value.clone(),
    });
    Value::Object(fields.collect())
}
