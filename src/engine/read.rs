//! Reading an object again, and importing one: what changed behind our back is always seen.

use super::{Call, Diagnostic, Engine, Entry, Failure, Observed, Private, State, configure::Reach, settle_attr};
use crate::{
    schema::{Attr, Kind, Object, Presence, Reads, Resource},
    value::Value,
};
use std::borrow::Cow;

/// An object that was read.
#[derive(Clone, Debug)]
pub struct Reread {
    /// Its state; `None` if the server says that it is gone.
    pub state: Option<State>,
    /// What the user should hear.
    pub warnings: Vec<Diagnostic>,
}

impl State {
    /// The stub of an object that is to be imported: a read fills it.
    pub fn to_import(resource: &'static Resource, id: &str) -> State {
        let parts = resource.imports.map_or_else(|| vec![(resource.key, id.to_owned())], |parts| parts(id));
        let part = |name: &str| parts.iter().find(|(part, _)| *part == name).map(|(_, value)| Value::text(value.as_str()));
        let fields = resource.table.attrs().map(|attr| part(attr.name).unwrap_or_default());
        let id = part(resource.key).and_then(|key| key.as_str().map(str::to_owned)).unwrap_or_else(|| id.to_owned());
        State { id: Some(id), value: Value::Object(fields.collect()), private: Private { imported: true, ..Private::default() } }
    }
}

impl<C: Send + Sync + 'static> Engine<C> {
    /// Reads the object again. While the provider's configuration is unknown, prior stands.
    pub async fn read(&self, entry: &'static Entry<C>, prior: State, call: Call) -> Result<Reread, Failure> {
        self.seen(entry.resource, prior.id.as_deref(), &prior.value, prior.private.imported);
        let cx = match self.reach(call)? {
            Reach::Ready(cx) => cx,
            Reach::Unknown => {
                let warning = Diagnostic::warning(
                    "The object was not refreshed",
                    format!("The provider's configuration is not known yet, so the stored state of this {} stands.", entry.resource.name),
                );
                return Ok(Reread { state: Some(prior), warnings: vec![warning] });
            }
        };
        let told = prior.without_empty_texts(&entry.resource.table);
        let (found, mut heard) = cx.hear(entry.backend.read(&cx, entry.resource, &told)).await?;
        let Some(Observed { id, value, warnings }) = found else {
            return Ok(Reread { state: None, warnings: heard });
        };
        heard.extend(warnings);
        let imported = prior.private.imported;
        let state = State { id: Some(id), ..reread(entry.resource, prior, &value) };
        if imported {
            // What was begun under its names is in a state by now.
            self.seen(entry.resource, state.id.as_deref(), &state.value, true);
        }
        Ok(Reread { state: Some(state), warnings: heard })
    }
}

/// The state that an answer makes of the one before.
pub(super) fn reread(resource: &'static Resource, prior: State, observed: &Value) -> State {
    let table = &resource.table;
    let before = Object::new(table, &prior.value);
    let fields = Object::new(table, observed).iter().enumerate().map(|(place, (attr, now))| {
        let before = before.at(place);
        match hidden(attr, before, &prior.private) {
            true => before.clone(),
            false => required(attr, settle_attr(attr, before, &told(attr, before, now))),
        }
    });
    let value = Value::Object(fields.collect());
    // Of what was just imported, nothing has been written yet.
    let write_only = if prior.private.imported { Some(Vec::new()) } else { prior.private.write_only };
    State { id: prior.id, value, private: Private { write_only, imported: false } }
}

/// What has to be set is never null: where the server has nothing, it is empty, as far as that is a value of it. So a
/// program that is made from the state is one that is accepted.
fn required(attr: &Attr, now: Value) -> Value {
    match (attr.presence, &now, &attr.kind) {
        (Presence::Required, Value::Null, Kind::String) if (attr.meaning.valid)("").is_ok() => Value::text(""),
        (Presence::Required, Value::Null, Kind::List(_)) => Value::List(Vec::new()),
        _ => now,
    }
}

/// What an answer tells of a value that the configuration may want to keep out of the state: what is secret in it only
/// where the state shows such already. An import knows no configuration, and a data source has nothing to do with it.
pub(super) fn told<'a>(attr: &Attr, before: &Value, now: &'a Value) -> Cow<'a, Value> {
    match (attr.reads, attr.meaning.redacted, now) {
        (Reads::Unless(_), Some(redacted), Value::String(text)) if before.as_str().is_none_or(|before| redacted(before) == before) => {
            Cow::Owned(Value::String(redacted(text)))
        }
        _ => Cow::Borrowed(now),
    }
}

/// What reading does not see: what no answer carries, and what must stay out of the state because its
/// write-only twin is in use. A state that another provider wrote does not tell whether it is; there, a
/// null says that it may be.
fn hidden(attr: &Attr, before: &Value, private: &Private) -> bool {
    match attr.reads {
        Reads::Always => false,
        Reads::Once | Reads::Never => true,
        Reads::Unless(_) if private.imported => false,
        Reads::Unless(twin) => before.is_null() && (private.write_only.is_none() || private.uses(twin)),
    }
}
