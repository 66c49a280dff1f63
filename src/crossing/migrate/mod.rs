//! A stack of one tool as a stack of the other, secrets included.
//!
//! Owns which objects move, under which names, with which inputs, and what is told about it. The source is only read; what
//! is made are files, which the caller writes. Must not know Ory, nor the formats of states and programs.

mod config;
mod inputs;
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

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// What the project is called.
    pub project: String,
    /// The language of the program beside it.
    pub language: Language,
}

/// What a migration comes to.
pub struct Outcome {
    /// The files, all of them for their owner alone.
    pub files: Vec<File>,
    /// What is carried and what is not, field by field.
    pub report: Report,
}
