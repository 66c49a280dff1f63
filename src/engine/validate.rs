//! Errors in a configuration, as far as they can be found without a server. Pure.

use super::{Diagnostic, Severity, canonical, write_only};
use crate::{
    schema::{Attr, Check, EmptyText, Guards, Kind, Object, Presence, Problem, Resource, Rule, Table},
    value::{Path, Step, Value},
};
use std::collections::HashSet;

/// All errors in the configuration of a resource by itself; the plan checks rules about write-only arguments that are null. Unknown
/// values are never errors.
pub fn validate(resource: &Resource, config: &Value) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    object(&resource.table, config, &Path::ROOT, &mut found);
    found.extend(two_names(&resource.table, config));
    found.extend(two_ways(&resource.table, config));
    let told = canonical(&resource.table, config);
    let config = Object::new(&resource.table, &told);
    let maybe_used = write_only::maybe_used(resource, config);
    let rules = resource.rules.iter().filter(|rule| !write_only::is_deferred(rule, &maybe_used));
    found.extend(rules.filter_map(|rule| rule.run(config)).map(Diagnostic::from));
    if let Some(ignored) = resource.guard(Guards::Advice) {
        found.extend(resource.advice.iter().filter_map(|advice| advice.run(config, ignored.name)).map(Diagnostic::from));
    }
    found
}

/// The same for any table with its rules, without write-only attributes except those of an action, whose values are always known.
pub fn validate_block(table: &Table, rules: &[Rule], config: &Value) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    object(table, config, &Path::ROOT, &mut found);
    found.extend(two_names(table, config));
    let told = canonical(table, config);
    let config = Object::new(table, &told);
    found.extend(rules.iter().filter_map(|rule| rule.run(config)).map(Diagnostic::from));
    found
}

/// Attributes that are set under two of their names.
fn two_names(table: &Table, config: &Value) -> impl Iterator<Item = Diagnostic> {
    let is_set = |place: usize| config.fields().get(place).is_some_and(|value| !value.is_null() && !value.is_unknown());
    table.aliases().filter(move |(alias, of)| is_set(*alias) && is_set(*of)).map(|(alias, of)| {
        let (alias, of) = (table.attr(alias).name, table.attr(of).name);
        Diagnostic::error(
            format!("{alias} and {of} are names of the same attribute"),
            format!("Set only one of them: `{alias}` is another name of `{of}`."),
        )
        .at(Path::attr(alias))
    })
}

/// Attributes that are set together with one that replaces them.
fn two_ways<'a>(table: &'a Table, config: &'a Value) -> impl Iterator<Item = Diagnostic> + use<'a> {
    let config = Object::new(table, config);
    let is_set = move |name: &str| !config.get(name).is_null() && !config.get(name).is_unknown();
    let whole = table.attrs().filter(move |attr| !attr.instead_of.is_empty() && is_set(attr.name));
    whole.flat_map(move |attr| {
        attr.instead_of.iter().filter(move |name| is_set(name)).map(|part| {
            Diagnostic::error(
                format!("{} and {part} exclude each other", attr.name),
                format!("Set only one of them: `{}` replaces `{part}`.", attr.name),
            )
            .at(Path::attr(part))
        })
    })
}

/// Elements with the same key.
fn twins<'a>(attr: &'a Attr, items: &'a [Value], path: &'a Path) -> impl Iterator<Item = Diagnostic> + use<'a> {
    let mut seen = HashSet::new();
    let twins = items.iter().enumerate().filter(move |(_, item)| attr.key_of(item).is_some_and(|key| !seen.insert(key)));
    twins.map(move |(index, _)| {
        let path = path.then(Step::Index(index));
        let key = attr.keyed.unwrap_or_default();
        Diagnostic::error(
            format!("{path} has the {key} of another element"),
            format!("The elements are identified by their `{key}`: give each a different one, or remove one of the two."),
        )
        .at(path)
    })
}

/// Errors in one value of an attribute, by its own checks alone.
pub(super) fn validate_attr(attr: &Attr, value: &Value) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    match attr.empty_text() {
        EmptyText::Refused if value.as_str() == Some("") => found.push(empty(Path::attr(attr.name))),
        _ if value.is_null() || value.has_unknown() => {}
        _ => run(&attr.checks, value, &Path::attr(attr.name), &mut found),
    }
    found
}

