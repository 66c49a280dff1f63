//! The form of a row, and what a measurement is given.

use crate::{
    build::Build,
    figure::{Figures, Wanted, Whose},
    server,
    steps::{Step, Tool},
};
use std::path::PathBuf;

/// Things that are measured together.
pub struct Row {
    /// Its name for `--only`.
    pub name: &'static str,
    /// A description for people who wait for it.
    pub about: &'static str,
    /// The targets for its figures.
    pub wanted: &'static [Wanted],
    /// Measures each build in turn.
    pub run: fn(&Setting<'_>) -> Figures,
}

/// The settings of a run.
pub struct Setting<'a> {
    /// The current build and, with `--against`, an older one.
    pub builds: Vec<&'a Build>,
    /// How often short measurements are repeated.
    pub rounds: usize,
    /// The server.
    pub server: server::Kind,
    /// The options for the row of many clients.
    pub clients: &'a Plan,
}

impl Setting<'_> {
    /// Whether it is the current build.
    pub fn is_ours(&self, build: &Build) -> bool {
        build.whose() == Whose::Ours
    }

    /// Calls the function for each build, round by round, so that a disturbance affects all builds alike.
    pub fn in_turn(&self, mut once: impl FnMut(usize, &Build)) {
        for round in 0..self.rounds {
            // The order changes with each round.
            let mut builds = self.builds.clone();
            if round % 2 == 1 {
                builds.reverse();
            }
            builds.into_iter().for_each(|build| once(round, build));
        }
    }
}

/// Which clients are made, with what, and beside whom.
#[derive(clap::Args)]
pub struct Plan {
    /// How many clients, one run after the other.
    #[arg(long, value_delimiter = ',', default_value = "1000")]
    pub clients: Vec<usize>,
    /// 10,000 clients too: planned and refreshed by Terraform and OpenTofu, which take an hour of their own to make them.
    #[arg(long)]
    pub full: bool,
    /// The tools that make them.
    #[arg(long, value_enum, value_delimiter = ',', default_value = "terraform")]
    pub tools: Vec<Tool>,
    /// The steps: each needs those before it.
    #[arg(long, value_enum, value_delimiter = ',', default_value = "create,plan")]
    pub steps: Vec<Step>,
    /// As many objects that need no provider, for what Terraform and OpenTofu take themselves.
    #[arg(long)]
    pub built_in: bool,
    /// The program that only answers, made of `scripts/tools/floor.rs`, to do the same with Terraform and OpenTofu.
    #[arg(long, value_name = "PATH")]
    pub floor: Option<PathBuf>,
    /// Another provider's binary, to do the same with Terraform and OpenTofu as `ory/ory`.
    #[arg(long, value_name = "PATH")]
    pub peer_terraform: Option<PathBuf>,
    /// The binary of Pulumi's bridge to any Terraform provider, to do the same with Pulumi over that one.
    #[arg(long, value_name = "PATH", requires = "peer_terraform")]
    pub peer_bridge: Option<PathBuf>,
}
