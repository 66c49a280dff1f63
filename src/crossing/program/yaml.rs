//! Pulumi YAML. It has one file, whatever the kinds.

use super::{
    Expression, Package, Provider, Resource, Variable, among_all,
    words::{is_lines, quoted, tabs},
};
use crate::{
    frontends::pulumi::names::{camel, pascal},
    value::Json,
};

const UNIT: &str = "  ";

/// Words that YAML takes for something else than text, in one of its versions.
const OTHERS: &[&str] = &["true", "false", "null", "yes", "no", "on", "off", "y", "n", "nan", "inf"];

/// What has a line of its own, and what stands below the name.
enum Node {
    Line(String),
    Below(String),
}

pub(super) fn head(project: &str) -> String {
    format!("name: {}\nruntime: yaml\nresources:\n", scalar(project))
}

pub(super) fn foot(variables: &[Variable]) -> String {
    if variables.is_empty() {
        return String::new();
    }
    let one = |variable: &Variable| {
        let secret = if variable.secret { "    secret: true\n" } else { "" };
        format!("  # {}\n  {}:\n    type: string\n{secret}", variable.doc, camel(&variable.name))
    };
    "config:\n".to_owned() + &variables.iter().map(one).collect::<String>()
}

pub(super) fn resource(package: Package, resource: &Resource) -> String {
    let mut out = format!("  {}:\n    type: {}:{}\n", among_all(resource.of.name, &resource.name), package.name, pascal(resource.of.name));
    out += &format!("    name: {}\n", scalar(&resource.name));
    if !resource.inputs.is_empty() {
        out += "    properties:\n";
        out += &members(resource.inputs.iter().map(|(attr, value)| (camel(attr.name), expression(value, 3))), 3);
    }
    if resource.protect || !resource.depends_on.is_empty() || resource.provider.is_some() {
        out += "    options:\n";
    }
    if !resource.depends_on.is_empty() {
        out += "      dependsOn:\n";
        out += &resource.depends_on.iter().map(|(of, name)| format!("        - ${{{}}}\n", among_all(of.name, name))).collect::<String>();
    }
    if resource.protect {
        out += "      protect: true\n";
    }
    if let Some(provider) = &resource.provider {
        out += &format!("      provider: ${{{}}}\n", among_all(PROVIDER, provider));
    }
    out
}

/// What explicit providers are called beside kinds.
const PROVIDER: &str = "provider";

pub(super) fn provider(package: Package, name: &str, provider: &Provider) -> String {
    let mut out = format!("  {}:\n    type: pulumi:providers:{}\n    name: {}\n", among_all(PROVIDER, name), package.name, scalar(name));
    if !provider.inputs.is_empty() {
        out += "    properties:\n";
        out += &members(provider.inputs.iter().map(|(attr, value)| (camel(attr.name), expression(value, 3))), 3);
    }
    out
}

fn members(items: impl Iterator<Item = (String, Node)>, level: usize) -> String {
    let indent = tabs(UNIT, level);
    let line = |(name, node)| match node {
        Node::Line(text) => format!("{indent}{name}: {text}\n"),
        Node::Below(text) => format!("{indent}{name}:\n{text}"),
    };
    items.map(line).collect()
}

fn elements(items: impl Iterator<Item = Node>, level: usize) -> String {
    let indent = tabs(UNIT, level);
    let line = |node| match node {
        Node::Line(text) => format!("{indent}- {text}\n"),
        // The first line of what is below stands behind the dash.
        Node::Below(text) => format!("{indent}- {}", text.strip_prefix(&tabs(UNIT, level + 1)).unwrap_or(&text)),
    };
    items.map(line).collect()
}

/// What stands below a name at this level.
fn expression(value: &Expression, level: usize) -> Node {
    let inner = level + 1;
    match value {
        Expression::Bool(flag) => Node::Line(flag.to_string()),
        Expression::Number(number) => Node::Line(number.as_str().to_owned()),
        Expression::Text(said) => text(said, level),
        Expression::Json(value) => {
            let indent = tabs(UNIT, inner);
            let below = match json(value, inner + 1) {
                Node::Line(text) => format!("{indent}fn::toJSON: {text}\n"),
                Node::Below(text) => format!("{indent}fn::toJSON:\n{text}"),
            };
            Node::Below(below)
        }
        Expression::List(items) if items.is_empty() => Node::Line("[]".to_owned()),
        Expression::List(items) => Node::Below(elements(items.iter().map(|item| expression(item, inner)), inner)),
        Expression::Map(items) if items.is_empty() => Node::Line("{}".to_owned()),
        Expression::Map(items) => Node::Below(members(items.iter().map(|(key, item)| (scalar(key), expression(item, inner))), inner)),
        Expression::Object(items) if items.is_empty() => Node::Line("{}".to_owned()),
        Expression::Object(items) => {
            Node::Below(members(items.iter().map(|(attr, item)| (camel(attr.name), expression(item, inner))), inner))
        }
        Expression::Reference(of) => Node::Line(format!("${{{}.{}}}", among_all(of.of.name, &of.name), camel(of.attr))),
        Expression::Variable(name) => Node::Line(format!("${{{}}}", camel(name))),
        Expression::Base64(name) => Node::Below(format!("{}fn::fromBase64: ${{{}}}\n", tabs(UNIT, inner), camel(name))),
    }
}

/// The same of JSON that stands at this level.
fn json(value: &Json, level: usize) -> Node {
    match value {
        Json::Null => Node::Line("null".to_owned()),
        Json::Bool(flag) => Node::Line(flag.to_string()),
        Json::Number(number) => Node::Line(number.as_str().to_owned()),
        Json::String(said) => Node::Line(scalar(said)),
        Json::Array(items) if items.is_empty() => Node::Line("[]".to_owned()),
        Json::Array(items) => Node::Below(elements(items.iter().map(|item| json(item, level + 1)), level)),
        Json::Object(items) if items.is_empty() => Node::Line("{}".to_owned()),
        Json::Object(items) => Node::Below(members(items.iter().map(|(name, item)| (scalar(name), json(item, level + 1))), level)),
    }
}

fn text(said: &str, level: usize) -> Node {
    // The first line tells how far a block is indented.
    if !is_lines(said) || said.starts_with([' ', '\t', '\n']) || said.ends_with("\n\n") {
        return Node::Line(scalar(said));
    }
    let indent = tabs(UNIT, level + 1);
    let keeps = if said.ends_with('\n') { "|" } else { "|-" };
    let lines =
        escaped(said).lines().map(|line| if line.is_empty() { String::new() } else { format!("{indent}{line}") }).collect::<Vec<_>>();
    Node::Line(format!("{keeps}\n{}", lines.join("\n")))
}

/// Text on one line: as it is where YAML takes it for nothing else.
fn scalar(text: &str) -> String {
    let is_word = text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '/' | '@'))
        && !OTHERS.contains(&text.to_ascii_lowercase().as_str());
    if is_word { text.to_owned() } else { escaped(&quoted(text)) }
}

/// Nothing in it is taken for a reference.
fn escaped(text: &str) -> String {
    text.replace("${", "$${")
}
