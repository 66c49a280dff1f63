//! The builds of the provider that are measured in turn: the current one, and an older one.
//!
//! Owns the directories in which the tools find each build.

use crate::{
    figure::Whose,
    harness::{
        Scratch, janiform, process,
        pulumi::Pulumi,
        terraform::{Cli, Terraform},
    },
    measure::is_provider,
};
use std::{
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::Command,
};

/// A build of Janiform, installed for the tools.
pub struct Build {
    /// Its name in figures.
    pub name: &'static str,
    /// The program.
    pub binary: PathBuf,
    /// A mirror for Terraform and a home for Pulumi; the harness has those of the current build.
    places: Option<Scratch>,
}

/// The name of the current build.
pub const OURS: &str = "janiform";
/// The name of the build that does the same work in turn.
pub const OLDER: &str = "the older build";

/// The program itself. Its name tells its processes from those of the tools.
fn named(binary: &Path) -> PathBuf {
    let binary = binary.canonicalize().unwrap_or_else(|error| panic!("{}: {error}", binary.display()));
    assert!(is_provider(&binary), "{}: the name of a build must begin with `janiform`, such as `janiform-before`", binary.display());
    binary
}

impl Build {
    /// The current build.
    pub fn ours() -> Build {
        Build { name: OURS, binary: named(janiform()), places: None }
    }

    /// An older build, which gets directories of its own.
    pub fn older(binary: &Path) -> Build {
        let binary = named(binary);
        let places = Scratch::new();
        let install = |tool: &str, option: &str, dir: &str| {
            process::run(Command::new(&binary).args(["install", tool, option]).arg(places.dir(dir))).ok();
        };
        install("--terraform", "--mirror", "mirror");
        install("--pulumi", "--pulumi-home", "pulumi");
        Build { name: OLDER, binary, places: Some(places) }
    }

    /// The owner of this build's figures.
    pub fn whose(&self) -> Whose<'static> {
        if self.places.is_none() { Whose::Ours } else { Whose::Beside(OLDER) }
    }

    /// A directory in which the tool finds this build. Nothing is configured.
    pub fn terraform(&self, cli: Cli) -> Terraform {
        let terraform = Terraform::new(cli, "");
        if let Some(places) = &self.places {
            let text = format!(
                "disable_checkpoint = true\nprovider_installation {{\n  filesystem_mirror {{ path = {:?} }}\n}}\n",
                places.join("mirror")
            );
            terraform.scratch.write("cli.tfrc", &text);
        }
        terraform
    }

    /// A project in which Pulumi finds this build. Nothing is configured.
    pub fn pulumi(&self) -> Pulumi {
        let pulumi = Pulumi::new("");
        if let Some(places) = &self.places {
            let plugins = pulumi.scratch.join("pulumi/plugins");
            fs::remove_file(&plugins).expect("the link to the other build");
            symlink(places.join("pulumi/plugins"), &plugins).expect("a link can be made");
        }
        pulumi
    }
}
