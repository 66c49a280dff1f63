//! What follows from what in an object: so that what is said of one value, such as that it is a secret, can be said of
//! those that are made of it. Pure.

use crate::{
    schema::{Object, Recompute, Table},
    value::Value,
};
use std::collections::BTreeSet;

/// These attributes and all that follow from them, as the table declares it: what the configuration leaves open and
/// changes with one of them, or is derived from one. What is declared a secret leads no further: of that its table says
/// itself what is one too.
pub fn following(table: &Table, config: &Value, from: impl IntoIterator<Item = &'static str>) -> BTreeSet<&'static str> {
    let declared = |name: &str| table.index(name).is_none_or(|index| table.attr(index).secret);
    let mut found: BTreeSet<_> = from.into_iter().filter(|name| !declared(name)).collect();
    // In any order, since what follows may be followed in turn.
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

/// The object as if nobody knew these.
pub fn without(table: &Table, value: &Value, names: &BTreeSet<&'static str>) -> Value {
    let fields = Object::new(table, value).iter().map(|(attr, value)| match names.contains(attr.name) {
        true => Value::Unknown,
        false => value.clone(),
    });
    Value::Object(fields.collect())
}
