//! The examples of a team's pipeline: tests of a module and of a stack, and the pipelines that run them.

use crate::{
    harness::{
        Scratch, copy_files, environment, janiform, process,
        pulumi::Pulumi,
        repository, required,
        server::{Kind, Server, free_port},
        terraform::{Cli, Terraform},
    },
    packages::packages,
};
use serde_json::Value as Json;
use std::{fs, os::unix::fs::PermissionsExt, path::Path, process::Command};

fn tested_module(cli: Cli, admin_url: &str) -> Terraform {
    let terraform = Terraform::with_example(cli, admin_url, "tested-module");
    copy_files(&repository("examples/terraform/tested-module/tests"), &terraform.scratch.dir("w/tests"));
    terraform
}

#[test]
fn terraform_tests_a_module() {
    tests_a_module(Cli::Terraform);
}

#[test]
fn tofu_tests_a_module() {
    tests_a_module(Cli::Tofu);
}

fn tests_a_module(cli: Cli) {
    let server = Server::start(Kind::Emulator);
    let terraform = tested_module(cli, &server.admin);
    terraform.init();
    terraform.run(&["test", "-no-color"]).ok().says(&["4 passed, 0 failed"]);
    assert_eq!(server.clients(), Vec::<Json>::new(), "the tests leave something behind");
    // A module that does not do what its tests say.
    let module = fs::read_to_string(terraform.scratch.join("w/main.tf")).unwrap();
    terraform.write("main.tf", &module.replace("sort(var.scopes)", "reverse(sort(var.scopes))"));
    terraform.run(&["test", "-no-color"]).fails().says(&["The order of a set must not show."]);
    assert_eq!(server.clients(), Vec::<Json>::new());
}

/// What the guide shows is of the file that was just run.
#[test]
fn the_guide_shows_what_is_tested() {
    let read = |path: &str| fs::read_to_string(repository(path)).unwrap();
    let (guide, tests) = (read("docs/guides/pipelines.md"), read("examples/terraform/tested-module/tests/service.tftest.hcl"));
    let shown: Vec<&str> = guide
        .split("<!-- test: quoted -->\n```terraform\n")
        .skip(1)
        .flat_map(|rest| rest.split("\n```").next().unwrap().split("\n\nrun "))
        .collect();
    assert_eq!(shown.len(), 2);
    shown.iter().for_each(|run| assert!(tests.contains(run), "no test has {run}"));
}

#[test]
fn python_tests_a_stack() {
    let pulumi = Pulumi::new("");
    copy_files(&repository("examples/pulumi-tested"), &pulumi.scratch.join("w"));
    let run = |test: &str| {
        let mut command = pulumi.in_environment(&required("JANIFORM_PYTHON"));
        command.args(["-B", "-m", "unittest", "-v", test]).env("JANIFORM", janiform()).env_remove("ORY_HYDRA_ADMIN_URL");
        process::run(&mut command)
    };
    run("test_orders").ok().says(&["Ran 4 tests", "OK"]);
    let program = fs::read_to_string(pulumi.scratch.join("w/Pulumi.yaml")).unwrap();
    pulumi.program(&program.replace("15m", "1h"));
    run("test_orders.Orders.test_a_service_gets_a_token").fails().says(&["FAILED (failures=1)"]);
}

/// Ends what a step has left running, also when a later one fails.
struct Emulator<'a>(&'a Path);

impl Drop for Emulator<'_> {
    fn drop(&mut self) {
        let env = fs::read_to_string(self.0).unwrap_or_default();
        if let Some(id) = env.lines().find_map(|line| line.strip_prefix("EMULATOR=")?.parse().ok()) {
            process::signal(id, "TERM");
        }
    }
}

/// The steps of examples/ci/github-actions.yml, as a runner would take them one by one.
#[test]
fn the_workflow_runs() {
    let scratch = Scratch::new();
    let read = "import json, sys, yaml; print(json.dumps(yaml.safe_load(open(sys.argv[1]))))";
    let mut python = Command::new(required("JANIFORM_PYTHON"));
    let workflow = process::run(python.args(["-c", read]).arg(repository("examples/ci/github-actions.yml"))).ok().json();
    let job = &workflow["jobs"]["test"];
    let terraform = tested_module(Cli::Terraform, "");
    let work = terraform.scratch.join("w");

    // In the place of the network: a curl that takes the release from where it was made, and asks this machine itself.
    let bin = scratch.dir("bin");
    let curl = format!(
        "#!/bin/sh\nfor last; do :; done\ncase $last in\n  https://github.com/janiform/janiform/releases/download/v*) cp {}/\"${{last##*/}}\" . ;;\n  *) exec \"$REAL_CURL\" \"$@\" ;;\nesac\n",
        packages().display()
    );
    fs::write(bin.join("curl"), curl).unwrap();
    let ask = "#!/bin/sh\nfor last; do :; done\nexec \"$PYTHON\" -c 'import sys, urllib.request; urllib.request.urlopen(sys.argv[1])' \"$last\"\n";
    fs::write(bin.join("ask"), ask).unwrap();
    std::os::unix::fs::symlink(Cli::Terraform.path(), bin.join("terraform")).unwrap();
    for name in ["curl", "ask"] {
        fs::set_permissions(bin.join(name), fs::Permissions::from_mode(0o755)).unwrap();
    }
    let (path, port) = (scratch.join("github-path"), free_port().to_string());
    let env = scratch.join("github-env");
    for file in [&path, &env] {
        fs::write(file, "").unwrap();
    }
    let _emulator = Emulator(&env);
    let mut seen = 0;
    for step in job["steps"].as_array().unwrap().iter().filter(|step| step["run"].is_string()) {
        let variables = [&workflow["env"], &job["env"], &step["env"]].into_iter().filter_map(Json::as_object).flatten();
        let text = |value: &Json| value.as_str().map_or_else(|| value.to_string(), str::to_owned).replace("4445", &port);
        let lines = |file| fs::read_to_string(file).unwrap();
        let mut places: Vec<String> = lines(&path).lines().map(str::to_owned).collect();
        places.extend([bin.display().to_string(), std::env::var("PATH").unwrap()]);
        let mut command = Command::new("bash");
        command
            .args(["--noprofile", "--norc", "-eo", "pipefail", "-c", &text(&step["run"])])
            .current_dir(&work)
            .env_clear()
            .envs(environment(&scratch))
            .env("PATH", places.join(":"))
            .env("REAL_CURL", bin.join("ask"))
            .env("PYTHON", required("JANIFORM_PYTHON"))
            .env("GITHUB_PATH", &path)
            .env("GITHUB_ENV", &env)
            .envs(lines(&env).lines().filter_map(|line| line.split_once('=')).map(|(name, value)| (name.to_owned(), value.to_owned())))
            .envs(variables.map(|(name, value)| (name, text(value))));
        let ran = process::run(&mut command).ok();
        match step["name"].as_str().unwrap() {
            "Test" => drop(ran.says(&["4 passed, 0 failed"])),
            "Apply, and see that nothing is left to do" => drop(ran.says(&["1 added", "No changes"])),
            _ => {}
        }
        seen += 1;
    }
    assert_eq!(seen, 6, "the workflow has other steps than this test knows");
}
