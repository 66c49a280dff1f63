//! The SDKs that `scripts/sdks` makes, where programs in each language find them, and what checks and runs those programs.

use super::{process, pulumi::Pulumi, repository, required};
use std::{
    env, fs,
    os::unix::fs::{PermissionsExt, symlink},
    path::{Path, PathBuf},
    process::Command,
};

/// Gives a directory the `node_modules` of an installed SDK, and compiles its TypeScript.
#[track_caller]
pub fn compile_typescript(dir: &Path) {
    let from = required("JANIFORM_NODE_MODULES");
    let modules = dir.join("node_modules");
    fs::create_dir_all(modules.join("@janiform")).unwrap();
    for entry in fs::read_dir(&from).unwrap().map(|entry| entry.unwrap()) {
        symlink(entry.path(), modules.join(entry.file_name())).unwrap();
    }
    symlink(required("JANIFORM_SDKS").join("nodejs/bin"), modules.join("@janiform/ory")).unwrap();
    process::run(Command::new(required("JANIFORM_NODE")).arg(from.join("typescript/bin/tsc")).current_dir(dir)).ok();
}

/// Where Python finds the SDK.
pub fn python_path() -> PathBuf {
    required("JANIFORM_SDKS").join("python/installed")
}

/// Checks Python's types; those inside the SDK are its generator's own.
#[track_caller]
pub fn check_python(dir: &Path, files: &[String]) {
    let mut command = Command::new(required("JANIFORM_PYTHON"));
    command.args(["-m", "mypy", "--strict", "--follow-imports=silent", "--cache-dir", ".mypy_cache"]).args(files);
    process::run(command.current_dir(dir).env("MYPYPATH", python_path())).ok();
}

/// Runs Go in a directory whose module is that of `examples/pulumi-go`, with the SDK where it is.
#[track_caller]
pub fn go(dir: &Path, arguments: &[&str]) {
    let sdk = format!("replace github.com/janiform/janiform/sdk/go => {}", required("JANIFORM_SDKS").join("go").display());
    let module = fs::read_to_string(repository("examples/pulumi-go/go.mod")).unwrap();
    let replaced = module.lines().map(|line| if line.starts_with("replace ") { &sdk } else { line });
    fs::write(dir.join("go.mod"), replaced.map(|line| format!("{line}\n")).collect::<String>()).unwrap();
    fs::copy(repository("examples/pulumi-go/go.sum"), dir.join("go.sum")).unwrap();
    let mut command = Command::new(required("JANIFORM_GO"));
    process::run(command.args(arguments).current_dir(dir).envs(GO)).ok();
}

/// The flags of scripts/sdks, which has compiled the SDK already. What programs use of Pulumi's own module may need more than the
/// example does.
const GO: [(&str, &str); 3] = [("GOFLAGS", "-trimpath -buildvcs=false -mod=mod"), ("GOWORK", "off"), ("CGO_ENABLED", "0")];

/// The SDK of a language, as its programs take it.
pub fn of(language: &str) -> PathBuf {
    required("JANIFORM_SDKS").join(match language {
        "typescript" => "nodejs/bin",
        language => language,
    })
}

/// Lets Pulumi run programs of a project in TypeScript, Python and Go.
pub fn run_by(pulumi: &mut Pulumi) {
    let dir = pulumi.scratch.dir("languages");
    // What Go has compiled is where it always is: by its variables or, without them, below the home directory.
    let home = env::var_os("HOME").unwrap_or_default();
    let caches = process::run(Command::new(required("JANIFORM_GO")).args(["env", "GOCACHE", "GOMODCACHE"])).ok().stdout;
    let [cache, modules] = caches.lines().collect::<Vec<_>>().try_into().expect("two directories");
    for language in ["nodejs", "python", "go"] {
        let script = format!(
            "#!/bin/sh\nexec env HOME='{}' GOCACHE='{cache}' GOMODCACHE='{modules}' JANIFORM_LANGUAGE={language} '{}' '{}' \"$@\"\n",
            Path::new(&home).display(),
            required("JANIFORM_PYTHON").display(),
            repository("tests/it/e2e/harness/language.py").display()
        );
        let path = dir.join(format!("pulumi-language-{language}"));
        fs::write(&path, script).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }
    pulumi.prepend_path(dir);
    for variable in ["JANIFORM_NODE", "JANIFORM_NODE_MODULES", "JANIFORM_GO"] {
        pulumi.set_env(variable, required(variable).to_str().unwrap());
    }
    pulumi.set_env("JANIFORM_PYTHON_SDK", python_path().to_str().unwrap());
    pulumi.set_env("JANIFORM_GO_SUM", repository("examples/pulumi-go/go.sum").to_str().unwrap());
    GO.iter().for_each(|(name, value)| pulumi.set_env(name, *value));
}
