//! Data sources: finding an object without managing it, and asking a server.

use super::{
    Call, Cx, Diagnostic, Done, Engine, Failure, Observed, QueryEntry, Source, State, ViewEntry, canonical, configure::Reach, has_errors,
    read::told, validate::validate_attr, validate_block,
};
use crate::{
    schema::{Object, Reads, View},
    value::{Path, Value},
};

/// What a data source found.
#[derive(Clone, Debug)]
pub struct Found {
    /// The object's id; a query has none.
    pub id: Option<String>,
    /// What was found, in the table's order; what the data source does not show is null.
    pub value: Value,
    /// What the user should hear.
    pub warnings: Vec<Diagnostic>,
}

impl<C: Send + Sync + 'static> Engine<C> {
    /// What is wrong with what is asked, as far as that can be told without a server.
    pub fn validate_source(&self, source: Source<C>, id: &Value, config: &Value) -> Vec<Diagnostic> {
        match source {
            Source::View(entry) => validate_view(entry.view, id, config),
            Source::Query(entry) => validate_block(&entry.query.table, entry.query.rules, config),
        }
    }

    /// Asks the data source.
    pub async fn lookup(&self, source: Source<C>, id: &Value, config: &Value, call: Call) -> Result<Found, Failure> {
        let wrong = self.validate_source(source, id, config);
        if has_errors(&wrong) {
            return Err(Failure { done: Done::No, left: None, diagnostics: wrong });
        }
        let cx = match self.reach(call)? {
            Reach::Ready(cx) => cx,
            Reach::Unknown => {
                return Err(Diagnostic::error(
                    "The provider's configuration is still unknown",
                    "A value in the provider's configuration is not known yet, so nothing can be looked up. Apply first what it comes from.",
                )
                .into());
            }
        };
        let asked = async {
            match source {
                Source::View(entry) => find(&cx, entry, id, config).await,
                Source::Query(entry) => ask(&cx, entry, config).await,
            }
        };
        let (mut found, heard) = cx.hear(asked).await?;
        found.warnings.extend(heard);
        Ok(found)
    }
}

/// What is looked for is checked like that of an object, since there is none with another one; so is what steers the
/// provider.
fn validate_view(view: &View, id: &Value, config: &Value) -> Vec<Diagnostic> {
    let table = &view.of.table;
    let steers = Object::new(table, config).iter().filter(|(attr, _)| view.shows(attr) && !attr.remote());
    let mut found: Vec<_> = steers.flat_map(|(attr, value)| validate_attr(attr, value)).collect();
    match by(view, id, &canonical(table, config)) {
        Ok(Some((name, wanted))) => {
            let attr = table.attrs().find(|attr| attr.name == name);
            found.extend(attr.into_iter().flat_map(|attr| validate_attr(attr, &Value::text(wanted))));
        }
        Ok(None) => {}
        Err(wrong) => found.push(wrong),
    }
    found
}

/// Finds exactly one object.
async fn find<C>(cx: &Cx<C>, entry: &ViewEntry<C>, id: &Value, config: &Value) -> Result<Found, Failure> {
    let view = entry.view;
    let told = canonical(&view.of.table, config);
    let Some((attr, wanted)) = by(view, id, &told)? else { return Err(unknown()) };
    let missing = || -> Failure {
        let name = view.name;
        let detail = format!("There is no {name} whose `{attr}` is as given. Check the spelling and which server the provider talks to.");
        Diagnostic::error(format!("No {name} found"), detail).at(Path::attr(attr)).into()
    };
    let observed = if attr == view.by {
        let state = State { id: Some(wanted.to_owned()), value: told.clone().into_owned(), private: Default::default() };
        entry.backend.read(cx, view.of, &state).await?.ok_or_else(missing)?
    } else {
        let mut found = entry.backend.find(cx, view.of, attr, wanted, &told).await?;
        match (found.pop(), found.len()) {
            (None, _) => return Err(missing()),
            (Some(one), 0) => one,
            (Some(_), more) => {
                let detail = format!("{} of them have this `{attr}`. Look the one you mean up by its `{}`.", more + 1, view.by);
                return Err(Diagnostic::error(format!("More than one {} found", view.name), detail).at(Path::attr(attr)).into());
            }
        }
    };
    Ok(shown(view, observed, config))
}

/// What was asked stays as it was written; the rest is the answer.
async fn ask<C>(cx: &Cx<C>, entry: &QueryEntry<C>, config: &Value) -> Result<Found, Failure> {
    if config.has_unknown() {
        return Err(unknown());
    }
    let table = &entry.query.table;
    let answer = entry.respond.respond(cx, entry.query, &canonical(table, config)).await?;
    let (asked, answer) = (Object::new(table, config), Object::new(table, &answer));
    let fields = asked.iter().map(|(attr, asked)| if asked.is_null() { answer.get(attr.name).clone() } else { asked.clone() });
    Ok(Found { id: None, value: Value::Object(fields.collect()), warnings: Vec::new() })
}

fn unknown() -> Failure {
    Diagnostic::error("The look-up is not known yet", "What to look for depends on a value that is not known yet.").into()
}

/// The attribute to look up by and the value to look for; `None` while that is unknown.
fn by<'a>(view: &View, id: &'a Value, config: &'a Value) -> Result<Option<(&'static str, &'a str)>, Diagnostic> {
    let config = Object::new(&view.of.table, config);
    let mut given = [Some((view.by, id)), Some((view.by, config.get(view.by))), view.or_by.map(|name| (name, config.get(name)))]
        .into_iter()
        .flatten()
        .filter(|(_, value)| !value.is_null());
    let names = || {
        let names: Vec<_> = view.ways().iter().map(|name| format!("`{name}`")).collect();
        match names.split_last() {
            Some((last, rest)) if !rest.is_empty() => format!("one of {} or {last}", rest.join(", ")),
            _ => names.concat(),
        }
    };
    match (given.next(), given.next()) {
        (None, _) => Err(Diagnostic::error("Nothing to look for", format!("Set {}.", names()))),
        (Some((_, first)), Some((other, second))) if !first.is_unknown() && !second.is_unknown() && first != second => {
            Err(Diagnostic::error("More than one thing to look for", format!("Set only {}.", names())).at(Path::attr(other)))
        }
        (Some((attr, value)), _) => Ok(value.as_str().map(|text| (attr, text))),
    }
}

fn shown(view: &View, observed: Observed, config: &Value) -> Found {
    let table = &view.of.table;
    let config = Object::new(table, config);
    let fields = Object::new(table, &observed.value).iter().map(|(attr, value)| match attr.reads {
        _ if !view.shows(attr) => Value::Null,
        Reads::Never => config.get(attr.name).clone(),
        _ => told(attr, &Value::Null, value).into_owned(),
    });
    Found { id: Some(observed.id), value: Value::Object(fields.collect()), warnings: observed.warnings }
}
