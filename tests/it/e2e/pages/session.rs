//! A page's commands, in one shell.

use crate::{
    harness::{
        Scratch, built, environment, janiform, process,
        pulumi::installed,
        repository, required,
        server::{Ory, Place, free_port},
        terraform::{Cli, mirror},
    },
    support::{Block, Kind, Order, Page},
};
use std::{
    env,
    ffi::OsString,
    fs,
    net::TcpStream,
    os::unix::fs::{PermissionsExt, symlink},
    path::Path,
    process::Command,
};

/// How long the commands of a page may take, one of which may compile the crate.
const SECONDS: u64 = 900;

const GIT: &str = r#"#!/usr/bin/env bash
[[ $1 = clone ]] || { echo "no stand-in for git $*" >&2; exit 1; }
exec cp -r "$TREE" "$(basename "$2")"
"#;

const CARGO: &str = r#"#!/usr/bin/env bash
case "$*" in
  --version | "fmt --version") exec "$CARGO_BEHIND" --version ;;
  "build --release") from=$PRODUCT to=target/release/janiform ;;
  "build --quiet --config "*) from=$PRODUCT to=target/debug/janiform ;;
  "build --example custom-provider") from=$BUILT/examples/custom-provider to=target/debug/examples/custom-provider ;;
  *) echo "no stand-in for cargo $*" >&2; exit 1 ;;
esac
mkdir -p "$(dirname "$to")" && ln -sf "$from" "$to"
"#;

/// As much of it as the pages use: a machine may lack it.
const CURL: &str = r#"
import argparse, sys, urllib.error, urllib.request

options = argparse.ArgumentParser()
options.add_argument("-s", action="store_true", required=True)
options.add_argument("-f", action="store_true")
options.add_argument("-X", default=None)
options.add_argument("-H", action="append", default=[])
options.add_argument("-d", action="append")
options.add_argument("url")
asked = options.parse_args()
body = "&".join(asked.d).encode() if asked.d else None
request = urllib.request.Request(asked.url, body, dict(header.split(": ") for header in asked.H), method=asked.X)
try:
    answer = urllib.request.urlopen(request)
except urllib.error.HTTPError as error:
    answer = error
except urllib.error.URLError:
    sys.exit(7)
if asked.f and answer.status >= 400:
    sys.exit(22)
sys.stdout.buffer.write(answer.read())
"#;

