//! Values for any attribute, from its table: its kind, meaning and checks say what is valid.
//!
//! Serves any provider. What tables cannot know (that a text has to refer to an existing object) comes from the caller, by the
//! attribute's name: see [`Known`].

use crate::json as stored;
use janiform::{
    engine::{has_errors, plan, validate},
    schema::{Attr, Check, Demand, Guards, Kind, Object, Presence, Reads, Resource, Table},
    value::{Number, Value, duration},
};
use serde_json::{Map, Value as Json};

/// Values for the attribute with this name that replace the generated ones. `Some` of an empty list means that the server at
/// hand cannot handle the attribute.
pub type Known = fn(&str) -> Option<Vec<Json>>;

/// Replaces no values.
pub fn none(_: &str) -> Option<Vec<Json>> {
    None
}

const WORDS: &[&str] = &[
    "alpha",
    "beta",
    "gamma",
    "https://a.example/x",
    "https://b.example/y",
    "ann@a.example",
    "00000000-0000-4000-8000-000000000001",
    "42",
    "m1",
];

/// Different valid values of the attribute, the default (if any) last.
pub fn values(attr: &Attr, known: Known) -> Vec<Json> {
    if let Some(known) = known(attr.name) {
        return known;
    }
    // What is protected does not go through the lifecycles of others.
    if attr.guards == Some(Guards::Deletion) {
        return vec![Json::Bool(false)];
    }
    let mut values: Vec<Value> =
        candidates(attr, &attr.kind, &attr.checks).into_iter().filter(|value| valid(attr, &attr.checks, value)).collect();
    if let Some(default) = attr.default {
        values.sort_by_key(|value| *value == default.value());
    }
    values.iter().map(|value| stored::kind_to_json(&attr.kind, value)).collect()
}

fn valid(attr: &Attr, checks: &[Option<Check>; 2], value: &Value) -> bool {
    let meant = value.as_str().is_none_or(|text| (attr.equality.valid)(text).is_ok());
    meant && checks.iter().flatten().all(|check| check.run(value).is_none())
}

