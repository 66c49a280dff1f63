//! A stack with every resource that an emulator can make goes from Terraform to Pulumi and back: after each step the tool has
//! nothing to change, and the secrets still work.

use crate::harness::{
    Scratch, environment, fixture, http, janiform, process,
    pulumi::{Pulumi, revealed},
    server::{Ory, Place},
    terraform::{Cli, Terraform},
};
use std::{fs, path::Path, process::Command};

/// `janiform migrate` in a directory.
#[track_caller]
pub fn migrate(scratch: &Scratch, dir: &Path, arguments: &[&str]) -> process::Ran {
    let mut command = Command::new(janiform());
    process::run(command.arg("migrate").args(arguments).current_dir(dir).env_clear().envs(environment(scratch)))
}

/// A script that was written, in the environment of a command.
#[track_caller]
pub fn run_script(cli: Cli, like: Command, dir: &Path, script: &Path) {
    let mut command = Command::new("sh");
    command.arg(script).current_dir(dir).env_clear();
    command.env("TERRAFORM", cli.path());
    command.envs(like.get_envs().filter_map(|(name, value)| Some((name, value?))));
    process::run(&mut command).ok();
}

#[track_caller]
pub fn gets_a_token(ory: &Ory, id: &str, secret: &str) {
    http::token(&ory.hydra.public, id, secret, false).expect(200);
}

fn whole_stack(ory: &Ory, cli: Cli) -> Terraform {
    let mut terraform = Terraform::new(cli, "");
    for (name, url) in ory.environment() {
        terraform.set_env(name, url);
    }
    terraform.config(&fixture("crossing/stack.tf"));
    terraform.write("team/main.tf", &fixture("crossing/team.tf"));
    terraform.init().apply();
    terraform.is_settled();
    terraform
}

#[test]
fn from_terraform_to_pulumi_and_back_nothing_changes_and_secrets_work() {
    there_and_back(Cli::Terraform);
}

#[test]
fn from_opentofu_to_pulumi_and_back_nothing_changes_and_secrets_work() {
    there_and_back(Cli::Tofu);
}

fn there_and_back(cli: Cli) {
    let ory = Ory::start(Place::Emulator);
    let terraform = whole_stack(&ory, cli);
    let state = terraform.run(&["state", "pull"]).ok().stdout;
    let count = state.matches("\"schema_version\"").count();
    let dir = terraform.scratch.join("w");
    fs::write(dir.join("pulled.tfstate"), &state).unwrap();
    let generated = terraform.id("ory_oauth2_client.generated");
    let secret_of = terraform.attributes("ory_oauth2_client.generated")["client_secret"].as_str().unwrap().to_owned();

    let mut pulumi = Pulumi::new("");
    for (name, url) in ory.environment() {
        pulumi.set_env(name, url);
    }
    let project = pulumi.scratch.join("w");
    let out = project.to_str().unwrap();
    let arguments = ["--from", "terraform", "--to", "pulumi", "pulled.tfstate", "--config", ".", "--out", out, "--project", "shop"];
    let told = migrate(&terraform.scratch, &dir, &arguments).ok();
    for secret in ["correct-horse-battery", "s3cret-of-the-hook", "what-google-gave", secret_of.as_str()] {
        assert!(!told.text().contains(secret), "a secret is shown");
    }
    assert_eq!(fs::read_to_string(dir.join("pulled.tfstate")).unwrap(), state, "the source is only read");
    pulumi.init();
    run_script(cli, pulumi.command(&[]), &project, &project.join("secrets.sh"));
    pulumi.run(&["import", "--file", "import.json", "--generate-code=false", "--protect=false", "--yes"]).ok();
    assert_eq!(pulumi.managed(), count);
    pulumi.is_settled();
    let client = pulumi.resource("generated");
    let secret = revealed(&client["outputs"]["clientSecret"]);
    assert_eq!((client["id"].as_str(), secret.as_str()), (Some(generated.as_str()), Some(secret_of.as_str())));
    gets_a_token(&ory, &generated, secret.as_str().unwrap());
    gets_a_token(&ory, "shop", "correct-horse-battery");
    let stored = pulumi.state().to_string();
    assert!(!stored.contains("correct-horse-battery") && !stored.contains(&secret_of), "a secret is not encrypted");
    // Terraform lets go.
    run_script(cli, terraform.command(&[]), &dir, &project.join("release.sh"));
    assert_eq!(terraform.managed(), 0);
    // The program is Pulumi's own from here on.
    pulumi.up();
    pulumi.is_settled();

    // And back, into the state that is left.
    fs::write(project.join("stack.json"), pulumi.run(&["stack", "export", "--show-secrets"]).ok().stdout).unwrap();
    fs::write(project.join("left.tfstate"), terraform.run(&["state", "pull"]).ok().stdout).unwrap();
    let serial = terraform.state()["serial"].as_i64().unwrap();
    let arguments = ["--from", "pulumi", "--to", "terraform", "stack.json", "--into", "left.tfstate", "--out", "back"];
    migrate(&pulumi.scratch, &project, &arguments).ok();
    terraform.remove("main.tf");
    terraform.remove("team/main.tf");
    let back = project.join("back");
    terraform.run(&["state", "push", back.join("terraform.tfstate").to_str().unwrap()]).ok();
    for entry in fs::read_dir(&back).unwrap().map(|entry| entry.unwrap()) {
        let name = entry.file_name().into_string().unwrap();
        if name.ends_with(".tf") || name.ends_with(".tfvars.json") {
            fs::copy(entry.path(), dir.join(name)).unwrap();
        }
    }
    terraform.init();
    terraform.is_settled();
    assert_eq!(terraform.managed(), count);
    assert!(terraform.state()["serial"].as_i64().unwrap() > serial);
    let again = terraform.attributes("ory_oauth2_client.generated");
    assert_eq!((again["id"].as_str(), again["client_secret"].as_str()), (Some(generated.as_str()), Some(secret_of.as_str())));
    gets_a_token(&ory, &generated, again["client_secret"].as_str().unwrap());
    run_script(cli, pulumi.command(&[]), &project, &back.join("release.sh"));
    assert_eq!(pulumi.managed(), 0);
    terraform.apply();
    terraform.is_settled();
}
