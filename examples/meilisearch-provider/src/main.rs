//! The program that Terraform, OpenTofu and Pulumi start.

use janiform::frontends;
use std::{
    io::{self, Write},
    process::ExitCode,
};

fn main() -> ExitCode {
    frontends::run(&meilisearch_provider::MEILISEARCH, async {
        // If this fails, nobody can be told.
        let _ = writeln!(io::stderr(), "Terraform, OpenTofu and Pulumi start this; the README beside its source says how.");
        ExitCode::FAILURE
    })
}
