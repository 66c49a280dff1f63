//! What is measured: one row for each measuring file, which says itself what is wanted of its figures.

use crate::{
    build::Build,
    clients, diff, discover, document, emulator,
    figure::{Figures, Wanted, Whose},
    migrate, relationships, server, start,
};

/// What is measured together.
pub struct Row {
    /// What `--only` calls it.
    pub name: &'static str,
    /// What it does, for people who wait for it.
    pub about: &'static str,
    /// What is wanted of its figures, by what they are of.
    pub wanted: &'static [Wanted],
    /// Measures: each build in turn, for as many rounds as its times need.
    pub run: fn(&Setting<'_>) -> Figures,
}

/// All of them, in the order in which they are run.
pub static ROWS: &[&Row] = &[
    &start::ROW,
    &clients::ROW,
    &document::FROM_NOTHING,
    &document::CONFIGURATION,
    &relationships::ROW,
    &discover::ROW,
    &migrate::ROW,
    &emulator::ROW,
    &diff::ROW,
];

/// What a row is measured with.
pub struct Setting<'a> {
    /// The build that was just made and, where there is one, an older one that does the same in turn.
    pub builds: Vec<&'a Build>,
    /// How often what is short is done.
    pub rounds: usize,
    /// What kind of server is asked.
    pub server: server::Kind,
    /// Which clients are made, with what, and beside whom.
    pub clients: &'a clients::Plan,
}

impl Setting<'_> {
    /// Whether it is the one that was just built.
    pub fn is_ours(&self, build: &Build) -> bool {
        build.whose() == Whose::Ours
    }

    /// Does this with each build, for as many rounds as were asked for: what disturbs one disturbs the others too.
    pub fn in_turn(&self, mut once: impl FnMut(usize, &Build)) {
        for round in 0..self.rounds {
            // Whoever is first in one round is last in the next.
            let mut builds = self.builds.clone();
            if round % 2 == 1 {
                builds.reverse();
            }
            builds.into_iter().for_each(|build| once(round, build));
        }
    }
}
