//! What the bytes of states cost: which bytes a client has in a state of each tool, and how long a create takes where the state
//! is kept in a file, as it is for who says nothing, or elsewhere.
//!
//! Terraform writes the whole state anew for each object that it makes, into its file at once and elsewhere now and then. So the
//! cost is objects × bytes, and no provider's.

use crate::{
    harness::{
        pulumi::Pulumi,
        terraform::{Cli, Terraform},
    },
    measure,
    report::figure,
    server::Kind,
    work,
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

/// How many clients are made.
const CLIENTS: usize = 500;
/// How many under Pulumi, which takes longer.
const UNDER_PULUMI: usize = 300;

/// Creates with every way to keep a state.
pub fn run(kind: &Kind) {
    for cli in [Cli::Terraform, Cli::Tofu] {
        let name = if cli.is_tofu() { "OpenTofu" } else { "Terraform" };
        let ways: [(&str, bool, &[&str]); 4] = [
            ("local file", false, &[]),
            ("backend \"http\"", true, &[]),
            ("local file, -parallelism=1", false, &["-parallelism=1"]),
            ("local file, -refresh=false", false, &["-refresh=false"]),
        ];
        for (way, remote, options) in ways {
            let server = kind.start();
            let store = remote.then(Store::start);
            let terraform = Terraform::new(cli, &server.url());
            let address = store.as_ref().map(|store| format!("  backend \"http\" {{\n    address = \"{}\"\n  }}\n", store.url));
            terraform.write("main.tf", &program(&address.unwrap_or_default()));
            terraform.init();
            let command = terraform.command(&[&["apply", "-no-color", "-auto-approve"], options].concat());
            let cost = measure::run(command);
            let written = match &store {
                Some(store) => format!(", state sent {} times", store.held().1),
                None => String::new(),
            };
            let took = format!("{:.1} s, {:.1} s of the tool's CPU{written}", cost.wall, cost.tool_cpu);
            figure(&format!("{name}: create of {CLIENTS}, {way}"), &took);
            if way == "local file" {
                let state = fs::read_to_string(terraform.scratch.join("w/terraform.tfstate")).unwrap();
                for (what, bytes) in parts(&state) {
                    figure(&format!("  bytes a client: {what}"), &bytes.to_string());
                }
            }
        }
    }
    let ways: [(&str, &[(&str, &str)]); 4] = [
        ("as it is", &[]),
        ("compressed by PULUMI_DIY_BACKEND_GZIP", &[("PULUMI_DIY_BACKEND_GZIP", "true")]),
        ("compressed by PULUMI_DIY_BACKEND_ZSTD", &[("PULUMI_DIY_BACKEND_ZSTD", "true")]),
        ("without checkpoints (PULUMI_SKIP_CHECKPOINTS)", &[("PULUMI_EXPERIMENTAL", "true"), ("PULUMI_SKIP_CHECKPOINTS", "true")]),
    ];
    for (way, variables) in ways {
        let server = kind.start();
        let mut pulumi = Pulumi::new(&server.url());
        variables.iter().for_each(|(name, value)| pulumi.set_env(name, *value));
        pulumi.program(&work::program(UNDER_PULUMI));
        pulumi.init();
        let cost = measure::run(pulumi.command(&["up", "--yes", "--skip-preview"]));
        let took = format!("{:.1} s, {:.1} s of the tool's CPU", cost.wall, cost.tool_cpu);
        figure(&format!("Pulumi: create of {UNDER_PULUMI}, {way}"), &took);
        if variables.is_empty() {
            let file = pulumi.scratch.join("stacks/.pulumi/stacks/many/dev.json");
            let stack: Json = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
            let resources = stack["checkpoint"]["latest"]["resources"].as_array().unwrap();
            let client = resources.iter().find(|resource| resource["type"] == crate::harness::pulumi::CLIENT).unwrap();
            for (name, member) in client.as_object().unwrap() {
                figure(&format!("  bytes a client: {name}"), &(name.len() + member.to_string().len() + 4).to_string());
            }
        }
    }
}

fn program(backend: &str) -> String {
    format!(
        r#"terraform {{
{backend}  required_providers {{
    ory = {{ source = "janiform/ory" }}
  }}
}}

resource "ory_oauth2_client" "many" {{
  count       = {CLIENTS}
  client_name = "Client ${{count.index}}"
  grant_types = ["client_credentials"]
  scope       = "read write"
}}
"#
    )
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

    /// The state, and how often it was sent.
    fn held(&self) -> (Bytes, usize) {
        self.held.lock().unwrap().clone()
    }
}
