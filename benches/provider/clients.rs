//! Many clients: a tool makes them, plans them again, refreshes them and takes them away.

use crate::{
    build::OURS,
    figure::{Bound, Figures, Unit, Wanted, Whose, wanted, written},
    measure::{self, Cost},
    row::{Row, Setting},
    steps::{BUILT_IN, FLOOR, PEER, Step, Thousands, Tool},
    work::{Bench, OF_ONE_BLOCK, Peer, Provider},
};
use janiform::emulator::tally::Summary;
use serde::Serialize;

/// What is wanted of a thousand.
pub static ROW: Row = Row { name: "clients", about: "many clients with real tools, step by step", wanted: WANTED, run };

const WANTED: &[Wanted] = &[
    wanted("provider CPU, plan of 1,000 clients", Bound::TimesAtMost(0.5)),
    wanted("provider CPU, create of 1,000 clients", Bound::TimesAtMost(0.6)),
];

/// One step of one provider with one tool.
#[derive(Serialize)]
struct Cell {
    provider: &'static str,
    tool: Tool,
    clients: usize,
    step: Step,
    #[serde(flatten)]
    cost: Cost,
    requests: Summary,
}

fn run(setting: &Setting<'_>) -> Figures {
    let plan = setting.clients;
    let mut runs: Vec<_> = plan.clients.iter().flat_map(|size| plan.tools.iter().map(|tool| (*size, *tool))).collect();
    if plan.full {
        runs.extend(plan.tools.iter().filter(|tool| **tool != Tool::Pulumi).map(|tool| (10_000, *tool)));
    }
    let mut cells = Vec::new();
    head();
    for (clients, tool) in runs {
        with_tool(tool, clients, setting, &mut cells);
    }
    ratios(&cells);
    let mut figures = Figures::default();
    for cell in &cells {
        let whose = match cell.provider {
            PEER | BUILT_IN | FLOOR => continue,
            OURS => Whose::Ours,
            older => Whose::Beside(older),
        };
        let with = if cell.tool == Tool::Terraform { String::new() } else { format!(" with {}", cell.tool.name()) };
        let what = |what: &str| format!("{what}, {} of {} clients{with}", cell.step.name(), Thousands(cell.clients));
        figures.see(whose, what("provider CPU"), Unit::Seconds, cell.cost.provider_cpu);
        figures.see(whose, what("time"), Unit::Seconds, cell.cost.wall);
        figures.see(whose, what("provider memory"), Unit::Bytes, cell.cost.provider_memory as f64);
        figures.see(whose, what("requests"), Unit::Count, cell.requests() as f64);
    }
    beside_floor(&cells, &mut figures);
    figures.more = serde_json::to_value(cells).unwrap();
    figures
}

/// What our build costs beside the program that only answers.
fn beside_floor(cells: &[Cell], figures: &mut Figures) {
    if !cells.iter().any(|cell| cell.provider == FLOOR) {
        return;
    }
    for cell in cells.iter().filter(|cell| cell.tool == Tool::Terraform) {
        let whose = match cell.provider {
            OURS => Whose::Ours,
            FLOOR => Whose::Beside("answers alone"),
            _ => continue,
        };
        let what = format!("provider CPU beside its floor, {} of {} clients", cell.step.name(), Thousands(cell.clients));
        figures.see(whose, what, Unit::Seconds, cell.cost.provider_cpu);
    }
}

/// All steps, each by every provider before the next. What leaves everything as it is, is done several times.
fn with_tool(tool: Tool, clients: usize, setting: &Setting<'_>, cells: &mut Vec<Cell>) {
    let plan = setting.clients;
    let mut providers: Vec<_> = setting.builds.iter().map(|build| Provider::Build(build)).collect();
    let filled = clients > OF_ONE_BLOCK && tool != Tool::Pulumi;
    if !filled {
        let peer = plan.peer_terraform.as_deref().filter(|_| tool != Tool::Pulumi || plan.peer_bridge.is_some());
        providers.extend(peer.map(|terraform| Provider::Peer(Peer { terraform, bridge: plan.peer_bridge.as_deref() })));
        providers.extend(plan.floor.as_deref().filter(|_| tool != Tool::Pulumi).map(Provider::Floor));
        providers.extend((plan.built_in && tool != Tool::Pulumi).then_some(Provider::BuiltIn));
    }
    let benches: Vec<_> = providers
        .into_iter()
        .map(|provider| {
            let server = setting.server.start();
            let bench = Bench::new(tool, &server.url(), clients, provider);
            (provider.name(), server, bench)
        })
        .collect();
    for step in plan.steps.iter().copied().filter(|step| !filled || step.is_harmless()) {
        for _ in 0..if step.is_harmless() { setting.rounds } else { 1 } {
            for (provider, server, bench) in &benches {
                // What setting up asked is not the step's.
                drop(server.asked());
                let cost = measure::run(bench.command(step));
                let cell = Cell { provider, tool, clients, step, cost, requests: server.asked() };
                cell.print();
                cells.push(cell);
            }
        }
    }
}

fn head() {
    println!(
        "  | provider        | tool      | clients | step    |   wall s | provider CPU s | tool CPU s | provider memory | requests | 429s |"
    );
    println!(
        "  |-----------------|-----------|--------:|---------|---------:|---------------:|-----------:|----------------:|---------:|-----:|"
    );
}

impl Cell {
    fn requests(&self) -> usize {
        self.requests.values().map(|count| count.requests).sum()
    }

    fn print(&self) {
        let cost = &self.cost;
        println!(
            "  | {:<15} | {:<9} | {:>7} | {:<7} | {:>8.2} | {:>14.3} | {:>10.2} | {:>15} | {:>8} | {:>4} |",
            self.provider,
            self.tool.name(),
            self.clients,
            self.step.name(),
            cost.wall,
            cost.provider_cpu,
            cost.tool_cpu,
            written(Unit::Bytes, cost.provider_memory as f64),
            self.requests(),
            self.requests.values().map(|count| count.too_many).sum::<usize>(),
        );
        let routes: Vec<String> =
            self.requests.iter().map(|(route, count)| format!("{} {route} in {:.1} s", count.requests, count.last - count.first)).collect();
        eprintln!("    {}", routes.join(", "));
    }
}

/// What a step costs of what it costs the peer.
fn ratios(cells: &[Cell]) {
    let is_same = |ours: &Cell, other: &Cell| (other.tool, other.clients, other.step) == (ours.tool, ours.clients, ours.step);
    let pairs: Vec<(&Cell, &Cell)> = cells
        .iter()
        .filter(|cell| cell.provider == OURS)
        .filter_map(|ours| Some((ours, cells.iter().find(|other| other.provider == PEER && is_same(ours, other))?)))
        .collect();
    if pairs.is_empty() {
        return;
    }
    println!("\n  | of the peer's | clients | step    |  wall | provider CPU | memory | requests |");
    println!("  |---------------|--------:|---------|------:|-------------:|-------:|---------:|");
    for (ours, peer) in pairs {
        println!(
            "  | {:<13} | {:>7} | {:<7} | {:>5.2} | {:>12.3} | {:>6.2} | {:>8} |",
            ours.tool.name(),
            ours.clients,
            ours.step.name(),
            ours.cost.wall / peer.cost.wall,
            ours.cost.provider_cpu / peer.cost.provider_cpu,
            ours.cost.provider_memory as f64 / peer.cost.provider_memory as f64,
            // A preview of Pulumi's asks nothing.
            match peer.requests() {
                0 => "-".to_owned(),
                many => format!("{:.3}", ours.requests() as f64 / many as f64),
            },
        );
    }
}
