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
use held::Remembered;
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
