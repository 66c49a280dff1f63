//! Decodes properties into values. Never panics, whatever the input.

use super::{ARCHIVE, ASSET, BYTES, DEEPEST, OUTPUT, REFERENCE, SECRET, SIGNATURE, Secrets, Struct, UNKNOWN, Wire, WireKind};
use crate::{
    engine,
    frontends::pulumi::names,
    schema::{Attr, BlockSchema, Kind, Presence, Table},
    value::{Json, Number, Path, Step, Value},
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use std::{borrow::Cow, collections::BTreeMap};

/// The source of properties, which decides how strictly they are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A program: a value that cannot be read is a problem.
    Inputs,
    /// The provider's configuration: the same, and every value may be a text.
    Config,
    /// Stored by an earlier run, maybe by another provider: a value that cannot be read is skipped.
    Stored,
}

/// Decoded properties.
#[derive(Clone, Debug)]
pub struct Decoded {
    /// The object. A value that could not be read is unknown in it (null for stored properties), so that no further errors follow
    /// from it.
    pub value: Value,
    /// The `id` property, for data sources.
    pub id: Value,
    /// The paths of values that were marked as secret.
    pub secrets: Secrets,
    /// The problems.
    pub problems: Vec<Problem>,
    /// Former property names in use, each with the current one.
    pub renamed: Vec<(&'static str, String)>,
}

/// A problem of one property.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The path of the property, in Pulumi's form.
    pub property: String,
    /// What is wrong; never repeats a value.
    pub reason: String,
}

/// A limit: nobody reads more, and finding suggestions for very many names takes long.
const MOST_PROBLEMS: usize = 100;

/// Decodes properties as an object of the block.
pub fn decode(block: &BlockSchema, properties: &Struct, origin: Origin) -> Decoded {
    let mut reader = Reader { origin, secrets: Secrets::new(), problems: Vec::new(), renamed: Vec::new() };
    let mut shown: Vec<Option<Presence>> = vec![None; block.table.len()];
    let mut with_id = None;
    for field in &block.fields {
        match field.attr {
            Some(_) => shown[field.index] = Some(field.presence),
            None => with_id = Some(field.presence),
        }
    }
    let mut id = Value::Null;
    if let Some(wire) = properties.fields.get("id")
        && let Some(presence) = with_id
    {
        match presence {
            Presence::ReadOnly if origin != Origin::Stored => {
                let reason = "the id is chosen when the object is made, and cannot be set; to take over an existing object, import it";
                reader.problem(&Place::top("id"), reason);
            }
            _ => id = reader.scalar(&Kind::String, wire, &Place::top("id")),
        }
    }
    let here = Place { shown: String::new(), mark: Path::ROOT, marks: true, declared: false, depth: 0 };
    let ours = |key: &str| {
        key == "id" && with_id.is_some() || origin == Origin::Config && matches!(key, "version" | "pluginDownloadURL") && !has(block, key)
    };
    let value = reader.object(block.table, &|index, _| shown[index], properties, &here, &ours);
    Decoded { value, id, secrets: reader.secrets, problems: reader.problems, renamed: reader.renamed }
}

/// The JSON of a setting with the tables' member names instead of Pulumi's.
fn as_declared(kind: &Kind, text: &str) -> String {
    fn renamed(kind: &Kind, json: Json) -> Json {
        match (kind, json) {
            (Kind::Object(nested), Json::Object(members)) => {
                Json::object(members.into_iter().map(
                    |(key, value)| match nested.table.attrs().find(|attr| names::camel(attr.name) == key) {
                        Some(attr) => (attr.name.to_owned(), renamed(&attr.kind, value)),
                        None => (key, value),
                    },
                ))
            }
            (Kind::List(of), Json::Array(items)) => items.into_iter().map(|item| renamed(of, item)).collect(),
            (Kind::Map(of), Json::Object(members)) => Json::object(members.into_iter().map(|(key, value)| (key, renamed(of, value)))),
            (_, other) => other,
        }
    }
    Json::parse(text).map_or_else(|_| text.to_owned(), |json| renamed(kind, json).to_string())
}

fn has(block: &BlockSchema, key: &str) -> bool {
    block.table.index(key).is_some()
}

struct Reader {
    origin: Origin,
    secrets: Secrets,
    problems: Vec<Problem>,
    renamed: Vec<(&'static str, String)>,
}

/// The current place: for messages, and for marking secrets.
struct Place {
    shown: String,
    mark: Path,
    /// False within a list, where a secret marks the whole list.
    marks: bool,
    /// The schema declares it secret, so that it need not be marked.
    declared: bool,
    depth: usize,
}

impl Place {
    fn top(name: &str) -> Place {
        Place { shown: name.to_owned(), mark: Path::ROOT, marks: true, declared: false, depth: 0 }
    }

