//! Terraform and OpenTofu.

mod adoption;
mod calls;
mod contents;
mod document;
mod faults;
mod lifecycle;
mod parts;
mod project;
mod shop;
mod snippets;

/// Each test for each tool on each server.
macro_rules! everywhere {
    ($($name:ident),* $(,)?) => {
        mod terraform_on_the_emulator {
            use crate::harness::{server::Kind, terraform::Cli};
            $(#[test] fn $name() { super::$name(Cli::Terraform, Kind::Emulator) })*
        }
        mod terraform_on_hydra {
            use crate::harness::{server::Kind, terraform::Cli};
            $(#[test] fn $name() { super::$name(Cli::Terraform, Kind::Hydra) })*
        }
        mod tofu_on_the_emulator {
            use crate::harness::{server::Kind, terraform::Cli};
            $(#[test] fn $name() { super::$name(Cli::Tofu, Kind::Emulator) })*
        }
        mod tofu_on_hydra {
            use crate::harness::{server::Kind, terraform::Cli};
            $(#[test] fn $name() { super::$name(Cli::Tofu, Kind::Hydra) })*
        }
    };
}
use everywhere;

/// Each test for each tool.
macro_rules! with_both_tools {
    ($($name:ident),* $(,)?) => {
        mod terraform {
            $(#[test] fn $name() { super::$name(crate::harness::terraform::Cli::Terraform) })*
        }
        mod tofu {
            $(#[test] fn $name() { super::$name(crate::harness::terraform::Cli::Tofu) })*
        }
    };
}
use with_both_tools;
