//! The descriptions in the package schema: Markdown, with examples in the marks that Pulumi's generators need to select each
//! language.

use super::super::names;
use crate::{
    engine::{Example, Offer},
    schema::{Attr, BlockSchema, Check, Default, Table},
};

/// The description of a resource: what it is, how it is used, how it is imported.
pub(super) fn of_resource(block: &BlockSchema, settings: &Table, shown: &[Example], token: &str, key: Option<&str>) -> String {
    let key = key.map(|key| format!(", the same as its `{}`", names::camel(key))).unwrap_or_default();
    format!(
        "{}{}\n\n## Import\n\nAn object is imported by its id{key}:\n\n```sh\n$ pulumi import {token} example <id>\n```\n",
        names::speak(&[block.table, settings], block.doc),
        examples(shown, &format!("resources/{}", names::camel(block.name))),
    )
}

/// The description of an action: what it does, when it runs, and how it is used.
pub(super) fn of_action(block: &BlockSchema, settings: &Table, shown: &[Example]) -> String {
    format!(
        "{}\n\nThe action runs when this resource is created, and again when one of its inputs changes, such as its `triggers`. A preview does nothing, and deleting the resource undoes nothing.{}",
        names::speak(&[block.table, settings], block.doc),
        examples(shown, &format!("resources/{}", names::camel(block.name))),
    )
}

/// The description of a function: what it returns, and how it is used.
pub(super) fn of_function<C>(offer: &Offer<C>, block: &BlockSchema, settings: &Table, shown: &[Example]) -> String {
    let verb = offer.verb().unwrap_or_default();
    let examples = examples(shown, &format!("functions/{}", names::camel(&format!("{verb}{}", block.name))));
    names::speak(&[block.table, settings], block.doc) + &examples
}

/// The languages of Pulumi's documentation, each with the file of its program.
const LANGUAGES: [(&str, &str); 5] =
    [("typescript", "index.ts"), ("python", "__main__.py"), ("go", "main.go"), ("csharp", "Program.cs"), ("yaml", "Main.yaml")];

fn examples(shown: &[Example], of: &str) -> String {
    let dir = format!("pulumi/{of}/");
    let files = Example::below(shown, &dir);
    if files.is_empty() {
        return String::new();
    }
    let text = |name: &str| files.iter().find(|file| file.path.strip_prefix(&dir) == Some(name));
    let blocks: String =
        LANGUAGES.iter().filter_map(|(language, name)| text(name).map(|file| format!("```{language}\n{}```\n", file.text))).collect();
    format!("\n\n## Example Usage\n\n{{{{% examples %}}}}\n{{{{% example %}}}}\n{blocks}{{{{% /example %}}}}\n{{{{% /examples %}}}}")
}

/// The description of a property: the table's text, and what follows from its declaration.
pub(super) fn describe(tables: &[&Table], attr: &Attr) -> String {
    let mut text = names::speak(tables, attr.doc);
    let mut add = |more: String| {
        text.push(' ');
        text.push_str(&more);
    };
    match attr.default {
        Some(Default::Text(default)) => add(format!("Defaults to `{default}`.")),
        Some(Default::Flag(default)) => add(format!("Defaults to `{default}`.")),
        Some(Default::Int(default)) => add(format!("Defaults to `{default}`.")),
        None => {}
    }
    for check in attr.checks.iter().chain(&attr.each).flatten() {
        let (lead, words) = match check {
            Check::Known(words) => ("Known values:", words),
            Check::Only(words) => ("One of", words),
            Check::Between(least, most) => {
                if *most == i64::MAX {
                    add(format!("At least {least}."))
                } else {
                    add(format!("From {least} to {most}."))
                }
                continue;
            }
            Check::Refuse(_) | Check::Warn(_) | Check::Filled(_) => continue,
        };
        let quoted: Vec<_> = words.iter().map(|word| format!("`{word}`")).collect();
        if !quoted.iter().all(|word| attr.doc.contains(word.as_str())) {
            add(format!("{lead} {}.", quoted.join(", ")));
        }
    }
    if let Some(variable) = attr.env {
        add(format!("When unset, the environment variable `{variable}` is used."));
    }
    if attr.named {
        add("When unset, it is made from the resource's name in the program, as `pulumi:autonaming` configures.".to_owned());
    }
    if attr.write_only {
        add("Kept as an encrypted input, never as an output.".to_owned());
    }
    text
}
