//! What remains after the network fails or somebody is killed: each tool creates, changes and deletes objects
//! until it has nothing left to do; then the test compares the server's content and the state one by one.
//!
//! `scripts/reliability` runs all faults on many objects, the mixed ones with many seeds, and writes the table of
//! docs/reliability.md; without its variables, some faults run on a few objects, with the kept seeds.

mod kinds;
mod tool;

use crate::harness::{
    expired::Expired,
    process,
    proxy::Stub,
    server::{Kind, Server},
    unreliable::{Fault, Rates, Unreliable},
};
use kinds::Stack;
use std::{
    env,
    fs::OpenOptions,
    io::Write,
    thread,
    time::{Duration, Instant},
};
use tool::Tool;

/// A tool that has not come to an end by then never will: Pulumi ends a run at its first failure, and there are faults
/// that 20 requests meet.
const MOST_RUNS: usize = 24;

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

/// A resource, an id and a mark.
type Entry = (String, String, String);

/// What was counted.
#[derive(Clone, Copy, Debug, Default)]
struct Count {
    seeds: usize,
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
    tls: Option<Expired>,
    elsewhere: Stub,
    tool: Tool,
    stack: Stack,
    objects: usize,
    /// How many were named and had to be imported.
    imported: usize,
    count: Count,
}

type NewTool = fn(&str) -> Tool;

const TERRAFORM: (&str, NewTool) = ("terraform", Tool::terraform);
const TOFU: (&str, NewTool) = ("tofu", Tool::tofu);
const PULUMI: (&str, NewTool) = ("pulumi", Tool::pulumi);

/// How many objects, if `scripts/reliability` asks.
fn asked_for() -> Option<usize> {
    env::var("JANIFORM_RELIABILITY_OBJECTS").ok().map(|count| count.parse().expect("a number of objects"))
}

/// The seeds of a fault that is random: so many as `scripts/reliability` asks for; otherwise one, and each with which it
/// has ever failed.
fn seeds(tool: &str, fault: &str) -> Vec<u64> {
    match env::var("JANIFORM_RELIABILITY_SEEDS") {
        Ok(count) => (1..=count.parse().expect("a number of seeds")).collect(),
        Err(_) => {
            let kept = KEPT.iter().filter(|(of, name, _)| (*of, *name) == (tool, fault)).map(|(_, _, seed)| *seed);
            std::iter::once(FIRST).chain(kept).collect()
        }
    }
}

/// The seed of what runs once.
const FIRST: u64 = 7;

/// Tools, faults and seeds that have failed once.
const KEPT: &[(&str, &str, u64)] = &[];

