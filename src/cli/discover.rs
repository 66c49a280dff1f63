//! `janiform discover`: writes the objects of a project, a workspace or servers as code.
//!
//! Owns the user's choices and the progress. Finding and writing is in [`crossing::discover`](crate::crossing::discover).

mod resume;
mod usual;
mod verify;

use super::{Error, files::replace, from_config, say};
use crate::{
    crossing::{
        Problem,
        discover::{Around, Choice, Files, Kind, LeftOut, Needed, Plan, Reach, Style, Survey, choose, secrets_file, survey, write},
        input,
        program::{self, Package, Printer, identifier},
        staged::free,
    },
    engine::{Diagnostic, Engine, one_line},
    ory::{Client, ORY, service_of, services::CONSOLE},
    schema::Resource,
    value::{Json, Value},
};
use regex::Regex;
use resume::Kept;
use std::{
    env, fs,
    io::{self, IsTerminal, Write},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

/// The shortest time between two lines of progress on a terminal.
const PAUSE: Duration = Duration::from_millis(100);

/// What to find, and where to write it.
#[derive(clap::Args)]
#[command(after_help = "\
Reads from the services that the environment variables configure (ORY_PROJECT_ID with ORY_WORKSPACE_API_KEY, ORY_PROJECT_SLUG with ORY_PROJECT_API_KEY, \
ORY_HYDRA_ADMIN_URL and so on), as the provider does, and changes nothing. What the plan does not include is left out and listed. \
Secrets that can be read become variables; their values are in a file that only you can read.")]
pub struct Args {
    /// The directory to write to.
    #[arg(long, value_name = "DIR", default_value = "discovered")]
    out: PathBuf,
    /// The language of the program.
    #[arg(long, value_enum, default_value_t = Language::Terraform)]
    language: Language,
    /// Instead of a server's objects, writes the settings in configuration files of self-hosted servers: kratos.yml, hydra.yml
    /// and keto.yml.
    #[arg(long, value_name = "FILE", num_args = 1.., conflicts_with_all = ["only", "exclude", "follow", "matching", "id", "plan", "from_plan", "fresh", "import_by", "sdk", "verify"])]
    from_config: Vec<PathBuf>,
    /// Only these kinds, such as `oauth2_client`.
    #[arg(long, value_name = "KIND", value_delimiter = ',')]
    only: Vec<String>,
    /// Not these kinds.
    #[arg(long, value_name = "KIND", value_delimiter = ',')]
    exclude: Vec<String>,
    /// Of these kinds, only objects that refer to other selected objects, or that those refer to.
    #[arg(long, value_name = "KIND", value_delimiter = ',')]
    follow: Vec<String>,
    /// Only objects whose id or name matches this; `*` stands for any text. May be repeated.
    #[arg(long = "match", value_name = "PATTERN")]
    matching: Vec<String>,
    /// An object of a kind that no server can list, by its import id, such as `json_web_key_set=sessions`. May be repeated.
    #[arg(long, value_name = "KIND=ID")]
    id: Vec<String>,
    /// Writes only a list of the selected objects to this file, which you can edit. Answers are kept beside it, in FILE.read: run the
    /// same command again to resume an interrupted run.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["from_plan", "verify"])]
    plan: Option<PathBuf>,
    /// Selects the objects in such a file. Uses the answers that were kept for it.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["only", "follow", "matching", "id"])]
    from_plan: Option<PathBuf>,
    /// With a plan: reads everything again.
    #[arg(long)]
    fresh: bool,
    /// What import blocks contain. `identity` requires Terraform or OpenTofu 1.12.
    #[arg(long, value_enum, value_name = "HOW", default_value_t = ImportBy::Id)]
    import_by: ImportBy,
    /// The program uses this SDK instead of the published one: a directory or package for npm, pip or Go.
    #[arg(long, value_name = "PATH")]
    sdk: Option<PathBuf>,
    /// Overwrites existing files.
    #[arg(long)]
    force: bool,
    /// Runs the tool to check that the program changes nothing, and fails if it does. For Pulumi, this installs the program's
    /// dependencies and uses a temporary stack.
    #[arg(long)]
    verify: bool,
    /// The tool that verifies; when unset, `terraform` (or `tofu` if there is no `terraform`), or `pulumi`.
    #[arg(long, value_name = "PROGRAM", requires = "verify")]
    tool: Option<PathBuf>,
}

/// How an import block identifies its object.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum ImportBy {
    /// By its id, which every tool understands.
    Id,
    /// By what identifies it, attribute by attribute, where that is all that the import says.
    Identity,
}

