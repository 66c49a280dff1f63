//! Reads an object again, and imports one: changes from outside are always found.

use super::{
    Call, Diagnostic, Engine, Entry, Failure, Observed, Private, State, Takes,
    canonical::{by_name_in, by_place},
    configure::Reach,
    keep_spelling_of,
    spelling::with_untold,
    without_unasked,
};
use crate::{
    schema::{Attr, ID, Kind, Object, Presence, Reads, Resource, Texts},
    value::Value,
};
use std::borrow::Cow;

/// An object that was read.
#[derive(Clone, Debug)]
pub struct Reread {
    /// Its state; `None` if the server says that it is gone.
    pub state: Option<State>,
    /// Warnings for the user.
    pub warnings: Vec<Diagnostic>,
}

impl State {
    /// The stub of an object for an import: a read fills it.
    ///
    /// # Errors
    /// If the id selects attributes that cannot be selected.
    pub fn to_import(resource: &'static Resource, id: &str) -> Result<State, Diagnostic> {
        let (id, takes) = selected(resource, id)?;
        let state = State::of_parts(resource, &parts_of(resource, id), takes);
        Ok(State { id: state.id.or_else(|| Some(id.to_owned())), ..state })
    }

    /// The same for an object that is identified by values of attributes.
    pub fn of_parts(resource: &'static Resource, parts: &[(&'static str, String)], takes: Takes) -> State {
        // If no attribute identifies the object, its id may contain them.
        let id = parts.iter().find(|(part, _)| *part == ID && resource.keyless());
        let said = id.map(|(_, id)| parts_of(resource, id)).unwrap_or_default();
        let part = |name: &str| parts.iter().chain(&said).find(|(part, _)| *part == name).map(|(_, text)| text.as_str());
        let fields = resource.table.attrs().map(|attr| part(attr.name).map(Value::text).unwrap_or_default());
        let private = Private { imported: Some(takes), ..Private::default() };
        State { id: part(resource.key).map(str::to_owned), value: Value::Object(fields.collect()), private }
    }
}

/// The attributes in an id for an import.
pub(super) fn parts_of(resource: &Resource, id: &str) -> Texts {
    resource.imports.map_or_else(|| vec![(resource.key, id.to_owned())], |parts| parts(id))
}

/// The object's id, and the attributes to import, for a resource with attributes that are managed only while they are set:
/// `ID` imports none of them, `ID:*` all that can be read, `ID:a,b` these two.
fn selected<'a>(resource: &Resource, id: &'a str) -> Result<(&'a str, Takes), Diagnostic> {
    let (id, names) = match id.rsplit_once(':') {
        Some(parts) if resource.table.has_shared() => parts,
        _ => return Ok((id, Takes::unless_told(resource))),
    };
    if names == "*" {
        return Ok((id, Takes::All));
    }
    let is_shared = |name: &str| resource.table.index(name).is_some_and(|at| resource.table.attr(at).presence == Presence::WhileSet);
    let names: Vec<_> = names.split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
    match names.iter().find(|name| !is_shared(name)) {
        None => Ok((id, Takes::These(names.into_iter().map(str::to_owned).collect()))),
        Some(name) => Err(Diagnostic::error(
            "The import selects an unknown attribute",
            format!(
                "`{name}` is not an attribute of {} that an import can select. Import `{id}` to take over none of its attributes, `{id}:*` to take over all that can be read, or `{id}:first,second` with names of attributes.",
                resource.name
            ),
        )),
    }
}