impl Scene {
    fn new(new: NewTool, stack: Stack, objects: usize, rates: Rates, most: usize, seed: u64, pause: Duration) -> Scene {
        let server = Server::start(Kind::Emulator);
        let elsewhere = Stub::answering("200 OK", "application/json", "{}");
        let network = Unreliable::start(&server.admin, rates, most, seed, pause, &elsewhere.url());
        let mut scene = Scene {
            tool: new(&network.url()),
            server,
            network,
            tls: None,
            elsewhere,
            stack,
            objects,
            imported: 0,
            count: Count { converged: true, ..Count::default() },
        };
        scene.tool.set_env("ORY_ADMIN_BASIC_AUTH", r#"{"username": "us", "password": "canary"}"#);
        scene.reach(&scene.network.url());
        scene
    }

    /// Has the provider find its services there.
    fn reach(&mut self, url: &str) {
        for name in ["HYDRA_ADMIN", "KRATOS_ADMIN", "KETO_READ", "KETO_WRITE"] {
            self.tool.set_env(&format!("ORY_{name}_URL"), url);
        }
    }

    /// With TLS in front of it, whose certificate is not always good.
    fn behind_tls(mut self, most: usize) -> Scene {
        let tls = Expired::start(&self.network.url(), most);
        self.tool.set_env("ORY_CA_CERT_PEM", &tls.authority);
        self.reach(&tls.url);
        self.tls = Some(tls);
        self
    }

    /// Made, changed and deleted, in each phase with this in the way.
    fn lives(mut self, trouble: impl Fn(&mut Scene, &str)) -> Count {
        for (method, objects, version) in [("POST", self.objects, "first"), ("PUT", self.objects, "second"), ("DELETE", 0, "")] {
            self.tool.program(self.stack, objects, version);
            trouble(&mut self, method);
            self.converge(objects, version);
        }
        self.count.hit += self.network.hit() + self.tls.as_ref().map_or(0, Expired::hit);
        assert!(self.elsewhere.is_untouched(), "credentials went to another host");
        Count { seeds: 1, ..self.count }
    }

    /// Runs the tool until it has nothing left to do, and compares.
    fn converge(&mut self, objects: usize, version: &str) {
        let wanted: Vec<String> = self.stack.objects(objects, version).map(|(_, _, mark)| mark).collect();
        let mut last = String::new();
        for _ in 0..MOST_RUNS {
            let ran = self.tool.start().finish();
            self.count.runs += 1;
            if ran.status.success() {
                return self.compare(wanted, &ran.text());
            }
            last = ran.text();
            self.import(version);
        }
        println!("{last}");
        self.count.converged = false;
    }

    /// Does what a person has to do where the plan names an object that is there, that no state has, and that the provider
    /// has told a tool of, or was about to: such a one is on the list, and never taken over.
    fn import(&mut self, version: &str) {
        let (named, held) = (self.tool.named(), self.tool.holds(self.stack));
        for (resource, id, mark) in self.stack.held(&self.server, self.objects) {
            let is_in = |list: &[(String, String)]| list.iter().any(|(other, name)| (other, name) == (&resource, &id));
            let has = held.iter().any(|(other, name, _)| (other, name) == (&resource, &id));
            let at = mark.strip_suffix(version).and_then(|mark| mark.get(1..)?.strip_suffix('-')?.parse().ok());
            if let (Some(at), true, false, true) = (at, is_in(&named), has, Stack::is_named_by_plans(&resource)) {
                self.tool.import(&resource, at, &id);
                self.imported += 1;
            }
        }
    }

    fn compare(&mut self, mut wanted: Vec<String>, said: &str) {
        let (held, there, named) = (self.tool.holds(self.stack), self.stack.held(&self.server, self.objects), self.tool.named());
        let is_named = |(resource, id, _): &&Entry| named.iter().any(|(other, name)| resource == other && id == name);
        // Each of the state stands for one on the server.
        let mut strays = there.clone();
        let mut lost = Vec::new();
        for entry in &held {
            match strays.iter().position(|other| other == entry) {
                Some(place) => drop(strays.swap_remove(place)),
                None => lost.push(entry),
            }
        }
        let (known, unknown): (Vec<_>, Vec<_>) = strays.iter().partition(is_named);
        let mut marks: Vec<String> = held.iter().map(|(_, _, mark)| mark.clone()).collect();
        marks.sort();
        wanted.sort();
        let missing = wanted.iter().filter(|mark| !marks.contains(mark)).count();
        let twice = unknown.iter().filter(|(_, _, mark)| marks.contains(mark)).count();
        if !lost.is_empty() || !unknown.is_empty() || marks != wanted {
            println!("lost {lost:?}, unknown {unknown:?}, {} held, {} wanted\n{said}", marks.len(), wanted.len());
        }
        self.count.lost += lost.len() + missing;
        self.count.doubled += twice;
        self.count.orphaned += unknown.len();
        // They stay until somebody takes them away.
        self.count.named = known.len() + self.imported;
        self.count.converged &= marks == wanted;
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
        // On a busy machine a run would be through before it hears of the signal.
        let provider = self.network.held(|| {
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
            provider
        });
        running.finish().fails();
        // What is under way is carried out, and then the provider goes too.
        let until = Instant::now() + process::PATIENCE;
        while process::signal(provider, "0") {
            assert!(Instant::now() < until, "the provider outlives its tool");
            thread::sleep(Duration::from_millis(10));
        }
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

/// The row of a fault, over these seeds.
fn row(fault: &str, tool: &str, stack: Stack, objects: usize, seeds: &[u64], live: impl Fn(u64) -> Count) {
    let mut sum = Count { converged: true, ..Count::default() };
    let mut failed = Vec::new();
    for seed in seeds {
        let one = live(*seed);
        if !one.converged || (one.lost, one.doubled, one.orphaned) != (0, 0, 0) {
            println!("{fault}, {tool}, seed {seed}: {one:?}");
            failed.push(*seed);
        }
        sum = Count {
            seeds: sum.seeds + one.seeds,
            hit: sum.hit + one.hit,
            lost: sum.lost + one.lost,
            doubled: sum.doubled + one.doubled,
            orphaned: sum.orphaned + one.orphaned,
            named: sum.named + one.named,
            runs: sum.runs + one.runs,
            converged: sum.converged && one.converged,
        };
    }
    let Count { seeds, hit, lost, doubled, orphaned, named, runs, converged } = sum;
    let row = format!(
        "| {fault} | {tool} | {objects} {} | {seeds} | {hit} | {lost} | {doubled} | {orphaned} | {named} | {runs} | {} |",
        stack.name(),
        if converged { "yes" } else { "no" }
    );
    println!("{row}");
    if let Some(path) = env::var_os("JANIFORM_RELIABILITY_ROWS") {
        let mut file = OpenOptions::new().append(true).create(true).open(path).expect("a file for the rows");
        writeln!(file, "{row}").expect("a row can be written");
    }
    assert!(hit > 0, "{row}: no fault was met");
    assert!(failed.is_empty(), "{row}: failed with the seeds {failed:?}");
}

fn network((tool, new): (&str, NewTool)) {
    let objects = asked_for().unwrap_or(20);
    for (name, rates, most) in networks() {
        row(name, tool, Stack::Clients, objects, &[FIRST], |seed| {
            Scene::new(new, Stack::Clients, objects, rates.clone(), most, seed, Duration::ZERO).lives(|_, _| {})
        });
    }
    mixed((tool, new));
    row("expired certificate", tool, Stack::Clients, objects, &[FIRST], |seed| {
        Scene::new(new, Stack::Clients, objects, Rates::new(), 0, seed, Duration::ZERO).behind_tls(20).lives(|_, _| {})
    });
}

fn mixed((tool, new): (&str, NewTool)) {
    // With many seeds, few objects of each kind meet as much as many do with one.
    let objects =
        if env::var_os("JANIFORM_RELIABILITY_SEEDS").is_some() { 2 * Stack::Mixed.kinds().len() } else { asked_for().unwrap_or(14) };
    for (name, rates, most) in networks().into_iter().filter(|(_, rates, _)| rates.len() > 1) {
        row(name, tool, Stack::Mixed, objects, &seeds(tool, name), |seed| {
            Scene::new(new, Stack::Mixed, objects, rates.clone(), most, seed, Duration::ZERO).lives(|_, _| {})
        });
    }
}

/// Ends a run in each phase, at these moments.
fn ended((tool, new): (&str, NewTool), stack: Stack, name: &str, victim: Victim, phases: &[&str]) {
    let objects = asked_for().unwrap_or(20);
    // Of a mixed stack, not every object is made by the same kind of request. What is under way when a run ends, ten
    // requests at a time, is carried out: of few objects none would be left for another; and a run that finds what is to be
    // imported does not get that far.
    let some = (objects / stack.kinds().len() / 4).max(1);
    let moments = if stack == Stack::Clients && objects >= 60 { vec![1, some, some] } else { vec![some] };
    row(name, tool, stack, objects, &[FIRST], |seed| {
        let scene = Scene::new(new, stack, objects, Rates::new(), 0, seed, Duration::from_millis(40));
        scene.lives(|scene, method| {
            if phases.contains(&method) {
                moments.iter().for_each(|after| scene.ends(victim, method, *after));
            }
        })
    });
}

const PHASES: &[&str] = &["POST", "PUT", "DELETE"];

/// Whoever may die, in every phase.
fn deaths(tool: (&str, NewTool)) {
    ended(tool, Stack::Clients, "provider killed (kill -9)", Victim::Provider, PHASES);
    ended(tool, Stack::Mixed, "provider killed (kill -9)", Victim::Provider, &["POST", "DELETE"]);
    ended(tool, Stack::Clients, "tool killed (kill -9)", Victim::Tool, PHASES);
    ended(tool, Stack::Mixed, "tool killed (kill -9)", Victim::Tool, &["POST"]);
    ended(tool, Stack::Clients, "tool interrupted once", Victim::Interrupted(1), if asked_for().is_some() { PHASES } else { &["POST"] });
    ended(tool, Stack::Clients, "tool interrupted twice", Victim::Interrupted(2), PHASES);
}

#[test]
fn terraform_on_a_bad_network() {
    network(TERRAFORM);
}

#[test]
fn pulumi_on_a_bad_network() {
    network(PULUMI);
}

/// It speaks as Terraform does, so that where nobody asks for all, some will do.
#[test]
fn tofu_on_a_bad_network() {
    if asked_for().is_some() { network(TOFU) } else { mixed(TOFU) }
}

#[test]
fn terraform_or_its_provider_dies() {
    deaths(TERRAFORM);
}

#[test]
fn pulumi_or_its_provider_dies() {
    deaths(PULUMI);
}

#[test]
fn tofu_or_its_provider_dies() {
    if asked_for().is_some() {
        return deaths(TOFU);
    }
    ended(TOFU, Stack::Clients, "provider killed (kill -9)", Victim::Provider, &["POST"]);
}
