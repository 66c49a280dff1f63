//! Write-only arguments: which are in use, which are to be sent, and which of those are missing. Pure.
//!
//! No state holds them, and tools give them from where nothing is kept, so that a value need not be there in every run. A
//! null is therefore no change: an argument is in use until its version goes, or until the configuration says what
//! excludes it. Only where a value has to be sent does it have to be there.

use super::{Diagnostic, Prior, Private, canonical, semantically_equal, sent_along};
use crate::{
    schema::{Attr, Demand, Kind, Object, Reads, Resource, Rule, Table},
    value::{Path, Step, Value},
};
use std::borrow::Cow;

/// What a configuration that was applied says of write-only arguments, for tools that keep it.
pub fn used_by(table: &Table, config: &Value) -> Private {
    let config = Object::new(table, config);
    let used = table.attrs().filter(|attr| attr.write_only && config.uses(attr));
    Private { write_only: Some(used.map(|attr| attr.name.to_owned()).collect()), ..Private::default() }
}

/// What is wrong with a configuration in which write-only values are null, as far as what was applied before tells it.
pub fn validate_use(resource: &Resource, prior: Option<Prior<'_>>, whole: &Value) -> Vec<Diagnostic> {
    let config = Object::new(&resource.table, whole);
    let in_use = in_use(resource, prior, config);
    missing(resource, prior, config, config, &in_use).chain(deferred(resource, whole, &in_use)).collect()
}

/// The arguments in use once the configuration is applied.
pub(super) fn in_use(resource: &Resource, prior: Option<Prior<'_>>, config: Object<'_>) -> Vec<&'static str> {
    // Without a version, nothing says whether the value is not there in this run or not meant any more; where the tool keeps
    // the last configuration, that says it.
    let stays = |attr: &Attr| {
        prior.is_some_and(|prior| {
            let before = Object::new(&resource.table, prior.value);
            let had_version = resource.table.version_of(attr).is_some_and(|version| !before.get(version.name).is_null());
            prior.config.is_none() && prior.private.uses(attr.name) && !had_version
        })
    };
    let is_used = |attr: &&Attr| config.uses(attr) || stays(attr) && !is_excluded(resource, attr, config);
    resource.table.attrs().filter(|attr| attr.write_only).filter(is_used).map(|attr| attr.name).collect()
}

/// Those that are to be sent, whether they have a value or not: of a new object, those that came into use, those whose
/// version changes or may change, those that go along with what changes or may change, and those that changed, where the tool
/// keeps the last configuration.
pub(super) fn sent<'a>(
    resource: &'a Resource,
    prior: Option<Prior<'a>>,
    planned: Object<'a>,
    config: Object<'a>,
    in_use: &'a [&'static str],
) -> impl Iterator<Item = &'static Attr> + use<'a> {
    let is_sent = move |attr: &&'static Attr| {
        let Some(prior) = prior else { return true };
        let before = Object::new(&resource.table, prior.value);
        let moved = resource.table.version_of(attr).is_some_and(|version| before.get(version.name) != planned.get(version.name));
        moved || sent_along(&resource.table, attr, before, planned).is_some() || is_new(&resource.table, attr, prior, config)
    };
    resource.table.attrs().filter(|attr| in_use.contains(&attr.name)).filter(is_sent)
}

/// Whether an argument that is in use came into use, or has another value than in the last configuration.
fn is_new(table: &Table, attr: &Attr, prior: Prior<'_>, config: Object<'_>) -> bool {
    // A state that another provider wrote does not tell: then nothing has come.
    let came = prior.private.write_only.is_some() && !prior.private.uses(attr.name);
    came || prior.config.is_some_and(|last| has_changed(attr, Object::new(table, last), config))
}

/// Whether a value is another one than in the last configuration.
fn has_changed(attr: &Attr, last: Object<'_>, config: Object<'_>) -> bool {
    let (before, now) = (last.get(attr.name), config.get(attr.name));
    let version = config.table.version_of(attr).map(|version| version.name);
    // A value that was not there in the last run is told by its version.
    let told = before.is_null() && version.is_some_and(|name| !last.get(name).is_null() && last.get(name) == config.get(name));
    !now.is_null() && !told && !semantically_equal(attr, before, now)
}

