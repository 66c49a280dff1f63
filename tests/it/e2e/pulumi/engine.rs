//! Calls of the newest engine besides plans: names, lists without a program, objects that a run leaves out.
//! The provider's answers are tested in process (`tests/it/pulumi`); these tests show that the engine can use them.

use super::program;
use crate::harness::{
    pulumi::{CLIENT, Pulumi},
    server::{Kind, Ory, Place, Server},
};
use janiform::{engine::Offer, frontends::pulumi::names::resource_token, ory::ORY};
use serde_json::{Value as Json, json};

/// The organization of the project, whose links are listed.
const ORGANIZATION: &str = "3d1c2b4a-5e6f-4a7b-8c9d-0e1f2a3b4c5d";

/// With all that there is at this Ory, and a project of it.
fn in_environment(ory: &Ory) -> Pulumi {
    let project = ory.hydra.ask_console("POST", "/projects", Some(&json!({ "name": "of the run", "environment": "stage" }))).expect(201);
    let organization = json!({ "id": ORGANIZATION, "label": "Acme", "domains": ["acme.example"] });
    let patch = json!([{ "op": "add", "path": "/organizations/-", "value": organization }]);
    let revision = format!("/projects/{}/revision/{}", project["id"].as_str().unwrap(), project["revision_id"].as_str().unwrap());
    ory.hydra.ask_console("PATCH", &revision, Some(&patch)).expect(200);
    let mut pulumi = Pulumi::new("");
    ory.environment().into_iter().for_each(|(name, value)| pulumi.set_env(name, value));
    pulumi.set_env("ORY_PROJECT_ID", project["id"].as_str().unwrap());
    pulumi.set_env("ORY_WORKSPACE_ID", project["workspace_id"].as_str().unwrap());
    pulumi
}

#[test]
fn every_list_is_listed() {
    let ory = Ory::start(Place::Emulator);
    let pulumi = in_environment(&ory);
    pulumi.program("name: e2e\nruntime: yaml\n");
    ory.hydra.create(&json!({ "client_id": "shop", "client_name": "Shop" }));
    let key = json!({ "name": "Acme", "actor_id": "acme", "ttl": "1h" });
    ory.keto.ask("POST", "/v2alpha1/admin/issuedApiKeys", Some(&key)).expect(201);
    let mut found = Vec::new();
    for offer in ORY.each_offer() {
        let Offer::ListResource(entry) = offer else { continue };
        let token = resource_token("ory", entry.list.of.name);
        let mut line = vec!["do", &token, "list", "--all"];
        // Of which organization has to be said.
        if entry.list.of.name == "onboarding_portal_link" {
            line.extend(["--organization-id", ORGANIZATION]);
        }
        let listed = pulumi.run(&line).ok().json();
        assert!(listed.is_array(), "{token}: {listed}");
        found.extend(listed.as_array().unwrap().iter().map(|one| (entry.list.of.name, one["name"].as_str().unwrap().to_owned())));
    }
    for (kind, name) in [("oauth2_client", "Shop"), ("api_key", "Acme"), ("project", "of the run"), ("organization", "Acme")] {
        assert!(found.iter().any(|one| *one == (kind, name.to_owned())), "no {kind} {name} in {found:?}");
    }
    let filtered = pulumi.run(&["do", CLIENT, "list", "--all", "--client-name", "Another"]).ok().json();
    assert_eq!(filtered, json!([]));
}

