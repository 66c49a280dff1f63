//! Which objects belong to others. Pure.

use super::{Found, Surveyed};
use std::collections::HashSet;

/// A kind and an id.
type Key = (&'static str, Box<str>);

/// Takes out what is only followed and belongs to nothing that is taken: neither refers to the other.
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
    // What belongs to what belongs to something, belongs to it.
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

/// Takes the object, and what it refers to if that is followed. Whether it was not taken before.
fn take(kind: &'static str, found: &Found, taken: &mut HashSet<Key>, wanted: &mut HashSet<Key>) -> bool {
    wanted.extend(found.refers.iter().cloned());
    taken.insert(key(kind, &found.id))
}
