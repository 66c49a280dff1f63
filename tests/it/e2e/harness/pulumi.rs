//! Pulumi: a project in a directory of its own, its stacks in files beside it, and the plugin where
//! `janiform install` puts it.

use super::{Scratch, environment, janiform, process, required};
use process::{Ran, Running};
use serde_json::Value as Json;
use std::{
    env,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

/// The token of a client.
pub const CLIENT: &str = "ory:index/oauth2Client:Oauth2Client";

/// A project with one stack.
pub struct Pulumi {
    pub scratch: Scratch,
    variables: Vec<(String, String)>,
    places: Vec<PathBuf>,
}

/// A home with the provider in it, installed once for all tests of this run.
fn home() -> &'static Path {
    static HOME: OnceLock<PathBuf> = OnceLock::new();
    HOME.get_or_init(|| {
        let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("pulumi");
        process::run(Command::new(janiform()).args(["install", "--pulumi", "--pulumi-home"]).arg(&dir)).ok();
        dir
    })
}

/// The plugins that it holds.
pub fn installed() -> PathBuf {
    home().join("plugins")
}

impl Pulumi {
    /// No program yet; the provider is configured by the environment.
    pub fn new(admin_url: &str) -> Pulumi {
        let scratch = Scratch::new();
        scratch.dir("w");
        scratch.dir("stacks");
        symlink(installed(), scratch.dir("pulumi").join("plugins")).expect("a link can be made");
        let variables = vec![("ORY_HYDRA_ADMIN_URL".into(), admin_url.into())];
        Pulumi { scratch, variables, places: Vec::new() }
    }

    /// With a YAML program and a stack.
    pub fn with_program(admin_url: &str, text: &str) -> Pulumi {
        let pulumi = Pulumi::new(admin_url);
        pulumi.program(text);
        pulumi.init();
        pulumi
    }

    pub fn program(&self, text: &str) {
        self.scratch.write("w/Pulumi.yaml", text);
    }

    #[track_caller]
    pub fn init(&self) {
        self.run(&["stack", "init", "dev"]).ok();
    }

    /// A variable of the tool's environment.
    pub fn env(mut self, name: &str, value: impl Into<String>) -> Pulumi {
        self.set_env(name, value);
        self
    }

    pub fn set_env(&mut self, name: &str, value: impl Into<String>) {
        self.variables.retain(|(set, _)| set != name);
        self.variables.push((name.into(), value.into()));
    }

    /// Another place for programs, before all others.
    pub fn prepend_path(&mut self, dir: impl Into<PathBuf>) {
        self.places.insert(0, dir.into());
    }

    /// Another program in this project's environment, such as one that drives Pulumi itself.
    pub fn in_environment(&self, program: &Path) -> Command {
        let parent = |variable: &str| required(variable).parent().expect("a program is in a directory").to_owned();
        let mut places = self.places.clone();
        places.extend([parent("JANIFORM_PULUMI"), parent("JANIFORM_PULUMI_YAML")]);
        places.extend(env::split_paths(&env::var_os("PATH").unwrap_or_default()));
        let mut command = Command::new(program);
        command
            .current_dir(self.scratch.join("w"))
            .env_clear()
            .envs(environment(&self.scratch))
            .env("PATH", env::join_paths(places).expect("a path"))
            .env("PULUMI_HOME", self.scratch.join("pulumi"))
            .env("PULUMI_BACKEND_URL", format!("file://{}", self.scratch.join("stacks").display()))
            .env("PULUMI_CONFIG_PASSPHRASE", "not a secret")
            .env("PULUMI_SKIP_UPDATE_CHECK", "true")
            .env("PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION", "true")
            .env("PULUMI_DISABLE_REGISTRY_RESOLVE", "true")
            .env("PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS", "true")
            .envs(self.variables.iter().map(|(name, value)| (name, value)));
        command
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.in_environment(&required("JANIFORM_PULUMI"));
        command.args(["--non-interactive", "--color", "never"]).args(arguments);
        command
    }

    #[track_caller]
    pub fn run(&self, arguments: &[&str]) -> Ran {
        process::run(&mut self.command(arguments))
    }

    #[track_caller]
    pub fn start(&self, arguments: &[&str]) -> Running {
        process::start(&mut self.command(arguments))
    }

    #[track_caller]
    pub fn up(&self) -> Ran {
        self.run(&["up", "--yes", "--skip-preview"]).ok()
    }

    #[track_caller]
    pub fn destroy(&self) -> Ran {
        self.run(&["destroy", "--yes", "--skip-preview"]).ok()
    }

    /// That neither a preview nor a refresh has anything to say.
    #[track_caller]
    pub fn is_settled(&self) {
        self.run(&["preview", "--expect-no-changes", "--diff"]).ok();
        self.run(&["refresh", "--preview-only", "--expect-no-changes", "--diff"]).ok();
    }

    /// What would be done after a refresh, by resource: those that stay as they are left out.
    #[track_caller]
    pub fn plan(&self) -> Vec<(String, String)> {
        let preview = self.run(&["preview", "--refresh", "--json"]).ok().json();
        let mut changes = Vec::new();
        for step in preview["steps"].as_array().into_iter().flatten() {
            let [op, urn] = ["op", "urn"].map(|name| step[name].as_str().unwrap_or_default());
            if !["same", "refresh"].contains(&op) {
                changes.push((urn.rsplit("::").next().unwrap_or_default().to_owned(), op.to_owned()));
            }
        }
        changes.sort();
        changes
    }

    /// The stack as stored, with secrets encrypted.
    pub fn state(&self) -> Json {
        self.run(&["stack", "export"]).ok().json()
    }

    /// A resource as the stack stores it, with its secrets in the clear.
    #[track_caller]
    pub fn resource(&self, name: &str) -> Json {
        let state = self.run(&["stack", "export", "--show-secrets"]).ok().json();
        let suffix = format!("::{name}");
        let mut resources = state["deployment"]["resources"].as_array().into_iter().flatten();
        match resources.find(|resource| resource["urn"].as_str().is_some_and(|urn| urn.ends_with(&suffix))) {
            Some(resource) => resource.clone(),
            None => panic!("{name} is not in the stack: {state:#}"),
        }
    }

    #[track_caller]
    pub fn id(&self, name: &str) -> String {
        self.resource(name)["id"].as_str().expect("an id").to_owned()
    }

    /// How many of the provider's resources are managed.
    pub fn managed(&self) -> usize {
        let state = self.state();
        let kinds = state["deployment"]["resources"].as_array().into_iter().flatten().filter_map(|resource| resource["type"].as_str());
        kinds.filter(|kind| kind.starts_with("ory:")).count()
    }
}

/// A value of an exported stack whose secrets are shown.
#[track_caller]
pub fn revealed(secret: &Json) -> Json {
    let text = secret["plaintext"].as_str().unwrap_or_else(|| panic!("not a secret: {secret}"));
    serde_json::from_str(text).expect("JSON")
}
