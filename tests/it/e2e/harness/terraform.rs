//! Terraform and OpenTofu, in a directory of their own, with the provider in a filesystem mirror that
//! `janiform install` filled.

use super::{Scratch, copy_files, environment, fixture, janiform, process, repository, required};
use process::{Ran, Running};
use serde_json::Value as Json;
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

/// Which of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cli {
    /// Where Terraform is not installed, `scripts/test` lets OpenTofu stand in, and says so.
    Terraform,
    Tofu,
}

impl Cli {
    pub fn path(self) -> PathBuf {
        required(match self {
            Cli::Terraform => "JANIFORM_TERRAFORM",
            Cli::Tofu => "JANIFORM_TOFU",
        })
    }

    /// Also where it stands in for Terraform.
    pub fn is_tofu(self) -> bool {
        self.path().file_name().is_some_and(|name| name == "tofu")
    }

    /// Where the tool looks for a provider whose address names no host.
    pub fn host(self) -> &'static str {
        if self.is_tofu() { "registry.opentofu.org" } else { "registry.terraform.io" }
    }
}

/// One working directory.
pub struct Terraform {
    pub cli: Cli,
    pub scratch: Scratch,
    variables: Vec<(String, String)>,
}

/// The provider, installed once for all tests of this run.
pub fn mirror() -> &'static Path {
    static MIRROR: OnceLock<PathBuf> = OnceLock::new();
    MIRROR.get_or_init(|| {
        let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("mirror");
        process::run(Command::new(janiform()).args(["install", "--terraform", "--mirror"]).arg(&dir)).ok();
        dir
    })
}

impl Terraform {
    /// An empty directory whose provider is configured by the environment.
    pub fn new(cli: Cli, admin_url: &str) -> Terraform {
        let scratch = Scratch::new();
        scratch.write(
            "cli.tfrc",
            &format!("disable_checkpoint = true\nprovider_installation {{\n  filesystem_mirror {{ path = {:?} }}\n}}\n", mirror()),
        );
        scratch.dir("w");
        let variables = vec![("ORY_HYDRA_ADMIN_URL".into(), admin_url.into())];
        Terraform { cli, scratch, variables }
    }

    /// With an example of the repository in it, initialised.
    pub fn with_example(cli: Cli, admin_url: &str, example: &str) -> Terraform {
        let terraform = Terraform::new(cli, admin_url);
        copy_files(&repository("examples/terraform").join(example), &terraform.scratch.join("w"));
        terraform
    }

    /// With `main.tf` from this text after the usual heading.
    pub fn with_config(cli: Cli, admin_url: &str, text: &str) -> Terraform {
        let terraform = Terraform::new(cli, admin_url);
        terraform.config(text);
        terraform
    }

    /// Writes `main.tf`: the heading and this.
    pub fn config(&self, text: &str) {
        self.write(
            "main.tf",
            &format!("terraform {{\n  required_providers {{\n    ory = {{ source = \"janiform/ory\" }}\n  }}\n}}\n\n{text}\n"),
        );
    }

    pub fn write(&self, name: &str, text: &str) {
        self.scratch.write(&format!("w/{name}"), text);
    }

    pub fn write_fixture(&self, name: &str, path: &str) {
        self.write(name, &fixture(path));
    }

    pub fn remove(&self, name: &str) {
        fs::remove_file(self.scratch.join("w").join(name)).expect("a file that is there");
    }

    /// A variable of the tool's environment.
    pub fn env(mut self, name: &str, value: impl Into<String>) -> Terraform {
        self.set_env(name, value);
        self
    }

    pub fn set_env(&mut self, name: &str, value: impl Into<String>) {
        self.variables.retain(|(set, _)| set != name);
        self.variables.push((name.into(), value.into()));
    }

