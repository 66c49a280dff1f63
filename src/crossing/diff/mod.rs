//! Compares two targets: finds the objects that only one of them has, and the attributes in which the others differ.
//!
//! Owns which objects of both sides correspond, and which attributes are compared. Objects correspond by their ids or, if the ids
//! differ, by their names. Values are compared by meaning, as the engine does. Of a list of many thousands, only ids, names and
//! fingerprints are kept; objects that differ are read a second time. Secrets are compared if both sides have them, and never shown.
//!
//! Does not know Ory: the caller provides the kinds and the function that names an object.

mod attributes;
mod index;
mod report;
mod source;
mod text;

pub use attributes::{Difference, Shown};
pub use report::{Changed, Object, Report, Section, Skipped};
pub use source::{Found, Held, Live, Source};
pub use text::{Colors, not_compared, text};

use crate::{
    engine::Diagnostic,
    schema::{self, Resource},
};
use attributes::{Compared, Side};
use index::Index;
use std::collections::{BTreeMap, HashMap};

/// A kind of objects to compare.
#[derive(Clone, Copy)]
pub struct Kind {
    /// The resource.
    pub resource: &'static Resource,
    /// The name by which an object is found if its id differs on the other side.
    pub known_by: fn(schema::Object<'_>) -> Option<String>,
    /// The attributes that only locate an object, such as its project. They are not compared.
    pub places: &'static [&'static str],
}

/// The names of objects to which others refer, by the resource's name and the id. References are compared by these names.
type Names = HashMap<(&'static str, String), String>;

/// Compares two targets, kind by kind. Kinds to which others refer have to come first. `others` cannot be compared: they are in the
/// report, unless it is known that neither side has any.
///
/// # Errors
/// If a kind cannot be read. Then there is no report about the others.
pub async fn compare(left: &dyn Source, right: &dyn Source, kinds: &[Kind], others: &[&'static Resource]) -> Result<Report, Diagnostic> {
    let mut report = Report::new(left.name(), right.name());
    let mut names = [Names::new(), Names::new()];
    for kind in kinds {
        let unread = [left, right].into_iter().find_map(|source| Some((source, source.unread(kind)?)));
        if let Some((source, why)) = unread {
            report.skipped.push(Skipped { kind: kind.resource.name, why: format!("{}: {why}", source.name()) });
            continue;
        }
        let is_referred_to = kinds.iter().any(|other| refers(other.resource, kind.resource));
        let [names_of_left, names_of_right] = &mut names;
        // Both sides are read at the same time.
        let (of_left, of_right) =
            tokio::join!(indexed(left, kind, names_of_left, is_referred_to), indexed(right, kind, names_of_right, is_referred_to));
        let (of_left, of_right) = (of_left?, of_right?);
        let matched = index::matched(&of_left, &of_right);
        let mut section = Section {
            kind: kind.resource.name,
            same: matched.same,
            changed: Vec::new(),
            only_left: matched.only_left.iter().map(|place| of_left.object(*place)).collect(),
            only_right: matched.only_right.iter().map(|place| of_right.object(*place)).collect(),
        };
        if !matched.differ.is_empty() {
            let (values_of_left, values_of_right) = tokio::join!(
                again(left, kind, matched.differ.iter().map(|(left, _)| of_left.id(*left))),
                again(right, kind, matched.differ.iter().map(|(_, right)| of_right.id(*right)))
            );
            let values = [values_of_left?, values_of_right?];
            let compared = [Compared::new(kind, &names[0], left.own_url()), Compared::new(kind, &names[1], right.own_url())];
            for (of_left_at, of_right_at) in matched.differ {
                let (left_id, right_id) = (of_left.id(of_left_at), of_right.id(of_right_at));
                match (values[0].get(left_id), values[1].get(right_id)) {
                    (Some(one), Some(other)) => {
                        let sides = [
                            Side { id: left_id, value: one, is_partial: left.is_partial() },
                            Side { id: right_id, value: other, is_partial: right.is_partial() },
                        ];
                        let (differences, unknown) = attributes::differences(&compared, sides);
                        section.note(of_left.object(of_left_at), of_right.object(of_right_at), differences, unknown);
                    }
                    // It was deleted between the two reads.
                    (Some(_), None) => section.only_left.push(of_left.object(of_left_at)),
                    (None, Some(_)) => section.only_right.push(of_right.object(of_right_at)),
                    (None, None) => {}
                }
            }
        }
        section.sort();
        report.sections.push(section);
    }
    for resource in others {
        let counted = [left, right].map(|source| (source.name(), source.count(resource)));
        let why = match counted.iter().find(|(_, count)| count.is_some_and(|count| count > 0)) {
            Some((name, _)) => format!("{name}: it has objects of this kind, which cannot be compared"),
            None if counted.iter().any(|(_, count)| count.is_none()) => "kinds that cannot be compared".to_owned(),
            None => continue,
        };
        report.skipped.push(Skipped { kind: resource.name, why });
    }
    Ok(report)
}

fn refers(from: &Resource, to: &'static Resource) -> bool {
    from.table.attrs().any(|attr| attr.refers_to.is_some_and(|reference| std::ptr::eq(reference.resource, to)))
}

/// The index of the objects of one side. If others refer to them, their names are added.
async fn indexed(source: &dyn Source, kind: &Kind, names: &mut Names, is_referred_to: bool) -> Result<Index, Diagnostic> {
    let (mut index, mut own) = (Index::default(), Vec::new());
    let compared = Compared::new(kind, names, source.own_url());
    source
        .each(kind, &mut |found| {
            let name = (kind.known_by)(schema::Object::new(&kind.resource.table, &found.value));
            if let Some(name) = name.clone().filter(|_| is_referred_to) {
                own.push(((kind.resource.name, found.id.clone()), name));
            }
            let print = compared.fingerprint(&found.value);
            index.add(found.id, name, print);
        })
        .await?;
    names.extend(own);
    Ok(index)
}

/// Reads the objects with these ids again, completely.
async fn again(
    source: &dyn Source,
    kind: &Kind,
    ids: impl Iterator<Item = &str>,
) -> Result<BTreeMap<String, crate::value::Value>, Diagnostic> {
    let wanted: std::collections::BTreeSet<_> = ids.collect();
    let mut values = BTreeMap::new();
    source
        .each(kind, &mut |found| {
            if wanted.contains(found.id.as_str()) {
                values.insert(found.id, found.value);
            }
        })
        .await?;
    Ok(values)
}
