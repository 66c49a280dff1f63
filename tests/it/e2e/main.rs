//! The end-to-end tests: real Terraform, OpenTofu and Pulumi drive the real binary against the emulator and a
//! real Ory Hydra and Kratos.
//!
//! Run them with `scripts/test e2e`, which builds the tools and names them in the environment; `cargo test`
//! alone leaves this target out. Expected values come from the servers, never from the provider.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, clippy::print_stderr)]

mod adoption;
mod crossing;
mod custom_provider;
mod doctor;
mod guards;
mod harness;
mod leaks;
mod packages;
mod pages;
mod pipelines;
mod private_keys;
mod process;
mod pulumi;
mod reliability;
mod shop;
mod stack;
#[path = "../support/pages.rs"]
mod support;
mod talos;
mod terraform;
mod window;
