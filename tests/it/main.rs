//! The integration tests, in one binary.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, clippy::print_stderr)]

#[macro_use]
mod shares;

mod contract;
mod docs;
mod documents;
mod emulator;
mod export;
mod hostile;
mod house;
mod ory;
mod pace;
mod pulumi;
mod rest;
mod support;
mod terraform;
mod toy;
mod transport;
