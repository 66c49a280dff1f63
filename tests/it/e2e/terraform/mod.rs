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
mod unreleased;

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
pub(crate) use with_both_tools;

/// An object of a state that a page shows how to import.
pub struct Imported {
    pub address: String,
    /// The page's command, and its block, with the object's own id.
    pub command: String,
    pub block: String,
    /// Whether the configuration says something that an import cannot find out, so that the next apply writes it.
    pub changes: bool,
}

/// Lets go of the objects and imports them again: each by the command, and then all by their blocks.
#[track_caller]
pub fn import_again(terraform: &crate::harness::terraform::Terraform, objects: &[Imported]) {
    let forget: Vec<_> = ["state", "rm"].into_iter().chain(objects.iter().map(|object| object.address.as_str())).collect();
    let changed = objects.iter().filter(|object| object.changes).count();
    terraform.run(&forget).ok();
    for object in objects {
        terraform.run(&object.command.split_whitespace().skip(1).collect::<Vec<_>>()).ok();
    }
    terraform.apply().says(&[&format!("0 added, {changed} changed, 0 destroyed")]);
    terraform.run(&forget).ok();
    terraform.write("import.tf", &objects.iter().map(|object| format!("{}\n", object.block)).collect::<String>());
    terraform.apply().says(&[&format!("{} imported, 0 added, {changed} changed, 0 destroyed", objects.len())]);
    terraform.remove("import.tf");
    terraform.is_settled();
}
