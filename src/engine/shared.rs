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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{resource, string};

    static ONE: Resource = resource("one", "-").import("name").sections(&[&[string("name", "-").required()]]).checked();
    static OTHER: Resource = resource("other", "-").import("name").sections(&[&[string("name", "-").required()]]).checked();

    fn named(resource: &'static Resource, name: &str) -> Planned {
        Planned { resource, name: Some(name.to_owned()), before: None }
    }

    /// Where the tool does not name objects. Without a state, it is new.
    fn unnamed(resource: &'static Resource, state: Option<&str>) -> Planned {
        let before = state.map(|name| Arc::new(resource.table.holding([("name", name.into())])));
        Planned { resource, name: None, before }
    }

    fn part(at: &str, says: Says) -> Part {
        let is_like = |element: &Json, like: &Json| element == like;
        Part { at: ("thing".to_owned(), at.to_owned()), attr: "attr", says, alike: |one, other| one == other, is_like }
    }

    fn is(at: &str, value: &str) -> Vec<Part> {
        vec![part(at, Says::Is(value.into()))]
    }

    fn has(at: &str, element: &str) -> Vec<Part> {
        vec![part(at, Says::Has(element.into()))]
    }

    /// Whether it is an error; `None` if nothing is said.
    fn is_error(said: Option<Diagnostic>) -> Option<bool> {
        said.map(|said| said.is_error())
    }

    #[test]
    fn a_later_plan_of_an_object_takes_the_place_of_the_earlier_one() {
        let shared = Shared::default();
        assert_eq!(is_error(shared.add(&named(&ONE, "a"), is("x", "1"))), None);
        assert_eq!(is_error(shared.add(&named(&ONE, "b"), is("x", "2"))), Some(true));
        // Also where the later plan sets something else.
        assert_eq!(is_error(shared.add(&named(&ONE, "a"), is("y", "1"))), None);
        assert_eq!(is_error(shared.add(&named(&ONE, "b"), is("x", "2"))), None);

        let shared = Shared::default();
        assert_eq!(is_error(shared.add(&unnamed(&ONE, Some("a")), is("x", "1"))), None);
        assert_eq!(is_error(shared.add(&unnamed(&ONE, Some("b")), is("x", "2"))), Some(true));
        assert_eq!(is_error(shared.add(&unnamed(&ONE, Some("a")), is("x", "2"))), None);
        assert_eq!(is_error(shared.add(&unnamed(&ONE, Some("b")), is("x", "2"))), None);
        // Also where its state has changed in between.
        let shared = Shared::default();
        for (state, value) in [("before", "1"), ("after", "1"), ("after", "2")] {
            assert_eq!(is_error(shared.add(&unnamed(&ONE, Some(state)), is("x", value))), None);
        }
    }

    #[test]
    fn new_objects_are_told_apart_by_their_resources_and_elements() {
        let shared = Shared::default();
        assert_eq!(is_error(shared.add(&unnamed(&ONE, None), is("x", "1"))), None);
        assert_eq!(is_error(shared.add(&unnamed(&OTHER, None), is("x", "2"))), Some(true));

        let list = |element: &str| vec![part("list", Says::Is([Json::from(element)].into_iter().collect()))];
        let shared = Shared::default();
        assert_eq!(is_error(shared.add(&unnamed(&ONE, None), has("list", "a"))), None);
        assert_eq!(is_error(shared.add(&unnamed(&ONE, None), has("list", "b"))), None);
        assert_eq!(is_error(shared.add(&unnamed(&OTHER, None), list("b"))), Some(true));
    }

    #[test]
    fn an_error_is_said_before_a_warning_and_its_plan_is_forgotten() {
        let becomes = || part("on", Says::Becomes("true".into()));
        let shared = Shared::default();
        assert_eq!(is_error(shared.add(&named(&ONE, "a"), [is("on", "false"), is("x", "1")].concat())), None);
        let parts = [vec![becomes()], is("x", "2"), is("refused", "1")].concat();
        assert_eq!(is_error(shared.add(&named(&OTHER, "b"), parts)), Some(true));
        assert_eq!(is_error(shared.add(&named(&ONE, "c"), is("refused", "2"))), None);
        // That of a warning is kept.
        assert_eq!(is_error(shared.add(&named(&OTHER, "d"), [vec![becomes()], is("warned", "1")].concat())), Some(false));
        assert_eq!(is_error(shared.add(&named(&ONE, "e"), is("warned", "2"))), Some(true));
    }

    #[test]
    fn a_deleted_object_sets_nothing() {
        for (object, is_deleted, contradicts) in [
            (named(&ONE, "a"), true, None),
            // Its next plan takes the place of this one.
            (named(&ONE, "a"), false, Some(true)),
            (unnamed(&ONE, Some("a")), true, None),
            (unnamed(&ONE, Some("a")), false, None),
        ] {
            let shared = Shared::default();
            shared.add(&object, is("x", "1"));
            shared.remove(&is("x", "1"), is_deleted);
            assert_eq!(is_error(shared.add(&named(&OTHER, "b"), is("x", "2"))), contradicts, "{:?} {is_deleted}", object.name);
        }
    }

    #[test]
    fn a_message_does_not_contain_the_likeness_of_an_element() {
        let shared = Shared::default();
        let at = r#"list/{"url":"canary"}/method"#;
        shared.add(&named(&ONE, "a"), is(at, "GET"));
        let said = shared.add(&named(&ONE, "b"), is(at, "POST")).unwrap();
        assert!(said.is_error() && said.detail.contains("`/list`") && !said.detail.contains("canary"), "{}", said.detail);
    }
}
