//! `janiform install`: copies the binary to where the tools look for it, with the names that they expect.

use super::{Error, files::replace, say};
use crate::ory::ORY;
use std::{
    env::{self, consts::EXE_SUFFIX},
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

/// Where to install; for all tools when nothing is set.
#[derive(clap::Args)]
pub struct Args {
    /// For Terraform and OpenTofu.
    #[arg(long)]
    terraform: bool,
    /// For Pulumi.
    #[arg(long)]
    pulumi: bool,
    /// The directory of the filesystem mirror of Terraform and OpenTofu.
    #[arg(long, value_name = "DIR")]
    mirror: Option<PathBuf>,
    /// Pulumi's home directory.
    #[arg(long, value_name = "DIR")]
    pulumi_home: Option<PathBuf>,
}

/// Installs this very binary.
pub fn run(args: Args) -> Result<(), Error> {
    let binary =
        env::current_exe().map_err(|error| Error::new(format_args!("cannot find this binary: {error}"), "Run it by its full path."))?;
    // A place that is given selects its tool.
    let (terraform_wanted, pulumi_wanted) = (args.terraform || args.mirror.is_some(), args.pulumi || args.pulumi_home.is_some());
    let both = terraform_wanted == pulumi_wanted;
    if both || terraform_wanted {
        terraform(&binary, &args.mirror.or_else(mirror).ok_or_else(homeless)?)?;
    }
    if both || pulumi_wanted {
        pulumi(&binary, &args.pulumi_home.or_else(pulumi_home).ok_or_else(homeless)?)?;
    }
    Ok(())
}

/// Both tools read the same mirror, and each expands the short source address with its own registry.
fn terraform(binary: &Path, mirror: &Path) -> Result<(), Error> {
    let (name, namespace, version) = (ORY.name, ORY.namespace, ORY.version);
    for target in in_mirror(mirror) {
        place(binary, &target)?;
    }
    say(format_args!("Terraform and OpenTofu find it as `source = \"{namespace}/{name}\"`, `version = \"{version}\"`, after `init`."))?;
    if let Some(file) = dir_from_env("TF_CLI_CONFIG_FILE") {
        say(format_args!(
            "The CLI configuration {} is used: if it has a `provider_installation` block, it needs `filesystem_mirror {{ path = \"{}\" }}`.",
            file.display(),
            mirror.display()
        ))?;
    }
    Ok(())
}

fn pulumi(binary: &Path, home: &Path) -> Result<(), Error> {
    let (name, version) = (ORY.name, ORY.version);
    place(binary, &in_home(home))?;
    say(format_args!("Pulumi finds it as the resource plugin `{name}` v{version}."))
}

/// Where Terraform and OpenTofu look for it in a filesystem mirror.
pub fn in_mirror(mirror: &Path) -> [PathBuf; 2] {
    let (name, version) = (ORY.name, ORY.version);
    ["registry.terraform.io", "registry.opentofu.org"].map(|host| {
        let dir = mirror.join(host).join(ORY.namespace).join(name).join(version).join(platform());
        dir.join(format!("terraform-provider-{name}_v{version}{EXE_SUFFIX}"))
    })
}

/// Where Pulumi looks for it in its home.
pub fn in_home(home: &Path) -> PathBuf {
    let (name, version) = (ORY.name, ORY.version);
    home.join("plugins").join(format!("resource-{name}-v{version}")).join(format!("pulumi-resource-{name}{EXE_SUFFIX}"))
}

/// The default mirror of Terraform and OpenTofu.
pub fn mirror() -> Option<PathBuf> {
    Some(env::home_dir()?.join(".terraform.d/plugins"))
}

/// Pulumi's home, found as Pulumi finds it: by the system's list of users if that has this user, else by
/// `HOME`, which sudo, containers and pipelines change.
pub fn pulumi_home() -> Option<PathBuf> {
    dir_from_env("PULUMI_HOME").or_else(|| Some(listed_home().or_else(env::home_dir)?.join(".pulumi")))
}

#[cfg(unix)]
fn listed_home() -> Option<PathBuf> {
    let users = fs::read("/etc/passwd").ok()?;
    home_of(rustix::process::getuid().as_raw(), &String::from_utf8_lossy(&users))
}

#[cfg(not(unix))]
fn listed_home() -> Option<PathBuf> {
    None
}

/// In lines such as `root:x:0:0:root:/root:/bin/sh`.
#[cfg(unix)]
fn home_of(uid: u32, users: &str) -> Option<PathBuf> {
    let home = users.lines().find_map(|line| {
        let mut fields = line.split(':').skip(2);
        (fields.next()? == uid.to_string()).then(|| fields.nth(2)).flatten()
    })?;
    (!home.is_empty()).then(|| home.into())
}

/// A tool that starts it meanwhile sees the old or the new one whole.
fn place(binary: &Path, target: &Path) -> Result<(), Error> {
    let copy = |target: &mut File| {
        io::copy(&mut File::open(binary)?, target)?;
        // The mode is not copied: the binary may belong to another user and have the setuid bit.
        #[cfg(unix)]
        target.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o755))?;
        Ok(())
    };
    replace(target, copy).map_err(|error| {
        Error::new(
            format_args!("cannot write {}: {error}", target.display()),
            "Check that the disk has space and that this user may write there, or choose other places with `--mirror` and `--pulumi-home`.",
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

fn homeless() -> Error {
    Error::new("this user has no home directory", "Give the places with `--mirror` and `--pulumi-home`.")
}

/// A directory in an environment variable.
pub fn dir_from_env(name: &str) -> Option<PathBuf> {
    env::var_os(name).filter(|text| !text.is_empty()).map(PathBuf::from)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn the_list_of_users_names_homes() {
        let users = "# a comment\nroot:x:0:0:root:/root:/bin/sh\nann:x:1000:100:Ann,,,:/home/ann:/bin/sh\nnobody:x:65534:100::\n";
        assert_eq!(home_of(1000, users), Some("/home/ann".into()));
        assert_eq!(home_of(0, users), Some("/root".into()));
        assert_eq!(home_of(100, users), None);
        assert_eq!(home_of(65534, users), None);
    }
}
