//! A stack of the dynamic bridge over the official provider.

use crate::{
    adoption::{held, put_back},
    harness::{
        fixture_json, janiform, process,
        pulumi::Pulumi,
        server::{Ory, Place},
    },
};
use serde_json::{Value as Json, json};
use std::process::Command;

const RECORDING: &str = "bridge-stack.json";
const KEY_SET: &str = "bridge-signing";

fn resources(stack: &Json) -> &[Json] {
    stack["deployment"]["resources"].as_array().unwrap()
}

/// A secret of the stack, which shows them.
fn said(stack: &Json, id: &str, name: &str) -> Option<String> {
    let name = match name {
        "client_secret" => "clientSecret",
        name => name,
    };
    let resource = resources(stack).iter().find(|resource| resource["id"] == id)?;
    let secret: String = serde_json::from_str(resource["outputs"][name]["plaintext"].as_str()?).unwrap();
    (!secret.is_empty()).then_some(secret)
}

/// The program that led to the stack, with the bridge's own names.
fn program(stack: &Json) -> Json {
    let mut program = serde_json::Map::new();
    for resource in resources(stack) {
        let name = resource["urn"].as_str().unwrap().rsplit("::").next().unwrap();
        let mut inputs = secret_again(resource.get("inputs").unwrap_or(&json!({})));
        let entry = match resource["type"].as_str().unwrap() {
            "pulumi:pulumi:Stack" => continue,
            kind if kind.starts_with("pulumi:providers:") => {
                // The bridge's own bookkeeping.
                for name in ["__internal", "version"] {
                    inputs.as_object_mut().unwrap().remove(name);
                }
                json!({"type": kind, "properties": inputs})
            }
            kind => json!({"type": kind, "properties": inputs, "options": {"provider": "${p}"}}),
        };
        program.insert(name.to_owned(), entry);
    }
    json!({"name": "adopted", "runtime": "yaml", "resources": program})
}

/// Secrets as a program gives them.
fn secret_again(exported: &Json) -> Json {
    match exported {
        Json::Object(members) if members.contains_key("plaintext") => {
            json!({"fn::secret": serde_json::from_str::<Json>(members["plaintext"].as_str().unwrap()).unwrap()})
        }
        Json::Object(members) => Json::Object(members.iter().map(|(name, value)| (name.clone(), secret_again(value))).collect()),
        other => other.clone(),
    }
}

#[test]
fn the_bridges_stack_previews_no_changes() {
    adopt(Place::Emulator, false);
}

/// After `janiform adopt`, nothing starts the bridge any more: not even a refresh before the first update.
#[test]
fn an_adopted_stack_needs_no_bridge() {
    adopt(Place::Emulator, true);
}

#[test]
fn the_bridges_stack_previews_no_changes_on_real_servers() {
    adopt(Place::Real, false);
}

fn adopt(place: Place, by_command: bool) {
    let ory = Ory::start(place);
    let mut stack = fixture_json("peers/bridge-stack.json");
    assert_eq!(put_back(&ory, RECORDING, &mut stack, said), 7);
    // It was recorded with an address for a slug, which is no label of a host's name.
    for resource in stack["deployment"]["resources"].as_array_mut().unwrap() {
        for side in ["inputs", "outputs"] {
            if resource[side]["projectSlug"].is_string() {
                resource[side]["projectSlug"] = json!("localhost");
            }
        }
    }
    let before = held(&ory, KEY_SET);

    // JSON is YAML.
    let mut pulumi = Pulumi::new("");
    // The stack names a project of Ory Network; what is self-hosted wins.
    for (name, url) in ory.environment() {
        pulumi.set_env(name, url);
    }
    pulumi.program(&program(&stack).to_string());
    pulumi.init();
    // Its secrets are in the clear, to be encrypted with this stack's salt.
    let settings = std::fs::read_to_string(pulumi.scratch.join("w/Pulumi.dev.yaml")).unwrap();
    let salt = settings.lines().find_map(|line| line.strip_prefix("encryptionsalt: ")).expect("a salt");
    stack["deployment"]["secrets_providers"]["state"]["salt"] = json!(salt);
    pulumi.scratch.write("w/stack.json", &stack.to_string());
    if by_command {
        let (stack, adopted) = (pulumi.scratch.join("w/stack.json"), pulumi.scratch.join("w/adopted.json"));
        let ran = process::run(Command::new(janiform()).arg("adopt").arg(&stack).arg("--out").arg(&adopted)).ok();
        ran.says(&["pulumi:providers:ory::p becomes the package ory"]);
        std::fs::rename(adopted, stack).unwrap();
    }
    pulumi.run(&["stack", "import", "--file", "stack.json"]).ok();
    if by_command {
        pulumi.run(&["refresh", "--yes", "--skip-preview"]).ok();
    }
    // Not with a refresh: until the first update, that would start the bridge.
    pulumi.run(&["preview", "--expect-no-changes", "--diff"]).ok();
    pulumi.up();
    pulumi.is_settled();
    assert_eq!(held(&ory, KEY_SET), before);
}
