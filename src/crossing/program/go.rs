//! Go, for Pulumi: a function a kind, in a file of its own.

use super::{
    Expression, GROUPS, Group, PROVIDERS, Package, Provider, Referred, Resource, Uses, among_all,
    words::{is_lines, quoted, tabs},
};
use crate::{
    export::File,
    frontends::pulumi::names::{camel, pascal},
    schema::{Attr, Kind},
    value::Json,
};

const UNIT: &str = "\t";

/// What ends the function of a kind.
pub(super) const FOOT: &str = "\treturn nil\n}\n";

const ENCODED: &str = "\
// encoded is the JSON of a value.
func encoded(value any) pulumi.String {
\ttext, err := json.Marshal(value)
\tif err != nil {
\t\tpanic(err)
\t}
\treturn pulumi.String(text)
}
";

fn sdk(package: Package) -> String {
    let path = package.repository.strip_prefix("https://").unwrap_or(package.repository);
    format!("{path}/sdk/go")
}

pub(super) fn frame(package: Package, project: &str, kinds: &[&str], from: Option<&str>) -> Vec<File> {
    let calls: String = kinds.iter().map(|kind| format!("\t\t\t{},\n", function(kind))).collect();
    let main = format!(
        "package main\n\nimport (\n\t\"encoding/json\"\n\n\t\"github.com/pulumi/pulumi/sdk/v3/go/pulumi\"\n)\n\nfunc main() {{\n\tpulumi.Run(func(ctx *pulumi.Context) error {{\n\t\tkinds := []func(*pulumi.Context) error{{\n{calls}\t\t}}\n\t\tfor _, kind := range kinds {{\n\t\t\tif err := kind(ctx); err != nil {{\n\t\t\t\treturn err\n\t\t\t}}\n\t\t}}\n\t\treturn nil\n\t}})\n}}\n\n{ENCODED}"
    );
    let replaced = from.map(|path| format!("\nreplace {} => {}\n", sdk(package), quoted(path))).unwrap_or_default();
    let module = format!(
        "module {project}\n\ngo 1.24\n\nrequire (\n\t{} v{}\n\tgithub.com/pulumi/pulumi/sdk/v3 v3.276.0\n)\n{replaced}",
        sdk(package),
        package.version
    );
    let file = |path: &str, content: String| File { path: path.to_owned(), content };
    vec![file("main.go", main), file("go.mod", module), file("Pulumi.yaml", format!("name: {project}\nruntime: go\n"))]
}

/// The function that makes the resources of a kind.
fn function(kind: &str) -> String {
    format!("all{}", pascal(kind))
}

pub(super) fn head(package: Package, kind: &str, uses: &Uses, referred: &Referred) -> String {
    let mut imports = vec![format!("{}/{}", sdk(package), package.name), "github.com/pulumi/pulumi/sdk/v3/go/pulumi".to_owned()];
    if uses.variables {
        imports.push("github.com/pulumi/pulumi/sdk/v3/go/pulumi/config".to_owned());
    }
    let imports: String = imports.iter().map(|path| format!("\t{path:?}\n")).collect();
    let mut start = format!("func {}(ctx *pulumi.Context) error {{\n", function(kind));
    if uses.variables {
        start += "\tcfg := config.New(ctx, \"\")\n";
    }
    if referred.0.contains(kind) {
        start += "\tvar err error\n";
    }
    let declared = match uses.declared.as_slice() {
        [] => String::new(),
        names => format!("var (\n{})\n\n", names.iter().map(|name| format!("\t{name}\n")).collect::<String>()),
    };
    format!("package main\n\nimport (\n{imports})\n\n{declared}{start}")
}

