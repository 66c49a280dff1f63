//! `janiform discover`: writes what a project, a workspace or servers hold as code.
//!
//! Owns what a user chooses and what is told meanwhile. What is found and written is in [`crossing::discover`](crate::crossing::discover).

mod usual;
mod verify;

use super::{Error, files::replace, from_config, say};
use crate::{
    crossing::{
        Problem,
        discover::{Around, Choice, Files, Kind, Plan, Survey, choose, survey, write},
        program::{self, Package, Printer, identifier},
        staged::free,
    },
    engine::{Diagnostic, Engine, one_line},
    ory::{Client, ORY, service_of},
    schema::Resource,
    value::Value,
};
use regex::Regex;
use std::{
    env, fs,
    io::{self, IsTerminal, Write},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

/// A terminal is told no more often.
const PAUSE: Duration = Duration::from_millis(100);

/// What to find, and where to write it.
#[derive(clap::Args)]
#[command(after_help = "\
Asks the services that the environment names (ORY_PROJECT_ID with ORY_WORKSPACE_API_KEY, ORY_PROJECT_SLUG with ORY_PROJECT_API_KEY, \
ORY_HYDRA_ADMIN_URL and so on), as the provider does, and only reads. What the plan does not include is left out and named. \
Secrets that can be read become variables; their values are in a file that only you can read.")]
pub struct Args {
    /// The directory to write to.
    #[arg(long, value_name = "DIR", default_value = "discovered")]
    out: PathBuf,
    /// The language of the program.
    #[arg(long, value_enum, default_value_t = Language::Terraform)]
    language: Language,
    /// Writes what the configuration files of self-hosted servers say, kratos.yml, hydra.yml and keto.yml, in the place of what is
    /// there.
    #[arg(long, value_name = "FILE", num_args = 1.., conflicts_with_all = ["only", "exclude", "follow", "matching", "plan", "from_plan", "verify"])]
    from_config: Vec<PathBuf>,
    /// Only these kinds, such as `oauth2_client`.
    #[arg(long, value_name = "KIND", value_delimiter = ',')]
    only: Vec<String>,
    /// Not these kinds.
    #[arg(long, value_name = "KIND", value_delimiter = ',')]
    exclude: Vec<String>,
    /// Of these kinds, only what belongs to other objects that are taken: what they refer to, and what refers to them.
    #[arg(long, value_name = "KIND", value_delimiter = ',')]
    follow: Vec<String>,
    /// Only objects whose id or name is like this; `*` stands for any text. May be repeated.
    #[arg(long = "match", value_name = "PATTERN")]
    matching: Vec<String>,
    /// Writes what would be taken to this file, to be edited, and nothing else.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["from_plan", "verify"])]
    plan: Option<PathBuf>,
    /// Takes what such a file says.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["only", "follow", "matching"])]
    from_plan: Option<PathBuf>,
    /// Overwrites files of the same names.
    #[arg(long)]
    force: bool,
    /// Lets the tool say whether anything would change, and fails if so. Pulumi imports into a stack of its own for that.
    #[arg(long)]
    verify: bool,
    /// The tool that verifies; `terraform` (or `tofu`, where there is no other) or `pulumi` when unset.
    #[arg(long, value_name = "PROGRAM", requires = "verify")]
    tool: Option<PathBuf>,
}

/// A language of programs.
#[derive(Clone, Copy, clap::ValueEnum)]
enum Language {
    /// HCL with import blocks, for Terraform and OpenTofu.
    Terraform,
    /// Pulumi YAML with an import file, as all that follow.
    Yaml,
    /// TypeScript, for Pulumi.
    #[value(name = "typescript")]
    TypeScript,
    /// Python, for Pulumi.
    Python,
    /// Go, for Pulumi.
    Go,
}

impl From<Language> for program::Language {
    fn from(language: Language) -> program::Language {
        match language {
            Language::Terraform => program::Language::Terraform,
            Language::Yaml => program::Language::Yaml,
            Language::TypeScript => program::Language::TypeScript,
            Language::Python => program::Language::Python,
            Language::Go => program::Language::Go,
        }
    }
}

/// Finds, writes, and says what was done.
pub async fn run(args: Args) -> Result<(), Error> {
    if !args.from_config.is_empty() {
        return from_config::write(&args.from_config, args.language.into(), &args.out, args.force).await;
    }
    let engine = Engine::new(&ORY);
    let diagnostics = engine.configure(&Value::Null, &variable);
    if let Some(error) = diagnostics.into_iter().find(Diagnostic::is_error).map(Diagnostic::harmless) {
        return Err(Error::new(error.summary, error.detail));
    }
    let Some(client) = engine.client() else {
        return Err(Error::new("the provider is not configured", "`janiform doctor` says what is missing."));
    };
    let printer = Printer { language: args.language.into(), package: Package::of(&ORY) };
    if !args.force && args.plan.is_none() {
        // Before anything is asked: every program has this one.
        free(&args.out, [printer.import_file()])?;
    }
    let plan = args.from_plan.as_deref().map(read_plan).transpose()?;
    let only = plan.as_ref().map_or_else(|| args.only.clone(), Plan::kinds);
    let choice = Choice { only, exclude: args.exclude.clone(), follow: args.follow.clone() };
    let is_reached = |resource: &Resource| client.is_meant(service_of(resource.name));
    let (kinds, left_out) = choose(&engine, &choice, &setting, &is_reached)?;
    if kinds.is_empty() {
        return Err(Error::new(
            "there is nothing to look for",
            "Set where to look in the environment, such as ORY_PROJECT_ID and ORY_WORKSPACE_API_KEY, or ORY_HYDRA_ADMIN_URL for a server of your own.",
        ));
    }
    let patterns = args.matching.iter().map(|pattern| like(pattern)).collect::<Result<Vec<_>, _>>()?;
    let is_wanted = |kind: &Kind<Client>, id: &str, shown: &str| match &plan {
        Some(plan) => plan.takes(kind.resource.name, id),
        None => kind.followed || patterns.is_empty() || patterns.iter().any(|like| like.is_match(id) || like.is_match(shown)),
    };
    let around = Around { setting: &setting, is_wanted: &is_wanted, is_usual: &usual::is_usual };
    let mut progress = Progress::new();
    let found = survey(&engine, kinds, &around, &mut |kind, count| progress.tell(kind, count)).await;
    progress.end();
    let mut found = found?;
    found.left_out.extend(left_out);
    if let Some(file) = &args.plan {
        return write_plan(&found, file);
    }
    let gone = plan.map(|plan| plan.rename(&mut found)).unwrap_or_default();
    let files = write(&mut found, printer, &project(&args.out), &args.out)?;
    report(&found, &files, &gone)?;
    let verified = match args.verify {
        true => verify::verify(printer, files.path(), files.names(), args.tool.as_deref()).await,
        false => Ok(()),
    };
    let written = files.names().to_vec();
    files.put(args.force)?;
    earlier(printer, &written, &args.out)?;
    verified?;
    say(match args.verify {
        true => format!("Done: {} has the program, and it changes nothing.", args.out.display()),
        false => format!("{} has the program; its README.md says how to use it.", args.out.display()),
    })
}

fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|text| !text.is_empty())
}

