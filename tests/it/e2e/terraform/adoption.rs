//! State of the official provider: the first plan on it is empty.

use crate::{
    adoption::{held, put_back},
    harness::{
        changes, fixture_json,
        server::{Kind, Ory, Place, Server},
        terraform::{Cli, Terraform},
    },
};
use serde_json::{Map, Value as Json, json};

super::with_both_tools![
    recorded_state_plans_no_changes,
    recorded_state_plans_no_changes_on_real_servers,
    newest_state_plans_no_changes,
    state_of_a_project_plans_no_changes,
    a_moved_block_adopts_an_object
];

const RECORDING: &str = "official.tfstate";
const KEY_SET: &str = "fixture-signing";

fn resources(state: &Json) -> &[Json] {
    state["resources"].as_array().unwrap()
}

fn said(state: &Json, id: &str, name: &str) -> Option<String> {
    let mut attributes = resources(state).iter().map(|resource| &resource["instances"][0]["attributes"]);
    let text = attributes.find(|attributes| attributes["id"] == id)?[name].as_str()?;
    (!text.is_empty()).then(|| text.to_owned())
}

/// The recorded state, and the servers that it is about.
fn recorded(place: Place) -> (Ory, Json) {
    let (ory, mut state) = (Ory::start(place), fixture_json("peers/official.tfstate"));
    assert_eq!(put_back(&ory, RECORDING, &mut state, said), 11);
    assert_eq!(resources(&state).len(), 11);
    (ory, state)
}

/// The configuration that led to a state: with every attribute that it may hold, or with those alone that no
/// default explains.
fn configuration(state: &Json, whole: bool) -> String {
    const CHOSEN_BY_SERVER: [&str; 7] =
        ["id", "client_id", "client_secret", "created_at", "keys", "registration_access_token", "registration_client_uri"];
    let mut text = String::new();
    for resource in resources(state) {
        let [kind, name] = ["type", "name"].map(|name| resource[name].as_str().unwrap());
        text.push_str(&format!("resource \"{kind}\" \"{name}\" {{\n"));
        for (attribute, value) in resource["instances"][0]["attributes"].as_object().unwrap() {
            let by_default = *value == json!(false)
                || attribute == "subject_type"
                || (kind == "ory_identity" && attribute == "state")
                || (attribute == "scope" && *value == "offline_access offline openid")
                || (attribute == "token_endpoint_auth_method" && *value == "client_secret_post");
            if !value.is_null() && !CHOSEN_BY_SERVER.contains(&attribute.as_str()) && (whole || !by_default) {
                // JSON's spelling of strings, lists and booleans is HCL's, templates aside.
                text.push_str(&format!("  {attribute} = {value}\n"));
            }
        }
        text.push_str("}\n\n");
    }
    text
}

fn directory(cli: Cli, ory: &Ory, configuration: &str) -> Terraform {
    let mut terraform = Terraform::with_config(cli, "", configuration);
    for (name, url) in ory.environment() {
        terraform.set_env(name, url);
    }
    terraform
}

fn recorded_state_plans_no_changes(cli: Cli) {
    the_recorded_state_plans_no_changes(cli, Place::Emulator, &[false, true]);
}

fn recorded_state_plans_no_changes_on_real_servers(cli: Cli) {
    the_recorded_state_plans_no_changes(cli, Place::Real, &[false]);
}

fn the_recorded_state_plans_no_changes(cli: Cli, place: Place, configurations: &[bool]) {
    let (ory, state) = recorded(place);
    let before = held(&ory, KEY_SET);
    for whole in configurations {
        let terraform = directory(cli, &ory, &configuration(&state, *whole));
        terraform.write("terraform.tfstate", &state.to_string());
        let ours = format!("{}/janiform/ory", cli.host());
        terraform.run(&["state", "replace-provider", "-auto-approve", "registry.terraform.io/ory/ory", &ours]).ok();
        // A refresh only adds what the official provider does not know, such as times.
        terraform.init().run(&["plan", "-no-color", "-detailed-exitcode"]).exits(0);
        assert_eq!(terraform.plan(), changes(&[]));
        // Nor does an apply change anything on the servers or lose the secrets.
        terraform.apply();
        terraform.is_settled();
        assert_eq!(held(&ory, KEY_SET), before);
        assert_eq!(terraform.attributes("ory_oauth2_client.machine")["client_secret"], "maLOZMURQNv1a1-qmYdHpr1EBg");
    }
}

