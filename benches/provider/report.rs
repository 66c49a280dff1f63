//! A run as people and programs read it: lines while it goes, a table of all targets, JSON.

use crate::figure::{Figure, Verdict};
use serde::{Deserialize, Serialize};
use std::{fs, path::Path};

/// What a run saw.
#[derive(Serialize, Deserialize)]
pub struct Report {
    pub machine: Machine,
    pub rows: Vec<Seen>,
}

/// On what it ran.
#[derive(Serialize, Deserialize)]
pub struct Machine {
    pub cores: usize,
    /// How many waited for them when it began.
    pub load: f64,
}

/// What was seen of a row.
#[derive(Serialize, Deserialize)]
pub struct Seen {
    pub row: String,
    pub targets: Vec<Verdict>,
    pub figures: Vec<Figure>,
    /// What else it saw, for programs.
    pub more: serde_json::Value,
    /// How long it took to measure.
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
    /// What was seen, and what is wanted beside it.
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
    /// Those that were written before.
    pub fn read(file: &Path) -> Report {
        let text = fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
    }

    pub fn write(&self, file: &Path) {
        fs::write(file, serde_json::to_string_pretty(self).expect("JSON") + "\n")
            .unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    }
}

/// All targets as one table.
pub fn markdown(rows: &[Seen]) {
    println!("| What | Wanted | Seen | By |\n|---|---|---|---|");
    for (row, verdict) in rows.iter().flat_map(|row| row.targets.iter().map(move |verdict| (row, verdict))) {
        let Verdict { what, wanted, seen, met } = verdict;
        let seen = if *met == Some(false) { format!("**{seen}**") } else { seen.clone() };
        println!("| {what} | {wanted} | {seen} | `scripts/bench --only {}` |", row.row);
    }
}
