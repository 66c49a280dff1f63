//! Special contents: secrets, write-only inputs, the schema, a chosen id.

use super::program;
use crate::harness::{
    changes, http, janiform, process,
    pulumi::{Pulumi, revealed},
    repository,
    secrets::{journal_holds_no_secret, refusing_server_repeats},
    server::{Kind, Server},
};
use serde_json::{Value as Json, json};
use std::process::Command;

super::everywhere![a_write_only_secret_is_an_encrypted_input, a_chosen_id_is_replaced_delete_first];

fn a_write_only_secret_is_an_encrypted_input(kind: Kind) {
    let server = Server::start(kind);
    let client = |secret: &str, version: Option<&str>| {
        let version = version.map(|version| format!("clientSecretWoVersion: \"{version}\"\n")).unwrap_or_default();
        let secret = format!("clientSecretWo:\n  fn::secret: {secret}\n");
        program(&[("it", &format!("clientId: billing\nclientName: Billing\ngrantTypes: [client_credentials]\n{secret}{version}"))])
    };
    let pulumi = Pulumi::with_program(&server.admin, &client("first-canary", Some("1")));
    pulumi.up();
    pulumi.is_settled();
    http::token(&server.public, "billing", "first-canary", false).expect(200);

    // Unlike Terraform, Pulumi remembers what it was: another secret alone is an update.
    for (secret, before) in [("second-canary", "first-canary"), ("third-canary", "second-canary")] {
        let version = (secret == "second-canary").then_some("1");
        pulumi.program(&client(secret, version));
        assert_eq!(pulumi.plan(), changes(&[("it", "update")]));
        pulumi.up();
        pulumi.is_settled();
        http::token(&server.public, "billing", secret, false).expect(200);
        http::token(&server.public, "billing", before, false).expect(401);
    }

    let resource = pulumi.resource("it");
    assert_eq!(revealed(&resource["inputs"]["clientSecretWo"]), "third-canary");
    assert!(resource["outputs"].get("clientSecretWo").is_none(), "a write-only input is an output");
    let state = pulumi.state().to_string();
    assert!(!state.contains("canary"), "a secret is not encrypted: {state}");
}

fn a_chosen_id_is_replaced_delete_first(kind: Kind) {
    let server = Server::start(kind);
    let client = |id: &str, name: &str| program(&[("it", &format!("clientId: {id}\nclientName: {name}"))]);
    let pulumi = Pulumi::with_program(&server.admin, &client("first", "It"));
    pulumi.up();
    pulumi.is_settled();
    pulumi.program(&client("second", "It"));
    let planned = pulumi.plan();
    assert!(planned.iter().all(|(name, _)| name == "it") && planned.iter().any(|(_, op)| op == "replace"), "{planned:?}");
    pulumi.up();
    pulumi.is_settled();
    assert_eq!(pulumi.id("it"), "second");
    assert_eq!(server.clients().len(), 1);
    assert_eq!(server.clients()[0]["client_id"], "second");
}

#[test]
fn the_schema_binds_and_passes_the_check() {
    let pulumi = Pulumi::new("http://127.0.0.1:9");
    let plugin = janiform().to_owned();
    let exported = process::run(Command::new(plugin).args(["schema", "export", "--format", "pulumi"])).ok();
    pulumi.scratch.write("w/schema.json", &exported.stdout);
    let checked = pulumi.run(&["schema", "check", "schema.json"]).ok();
    assert!(!checked.text().to_lowercase().contains("warning"), "{}", checked.text());
    // What the plugin itself answers is the same.
    let binary = pulumi.scratch.join("pulumi/plugins/resource-ory-v0.1.0/pulumi-resource-ory");
    let seen = pulumi.run(&["package", "get-schema", binary.to_str().unwrap()]).ok().json();
    assert_eq!(without_empty(seen), without_empty(exported.json()));
}

/// The tool writes what it read anew, and leaves out what is empty.
fn without_empty(value: Json) -> Json {
    match value {
        Json::Object(members) => {
            let members = members.into_iter().map(|(name, value)| (name, without_empty(value)));
            members
                .filter(|(_, value)| !matches!(value, Json::Array(items) if items.is_empty()))
                .filter(|(_, value)| *value != json!({}))
                .collect()
        }
        Json::Array(items) => items.into_iter().map(without_empty).collect(),
        other => other,
    }
}

