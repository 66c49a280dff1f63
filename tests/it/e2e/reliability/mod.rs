//! What is left when the network fails or somebody is killed: clients are made, changed and deleted with each
//! tool until the tool has nothing left to do, and then the server's content and the state are compared one by one.
//!
//! `scripts/reliability` runs all faults on many clients and writes the table of docs/reliability.md; without its
//! variables a few of them run on a few clients.

mod tool;

use crate::harness::{
    process,
    proxy::Stub,
    server::{Kind, Server},
    unreliable::{Fault, Rates, Unreliable},
};
use std::{collections::BTreeMap, env, fs::OpenOptions, io::Write, thread, time::Duration};
use tool::Tool;

/// A tool that has not come to an end by then never will.
const MOST_RUNS: usize = 8;

/// Who does not live to see the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Victim {
    /// The provider, with kill -9.
    Provider,
    /// The tool, with kill -9.
    Tool,
    /// The tool and the provider, as often as this, as ctrl-c does it.
    Interrupted(usize),
}

/// What was counted.
#[derive(Default)]
struct Count {
    hit: usize,
    lost: usize,
    doubled: usize,
    orphaned: usize,
    named: usize,
    runs: usize,
    converged: bool,
}

struct Scene {
    server: Server,
    network: Unreliable,
    elsewhere: Stub,
    tool: Tool,
    clients: usize,
    count: Count,
}

/// How many clients, if `scripts/reliability` asks.
fn asked_for() -> Option<usize> {
    env::var("JANIFORM_RELIABILITY_CLIENTS").ok().map(|count| count.parse().expect("a number of clients"))
}

fn tools() -> [fn(&str) -> Tool; 2] {
    [Tool::terraform, Tool::pulumi]
}

