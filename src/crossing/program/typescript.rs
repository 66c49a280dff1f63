//! TypeScript, for Pulumi: a module a kind.

use super::{
    Expression, GROUPS, Group, PROVIDERS, Package, Provider, Resource, Uses,
    words::{is_lines, list, members, quoted},
};
use crate::{
    export::File,
    frontends::pulumi::names::{camel, pascal},
    schema::Attr,
    value::Json,
};

/// What the compiler is told.
const OPTIONS: &str = r#"{
  "compilerOptions": {
    "target": "ES2020",
    "module": "node16",
    "moduleResolution": "node16",
    "outDir": "bin",
    "strict": true,
    "noImplicitReturns": true,
    "skipLibCheck": true,
    "types": ["node"]
  },
  "files": ["index.ts"]
}
"#;

pub(super) fn frame(package: Package, project: &str, kinds: &[&str], sdk: Option<&str>) -> Vec<File> {
    let Package { name, namespace, version, .. } = package;
    let from = quoted(&sdk.map_or_else(|| format!("^{version}"), |path| format!("file:{path}")));
    let modules: String = kinds.iter().map(|kind| format!("import \"./{kind}\";\n")).collect();
    let about = format!(
        r#"{{
  "name": "{project}",
  "private": true,
  "main": "index.ts",
  "dependencies": {{
    "@{namespace}/{name}": {from},
    "@pulumi/pulumi": "^3.142.0"
  }},
  "devDependencies": {{
    "@types/node": "^20.0.0",
    "typescript": "^5.0.0 || ^6.0.0"
  }}
}}
"#
    );
    let file = |path: &str, content: String| File { path: path.to_owned(), content };
    vec![
        file("index.ts", modules),
        file("package.json", about),
        file("tsconfig.json", OPTIONS.to_owned()),
        file("Pulumi.yaml", format!("name: {project}\nruntime: nodejs\n")),
    ]
}

pub(super) fn head(package: Package, uses: &Uses) -> String {
    let mut out = String::new();
    if uses.variables {
        out += "import * as pulumi from \"@pulumi/pulumi\";\n";
    }
    out += &format!("import * as {} from \"@{}/{0}\";\n", package.name, package.namespace);
    out += &uses.kinds.iter().map(|kind| format!("import * as {} from \"./{kind}\";\n", camel(kind))).collect::<String>();
    if uses.variables {
        out += "\nconst config = new pulumi.Config();\n";
    }
    out + "\n"
}

pub(super) fn resource(package: Package, resource: &Resource) -> String {
    let inputs = inputs(resource.of.name, &resource.inputs);
    let mut options = Vec::new();
    if let Some(group) = &resource.group {
        options.push(("parent".to_owned(), variable(resource.of.name, GROUPS, group)));
    }
    if let Some(provider) = &resource.provider {
        options.push(("provider".to_owned(), variable(resource.of.name, PROVIDERS, provider)));
    }
    if resource.protect {
        options.push(("protect".to_owned(), "true".to_owned()));
    }
    if !resource.depends_on.is_empty() {
        let all: Vec<_> = resource.depends_on.iter().map(|(of, name)| variable(resource.of.name, of.name, name)).collect();
        options.push(("dependsOn".to_owned(), format!("[{}]", all.join(", "))));
    }
    let options = match options.is_empty() {
        true => String::new(),
        false => format!(", {}", members(options.into_iter(), 0)),
    };
    let (of, name) = (pascal(resource.of.name), &resource.name);
    format!("export const {} = new {}.{of}({}, {inputs}{options});\n", camel(name), package.name, quoted(name))
}

fn inputs(here: &str, inputs: &[(&'static Attr, Expression)]) -> String {
    members(inputs.iter().map(|(attr, value)| (camel(attr.name), expression(here, value, 1))), 0)
}

pub(super) fn providers(package: Package, providers: &[(&str, &Provider)]) -> String {
    let mut uses = Uses::default();
    providers.iter().flat_map(|(_, provider)| &provider.inputs).for_each(|(_, value)| value.tell(PROVIDERS, &mut uses));
    let one = |(name, provider): &(&str, &Provider)| {
        let inputs = inputs(PROVIDERS, &provider.inputs);
        format!("export const {} = new {}.Provider({}, {inputs});\n", camel(name), package.name, quoted(name))
    };
    head(package, &uses) + &providers.iter().map(one).collect::<Vec<_>>().join("\n")
}

pub(super) fn groups(groups: &[Group]) -> String {
    let one = |group: &Group| {
        let parent = group.within.as_ref().map(|within| format!(", {{ parent: {} }}", camel(within))).unwrap_or_default();
        let (name, token) = (quoted(&group.name), quoted(&group.token()));
        format!("export const {} = new pulumi.ComponentResource({token}, {name}, {{}}{parent});\n", camel(&group.name))
    };
    format!("import * as pulumi from \"@pulumi/pulumi\";\n\n{}", groups.iter().map(one).collect::<String>())
}

/// Another resource, as a file of this kind names it.
fn variable(here: &str, kind: &str, name: &str) -> String {
    if here == kind { camel(name) } else { format!("{}.{}", camel(kind), camel(name)) }
}

fn expression(here: &str, value: &Expression, level: usize) -> String {
    let inner = level + 1;
    match value {
        Expression::Bool(flag) => flag.to_string(),
        Expression::Number(number) => number.as_str().to_owned(),
        Expression::Text(said) => text(said),
        Expression::Json(value) => format!("JSON.stringify({})", json_value(value, level)),
        Expression::List(items) => list(items.iter().map(|item| expression(here, item, inner)), level),
        Expression::Map(items) => members(items.iter().map(|(key, item)| (member(key), expression(here, item, inner))), level),
        Expression::Object(items) => members(items.iter().map(|(attr, item)| (camel(attr.name), expression(here, item, inner))), level),
        Expression::Reference(of) => format!("{}.{}", variable(here, of.of.name, &of.name), camel(of.attr)),
        Expression::Variable(name) | Expression::Base64(name) => format!("config.requireSecret({})", quoted(&camel(name))),
    }
}

fn json_value(value: &Json, level: usize) -> String {
    let inner = level + 1;
    match value {
        Json::Null => "null".to_owned(),
        Json::Bool(flag) => flag.to_string(),
        Json::Number(number) => number.as_str().to_owned(),
        Json::String(said) => text(said),
        Json::Array(items) => list(items.iter().map(|item| json_value(item, inner)), level),
        Json::Object(items) => members(items.iter().map(|(name, item)| (member(name), json_value(item, inner))), level),
    }
}

fn member(name: &str) -> String {
    let is_word = name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if is_word { name.to_owned() } else { quoted(name) }
}

fn text(said: &str) -> String {
    if !is_lines(said) {
        return quoted(said);
    }
    format!("`{}`", said.replace('\\', "\\\\").replace('`', "\\`").replace("${", "\\${"))
}
