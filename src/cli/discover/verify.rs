//! Runs the tool to check that a program changes nothing.
//!
//! Owns a copy of the program in a temporary directory, so that neither the user's stacks nor the directory of the program are
//! changed. Only secrets that no server shows may change, from null to the value that the user has set.

use super::super::Error;
use crate::{
    crossing::{
        discover::{Files, Needed},
        program::Printer,
    },
    frontends::pulumi::names::{camel, resource_token},
    value::Json,
};
use std::{
    collections::BTreeSet,
    env, fs,
    path::{Path, PathBuf},
    process::Stdio,
};
use tokio::{io::AsyncWriteExt, process::Command};

/// Runs the tool.
///
/// # Errors
/// If the tool fails, or would change anything except secrets that no server shows.
pub(super) async fn verify(printer: Printer, files: &Files, tool: Option<&Path>) -> Result<(), Error> {
    let copy = tempfile::Builder::new().prefix("janiform-verify-").tempdir().map_err(unusable)?;
    for name in files.names() {
        fs::copy(files.path().join(name), copy.path().join(name)).map_err(unusable)?;
    }
    match printer.language.is_pulumi() {
        true => pulumi(copy.path(), tool.unwrap_or(Path::new("pulumi")), printer, &files.needed).await,
        false => terraform(copy.path(), &tool.map_or_else(terraform_or_tofu, Path::to_owned), &files.needed).await,
    }
}

fn unusable(error: std::io::Error) -> Error {
    Error::new(format_args!("the program cannot be verified: {error}"), "Check that the disk has space for a copy of it.")
}

fn read(text: &[u8]) -> Result<Json, Error> {
    Json::parse(text)
        .map_err(|why| Error::new(format_args!("the output of the tool cannot be read: {why}"), "The files are written, but not verified."))
}

fn terraform_or_tofu() -> PathBuf {
    let places: Vec<_> = env::var_os("PATH").map(|all| env::split_paths(&all).collect()).unwrap_or_default();
    let has = |name: &str| places.iter().any(|dir| dir.join(name).is_file());
    if !has("terraform") && has("tofu") { "tofu".into() } else { "terraform".into() }
}

async fn terraform(dir: &Path, tool: &Path, needed: &[Needed]) -> Result<(), Error> {
    let run = async |arguments: &[&str]| run(Command::new(tool).args(arguments).current_dir(dir).env("TF_IN_AUTOMATION", "1"), "").await;
    run(&["init", "-input=false", "-no-color"]).await?;
    run(&["plan", "-input=false", "-no-color", "-out=verify.plan"]).await?;
    let shown = run(&["show", "-json", "verify.plan"]).await?;
    let plan = read(&shown)?;
    let changes = plan.at("resource_changes").as_array().unwrap_or_default();
    let stays = |change: &Json| matches!(change.at("change/actions").as_array(), Some([only]) if only.as_str() == Some("no-op"));
    let only_sends = |change: &Json| {
        let own = needed.iter().filter(|needed| change.at("address").as_str() == Some(&format!("ory_{}.{}", needed.kind, needed.name)));
        let names: BTreeSet<_> = own.map(|needed| needed.attr.name).collect();
        let is_update = matches!(change.at("change/actions").as_array(), Some([only]) if only.as_str() == Some("update"));
        is_update && sends(change.at("change/before"), change.at("change/after"), &names)
    };
    let changing = changes.iter().filter(|change| !stays(change) && !only_sends(change));
    let names: Vec<_> = changing.filter_map(|change| change.at("address").as_str()).map(str::to_owned).collect();
    nothing(&names)
}

/// Whether a plan only sets attributes with these names that are null. Values that are known only after the apply are not in it.
fn sends(before: &Json, after: &Json, names: &BTreeSet<&str>) -> bool {
    match (before, after) {
        (Json::Object(before), Json::Object(after)) => after.iter().all(|(name, now)| match before.get(name) {
            None | Some(Json::Null) => now.is_null() || names.contains(name.as_str()),
            Some(before) => sends(before, now, names),
        }),
        (Json::Array(before), Json::Array(after)) => {
            before.len() == after.len() && before.iter().zip(after).all(|(before, after)| sends(before, after, names))
        }
        (before, after) => before == after,
    }
}

