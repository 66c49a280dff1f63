//! The rows: one for each measurement. Each file of a measurement declares its row with the targets.

use crate::{
    build::Build,
    clients, diff, discover, document, emulator,
    figure::{Figures, Wanted, Whose},
    growth, migrate, relationships, server, start, state_bytes,
};

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

/// All rows, in the order in which they run.
pub static ROWS: &[&Row] = &[
    &start::ROW,
    &clients::ROW,
    &document::FROM_NOTHING,
    &document::CONFIGURATION,
    &relationships::ROW,
    &state_bytes::ROW,
    &growth::ROW,
    &discover::ROW,
    &migrate::ROW,
    &emulator::ROW,
    &diff::ROW,
];

/// The settings of a run.
pub struct Setting<'a> {
    /// The current build and, with `--against`, an older one.
    pub builds: Vec<&'a Build>,
    /// How often short measurements are repeated.
    pub rounds: usize,
    /// The server.
    pub server: server::Kind,
    /// The options for the row of many clients.
    pub clients: &'a clients::Plan,
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
