//! `janiform migrate` of very many objects, both ways: states as the tools wrote them, of which one client stands for all.

use crate::{
    figure::{Bound, Figures, Unit, wanted},
    harness::{Scratch, environment, fixture_json},
    measure,
    row::{Row, Setting},
    steps::Thousands,
};
use serde_json::Value as Json;
use std::process::Command;

/// What is wanted of it.
pub static ROW: Row = Row {
    name: "migrate",
    about: "migrate of 10,000 clients, both ways; of 50,000 too",
    wanted: &[
        wanted("time, migrate of 10,000 clients from terraform", Bound::AtMost(2.0)),
        wanted("peak memory, migrate of 10,000 clients from terraform", Bound::AtMost(300.0 * (1 << 20) as f64)),
        wanted("time, migrate of 10,000 clients from pulumi", Bound::AtMost(2.0)),
        wanted("peak memory, migrate of 10,000 clients from pulumi", Bound::AtMost(300.0 * (1 << 20) as f64)),
    ],
    run,
};

fn run(setting: &Setting<'_>) -> Figures {
    let mut figures = Figures::default();
    for (from, to, of) in [("terraform", "pulumi", of_terraform as fn(usize) -> Json), ("pulumi", "terraform", of_pulumi)] {
        for count in [10_000, 50_000] {
            let scratch = Scratch::new();
            // As the tools print them.
            scratch.write("state", &serde_json::to_string_pretty(&of(count)).unwrap());
            setting.in_turn(|round, build| {
                if count > 10_000 && (round > 0 || !setting.is_ours(build)) {
                    return;
                }
                let out = Scratch::new();
                let mut command = Command::new(&build.binary);
                command.args(["migrate", "--from", from, "--to", to]).arg(scratch.join("state")).arg("--out").arg(out.join("out"));
                command.env_clear().envs(environment(&scratch));
                let cost = measure::run(command);
                let what = |what: &str| format!("{what}, migrate of {} clients from {from}", Thousands(count));
                figures.see(build.whose(), what("time"), Unit::Seconds, cost.wall);
                figures.see(build.whose(), what("CPU"), Unit::Seconds, cost.provider_cpu);
                figures.see(build.whose(), what("peak memory"), Unit::Bytes, cost.provider_memory as f64);
            });
        }
    }
    figures
}

/// A state of Terraform: one block with so many instances of the client in it.
fn of_terraform(count: usize) -> Json {
    let mut state = fixture_json("crossing/terraform.tfstate");
    let blocks = state["resources"].as_array_mut().unwrap();
    blocks.retain(|block| block["name"] == "shop" && block["type"] == "ory_oauth2_client");
    let one = blocks[0]["instances"][0].clone();
    let instances = (0..count).map(|number| {
        let mut instance = one.clone();
        instance["index_key"] = number.into();
        for (name, value) in [("id", "client"), ("client_id", "client"), ("client_name", "Client"), ("client_secret", "the-secret-of")] {
            instance["attributes"][name] = format!("{value}-{number}").into();
        }
        instance
    });
    blocks[0]["instances"] = instances.collect();
    state
}

/// A stack of Pulumi: so many clients.
fn of_pulumi(count: usize) -> Json {
    let mut stack = fixture_json("crossing/pulumi.json");
    let resources = stack["deployment"]["resources"].as_array_mut().unwrap();
    let is_one = |resource: &Json| resource["urn"].as_str().is_some_and(|urn| urn.ends_with("Oauth2Client::team"));
    let mut one = resources.iter().find(|resource| is_one(resource)).unwrap().clone();
    one["protect"] = false.into();
    let one = one.to_string();
    resources.retain(|resource| resource["type"].as_str().is_some_and(|kind| kind.starts_with("pulumi:")));
    let clients = (0..count).map(|number| {
        let text = one.replace("pu-shop", &format!("client-{number}")).replace("::team\"", &format!("::client-{number}\""));
        serde_json::from_str::<Json>(&text).unwrap()
    });
    resources.extend(clients);
    stack
}
