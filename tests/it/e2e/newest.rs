//! Features of Terraform since 1.14, with the binary that `TERRAFORM_NEW` names: lists of objects (`terraform query`) and actions.
//!
//! It is a separate target, which `scripts/test e2e` builds and runs only if the variable is set, so that no test is
//! counted that did not run. The rules of such a core are also played in `tests/it/terraform/core`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, clippy::print_stderr)]
#![allow(dead_code, reason = "the harness is for other tests too")]

mod harness;

use harness::{
    repository,
    server::{Ory, Place},
    terraform::{Cli, Terraform},
};
use serde_json::{Value as Json, json};
use std::fs;

const LISTS: [&str; 20] = [
    "list-resources/ory_action",
    "list-resources/ory_api_key",
    "list-resources/ory_custom_domain",
    "list-resources/ory_email_template",
    "list-resources/ory_event_stream",
    "list-resources/ory_identity",
    "list-resources/ory_identity_schema",
    "list-resources/ory_imported_api_key",
    "list-resources/ory_oauth2_client",
    "list-resources/ory_onboarding_portal_link",
    "list-resources/ory_organization",
    "list-resources/ory_project",
    "list-resources/ory_project_api_key",
    "list-resources/ory_relationship",
    "list-resources/ory_saml_provider",
    "list-resources/ory_scim_client",
    "list-resources/ory_social_provider",
    "list-resources/ory_trusted_oauth2_jwt_grant_issuer",
    "list-resources/ory_workspace",
    "list-resources/ory_workspace_api_key",
];

const ACTIONS: [&str; 9] = [
    "actions/ory_api_key_revoke",
    "actions/ory_api_key_rotate",
    "actions/ory_event_stream_pause",
    "actions/ory_identity_revoke_sessions",
    "actions/ory_identity_send_recovery",
    "actions/ory_imported_api_key_revoke",
    "actions/ory_json_web_key_set_rotate",
    "actions/ory_oauth2_client_revoke_tokens",
    "actions/ory_oauth2_client_rotate_secret",
];

/// The organization that the example of links asks about.
const ORGANIZATION: &str = "3d1c2b4a-5e6f-4a7b-8c9d-0e1f2a3b4c5d";

/// Whom the new secret of an API key is sealed to.
const RECIPIENT: &str = "-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAugFHX23gkqMbrKt7jF4e\n5xfwi4YUCZNYy7B3tLJ7cgo8ahCB38QljspITJ68+XGC/UFt8PXYdZqq+9FrDvMF\nOf2Ccnn/4KQ1ee3W54/ljtrd8pfoM0KYirzvkZ5qwEd6DaOMxYZuk3VwbgTuxya+\nDGwOaHKKFL/ei6jnbPb3vB5HOlNT3axeTaYF/cuYG8MJJUBPQ6wviuXWEbEG+oWE\nAoDzjEBQGdsVtXZsmWIknNhXvlSQnaf8OuHpQHYr2+AuaHR8TSAW7xA/M/mCsGV5\n0QNjTLJhOMjnec/q7BYWYyBwooDij6QKGlUDNtBOxUje+9OZU44EFI8qTl45q2co\n/QIDAQAB\n-----END PUBLIC KEY-----\n";

fn example(path: &str) -> String {
    fs::read_to_string(repository("examples/terraform").join(path)).unwrap()
}

/// A directory whose provider is for all that is at this Ory, and for a project of it.
fn start() -> (Ory, Json, Terraform) {
    let ory = Ory::start(Place::Emulator);
    let project = ory.hydra.ask_console("POST", "/projects", Some(&json!({ "name": "of the run", "environment": "stage" }))).expect(201);
    let mut terraform = Terraform::new(Cli::Newest, "");
    ory.environment().into_iter().for_each(|(name, value)| terraform.set_env(name, value));
    terraform.set_env("ORY_PROJECT_ID", project["id"].as_str().unwrap());
    terraform.set_env("ORY_WORKSPACE_ID", project["workspace_id"].as_str().unwrap());
    terraform.config("");
    (ory, project, terraform)
}