impl<C: Send + Sync + 'static> Engine<C> {
    /// Reads the object again. If the provider's configuration is unknown, the prior state stays.
    pub async fn read(&self, entry: &'static Entry<C>, prior: State, call: Call) -> Result<Reread, Failure> {
        let imported = prior.private.imported.is_some();
        self.seen(entry.resource, prior.id.as_deref(), &prior.value, imported);
        let cx = match self.reach(call)? {
            Reach::Ready(cx) => cx,
            Reach::Unknown => {
                let warning = Diagnostic::warning(
                    "The object was not refreshed",
                    format!("The provider's configuration is not known yet, so this {} keeps its stored state.", entry.resource.name),
                );
                return Ok(Reread { state: Some(prior), warnings: vec![warning] });
            }
        };
        let told = prior.canonical(&entry.resource.table);
        let (found, mut heard) = cx.hear(entry.backend.read(&cx, entry.resource, &told)).await?;
        let Some(Observed { id, value, warnings }) = found else {
            return Ok(Reread { state: None, warnings: heard });
        };
        heard.extend(warnings);
        let state = State { id: Some(id), ..reread(entry.resource, prior, &value) };
        if imported {
            let object = Object::new(&entry.resource.table, &state.value);
            heard.extend(entry.resource.on_adopt.iter().filter_map(|says| says(object)).map(Diagnostic::from));
            // A create that was begun under its names is in a state now.
            self.seen(entry.resource, state.id.as_deref(), &state.value, true);
        }
        Ok(Reread { state: Some(state), warnings: heard })
    }
}

/// The new state after an answer.
pub(super) fn reread(resource: &'static Resource, prior: State, observed: &Value) -> State {
    let (table, private) = (&resource.table, &prior.private);
    // Attributes that nobody asked for are not read.
    let asked = without_unasked(table, &prior.value, |_| !private.is_foreign());
    let own = by_place(table, &asked);
    let before = Object::new(table, &own);
    let fields = Object::new(table, observed).iter().enumerate().map(|(place, (attr, now))| {
        let before = before.at(place);
        match hidden(attr, before, private) {
            true => before.clone(),
            false => required(attr, keep_spelling_of(attr, before, &with_untold(attr, before, &told(attr, before, now)))),
        }
    });
    let value = by_name_in(table, &asked, Value::Object(fields.collect()));
    // An object that was just imported has no write-only values in use yet.
    let write_only = if private.imported.is_some() { Some(Vec::new()) } else { prior.private.write_only };
    State { id: prior.id, value, private: Private { write_only, imported: None, ..prior.private } }
}

/// A required attribute is never null: if the server has no value, it is an empty text, if that is valid. So a
/// program that is generated from the state is valid.
fn required(attr: &Attr, now: Value) -> Value {
    match (attr.presence, &now, &attr.kind) {
        (Presence::Required, Value::Null, Kind::String) if (attr.equality.valid)("").is_ok() => Value::text(""),
        (Presence::Required, Value::Null, Kind::List(_)) => Value::List(Vec::new()),
        _ => now,
    }
}

/// The part of an answer that may enter the state: a secret in it only
/// if the state has such a secret already. An import knows no configuration, and a data source does not need it.
pub(super) fn told<'a>(attr: &Attr, before: &Value, now: &'a Value) -> Cow<'a, Value> {
    match (attr.reads, attr.equality.redacted, now) {
        (Reads::Unless(_), Some(redacted), Value::String(text)) if before.as_str().is_none_or(|before| redacted(before) == before) => {
            Cow::Owned(Value::String(redacted(text)))
        }
        _ => Cow::Borrowed(now),
    }
}

/// Whether reading skips the attribute: no answer contains it, or it must stay out of the state because its
/// write-only twin is in use. A state that another provider wrote does not say whether it is; then a
/// null means that it may be.
fn hidden(attr: &Attr, before: &Value, private: &Private) -> bool {
    match attr.reads {
        // A value that nobody set here belongs to somebody else.
        Reads::Always => before.is_null() && !private.takes(attr),
        Reads::Once | Reads::Never => true,
        Reads::Unless(_) if private.imported.is_some() => false,
        Reads::Unless(twin) => before.is_null() && (private.write_only.is_none() || private.uses(twin)),
    }
}
