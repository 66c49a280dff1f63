//! The work that is measured: a tool makes many clients, plans them again, refreshes them and takes them away.

use crate::{
    harness::{
        Scratch,
        pulumi::Pulumi,
        terraform::{Cli, Terraform},
    },
    measure,
    report::{self, Row},
    server,
};
use serde::Serialize;
use std::{fs, path::Path, process::Command};

/// The provider that is measured.
pub const OURS: &str = "janiform";

/// A tool that drives providers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Tool {
    Terraform,
    Tofu,
    Pulumi,
}

impl Tool {
    pub fn name(self) -> &'static str {
        match self {
            Tool::Terraform => "terraform",
            Tool::Tofu => "tofu",
            Tool::Pulumi => "pulumi",
        }
    }
}

/// What a tool is asked to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Step {
    /// An apply of everything.
    Create,
    /// A plan or preview that finds nothing to do.
    Plan,
    /// A refresh that finds nothing changed.
    Refresh,
    /// Everything is taken away.
    Destroy,
}

impl Step {
    pub fn name(self) -> &'static str {
        match self {
            Step::Create => "create",
            Step::Plan => "plan",
            Step::Refresh => "refresh",
            Step::Destroy => "destroy",
        }
    }
}

/// A tool in a directory of its own, ready to work with a provider.
enum Bench {
    Terraform(Terraform, #[allow(dead_code)] Option<Scratch>),
    Pulumi(Pulumi),
}

impl Bench {
    fn command(&self, step: Step) -> Command {
        match self {
            Bench::Terraform(terraform, _) => terraform.command(match step {
                Step::Create => &["apply", "-no-color", "-auto-approve"],
                // A difference is a failure.
                Step::Plan => &["plan", "-no-color", "-detailed-exitcode"],
                Step::Refresh => &["apply", "-refresh-only", "-no-color", "-auto-approve"],
                Step::Destroy => &["destroy", "-no-color", "-auto-approve"],
            }),
            Bench::Pulumi(pulumi) => pulumi.command(match step {
                Step::Create => &["up", "--yes", "--skip-preview"],
                Step::Plan => &["preview", "--expect-no-changes"],
                Step::Refresh => &["refresh", "--yes", "--skip-preview", "--expect-no-changes"],
                Step::Destroy => &["destroy", "--yes", "--skip-preview"],
            }),
        }
    }
}

/// Both providers take these names; a project's host is made of its slug.
fn project(url: &str) -> [(&'static str, String); 4] {
    let address = url.trim_start_matches("http://");
    let (host, port) = address.rsplit_once(':').expect("a port");
    [
        ("ORY_PROJECT_API_URL", format!("http://%s:{port}")),
        ("ORY_PROJECT_SLUG", host.to_owned()),
        ("ORY_PROJECT_ID", "00000000-0000-4000-8000-000000000000".to_owned()),
        ("ORY_PROJECT_API_KEY", "ory_pat_of_nobody".to_owned()),
    ]
}

fn terraform(cli: Cli, url: &str, clients: usize, peer: Option<&Path>) -> Bench {
    let mut terraform = Terraform::new(cli, "");
    for (name, value) in project(url) {
        terraform.set_env(name, value);
    }
    let source = if peer.is_some() { "ory/ory" } else { "janiform/ory" };
    terraform.write(
        "main.tf",
        &format!(
            r#"terraform {{
  required_providers {{
    ory = {{ source = "{source}" }}
  }}
}}

resource "ory_oauth2_client" "many" {{
  count       = {clients}
  client_name = "Client ${{count.index}}"
  grant_types = ["client_credentials"]
  scope       = "read write"
}}
"#
        ),
    );
    let mirror = peer.map(|peer| mirror_of(peer, &terraform));
    terraform.init();
    Bench::Terraform(terraform, mirror)
}

/// A mirror with another provider's binary in it, and the tool told of it.
fn mirror_of(peer: &Path, terraform: &Terraform) -> Scratch {
    let mirror = Scratch::new();
    let arch = if cfg!(target_arch = "aarch64") { "linux_arm64" } else { "linux_amd64" };
    for host in ["registry.terraform.io", "registry.opentofu.org"] {
        let dir = mirror.dir(&format!("{host}/ory/ory/0.0.1/{arch}"));
        fs::copy(peer, dir.join("terraform-provider-ory_v0.0.1")).unwrap_or_else(|error| panic!("{}: {error}", peer.display()));
    }
    let text = format!("disable_checkpoint = true\nprovider_installation {{\n  filesystem_mirror {{ path = {:?} }}\n}}\n", mirror.path());
    terraform.scratch.write("cli.tfrc", &text);
    mirror
}

fn pulumi(url: &str, clients: usize) -> Bench {
    let mut program = String::from("name: many\nruntime: yaml\nresources:\n");
    for client in 0..clients {
        program.push_str(&format!(
            "  client{client}:\n    type: ory:Oauth2Client\n    properties:\n      clientName: Client {client}\n      grantTypes: [client_credentials]\n      scope: read write\n"
        ));
    }
    let mut pulumi = Pulumi::new("");
    for (name, value) in project(url) {
        pulumi.set_env(name, value);
    }
    pulumi.program(&program);
    pulumi.init();
    Bench::Pulumi(pulumi)
}

/// All steps, each by every provider before the next.
pub fn run(tool: Tool, clients: usize, steps: &[Step], kind: &server::Kind, peer: Option<&Path>) -> Vec<Row> {
    let mut providers = vec![(OURS, None)];
    providers.extend(peer.map(|peer| ("peer", Some(peer))));
    let mut benches: Vec<_> = providers
        .into_iter()
        .map(|(name, peer)| {
            let server = kind.start();
            let bench = match tool {
                Tool::Terraform => terraform(Cli::Terraform, &server.url(), clients, peer),
                Tool::Tofu => terraform(Cli::Tofu, &server.url(), clients, peer),
                Tool::Pulumi => pulumi(&server.url(), clients),
            };
            (name, server, bench)
        })
        .collect();
    let mut rows = Vec::new();
    for step in steps {
        for (provider, server, bench) in &mut benches {
            // What setting up asked is not the step's.
            drop(server.asked());
            let cost = measure::run(bench.command(*step));
            let row = Row { provider, tool, clients, step: *step, cost, requests: server.asked() };
            report::row(&row);
            rows.push(row);
        }
    }
    rows
}
