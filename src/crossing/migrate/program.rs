//! Writes the program of the objects that move: their values, variables for secrets, and references to other objects.

use super::{
    Wanted,
    links::Links,
    stack::{Configuration, Moved, Stack, bare},
};
use crate::{
    crossing::program::{Expression, Language, Program, Provider, Reference, Resource, Variable, is_public},
    engine::Engine,
    frontends::pulumi::names::camel,
    schema::{Attr, Kind, Reference as Refers, Table, json},
    value::{Json, Value},
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use std::collections::{BTreeSet, HashMap, HashSet};

/// A program, and the values of its variables.
pub(super) struct Written {
    pub program: Program,
    /// The value of each variable, in the order of the program.
    pub values: Vec<String>,
    /// The configuration of the default provider in a Pulumi stack: the setting, its text, and whether it is secret.
    pub settings: Vec<(&'static str, String, bool)>,
    /// The names of variables that are in use.
    taken: HashSet<String>,
}

/// The program of the objects that move.
pub(super) fn of<C: Send + Sync + 'static>(engine: &Engine<C>, stack: &Stack<'_>, wanted: &Wanted) -> Written {
    let called = stack.called();
    let links = Links::of(stack.tool, &stack.moved);
    let mut written = Written {
        program: Program { groups: stack.groups.clone(), ..Program::new(&wanted.project) },
        values: Vec::new(),
        settings: Vec::new(),
        taken: HashSet::new(),
    };
    let settings = engine.config().table;
    for of in &stack.providers {
        if of.name.is_none() && wanted.language.is_pulumi() {
            written.settings = default_settings(settings, of);
            continue;
        }
        let about = About { kind: "provider", name: of.name.as_deref().unwrap_or("default"), secrets: &of.secrets, place: None };
        let mut writer = Writer {
            stack,
            about,
            called: &called,
            links: &links,
            written: &mut written,
            referred: BTreeSet::new(),
            language: wanted.language,
        };
        let inputs: Vec<_> =
            settings.attrs().zip(of.settings.fields()).filter_map(|(attr, value)| Some((attr, writer.expression(attr, value)?))).collect();
        if of.name.is_some() || !inputs.is_empty() {
            written.program.providers.push(Provider { name: of.name.clone(), inputs });
        }
    }
    for (place, moved) in stack.moved.iter().enumerate() {
        let about = About { kind: moved.of().name, name: &moved.name, secrets: &moved.object.secrets, place: Some(place) };
        let mut writer = Writer {
            stack,
            about,
            called: &called,
            links: &links,
            written: &mut written,
            referred: BTreeSet::new(),
            language: wanted.language,
        };
        let inputs: Vec<_> = moved
            .of()
            .table
            .attrs()
            .zip(moved.inputs.fields())
            .filter_map(|(attr, value)| Some((attr, writer.expression(attr, value)?)))
            .collect();
        let referred = writer.referred;
        // An object that refers to one instance of a block needs no other one of it.
        let blocks: BTreeSet<_> = referred.iter().map(|of| bare(stack.tool, stack.moved[*of].object.held)).collect();
        let is_open = |of: &Moved<'_>| blocks.is_empty() || !blocks.contains(&bare(stack.tool, of.object.held));
        let waits = moved.depends_on.iter().map(|of| &stack.moved[*of]).filter(|of| is_open(of));
        written.program.resources.push(Resource {
            of: moved.of(),
            name: moved.name.clone(),
            inputs,
            protect: moved.protect == Some(true),
            depends_on: waits.map(|of| (of.of(), of.name.clone())).collect(),
            provider: stack.provider_of(moved).map(str::to_owned),
            group: stack.group_of(moved).map(str::to_owned),
        });
    }
    // Printers need the resources of one kind next to each other.
    written.program.resources.sort_by_key(|resource| resource.of.name);
    written
}

/// The settings of the default provider configuration, as texts.
fn default_settings(table: &'static Table, of: &Configuration) -> Vec<(&'static str, String, bool)> {
    let set = table.attrs().zip(of.settings.fields()).filter(|(_, value)| !value.is_null());
    let one = |(attr, value): (&'static Attr, &Value)| {
        let text = match value {
            Value::String(text) => text.clone(),
            value => in_camel_case(&attr.kind, json::kind_to_json(&attr.kind, value)).to_string(),
        };
        (attr.name, text, attr.holds_secret() || of.secrets.contains(attr.name))
    };
    set.map(one).collect()
}

/// JSON with Pulumi's property names. The keys of maps stay as they are.
fn in_camel_case(kind: &Kind, value: Json) -> Json {
    match (kind, value) {
        (Kind::Object(nested), Json::Object(members)) => {
            let set = nested.table.attrs().filter_map(|attr| Some((attr, members.get(attr.name)?))).filter(|(_, value)| !value.is_null());
            Json::object(set.map(|(attr, value)| (camel(attr.name), in_camel_case(&attr.kind, value.clone()))))
        }
        (_, value) => value,
    }
}

/// The object or provider configuration that is written.
struct About<'a> {
    kind: &'static str,
    name: &'a str,
    /// Attributes that are secret although the table does not declare it.
    secrets: &'a BTreeSet<&'static str>,
    /// Its place in the stack, if it is an object.
    place: Option<usize>,
}

