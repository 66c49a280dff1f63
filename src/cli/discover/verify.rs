//! Checks with the tool itself that a program changes nothing.
//!
//! Owns a copy of the program in a directory of its own: neither the user's stacks nor the directory of the program are touched.

use super::super::Error;
use crate::{crossing::program::Printer, value::Json};
use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Stdio,
};
use tokio::{io::AsyncWriteExt, process::Command};

/// Runs the tool.
///
/// # Errors
/// When it would change anything, or fails.
pub(super) async fn verify(printer: Printer, program: &Path, names: &[String], tool: Option<&Path>) -> Result<(), Error> {
    let copy = tempfile::Builder::new().prefix("janiform-verify-").tempdir().map_err(unusable)?;
    for name in names {
        fs::copy(program.join(name), copy.path().join(name)).map_err(unusable)?;
    }
    match printer.language.is_pulumi() {
        true => pulumi(copy.path(), tool.unwrap_or(Path::new("pulumi")), printer).await,
        false => terraform(copy.path(), &tool.map_or_else(terraform_or_tofu, Path::to_owned)).await,
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

async fn terraform(dir: &Path, tool: &Path) -> Result<(), Error> {
    let run = async |arguments: &[&str]| run(Command::new(tool).args(arguments).current_dir(dir).env("TF_IN_AUTOMATION", "1"), "").await;
    run(&["init", "-input=false", "-no-color"]).await?;
    run(&["plan", "-input=false", "-no-color", "-out=verify.plan"]).await?;
    let shown = run(&["show", "-json", "verify.plan"]).await?;
    let plan = read(&shown)?;
    let changes = plan.at("resource_changes").as_array().unwrap_or_default();
    let stays = |change: &Json| matches!(change.at("change/actions").as_array(), Some([only]) if only.as_str() == Some("no-op"));
    let changing = changes.iter().filter(|change| !stays(change));
    let names: Vec<_> = changing.filter_map(|change| change.at("address").as_str()).map(str::to_owned).collect();
    nothing(&names)
}

async fn pulumi(dir: &Path, tool: &Path, printer: Printer) -> Result<(), Error> {
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
        // What the program depends on, as `terraform init` gets the provider.
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
    run(&["preview", "--diff", "--expect-no-changes"], "").await.map(drop)
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
    Err(failed(lines[lines.len().saturating_sub(20)..].join("\n")))
}
