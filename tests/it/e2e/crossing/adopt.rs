//! States of the community's providers in the real tools: after `janiform adopt` or `moved` blocks, the first plan is empty.

use crate::{
    adoption::put_back,
    harness::{
        Scratch, changes, copy_files, fixture, fixture_json, janiform, process,
        server::{Ory, Place},
        terraform::{Cli, Terraform},
    },
    terraform::with_both_tools,
};
use serde_json::{Value as Json, json};
use std::{os::unix::fs::PermissionsExt, path::Path, process::Command};

with_both_tools![
    the_community_is_adopted_with_empty_plans,
    the_community_is_adopted_with_empty_plans_on_real_servers,
    moved_blocks_take_the_community_over,
    aliases_of_the_old_provider_are_aliases_of_this_one
];

/// Whose state, how many objects it has, and who wrote it.
const PEERS: [(&str, usize, &str); 4] = [
    ("svrakitin", 7, "svrakitin/hydra"),
    ("hypnoglow", 3, "hypnoglow/oryhydra"),
    ("oryketo", 2, "76creates/oryketo"),
    ("nitra", 5, "nitra/"),
];

fn said(state: &Json, id: &str, name: &str) -> Option<String> {
    let mut attributes = state["resources"].as_array().unwrap().iter().map(|resource| &resource["instances"][0]["attributes"]);
    let text = attributes.find(|attributes| attributes["id"] == id)?[name].as_str()?;
    (!text.is_empty()).then(|| text.to_owned())
}

/// A peer's state, and the servers that it is about.
fn recorded(place: Place, peer: &str, count: usize) -> (Ory, Json) {
    let file = format!("{peer}.tfstate");
    let (ory, mut state) = (Ory::start(place), fixture_json(&format!("peers/{file}")));
    assert_eq!(put_back(&ory, &file, &mut state, said), count);
    (ory, state)
}

fn directory(cli: Cli, ory: &Ory, text: &str) -> Terraform {
    let mut terraform = Terraform::with_config(cli, "", text);
    for (name, url) in ory.environment() {
        terraform.set_env(name, url);
    }
    terraform
}

fn held(ory: &Ory) -> Vec<Json> {
    let mut held = ory.hydra.clients();
    held.extend(ory.hydra.list("/admin/trust/grants/jwt-bearer/issuers"));
    held.extend(ory.kratos.list("/admin/identities"));
    held.extend(ory.tuples(&["files"]));
    held
}

fn the_community_is_adopted_with_empty_plans(cli: Cli) {
    adopted(cli, Place::Emulator);
}

fn the_community_is_adopted_with_empty_plans_on_real_servers(cli: Cli) {
    adopted(cli, Place::Real);
}

fn adopted(cli: Cli, place: Place) {
    for (peer, count, whose) in PEERS {
        let (ory, state) = recorded(place, peer, count);
        let before = held(&ory);
        let terraform = directory(cli, &ory, "");
        terraform.write("terraform.tfstate", &state.to_string());
        let [old, new] = ["terraform.tfstate", "adopted.tfstate"].map(|name| terraform.scratch.join("w").join(name));
        let blocks = terraform.scratch.join("blocks");
        let ran = process::run(Command::new(janiform()).arg("adopt").arg(&old).arg("--out").arg(&new).arg("--program").arg(&blocks)).ok();
        assert!(!ran.text().contains("peer-secret"), "{peer}: a secret is printed");
        terraform.run(&["state", "push", "adopted.tfstate"]).ok();
        // The state of one has objects that only a server can tell more of.
        match (place, peer) {
            (Place::Real, _) | (_, "nitra") => terraform.write("program.tf.json", &fixture(&format!("peers/{peer}.tf.json"))),
            _ => copy_files(&blocks, &terraform.scratch.join("w")),
        }
        if peer == "nitra" {
            ran.says(&["By hand: ory_identity.", "add `schema_id` and `traits`, which the state does not have"]);
        }
        // Nobody asks for the old provider any more.
        terraform.init().run(&["plan", "-no-color", "-detailed-exitcode"]).exits(0);
        assert_eq!(terraform.plan(), changes(&[]), "{peer}");
        terraform.apply();
        terraform.is_settled();
        assert_eq!(held(&ory), before, "{peer}");
        let after = terraform.state();
        assert!(!after.to_string().contains(whose), "{peer}");
        let secrets = |state: &Json| {
            let all = state["resources"]
                .as_array()
                .unwrap()
                .iter()
                .map(|resource| resource["instances"][0]["attributes"]["client_secret"].clone());
            let mut all: Vec<_> =
                all.filter(|secret| secret.as_str().is_some_and(|secret| !secret.is_empty())).map(|secret| secret.to_string()).collect();
            all.sort();
            all
        };
        assert_eq!(secrets(&after), secrets(&state), "{peer}");
    }
}

