//! What is measured: which provider, with which tool, in which step, over how many objects.

use serde::Serialize;
use std::fmt;

/// Another provider, which does the same work in turn.
pub const PEER: &str = "peer";
/// The one that only answers.
pub const FLOOR: &str = "floor";
/// None at all.
pub const BUILT_IN: &str = "built-in";

/// A tool that drives providers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Tool {
    Terraform,
    Tofu,
    Pulumi,
}

impl Tool {
    pub fn name(self) -> &'static str {
        match self {
            Tool::Terraform => "terraform",
            Tool::Tofu => "tofu",
            Tool::Pulumi => "pulumi",
        }
    }
}

/// What a tool is asked to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Step {
    /// An apply of everything.
    Create,
    /// A plan or preview that finds nothing to do.
    Plan,
    /// A refresh that finds nothing changed.
    Refresh,
    /// Everything is taken away.
    Destroy,
}

impl Step {
    pub fn name(self) -> &'static str {
        match self {
            Step::Create => "create",
            Step::Plan => "plan",
            Step::Refresh => "refresh",
            Step::Destroy => "destroy",
        }
    }

    /// Whether it leaves everything as it was.
    pub fn is_harmless(self) -> bool {
        matches!(self, Step::Plan | Step::Refresh)
    }
}

/// A block of a configuration, which makes objects with running numbers.
pub struct Block {
    /// How many others make before.
    pub before: usize,
    /// How many this one makes.
    pub count: usize,
}

impl Block {
    /// Its name.
    pub fn name(&self) -> String {
        format!("from_{}", self.before)
    }
}

/// A number as people write it.
pub struct Thousands(pub usize);

impl fmt::Display for Thousands {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            few @ 0..1_000 => write!(f, "{few}"),
            many => write!(f, "{},{:03}", Thousands(many / 1_000), many % 1_000),
        }
    }
}
