//! What a comparison found, and the same as JSON.

use super::attributes::{Difference, Shown};
use crate::value::Json;

/// What a comparison found.
pub struct Report {
    /// What one side is called.
    pub left: String,
    /// What the other side is called.
    pub right: String,
    /// What was compared, kind by kind.
    pub sections: Vec<Section>,
    /// The kinds that were not.
    pub skipped: Vec<Skipped>,
}

/// What was found of one kind.
pub struct Section {
    /// The resource's name.
    pub kind: &'static str,
    /// How many objects are the same on both sides.
    pub same: usize,
    /// Those that differ.
    pub changed: Vec<Changed>,
    /// Those that one side alone has.
    pub only_left: Vec<Object>,
    /// Those that the other side alone has.
    pub only_right: Vec<Object>,
}

/// An object that is there on both sides and differs, or of which not all could be compared.
pub struct Changed {
    /// What one side calls it.
    pub left: Object,
    /// What the other side calls it.
    pub right: Object,
    /// In what it differs.
    pub differences: Vec<Difference>,
    /// Secrets that one side has and the other one does not show.
    pub unknown: Vec<String>,
}

/// An object, as people know it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Object {
    /// Its name, where that is not its id.
    pub name: Option<String>,
    /// Its id.
    pub id: String,
}

/// A kind that was not compared.
pub struct Skipped {
    /// The resource's name.
    pub kind: &'static str,
    /// Why.
    pub why: String,
}

impl Report {
    pub(super) fn new(left: &str, right: &str) -> Report {
        Report { left: left.to_owned(), right: right.to_owned(), sections: Vec::new(), skipped: Vec::new() }
    }

    /// Whether nothing differs of all that was compared.
    pub fn is_same(&self) -> bool {
        self.sections.iter().all(Section::is_same)
    }

    /// The report as JSON. Types have this prefix.
    pub fn json(&self, prefix: &str) -> Json {
        let kind = |name: &str| Json::String(format!("{prefix}_{name}"));
        let sections = self.sections.iter().map(|section| {
            Json::object([
                ("kind", kind(section.kind)),
                ("same", i64::try_from(section.same).unwrap_or(i64::MAX).into()),
                ("changed", section.changed.iter().filter(|changed| !changed.differences.is_empty()).map(changed).collect()),
                ("only_left", section.only_left.iter().map(object).collect()),
                ("only_right", section.only_right.iter().map(object).collect()),
            ])
        });
        let skipped = self.skipped.iter().map(|skipped| Json::object([("kind", kind(skipped.kind)), ("why", skipped.why.as_str().into())]));
        Json::object([
            ("left", self.left.as_str().into()),
            ("right", self.right.as_str().into()),
            ("same", self.is_same().into()),
            ("kinds", sections.collect()),
            ("not_compared", skipped.collect()),
        ])
    }
}

impl Section {
    /// Whether nothing differs.
    pub fn is_same(&self) -> bool {
        self.only_left.is_empty() && self.only_right.is_empty() && self.changed.iter().all(|changed| changed.differences.is_empty())
    }

    /// Notes a pair whose letters differ.
    pub(super) fn note(&mut self, left: Object, right: Object, differences: Vec<Difference>, unknown: Vec<String>) {
        if differences.is_empty() {
            self.same += 1;
        }
        if !differences.is_empty() || !unknown.is_empty() {
            self.changed.push(Changed { left, right, differences, unknown });
        }
    }

    pub(super) fn sort(&mut self) {
        self.changed.sort_by(|one, other| one.left.cmp(&other.left));
        self.only_left.sort();
        self.only_right.sort();
    }
}

fn object(object: &Object) -> Json {
    let name = object.name.as_ref().map(|name| ("name", name.as_str().into()));
    Json::object([("id", object.id.as_str().into())].into_iter().chain(name))
}

fn changed(changed: &Changed) -> Json {
    let attributes = changed.differences.iter().map(|difference| {
        let is_secret = [&difference.left, &difference.right].into_iter().any(|shown| *shown == Shown::Secret);
        let side = |shown: &Shown| match shown {
            Shown::Value(value) => value.clone(),
            Shown::Nothing | Shown::Secret => Json::Null,
        };
        let attribute = ("attribute", difference.attribute.as_str().into());
        match is_secret {
            true => Json::object([attribute, ("secret", true.into())]),
            false => Json::object([attribute, ("left", side(&difference.left)), ("right", side(&difference.right))]),
        }
    });
    Json::object([
        ("left", object(&changed.left)),
        ("right", object(&changed.right)),
        ("attributes", attributes.collect()),
        ("not_compared", changed.unknown.iter().map(|name| Json::from(name.as_str())).collect()),
    ])
}
