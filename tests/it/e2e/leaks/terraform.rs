//! Terraform and OpenTofu: every example is a module of one configuration.

use super::{Credentials, Mood, Scene, holds_none, is_of_the_console, nowhere, reached_at, written};
use crate::harness::{
    process, repository,
    terraform::{Cli, Terraform},
};
use std::{ffi::OsStr, fs};

/// The examples that make something, with what they have to be given.
const EXAMPLES: &[(&str, &str)] = &[
    ("oauth2-clients", ""),
    ("shop", ""),
    ("identities-and-permissions", ""),
    ("api-keys", ""),
    ("tested-module", "name = \"orders\"\n  scopes = [\"read\"]"),
    ("resources/ory_api_key", ""),
    ("resources/ory_identity", "robot_password = var.robot_password"),
    ("resources/ory_json_web_key_set", "signing_keys = var.signing_keys"),
    ("resources/ory_oauth2_client", "billing_client_secret = var.billing_client_secret"),
    ("resources/ory_oidc_dynamic_client", ""),
    ("resources/ory_relationship", ""),
    ("resources/ory_relationships", ""),
    ("resources/ory_trusted_oauth2_jwt_grant_issuer", ""),
];

/// What never gets into a state.
const WRITE_ONLY: [(&str, &str, &str); 3] = [
    ("billing_client_secret", "canary-write-only-secret", "canary-write-only-secret"),
    ("robot_password", "canary-write-only-password", "canary-write-only-password"),
    (
        "signing_keys",
        r#"{"keys":[{"kty":"EC","kid":"w","crv":"P-256","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4","y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM","d":"870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE"}]}"#,
        "870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE",
    ),
];

/// Writes the examples; `changed`, so that what can be sent again is. They share a server, so that what names their
/// objects there differs.
fn write(terraform: &Terraform, changed: bool) {
    let mut main = String::new();
    for (name, ..) in WRITE_ONLY {
        main.push_str(&format!("variable \"{name}\" {{\n  type      = string\n  sensitive = true\n  ephemeral = true\n}}\n"));
    }
    for (number, (example, given)) in EXAMPLES.iter().enumerate() {
        main.push_str(&format!("module \"m{number}\" {{\n  source = \"./m{number}\"\n  {given}\n}}\n"));
        let dir = repository("examples/terraform").join(example);
        let mut text = String::new();
        for path in fs::read_dir(&dir).unwrap().map(|entry| entry.unwrap().path()) {
            let name = path.file_name().unwrap().to_str().unwrap();
            // What no release of the server takes has a test of its own (`terraform/unreleased.rs`).
            if name.ends_with(".tf") && !name.starts_with("import") && name != "second-factors.tf" {
                text.push_str(&fs::read_to_string(&path).unwrap());
            }
        }
        if !text.contains("required_providers") {
            text.push_str("\nterraform {\n  required_providers {\n    ory = { source = \"janiform/ory\" }\n  }\n}\n");
        }
        text = text.replace("example.com", &format!("m{number}.example.com")).replace("report.pdf", &format!("m{number}.pdf"));
        text = text.replace("\"person\"", "\"default\"");
        if changed {
            text = text.replace("_version = \"1\"", "_version = \"2\"").replace("client_name = \"", "client_name = \"New ");
            text = text.replace("\"2026-01\"", "\"2026-02\"");
        }
        terraform.write(&format!("m{number}/main.tf"), &text);
    }
    terraform.config(&main);
}

/// Every directory that has a program that makes something.
#[test]
fn every_example_is_checked_for_leaks() {
    let root = repository("examples/terraform");
    for path in written(&root).into_keys().filter(|path| path.extension().is_some_and(|extension| extension == "tf")) {
        let text = fs::read_to_string(&path).unwrap();
        let makes = text.lines().any(|line| line.starts_with("resource \""));
        let dir = path.parent().unwrap().strip_prefix(&root).unwrap().to_str().unwrap();
        // Calls and API keys have stacks of their own (`terraform/calls.rs`, `talos.rs`); what imports makes nothing of its own.
        let elsewhere = dir == "import"
            || dir.starts_with("actions/")
            || dir.starts_with("ephemeral-resources/")
            || dir.starts_with("data-sources/")
            || dir == "resources/ory_imported_api_key";
        assert!(!makes || elsewhere || is_of_the_console(&text) || EXAMPLES.iter().any(|(example, _)| *example == dir), "{dir}");
    }
}

