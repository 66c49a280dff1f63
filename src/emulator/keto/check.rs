//! Finds the subjects of a relation, directly or through subject sets.
//!
//! Owns following subject sets. There are no permission rules here, only tuples; a real server
//! with namespaces that have no rules answers the same.

use std::collections::HashSet;

use super::tuple::subject_wire;
use crate::emulator::store::tuples::{Subject, Tuple, TupleQuery};
use crate::emulator::store::{Store, StoreError};

/// The maximum depth of a check, whatever depth is requested.
const DEEPEST: i64 = 5;
/// How many subject sets of one relation a check follows.
const WIDEST: usize = 100;

/// The requested depth within the limit.
#[must_use]
pub fn depth(asked: i64) -> i64 {
    if asked <= 0 || asked > DEEPEST { DEEPEST } else { asked }
}

fn related(store: &Store, set: (&str, &str, &str)) -> Result<Vec<Tuple>, StoreError> {
    let (namespace, object, relation) = set;
    let query = TupleQuery {
        namespace: Some(namespace.to_owned()),
        object: Some(object.to_owned()),
        relation: Some(relation.to_owned()),
        subject: None,
    };
    Ok(store.tuples(&query, 0, u64::MAX)?.into_iter().map(|row| row.1).collect())
}

/// Whether the tuple exists, or follows from others. The first step only leads to the relation, so with a depth of one nobody is
/// allowed anything.
///
/// # Errors
/// When the store fails.
pub fn allowed(store: &Store, tuple: &Tuple, depth: i64) -> Result<bool, StoreError> {
    if depth > 1 && !store.tuples(&TupleQuery::exactly(tuple), 0, 1)?.is_empty() {
        return Ok(true);
    }
    let (mut level, mut seen) = (vec![tuple.clone()], HashSet::new());
    for _ in 1..depth {
        let mut next = Vec::new();
        for tuple in level {
            let mut sets = store.sets_of(&tuple)?;
            if sets.iter().any(|(_, direct)| *direct) {
                return Ok(true);
            }
            // If there are too many sets, none of them is followed any further.
            if sets.len() > WIDEST {
                sets.truncate(WIDEST - 1);
            }
            next.extend(sets.into_iter().map(|set| set.0).filter(|set| seen.insert(set.clone())));
        }
        level = next;
    }
    Ok(false)
}

/// The tree of subjects in a relation; `None` if there are none.
///
/// # Errors
/// When the store fails.
pub fn expand(store: &Store, root: &Subject, depth: i64) -> Result<Option<String>, StoreError> {
    tree(store, root, depth, &mut HashSet::new())
}

fn tree(store: &Store, subject: &Subject, depth: i64, seen: &mut HashSet<Subject>) -> Result<Option<String>, StoreError> {
    let leaf = || format!(r#"{{"type":"leaf","tuple":{}}}"#, subject_wire(subject));
    let Subject::Set(namespace, object, relation) = subject else {
        return Ok(Some(leaf()));
    };
    if !seen.insert(subject.clone()) {
        return Ok(None);
    }
    let found = related(store, (namespace, object, relation))?;
    if found.is_empty() {
        return Ok(None);
    }
    if depth <= 1 {
        return Ok(Some(leaf()));
    }
    let mut children = Vec::with_capacity(found.len());
    for Tuple { subject, .. } in &found {
        let child = tree(store, subject, depth - 1, seen)?;
        children.push(child.unwrap_or_else(|| format!(r#"{{"type":"leaf","tuple":{}}}"#, subject_wire(subject))));
    }
    Ok(Some(format!(r#"{{"type":"union","children":[{}],"tuple":{}}}"#, children.join(","), subject_wire(subject))))
}