/// `insert FILE LINE BLOCK`: the block's lines behind the one line of the file that reads so.
const PREAMBLE: &str = r#"set -euo pipefail
trap 'kill $(jobs -p) 2>/dev/null || true; wait' EXIT
insert() {
  awk -v line="$2" -v block="$3" '
    { print; sub(/^ +/, "") }
    $0 == line { while ((getline text < block) > 0) print text; found++ }
    END { exit found != 1 }' "$1" >"$1.new" || { echo "$1 has no line '$2', or several"; exit 1; }
  cat "$1.new" >"$1" && rm "$1.new"
}
await() { until (: <>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; do sleep 0.05; done; }
"#;

pub fn play(page: &Page, blocks: &[Block], variables: &[(&str, &str)]) {
    let scratch = Scratch::new();
    let says = |words: &str| blocks.iter().any(|block| block.kind() == Kind::Shell && block.text.contains(words));
    let changes_the_tree = blocks.iter().flat_map(|block| &block.orders).any(|order| matches!(order, Order::Insert { .. }));
    let bin = scratch.dir("bin");
    let mut set: Vec<(OsString, OsString)> = environment(&scratch);
    let mut set_to = |name: &str, value: OsString| set.push((name.into(), value));

    // Where the page begins.
    // What is compiled has a place that stays, so that only what changed is compiled again.
    let tree = if changes_the_tree { Path::new(env!("CARGO_TARGET_TMPDIR")).join("tree") } else { scratch.join("tree") };
    copy_tree(&repository(""), &tree);
    let start = if says("git clone") { scratch.join("home") } else { tree.clone() };
    set_to("TREE", tree.clone().into());
    stand_in(&bin.join("curl"), &format!("#!{}{CURL}", required("JANIFORM_PYTHON").display()));
    symlink(Cli::Terraform.path(), bin.join("terraform")).unwrap();
    symlink(Cli::Tofu.path(), bin.join("tofu")).unwrap();
    if !says("cargo build --release") {
        symlink(janiform(), bin.join("janiform")).unwrap();
    }
    if changes_the_tree {
        // Nothing that does not change is built again, and what is made of the changed tree is kept apart: other tests run
        // the unchanged one.
        let manifest = fs::read_to_string(tree.join("Cargo.toml")).unwrap();
        // The other members, and what only tests need, are where they are.
        let own = |line: &&str| !line.starts_with("members = ") && !line.starts_with("janiform-testing = ");
        let there: String = manifest.lines().filter(own).map(|line| format!("{line}\n")).collect();
        let there = there.replace("path = \"proto\"", &format!("path = {:?}", repository("proto")));
        fs::write(tree.join("Cargo.toml"), there).unwrap();
        let target = built().parent().unwrap();
        set_to("CARGO_BUILD_BUILD_DIR", target.into());
        set_to("CARGO_TARGET_DIR", Path::new(env!("CARGO_TARGET_TMPDIR")).join("made").into());
        for name in ["CARGO_HOME", "RUSTUP_HOME", "RUSTUP_TOOLCHAIN"] {
            let usual = || Some(Path::new(&env::var_os("HOME")?).join(if name == "CARGO_HOME" { ".cargo" } else { ".rustup" }).into());
            env::var_os(name).or_else(|| usual().filter(|_| name != "RUSTUP_TOOLCHAIN")).into_iter().for_each(|dir| set_to(name, dir));
        }
    } else {
        stand_in(&bin.join("git"), GIT);
        stand_in(&bin.join("cargo"), CARGO);
        set_to("PRODUCT", janiform().into());
        set_to("BUILT", built().into());
        set_to("CARGO_BEHIND", env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    }
    if !says("janiform install") && !says("-- install") {
        symlink(mirror(), scratch.dir("home/.terraform.d").join("plugins")).unwrap();
        symlink(installed(), scratch.dir("home/.pulumi").join("plugins")).unwrap();
    }
    if !says("PULUMI_BACKEND_URL") {
        set_to("PULUMI_BACKEND_URL", format!("file://{}", scratch.dir("stacks").display()).into());
        set_to("PULUMI_CONFIG_PASSPHRASE", "not a secret".into());
    }
    let ory = (!says("janiform emulator")).then(|| Ory::start(Place::Emulator));
    let port = match &ory {
        Some(ory) => ory.hydra.admin.rsplit(':').next().unwrap().to_owned(),
        None => free_port().to_string(),
    };
    ory.iter().flat_map(Ory::environment).for_each(|(name, url)| set_to(name, url.into()));

    // Nobody is there to say yes.
    for (name, value) in [
        ("TF_CLI_ARGS_apply", "-auto-approve"),
        ("TF_CLI_ARGS_destroy", "-auto-approve"),
        ("TF_IN_AUTOMATION", "1"),
        ("TF_INPUT", "0"),
        ("CHECKPOINT_DISABLE", "1"),
        ("PULUMI_SKIP_CONFIRMATIONS", "true"),
        ("PULUMI_SKIP_UPDATE_CHECK", "true"),
        ("PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION", "true"),
        ("PULUMI_DISABLE_REGISTRY_RESOLVE", "true"),
    ] {
        set_to(name, value.into());
    }
    variables.iter().for_each(|(name, value)| set_to(name, value.into()));
    let parent = |variable: &str| required(variable).parent().unwrap().to_owned();
    let usual = env::var_os("PATH").unwrap_or_default();
    let places = [bin, parent("JANIFORM_PULUMI"), parent("JANIFORM_PULUMI_YAML")].into_iter().chain(env::split_paths(&usual));
    set_to("PATH", env::join_paths(places).unwrap());

    let out = scratch.dir("out");
    scratch.write("script", &script(blocks, &out, &port, &free_port().to_string()));
    let mut command = Command::new("timeout");
    command.args(["--kill-after=10", &SECONDS.to_string(), "bash"]).arg(scratch.join("script"));
    let ran = process::start(command.current_dir(start).env_clear().envs(set)).finish_within(2 * SECONDS);
    let read = |name: &str| fs::read_to_string(out.join(name)).unwrap_or_default();
    let reached = read("reached");
    let (at, number) = reached.split_once(' ').unwrap_or_default();
    assert!(ran.status.success(), "{}: the commands at {at} fail\n{}\n{}", page.path, read(number), ran.text());
    if ory.is_none() {
        assert!(TcpStream::connect(format!("127.0.0.1:{port}")).is_err(), "{}: something runs on", page.path);
    }
    outputs(blocks, &read);
}

/// The page's commands and files in order, with other ports for the local Ory and for the bookmarks of
/// `examples/custom-provider`, since tests run beside each other; each block's output goes to a file of the block's number.
fn script(blocks: &[Block], out: &Path, port: &str, bookmarks: &str) -> String {
    let mut script = PREAMBLE.to_owned();
    for (number, block) in blocks.iter().enumerate() {
        let kind = block.kind();
        if !matches!(kind, Kind::Shell | Kind::File) {
            continue;
        }
        let here = out.join(number.to_string());
        script.push_str(&format!("echo -n '{} {number}' >'{}'\n", block.at, out.join("reached").display()));
        let text = super::relocated(&block.text, port).replace("--port 4445", &format!("--port {port}")).replace("8089", bookmarks);
        if kind == Kind::File {
            let file = here.with_extension("file");
            fs::write(&file, &text).unwrap();
            script.extend(block.orders.iter().map(|order| match order {
                Order::Save(name) => format!("mkdir -p \"$(dirname '{name}')\" && cp '{}' '{name}'\n", file.display()),
                Order::Insert { file: name, after } => format!("insert '{name}' '{after}' '{}'\n", file.display()),
                _ => String::new(),
            }));
            continue;
        }
        let text = match text.contains("janiform emulator") && !text.contains("--port") {
            true => text.replace("janiform emulator", &format!("janiform emulator --port {port}")),
            false => text,
        };
        let body = format!("{{\n{text}}} >'{}' 2>&1", here.display());
        script.push_str(&match () {
            () if block.orders.contains(&Order::Background) => {
                // Alone, and not in a shell of its own, so that it is what the end ends.
                assert_eq!(block.text.lines().count(), 1, "{}: one command can go on running", block.at);
                format!("{} >'{}' 2>&1 &\nawait {port}\n", text.trim(), here.display())
            }
            () if block.orders.contains(&Order::Fails) => {
                format!("set +e\n{body}\ncode=$?\nset -e\n[[ $code -ne 0 ]] || {{ echo 'this should fail'; exit 1; }}\n")
            }
            () => format!("{body}\n"),
        });
    }
    script
}

/// Text on one line, without frames and colours.
fn flat(text: &str) -> String {
    let mut parts = text.split("\u{1b}[");
    let first = parts.next().unwrap_or_default().to_owned();
    let plain = parts.fold(first, |plain, part| plain + part.trim_start_matches(|c: char| !c.is_ascii_alphabetic()).get(1..).unwrap_or(""));
    plain.replace(['│', '╷', '╵'], " ").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// That the commands printed what the page says; `…` stands for anything.
fn outputs(blocks: &[Block], read: &dyn Fn(&str) -> String) {
    let mut printed = String::new();
    for (number, block) in blocks.iter().enumerate() {
        match block.kind() {
            Kind::Shell => printed = flat(&read(&number.to_string())),
            Kind::Output if block.orders.contains(&Order::TerraformItself) && Cli::Terraform.is_tofu() => {}
            Kind::Output => {
                let mut rest = printed.as_str();
                for part in block.text.split(['…', '\n']).map(flat).filter(|part| !part.is_empty()) {
                    let found = rest.split_once(&part);
                    rest = found.unwrap_or_else(|| panic!("{}: `{part}` is not printed, or not there\n{printed}", block.at)).1;
                }
            }
            _ => {}
        }
    }
}

fn stand_in(path: &Path, text: &str) {
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

/// Makes a directory the same as the tree without what is built or fetched; what is the same already stays untouched.
fn copy_tree(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(to).unwrap().map(Result::unwrap).filter(|entry| !from.join(entry.file_name()).exists()) {
        match entry.file_type().unwrap().is_dir() {
            true => fs::remove_dir_all(entry.path()).unwrap(),
            false => fs::remove_file(entry.path()).unwrap(),
        }
    }
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let name = entry.file_name();
        let left = ["target", "node_modules", "venv", ".git", ".terraform", "bin"];
        if left.iter().any(|left| name == *left) {
            continue;
        }
        match entry.file_type().unwrap() {
            kind if kind.is_dir() => copy_tree(&entry.path(), &to.join(&name)),
            kind if kind.is_file() && fs::read(entry.path()).ok() != fs::read(to.join(&name)).ok() => {
                fs::copy(entry.path(), to.join(&name)).unwrap();
            }
            _ => {}
        }
    }
}
