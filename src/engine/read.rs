//! Reads an object again, or imports one. Finds drift: every change that was made without this provider.
//!
//! Owns what of an answer enters the state.

use super::{
    Call, Diagnostic, Engine, Entry, Failure, Observed, Private, State,
    canonical::{by_name_in, by_place},
    configure::Reach,
    keep_spelling_of,
    spelling::with_untold,
    without_unasked,
};
use crate::{
    schema::{Attr, Kind, Object, Presence, Reads, Resource},
    value::{Path, Value},
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
        let (found, mut heard) = match cx.hear(entry.backend.read(&cx, entry.resource, &told)).await {
            Ok(read) => read,
            // Otherwise nothing could bring other credentials into the state: a refresh comes before the plan.
            Err(failure) => match own_credentials(entry.resource, &prior.value).filter(|_| is_unauthorized(&failure)) {
                Some(attr) => return Ok(Reread { state: Some(prior), warnings: vec![not_accepted(entry.resource, attr, &failure)] }),
                None => return Err(failure),
            },
        };
        let Some(Observed { id, value, warnings }) = found else {
            return Ok(Reread { state: None, warnings: heard });
        };
        heard.extend(warnings);
        let state = State { id: Some(id), ..reread(entry.resource, prior, &value) };
        if imported {
            let object = Object::new(&entry.resource.table, &state.value);
            heard.extend(entry.resource.on_adopt.iter().filter_map(|says| says(object)).map(Diagnostic::from));
            // A state now contains the object, so its entries in the journal are over.
            self.seen(entry.resource, state.id.as_deref(), &state.value, true);
        }
        Ok(Reread { state: Some(state), warnings: heard })
    }
}

fn is_unauthorized(failure: &Failure) -> bool {
    failure.diagnostics.iter().any(|diagnostic| diagnostic.unauthorized)
}

/// The attribute with credentials of the object's own: a secret that only controls the provider.
fn own_credentials(resource: &'static Resource, object: &Value) -> Option<&'static str> {
    let is_own = |attr: &Attr| attr.secret && !attr.write_only && attr.reads == Reads::Never;
    Object::new(&resource.table, object).iter().find(|(attr, value)| is_own(attr) && !value.is_null()).map(|(attr, _)| attr.name)
}

fn not_accepted(resource: &Resource, attr: &'static str, failure: &Failure) -> Diagnostic {
    let why = failure.diagnostics.first().map(|first| first.detail.as_str()).unwrap_or_default();
    Diagnostic::warning(
        "The object was not refreshed",
        format!(
            "The server did not accept the `{attr}` in the state, so this {} keeps its stored state, which may be out of date. If the configuration has another `{attr}`, the next apply stores it, and later ones use it; an object is deleted with the one in the state.\n\n{why}",
            resource.name
        ),
    )
    .at(Path::attr(attr))
}

/// The new state after an answer.
pub(super) fn reread(resource: &'static Resource, prior: State, observed: &Value) -> State {
    let (table, private) = (&resource.table, &prior.private);
    // For another provider's state, defaults that its user did not set are not read.
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

/// A required attribute is never null: without a value from the server it is an empty text, if an empty text is valid. So a program
/// that is generated from the state is valid.
fn required(attr: &Attr, now: Value) -> Value {
    match (attr.presence, &now, &attr.kind) {
        (Presence::Required, Value::Null, Kind::String) if (attr.equality.valid)("").is_ok() => Value::text(""),
        (Presence::Required, Value::Null, Kind::List(_)) => Value::List(Vec::new()),
        _ => now,
    }
}

/// The part of an answer that may enter the state: a secret only if the state has that secret already. An import knows no
/// configuration, and a data source does not need the secret.
pub(super) fn told<'a>(attr: &Attr, before: &Value, now: &'a Value) -> Cow<'a, Value> {
    match (attr.reads, attr.equality.redacted, now) {
        (Reads::Unless(_), Some(redacted), Value::String(text)) if before.as_str().is_none_or(|before| redacted(before) == before) => {
            Cow::Owned(Value::String(redacted(text)))
        }
        _ => Cow::Borrowed(now),
    }
}

/// Whether reading skips the attribute: no answer contains it, or its write-only twin is in use. In a state that another provider
/// wrote it is unknown whether the twin is in use; then a null means that it may be.
fn hidden(attr: &Attr, before: &Value, private: &Private) -> bool {
    match attr.reads {
        // A value that this configuration did not set belongs to somebody else.
        Reads::Always => before.is_null() && !private.takes(attr),
        Reads::Once | Reads::Never => true,
        Reads::Unless(_) if private.imported.is_some() => false,
        Reads::Unless(twin) => before.is_null() && (private.write_only.is_none() || private.uses(twin)),
    }
}
