//! The command line: one file per subcommand.
//!
//! Owns arguments, the process environment and what people read on a terminal. Errors are one sentence
//! with a hint of what to do next.

mod adopt;
mod config;
mod diff;
mod discover;
mod doctor;
mod emulator;
mod files;
mod from_config;
mod install;
mod kinds;
mod migrate;
mod orphans;
mod schema;
mod server_files;
mod states;
mod targets;

use crate::crossing::Problem;
use clap::{CommandFactory, Parser, Subcommand};
use std::{
    fmt,
    io::{self, Write},
    process::ExitCode,
};

/// One engine for Ory with two faces: a Terraform provider and a Pulumi provider.
#[derive(Parser)]
#[command(name = "janiform", version, about, long_about = None, after_help = "With the name `terraform-provider-ory`, it serves Terraform and OpenTofu; with the name `pulumi-resource-ory`, it serves Pulumi. `janiform install` puts it with these names where the tools find it.")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Turns the state of another provider for Ory into a state of this one.
    Adopt(adopt::Args),
    /// Turns the configuration of a project or a state into the files of self-hosted servers.
    Config {
        #[command(subcommand)]
        command: config::Command,
    },
    /// Compares two projects, servers, states or configurations, object by object.
    Diff(diff::Args),
    /// Writes the objects of a project, a workspace or servers as code, with their imports.
    Discover(Box<discover::Args>),
    /// Checks credentials, URLs, versions, the clock, the plan and this machine, and shows what to fix.
    Doctor(doctor::Args),
    /// Runs a local Ory, which needs no account: clients, tokens, identities, relationships and projects.
    Emulator(Box<emulator::Args>),
    /// Puts the provider where Terraform, OpenTofu and Pulumi find it.
    Install(install::Args),
    /// Turns a stack of one tool into a stack of the other, with its secrets. Changes nothing on a server.
    Migrate(migrate::Args),
    /// Lists objects that a run may have left on a server when it died.
    Orphans(orphans::Args),
    /// Works with the provider's schema.
    Schema {
        #[command(subcommand)]
        command: schema::Command,
    },
    /// Serves Terraform until interrupted, and prints how to attach to it.
    #[command(long_flag = "debug")]
    Debug,
    /// Prints a completion script for a shell.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
    /// Prints the version.
    Version,
}

/// The definition of the command line, for manuals and completions.
pub fn command() -> clap::Command {
    Cli::command()
}

/// What went wrong, and what to do next.
#[derive(Debug)]
pub struct Error {
    what: String,
    hint: String,
}

impl Error {
    fn new(what: impl fmt::Display, hint: impl fmt::Display) -> Error {
        Error { what: what.to_string(), hint: hint.to_string() }
    }
}

impl From<Problem> for Error {
    fn from(Problem { what, hint }: Problem) -> Error {
        Error { what, hint }
    }
}

/// Runs the command line, and returns its exit code.
pub async fn run() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Adopt(args) => adopt::run(args),
        Command::Config { command } => config::run(command).await,
        Command::Diff(args) => return diff::run(args).await,
        Command::Discover(args) => discover::run(*args).await,
        Command::Doctor(args) => return end(doctor::run(args).await),
        Command::Emulator(args) => emulator::run(*args).await,
        Command::Install(args) => install::run(args),
        Command::Migrate(args) => migrate::run(args),
        Command::Orphans(args) => orphans::run(args),
        Command::Schema { command } => schema::run(command),
        Command::Debug => debug().await,
        Command::Completions { shell } => {
            clap_complete::generate(shell, &mut command(), "janiform", &mut io::stdout());
            Ok(())
        }
        Command::Version => say(format_args!("janiform {}", crate::ory::ORY.version)),
    };
    end(outcome.map(|()| ExitCode::SUCCESS))
}

fn end(outcome: Result<ExitCode, Error>) -> ExitCode {
    match outcome {
        Ok(code) => code,
        Err(Error { what, hint }) => {
            // A failure cannot be reported anywhere.
            let _ = writeln!(io::stderr(), "Error: {what}\nHint: {hint}");
            ExitCode::FAILURE
        }
    }
}

async fn debug() -> Result<(), Error> {
    crate::frontends::debug(&crate::ory::ORY)
        .await
        .map_err(|error| Error::new(error, "The provider is not running. Correct the cause, and start it again."))
}

/// A line for people.
fn say(line: impl fmt::Display) -> Result<(), Error> {
    writeln!(io::stdout(), "{line}")
        .map_err(|error| Error::new(format_args!("cannot write: {error}"), "Check that standard output is open."))
}
