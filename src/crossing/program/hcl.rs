//! HCL, as `terraform fmt` leaves it.

use super::{
    Expression, Import, Package, Provider, Reference, Resource, Variable,
    words::{is_lines, is_short, quoted, tabs},
};
use crate::{engine::State, export::File, schema, value::Json};

const UNIT: &str = "  ";

/// The directory in which something is written: it decides how what is elsewhere is named.
pub(super) trait Scope {
    /// An attribute of a resource.
    fn named(&self, of: &Reference) -> String;
    /// What a resource of this directory waits for.
    fn waits(&self, resource: &Resource) -> Vec<String>;
}

/// The only directory that there is.
pub(super) struct Alone(pub Package);

impl Scope for Alone {
    fn named(&self, of: &Reference) -> String {
        format!("{}.{}", address(self.0, of.of.name, &of.name), of.attr)
    }

    fn waits(&self, resource: &Resource) -> Vec<String> {
        resource.depends_on.iter().map(|(of, name)| address(self.0, of.name, name)).collect()
    }
}

/// The blocks that no kind has for itself.
pub(super) fn frame(package: Package, variables: &[Variable]) -> Vec<File> {
    let mut files = vec![File { path: "versions.tf".to_owned(), content: versions(package, &[]) }];
    if !variables.is_empty() {
        files.push(File { path: "variables.tf".to_owned(), content: variables_of(variables) });
    }
    files
}

/// The provider that a directory needs, and its configurations of these names, which are given to it from outside.
pub(super) fn versions(package: Package, aliases: &[&str]) -> String {
    let Package { name, namespace, version, .. } = package;
    let mut items = vec![("source".to_owned(), format!("\"{namespace}/{name}\"")), ("version".to_owned(), format!("\">= {version}\""))];
    if !aliases.is_empty() {
        let aliases = aliases.iter().map(|alias| format!("{name}.{alias}"));
        items.push(("configuration_aliases".to_owned(), list(aliases.collect(), 3)));
    }
    format!("terraform {{\n  required_providers {{\n    {name} = {}\n  }}\n}}\n", object(items, 2))
}

pub(super) fn variables_of(variables: &[Variable]) -> String {
    variables.iter().map(variable).collect::<Vec<_>>().join("\n")
}

/// A configuration of the provider.
pub(super) fn provider(package: Package, provider: &Provider) -> String {
    let mut items: Vec<_> = provider.name.iter().map(|name| ("alias".to_owned(), text(name))).collect();
    items.extend(provider.inputs.iter().map(|(attr, value)| (attr.name.to_owned(), expression(&Alone(package), value, 1))));
    format!("provider \"{}\" {{\n{}}}\n", package.name, attributes(items, 1))
}

/// What a directory hands out.
pub(super) fn output(name: &str, value: &str, secret: bool) -> String {
    let sensitive = secret.then(|| ("sensitive".to_owned(), "true".to_owned()));
    let items = [("value".to_owned(), value.to_owned())].into_iter().chain(sensitive);
    format!("output \"{name}\" {{\n{}}}\n", attributes(items.collect(), 1))
}

/// A directory that is called, with what it is given.
pub(super) fn call(name: &str, source: &str, waits: Vec<String>, providers: Vec<(String, String)>, given: Vec<(String, String)>) -> String {
    let mut items = vec![("source".to_owned(), text(source))];
    if !waits.is_empty() {
        items.push(("depends_on".to_owned(), list(waits, 1)));
    }
    if !providers.is_empty() {
        items.push(("providers".to_owned(), object(providers, 1)));
    }
    items.extend(given);
    format!("module \"{name}\" {{\n{}}}\n", attributes(items, 1))
}

fn variable(variable: &Variable) -> String {
    let mut items = vec![("description".to_owned(), text(&variable.doc)), ("type".to_owned(), "string".to_owned())];
    if variable.secret {
        items.push(("sensitive".to_owned(), "true".to_owned()));
    }
    format!("variable \"{}\" {{\n{}}}\n", variable.name, attributes(items, 1))
}

pub(super) fn resource(package: Package, resource: &Resource, scope: &dyn Scope) -> String {
    // Within a list or an object, what ends a heredoc would have to stand where a comma does.
    let said = |value: &Expression| match value {
        Expression::Text(text) if is_lines(text) => heredoc(text, 1),
        value => expression(scope, value, 1),
    };
    let mut items: Vec<_> = resource.inputs.iter().map(|(attr, value)| (attr.name.to_owned(), said(value))).collect();
    let waits = scope.waits(resource);
    if !waits.is_empty() {
        items.push(("depends_on".to_owned(), list(waits, 1)));
    }
    if let Some(provider) = &resource.provider {
        items.push(("provider".to_owned(), format!("{}.{provider}", package.name)));
    }
    let mut body = attributes(items, 1);
    if resource.protect {
        let gap = if body.is_empty() { "" } else { "\n" };
        body += &format!("{gap}  lifecycle {{\n    prevent_destroy = true\n  }}\n");
    }
    format!("resource \"{}_{}\" \"{}\" {{\n{body}}}\n", package.name, resource.of.name, resource.name)
}