#[test]
fn terraform_shows_no_secret() {
    nothing_is_shown(Cli::Terraform, Credentials::Basic);
}

#[test]
fn tofu_shows_no_secret() {
    nothing_is_shown(Cli::Tofu, Credentials::OAuth2);
}

fn nothing_is_shown(cli: Cli, credentials: Credentials) {
    let scene = Scene::start(credentials);
    let mut terraform = Terraform::new(cli, "").env("TF_LOG_PROVIDER", "TRACE");
    scene.environment.iter().for_each(|(name, value)| terraform.set_env(name, value));
    WRITE_ONLY.iter().for_each(|(name, value, _)| terraform.set_env(&format!("TF_VAR_{name}"), *value));
    write(&terraform, false);
    terraform.init();
    let run = |terraform: &Terraform, line: &str, fault: Option<Mood>| {
        let mut arguments: Vec<&str> = line.split(' ').collect();
        arguments.insert(1, "-no-color");
        scene.hears_nothing(terraform.run(&arguments), fault);
    };

    // All goes well, at every level.
    let log = terraform.scratch.join("everything.log");
    terraform.set_env("TF_LOG_PATH", log.to_str().unwrap());
    terraform.set_env("TF_LOG", "TRACE");
    run(&terraform, "apply -auto-approve", None);
    assert!(fs::read_to_string(&log).unwrap().contains("answered"), "the provider has logged nothing");
    for level in ["JSON", "DEBUG", "INFO", "WARN", "ERROR", "OFF"] {
        terraform.set_env("TF_LOG", level);
        terraform.set_env("TF_LOG_PROVIDER", level);
        run(&terraform, "plan -out=plan.bin", None);
    }
    for line in ["show", "show plan.bin", "output", "apply -refresh-only -auto-approve"] {
        run(&terraform, line, None);
    }

    // Then it does not, of what is there and of what is to be made.
    terraform.set_env("TF_LOG", "TRACE");
    terraform.set_env("TF_LOG_PROVIDER", "TRACE");
    write(&terraform, true);
    for mood in [Mood::Refuses, Mood::Pages, Mood::Cuts] {
        scene.wire.is(mood);
        run(&terraform, "apply -auto-approve -refresh=false -state=other.tfstate", Some(mood));
        if !matches!(mood, Mood::Cuts) {
            run(&terraform, "plan", Some(mood));
            run(&terraform, "apply -auto-approve -refresh=false", Some(mood));
            run(&terraform, "destroy -auto-approve -refresh=false", Some(mood));
        }
    }
    reached_at(&nowhere()).for_each(|(name, url)| terraform.set_env(&name, url));
    run(&terraform, "plan", Some(Mood::Cuts));
    reached_at(&scene.wire.url()).for_each(|(name, url)| terraform.set_env(&name, url));
    // What was asked until now is of no interest.
    scene.wire.stub.is_untouched();
    scene.wire.is(Mood::Dawdles);
    let running = terraform.start(&["apply", "-no-color", "-auto-approve", "-refresh=false"]);
    scene.wire.stub.wait_for("PUT ");
    let killed = running.children("terraform-provi").into_iter().filter(|id| process::signal(*id, "KILL"));
    assert!(killed.count() > 0);
    scene.hears_nothing(running.finish(), Some(Mood::Dawdles));

    scene.wire.is(Mood::Honest);
    run(&terraform, "apply -auto-approve", None);
    run(&terraform, "plan -out=plan.bin", None);
    // Told in full, a plan holds what is sensitive, and nothing that is write-only.
    let write_only = WRITE_ONLY.map(|(.., secret)| secret.to_owned());
    holds_none("the plan", &terraform.run(&["show", "-json", "plan.bin"]).ok().stdout, &write_only);
    for (path, text) in written(terraform.scratch.path()) {
        let what = path.display().to_string();
        match path.extension().and_then(OsStr::to_str) {
            Some("tf") => {}
            Some("bin" | "tfstate" | "backup") => holds_none(&what, &text, &write_only),
            _ => scene.is_kept_from(&what, &text),
        }
    }
    run(&terraform, "destroy -auto-approve", None);
    scene.ends();
}
