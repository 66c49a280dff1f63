//! Functions and ephemeral resources, in both tools: every example runs, and ephemeral values are stored nowhere.

use crate::harness::{
    repository,
    server::{Ory, Place},
    terraform::{Cli, Terraform},
};
use serde_json::{Value as Json, json};
use std::fs;

super::with_both_tools![functions_have_their_results, ephemeral_values_are_in_no_file];

const FUNCTIONS: [&str; 12] = [
    "functions/duration_format",
    "functions/duration_parse",
    "functions/import_id",
    "functions/import_id_parse",
    "functions/issuer_url",
    "functions/jwk_public",
    "functions/jwk_thumbprint",
    "functions/opl_errors",
    "functions/pem_to_jwk",
    "functions/relationship_build",
    "functions/relationship_parse",
    "functions/scim_url",
];

const EPHEMERAL: [&str; 5] = [
    "ephemeral-resources/ory_api_key_token",
    "ephemeral-resources/ory_json_web_key_set",
    "ephemeral-resources/ory_oauth2_token",
    "ephemeral-resources/ory_project_api_key",
    "ephemeral-resources/ory_recovery_link",
];

/// How the tokens that Ory Talos derives begin: `{"alg":"EdDSA","typ":"JWT"`.
const DERIVED: &str = "eyJhbGciOiJFZERTQSIsInR5cCI6IkpXVCIs";

/// Writes the examples, each as a file.
fn write(terraform: &Terraform, dirs: &[&str]) {
    for dir in dirs {
        let (kind, name) = dir.split_once('/').unwrap();
        let file = kind.trim_end_matches('s');
        let text = fs::read_to_string(repository("examples/terraform").join(dir).join(format!("{file}.tf"))).unwrap();
        terraform.write(&format!("{name}.tf"), &text);
    }
}

fn in_environment(cli: Cli, ory: &Ory) -> Terraform {
    let mut terraform = Terraform::new(cli, "");
    ory.environment().into_iter().for_each(|(name, value)| terraform.set_env(name, value));
    terraform.config("");
    terraform
}

fn functions_have_their_results(cli: Cli) {
    let ory = Ory::start(Place::Emulator);
    let terraform = in_environment(cli, &ory);
    write(&terraform, &FUNCTIONS);
    terraform.init().apply();
    let outputs = terraform.run(&["output", "-json"]).ok().json();
    // As the RFCs, Ory's documentation and Go have them; `tests/it/ory/functions.rs` has more.
    for (name, expected) in [
        ("a_month", json!("720h0m0s")),
        ("seconds", json!(5400)),
        ("kid", json!("kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k")),
        ("issuer", json!("https://elegant-swirles-k2f5a8b3c1.projects.oryapis.com")),
        ("own_issuer", json!("https://auth.example.com")),
        ("scim", json!("https://elegant-swirles-k2f5a8b3c1.projects.oryapis.com/scim/okta-acme/v2")),
        ("staff_may_view", json!("files:report.pdf#view@groups:staff#member")),
        ("who_may_view", json!("staff")),
        ("model", json!("class User implements Namespace {}")),
    ] {
        assert_eq!(outputs[name]["value"], expected, "{name}");
    }
    let partner: Json = serde_json::from_str(outputs["partner"]["value"].as_str().unwrap()).unwrap();
    assert_eq!((&partner["x"], &partner["alg"]), (&json!("Gb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE"), &json!("EdDSA")));
    // An error is about the argument, and stops the plan.
    terraform.write("wrong.tf", "output \"wrong\" {\n  value = provider::ory::duration_parse(\"a month\")\n}\n");
    terraform.run(&["plan", "-no-color"]).fails().says(&["Must be a duration"]);
}

fn ephemeral_values_are_in_no_file(cli: Cli) {
    let ory = Ory::start(Place::Emulator);
    let project = ory.hydra.ask_console("POST", "/projects", Some(&json!({ "name": "of the run", "environment": "stage" }))).expect(201);
    let id = project["id"].as_str().unwrap();
    let mut terraform = in_environment(cli, &ory);
    terraform.set_env("ORY_PROJECT_ID", id);
    let log = terraform.scratch.join("trace.log");
    terraform.set_env("TF_LOG", "TRACE");
    terraform.set_env("TF_LOG_PATH", log.to_str().unwrap());
    write(&terraform, &EPHEMERAL);
    let keys = json!({ "alg": "ES256", "kid": "2026", "use": "sig" });
    ory.hydra.ask("POST", "/admin/keys/report-signatures", Some(&keys)).expect(201);
    terraform.init();
    let planned = terraform.run(&["plan", "-no-color", "-out", "plan.bin"]).ok();
    let shown = terraform.run(&["show", "-json", "plan.bin"]).ok();
    let applied = terraform.run(&["apply", "-no-color", "plan.bin"]).ok();
    // OpenTofu opens nothing that nobody uses.
    if !cli.is_tofu() {
        applied.says(&["recovery link stays valid"]);
    }
    terraform.is_settled();
    let set = ory.hydra.ask("GET", "/admin/keys/report-signatures", None).expect(200);
    let private = set["keys"][0]["d"].as_str().unwrap().to_owned();
    // What was made for the run has gone with it.
    let tokens = ory.hydra.ask_console("GET", &format!("/projects/{id}/tokens"), None).expect(200);
    assert_eq!(tokens, json!([]));
    let texts = [
        ("plan", format!("{}{}", planned.text(), shown.text())),
        ("state", terraform.state().to_string()),
        ("log", fs::read_to_string(&log).unwrap()),
    ];
    for (what, text) in texts {
        // How Hydra's access tokens, keys of projects, derived tokens and links begin, and the private part of the key.
        for sign in ["ory_at_", "ory_pat_", DERIVED, "/self-service/recovery?flow=", "/fallback/recovery?flow=", &private] {
            assert!(!text.contains(sign), "the {what} has something of {sign}");
        }
    }
    assert!(fs::metadata(&log).unwrap().len() > 10_000, "there is a log");
    terraform.destroy();
}