/// A language of programs.
#[derive(Clone, Copy, clap::ValueEnum)]
enum Language {
    /// HCL with import blocks, for Terraform and OpenTofu.
    Terraform,
    /// Pulumi YAML, with an import file, like the following languages.
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

/// Runs the command. If it is interrupted, it leaves no incomplete files.
pub async fn run(args: Args) -> Result<(), Error> {
    if !args.from_config.is_empty() {
        return from_config::write(&args.from_config, args.language.into(), &args.out, args.force).await;
    }
    let printer = Printer { language: args.language.into(), package: Package::of(&ORY) };
    fits(&args, printer)?;
    let engine = Engine::new(&ORY);
    let diagnostics = engine.configure(&Value::Null, &variable);
    if let Some(error) = diagnostics.into_iter().find(Diagnostic::is_error).map(Diagnostic::harmless) {
        return Err(Error::new(error.summary, error.detail));
    }
    let Some(client) = engine.client() else {
        return Err(Error::new("the provider is not configured", "Run `janiform doctor` to see what is missing."));
    };
    if let Some(dir) = args.plan.as_deref().and_then(Path::parent) {
        fs::create_dir_all(dir).map_err(Problem::from)?;
    }
    let planned = args.plan.as_deref().or(args.from_plan.as_deref());
    let kept = planned.map(|plan| Kept::beside(plan, args.fresh, &client)).transpose()?;
    let outcome = tokio::select! {
        outcome = discover(&args, printer, &engine, &client, kept.as_ref()) => outcome,
        Ok(()) = tokio::signal::ctrl_c() => Err(Error::new("interrupted", "Nothing was written.")),
    };
    match (outcome, kept) {
        (Ok(()), Some(kept)) if args.from_plan.is_some() => kept.done(),
        (Err(error), Some(kept)) => Err(kept.resumable(error)),
        (outcome, _) => outcome,
    }
}

/// Checks that the options fit together.
fn fits(args: &Args, printer: Printer) -> Result<(), Error> {
    let language = printer.language;
    if args.import_by == ImportBy::Identity && language.is_pulumi() {
        return Err(Error::new("`--import-by identity` is for import blocks of HCL", "Leave it out: Pulumi imports by ids."));
    }
    if args.sdk.is_some() && !language.has_sdk() {
        return Err(Error::new("there is no SDK for this language", "`--sdk` is for TypeScript, Python and Go."));
    }
    if args.fresh && args.plan.is_none() && args.from_plan.is_none() {
        return Err(Error::new("`--fresh` is for runs with a plan", "Without a plan, everything is read anyway."));
    }
    Ok(())
}

async fn discover(args: &Args, printer: Printer, engine: &Engine<Client>, client: &Client, kept: Option<&Kept>) -> Result<(), Error> {
    if !args.force && args.plan.is_none() {
        // Checked before any request: every program has this file.
        free(&args.out, [printer.import_file()])?;
    }
    let sdk = args.sdk.as_deref().map(sdk).transpose()?;
    let plan = args.from_plan.as_deref().map(read_plan).transpose()?;
    let only = plan.as_ref().map_or_else(|| args.only.clone(), Plan::kinds);
    let given = args.id.iter().map(|id| known(id)).collect::<Result<Vec<_>, _>>()?;
    let known = plan.as_ref().map_or_else(|| given.clone(), |plan| plan.objects().collect());
    let choice = Choice { only, exclude: args.exclude.clone(), follow: args.follow.clone(), known };
    let reach = |resource: &Resource| match service_of(resource.name) {
        service if client.is_meant(service) => Reach::Reached,
        _ if client.is_meant(&CONSOLE) => {
            let why = "They are in a project: set ORY_PROJECT_SLUG and ORY_PROJECT_API_KEY, and run this for each project.";
            Reach::Unreached(why.to_owned())
        }
        _ => Reach::Absent,
    };
    let (kinds, left_out) = choose(engine, &choice, &setting, &reach)?;
    if let Some((kind, _)) = given.iter().find(|(kind, id)| !kinds.iter().any(|one| one.is(kind) && one.known.contains(id))) {
        return Err(Error::new(
            format_args!("`--id` is for kinds that no server can list, and `{kind}` is listed"),
            "Select listed objects with `--only` and `--match`.",
        ));
    }
    if kinds.is_empty() && (!args.only.is_empty() || !args.exclude.is_empty()) {
        return Err(Error::new("`--only` and `--exclude` leave no kind", "Exclude fewer kinds, or select others."));
    }
    if kinds.is_empty() {
        return Err(Error::new(
            "no service is configured",
            "Set environment variables, such as ORY_PROJECT_ID and ORY_WORKSPACE_API_KEY, or ORY_HYDRA_ADMIN_URL for a self-hosted server.",
        ));
    }
    let patterns = args.matching.iter().map(|pattern| like(pattern)).collect::<Result<Vec<_>, _>>()?;
    let is_elsewhere = |kind: &Kind<Client>, id: &str| {
        let listed_as = |one: &Kind<Client>| one.resource.listed_as.is_some_and(|listed| std::ptr::eq(listed, kind.resource));
        kinds.iter().any(|one| listed_as(one) && one.known.iter().any(|known| known == id))
    };
    let is_wanted = |kind: &Kind<Client>, id: &str, shown: &str| match &plan {
        Some(plan) => plan.takes(kind.resource.name, id),
        None if !kind.known.is_empty() => true,
        None if is_elsewhere(kind, id) => false,
        None => kind.followed || patterns.is_empty() || patterns.iter().any(|like| like.is_match(id) || like.is_match(shown)),
    };
    let around = Around { setting: &setting, is_wanted: &is_wanted, is_usual: &usual::is_usual };
    let mut progress = Progress::new();
    let found = survey(engine, &kinds, &around, &mut |kind, count| progress.tell(kind, count)).await;
    progress.end();
    let mut found = found?;
    found.left_out.extend(left_out);
    if let Some(file) = &args.plan {
        return write_plan(&found, file, kept);
    }
    let gone = plan.map(|plan| plan.rename(&mut found)).unwrap_or_default();
    let project = project(&args.out);
    let set_before = set_before(&args.out.join(secrets_file(printer)))?;
    let by_identity = args.import_by == ImportBy::Identity;
    let style = Style { printer, project: &project, sdk: sdk.as_deref(), by_identity, given: &set_before };
    let files = write(&mut found, style, &args.out)?;
    report(&found, &files, &gone)?;
    let missing: Vec<_> = files.needed.iter().filter(|needed| !is_given(printer, needed)).map(|needed| needed.variable.clone()).collect();
    let sent: Vec<_> = files.needed.iter().map(|needed| format!("ory_{}.{}", needed.kind, needed.name)).collect();
    kept.map(Kept::tell).transpose()?;
    let verified = match args.verify {
        true if !missing.is_empty() => Err(unverified(printer, &args.out, &missing)),
        true => verify::verify(printer, &files, args.tool.as_deref()).await,
        false => Ok(()),
    };
    let written = files.names().to_vec();
    files.put(args.force)?;
    earlier(printer, &written, &args.out)?;
    verified?;
    say(match args.verify {
        true if !sent.is_empty() => format!(
            "Done: the program is in {}. It changes nothing, but the first apply sends secrets that the server does not show: those of {}.",
            args.out.display(),
            sent.join(", ")
        ),
        true => format!("Done: the program is in {}, and it changes nothing.", args.out.display()),
        false => format!("The program is in {}; its README.md describes how to use it.", args.out.display()),
    })
}

/// The values of variables in the file of an earlier run, to which the user may have added some.
fn set_before(file: &Path) -> Result<Json, Error> {
    let unreadable = |why: String| {
        Error::new(
            format_args!("cannot read {}: {why}", file.display()),
            "It may have secrets that you have added. Correct it, or move it to another place.",
        )
    };
    match input::read(file) {
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(Json::Null),
        Err(error) => Err(unreadable(error.to_string())),
        Ok(text) => Json::parse(text).map_err(|why| unreadable(why.to_string())),
    }
}

/// Whether the user has set this secret: in the file of secrets, or where Terraform takes variables from as well.
fn is_given(printer: Printer, needed: &Needed) -> bool {
    needed.is_given || !printer.language.is_pulumi() && env::var_os(format!("TF_VAR_{}", needed.variable)).is_some()
}

fn unverified(printer: Printer, out: &Path, missing: &[String]) -> Error {
    Error::new(
        format_args!("the program is not verified, since these variables need a value first: {}", missing.join(", ")),
        format_args!(
            "The files are written. The server does not show these secrets: add them to {}, as members of its JSON object, and run the \
             command again with `--force`, which keeps them.",
            out.join(secrets_file(printer)).display()
        ),
    )
}

/// The absolute path of an SDK.
fn sdk(path: &Path) -> Result<String, Error> {
    let unusable =
        |why: String| Error::new(format_args!("the SDK {} cannot be used: {why}", path.display()), "Name its directory or package.");
    let path = path.canonicalize().map_err(|error| unusable(error.to_string()))?;
    path.into_os_string().into_string().map_err(|_| unusable("its name is no Unicode".to_owned()))
}

/// A kind and an id.
fn known(text: &str) -> Result<(String, String), Error> {
    match text.split_once('=') {
        Some((kind, id)) if !kind.is_empty() && !id.is_empty() => Ok((kind.to_owned(), id.to_owned())),
        _ => Err(Error::new(
            format_args!("`--id {}` names no object", one_line(text)),
            "Give a kind and an id, such as `--id json_web_key_set=sessions`.",
        )),
    }
}

fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|text| !text.is_empty())
}

