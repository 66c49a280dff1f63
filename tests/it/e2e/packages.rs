//! The packages of `scripts/package`, installed by the real tools into empty homes.
//!
//! The packages hold the binary under test, unless `JANIFORM_PACKAGES` names those of a release
//! (`scripts/release --check` does).

use crate::harness::{
    Scratch, built, environment, janiform, process,
    pulumi::{CLIENT, Pulumi},
    repository, required,
    server::{Kind, Server},
    terraform::{Cli, Terraform},
};
use serde_json::{Value as Json, json};
use std::{
    env::consts::{ARCH, OS},
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// This machine, as Go has it.
fn platform() -> (&'static str, &'static str) {
    let arch = match ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        arch => arch,
    };
    (OS, arch)
}

/// The packages, made once for all tests of this run.
pub fn packages() -> &'static Path {
    static PACKAGES: OnceLock<PathBuf> = OnceLock::new();
    PACKAGES.get_or_init(|| {
        if let Some(dir) = std::env::var_os("JANIFORM_PACKAGES").filter(|dir| !dir.is_empty()) {
            return dir.into();
        }
        let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("packages");
        let manual = Path::new(env!("CARGO_TARGET_TMPDIR")).join("manual");
        for dir in [&dir, &manual] {
            let _ = fs::remove_dir_all(dir);
        }
        let maker = built().join("examples").join("manual");
        process::run(Command::new(maker).arg(&manual)).ok();
        let sbom = manual.join("sbom.json");
        let made = process::run(Command::new(required("JANIFORM_PYTHON")).arg(repository("scripts/sbom"))).ok();
        fs::write(&sbom, made.stdout).unwrap();
        let (os, arch) = platform();
        let package = |arguments: &[&str], binary: Option<String>| {
            let mut command = Command::new(required("JANIFORM_PYTHON"));
            command.arg(repository("scripts/package")).args(arguments).arg("--out").arg(&dir).args(binary);
            process::run(&mut command).ok();
        };
        let binary = format!("{os}_{arch}={}", janiform().display());
        let (manual, sbom) = (manual.display().to_string(), sbom.display().to_string());
        package(&["archives", "--manual", &manual, "--sbom", &sbom, "--level", "1"], Some(binary));
        package(&["sums"], None);
        dir
    })
}

#[test]
fn in_terraform() {
    from_a_mirror(Cli::Terraform);
}

#[test]
fn in_tofu() {
    from_a_mirror(Cli::Tofu);
}

/// The zip as it is, in the layout of a mirror: the tool unpacks it, and locks its checksum.
fn from_a_mirror(cli: Cli) {
    let server = Server::start(Kind::Emulator);
    let terraform = Terraform::with_example(cli, &server.admin, "oauth2-clients");
    let (os, arch) = platform();
    let zip = format!("terraform-provider-ory_{VERSION}_{os}_{arch}.zip");
    let mirror = terraform.scratch.join("packed");
    let dir = terraform.scratch.dir(&format!("packed/{}/janiform/ory", cli.host()));
    fs::copy(packages().join(&zip), dir.join(&zip)).unwrap();
    terraform.scratch.write(
        "cli.tfrc",
        &format!("disable_checkpoint = true\nprovider_installation {{\n  filesystem_mirror {{ path = {mirror:?} }}\n}}\n"),
    );

    terraform.init();
    let lock = fs::read_to_string(terraform.scratch.join("w/.terraform.lock.hcl")).unwrap();
    assert!(lock.contains(&format!("version = \"{VERSION}\"")) && lock.contains("\"h1:"), "{lock}");
    // What the sums say of the zip is what a registry would make a tool lock.
    let sums = fs::read_to_string(packages().join(format!("terraform-provider-ory_{VERSION}_SHA256SUMS"))).unwrap();
    let mut check = Command::new("sha256sum");
    process::run(check.args(["--check", &format!("terraform-provider-ory_{VERSION}_SHA256SUMS")]).current_dir(packages()))
        .ok()
        .says(&[&zip]);
    assert!(sums.contains("_manifest.json"), "{sums}");
    terraform.apply().says(&["3 added"]);
    terraform.is_settled();
    assert_eq!(server.clients().len(), 3);
    terraform.destroy();
}

