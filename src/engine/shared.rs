//! What the objects of one run set in things that they share, as their configurations say: two objects that set the same part to
//! different values would undo each other's work in every run, although each run may write only one of them.
//!
//! Owns the parts that this run's plans have set. Knows neither the things nor how values are compared: backends say both.

use super::Diagnostic;
use crate::{
    schema::Resource,
    value::{Json, Path, Value},
};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

/// A part of something that objects share, as the configuration of one of them sets it.
#[derive(Clone)]
pub struct Part {
    /// The thing and the place of the part in it.
    pub at: (String, String),
    /// The attribute that sets it.
    pub attr: &'static str,
    /// Its content.
    pub says: Says,
    /// Whether two values of it are equal, however they are spelled.
    pub alike: fn(&Json, &Json) -> bool,
    /// Whether an element of a list is like another one.
    pub is_like: fn(&Json, &Json) -> bool,
}

impl Part {
    /// Whether both can be true.
    fn agrees(&self, other: &Part) -> bool {
        match (&self.says, &other.says) {
            (Says::Is(one), Says::Is(other)) => (self.alike)(one, other) || (self.alike)(other, one),
            (Says::Is(list), Says::Has(like)) | (Says::Has(like), Says::Is(list)) => {
                list.as_array().is_some_and(|list| list.iter().any(|element| (self.is_like)(element, like)))
            }
            (Says::Becomes(one), Says::Is(other)) | (Says::Is(other), Says::Becomes(one)) => (self.alike)(other, one),
            _ => true,
        }
    }
}

/// What a configuration says about a part.
#[derive(Clone, PartialEq)]
pub enum Says {
    /// It has this value.
    Is(Json),
    /// It is a list, and has an element like this.
    Has(Json),
    /// It gets this value when the object is created, if nothing else of the run sets it.
    Becomes(Json),
}

/// The parts that the plans of this run have set.
#[derive(Default)]
pub(super) struct Shared(Mutex<HashMap<(String, String), Vec<Said>>>);

struct Said {
    object: Planned,
    part: Part,
}

/// The object of a plan.
#[derive(Clone)]
pub(super) struct Planned {
    pub(super) resource: &'static Resource,
    /// Its name, if the tool names it.
    pub(super) name: Option<String>,
    /// Otherwise, its state before the plan.
    pub(super) before: Option<Arc<Value>>,
}

impl Said {
    /// Whether this may be an earlier plan of the same object.
    fn is_earlier(&self, object: &Planned, part: &Part) -> bool {
        let is_same = match (&self.object.name, &object.name) {
            (None, None) => self.object.before == object.before && !matches!(part.says, Says::Has(_)) || self.part.says == part.says,
            (one, other) => one == other,
        };
        is_same && std::ptr::eq(self.object.resource, object.resource)
    }
}

impl Shared {
    /// Forgets all plans.
    pub(super) fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// The first part that another object sets to something else. The parts are kept unless it is an error.
    pub(super) fn add(&self, object: &Planned, parts: Vec<Part>) -> Option<Diagnostic> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if object.name.is_some() {
            all.values_mut().for_each(|said| said.retain(|said| said.object.name != object.name));
        }
        for part in &parts {
            all.get_mut(&part.at).into_iter().for_each(|said| said.retain(|said| !said.is_earlier(object, part)));
        }
        let resource = object.resource;
        let contradicted = |part: &Part| all.get(&part.at)?.iter().find(|said| !said.part.agrees(part));
        let mut found: Vec<_> = parts.iter().filter_map(|part| Some(contradiction(resource, part, contradicted(part)?))).collect();
        // Errors come first.
        found.sort_by_key(|found| !found.is_error());
        let found = found.into_iter().next();
        if found.as_ref().is_none_or(|found| !found.is_error()) {
            for part in parts {
                all.entry(part.at.clone()).or_default().push(Said { object: object.clone(), part });
            }
        }
        found
    }

    /// Forgets these parts of a deleted object; of one that was written, only where plans do not name their objects.
    pub(super) fn remove(&self, parts: &[Part], is_deleted: bool) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for part in parts {
            all.get_mut(&part.at).into_iter().for_each(|said| said.retain(|said| !is_deleted && said.object.name.is_some()));
        }
    }
}

fn contradiction(resource: &Resource, part: &Part, other: &Said) -> Diagnostic {
    // An element of a list is named by its likeness, which may have a secret, such as a token in a URL.
    let place = part.at.1.split("/{").next().unwrap_or_default();
    let name = other.object.name.as_deref().map_or_else(|| "another resource of the configuration".to_owned(), |who| format!("`{who}`"));
    let of_new =
        [(resource, part), (other.object.resource, &other.part)].into_iter().find(|(_, part)| matches!(part.says, Says::Becomes(_)));
    if let Some((new, of_new)) = of_new {
        let sets = if std::ptr::eq(of_new, part) { &other.part } else { part };
        return Diagnostic::warning(
            format!("A new {} may change a setting that another resource sets", new.name),
            format!(
                "`{}` sets `/{}` to another value than the one that it gets with its first {}. If this apply does not write `{}` too, the next plan shows the difference, and the next apply restores your value; until then, the other one holds.",
                sets.attr, place, new.name, sets.attr
            ),
        )
        .at(Path::attr(part.attr));
    }
    Diagnostic::error(
        "Two resources contradict each other",
        format!(
            "`{}` of this {} and `{}` of {name}, of the type {}, are the same setting (`/{}` in `{}`) with different values, so each apply would undo what the other did. Nothing was sent. Set it in only one of them.",
            part.attr, resource.name, other.part.attr, other.object.resource.name, place, part.at.0
        ),
    )
    .at(Path::attr(part.attr))
}
