//! What the bytes of states cost: which bytes a client has in a state of each tool, and how long a create takes where the state
//! is kept in a file, as it is for who says nothing, or elsewhere.
//!
//! Terraform writes the whole state anew for each object that it makes, into its file at once and elsewhere now and then. So the
//! cost is objects × bytes, and no provider's.

use crate::{
    figure::{Bound, Figures, Unit, Wanted, Whose, wanted},
    harness::pulumi::CLIENT,
    measure,
    row::{Row, Setting},
    steps::{Step, Tool},
    work::{Bench, Provider},
};
use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, State},
    http::StatusCode,
    routing::get,
};
use serde_json::Value as Json;
use std::{
    fs,
    sync::{Arc, Mutex, mpsc},
    thread,
};

/// What is wanted of it.
pub static ROW: Row = Row { name: "state", about: "bytes of states, and creates with states in several places", wanted: WANTED, run };

const WANTED: &[Wanted] = &[
    wanted("bytes of a client in Terraform's state: private data", Bound::AtMost(64.0)),
    wanted("time, Pulumi's create of 300 clients", Bound::TimesAtMost(0.7)),
];

/// How many clients are made.
const CLIENTS: usize = 500;
/// How many under Pulumi, which takes longer.
const UNDER_PULUMI: usize = 300;

/// Creates with every way to keep a state.
fn run(setting: &Setting<'_>) -> Figures {
    let mut figures = Figures::default();
    for tool in [Tool::Terraform, Tool::Tofu] {
        under_terraform(tool, setting, &mut figures);
    }
    for build in &setting.builds {
        under_pulumi(Provider::Build(build), build.whose(), setting, ("", &[]), &mut figures);
    }
    let ways: [(&str, &[(&str, &str)]); 3] = [
        (", compressed by PULUMI_DIY_BACKEND_GZIP", &[("PULUMI_DIY_BACKEND_GZIP", "true")]),
        (", compressed by PULUMI_DIY_BACKEND_ZSTD", &[("PULUMI_DIY_BACKEND_ZSTD", "true")]),
        (" without checkpoints", &[("PULUMI_EXPERIMENTAL", "true"), ("PULUMI_SKIP_CHECKPOINTS", "true")]),
    ];
    for way in ways {
        under_pulumi(Provider::Build(setting.builds[0]), Whose::Ours, setting, way, &mut figures);
    }
    figures
}

fn under_terraform(tool: Tool, setting: &Setting<'_>, figures: &mut Figures) {
    let ways: [(&str, &[&str]); 4] = [
        ("a local file", &[]),
        ("backend \"http\"", &[]),
        ("a local file, -parallelism=1", &["-parallelism=1"]),
        ("a local file, -refresh=false", &["-refresh=false"]),
    ];
    for (way, options) in ways {
        let server = setting.server.start();
        let bench = Bench::new(tool, &server.url(), CLIENTS, Provider::Build(setting.builds[0]));
        let Bench::Terraform(terraform, _) = &bench else { return };
        let store = way.starts_with("backend").then(Store::start);
        if let Some(Store { url, .. }) = &store {
            terraform.write("backend.tf", &format!("terraform {{\n  backend \"http\" {{\n    address = \"{url}\"\n  }}\n}}\n"));
            terraform.init();
        }
        let mut command = bench.command(Step::Create);
        command.args(options);
        let cost = measure::run(command);
        let what = format!("create of {CLIENTS} clients with {}, {way}", tool.name());
        figures.see(Whose::Ours, format!("time, {what}"), Unit::Seconds, cost.wall);
        figures.see(Whose::Ours, format!("the tool's CPU, {what}"), Unit::Seconds, cost.tool_cpu);
        match &store {
            Some(store) => figures.see(Whose::Ours, format!("how often the state was sent, {what}"), Unit::Count, store.sent() as f64),
            None if options.is_empty() => {
                let of = if tool == Tool::Terraform { "Terraform's" } else { "OpenTofu's" };
                let state = fs::read_to_string(terraform.scratch.join("w/terraform.tfstate")).unwrap();
                for (part, bytes) in parts(&state) {
                    figures.see(Whose::Ours, format!("bytes of a client in {of} state: {part}"), Unit::Bytes, bytes as f64);
                }
            }
            None => {}
        }
    }
}

