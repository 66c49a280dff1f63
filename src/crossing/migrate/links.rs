//! Finds values that a program took from other objects, such as the id of an identity in a relationship: a state has only the values.
//!
//! A value counts only if the object depends on the other one, so that its program refers to it, and only the server can have chosen
//! it. Pure.

use super::stack::{Moved, bare};
use crate::{
    crossing::state::Tool,
    schema::{Attr, ID, Object, Presence},
    value::{Json, Value},
};
use std::{
    borrow::Cow,
    collections::{BTreeSet, HashMap},
};

/// Shorter values may be equal by accident.
const SHORTEST: usize = 8;

/// The values that others may refer to.
pub(super) struct Links<'a> {
    tool: Tool,
    /// The places of the objects that have a value, with the attribute.
    values: HashMap<Cow<'a, str>, Vec<(usize, &'static str)>>,
}

impl<'a> Links<'a> {
    /// The values of these objects.
    pub fn of(tool: Tool, moved: &'a [Moved<'_>]) -> Links<'a> {
        let mut values: HashMap<_, Vec<_>> = HashMap::new();
        let mut add = |text: &'a str, place: usize, name: &'static str| {
            let of: &mut Vec<(usize, _)> = values.entry(form(text)).or_default();
            // The first one of an object is its id.
            if text.len() >= SHORTEST && of.last().is_none_or(|(last, _)| *last != place) {
                of.push((place, name));
            }
        };
        for (place, one) in moved.iter().enumerate() {
            add(one.id(), place, ID);
            let inputs = Object::new(&one.of().table, &one.inputs);
            for (at, (attr, value)) in Object::new(&one.of().table, &one.object.state.value).iter().enumerate() {
                if let (true, Value::String(text)) = (is_chosen(attr) && inputs.at(at).is_null(), value) {
                    add(text, place, one.of().table.attr(at).name);
                }
            }
        }
        Links { tool, values }
    }

    /// The only other object that has this value and that the object depends on, and the attribute there.
    pub fn to(&self, from: &Moved<'_>, all: &[Moved<'_>], text: &str) -> Option<(usize, &'static str)> {
        let found = self.values.get(&form(text))?;
        let is_needed = |(place, _): &&(usize, &'static str)| {
            let other = all[*place].object.held;
            !std::ptr::eq(other, from.object.held) && from.object.held.dependencies.contains(&bare(self.tool, other))
        };
        let mut needed = found.iter().filter(is_needed);
        needed.next().filter(|_| needed.next().is_none()).copied()
    }

    /// The objects whose values are parts of a text in this value: no program is written for such texts.
    pub fn within(&self, from: &Moved<'_>, all: &[Moved<'_>], value: &Value, found: &mut BTreeSet<usize>) {
        match value {
            Value::String(text) => {
                let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')));
                found.extend(words.filter(|word| word.len() < text.len()).filter_map(|word| Some(self.to(from, all, word)?.0)));
            }
            Value::List(items) | Value::Object(items) => items.iter().for_each(|item| self.within(from, all, item, found)),
            Value::Map(items) => items.values().for_each(|item| self.within(from, all, item, found)),
            _ => {}
        }
    }
}

/// Whether only a server can have chosen the value, if no program sets it. Others, such as methods, are the same for many objects.
fn is_chosen(attr: &Attr) -> bool {
    attr.presence == Presence::ReadOnly || attr.presence == Presence::OrServer && attr.secret
}

/// The text, or its canonical form if it is a JSON object.
fn form(text: &str) -> Cow<'_, str> {
    match text.trim_start().starts_with('{').then(|| Json::parse(text)) {
        Some(Ok(json)) => Cow::Owned(json.canonical()),
        _ => Cow::Borrowed(text),
    }
}