    fn step(&self, shown: String, step: Step) -> Place {
        let marks = self.marks && !matches!(step, Step::Index(_));
        let mark = if marks { self.mark.then(step) } else { self.mark.clone() };
        Place { shown, mark, marks, declared: false, depth: self.depth + 1 }
    }

    fn member(&self, name: &str, attr: &'static Attr) -> Place {
        let shown = if self.shown.is_empty() { name.to_owned() } else { format!("{}.{name}", self.shown) };
        Place { declared: attr.secret, ..self.step(shown, Step::Attr(attr.name)) }
    }

    fn element(&self, index: usize) -> Place {
        self.step(format!("{}[{index}]", self.shown), Step::Index(index))
    }

    fn key(&self, key: &str) -> Place {
        let end = names::path(&Path(vec![Step::Key(key.to_owned())]));
        let dot = if end.starts_with('[') { "" } else { "." };
        self.step(format!("{}{dot}{end}", self.shown), Step::Key(key.to_owned()))
    }
}

/// A value without its wrappers.
enum Plain<'a> {
    Null,
    Unknown,
    Bool(bool),
    Number(f64),
    Text(Cow<'a, str>),
    List(&'a [Wire]),
    Struct(&'a Struct),
}

impl Reader {
    fn problem(&mut self, place: &Place, reason: impl Into<String>) -> Value {
        if self.problems.len() < MOST_PROBLEMS {
            let property = engine::one_line(&place.shown).into_owned();
            self.problems.push(Problem { property, reason: engine::one_line(&reason.into()).into_owned() });
        }
        if self.origin == Origin::Stored { Value::Null } else { Value::Unknown }
    }

    fn object(
        &mut self,
        table: &Table,
        presence: &dyn Fn(usize, &'static Attr) -> Option<Presence>,
        properties: &Struct,
        here: &Place,
        ours: &dyn Fn(&str) -> bool,
    ) -> Value {
        let mut fields = table.unset();
        let mut formerly = Vec::new();
        for (key, wire) in &properties.fields {
            // Names with two leading underscores belong to engines and to the bridge.
            if key.starts_with("__") || ours(key) {
                continue;
            }
            match known(table, key) {
                Some((index, attr)) if presence(index, attr).is_some() => {
                    let place = here.member(key, attr);
                    let value = self.value(attr, &attr.kind, wire, &place);
                    if presence(index, attr) == Some(Presence::ReadOnly) && self.origin != Origin::Stored && !value.is_null() {
                        self.problem(&place, "is decided by the provider and cannot be set");
                    } else {
                        fields[index] = value;
                    }
                }
                _ => match table.attrs().enumerate().find(|(_, attr)| attr.formerly == Some(key.as_str())) {
                    Some((index, attr)) if presence(index, attr).is_some() => formerly.push((key, wire, index, attr)),
                    _ => self.unknown_name(table, presence, key, here),
                },
            }
        }
        for (key, wire, index, attr) in formerly {
            let place = here.member(key, attr);
            let value = self.value(attr, &attr.kind, wire, &place);
            let now = names::camel(attr.name);
            if value.is_null() {
            } else if fields[index].is_null() {
                fields[index] = value;
                self.renamed.push((attr.formerly.unwrap_or_default(), now));
            } else if self.origin != Origin::Stored {
                self.problem(&place, format!("is the former name of `{now}`, which is set too: remove `{key}`"));
            }
        }
        Value::Object(fields)
    }

    fn mark(&mut self, place: &Place) {
        if place.marks || !place.declared {
            self.secrets.insert(place.mark.clone());
        }
    }

    fn unknown_name(&mut self, table: &Table, presence: &dyn Fn(usize, &'static Attr) -> Option<Presence>, key: &str, here: &Place) {
        if self.origin == Origin::Stored || self.problems.len() >= MOST_PROBLEMS {
            return;
        }
        let settable =
            |(index, attr): &(usize, &'static Attr)| presence(*index, attr).is_some_and(|presence| presence != Presence::ReadOnly);
        let known: Vec<String> = table.attrs().enumerate().filter(settable).map(|(_, attr)| names::camel(attr.name)).collect();
        let reason = match names::suggest(key, known.iter().map(String::as_str)) {
            Some(name) => format!("there is no such property; did you mean `{name}`?"),
            None => "there is no such property".to_owned(),
        };
        let shown = if here.shown.is_empty() { key.to_owned() } else { format!("{}.{key}", here.shown) };
        self.problem(&Place::top(&shown), reason);
    }

    fn value(&mut self, attr: &Attr, kind: &Kind, wire: &Wire, place: &Place) -> Value {
        if place.depth > DEEPEST {
            return self.problem(place, "is nested too deeply");
        }
        let plain = match self.open(wire, place) {
            Ok(plain) => plain,
            Err(reason) => return self.problem(place, reason),
        };
        match (kind, plain) {
            (_, Plain::Null) => Value::Null,
            (_, Plain::Unknown) => Value::Unknown,
            (Kind::List(of), Plain::List(items)) => {
                Value::List(items.iter().enumerate().map(|(index, item)| self.value(attr, of, item, &place.element(index))).collect())
            }
            (Kind::Map(of), Plain::Struct(members)) => {
                let members = members.fields.iter().map(|(key, item)| (key.clone(), self.value(attr, of, item, &place.key(key))));
                Value::Map(members.collect::<BTreeMap<_, _>>())
            }
            (Kind::Object(nested), Plain::Struct(members)) => {
                self.object(&nested.table, &|_, attr| Some(attr.presence), members, place, &|_| false)
            }
            (Kind::List(_) | Kind::Map(_) | Kind::Object(_), Plain::Text(text)) if self.origin == Origin::Config => {
                match engine::parse(attr, &as_declared(kind, &text)) {
                    Ok(value) => with_unknowns(value),
                    Err(why) => self.problem(place, why),
                }
            }
            (kind, plain) => self.simple(kind, plain, place, attr.secret),
        }
    }

    fn scalar(&mut self, kind: &Kind, wire: &Wire, place: &Place) -> Value {
        match self.open(wire, place) {
            Ok(Plain::Null) => Value::Null,
            Ok(Plain::Unknown) => Value::Unknown,
            Ok(plain) => self.simple(kind, plain, place, false),
            Err(reason) => self.problem(place, reason),
        }
    }

    /// A scalar. Programs in loosely typed languages write numbers and truth values as texts, and texts as numbers; the meaning is
    /// clear, unless the text may have been written in another way: nobody sees that a secret was changed.
    fn simple(&mut self, kind: &Kind, plain: Plain<'_>, place: &Place, is_secret: bool) -> Value {
        let found = match &plain {
            Plain::Null | Plain::Unknown => "nothing",
            Plain::Bool(_) => "a boolean",
            Plain::Number(_) => "a number",
            Plain::Text(_) => "a string",
            Plain::List(_) => "a list",
            Plain::Struct(_) => "an object",
        };
        let wanted = match kind {
            Kind::Bool => "a boolean",
            Kind::Number | Kind::Integer => "a number",
            Kind::String => "a string",
            Kind::List(_) => "a list",
            Kind::Map(_) | Kind::Object(_) => "an object",
        };
        let value = match (kind, plain) {
            (Kind::Bool, Plain::Bool(flag)) => Some(Value::Bool(flag)),
            (Kind::Bool, Plain::Text(text)) => match (text.trim(), self.origin) {
                ("true", _) | ("1", Origin::Config) => Some(Value::Bool(true)),
                ("false", _) | ("0", Origin::Config) => Some(Value::Bool(false)),
                _ => None,
            },
            (Kind::Number | Kind::Integer, Plain::Number(number)) => Number::from_f64(number).map(Value::Number),
            (Kind::Number | Kind::Integer, Plain::Text(text)) => match Number::parse(text.trim()) {
                Ok(number) if !number.fits_f64() => {
                    return self.problem(place, "has more digits than Pulumi's numbers can have");
                }
                number => number.ok().map(Value::Number),
            },
            (Kind::String, Plain::Number(number)) if self.origin != Origin::Stored && !is_exact(number, is_secret) => {
                return self.problem(place, format!("expected a string, found a number that may have had other digits. {QUOTES}"));
            }
            (Kind::String, Plain::Bool(_)) if self.origin != Origin::Stored && is_secret => {
                return self.problem(place, format!("expected a string, found a boolean that may have been another text. {QUOTES}"));
            }
            (Kind::String, Plain::Text(text)) => Some(Value::String(text.into_owned())),
            (Kind::String, Plain::Number(number)) => Number::from_f64(number).map(|number| Value::text(number.as_str())),
            (Kind::String, Plain::Bool(flag)) => Some(Value::text(flag.to_string())),
            _ => None,
        };
        match value {
            Some(value) => value,
            None => self.problem(place, format!("expected {wanted}, found {found}")),
        }
    }

    /// Removes all wrappers, and marks secrets.
    fn open<'a>(&mut self, wire: &'a Wire, place: &Place) -> Result<Plain<'a>, String> {
        let mut wire = wire;
        loop {
            let properties = match &wire.kind {
                None | Some(WireKind::NullValue(_)) => return Ok(Plain::Null),
                Some(WireKind::BoolValue(flag)) => return Ok(Plain::Bool(*flag)),
                Some(WireKind::NumberValue(number)) => return Ok(Plain::Number(*number)),
                Some(WireKind::StringValue(text)) => {
                    return Ok(if UNKNOWN.contains(&text.as_str()) { Plain::Unknown } else { Plain::Text(text.into()) });
                }
                Some(WireKind::ListValue(list)) => return Ok(Plain::List(&list.values)),
                Some(WireKind::StructValue(properties)) => properties,
            };
            let Some(signature) = properties.fields.get(SIGNATURE) else { return Ok(Plain::Struct(properties)) };
            let signature = as_text(signature).unwrap_or_default();
            let inner = properties.fields.get("value");
            match signature {
                SECRET => {
                    self.mark(place);
                    wire = inner.ok_or("a secret without a value")?;
                }
                OUTPUT => {
                    if matches!(properties.fields.get("secret").and_then(|flag| flag.kind.as_ref()), Some(WireKind::BoolValue(true))) {
                        self.mark(place);
                    }
                    match inner {
                        Some(inner) => wire = inner,
                        None => return Ok(Plain::Unknown),
                    }
                }
                REFERENCE => {
                    let text = |name| properties.fields.get(name).and_then(as_text);
                    return match (text("id"), text("urn")) {
                        (Some(id), _) if id.is_empty() || UNKNOWN.contains(&id) => Ok(Plain::Unknown),
                        (Some(id), _) => Ok(Plain::Text(id.into())),
                        // A component has no id.
                        (None, Some(urn)) => Ok(Plain::Text(urn.into())),
                        (None, None) => Err("a reference to a resource without a URN".into()),
                    };
                }
                BYTES => {
                    let bytes = inner.and_then(as_text).and_then(|text| BASE64_STANDARD.decode(text).ok());
                    let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
                    return text.map(|text| Plain::Text(text.into())).ok_or("has bytes that are not UTF-8 text".into());
                }
                ASSET | ARCHIVE => return Err("assets and archives cannot be used here: give their content as a string".into()),
                _ => return Err("is a special value that this provider does not support".into()),
            }
        }
    }
}

/// What to do if a text arrived as something else. Pulumi YAML 1.38.1 (`pkg/server/server.go`) reads each value of `config` as a
/// number, a boolean or JSON if it can, whatever its declared type.
const QUOTES: &str = "Write the text in quotes. Pulumi YAML reads a value of `config` as a number, a boolean or JSON if it can, so such a value needs quotes of its own: `pulumi config set NAME '\"…\"'`";

/// Whether the number can only have been written in one way. A whole number that is not too long counts, since keys and ids are
/// such; of a secret, no other one does.
fn is_exact(number: f64, is_secret: bool) -> bool {
    const LONGEST: f64 = 9_007_199_254_740_991.0;
    number.abs() <= LONGEST && (!is_secret || number.fract() == 0.0)
}

/// A value from a text; unknown as a whole if a part of it is unknown.
fn with_unknowns(value: Value) -> Value {
    match value {
        Value::String(text) if UNKNOWN.contains(&text.as_str()) => Value::Unknown,
        Value::List(items) => Value::List(items.into_iter().map(with_unknowns).collect()),
        Value::Object(fields) => Value::Object(fields.into_iter().map(with_unknowns).collect()),
        Value::Map(items) => Value::Map(items.into_iter().map(|(key, item)| (key, with_unknowns(item))).collect()),
        other => other,
    }
}

fn known(table: &Table, key: &str) -> Option<(usize, &'static Attr)> {
    let index = table.index(&names::snake(key))?;
    let attr = table.attr(index);
    (names::camel(attr.name) == key).then_some((index, attr))
}

fn as_text(wire: &Wire) -> Option<&str> {
    match &wire.kind {
        Some(WireKind::StringValue(text)) => Some(text),
        _ => None,
    }
}
