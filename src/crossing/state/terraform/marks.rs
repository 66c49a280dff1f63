//! The values that a Terraform state marks as sensitive, by their paths.
//!
//! A state must have exactly the marks of its program: those of the provider's schema, and those of values that come from sensitive
//! variables. Terraform plans an update of an object whose marks differ. Pure.

use crate::{
    schema::{Attr, Kind, Object, Table},
    value::{Json, Path, Step, Value},
};
use std::collections::BTreeSet;

/// The secrets that the schema declares, at every depth: Terraform marks them, also where they are null.
pub fn declared(table: &Table, value: &Value) -> BTreeSet<Path> {
    let mut paths = BTreeSet::new();
    fields(table, value, &Path::ROOT, &mut paths);
    paths
}

fn fields(table: &Table, object: &Value, at: &Path, paths: &mut BTreeSet<Path>) {
    for (attr, value) in Object::new(table, object).iter() {
        let at = at.then(Step::Attr(attr.name));
        match attr.secret {
            true => drop(paths.insert(at)),
            false => inside(attr, &attr.kind, value, &at, paths),
        }
    }
}

fn inside(attr: &Attr, kind: &Kind, value: &Value, at: &Path, paths: &mut BTreeSet<Path>) {
    match (kind, value) {
        _ if !attr.holds_secret() => {}
        (Kind::Object(nested), Value::Object(_)) => fields(&nested.table, value, at, paths),
        (Kind::List(of), Value::List(items)) => {
            items.iter().enumerate().for_each(|(place, item)| inside(attr, of, item, &at.then(Step::Index(place)), paths));
        }
        (Kind::Map(of), Value::Map(items)) => {
            items.iter().for_each(|(key, item)| inside(attr, of, item, &at.then(Step::Key(key.clone())), paths));
        }
        _ => {}
    }
}

/// The paths as a state has them.
pub fn json<'a>(paths: impl IntoIterator<Item = &'a Path>) -> Json {
    paths.into_iter().map(path).collect()
}

fn path(path: &Path) -> Json {
    let index = |kind: &str, value: Json| Json::object([("value", value), ("type", kind.into())]);
    let step = |step: &Step| {
        let (kind, value) = match step {
            Step::Attr(name) => ("get_attr", Json::from(*name)),
            Step::Index(place) => ("index", index("number", i64::try_from(*place).unwrap_or(i64::MAX).into())),
            Step::Key(key) => ("index", index("string", key.as_str().into())),
        };
        Json::object([("type", kind.into()), ("value", value)])
    };
    path.0.iter().map(step).collect()
}

/// The marks of a state that are at or inside one of these paths, and the others.
pub fn divided<'a>(marks: &'a Json, paths: &BTreeSet<Path>) -> (Vec<&'a Json>, Vec<&'a Json>) {
    let paths: Vec<_> = paths.iter().map(path).collect();
    let is_inside = |mark: &&Json| paths.iter().any(|path| steps(mark).starts_with(steps(path)));
    marks.as_array().unwrap_or_default().iter().partition(is_inside)
}

fn steps(path: &Json) -> &[Json] {
    path.as_array().unwrap_or_default()
}

/// The attribute into which the path of a mark leads.
pub fn root(mark: &Json) -> Option<&str> {
    steps(mark).first()?.at("value").as_str()
}
