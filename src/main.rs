//! The one binary: what it does depends on the name it is called by, on Terraform's cookie, or on its
//! first argument.

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
