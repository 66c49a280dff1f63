//! The one place that decides whether two values mean the same.
//!
//! [`keep_spelling`] compares a reference with an observed value, at any depth, and keeps the reference's spelling wherever the
//! attribute's meaning says that they are equal. Plan compares (prior, config), apply (planned, answer), read (prior, answer),
//! import (null, answer). Pure.

use crate::{
    schema::{Attr, Kind, Object, Presence, Reads, Table},
    value::{self, Value},
};
use std::{
    borrow::Cow,
    collections::{HashMap, VecDeque},
    hash::{BuildHasher, Hash, Hasher, RandomState},
};

/// The observed object in the reference's spelling, attribute by attribute.
pub fn keep_spelling(table: &Table, reference: &Value, observed: &Value) -> Value {
    match observed {
        Value::Object(_) => {
            let reference = Object::new(table, reference);
            let settled = Object::new(table, observed).iter().enumerate();
            let settled = settled.map(|(place, (attr, value))| keep_spelling_of(attr, reference.at(place), value));
            Value::Object(settled.collect())
        }
        other => other.clone(),
    }
}

/// The observed value of one attribute in the reference's spelling.
pub fn keep_spelling_of(attr: &Attr, reference: &Value, observed: &Value) -> Value {
    if attr.is_unset(reference) && attr.is_unset(observed) {
        return reference.clone();
    }
    keep_kind(attr, &attr.kind, reference, observed)
}

/// The observed value without elements that the server added itself, and with the reference's values where no answer shows them.
pub(super) fn with_untold<'a>(attr: &Attr, reference: &Value, observed: &'a Value) -> Cow<'a, Value> {
    let told = match (&attr.kind, reference, observed) {
        // Answers do not show empty values of attributes that are managed only while they are set.
        (_, reference, Value::Null) if attr.may_be_untold || (attr.presence == Presence::WhileSet && reference.is_empty()) => {
            reference.clone()
        }
        (Kind::List(of), Value::List(reference), Value::List(observed)) if attr.grows => {
            let is_ours = |item: &&Value| reference.iter().any(|before| keep_kind(attr, of, before, item) == *before);
            Value::List(observed.iter().filter(is_ours).cloned().collect())
        }
        (Kind::Map(_), Value::Map(reference), Value::Map(observed)) if attr.grows => {
            let ours = observed.iter().filter(|(key, _)| reference.contains_key(*key));
            Value::Map(ours.map(|(key, item)| (key.clone(), item.clone())).collect())
        }
        (Kind::Object(nested), reference, Value::Object(_)) => inner_untold(&nested.table, reference, observed),
        (Kind::List(Kind::Object(nested)), reference, Value::List(observed)) if attr.keyed.is_some() => {
            let of_key =
                |item: &Value| reference.as_list().unwrap_or_default().iter().find(|before| attr.key_of(before) == attr.key_of(item));
            Value::List(observed.iter().map(|item| inner_untold(&nested.table, of_key(item).unwrap_or(&Value::Null), item)).collect())
        }
        (Kind::Map(Kind::Object(nested)), Value::Map(reference), Value::Map(observed)) => {
            let told = |(key, item): (&String, &Value)| {
                (key.clone(), inner_untold(&nested.table, reference.get(key).unwrap_or(&Value::Null), item))
            };
            Value::Map(observed.iter().map(told).collect())
        }
        _ => return Cow::Borrowed(observed),
    };
    if told == *observed { Cow::Borrowed(observed) } else { Cow::Owned(told) }
}

fn inner_untold(table: &Table, reference: &Value, observed: &Value) -> Value {
    let reference = Object::new(table, reference);
    let told = Object::new(table, observed).iter().enumerate().map(|(place, (inner, value))| match inner.reads {
        Reads::Never | Reads::Once => reference.at(place).clone(),
        _ => with_untold(inner, reference.at(place), value).into_owned(),
    });
    Value::Object(told.collect())
}

/// Whether the two values mean the same for the attribute. A value that contains an unknown is equal to no other.
pub fn semantically_equal(attr: &Attr, left: &Value, right: &Value) -> bool {
    // Equal values need no copy, and neither do most long lists that differ.
    let may_be_equal = || !right.has_unknown() && !differs_plainly(attr, left, right);
    !left.has_unknown() && (left == right || may_be_equal() && keep_spelling_of(attr, left, right) == *left)
}

