//! `janiform doctor`: what prevents an apply, and what to do about it.
//!
//! Owns the report and how it is shown. The requests to Ory are in [`services`], the checks of this machine in [`machine`].
//! Changes nothing, and shows names of settings, never their values, except for URLs.

mod machine;
mod services;

use super::{Error, say};
use crate::{
    engine::{Engine, one_line},
    ory::ORY,
    value::Value,
};
use serde::Serialize;
use std::{env, process::ExitCode};

/// How to report.
#[derive(clap::Args)]
#[command(after_help = "\
Sends requests that change nothing to the services that the environment variables configure (ORY_PROJECT_SLUG, ORY_HYDRA_ADMIN_URL and so on). \
It does not see what a `provider` block or Pulumi's configuration sets.

Ends with 0 if all is well, with 1 if something deserves a look, and with 2 if something does not work.")]
pub struct Args {
    /// Prints JSON.
    #[arg(long)]
    json: bool,
}

/// The result of a check, in the order of severity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
enum Status {
    Ok,
    /// Not set up, which may be intended.
    Unused,
    Warning,
    Problem,
}

/// One check.
#[derive(Serialize)]
struct Check {
    /// The area that it belongs to.
    area: String,
    /// What was checked.
    name: &'static str,
    status: Status,
    /// What was found.
    found: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    fix: Option<String>,
}

/// The checks of one area, as they come.
struct Area {
    title: String,
    checks: Vec<Check>,
}

impl Area {
    fn new(title: impl Into<String>) -> Area {
        Area { title: title.into(), checks: Vec::new() }
    }

    fn note(&mut self, status: Status, name: &'static str, found: impl Into<String>, fix: Option<String>) {
        // Text of servers and files is shown on a terminal, and must not contain control sequences.
        let found = one_line(&found.into().replace("\n\n", " ")).into_owned();
        let fix = fix.map(|fix| fix.split('\n').map(one_line).collect::<Vec<_>>().join("\n"));
        self.checks.push(Check { area: self.title.clone(), name, status, found, fix });
    }

    fn ok(&mut self, name: &'static str, found: impl Into<String>) {
        self.note(Status::Ok, name, found, None);
    }

    fn unused(&mut self, name: &'static str, found: impl Into<String>) {
        self.note(Status::Unused, name, found, None);
    }

    fn warn(&mut self, name: &'static str, found: impl Into<String>, fix: impl Into<String>) {
        self.note(Status::Warning, name, found, Some(fix.into()));
    }

    fn fail(&mut self, name: &'static str, found: impl Into<String>, fix: impl Into<String>) {
        self.note(Status::Problem, name, found, Some(fix.into()));
    }
}

/// Runs all checks and reports.
pub async fn run(args: Args) -> Result<ExitCode, Error> {
    // The tools are slow to print their versions.
    let machine = tokio::spawn(machine::examine());
    let engine = Engine::new(&ORY);
    // As a tool configures the provider from an empty block.
    let diagnostics = engine.configure(&Value::Null, &variable);
    let mut areas = vec![configuration(&diagnostics)];
    if let Some(client) = engine.client() {
        areas.extend(services::examine(client).await);
    }
    areas.extend(machine.await.unwrap_or_default());
    let checks: Vec<Check> = areas.into_iter().flat_map(|area| area.checks).collect();
    match args.json {
        true => say(serde_json::to_string_pretty(&checks).unwrap_or_default())?,
        false => show(&checks)?,
    }
    let worst = checks.iter().map(|check| check.status).max().unwrap_or(Status::Ok);
    Ok(ExitCode::from(match worst {
        Status::Ok | Status::Unused => 0,
        Status::Warning => 1,
        Status::Problem => 2,
    }))
}

fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|text| !text.is_empty())
}

/// The settings in the environment, and whether the provider accepts them.
fn configuration(diagnostics: &[crate::engine::Diagnostic]) -> Area {
    let mut area = Area::new(format!("Janiform {}", ORY.version));
    let set: Vec<_> = ORY.config.attrs().filter_map(|attr| attr.env).filter(|name| variable(name).is_some()).collect();
    for diagnostic in diagnostics {
        match diagnostic.is_error() {
            true => area.fail("settings", &diagnostic.summary, &diagnostic.detail),
            false => area.warn("settings", &diagnostic.summary, &diagnostic.detail),
        }
    }
    if diagnostics.is_empty() {
        area.ok("settings", format!("{} from the environment", set.join(", ")));
    }
    let starts = |name: &str, prefix: &str| variable(name).is_some_and(|key| key.starts_with(prefix));
    if starts("ORY_PROJECT_API_KEY", "ory_wak_") {
        let fix = "Make an API key of the project in the Ory Console, and set ORY_PROJECT_API_KEY to it.";
        area.fail("project key", "ORY_PROJECT_API_KEY is the key of a workspace, which a project does not accept", fix);
    }
    if starts("ORY_WORKSPACE_API_KEY", "ory_pat_") || starts("ORY_WORKSPACE_API_KEY", "ory_apikey_") {
        area.warn("workspace key", "ORY_WORKSPACE_API_KEY is the key of a project", "Set it as ORY_PROJECT_API_KEY.");
    } else if variable("ORY_WORKSPACE_API_KEY").is_some() {
        area.unused("workspace key", "ORY_WORKSPACE_API_KEY is set; no resource of this version needs it, and it was not tried");
    }
    area
}

fn show(checks: &[Check]) -> Result<(), Error> {
    let width = checks.iter().map(|check| check.name.len()).max().unwrap_or_default();
    let mut area = "";
    for check in checks {
        if check.area != area {
            say(format_args!("{}{}", if area.is_empty() { "" } else { "\n" }, check.area))?;
            area = &check.area;
        }
        let status = match check.status {
            Status::Ok => "ok",
            Status::Unused => "-",
            Status::Warning => "warning",
            Status::Problem => "problem",
        };
        say(format_args!("  {status:<8} {:<width$}  {}", check.name, check.found))?;
        for line in check.fix.iter().flat_map(|fix| fix.lines()).filter(|line| !line.is_empty()) {
            say(format_args!("  {:<8} {:<width$}  -> {line}", "", ""))?;
        }
    }
    let count = |status| checks.iter().filter(|check| check.status == status).count();
    say(match (count(Status::Problem), count(Status::Warning)) {
        (0, 0) => "\nNo problems found.".to_owned(),
        (problems, warnings) => format!("\nProblems: {problems}. Warnings: {warnings}."),
    })
}