#[test]
fn names_follow_the_stacks_configuration() {
    let ory = Ory::start(Place::Emulator);
    let pulumi = in_environment(&ory);
    let with = |names: &[&str], scope: &str| {
        let key = |name: &&str| format!("  {name}:\n    type: ory:ApiKey\n    properties: {{ actorId: a, ttl: 1d, scopes: [{scope}] }}\n");
        format!("name: e2e\nruntime: yaml\nresources:\n{}", names.iter().map(key).collect::<String>())
    };
    let named = |resource: &str| pulumi.resource(resource)["outputs"]["name"].as_str().unwrap().to_owned();
    pulumi.program(&with(&["first"], "a"));
    pulumi.init();
    pulumi.up();
    pulumi.is_settled();
    let first = named("first");
    assert!(first.strip_prefix("first-").is_some_and(|digits| digits.len() == 7), "{first}");
    // It is kept, whatever else changes.
    pulumi.program(&with(&["first"], "b"));
    pulumi.up().says(&["1 updated"]);
    assert_eq!(named("first"), first);
    pulumi.run(&["config", "set", "--path", "pulumi:autonaming.mode", "verbatim"]).ok();
    pulumi.program(&with(&["first", "second"], "b"));
    let ran = pulumi.up();
    assert!(!ran.text().contains("does not support autonaming"), "{}", ran.text());
    assert_eq!((named("first"), named("second")), (first.clone(), "second".to_owned()));
    pulumi.is_settled();
    pulumi.run(&["config", "set", "--path", "pulumi:autonaming.mode", "disabled"]).ok();
    pulumi.program(&with(&["first", "second", "third"], "b"));
    pulumi.run(&["up", "--yes", "--skip-preview"]).fails().says(&["name is missing"]);
    assert_eq!(named("first"), first);
    pulumi.program(&with(&["first", "second"], "b"));
    pulumi.destroy();
}

/// What a run leaves out is previewed in the middle of it, at the engine's wish, and nothing is sent.
#[test]
fn objects_outside_the_targets_are_not_changed() {
    let server = Server::start(Kind::Emulator);
    let programs = |name: &str| {
        program(&[
            ("wanted", &format!("clientName: {name}")),
            ("other", "clientName: Other"),
            ("more", "clientName: More\nowner: ${other.clientId}"),
        ])
    };
    let pulumi = Pulumi::with_program(&server.admin, &programs("One"));
    let urn = |name: &str| format!("urn:pulumi:dev::e2e::{CLIENT}::{name}");
    pulumi.run(&["up", "--yes", "--skip-preview", "--target", &urn("wanted")]).ok();
    let names = || {
        let mut names: Vec<_> = server.clients().iter().map(|client| client["client_name"].as_str().unwrap().to_owned()).collect();
        names.sort();
        names
    };
    assert_eq!(names(), ["One"]);
    super::asked::orphans(&pulumi).says(&["Nothing is left over"]);
    pulumi.up();
    pulumi.is_settled();
    pulumi.program(&programs("Two"));
    pulumi.run(&["up", "--yes", "--skip-preview", "--target", &urn("more")]).ok();
    assert_eq!(names(), ["More", "One", "Other"]);
    pulumi.up();
    assert_eq!(names(), ["More", "Other", "Two"]);
    pulumi.destroy();
    assert_eq!(server.clients().len(), 0);
}

/// What goes with something else, and what stays when it is taken out of the program.
#[test]
fn objects_deleted_with_another_get_no_request() {
    let server = Server::start(Kind::Emulator);
    let text = program(&[
        ("owner", "clientId: owner\nclientName: Owner"),
        ("part", "clientId: part\nclientName: Part"),
        ("kept", "clientId: kept\nclientName: Kept"),
    ])
    .replace("      clientName: Part\n", "      clientName: Part\n    options: { deletedWith: \"${owner}\" }\n")
    .replace("      clientName: Kept\n", "      clientName: Kept\n    options: { retainOnDelete: true }\n");
    let pulumi = Pulumi::with_program(&server.admin, &text);
    pulumi.up();
    pulumi.is_settled();
    pulumi.destroy();
    let mut left: Vec<_> = server.clients().iter().map(|client| client["client_id"].as_str().unwrap().to_owned()).collect();
    left.sort();
    assert_eq!(left, ["kept", "part"]);
    // What was left is there still: it is taken over, by its id.
    pulumi.program(
        &program(&[("kept", "clientId: kept\nclientName: Kept")])
            .replace("clientName: Kept\n", "clientName: Kept\n    options: { import: kept }\n"),
    );
    pulumi.up().says(&["1 imported"]);
    pulumi.is_settled();
    assert_eq!(pulumi.resource("kept")["outputs"]["clientName"], Json::from("Kept"));
}
