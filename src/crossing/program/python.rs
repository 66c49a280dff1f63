//! Python, for Pulumi: a module a kind.

use super::{
    Expression, GROUPS, Group, PROVIDERS, Package, Provider, Resource, Uses,
    words::{UNIT, is_lines, list, members, quoted, tabs},
};
use crate::{
    export::File,
    frontends::pulumi::names::{camel, pascal},
    schema::{Attr, Kind, Nested},
    value::Json,
};

/// Where an expression stands.
#[derive(Clone, Copy)]
struct Here {
    /// What the package is called.
    package: &'static str,
    /// The kind whose module it is.
    kind: &'static str,
}

pub(super) fn frame(package: Package, project: &str, kinds: &[&str], sdk: Option<&str>) -> Vec<File> {
    let Package { name, namespace, version, .. } = package;
    let from = sdk.map_or_else(|| format!(">={version}"), |path| format!(" @ {}", file_url(path)));
    // Each module makes its resources when it is imported.
    let modules: String = kinds.iter().map(|kind| format!("import {kind}  # noqa: F401\n")).collect();
    let about = format!("\"\"\"The program of `pulumi up`: each module makes the resources of one kind.\"\"\"\n\n{modules}");
    let file = |path: &str, content: String| File { path: path.to_owned(), content };
    vec![
        file("__main__.py", about),
        file("requirements.txt", format!("pulumi>=3.165.0,<4.0.0\n{namespace}-{name}{from}\n")),
        // Without an environment of its own, `pulumi install` would change the one that all programs of the machine share.
        file("Pulumi.yaml", format!("name: {project}\nruntime:\n  name: python\n  options:\n    virtualenv: venv\n")),
    ]
}

/// A file as pip takes it; what is not absolute is no URL, and stays as it is.
fn file_url(path: &str) -> String {
    url::Url::from_file_path(path).map_or_else(|()| path.to_owned(), String::from)
}

pub(super) fn head(package: Package, uses: &Uses) -> String {
    let mut out = String::new();
    if uses.json {
        out += "import json\n\n";
    }
    out += &format!("import {}_{} as {1}\n", package.namespace.replace('-', "_"), package.name);
    if uses.variables || uses.options {
        out += "import pulumi\n";
    }
    if !uses.kinds.is_empty() {
        out += "\n";
        out += &uses.kinds.iter().map(|kind| format!("import {kind}\n")).collect::<String>();
    }
    if uses.variables {
        out += "\nconfig = pulumi.Config()\n";
    }
    out + "\n"
}

pub(super) fn resource(package: Package, resource: &Resource) -> String {
    let here = Here { package: package.name, kind: resource.of.name };
    let mut arguments = vec![quoted(&resource.name)];
    arguments.extend(inputs(here, &resource.inputs));
    let mut options = Vec::new();
    if let Some(group) = &resource.group {
        options.push(format!("parent={GROUPS}.{group}"));
    }
    if let Some(provider) = &resource.provider {
        options.push(format!("provider={PROVIDERS}.{provider}"));
    }
    if resource.protect {
        options.push("protect=True".to_owned());
    }
    if !resource.depends_on.is_empty() {
        let all: Vec<_> = resource.depends_on.iter().map(|(of, name)| variable(here.kind, of.name, name)).collect();
        options.push(format!("depends_on=[{}]", all.join(", ")));
    }
    if !options.is_empty() {
        arguments.push(format!("opts=pulumi.ResourceOptions({})", options.join(", ")));
    }
    let lines: String = arguments.iter().map(|argument| format!("{UNIT}{argument},\n")).collect();
    format!("{} = {}.{}(\n{lines})\n", resource.name, here.package, pascal(here.kind))
}

