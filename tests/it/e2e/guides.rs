//! The programs of the README and of the guides that stand for themselves, as somebody would paste them.

use crate::harness::{
    pulumi::Pulumi,
    repository,
    server::{Ory, Place},
    terraform::{Cli, Terraform},
};
use std::fs;

const TERRAFORM: [&str; 5] = [
    "README.md",
    "docs/guides/secrets.md",
    "docs/guides/guard-rails.md",
    "docs/guides/keys-and-trust.md",
    "docs/guides/identities-and-permissions.md",
];
const PULUMI: [&str; 4] =
    ["README.md", "docs/guides/pulumi.md", "docs/guides/keys-and-trust.md", "docs/guides/identities-and-permissions.md"];

/// The contents of a page's fenced blocks of this language.
fn blocks(page: &str, language: &str) -> Vec<String> {
    let text = fs::read_to_string(repository(page)).unwrap();
    let fence = format!("```{language}\n");
    let blocks: Vec<String> = text.split(&fence).skip(1).map(|rest| rest.split("\n```").next().unwrap().to_owned()).collect();
    assert!(!blocks.is_empty(), "{page} has no {language}");
    blocks
}

#[test]
fn terraform_programs_run() {
    let ory = Ory::start(Place::Emulator);
    for page in TERRAFORM {
        let text = blocks(page, "terraform").join("\n\n");
        let mut terraform =
            Terraform::new(Cli::Terraform, "").env("TF_VAR_billing_client_secret", "from-a-vault").env("TF_VAR_retired", "true");
        for (name, url) in ory.environment() {
            terraform.set_env(name, url);
        }
        match text.contains("required_providers") {
            true => terraform.write("main.tf", &text),
            false => terraform.config(&text),
        }
        terraform.init().apply();
        terraform.is_settled();
        assert!(terraform.managed() > 0, "{page} makes nothing");
        terraform.destroy();
    }
}

#[test]
fn pulumi_programs_run() {
    let ory = Ory::start(Place::Emulator);
    for page in PULUMI {
        for text in blocks(page, "yaml") {
            let mut pulumi = Pulumi::new("");
            for (name, url) in ory.environment() {
                pulumi.set_env(name, url);
            }
            pulumi.program(&text);
            pulumi.init();
            pulumi.up();
            pulumi.is_settled();
            assert!(pulumi.managed() > 0, "{page} makes nothing");
            pulumi.destroy();
        }
    }
}
