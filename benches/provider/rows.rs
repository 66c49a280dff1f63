//! The rows: one for each measurement. Each file of a measurement declares its row with the targets.

use crate::{clients, diff, discover, document, emulator, growth, migrate, relationships, row::Row, start, state_bytes};

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