/// Whether two lists in any order cannot mean the same: they differ in their length, or in the sum of their elements' hashes. Equal
/// elements at the start and at the end of both add the same to it.
fn differs_plainly(attr: &Attr, left: &Value, right: &Value) -> bool {
    let (Kind::List(of), Value::List(left), Value::List(right)) = (&attr.kind, left, right) else { return false };
    if !attr.unordered || left.is_empty() || right.is_empty() {
        return false;
    }
    let hashes = RandomState::new();
    let hash = |item: &Value| {
        let mut hasher = hashes.build_hasher();
        hash_canonical(attr, of, item, &mut hasher);
        hasher.finish()
    };
    let sum = |items: &[Value]| items.iter().map(hash).fold(0, u64::wrapping_add);
    let (left, right) = value::differing(left, right);
    left.len() != right.len() || sum(left) != sum(right)
}

/// The attribute whose change sends this one again; an unknown value counts as a change.
pub fn sent_along(table: &Table, attr: &Attr, before: Object<'_>, planned: Object<'_>) -> Option<&'static str> {
    let moves =
        |name: &&&str| table.index(name).is_some_and(|place| !semantically_equal(table.attr(place), before.at(place), planned.at(place)));
    attr.sent_with.iter().find(moves).copied()
}

fn keep_kind(attr: &Attr, kind: &Kind, reference: &Value, observed: &Value) -> Value {
    match (kind, reference, observed) {
        (Kind::Object(nested), Value::Object(_), Value::Object(_)) => keep_spelling(&nested.table, reference, observed),
        (Kind::List(of), Value::List(reference), Value::List(observed)) if attr.unordered || attr.keyed.is_some() => {
            keep_unordered(attr, of, reference, observed)
        }
        (Kind::List(of), Value::List(reference), Value::List(observed)) => {
            let settled = observed.iter().enumerate().map(|(index, item)| match reference.get(index) {
                Some(before) => keep_kind(attr, of, before, item),
                None => item.clone(),
            });
            Value::List(settled.collect())
        }
        (Kind::Map(of), Value::Map(reference), Value::Map(observed)) => {
            let settled = observed.iter().map(|(key, item)| match reference.get(key) {
                Some(before) => (key.clone(), keep_kind(attr, of, before, item)),
                None => (key.clone(), item.clone()),
            });
            Value::Map(settled.collect())
        }
        (_, Value::String(before), Value::String(now)) if before == now || (attr.equality.same)(before, now) => reference.clone(),
        (_, before, now) if before == now => reference.clone(),
        _ => observed.clone(),
    }
}

/// Elements that are still there keep the reference's order; new ones follow. Each element of the reference takes the first unused
/// observed element with the same key or, without keys, with the same meaning. Candidates are found by [`hash_canonical`], since
/// lists may have many thousands of elements.
fn keep_unordered(attr: &Attr, of: &Kind, reference: &[Value], observed: &[Value]) -> Value {
    // Equal elements at the start of both lists belong together: each is the first candidate for the other.
    let alike = reference.iter().zip(observed).take_while(|(before, now)| before == now).count();
    let (mut settled, reference, observed) = (reference[..alike].to_vec(), &reference[alike..], &observed[alike..]);
    let hashes = RandomState::new();
    let kin = |item: &Value| {
        let mut hasher = hashes.build_hasher();
        match attr.keyed {
            Some(_) => attr.key_of(item).hash(&mut hasher),
            None => hash_canonical(attr, of, item, &mut hasher),
        }
        hasher.finish()
    };
    let pair = |before: &Value, now: &Value| {
        let settled = keep_kind(attr, of, before, now);
        let is_one = if attr.keyed.is_some() { attr.key_of(before) == attr.key_of(now) } else { settled == *before };
        is_one.then_some(settled)
    };
    let mut candidates = HashMap::<u64, VecDeque<usize>>::with_capacity(observed.len());
    for (place, item) in observed.iter().enumerate() {
        candidates.entry(kin(item)).or_default().push_back(place);
    }
    let mut taken = vec![false; observed.len()];
    settled.reserve(observed.len());
    for before in reference {
        let Some(candidates) = candidates.get_mut(&kin(before)) else { continue };
        let found = candidates.iter().enumerate().find_map(|(at, place)| Some((at, pair(before, &observed[*place])?)));
        if let Some((at, item)) = found
            && let Some(place) = candidates.remove(at)
        {
            settled.push(item);
            taken[place] = true;
        }
    }
    settled.extend(observed.iter().zip(taken).filter(|(_, taken)| !taken).map(|(item, _)| item.clone()));
    Value::List(settled)
}