/// Resources that others refer to are variables of the package, which the file's head declares.
pub(super) fn resource(package: Package, resource: &Resource, uses: &mut Uses, referred: &Referred) -> String {
    let (ory, kind) = (package.name, pascal(resource.of.name));
    let inputs = inputs(package, resource.of.name, &kind, &resource.inputs);
    let mut options = String::new();
    if let Some(group) = &resource.group {
        options += &format!(", pulumi.Parent(&{})", among_all(GROUP, group));
    }
    if let Some(provider) = &resource.provider {
        options += &format!(", pulumi.Provider({})", among_all(PROVIDER, provider));
    }
    if resource.protect {
        options += ", pulumi.Protect(true)";
    }
    if !resource.depends_on.is_empty() {
        let all: Vec<_> = resource.depends_on.iter().map(|(of, name)| among_all(of.name, name)).collect();
        options += &format!(", pulumi.DependsOn([]pulumi.Resource{{{}}})", all.join(", "));
    }
    let call = format!("{ory}.New{kind}(ctx, {}, {inputs}{options})", quoted(&resource.name));
    let made = match referred.0.contains(resource.of.name) {
        true => {
            let name = among_all(resource.of.name, &resource.name);
            uses.declared.push(format!("{name} *{ory}.{kind}"));
            format!("{name}, err =")
        }
        false => "_, err :=".to_owned(),
    };
    format!("\tif {made} {call}; err != nil {{\n\t\treturn err\n\t}}\n")
}

