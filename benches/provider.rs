//! What a process of the provider costs, and what a large plan asks of the server: figures, not tests.
//!
//! Run it with `scripts/bench`, which names the tools. Needs Linux, for `/proc`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, clippy::print_stderr)]

#[allow(dead_code)]
#[path = "../tests/it/e2e/harness/mod.rs"]
mod harness;

use harness::{
    Scratch, environment, janiform, process,
    terraform::{Cli, Terraform},
};
use janiform::emulator::{Options, Running, start};
use janiform_proto::{
    pulumirpc::{GetSchemaRequest, resource_provider_client::ResourceProviderClient},
    tfplugin6::{get_provider_schema, provider_client::ProviderClient},
};
use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::symlink,
    path::Path,
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
        mpsc,
    },
    thread,
    time::{Duration, Instant},
};
use tokio::runtime::Runtime;
use tonic::transport::Endpoint;

const STARTS: usize = 20;
const CLIENTS: usize = 1000;
const COOKIE: &str = "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2";

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let size = fs::metadata(janiform()).unwrap().len();
    row("binary size", &mebibytes(size));

    for (face, first_answer) in [("Terraform", terraform_starts as fn(&Runtime) -> Cost), ("Pulumi", pulumi_starts)] {
        let mut costs: Vec<Cost> = (0..STARTS).map(|_| first_answer(&runtime)).collect();
        costs.sort_by_key(|cost| cost.time);
        let (median, worst) = (costs[STARTS / 2].time, costs[STARTS - 1].time);
        let memory = costs.iter().map(|cost| cost.memory).max().unwrap();
        row(&format!("{face}: start-up to the first schema answer"), &format!("{} (worst of {STARTS}: {})", ms(median), ms(worst)));
        row(&format!("{face}: peak memory until then"), &mebibytes(memory));
    }
    // The server is driven by a thread of its own while the tool runs.
    let (sender, started) = mpsc::channel();
    thread::spawn(move || {
        runtime.block_on(async {
            let emulator = start(Options { record_requests: true, ..Options::default() }).await.unwrap();
            sender.send(emulator).unwrap();
            std::future::pending::<()>().await;
        });
    });
    large_plan(&started.recv().unwrap());
}

fn row(what: &str, value: &str) {
    println!("| {what:<55} | {value:<36} |");
}

fn ms(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1000.0)
}

fn mebibytes(bytes: u64) -> String {
    format!("{:.1} MiB", bytes as f64 / f64::from(1 << 20))
}

struct Cost {
    time: Duration,
    memory: u64,
}

/// The most memory that a process held so far.
fn peak_memory(id: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches(" kB").parse::<u64>().ok().map(|kibibytes| kibibytes << 10)
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

/// Applies and plans many clients, and counts what the server was asked. The time is mostly Terraform's own.
fn large_plan(emulator: &Running) {
    let url = emulator.url();
    let terraform = Terraform::with_config(
        Cli::Terraform,
        &url,
        &format!(
            "resource \"ory_oauth2_client\" \"many\" {{\n  count       = {CLIENTS}\n  client_name = \"Client ${{count.index}}\"\n  grant_types = [\"client_credentials\"]\n  scope       = \"read write\"\n}}"
        ),
    );
    terraform.init();
    let mut before = 0;
    let mut measured = |what: &str, arguments: &[&str]| {
        let watched = Watch::start(harness::terraform::mirror());
        let began = Instant::now();
        terraform.run(arguments).ok();
        let time = began.elapsed();
        let requests = emulator.requests();
        let mut count: BTreeMap<String, usize> = BTreeMap::new();
        for (method, ..) in &requests[before..] {
            *count.entry(method.clone()).or_default() += 1;
        }
        before = requests.len();
        let count: Vec<String> = count.iter().map(|(method, count)| format!("{count} {method}")).collect();
        row(&format!("{what} {CLIENTS} clients: time"), &format!("{:.1} s", time.as_secs_f64()));
        row(&format!("{what} {CLIENTS} clients: requests"), &count.join(", "));
        row(&format!("{what} {CLIENTS} clients: the provider's peak memory"), &mebibytes(watched.stop()));
    };
    measured("apply of", &["apply", "-no-color", "-auto-approve"]);
    measured("plan of", &["plan", "-no-color", "-detailed-exitcode"]);
}

/// Watches the memory of providers that run from a directory.
struct Watch {
    stop: Arc<AtomicBool>,
    peak: Arc<AtomicU64>,
    thread: thread::JoinHandle<()>,
}

impl Watch {
    fn start(dir: &Path) -> Watch {
        let (stop, peak) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
        let (stopped, highest, dir) = (stop.clone(), peak.clone(), dir.to_owned());
        let thread = thread::spawn(move || {
            while !stopped.load(Ordering::SeqCst) {
                for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
                    let Some(id) = entry.file_name().to_string_lossy().parse::<u32>().ok() else { continue };
                    // Others' processes cannot be looked at, and any may end meanwhile.
                    if fs::read_link(entry.path().join("exe")).is_ok_and(|program| program.starts_with(&dir)) {
                        highest.fetch_max(peak_memory(id).unwrap_or_default(), Ordering::SeqCst);
                    }
                }
                thread::sleep(Duration::from_millis(50));
            }
        });
        Watch { stop, peak, thread }
    }

    fn stop(self) -> u64 {
        self.stop.store(true, Ordering::SeqCst);
        self.thread.join().unwrap();
        self.peak.load(Ordering::SeqCst)
    }
}