/// A setting of the provider, as the environment has it.
fn setting(name: &str) -> Option<String> {
    ORY.config.attrs().find(|attr| attr.name == name).and_then(|attr| attr.env).and_then(variable)
}

fn read_plan(file: &Path) -> Result<Plan, Error> {
    let text = fs::read_to_string(file).map_err(|error| {
        Error::new(format_args!("cannot read {}: {error}", file.display()), "Make one with `janiform discover --plan FILE`.")
    })?;
    Ok(Plan::parse(&text)?)
}

fn write_plan(found: &Survey, file: &Path) -> Result<(), Error> {
    let write = |to: &mut fs::File| {
        let mut to = io::BufWriter::new(to);
        Plan::write(found, &mut to)?;
        to.flush()
    };
    replace(file, write).map_err(Problem::from)?;
    let count: usize = found.kinds.iter().map(|kind| kind.objects.len()).sum();
    say(format_args!("{count} objects are in {}: edit it, then `janiform discover --from-plan {0}`.", file.display()))
}

/// A pattern with `*` for any text.
fn like(pattern: &str) -> Result<Regex, Error> {
    let parts: Vec<_> = pattern.split('*').map(regex::escape).collect();
    Regex::new(&format!("(?s)^{}$", parts.join(".*"))).map_err(|_| Error::new("the pattern cannot be used", "Make it shorter."))
}

/// What the project is called: as its directory.
fn project(out: &Path) -> String {
    let name = out.file_name().map(|name| identifier(&name.to_string_lossy()).replace('_', "-")).unwrap_or_default();
    if name.starts_with(|c: char| c.is_ascii_alphabetic()) { name } else { "discovered".to_owned() }
}

/// Names what an earlier run has left behind: it is not ours to remove, and no part of the program any more.
fn earlier(printer: Printer, written: &[String], out: &Path) -> Result<(), Error> {
    let files = ORY.resources().map(|entry| printer.file(entry.resource.name)).chain(["variables.tf".to_owned()]);
    let mut left = files.filter(|name| !written.contains(name) && out.join(name).exists());
    left.try_for_each(|name| say(format_args!("note: {name} is of an earlier run: remove it")))
}

fn report(found: &Survey, files: &Files, gone: &[String]) -> Result<(), Error> {
    files.taken.iter().try_for_each(|(kind, count)| say(format_args!("{count:>7}  ory_{kind}")))?;
    if files.taken.is_empty() {
        say("There is nothing of the kinds that were looked for.")?;
    }
    if !files.secrets.is_empty() {
        say(format_args!("{:>7}  secrets, which are variables; README.md lists them", files.secrets.len()))?;
    }
    found.left_out.iter().try_for_each(|left| say(format_args!("left out: ory_{}: {}", left.kind, left.why)))?;
    gone.iter().try_for_each(|name| say(format_args!("not there any more: ory_{name}")))?;
    found.warnings.iter().try_for_each(|warning| say(format_args!("note: {}", one_line(warning))))
}

/// How far it is, for who watches.
struct Progress {
    is_watched: bool,
    told: Option<Instant>,
}

impl Progress {
    fn new() -> Progress {
        Progress { is_watched: io::stderr().is_terminal(), told: None }
    }

    fn tell(&mut self, kind: &str, count: usize) {
        if self.is_watched && self.told.is_none_or(|told| told.elapsed() >= PAUSE) {
            self.told = Some(Instant::now());
            // Nobody is left to tell if this fails.
            let _ = write!(io::stderr(), "\r\x1b[2Kreading ory_{kind}: {count}");
        }
    }

    fn end(&mut self) {
        if self.told.is_some() {
            let _ = write!(io::stderr(), "\r\x1b[2K");
        }
    }
}
