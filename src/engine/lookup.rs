//! Data sources: read one object without managing it, or ask a server a question.

use super::{
    Backend, Call, Cx, DataSource, Diagnostic, Done, Engine, Failure, Observed, Private, QueryBackend, State, Wanted, canonical,
    configure::Reach, defaults, has_errors, objects, read::told, validate::validate_attr, validate_block,
};
use crate::{
    schema::{Attr, Lookup, Object, Query, Reads, Table},
    value::{Path, Value},
};

/// The result of a data source.
#[derive(Clone, Debug)]
pub struct Found {
    /// The object's id; a query has none.
    pub id: Option<String>,
    /// The result, in table order; attributes that the data source does not show are null.
    pub value: Value,
    /// Warnings for the user.
    pub warnings: Vec<Diagnostic>,
}

impl<C: Send + Sync + 'static> Engine<C> {
    /// The errors in the arguments that can be found without a server.
    pub fn validate_data_source(&self, source: &DataSource<C>, id: &Value, config: &Value) -> Vec<Diagnostic> {
        match source {
            DataSource::Lookup { lookup, .. } => validate_lookup(lookup, id, config),
            DataSource::Query { query, .. } => validate_block(&query.table, query.rules, config),
        }
    }

    /// Reads the data source.
    pub async fn lookup(&self, source: &DataSource<C>, id: &Value, config: &Value, call: Call) -> Result<Found, Failure> {
        let wrong = self.validate_data_source(source, id, config);
        if has_errors(&wrong) {
            return Err(Failure { done: Done::No, left: None, diagnostics: wrong });
        }
        let cx = match self.reach(call)? {
            Reach::Ready(cx) => cx,
            Reach::Unknown => {
                return Err(Diagnostic::error(
                    "The provider's configuration is still unknown",
                    "A value in the provider's configuration is not known yet, so nothing can be looked up. Apply the resource that it comes from first.",
                )
                .into());
            }
        };
        let asked = async {
            match source {
                DataSource::Lookup { lookup, backend } => find(&cx, lookup, *backend, id, config).await,
                DataSource::Query { query, backend } => ask(&cx, query, *backend, config).await,
            }
        };
        let (mut found, heard) = cx.hear(asked).await?;
        found.warnings.extend(heard);
        Ok(found)
    }
}

/// Checks the value to look up like the same attribute of an object, since no object can have an invalid one, and the attributes
/// that say where to look.
fn validate_lookup(lookup: &Lookup, id: &Value, config: &Value) -> Vec<Diagnostic> {
    let table = &lookup.of.table;
    let steers = Object::new(table, config).iter().filter(|(attr, _)| lookup.shows(attr) && lookup.steers(attr));
    let mut found: Vec<_> = steers.flat_map(|(attr, value)| validate_attr(attr, value)).collect();
    match by(lookup, id, &canonical(table, config)) {
        Ok(Some((name, Some(wanted)))) => {
            let attr = table.attrs().find(|attr| attr.name == name);
            found.extend(attr.into_iter().flat_map(|attr| validate_attr(attr, &Value::text(wanted))));
        }
        Ok(_) => {}
        Err(wrong) => found.push(wrong),
    }
    found
}

/// Finds exactly one object.
async fn find<C: Send + Sync + 'static>(
    cx: &Cx<C>,
    lookup: &Lookup,
    backend: &dyn Backend<C>,
    id: &Value,
    config: &Value,
) -> Result<Found, Failure> {
    let told = canonical(&lookup.of.table, config);
    let Some((attr, wanted)) = by(lookup, id, &told)? else { return Err(unknown()) };
    let missing = || -> Failure {
        let name = lookup.name;
        let which = if wanted.is_some() { "as given" } else { "that of the provider's configuration" };
        let detail =
            format!("There is no {name} whose `{attr}` is {which}. Check the spelling and which server the provider is configured for.");
        Diagnostic::error(format!("No {name} found"), detail).at(Path::attr(attr)).into()
    };
    let observed = if attr == lookup.by {
        // The attribute to look up by may also say where to look.
        let state = State {
            id: wanted.map(str::to_owned),
            value: wanted.map_or_else(|| told.clone().into_owned(), |wanted| named(lookup, attr, wanted, &told)),
            private: Private { looks: true, ..Private::default() },
        };
        backend.read(cx, lookup.of, &state).await?.ok_or_else(missing)?
    } else {
        let filter = named(lookup, attr, wanted.unwrap_or_default(), &told);
        let wanted = Wanted { resource: lookup.of, filter: Object::new(&lookup.of.table, &filter), whole: true, all: false };
        let mut found = objects(cx, backend, wanted);
        let one = found.next().await?.ok_or_else(missing)?;
        let mut more = 0;
        while found.next().await?.is_some() {
            more += 1;
        }
        if more > 0 {
            let detail = format!("{} objects have this `{attr}`. Use the `{}` of the one that you mean.", more + 1, lookup.by);
            return Err(Diagnostic::error(format!("More than one {} found", lookup.name), detail).at(Path::attr(attr)).into());
        }
        one
    };
    Ok(shown(lookup, observed, config))
}

