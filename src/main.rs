//! The binary: the name by which it is called, Terraform's cookie, or its
//! first argument decide what it does.

use janiform::{
    cli,
    frontends::{self, Face},
    ory::{self, ORY},
};
use std::process::ExitCode;

fn main() -> ExitCode {
    match frontends::face() {
        Some(Face::Terraform) => ory::works_for("terraform"),
        Some(Face::Pulumi) => ory::works_for("pulumi"),
        None => {}
    }
    frontends::run(&ORY, cli::run())
}