/// Those whose coming or going changes the object by itself. What goes changes it only where something is known by no other
/// name: a readable twin, which is cleared.
pub(super) fn changed(resource: &Resource, prior: Prior<'_>, config: Object<'_>, in_use: &[&'static str]) -> Vec<&'static str> {
    let table = &resource.table;
    let is_changed = |attr: &&'static Attr| match in_use.contains(&attr.name) {
        true => is_new(table, attr, prior, config),
        false => prior.private.uses(attr.name) && table.attrs().any(|twin| twin.reads == Reads::Unless(attr.name)),
    };
    table.attrs().filter(|attr| attr.write_only).filter(is_changed).map(|attr| attr.name).collect()
}

/// Why the object cannot be written: what has to be sent and is null. Where it is not certain that it has to be sent, the
/// apply will tell.
pub(super) fn missing<'a>(
    resource: &'a Resource,
    prior: Option<Prior<'a>>,
    planned: Object<'a>,
    config: Object<'a>,
    in_use: &'a [&'static str],
) -> impl Iterator<Item = Diagnostic> + use<'a> {
    let version = move |attr: &Attr| resource.table.version_of(attr).filter(|version| !planned.get(version.name).is_null());
    let before = move || prior.map(|prior| Object::new(&resource.table, prior.value));
    // What it goes along with, where it goes for no other reason.
    let along = move |attr: &Attr| {
        let (prior, before) = (prior?, before()?);
        let moved = resource.table.version_of(attr).is_some_and(|version| before.get(version.name) != planned.get(version.name));
        sent_along(&resource.table, attr, before, planned).filter(|_| !moved && !is_new(&resource.table, attr, prior, config))
    };
    sent(resource, prior, planned, config, in_use)
        .filter(move |attr| config.get(attr.name).is_null())
        .filter(move |attr| version(attr).is_none_or(|version| !planned.get(version.name).is_unknown()))
        .filter(move |attr| along(attr).is_none_or(|name| !planned.get(name).has_unknown()))
        .map(move |attr| {
            let name = attr.name;
            let (why, way, at) = match (along(attr), version(attr)) {
                (Some(other), _) => (format!("`{other}` changes"), format!(", or leave `{other}` as it was"), other),
                (None, Some(version)) if prior.is_some() => {
                    (format!("`{}` changes", version.name), format!(", or leave `{}` as it was", version.name), version.name)
                }
                (None, Some(version)) => {
                    (format!("`{}` says that it is in use", version.name), format!(", or remove `{}`", version.name), version.name)
                }
                (None, None) => ("the plan says so".to_owned(), String::new(), name),
            };
            let detail = format!(
                "`{name}` has to be sent, since {why}, and it is null in this run. Give it a value, both when you plan and when you apply{way}. It may be null only in runs that do not send it."
            );
            Diagnostic::error(format!("{name} has no value"), detail).at(Path::attr(at))
        })
}

/// What a write sends of the write-only values within nested objects, and what of it is missing.
pub(super) struct Inside {
    /// Where they are in the configuration.
    pub sent: Vec<Path>,
    /// Why the object cannot be written.
    pub missing: Vec<Diagnostic>,
}

/// A nested object that may have such values, as it was, is planned, is configured, and was configured last.
#[derive(Clone, Copy)]
struct Around<'a> {
    before: &'a Value,
    planned: &'a Value,
    config: &'a Value,
    last: Option<&'a Value>,
}

/// Those within nested objects. They are sent with a new object, when their version changes and, where the tool keeps the
/// last configuration, when they change.
pub(super) fn inside(resource: &Resource, prior: Option<Prior<'_>>, planned: &Value, config: &Value) -> Inside {
    let mut found = Inside { sent: Vec::new(), missing: Vec::new() };
    let around =
        Around { before: prior.map_or(&Value::Null, |prior| prior.value), planned, config, last: prior.and_then(|prior| prior.config) };
    within(&resource.table, around, &Path::ROOT, &mut found);
    found
}

fn within(table: &Table, around: Around<'_>, path: &Path, found: &mut Inside) {
    let [before, planned, config] = [around.before, around.planned, around.config].map(|value| Object::new(table, value));
    let last = around.last.map(|last| Object::new(table, last));
    for (place, (attr, value)) in config.iter().enumerate() {
        let here = || path.then(Step::Attr(attr.name));
        match &attr.kind {
            Kind::Object(nested) if matches!(value, Value::Object(_)) => {
                let around =
                    Around { before: before.at(place), planned: planned.at(place), config: value, last: last.map(|last| last.at(place)) };
                within(&nested.table, around, &here(), found);
            }
            // The object's own arguments are known by their names.
            _ if !attr.write_only || path.0.is_empty() => {}
            _ => {
                let version = table.version_of(attr).map(|version| version.name);
                let moved = version.is_some_and(|version| before.get(version) != planned.get(version));
                if !(around.before.is_null() || moved || last.is_some_and(|last| has_changed(attr, last, config))) {
                    continue;
                }
                match version.filter(|version| !planned.get(version).is_null() && !planned.get(version).is_unknown()) {
                    _ if !value.is_null() => found.sent.push(here()),
                    Some(version) => {
                        let (path, at) = (here(), path.then(Step::Attr(version)));
                        let detail = format!(
                            "`{path}` has to be sent, since `{at}` says so, and it is null in this run. Give it a value, both when you plan and when you apply, or leave `{at}` as it was. It may be null only in runs that do not send it."
                        );
                        found.missing.push(Diagnostic::error(format!("{path} has no value"), detail).at(at));
                    }
                    None => {}
                }
            }
        }
    }
}