fn under_pulumi(
    provider: Provider<'_>,
    whose: Whose<'_>,
    setting: &Setting<'_>,
    (way, variables): (&str, &[(&str, &str)]),
    figures: &mut Figures,
) {
    let server = setting.server.start();
    let bench = Bench::new(Tool::Pulumi, &server.url(), UNDER_PULUMI, provider);
    let Bench::Pulumi(pulumi, _) = &bench else { return };
    let mut command = bench.command(Step::Create);
    command.envs(variables.iter().copied());
    let cost = measure::run(command);
    let what = format!("Pulumi's create of {UNDER_PULUMI} clients{way}");
    figures.see(whose, format!("time, {what}"), Unit::Seconds, cost.wall);
    figures.see(whose, format!("the tool's CPU, {what}"), Unit::Seconds, cost.tool_cpu);
    if variables.is_empty() {
        let file = pulumi.scratch.join("stacks/.pulumi/stacks/many/dev.json");
        let stack: Json = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
        let resources = stack["checkpoint"]["latest"]["resources"].as_array().unwrap();
        let client = resources.iter().find(|resource| resource["type"] == CLIENT).unwrap();
        figures.see(whose, "bytes of a client in Pulumi's checkpoint", Unit::Bytes, client.to_string().len() as f64);
        for (name, member) in client.as_object().unwrap() {
            let bytes = name.len() + member.to_string().len() + 4;
            figures.see(whose, format!("bytes of a client in Pulumi's checkpoint: {name}"), Unit::Bytes, bytes as f64);
        }
    }
}

/// What the bytes of the state's last object are, as the file has them.
fn parts(state: &str) -> Vec<(&'static str, usize)> {
    let member = " ".repeat(10);
    let mut parts = vec![("attributes that are null", 0), ("attributes that are set", 0), ("paths of sensitive attributes", 0)];
    parts.extend([("identity", 0), ("private data", 0), ("the rest", 0)]);
    let last = state.rsplit_once("\n        {\n").map_or("", |(_, last)| last);
    let object = last.split_once("\n        }").map_or(last, |(object, _)| object);
    let mut place = 5;
    for line in object.lines() {
        // A member of the object, or what is inside of one.
        if let Some(name) = line.strip_prefix(&member).filter(|rest| rest.starts_with('"')) {
            let names = ["\"attributes\"", "\"sensitive_attributes\"", "\"identity", "\"private\""];
            place = [1, 2, 3, 4, 5][names.iter().position(|known| name.starts_with(known)).unwrap_or(4)];
        }
        let is_null = place == 1 && line.trim_end_matches(',').ends_with(": null");
        parts[if is_null { 0 } else { place }].1 += line.len() + 1;
    }
    parts
}

/// A server that keeps a state, as Terraform's `http` backend asks for it, without locks.
struct Store {
    url: String,
    held: Arc<Mutex<(Bytes, usize)>>,
}

impl Store {
    fn start() -> Store {
        let held: Arc<Mutex<(Bytes, usize)>> = Arc::default();
        let state = held.clone();
        type Held = State<Arc<Mutex<(Bytes, usize)>>>;
        let read = |State(held): Held| async move {
            let (bytes, _) = held.lock().unwrap().clone();
            (if bytes.is_empty() { StatusCode::NO_CONTENT } else { StatusCode::OK }, bytes)
        };
        let write = |State(held): Held, body: Bytes| async move {
            let mut held = held.lock().unwrap();
            *held = (body, held.1 + 1);
        };
        let (sender, started) = mpsc::channel();
        thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
                sender.send(format!("http://{}/state", listener.local_addr().unwrap())).unwrap();
                let app = Router::new().route("/state", get(read).post(write)).layer(DefaultBodyLimit::disable()).with_state(state);
                axum::serve(listener, app).await.unwrap();
            });
        });
        Store { url: started.recv().unwrap(), held }
    }

    /// How often the state was sent.
    fn sent(&self) -> usize {
        self.held.lock().unwrap().1
    }
}