fn candidates(attr: &Attr, kind: &Kind, checks: &[Option<Check>; 2]) -> Vec<Value> {
    let texts = |texts: &[&str]| texts.iter().map(|text| Value::text(*text)).collect::<Vec<_>>();
    match kind {
        Kind::Bool => vec![Value::Bool(true), Value::Bool(false)],
        Kind::Number => ["0.5", "7", "1e-3"].iter().map(|text| Value::Number(Number::parse(text).unwrap())).collect(),
        Kind::Integer => match checks
            .iter()
            .flatten()
            .find_map(|check| if let Check::Between(least, most) = check { Some((*least, *most)) } else { None })
        {
            Some((least, most)) => {
                (least..=most.min(least + 1000)).rev().take(2).chain(least..=most.min(least + 2)).map(Value::from).collect()
            }
            None => ["7", "12345678901234567890123", "8"].iter().map(|text| Value::Number(Number::parse(text).unwrap())).collect(),
        },
        Kind::String => {
            let words = checks.iter().flatten().find_map(|check| match check {
                Check::Known(words) | Check::Only(words) => Some(*words),
                _ => None,
            });
            match (words, attr.equality.name) {
                (Some(words), _) => texts(words),
                (_, "duration") => texts(&["45m", "2h", "90s"]),
                (_, "JSON") => texts(&[r#"{"b":[1,2.50],"a":{"c":true}}"#, r#"{"d":null}"#, "[1]"]),
                (_, "instant") => texts(&["2031-02-03T04:05:06Z", "2032-02-03T04:05:06Z"]),
                (_, "words") => texts(&["alpha beta", "gamma", "delta alpha"]),
                (_, "UUID") => texts(&["9f425a8d-7efc-4768-8f23-7647a74fdf13", "1c4b0b8e-2ee7-4f10-9a51-0a2f0f0c1a11"]),
                (_, "URL") => texts(&["https://a.example/x", "https://b.example/y", "https://c.example"]),
                _ => texts(WORDS),
            }
        }
        Kind::List(of) => {
            let items: Vec<_> = candidates(attr, of, &attr.each).into_iter().filter(|item| valid(attr, &attr.each, item)).collect();
            let pick = |places: &[usize]| Value::List(places.iter().filter_map(|place| items.get(*place).cloned()).collect());
            let mut lists = vec![pick(&[1, 0]), pick(&[2, 1]), pick(&[0])];
            lists.dedup();
            lists
        }
        Kind::Map(of) => {
            let items = candidates(attr, of, &attr.each).into_iter().filter(|item| valid(attr, &attr.each, item));
            items.take(3).enumerate().map(|(at, item)| Value::Map([(format!("k{}", at / 2), item)].into())).collect()
        }
        Kind::Object(nested) => (0..3).map(|turn| nested_object(&nested.table, turn)).collect(),
    }
}

/// An object with all attributes set to their values of this turn; the last turn sets only required attributes.
fn nested_object(table: &Table, turn: usize) -> Value {
    let value = |attr: &'static Attr| {
        // A nested value that no answer shows has tests of its own.
        if !attr.configurable() || attr.reads == Reads::Never {
            return Value::Null;
        }
        let values: Vec<_> =
            candidates(attr, &attr.kind, &attr.checks).into_iter().filter(|value| valid(attr, &attr.checks, value)).collect();
        values.get(turn % values.len().max(1)).cloned().unwrap_or_default()
    };
    let is_set = |attr: &&'static Attr| turn < 2 || attr.presence == Presence::Required;
    let mut fields: Vec<_> = table.attrs().map(|attr| if is_set(&attr) { value(attr) } else { Value::Null }).collect();
    for rule in table.rules {
        let Demand::OnlyWith(wanted) = rule.demand else { continue };
        let places: Vec<_> = rule.reads.iter().filter_map(|name| table.index(name)).collect();
        let is_wanted = fields[places[0]].as_str() == Some(wanted);
        places[1..].iter().for_each(|place| fields[*place] = if is_wanted { value(table.attr(*place)) } else { Value::Null });
    }
    Value::Object(fields)
}

/// Another spelling of a value with the same meaning.
pub fn respelled(attr: &Attr, value: &Json) -> Option<Json> {
    let value = stored::kind_from_json(&attr.kind, value).unwrap();
    let other = respell(attr, &attr.kind, &value);
    (other != value).then(|| stored::kind_to_json(&attr.kind, &other))
}

fn respell(attr: &Attr, kind: &Kind, value: &Value) -> Value {
    match (kind, value) {
        (Kind::String, Value::String(text)) => Value::text(match attr.equality.name {
            "duration" => {
                let nanoseconds = duration::parse(text).unwrap();
                let canonical = duration::format(nanoseconds);
                if canonical == *text { format!("{}ns", nanoseconds) } else { canonical }
            }
            "JSON" => serde_json::to_string_pretty(&serde_json::from_str::<Json>(text).unwrap()).unwrap().replace("2.50", "2.5e0"),
            "key" | "key set" => padded(serde_json::from_str(text).unwrap()).to_string(),
            "instant" => text.replace('Z', ".000+00:00"),
            "words" => text.split(' ').rev().collect::<Vec<_>>().join("  "),
            "UUID" => text.to_uppercase(),
            "URL" => format!("{text}/"),
            "origin" => format!("{}/", text.to_uppercase()),
            _ => text.clone(),
        }),
        (Kind::List(of), Value::List(items)) => {
            let mut items: Vec<_> = items.iter().map(|item| respell(attr, of, item)).collect();
            if attr.unordered || attr.keyed.is_some() {
                items.reverse();
            }
            Value::List(items)
        }
        (Kind::Map(of), Value::Map(map)) => Value::Map(map.iter().map(|(key, item)| (key.clone(), respell(attr, of, item))).collect()),
        (Kind::Object(nested), Value::Object(_)) => {
            Value::Object(Object::new(&nested.table, value).iter().map(|(attr, value)| respell(attr, &attr.kind, value)).collect())
        }
        _ => value.clone(),
    }
}

/// The same keys with base64's padding at their ends, which base64url leaves out.
fn padded(keys: Json) -> Json {
    match keys {
        Json::Object(members) => {
            let member = |(name, value): (String, Json)| match (name.as_str(), value.as_str()) {
                ("x" | "y" | "d" | "n", Some(text)) => (name, format!("{text}{}", "=".repeat((4 - text.len() % 4) % 4)).into()),
                _ => (name, padded(value)),
            };
            Json::Object(members.into_iter().map(member).collect())
        }
        Json::Array(items) => Json::Array(items.into_iter().map(padded).collect()),
        other => other,
    }
}

/// The smallest valid configuration.
pub fn minimal(resource: &'static Resource, known: Known) -> Json {
    let mut config = Map::new();
    for attr in resource.table.attrs().filter(|attr| attr.presence == Presence::Required) {
        let values = values(attr, known);
        config.insert(attr.name.to_owned(), values.first().unwrap_or_else(|| panic!("no value for {}", attr.name)).clone());
    }
    // A rule with its own function does not say what it requires: add one attribute after the other until it is satisfied.
    for rule in resource.rules.iter().filter(|rule| matches!(rule.demand, Demand::Holds(_) | Demand::OnlyWith(_))) {
        for attr in rule.reads.iter().filter_map(|name| resource.table.index(name)).map(|at| resource.table.attr(at)) {
            let object = stored::from_json(&resource.table, &Json::Object(config.clone())).unwrap();
            if rule.run(Object::new(&resource.table, &object)).is_none_or(|problem| !problem.refused) {
                break;
            }
            if let (Some(value), false) = (values(attr, known).first(), config.contains_key(attr.name)) {
                config.insert(attr.name.to_owned(), value.clone());
            }
        }
    }
    Json::Object(config)
}

/// The configuration with this attribute set, and with the attributes that it needs; `None` if the rules do not allow it.
pub fn with(resource: &'static Resource, config: &Json, attr: &Attr, value: &Json, known: Known) -> Option<Json> {
    let mut config = config.clone();
    let members = config.as_object_mut().unwrap();
    members.insert(attr.name.to_owned(), value.clone());
    let mut need = |name: &str| {
        if let Some(at) = resource.table.index(name).filter(|_| !members.contains_key(name)) {
            members.insert(name.to_owned(), values(resource.table.attr(at), known)[0].clone());
        }
    };
    for rule in resource.rules {
        if matches!(rule.demand, Demand::Requires) && rule.reads[0] == attr.name {
            need(rule.reads[1]);
        }
    }
    let beside = resource.table.version_of(attr).or(resource.table.sent_by(attr));
    beside.into_iter().for_each(|beside| need(beside.name));
    let valid = |config: &Json| {
        let config = stored::from_json(&resource.table, config).unwrap();
        !has_errors(&validate(resource, &config)) && !has_errors(&plan(resource, None, &config).diagnostics)
    };
    if valid(&config) {
        return Some(config);
    }
    // A rule with its own function does not say what it requires: try the other attributes that it reads.
    let members = config.as_object_mut().unwrap();
    for rule in resource
        .rules
        .iter()
        .filter(|rule| matches!(rule.demand, Demand::Holds(_) | Demand::OnlyWith(_)) && rule.reads.contains(&attr.name))
    {
        for at in rule.reads.iter().filter_map(|name| resource.table.index(name)) {
            let other = resource.table.attr(at);
            if let (Some(value), false) = (values(other, known).first(), members.contains_key(other.name)) {
                members.insert(other.name.to_owned(), value.clone());
            }
        }
    }
    valid(&config).then_some(config)
}

/// One way to make an object of a resource, if its rules allow more than one.
pub struct Way {
    /// The resource's name.
    pub resource: &'static str,
    /// The values for this way; an empty list for attributes of another way.
    pub known: Known,
    /// The attributes that every object of this way has.
    pub base: Json,
}

impl Way {
    /// The way with only the attributes that the table requires.
    pub fn only(resource: &'static Resource, known: Known) -> Way {
        Way { resource: resource.name, known, base: minimal(resource, known) }
    }
}

/// One valid configuration with as many attributes as possible.
pub fn full(resource: &'static Resource, base: &Json, known: Known, wanted: fn(&Attr) -> bool) -> Json {
    let mut config = base.clone();
    for attr in resource.table.attrs().filter(|attr| attr.configurable() && attr.presence != Presence::Required && wanted(attr)) {
        if let Some(more) = values(attr, known).first().and_then(|value| with(resource, &config, attr, value, known)) {
            config = more;
        }
    }
    config
}
