//! The way across, without the real tools: those are asked in `tests/it/e2e/crossing.rs`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, clippy::print_stderr)]

mod adopt;
mod diff;
mod discover;
mod everything;
mod groups;
mod input;
mod migrate;
mod needed;
mod program;
mod settings;
