//! What a process of the provider costs before it has done anything: its size, its start and its memory.

use crate::{
    harness::{Scratch, environment, janiform, process},
    measure::peak_memory,
    report::{figure, mebibytes},
};
use janiform_proto::{
    pulumirpc::{GetSchemaRequest, resource_provider_client::ResourceProviderClient},
    tfplugin6::{get_provider_schema, provider_client::ProviderClient},
};
use std::{
    fs,
    os::unix::fs::symlink,
    process::Command,
    time::{Duration, Instant},
};
use tokio::runtime::Runtime;
use tonic::transport::Endpoint;

const STARTS: usize = 20;
const COOKIE: &str = "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2";

/// Starts each face many times.
pub fn run() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    figure("binary size", &mebibytes(fs::metadata(janiform()).unwrap().len()));
    for (face, first_answer) in [("Terraform", terraform_starts as fn(&Runtime) -> Cost), ("Pulumi", pulumi_starts)] {
        let mut costs: Vec<Cost> = (0..STARTS).map(|_| first_answer(&runtime)).collect();
        costs.sort_by_key(|cost| cost.time);
        let (median, worst) = (costs[STARTS / 2].time, costs[STARTS - 1].time);
        let memory = costs.iter().map(|cost| cost.memory).max().unwrap();
        figure(&format!("{face}: start-up to the first schema answer"), &format!("{} (worst of {STARTS}: {})", ms(median), ms(worst)));
        figure(&format!("{face}: peak memory until then"), &mebibytes(memory));
    }
}

fn ms(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1000.0)
}

struct Cost {
    time: Duration,
    memory: u64,
}

fn terraform_starts(runtime: &Runtime) -> Cost {
    let scratch = Scratch::new();
    let began = Instant::now();
    let mut command = Command::new(janiform());
    command.env_clear().envs(environment(&scratch)).env("TF_PLUGIN_MAGIC_COOKIE", COOKIE).env("PLUGIN_PROTOCOL_VERSIONS", "6");
    let mut running = process::start(&mut command);
    let line = running.line_with("|");
    let socket = line.split('|').nth(3).unwrap().to_owned();
    runtime.block_on(async {
        let channel = Endpoint::from_shared(format!("unix:{socket}")).unwrap().connect().await.unwrap();
        let mut client = ProviderClient::new(channel).max_decoding_message_size(64 << 20);
        client.get_provider_schema(get_provider_schema::Request {}).await.unwrap();
    });
    Cost { time: began.elapsed(), memory: peak_memory(running.id()).unwrap() }
}

fn pulumi_starts(runtime: &Runtime) -> Cost {
    let scratch = Scratch::new();
    let plugin = scratch.join("pulumi-resource-ory");
    symlink(janiform(), &plugin).unwrap();
    let began = Instant::now();
    let mut running = process::start(Command::new(&plugin).env_clear().envs(environment(&scratch)));
    let port = running.line_with("").trim().to_owned();
    runtime.block_on(async {
        let channel = Endpoint::from_shared(format!("http://127.0.0.1:{port}")).unwrap().connect().await.unwrap();
        let mut client = ResourceProviderClient::new(channel).max_decoding_message_size(64 << 20);
        client.get_schema(GetSchemaRequest::default()).await.unwrap();
    });
    Cost { time: began.elapsed(), memory: peak_memory(running.id()).unwrap() }
}