/// The state of a program whose provider has an alias: by a whole state, and by `moved` blocks.
fn aliases_of_the_old_provider_are_aliases_of_this_one(cli: Cli) {
    let (ory, mut state) = recorded(Place::Emulator, "svrakitin", 7);
    let before = held(&ory);
    for resource in state["resources"].as_array_mut().unwrap() {
        resource["provider"] = json!(format!("{}.eu", resource["provider"].as_str().unwrap()));
    }
    let mut adopted = directory(cli, &ory, "provider \"ory\" {\n  alias = \"eu\"\n}\n");
    adopted.write("terraform.tfstate", &state.to_string());
    let [old, new] = ["terraform.tfstate", "adopted.tfstate"].map(|name| adopted.scratch.join("w").join(name));
    let blocks = adopted.scratch.join("blocks");
    let ran = process::run(Command::new(janiform()).arg("adopt").arg(&old).arg("--out").arg(&new).arg("--program").arg(&blocks));
    ran.ok().says(&["By hand: the root module: add `provider \"ory\" { alias = \"eu\" }`"]);
    adopted.run(&["state", "push", "adopted.tfstate"]).ok();
    let moved = state["resources"].as_array().unwrap().iter().map(|resource| {
        let [kind, name] = ["type", "name"].map(|name| resource[name].as_str().unwrap());
        let is = if kind == "hydra_jwks" { "ory_json_web_key_set" } else { "ory_oauth2_client" };
        format!("moved {{\n  from = {kind}.{name}\n  to   = {is}.{name}\n}}\n")
    });
    let mut in_place = directory(cli, &ory, &format!("provider \"ory\" {{\n  alias = \"eu\"\n}}\n{}", moved.collect::<String>()));
    in_place.write("terraform.tfstate", &state.to_string());
    in_place.install_as("svrakitin", "hydra");
    for terraform in [&mut adopted, &mut in_place] {
        copy_files(&blocks, &terraform.scratch.join("w"));
        terraform.init();
        assert_eq!(terraform.plan(), changes(&[]));
        terraform.apply();
        terraform.is_settled();
        let after = terraform.state();
        let providers = after["resources"].as_array().unwrap().iter().map(|resource| resource["provider"].as_str().unwrap());
        providers.for_each(|provider| assert!(provider.ends_with("/janiform/ory\"].eu"), "{provider}"));
    }
    assert_eq!(held(&ory), before);
}

/// One block for each object. Whose state it is has to be installed, by `init`'s rules; nothing is asked of it, so anything
/// will do.
fn moved_blocks_take_the_community_over(cli: Cli) {
    for (peer, count, whose) in &PEERS[..3] {
        let (ory, state) = recorded(Place::Emulator, peer, *count);
        let before = held(&ory);
        let blocks = state["resources"].as_array().unwrap().iter().map(|resource| {
            let [kind, name] = ["type", "name"].map(|name| resource[name].as_str().unwrap());
            let is = match kind {
                "hydra_jwks" => "ory_json_web_key_set",
                "oryketo_relationship" => "ory_relationship",
                _ => "ory_oauth2_client",
            };
            format!("moved {{\n  from = {kind}.{name}\n  to   = {is}.{name}\n}}\n")
        });
        let terraform = directory(cli, &ory, &blocks.collect::<String>());
        terraform.write("terraform.tfstate", &state.to_string());
        terraform.write("program.tf.json", &fixture(&format!("peers/{peer}.tf.json")));
        let (namespace, name) = whose.split_once('/').unwrap();
        terraform.install_as(namespace, name);
        let ran = terraform.init().run(&["plan", "-no-color"]).ok();
        if *peer == "svrakitin" {
            ran.says(&["61da94c6-eeee-4916-94ac-eff5d65c5ff6 may be managed by hydra-maester"]);
        }
        assert_eq!(terraform.plan(), changes(&[]), "{peer}");
        terraform.apply();
        terraform.is_settled();
        assert_eq!(held(&ory), before, "{peer}");
        assert!(!terraform.state().to_string().contains(whose), "{peer}: the state still names it");
    }
}

#[test]
fn a_state_is_written_whole_for_its_owner_alone_and_over_nothing() {
    let scratch = Scratch::new();
    scratch.write("old.tfstate", &fixture("peers/svrakitin.tfstate"));
    let new = scratch.join("new.tfstate");
    let run = |arguments: &[&str]| process::run(Command::new(janiform()).arg("adopt").args(arguments).current_dir(scratch.path()));
    // Only said, without a file to write to.
    run(&["old.tfstate"]).ok().says(&[
        "hydra_oauth2_client.web becomes ory_oauth2_client.web",
        "`scopes` is `scope` here",
        "Nothing was written",
    ]);
    assert!(!new.exists());
    run(&["old.tfstate", "--out", "new.tfstate"]).ok();
    assert_eq!(mode(&new), 0o600);
    scratch.write("new.tfstate", "mine");
    run(&["old.tfstate", "--out", "new.tfstate"]).fails().says(&["exists already", "--force"]);
    assert_eq!(std::fs::read_to_string(&new).unwrap(), "mine");
    run(&["old.tfstate", "--out", "new.tfstate", "--force"]).ok();
    assert_eq!(mode(&new), 0o600);
    // What cannot be read leaves what is there.
    scratch.write("old.tfstate", &json!({ "version": 4, "resources": [{ "mode": "managed" }] }).to_string());
    run(&["old.tfstate", "--out", "new.tfstate", "--force"]).fails();
    assert!(std::fs::read_to_string(&new).unwrap().contains("ory_oauth2_client"));
    run(&["none.tfstate"]).fails().says(&["none.tfstate"]);
}

fn mode(path: &Path) -> u32 {
    path.metadata().unwrap().permissions().mode() & 0o777
}
