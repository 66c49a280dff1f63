//! What a process of the provider costs before it has done anything: its size, its start and its memory.

use crate::{
    harness::{Scratch, environment, janiform, process},
    measure::peak_memory,
    report::{figure, mebibytes},
};
use prost::bytes::Buf as _;
use std::{
    fs,
    os::unix::fs::symlink,
    process::Command,
    time::{Duration, Instant},
};
use tokio::runtime::Runtime;
use tonic::{
    Request, Status,
    client::Grpc,
    codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder},
    codegen::http::uri::PathAndQuery,
    transport::{Channel, Endpoint},
};

const STARTS: usize = 20;
pub const COOKIE: &str = "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2";

/// Starts each face many times.
pub fn run() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    figure("binary size", &mebibytes(fs::metadata(janiform()).unwrap().len()));
    for (face, first_answer) in [("Terraform", terraform_starts as fn(&Runtime) -> Cost), ("Pulumi", pulumi_starts)] {
        let mut costs: Vec<Cost> = (0..STARTS).map(|_| first_answer(&runtime)).collect();
        costs.sort_by_key(|cost| cost.time);
        let [best, median, worst] = [0, STARTS / 2, STARTS - 1].map(|place| ms(costs[place].time));
        let memory = costs.iter().map(|cost| cost.memory).max().unwrap();
        figure(&format!("{face}: start-up to the first schema answer"), &format!("{median} (of {STARTS}: {best} to {worst})"));
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
        answer(channel, "/tfplugin6.Provider/GetProviderSchema").await;
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
        answer(channel, "/pulumirpc.ResourceProvider/GetSchema").await;
    });
    Cost { time: began.elapsed(), memory: peak_memory(running.id()).unwrap() }
}

/// Asks with an empty message.
async fn answer(channel: Channel, method: &'static str) {
    let mut client = Grpc::new(channel).max_decoding_message_size(64 << 20);
    client.ready().await.unwrap();
    let size = client.unary(Request::new(()), PathAndQuery::from_static(method), Size).await.unwrap().into_inner();
    assert!(size > 10_000, "a schema is longer than {size} bytes");
}

/// How long an answer is: to decode it is not the provider's work.
struct Size;

impl Codec for Size {
    type Encode = ();
    type Decode = usize;
    type Encoder = Size;
    type Decoder = Size;

    fn encoder(&mut self) -> Size {
        Size
    }

    fn decoder(&mut self) -> Size {
        Size
    }
}

impl Encoder for Size {
    type Item = ();
    type Error = Status;

    fn encode(&mut self, (): (), _: &mut EncodeBuf<'_>) -> Result<(), Status> {
        Ok(())
    }
}

impl Decoder for Size {
    type Item = usize;
    type Error = Status;

    fn decode(&mut self, bytes: &mut DecodeBuf<'_>) -> Result<Option<usize>, Status> {
        let size = bytes.remaining();
        bytes.advance(size);
        Ok(Some(size))
    }
}
