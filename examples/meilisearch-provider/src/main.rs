//! What Terraform, OpenTofu and Pulumi start.

use janiform::frontends;
use std::{
    io::{self, Write},
    process::ExitCode,
};

fn main() -> ExitCode {
    frontends::run(&meilisearch_provider::MEILISEARCH, async {
        // Nobody is left to tell if this fails.
        let _ = writeln!(io::stderr(), "Terraform, OpenTofu and Pulumi start this; the README beside its source says how.");
        ExitCode::FAILURE
    })
}
