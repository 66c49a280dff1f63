//! The binary as a process: under go-plugin itself, and its own command line.

use crate::harness::{Scratch, environment, janiform, process, repository, required};
use std::{collections::HashSet, fs, os::unix::fs::symlink, process::Command};

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

/// The addresses at which a process listens, as Linux writes them.
fn listens_at(id: u32) -> Vec<String> {
    let links = fs::read_dir(format!("/proc/{id}/fd")).expect("a process").flatten().filter_map(|entry| fs::read_link(entry.path()).ok());
    let sockets: HashSet<String> = links.map(|link| link.display().to_string()).collect();
    let mut found = Vec::new();
    for table in ["tcp", "tcp6"] {
        let table = fs::read_to_string(format!("/proc/{id}/net/{table}")).unwrap_or_default();
        for line in table.lines().skip(1) {
            let fields: Vec<&str> = line.split_whitespace().collect();
            let [_, local, _, state, .., inode] = fields[..10] else { panic!("{line}") };
            if state == "0A" && sockets.contains(&format!("socket:[{inode}]")) {
                found.push(local.split_once(':').expect("an address and a port").0.to_owned());
            }
        }
    }
    found
}

#[test]
fn no_port_is_open_beyond_loopback() {
    let scratch = Scratch::new();
    let plugin = scratch.dir("bin").join("pulumi-resource-ory");
    symlink(janiform(), &plugin).expect("a link can be made");
    let emulator = || {
        let mut command = Command::new(janiform());
        command.args(["emulator", "--port", "0", "--window", "0"]);
        command
    };
    // What listens, what it says once it does, and at how many ports.
    for (mut command, ready, ports) in [(Command::new(&plugin), "", 1), (emulator(), "what happens: http://", 2)] {
        let mut running = process::start(command.env_clear().envs(environment(&scratch)));
        running.line_with(ready);
        // 127.0.0.1, as a number of this machine's.
        let loopback = format!("{:08X}", u32::from_ne_bytes([127, 0, 0, 1]));
        assert_eq!(listens_at(running.id()), vec![loopback; ports]);
        running.signal("INT");
        running.finish().ok();
    }
}
