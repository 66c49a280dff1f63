//! Indexes the objects of each side, and matches those of both sides.

use super::{attributes::Fingerprint, report::Object};
use std::collections::{HashMap, HashSet};

/// The objects of one side.
#[derive(Default)]
pub(super) struct Index {
    entries: Vec<Entry>,
}

struct Entry {
    id: Box<str>,
    name: Option<Box<str>>,
    print: Fingerprint,
}

/// Objects by their places in the two indexes.
#[derive(Default)]
pub(super) struct Matched {
    /// The number of pairs that are identical.
    pub same: usize,
    /// Pairs that are not identical.
    pub differ: Vec<(usize, usize)>,
    pub only_left: Vec<usize>,
    pub only_right: Vec<usize>,
}

impl Index {
    pub(super) fn add(&mut self, id: String, name: Option<String>, print: Fingerprint) {
        self.entries.push(Entry { id: id.into(), name: name.map(Into::into), print });
    }

    pub(super) fn id(&self, place: usize) -> &str {
        &self.entries[place].id
    }

    pub(super) fn object(&self, place: usize) -> Object {
        let Entry { id, name, .. } = &self.entries[place];
        Object { id: id.to_string(), name: name.as_ref().map(|name| name.to_string()).filter(|name| **name != **id) }
    }
}

/// Matches objects with the same id; then those with the same name and content; then those with the same name, if no other object
/// of their side has it; then those without a name and with the same content.
pub(super) fn matched(left: &Index, right: &Index) -> Matched {
    let (mut free_left, mut free_right) = (all(left), all(right));
    let mut pairs = paired(left, right, &mut free_left, &mut free_right, |entry| Some(&*entry.id), false);
    let alike = |entry: &Entry| entry.name.clone().map(|name| (name, entry.print));
    pairs.extend(paired(left, right, &mut free_left, &mut free_right, alike, false));
    pairs.extend(paired(left, right, &mut free_left, &mut free_right, |entry| entry.name.clone(), true));
    let nameless = |entry: &Entry| entry.name.is_none().then_some(entry.print);
    pairs.extend(paired(left, right, &mut free_left, &mut free_right, nameless, false));
    let is_same = |(at, other): &(usize, usize)| left.entries[*at].print == right.entries[*other].print;
    let (same, differ): (Vec<_>, _) = pairs.into_iter().partition(is_same);
    let in_order = |free: HashSet<usize>| {
        let mut places: Vec<_> = free.into_iter().collect();
        places.sort_unstable();
        places
    };
    Matched { same: same.len(), differ, only_left: in_order(free_left), only_right: in_order(free_right) }
}

fn all(index: &Index) -> HashSet<usize> {
    (0..index.entries.len()).collect()
}

/// Pairs of unmatched objects that have the same key. If `alone` is true, a key that several objects of one side have matches
/// nothing.
fn paired<'a, K: std::hash::Hash + Eq>(
    left: &'a Index,
    right: &'a Index,
    free_left: &mut HashSet<usize>,
    free_right: &mut HashSet<usize>,
    key: impl Fn(&'a Entry) -> Option<K>,
    alone: bool,
) -> Vec<(usize, usize)> {
    let grouped = |index: &'a Index, free: &HashSet<usize>| {
        let mut groups = HashMap::<K, Vec<usize>>::new();
        for place in (0..index.entries.len()).rev().filter(|place| free.contains(place)) {
            if let Some(key) = key(&index.entries[place]) {
                groups.entry(key).or_default().push(place);
            }
        }
        groups
    };
    let (of_left, mut of_right) = (grouped(left, free_left), grouped(right, free_right));
    let mut pairs = Vec::new();
    for (key, places) in of_left {
        let Some(others) = of_right.remove(&key) else { continue };
        if alone && (places.len() > 1 || others.len() > 1) {
            continue;
        }
        // Each group is in reverse order.
        pairs.extend(places.into_iter().rev().zip(others.into_iter().rev()));
    }
    for (at, other) in &pairs {
        free_left.remove(at);
        free_right.remove(other);
    }
    pairs.sort_unstable();
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index(entries: &[(&str, &str, u128)]) -> Index {
        let mut index = Index::default();
        for (id, name, print) in entries {
            index.add((*id).into(), Some(*name).filter(|name| !name.is_empty()).map(str::to_owned), *print);
        }
        index
    }

    #[test]
    fn ids_win_over_names_and_names_that_several_have_decide_nothing() {
        let left = index(&[("1", "a", 1), ("2", "b", 2), ("3", "c", 3), ("4", "c", 4), ("5", "", 5), ("6", "d", 6)]);
        let right = index(&[("9", "b", 9), ("1", "x", 1), ("8", "c", 4), ("7", "", 5), ("0", "d", 0), ("00", "d", 6)]);
        let matched = matched(&left, &right);
        assert_eq!(matched.same, 4, "by id, two by name and content, one by content alone");
        assert_eq!(matched.differ, [(1, 0)]);
        assert_eq!((matched.only_left, matched.only_right), (vec![2], vec![4]));
    }
}
