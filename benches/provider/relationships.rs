//! A change of one of ten thousand relationships in one resource.

use crate::{
    figure::{Bound, Figures, Unit, wanted},
    harness::terraform::{Cli, Terraform},
    measure,
    row::{Row, Setting},
};
use serde_json::{Value as Json, json};

/// The row.
pub static ROW: Row = Row {
    name: "relationships",
    about: "10,000 relationships in one resource: one of them changes",
    wanted: &[wanted(REQUESTS, Bound::AtMost(4.0)), wanted(CPU, Bound::AtMost(0.1))],
    run,
};

const MANY: usize = 10_000;
const REQUESTS: &str = "requests, apply of one changed relationship of 10,000";
const CPU: &str = "provider CPU, apply of one changed relationship of 10,000";

fn run(setting: &Setting<'_>) -> Figures {
    let mut figures = Figures::default();
    let made: Vec<_> = setting
        .builds
        .iter()
        .map(|build| {
            let server = setting.server.start();
            let mut terraform = build.terraform(Cli::Terraform);
            for name in ["ORY_KETO_READ_URL", "ORY_KETO_WRITE_URL"] {
                terraform.set_env(name, server.url());
            }
            write(&terraform, 0);
            terraform.init();
            (*build, server, terraform)
        })
        .collect();
    for (build, server, terraform) in &made {
        drop(server.asked());
        let cost = measure::run(terraform.command(&["apply", "-no-color", "-auto-approve"]));
        figures.see(build.whose(), "provider CPU, create of 10,000 relationships", Unit::Seconds, cost.provider_cpu);
        figures.see(build.whose(), "requests, create of 10,000 relationships", Unit::Count, requests(server));
    }
    for round in 1..=setting.rounds.min(2) {
        for (build, server, terraform) in &made {
            let whose = build.whose();
            write(terraform, round);
            drop(server.asked());
            let planned = measure::run(terraform.command(&["plan", "-no-color", "-out", "plan.bin"]));
            figures.see(whose, "requests, plan of one changed relationship of 10,000", Unit::Count, requests(server));
            figures.see(whose, "provider CPU, plan of one changed relationship of 10,000", Unit::Seconds, planned.provider_cpu);
            let applied = measure::run(terraform.command(&["apply", "-no-color", "plan.bin"]));
            figures.see(whose, REQUESTS, Unit::Count, requests(server));
            figures.see(whose, CPU, Unit::Seconds, applied.provider_cpu);
        }
    }
    figures
}

fn requests(server: &crate::server::Server) -> f64 {
    server.asked().values().map(|count| count.requests).sum::<usize>() as f64
}

/// Writes the program; the subject of the relationship in the middle depends on the turn.
fn write(terraform: &Terraform, turn: usize) {
    let relationships: Json = (0..MANY)
        .map(|number| {
            let subject = if number == MANY / 2 { format!("somebody-{turn}") } else { format!("user-{number}") };
            json!({ "object": format!("document-{}", number / 10), "relation": "viewers", "subject_id": subject })
        })
        .collect();
    let providers = json!({ "required_providers": { "ory": { "source": "janiform/ory" } } });
    let resource = json!({ "ory_relationships": { "many": { "namespace": "documents", "relationships": relationships } } });
    terraform.write("main.tf.json", &json!({ "terraform": providers, "resource": resource }).to_string());
}