fn object(table: &Table, value: &Value, path: &Path, found: &mut Vec<Diagnostic>) {
    for (attr, value) in Object::new(table, value).iter() {
        // Most attributes are not set: a path is built only for those that are.
        let path = || path.then(Step::Attr(attr.name));
        match value {
            Value::Unknown => {}
            Value::Null if attr.presence == Presence::Required => {
                let path = path();
                found.push(Diagnostic::error(format!("{path} is missing"), format!("`{path}` has to be set. {}", attr.doc)).at(path));
            }
            Value::Null => {}
            value => {
                let path = path();
                if let Some(why) = attr.deprecated {
                    found.push(Diagnostic::warning(format!("{path} is deprecated"), why).at(path.clone()));
                }
                match attr.empty_text() {
                    EmptyText::Refused if value.as_str() == Some("") => found.push(empty(path)),
                    _ if attr.is_empty_text(value) => {}
                    _ => {
                        let judge = judge(table, attr);
                        run(&judge.checks, value, &path, found);
                        inside(judge, &attr.kind, value, &path, found);
                    }
                }
            }
        }
    }
}

/// The attribute whose checks count: an alias has those of its attribute, unless it has its own.
fn judge(table: &Table, attr: &'static Attr) -> &'static Attr {
    let has_own = attr.checks.iter().chain(&attr.each).any(Option::is_some);
    attr.alias_of.filter(|_| !has_own).and_then(|name| table.index(name)).map_or(attr, |place| table.attr(place))
}

fn empty(path: Path) -> Diagnostic {
    let detail = format!("`{path}` must not be an empty text. To leave it unset, remove it, or set it to null.");
    Diagnostic::error(format!("{path} is empty"), detail).at(path)
}

fn inside(attr: &Attr, kind: &Kind, value: &Value, path: &Path, found: &mut Vec<Diagnostic>) {
    match (kind, value) {
        (Kind::String, Value::String(text)) => {
            if let Err(why) = (attr.equality.valid)(text) {
                found.push(Diagnostic::error(format!("{path} is not valid"), why).at(path.clone()));
            }
        }
        (Kind::Integer, Value::Number(number)) if !number.is_whole() => {
            found.push(Diagnostic::error(format!("{path} is not valid"), "Must be a whole number.").at(path.clone()));
        }
        (Kind::List(of), Value::List(items)) => {
            for (index, item) in items.iter().enumerate() {
                element(attr, of, item, path.then(Step::Index(index)), found);
            }
            found.extend(twins(attr, items, path));
        }
        (Kind::Map(of), Value::Map(map)) => {
            for (key, item) in map {
                element(attr, of, item, path.then(Step::Key(key.clone())), found);
            }
        }
        (Kind::Object(nested), Value::Object(_)) => {
            object(&nested.table, value, path, found);
            found.extend(rules_inside(&nested.table, value, path));
        }
        _ => {}
    }
}

/// What the rules of a nested object refuse.
fn rules_inside<'a>(table: &'a Table, value: &'a Value, path: &'a Path) -> impl Iterator<Item = Diagnostic> + use<'a> {
    let problems = table.rules.iter().filter_map(|rule| rule.run(Object::new(table, value)));
    problems.map(move |problem| {
        let problem = Problem { summary: format!("{path}: {}", problem.summary), ..problem };
        let at = path.then(Step::Attr(problem.at));
        Diagnostic::from(problem).at(at)
    })
}

fn element(attr: &Attr, of: &Kind, item: &Value, path: Path, found: &mut Vec<Diagnostic>) {
    match item {
        Value::Unknown => {}
        Value::Null => found.push(
            Diagnostic::error(format!("{path} is null"), "Elements cannot be null: remove the element, or give it a value.").at(path),
        ),
        item => {
            run(&attr.each, item, &path, found);
            inside(attr, of, item, &path, found);
        }
    }
}

fn run(checks: &[Option<Check>; 2], value: &Value, path: &Path, found: &mut Vec<Diagnostic>) {
    for (refused, why) in checks.iter().flatten().filter_map(|check| check.run(value)) {
        let (severity, summary) = match refused {
            true => (Severity::Error, format!("{path} is not valid")),
            false => (Severity::Warning, format!("{path} is unusual")),
        };
        found.push(Diagnostic { severity, summary, detail: why, path: path.clone(), withheld: false, unauthorized: false });
    }
}

impl From<Problem> for Diagnostic {
    fn from(problem: Problem) -> Self {
        Diagnostic {
            severity: if problem.refused { Severity::Error } else { Severity::Warning },
            summary: problem.summary,
            detail: problem.detail,
            path: Path::attr(problem.at),
            withheld: false,
            unauthorized: false,
        }
    }
}
