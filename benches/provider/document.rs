//! A project's document: a new project with forty parts of its document, and a plan without changes of its whole configuration.

use crate::{
    build::Build,
    core::{self, Planned, Provider},
    every_setting,
    figure::{Bound, Figures, Unit, Whose, wanted},
    harness::{
        http,
        terraform::{Cli, Terraform},
    },
    measure,
    new_project::{self, Part},
    row::{Row, Setting},
    server::Server,
    steps::Tool,
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use janiform::{
    emulator::{switches::Switches, tally::Summary},
    engine::Engine,
    frontends::pulumi::names,
    ory::{ORY, resources::project_config},
};
use janiform_testing::json::from_json;
use serde_json::{Value as Json, json};
use std::{process::Command, time::Duration};

/// A new project.
pub static FROM_NOTHING: Row = Row {
    name: "project",
    about: "a project from nothing: 40 parts of one document, each tool, a patch takes 500 ms",
    wanted: &[
        wanted("patches, a project from nothing with terraform", Bound::AtMost(8.0)),
        wanted("time, a project from nothing with terraform", Bound::TimesAtMost(0.2)),
        wanted("patches, a project from nothing with tofu", Bound::AtMost(8.0)),
        wanted("time, a project from nothing with tofu", Bound::TimesAtMost(0.2)),
        wanted("patches, a project from nothing with pulumi", Bound::AtMost(8.0)),
        wanted("time, a project from nothing with pulumi", Bound::TimesAtMost(0.2)),
    ],
    run: from_nothing,
};

/// The whole configuration of a project.
pub static CONFIGURATION: Row = Row {
    name: "project-config",
    about: "ory_project_config with every attribute: a plan with nothing to do",
    wanted: &[wanted(PLAN_REQUESTS, Bound::AtMost(3.0)), wanted(PLAN_CPU, Bound::AtMost(0.005))],
    run: whole_configuration,
};

const PLAN_REQUESTS: &str = "requests, plan of every setting";
const PLAN_CPU: &str = "provider CPU beyond the start of its processes, plan of every setting";
/// How long a patch takes on the server.
const PATCH: Duration = Duration::from_millis(500);
/// References to the project and the organization, as Terraform writes them.
const PROJECT: &str = "${ory_project.new.id}";
const ORGANIZATION: &str = "${ory_organization.acme.id}";
/// A workspace key, as the emulator takes any.
const KEY: &str = "ory_wak_of-the-figures";

fn from_nothing(setting: &Setting<'_>) -> Figures {
    let project = ("project", "new".to_owned(), new_project::project());
    let parts: Vec<_> = [project].into_iter().chain(new_project::parts(PROJECT, ORGANIZATION)).collect();
    assert_eq!(parts.len(), 41);
    let mut figures = Figures::default();
    for tool in [Tool::Terraform, Tool::Tofu, Tool::Pulumi] {
        let mut each = None;
        setting.in_turn(|_, build| {
            let server = console(setting, PATCH);
            let command = program(tool, build, &server, &parts);
            let what = |what: &str| format!("{what}, a project from nothing with {}", tool.name());
            drop(server.asked());
            let cost = measure::run(command.up(&[]));
            let asked = server.asked();
            figures.see(build.whose(), what("patches"), Unit::Count, count(&asked, "PATCH "));
            figures.see(build.whose(), what("requests"), Unit::Count, count(&asked, ""));
            figures.see(build.whose(), what("provider CPU"), Unit::Seconds, cost.provider_cpu);
            if setting.is_ours(build) {
                figures.see(build.whose(), what("time"), Unit::Seconds, cost.wall);
                let each = *each.get_or_insert_with(|| one_by_one(tool, build, setting, &parts));
                figures.see(Whose::Beside("one patch for each"), what("time"), Unit::Seconds, each);
            }
        });
    }
    figures
}

/// The seconds in which the tool creates the same parts one after the other, so that each has a patch of its own. It takes so long
/// that it is done once.
fn one_by_one(tool: Tool, build: &Build, setting: &Setting<'_>, parts: &[Part]) -> f64 {
    let server = console(setting, PATCH);
    let command = program(tool, build, &server, parts);
    drop(server.asked());
    let cost = measure::run(command.up(&[if tool == Tool::Pulumi { "--parallel=1" } else { "-parallelism=1" }]));
    let patches = count(&server.asked(), "PATCH ");
    // Organizations are created by a request of their own, and the configuration is in two views of the document.
    assert!((parts.len() - 2..=parts.len()).contains(&(patches as usize)), "{patches} patches for {} parts", parts.len());
    cost.wall
}

/// A tool in a directory with a program.
enum Program {
    Terraform(Terraform),
    Pulumi(crate::harness::pulumi::Pulumi),
}

impl Program {
    fn up(&self, more: &[&str]) -> Command {
        match self {
            Program::Terraform(terraform) => terraform.command(&[&["apply", "-no-color", "-auto-approve"], more].concat()),
            Program::Pulumi(pulumi) => pulumi.command(&[&["up", "--yes", "--skip-preview"], more].concat()),
        }
    }
}

fn program(tool: Tool, build: &Build, server: &Server, parts: &[Part]) -> Program {
    match tool {
        Tool::Terraform => Program::Terraform(terraform(Cli::Terraform, build, server, parts)),
        Tool::Tofu => Program::Terraform(terraform(Cli::Tofu, build, server, parts)),
        Tool::Pulumi => {
            let mut pulumi = build.pulumi();
            environment(server).into_iter().for_each(|(name, value)| pulumi.set_env(name, value));
            let resources: Json = parts
                .iter()
                .map(|(kind, name, set)| {
                    let token = names::resource_token("ory", kind);
                    let set: Json = set.as_object().unwrap().iter().map(|(name, value)| (names::camel(name), value.clone())).collect();
                    (format!("{kind}_{name}"), json!({ "type": token, "properties": set }))
                })
                .collect();
            let program = json!({ "name": "figures", "runtime": "yaml", "resources": resources }).to_string();
            // Pulumi's references have other names.
            pulumi.program(
                &program
                    .replace("${ory_project.new.id}", "${project_new.id}")
                    .replace("${ory_organization.acme.id}", "${organization_acme.id}"),
            );
            pulumi.init();
            Program::Pulumi(pulumi)
        }
    }
}

/// Terraform with this program, initialised.
fn terraform(cli: Cli, build: &Build, server: &Server, parts: &[Part]) -> Terraform {
    let mut terraform = build.terraform(cli);
    environment(server).into_iter().for_each(|(name, value)| terraform.set_env(name, value));
    write(&terraform, parts);
    terraform.init();
    terraform
}

/// Writes the program anew.
fn write(terraform: &Terraform, parts: &[Part]) {
    let mut program = json!({ "terraform": { "required_providers": { "ory": { "source": "janiform/ory" } } }, "provider": { "ory": {} } });
    for (kind, name, set) in parts {
        program["resource"][format!("ory_{kind}")][name] = set.clone();
    }
    terraform.write("main.tf.json", &program.to_string());
}

fn console(setting: &Setting<'_>, patch_time: Duration) -> Server {
    crate::server::Kind { console: Switches { patch_time, ..Switches::default() }, ..setting.server.clone() }.start()
}

fn environment(server: &Server) -> [(&'static str, String); 3] {
    let url = server.url();
    [("ORY_PROJECT_API_URL", format!("{url}/p/%s")), ("ORY_CONSOLE_API_URL", url), ("ORY_WORKSPACE_API_KEY", KEY.to_owned())]
}

fn count(asked: &Summary, method: &str) -> f64 {
    asked.iter().filter(|(route, _)| route.starts_with(method)).map(|(_, count)| count.requests).sum::<usize>() as f64
}

/// The configuration with this state in Terraform.
fn planned(stored: &Json, config: &Json) -> Planned {
    let engine = Engine::new(&ORY);
    let (_, block) = engine.resource(project_config::RESOURCE.name).unwrap();
    Planned {
        type_name: "ory_project_config",
        stored: stored["attributes"].to_string().into_bytes(),
        private: BASE64_STANDARD.decode(stored["private"].as_str().unwrap()).unwrap(),
        config: core::wire(block, from_json(block.table, config).unwrap()),
    }
}

/// What the calls of a plan cost a provider that was just started, with its first connection to the server.
async fn beyond_the_start(build: &Build, server: &Server, planned: Planned) -> f64 {
    let provider = Provider::start(&build.binary, environment(server)).await;
    let before = provider.cpu();
    core::plan(provider.channel.clone(), planned).await;
    provider.cpu() - before
}

fn whole_configuration(setting: &Setting<'_>) -> Figures {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut figures = Figures::default();
    let made: Vec<_> = setting
        .builds
        .iter()
        .map(|build| {
            let server = console(setting, Duration::ZERO);
            let bearer = format!("Bearer {KEY}");
            let body = json!({ "name": "of figures", "environment": "stage", "home_region": "global" });
            let project = http::try_send_with("POST", &format!("{}/projects", server.url()), Some(&body), &[("authorization", &bearer)]);
            let id = project.expect("an answer").expect(201)["id"].as_str().unwrap().to_owned();
            let config = every_setting::all(&id, false, 0);
            assert!(config.as_object().unwrap().len() > 265, "every attribute");
            let full = terraform(Cli::Terraform, build, &server, &[("project_config", "all".into(), config.clone())]);
            full.apply();
            let stored = full.state()["resources"][0]["instances"][0].clone();
            let planned = move || planned(&stored, &config);
            (*build, server, full, planned)
        })
        .collect();
    for _ in 0..setting.rounds.max(5) {
        for (build, server, full, planned) in &made {
            let whose = build.whose();
            let plan = ["plan", "-no-color", "-detailed-exitcode"];
            drop(server.asked());
            let cost = measure::run(full.command(&plan));
            figures.see(whose, PLAN_REQUESTS, Unit::Count, count(&server.asked(), ""));
            figures.see(whose, PLAN_CPU, Unit::Seconds, runtime.block_on(beyond_the_start(build, server, planned())));
            figures.see(whose, "provider CPU, plan of every setting", Unit::Seconds, cost.provider_cpu);
            figures.see(whose, "provider processes, plan of every setting", Unit::Count, cost.providers as f64);
            figures.see(whose, "time, plan of every setting", Unit::Seconds, cost.wall);
        }
    }
    figures
}