/// A setting of the provider, from the environment.
fn setting(name: &str) -> Option<String> {
    ORY.config.attrs().find(|attr| attr.name == name).and_then(|attr| attr.env).and_then(variable)
}

fn read_plan(file: &Path) -> Result<Plan, Error> {
    let text = input::read_text(file).map_err(|error| {
        Error::new(format_args!("cannot read {}: {error}", file.display()), "Make one with `janiform discover --plan FILE`.")
    })?;
    Ok(Plan::parse(&text)?)
}

fn write_plan(found: &Survey, file: &Path, kept: Option<&Kept>) -> Result<(), Error> {
    let write = |to: &mut fs::File| {
        let mut to = io::BufWriter::new(to);
        Plan::write(found, &mut to)?;
        to.flush()
    };
    replace(file, write).map_err(Problem::from)?;
    found.left_out.iter().try_for_each(told)?;
    kept.map(Kept::tell).transpose()?;
    let count: usize = found.kinds.iter().map(|kind| kind.objects.len()).sum();
    say(format_args!("{count} objects are listed in {}: edit it, then run `janiform discover --from-plan {0}`.", file.display()))
}

/// A pattern with `*` for any text.
fn like(pattern: &str) -> Result<Regex, Error> {
    let parts: Vec<_> = pattern.split('*').map(regex::escape).collect();
    Regex::new(&format!("(?s)^{}$", parts.join(".*"))).map_err(|_| Error::new("the pattern cannot be used", "Make it shorter."))
}

