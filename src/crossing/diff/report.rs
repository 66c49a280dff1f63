//! The result of a comparison, also as JSON.

use super::attributes::{Difference, Shown};
use crate::value::Json;

/// The result of a comparison.
pub struct Report {
    /// The name of the left side.
    pub left: String,
    /// The name of the right side.
    pub right: String,
    /// The kinds that were compared.
    pub sections: Vec<Section>,
    /// The kinds that were not compared.
    pub skipped: Vec<Skipped>,
}

/// The result for one kind.
pub struct Section {
    /// The resource's name.
    pub kind: &'static str,
    /// The number of objects that are the same on both sides.
    pub same: usize,
    /// Objects that differ.
    pub changed: Vec<Changed>,
    /// Objects that only the left side has.
    pub only_left: Vec<Object>,
    /// Objects that only the right side has.
    pub only_right: Vec<Object>,
}

/// An object that both sides have and that differs, or of which not all attributes could be compared.
pub struct Changed {
    /// Its name and id on the left side.
    pub left: Object,
    /// Its name and id on the right side.
    pub right: Object,
    /// The attributes that differ.
    pub differences: Vec<Difference>,
    /// Secrets that one side has and the other side does not show.
    pub unknown: Vec<String>,
}

/// The name and id of an object.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Object {
    /// Its name, if it differs from the id.
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

    /// Whether everything that was compared is the same.
    pub fn is_same(&self) -> bool {
        self.sections.iter().all(Section::is_same)
    }

    /// The report as JSON, in which types begin with the prefix.
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

    /// Adds the result of a pair whose fingerprints differ.
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