/// The object without write-only values, at any depth.
pub fn without_write_only<'a>(table: &Table, object: &'a Value) -> Cow<'a, Value> {
    fn has(table: &Table, object: &Value) -> bool {
        Object::new(table, object).iter().any(|(attr, value)| match &attr.kind {
            _ if attr.write_only => !value.is_null(),
            Kind::Object(nested) => has(&nested.table, value),
            _ => false,
        })
    }
    let Value::Object(_) = object else { return Cow::Borrowed(object) };
    if !has(table, object) {
        return Cow::Borrowed(object);
    }
    let fields = Object::new(table, object).iter().map(|(attr, value)| match &attr.kind {
        _ if attr.write_only => Value::Null,
        Kind::Object(nested) => without_write_only(&nested.table, value).into_owned(),
        _ => value.clone(),
    });
    Cow::Owned(Value::Object(fields.collect()))
}

/// The planned object with the values at these paths of the configuration.
pub(super) fn with(table: &Table, planned: Value, config: &Value, paths: &[Path]) -> Value {
    fn put(table: &Table, planned: &mut Value, config: &Value, steps: &[Step]) {
        let [Step::Attr(name), rest @ ..] = steps else { return };
        let (Some(place), Value::Object(fields)) = (table.index(name), planned) else { return };
        let value = Object::new(table, config).at(place);
        match (rest, &table.attr(place).kind) {
            ([], _) => fields[place] = value.clone(),
            (rest, Kind::Object(nested)) => put(&nested.table, &mut fields[place], value, rest),
            _ => {}
        }
    }
    let mut planned = planned;
    paths.iter().for_each(|path| put(table, &mut planned, config, &path.0));
    planned
}

/// Whether only a plan can tell if the configuration keeps this rule: the rule asks for a write-only argument that is null
/// and may be in use all the same.
pub(super) fn is_deferred(resource: &Resource, rule: &Rule, config: Object<'_>) -> bool {
    let may_be_used = |attr: &Attr| attr.write_only && config.get(attr.name).is_null() && !is_excluded(resource, attr, config);
    let asks = |name: &&str| resource.table.index(name).is_some_and(|index| may_be_used(resource.table.attr(index)));
    !matches!(rule.demand, Demand::Conflicts) && rule.reads.iter().any(asks)
}

/// What these rules have against the configuration, in which the arguments in use have values that are not known.
pub(super) fn deferred(resource: &Resource, whole: &Value, in_use: &[&'static str]) -> Vec<Diagnostic> {
    let config = Object::new(&resource.table, whole);
    let rules: Vec<_> = resource.rules.iter().filter(|rule| is_deferred(resource, rule, config)).collect();
    if rules.is_empty() {
        return Vec::new();
    }
    let is_given = |(attr, value): (&Attr, &Value)| !value.is_null() || !in_use.contains(&attr.name);
    let used = match in_use.is_empty() || config.iter().all(is_given) {
        true => Cow::Borrowed(whole),
        false => {
            Cow::Owned(Value::Object(config.iter().map(|given| if is_given(given) { given.1.clone() } else { Value::Unknown }).collect()))
        }
    };
    let used = canonical(&resource.table, &used);
    rules.into_iter().filter_map(|rule| rule.run(Object::new(&resource.table, &used))).map(Diagnostic::from).collect()
}

/// Whether the configuration says what the argument cannot be beside.
fn is_excluded(resource: &Resource, attr: &Attr, config: Object<'_>) -> bool {
    let conflicts = resource.rules.iter().filter(|rule| matches!(rule.demand, Demand::Conflicts) && rule.reads.contains(&attr.name));
    let others = conflicts.flat_map(|rule| rule.reads).filter(|name| **name != attr.name);
    let mut others = others.filter_map(|name| resource.table.index(name)).map(|index| resource.table.attr(index));
    others.any(|other| config.uses(other))
}