#[test]
fn every_list_can_be_queried() {
    let (ory, project, terraform) = start();
    let organization = json!({ "id": ORGANIZATION, "label": "Acme", "domains": ["acme.example"] });
    let patch = json!([{ "op": "add", "path": "/organizations/-", "value": organization }]);
    let revision = format!("/projects/{}/revision/{}", project["id"].as_str().unwrap(), project["revision_id"].as_str().unwrap());
    ory.hydra.ask_console("PATCH", &revision, Some(&patch)).expect(200);
    ory.hydra.create(&json!({ "client_id": "shop", "client_name": "Shop", "owner": "sales" }));
    for dir in LISTS {
        terraform.write(&format!("{}.tfquery.hcl", dir.rsplit('/').next().unwrap()), &example(&format!("{dir}/list-resource.tfquery.hcl")));
    }
    terraform.init();
    terraform.run(&["query", "-no-color"]).ok().says(&["Shop", "of the run"]);
    // What is found is imported by its identity, and nothing is to be changed then.
    for dir in LISTS.iter().filter(|dir| !dir.ends_with("/ory_oauth2_client")) {
        terraform.remove(&format!("{}.tfquery.hcl", dir.rsplit('/').next().unwrap()));
    }
    terraform.run(&["query", "-no-color", "-generate-config-out=found.tf"]).ok();
    terraform.apply().says(&["1 imported, 0 added, 0 changed"]);
    terraform.is_settled();
}

#[test]
fn every_action_can_be_invoked() {
    let (ory, project, mut terraform) = start();
    ory.hydra.create(&json!({ "client_id": "shop-of-others", "client_name": "Shop", "client_secret": "the-first-secret" }));
    for kid in ["one", "two"] {
        ory.hydra.ask("POST", "/admin/keys/session-tokens", Some(&json!({ "alg": "ES256", "kid": kid, "use": "sig" }))).expect(201);
    }
    let stream = json!({ "type": "https", "https_endpoint": "https://hooks.example.com/", "https_auth_type": "none" });
    let streams = format!("/projects/{}/eventstreams", project["id"].as_str().unwrap());
    let stream = ory.hydra.ask_console("POST", &streams, Some(&stream)).expect(201)["id"].as_str().unwrap().to_owned();
    terraform.set_env("TF_VAR_new_secret", "canary-of-the-new-secret");
    terraform.set_env("TF_VAR_recipient", RECIPIENT);
    let key = |name: &str| json!({ "name": name, "actor_id": "a", "ttl": "1h", "raw_key": "canary-of-a-partner" });
    let issue = |name: &str| {
        let made = ory.keto.ask("POST", "/v2alpha1/admin/issuedApiKeys", Some(&key(name))).expect(201);
        made["issued_api_key"]["key_id"].as_str().unwrap().to_owned()
    };
    let imported = ory.keto.ask("POST", "/v2alpha1/admin/importedApiKeys", Some(&key("c"))).expect(201);
    for dir in ACTIONS {
        let text = example(&format!("{dir}/action.tf"))
            .replace(ORGANIZATION, &stream)
            .replace("9c2b6a52-3f0e-4a8f-8a43-6f0b1c2d3e4f", &issue(dir))
            .replace("4f1c0d5be8a97c3264f1c0d5be8a97c3264f1c0d5be8a97c3264f1c0d5be8a97", imported["key_id"].as_str().unwrap())
            .replace("\"shop\"\n    client_secret", "\"shop-of-others\"\n    client_secret");
        terraform.write(&format!("{}.tf", dir.rsplit('/').next().unwrap()), &text);
    }
    terraform.init();
    // Two of them are triggered by resources.
    let applied = terraform.apply();
    applied.says(&["has no sessions, or does not exist"]);
    for (action, says) in [
        ("ory_oauth2_client_rotate_secret.shop", "has the new secret"),
        ("ory_json_web_key_set_rotate.sessions", "has the new key"),
        ("ory_event_stream_pause.maintenance", "is paused"),
        ("ory_api_key_revoke.leaked", "is revoked"),
        ("ory_imported_api_key_revoke.lost", "is revoked"),
        // A key of the three, and its secret for its recipient alone.
        ("ory_api_key_rotate.leaked", "The API key was replaced"),
        // Nobody has the id of the example.
        ("ory_identity_send_recovery.ann", "There is no such identity"),
    ] {
        let invoke = format!("-invoke=action.{action}");
        terraform.run(&["apply", "-no-color", "-auto-approve", &invoke]).ok().says(&[says]);
    }
    assert!(!terraform.state().to_string().contains("canary-of-the-new-secret"));
    let streams = ory.hydra.ask_console("GET", &streams, None).expect(200);
    assert_eq!(streams["event_streams"][0]["status"], "paused");
    terraform.destroy();
}
