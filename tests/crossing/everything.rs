//! A program with a resource of every kind in which each attribute is set, to texts that are hard to write down.

use janiform::{
    crossing::program::{Expression, Group, Package, Printer, Program, Provider, Reference, Resource, Variable},
    ory::ORY,
    schema::{Attr, Check, Codec, JSON, Kind, Table},
    value::{Number, Value},
};

/// The package.
pub const PACKAGE: Package = Package::of(&ORY);

/// Texts that mean something else to a language, or look like the end of a text.
pub const TEXTS: &[&str] = &[
    "plain",
    "",
    "${ory.shop} and $${x} and %{ if true } and %%{",
    "quotes \" ' ` \"\"\" and \\ and \\\" and \\n",
    "bücher 日本 😀",
    "tab\tand\rreturn and bell\u{7} and \u{202e}turned\u{feff}",
    "several\nlines\n\n  of ${text} with `ticks` and EOT\nEOT\nto the end\n",
    "several\nlines without\n\tan end",
    "  begins with space\nand goes on\n",
    "ends with two\n\n\n",
    "says \"quoted\"\nand ends with a \"quote\"",
    "a\nb\\",
    "yes",
    "0123",
    "1e3",
    "- a: b # c",
    "fn::invoke",
    "2026-11-29",
    "null",
    "~",
];

const DOCUMENTS: &[&str] = &[
    r#"{"email":"ann@example.com","a b":[1,2.5,-3,true,null,{"for":"${x}","if":"%{x}"}],"empty":{},"none":[],"deep":[[1,[2]],{"x":[{"y":"several\nlines\n"}]}]}"#,
    r#"{"large":123456789012345678901234567890,"fraction":0.1000000000000000055511151231257827}"#,
    r#"{"__proto__":1}"#,
    r#"{"fn::toJSON":{"a":1}}"#,
    r#"[]"#,
    r#"{"$schema":"https://json-schema.org/draft/2020-12/schema","0":1,"":2,"no":3,"type":"object"}"#,
];

/// The program.
pub fn everything() -> Program {
    let mut turn = 0;
    let resources = ORY.resources().map(|entry| {
        let table = &entry.resource.table;
        let inputs = table.attrs().enumerate().filter(|(_, attr)| attr.configurable()).filter_map(|(place, _)| {
            let attr = table.attr(place);
            let said = match attr.refers_to {
                Some(to) => Expression::Reference(Reference { of: to.resource, name: "each".to_owned(), attr: to.attr }),
                None if attr.secret && matches!(attr.kind, Kind::String) => {
                    Expression::Variable(format!("{}_of_{}", attr.name, entry.resource.name))
                }
                None => Expression::of(attr, &value(attr, &mut turn))?,
            };
            Some((attr, said))
        });
        Resource { inputs: inputs.collect(), ..Resource::new(entry.resource, "each") }
    });
    let mut resources: Vec<_> = resources.collect();
    let first = resources[0].of;
    let options = |provider: Option<&str>, group: Option<&str>, of: &Resource| Resource {
        name: group.unwrap_or("options").to_owned(),
        protect: true,
        depends_on: vec![(first, "each".to_owned())],
        provider: provider.map(str::to_owned),
        group: group.map(str::to_owned),
        ..of.clone()
    };
    // In a group with the provider that all have, with another one, and with both.
    let team = options(Some("eu"), Some("team"), &resources[1]);
    let inner = options(None, Some("team_inner"), &resources[1]);
    // What refers to others does so over the border of its group.
    let kind = resources[1].of.name;
    let refers = |one: &&Resource| one.of.name != kind && one.inputs.iter().any(|(_, said)| matches!(said, Expression::Reference(_)));
    let referring: Vec<_> = resources.iter().filter(refers).map(|one| options(None, Some("team"), one)).collect();
    resources.insert(2, options(Some("eu"), None, &resources[1]));
    resources.extend([team, inner]);
    resources.extend(referring);
    resources.sort_by_key(|one| one.of.name);
    let settings = ORY.config;
    let settings = settings.attrs().enumerate().filter_map(|(place, _)| {
        let attr = settings.attr(place);
        let secret = attr.secret && matches!(attr.kind, Kind::String);
        let said =
            if secret { Expression::Variable(format!("{}_of_eu", attr.name)) } else { Expression::of(attr, &value(attr, &mut turn))? };
        Some((attr, said))
    });
    let providers = vec![Provider { name: None, inputs: Vec::new() }, Provider { name: Some("eu".to_owned()), inputs: settings.collect() }];
    let group = |name: &str, within: Option<&str>| Group { name: name.into(), kind: "team".into(), within: within.map(Into::into) };
    let groups = vec![group("team", None), group("team_inner", Some("team"))];
    let inputs = resources.iter().map(|one| &one.inputs).chain(providers.iter().map(|one| &one.inputs));
    let variables = inputs.flat_map(|inputs| {
        inputs.iter().filter_map(|(_, said)| match said {
            Expression::Variable(name) => Some(Variable { name: name.clone(), doc: "A secret: \"x\" ${y}.".to_owned(), secret: true }),
            _ => None,
        })
    });
    let mut variables: Vec<_> = variables.collect();
    variables.sort_by(|one, other| one.name.cmp(&other.name));
    variables.dedup();
    Program { resources, variables, providers, groups, ..Program::new("everything") }
}

/// The program's files in this language.
pub fn files(printer: Printer) -> Vec<janiform::export::File> {
    everything().files(printer)
}

fn next<'a>(texts: &[&'a str], turn: &mut usize) -> &'a str {
    *turn += 1;
    texts[*turn % texts.len()]
}

fn value(attr: &Attr, turn: &mut usize) -> Value {
    let checks = || attr.checks.iter().chain(&attr.each).flatten();
    if let Some(Check::Only(words)) = checks().find(|check| matches!(check, Check::Only(_))) {
        let word = Value::text(next(words, turn));
        return if matches!(attr.kind, Kind::List(_)) { Value::List(vec![word.clone(), word]) } else { word };
    }
    if attr.codec == Codec::Json || attr.equality.name == JSON.name {
        return Value::text(next(DOCUMENTS, turn));
    }
    of_kind(&attr.kind, turn)
}

fn of_kind(kind: &Kind, turn: &mut usize) -> Value {
    match kind {
        Kind::Bool => Value::Bool(true),
        Kind::Integer => Value::from(42),
        Kind::Number => Value::Number(Number::parse("0.5").unwrap()),
        Kind::String => Value::text(next(TEXTS, turn)),
        Kind::List(of) => Value::List((0..*turn % 3).map(|_| of_kind(of, turn)).collect()),
        Kind::Map(of) => Value::Map(["plain", "with space", "a.b", "${x}"].map(|key| (key.to_owned(), of_kind(of, turn))).into()),
        Kind::Object(nested) => object(&nested.table, turn),
    }
}

fn object(table: &Table, turn: &mut usize) -> Value {
    Value::Object(table.attrs().map(|attr| if attr.configurable() { value(attr, turn) } else { Value::Null }).collect())
}
