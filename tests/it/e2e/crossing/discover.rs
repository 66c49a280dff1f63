//! When the tools import discovered objects, nothing changes: the tools say so.

use crate::harness::{
    Scratch, copy_files, janiform, process,
    pulumi::Pulumi,
    sdks,
    server::{Ory, Place},
    terraform::{Cli, Terraform},
};
use serde_json::json;
use std::{path::Path, process::Command};

/// A server with objects that are hard to write down.
fn ory() -> Ory {
    let ory = Ory::start(Place::Emulator);
    for (number, name) in ["Shop", "Shop", "2fa", "日本", "${x} %{y} \"z\"", "several\nlines\n"].iter().enumerate() {
        let body = json!({
            "client_id": format!("client-{number}"), "client_name": name, "grant_types": ["client_credentials"],
            "audience": ["https://a.example.com"], "metadata": { "note": "${x}\nfor `y`", "for": [1, 2.5, null] },
            "jwks": { "keys": [] },
        });
        ory.hydra.ask("POST", "/admin/clients", Some(&body)).expect(201);
        let body = json!({
            "schema_id": "default", "traits": { "email": format!("person-{number}@example.com") },
            "metadata_admin": { "note": name },
        });
        ory.kratos.ask("POST", "/admin/identities", Some(&body)).expect(201);
        let body = json!({ "namespace": "files", "object": name, "relation": "view", "subject_id": "ann" });
        ory.keto.ask("PUT", "/admin/relation-tuples", Some(&body)).expect(201);
    }
    let body = json!({ "name": "Watched", "environment": "stage" });
    let project = ory.hydra.ask_console("POST", "/projects", Some(&body)).expect(201);
    let project = project["id"].as_str().unwrap();
    let body = json!([{ "op": "replace", "path": "/services/identity/config/selfservice/default_browser_return_url", "value": "https://shop.example.com/" }]);
    ory.hydra.ask_console("PATCH", &format!("/projects/{project}"), Some(&body)).expect(200);
    let body = json!({ "label": "Acme", "domains": ["acme.example"] });
    ory.hydra.ask_console("POST", &format!("/projects/{project}/organizations"), Some(&body)).expect(201);
    let body = json!({ "name": "of the shop" });
    ory.hydra.ask_console("POST", &format!("/projects/{project}/tokens"), Some(&body)).expect(201);
    ory
}

/// Runs `janiform discover` with the surroundings of a tool's command.
#[track_caller]
fn discover(surroundings: &Command, out: &Path, arguments: &[&str]) {
    let mut command = Command::new(janiform());
    command.arg("discover").args(arguments).arg("--out").arg(out).env_clear();
    command.envs(surroundings.get_envs().filter_map(|(name, value)| Some((name, value?))));
    process::run(&mut command).ok();
}

fn imports_and_is_settled(cli: Cli) {
    let ory = ory();
    let mut terraform = Terraform::new(cli, "");
    ory.environment().into_iter().for_each(|(name, url)| terraform.set_env(name, url));
    let out = terraform.scratch.join("found");
    let tool = cli.path();
    discover(&terraform.command(&[]), &out, &["--verify", "--tool", tool.to_str().unwrap()]);
    copy_files(&out, &terraform.scratch.join("w"));
    terraform.run(&["fmt", "-check", "-diff"]).ok();
    terraform.init().apply();
    terraform.is_settled();
    assert!(terraform.managed() > 20, "{}", terraform.managed());
}

#[test]
fn terraform_imports_what_is_there_and_changes_nothing() {
    imports_and_is_settled(Cli::Terraform);
}

#[test]
fn opentofu_imports_what_is_there_and_changes_nothing() {
    imports_and_is_settled(Cli::Tofu);
}

#[test]
fn pulumi_imports_what_is_there_and_changes_nothing() {
    let ory = ory();
    let mut pulumi = Pulumi::new("");
    ory.environment().into_iter().for_each(|(name, url)| pulumi.set_env(name, url));
    let out = pulumi.scratch.join("found");
    let tool = crate::harness::required("JANIFORM_PULUMI");
    discover(&pulumi.command(&[]), &out, &["--language", "yaml", "--verify", "--tool", tool.to_str().unwrap()]);
}

#[test]
fn the_other_languages_compile() {
    let ory = ory();
    let scratch = Scratch::new();
    let mut pulumi = Pulumi::new("");
    ory.environment().into_iter().for_each(|(name, url)| pulumi.set_env(name, url));
    for language in ["typescript", "python", "go"] {
        discover(&pulumi.command(&[]), &scratch.join(language), &["--language", language]);
    }
    sdks::compile_typescript(&scratch.join("typescript"));
    sdks::go(&scratch.join("go"), &["vet", "./..."]);
    let sources: Vec<_> = std::fs::read_dir(scratch.join("python"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".py"))
        .collect();
    sdks::check_python(&scratch.join("python"), &sources);
}
