//! Checks of this machine: the tools, the provider where they look for it, and the provider's journal.

use super::{Area, Status, variable};
use crate::{cli::install, engine::Journal, frontends, ory::ORY, value::Json};
use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};
use tokio::process::Command;

/// How long to wait for a tool to print its version.
const PATIENCE: Duration = Duration::from_secs(10);

/// A tool that starts the provider.
struct Tool {
    name: &'static str,
    arguments: &'static [&'static str],
    /// The version in what it prints.
    version: fn(&str) -> Option<String>,
    /// The oldest version that can start the provider, and the oldest that can use all of it.
    oldest: [(u64, u64); 2],
    /// What older versions cannot use.
    lacks: &'static str,
}

static TOOLS: [Tool; 3] = [
    Tool {
        name: "terraform",
        arguments: &["version", "-json"],
        version: json_version,
        oldest: [(1, 0), (1, 11)],
        lacks: "write-only arguments (`client_secret_wo` and the like)",
    },
    Tool {
        name: "tofu",
        arguments: &["version", "-json"],
        version: json_version,
        oldest: [(1, 6), (1, 11)],
        lacks: "write-only arguments (`client_secret_wo` and the like)",
    },
    Tool {
        name: "pulumi",
        arguments: &["version"],
        version: |text| Some(text.trim().trim_start_matches('v').to_owned()),
        oldest: [(3, 0), (3, 0)],
        lacks: "",
    },
];

fn json_version(text: &str) -> Option<String> {
    Some(Json::parse(text).ok()?.at("terraform_version").as_str()?.to_owned())
}

/// All checks of this machine.
pub async fn examine() -> Vec<Area> {
    let mut tools = Area::new("Tools on PATH");
    for one in &TOOLS {
        tool(&mut tools, one).await;
    }
    let mut installed = Area::new("Provider on this machine");
    installation(&mut installed);
    cli_config(&mut installed);
    let mut record = Area::new("Record of unfinished creates");
    journal(&mut record);
    vec![tools, installed, record]
}

async fn tool(area: &mut Area, tool: &Tool) {
    let paths = env::var_os("PATH").unwrap_or_default();
    let at = env::split_paths(&paths).map(|dir| dir.join(format!("{}{}", tool.name, env::consts::EXE_SUFFIX))).find(|path| path.is_file());
    let Some(at) = at else { return area.unused(tool.name, "not on PATH") };
    let Some(version) = output(&at, tool.arguments).await.and_then(|text| (tool.version)(&text)) else {
        let fix = format!("Check that `{} {}` works.", tool.name, tool.arguments.join(" "));
        return area.warn(tool.name, format!("{} does not print its version", at.display()), fix);
    };
    let mut numbers = version.split('.').map(|part| part.parse::<u64>().ok());
    let numbers = numbers.next().flatten().zip(numbers.next().flatten());
    let [starts, whole] = tool.oldest;
    match numbers {
        Some(numbers) if numbers < starts => {
            area.fail(
                tool.name,
                format!("{version} cannot start this provider"),
                format!("Upgrade it to {}.{} or newer.", whole.0, whole.1),
            );
        }
        Some(numbers) if numbers < whole => {
            area.warn(
                tool.name,
                format!("{version} does not have {}", tool.lacks),
                format!("Upgrade it to {}.{} to use them.", whole.0, whole.1),
            );
        }
        _ => area.ok(tool.name, version),
    }
}

/// The output of the program, if it succeeds in time.
async fn output(program: &Path, arguments: &[&str]) -> Option<String> {
    let run = Command::new(program)
        .args(arguments)
        .envs([("CHECKPOINT_DISABLE", "1"), ("PULUMI_SKIP_UPDATE_CHECK", "true")])
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .output();
    let ended = tokio::time::timeout(PATIENCE, run).await.ok()?.ok()?;
    if ended.status.success() { String::from_utf8(ended.stdout).ok() } else { None }
}

/// Checks the provider where `janiform install` puts it.
fn installation(area: &mut Area) {
    let own = env::current_exe().ok().and_then(|path| fs::read(path).ok());
    let [terraform, tofu] = match install::mirror() {
        Some(mirror) => install::in_mirror(&mirror).map(Some),
        None => [None, None],
    };
    let pulumi = install::pulumi_home().map(|home| install::in_home(&home));
    for (name, path) in [("for Terraform", terraform), ("for OpenTofu", tofu), ("for Pulumi", pulumi)] {
        match path.filter(|path| path.exists()) {
            None => area.unused(name, format!("{} is not installed where `janiform install` puts it", ORY.version)),
            Some(path) if fs::read(&path).ok() == own => area.ok(name, path.display().to_string()),
            Some(path) => {
                area.warn(name, format!("{} is a different build from this one", path.display()), "Run `janiform install` to replace it.")
            }
        }
    }
}

