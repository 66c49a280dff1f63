//! What a process of the provider costs before it has done anything: its size, its start and its memory.

use crate::{
    core::COOKIE,
    figure::{Bound, Figures, Unit, wanted},
    harness::{Scratch, environment, process},
    measure::peak_memory,
    row::{Row, Setting},
};
use prost::bytes::Buf as _;
use std::{
    fs,
    os::unix::fs::symlink,
    path::Path,
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

/// What is wanted of it.
pub static ROW: Row = Row {
    name: "start",
    about: "the binary's size, and the start of both faces",
    wanted: &[
        wanted(TERRAFORM, Bound::TimesAtMost(1.5)),
        wanted(PULUMI, Bound::TimesAtMost(1.5)),
        wanted(SIZE, Bound::AtMost(16.0 * (1 << 20) as f64)),
    ],
    run,
};

const TERRAFORM: &str = "start to the first schema, Terraform's face";
const PULUMI: &str = "start to the first schema, Pulumi's face";
const SIZE: &str = "size of the binary";
/// So many starts a round.
const STARTS: usize = 10;

/// Starts each face many times, each build in turn.
fn run(setting: &Setting<'_>) -> Figures {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut figures = Figures::default();
    for build in &setting.builds {
        figures.see(build.whose(), SIZE, Unit::Bytes, fs::metadata(&build.binary).unwrap().len() as f64);
    }
    for (what, first_answer) in [(TERRAFORM, terraform_starts as fn(&Runtime, &Path) -> Cost), (PULUMI, pulumi_starts)] {
        for _ in 0..STARTS {
            setting.in_turn(|_, build| {
                let cost = first_answer(&runtime, &build.binary);
                figures.see(build.whose(), what, Unit::Seconds, cost.time.as_secs_f64());
                figures.see(build.whose(), format!("memory, {what}"), Unit::Bytes, cost.memory as f64);
            });
        }
    }
    figures
}

struct Cost {
    time: Duration,
    memory: u64,
}

fn terraform_starts(runtime: &Runtime, binary: &Path) -> Cost {
    let scratch = Scratch::new();
    let began = Instant::now();
    let mut command = Command::new(binary);
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

fn pulumi_starts(runtime: &Runtime, binary: &Path) -> Cost {
    let scratch = Scratch::new();
    let plugin = scratch.join("pulumi-resource-ory");
    symlink(binary, &plugin).unwrap();
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