#[test]
fn secrets_are_never_shown() {
    let server = Server::start(Kind::Emulator);
    let text = format!(
        "{}\noutputs:\n  secret: ${{it.clientSecret}}\n",
        program(&[(
            "it",
            "clientName: It\ngrantTypes: [client_credentials]\nclientSecret: canary-secret\njwks: >-\n  {\"keys\": [{\"kty\": \"EC\", \"crv\": \"P-256\", \"use\": \"sig\", \"alg\": \"ES256\", \"kid\": \"canary-key\", \"x\": \"t3wABkyxMe5Se3aQCD4wrWAKMfioxc01AB4rd5pL02Q\", \"y\": \"X8UJHVqL-GFQars9QTm-pQL8uz10Su3J_fmTDu3FwSI\"}]}"
        )])
    );
    let journal = tempfile::tempdir().unwrap();
    let mut pulumi = Pulumi::with_program(&server.admin, &text).env("JANIFORM_STATE_DIR", journal.path().to_str().unwrap());
    pulumi.run(&["config", "set", "--path", "ory:adminHeaders.X-Guard", "--secret", "canary-header"]).ok();
    for arguments in [
        &["up", "--yes", "--diff"][..],
        &["preview", "--diff", "--json"],
        &["stack", "export"],
        &["stack", "output"],
        &["refresh", "--yes", "--skip-preview"],
        &["destroy", "--yes", "--skip-preview"],
    ] {
        let shown = pulumi.run(arguments).ok().text();
        assert!(!shown.contains("canary"), "{arguments:?} shows a secret: {shown}");
    }
    assert_eq!(server.clients(), Vec::<Json>::new());
    refusing_server_repeats(|url| {
        pulumi.set_env("ORY_HYDRA_ADMIN_URL", url);
        pulumi.run(&["up", "--yes", "--skip-preview"])
    });
    journal_holds_no_secret(journal.path());
}

#[test]
fn a_client_is_looked_up_by_name() {
    let server = Server::start(Kind::Emulator);
    let made = server.create(&json!({"client_name": "Elsewhere", "scope": "read write"}));
    let lookup = |argument: &str| {
        format!(
            "name: e2e\nruntime: yaml\nvariables:\n  found:\n    fn::invoke:\n      function: ory:index/getOauth2Client:getOauth2Client\n      arguments:\n        {argument}\noutputs:\n  id: ${{found.clientId}}\n  scope: ${{found.scope}}\n"
        )
    };
    let pulumi = Pulumi::with_program(&server.admin, &lookup("clientName: Elsewhere"));
    pulumi.up();
    assert_eq!(pulumi.run(&["stack", "output", "id"]).ok().stdout.trim(), made["client_id"]);
    assert_eq!(pulumi.run(&["stack", "output", "scope"]).ok().stdout.trim(), "read write");
    server.create(&json!({"client_name": "Elsewhere"}));
    pulumi.run(&["preview"]).fails().says(&["Elsewhere"]);
    pulumi.program(&lookup("clientName: Nobody"));
    pulumi.run(&["preview"]).fails().says(&["Nobody"]);
}

/// The example that has all resources and functions of Kratos and Keto.
#[test]
fn identities_and_permissions_are_looked_up() {
    let server = Server::emulator(&["--namespace", "files", "--namespace", "groups"]);
    let mut pulumi = Pulumi::new("");
    for name in ["ORY_KRATOS_ADMIN_URL", "ORY_KRATOS_PUBLIC_URL", "ORY_KETO_READ_URL", "ORY_KETO_WRITE_URL"] {
        pulumi.set_env(name, server.admin.clone());
    }
    let example = std::fs::read_to_string(repository("examples/pulumi-yaml/identities-and-permissions/Pulumi.yaml")).unwrap();
    pulumi.program(&example);
    pulumi.init();
    pulumi.up();
    pulumi.is_settled();
    let outputs = pulumi.run(&["stack", "output", "--json"]).ok().json();
    let ids = |list: &Json, member: &str| list.as_array().unwrap().iter().map(|item| item[member].clone()).collect::<Json>();
    assert_eq!((&outputs["bobMayView"], &outputs["bobMayEdit"]), (&json!(true), &json!(false)));
    assert_eq!((&outputs["annState"], &outputs["annMay"]), (&json!("active"), &json!("edit")));
    assert_eq!((outputs["people"].as_array().unwrap().len(), ids(&outputs["schemaIds"], "id")), (2, json!(["default"])));
    assert_eq!(ids(&outputs["viewers"], "id"), json!(["files:report.pdf#view@groups:staff#member"]));
    let kept: Json = serde_json::from_str(outputs["schema"].as_str().unwrap()).unwrap();
    assert_eq!(kept["title"], "Person");

    // The comment's import of somebody who exists already.
    let state = pulumi.state();
    let resources = state["deployment"]["resources"].as_array().unwrap();
    let urn = resources.iter().find_map(|one| one["urn"].as_str().filter(|urn| urn.ends_with("::ann"))).unwrap();
    pulumi.run(&["state", "delete", "--yes", "--force", "--target-dependents", urn]).ok();
    let import = example.replace("    # options:\n    #   import:", "    options:\n      import:");
    assert_ne!(import, example);
    let only = import.split_once("  bob:\n").unwrap().0.split_once("resources:").unwrap().1.to_owned();
    pulumi.program(&format!("name: ory-identities-and-permissions\nruntime: yaml\nvariables:\n  schemaId: default\nresources:{only}outputs:\n  id: ${{ann.id}}\n"));
    pulumi.up();
    assert_eq!(pulumi.run(&["stack", "output", "id"]).ok().stdout.trim(), outputs["annId"]);
    pulumi.is_settled();
}
