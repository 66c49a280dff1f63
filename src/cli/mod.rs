//! The command line: one file a subcommand.
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
#[command(name = "janiform", version, about, long_about = None, after_help = "Called `terraform-provider-ory` it serves Terraform and OpenTofu, called `pulumi-resource-ory` it serves Pulumi; `janiform install` puts it under these names where the tools find it.")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Makes the state of another provider for Ory one of this one.
    Adopt(adopt::Args),
    /// Turns what a project or a state says into the files of self-hosted servers.
    Config {
        #[command(subcommand)]
        command: config::Command,
    },
    /// Compares two projects, servers, states or configurations, object by object.
    Diff(diff::Args),
    /// Writes what a project, a workspace or servers hold as code, with what imports it.
    Discover(Box<discover::Args>),
    /// Checks credentials, URLs, versions, the clock, the plan and this machine, and says what to fix.
    Doctor(doctor::Args),
    /// Runs a local Ory: clients, tokens, identities and relationships, with no account.
    Emulator(Box<emulator::Args>),
    /// Puts the provider where Terraform, OpenTofu and Pulumi find it.
    Install(install::Args),
    /// Makes a stack of one tool a stack of the other, secrets included. Nothing on a server is touched.
    Migrate(migrate::Args),
    /// Lists what runs that died may have left on a server.
    Orphans(orphans::Args),
    /// Works with the provider's schema.
    Schema {
        #[command(subcommand)]
        command: schema::Command,
    },
    /// Serves Terraform until interrupted and prints how to attach to it.
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

/// Runs the command line and says how it ended.
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
            // Nobody is left to tell if this fails.
            let _ = writeln!(io::stderr(), "Error: {what}\nHint: {hint}");
            ExitCode::FAILURE
        }
    }
}

async fn debug() -> Result<(), Error> {
    crate::frontends::debug(&crate::ory::ORY)
        .await
        .map_err(|error| Error::new(error, "Nothing is served. Correct that, and start it again."))
}

/// A line for people.
fn say(line: impl fmt::Display) -> Result<(), Error> {
    writeln!(io::stdout(), "{line}").map_err(|error| Error::new(format_args!("cannot write: {error}"), "Is standard output closed?"))
}
