//! Modules become components and explicit providers stay explicit, there and back: at each stop the tool has nothing to change.

use super::migrate::{gets_a_token, migrate, run_script};
use crate::harness::{
    fixture,
    process::{self, Ran},
    pulumi::{Pulumi, revealed},
    required, sdks,
    server::{Ory, Place, Server},
    terraform::{Cli, Terraform},
};
use std::{collections::BTreeSet, fs, path::Path};

/// The program in Python, without the host of its language: by Pulumi's own driver.
const DRIVER: &str = r#"
import runpy
import sys

from pulumi import automation

sys.path.insert(0, ".")
options = automation.LocalWorkspaceOptions(work_dir=".")
program = lambda: runpy.run_path("__main__.py")
stack = automation.select_stack(stack_name="dev", project_name="shop", program=program, opts=options)
if sys.argv[1] == "preview":
    stack.preview(expect_no_changes=True, diff=True, on_output=print)
else:
    stack.up(on_output=print)
"#;

/// The client of the explicit provider of the same name.
const EU: &str = "ory:index/oauth2Client:Oauth2Client::eu";

#[track_caller]
fn python(pulumi: &Pulumi, op: &str) -> Ran {
    let mut command = pulumi.in_environment(&required("JANIFORM_PYTHON"));
    command.args(["driver.py", op]).env("PYTHONPATH", sdks::python_path()).env("PYTHONDONTWRITEBYTECODE", "1");
    process::run(&mut command).ok()
}

fn copy_below(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(|entry| entry.unwrap()) {
        let target = to.join(entry.file_name());
        match entry.path().is_dir() {
            true => copy_below(&entry.path(), &target),
            false => drop(fs::copy(entry.path(), target).unwrap()),
        }
    }
}

fn project(ory: &Ory) -> Pulumi {
    let mut pulumi = Pulumi::new("");
    ory.environment().into_iter().for_each(|(name, url)| pulumi.set_env(name, url));
    pulumi
}

/// The state of this program as a new stack, with the program in this language beside it.
fn stack(ory: &Ory, terraform: &Terraform, language: &str) -> Pulumi {
    let mut pulumi = project(ory);
    if language != "yaml" {
        sdks::run_by(&mut pulumi);
    }
    let project = pulumi.scratch.join("w");
    let out = project.to_str().unwrap();
    let arguments = ["--from", "terraform", "--to", "pulumi", "pulled.tfstate", "--config", ".", "--out", out];
    let told = migrate(
        &terraform.scratch,
        &terraform.scratch.join("w"),
        &[&arguments[..], &["--project", "shop", "--language", language]].concat(),
    );
    let told = told.ok();
    for secret in ["correct-horse", "a-header-for-eu", "a-secret-for-a"] {
        assert!(!told.text().contains(secret), "a secret is shown");
    }
    // What takes objects in generates no code: it needs no host of the program's language.
    let program = fs::read_to_string(project.join("Pulumi.yaml")).unwrap();
    if language != "yaml" {
        fs::write(project.join("Pulumi.yaml"), "name: shop\nruntime: yaml\n").unwrap();
    }
    pulumi.init();
    run_script(Cli::Terraform, pulumi.command(&[]), &project, &project.join("secrets.sh"));
    pulumi.run(&["import", "--file", "import.json", "--generate-code=false", "--protect=false", "--yes"]).ok();
    fs::write(project.join("Pulumi.yaml"), program).unwrap();
    pulumi
}

/// What Terraform manages, with modules and an alias.
fn managed(ory: &Ory, eu: &Server) -> (Terraform, usize) {
    let mut terraform = Terraform::new(Cli::Terraform, "");
    ory.environment().into_iter().for_each(|(name, url)| terraform.set_env(name, url));
    terraform.config(&fixture("crossing/groups.tf"));
    terraform.write("team/main.tf", &fixture("crossing/groups/team.tf"));
    terraform.write("team/keys/main.tf", &fixture("crossing/groups/keys.tf"));
    terraform.write("terraform.tfvars", &format!("eu = {:?}\n", eu.admin));
    terraform.init().apply();
    terraform.is_settled();
    let state = terraform.run(&["state", "pull"]).ok().stdout;
    terraform.write("pulled.tfstate", &state);
    let count = state.matches("\"schema_version\"").count();
    (terraform, count)
}

