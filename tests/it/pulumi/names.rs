//! Names are one to one, over every attribute of every table.

use crate::toy::TOY;
use janiform::{
    engine::Engine,
    frontends::pulumi::names::{camel, snake},
    ory::ORY,
    schema::{Kind, Table},
};
use std::collections::BTreeMap;

fn one_to_one(table: &Table) {
    let mut seen = BTreeMap::new();
    for attr in table.attrs() {
        let name = camel(attr.name);
        assert_eq!(snake(&name), attr.name);
        assert!(name.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{name}");
        for name in [Some(name), attr.formerly.map(str::to_owned)].into_iter().flatten() {
            assert!(!["id", "urn", "pulumi"].contains(&name.as_str()), "{name} is Pulumi's own");
            if let Some(other) = seen.insert(name.clone(), attr.name) {
                panic!("{name} is both {other} and {}", attr.name);
            }
        }
        nested(&attr.kind);
    }
}

fn nested(kind: &Kind) {
    match kind {
        Kind::List(of) | Kind::Map(of) => nested(of),
        Kind::Object(object) => {
            // Only resources have ids; inside of objects it is a name like others.
            let names: Vec<_> = object.table.attrs().map(|attr| camel(attr.name)).collect();
            assert!(names.iter().zip(object.table.attrs()).all(|(name, attr)| snake(name) == attr.name));
            object.table.attrs().for_each(|attr| nested(&attr.kind));
        }
        _ => {}
    }
}

fn all<C: Send + Sync + 'static>(engine: &Engine<C>) {
    one_to_one(engine.provider().config);
    engine.resources().for_each(|(entry, _)| one_to_one(&entry.resource.table));
}

#[test]
fn names_are_one_to_one() {
    all(&Engine::new(&TOY));
    all(&Engine::new(&ORY));
}
