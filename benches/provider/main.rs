//! What the provider costs, as ratios within one run, and what is wanted. Figures, not tests: no bound fails anything.
//!
//! Run it with `scripts/bench`, which names the tools. Needs Linux, for `/proc`. An older build of ours, another provider or a
//! real server does the same work in turn, so that the ratios between the two hold on a machine that is busy with other
//! things too. What is measured is one file each, listed in `rows.rs`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, clippy::print_stderr)]

mod build;
mod clients;
mod core;
mod diff;
mod discover;
mod document;
mod emulator;
#[allow(dead_code)]
#[path = "../../tests/it/ory/every_setting.rs"]
mod every_setting;
mod figure;
mod filled;
mod growth;
#[allow(dead_code)]
#[path = "../../tests/it/e2e/harness/mod.rs"]
mod harness;
mod measure;
mod migrate;
#[path = "../../tests/it/ory/new_project.rs"]
mod new_project;
mod plain;
mod relationships;
mod report;
mod row;
mod rows;
mod server;
mod start;
mod state_bytes;
mod steps;
mod work;

use build::Build;
use clap::Parser;
use janiform::emulator::limit::BucketLimit;
use report::{Machine, Report, Seen, markdown};
use row::{Plan, Row, Setting};
use rows::ROWS;
use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

/// What the provider costs with real tools, beside what is wanted.
#[derive(Parser)]
#[command(name = "scripts/bench")]
struct Args {
    /// Only these rows; without it, all of them.
    #[arg(long, value_name = "ROW", value_delimiter = ',', value_parser = row)]
    only: Vec<&'static Row>,
    /// An older build of ours, which does the same in turn; as ROW=PATH, for that row alone. May be repeated.
    #[arg(long, value_name = "[ROW=]PATH", value_parser = against)]
    against: Vec<(Option<&'static str>, PathBuf)>,
    /// How often what is short is done, to take the median.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// How many milliseconds the server is away.
    #[arg(long, default_value_t = 20)]
    latency: u64,
    /// A limit of the server, such as hydra-admin-low=5/s. May be repeated.
    #[arg(long)]
    rate_limit: Vec<BucketLimit>,
    #[command(flatten, next_help_heading = "Many clients")]
    clients: Plan,
    /// Where to write everything as JSON.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Prints the table of all targets from what earlier runs wrote as JSON, the later of two the one that counts, and runs nothing.
    #[arg(long, value_name = "FILE", value_delimiter = ',')]
    markdown: Vec<PathBuf>,
    /// Names the rows, and runs nothing.
    #[arg(long)]
    list: bool,
}

fn row(name: &str) -> Result<&'static Row, String> {
    let names = || ROWS.iter().map(|row| row.name).collect::<Vec<_>>().join(", ");
    ROWS.iter().copied().find(|row| row.name == name).ok_or_else(|| format!("there is no such row; there are {}", names()))
}

fn against(text: &str) -> Result<(Option<&'static str>, PathBuf), String> {
    match text.split_once('=') {
        Some((name, path)) => Ok((Some(row(name)?.name), path.into())),
        None => Ok((None, text.into())),
    }
}

fn main() {
    let args = Args::parse();
    if args.list {
        ROWS.iter().for_each(|row| println!("{:<16} {}", row.name, row.about));
        return;
    }
    if !args.markdown.is_empty() {
        let mut rows: Vec<Seen> = args.markdown.iter().flat_map(|file| Report::read(file).rows).collect();
        let last: Vec<Seen> =
            ROWS.iter().filter_map(|row| Some(rows.remove(rows.iter().rposition(|seen| seen.row == row.name)?))).collect();
        return markdown(&last);
    }
    let mut report = Report { machine: Machine::this(), rows: Vec::new() };
    let ours = Build::ours();
    let older: Vec<_> = args.against.iter().map(|(row, path)| (*row, Build::older(path))).collect();
    for row in ROWS.iter().filter(|row| args.only.is_empty() || args.only.iter().any(|only| only.name == row.name)) {
        let other = older.iter().find(|(only, _)| *only == Some(row.name)).or_else(|| older.iter().find(|(only, _)| only.is_none()));
        let setting = Setting {
            builds: [&ours].into_iter().chain(other.map(|(_, build)| build)).collect(),
            rounds: args.rounds.max(1),
            server: server::Kind { latency: Duration::from_millis(args.latency), limits: args.rate_limit.clone(), ..Default::default() },
            clients: &args.clients,
        };
        println!("{}: {}", row.name, row.about);
        let began = Instant::now();
        let figures = (row.run)(&setting);
        let targets = row.wanted.iter().map(|wanted| wanted.verdict(&figures.all)).collect();
        let seen =
            Seen { row: row.name.to_owned(), targets, figures: figures.all, more: figures.more, seconds: began.elapsed().as_secs_f64() };
        seen.print();
        println!("  took {:.0} s\n", seen.seconds);
        report.rows.push(seen);
        // After each, so that what was seen is not lost with a later one.
        args.json.iter().for_each(|file| report.write(file));
    }
    markdown(&report.rows);
}
