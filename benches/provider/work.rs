//! A tool that is ready to make many clients, with one provider or another.

use crate::{
    build::Build,
    filled,
    harness::{
        Scratch,
        pulumi::Pulumi,
        terraform::{Cli, Terraform},
    },
    steps::{BUILT_IN, Block, FLOOR, PEER, Step, Tool},
};
use base64::Engine as _;
use std::{fs, path::Path, process::Command};

/// More than so many are spread over blocks, and Terraform has not made them when it is measured. Its own work grows
/// with the square of the objects of a block for a plan, of all objects for an apply; seen here, it would hide all else
/// in greater numbers.
pub const OF_ONE_BLOCK: usize = 1_000;
/// How many make a block then.
const OF_MANY_BLOCKS: usize = 100;

/// Another provider's binaries.
#[derive(Clone, Copy)]
pub struct Peer<'a> {
    /// For Terraform and OpenTofu, as `ory/ory`.
    pub terraform: &'a Path,
    /// What shows that one to Pulumi.
    pub bridge: Option<&'a Path>,
}

/// Who manages the objects.
#[derive(Clone, Copy)]
pub enum Provider<'a> {
    /// A build of ours.
    Build(&'a Build),
    Peer(Peer<'a>),
    /// The program that only answers, `scripts/tools/floor.rs`: what any answer to the tool's calls costs at the least.
    Floor(&'a Path),
    /// None: what the tool takes for as many objects that need no provider at all.
    BuiltIn,
}

impl Provider<'_> {
    pub fn name(self) -> &'static str {
        match self {
            Provider::Build(build) => build.name,
            Provider::Peer(_) => PEER,
            Provider::Floor(_) => FLOOR,
            Provider::BuiltIn => BUILT_IN,
        }
    }
}

