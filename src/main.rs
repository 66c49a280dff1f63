//! The one binary: what it does depends on the name it is called by, on Terraform's cookie, or on its
//! first argument.

use janiform::{cli, frontends, ory::ORY};
use std::process::ExitCode;

fn main() -> ExitCode {
    frontends::run(&ORY, cli::run())
}
