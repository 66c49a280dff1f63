//! The one place for "means the same".
//!
//! [`settle`] walks a reference and an observation and keeps the reference's spelling wherever the
//! attribute's meaning says that they are equal, at any depth. Plan settles (prior, config), apply
//! (planned, answer), read (prior, answer), import (null, answer). Pure.

use crate::{
    schema::{Attr, Kind, Object, Table},
    value::Value,
};

/// The observation in the reference's spelling, attribute by attribute.
pub fn settle(table: &Table, reference: &Value, observed: &Value) -> Value {
    match observed {
        Value::Object(_) => {
            let reference = Object::new(table, reference);
            let settled = Object::new(table, observed).iter().enumerate();
            let settled = settled.map(|(place, (attr, value))| settle_attr(attr, reference.at(place), value));
            Value::Object(settled.collect())
        }
        other => other.clone(),
    }
}

/// One attribute's observation in the reference's spelling.
pub fn settle_attr(attr: &Attr, reference: &Value, observed: &Value) -> Value {
    if attr.is_unset(reference) && attr.is_unset(observed) {
        return reference.clone();
    }
    settle_kind(attr, &attr.kind, reference, observed)
}

/// Whether the two mean the same to the attribute. Unknown is the same as nothing.
pub fn same(attr: &Attr, left: &Value, right: &Value) -> bool {
    // What is equal is compared, not built.
    !left.has_unknown() && (left == right || !right.has_unknown() && settle_attr(attr, left, right) == *left)
}

fn settle_kind(attr: &Attr, kind: &Kind, reference: &Value, observed: &Value) -> Value {
    match (kind, reference, observed) {
        (Kind::Object(nested), Value::Object(_), Value::Object(_)) => settle(&nested.table, reference, observed),
        (Kind::List(of), Value::List(reference), Value::List(observed)) if attr.unordered => {
            settle_unordered(attr, of, reference, observed)
        }
        (Kind::List(of), Value::List(reference), Value::List(observed)) => {
            let settled = observed.iter().enumerate().map(|(index, item)| match reference.get(index) {
                Some(before) => settle_kind(attr, of, before, item),
                None => item.clone(),
            });
            Value::List(settled.collect())
        }
        (Kind::Map(of), Value::Map(reference), Value::Map(observed)) => {
            let settled = observed.iter().map(|(key, item)| match reference.get(key) {
                Some(before) => (key.clone(), settle_kind(attr, of, before, item)),
                None => (key.clone(), item.clone()),
            });
            Value::Map(settled.collect())
        }
        (_, Value::String(before), Value::String(now)) if before == now || (attr.meaning.same)(before, now) => reference.clone(),
        (_, before, now) if before == now => reference.clone(),
        _ => observed.clone(),
    }
}

/// What is still there keeps the reference's order; what is new comes after it.
fn settle_unordered(attr: &Attr, of: &Kind, reference: &[Value], observed: &[Value]) -> Value {
    let mut rest: Vec<&Value> = observed.iter().collect();
    let mut settled = Vec::with_capacity(observed.len());
    for before in reference {
        if let Some(place) = rest.iter().position(|item| settle_kind(attr, of, before, item) == *before) {
            settled.push(before.clone());
            rest.remove(place);
        }
    }
    settled.extend(rest.into_iter().cloned());
    Value::List(settled)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{DURATION, URL, boolean, flag, integer, list, string, text};
    use proptest::prelude::*;

    fn texts(texts: &[&str]) -> Value {
        Value::List(texts.iter().map(|text| Value::text(*text)).collect())
    }

    #[test]
    fn equal_meanings_keep_the_reference() {
        let ttl = string("ttl", "-").means(DURATION);
        assert_eq!(settle_attr(&ttl, &"90m".into(), &"1h30m0s".into()), "90m".into());
        assert_eq!(settle_attr(&ttl, &"90m".into(), &"2h0m0s".into()), "2h0m0s".into());
        let origins = list("origins", "-").unordered().means(URL);
        assert_eq!(settle_attr(&origins, &texts(&["b/", "a"]), &texts(&["a", "b"])), texts(&["b/", "a"]));
        assert_eq!(settle_attr(&origins, &texts(&["b/", "a"]), &texts(&["c", "a", "b"])), texts(&["b/", "a", "c"]));
    }

    #[test]
    fn forms_of_nothing_are_one() {
        let names = list("names", "-");
        assert_eq!(settle_attr(&names, &Value::Null, &texts(&[])), Value::Null);
        assert_eq!(settle_attr(&names, &texts(&[]), &Value::Null), texts(&[]));
        let alg = string("alg", "-").unset_as(text("none"));
        assert_eq!(settle_attr(&alg, &Value::Null, &"none".into()), Value::Null);
        let any = boolean("any", "-").unset_as(flag(false));
        assert_eq!(settle_attr(&any, &Value::Null, &false.into()), Value::Null);
        assert_eq!(settle_attr(&any, &Value::Null, &true.into()), true.into());
        assert_eq!(settle_attr(&alg, &"none".into(), &Value::Null), "none".into());
        assert_eq!(settle_attr(&integer("n", "-"), &Value::Null, &Value::from(0)), Value::from(0));
    }

    proptest! {
        #[test]
        fn settling_is_idempotent_and_never_invents(reference in prop::collection::vec("[ab]{0,2}", 0..5), observed in prop::collection::vec("[ab]{0,2}", 0..5)) {
            let attr = list("x", "-").unordered();
            let list = |texts: &[String]| Value::List(texts.iter().map(|text| Value::text(text.clone())).collect());
            let settled = settle_attr(&attr, &list(&reference), &list(&observed));
            prop_assert_eq!(&settle_attr(&attr, &settled, &list(&observed)), &settled);
            let mut left: Vec<_> = settled.as_list().unwrap().iter().map(|v| v.as_str().unwrap().to_owned()).collect();
            let mut right = observed.clone();
            left.sort();
            right.sort();
            prop_assert_eq!(left, right);
        }
    }
}
