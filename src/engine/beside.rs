//! Plans beside each other: the error where two objects of one run set a part of the same thing to different values.
//!
//! Owns which plans are those of the same object. What a plan sets is said by the backend, and kept in `shared`.

use super::{Configuration, Diagnostic, Engine, Entry, Part, canonical::by_place, defaults, shared::Planned};
use crate::{schema::Object, value::Value};
use std::sync::{Arc, PoisonError};

/// How the object of a plan is told from others.
#[derive(Clone, Copy)]
pub enum Told<'a> {
    /// By its name, and whether it is new.
    Named(&'a str, bool),
    /// By its state before the plan; `None` if it is new. Of two objects of one resource with equal states, nobody knows whether they
    /// are the same, which is planned once more.
    Before(Option<&'a Value>),
}

impl<C: Send + Sync + 'static> Engine<C> {
    /// The error if another object of this run sets a part of something that both share to another value. Earlier plans
    /// of the same object do not count. Without a configured client, nothing is known.
    pub fn contradiction(&self, entry: &'static Entry<C>, told: Told<'_>, config: &Value) -> Option<Diagnostic> {
        let (name, before, is_new) = match told {
            Told::Named(name, is_new) => (Some(name.to_owned()), None, is_new),
            Told::Before(before) => (None, before, before.is_none()),
        };
        let parts = self.sets(entry, config, is_new);
        if parts.is_empty() && name.is_none() {
            return None;
        }
        let object = Planned { resource: entry.resource, name, before: before.cloned().map(Arc::new) };
        self.shared.add(&object, parts)
    }

    /// Forgets what the plans of an object have set that is written or deleted: its next plan may set something else.
    pub(super) fn unplan(&self, entry: &'static Entry<C>, objects: &[&Value], is_deleted: bool) {
        objects
            .iter()
            .filter(|object| !object.is_empty())
            .for_each(|object| self.shared.remove(&self.sets(entry, object, true), is_deleted));
    }

    fn sets(&self, entry: &'static Entry<C>, config: &Value, is_new: bool) -> Vec<Part> {
        let Configuration::Ready(client) = &*self.configuration.read().unwrap_or_else(PoisonError::into_inner) else { return Vec::new() };
        let table = &entry.resource.table;
        entry.backend.sets(client, entry.resource, Object::new(table, &defaults(table, &by_place(table, config))), is_new)
    }
}