/// A tool in a directory of its own, ready to work with a provider.
pub enum Bench {
    Terraform(Terraform, #[allow(dead_code)] Option<Scratch>),
    Pulumi(Pulumi, #[allow(dead_code)] Option<Scratch>),
}

impl Bench {
    /// Everything is prepared: what is configured, and with more clients than the tool can make what is there already.
    pub fn new(tool: Tool, url: &str, clients: usize, provider: Provider<'_>) -> Bench {
        match tool {
            Tool::Terraform => terraform(Cli::Terraform, url, clients, provider),
            Tool::Tofu => terraform(Cli::Tofu, url, clients, provider),
            Tool::Pulumi => pulumi(url, clients, provider),
        }
    }

    pub fn command(&self, step: Step) -> Command {
        match self {
            Bench::Terraform(terraform, _) => terraform.command(match step {
                Step::Create => &["apply", "-no-color", "-auto-approve"],
                // A difference is a failure.
                Step::Plan => &["plan", "-no-color", "-detailed-exitcode"],
                Step::Refresh => &["apply", "-refresh-only", "-no-color", "-auto-approve"],
                Step::Destroy => &["destroy", "-no-color", "-auto-approve"],
            }),
            Bench::Pulumi(pulumi, _) => pulumi.command(match step {
                Step::Create => &["up", "--yes", "--skip-preview"],
                Step::Plan => &["preview", "--expect-no-changes"],
                Step::Refresh => &["refresh", "--yes", "--skip-preview", "--expect-no-changes"],
                Step::Destroy => &["destroy", "--yes", "--skip-preview"],
            }),
        }
    }
}

/// All providers take these names; a project's host is made of its slug.
pub fn project(url: &str) -> [(&'static str, String); 4] {
    let (_, port) = url.rsplit_once(':').expect("a port");
    [
        ("ORY_PROJECT_API_URL", format!("http://%s:{port}")),
        ("ORY_PROJECT_SLUG", "localhost".to_owned()),
        ("ORY_PROJECT_ID", "00000000-0000-4000-8000-000000000000".to_owned()),
        ("ORY_PROJECT_API_KEY", "ory_pat_of_nobody".to_owned()),
    ]
}

pub fn blocks(clients: usize) -> Vec<Block> {
    let each = if clients > OF_ONE_BLOCK { OF_MANY_BLOCKS } else { clients.max(1) };
    (0..clients).step_by(each).map(|before| Block { before, count: each.min(clients - before) }).collect()
}

fn terraform(cli: Cli, url: &str, clients: usize, provider: Provider<'_>) -> Bench {
    let mut terraform = match provider {
        Provider::Build(build) => build.terraform(cli),
        _ => Terraform::new(cli, ""),
    };
    for (name, value) in project(url) {
        terraform.set_env(name, value);
    }
    let source = match provider {
        Provider::Build(_) => "janiform/ory",
        Provider::Peer(_) | Provider::Floor(_) => "ory/ory",
        Provider::BuiltIn => {
            terraform.write(
                "main.tf",
                &format!("resource \"terraform_data\" \"many\" {{\n  count = {clients}\n  input = \"Client ${{count.index}}\"\n}}\n"),
            );
            terraform.init();
            return Bench::Terraform(terraform, None);
        }
    };
    let mut text = format!("terraform {{\n  required_providers {{\n    ory = {{ source = \"{source}\" }}\n  }}\n}}\n");
    let blocks = blocks(clients);
    for block in &blocks {
        let (name, Block { before, count }) = (block.name(), block);
        text.push_str(&format!(
            r#"
resource "ory_oauth2_client" "{name}" {{
  count       = {count}
  client_name = "Client ${{{before} + count.index}}"
  grant_types = ["client_credentials"]
  scope       = "read write"
}}
"#
        ));
    }
    terraform.write("main.tf", &text);
    let mirror = match provider {
        Provider::Peer(Peer { terraform: binary, .. }) | Provider::Floor(binary) => Some(mirror_of(binary, &terraform)),
        _ => None,
    };
    terraform.init();
    if clients > OF_ONE_BLOCK {
        filled::fill(&terraform, url, &blocks);
    }
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

fn pulumi(url: &str, clients: usize, provider: Provider<'_>) -> Bench {
    let mut program = String::from("name: many\nruntime: yaml\nresources:\n");
    for client in 0..clients {
        program.push_str(&format!(
            "  client{client}:\n    type: ory:Oauth2Client\n    properties:\n      clientName: Client {client}\n      grantTypes: [client_credentials]\n      scope: read write\n"
        ));
    }
    let mut pulumi = match provider {
        Provider::Build(build) => build.pulumi(),
        _ => Pulumi::new(""),
    };
    for (name, value) in project(url) {
        pulumi.set_env(name, value);
    }
    pulumi.program(&program);
    let bridge = match provider {
        Provider::Peer(Peer { terraform, bridge: Some(bridge) }) => Some(bridged(terraform, bridge, &mut pulumi)),
        _ => None,
    };
    pulumi.init();
    Bench::Pulumi(pulumi, bridge)
}

/// A directory with the bridge and the provider behind it, and the program told to take its package from there.
/// The version is for Pulumi alone, which wants one: the bridge is found by its name.
fn bridged(terraform: &Path, bridge: &Path, pulumi: &mut Pulumi) -> Scratch {
    let dir = Scratch::new();
    let [provider, plugin] = ["terraform-provider-ory", "pulumi-resource-terraform-provider"].map(|name| dir.join(name));
    for (from, to) in [(terraform, &provider), (bridge, &plugin)] {
        fs::copy(from, to).unwrap_or_else(|error| panic!("{}: {error}", from.display()));
    }
    let value = serde_json::json!({ "local": { "path": provider } }).to_string();
    let value = base64::engine::general_purpose::STANDARD.encode(value);
    pulumi.scratch.write(
        "w/sdks/ory.yaml",
        &format!(
            "packageDeclarationVersion: 1\nname: terraform-provider\nversion: 0.14.0\nparameterization:\n  name: ory\n  version: 0.0.0\n  value: {value}\n"
        ),
    );
    pulumi.prepend_path(dir.path());
    dir
}