impl Scene {
    fn new(tool: fn(&str) -> Tool, rates: Rates, most: usize, pause: Duration, clients: usize) -> Scene {
        let server = Server::start(Kind::Emulator);
        let elsewhere = Stub::answering("200 OK", "application/json", "{}");
        let network = Unreliable::start(&server.admin, rates, most, 7, pause, &elsewhere.url());
        let mut tool = tool(&network.url());
        tool.set_env("ORY_ADMIN_BASIC_AUTH", r#"{"username": "us", "password": "canary"}"#);
        Scene { server, network, elsewhere, tool, clients, count: Count { converged: true, ..Count::default() } }
    }

    /// Made, changed and deleted, in each phase with this in the way.
    fn lives(mut self, fault: &str, trouble: impl Fn(&mut Scene, &str)) {
        for (method, clients, version) in [("POST", self.clients, "first"), ("PUT", self.clients, "second"), ("DELETE", 0, "")] {
            self.tool.program(clients, version);
            trouble(&mut self, method);
            self.converge(clients, version);
        }
        self.count.hit += self.network.hit();
        let Count { hit, lost, doubled, orphaned, named, runs, converged } = self.count;
        let row = format!(
            "| {fault} | {} | {} | {hit} | {lost} | {doubled} | {orphaned} | {named} | {runs} | {} |",
            self.tool.name(),
            self.clients,
            if converged { "yes" } else { "no" }
        );
        println!("{row}");
        if let Some(path) = env::var_os("JANIFORM_RELIABILITY_ROWS") {
            let mut file = OpenOptions::new().append(true).create(true).open(path).expect("a file for the rows");
            writeln!(file, "{row}").expect("a row can be written");
        }
        assert!(hit > 0, "{row}: no fault was met");
        assert!(converged && (lost, doubled, orphaned) == (0, 0, 0), "{row}");
        assert!(self.elsewhere.is_untouched(), "{row}: credentials went to another host");
    }

    /// Runs the tool until it has nothing left to do, and compares.
    fn converge(&mut self, clients: usize, version: &str) {
        let wanted: Vec<String> = (0..clients).map(|at| format!("c{at} {version}")).collect();
        let mut last = String::new();
        for _ in 0..MOST_RUNS {
            let ran = self.tool.start().finish();
            self.count.runs += 1;
            if ran.status.success() {
                return self.compare(wanted, &ran.text());
            }
            last = ran.text();
        }
        println!("{last}");
        self.count.converged = false;
    }

    fn compare(&mut self, mut wanted: Vec<String>, said: &str) {
        let held = self.tool.holds();
        let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
        let there: BTreeMap<String, String> =
            self.server.clients().iter().map(|client| (text(&client["client_id"]), text(&client["client_name"]))).collect();
        let named = self.tool.named();
        let strays: Vec<_> = there.iter().filter(|(id, _)| !held.contains_key(*id)).collect();
        let (known, unknown): (Vec<_>, Vec<_>) = strays.into_iter().partition(|(id, _)| named.contains(id));
        let lost: Vec<_> = held.iter().filter(|(id, name)| there.get(*id) != Some(*name)).collect();
        let mut names: Vec<String> = held.values().cloned().collect();
        names.sort();
        wanted.sort();
        let missing = wanted.iter().filter(|name| !names.contains(name)).count();
        let twice = unknown.iter().filter(|(_, name)| names.contains(name)).count();
        if !lost.is_empty() || !unknown.is_empty() || names != wanted {
            println!("lost {lost:?}, unknown {unknown:?}, {} held, {} wanted\n{said}", names.len(), wanted.len());
        }
        self.count.lost += lost.len() + missing;
        self.count.doubled += twice;
        self.count.orphaned += unknown.len();
        // They stay until somebody takes them away.
        self.count.named = known.len();
        self.count.converged &= names == wanted;
    }

    /// A run that ends like this after so many requests of this kind.
    fn ends(&mut self, victim: Victim, method: &str, after: usize) {
        // What earlier runs asked for does not count.
        self.network.stub.is_untouched();
        let mut running = self.tool.start();
        self.count.runs += 1;
        for _ in 0..after {
            self.network.stub.wait_for(method);
        }
        let provider = self.tool.provider(&running).expect("a provider that serves");
        match victim {
            Victim::Provider => assert!(process::signal(provider, "KILL")),
            Victim::Tool => running.signal("KILL"),
            Victim::Interrupted(times) => {
                for _ in 0..times {
                    if !running.has_ended() {
                        running.signal("INT");
                        process::signal(provider, "INT");
                    }
                    thread::sleep(Duration::from_millis(100));
                }
            }
        }
        running.finish().fails();
        // What is under way is carried out, and then the provider goes too.
        for _ in 0..1000 {
            if !process::signal(provider, "0") {
                break;
            }
            thread::sleep(Duration::from_millis(10));
        }
        assert!(!process::signal(provider, "0"), "the provider outlives its tool");
        self.tool.mend();
        self.count.hit += 1;
    }
}

/// What others were measured with: 5 % are answered 503, and of 10 % the answer is lost.
fn measured() -> Rates {
    vec![(Fault::Refused(503), 50), (Fault::LostAnswer, 100)]
}

/// Faults that pass, all at once.
fn passing() -> Rates {
    let often = [Fault::Late, Fault::LostAnswer, Fault::CutAnswer, Fault::SlowAnswer, Fault::GaveUp(504)];
    often.into_iter().chain([429, 500, 502, 503, 504].map(Fault::Refused)).map(|fault| (fault, 15)).collect()
}

/// Answers of something that is not the server.
fn foreign() -> Rates {
    [Fault::Page, Fault::HalfJson, Fault::Redirected(302), Fault::Redirected(307)].map(|fault| (fault, 30)).to_vec()
}

fn networks() -> Vec<(&'static str, Rates, usize)> {
    const EVER: usize = usize::MAX;
    if asked_for().is_none() {
        let everything = passing().into_iter().chain(foreign()).collect();
        return vec![("5 % answered 503, 10 % of answers lost", measured(), EVER), ("everything", everything, 24)];
    }
    let one = |fault| vec![(fault, 100)];
    let mut all = vec![("5 % answered 503, 10 % of answers lost", measured(), EVER)];
    all.extend([
        ("late by half a second", one(Fault::Late), EVER),
        ("answer lost, request carried out", one(Fault::LostAnswer), EVER),
        ("connection cut in the middle of the answer", one(Fault::CutAnswer), EVER),
        ("answer a few bytes at a time", one(Fault::SlowAnswer), EVER),
        // Who is turned away at random for ever goes ever slower.
        ("429", one(Fault::Refused(429)), 20),
        ("500", one(Fault::Refused(500)), 20),
        ("502", one(Fault::Refused(502)), EVER),
        ("503", one(Fault::Refused(503)), EVER),
        ("504", one(Fault::Refused(504)), EVER),
        ("504 of a gateway, request carried out", one(Fault::GaveUp(504)), EVER),
        ("an HTML page instead of an answer", one(Fault::Page), 20),
        ("half of the JSON as if it were whole", one(Fault::HalfJson), 20),
        ("300 MiB instead of an answer", one(Fault::Enormous), 6),
        ("redirect to another host (302, 307)", vec![(Fault::Redirected(302), 50), (Fault::Redirected(307), 50)], 20),
        ("all that passes, at once", passing(), EVER),
    ]);
    all
}

fn network(tool: fn(&str) -> Tool) {
    for (name, rates, most) in networks() {
        let scene = Scene::new(tool, rates, most, Duration::ZERO, asked_for().unwrap_or(30));
        scene.lives(name, |_, _| {});
    }
}

/// Ends a run in each phase, at these moments.
fn ended(tool: fn(&str) -> Tool, name: &str, victim: Victim, phases: &[&str]) {
    let clients = asked_for().unwrap_or(30).min(100);
    let scene = Scene::new(tool, Rates::new(), 0, Duration::from_millis(40), clients);
    let moments = if asked_for().is_some() { vec![1, clients / 4, clients / 4] } else { vec![clients / 3] };
    scene.lives(name, |scene, method| {
        if phases.contains(&method) {
            moments.iter().for_each(|after| scene.ends(victim, method, *after));
        }
    });
}

const PHASES: &[&str] = &["POST", "PUT", "DELETE"];

#[test]
fn terraform_on_a_bad_network() {
    network(Tool::terraform);
}

#[test]
fn pulumi_on_a_bad_network() {
    network(Tool::pulumi);
}

#[test]
fn the_provider_is_killed() {
    tools().into_iter().for_each(|tool| ended(tool, "provider killed (kill -9)", Victim::Provider, PHASES));
}

#[test]
fn the_tool_is_killed() {
    tools().into_iter().for_each(|tool| ended(tool, "tool killed (kill -9)", Victim::Tool, PHASES));
}

#[test]
fn the_tool_is_interrupted() {
    let once = if asked_for().is_some() { PHASES } else { &["POST"] };
    tools().into_iter().for_each(|tool| ended(tool, "tool interrupted once", Victim::Interrupted(1), once));
    tools().into_iter().for_each(|tool| ended(tool, "tool interrupted twice", Victim::Interrupted(2), PHASES));
}
