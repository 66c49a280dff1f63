//! One of the two tools with a program of so many clients, and what its state says of them.

use crate::harness::{
    environment, janiform,
    process::{self, Running},
    pulumi::{CLIENT, Pulumi},
    terraform::{Cli, Terraform},
};
use serde_json::Value as Json;
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// A tool in a directory of its own.
pub enum Tool {
    Terraform(Terraform),
    Pulumi(Pulumi),
}

impl Tool {
    pub fn terraform(url: &str) -> Tool {
        let terraform = Terraform::with_config(Cli::Terraform, url, "");
        terraform.init();
        Tool::Terraform(terraform)
    }

    pub fn pulumi(url: &str) -> Tool {
        Tool::Pulumi(Pulumi::with_program(url, "name: e2e\nruntime: yaml\nresources: {}\n"))
    }

    pub fn name(&self) -> &'static str {
        match self {
            Tool::Terraform(_) => "terraform",
            Tool::Pulumi(_) => "pulumi",
        }
    }

    /// A variable of the environment.
    pub fn set_env(&mut self, name: &str, value: &str) {
        match self {
            Tool::Terraform(terraform) => terraform.set_env(name, value),
            Tool::Pulumi(pulumi) => pulumi.set_env(name, value),
        }
    }

    /// Writes a program of so many clients: `c0 <version>`, `c1 <version>`, …
    pub fn program(&self, clients: usize, version: &str) {
        match self {
            Tool::Terraform(terraform) => terraform.config(&format!(
                "resource \"ory_oauth2_client\" \"c\" {{\n  count       = {clients}\n  client_name = \"c${{count.index}} {version}\"\n}}"
            )),
            Tool::Pulumi(pulumi) => {
                let client = |at| format!("  c{at}:\n    type: {CLIENT}\n    properties: {{ clientName: c{at} {version} }}\n");
                let clients: String = (0..clients).map(client).collect();
                let clients = if clients.is_empty() { "  {}\n".to_owned() } else { clients };
                pulumi.program(&format!("name: e2e\nruntime: yaml\nresources:\n{clients}"));
            }
        }
    }

    /// Starts to bring everything to what the program says.
    pub fn start(&self) -> Running {
        match self {
            Tool::Terraform(terraform) => terraform.start(&["apply", "-no-color", "-auto-approve"]),
            Tool::Pulumi(pulumi) => {
                // A run that died left its lock; whoever runs the next takes it away.
                if !self.locks().is_empty() {
                    pulumi.run(&["cancel", "--yes"]).ok();
                }
                pulumi.start(&["up", "--yes", "--skip-preview"])
            }
        }
    }

    /// Does what a person has to do where a tool was ended while it wrote its own files. Terraform empties its
    /// state before it writes it anew; it has a backup, if there was a state before. Pulumi writes what it notes
    /// beside the stack in the same way, and does without.
    pub fn mend(&self) {
        let is_whole = |path: &Path| fs::read(path).is_ok_and(|text| serde_json::from_slice::<Json>(&text).is_ok());
        let (state, backup) = match self {
            Tool::Terraform(terraform) => ["w/terraform.tfstate", "w/terraform.tfstate.backup"].map(|path| terraform.scratch.join(path)),
            Tool::Pulumi(pulumi) => ["dev.json", "dev.json.bak"].map(|name| pulumi.scratch.join("stacks/.pulumi/stacks/e2e").join(name)),
        }
        .into();
        if state.exists() && !is_whole(&state) {
            fs::remove_file(&state).expect("a file that is there");
            if is_whole(&backup) {
                fs::copy(&backup, &state).expect("a file can be copied");
            }
        }
        for notes in [state, backup].map(|path| PathBuf::from(format!("{}.attrs", path.display()))) {
            if notes.exists() && !is_whole(&notes) {
                fs::remove_file(notes).expect("a file that is there");
            }
        }
    }

    fn locks(&self) -> Vec<PathBuf> {
        let Tool::Pulumi(pulumi) = self else { return Vec::new() };
        let locks = fs::read_dir(pulumi.scratch.join("stacks/.pulumi/locks/organization/e2e/dev"));
        locks.into_iter().flatten().flatten().map(|lock| lock.path()).collect()
    }

    /// The running provider of a running tool.
    pub fn provider(&self, running: &Running) -> Option<u32> {
        let name = match self {
            Tool::Terraform(_) => "terraform-provi",
            Tool::Pulumi(_) => "pulumi-resource",
        };
        running.children(name).into_iter().max()
    }

    /// The clients in the state, as stored: their names by their ids.
    pub fn holds(&self) -> BTreeMap<String, String> {
        let (path, resources) = match self {
            Tool::Terraform(terraform) => (terraform.scratch.join("w/terraform.tfstate"), "/resources"),
            Tool::Pulumi(pulumi) => (pulumi.scratch.join("stacks/.pulumi/stacks/e2e/dev.json"), "/checkpoint/latest/resources"),
        };
        let state: Json = fs::read(&path).ok().map(|text| serde_json::from_slice(&text).expect("a state")).unwrap_or_default();
        let resources = state.pointer(resources).and_then(Json::as_array).cloned().unwrap_or_default();
        let text = |value: &Json| value.as_str().map(str::to_owned);
        let mut clients = BTreeMap::new();
        for resource in &resources {
            match self {
                Tool::Terraform(_) => clients.extend(resource["instances"].as_array().into_iter().flatten().filter_map(|instance| {
                    let attributes = &instance["attributes"];
                    Some((text(&attributes["id"])?, text(&attributes["client_name"])?))
                })),
                Tool::Pulumi(_) if resource["type"] == CLIENT => {
                    clients.extend(text(&resource["id"]).zip(text(&resource["outputs"]["clientName"])));
                }
                Tool::Pulumi(_) => {}
            }
        }
        clients
    }

    /// The ids that `janiform orphans` names.
    pub fn named(&self) -> Vec<String> {
        let scratch = match self {
            Tool::Terraform(terraform) => &terraform.scratch,
            Tool::Pulumi(pulumi) => &pulumi.scratch,
        };
        let ran = process::run(Command::new(janiform()).arg("orphans").env_clear().envs(environment(scratch))).ok();
        let id = |line: &str| line.strip_prefix("ory_oauth2_client ")?.split('\t').next().map(str::to_owned);
        ran.stdout.lines().filter_map(id).collect()
    }
}