/// The name of the project: that of its directory.
fn project(out: &Path) -> String {
    let name = out.file_name().map(|name| identifier(&name.to_string_lossy()).replace('_', "-")).unwrap_or_default();
    if name.starts_with(|c: char| c.is_ascii_alphabetic()) { name } else { "discovered".to_owned() }
}

/// Lists files of an earlier run that are no longer part of the program. The user has to remove them.
fn earlier(printer: Printer, written: &[String], out: &Path) -> Result<(), Error> {
    let files = ORY.resources().map(|entry| printer.file(entry.resource.name)).chain(["variables.tf".to_owned()]);
    let mut left = files.filter(|name| !written.contains(name) && out.join(name).exists());
    left.try_for_each(|name| say(format_args!("note: {name} is from an earlier run and no longer used: remove it")))
}

fn report(found: &Survey, files: &Files, gone: &[String]) -> Result<(), Error> {
    files.taken.iter().try_for_each(|(kind, count)| say(format_args!("{count:>7}  ory_{kind}")))?;
    if files.taken.is_empty() {
        say("No objects of these kinds were found.")?;
    }
    if !files.secrets.is_empty() {
        say(format_args!("{:>7}  secrets, which are variables: see README.md", files.secrets.len()))?;
    }
    for Needed { variable, kind, name, .. } in files.needed.iter().filter(|needed| !needed.is_given) {
        say(format_args!("set by hand: the variable `{variable}`: ory_{kind}.{name} needs this secret, and no server shows it"))?;
    }
    found.left_out.iter().try_for_each(told)?;
    gone.iter().try_for_each(|name| say(format_args!("no longer exists: ory_{name}")))?;
    found.warnings.iter().try_for_each(|warning| say(format_args!("note: {}", one_line(warning))))
}

fn told(left: &LeftOut) -> Result<(), Error> {
    say(format_args!("left out: ory_{}: {}", left.kind, left.why))
}

/// The progress, on a terminal.
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
            // A failure cannot be reported anywhere.
            let _ = write!(io::stderr(), "\r\x1b[2Kreading ory_{kind}: {count}");
        }
    }

    fn end(&mut self) {
        if self.told.is_some() {
            let _ = write!(io::stderr(), "\r\x1b[2K");
        }
    }
}