/// With write-only keys and credentials of its own, as the official provider's newest release writes it.
fn newest_state_plans_no_changes(cli: Cli) {
    let server = Server::start(Kind::Emulator);
    let keys = json!({"keys": [{"kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": "first",
        "x": "t3wABkyxMe5Se3aQCD4wrWAKMfioxc01AB4rd5pL02Q", "y": "X8UJHVqL-GFQars9QTm-pQL8uz10Su3J_fmTDu3FwSI"}]});
    let id = "7d0c4f4e-58f5-4b8e-9f2c-0a4c3a0f6d11";
    server.create(&json!({
        "client_id": id, "client_name": "Signer", "grant_types": ["client_credentials"], "scope": "read",
        "token_endpoint_auth_method": "private_key_jwt", "jwks": keys,
    }));

    let mut state = fixture_json("peers/official.tfstate");
    state["resources"].as_array_mut().unwrap().retain(|resource| resource["type"] == "ory_oauth2_client");
    let resource = &mut state["resources"][0];
    resource["name"] = json!("signer");
    let attributes: &mut Map<String, Json> = resource["instances"][0]["attributes"].as_object_mut().unwrap();
    for value in attributes.values_mut() {
        *value = Json::Null;
    }
    for (name, value) in [
        ("id", json!(id)),
        ("client_id", json!(id)),
        ("client_name", json!("Signer")),
        ("client_secret", json!("")),
        ("grant_types", json!(["client_credentials"])),
        ("scope", json!("read")),
        ("token_endpoint_auth_method", json!("private_key_jwt")),
        ("subject_type", json!("public")),
        ("skip_consent", json!(false)),
        ("skip_logout_consent", json!(false)),
        ("backchannel_logout_session_required", json!(false)),
        ("frontchannel_logout_session_required", json!(false)),
        ("jwks", Json::Null),
        ("jwks_wo", Json::Null),
        ("jwks_wo_version", json!("1")),
        ("project_slug", json!("localhost")),
        ("project_api_key", json!("ory_pat_fixture")),
    ] {
        attributes.insert(name.into(), value);
    }
    state["resources"].as_array_mut().unwrap().truncate(1);

    let port = server.admin.rsplit(':').next().unwrap();
    let config = format!(
        r#"
provider "ory" {{
  workspace_api_key = "ory_wak_fixture"
  project_api_url   = "http://%s:{port}"
}}
resource "ory_oauth2_client" "signer" {{
  client_name                = "Signer"
  grant_types                = ["client_credentials"]
  scope                      = "read"
  token_endpoint_auth_method = "private_key_jwt"
  jwks_wo                    = jsonencode({keys})
  jwks_wo_version            = "1"
  project_slug               = "localhost"
  project_api_key            = "ory_pat_fixture"
}}"#
    );
    let terraform = Terraform::with_config(cli, "", &config);
    terraform.write("terraform.tfstate", &state.to_string());
    let ours = format!("{}/janiform/ory", cli.host());
    terraform.run(&["state", "replace-provider", "-auto-approve", "registry.terraform.io/ory/ory", &ours]).ok();
    terraform.init().run(&["plan", "-no-color", "-detailed-exitcode"]).exits(0);
    assert_eq!(terraform.plan(), changes(&[]));
    terraform.apply();
    terraform.is_settled();
    assert!(!terraform.state().to_string().contains("t3wABkyxMe5"), "the keys are in the state");
}