fn inputs(package: Package, of: &str, kind: &str, inputs: &[(&'static Attr, Expression)]) -> String {
    let fields = inputs.iter().map(|(attr, value)| {
        let typed = super::closed(of, attr).map(|name| format!("{}.{name}", package.name));
        (pascal(attr.name), expression(package, &attr.kind, typed.as_deref(), value, 2))
    });
    literal(&format!("&{}.{kind}Args", package.name), fields, 1)
}

/// What variables of explicit providers and groups are called beside those of kinds.
const PROVIDER: &str = "provider";
const GROUP: &str = "component";

pub(super) fn providers(package: Package, providers: &[(&str, &Provider)]) -> String {
    let (mut uses, referred) = (Uses::default(), Referred([PROVIDERS].into()));
    providers.iter().flat_map(|(_, provider)| &provider.inputs).for_each(|(_, value)| value.tell(PROVIDERS, &mut uses));
    uses.declared = providers.iter().map(|(name, _)| format!("{} *{}.Provider", among_all(PROVIDER, name), package.name)).collect();
    let one = |(name, provider): &(&str, &Provider)| {
        let inputs = inputs(package, PROVIDERS, "Provider", &provider.inputs);
        let call = format!("{}.NewProvider(ctx, {}, {inputs})", package.name, quoted(name));
        format!("\tif {}, err = {call}; err != nil {{\n\t\treturn err\n\t}}\n", among_all(PROVIDER, name))
    };
    head(package, PROVIDERS, &uses, &referred) + &providers.iter().map(one).collect::<String>() + FOOT
}

pub(super) fn groups(groups: &[Group]) -> String {
    let declared: String = groups.iter().map(|group| format!("\t{} component\n", among_all(GROUP, &group.name))).collect();
    let one = |group: &Group| {
        let parent = group.within.as_ref().map(|within| format!(", pulumi.Parent(&{})", among_all(GROUP, within))).unwrap_or_default();
        let (token, name, place) = (quoted(&group.token()), quoted(&group.name), among_all(GROUP, &group.name));
        format!("\tif err := ctx.RegisterComponentResource({token}, {name}, &{place}{parent}); err != nil {{\n\t\treturn err\n\t}}\n")
    };
    let made: String = groups.iter().map(one).collect();
    let head = "package main\n\nimport (\n\t\"github.com/pulumi/pulumi/sdk/v3/go/pulumi\"\n)\n\n";
    let kind = "// component is a group of resources.\ntype component struct {\n\tpulumi.ResourceState\n}\n\n";
    format!("{head}{kind}var (\n{declared})\n\nfunc {}(ctx *pulumi.Context) error {{\n{made}{FOOT}", function(GROUPS))
}

/// A value as the SDK's types have it. `typed` is the type of a text of a closed list.
fn expression(package: Package, kind: &Kind, typed: Option<&str>, value: &Expression, level: usize) -> String {
    let inner = level + 1;
    match (kind, value) {
        (_, Expression::Bool(flag)) => format!("pulumi.Bool({flag})"),
        (Kind::Integer, Expression::Number(number)) => format!("pulumi.Int({})", number.as_str()),
        (_, Expression::Number(number)) => format!("pulumi.Float64({})", number.as_str()),
        (_, Expression::Text(said)) => format!("{}({})", typed.unwrap_or("pulumi.String"), text(said)),
        (_, Expression::Json(value)) => format!("encoded({})", json(value, level)),
        (Kind::List(of), Expression::List(items)) => {
            let items = items.iter().map(|item| expression(package, of, typed, item, inner));
            list(&collection(package, of, typed, "Array"), items, level)
        }
        (Kind::Map(of), Expression::Map(items)) => {
            let items = items.iter().map(|(key, item)| (quoted(key), expression(package, of, typed, item, inner)));
            literal(&collection(package, of, typed, "Map"), items, level)
        }
        (Kind::Object(nested), Expression::Object(items)) => {
            let items = items.iter().map(|(attr, item)| (pascal(attr.name), expression(package, &attr.kind, None, item, inner)));
            literal(&format!("&{}.{}Args", package.name, nested.name), items, level)
        }
        (_, Expression::Reference(of)) => {
            let name = among_all(of.of.name, &of.name);
            if of.attr == crate::schema::ID { format!("{name}.ID()") } else { format!("{name}.{}", pascal(of.attr)) }
        }
        (_, Expression::Variable(name) | Expression::Base64(name)) => format!("cfg.RequireSecret({})", quoted(&camel(name))),
        // No table says so.
        (_, Expression::List(_) | Expression::Map(_) | Expression::Object(_)) => "nil".to_owned(),
    }
}

/// The SDK's type of elements of this kind in a list or map.
fn collection(package: Package, of: &Kind, typed: Option<&str>, suffix: &str) -> String {
    fn name(package: Package, of: &Kind, typed: Option<&str>) -> String {
        match of {
            Kind::Bool => "pulumi.Bool".to_owned(),
            Kind::Integer => "pulumi.Int".to_owned(),
            Kind::Number => "pulumi.Float64".to_owned(),
            Kind::String => typed.unwrap_or("pulumi.String").to_owned(),
            Kind::List(of) => name(package, of, typed) + "Array",
            Kind::Map(of) => name(package, of, typed) + "Map",
            Kind::Object(nested) => format!("{}.{}", package.name, nested.name),
        }
    }
    name(package, of, typed) + suffix
}

fn json(value: &Json, level: usize) -> String {
    let inner = level + 1;
    match value {
        Json::Null => "nil".to_owned(),
        Json::Bool(flag) => flag.to_string(),
        Json::Number(number) => number.as_str().to_owned(),
        Json::String(said) => text(said),
        Json::Array(items) => list("[]any", items.iter().map(|item| json(item, inner)), level),
        Json::Object(items) => literal("map[string]any", items.iter().map(|(name, item)| (quoted(name), json(item, inner))), level),
    }
}

fn list(of: &str, items: impl Iterator<Item = String>, level: usize) -> String {
    let indent = tabs(UNIT, level + 1);
    let lines: String = items.map(|item| format!("{indent}{item},\n")).collect();
    if lines.is_empty() { format!("{of}{{}}") } else { format!("{of}{{\n{lines}{}}}", tabs(UNIT, level)) }
}

/// A literal with names. Values stand below each other as long as a line holds a whole one.
fn literal(of: &str, items: impl Iterator<Item = (String, String)>, level: usize) -> String {
    let items: Vec<_> = items.collect();
    if items.is_empty() {
        return format!("{of}{{}}");
    }
    let indent = tabs(UNIT, level + 1);
    let mut lines = String::new();
    let mut rest = items.as_slice();
    while !rest.is_empty() {
        let run = rest.iter().position(|(_, value)| value.contains('\n')).unwrap_or(rest.len()).max(1);
        let width = rest[..run].iter().map(|(name, _)| name.chars().count()).max().unwrap_or_default();
        for (name, value) in &rest[..run] {
            lines += &format!("{indent}{name}:{} {value},\n", " ".repeat(width - name.chars().count()));
        }
        rest = &rest[run..];
    }
    format!("{of}{{\n{lines}{}}}", tabs(UNIT, level))
}

fn text(said: &str) -> String {
    if is_lines(said) && !said.contains('`') { format!("`{said}`") } else { quoted(said) }
}
