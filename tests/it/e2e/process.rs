//! The binary as a process: under go-plugin itself, and its own command line.

use crate::harness::{Scratch, environment, janiform, process, repository, required};
use std::process::Command;

/// A real host of go-plugin starts it, speaks to it with and without TLS, ends it, and dies on it; a host
/// without the right certificate is refused.
#[test]
fn go_plugin_hosts_it() {
    let mut command = Command::new(required("JANIFORM_GO"));
    command.args(["run", "."]).arg(janiform()).current_dir(repository("tests/goplugin-smoke")).env("GOWORK", "off");
    process::run(&mut command).ok().says(&["ok with TLS", "ok without TLS", "ok terminated", "ok orphaned"]);
}

#[test]
fn the_command_line_says_what_it_does() {
    let scratch = Scratch::new();
    let run = |arguments: &[&str]| process::run(Command::new(janiform()).args(arguments).env_clear().envs(environment(&scratch)));
    run(&["version"]).ok().says(&["janiform ", env!("CARGO_PKG_VERSION")]);
    run(&["--help"]).ok().says(&["emulator", "install", "schema", "completions"]);
    run(&["completions", "bash"]).ok().says(&["janiform"]);
    // Without a name for the places, they are those where the tools look.
    run(&["install"]).ok().says(&[".terraform.d/plugins", ".pulumi/plugins", "source = \"janiform/ory\""]);
    assert!(scratch.join("home/.terraform.d/plugins/registry.terraform.io/janiform/ory").is_dir());
    assert!(scratch.join("home/.pulumi/plugins/resource-ory-v0.1.0/pulumi-resource-ory").is_file());
    run(&["frobnicate"]).fails();
    run(&["emulator", "--window", "0", "--no-window"]).fails().says(&["cannot be used with"]);
    run(&["schema", "export", "--format", "terraform", "--out", "/proc/none"]).fails().says(&["cannot write", "Hint:"]);
}
