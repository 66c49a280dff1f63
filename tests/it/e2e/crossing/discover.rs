//! When the tools import discovered objects, nothing changes: the tools say so.

#[path = "../../support/held.rs"]
mod held;

use crate::harness::{
    copy_files, janiform, process,
    pulumi::Pulumi,
    required, sdks,
    server::{Ory, Place},
    terraform::{Cli, Terraform},
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use held::Remembered;
use serde_json::{Value as Json, json};
use std::{path::Path, process::Command};

/// An emulator with objects of every kind, `clients` of them clients.
fn ory(clients: usize, each: usize) -> (Ory, Remembered) {
    let (ory, mut held) = (Ory::start(Place::Emulator), Remembered::default());
    for making in held::project().iter().chain(&held::servers(clients, each)) {
        let (path, body) = held.fill(making);
        let answer = ory.hydra.ask_console(making.method, &path, (!body.is_null()).then_some(&body));
        assert!((200..300).contains(&answer.status), "{} {path}: {} {}", making.method, answer.status, answer.body);
        held.take(making, &answer.body);
    }
    (ory, held)
}

/// Runs `janiform discover` with the surroundings of a tool's command.
#[track_caller]
fn discover(surroundings: &Command, out: &Path, arguments: &[&str]) -> process::Ran {
    let mut command = Command::new(janiform());
    command.arg("discover").args(arguments).arg("--out").arg(out).env_clear();
    command.envs(surroundings.get_envs().filter_map(|(name, value)| Some((name, value?))));
    process::run(&mut command).ok()
}

/// What names the objects that no server lists.
fn known(held: &Remembered) -> Vec<String> {
    held::unlisted(held).iter().flat_map(|(kind, id)| ["--id".to_owned(), format!("{kind}={id}")]).collect()
}

fn imports_and_is_settled(cli: Cli, clients: usize, by: &str) {
    let (ory, held) = ory(clients, 20);
    let mut terraform = Terraform::new(cli, "");
    ory.environment().into_iter().for_each(|(name, url)| terraform.set_env(name, url));
    let out = terraform.scratch.join("found");
    let (tool, known) = (cli.path(), known(&held));
    let known: Vec<_> = known.iter().map(String::as_str).collect();
    let arguments = [&["--verify", "--import-by", by, "--tool", tool.to_str().unwrap()], known.as_slice()].concat();
    let told = discover(&terraform.command(&[]), &out, &arguments);
    for kind in held::LISTED.into_iter().chain(held::unlisted(&held).map(|(kind, _)| kind)) {
        assert!(told.text().contains(&format!("  ory_{kind}\n")), "{kind}: {}", told.text());
    }
    copy_files(&out, &terraform.scratch.join("w"));
    terraform.run(&["fmt", "-check", "-diff"]).ok();
    terraform.init().apply();
    terraform.is_settled();
    assert!(terraform.managed() > clients + 90, "{}", terraform.managed());
}

#[test]
fn terraform_imports_what_is_there_and_changes_nothing() {
    imports_and_is_settled(Cli::Terraform, 20, "id");
}

#[test]
fn opentofu_imports_two_thousand_objects_by_what_identifies_them_and_changes_nothing() {
    imports_and_is_settled(Cli::Tofu, 1_901, "identity");
}

/// An emulator whose objects need secrets that it does not show.
fn with_hidden_secrets() -> Ory {
    let (ory, mut held) = (Ory::start(Place::Emulator), Remembered::default());
    for making in &held::project()[..1] {
        let (path, body) = held.fill(making);
        held.take(making, &ory.hydra.ask_console(making.method, &path, Some(&body)).body);
    }
    let id = held.of("project").to_owned();
    let auth = json!({ "type": "api_key", "config": { "name": "X-Key", "value": "the-key-of-the-hook", "in": "header" } });
    let hook = json!({ "hook": "web_hook", "config": { "url": "https://a.example.com/", "method": "POST", "body": "base64://e30=", "auth": auth } });
    let stream = json!({
        "type": "https", "https_endpoint": "https://e.example.com/", "https_auth_type": "bearer", "https_auth_secret": "the-secret-of-the-stream",
    });
    let add = |path: &str, value: Json| json!([{ "op": "add", "path": path, "value": value }]);
    for (method, path, body) in [
        (
            "PATCH",
            format!("/projects/{id}"),
            add("/services/identity/config/selfservice/flows/registration/after/password/hooks", json!([hook])),
        ),
        (
            "PATCH",
            format!("/projects/{id}"),
            add("/services/oauth2/config/oauth2/token_hook", json!({ "url": "https://d.example.com/", "auth": auth })),
        ),
        ("POST", format!("/projects/{id}/eventstreams"), stream),
    ] {
        let answer = ory.hydra.ask_console(method, &path, Some(&body));
        assert!((200..300).contains(&answer.status), "{method} {path}: {} {}", answer.status, answer.body);
    }
    ory
}

const HIDDEN: [(&str, &str); 3] =
    [("webhook", "the-key-of-the-hook"), ("oauth2", "the-key-of-the-hook"), ("https", "the-secret-of-the-stream")];

/// Discovers, sets the secrets that the program needs in its file of secrets, and discovers once more.
fn discover_with_hidden_secrets(surroundings: &Command, out: &Path, arguments: &[&str], file: &str) {
    let kinds = ["--only", "action,event_stream,project_config"];
    let mut command = Command::new(janiform());
    command.args(["discover", "--verify", "--out"]).arg(out).args(kinds).args(arguments).env_clear();
    command.envs(surroundings.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let told = process::run(&mut command).fails().says(&["these variables need a value first: ", file]);
    let names = told.text().split("need a value first: ").nth(1).unwrap().lines().next().unwrap().to_owned();
    let mut values: Json = serde_json::from_str(&std::fs::read_to_string(out.join(file)).unwrap()).unwrap();
    for name in names.split(", ") {
        let (_, value) = HIDDEN.iter().find(|(begin, _)| name.starts_with(begin)).unwrap_or_else(|| panic!("{name}"));
        // In YAML, the program decodes what a person sets.
        values[name] = if name.ends_with("Base64") { json!(BASE64_STANDARD.encode(value)) } else { json!(value) };
    }
    std::fs::write(out.join(file), values.to_string()).unwrap();
    let told = discover(surroundings, out, &[&["--verify", "--force"], &kinds[..], arguments].concat());
    told.says(&["It changes nothing, but the first apply sends secrets that the server does not show"]);
}

#[test]
fn opentofu_is_given_the_secrets_that_no_server_shows() {
    let ory = with_hidden_secrets();
    let mut terraform = Terraform::new(Cli::Tofu, "");
    ory.environment().into_iter().for_each(|(name, url)| terraform.set_env(name, url));
    let (out, tool) = (terraform.scratch.join("found"), Cli::Tofu.path());
    discover_with_hidden_secrets(&terraform.command(&[]), &out, &["--tool", tool.to_str().unwrap()], "secrets.auto.tfvars.json");
    copy_files(&out, &terraform.scratch.join("w"));
    terraform.init().apply();
    terraform.is_settled();
}

#[test]
fn pulumi_is_given_the_secrets_that_no_server_shows() {
    let ory = with_hidden_secrets();
    let mut pulumi = Pulumi::new("");
    ory.environment().into_iter().for_each(|(name, url)| pulumi.set_env(name, url));
    let (out, tool) = (pulumi.scratch.join("found"), required("JANIFORM_PULUMI"));
    discover_with_hidden_secrets(&pulumi.command(&[]), &out, &["--language", "yaml", "--tool", tool.to_str().unwrap()], "secrets.json");
}

/// Pulumi runs the program after the import, and has nothing to change.
fn pulumi_imports_it(language: &str) {
    let (ory, held) = ory(20, 7);
    let mut pulumi = Pulumi::new("");
    sdks::run_by(&mut pulumi);
    ory.environment().into_iter().for_each(|(name, url)| pulumi.set_env(name, url));
    let out = pulumi.scratch.join("found");
    let (tool, sdk, known) = (required("JANIFORM_PULUMI"), sdks::of(language), known(&held));
    let mut arguments = vec!["--language", language, "--verify", "--tool", tool.to_str().unwrap()];
    arguments.extend(known.iter().map(String::as_str));
    if language != "yaml" {
        arguments.extend(["--sdk", sdk.to_str().unwrap()]);
    }
    discover(&pulumi.command(&[]), &out, &arguments).says(&["and it changes nothing"]);
    match language {
        "typescript" => sdks::compile_typescript(&out),
        "python" => {
            let names = std::fs::read_dir(&out).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
            sdks::check_python(&out, &names.filter(|name| name.ends_with(".py")).collect::<Vec<_>>());
        }
        "go" => sdks::go(&out, &["vet", "./..."]),
        _ => {}
    }
}

#[test]
fn pulumi_imports_what_is_there_into_yaml() {
    pulumi_imports_it("yaml");
}

#[test]
fn pulumi_imports_what_is_there_into_typescript() {
    pulumi_imports_it("typescript");
}

#[test]
fn pulumi_imports_what_is_there_into_python() {
    pulumi_imports_it("python");
}

#[test]
fn pulumi_imports_what_is_there_into_go() {
    pulumi_imports_it("go");
}