#[test]
fn in_pulumi() {
    let server = Server::start(Kind::Emulator);
    let pulumi = Pulumi::new(&server.admin);
    // A home that `janiform install` has not seen.
    fs::remove_file(pulumi.scratch.join("pulumi/plugins")).unwrap();
    let (os, arch) = platform();
    let plugin = packages().join(format!("pulumi-resource-ory-v{VERSION}-{os}-{arch}.tar.gz"));
    pulumi.run(&["plugin", "install", "resource", "ory", VERSION, "--file", plugin.to_str().unwrap()]).ok();
    let listed = pulumi.run(&["plugin", "ls", "--json"]).ok().json();
    assert_eq!((&listed[0]["name"], &listed[0]["version"]), (&json!("ory"), &json!(VERSION)), "{listed}");
    pulumi.program(&format!(
        "name: packed\nruntime: yaml\nresources:\n  one:\n    type: {CLIENT}\n    properties: {{ clientName: Packed }}\n"
    ));
    pulumi.init();
    pulumi.up();
    pulumi.is_settled();
    assert_eq!(server.named("Packed")["client_name"], "Packed");
    pulumi.destroy();
}

/// Files that name a version and cannot ask for it name this one.
#[test]
fn versions_agree() {
    let says = |file: &str, text: &str| {
        let content = fs::read_to_string(repository(file)).unwrap();
        assert!(content.contains(text), "{file} does not say `{text}`");
    };
    says("Containerfile", &format!("ARG VERSION={VERSION}\n"));
    says("Containerfile", "ADD dist/janiform-${VERSION}-linux-${TARGETARCH}.tar.gz /");
    says("examples/ci/github-actions.yml", &format!("JANIFORM_VERSION: {VERSION}\n"));
}

#[test]
fn the_command_comes_with_what_it_needs() {
    let scratch = Scratch::new();
    let (os, arch) = platform();
    let stem = format!("janiform-{VERSION}-{os}-{arch}");
    let archive = packages().join(format!("{stem}.tar.gz"));
    process::run(Command::new("tar").arg("-xzf").arg(&archive).current_dir(scratch.path())).ok();
    let there = scratch.join(&stem);
    let mut command = Command::new(there.join("janiform"));
    process::run(command.arg("version").env_clear().envs(environment(&scratch))).ok().says(&[VERSION]);
    for file in ["LICENSE", "CHANGELOG.md", "README.md", "man/man1/janiform.1", "completions/_janiform", "completions/janiform.fish"] {
        assert!(there.join(file).is_file(), "{file} is missing");
    }
    let read = |file: &str| fs::read_to_string(there.join(file)).unwrap();
    assert!(read("CHANGELOG.md").contains(&format!("[{VERSION}]")), "the changelog does not know this version");
    assert!(read("man/man1/janiform-doctor.1").contains("ORY_HYDRA_ADMIN_URL"));
    let sbom: Json = serde_json::from_str(&read("janiform.cdx.json")).unwrap();
    assert_eq!((&sbom["bomFormat"], &sbom["metadata"]["component"]["version"]), (&json!("CycloneDX"), &json!(VERSION)));
    for component in sbom["components"].as_array().unwrap() {
        let [name, version] = ["name", "version"].map(|part| component[part].as_str().unwrap());
        // Of what versions of crates consist, package URLs encode the plus alone.
        assert_eq!(component["purl"], format!("pkg:cargo/{name}@{}", version.replace('+', "%2B")));
    }
    // A shell takes the completions, and they complete.
    let script = "source completions/janiform.bash; COMP_WORDS=(janiform doc); COMP_CWORD=1; _janiform janiform doc janiform; echo \"${COMPREPLY[*]}\"";
    let mut bash = Command::new("bash");
    let ran = process::run(bash.args(["--norc", "-c", script]).current_dir(&there).env_clear().envs(environment(&scratch))).ok();
    assert_eq!(ran.stdout.trim(), "doctor");
}
