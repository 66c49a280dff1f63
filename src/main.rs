//! The one binary: what it does depends on the name it is called by, on Terraform's cookie, or on its
//! first argument.

use janiform::{
    cli,
    frontends::{self, Face},
    ory::{self, ORY},
};
use mimalloc::MiMalloc;
use std::process::ExitCode;

/// A plan is thousands of short messages, and the allocator a tenth of what they cost with the C library's; that of a
/// static build is slower still.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    match frontends::face() {
        Some(Face::Terraform) => ory::works_for("terraform"),
        Some(Face::Pulumi) => ory::works_for("pulumi"),
        None => {}
    }
    frontends::run(&ORY, cli::run())
}