fn inputs(here: Here, inputs: &[(&'static Attr, Expression)]) -> impl Iterator<Item = String> {
    inputs
        .iter()
        .map(move |(attr, value)| format!("{}={}", argument(attr), typed(attr, here, expression(here, &attr.kind, value, 1), value)))
}

pub(super) fn providers(package: Package, providers: &[(&str, &Provider)]) -> String {
    let mut uses = Uses::default();
    providers.iter().flat_map(|(_, provider)| &provider.inputs).for_each(|(_, value)| value.tell(PROVIDERS, &mut uses));
    let here = Here { package: package.name, kind: PROVIDERS };
    let one = |(name, provider): &(&str, &Provider)| {
        let arguments = std::iter::once(quoted(name)).chain(inputs(here, &provider.inputs));
        let lines: String = arguments.map(|argument| format!("{UNIT}{argument},\n")).collect();
        format!("{name} = {}.Provider(\n{lines})\n", package.name)
    };
    head(package, &uses) + &providers.iter().map(one).collect::<Vec<_>>().join("\n")
}

pub(super) fn groups(groups: &[Group]) -> String {
    let one = |group: &Group| {
        let parent = group.within.as_ref().map(|within| format!(", opts=pulumi.ResourceOptions(parent={within})")).unwrap_or_default();
        format!("{} = pulumi.ComponentResource({}, {}{parent})\n", group.name, quoted(&group.token()), quoted(&group.name))
    };
    format!("import pulumi\n\n{}", groups.iter().map(one).collect::<String>())
}

/// What the SDK calls the attribute: a word of the language has an underscore behind it.
fn argument(attr: &Attr) -> String {
    const WORDS: &[&str] =
        &["and", "as", "class", "def", "else", "except", "for", "from", "global", "if", "import", "in", "is", "not", "or", "pass", "with"];
    if WORDS.contains(&attr.name) { format!("{}_", attr.name) } else { attr.name.to_owned() }
}

/// One of a closed list of values is of a type of its own.
fn typed(attr: &'static Attr, here: Here, printed: String, value: &Expression) -> String {
    let Some(of) = super::closed(here.kind, attr) else { return printed };
    match value {
        Expression::Text(_) => format!("{}.{of}({printed})", here.package),
        Expression::List(items) => {
            let items: Vec<_> =
                items.iter().map(|item| format!("{}.{of}({})", here.package, expression(here, &Kind::String, item, 1))).collect();
            format!("[{}]", items.join(", "))
        }
        _ => printed,
    }
}

fn variable(here: &str, kind: &str, name: &str) -> String {
    if here == kind { name.to_owned() } else { format!("{kind}.{name}") }
}

fn expression(here: Here, kind: &Kind, value: &Expression, level: usize) -> String {
    let inner = level + 1;
    match (kind, value) {
        (_, Expression::Bool(flag)) => boolean(*flag),
        (_, Expression::Number(number)) => number.as_str().to_owned(),
        (_, Expression::Text(said)) => text(said),
        (_, Expression::Json(value)) => format!("json.dumps({})", json(value, level)),
        (Kind::List(of), Expression::List(items)) => list(items.iter().map(|item| expression(here, of, item, inner)), level),
        (Kind::Map(of), Expression::Map(items)) => {
            members(items.iter().map(|(key, item)| (quoted(key), expression(here, of, item, inner))), level)
        }
        (Kind::Object(nested), Expression::Object(items)) => nested_object(here, nested, items, level),
        (_, Expression::Reference(of)) => format!("{}.{}", variable(here.kind, of.of.name, &of.name), of.attr),
        (_, Expression::Variable(name) | Expression::Base64(name)) => format!("config.require_secret({})", quoted(&camel(name))),
        // No table says so.
        (_, Expression::List(_) | Expression::Map(_) | Expression::Object(_)) => "None".to_owned(),
    }
}

fn nested_object(here: Here, nested: &Nested, items: &[(&'static Attr, Expression)], level: usize) -> String {
    let indent = tabs(UNIT, level + 1);
    let line = |(attr, item): &(&'static Attr, Expression)| {
        format!("{indent}{}={},\n", argument(attr), expression(here, &attr.kind, item, level + 1))
    };
    let lines: String = items.iter().map(line).collect();
    let name = format!("{}.{}Args", here.package, nested.name);
    if lines.is_empty() { format!("{name}()") } else { format!("{name}(\n{lines}{})", tabs(UNIT, level)) }
}

fn json(value: &Json, level: usize) -> String {
    let inner = level + 1;
    match value {
        Json::Null => "None".to_owned(),
        Json::Bool(flag) => boolean(*flag),
        Json::Number(number) => number.as_str().to_owned(),
        Json::String(said) => text(said),
        Json::Array(items) => list(items.iter().map(|item| json(item, inner)), level),
        Json::Object(items) => members(items.iter().map(|(name, item)| (quoted(name), json(item, inner))), level),
    }
}

fn boolean(flag: bool) -> String {
    if flag { "True" } else { "False" }.to_owned()
}

fn text(said: &str) -> String {
    if !is_lines(said) || said.contains("\"\"\"") || said.ends_with('"') {
        return quoted(said);
    }
    format!("\"\"\"\\\n{}\"\"\"", said.replace('\\', "\\\\"))
}
