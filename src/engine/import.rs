//! Import ids: the state with which an import begins, before a read fills it. Pure.
//!
//! Owns the parsing of an id into attributes, and of the selection after it (`ID:*`, `ID:a,b`). Resources declare how their
//! own ids are divided.

use super::{Diagnostic, Private, State, Takes};
use crate::{
    schema::{ID, Presence, Resource, Texts},
    value::Value,
};

impl State {
    /// The state with which an import begins: only the id; a read fills in the rest.
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
    // An older name selects the attribute that it is a name of.
    let of = |name: &'a str| resource.table.index(name).and_then(|at| resource.table.attr(at).alias_of).unwrap_or(name);
    let is_shared = |name: &str| resource.table.index(name).is_some_and(|at| resource.table.attr(at).presence == Presence::WhileSet);
    let names: Vec<_> = names.split(',').map(str::trim).filter(|name| !name.is_empty()).map(of).collect();
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
