//! Selects objects that are connected to others. Pure.

use super::{Found, Surveyed};
use std::collections::HashSet;

/// A kind and an id.
type Key = (&'static str, Box<str>);

/// Removes objects of followed kinds that are not connected to a selected object: neither refers to the other.
pub(super) fn followed(kinds: &mut Vec<Surveyed>) {
    if !kinds.iter().any(|kind| kind.followed) {
        return;
    }
    let (mut taken, mut wanted) = (HashSet::new(), HashSet::new());
    for kind in kinds.iter().filter(|kind| !kind.followed) {
        for found in &kind.objects {
            take(kind.resource.name, found, &mut taken, &mut wanted);
        }
    }
    // Connections are transitive.
    let mut grew = true;
    while grew {
        grew = false;
        for kind in kinds.iter().filter(|kind| kind.followed) {
            for found in &kind.objects {
                let name = kind.resource.name;
                let belongs = wanted.contains(&key(name, &found.id)) || found.refers.iter().any(|to| taken.contains(to));
                if belongs && !taken.contains(&key(name, &found.id)) {
                    grew |= take(name, found, &mut taken, &mut wanted);
                }
            }
        }
    }
    for kind in kinds.iter_mut().filter(|kind| kind.followed) {
        let name = kind.resource.name;
        kind.objects.retain(|found| taken.contains(&key(name, &found.id)));
    }
    kinds.retain(|kind| !kind.objects.is_empty());
}

fn key(kind: &'static str, id: &str) -> Key {
    (kind, id.into())
}

/// Selects the object, and the objects of followed kinds to which it refers. Returns whether it was new.
fn take(kind: &'static str, found: &Found, taken: &mut HashSet<Key>, wanted: &mut HashSet<Key>) -> bool {
    wanted.extend(found.refers.iter().cloned());
    taken.insert(key(kind, &found.id))
}
