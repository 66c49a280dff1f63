//! Puts the programs that the documentation shows into the binary, so that an installed one can write its pages without
//! the sources at hand. Which ones they are follows from where they stand below `examples/`; tests run them all.

use std::{
    env,
    fmt::Write,
    fs, io,
    path::{Path, PathBuf},
    process::Command,
};

/// The directories whose directories hold one program each, in the layout of Terraform's and of Pulumi's documentation.
const KINDS: [&str; 8] = [
    "pulumi/functions",
    "pulumi/resources",
    "terraform/actions",
    "terraform/data-sources",
    "terraform/ephemeral-resources",
    "terraform/functions",
    "terraform/list-resources",
    "terraform/resources",
];

/// Programs that stand alone.
const ALONE: [&str; 2] = ["terraform/provider", "terraform/provider-ory-network"];

/// How the names of the files end that are shown.
const SHOWN: [&str; 8] = [".tf", ".tfquery.hcl", ".sh", "index.ts", "__main__.py", "main.go", "Program.cs", "Main.yaml"];

fn main() -> io::Result<()> {
    pack_relocations();
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default()).join("examples");
    let mut dirs: Vec<_> = ALONE.map(|dir| root.join(dir)).into();
    for kind in KINDS.map(|kind| root.join(kind)).iter().filter(|kind| kind.is_dir()) {
        println!("cargo::rerun-if-changed={}", kind.display());
        dirs.extend(entries(kind)?.into_iter().filter(|path| path.is_dir()));
    }
    let mut files = Vec::new();
    for dir in dirs {
        println!("cargo::rerun-if-changed={}", dir.display());
        let is_shown = |path: &PathBuf| path.is_file() && SHOWN.iter().any(|end| path.to_string_lossy().ends_with(end));
        files.extend(entries(&dir)?.into_iter().filter(is_shown));
    }
    let path = |file: &Path| file.strip_prefix(&root).map(|path| path.to_string_lossy().replace('\\', "/")).unwrap_or_default();
    let mut files: Vec<_> = files.iter().map(|file| (path(file), file)).collect();
    files.sort();
    let mut list = String::from("&[\n");
    for (path, file) in files {
        let _ = writeln!(list, "Example {{ path: {path:?}, text: include_str!({file:?}) }},");
    }
    list.push(']');
    fs::write(PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default()).join("examples.rs"), list)
}

/// The tables are full of addresses, which the loader has to move. The list of the places is a twentieth of the binary in the
/// old form and nothing in the new one, which glibc understands since 2.36: where that is what the binary is built and run on.
fn pack_relocations() {
    let is_here = env::var_os("HOST") == env::var_os("TARGET");
    let glibc = Command::new("getconf").arg("GNU_LIBC_VERSION").output().ok().filter(|_| is_here);
    let version = glibc.and_then(|output| {
        let (major, minor) = str::from_utf8(&output.stdout).ok()?.trim().strip_prefix("glibc ")?.split_once('.')?;
        Some((major.parse::<u32>().ok()?, minor.parse::<u32>().ok()?))
    });
    if version >= Some((2, 36)) && env::var("CARGO_CFG_TARGET_ENV").is_ok_and(|kind| kind == "gnu") {
        println!("cargo::rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
    }
}

fn entries(dir: &Path) -> io::Result<Vec<PathBuf>> {
    fs::read_dir(dir)?.map(|entry| Ok(entry?.path())).collect()
}