    /// Makes this directory's tool find the binary under another address as well.
    pub fn install_as(&self, namespace: &str, name: &str) {
        let own = self.scratch.dir("mirror");
        for host in ["registry.terraform.io", "registry.opentofu.org"] {
            let installed = mirror().join(host).join("janiform/ory");
            let version = fs::read_dir(installed).expect("versions").next().expect("a version").expect("an entry").path();
            let platform = fs::read_dir(version).expect("platforms").next().expect("a platform").expect("an entry").file_name();
            let dir = own.join(host).join(namespace).join(name).join("0.0.1").join(platform);
            fs::create_dir_all(&dir).expect("a directory can be made");
            fs::copy(janiform(), dir.join(format!("terraform-provider-{name}_v0.0.1"))).expect("a file can be copied");
        }
        let text = format!(
            "provider_installation {{\n  filesystem_mirror {{\n    path    = {:?}\n    include = [\"{namespace}/{name}\"]\n  }}\n  filesystem_mirror {{\n    path    = {:?}\n    exclude = [\"{namespace}/{name}\"]\n  }}\n}}\n",
            own,
            mirror()
        );
        self.scratch.write("cli.tfrc", &text);
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(self.cli.path());
        command
            .args(arguments)
            .current_dir(self.scratch.join("w"))
            .env_clear()
            .envs(environment(&self.scratch))
            .env("TF_CLI_CONFIG_FILE", self.scratch.join("cli.tfrc"))
            .env("TF_IN_AUTOMATION", "1")
            .env("TF_INPUT", "0")
            .envs(self.variables.iter().map(|(name, value)| (name, value)));
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
    pub fn init(&self) -> &Terraform {
        self.run(&["init", "-no-color"]).ok();
        self
    }

    #[track_caller]
    pub fn apply(&self) -> Ran {
        self.run(&["apply", "-no-color", "-auto-approve"]).ok()
    }

    #[track_caller]
    pub fn destroy(&self) -> Ran {
        self.run(&["destroy", "-no-color", "-auto-approve"]).ok()
    }

    /// That neither a plan nor the refresh before it has anything to say.
    #[track_caller]
    pub fn is_settled(&self) {
        self.run(&["plan", "-no-color", "-detailed-exitcode", "-out", "plan.bin"]).exits(0);
        assert_eq!(self.drifted(), [""; 0]);
    }

    /// What a refresh finds changed, by resource. Not from the exit code: Terraform's is 2 whenever it wrote
    /// the sensitive paths of a state in another order, which it does at random.
    #[track_caller]
    pub fn drift(&self) -> Vec<String> {
        self.run(&["plan", "-no-color", "-refresh-only", "-out", "plan.bin"]).ok();
        self.drifted()
    }

    /// What the refresh of the plan that was written found changed, by resource.
    #[track_caller]
    fn drifted(&self) -> Vec<String> {
        let plan = self.run(&["show", "-json", "plan.bin"]).ok().json();
        self.remove("plan.bin");
        let address = |change: &Json| change["address"].as_str().unwrap_or_default().to_owned();
        let mut drift: Vec<_> = plan["resource_drift"].as_array().into_iter().flatten().map(address).collect();
        drift.sort();
        drift
    }

    /// What would be done, by resource: those that stay as they are left out.
    #[track_caller]
    pub fn plan(&self) -> Vec<(String, String)> {
        self.run(&["plan", "-no-color", "-out", "plan.bin"]).ok();
        let plan = self.run(&["show", "-json", "plan.bin"]).ok().json();
        self.remove("plan.bin");
        let mut changes = Vec::new();
        for change in plan["resource_changes"].as_array().into_iter().flatten() {
            let actions: Vec<&str> = change["change"]["actions"].as_array().into_iter().flatten().filter_map(Json::as_str).collect();
            if actions != ["no-op"] && actions != ["read"] {
                changes.push((change["address"].as_str().unwrap_or_default().to_owned(), actions.join("+")));
            }
        }
        changes.sort();
        changes
    }

    /// The state as stored.
    pub fn state(&self) -> Json {
        self.run(&["state", "pull"]).ok().json()
    }

    /// What the state says of a resource.
    #[track_caller]
    pub fn attributes(&self, address: &str) -> Json {
        let state = self.state();
        let (kind, name) = address.trim_start_matches("data.").split_once('.').expect("an address");
        let mode = if address.starts_with("data.") { "data" } else { "managed" };
        let found = state["resources"]
            .as_array()
            .into_iter()
            .flatten()
            .find(|resource| resource["mode"] == mode && resource["type"] == kind && resource["name"] == name);
        match found {
            Some(resource) => resource["instances"][0]["attributes"].clone(),
            None => panic!("{address} is not in the state: {state:#}"),
        }
    }

    /// How many resources are managed.
    pub fn managed(&self) -> usize {
        self.state()["resources"].as_array().into_iter().flatten().filter(|resource| resource["mode"] == "managed").count()
    }

    /// The id of an object in the state.
    #[track_caller]
    pub fn id(&self, address: &str) -> String {
        self.attributes(address)["id"].as_str().expect("an id").to_owned()
    }
}
