//! The life of a whole stack: the example's three clients, one with awkward spellings, two with empty values.

use crate::harness::{
    assert_holds, http,
    server::{Kind, Server},
    terraform::{Cli, Terraform, changes},
};
use serde_json::json;

super::everywhere![the_life_of_a_stack, what_exists_is_imported, a_public_client_becomes_confidential];

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
    assert_holds(
        &server.named("Awkward  client"),
        json!({
            "scope": "write  read   openid",
            "allowed_cors_origins": ["https://b.example.com", "https://a.example.com"],
            "redirect_uris": ["https://b.example.com/", "https://a.example.com/callback/"],
            "authorization_code_grant_access_token_lifespan": "1h30m0s",
            "client_credentials_grant_access_token_lifespan": "1h0m0s",
            "authorization_code_grant_refresh_token_lifespan": "1h30m0s",
            "metadata": serde_json::from_str::<serde_json::Value>(
                r#"{"z":12345678901234567890,"a":[1,2.50,{"nested":"  two  spaces "}],"pi":3.14159265358979323846}"#
            ).unwrap(),
        }),
    );
    the_secret_works(&server, &terraform);

    changes_behind_the_back_are_repaired(&server, &terraform);

    // Other values, then none.
    terraform.write_fixture("awkward.tf", "awkward/client-updated.tf");
    assert_eq!(terraform.plan(), changes(&[("ory_oauth2_client.awkward", "update")]));
    terraform.apply();
    terraform.is_settled();
    assert_holds(
        &server.named("Awkward  client"),
        json!({
            "scope": "admin  write read",
            "owner": "team b",
            "skip_consent": true,
            "grant_types": ["client_credentials", "authorization_code"],
            "allowed_cors_origins": ["https://c.example.com"],
            "post_logout_redirect_uris": ["https://c.example.com/goodbye/"],
            "authorization_code_grant_access_token_lifespan": "1h30m1s",
            "client_credentials_grant_access_token_lifespan": "30m0s",
            "authorization_code_grant_refresh_token_lifespan": "24h0m0s",
        }),
    );
    terraform.write_fixture("awkward.tf", "awkward/client-reduced.tf");
    assert_eq!(terraform.plan(), changes(&[("ory_oauth2_client.awkward", "update")]));
    terraform.apply();
    terraform.is_settled();
    let reduced = server.named("Awkward  client");
    assert_holds(
        &reduced,
        json!({
            "owner": "",
            "skip_consent": false,
            "client_uri": "",
            "metadata": {},
            "authorization_code_grant_access_token_lifespan": null,
            "client_credentials_grant_access_token_lifespan": null,
            "authorization_code_grant_refresh_token_lifespan": null,
        }),
    );
    for list in
        ["grant_types", "response_types", "audience", "contacts", "redirect_uris", "allowed_cors_origins", "post_logout_redirect_uris"]
    {
        let none = reduced[list].is_null() || reduced[list].as_array().is_some_and(Vec::is_empty);
        assert!(none, "{list} is left: {reduced:#}");
    }
    assert!(reduced["jwks"].get("keys").is_none_or(|keys| keys.as_array().is_none_or(Vec::is_empty)), "keys are left: {reduced:#}");

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
    let before = [&machine, &web, &awkward].map(|id| server.client(id));
    server.change(&machine, |client| {
        client["client_name"] = json!("Somebody else's");
        client["audience"] = json!(["https://orders.example.com", "https://more.example.com"]);
        client["client_credentials_grant_access_token_lifespan"] = json!("2h0m0s");
    });
    server.change(&web, |client| {
        client.remove("post_logout_redirect_uris");
        client["allowed_cors_origins"] = json!([]);
        client["skip_consent"] = json!(false);
        client["tos_uri"] = json!("https://added.example.com");
    });
    server.change(&awkward, |client| {
        client["metadata"]["z"] = json!(1);
        client.remove("jwks");
        client["authorization_code_grant_access_token_lifespan"] = json!(null);
    });
    let expected = [("ory_oauth2_client.awkward", "update"), ("ory_oauth2_client.machine", "update"), ("ory_oauth2_client.web", "update")];
    assert_eq!(terraform.plan(), changes(&expected));
    assert_eq!(terraform.drift(), expected.map(|(address, _)| address));
    terraform.apply();
    terraform.is_settled();
    for client in before {
        let mut after = server.client(client["client_id"].as_str().unwrap());
        // The one field that has to differ.
        after["updated_at"] = client["updated_at"].clone();
        assert_eq!(after, client);
    }
    the_secret_works(server, terraform);
}

/// The machine's secret, as the state has it, opens the token endpoint.
fn the_secret_works(server: &Server, terraform: &Terraform) {
    let machine = terraform.attributes("ory_oauth2_client.machine");
    let [id, secret] = ["client_id", "client_secret"].map(|name| machine[name].as_str().unwrap().to_owned());
    let answer = http::token(&server.public, &id, &secret, false).expect(200);
    assert!(answer["access_token"].is_string());
}

fn what_exists_is_imported(cli: Cli, kind: Kind) {
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
