//! Handwritten pages name only what exists: commands and their options, links, attributes, variables.

use crate::{
    export::nested,
    support::pages::{self, Block, Page},
};
use janiform::{
    engine::{Engine, Offer},
    frontends::pulumi::names,
    ory::ORY,
};
use std::{collections::BTreeSet, fs, path::PathBuf, process::Command};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn written() -> impl Iterator<Item = Page> {
    pages::all().into_iter().filter(|page| !page.is_generated())
}

/// The fenced blocks of this language.
fn blocks(page: &Page, language: &str) -> Vec<Block> {
    page.blocks().into_iter().filter(|block| block.language == language).collect()
}

/// Without what `jsonencode` is given, whose names are somebody's own.
fn without_json(block: &str) -> String {
    let mut parts = block.split("jsonencode(");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + part.split_once("})").expect("an object").1)
}

#[test]
fn commands_and_their_options_exist() {
    let mut seen = 0;
    for page in written() {
        let blocks = blocks(&page, "sh");
        let lines = blocks.iter().flat_map(|block| block.text.lines()).map(str::trim);
        for command in lines.filter_map(|line| line.strip_prefix("janiform ").or_else(|| line.strip_prefix("target/release/janiform "))) {
            let words = command.split(['#', '&']).next().unwrap().split_whitespace();
            let subcommand: Vec<_> = words.clone().take_while(|word| !word.starts_with('-')).collect();
            let help = Command::new(env!("CARGO_BIN_EXE_janiform")).args(&subcommand).arg("--help").output().unwrap();
            let text = String::from_utf8(help.stdout).unwrap();
            assert!(help.status.success(), "{}: janiform {command}", page.path);
            for option in words.filter(|word| word.starts_with("--")) {
                assert!(text.contains(option), "{}: `janiform {}` has no {option}", page.path, subcommand.join(" "));
            }
            seen += 1;
        }
    }
    assert!(seen >= 5, "the commands were not found: {seen}");
}

#[test]
fn attributes_and_variables_exist() {
    let engine = Engine::new(&ORY);
    let tables = [engine.config().table].into_iter().chain(engine.resources().map(|(_, block)| block.table));
    let attrs: Vec<_> = tables.flat_map(|table| table.attrs()).collect();
    let nested = attrs.iter().filter_map(|attr| nested(&attr.kind)).flat_map(|nested| nested.table.attrs());
    let names: BTreeSet<_> = attrs.iter().copied().chain(nested).map(|attr| attr.name).collect();
    let variables: BTreeSet<_> = attrs.iter().filter_map(|attr| attr.env).collect();
    // The tutorial adds a resource that is not there.
    for page in written().filter(|page| page.path != "CONTRIBUTING.md") {
        let at = &page.path;
        let others = |block: &&Block| ["bookmarks_", "meilisearch_"].iter().any(|provider| block.text.contains(provider));
        for block in blocks(&page, "terraform").iter().filter(|block| !others(block)) {
            // Of blocks that are the provider's own; `terraform`, `variable` and `moved` have their own words.
            let block = without_json(&block.text);
            let ours =
                block.split("\n}").filter(|part| part.trim_start().starts_with("provider ") || part.trim_start().starts_with("resource "));
            for name in ours.flat_map(str::lines).skip(1).filter_map(|line| Some(line.split_once('=')?.0.trim_matches(['{', ' ']))) {
                assert!(
                    ["count", "create_before_destroy", "for_each", "prevent_destroy", "provider"].contains(&name) || names.contains(name),
                    "{at}: there is no attribute {name}"
                );
            }
        }
        let words = page.text.split(|c: char| !(c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_'));
        for variable in words.filter(|word| word.starts_with("ORY_")) {
            assert!(variables.contains(variable), "{at}: there is no variable {variable}");
        }
    }
}

/// The stacks that the end-to-end tests run in each tool have all that there is: the shop what a server of one's own has
/// too, the project what only Ory Network has, and one of its own the API keys, which cannot be imported with their secrets.
#[test]
fn every_type_is_in_the_shop_or_the_project() {
    let read = |path: &str| fs::read_to_string(root().join("examples").join(path)).unwrap();
    let terraform = read("terraform/shop/main.tf")
        + &read("terraform/shop/lookups.tf")
        + &read("terraform/project/main.tf")
        + &read("terraform/api-keys/main.tf");
    let schema = janiform::frontends::terraform::schema_json(&Engine::new(&ORY));
    let schema = &schema["provider_schemas"]["registry.terraform.io/janiform/ory"];
    for (kind, block) in [("resource_schemas", "resource"), ("data_source_schemas", "data")] {
        for name in schema[kind].as_object().unwrap().keys() {
            assert!(
                terraform.contains(&format!("\n{block} \"{name}\" ")),
                "examples/terraform/shop, project and api-keys have no {block} {name}"
            );
        }
    }
    let pulumi = read("pulumi-shop/Pulumi.yaml") + &read("pulumi-project/Pulumi.yaml") + &read("pulumi-yaml/api-keys/Pulumi.yaml");
    // What is only called or done has programs of its own, below `examples/pulumi`.
    let resources = ORY.resources().map(|entry| ("type", names::resource_token(ORY.name, entry.resource.name)));
    let functions = ORY.each_offer().filter(|offer| matches!(offer, Offer::DataSource(_)));
    let functions = functions.map(|offer| ("function", names::function_token(ORY.name, "get_", offer.name())));
    for (word, token) in resources.chain(functions) {
        assert!(
            pulumi.contains(&format!(" {word}: {token}\n")),
            "examples/pulumi-shop, pulumi-project and pulumi-yaml/api-keys have no {token}"
        );
    }
}

#[test]
fn a_whole_provider_is_short_and_needs_nothing_of_ory() {
    let source = fs::read_to_string(root().join("examples/custom-provider/main.rs")).unwrap();
    assert!(source.lines().count() < 200);
    assert!(!source.contains("janiform::ory") && !source.contains("janiform::cli"));
}
