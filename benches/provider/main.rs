//! What the provider costs: its start, and real tools that manage many clients. Figures, not tests.
//!
//! Run it with `scripts/bench`, which names the tools. Needs Linux, for `/proc`. A peer provider does the same work in
//! turn, so that the ratios between the two hold on a machine that is busy with other things too.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, clippy::print_stderr)]

mod filled;
mod growth;
#[allow(dead_code)]
#[path = "../../tests/it/e2e/harness/mod.rs"]
mod harness;
mod measure;
mod report;
mod server;
mod start;
mod state_bytes;
mod steps;
mod work;

use clap::Parser;
use janiform::emulator::limit::BucketLimit;
use std::{fs, path::PathBuf, time::Duration};

/// What the provider costs with real tools.
#[derive(Parser)]
#[command(name = "scripts/bench")]
struct Args {
    /// How many clients, one run after the other.
    #[arg(long, value_delimiter = ',', default_value = "100,1000")]
    clients: Vec<usize>,
    /// 10,000 clients too: planned and refreshed by Terraform and OpenTofu, which take an hour of their own to make them.
    #[arg(long)]
    full: bool,
    /// The tools.
    #[arg(long, value_enum, value_delimiter = ',', default_value = "terraform,tofu,pulumi")]
    tools: Vec<steps::Tool>,
    /// The steps: each needs those before it.
    #[arg(long, value_enum, value_delimiter = ',', default_value = "create,plan,refresh,destroy")]
    steps: Vec<steps::Step>,
    /// How many milliseconds the server is away.
    #[arg(long, default_value_t = 20)]
    latency: u64,
    /// A limit of the server, such as hydra-admin-low=5/s. May be repeated.
    #[arg(long)]
    rate_limit: Vec<BucketLimit>,
    /// Another provider's binary, to do the same with Terraform and OpenTofu as `ory/ory`.
    #[arg(long, value_name = "PATH")]
    peer_terraform: Option<PathBuf>,
    /// The binary of Pulumi's bridge to any Terraform provider, to do the same with Pulumi over that one.
    #[arg(long, value_name = "PATH", requires = "peer_terraform")]
    peer_bridge: Option<PathBuf>,
    /// Where to write everything as JSON.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Without the figures of the start.
    #[arg(long)]
    work_only: bool,
}

fn main() {
    let args = Args::parse();
    if !args.work_only {
        start::run();
        growth::run();
    }
    let server = server::Kind { latency: Duration::from_millis(args.latency), limits: args.rate_limit };
    if !args.work_only {
        state_bytes::run(&server);
    }
    let mut works: Vec<_> = args.clients.iter().flat_map(|size| args.tools.iter().map(|tool| (*size, *tool))).collect();
    if args.full {
        works.extend(args.tools.iter().filter(|tool| **tool != steps::Tool::Pulumi).map(|tool| (10_000, *tool)));
    }
    let peer = args.peer_terraform.as_deref().map(|terraform| work::Peer { terraform, bridge: args.peer_bridge.as_deref() });
    let mut rows = Vec::new();
    report::head();
    for (size, tool) in works {
        rows.extend(work::run(tool, size, &args.steps, &server, peer));
    }
    report::ratios(&rows);
    if let Some(file) = args.json {
        fs::write(file, serde_json::to_string_pretty(&rows).unwrap() + "\n").unwrap();
    }
}