/// Checks Terraform's and OpenTofu's CLI configuration, which may point to another build.
fn cli_config(area: &mut Area) {
    const NAME: &str = "tool configuration";
    let at_home = |name: &str| env::home_dir().map(|home| home.join(name));
    let named = ["TF_CLI_CONFIG_FILE", "TERRAFORM_CONFIG"].into_iter().find_map(install::dir_from_env);
    let files: Vec<PathBuf> = match named {
        Some(file) => vec![file],
        None => [".terraformrc", ".tofurc"].into_iter().filter_map(at_home).filter(|path| path.is_file()).collect(),
    };
    for file in files {
        let shown = file.display();
        let Ok(text) = fs::read_to_string(&file) else {
            area.warn(NAME, format!("{shown} cannot be read"), "Correct or unset TF_CLI_CONFIG_FILE.");
            continue;
        };
        let code = || text.lines().filter(|line| !line.trim_start().starts_with(['#', '/']));
        let has = |word: &str| code().any(|line| line.contains(word));
        let (source, mirror) = (format!("{}/{}", ORY.namespace, ORY.name), install::mirror().unwrap_or_default());
        if has("dev_overrides") && has(&source) {
            area.warn(
                NAME,
                format!("{shown} has dev_overrides for {source}: that build is used, whatever is installed or locked"),
                "Remove the block when you no longer need that build.",
            );
        } else if has("provider_installation") && !has(&mirror.display().to_string()) {
            area.warn(
                NAME,
                format!("{shown} has a provider_installation block without {}", mirror.display()),
                format!("To use the installed provider, add `filesystem_mirror {{ path = {mirror:?} }}`."),
            );
        } else {
            area.ok(NAME, shown.to_string());
        }
    }
    let proxies: Vec<_> = ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"]
        .into_iter()
        .filter(|name| variable(name).is_some())
        .collect();
    if !proxies.is_empty() {
        area.note(
            Status::Unused,
            "proxy",
            format!("requests go through the proxy in {}, except to hosts in NO_PROXY", proxies.join(", ")),
            None,
        );
    }
}

/// Checks the journal, which the provider keeps between runs.
fn journal(area: &mut Area) {
    let Some(dir) = frontends::state_dir(&ORY) else {
        return area.warn(
            "directory",
            "this user has no home directory",
            "Set JANIFORM_STATE_DIR, so that an interrupted create can be finished by the next run.",
        );
    };
    if !dir.exists() {
        return area.ok("directory", format!("the first create makes {}", dir.display()));
    }
    let shown = dir.display();
    if tempfile::Builder::new().prefix("doctor-").tempfile_in(&dir).is_err() {
        let fix = "Let this user write there, or set JANIFORM_STATE_DIR: otherwise an interrupted create is not found again.";
        return area.fail("directory", format!("{shown} cannot be written to"), fix);
    }
    let open: Vec<_> = std::iter::once((dir.clone(), 0o700))
        .chain(files(&dir).map(|file| (file, 0o600)))
        .filter(|(path, mode)| is_wider(path, *mode))
        .collect();
    match open.first() {
        None => area.ok("directory", shown.to_string()),
        Some((path, mode)) => {
            area.warn("directory", format!("other users can read {}", path.display()), format!("chmod {mode:o} {}", path.display()))
        }
    }
    match Journal::in_dir(dir).left().len() {
        0 => area.ok("left over", "nothing"),
        count => area.warn(
            "left over",
            format!("{count} that have not been in a state since"),
            "Plan again: that removes the ones that are in a state. `janiform orphans` lists the rest, and shows what to do.",
        ),
    }
}

fn files(dir: &Path) -> impl Iterator<Item = PathBuf> {
    fs::read_dir(dir).into_iter().flatten().flatten().map(|entry| entry.path()).filter(|path| path.is_file())
}

#[cfg(unix)]
fn is_wider(path: &Path, mode: u32) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).is_ok_and(|found| found.permissions().mode() & 0o777 & !mode != 0)
}

#[cfg(not(unix))]
fn is_wider(_: &Path, _: u32) -> bool {
    false
}