/// Hashes a value so that all values with the same meaning have the same hash.
fn hash_canonical(attr: &Attr, kind: &Kind, value: &Value, hasher: &mut impl Hasher) {
    match (kind, value) {
        (_, Value::String(text)) => attr.equality.form.map(|form| form(text)).hash(hasher),
        // Two spellings of a number are one double, and the two zeros are one zero.
        (_, Value::Number(number)) => (number.to_f64() + 0.0).to_bits().hash(hasher),
        (_, Value::Bool(flag)) => flag.hash(hasher),
        (Kind::Object(nested), Value::Object(_)) => {
            for (attr, value) in Object::new(&nested.table, value).iter().filter(|(attr, value)| !attr.is_unset(value)) {
                attr.name.hash(hasher);
                hash_canonical(attr, &attr.kind, value, hasher);
            }
        }
        (_, Value::List(items)) => items.len().hash(hasher),
        (_, Value::Map(items)) => items.len().hash(hasher),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        schema::{DURATION, EXACT, Nested, URL, WORDS, boolean, flag, integer, list, objects, string, text},
        value::Number,
    };
    use proptest::prelude::*;

    fn texts(texts: &[&str]) -> Value {
        Value::List(texts.iter().map(|text| Value::text(*text)).collect())
    }

    #[test]
    fn equal_meanings_keep_the_reference() {
        let ttl = string("ttl", "-").means(DURATION);
        assert_eq!(keep_spelling_of(&ttl, &"90m".into(), &"1h30m0s".into()), "90m".into());
        assert_eq!(keep_spelling_of(&ttl, &"90m".into(), &"2h0m0s".into()), "2h0m0s".into());
        let origins = list("origins", "-").unordered().means(URL);
        assert_eq!(keep_spelling_of(&origins, &texts(&["b/", "a"]), &texts(&["a", "b"])), texts(&["b/", "a"]));
        assert_eq!(keep_spelling_of(&origins, &texts(&["b/", "a"]), &texts(&["c", "a", "b"])), texts(&["b/", "a", "c"]));
    }

    #[test]
    fn forms_of_nothing_are_one() {
        let names = list("names", "-");
        assert_eq!(keep_spelling_of(&names, &Value::Null, &texts(&[])), Value::Null);
        assert_eq!(keep_spelling_of(&names, &texts(&[]), &Value::Null), texts(&[]));
        let alg = string("alg", "-").unset_as(text("none"));
        assert_eq!(keep_spelling_of(&alg, &Value::Null, &"none".into()), Value::Null);
        let any = boolean("any", "-").unset_as(flag(false));
        assert_eq!(keep_spelling_of(&any, &Value::Null, &false.into()), Value::Null);
        assert_eq!(keep_spelling_of(&any, &Value::Null, &true.into()), true.into());
        assert_eq!(keep_spelling_of(&alg, &"none".into(), &Value::Null), "none".into());
        assert_eq!(keep_spelling_of(&integer("n", "-"), &Value::Null, &Value::from(0)), Value::from(0));
    }

    /// The definition for unordered lists, without an index: each element of the reference takes the first unused one with the same
    /// meaning.
    fn as_it_is_said(attr: &Attr, of: &Kind, reference: &[Value], observed: &[Value]) -> Value {
        let mut rest: Vec<&Value> = observed.iter().collect();
        let mut settled = Vec::new();
        for before in reference {
            if let Some(place) = rest.iter().position(|item| keep_kind(attr, of, before, item) == *before) {
                settled.push(before.clone());
                rest.remove(place);
            }
        }
        settled.extend(rest.into_iter().cloned());
        Value::List(settled)
    }

    static LINK: Nested = Nested {
        name: "Link",
        table: Table::new(&[&[
            string("url", "-").means(URL),
            string("ttl", "-").means(DURATION),
            integer("n", "-"),
            list("names", "-").unordered().means(WORDS),
            boolean("any", "-").unset_as(flag(false)),
        ]]),
    };

    /// Values that often have the same meaning in another spelling.
    fn link() -> impl Strategy<Value = Value> {
        let text = |texts: &'static [&'static str]| prop::option::of(prop::sample::select(texts).prop_map(Value::text));
        let number =
            prop::sample::select(&["0", "-0", "1", "1.0", "10e-1", "2"][..]).prop_map(|n| Value::Number(Number::parse(n).unwrap()));
        let names =
            prop::collection::vec(prop::sample::select(&["a b", "b  a", "a", ""][..]).prop_map(Value::text), 0..3).prop_map(Value::List);
        let parts = (
            text(&["", "https://a", "https://a/", "b"]),
            text(&["", "60s", "1m", "x"]),
            prop::option::of(number),
            prop::option::of(names),
            prop::option::of(any::<bool>().prop_map(Value::Bool)),
        );
        parts.prop_map(|(url, ttl, n, names, any)| Value::Object([url, ttl, n, names, any].map(Option::unwrap_or_default).into()))
    }

    #[test]
    fn twenty_thousand_items_are_settled_while_nobody_notices() {
        // Comparing each of 200 million pairs would take minutes in a test that is not optimized.
        let items = |name: &str| (0..20_000).map(|at| Value::text(format!("{name} {at}"))).collect::<Vec<_>>();
        let attr = list("x", "-").unordered().means(WORDS);
        let mut turned = items("a");
        turned.reverse();
        assert_eq!(keep_spelling_of(&attr, &Value::List(items("a")), &Value::List(turned)), Value::List(items("a")));
        assert_eq!(keep_spelling_of(&attr, &Value::List(items("a")), &Value::List(items("b"))), Value::List(items("b")));
        let one = Value::List(vec![Value::text("x"); 20_000]);
        assert_eq!(keep_spelling_of(&attr, &one, &one), one);
    }

    proptest! {
        #[test]
        fn unordered_lists_mean_what_is_said(reference in prop::collection::vec(link(), 0..6), observed in prop::collection::vec(link(), 0..6)) {
            static LINKS: Kind = Kind::Object(&LINK);
            let (attr, of) = (objects("links", "-", &LINKS).unordered(), &LINKS);
            prop_assert_eq!(keep_unordered(&attr, of, &reference, &observed), as_it_is_said(&attr, of, &reference, &observed));
        }

        #[test]
        fn unordered_texts_mean_what_is_said(
            meaning in prop::sample::select(vec![0, 1, 2]),
            reference in prop::collection::vec("[ab /]{0,4}", 0..6),
            observed in prop::collection::vec("[ab /]{0,4}", 0..6),
        ) {
            let attr = list("x", "-").unordered().means([WORDS, URL, EXACT][meaning]);
            let texts = |texts: &[String]| texts.iter().map(|text| Value::text(text.clone())).collect::<Vec<_>>();
            let (reference, observed) = (texts(&reference), texts(&observed));
            prop_assert_eq!(
                keep_unordered(&attr, &Kind::String, &reference, &observed),
                as_it_is_said(&attr, &Kind::String, &reference, &observed)
            );
        }

        #[test]
        fn settling_is_idempotent_and_never_invents(reference in prop::collection::vec("[ab]{0,2}", 0..5), observed in prop::collection::vec("[ab]{0,2}", 0..5)) {
            let attr = list("x", "-").unordered();
            let list = |texts: &[String]| Value::List(texts.iter().map(|text| Value::text(text.clone())).collect());
            let settled = keep_spelling_of(&attr, &list(&reference), &list(&observed));
            prop_assert_eq!(&keep_spelling_of(&attr, &settled, &list(&observed)), &settled);
            let mut left: Vec<_> = settled.as_list().unwrap().iter().map(|v| v.as_str().unwrap().to_owned()).collect();
            let mut right = observed.clone();
            left.sort();
            right.sort();
            prop_assert_eq!(left, right);
        }
    }
}