pub(super) fn import(package: Package, import: Import<'_>) -> String {
    let Import { of, name, id, by_identity } = import;
    let to = ("to".to_owned(), format!("{}_{}.{name}", package.name, of.name));
    let by = match identity(import).filter(|_| by_identity) {
        Some(parts) => ("identity".to_owned(), object(parts, 1)),
        None => ("id".to_owned(), text(id)),
    };
    format!("import {{\n{}}}\n", attributes(vec![to, by], 1))
}

/// What identifies the object, where that is all that its import says.
fn identity(Import { of, id, .. }: Import<'_>) -> Option<Vec<(String, String)>> {
    // No identity selects what an import is to take.
    let stub = State::to_import(of, id).ok().filter(|_| !of.table.has_shared())?;
    let known = schema::Object::new(&of.table, &stub.value);
    let part = |name: &str| if name == of.key { stub.id.as_deref() } else { known.str(name) };
    Some(of.identity().filter_map(|name| Some((name.to_owned(), text(part(name)?)))).collect())
}

/// A resource of the same directory.
pub(super) fn address(package: Package, kind: &str, name: &str) -> String {
    format!("{}_{kind}.{name}", package.name)
}

fn expression(scope: &dyn Scope, value: &Expression, level: usize) -> String {
    match value {
        Expression::Bool(flag) => flag.to_string(),
        Expression::Number(number) => number.as_str().to_owned(),
        Expression::Text(said) => text(said),
        Expression::Json(value) => format!("jsonencode({})", json(value, level)),
        Expression::List(items) => list(items.iter().map(|item| expression(scope, item, level + 1)).collect(), level),
        Expression::Map(items) => {
            object(items.iter().map(|(key, item)| (member(key), expression(scope, item, level + 1))).collect(), level)
        }
        Expression::Object(items) => {
            object(items.iter().map(|(attr, item)| (attr.name.to_owned(), expression(scope, item, level + 1))).collect(), level)
        }
        Expression::Reference(of) => scope.named(of),
        Expression::Variable(name) | Expression::Base64(name) => format!("var.{name}"),
    }
}

fn json(value: &Json, level: usize) -> String {
    match value {
        Json::Null => "null".to_owned(),
        Json::Bool(flag) => flag.to_string(),
        Json::Number(number) => number.as_str().to_owned(),
        Json::String(said) => text(said),
        Json::Array(items) => list(items.iter().map(|item| json(item, level + 1)).collect(), level),
        Json::Object(members) => object(members.iter().map(|(name, item)| (member(name), json(item, level + 1))).collect(), level),
    }
}

/// On one line where there is room; otherwise one element a line.
fn list(items: Vec<String>, level: usize) -> String {
    if is_short(&items) {
        return format!("[{}]", items.join(", "));
    }
    let indent = tabs(UNIT, level + 1);
    let lines: String = items.iter().map(|item| format!("{indent}{item},\n")).collect();
    format!("[\n{lines}{}]", tabs(UNIT, level))
}

fn object(items: Vec<(String, String)>, level: usize) -> String {
    if items.is_empty() {
        return "{}".to_owned();
    }
    format!("{{\n{}{}}}", attributes(items, level + 1), tabs(UNIT, level))
}

/// Attributes, a line each. Equals signs stand below each other as long as a line holds a whole value.
fn attributes(items: Vec<(String, String)>, level: usize) -> String {
    let opens = |value: &str| value.contains('\n') && !value.starts_with("<<");
    let mut out = String::new();
    let mut rest = items.as_slice();
    while let Some((name, value)) = rest.first() {
        let indent = tabs(UNIT, level);
        if opens(value) {
            out += &format!("{indent}{name} = {value}\n");
            rest = &rest[1..];
            continue;
        }
        let run = rest.iter().position(|(_, value)| opens(value)).unwrap_or(rest.len());
        let width = rest[..run].iter().map(|(name, _)| name.chars().count()).max().unwrap_or_default();
        for (name, value) in &rest[..run] {
            out += &format!("{indent}{name}{} = {value}\n", " ".repeat(width - name.chars().count()));
        }
        rest = &rest[run..];
    }
    out
}

/// A key of an object or map.
fn member(name: &str) -> String {
    let is_word = name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    // `for` begins something else.
    if is_word && !matches!(name, "for" | "null" | "true" | "false") { name.to_owned() } else { text(name) }
}

fn text(text: &str) -> String {
    escaped(&quoted(text))
}

/// Nothing in it is a template's.
fn escaped(text: &str) -> String {
    text.replace("${", "$${").replace("%{", "%%{")
}

fn heredoc(said: &str, level: usize) -> String {
    let mut end = "EOT".to_owned();
    while said.lines().any(|line| line.trim() == end) {
        end.push('_');
    }
    let body = escaped(said);
    match said.ends_with('\n') {
        true => format!("<<{end}\n{body}{end}"),
        false => format!("chomp(<<{end}\n{body}\n{end}\n{})", tabs(UNIT, level)),
    }
}