struct Writer<'a, 'b> {
    stack: &'a Stack<'b>,
    about: About<'a>,
    called: &'a HashMap<(&'static str, &'static str, &'a str), Option<usize>>,
    links: &'a Links<'a>,
    written: &'a mut Written,
    referred: BTreeSet<usize>,
    language: Language,
}

impl Writer<'_, '_> {
    fn expression(&mut self, attr: &'static Attr, value: &Value) -> Option<Expression> {
        let is_default = attr.default.is_some_and(|default| default.value() == *value);
        if !attr.configurable() || is_default {
            return None;
        }
        let expression = Expression::of(attr, value)?;
        let secret = attr.secret || attr.write_only || self.about.secrets.contains(attr.name);
        let path = format!("{}_{}_{}", self.about.kind, self.about.name, attr.name);
        if let (true, Value::String(text)) = (secret, value) {
            // Public keys are no secret, and of other texts, each is one variable, whatever it contains.
            return Some(match self.link(text) {
                Some(reference) => reference,
                None if is_public(text) => expression,
                None => self.variable(path, text),
            });
        }
        Some(self.hidden(attr, &attr.kind, expression, secret, path))
    }

    /// The expression with variables for its secrets, and references for the ids of other objects.
    fn hidden(&mut self, attr: &'static Attr, kind: &'static Kind, expression: Expression, secret: bool, path: String) -> Expression {
        match (kind, expression) {
            (_, Expression::Text(text)) => match attr.refers_to.and_then(|of| self.reference(of, &text)).or_else(|| self.link(&text)) {
                Some(reference) => reference,
                None if secret => self.variable(path, &text),
                None => Expression::Text(text),
            },
            (_, Expression::Json(json)) if secret => self.variable(path, &json.to_string()),
            (Kind::List(of), Expression::List(items)) => {
                let items = items.into_iter().enumerate();
                Expression::List(items.map(|(at, item)| self.hidden(attr, of, item, secret, format!("{path}_{at}"))).collect())
            }
            (Kind::Map(of), Expression::Map(items)) => {
                let items = items.into_iter();
                Expression::Map(
                    items.map(|(key, item)| (key.clone(), self.hidden(attr, of, item, secret, format!("{path}_{key}")))).collect(),
                )
            }
            (Kind::Object(_), Expression::Object(items)) => {
                let items = items.into_iter().map(|(inner, item)| {
                    let path = format!("{path}_{}", inner.name);
                    (inner, self.hidden(inner, &inner.kind, item, secret || inner.secret, path))
                });
                Expression::Object(items.collect())
            }
            (_, other) => other,
        }
    }

    fn variable(&mut self, path: String, text: &str) -> Expression {
        // Pulumi's runtime for YAML reads texts that look like JSON as objects and numbers, and loses digits.
        let is_taken_for_json = self.language == Language::Yaml && Json::parse(text).is_ok();
        let name = self.free(&if is_taken_for_json { path + "_base64" } else { path });
        let doc = format!("A secret of the {} `{}`.", self.about.kind, self.about.name);
        self.written.program.variables.push(Variable { name: name.clone(), doc, secret: true });
        self.written.values.push(if is_taken_for_json { BASE64_STANDARD.encode(text) } else { text.to_owned() });
        if is_taken_for_json { Expression::Base64(name) } else { Expression::Variable(name) }
    }

    /// A name that no other variable has yet.
    fn free(&mut self, path: &str) -> String {
        let name: String = path.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' }).collect();
        let (mut free, mut number) = (name.clone(), 1);
        while !self.written.taken.insert(free.clone()) {
            number += 1;
            free = format!("{name}_{number}");
        }
        free
    }

    /// The reference from which the text comes.
    fn link(&mut self, text: &str) -> Option<Expression> {
        let from = &self.stack.moved[self.about.place?];
        let (place, attr) = self.links.to(from, &self.stack.moved, text)?;
        self.referred.insert(place);
        let target = &self.stack.moved[place];
        Some(Expression::Reference(Reference { of: target.of(), name: target.name.clone(), attr }))
    }

    fn reference(&mut self, of: Refers, text: &str) -> Option<Expression> {
        let place = (*self.called.get(&(of.resource.name, of.attr, text))?).filter(|place| Some(*place) != self.about.place)?;
        self.referred.insert(place);
        let target = &self.stack.moved[place];
        Some(Expression::Reference(Reference { of: target.of(), name: target.name.clone(), attr: of.attr }))
    }
}
