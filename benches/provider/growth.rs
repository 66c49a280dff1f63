//! How the provider's cost grows with what it manages: the calls that Terraform makes for a plan with nothing to do, without
//! Terraform, whose own work grows faster and would take most of an hour.
//!
//! The objects are asked for in no order at all, ten at a time, as Terraform does where there are many blocks. The server
//! answers with copies of one client, which the emulator has made.

use crate::{
    core::{self, Planned, Provider},
    figure::{Bound, Figures, Unit, Wanted, wanted},
    harness::http,
    row::{Row, Setting},
    server,
    steps::Thousands,
};
use axum::{
    Router,
    extract::{Path, Query, State},
    http::{
        HeaderMap,
        header::{CONTENT_TYPE, LINK},
    },
    routing::get,
};
use janiform::{
    engine::Engine,
    frontends::terraform::msgpack,
    ory::{ORY, resources::oauth2_client::RESOURCE},
    schema::json,
    value::Value,
};
use janiform_proto::tfplugin6::{import_resource_state, provider_client::ProviderClient, read_resource};
use serde_json::{Value as Json, json};
use std::{collections::HashMap, path::Path as Program, sync::Arc};

/// What is wanted of it.
pub static ROW: Row = Row { name: "growth", about: "plans of more and more clients, without Terraform", wanted: WANTED, run };

const WANTED: &[Wanted] = &[
    wanted("provider CPU a client, 10,000 beside 1,000", Bound::AtMost(1.1)),
    wanted("provider CPU a client, 50,000 beside 1,000", Bound::AtMost(1.1)),
    wanted("provider memory, plan of 50,000 clients without Terraform", Bound::AtMost(64.0 * (1 << 20) as f64)),
];

/// How many objects are planned, and how often.
const SIZES: [(usize, usize); 3] = [(FEW, 3), (10_000, 3), (50_000, 1)];
/// The number that others are compared with.
const FEW: usize = 1_000;
/// So many plans of few are made before and after each of more, since the speed of a machine changes within minutes.
const FEW_TIMES: usize = 3;
/// So many calls are on their way at a time, as with `-parallelism=10`.
const AT_ONCE: usize = 10;
const TYPE: &str = "ory_oauth2_client";

/// Plans of all sizes, by each build.
fn run(setting: &Setting<'_>) -> Figures {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let client = sample();
    let mut figures = Figures::default();
    for build in &setting.builds {
        let plan = |count| plan(&runtime, &build.binary, &client, count);
        let of_few = || (0..FEW_TIMES).map(|_| plan(FEW).cpu).sum::<f64>() / (FEW_TIMES * FEW) as f64;
        for (count, times) in SIZES {
            let of = format!("plan of {} clients without Terraform", Thousands(count));
            for _ in 0..times {
                let before = of_few();
                let Cost { cpu, memory } = plan(count);
                let each = cpu / count as f64 / f64::midpoint(before, of_few());
                figures.see(build.whose(), format!("provider CPU, {of}"), Unit::Seconds, cpu);
                figures.see(build.whose(), format!("provider memory, {of}"), Unit::Bytes, memory as f64);
                if count > FEW {
                    figures.see(build.whose(), format!("provider CPU a client, {} beside 1,000", Thousands(count)), Unit::Times, each);
                }
            }
        }
    }
    figures
}

#[derive(Clone, Copy)]
struct Cost {
    /// Seconds of processor time.
    cpu: f64,
    memory: u64,
}

/// A client as the emulator shows it.
fn sample() -> Json {
    let server = server::Kind::default().start();
    let url = format!("{}/admin/clients", server.url());
    let asked = json!({ "client_name": "Client 0", "grant_types": ["client_credentials"], "scope": "read write", "skip_consent": false });
    let made = http::send("POST", &url, Some(&asked)).expect(201);
    http::send("GET", &format!("{url}/{}", made["client_id"].as_str().unwrap()), None).expect(200)
}

