//! The life of a whole stack: the example's three clients, one with unusual spellings, two with empty values.

use crate::{
    harness::{
        changes, fixture, http,
        pulumi::{CLIENT, Pulumi, revealed},
        repository,
        server::{Kind, Server},
    },
    stack,
};
use serde_json::{Value as Json, json};
use std::fs;

super::everywhere![the_life_of_a_stack, existing_objects_are_imported, a_public_client_becomes_confidential];

/// The example's program with resources of fixtures added.
fn program(fixtures: &[&str]) -> String {
    let text = fs::read_to_string(repository("examples/pulumi-yaml/Pulumi.yaml")).unwrap();
    let added: String = fixtures.iter().map(|path| fixture(path).split_once("resources:\n").expect("resources").1.to_owned()).collect();
    text.replacen("resources:\n", &format!("resources:\n{added}"), 1)
}

fn the_life_of_a_stack(kind: Kind) {
    let server = Server::start(kind);
    let pulumi = Pulumi::with_program(&server.admin, &program(&["awkward/client.yaml", "awkward/empties.yaml"]));

    pulumi.up();
    pulumi.is_settled();
    assert_eq!(server.clients().len(), 6);
    stack::assert_awkward(&server.named("Awkward  client"));
    the_secret_works(&server, &pulumi);
    // The function of the program looked the client up.
    assert_eq!(pulumi.run(&["stack", "output", "machineScope"]).ok().stdout.trim(), "orders:read orders:write");

    // Somebody else changes clients.
    let [machine, web, awkward] = ["machine", "web", "awkward"].map(|name| pulumi.id(name));
    let before = stack::meddle(&server, &machine, &web, &awkward);
    pulumi.run(&["refresh", "--preview-only", "--expect-no-changes"]).fails();
    assert_eq!(pulumi.plan(), changes(&[("awkward", "update"), ("machine", "update"), ("web", "update")]));
    pulumi.run(&["up", "--yes", "--skip-preview", "--refresh"]).ok();
    pulumi.is_settled();
    stack::assert_repaired(&server, &before);
    the_secret_works(&server, &pulumi);

    // Other values, then none.
    pulumi.program(&program(&["awkward/client-updated.yaml", "awkward/empties.yaml"]));
    assert_eq!(pulumi.plan(), changes(&[("awkward", "update")]));
    pulumi.up();
    pulumi.is_settled();
    stack::assert_updated(&server.named("Awkward  client"));
    pulumi.program(&program(&["awkward/client-reduced.yaml", "awkward/empties.yaml"]));
    assert_eq!(pulumi.plan(), changes(&[("awkward", "update")]));
    pulumi.up();
    pulumi.is_settled();
    stack::assert_reduced(&server.named("Awkward  client"));

    // Deleted by somebody else: made again, the others left alone.
    server.delete(&web);
    assert_eq!(pulumi.plan(), changes(&[("web", "create")]));
    pulumi.run(&["up", "--yes", "--skip-preview", "--refresh"]).ok();
    pulumi.is_settled();

    // The same, but Pulumi does not look before it deletes.
    server.delete(&pulumi.id("spa"));
    pulumi.destroy();
    assert_eq!(server.clients(), Vec::<Json>::new());
    assert_eq!(pulumi.managed(), 0);
}

/// The machine's secret, as the stack has it, opens the token endpoint; and it is encrypted there.
fn the_secret_works(server: &Server, pulumi: &Pulumi) {
    let machine = pulumi.resource("machine");
    let secret = revealed(&machine["outputs"]["clientSecret"]);
    let id = machine["id"].as_str().unwrap();
    assert_eq!(machine["outputs"]["clientId"], id);
    let answer = http::token(&server.public, id, secret.as_str().unwrap(), false).expect(200);
    assert!(answer["access_token"].is_string());
}

fn existing_objects_are_imported(kind: Kind) {
    let server = Server::start(kind);
    let text = program(&["awkward/client.yaml", "awkward/empties.yaml"]);
    let maker = Pulumi::with_program(&server.admin, &text);
    maker.up();

    // By the command, which reads the inputs from the server.
    let command = Pulumi::with_program(&server.admin, &text);
    for name in ["machine", "web", "spa", "awkward"] {
        command.run(&["import", CLIENT, name, &maker.id(name), "--protect=false", "--generate-code=false", "--yes", "--skip-preview"]).ok();
    }
    // The API cannot tell an explicit empty value from an absent one, so those that hold some are left out.
    command.program(&program(&["awkward/client.yaml"]));
    // The stack itself is there, its outputs are not; and the import could not know what the program says in
    // other words. None of it needs a request, let alone changes a client.
    let before = server.clients();
    let planned = command.plan();
    assert!(planned.iter().all(|(name, action)| action == "update" && name == "awkward" || action == "same"), "{planned:?}");
    command.up();
    command.is_settled();
    let without_times = |clients: Vec<Json>| -> Vec<Json> {
        clients
            .into_iter()
            .map(|mut client| {
                client["updated_at"] = json!(null);
                client
            })
            .collect()
    };
    assert_eq!(without_times(server.clients()), without_times(before));

    // By the option, which compares the program's inputs with what is there.
    let id = maker.id("awkward");
    let option = Pulumi::with_program(
        &server.admin,
        &format!("name: option\nruntime: yaml\nresources:\n{}", fixture("awkward/client.yaml").split_once("resources:\n").unwrap().1)
            .replace("    properties:\n", &format!("    options:\n      import: {id}\n    properties:\n")),
    );
    option.up();
    option.is_settled();
    assert_eq!(option.id("awkward"), id);
    // The server tells a secret only once.
    assert!(option.resource("awkward")["outputs"].get("clientSecret").is_none_or(Json::is_null));
    option.destroy();
    assert_eq!(server.clients().len(), 5);
}

fn a_public_client_becomes_confidential(kind: Kind) {
    let server = Server::start(kind);
    let program = |method: &str| {
        format!(
            r#"
name: public
runtime: yaml
resources:
  it:
    type: {CLIENT}
    properties:
      clientName: It
      grantTypes: [client_credentials]
      tokenEndpointAuthMethod: {method}
outputs:
  secret: ${{it.clientSecret}}
"#
        )
    };
    let pulumi = Pulumi::with_program(&server.admin, &program("none"));
    pulumi.up();
    pulumi.is_settled();
    let id = pulumi.id("it");

    pulumi.program(&program("client_secret_basic"));
    assert_eq!(pulumi.plan(), changes(&[("it", "update")]));
    pulumi.up();
    pulumi.is_settled();
    assert_eq!(pulumi.id("it"), id);
    let secret = pulumi.run(&["stack", "output", "secret", "--show-secrets"]).ok().stdout;
    http::token(&server.public, &id, secret.trim(), true).expect(200);
}
