//! Converts a stack of one tool to a stack of the other, including secrets.
//!
//! Owns which objects move, their names and inputs in the new program, and the report. Only reads the source, and returns files,
//! which the caller writes. Must not know Ory, nor the formats of states and programs.

mod config;
mod inputs;
mod links;
mod program;
mod pulumi;
mod release;
mod report;
mod stack;
mod terraform;

pub use config::Config;
pub(in crate::crossing) use inputs::of_state as inputs_of_state;
pub use pulumi::to_pulumi;
pub use release::{MOVED, unreleased};
pub use report::Report;
pub use terraform::{Target, to_terraform};

use super::program::Language;
use crate::export::File;

/// The options of a migration.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// The name of the project.
    pub project: String,
    /// The language of the new program.
    pub language: Language,
}

/// The result of a migration.
pub struct Outcome {
    /// The files; only their owner may read them.
    pub files: Vec<File>,
    /// Which attributes move and which do not.
    pub report: Report,
}