/// A project and its configuration, as that provider's schema says it: with the two defaults that nobody asked for.
fn state_of_a_project_plans_no_changes(cli: Cli) {
    let server = Server::start(Kind::Emulator);
    let project = server.ask_console("POST", "/projects", Some(&json!({ "name": "Shop", "environment": "dev" }))).expect(201);
    let (id, revision) = (project["id"].as_str().unwrap(), project["revision_id"].as_str().unwrap());
    let configured = json!([
        { "op": "add", "path": "/cors_public/origins", "value": ["https://shop.example.com"] },
        { "op": "add", "path": "/services/identity/config/session/lifespan", "value": "48h0m0s" },
        { "op": "add", "path": "/services/identity/config/courier/smtp", "value": { "connection_uri": "smtps://u:p@mail.example.com:465/" } },
    ]);
    server.ask_console("PATCH", &format!("/projects/{id}/revision/{revision}"), Some(&configured)).expect(200);
    let document = || server.ask_console("GET", &format!("/projects/{id}"), None).expect(200);
    let before = document();

    let mut own: Map<String, Json> = ["id", "name", "environment", "home_region", "slug", "state"]
        .map(|name| (name.to_owned(), project[name].clone()))
        .into_iter()
        .collect();
    own.retain(|_, value| !value.is_null());
    let settings = json!({
        "id": id, "project_id": id, "cors_enabled": false, "password_min_length": 8, "account_experience_name": null,
        "cors_origins": ["https://shop.example.com"], "session_lifespan": "48h",
        "smtp_connection_uri": "smtps://u:p@mail.example.com:465/",
    });
    let mut state = fixture_json("peers/official.tfstate");
    let recorded = resources(&state)[0].clone();
    let resource = |kind: &str, attributes: Json| {
        let mut resource = recorded.clone();
        resource["type"] = json!(kind);
        resource["name"] = json!("shop");
        let instance = &mut resource["instances"][0];
        instance["schema_version"] = json!(0);
        instance["attributes"] = attributes;
        instance
            .as_object_mut()
            .unwrap()
            .retain(|name, _| ["schema_version", "attributes", "sensitive_attributes"].contains(&name.as_str()));
        instance["sensitive_attributes"] = json!([]);
        resource
    };
    state["resources"] = json!([resource("ory_project", Json::Object(own)), resource("ory_project_config", settings)]);

    let config = r#"
resource "ory_project" "shop" {
  name        = "Shop"
  environment = "dev"
}
resource "ory_project_config" "shop" {
  project_id          = ory_project.shop.id
  cors_origins        = ["https://shop.example.com"]
  session_lifespan    = "48h"
  smtp_connection_uri = "smtps://u:p@mail.example.com:465/"
}"#;
    let mut terraform = Terraform::with_config(cli, "", config);
    for (name, value) in server.console() {
        terraform.set_env(name, value);
    }
    terraform.write("terraform.tfstate", &state.to_string());
    let ours = format!("{}/janiform/ory", cli.host());
    terraform.run(&["state", "replace-provider", "-auto-approve", "registry.terraform.io/ory/ory", &ours]).ok();
    terraform.init().run(&["plan", "-no-color", "-detailed-exitcode"]).exits(0);
    terraform.apply();
    terraform.is_settled();
    assert_eq!(document(), before);
    assert_eq!(terraform.attributes("ory_project_config.shop")["password_min_length"], Json::Null);
}

/// Without touching the state by hand: blocks move everything from the official provider's addresses.
fn a_moved_block_adopts_an_object(cli: Cli) {
    let (ory, state) = recorded(Place::Emulator);
    let before = held(&ory, KEY_SET);
    let mut moved = configuration(&state, false);
    for resource in resources(&state) {
        let [kind, name] = ["type", "name"].map(|name| resource[name].as_str().unwrap());
        moved = moved.replace(&format!("\"{kind}\" \"{name}\""), &format!("\"{kind}\" \"{name}_here\""));
        moved.push_str(&format!("moved {{\n  from = {kind}.{name}\n  to   = {kind}.{name}_here\n}}\n"));
    }
    let terraform = directory(cli, &ory, &moved);
    terraform.write("terraform.tfstate", &state.to_string());
    // Whose state it is has to be installed, by `init`'s rules; nothing is asked of it, so anything will do.
    terraform.install_as("ory", "ory");
    terraform.init();
    assert_eq!(terraform.plan(), changes(&[]));
    terraform.apply();
    terraform.is_settled();
    assert_eq!(held(&ory, KEY_SET), before);
    assert_eq!(terraform.attributes("ory_oauth2_client.web_here")["client_secret"], "F2qQCV_SH.JOYoqrzpfnXaZ_xs");
    let state = terraform.state().to_string();
    assert!(!state.contains("/ory/ory"), "the state still names the official provider");
}
