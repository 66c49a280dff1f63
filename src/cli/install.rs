//! `janiform install`: the binary, under the names that the tools look for, where they look.

use super::{Error, say};
use crate::ory::ORY;
use std::{
    env, fs, io,
    path::{Path, PathBuf},
};

/// Where to install; everything when nothing is named.
#[derive(clap::Args)]
pub struct Args {
    /// For Terraform and OpenTofu.
    #[arg(long)]
    terraform: bool,
    /// For Pulumi.
    #[arg(long)]
    pulumi: bool,
    /// The filesystem mirror of Terraform and OpenTofu.
    #[arg(long, value_name = "DIR")]
    mirror: Option<PathBuf>,
    /// Pulumi's home.
    #[arg(long, value_name = "DIR")]
    pulumi_home: Option<PathBuf>,
}

/// Installs this very binary.
pub fn run(args: Args) -> Result<(), Error> {
    let binary =
        env::current_exe().map_err(|error| Error::new(format_args!("cannot find this binary: {error}"), "Call it by its full path."))?;
    // Who names a place means that one.
    let (terraform_wanted, pulumi_wanted) = (args.terraform || args.mirror.is_some(), args.pulumi || args.pulumi_home.is_some());
    let both = terraform_wanted == pulumi_wanted;
    if both || terraform_wanted {
        let mirror = match args.mirror {
            Some(dir) => dir,
            None => home()?.join(".terraform.d/plugins"),
        };
        terraform(&binary, &mirror)?;
    }
    if both || pulumi_wanted {
        let pulumi_home = match args.pulumi_home.or_else(|| dir_from_env("PULUMI_HOME")) {
            Some(dir) => dir,
            None => home()?.join(".pulumi"),
        };
        pulumi(&binary, &pulumi_home)?;
    }
    Ok(())
}

/// Both tools read the same mirror, and each reads the short source address as one of its own registry.
fn terraform(binary: &Path, mirror: &Path) -> Result<(), Error> {
    let (name, namespace, version) = (ORY.name, ORY.namespace, ORY.version);
    for host in ["registry.terraform.io", "registry.opentofu.org"] {
        let dir = mirror.join(host).join(namespace).join(name).join(version).join(platform());
        place(binary, &dir, &format!("terraform-provider-{name}_v{version}"))?;
    }
    say(format_args!("Terraform and OpenTofu find it as `source = \"{namespace}/{name}\"`, `version = \"{version}\"`, after `init`."))?;
    if let Some(file) = dir_from_env("TF_CLI_CONFIG_FILE") {
        say(format_args!(
            "{} is in use: if it has a `provider_installation` block, it needs `filesystem_mirror {{ path = \"{}\" }}`.",
            file.display(),
            mirror.display()
        ))?;
    }
    Ok(())
}

fn pulumi(binary: &Path, home: &Path) -> Result<(), Error> {
    let (name, version) = (ORY.name, ORY.version);
    place(binary, &home.join("plugins").join(format!("resource-{name}-v{version}")), &format!("pulumi-resource-{name}"))?;
    say(format_args!("Pulumi finds it as the resource plugin `{name}` v{version}."))
}

/// Copies to a file beside the target first: a tool that starts it meanwhile sees the old or the new one whole.
fn place(binary: &Path, dir: &Path, name: &str) -> Result<(), Error> {
    let target = dir.join(name);
    let fresh = dir.join(format!(".{name}.new"));
    let placed: io::Result<()> = fs::create_dir_all(dir).and_then(|()| fs::copy(binary, &fresh)).and_then(|_| fs::rename(&fresh, &target));
    placed.map_err(|error| {
        Error::new(
            format_args!("cannot write {}: {error}", target.display()),
            "May this user write there? `--mirror` and `--pulumi-home` name other places.",
        )
    })?;
    say(target.display())
}

fn platform() -> String {
    let os = match env::consts::OS {
        "macos" => "darwin",
        os => os,
    };
    let arch = match env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        "x86" => "386",
        arch => arch,
    };
    format!("{os}_{arch}")
}

fn home() -> Result<PathBuf, Error> {
    env::home_dir().ok_or_else(|| Error::new("this user has no home directory", "Name the places with `--mirror` and `--pulumi-home`."))
}

fn dir_from_env(name: &str) -> Option<PathBuf> {
    env::var_os(name).filter(|text| !text.is_empty()).map(PathBuf::from)
}