async fn pulumi(dir: &Path, tool: &Path, printer: Printer, needed: &[Needed]) -> Result<(), Error> {
    let import = printer.import_file();
    let stacks = dir.join("stacks");
    fs::create_dir(&stacks).map_err(unusable)?;
    let run = async |arguments: &[&str], input: &str| {
        let mut command = Command::new(tool);
        command.args(arguments).args(["--non-interactive", "--color", "never"]).current_dir(dir).env("NO_COLOR", "1");
        // The stack is deleted afterwards, so its key is not needed.
        command.env("PULUMI_BACKEND_URL", format!("file://{}", stacks.display())).env("PULUMI_CONFIG_PASSPHRASE", "verify");
        run(&mut command, input).await
    };
    if printer.language.has_sdk() {
        // Installs the program's dependencies, as `terraform init` installs the provider.
        run(&["install"], "").await?;
    }
    run(&["stack", "init", "verify"], "").await?;
    if let Ok(text) = fs::read(dir.join("secrets.json")) {
        for (name, value) in read(&text)?.as_object().into_iter().flatten() {
            run(&["config", "set", "--secret", name], value.as_str().unwrap_or_default()).await?;
        }
    }
    let imports = read(&fs::read(dir.join(import)).map_err(unusable)?)?;
    if imports.at("resources").as_array().is_some_and(|all| !all.is_empty()) {
        run(&["import", "--file", import, "--generate-code=false", "--protect=false", "--yes", "--skip-preview"], "").await?;
    }
    if needed.is_empty() {
        return run(&["preview", "--diff", "--expect-no-changes"], "").await.map(drop);
    }
    let preview = read(&run(&["preview", "--json"], "").await?)?;
    let only_sends = |step: &Json| {
        let urn = step.at("urn").as_str().unwrap_or_default();
        let is_it = |needed: &&Needed| urn.ends_with(&format!("::{}::{}", resource_token(printer.package.name, needed.kind), needed.name));
        let names: BTreeSet<_> = needed.iter().filter(is_it).map(|needed| camel(needed.attr.name)).collect();
        // What needs a secret inside is not imported, so that the program sets all of it.
        let wholes: BTreeSet<_> = needed.iter().filter(is_it).map(|needed| camel(needed.within.name)).collect();
        let changed = step.at("detailedDiff").as_object().filter(|changed| !changed.is_empty());
        let is_sent = |path: &str| wholes.contains(path) || path.rsplit('.').next().is_some_and(|name| names.contains(name));
        step.at("op").as_str() == Some("update") && changed.is_some_and(|changed| changed.keys().all(|path| is_sent(path)))
    };
    let stays = |step: &Json| step.at("op").as_str() == Some("same") || is_stack(step);
    let steps = preview.at("steps").as_array().unwrap_or_default();
    let names = steps.iter().filter(|step| !stays(step) && !only_sends(step)).filter_map(|step| step.at("urn").as_str());
    nothing(&names.map(str::to_owned).collect::<Vec<_>>())
}

/// Whether a step is about the stack itself.
fn is_stack(step: &Json) -> bool {
    step.at("urn").as_str().is_some_and(|urn| urn.contains("::pulumi:pulumi:Stack::"))
}

/// An error with the names of what would change, without values, which may be secret.
fn nothing(names: &[String]) -> Result<(), Error> {
    match names {
        [] => Ok(()),
        [first, rest @ ..] => Err(Error::new(
            format_args!(
                "the program would change {first}{}",
                if rest.is_empty() { String::new() } else { format!(" and {} more", rest.len()) }
            ),
            "The files are written. Check the tool's plan before you apply anything, and please report this.",
        )),
    }
}

async fn run(command: &mut Command, input: &str) -> Result<Vec<u8>, Error> {
    let what = command.as_std().get_program().to_string_lossy().into_owned();
    let verb = command
        .as_std()
        .get_args()
        .find(|argument| !argument.to_string_lossy().starts_with('-'))
        .map(|verb| verb.to_string_lossy().into_owned());
    let failed = |why: String| {
        Error::new(format_args!("{what} {} failed: {why}", verb.clone().unwrap_or_default()), "The files are written, but not verified.")
    };
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| failed(error.to_string()))?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(input.as_bytes()).await.map_err(|error| failed(error.to_string()))?;
    }
    let ended = child.wait_with_output().await.map_err(|error| failed(error.to_string()))?;
    if ended.status.success() {
        return Ok(ended.stdout);
    }
    // The tool hides secrets.
    let said = [&ended.stdout, &ended.stderr].map(|text| String::from_utf8_lossy(text).into_owned()).concat();
    let lines: Vec<_> =
        said.lines().map(|line| crate::engine::one_line(line).into_owned()).filter(|line| !line.trim().is_empty()).collect();
    match lines.is_empty() {
        true => Err(failed(ended.status.to_string())),
        false => Err(failed(lines[lines.len().saturating_sub(20)..].join("\n"))),
    }
}
