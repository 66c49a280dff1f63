//! What a command costs: its time, and the processor time and memory of the providers that it starts.
//!
//! Reads `/proc` while the command runs. The last two milliseconds of a process are missed, or the last ten if it runs
//! for longer than a few seconds.

use serde::Serialize;
use std::{
    collections::BTreeMap,
    fs,
    io::{Read, Seek},
    path::Path,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

/// How often processes are looked at: more often at first, for short processes.
const OFTEN: Duration = Duration::from_millis(2);
const EVERY: Duration = Duration::from_millis(10);
/// The length of that first time.
const AT_FIRST: Duration = Duration::from_secs(3);
/// The kernel counts processor time in hundredths of a second for everybody who asks.
const TICK: f64 = 0.01;

/// What a command cost.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Cost {
    /// Seconds from start to end.
    pub wall: f64,
    /// Seconds of processor time of all providers.
    pub provider_cpu: f64,
    /// The same of the tool and whatever else it started.
    pub tool_cpu: f64,
    /// The most memory that its providers held at a time, in bytes.
    pub provider_memory: u64,
    /// How many providers it started.
    pub providers: usize,
}

#[derive(Default)]
struct Process {
    provider: bool,
    alive: bool,
    cpu: f64,
    /// Of each thread, with the kernel's full precision.
    threads: BTreeMap<u32, f64>,
    memory: u64,
}

/// Runs it to its end, which has to be a good one.
pub fn run(mut command: Command) -> Cost {
    let mut output = tempfile::tempfile().unwrap();
    let (stdout, stderr) = (output.try_clone().unwrap(), output.try_clone().unwrap());
    let began = Instant::now();
    let mut child = command.stdin(Stdio::null()).stdout(stdout).stderr(stderr).spawn().unwrap();
    let mut seen: BTreeMap<u32, Process> = BTreeMap::new();
    let mut most = 0;
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        seen.values_mut().for_each(|process| process.alive = false);
        look(child.id(), &mut seen);
        most = most.max(seen.values().filter(|process| process.provider && process.alive).map(|process| process.memory).sum());
        thread::sleep(if began.elapsed() < AT_FIRST { OFTEN } else { EVERY });
    };
    let wall = began.elapsed().as_secs_f64();
    if !status.success() {
        let mut text = String::new();
        output.rewind().unwrap();
        output.read_to_string(&mut text).unwrap();
        panic!("{command:?} failed:\n{}", &text[text.len().saturating_sub(4000)..]);
    }
    let cpu = |provider| seen.values().filter(|process| process.provider == provider).map(Process::cpu).sum();
    let providers = seen.values().filter(|process| process.provider).count();
    Cost { wall, provider_cpu: cpu(true), tool_cpu: cpu(false), provider_memory: most, providers }
}

/// The most memory that a process held so far.
pub fn peak_memory(id: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches(" kB").parse::<u64>().ok().map(|kibibytes| kibibytes << 10)
}

/// The process and all that it started. Any may end meanwhile.
fn look(id: u32, seen: &mut BTreeMap<u32, Process>) {
    let process = seen.entry(id).or_default();
    // A process begins as a copy of its parent and becomes another program a moment later.
    if !process.provider {
        process.provider = fs::read_link(format!("/proc/{id}/exe")).is_ok_and(|program| is_provider(&program));
    }
    if let Some(cpu) = cpu(id) {
        process.cpu = cpu;
    }
    if process.provider
        && let Some(memory) = peak_memory(id)
    {
        (process.memory, process.alive) = (memory, true);
    }
    let mut children = Vec::new();
    for task in fs::read_dir(format!("/proc/{id}/task")).into_iter().flatten().flatten() {
        if process.provider
            && let Some((thread, cpu)) = thread_cpu(&task.path())
        {
            process.threads.insert(thread, cpu);
        }
        let started = fs::read_to_string(task.path().join("children")).unwrap_or_default();
        children.extend(started.split_whitespace().filter_map(|child| child.parse::<u32>().ok()));
    }
    children.into_iter().for_each(|child| look(child, seen));
}

impl Process {
    /// Threads that have ended are only in the kernel's rounded sum.
    fn cpu(&self) -> f64 {
        self.cpu.max(self.threads.values().sum())
    }
}

/// A thread and its seconds, which the kernel counts in nanoseconds.
fn thread_cpu(task: &Path) -> Option<(u32, f64)> {
    let ran: f64 = fs::read_to_string(task.join("schedstat")).ok()?.split(' ').next()?.parse().ok()?;
    Some((task.file_name()?.to_str()?.parse().ok()?, ran / 1e9))
}

/// Whether this is the program of a provider, by its name.
pub fn is_provider(program: &Path) -> bool {
    let name = program.file_name().unwrap_or_default().to_string_lossy();
    ["janiform", "terraform-provider-", "pulumi-resource-"].iter().any(|start| name.starts_with(start))
}

/// Seconds of processor time of a process so far.
pub fn cpu(id: u32) -> Option<f64> {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    // The name, in parentheses, may hold anything.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = |at: usize| fields.get(at)?.parse::<f64>().ok();
    Some((ticks(11)? + ticks(12)?) * TICK)
}
