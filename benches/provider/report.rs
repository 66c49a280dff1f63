//! Figures as people read them: tables, and the ratios between the provider and its peer.

use crate::{measure::Cost, steps};
use janiform::emulator::tally::Summary;
use serde::Serialize;

/// One step of one provider with one tool.
#[derive(Serialize)]
pub struct Row {
    pub provider: &'static str,
    pub tool: steps::Tool,
    pub clients: usize,
    pub step: steps::Step,
    #[serde(flatten)]
    pub cost: Cost,
    pub requests: Summary,
}

impl Row {
    fn requests(&self) -> usize {
        self.requests.values().map(|count| count.requests).sum()
    }

    fn too_many(&self) -> usize {
        self.requests.values().map(|count| count.too_many).sum()
    }
}

/// A line of the table of single figures.
pub fn figure(what: &str, value: &str) {
    println!("| {what:<55} | {value:<36} |");
}

pub fn mebibytes(bytes: u64) -> String {
    format!("{:.1} MiB", bytes as f64 / f64::from(1 << 20))
}

pub fn head() {
    println!("\n| provider | tool      | clients | step    |   wall s | provider CPU s | tool CPU s | provider memory | requests | 429s |");
    println!("|----------|-----------|--------:|---------|---------:|---------------:|-----------:|----------------:|---------:|-----:|");
}

pub fn row(row: &Row) {
    let cost = &row.cost;
    println!(
        "| {:<8} | {:<9} | {:>7} | {:<7} | {:>8.2} | {:>14.2} | {:>10.2} | {:>15} | {:>8} | {:>4} |",
        row.provider,
        row.tool.name(),
        row.clients,
        row.step.name(),
        cost.wall,
        cost.provider_cpu,
        cost.tool_cpu,
        mebibytes(cost.provider_memory),
        row.requests(),
        row.too_many(),
    );
    let routes: Vec<String> =
        row.requests.iter().map(|(route, count)| format!("{} {route} in {:.1} s", count.requests, count.last - count.first)).collect();
    eprintln!("  {}", routes.join(", "));
}

/// What a step costs of what it costs the peer.
pub fn ratios(rows: &[Row]) {
    let pairs: Vec<(&Row, &Row)> = rows
        .iter()
        .filter(|row| row.provider == steps::OURS)
        .filter_map(|ours| {
            let same =
                |row: &&Row| (row.tool, row.clients, row.step) == (ours.tool, ours.clients, ours.step) && row.provider == steps::PEER;
            Some((ours, rows.iter().find(same)?))
        })
        .collect();
    if pairs.is_empty() {
        return;
    }
    println!("\n| of the peer's | clients | step    |  wall | provider CPU | memory | requests |");
    println!("|---------------|--------:|---------|------:|-------------:|-------:|---------:|");
    for (ours, peer) in pairs {
        println!(
            "| {:<13} | {:>7} | {:<7} | {:>5.2} | {:>12.3} | {:>6.2} | {:>8} |",
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
