//! Two targets are compared: what is in one alone, and which attributes of the same object differ.
//!
//! Owns which objects of both sides are the same thing, and what of them is compared. An object is known by its id, or by what
//! people know it by where the ids differ. Values are compared as the engine compares them: by what they mean. Of a list of many
//! thousands no more is kept than ids, names and fingerprints; objects that differ are looked at once more. Secrets are compared
//! where both sides know them, and never shown.
//!
//! Knows no Ory: which kinds there are, and what they are known by, the caller says.

mod attributes;
mod index;
mod report;
mod source;
mod text;

pub use attributes::{Difference, Shown};
pub use report::{Changed, Object, Report, Section, Skipped};
pub use source::{Found, Held, Live, Source};
pub use text::{Colors, text};

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
    /// Objects of this resource.
    pub resource: &'static Resource,
    /// What people know an object by, where its id may be another one on the other side.
    pub known_by: fn(schema::Object<'_>) -> Option<String>,
    /// The attributes that only say where an object is, such as in which project.
    pub places: &'static [&'static str],
}

/// The names of objects to which others refer, by the resource's name and the id: so a reference is compared by what it means.
type Names = HashMap<(&'static str, String), String>;

/// Compares two targets, kind by kind. Those to which others refer come first.
///
/// # Errors
/// When a kind cannot be read; nothing is said of the others then.
pub async fn compare(left: &dyn Source, right: &dyn Source, kinds: &[Kind]) -> Result<Report, Diagnostic> {
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
        // Neither waits for the other.
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
                    // It went in between.
                    (Some(_), None) => section.only_left.push(of_left.object(of_left_at)),
                    (None, Some(_)) => section.only_right.push(of_right.object(of_right_at)),
                    (None, None) => {}
                }
            }
        }
        section.sort();
        report.sections.push(section);
    }
    Ok(report)
}

fn refers(from: &Resource, to: &'static Resource) -> bool {
    from.table.attrs().any(|attr| attr.refers_to.is_some_and(|reference| std::ptr::eq(reference.resource, to)))
}

/// What is kept of the objects of one side. Those to which others refer are named.
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

/// The objects of these ids, whole.
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
