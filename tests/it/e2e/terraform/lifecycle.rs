//! The life of a whole stack: the example's three clients, one with unusual spellings, two with empty values.

use crate::{
    harness::{
        changes, http,
        server::{Kind, Server},
        terraform::{Cli, Terraform},
    },
    stack,
};

super::everywhere![the_life_of_a_stack, existing_objects_are_imported, a_public_client_becomes_confidential];

const EXAMPLE: [&str; 3] = ["machine", "web", "spa"];

fn stack(cli: Cli, server: &Server) -> Terraform {
    let terraform = Terraform::with_example(cli, &server.admin, "oauth2-clients");
    terraform.write_fixture("awkward.tf", "awkward/client.tf");
    terraform.write_fixture("empties.tf", "awkward/empties.tf");
    terraform.init();
    terraform
}

fn the_life_of_a_stack(cli: Cli, kind: Kind) {
    let server = Server::start(kind);
    let terraform = stack(cli, &server);

    terraform.apply();
    terraform.is_settled();
    assert_eq!(server.clients().len(), 6);
    stack::assert_awkward(&server.named("Awkward  client"));
    the_secret_works(&server, &terraform);

    changes_behind_the_back_are_repaired(&server, &terraform);

    // Other values, then none.
    terraform.write_fixture("awkward.tf", "awkward/client-updated.tf");
    assert_eq!(terraform.plan(), changes(&[("ory_oauth2_client.awkward", "update")]));
    terraform.apply();
    terraform.is_settled();
    stack::assert_updated(&server.named("Awkward  client"));

    terraform.write_fixture("awkward.tf", "awkward/client-reduced.tf");
    assert_eq!(terraform.plan(), changes(&[("ory_oauth2_client.awkward", "update")]));
    terraform.apply();
    terraform.is_settled();
    stack::assert_reduced(&server.named("Awkward  client"));

    // Deleted by somebody else: made again, the others left alone.
    server.delete(&terraform.id("ory_oauth2_client.web"));
    assert_eq!(terraform.plan(), changes(&[("ory_oauth2_client.web", "create")]));
    terraform.apply();
    terraform.is_settled();

    // The same, but gone only between the refresh and the destruction.
    server.delete(&terraform.id("ory_oauth2_client.spa"));
    terraform.run(&["destroy", "-no-color", "-auto-approve", "-refresh=false"]).ok();
    assert_eq!(server.clients(), Vec::<serde_json::Value>::new());
    assert_eq!(terraform.managed(), 0);
}

fn changes_behind_the_back_are_repaired(server: &Server, terraform: &Terraform) {
    let [machine, web, _] = EXAMPLE.map(|name| terraform.id(&format!("ory_oauth2_client.{name}")));
    let awkward = terraform.id("ory_oauth2_client.awkward");
    let before = stack::meddle(server, &machine, &web, &awkward);
    let expected = [("ory_oauth2_client.awkward", "update"), ("ory_oauth2_client.machine", "update"), ("ory_oauth2_client.web", "update")];
    assert_eq!(terraform.plan(), changes(&expected));
    assert_eq!(terraform.drift(), expected.map(|(address, _)| address));
    terraform.apply();
    terraform.is_settled();
    stack::assert_repaired(server, &before);
    the_secret_works(server, terraform);
}

/// The machine's secret, as the state has it, opens the token endpoint.
fn the_secret_works(server: &Server, terraform: &Terraform) {
    let machine = terraform.attributes("ory_oauth2_client.machine");
    let [id, secret] = ["client_id", "client_secret"].map(|name| machine[name].as_str().unwrap().to_owned());
    let answer = http::token(&server.public, &id, &secret, false).expect(200);
    assert!(answer["access_token"].is_string());
}

fn existing_objects_are_imported(cli: Cli, kind: Kind) {
    let server = Server::start(kind);
    let maker = stack(cli, &server);
    maker.apply();

    let terraform = stack(cli, &server);
    for name in ["machine", "web", "spa", "awkward", "empties", "nulls"] {
        let address = format!("ory_oauth2_client.{name}");
        terraform.run(&["import", "-no-color", &address, &maker.id(&address)]).ok();
    }
    // The API cannot tell an explicit empty value from an absent one, so those that hold some are written once more.
    let planned = terraform.plan();
    assert!(
        planned
            .iter()
            .all(|(address, action)| action == "update"
                && ["ory_oauth2_client.empties", "ory_oauth2_client.nulls"].contains(&address.as_str())),
        "{planned:?}"
    );
    terraform.remove("empties.tf");
    terraform.run(&["state", "rm", "ory_oauth2_client.empties", "ory_oauth2_client.nulls"]).ok();
    terraform.is_settled();
    // The server tells a secret only once.
    assert!(terraform.attributes("ory_oauth2_client.machine")["client_secret"].is_null());
    terraform.destroy();
    assert_eq!(server.clients().len(), 2);
}

fn a_public_client_becomes_confidential(cli: Cli, kind: Kind) {
    let server = Server::start(kind);
    let client = |method: &str| {
        format!(
            r#"
resource "ory_oauth2_client" "it" {{
  client_name                = "It"
  grant_types                = ["client_credentials"]
  token_endpoint_auth_method = "{method}"
}}
output "secret" {{
  value     = ory_oauth2_client.it.client_secret
  sensitive = true
}}"#
        )
    };
    let terraform = Terraform::with_config(cli, &server.admin, &client("none"));
    terraform.init().apply();
    terraform.is_settled();
    let public = terraform.attributes("ory_oauth2_client.it");
    assert!(public["client_secret"].as_str().is_none_or(str::is_empty), "a public client has a secret");

    terraform.config(&client("client_secret_basic"));
    assert_eq!(terraform.plan(), changes(&[("ory_oauth2_client.it", "update")]));
    terraform.apply();
    terraform.is_settled();
    let confidential = terraform.attributes("ory_oauth2_client.it");
    assert_eq!(confidential["client_id"], public["client_id"]);
    let secret = confidential["client_secret"].as_str().unwrap();
    http::token(&server.public, confidential["client_id"].as_str().unwrap(), secret, true).expect(200);
    assert_eq!(terraform.run(&["output", "-raw", "secret"]).ok().stdout, secret);
}