/// Lets the program use the SDK of the tests, which is not published.
fn with_sdk(dir: &Path, language: &str) {
    let sdk = sdks::of(language);
    let edit = |name: &str, edit: &dyn Fn(&str) -> String| {
        let text = fs::read_to_string(dir.join(name)).unwrap();
        fs::write(dir.join(name), edit(&text)).unwrap();
    };
    match language {
        "typescript" => edit("package.json", &|text| {
            let mut about: serde_json::Value = serde_json::from_str(text).unwrap();
            about["dependencies"]["@janiform/ory"] = format!("file:{}", sdk.display()).into();
            about.to_string()
        }),
        _ => edit("go.mod", &|text| format!("{text}\nreplace github.com/janiform/janiform/sdk/go => {}\n", sdk.display())),
    }
}

/// Pulumi runs the program, and has nothing to change.
fn runs(language: &str) {
    let (ory, eu) = (Ory::start(Place::Emulator), Server::emulator(&[]));
    let (terraform, count) = managed(&ory, &eu);
    let pulumi = stack(&ory, &terraform, language);
    with_sdk(&pulumi.scratch.join("w"), language);
    pulumi.run(&["install"]).ok();
    pulumi.run(&["preview", "--diff", "--expect-no-changes"]).ok();
    assert_eq!(pulumi.managed(), count);
}

#[test]
fn a_program_in_typescript_with_components_and_explicit_providers_runs() {
    runs("typescript");
}

#[test]
fn a_program_in_go_with_components_and_explicit_providers_runs() {
    runs("go");
}

#[test]
fn modules_and_explicit_providers_go_to_pulumi_and_back_and_nothing_changes() {
    let (ory, eu) = (Ory::start(Place::Emulator), Server::emulator(&[]));
    let (terraform, count) = managed(&ory, &eu);
    // A program in YAML has no components of its own: modules are parts of names there.
    let yaml = stack(&ory, &terraform, "yaml");
    assert_eq!(yaml.managed(), count);
    yaml.is_settled();
    assert_eq!(yaml.resource(EU)["provider"].as_str().map(|of| of.contains("pulumi:providers:ory::eu::")), Some(true));

    let pulumi = stack(&ory, &terraform, "python");
    pulumi.scratch.write("w/driver.py", DRIVER);
    python(&pulumi, "preview");
    python(&pulumi, "up");
    python(&pulumi, "preview");
    assert_eq!(pulumi.managed(), count);
    let state = pulumi.state();
    let urns: BTreeSet<_> = state["deployment"]["resources"].as_array().unwrap().iter().map(|one| one["urn"].as_str().unwrap()).collect();
    for urn in [
        "urn:pulumi:dev::shop::pulumi:providers:ory::eu",
        "urn:pulumi:dev::shop::modules:index:Team::team_b_c",
        "urn:pulumi:dev::shop::modules:index:Team$ory:index/oauth2Client:Oauth2Client::team_b_c_member_1",
        "urn:pulumi:dev::shop::modules:index:Team$modules:index:Keys$ory:index/jsonWebKeySet:JsonWebKeySet::team_a_keys_sessions",
    ] {
        assert!(urns.contains(urn), "{urn} is not in {urns:#?}");
    }
    let secret = revealed(&pulumi.resource(EU)["outputs"]["clientSecret"]);
    assert_eq!(secret.as_str(), Some("correct-horse-in-the-eu"));
    assert!(!state.to_string().contains("a-header-for-eu"), "a secret is not encrypted");

    let project = pulumi.scratch.join("w");
    fs::write(project.join("stack.json"), pulumi.run(&["stack", "export", "--show-secrets"]).ok().stdout).unwrap();
    migrate(&pulumi.scratch, &project, &["--from", "pulumi", "--to", "terraform", "stack.json", "--out", "back"]).ok();
    let mut back = Terraform::new(Cli::Terraform, "");
    ory.environment().into_iter().for_each(|(name, url)| back.set_env(name, url));
    copy_below(&project.join("back"), &back.scratch.join("w"));
    back.run(&["fmt", "-check", "-recursive", "-diff"]).ok();
    back.init();
    back.is_settled();
    assert_eq!(back.managed(), count);
    let addresses = back.run(&["state", "list"]).ok().stdout;
    for address in
        ["ory_oauth2_client.eu", "module.team_b_c.ory_oauth2_client.team_b_c_member_1", "module.team_a_keys.ory_json_web_key_set."]
    {
        assert!(addresses.contains(address), "{address} is not in {addresses}");
    }
    gets_a_token(&ory, "shop", "correct-horse-battery");
    // The program is Terraform's own from here on.
    back.run(&["apply", "-auto-approve", "-input=false", "-replace=module.team_a.ory_oauth2_client.team_a_member_0"]).ok();
    back.is_settled();
    assert_eq!(eu.clients().len(), 5);
}
