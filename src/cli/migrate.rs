//! `janiform migrate`: converts a stack of one tool to a stack of the other.

use super::{Error, say};
use crate::{
    crossing::{
        input,
        migrate::{self, Config, Outcome, Target, Wanted},
        program,
        staged::place_all,
        state,
    },
    engine::{Engine, one_line},
    ory::ORY,
};
use std::{
    io,
    path::{Path, PathBuf},
};

/// What to migrate, and where.
#[derive(clap::Args)]
pub struct Args {
    /// The tool that manages the objects now.
    #[arg(long, value_enum)]
    from: Tool,
    /// The tool that is to manage them.
    #[arg(long, value_enum)]
    to: Tool,
    /// The state: the output of `terraform state pull` or `pulumi stack export --show-secrets`; `-` reads standard input. It is
    /// not changed.
    #[arg(default_value = "-", value_name = "STATE|-")]
    state: String,
    /// The directory for the new program, its state or import file, and the commands that release the source.
    #[arg(long, value_name = "DIR", required_unless_present_any = ["dry_run", "released"])]
    out: Option<PathBuf>,
    /// The language of the program for Pulumi.
    #[arg(long, value_enum, default_value = "yaml")]
    language: Language,
    /// The name of the Pulumi project; by default, the directory's name.
    #[arg(long, value_name = "NAME")]
    project: Option<String>,
    /// The Terraform program of the state: it has the protection of resources, and which attributes are set.
    #[arg(long, value_name = "DIR")]
    config: Option<PathBuf>,
    /// The Terraform state to add the objects to, as `terraform state pull` prints it; by default, a new one.
    #[arg(long, value_name = "STATE")]
    into: Option<PathBuf>,
    /// Writes nothing, and shows for each field whether it is carried over.
    #[arg(long)]
    dry_run: bool,
    /// Only checks whether the source has released the objects that moved into this directory, and fails if not.
    #[arg(long, value_name = "DIR", conflicts_with_all = ["out", "dry_run", "into", "config"])]
    released: Option<PathBuf>,
    /// Replaces existing files.
    #[arg(long)]
    force: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Tool {
    /// Terraform or OpenTofu.
    Terraform,
    /// Pulumi.
    Pulumi,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Language {
    /// Pulumi YAML.
    Yaml,
    /// TypeScript.
    Typescript,
    /// Python.
    Python,
    /// Go.
    Go,
}

/// Runs the command.
pub fn run(args: Args) -> Result<(), Error> {
    let text = read(&args.state)?;
    if let Some(dir) = &args.released {
        return released(&args, dir, &text);
    }
    // The text of a state may be large: it is dropped as soon as it has been read.
    let outcome = match (args.from, args.to) {
        (Tool::Terraform, Tool::Pulumi) => to_pulumi(&args, text)?,
        (Tool::Pulumi, Tool::Terraform) => to_terraform(&args, text)?,
        _ => return Err(Error::new("both tools are the same", "Use `--from terraform --to pulumi` or `--from pulumi --to terraform`.")),
    };
    let Outcome { files, report } = outcome;
    if report.moved() == 0 {
        let left: Vec<_> = report.left().take(10).map(|[address, why]| format!("\n  {}: {}", one_line(address), one_line(why))).collect();
        return Err(Error::new(
            format_args!("the state has no objects of {}/{} that can move{}", ORY.namespace, ORY.name, left.concat()),
            "For objects of other providers, use `janiform adopt`.",
        ));
    }
    match (args.dry_run, &args.out) {
        (false, Some(dir)) => {
            place_all(dir, &files, args.force)?;
            files.iter().try_for_each(|file| say(dir.join(&file.path).display()))?;
        }
        _ => say(format_args!("{report}\nNothing was written.").to_string().trim_start())?,
    }
    say(report.summary().trim_end())
}

fn released(args: &Args, dir: &Path, text: &[u8]) -> Result<(), Error> {
    let list = dir.join(migrate::MOVED);
    let list = input::read_text(&list).map_err(|error| unreadable(&list.display(), &error))?;
    let source = match args.from {
        Tool::Terraform => state::terraform::read(text)?,
        Tool::Pulumi => state::pulumi::read(text)?,
    };
    match migrate::unreleased(&list, &source)?.as_slice() {
        [] => say(format_args!("{} no longer manages any of the moved objects.", source.tool)),
        both => Err(Error::new(
            format_args!("{} still manages {} objects that moved: {}", source.tool, both.len(), one_line(&both.join(", "))),
            format_args!("Run `sh {}` in the directory of the source.", dir.join("release.sh").display()),
        )),
    }
}

fn to_pulumi(args: &Args, text: Vec<u8>) -> Result<Outcome, Error> {
    if args.into.is_some() {
        return Err(Error::new("`--into` is for a Terraform state", "Leave it out: `pulumi import` adds to the selected stack."));
    }
    let config = args.config.as_deref().map(Config::read).transpose()?;
    let language = match args.language {
        Language::Yaml => program::Language::Yaml,
        Language::Typescript => program::Language::TypeScript,
        Language::Python => program::Language::Python,
        Language::Go => program::Language::Go,
    };
    let state = state::terraform::read(&text)?;
    drop(text);
    Ok(migrate::to_pulumi(&Engine::new(&ORY), &state, config.as_ref(), &wanted(args, language))?)
}

fn to_terraform(args: &Args, text: Vec<u8>) -> Result<Outcome, Error> {
    if args.config.is_some() {
        return Err(Error::new("`--config` is for a Terraform program", "Leave it out: a Pulumi stack contains its inputs."));
    }
    let pulled = match &args.into {
        Some(file) => input::read_text(file).map_err(|error| unreadable(&file.display(), &error))?,
        None => String::new(),
    };
    let lineage = uuid::Uuid::new_v4().to_string();
    let state = state::pulumi::read(&text)?;
    drop(text);
    let into = Target { pulled: &pulled, lineage: &lineage };
    Ok(migrate::to_terraform(&Engine::new(&ORY), &state, &into, &wanted(args, program::Language::Terraform))?)
}

fn wanted(args: &Args, language: program::Language) -> Wanted {
    let dir = args.out.as_deref().and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned());
    let named = args
        .project
        .clone()
        .or(dir)
        .map(|name| name.chars().filter(|c| c.is_ascii_alphanumeric() || "-_.".contains(*c)).collect::<String>());
    let project = named.filter(|name| !name.is_empty()).unwrap_or_else(|| "migrated".to_owned());
    Wanted { project, language }
}

fn read(state: &str) -> Result<Vec<u8>, Error> {
    input::read_or_stdin(Path::new(state)).map_err(|error| unreadable(&if state == "-" { "standard input" } else { state }, &error))
}

fn unreadable(what: &dyn std::fmt::Display, error: &io::Error) -> Error {
    Error::new(format_args!("cannot read {what}: {error}"), "Give the file of the state, or `-` for standard input.")
}
