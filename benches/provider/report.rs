//! The output of a run: lines while it runs, a table of all targets, and JSON.

use crate::figure::{Figure, Verdict};
use serde::{Deserialize, Serialize};
use std::{fs, path::Path};

/// The results of a run.
#[derive(Serialize, Deserialize)]
pub struct Report {
    pub machine: Machine,
    pub rows: Vec<Seen>,
}

/// The machine of the run.
#[derive(Serialize, Deserialize)]
pub struct Machine {
    pub cores: usize,
    /// The load average at the start.
    pub load: f64,
}

/// The results of a row.
#[derive(Serialize, Deserialize)]
pub struct Seen {
    pub row: String,
    pub targets: Vec<Verdict>,
    pub figures: Vec<Figure>,
    /// Other results, for programs.
    pub more: serde_json::Value,
    /// How long the measurement took.
    pub seconds: f64,
}

impl Machine {
    pub fn this() -> Machine {
        let load = fs::read_to_string("/proc/loadavg").ok();
        let load = load.and_then(|text| text.split(' ').next()?.parse().ok()).unwrap_or_default();
        Machine { cores: std::thread::available_parallelism().map_or(0, Into::into), load }
    }
}

impl Seen {
    /// Prints the figures, and the targets with what was seen.
    pub fn print(&self) {
        for figure in &self.figures {
            println!("  {}", figure.line());
        }
        for Verdict { what, wanted, seen, met } in &self.targets {
            let mark = match met {
                Some(true) => "",
                Some(false) => "   MISSED",
                None => "   (not measured)",
            };
            println!("  {what}: wanted {wanted}, seen {seen}{mark}");
        }
    }
}

impl Report {
    /// Reads the results of an earlier run.
    pub fn read(file: &Path) -> Report {
        let text = fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
    }

    pub fn write(&self, file: &Path) {
        fs::write(file, serde_json::to_string_pretty(self).expect("JSON") + "\n")
            .unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    }
}

/// Prints all targets as one table.
pub fn markdown(rows: &[Seen]) {
    println!("| What | Wanted | Seen | By |\n|---|---|---|---|");
    for (row, verdict) in rows.iter().flat_map(|row| row.targets.iter().map(move |verdict| (row, verdict))) {
        let Verdict { what, wanted, seen, met } = verdict;
        let seen = if *met == Some(false) { format!("**{seen}**") } else { seen.clone() };
        println!("| {what} | {wanted} | {seen} | `scripts/bench --only {}` |", row.row);
    }
}