/// An id that looks like those of the server; their order says nothing.
fn id(number: usize) -> String {
    let mixed = (number as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    format!("{:08x}-{:04x}-4000-8000-{:012x}", mixed >> 32, mixed & 0xffff, number)
}

/// The client of this number.
fn copy(client: &Json, number: usize) -> Json {
    let mut copy = client.clone();
    copy["client_id"] = id(number).into();
    copy["client_name"] = format!("Client {number}").into();
    copy
}

/// A server that has so many of them; it lists them in the order of their numbers.
async fn serve(client: Json, count: usize) -> String {
    let numbers: HashMap<String, usize> = (0..count).map(|number| (id(number), number)).collect();
    let held = Arc::new((client, count, numbers));
    type Held = State<Arc<(Json, usize, HashMap<String, usize>)>>;
    let list = |State(held): Held, Query(query): Query<HashMap<String, String>>| async move {
        let number = |name| query.get(name).and_then(|text| text.parse::<usize>().ok());
        let (size, from) = (number("page_size").unwrap_or(250), number("page_token").unwrap_or(0));
        let to = (from + size).min(held.1);
        let mut headers = HeaderMap::new();
        if to < held.1 {
            headers.insert(LINK, format!("</admin/clients?page_size={size}&page_token={to}>; rel=\"next\"").parse().unwrap());
        }
        headers.insert(CONTENT_TYPE, "application/json".parse().unwrap());
        (headers, (from..to).map(|number| copy(&held.0, number)).collect::<Json>().to_string())
    };
    let one = |State(held): Held, Path(id): Path<String>| async move {
        ([(CONTENT_TYPE, "application/json")], copy(&held.0, held.2[&id]).to_string())
    };
    let app = Router::new().route("/admin/clients", get(list)).route("/admin/clients/{id}", get(one)).with_state(held);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
    url
}

/// What a plan of so many costs a provider that was started for it.
fn plan(runtime: &tokio::runtime::Runtime, binary: &Program, client: &Json, count: usize) -> Cost {
    runtime.block_on(async {
        let url = serve(client.clone(), count).await;
        let provider = Provider::start(binary, [("ORY_HYDRA_ADMIN_URL", url)]).await;
        let clients = Arc::new(Clients::new(&provider).await);
        let before = provider.cpu();
        let mut order: Vec<usize> = (0..count).collect();
        order.sort_by_cached_key(|number| id(*number));
        let order = Arc::new(order);
        let walks = (0..AT_ONCE).map(|walk| {
            let (channel, clients, order) = (provider.channel.clone(), clients.clone(), order.clone());
            tokio::spawn(async move {
                for place in (walk..count).step_by(AT_ONCE) {
                    core::plan(channel.clone(), clients.planned(order[place])).await;
                }
            })
        });
        for walk in walks.collect::<Vec<_>>() {
            walk.await.unwrap();
        }
        Cost { cpu: provider.cpu() - before, memory: provider.memory() }
    })
}

/// The clients as core knows them.
struct Clients {
    engine: Engine<janiform::ory::Client>,
    state: Value,
}

impl Clients {
    /// Imports the first one, from which all others are made.
    async fn new(provider: &Provider) -> Clients {
        let mut client = ProviderClient::new(provider.channel.clone());
        let request = import_resource_state::Request { type_name: TYPE.into(), id: id(0), ..Default::default() };
        let imported = client.import_resource_state(request).await.unwrap().into_inner().imported_resources.remove(0);
        let (current_state, private) = (imported.state, imported.private);
        let request = read_resource::Request { type_name: TYPE.into(), current_state, private, ..Default::default() };
        let read = client.read_resource(request).await.unwrap().into_inner().new_state.unwrap();
        let engine = Engine::new(&ORY);
        let (_, block) = engine.resource(RESOURCE.name).unwrap();
        let state = msgpack::decode(block, &read.msgpack).unwrap().unwrap().value;
        Clients { engine, state }
    }

    fn planned(&self, number: usize) -> Planned {
        let (_, block) = self.engine.resource(RESOURCE.name).unwrap();
        let table = &RESOURCE.table;
        let mut value = self.state.clone();
        let Value::Object(fields) = &mut value else { panic!("an object") };
        fields[table.index("client_id").unwrap()] = Value::String(id(number));
        fields[table.index("client_name").unwrap()] = Value::String(format!("Client {number}"));
        let config = table.attrs().zip(value.fields()).map(|(attr, value)| if attr.configurable() { value.clone() } else { Value::Null });
        let mut config: Vec<Value> = config.collect();
        config[table.index("client_id").unwrap()] = Value::Null;
        let mut stored = json::to_json(table, &value);
        stored.put("id", janiform::value::Json::String(id(number)));
        Planned {
            type_name: TYPE,
            stored: stored.to_string().into_bytes(),
            private: br#"{"write_only":[]}"#.to_vec(),
            config: core::wire(block, Value::Object(config)),
        }
    }
}
