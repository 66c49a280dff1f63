//! One of the tools with a program of a number of objects, and their data in its state.

use super::kinds::Stack;
use crate::harness::{
    environment, janiform,
    process::{self, Running},
    pulumi::Pulumi,
    terraform::{Cli, Terraform},
};
use janiform::frontends::pulumi::names;
use serde_json::{Value as Json, json};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// A tool in a directory of its own.
pub enum Tool {
    Terraform(Terraform),
    Pulumi(Pulumi),
}

/// Properties as Pulumi names them.
fn camel(value: &Json) -> Json {
    match value {
        Json::Object(members) => members.iter().map(|(name, value)| (names::camel(name), camel(value))).collect(),
        Json::Array(items) => items.iter().map(camel).collect(),
        value => value.clone(),
    }
}

impl Tool {
    pub fn terraform(url: &str) -> Tool {
        Tool::speaks_hcl(Cli::Terraform, url)
    }

    pub fn tofu(url: &str) -> Tool {
        Tool::speaks_hcl(Cli::Tofu, url)
    }

    fn speaks_hcl(cli: Cli, url: &str) -> Tool {
        let terraform = Terraform::with_config(cli, url, "");
        terraform.init();
        Tool::Terraform(terraform)
    }

    pub fn pulumi(url: &str) -> Tool {
        Tool::Pulumi(Pulumi::with_program(url, "name: e2e\nruntime: yaml\nresources: {}\n"))
    }

    /// A variable of the environment.
    pub fn set_env(&mut self, name: &str, value: &str) {
        match self {
            Tool::Terraform(terraform) => terraform.set_env(name, value),
            Tool::Pulumi(pulumi) => pulumi.set_env(name, value),
        }
    }

    /// Writes a program of so many objects in this version.
    pub fn program(&self, stack: Stack, count: usize, version: &str) {
        let objects = stack.objects(count, version).map(|(kind, at, mark)| (kind, at, (kind.properties)(at, &mark)));
        let members = |properties: &Json| properties.as_object().expect("properties").clone().into_iter();
        match self {
            Tool::Terraform(terraform) => {
                let blocks = objects.map(|(kind, at, properties)| {
                    let lines: String = members(&properties).map(|(name, value)| format!("  {name} = {value}\n")).collect();
                    format!("resource \"ory_{}\" \"o{at}\" {{\n{lines}}}\n\n", kind.resource)
                });
                terraform.config(&blocks.collect::<String>());
            }
            Tool::Pulumi(pulumi) => {
                let resources = objects.map(|(kind, at, properties)| {
                    (format!("o{at}"), json!({ "type": names::resource_token("ory", kind.resource), "properties": camel(&properties) }))
                });
                // JSON is YAML too.
                pulumi.program(&json!({ "name": "e2e", "runtime": "yaml", "resources": resources.collect::<Json>() }).to_string());
            }
        }
    }

    /// Takes this object of the program into the state.
    pub fn import(&self, resource: &str, at: usize, id: &str) {
        match self {
            Tool::Terraform(terraform) => terraform.run(&["import", "-no-color", &format!("ory_{resource}.o{at}"), id]).ok(),
            Tool::Pulumi(pulumi) => {
                let token = names::resource_token("ory", resource);
                let rest = ["--yes", "--skip-preview", "--generate-code=false", "--protect=false"];
                pulumi.run(&[&["import", &token, &format!("o{at}"), id], &rest[..]].concat()).ok()
            }
        };
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

    /// The objects in the state, as stored: resources, ids and marks.
    pub fn holds(&self, stack: Stack) -> Vec<(String, String, String)> {
        let (path, resources) = match self {
            Tool::Terraform(terraform) => (terraform.scratch.join("w/terraform.tfstate"), "/resources"),
            Tool::Pulumi(pulumi) => (pulumi.scratch.join("stacks/.pulumi/stacks/e2e/dev.json"), "/checkpoint/latest/resources"),
        };
        let state: Json = fs::read(&path).ok().map(|text| serde_json::from_slice(&text).expect("a state")).unwrap_or_default();
        let resources = state.pointer(resources).and_then(Json::as_array).cloned().unwrap_or_default();
        let mut held = Vec::new();
        for kind in stack.kinds() {
            let (name, mark) = kind.shown;
            let entry = |id: &Json, value: &Json| {
                let id = id.as_str().unwrap_or_default();
                (kind.resource.to_owned(), id.to_owned(), mark(id, value).unwrap_or_default())
            };
            let is_own = |entry: &(String, String, String)| (kind.owns)(&entry.1);
            match self {
                Tool::Terraform(_) => {
                    let own = resources.iter().filter(|resource| resource["type"] == format!("ory_{}", kind.resource));
                    let instances = own.flat_map(|resource| resource["instances"].as_array().into_iter().flatten());
                    held.extend(
                        instances.map(|instance| entry(&instance["attributes"]["id"], &instance["attributes"][name])).filter(is_own),
                    );
                }
                Tool::Pulumi(_) => {
                    let own = resources.iter().filter(|resource| resource["type"] == names::resource_token("ory", kind.resource));
                    held.extend(own.map(|resource| entry(&resource["id"], &resource["outputs"][names::camel(name)])).filter(is_own));
                }
            }
        }
        held
    }

    /// The resources and ids that `janiform orphans` names.
    pub fn named(&self) -> Vec<(String, String)> {
        let scratch = match self {
            Tool::Terraform(terraform) => &terraform.scratch,
            Tool::Pulumi(pulumi) => &pulumi.scratch,
        };
        let ran = process::run(Command::new(janiform()).arg("orphans").env_clear().envs(environment(scratch))).ok();
        let both = |line: &str| {
            let (resource, id) = line.strip_prefix("ory_")?.split('\t').next()?.split_once(' ')?;
            Some((resource.to_owned(), id.to_owned()))
        };
        ran.stdout.lines().filter_map(both).collect()
    }
}
