//! Write-only arguments: which are in use, which must be sent, and which of those have no value. Pure.
//!
//! No state contains them, and their values often come from sources that store nothing, so that a value may be missing in a run.
//! Therefore a null is no change: an argument is in use until its version is removed, or until the configuration sets an attribute
//! that excludes it. A value must be there only when it must be sent.

use super::{Diagnostic, Prior, Private, canonical, semantically_equal, sent_along};
use crate::{
    schema::{Attr, Demand, Kind, Object, Reads, Resource, Rule, Table},
    value::{Path, Step, Value},
};
use std::borrow::Cow;

/// The write-only arguments that an applied configuration uses, for tools that keep it.
pub fn used_by(table: &Table, config: &Value) -> Private {
    let config = Object::new(table, config);
    let used = table.attrs().filter(|attr| attr.write_only && config.uses(attr));
    Private { write_only: Some(used.map(|attr| attr.name.to_owned()).collect()), ..Private::default() }
}

/// The errors in a configuration whose write-only values are null, as far as the prior state shows them.
pub fn validate_use(resource: &Resource, prior: Option<Prior<'_>>, whole: &Value) -> Vec<Diagnostic> {
    let config = Object::new(&resource.table, whole);
    let in_use = in_use(resource, prior, config);
    missing(resource, prior, config, config, &in_use).chain(deferred(resource, whole, &in_use)).collect()
}

/// The arguments in use after the configuration is applied.
pub(super) fn in_use(resource: &Resource, prior: Option<Prior<'_>>, config: Object<'_>) -> Vec<&'static str> {
    // Without a version, a null may mean that the value is missing in this run, or that it is no longer used. If the tool keeps the
    // last configuration, that decides.
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

/// The arguments that must be sent, whether they have a value or not: all of a new object; those that came into use; those whose
/// version changes or may change; those that are sent with an attribute that changes or may change; and, if the tool keeps the last
/// configuration, those that differ from it.
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

/// Whether an argument in use was not in use before, or differs from the last configuration.
fn is_new(table: &Table, attr: &Attr, prior: Prior<'_>, config: Object<'_>) -> bool {
    // A state that another provider wrote does not show which arguments are in use; then none counts as new.
    let came = prior.private.write_only.is_some() && !prior.private.uses(attr.name);
    came || prior.config.is_some_and(|last| has_changed(attr, Object::new(table, last), config))
}

/// Whether the value differs from the last configuration.
fn has_changed(attr: &Attr, last: Object<'_>, config: Object<'_>) -> bool {
    let (before, now) = (last.get(attr.name), config.get(attr.name));
    let version = config.table.version_of(attr).map(|version| version.name);
    // If the last configuration had no value, an unchanged version says that the value is unchanged.
    let told = before.is_null() && version.is_some_and(|name| !last.get(name).is_null() && last.get(name) == config.get(name));
    !now.is_null() && !told && !semantically_equal(attr, before, now)
}

/// The arguments whose change alone changes the object: new or different ones, and removed ones that have a readable twin, which is
/// then cleared.
pub(super) fn changed(resource: &Resource, prior: Prior<'_>, config: Object<'_>, in_use: &[&'static str]) -> Vec<&'static str> {
    let table = &resource.table;
    let is_changed = |attr: &&'static Attr| match in_use.contains(&attr.name) {
        true => is_new(table, attr, prior, config),
        false => prior.private.uses(attr.name) && table.attrs().any(|twin| twin.reads == Reads::Unless(attr.name)),
    };
    table.attrs().filter(|attr| attr.write_only).filter(is_changed).map(|attr| attr.name).collect()
}

/// The errors about arguments that must be sent and are null. If it is not certain that one must be sent, the apply decides.
pub(super) fn missing<'a>(
    resource: &'a Resource,
    prior: Option<Prior<'a>>,
    planned: Object<'a>,
    config: Object<'a>,
    in_use: &'a [&'static str],
) -> impl Iterator<Item = Diagnostic> + use<'a> {
    let version = move |attr: &Attr| resource.table.version_of(attr).filter(|version| !planned.get(version.name).is_null());
    let before = move || prior.map(|prior| Object::new(&resource.table, prior.value));
    // The attribute with which the argument is sent, if there is no other reason to send it.
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

/// The write-only values within nested objects that a write sends, and those that are missing.
pub(super) struct Inside {
    /// Their paths in the configuration.
    pub sent: Vec<Path>,
    /// The errors about missing ones.
    pub missing: Vec<Diagnostic>,
}

/// A nested object that may have write-only values: prior, planned, configured, and in the last configuration.
#[derive(Clone, Copy)]
struct Around<'a> {
    before: &'a Value,
    planned: &'a Value,
    config: &'a Value,
    last: Option<&'a Value>,
}

/// The write-only values within nested objects. They are sent with a new object, when their version changes and, if the tool keeps
/// the last configuration, when they change.
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
            // The top-level arguments are handled by name in [`sent`].
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

/// Whether objects of the table have write-only arguments, also within nested objects.
pub fn has_write_only(table: &Table) -> bool {
    // A nested object may contain itself.
    fn has(table: &Table, levels: usize) -> bool {
        levels == 0 || table.attrs().any(|attr| attr.write_only || inside(&attr.kind, levels))
    }
    fn inside(kind: &Kind, levels: usize) -> bool {
        match kind {
            Kind::Object(nested) => has(&nested.table, levels - 1),
            Kind::List(of) | Kind::Map(of) => inside(of, levels),
            _ => false,
        }
    }
    has(table, 8)
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

/// The planned object with the configuration's values at these paths.
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

/// The arguments that are null and may be in use nevertheless.
pub(super) fn maybe_used(resource: &Resource, config: Object<'_>) -> Vec<&'static str> {
    let null = config.iter().filter(|(attr, value)| attr.write_only && value.is_null());
    null.filter(|(attr, _)| !is_excluded(resource, attr, config)).map(|(attr, _)| attr.name).collect()
}

/// Whether only a plan can check this rule: it reads an argument that may be in use.
pub(super) fn is_deferred(rule: &Rule, maybe_used: &[&str]) -> bool {
    !matches!(rule.demand, Demand::Conflicts) && rule.reads.iter().any(|name| maybe_used.contains(name))
}

/// The violations of these rules, in which arguments in use count as set to an unknown value.
pub(super) fn deferred(resource: &Resource, whole: &Value, in_use: &[&'static str]) -> Vec<Diagnostic> {
    let config = Object::new(&resource.table, whole);
    let maybe_used = maybe_used(resource, config);
    let rules: Vec<_> = resource.rules.iter().filter(|rule| is_deferred(rule, &maybe_used)).collect();
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

/// Whether the configuration sets an attribute that excludes the argument.
fn is_excluded(resource: &Resource, attr: &Attr, config: Object<'_>) -> bool {
    let conflicts = resource.rules.iter().filter(|rule| matches!(rule.demand, Demand::Conflicts) && rule.reads.contains(&attr.name));
    let others = conflicts.flat_map(|rule| rule.reads).filter(|name| **name != attr.name);
    let mut others = others.filter_map(|name| resource.table.index(name)).map(|index| resource.table.attr(index));
    others.any(|other| config.uses(other))
}
