//! What is special: secrets, write-only inputs, the schema, a chosen id.

use super::program;
use crate::harness::{
    changes, http, janiform, process,
    pulumi::{Pulumi, revealed},
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
    let pulumi = Pulumi::with_program(&server.admin, &text);
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