/// An object with the attribute to look up by, and the attributes that say where to look.
fn named(lookup: &Lookup, name: &str, wanted: &str, config: &Value) -> Value {
    let fields = Object::new(&lookup.of.table, config).iter().map(|(attr, value)| match lookup.steers(attr) {
        _ if attr.name == name => Value::text(wanted),
        true => value.clone(),
        false => Value::Null,
    });
    Value::Object(fields.collect())
}

async fn ask<C: 'static>(cx: &Cx<C>, query: &'static Query, backend: &dyn QueryBackend<C>, config: &Value) -> Result<Found, Failure> {
    if config.has_unknown() {
        return Err(unknown());
    }
    let asked = defaults(&query.table, config);
    let answer = backend.answer(cx, query, &canonical(&query.table, &asked)).await?;
    Ok(Found { id: None, value: answered(&query.table, &asked, &answer), warnings: Vec::new() })
}

/// The user's arguments as written, and the values that only the answer decides.
pub(super) fn answered(table: &Table, asked: &Value, answer: &Value) -> Value {
    let answer = Object::new(table, answer);
    let one = |(place, (attr, asked)): (usize, (&Attr, &Value))| match asked.is_null() && attr.computed() {
        true => answer.at(place).clone(),
        false => asked.clone(),
    };
    Value::Object(Object::new(table, asked).iter().enumerate().map(one).collect())
}

fn unknown() -> Failure {
    Diagnostic::error(
        "The look-up is not known yet",
        "What to look for depends on a value that is not known yet. Apply the resource that it comes from first.",
    )
    .into()
}

/// The attribute to look up by and its value; no value if the backend knows the object by itself.
type Sought<'a> = (&'static str, Option<&'a str>);

/// The attribute to look up by, and its value; `None` while the value is unknown.
fn by<'a>(lookup: &Lookup, id: &'a Value, config: &'a Value) -> Result<Option<Sought<'a>>, Diagnostic> {
    let config = Object::new(&lookup.of.table, config);
    let mut given = [(lookup.by, id), (lookup.by, config.get(lookup.by))]
        .into_iter()
        .chain(lookup.or_by.into_iter().flatten().map(|name| (name, config.get(name))))
        .filter(|(_, value)| !value.is_null());
    let names = || {
        let names: Vec<_> = lookup.ways().iter().map(|name| format!("`{name}`")).collect();
        match names.split_last() {
            Some((last, rest)) if !rest.is_empty() => format!("one of {} or {last}", rest.join(", ")),
            _ => names.concat(),
        }
    };
    match (given.next(), given.next()) {
        (None, _) if lookup.own => Ok(Some((lookup.by, None))),
        (None, _) => Err(Diagnostic::error("Nothing to look for", format!("Set {}.", names()))),
        (Some((_, first)), Some((other, second))) if !first.is_unknown() && !second.is_unknown() && first != second => {
            Err(Diagnostic::error("More than one thing to look for", format!("Set only {}.", names())).at(Path::attr(other)))
        }
        (Some((attr, value)), _) => Ok(value.as_str().map(|text| (attr, Some(text)))),
    }
}

fn shown(lookup: &Lookup, observed: Observed, config: &Value) -> Found {
    let table = &lookup.of.table;
    let config = Object::new(table, config);
    let fields = Object::new(table, &observed.value).iter().map(|(attr, value)| match attr.reads {
        _ if !lookup.shows(attr) => Value::Null,
        Reads::Never => config.get(attr.name).clone(),
        _ => told(attr, &Value::Null, value).into_owned(),
    });
    Found { id: Some(observed.id), value: Value::Object(fields.collect()), warnings: observed.warnings }
}
